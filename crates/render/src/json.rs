//! One typed JSON document per run, and the JSON Schema that it fulfils.

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;
use netwhy_explain::{Finding, Verdict};
use netwhy_report::dns::BulkResult;
use netwhy_report::phases::{PhaseSpan, phases};
use netwhy_report::report::Layers;
use netwhy_report::untrusted::is_dangerous;
use netwhy_report::{LimitHit, Plan, Report, nanos};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// What `--json` prints: the report with its verdict.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "netwhy report")]
pub struct Document<'run> {
    /// The kind of document.
    #[schemars(extend("const" = "netwhy.report"))]
    pub schema: &'static str,
    /// Raised when a reader of the former version would misread this one.
    #[schemars(extend("const" = "1"))]
    pub schema_version: &'static str,
    /// The version of netwhy.
    pub tool_version: &'static str,
    /// `false` if the run was interrupted or its deadline passed.
    pub complete: bool,
    /// Limits that were reached.
    pub limits_hit: &'run [LimitHit],
    /// The wall clock at offset 0, RFC 3339 in UTC.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// The whole run, in nanoseconds.
    #[serde(with = "nanos", rename = "elapsed_ns")]
    #[schemars(with = "u64")]
    pub elapsed: Duration,
    /// The target without userinfo and query, or the name that was asked for.
    pub target: String,
    /// What was asked, credentials redacted.
    pub plan: &'run Plan,
    /// The judgement.
    pub verdict: &'run Verdict,
    /// The findings, the cause first.
    pub findings: &'run [Finding],
    /// The phases of the target's connection and of each redirect's.
    pub waterfall: Vec<HopPhases>,
    /// What was measured, layer by layer; `null` where it was not asked for.
    pub layers: &'run Layers,
}

/// The phases of one hop. A phase that was not reached is absent, never 0.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HopPhases {
    /// 0 for the target itself, counting redirects from there.
    pub hop: usize,
    /// `host:port`.
    pub authority: String,
    /// The phases in order.
    pub phases: Vec<PhaseSpan>,
}

/// The typed document of a run.
#[must_use]
pub fn document<'run>(report: &'run Report, verdict: &'run Verdict) -> Document<'run> {
    let waterfall = report.endpoints().into_iter().map(|endpoint| HopPhases {
        hop: endpoint.hop,
        authority: endpoint.authority(),
        phases: phases(&endpoint),
    });
    Document {
        schema: "netwhy.report",
        schema_version: "1",
        tool_version: env!("CARGO_PKG_VERSION"),
        complete: report.complete,
        limits_hit: &report.limits_hit,
        started_at: report.started_at,
        elapsed: report.elapsed,
        target: report.plan.subject(),
        plan: &report.plan,
        verdict,
        findings: &verdict.findings,
        waterfall: waterfall.collect(),
        layers: &report.layers,
    }
}

/// The document as text: indented, ending in a line break, safe to show on a terminal.
///
/// # Errors
/// Those of the serializer: a file name in the plan that is not UTF-8.
pub fn json(report: &Report, verdict: &Verdict) -> serde_json::Result<String> {
    Ok(harmless(&serde_json::to_string_pretty(&document(
        report, verdict,
    ))?))
}

/// One result of a bulk run as a line of JSON.
///
/// # Errors
/// What the writer says.
pub fn bulk_line(result: &BulkResult, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, result)?;
    out.write_all(b"\n")
}

/// The JSON Schema (draft 2020-12) of [`Document`], indented, ending in a line break.
#[must_use]
pub fn schema() -> String {
    let schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Document<'static>>();
    harmless(&format!("{:#}", schema.as_value()))
}

/// Writes invisible and steering characters as `\uXX`: they occur in strings only, where that means the same.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        if character != '\n' && is_dangerous(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::specimen::{self, Case};

    fn parsed(case: &Case) -> Value {
        serde_json::from_str(&json(&case.report, &case.verdict).unwrap()).unwrap()
    }

    #[test]
    fn every_specimen_fulfils_the_published_schema() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for (name, case) in specimen::all() {
            let errors: Vec<String> = validator
                .iter_errors(&parsed(&case))
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
        }
    }

    #[test]
    fn the_schema_rejects_a_document_of_another_shape() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let healthy = parsed(&specimen::healthy());
        let mut other = healthy.clone();
        other["schema"] = "something.else".into();
        assert!(!validator.is_valid(&other));
        let mut other = healthy.clone();
        other["verdict"]["status"] = "fine".into();
        assert!(!validator.is_valid(&other));
        let mut other = healthy;
        other["layers"]["dns"]["record"]["resolution"]["start_ns"] = "soon".into();
        assert!(!validator.is_valid(&other));
    }

    #[test]
    fn the_document_leads_with_what_a_script_looks_for() {
        let case = specimen::chain_incomplete();
        let value = parsed(&case);
        assert_eq!(value["schema"], "netwhy.report");
        assert_eq!(value["target"], "https://shop.example.test/cart");
        assert_eq!(value["verdict"]["status"], "broken");
        assert_eq!(value["verdict"]["cause"], "tls-chain-incomplete");
        assert_eq!(value["findings"][0]["code"], "tls-chain-incomplete");
        assert_eq!(value["waterfall"][0]["phases"][0]["phase"], "dns");
        assert_eq!(
            value["waterfall"][0]["phases"][0]["duration_ns"],
            12_000_000
        );
    }

    #[test]
    fn what_was_not_reached_is_absent_from_the_waterfall_and_skipped_with_a_reason() {
        let value = parsed(&specimen::dns_failure());
        assert_eq!(value["waterfall"][0]["phases"].as_array().unwrap().len(), 1);
        assert_eq!(value["layers"]["tcp"]["status"], "skipped");
        assert_eq!(value["layers"]["tcp"]["reason"]["why"], "dependency_failed");
        assert_eq!(value["layers"]["client"], Value::Null);
    }

    #[test]
    fn characters_that_steer_a_terminal_are_written_as_escapes_and_survive() {
        let mut case = specimen::chain_incomplete();
        case.verdict.findings[0].headline = "a\u{202e}b\u{9b}31mc\u{e0041}".to_owned();
        let text = json(&case.report, &case.verdict).unwrap();
        assert!(!text.chars().any(|c| c != '\n' && is_dangerous(c)));
        assert_eq!(
            parsed(&case)["findings"][0]["headline"],
            "a\u{202e}b\u{9b}31mc\u{e0041}"
        );
    }
}
