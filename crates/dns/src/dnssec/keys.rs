//! A zone's DNSKEY RRset against the DS records that vouch for it
//! ([RFC 4035 §5.2](https://www.rfc-editor.org/rfc/rfc4035#section-5.2)).

use std::collections::BTreeSet;

use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKey as _};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use jiff::Timestamp;
use netwhy_report::dns::proof::{
    KeyDefect, ProofReason, Section, Security, Weakness, ZoneKeyRecord, ZoneKeysProof,
};

use super::algorithm::{is_sha1, key_bits, key_defect, registered_algorithm};
use super::limits::{Effort, TAGS};
use super::record::{absolute, shown, signature_record};
use super::rrset::{RrSet, group};
use super::signature::verify;
use super::signers::{cannot_verify, pair};

/// The proven keys of a zone.
#[derive(Debug, Clone)]
pub struct ZoneKeys {
    pub(super) zone: Name,
    pub(super) keys: Vec<Key>,
}

impl ZoneKeys {
    /// The zone.
    #[must_use]
    pub fn zone(&self) -> &Name {
        &self.zone
    }
}

/// One key, with what is asked of it for every signature.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) dnskey: DNSKEY,
    pub(super) tag: u16,
    pub(super) defect: Option<KeyDefect>,
}

impl Key {
    fn new(dnskey: &DNSKEY) -> Option<Self> {
        Some(Self {
            tag: dnskey.calculate_key_tag().ok()?,
            defect: key_defect(dnskey),
            dnskey: dnskey.clone(),
        })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.dnskey.public_key().algorithm()
    }
}

/// What [`zone_keys`] found.
#[derive(Debug, Clone)]
pub struct ZoneKeysVerdict {
    /// The verdict, with each DS record, each key and the reasons.
    pub proof: ZoneKeysProof,
    /// The keys, if the verdict is "secure".
    pub keys: Option<ZoneKeys>,
}

/// Judges the DNSKEY RRset of `zone` in `answers` (the answer section of its response) by the DS records that vouch for it:
/// those of the parent, proven, or those of a trust anchor.
///
/// Secure: a DS record matches a key, and that key signs the DNSKEY RRset. Insecure: every DS record is one that cannot be
/// verified here ([RFC 6840 §5.2](https://www.rfc-editor.org/rfc/rfc6840#section-5.2)). Indeterminate: there is no DS record.
#[must_use]
pub fn zone_keys(
    zone: &Name,
    signers: &[DS],
    answers: &[Record],
    now: Timestamp,
) -> ZoneKeysVerdict {
    let zone = &absolute(zone);
    let sets = group(Section::Answer, answers);
    let set = sets
        .iter()
        .find(|set| set.record_type == RecordType::DNSKEY && set.name == zone);
    let keys = set.map(published).unwrap_or_default();
    let (delegation, matched) = pair(zone, signers, &keys);
    let mut proof = ZoneKeysProof {
        zone: shown(zone),
        security: Security::Bogus,
        reasons: Vec::new(),
        weaknesses: weaknesses(zone, signers, &keys),
        keys: keys.iter().map(key_record).collect(),
        delegation,
        signature: None,
    };
    let reasons = match (set, matched) {
        _ if signers.is_empty() => {
            proof.security = Security::Indeterminate;
            vec![ProofReason::NoTrustAnchor]
        }
        _ if proof
            .delegation
            .iter()
            .all(|pair| cannot_verify(&pair.outcome)) =>
        {
            proof.security = Security::Insecure;
            let pairs = proof.delegation.clone();
            vec![ProofReason::UnsupportedDelegation { pairs }]
        }
        (None, _) => vec![ProofReason::NoDnskey],
        (Some(_), matched) if matched.is_empty() => vec![ProofReason::NoMatchingDs {
            pairs: proof.delegation.clone(),
        }],
        (Some(set), matched) => {
            match verify(set, zone, &matched, now, &mut Effort::for_message()) {
                Ok(verified) => {
                    proof.security = Security::Secure;
                    proof.signature = Some(signature_record(set.name, verified.signature, now));
                    let keys = ZoneKeys {
                        zone: zone.clone(),
                        keys,
                    };
                    return ZoneKeysVerdict {
                        proof,
                        keys: Some(keys),
                    };
                }
                Err(reasons) => explain_unsigned(set, &matched, reasons),
            }
        }
    };
    proof.reasons = reasons;
    ZoneKeysVerdict { proof, keys: None }
}

fn published(set: &RrSet<'_>) -> Vec<Key> {
    set.records
        .iter()
        .filter_map(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Key::new(key),
            _ => None,
        })
        .collect()
}

/// Puts first that the right key does not sign at all, if that is so.
fn explain_unsigned(
    set: &RrSet<'_>,
    matched: &[Key],
    mut reasons: Vec<ProofReason>,
) -> Vec<ProofReason> {
    let signed_by: BTreeSet<u16> = set
        .signatures
        .iter()
        .map(|signature| signature.input().key_tag)
        .collect();
    let by_a_match = matched.iter().any(|key| signed_by.contains(&key.tag));
    if !signed_by.is_empty() && !by_a_match {
        reasons.insert(
            0,
            ProofReason::KeysNotSigned {
                matched: matched.iter().map(|key| key.tag).take(TAGS).collect(),
                signed_by: signed_by.into_iter().take(TAGS).collect(),
            },
        );
    }
    reasons
}

fn key_record(key: &Key) -> ZoneKeyRecord {
    ZoneKeyRecord {
        key_tag: key.tag,
        flags: key.dnskey.flags(),
        secure_entry_point: key.dnskey.secure_entry_point(),
        algorithm: registered_algorithm(key.algorithm()),
        bits: key_bits(&key.dnskey),
        defect: key.defect.clone(),
    }
}

fn weaknesses(zone: &Name, signers: &[DS], keys: &[Key]) -> Vec<Weakness> {
    let digests = signers
        .iter()
        .filter(|ds| ds.digest_type() == DigestType::SHA1)
        .map(|ds| Weakness::Sha1Digest {
            zone: shown(zone),
            key_tag: ds.key_tag(),
        });
    let algorithms = keys
        .iter()
        .filter(|key| is_sha1(key.algorithm()))
        .map(|key| sha1_signature(zone, key.algorithm()));
    let mut weaknesses = Vec::new();
    for weakness in digests.chain(algorithms) {
        if !weaknesses.contains(&weakness) {
            weaknesses.push(weakness);
        }
    }
    weaknesses
}

pub(super) fn sha1_signature(zone: &Name, algorithm: Algorithm) -> Weakness {
    Weakness::Sha1Signature {
        zone: shown(zone),
        algorithm: registered_algorithm(algorithm),
    }
}

#[cfg(test)]
mod tests;
