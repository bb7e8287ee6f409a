//! What a finding is: a declaration that documents itself, and a pure check over the report.

use netwhy_report::{Layer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much harm a finding means.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hygiene or risk without present harm.
    Notice,
    /// Works, but slow, flaky or about to break.
    Warning,
    /// Broken now, for some clients or all.
    Error,
}

impl Severity {
    /// The lower-case word that people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The declaration of a finding: the single source for its page, its line in a report, and its check.
#[derive(Debug)]
pub struct Declaration {
    /// The permanent code, `layer-name`.
    pub code: &'static str,
    /// The layer to blame.
    pub layer: Layer,
    /// The usual severity; a check may lower or raise it.
    pub severity: Severity,
    /// One line without a full stop: what it means, for whom.
    pub headline: &'static str,
    /// *What happened*: plain paragraphs.
    pub what: &'static str,
    /// *Why it breaks*: the networking behind it.
    pub why: &'static str,
    /// *How to fix*: concrete, with configuration lines.
    pub fix: &'static str,
    /// *How to confirm*: the classic commands, with `HOST`, `PORT` and so on as placeholders.
    pub confirm: &'static str,
    /// Looks for it.
    pub check: fn(&Report) -> Option<Evidence>,
}

/// What a check found: facts of this very run.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Which hop it is about (`Endpoint::hop`: 0 for the target itself); `None`: no single one, but this host or the
    /// redirects as a whole.
    pub hop: Option<usize>,
    /// Overrides the declaration's severity.
    pub severity: Option<Severity>,
    /// Overrides the declaration's headline with the facts of this run.
    pub headline: Option<String>,
    /// The facts, one line each, already escaped (`Untrusted::escaped`).
    pub facts: Vec<String>,
    /// The fix for this run, one line.
    pub fix: String,
    /// Commands that prove it, ready to paste: arguments from the network are quoted with [`crate::shell::quote`].
    pub confirm: Vec<String>,
    /// How sure the evidence makes us.
    pub confidence: Confidence,
    /// What would refute it, one line.
    pub refute: String,
}

/// How sure a verdict is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One explanation among several.
    Low,
    /// The likely explanation.
    Medium,
    /// The evidence admits no other explanation that we know.
    High,
}
