//! The verdict over a report: findings in order, one primary cause, and what follows from it.

use netwhy_report::Layer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Confidence, Severity};

/// The whole judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// How the target fares.
    pub status: Status,
    /// The code of the primary cause; `null` when nothing is wrong or nothing could be told.
    pub cause: Option<String>,
    /// The layer to blame.
    pub layer: Option<Layer>,
    /// How sure that is.
    pub confidence: Option<Confidence>,
    /// What would refute it.
    pub refute: Option<String>,
    /// All findings, the cause first, consequences after what they follow from.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

/// How the target fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing of severity warning or above.
    Healthy,
    /// A warning at worst.
    Degraded,
    /// At least one error.
    Broken,
    /// The run was cut short before it could tell.
    Unknown,
}

/// A finding of this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Its permanent code.
    pub code: String,
    /// How much harm it means here.
    pub severity: Severity,
    /// The layer to blame.
    pub layer: Layer,
    /// Which hop it is about: 0 for the target itself, counting redirects from there; `null`: no single one, but this
    /// host or the redirects as a whole.
    pub hop: Option<usize>,
    /// One line with the facts of this run.
    pub headline: String,
    /// The facts, one line each.
    pub evidence: Vec<String>,
    /// The fix, one line.
    pub fix: String,
    /// Commands that prove it.
    pub confirm: Vec<String>,
    /// The code of the finding that explains this one.
    pub consequence_of: Option<String>,
    /// How sure it is.
    pub confidence: Confidence,
    /// What would refute it.
    pub refute: String,
}
