//! How a terminal looks: its width, whether it shows colours and Unicode; and the marks and colours chosen from that.

use anstyle::{AnsiColor, Style};
use netwhy_explain::Severity;

/// The widest layout: beyond it a line's two ends lose sight of each other.
const WIDEST: usize = 110;
/// The narrowest layout: below it a layer's line has no room between its name and its time.
const NARROWEST: usize = 32;

/// What the terminal can show. Passed in, never asked for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Columns.
    pub width: usize,
    /// Whether to colour. Meaning never hangs on colour alone.
    pub color: bool,
    /// Whether marks and bars may leave ASCII.
    pub unicode: bool,
}

impl TerminalStyle {
    /// The columns that the layout uses.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(NARROWEST, WIDEST)
    }

    /// The mark of a layer, always as wide as the others of its set.
    pub(crate) fn mark(&self, mark: Mark) -> &'static str {
        match (self.unicode, mark) {
            (true, Mark::Fine) => "✓",
            (true, Mark::Warning) => "‼",
            (true, Mark::Broken) => "✗",
            (true, Mark::Unmeasured) => "·",
            (false, Mark::Fine) => "ok",
            (false, Mark::Warning) => "!!",
            (false, Mark::Broken) => "xx",
            (false, Mark::Unmeasured) => "--",
        }
    }

    /// Opens a bar, fills it, ends it, ends it where it broke off.
    pub(crate) fn bar(&self) -> Bar {
        if self.unicode {
            Bar {
                open: "▕",
                fill: "█",
                close: "▏",
                broken: "✗",
            }
        } else {
            Bar {
                open: "[",
                fill: "#",
                close: "]",
                broken: "x",
            }
        }
    }

    /// Points at a redirect's goal.
    pub(crate) fn arrow(&self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }
}

/// The pieces of a bar, one column each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub(crate) open: &'static str,
    pub(crate) fill: &'static str,
    pub(crate) close: &'static str,
    pub(crate) broken: &'static str,
}

/// How a layer fared, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    Unmeasured,
    Fine,
    Warning,
    Broken,
}

impl Mark {
    pub(crate) fn paint(self) -> Style {
        match self {
            Self::Fine => color(AnsiColor::Green),
            Self::Warning => color(AnsiColor::Yellow),
            Self::Broken => color(AnsiColor::Red),
            Self::Unmeasured => DIM,
        }
    }
}

impl From<Severity> for Mark {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Broken,
            Severity::Warning => Self::Warning,
            Severity::Notice | Severity::Info => Self::Fine,
        }
    }
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// A severity's colour, in bold.
pub(crate) fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => color(AnsiColor::Red).bold(),
        Severity::Warning => color(AnsiColor::Yellow).bold(),
        Severity::Notice => color(AnsiColor::Cyan).bold(),
        Severity::Info => BOLD,
    }
}

pub(crate) fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}
