//! The `--json` document: its schema, and the parts that scripts rely on.

use serde_json::Value;

use super::{netwhy, report};

#[test]
fn every_document_keeps_to_the_published_schema() {
    let schema: Value = serde_json::from_slice(&netwhy(&["schema"]).stdout).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for scenario in [
        "healthy-redirect",
        "dns-servfail",
        "tcp-address-down",
        "tls-chain-incomplete",
        "tls-not-tls",
        "hostile-bytes",
    ] {
        let (report, _) = report(scenario);
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{scenario}: {errors:#?}");
        assert_eq!(report["schema"], "netwhy.report");
        assert_eq!(report["schema_version"], "1");
    }
    assert!(
        !validator.is_valid(&serde_json::json!({ "schema": "netwhy.report" })),
        "the schema must refuse something"
    );
}

#[test]
fn the_document_keeps_its_shape() {
    let (report, _) = report("healthy");
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    let expected = [
        "complete",
        "elapsed_ns",
        "findings",
        "layers",
        "limits_hit",
        "plan",
        "schema",
        "schema_version",
        "started_at",
        "target",
        "tool_version",
        "verdict",
        "waterfall",
    ];
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    for layer in ["client", "dns", "tcp", "tls", "http"] {
        assert!(report["layers"][layer].is_object(), "{layer}");
    }
    assert!(
        report["layers"]["tls"]["record"]["flights"]
            .as_array()
            .is_some_and(|flights| flights.len() >= 3)
    );
    assert!(
        report["layers"]["client"]["event_loop"]["samples"]
            .as_u64()
            .is_none_or(|samples| samples > 0)
    );
}
