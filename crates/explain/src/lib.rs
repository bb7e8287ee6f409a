//! The catalogue of findings: pure functions from a report to a verdict, and the pages that explain them.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`finding`] | what a finding is |
//! | [`findings`] | the catalogue, one file each, by layer |
//! | [`proof`] | why DNSSEC does not prove something, in words |
//! | [`ranking`] | one primary cause, and what follows from it |
//! | [`verdict`] | the result |
//! | [`compare`] | what resolvers and authorities say side by side, and what a difference means |
//! | [`mod@topics`] | the networking ground behind the findings |
//! | [`mod@search`] | finding a page by a word |
//! | [`zone_check`] | what a zone check means, server by server |
//! | [`shell`] | quoting for commands that a person will paste |

mod command;
pub mod compare;
pub mod finding;
pub mod findings;
pub mod proof;
pub mod ranking;
pub mod search;
pub mod shell;
mod spans;
#[cfg(test)]
mod specimen;
pub mod topics;
pub mod verdict;
mod words;
pub mod zone_check;

pub use finding::{Confidence, Declaration, Evidence, Severity};
pub use findings::{catalogue, find};
pub use ranking::{judge, judge_with};
pub use search::{Matches, search};
pub use topics::{Topic, find_topic, topics};
pub use verdict::{Finding, Status, Verdict};
