//! The one way to a terminal: lines are put together from our own colour codes and escaped text, nothing else.

use anstyle::Style;
use netwhy_report::untrusted;
use unicode_width::UnicodeWidthStr as _;

/// Columns that a text takes once escaped.
pub(crate) fn columns(text: &str) -> usize {
    untrusted::escape(text).width()
}

/// A blank at which text is not wrapped; [`wrap`] prints it as a plain one.
pub(crate) const GLUE: &str = "\u{a0}";

/// A line under construction. Text is escaped as it comes in, so a line break in it becomes `\n` in print.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    spans: Vec<(Style, String)>,
}

impl Line {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Appends plain text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.painted(Style::new(), text)
    }

    /// Appends text in a style.
    pub(crate) fn painted(mut self, style: Style, text: &str) -> Self {
        self.spans
            .push((style, untrusted::escape(text).into_owned()));
        self
    }

    /// Appends blanks up to this column.
    pub(crate) fn pad(self, column: usize) -> Self {
        let missing = column.saturating_sub(self.columns());
        self.text(&" ".repeat(missing))
    }

    /// Columns taken so far.
    pub(crate) fn columns(&self) -> usize {
        self.spans.iter().map(|(_, text)| text.width()).sum()
    }
}

/// The output under construction.
#[derive(Debug)]
pub(crate) struct Sheet {
    out: String,
    color: bool,
}

impl Sheet {
    pub(crate) fn new(color: bool) -> Self {
        Self {
            out: String::new(),
            color,
        }
    }

    /// Adds a line, blanks at its end dropped.
    pub(crate) fn line(&mut self, mut line: Line) {
        while let Some((_, text)) = line.spans.last_mut() {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                break;
            }
            line.spans.pop();
        }
        for (style, text) in &line.spans {
            if self.color && *style != Style::new() && !text.is_empty() {
                self.out
                    .push_str(&format!("{}{text}{}", style.render(), style.render_reset()));
            } else {
                self.out.push_str(text);
            }
        }
        self.out.push('\n');
    }

    /// Adds an empty line, unless nothing stands before it or the last line is empty already.
    pub(crate) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Adds text under a label or indentation, wrapped to `width` columns, the lines after the first indented like it.
    pub(crate) fn wrapped(&mut self, lead: Line, text: &str, width: usize) {
        let indent = lead.columns();
        let mut lead = Some(lead);
        for part in wrap(text, width.saturating_sub(indent)) {
            let line = lead.take().unwrap_or_else(|| Line::new().pad(indent));
            self.line(line.text(&part));
        }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// Breaks escaped text at blanks into parts of at most `width` columns; a longer word is broken where it must.
/// There is always at least one part.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let text = untrusted::escape(text);
    let mut parts = Vec::new();
    let mut part = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !part.is_empty() && format!("{part} {word}").width() > width {
            parts.push(std::mem::take(&mut part));
        }
        if !part.is_empty() {
            part.push(' ');
        }
        part.push_str(word);
        while part.width() > width {
            let rest = part.split_off(fitting(&part, width));
            parts.push(std::mem::replace(&mut part, rest));
        }
    }
    if !part.is_empty() || parts.is_empty() {
        parts.push(part);
    }
    parts.iter().map(|part| part.replace(GLUE, " ")).collect()
}

/// The bytes of the longest beginning that fits into `width` columns; at least one character, so that breaking ends.
fn fitting(text: &str, width: usize) -> usize {
    let mut end = 0;
    for (at, character) in text.char_indices() {
        let next = at + character.len_utf8();
        if end > 0 && text[..next].width() > width {
            break;
        }
        end = next;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_on_its_way_in_and_only_our_own_codes_colour_it() {
        let hostile = "a\x1b[2Jb\nc\u{202e}";
        let line = || Line::new().painted(Style::new().bold(), hostile);
        let mut plain = Sheet::new(false);
        plain.line(line());
        assert_eq!(plain.finish(), "a\\u{1b}[2Jb\\nc\\u{202e}\n");
        let mut coloured = Sheet::new(true);
        coloured.line(line());
        assert_eq!(
            coloured.finish(),
            "\x1b[1ma\\u{1b}[2Jb\\nc\\u{202e}\x1b[0m\n"
        );
    }

    #[test]
    fn wrapping_breaks_at_blanks_and_a_long_word_where_it_must() {
        assert_eq!(wrap("alpha beta gamma", 11), ["alpha beta", "gamma"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("证书证书证书", 8), ["证书证书", "证书"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn continuation_lines_hang_under_the_first() {
        let mut sheet = Sheet::new(false);
        sheet.wrapped(Line::new().text("  fix  "), "one two three", 16);
        assert_eq!(sheet.finish(), "  fix  one two\n       three\n");
    }
}
