//! One RRset against a zone's keys ([RFC 4035 §5.3](https://www.rfc-editor.org/rfc/rfc4035#section-5.3)).

use hickory_proto::dnssec::Verifier as _;
use hickory_proto::dnssec::rdata::RRSIG;
use hickory_proto::rr::Name;
use jiff::Timestamp;
use netwhy_report::dns::proof::ProofReason;

use super::canonical::{signed_data, wildcard};
use super::keys::Key;
use super::limits::{
    Effort, KEYS_PER_SIGNATURE, REASONS, SIGNATURES_PER_RRSET, TAGS, VERIFICATIONS_PER_MESSAGE,
};
use super::record::{shown, signature_record, type_name};
use super::rrset::RrSet;
use super::validity::{Validity, instant, seconds_left, validity};

/// A signature that verifies an RRset.
pub(super) struct Verified<'message> {
    pub(super) signature: &'message RRSIG,
    /// The wildcard that the RRset was expanded from: the caller must see proof that no closer name exists.
    pub(super) wildcard: Option<Name>,
    /// Seconds that the RRset may be kept (RFC 4035 §5.3.3).
    pub(super) ttl: u32,
}

/// Verifies `set` with any of the zone's keys, or says for each signature why it does not.
pub(super) fn verify<'message>(
    set: &RrSet<'message>,
    zone: &Name,
    keys: &[Key],
    now: Timestamp,
    effort: &mut Effort,
) -> Result<Verified<'message>, Vec<ProofReason>> {
    if set.signatures.is_empty() {
        return Err(vec![ProofReason::NoSignature {
            name: shown(set.name),
            record_type: type_name(set.record_type),
        }]);
    }
    let mut reasons = Vec::new();
    let mut tried = 0;
    for signature in &set.signatures {
        let candidates = match candidates(set, signature, zone, keys, now) {
            Ok(candidates) => candidates,
            Err(reason) => {
                keep(&mut reasons, *reason);
                continue;
            }
        };
        if tried == SIGNATURES_PER_RRSET {
            keep(&mut reasons, too_many(set, SIGNATURES_PER_RRSET));
            break;
        }
        tried += 1;
        let Some(data) = signed_data(set, signature) else {
            return Err(vec![ProofReason::NoCanonicalForm {
                name: shown(set.name),
                record_type: type_name(set.record_type),
            }]);
        };
        for key in candidates.iter().take(KEYS_PER_SIGNATURE) {
            if !effort.take() {
                keep(&mut reasons, too_many(set, VERIFICATIONS_PER_MESSAGE));
                return Err(sorted(reasons));
            }
            if key.dnskey.verify(&data, signature.sig()).is_ok() {
                return Ok(verified(set, signature, now));
            }
        }
        if candidates.len() > KEYS_PER_SIGNATURE {
            keep(
                &mut reasons,
                ProofReason::KeyTagCollisions {
                    signature: signature_record(set.name, signature, now),
                    keys: candidates.len(),
                    limit: KEYS_PER_SIGNATURE,
                },
            );
        } else {
            keep(&mut reasons, invalid(set, signature, now));
        }
    }
    Err(sorted(reasons))
}

