//! A whole response against the keys of the zone that gave it: every RRset of the answer, the denial, the referral.

use hickory_proto::dnssec::rdata::{DNSSECRData, DS};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use jiff::Timestamp;
use netwhy_report::dns::proof::{
    DelegationProof, DenialKind, DenialProof, ProofReason, ResponseProof, RrsetProof, Section,
    Security, Weakness,
};

use super::algorithm::is_sha1;
use super::aliases::{End, follow, follows_from};
use super::denial::{Claim, Evidence};
use super::keys::{ZoneKeys, sha1_signature};
use super::limits::{Effort, REASONS};
use super::record::{shown, signature_record, type_name};
use super::rrset::{RrSet, group};
use super::signature::{Verified, verify};

/// What [`judge`] found.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The verdicts.
    pub proof: ResponseProof,
    /// The proven DS records of the child that the response refers to, or that were asked for; empty without.
    pub signers: Vec<DS>,
}

/// Judges what servers of a zone said to the question for `record_type` at `name` (absolute), with the zone's keys.
#[must_use]
pub fn judge(
    response: &Message,
    name: &Name,
    record_type: RecordType,
    keys: &ZoneKeys,
    now: Timestamp,
) -> Judged {
    let zone = &keys.zone;
    let answer = group(Section::Answer, &response.answers);
    let authority = group(Section::Authority, &response.authorities);
    let mut effort = Effort::for_message();
    let mut check = |set| Checked::new(set, keys, now, &mut effort);
    let answered: Vec<Checked<'_, '_>> = answer.iter().map(&mut check).collect();
    let proving: Vec<Checked<'_, '_>> = authority
        .iter()
        .filter(|set| takes_part_in_proof(set, zone))
        .map(&mut check)
        .collect();
    let evidence = evidence(zone, &proving);

    let mut rrsets = answer_proofs(&answered, &evidence, now);
    let mut response_proof = ResponseProof {
        zone: shown(zone),
        security: Security::Indeterminate,
        reasons: Vec::new(),
        rrsets: Vec::new(),
        denial: None,
        delegation: None,
        weaknesses: weaknesses(zone, answered.iter().chain(&proving), &evidence),
    };
    let mut signers = Vec::new();
    match follow(&answer, zone, name, record_type) {
        End::Data(end) if record_type == RecordType::DS => {
            let set = answered
                .iter()
                .find(|checked| checked.holds(&end, RecordType::DS));
            (response_proof.delegation, signers) = signed_delegation(&end, set, &evidence);
        }
        End::Data(_) => {}
        End::Outside(end) => response_proof
            .reasons
            .push(ProofReason::OutOfZone { name: shown(&end) }),
        End::Endless(end) => response_proof
            .reasons
            .push(ProofReason::AliasesEndless { name: shown(&end) }),
        End::Missing(end) => match (
            referral(&authority, zone, &end),
            response.metadata.response_code,
        ) {
            (Some(child), ResponseCode::NoError) => {
                let set = proving
                    .iter()
                    .find(|checked| checked.holds(child, RecordType::DS));
                (response_proof.delegation, signers) = signed_delegation(child, set, &evidence);
            }
            (_, ResponseCode::NoError) => {
                let denial = evidence.judge(Claim::NoData(&end, record_type), record_type);
                if record_type == RecordType::DS {
                    response_proof.delegation = denied_delegation(&end, &denial);
                }
                response_proof.denial = Some(denial);
            }
            (_, ResponseCode::NXDomain) => {
                response_proof.denial = Some(evidence.judge(Claim::NameError(&end), record_type));
            }
            (_, code) => response_proof.reasons.push(ProofReason::NoAnswer {
                rcode: u16::from(code),
            }),
        },
    }
    rrsets.extend(proving.iter().map(|checked| checked.proof(now)));
    response_proof.security = security(&response_proof, &rrsets);
    response_proof.rrsets = rrsets;
    Judged {
        proof: response_proof,
        signers,
    }
}

/// An RRset and what became of its signatures.
struct Checked<'sets, 'message> {
    set: &'sets RrSet<'message>,
    outcome: Result<Verified<'message>, Vec<ProofReason>>,
}

