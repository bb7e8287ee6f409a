//! Walks from the root through the DNS world: every question that the judges answer, held against what was built and what
//! they say; the cause that is named for every fault; and what a walk costs.

use serde_json::Value;

use crate::Case;
use crate::dns::{data, list, world};

/// The status that a walk found: that of its proof, or `failed` where it has no answer.
fn found(record: &Value) -> &str {
    match record["end"]["end"].as_str() {
        Some("answer" | "no_data" | "name_error") => {
            record["security"]["security"].as_str().expect("a status")
        }
        _ => "failed",
    }
}

fn walk(name: &str, record_type: &str) -> Case {
    Case::read(world(), &format!("trace-{name}{record_type}"))
}

fn record(case: &Case) -> &Value {
    &case.report["layers"]["dns_trace"]["record"]
}

/// Zone and question of every case.
fn questions(cases: &Value) -> impl Iterator<Item = (&Value, &str, &str, &str)> {
    list(&cases["zones"]).iter().flat_map(|zone| {
        list(&zone["questions"]).iter().map(move |question| {
            let text = |key: &str| question[key].as_str().expect("text");
            (zone, text("name"), text("type"), text("status"))
        })
    })
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_walk_finds_the_security_that_was_built_and_that_the_judges_see() {
    let (cases, judgements) = (data("cases.json"), data("judgements.json"));
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (zone, name, record_type, status) in questions(&cases) {
        let case = walk(name, record_type);
        let found = found(record(&case));
        asked += 1;
        if found != status {
            let fault = &zone["fault"];
            wrong.push(format!(
                "{name} {record_type} ({fault}): {found}, built {status}: {:#}",
                record(&case)["security"]
            ));
        }
        // delv validates by itself, as netwhy does; a departure of its own is on record beside the question.
        let delv = &judgements[&format!("{name} {record_type}")]["delv"]["verdict"];
        if delv == status && found != delv {
            wrong.push(format!("{name} {record_type}: {found}, delv says {delv}"));
        }
    }
    assert!(asked > 140, "{asked} questions");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_walk_names_the_fault() {
    for (name, code, exit) in [
        ("www.expired.test.", "dns-dnssec-expired", 1),
        ("to-expired.ecdsa-nsec.test.", "dns-dnssec-expired", 1),
        ("www.not-yet.test.", "dns-dnssec-not-yet-valid", 1),
        ("www.wrong-ds.test.", "dns-dnssec-ds-mismatch", 1),
        ("www.wrong-digest.test.", "dns-dnssec-ds-mismatch", 1),
        ("www.ds-unsigned.test.", "dns-dnssec-unsigned", 1),
        ("lost.no-rrsig.test.", "dns-dnssec-unsigned", 1),
        ("www.no-dnskey-rrsig.test.", "dns-dnssec-unsigned", 1),
        ("www.tampered.test.", "dns-dnssec-unsigned", 1),
        ("nosuch.no-nsec.test.", "dns-dnssec-denial-broken", 1),
        ("nosuch.no-nsec3.test.", "dns-dnssec-denial-broken", 1),
        ("www.lame-all.test.", "dns-lame-delegation", 1),
        ("www.lame-upward.test.", "dns-lame-delegation", 1),
        ("www.silent-all.test.", "dns-lame-delegation", 1),
        ("www.lame-one.test.", "dns-lame-delegation", 0),
        ("www.silent-one.test.", "dns-lame-delegation", 0),
        ("www.glue-none.test.", "dns-glue-missing", 1),
        ("www.glue-missing.test.", "dns-glue-missing", 0),
        ("one.cname-loop.test.", "dns-cname-loop", 1),
        ("www.cname-dangling.test.", "dns-cname-dangling", 1),
    ] {
        walk(name, "A").blames(code, exit);
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_walk_notes_what_is_unwise() {
    for (name, code) in [
        ("www.cname-chain.test.", "dns-cname-chain-long"),
        ("nosuch.iterations.test.", "dns-dnssec-algorithm-weak"),
    ] {
        let case = walk(name, "A");
        let findings = list(&case.report["findings"]);
        let noted = findings.iter().any(|finding| finding["code"] == code);
        assert!(noted, "{name}: {findings:#?}");
        assert_eq!(case.report["verdict"]["status"], "healthy", "{name}");
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_sound_zone_is_blamed_for_nothing() {
    let cases = data("cases.json");
    let mut sound = 0;
    for (zone, name, record_type, status) in questions(&cases) {
        if zone["fault"] != ""
            || matches!(status, "bogus" | "failed")
            || name == "to-nowhere.ecdsa-nsec.test."
        {
            continue;
        }
        sound += 1;
        let case = walk(name, record_type);
        let verdict = &case.report["verdict"]["status"];
        assert_eq!(
            verdict, "healthy",
            "{name} {record_type}: {:#}",
            case.report["findings"]
        );
        assert_eq!(case.exit, 0, "{name} {record_type}");
    }
    assert!(sound > 50, "{sound} sound questions");
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_proven_walk_costs_one_round_trip_a_cut() {
    // The link takes 50 ms there and back; three cuts, and what a loaded machine may add.
    for (name, queries) in [("www.ecdsa-nsec.test.", 20), ("www.unsigned.test.", 20)] {
        let case = walk(name, "A");
        let record = record(&case);
        let nanoseconds = record["walk_ns"].as_u64().expect("nanoseconds");
        assert!(nanoseconds < 400_000_000, "{name}: {nanoseconds} ns");
        assert!(
            record["queries"].as_u64().expect("a count") <= queries,
            "{name}"
        );
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_walk_is_as_good_as_where_it_begins() {
    let minimised = Case::read(world(), "trace-minimised");
    assert_eq!(found(record(&minimised)), "secure");
    assert_eq!(record(&minimised)["steps"][0]["name"]["text"], "test.");
    let unanchored = Case::read(world(), "trace-unanchored");
    assert!(record(&unanchored)["security"].is_null());
    assert_eq!(unanchored.exit, 0);
    // The built-in root servers cannot be reached from here: nothing was measured, and nobody is to blame.
    let out_of_reach = Case::read(world(), "trace-out-of-reach");
    assert_eq!(out_of_reach.exit, 3, "{:#}", out_of_reach.report["verdict"]);
    assert_eq!(list(&out_of_reach.report["findings"]).len(), 0);
}
