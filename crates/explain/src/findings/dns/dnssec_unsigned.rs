//! dns-dnssec-unsigned: the parent says that the zone is signed, and no usable signature is there.

use netwhy_report::dns::proof::ProofReason;
use netwhy_report::{Layer, Report};

use super::traced::{fault, hop};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-dnssec-unsigned",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the parent says that the zone is signed, and no usable signature is there",
    what: "A DS record at the parent promises a signed zone. The records on the way to the answer have no signature, or none that a key of the zone verifies. Validating resolvers answer SERVFAIL.",
    why: "A DS record switches validation on for the whole zone (RFC 4035 section 5.2): from then on unsigned data count as forged. Typical: the zone moved to servers that do not sign while the DS stayed at the registrar; a new secondary or load balancer loads the unsigned file; a middlebox or an old server strips RRSIG records; a key was deleted while its signatures were still published; the data were changed after signing.",
    fix: "Either sign: BIND zone \"ZONE\" { dnssec-policy default; inline-signing yes; }; then rndc reconfig; Knot zone: - domain: ZONE, dnssec-signing: on; for NSD ldns-signzone or dnssec-signzone before the reload; make every server load the signed file. Or delete the DS records at the registrar and wait for their TTL.",
    confirm: "dig +dnssec +norec @ADDRESS HOST; dig ZONE DS; delv HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let fault = fault(report)?;
    let zone = &fault.zone;
    let what = match fault.reason {
        ProofReason::NoDnskey => format!("{zone} has DS records at its parent and no keys"),
        ProofReason::NoSignature { name, record_type } => {
            format!(
                "{} {record_type} is not signed, though {zone} should be",
                name.escaped()
            )
        }
        ProofReason::SignatureInvalid { signature } => format!(
            "the signature over {} {} does not fit its data",
            signature.owner.escaped(),
            signature.covers
        ),
        ProofReason::NoMatchingKey { signature, .. } => format!(
            "{} {} is signed with key {}, which {zone} does not publish",
            signature.owner.escaped(),
            signature.covers,
            signature.key_tag
        ),
        ProofReason::UnusableKey { signature, .. }
        | ProofReason::WrongSigner { signature, .. }
        | ProofReason::WrongLabels { signature, .. }
        | ProofReason::UnsupportedAlgorithm { signature }
        | ProofReason::KeyTagCollisions { signature, .. } => format!(
            "the signature over {} {} is of no use",
            signature.owner.escaped(),
            signature.covers
        ),
        ProofReason::TooManySignatures { .. } => {
            format!("{zone} has more signatures over one record set than are tried")
        }
        _ => return None,
    };
    Some(Evidence {
        hop: hop(report),
        severity: Some(fault.severity()),
        headline: Some(match &fault.server {
            None => format!("{what}: validating resolvers answer SERVFAIL"),
            Some(server) => format!("at {server}, {what}"),
        }),
        facts: fault.facts(report),
        fix: match &fault.server {
            None => format!(
                "sign {zone} with the key that its DS names, or delete the DS at the registrar"
            ),
            Some(server) => {
                format!("make {server} serve the signed {zone} that the other servers have")
            }
        },
        confirm: fault.confirm(report),
        confidence: Confidence::High,
        refute: "delv validates the name".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::*;
    use crate::specimen::trace::{bogus, bogus_reply, report, signature};

    fn unsigned() -> ProofReason {
        ProofReason::NoSignature {
            name: Untrusted::from("shop.example.test."),
            record_type: "A".to_owned(),
        }
    }

    #[test]
    fn fires_where_the_answer_is_not_signed() {
        let evidence = check(&report(|record| bogus(record, unsigned()))).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Error));
        assert!(
            evidence
                .headline
                .unwrap()
                .contains("shop.example.test. A is not signed")
        );
    }

    #[test]
    fn warns_where_one_server_serves_the_unsigned_zone() {
        let evidence = check(&report(|record| bogus_reply(record, 1, unsigned()))).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Warning));
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_expired() {
        let reason = ProofReason::SignatureExpired {
            expired_at: signature().expiration,
            signature: signature(),
        };
        assert!(check(&report(|record| bogus(record, reason))).is_none());
    }
}
