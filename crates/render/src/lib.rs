//! Report and Verdict -> terminal, JSON: pure functions of their arguments.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`terminal()`] | the picture of a run: layers, waterfall, findings, verdict |
//! | [`json()`], [`document`], [`schema`] | one typed document per run, and its JSON Schema |
//! | [`dig()`], [`dig_short`] | a DNS message as dig lays it out |
//! | [`lookup_like_dig`], [`lookup_short`] | a lookup as dig prints it |
//! | [`page()`], [`topic`], [`catalogue_list`], [`matches_list`] | `netwhy explain` |
//!
//! Width and colour come in as arguments; no clock is read and no terminal is asked. Every text passes one escaper on
//! its way out, so that nothing a peer sends can steer a terminal.

mod dig;
mod escape;
mod json;
mod lookup;
mod page;
mod prose;
#[cfg(test)]
mod specimen;
mod style;
mod terminal;
mod units;
mod words;

pub use dig::{DigFacts, DigHeading, dig, dig_short};
pub use json::{Document, HopPhases, bulk_line, document, json, schema};
pub use lookup::{lookup_like_dig, lookup_short};
pub use page::{catalogue_list, matches_list, page, topic};
pub use style::TerminalStyle;
pub use terminal::terminal;