/// The keys that may have made `signature`, after every check that costs no cryptography.
fn candidates<'keys>(
    set: &RrSet<'_>,
    signature: &RRSIG,
    zone: &Name,
    keys: &'keys [Key],
    now: Timestamp,
) -> Result<Vec<&'keys Key>, Box<ProofReason>> {
    let input = signature.input();
    let record = || signature_record(set.name, signature, now);
    let owner_labels = set.name.num_labels();
    if input.signer_name != *zone {
        let below = zone.zone_of(&input.signer_name) && input.signer_name.zone_of(set.name);
        return Err(Box::new(if below {
            ProofReason::SignedBelow {
                signature: record(),
            }
        } else {
            ProofReason::WrongSigner {
                signature: record(),
                zone: shown(zone),
            }
        }));
    }
    // Fewer labels than the zone would make it a wildcard of a zone above.
    if input.num_labels > owner_labels || input.num_labels < zone.num_labels() {
        return Err(Box::new(ProofReason::WrongLabels {
            signature: record(),
            owner_labels,
        }));
    }
    if !input.algorithm.is_supported() {
        return Err(Box::new(ProofReason::UnsupportedAlgorithm {
            signature: record(),
        }));
    }
    let named: Vec<&Key> = keys
        .iter()
        .filter(|key| key.tag == input.key_tag && key.algorithm() == input.algorithm)
        .collect();
    let usable: Vec<&Key> = named
        .iter()
        .copied()
        .filter(|key| key.defect.is_none())
        .collect();
    if usable.is_empty() {
        let defect = named.iter().find_map(|key| key.defect.clone());
        return Err(Box::new(match defect {
            Some(defect) => ProofReason::UnusableKey {
                signature: record(),
                defect,
            },
            None => ProofReason::NoMatchingKey {
                signature: record(),
                published: keys.iter().map(|key| key.tag).take(TAGS).collect(),
            },
        }));
    }
    let (inception, expiration) = (input.sig_inception.get(), input.sig_expiration.get());
    match validity(inception, expiration, now) {
        Validity::Valid => Ok(usable),
        Validity::Expired => Err(Box::new(ProofReason::SignatureExpired {
            expired_at: instant(expiration, now),
            signature: record(),
        })),
        Validity::NotYet => Err(Box::new(ProofReason::SignatureNotYetValid {
            inception: instant(inception, now),
            signature: record(),
        })),
    }
}

fn verified<'message>(
    set: &RrSet<'_>,
    signature: &'message RRSIG,
    now: Timestamp,
) -> Verified<'message> {
    let input = signature.input();
    let sent = set.records.iter().map(|record| record.ttl).min();
    Verified {
        signature,
        wildcard: wildcard(set.name, input.num_labels),
        ttl: sent
            .unwrap_or(0)
            .min(input.original_ttl)
            .min(seconds_left(input.sig_expiration.get(), now)),
    }
}

fn invalid(set: &RrSet<'_>, signature: &RRSIG, now: Timestamp) -> ProofReason {
    ProofReason::SignatureInvalid {
        signature: signature_record(set.name, signature, now),
    }
}

fn too_many(set: &RrSet<'_>, limit: usize) -> ProofReason {
    ProofReason::TooManySignatures {
        signatures: set.signatures.len(),
        limit,
    }
}

/// Keeps a reason; of many, those that say most.
fn keep(reasons: &mut Vec<ProofReason>, reason: ProofReason) {
    if reasons.len() < REASONS {
        reasons.push(reason);
    } else if let Some(least) = reasons.iter_mut().max_by_key(|reason| rank(reason))
        && rank(&reason) < rank(least)
    {
        *least = reason;
    }
}

fn sorted(mut reasons: Vec<ProofReason>) -> Vec<ProofReason> {
    reasons.sort_by_key(rank);
    reasons
}

/// How near a signature was to verifying: the nearest is the one that was meant to.
fn rank(reason: &ProofReason) -> u8 {
    match reason {
        ProofReason::TooManySignatures { .. } | ProofReason::KeyTagCollisions { .. } => 0,
        ProofReason::SignatureInvalid { .. } => 1,
        ProofReason::SignatureExpired { .. } => 2,
        ProofReason::SignatureNotYetValid { .. } => 3,
        ProofReason::UnusableKey { .. } => 4,
        ProofReason::NoMatchingKey { .. } => 5,
        ProofReason::UnsupportedAlgorithm { .. } => 6,
        ProofReason::WrongLabels { .. } => 7,
        // A signature of this zone decides; one of a zone below only counts where there is no other.
        ProofReason::SignedBelow { .. } => 8,
        _ => 9,
    }
}

#[cfg(test)]
mod tests;
