//! The RRsets of a response with what became of their signatures, and what follows from one another: wildcards, DNAME.

use hickory_proto::rr::{Name, RecordType};
use jiff::Timestamp;
use netwhy_report::dns::proof::{DenialProof, ProofReason, RrsetProof, Security};

use super::aliases::follows_from;
use super::denial::{Claim, Evidence};
use super::keys::ZoneKeys;
use super::limits::{Effort, REASONS};
use super::record::{shown, signature_record, type_name};
use super::rrset::RrSet;
use super::signature::{Verified, verify};

/// An RRset and what became of its signatures.
pub(super) struct Checked<'sets, 'message> {
    pub(super) set: &'sets RrSet<'message>,
    pub(super) outcome: Result<Verified<'message>, Vec<ProofReason>>,
}

impl<'sets, 'message> Checked<'sets, 'message> {
    pub(super) fn new(
        set: &'sets RrSet<'message>,
        keys: &ZoneKeys,
        now: Timestamp,
        effort: &mut Effort,
    ) -> Self {
        let outcome = if keys.zone.zone_of(set.name) {
            verify(set, &keys.zone, &keys.keys, now, effort)
        } else {
            Err(vec![ProofReason::OutOfZone {
                name: shown(set.name),
            }])
        };
        Self { set, outcome }
    }

    pub(super) fn holds(&self, name: &Name, record_type: RecordType) -> bool {
        self.set.name == name && self.set.record_type == record_type
    }

    /// The verdict by the signatures alone.
    pub(super) fn proof(&self, now: Timestamp) -> RrsetProof {
        let mut proof = RrsetProof {
            name: shown(self.set.name),
            record_type: type_name(self.set.record_type),
            section: self.set.section,
            security: Security::Secure,
            reasons: Vec::new(),
            signature: None,
            wildcard: None,
            ttl: None,
        };
        match &self.outcome {
            Ok(verified) => {
                proof.signature = Some(signature_record(self.set.name, verified.signature, now));
                proof.wildcard = verified.wildcard.as_ref().map(shown);
                proof.ttl = Some(verified.ttl);
            }
            Err(reasons) => {
                proof.security = failed(reasons);
                proof.reasons.clone_from(reasons);
            }
        }
        proof
    }
}

/// The outcome that the decisive reason of a failed signature check stands for.
pub(super) fn failed(reasons: &[ProofReason]) -> Security {
    match reasons.first() {
        Some(
            ProofReason::SignedBelow { .. }
            | ProofReason::OutOfZone { .. }
            | ProofReason::NoCanonicalForm { .. },
        ) => Security::Indeterminate,
        _ => Security::Bogus,
    }
}

/// Whether an RRset of the authority section can prove something of the zone.
pub(super) fn takes_part_in_proof(set: &RrSet<'_>, zone: &Name) -> bool {
    match set.record_type {
        RecordType::SOA => set.name == zone,
        RecordType::NSEC | RecordType::NSEC3 | RecordType::DS => zone.zone_of(set.name),
        _ => false,
    }
}

/// The records that may deny, out of those checked.
pub(super) fn evidence<'message>(
    zone: &'message Name,
    proving: &[Checked<'_, 'message>],
) -> Evidence<'message> {
    let mut verified = Vec::new();
    let mut rejected = Vec::new();
    for checked in proving {
        if !matches!(
            checked.set.record_type,
            RecordType::NSEC | RecordType::NSEC3
        ) {
            continue;
        }
        match &checked.outcome {
            // One that was expanded from a wildcard never stood in the zone and spans nothing.
            Ok(outcome) if outcome.wildcard.is_none() => verified.push(checked.set),
            Ok(_) => {}
            Err(reasons) => rejected.extend(reasons.first().cloned()),
        }
    }
    rejected.truncate(REASONS);
    Evidence::new(zone, &verified, rejected)
}

/// The verdicts over the answer, with the proofs that wildcards need and the CNAMEs that follow from a DNAME.
/// `passed_over` names the zone below that the response speaks for, if that zone holds a name.
pub(super) fn answer_proofs<'message>(
    answered: &[Checked<'_, '_>],
    evidence: &Evidence<'_>,
    passed_over: &dyn Fn(&Name) -> Option<&'message Name>,
    now: Timestamp,
) -> Vec<RrsetProof> {
    let mut proofs: Vec<RrsetProof> = answered
        .iter()
        .map(|checked| {
            let mut proof = checked.proof(now);
            if let [ProofReason::NoSignature { .. }] = proof.reasons[..]
                && let Some(child) = passed_over(checked.set.name)
            {
                let child = shown(child);
                proof.security = Security::Indeterminate;
                proof
                    .reasons
                    .insert(0, ProofReason::CutPassedOver { child });
            }
            if let Some(denial) = no_closer_match(checked, evidence) {
                proof.security = denial.security;
                proof.reasons = denial.reasons;
            }
            proof
        })
        .collect();
    for (place, checked) in answered.iter().enumerate() {
        if checked.set.record_type != RecordType::CNAME || !checked.set.signatures.is_empty() {
            continue;
        }
        let dname = answered
            .iter()
            .position(|dname| follows_from(checked.set, dname.set));
        if let Some(dname) = dname.and_then(|place| proofs.get(place)).cloned()
            && let Some(proof) = proofs.get_mut(place)
        {
            proof.security = dname.security;
            proof.reasons = dname.reasons;
            proof.ttl = dname.ttl;
        }
    }
    proofs
}

/// The proof that a verified RRset needs where it was expanded from a wildcard.
pub(super) fn no_closer_match(
    checked: &Checked<'_, '_>,
    evidence: &Evidence<'_>,
) -> Option<DenialProof> {
    let wildcard = checked.outcome.as_ref().ok()?.wildcard.as_ref()?;
    let claim = Claim::NoCloserMatch(checked.set.name, &wildcard.base_name());
    Some(evidence.judge(claim, checked.set.record_type))
}
