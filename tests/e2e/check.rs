//! `netwhy dns check` against the zones of a running lab: what it says, what it costs, and what it does with bad input.

use serde_json::Value;

use super::lookup::lab;
use super::{netwhy, text};

/// The picture of a check that begins at the lab's root, and the exit code.
fn shown(arguments: &[&str]) -> (String, i32) {
    let hints = lab().directory().join("root.hints");
    let resolver = lab().dns_server(53);
    let (port, hints) = (resolver.port().to_string(), hints.display().to_string());
    let fixed = ["--trace-port", &port, "--root-hints", &hints, "--quiet"];
    let all: Vec<&str> = ["dns", "check"]
        .iter()
        .chain(arguments)
        .chain(&fixed)
        .copied()
        .collect();
    let output = netwhy(&all);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    (
        text(&output.stdout),
        output.status.code().expect("an exit code"),
    )
}

fn document(arguments: &[&str]) -> (Value, i32) {
    let (text, exit) = shown(&[arguments, &["--json"]].concat());
    (serde_json::from_str(&text).expect("JSON"), exit)
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect()
}

#[test]
fn every_area_has_its_lines() {
    let (text, exit) = shown(&["lab.test"]);
    assert_eq!(exit, 0, "{text}");
    for part in [
        "\ndelegation\n",
        "\nservers\n",
        "\nEDNS and transport\n",
        "\nconsistency\n",
        "\nDNSSEC\n",
        "\nmail and policy\n",
        "parent and zone list the same 1",
        "1 of 1 address serve the zone",
        "options, flags and versions are taken as RFC 8906 says",
        "notice dns-single-server",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 110),
        "{text}"
    );
}

#[test]
fn a_sound_zone_with_one_server_has_one_notice() {
    let (report, exit) = document(&["lab.test"]);
    assert_eq!(
        (codes(&report), exit),
        (vec!["dns-single-server"], 0),
        "{:#}",
        report["findings"]
    );
    let record = &report["layers"]["dns_check"]["record"];
    assert_eq!(record["zone"]["text"], "lab.test.");
    assert_eq!(record["delegated_by"]["by"], "parent");
    assert!(
        record["queries"]
            .as_u64()
            .is_some_and(|queries| queries < 100),
        "{}",
        record["queries"]
    );
}

#[test]
fn a_name_is_checked_in_its_zone_with_its_addresses_sampled() {
    let (report, exit) = document(&["healthy.lab.test", "--samples", "3"]);
    assert_eq!(exit, 0);
    let record = &report["layers"]["dns_check"]["record"];
    assert_eq!(record["zone"]["text"], "lab.test.");
    assert_eq!(record["inside"]["text"], "healthy.lab.test.");
    assert_eq!(
        record["samples"]["repeated"].as_array().map(Vec::len),
        Some(3)
    );
}

#[test]
fn broken_delegations_are_errors() {
    for (zone, code) in [
        ("lame.lab.test", "dns-lame-delegation"),
        ("glueless.lab.test", "dns-glue-missing"),
        ("nosuch.test", "dns-name-missing"),
    ] {
        let (report, exit) = document(&[zone]);
        assert_eq!(
            report["verdict"]["cause"], code,
            "{zone}: {:#}",
            report["findings"]
        );
        assert_eq!(exit, 1, "{zone}");
    }
}

#[test]
fn a_short_deadline_claims_nothing() {
    let (text, exit) = shown(&["lab.test", "--deadline", "0.001"]);
    assert_eq!(exit, 3, "{text}");
    assert!(text.contains("verdict: unknown"), "{text}");
    assert!(!text.contains("RFC 8906 says"), "{text}");
}

#[test]
fn what_is_no_zone_is_one_line_and_exit_2() {
    for given in ["192.0.2.1", "a..b", "https://example.test/", "@192.0.2.53"] {
        let output = netwhy(&["dns", "check", given]);
        let line = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(output.stdout.is_empty());
    }
}
