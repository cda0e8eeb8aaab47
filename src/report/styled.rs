//! Text with colours that foreign parts cannot leave: every span is sanitised when it is added.

use std::{borrow::Cow, io::IsTerminal};

use super::display;

/// Whether colour codes are written to a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// ANSI colours.
    Always,
}

/// What the `color` config says, before the stream is known; npm's `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourChoice {
    /// `--no-color`, or `NO_COLOR` in the environment.
    Never,
    /// Colours on a terminal only.
    #[default]
    Auto,
    /// `--color=always`.
    Always,
}

/// What a stream is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A person's terminal.
    Terminal,
    /// A pipe or a file.
    Pipe,
}

impl Stream {
    /// Asks the system.
    pub fn of(stream: &impl IsTerminal) -> Self {
        if stream.is_terminal() { Self::Terminal } else { Self::Pipe }
    }
}

impl ColourChoice {
    /// The choice applied to one stream (npm's `color` and `logColor`).
    pub fn on(self, stream: Stream) -> Colour {
        match (self, stream) {
            (Self::Always, _) | (Self::Auto, Stream::Terminal) => Colour::Always,
            _ => Colour::Never,
        }
    }
}

/// A colour or weight; npm's palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Style {
    #[default]
    Plain,
    Bold,
    BoldGreen,
    BoldMagenta,
    BoldRed,
    BoldUnderline,
    BoldYellow,
    Blue,
    BrightBlue,
    BrightCyan,
    BrightMagenta,
    Cyan,
    Dim,
    DimBlue,
    Green,
    Magenta,
    Red,
    UnderlineCyan,
    Yellow,
}

impl Style {
    /// The SGR parameters that switch the style on; all styles end with a full reset.
    fn parameters(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::BoldGreen => "1;32",
            Self::BoldMagenta => "1;35",
            Self::BoldRed => "1;31",
            Self::BoldUnderline => "1;4",
            Self::BoldYellow => "1;33",
            Self::Blue => "34",
            Self::BrightBlue => "94",
            Self::BrightCyan => "96",
            Self::BrightMagenta => "95",
            Self::Cyan => "36",
            Self::Dim => "2",
            Self::DimBlue => "2;34",
            Self::Green => "32",
            Self::Magenta => "35",
            Self::Red => "31",
            Self::UnderlineCyan => "4;36",
            Self::Yellow => "33",
        }
    }
}

/// One line; its parts hold no control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Spaces before the first span; not part of it, so that deep trees stay cheap.
    indent: usize,
    spans: Vec<(Style, Cow<'static, str>)>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds text in the terminal's own colour, sanitised by [`display::line`].
    #[must_use]
    pub fn plain(self, text: &str) -> Self {
        self.styled(Style::Plain, text)
    }

    /// Adds coloured text, sanitised by [`display::line`].
    #[must_use]
    pub fn styled(self, style: Style, text: &str) -> Self {
        self.span(style, Cow::Owned(display::line(text)))
    }

    /// Adds text of any length, sanitised by [`display::exact`].
    #[must_use]
    pub fn exact(self, text: &str) -> Self {
        self.span(Style::Plain, Cow::Owned(display::exact(text)))
    }

    /// Adds a registry's notice, sanitised by [`display::unredacted`].
    #[must_use]
    pub fn notice(self, text: &str) -> Self {
        self.span(Style::Plain, Cow::Owned(display::unredacted(text)))
    }

    /// Adds denpm's own words, which need no sanitising.
    #[must_use]
    pub fn own(self, text: &'static str) -> Self {
        self.span(Style::Plain, Cow::Borrowed(text))
    }

    /// Adds all spans of another line, without its indentation.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }

    fn span(mut self, style: Style, text: Cow<'static, str>) -> Self {
        if !text.is_empty() {
            self.spans.push((style, text));
        }
        self
    }

    /// True when nothing would be shown.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The line's width in characters.
    pub fn width(&self) -> usize {
        let text = self.spans.iter().map(|(_, text)| text.chars().count());
        self.indent + text.sum::<usize>()
    }

    /// Appends the line to `out`, without a line end.
    pub fn write_to(&self, out: &mut String, colour: Colour) {
        out.extend(std::iter::repeat_n(' ', self.indent));
        for (style, text) in &self.spans {
            if colour == Colour::Always && *style != Style::Plain {
                out.push_str("\x1b[");
                out.push_str(style.parameters());
                out.push('m');
                out.push_str(text);
                out.push_str("\x1b[0m");
            } else {
                out.push_str(text);
            }
        }
    }
}

/// Lines of text. Built by [`Text::append`] (goes on in the last line) and [`Text::push`] (a new line).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    lines: Vec<Line>,
}

impl Text {
    /// No lines.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one line.
    pub fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Adds a line of denpm's own words.
    pub fn push_own(&mut self, text: &'static str) {
        self.push(Line::new().own(text));
    }

    /// Adds all lines of another text.
    pub fn extend(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Goes on in the last line with the first line of `other`; its other lines follow.
    pub fn append(&mut self, other: Self) {
        let mut lines = other.lines.into_iter();
        if let Some(first) = lines.next() {
            let last = self.lines.pop().unwrap_or_default();
            self.lines.push(last.join(first));
        }
        self.lines.extend(lines);
    }

    /// Moves every line that is not empty `columns` to the right.
    #[must_use]
    pub fn indented(mut self, columns: usize) -> Self {
        for line in self.lines.iter_mut().filter(|line| !line.is_empty()) {
            line.indent += columns;
        }
        self
    }

    /// The lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The text for a stream; every line ends with `\n`.
    pub fn render(&self, colour: Colour) -> String {
        let mut out = String::new();
        for line in &self.lines {
            line.write_to(&mut out, colour);
            out.push('\n');
        }
        out
    }

    /// Each line on its own, without colours.
    pub fn plain_lines(&self) -> Vec<String> {
        let plain = |line: &Line| {
            let mut out = String::new();
            line.write_to(&mut out, Colour::Never);
            out
        };
        self.lines.iter().map(plain).collect()
    }
}

impl From<Line> for Text {
    fn from(line: Line) -> Self {
        Self { lines: vec![line] }
    }
}

impl FromIterator<Line> for Text {
    fn from_iter<I: IntoIterator<Item = Line>>(lines: I) -> Self {
        Self { lines: lines.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_colour_codes_never_reach_the_terminal() {
        let text = Text::from(Line::new().styled(Style::Red, "\x1b[32mgreen\nline"));
        assert_eq!(text.render(Colour::Always), "\x1b[31m[32mgreen line\x1b[0m\n");
        assert_eq!(text.render(Colour::Never), "[32mgreen line\n");
    }

    #[test]
    fn colour_auto_follows_the_stream() {
        assert_eq!(ColourChoice::Auto.on(Stream::Pipe), Colour::Never);
        assert_eq!(ColourChoice::Auto.on(Stream::Terminal), Colour::Always);
        assert_eq!(ColourChoice::Never.on(Stream::Terminal), Colour::Never);
        assert_eq!(ColourChoice::Always.on(Stream::Pipe), Colour::Always);
    }

    #[test]
    fn append_goes_on_in_the_last_line() {
        let mut text = Text::from(Line::new().own("a: "));
        text.append(["b", "c"].into_iter().map(|word| Line::new().plain(word)).collect());
        assert_eq!(text.plain_lines(), ["a: b", "c"]);
    }
}
