//! dns-dnssec-ds-mismatch: no DS record at the parent matches a key of the zone.

use netwhy_report::dns::proof::{DsOutcome, ProofReason};
use netwhy_report::{Layer, Report};

use super::traced::{fault, hop};
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::shell::quote;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-dnssec-ds-mismatch",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the DS records at the parent match none of the zone's keys: validating resolvers answer SERVFAIL",
    what: "The parent vouches for keys (DS records) that the zone does not publish, or that do not sign its DNSKEY set. The chain of trust breaks at this cut, for everything in and below the zone.",
    why: "The DS record is a digest of the zone's key signing key, kept at the parent (RFC 4035 section 5.2). It has to change in step with the key: after a key was rolled or lost, after a move to another DNS provider with its own keys, or when the digest was copied wrongly into the registrar's form. The usual order is new key in, wait a TTL, new DS in, wait a TTL, old ones out.",
    fix: "Take the DS of the key that signs now and enter it at the registrar, deleting the old: dnssec-dsfromkey -2 KZONE.+013+TAG.key, keymgr ZONE ds (Knot), ldns-key2ds -n -2 KEYFILE; BIND shows the state with rndc dnssec -status ZONE. If the zone is no longer signed, delete every DS record. When in haste, deleting the DS makes the zone insecure, but reachable, after the DS record's TTL.",
    confirm: "dig +norec @PARENT-SERVER ZONE DS; dig +cd ZONE DNSKEY | dnssec-dsfromkey -f - ZONE; delv ZONE",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let fault = fault(report)?;
    let zone = fault.zone.clone();
    let headline = match fault.reason {
        ProofReason::NoMatchingDs { pairs } => {
            let differs = |pair: &netwhy_report::dns::proof::DsPair| {
                matches!(pair.outcome, DsOutcome::DigestDiffers { .. })
            };
            match pairs.iter().any(differs) {
                true => format!("the DS for {zone} at the parent has another digest than its key"),
                false => format!("no DS for {zone} at the parent matches a key of the zone"),
            }
        }
        ProofReason::KeysNotSigned { .. } => {
            format!("the key of {zone} that the parent's DS names does not sign its keys")
        }
        _ => return None,
    };
    let mut confirm = fault.confirm(report);
    confirm.insert(
        1.min(confirm.len()),
        format!("dig +dnssec +cd +multiline {} DNSKEY", quote(&zone)),
    );
    Some(Evidence {
        hop: hop(report),
        severity: Some(fault.severity()),
        headline: Some(headline),
        facts: fault.facts(report),
        fix: format!(
            "enter the DS of the key that signs {zone} now at the registrar, and delete the old one"
        ),
        confirm,
        confidence: Confidence::High,
        refute: format!(
            "dnssec-dsfromkey over the DNSKEY records of {zone} gives one of the parent's DS records"
        ),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::dns::proof::{DsPair, Registered};

    use super::*;
    use crate::specimen::trace::{bogus, report};

    fn pair(outcome: DsOutcome) -> ProofReason {
        let registered = |number, name: &str| Registered {
            number,
            name: name.to_owned(),
        };
        ProofReason::NoMatchingDs {
            pairs: vec![DsPair {
                key_tag: 12345,
                algorithm: registered(13, "ECDSAP256SHA256"),
                digest_type: registered(2, "SHA-256"),
                digest: "ab".repeat(32),
                outcome,
            }],
        }
    }

    #[test]
    fn fires_where_the_key_is_gone() {
        let report = report(|record| bogus(record, pair(DsOutcome::NoKey)));
        let evidence = check(&report).unwrap();
        assert!(evidence.facts[0].contains("tag 12345"), "{evidence:?}");
    }

    #[test]
    fn fires_where_the_digest_differs() {
        let computed = "cd".repeat(32);
        let report = report(|record| bogus(record, pair(DsOutcome::DigestDiffers { computed })));
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("another digest")
        );
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_no_key_at_all() {
        assert!(check(&report(|record| bogus(record, ProofReason::NoDnskey))).is_none());
    }
}
