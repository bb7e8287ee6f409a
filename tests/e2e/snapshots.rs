//! Whole outputs, kept beside this file in `snapshots/`: a change of any of them is seen, and meant.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p netwhy --test e2e snapshots`, and read the difference.

use std::process::Output;

use super::{netwhy, redaction, report, text, undisturbed};

/// One of each kind: sound, without an address, without one of its addresses, with a bad chain, broken behind a redirect.
const SCENARIOS: [&str; 5] = [
    "healthy",
    "dns-servfail",
    "tcp-address-down",
    "tls-chain-incomplete",
    "redirect-to-refused",
];

#[test]
fn the_documents_are_as_kept() {
    for scenario in SCENARIOS {
        let (mut document, _) = report(scenario);
        redaction::document(&mut document);
        let document = serde_json::to_string_pretty(&document).expect("JSON");
        insta::assert_snapshot!(format!("{scenario}.json"), document);
    }
}

#[test]
fn the_terminal_is_as_kept() {
    for scenario in SCENARIOS {
        let late = |output: &Output| text(&output.stdout).contains("timings are suspect");
        let shown = text(&undisturbed(scenario, &[], late).stdout);
        insta::assert_snapshot!(format!("{scenario}.txt"), redaction::terminal(&shown));
    }
}

#[test]
fn the_schema_is_as_kept() {
    let schema = text(&netwhy(&["schema"]).stdout);
    insta::assert_snapshot!("schema", schema);
}
