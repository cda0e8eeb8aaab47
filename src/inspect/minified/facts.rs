//! What one JavaScript file says and does, without its layout and its local names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::words;
use foldhash::fast::RandomState;

/// A set that is asked for every name of every file: seeded anew in each run.
pub(super) type Set<T> = HashSet<T, RandomState>;

/// A way of getting at something by means that a name in the text does not show, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// A reference to `eval`.
    Eval,
    /// `Function` called, or taken as a value.
    Function,
    /// `x.constructor(…)` or `{ constructor: c }`, which is `Function` by another way.
    Constructor,
    /// `a[b](…)` where `b` is not written out.
    Computed,
    /// `window[x]` where `x` is not written out.
    GlobalByName,
    /// `Buffer.from(…, "hex")`, `"base64"`, or an encoding that is not written out.
    DecodeBuffer,
    /// `atob(…)`.
    Atob,
    /// `String.fromCharCode`, `fromCodePoint`.
    CharCodes,
    /// `require(x)` where `x` is not written out.
    RequireByValue,
    /// `require` handed on as a value, or what it has loaded (`require.cache`).
    RequireAlias,
    /// `import(x)` where `x` is not written out.
    ImportByValue,
    /// A timer that is given text to run.
    TimerText,
    /// A timer handed on as a value, so that nobody sees what it is given.
    TimerAlias,
    /// A process is started.
    Spawn,
    /// Bytes are sent: `fetch`, `XMLHttpRequest`, `WebSocket`, `sendBeacon`, a worker, an image.
    Send,
    /// A method of the language or the platform is replaced: `String.prototype.replace = …`.
    Patch,
    /// `Object.prototype` and its like handed on as a value.
    Prototype,
    /// A text made of what is no text: `![] + []`.
    Coercion,
    /// The process is ended: `process.exit`, `kill`, `abort`.
    Exit,
    /// The environment as a whole, or by a name that is not written out.
    Environment,
}

impl Call {
    /// Whether it is a power by itself; the others only matter where a source should explain them.
    pub(super) fn is_power(self) -> bool {
        matches!(
            self,
            Self::Eval
                | Self::Function
                | Self::TimerText
                | Self::Spawn
                | Self::Send
                | Self::DecodeBuffer
                | Self::Atob
        )
    }

    /// How it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eval => "eval",
            Self::Function => "Function(…)",
            Self::Constructor => "constructor(…)",
            Self::Computed => "computed call",
            Self::GlobalByName => "global by computed name",
            Self::DecodeBuffer => "Buffer.from(enc)",
            Self::Atob => "atob",
            Self::CharCodes => "fromCharCode",
            Self::RequireByValue => "require(value)",
            Self::RequireAlias => "require as a value",
            Self::ImportByValue => "import(value)",
            Self::TimerText => "timer with text",
            Self::TimerAlias => "timer as a value",
            Self::Spawn => "process start",
            Self::Send => "network call",
            Self::Patch => "builtin replaced",
            Self::Prototype => "builtin's prototype as a value",
            Self::Coercion => "text by coercion",
            Self::Exit => "process end",
            Self::Environment => "whole environment",
        }
    }
}

/// A function, as far as minifying keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FunctionFacts {
    /// A hash of its shape: kinds of nodes, names of properties, literals; nested functions as placeholders.
    pub shape: u64,
    /// A hash of its local names, in order: what a minifier chooses anew and a hand leaves alone.
    pub spelling: u64,
    /// Hashes of its property names and literals, sorted.
    pub words: Box<[u32]>,
}

/// What one file says and does.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Property names, string values and chunks of templates: one pool, since minifiers convert between them.
    pub names: Set<Box<str>>,
    /// Local names; only as an explanation of another file's names.
    pub locals: Set<Box<str>>,
    /// Regular expressions, without escapes.
    pub regexes: Set<Box<str>>,
    /// Long arrays of numbers or short strings: their elements.
    pub arrays: Vec<Vec<Box<str>>>,
    /// Numbers, as written out in full; as an explanation of arrays.
    pub numbers: Set<u64>,
    /// Unresolved globals.
    pub globals: BTreeSet<Box<str>>,
    /// What is required or imported, as written.
    pub requires: BTreeSet<Box<str>>,
    /// Sensitive words, counted.
    pub words: BTreeMap<&'static str, u32>,
    /// Sensitive ways, counted.
    pub calls: BTreeMap<Call, u32>,
    /// Hosts of URLs in strings.
    pub hosts: BTreeSet<Box<str>>,
    /// Hosts of URLs in a function that also sends.
    pub sent_hosts: BTreeSet<Box<str>>,
    /// Places of credentials in texts.
    pub secrets: BTreeSet<&'static str>,
    /// Comments inside functions, without white space.
    pub inner_comments: Set<Box<str>>,
    /// Signs that text is hidden from a reader: see [`Hidden`].
    pub hidden: BTreeMap<Hidden, u32>,
    /// Its functions.
    pub functions: Vec<FunctionFacts>,
    /// A hash of the whole, independent of layout and local names.
    pub shape: u64,
}

/// Text that a reader does not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hidden {
    /// Code behind hundreds of spaces on the same line.
    FarRight,
    /// Runs of characters that have no width.
    Invisible,
    /// Names in the style of obfuscators (`_0x1a2b`).
    HexNames,
    /// Characters that make text appear in another order than it has.
    Reordered,
    /// Names of letters of several scripts that look alike.
    LookAlike,
}

impl Hidden {
    /// How it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FarRight => "code behind a long run of spaces",
            Self::Invisible => "invisible characters",
            Self::HexNames => "names of an obfuscator (_0x…)",
            Self::Reordered => "text that appears in another order than it has",
            Self::LookAlike => "names whose letters look like others",
        }
    }
}

impl Facts {
    /// Whether anything in it reaches other machines.
    pub(super) fn sends(&self) -> bool {
        let to_network = |specifier: &str| {
            words::builtin(specifier).is_some_and(|(name, _)| words::is_network_builtin(name))
        };
        self.calls.contains_key(&Call::Send) || self.requires.iter().any(|it| to_network(it))
    }

    /// How often a way is used.
    pub(super) fn count(&self, call: Call) -> u32 {
        self.calls.get(&call).copied().unwrap_or_default()
    }

    /// Takes in what another file of the same sources says.
    pub(super) fn add(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.locals.extend(other.locals.iter().cloned());
        self.regexes.extend(other.regexes.iter().cloned());
        self.arrays.extend(other.arrays.iter().cloned());
        self.numbers.extend(other.numbers.iter().copied());
        self.globals.extend(other.globals.iter().cloned());
        self.requires.extend(other.requires.iter().cloned());
        self.inner_comments.extend(other.inner_comments.iter().cloned());
        for (word, count) in &other.words {
            *self.words.entry(word).or_default() += count;
        }
        for (call, count) in &other.calls {
            *self.calls.entry(*call).or_default() += count;
        }
    }

    /// The shapes of its functions, counted.
    pub(super) fn shapes(&self) -> HashMap<u64, u32> {
        let mut shapes = HashMap::new();
        for function in &self.functions {
            *shapes.entry(function.shape).or_default() += 1;
        }
        shapes
    }
}
