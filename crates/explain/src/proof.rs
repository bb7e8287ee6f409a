//! Why DNSSEC does not prove something, in words, with the record at fault.

use jiff::Timestamp;
use netwhy_report::dns::proof::{
    DsOutcome, DsPair, KeyDefect, MissingProof, ProofReason, ResponseProof, SignatureRecord,
};

/// One line, escaped; `now` is the time that signatures were judged for.
#[must_use]
pub fn in_words(reason: &ProofReason, now: Timestamp) -> String {
    match reason {
        ProofReason::SignatureExpired {
            expired_at,
            signature,
        } => format!(
            "{} expired {} ago, at {expired_at}",
            rrsig(signature),
            span(now, *expired_at)
        ),
        ProofReason::SignatureNotYetValid {
            inception,
            signature,
        } => format!(
            "{} is valid in {} only, from {inception}",
            rrsig(signature),
            span(*inception, now)
        ),
        ProofReason::SignatureInvalid { signature } => {
            format!(
                "{} does not verify: record or signature was changed",
                rrsig(signature)
            )
        }
        ProofReason::NoMatchingKey {
            signature,
            published,
        } => format!(
            "{}: the zone publishes no such key, only {}",
            rrsig(signature),
            tags(published)
        ),
        ProofReason::UnusableKey { signature, defect } => {
            format!("{}: its key {}", rrsig(signature), defect_words(defect))
        }
        ProofReason::WrongSigner { signature, zone } => format!(
            "{} is signed by {}, not by {}",
            rrsig(signature),
            signature.signer.escaped(),
            zone.escaped()
        ),
        ProofReason::WrongLabels {
            signature,
            owner_labels,
        } => format!(
            "{} counts {} labels, its owner has {owner_labels}",
            rrsig(signature),
            signature.labels
        ),
        ProofReason::UnsupportedAlgorithm { signature } => format!(
            "{} uses algorithm {}, which cannot be verified here",
            rrsig(signature),
            signature.algorithm.name
        ),
        ProofReason::NoSignature { name, record_type } => {
            format!("no RRSIG over {} {record_type}", name.escaped())
        }
        ProofReason::TooManySignatures { signatures, limit } => {
            format!("{signatures} signatures, none of the first {limit} verifies")
        }
        ProofReason::KeyTagCollisions {
            signature,
            keys,
            limit,
        } => format!(
            "{}: {keys} keys share the tag {}, {limit} were tried",
            rrsig(signature),
            signature.key_tag
        ),
        ProofReason::NoDnskey => "the parent has DS records, the zone has no DNSKEY".to_owned(),
        ProofReason::NoMatchingDs { pairs } => {
            format!("no DS at the parent matches a DNSKEY: {}", ds_list(pairs))
        }
        ProofReason::KeysNotSigned { matched, signed_by } => format!(
            "the DS matches key {}, which does not sign the DNSKEY set ({} does)",
            tags(matched),
            if signed_by.is_empty() {
                "nothing".to_owned()
            } else {
                tags(signed_by)
            }
        ),
        ProofReason::UnsupportedDelegation { pairs } => {
            format!(
                "no DS at the parent can be verified here: {}",
                ds_list(pairs)
            )
        }
        other => absence(other),
    }
}

/// The decisive reason against a response, if there is one.
#[must_use]
pub fn decisive(response: &ResponseProof) -> Option<&ProofReason> {
    let rrsets = response
        .rrsets
        .iter()
        .map(|rrset| (rrset.security, &rrset.reasons));
    let denial = response
        .denial
        .iter()
        .map(|denial| (denial.security, &denial.reasons));
    let cut = response
        .delegation
        .iter()
        .map(|cut| (cut.security, &cut.reasons));
    let told = rrsets
        .chain(denial)
        .chain(cut)
        .filter(|(security, _)| *security == response.security)
        .find_map(|(_, reasons)| reasons.first());
    response.reasons.first().or(told)
}

