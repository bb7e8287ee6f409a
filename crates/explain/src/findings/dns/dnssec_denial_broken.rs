//! dns-dnssec-denial-broken: a signed zone does not prove what it says is absent.

use netwhy_report::dns::proof::ProofReason;
use netwhy_report::{Layer, Report};

use super::traced::{fault, hop};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-dnssec-denial-broken",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the zone does not prove that the record or name is absent: validating resolvers answer SERVFAIL instead",
    what: "A signed zone says that a name, a type or a DS record does not exist, and its NSEC or NSEC3 records do not prove it: they are missing, incomplete, or say the opposite.",
    why: "Absence must be signed too (RFC 4035 section 5.4, RFC 5155 section 8), or anybody could forge it. The proof is a set: that no record stands at the name, that no wildcard does, and with NSEC3 which ancestor is the closest one. Zones lose parts of it by incremental signing gone wrong, by NSEC3 parameters that differ between records, by servers that make up wildcard answers without the proof, and by names added to a signed file by hand.",
    fix: "Sign the whole zone anew, so that the chain closes: rndc signing -nsec3param 1 0 0 - ZONE (BIND; none for NSEC), knotc zone-sign ZONE, ldns-signzone -n ZONE.zone KEYS or dnssec-signzone -3 - -H 0 -o ZONE ZONE.zone for NSD. Check before publishing: ldns-verify-zone ZONE.signed, named-checkzone -i full, kzonecheck.",
    confirm: "dig +dnssec +cd +norec @ADDRESS HOST TYPE; delv HOST TYPE; ldns-verify-zone FILE",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let fault = fault(report)?;
    let broken = matches!(
        fault.reason,
        ProofReason::NoDenial
            | ProofReason::DenialIncomplete { .. }
            | ProofReason::DenialContradicted { .. }
    );
    broken.then(|| Evidence {
        hop: hop(report),
        severity: Some(fault.severity()),
        headline: Some(match &fault.server {
            None => format!(
                "{} does not prove what it says is absent: validating resolvers answer SERVFAIL",
                fault.zone
            ),
            Some(server) => format!("{server} does not prove what it says is absent"),
        }),
        facts: fault.facts(report),
        fix: format!(
            "sign {} anew as a whole, and verify it before publishing",
            fault.zone
        ),
        confirm: fault.confirm(report),
        confidence: Confidence::High,
        refute: "delv reports the negative answer as fully validated".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::trace::{bogus, report};

    #[test]
    fn fires_without_any_proof() {
        let evidence = check(&report(|record| bogus(record, ProofReason::NoDenial))).unwrap();
        assert!(evidence.facts[0].contains("NSEC"), "{evidence:?}");
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
