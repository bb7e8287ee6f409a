//! A signed internet of DNS with broken twins: what was built, what other validators see of it, and what netwhy says.
//!
//! The judges are delv, Unbound, BIND and drill; `dns_world.py` tells how it is built, `dns_cases_*.py` what is broken in it.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::{Case, certificates, run_world};

pub(super) fn world() -> &'static Path {
    static WORLD: OnceLock<tempfile::TempDir> = OnceLock::new();
    WORLD
        .get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            write_certificates(folder.path());
            run_world("dns_world.py", folder.path());
            folder
        })
        .path()
}

/// The certificate of the world's resolvers, and its CA.
pub(super) fn write_certificates(folder: &Path) {
    let resolvers = ["10.9.0.53", "10.9.0.55", "fd09::53", "fd09::55"];
    certificates::write_resolver(folder, "resolver.example.test", &resolvers);
}

pub(super) fn data(file: &str) -> Value {
    let text = std::fs::read(world().join(file)).expect(file);
    serde_json::from_slice(&text).expect(file)
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// What a judge was to say of a question: the status that was built, or the departure that is on record for that judge.
fn expected<'a>(question: &'a Value, judge: &str) -> &'a str {
    question["differences"][judge][0]
        .as_str()
        .or(question["status"].as_str())
        .expect("a status")
}

/// `unproven` is all that drill can say where no signature leads to the anchor.
fn agrees(verdict: &str, expected: &str) -> bool {
    verdict == expected || (verdict == "unproven" && expected != "secure")
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn every_judge_sees_the_security_that_was_built() {
    let (cases, judgements) = (data("cases.json"), data("judgements.json"));
    let mut wrong = Vec::new();
    let mut asked = 0;
    for zone in list(&cases["zones"]) {
        for question in list(&zone["questions"]) {
            let key = format!(
                "{} {}",
                question["name"].as_str().expect("a name"),
                question["type"].as_str().expect("a type")
            );
            let judged = judgements[&key].as_object().expect(&key);
            assert!(judged.len() >= 3, "{key}: {judged:#?}");
            for (judge, judgement) in judged {
                asked += 1;
                let verdict = judgement["verdict"].as_str().expect("a verdict");
                let expected = expected(question, judge);
                if !agrees(verdict, expected) {
                    wrong.push(format!(
                        "{key}: {judge} says {verdict}, not {expected}: {}",
                        judgement["said"]
                    ));
                }
            }
        }
    }
    assert!(asked > 500, "{asked} verdicts");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn every_status_was_built_and_every_departure_has_a_reason() {
    let cases = data("cases.json");
    let questions: Vec<&Value> = list(&cases["zones"])
        .iter()
        .flat_map(|zone| list(&zone["questions"]))
        .collect();
    for status in ["secure", "insecure", "bogus", "failed"] {
        assert!(
            questions
                .iter()
                .any(|question| question["status"] == status),
            "{status}"
        );
    }
    for question in questions {
        for (judge, departure) in question["differences"].as_object().expect("a map") {
            let reason = departure[1].as_str().unwrap_or_default();
            assert!(reason.len() > 20, "{judge}: {question:#}");
            assert_ne!(departure[0], question["status"], "{judge}: {question:#}");
        }
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn every_fault_shows_itself_to_dig() {
    let observations = data("observations.json");
    let wrong: Vec<&Value> = list(&observations)
        .iter()
        .filter(|row| !list(&row["differences"]).is_empty())
        .collect();
    assert!(list(&observations).len() > 50, "{observations:#}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_diagnosis_blames_dns_where_dns_is_broken() {
    for (name, code) in [
        ("dns-bogus", "dns-servfail"),
        ("dns-lame", "dns-servfail"),
        ("dns-missing", "dns-name-missing"),
        // With a walk from the root the narrower cause is named, and SERVFAIL follows from it.
        ("dns-bogus-traced", "dns-dnssec-expired"),
        ("dns-mismatch-traced", "dns-dnssec-ds-mismatch"),
        ("dns-lame-traced", "dns-lame-delegation"),
        ("dns-missing-traced", "dns-name-missing"),
        ("dns-rewritten", "dns-answer-rewritten"),
    ] {
        Case::read(world(), name).blames(code, 1);
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_diagnosis_leaves_dns_alone_where_it_answered() {
    // Nothing listens on the address, so the next layer is to blame.
    let case = Case::read(world(), "dns-proven");
    assert_eq!(
        case.report["verdict"]["layer"], "tcp",
        "{:#}",
        case.report["verdict"]
    );
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_lookup_shows_what_the_server_said() {
    for (name, rcode, authentic, answers) in [
        ("lookup-secure", "NOERROR", true, &["10.9.0.80"][..]),
        ("lookup-insecure", "NOERROR", false, &["10.9.0.80"]),
        ("lookup-bogus", "SERVFAIL", false, &[]),
        ("lookup-missing", "NXDOMAIN", true, &[]),
        ("lookup-refused", "REFUSED", false, &[]),
    ] {
        let report = Case::read(world(), name).report;
        let message = &report["layers"]["dns_lookup"]["exchanges"][0]["step"]["value"];
        assert_eq!(message["rcode_name"], rcode, "{name}: {report:#}");
        assert_eq!(message["flags"]["authentic"], authentic, "{name}");
        let data: Vec<&str> = list(&message["answer"])
            .iter()
            .filter_map(|record| record["data"]["text"].as_str())
            .collect();
        assert_eq!(data, answers, "{name}");
    }
}

/// The cases of `dns compare` in dns_commands.py: the findings that each must have, and no weightier one.
const COMPARED: &[(&str, Option<&str>, &str)] = &[
    ("compare-agreed", None, "healthy"),
    ("compare-stale", Some("dns-stale-answer"), "degraded"),
    ("compare-negative", Some("dns-negative-cached"), "degraded"),
    ("compare-lag", Some("dns-serial-mismatch"), "degraded"),
    (
        "compare-inconsistent",
        Some("dns-zone-inconsistent"),
        "broken",
    ),
    ("compare-pool", Some("dns-answers-vary"), "healthy"),
    ("compare-geography", Some("dns-answers-vary"), "healthy"),
    ("compare-split", Some("dns-split-horizon"), "healthy"),
    ("compare-chain", None, "healthy"),
    ("compare-rewritten", Some("dns-answer-rewritten"), "broken"),
    ("compare-walled", Some("dns-answers-differ"), "degraded"),
    ("compare-lame", None, "healthy"),
];

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_comparison_tells_faults_from_variance_that_is_meant() {
    let mut wrong = Vec::new();
    for (name, code, status) in COMPARED {
        let report = Case::read(world(), name).report;
        let found: Vec<&str> = list(&report["findings"])
            .iter()
            .filter_map(|finding| finding["code"].as_str())
            .filter(|code| COMPARED.iter().any(|(_, known, _)| *known == Some(code)))
            .collect();
        let expected: Vec<&str> = code.iter().copied().collect();
        if found != expected || report["verdict"]["status"] != *status {
            wrong.push(format!("{name}: {:#}", report["findings"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_diagnosis_names_the_old_copy_behind_a_failure() {
    Case::read(world(), "dns-stale").blames("dns-stale-answer", 1);
    Case::read(world(), "dns-negative").blames("dns-negative-cached", 1);
}
