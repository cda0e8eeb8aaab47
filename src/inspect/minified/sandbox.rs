//! Foreign code is parsed on a thread of its own, with a stack that its nesting cannot exhaust
//! and a time after which nobody waits for it.
//!
//! A recursive parser needs stack for each level of nesting, and a file of a few megabytes can
//! nest millions deep. No level can be had for less than one punctuator or one white space
//! between words, so counting these bounds the depth before anything is parsed; what could
//! overflow the largest stack is not parsed at all.

use std::{sync::mpsc, thread, time::Duration};

/// The largest file that is parsed, in bytes.
pub(super) const MAX_FILE: usize = 12 << 20;
/// The longest that one file is waited for.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Stack for one bracket, in bytes: more than the parser and the walks behind it were measured to
/// need for any construct that one bracket begins (`[`: 1.9 KiB).
const STACK_PER_BRACKET: usize = if cfg!(debug_assertions) { 24 << 10 } else { 2560 };
/// Stack for one operator or word, in bytes (`a ? … : …`: 1 KiB).
const STACK_PER_OPERATOR: usize = if cfg!(debug_assertions) { 12 << 10 } else { 1280 };
/// Stack that is always there, in bytes.
const BASE_STACK: usize = 4 << 20;
/// The largest stack that is asked for, in bytes; only what is used takes memory.
const MAX_STACK: usize = if cfg!(target_pointer_width = "64") { 1536 << 20 } else { 256 << 20 };
/// Nobody's honest code nests brackets deeper, and the parser's time can grow with the square of it.
const MAX_BRACKETS: usize = 1000;

/// Why a file was not checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unchecked {
    /// Larger than 12 MiB.
    #[error("larger than {} MiB", MAX_FILE >> 20)]
    TooLarge,
    /// The package as a whole is over the budget.
    #[error("the package has more JavaScript than is checked at once")]
    OverBudget,
    /// It nests too deeply for the parser.
    #[error("nests too deeply")]
    TooDeep,
    /// It took too long.
    #[error("took longer than {} seconds", MAX_TIME.as_secs())]
    TooSlow,
    /// It is not JavaScript that can be parsed.
    #[error("cannot be parsed")]
    Syntax,
    /// It is not UTF-8.
    #[error("is not text")]
    NotText,
    /// The parser failed, or no thread could be had.
    #[error("the parser failed")]
    Failed,
}

impl Unchecked {
    /// Whether another run, or another machine, may get further.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::TooSlow | Self::Failed)
    }
}

/// Runs `work` on text where neither nesting nor time can do harm.
///
/// # Errors
/// [`Unchecked`], also when `work` panics.
pub(super) fn run<T: Send + 'static>(
    text: String,
    work: impl FnOnce(&str) -> Result<T, Unchecked> + Send + 'static,
) -> Result<T, Unchecked> {
    if text.len() > MAX_FILE {
        return Err(Unchecked::TooLarge);
    }
    let stack = stack_for(text.as_bytes()).ok_or(Unchecked::TooDeep)?;
    let (sender, receiver) = mpsc::sync_channel(1);
    let body = move || {
        // Nobody may be waiting any more.
        let _unheard = sender.send(work(&text));
    };
    thread::Builder::new()
        .name("inspect".to_owned())
        .stack_size(stack)
        .spawn(body)
        .map_err(|_| Unchecked::Failed)?;
    match receiver.recv_timeout(MAX_TIME) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Unchecked::TooSlow),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Unchecked::Failed),
    }
}

/// The stack that text may need at most; `None` when that is more than can be had.
fn stack_for(text: &[u8]) -> Option<usize> {
    let Nesting { brackets, operators, deepest } = Nesting::of(text);
    let stack = brackets
        .checked_mul(STACK_PER_BRACKET)?
        .checked_add(operators.checked_mul(STACK_PER_OPERATOR)?)?
        .checked_add(BASE_STACK)?;
    (deepest <= MAX_BRACKETS && stack <= MAX_STACK).then_some(stack)
}

/// Bounds of the depth of nesting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Nesting {
    /// All brackets that open.
    brackets: usize,
    /// All operators, and all words that another word follows.
    operators: usize,
    /// Brackets that are open at once, those in texts and comments included: no bound, a hint.
    deepest: usize,
}

impl Nesting {
    fn of(text: &[u8]) -> Self {
        let mut nesting = Self::default();
        let (mut open, mut after_word) = (0_usize, false);
        for &byte in text {
            match byte {
                b'(' | b'[' | b'{' => {
                    nesting.brackets += 1;
                    open += 1;
                    nesting.deepest = nesting.deepest.max(open);
                }
                b')' | b']' | b'}' => open = open.saturating_sub(1),
                b'!' | b'~' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<'
                | b'>' | b'=' | b'?' | b':' | b'.' | b'`' => nesting.operators += 1,
                byte if after_word && (byte.is_ascii_whitespace() || byte >= 0x80) => {
                    nesting.operators += 1;
                }
                _ => {}
            }
            after_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
        }
        nesting
    }
}
