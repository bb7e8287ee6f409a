//! `netwhy dns compare` and what a diagnosis makes of it, against the lab's resolver that remembers.

use serde_json::Value;

use super::{netwhy, text};

fn lab_run(scenario: &str) -> Value {
    let output = netwhy(&["lab", "run", scenario, "--json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{scenario}: {error}: {}", text(&output.stderr));
    })
}

fn finding<'report>(report: &'report Value, code: &str) -> &'report Value {
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .find(|finding| finding["code"] == code)
        .unwrap_or_else(|| panic!("{code}: {findings:#?}"))
}

#[test]
fn an_old_address_is_the_cause_and_the_refused_connection_its_consequence() {
    let report = lab_run("dns-stale-answer");
    assert_eq!(report["verdict"]["layer"], "dns");
    assert_eq!(
        finding(&report, "tcp-refused")["consequence_of"],
        "dns-stale-answer"
    );
    let stale = finding(&report, "dns-stale-answer");
    let headline = stale["headline"].as_str().expect("a headline");
    assert!(
        headline.contains("the last copy expires at 20"),
        "{headline}"
    );
    assert!(stale["confirm"].as_array().expect("commands").len() >= 2);
    assert_eq!(report["layers"]["dns_compare"][0]["repeated"], true);
}

#[test]
fn a_failure_with_the_right_address_is_compared_briefly_and_dns_is_not_blamed() {
    let report = lab_run("tcp-refused");
    assert_eq!(report["verdict"]["cause"], "tcp-refused");
    let compared = &report["layers"]["dns_compare"][0];
    assert_eq!(compared["repeated"], false);
    let authorities = compared["links"][0]["authorities"]
        .as_array()
        .expect("authorities");
    assert_eq!(
        authorities[0]["probes"].as_array().expect("probes").len(),
        2
    );
}

#[test]
fn a_working_target_is_not_compared() {
    assert_eq!(lab_run("healthy")["layers"]["dns_compare"], Value::Null);
}

#[test]
fn where_nobody_answers_nothing_is_claimed() {
    let hints = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(hints.path(), ". 60 NS ns.\nns. 60 A 127.0.0.1\n").expect("root hints");
    let hints = hints.path().display().to_string();
    let words = [
        "dns",
        "compare",
        "www.example.test",
        "--resolv-conf",
        "/dev/null",
        "--dns-port",
        "1",
        "--trace-port",
        "1",
        "--root-hints",
        &hints,
    ];
    let output = netwhy(&words);
    assert_eq!(output.status.code(), Some(3));
    let shown = text(&output.stdout);
    assert!(
        shown.contains("verdict: unknown: nobody answered"),
        "{shown}"
    );
    assert!(shown.contains("its zone was not found"), "{shown}");
}
