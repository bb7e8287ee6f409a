//! The catalogue of findings: pure functions from a report to a verdict, and the pages that explain them.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`finding`] | what a finding is |
//! | [`findings`] | the catalogue, one file each, by layer |
//! | [`ranking`] | one primary cause, and what follows from it |
//! | [`verdict`] | the result |
//! | [`shell`] | quoting for commands that a person will paste |

pub mod finding;
pub mod findings;
pub mod ranking;
pub mod shell;
pub mod verdict;

pub use finding::{Confidence, Declaration, Evidence, Severity};
pub use findings::{catalogue, find};
pub use ranking::{judge, judge_with};
pub use verdict::{Finding, Status, Verdict};