impl<'sets, 'message> Checked<'sets, 'message> {
    fn new(
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

    fn holds(&self, name: &Name, record_type: RecordType) -> bool {
        self.set.name == name && self.set.record_type == record_type
    }

    /// The verdict by the signatures alone.
    fn proof(&self, now: Timestamp) -> RrsetProof {
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
fn failed(reasons: &[ProofReason]) -> Security {
    match reasons.first() {
        Some(ProofReason::SignedBelow { .. } | ProofReason::OutOfZone { .. }) => {
            Security::Indeterminate
        }
        _ => Security::Bogus,
    }
}

fn takes_part_in_proof(set: &RrSet<'_>, zone: &Name) -> bool {
    match set.record_type {
        RecordType::SOA => set.name == zone,
        RecordType::NSEC | RecordType::NSEC3 | RecordType::DS => zone.zone_of(set.name),
        _ => false,
    }
}

fn evidence<'message>(
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
fn answer_proofs(
    answered: &[Checked<'_, '_>],
    evidence: &Evidence<'_>,
    now: Timestamp,
) -> Vec<RrsetProof> {
    let mut proofs: Vec<RrsetProof> = answered
        .iter()
        .map(|checked| {
            let mut proof = checked.proof(now);
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
fn no_closer_match(checked: &Checked<'_, '_>, evidence: &Evidence<'_>) -> Option<DenialProof> {
    let wildcard = checked.outcome.as_ref().ok()?.wildcard.as_ref()?;
    let claim = Claim::NoCloserMatch(checked.set.name, &wildcard.base_name());
    Some(evidence.judge(claim, checked.set.record_type))
}

/// The child that the authority section refers to on the way to `name`.
fn referral<'message>(
    authority: &[RrSet<'message>],
    zone: &Name,
    name: &Name,
) -> Option<&'message Name> {
    let is_soa = |set: &&RrSet<'_>| set.record_type == RecordType::SOA && set.name == zone;
    if authority.iter().any(|set| is_soa(&set)) {
        return None;
    }
    authority
        .iter()
        .filter(|set| set.record_type == RecordType::NS)
        .map(|set| set.name)
        .find(|child| *child != zone && zone.zone_of(child) && child.zone_of(name))
}

/// A zone cut: with its DS RRset if that is there, else by the proof that there is none.
fn signed_delegation(
    child: &Name,
    set: Option<&Checked<'_, '_>>,
    evidence: &Evidence<'_>,
) -> (Option<DelegationProof>, Vec<DS>) {
    let Some(checked) = set else {
        let denial = evidence.judge(Claim::UnsignedCut(child), RecordType::DS);
        return (
            Some(delegation(child, denial.security, denial.reasons)),
            Vec::new(),
        );
    };
    // A DS RRset exists at zone cuts alone: one that a wildcard makes proves nothing without its denial.
    let (security, reasons) = match (&checked.outcome, no_closer_match(checked, evidence)) {
        (Ok(_), Some(denial)) => (denial.security, denial.reasons),
        (Ok(_), None) => (Security::Secure, Vec::new()),
        (Err(reasons), _) => (failed(reasons), reasons.clone()),
    };
    let signers = if security == Security::Secure {
        checked
            .set
            .records
            .iter()
            .filter_map(|record| ds(&record.data))
            .collect()
    } else {
        Vec::new()
    };
    (Some(delegation(child, security, reasons)), signers)
}

/// The zone cut that the answer to a DS question denies or leaves open; `None` where the name is no cut.
fn denied_delegation(child: &Name, denial: &DenialProof) -> Option<DelegationProof> {
    let no_cut =
        denial.security == Security::Secure && denial.kind != Some(DenialKind::UnsignedDelegation);
    (!no_cut).then(|| delegation(child, denial.security, denial.reasons.clone()))
}

fn delegation(child: &Name, security: Security, reasons: Vec<ProofReason>) -> DelegationProof {
    DelegationProof {
        child: shown(child),
        security,
        reasons,
    }
}

fn ds(data: &RData) -> Option<DS> {
    match data {
        RData::DNSSEC(DNSSECRData::DS(ds)) => Some(ds.clone()),
        _ => None,
    }
}

/// The worst of the parts that are this zone's. Records of the authority section count through what they prove,
/// but for the SOA of a denial, whose TTL bounds it.
fn security(proof: &ResponseProof, rrsets: &[RrsetProof]) -> Security {
    let counted = rrsets.iter().filter(|rrset| {
        let elsewhere = matches!(rrset.reasons[..], [ProofReason::OutOfZone { .. }]);
        let of_the_denial = rrset.record_type == "SOA" && proof.denial.is_some();
        !elsewhere && (rrset.section == Section::Answer || of_the_denial)
    });
    counted
        .map(|rrset| rrset.security)
        .chain(proof.denial.as_ref().map(|denial| denial.security))
        .chain(proof.delegation.as_ref().map(|cut| cut.security))
        .reduce(Security::and)
        .unwrap_or(Security::Indeterminate)
}

fn weaknesses<'checked, 'message: 'checked>(
    zone: &Name,
    checked: impl Iterator<Item = &'checked Checked<'checked, 'message>>,
    evidence: &Evidence<'_>,
) -> Vec<Weakness> {
    let mut weaknesses: Vec<Weakness> = Vec::new();
    for verified in checked.filter_map(|checked| checked.outcome.as_ref().ok()) {
        let algorithm = verified.signature.input().algorithm;
        let weakness = is_sha1(algorithm).then(|| sha1_signature(zone, algorithm));
        weaknesses.extend(weakness.filter(|weakness| !weaknesses.contains(weakness)));
    }
    weaknesses.extend(evidence.weakness(zone));
    weaknesses
}

#[cfg(test)]
mod tests;
