//! Checks of the DNS world's zones: the finding for every fault that was built, silence on sound zones, and what a check costs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Case;
use crate::dns::{list, world};

fn check(name: &str) -> Case {
    Case::read(world(), &format!("check-{name}"))
}

fn record(case: &Case) -> &Value {
    &case.report["layers"]["dns_check"]["record"]
}

fn codes(case: &Case) -> BTreeSet<&str> {
    list(&case.report["findings"])
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect()
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_check_finds_every_fault_and_nothing_else() {
    let mut wrong = Vec::new();
    for (name, exit, expected) in [
        ("ecdsa-nsec.test", 0, &[][..]),
        ("mail-good.test", 0, &[]),
        ("edns-ignored.test", 0, &[]),
        ("caa-forbids.test", 0, &[]),
        ("expired.test", 1, &["dns-dnssec-expired"]),
        ("wrong-ds.test", 1, &["dns-dnssec-ds-mismatch"]),
        ("no-nsec.test", 1, &["dns-dnssec-denial-broken"]),
        ("lame-all.test", 1, &["dns-lame-delegation"]),
        ("lame-one.test", 0, &["dns-lame-delegation"]),
        ("silent-one.test", 0, &["dns-lame-delegation"]),
        ("lame-upward.test", 1, &["dns-lame-delegation"]),
        ("ns-mismatch.test", 0, &["dns-ns-mismatch"]),
        ("glue-missing.test", 0, &["dns-glue-missing"]),
        ("glue-none.test", 1, &["dns-glue-missing"]),
        ("glue-mismatch.test", 0, &["dns-glue-mismatch"]),
        (
            "glue-dead.test",
            0,
            &["dns-glue-mismatch", "dns-lame-delegation"],
        ),
        ("single-ns.test", 0, &["dns-single-server"]),
        ("tcp-blocked.test", 1, &["dns-tcp-blocked"]),
        ("fragments.test", 0, &["dns-fragments-dropped"]),
        ("edns-formerr.test", 0, &["dns-edns-broken"]),
        ("edns-dropped.test", 1, &["dns-edns-broken"]),
        ("edns-version.test", 0, &["dns-edns-broken"]),
        ("www.ttl-low.test", 0, &["dns-ttl-low"]),
        ("www.ttl-high.test", 0, &["dns-ttl-high"]),
        ("catch-all.test", 0, &["dns-wildcard"]),
        ("mx-cname.test", 0, &["dns-mail-broken"]),
        ("mx-dangling.test", 0, &["dns-mail-broken"]),
        ("spf-deep.test", 0, &["dns-mail-broken"]),
        ("spf-open.test", 0, &["dns-mail-broken"]),
        ("spf-twice.test", 0, &["dns-mail-broken"]),
        ("dmarc-malformed.test", 0, &["dns-mail-broken"]),
        ("apex-cname.test", 1, &["dns-apex-cname"]),
        ("www.serial-lag.test", 0, &["dns-serial-mismatch"]),
        ("www.equal-serials.test", 1, &["dns-zone-inconsistent"]),
        ("www.pool.test", 0, &["dns-answers-vary"]),
        ("www.ecs.test", 0, &["dns-answers-vary"]),
        ("nosuchzone.test", 1, &["dns-name-missing"]),
    ] {
        let case = check(name);
        let expected: BTreeSet<&str> = expected.iter().copied().collect();
        if codes(&case) != expected || case.exit != exit {
            wrong.push(format!(
                "{name}: exit {}, {:?}; built {expected:?}: {:#}",
                case.exit,
                codes(&case),
                case.report["findings"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_name_in_a_zone_has_its_zone_checked() {
    let case = check("www.pool.test");
    assert_eq!(record(&case)["zone"]["text"], "pool.test.");
    assert_eq!(record(&case)["inside"]["text"], "www.pool.test.");
    let samples = &record(&case)["samples"];
    assert_eq!(samples["name"]["text"], "www.pool.test.");
    assert_eq!(list(&samples["repeated"]).len(), 10);
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_check_keeps_to_its_budget() {
    for name in ["ecdsa-nsec.test", "lame-all.test", "edns-dropped.test"] {
        let case = check(name);
        let queries = record(&case)["queries"].as_u64().expect("a number");
        assert!((10..=160).contains(&queries), "{name}: {queries}");
        assert!(case.seconds < 20.0, "{name}: {} s", case.seconds);
    }
}
