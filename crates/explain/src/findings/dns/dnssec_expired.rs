//! dns-dnssec-expired: a signature is past its expiration.

use netwhy_report::dns::proof::ProofReason;
use netwhy_report::{Layer, Report};

use super::traced::{Fault, fault, hop};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-dnssec-expired",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "a DNSSEC signature has expired: validating resolvers answer SERVFAIL",
    what: "An RRSIG record on the way to the answer is past the end of its validity. Validating resolvers, which most public ones are, treat the data as forged; others still resolve the name, so it works for some clients and not for others.",
    why: "Signatures hold for days or weeks (RFC 4034 section 3.1.5), so that a copy cannot be replayed for ever. Something must re-sign the zone before they end: a cron job that stopped, a signer that lost its keys or its clock, a hidden primary that no longer feeds its secondaries, so that these serve an old signed copy. Where one server alone is behind, only its transfers are at fault.",
    fix: "Re-sign and raise the serial. BIND: dnssec-policy default; in the zone, then rndc sign ZONE. Knot: knotc zone-sign ZONE. NSD serves what it is given: sign with ldns-signzone -n -e 20270131 ZONE.zone KSK ZSK or dnssec-signzone -S -o ZONE ZONE.zone, then nsd-control reload ZONE. If primaries are sound, make the secondary transfer again (rndc retransfer ZONE, nsd-control force_transfer ZONE). Then watch the expiration: warn at a quarter of the validity left.",
    confirm: "dig +dnssec +cd +multiline HOST; delv HOST; drill -S HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let fault = fault(report)?;
    let ProofReason::SignatureExpired { signature, .. } = fault.reason else {
        return None;
    };
    let signer = signature.signer.escaped();
    let what = format!("{} {}", signature.owner.escaped(), signature.covers);
    Some(evidence(report, &fault, &what, &signer))
}

fn evidence(report: &Report, fault: &Fault<'_>, what: &str, signer: &str) -> Evidence {
    let headline = match &fault.server {
        None => {
            format!("the signature over {what} has expired: validating resolvers answer SERVFAIL")
        }
        Some(server) => format!("{server} serves an expired signature over {what}"),
    };
    Evidence {
        hop: hop(report),
        severity: Some(fault.severity()),
        headline: Some(headline),
        facts: fault.facts(report),
        fix: match &fault.server {
            None => format!("re-sign {signer}, raise its serial, and find out why nothing did"),
            Some(server) => format!("make {server} transfer {signer} again: its copy is old"),
        },
        confirm: fault.confirm(report),
        confidence: Confidence::High,
        refute: "this host's clock is wrong, or the expiration that dig shows lies ahead"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::trace::{bogus, report, signature};

    fn expired() -> ProofReason {
        ProofReason::SignatureExpired {
            expired_at: signature().expiration,
            signature: signature(),
        }
    }

    #[test]
    fn fires_with_tag_and_age() {
        let report = report(|record| bogus(record, expired()));
        let evidence = check(&report).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Error));
        assert!(
            evidence.facts[0].contains("(tag 12345) expired 3 days ago"),
            "{evidence:?}"
        );
        assert!(
            evidence.facts[1].contains("holds down to test."),
            "{evidence:?}"
        );
        let confirm = "dig @192.0.2.31 +norec +dnssec +cd +multiline shop.example.test. A";
        assert_eq!(evidence.confirm[0], confirm);
    }

    #[test]
    fn warns_where_one_server_alone_is_behind() {
        let report = report(|record| crate::specimen::trace::bogus_reply(record, 1, expired()));
        let evidence = check(&report).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Warning));
        assert!(
            evidence
                .headline
                .unwrap()
                .contains("ns2.example.test. 192.0.2.32")
        );
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_not_yet_valid() {
        let reason = ProofReason::SignatureNotYetValid {
            inception: signature().inception,
            signature: signature(),
        };
        assert!(check(&report(|record| bogus(record, reason))).is_none());
    }
}
