//! The JSON document of a run, and its schema.

use jiff::Timestamp;
use netwhy_explain::{Finding, Verdict};
use netwhy_report::phases::{PhaseSpan, phases};
use netwhy_report::report::Layers;
use netwhy_report::{LimitHit, Plan, Report};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;

/// One document per run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Document {
    /// Always `netwhy.report`.
    pub schema: String,
    /// Raised when a field changes its meaning.
    pub schema_version: u32,
    /// The version of netwhy.
    pub tool_version: String,
    /// Whether the run came to its end.
    pub complete: bool,
    /// Limits that were reached.
    pub limits_hit: Vec<LimitHit>,
    /// The wall clock at offset 0.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// The whole run, in nanoseconds.
    pub elapsed_ns: u64,
    /// The target for people.
    pub target: String,
    /// What was asked, secrets redacted.
    pub plan: Plan,
    /// The judgement.
    pub verdict: Verdict,
    /// All findings, the cause first.
    pub findings: Vec<Finding>,
    /// The phases of each hop.
    pub waterfall: Vec<Hop>,
    /// What was measured.
    pub layers: Layers,
}

/// The phases of one hop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Hop {
    /// Host and port.
    pub authority: String,
    /// The phases reached, in order.
    pub phases: Vec<PhaseSpan>,
}

/// The document of a run.
#[must_use]
pub fn document(report: &Report, verdict: &Verdict) -> Document {
    let hop = |endpoint: &netwhy_report::Endpoint<'_>| Hop {
        authority: endpoint.authority(),
        phases: phases(endpoint),
    };
    Document {
        schema: "netwhy.report".to_owned(),
        schema_version: 1,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: report.complete,
        limits_hit: report.limits_hit.clone(),
        started_at: report.started_at,
        elapsed_ns: u64::try_from(report.elapsed.as_nanos()).unwrap_or(u64::MAX),
        target: report.target().display(),
        plan: report.plan.clone(),
        verdict: verdict.clone(),
        findings: verdict.findings.clone(),
        waterfall: report.endpoints().iter().map(hop).collect(),
        layers: report.layers.clone(),
    }
}

/// The document as text.
///
/// # Errors
/// None in practice: every type of the document can be written.
pub fn json(report: &Report, verdict: &Verdict) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&document(report, verdict)).map(|text| text + "\n")
}

/// The JSON Schema (draft 2020-12) of the document.
#[must_use]
pub fn schema() -> String {
    let schema = schema_for!(Document);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
