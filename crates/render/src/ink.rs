//! The one way that text reaches a terminal: every piece is escaped here, whatever it came from, and only then coloured.

use anstyle::{AnsiColor, Style};
use netwhy_explain::Severity;
use netwhy_report::untrusted::escape;
use unicode_width::UnicodeWidthStr as _;

use crate::TerminalStyle;

/// Text under construction.
pub(crate) struct Ink<'a> {
    style: &'a TerminalStyle,
    text: String,
}

pub(crate) fn of(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Notice => AnsiColor::Cyan,
        Severity::Info => AnsiColor::Blue,
    };
    Style::new().fg_color(Some(color.into())).bold()
}

pub(crate) fn good() -> Style {
    Style::new().fg_color(Some(AnsiColor::Green.into()))
}

pub(crate) fn faint() -> Style {
    Style::new().dimmed()
}

pub(crate) fn plain() -> Style {
    Style::new()
}

impl<'a> Ink<'a> {
    pub(crate) fn new(style: &'a TerminalStyle) -> Self {
        Self {
            style,
            text: String::new(),
        }
    }

    /// Adds a piece of a line.
    pub(crate) fn put(&mut self, style: Style, piece: &str) -> &mut Self {
        let piece = escape(piece);
        let piece = if self.style.unicode {
            piece.into_owned()
        } else {
            piece.chars().map(ascii).collect()
        };
        if self.style.color && style != Style::new() {
            self.text.push_str(&format!("{style}{piece}{style:#}"));
        } else {
            self.text.push_str(&piece);
        }
        self
    }

    pub(crate) fn end(&mut self) {
        while self.text.ends_with(' ') {
            self.text.pop();
        }
        self.text.push('\n');
    }

    /// Text after a label, broken at blanks and indented to the label's width.
    pub(crate) fn wrapped(&mut self, label: &str, text: &str) {
        let indent = label.width();
        let room = self.style.width.saturating_sub(indent).max(20);
        for (index, line) in lines(&escape(text), room).iter().enumerate() {
            if index == 0 {
                self.put(faint(), label);
            } else {
                self.put(plain(), &" ".repeat(indent));
            }
            self.put(plain(), line).end();
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Stand-ins for the few characters beyond ASCII that we use ourselves; others pass.
fn ascii(character: char) -> char {
    match character {
        '█' => '#',
        '▏' | '▕' => '|',
        '…' => '.',
        '—' | '─' => '-',
        '→' => '>',
        other => other,
    }
}

fn lines(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last_mut().expect("there is always one line");
        if last.is_empty() {
            last.push_str(word);
        } else if last.width() + 1 + word.width() <= room {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Cut to a width, with an ellipsis.
pub(crate) fn fit(text: &str, room: usize) -> String {
    let text = escape(text);
    if text.width() <= room {
        return text.into_owned();
    }
    let mut cut = String::new();
    for character in text.chars() {
        if cut.width() + 1 >= room {
            break;
        }
        cut.push(character);
    }
    cut.push('…');
    cut
}
