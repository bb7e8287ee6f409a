//! Report and verdict as text for a terminal and as one JSON document. No clock, no terminal, no I/O: width and colour come in.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`terminal()`] | layers, waterfall, findings, verdict |
//! | [`json()`], [`schema()`] | the document and its JSON Schema |
//! | [`page()`], [`topic()`], [`catalogue_list()`] | what `netwhy explain` prints |
//! | `ink` | the one way that text reaches a terminal: escaped, then coloured |
//! | `units` | durations and sizes for people |

mod ink;
mod json;
mod page;
mod terminal;
mod units;

pub use json::{Document, document, json, schema};
pub use page::{catalogue_list, page, topic};
pub use terminal::terminal;

/// What kind of terminal the text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Columns.
    pub width: usize,
    /// Whether to use colours. Meaning never hangs on them.
    pub color: bool,
    /// Whether to use characters beyond ASCII for marks and bars.
    pub unicode: bool,
}