fn absence(reason: &ProofReason) -> String {
    match reason {
        ProofReason::NoDenial => "absence is claimed without NSEC or NSEC3 records".to_owned(),
        ProofReason::DenialIncomplete { missing, name } => {
            format!(
                "the proof of absence lacks {} for {}",
                part(*missing),
                name.escaped()
            )
        }
        ProofReason::DenialContradicted {
            name,
            record_type,
            record,
        } => format!(
            "the record at {} says that {}{} exists",
            record.escaped(),
            name.escaped(),
            record_type
                .as_ref()
                .map(|kind| format!(" {kind}"))
                .unwrap_or_default()
        ),
        ProofReason::UnsignedDelegation { child, record } => format!(
            "{} is unsigned: the parent has no DS for it, proven by {}",
            child.escaped(),
            record.escaped()
        ),
        ProofReason::OptOut { name, record } => format!(
            "{} lies in the opt-out span of {}: it may be unsigned",
            name.escaped(),
            record.escaped()
        ),
        ProofReason::Nsec3IterationsTooHigh {
            iterations, limit, ..
        } => format!("{iterations} NSEC3 iterations, {limit} are computed: it counts as unsigned"),
        ProofReason::NoTrustAnchor => "no trust anchor covers it".to_owned(),
        ProofReason::SignedBelow { signature } => {
            format!(
                "{} belongs to the zone {}",
                rrsig(signature),
                signature.signer.escaped()
            )
        }
        ProofReason::CutPassedOver { child } => {
            format!(
                "it may belong to the zone {}, whose DS was not seen",
                child.escaped()
            )
        }
        ProofReason::NoCanonicalForm { name, record_type } => {
            format!(
                "{} {record_type} has no form that can be verified here",
                name.escaped()
            )
        }
        ProofReason::OutOfZone { name } => format!("{} lies outside the zone", name.escaped()),
        ProofReason::NoAnswer { rcode } => {
            format!("the server gave no keys (response code {rcode})")
        }
        ProofReason::AliasesEndless { name } => {
            format!("the aliases do not end at {}", name.escaped())
        }
        _ => "not proven".to_owned(),
    }
}

/// `RRSIG over www.example. A (tag 12345)`.
fn rrsig(signature: &SignatureRecord) -> String {
    format!(
        "RRSIG over {} {} (tag {})",
        signature.owner.escaped(),
        signature.covers,
        signature.key_tag
    )
}

fn part(missing: MissingProof) -> &'static str {
    match missing {
        MissingProof::Name => "an NSEC that covers the name",
        MissingProof::ClosestEncloser => "an NSEC3 for the closest encloser",
        MissingProof::NextCloser => "an NSEC3 that covers the next closer name",
        MissingProof::Wildcard => "the record about the wildcard",
        MissingProof::NoData => "the record that shows which types exist",
        MissingProof::NoDs => "the record that shows that there is no DS",
        MissingProof::NoCloserMatch => "the record that rules out a closer match than the wildcard",
    }
}

fn defect_words(defect: &KeyDefect) -> String {
    match defect {
        KeyDefect::NotZoneKey => "has the zone key flag clear".to_owned(),
        KeyDefect::Revoked => "is revoked".to_owned(),
        KeyDefect::UnsupportedAlgorithm => {
            "has an algorithm that cannot be verified here".to_owned()
        }
        KeyDefect::UnsupportedSize { bits: Some(bits) } => {
            format!("has {bits} bits, which cannot be verified here")
        }
        KeyDefect::UnsupportedSize { bits: None } => "is malformed".to_owned(),
    }
}

fn ds_list(pairs: &[DsPair]) -> String {
    let one = |pair: &DsPair| {
        let outcome = match &pair.outcome {
            DsOutcome::Matches => "matches".to_owned(),
            DsOutcome::NoKey => "no such key in the zone".to_owned(),
            DsOutcome::DigestDiffers { .. } => "the key's digest differs".to_owned(),
            DsOutcome::UnusableKey { defect } => format!("its key {}", defect_words(defect)),
            DsOutcome::UnsupportedAlgorithm => "unknown algorithm".to_owned(),
            DsOutcome::UnsupportedDigest => "unknown digest type".to_owned(),
            DsOutcome::Superseded => "ignored beside a stronger digest".to_owned(),
        };
        format!(
            "tag {} algorithm {} {outcome}",
            pair.key_tag, pair.algorithm.name
        )
    };
    pairs.iter().take(4).map(one).collect::<Vec<_>>().join("; ")
}

fn tags(tags: &[u16]) -> String {
    let shown: Vec<String> = tags.iter().map(ToString::to_string).collect();
    shown.join(", ")
}

/// The time between two instants in its largest unit.
fn span(later: Timestamp, earlier: Timestamp) -> String {
    let seconds = later.as_second().saturating_sub(earlier.as_second()).max(0);
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;
    use netwhy_report::dns::proof::Registered;

    use super::*;

    #[test]
    fn a_signature_is_named_with_its_owner_type_tag_and_age() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let signature = SignatureRecord {
            owner: Untrusted::from("www.shop.example.\u{1b}[31m"),
            covers: "A".to_owned(),
            signer: Untrusted::from("shop.example."),
            key_tag: 12345,
            algorithm: Registered {
                number: 13,
                name: "ECDSAP256SHA256".to_owned(),
            },
            labels: 3,
            inception: at("2026-10-01T00:00:00Z"),
            expiration: at("2026-11-20T08:00:00Z"),
        };
        let reason = ProofReason::SignatureExpired {
            expired_at: signature.expiration,
            signature,
        };
        let words = in_words(&reason, at("2026-11-23T08:00:01Z"));
        assert!(words.contains("(tag 12345) expired 3 days ago"), "{words}");
        assert!(!words.contains('\u{1b}'), "{words}");
    }
}
