//! A whole response against the keys of the zone that gave it: every RRset of the answer, the denial, the referral.

use hickory_proto::dnssec::rdata::DS;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use jiff::Timestamp;
use netwhy_report::dns::proof::{
    DenialProof, ProofReason, ResponseProof, RrsetProof, Section, Security, Weakness,
};

use super::algorithm::is_sha1;
use super::aliases::{End, follow};
use super::checked::{Checked, answer_proofs, evidence, takes_part_in_proof};
use super::cut::{denied_delegation, passed_over, referral, signed_delegation};
use super::denial::{Claim, Evidence};
use super::keys::{ZoneKeys, sha1_signature};
use super::limits::Effort;
use super::record::{absolute, shown};
use super::rrset::group;

/// What [`judge`] found.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The verdicts.
    pub proof: ResponseProof,
    /// The proven DS records of the child that the response refers to, or that were asked for; empty without.
    pub signers: Vec<DS>,
}

/// Judges what servers of a zone said to the question for `record_type` at `name`, with the zone's keys.
/// Signatures asked for by their type are left unjudged.
#[must_use]
pub fn judge(
    response: &Message,
    name: &Name,
    record_type: RecordType,
    keys: &ZoneKeys,
    now: Timestamp,
) -> Judged {
    let (zone, name) = (&keys.zone, &absolute(name));
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

    let passed_over = |name: &Name| passed_over(&authority, zone, name);

    let mut rrsets = answer_proofs(&answered, &evidence, &passed_over, now);
    for (checked, proof) in answered.iter().zip(&mut rrsets) {
        let absent = checked.outcome.is_ok() && incomplete(proof.reasons.first());
        if absent && checked.set.name != name {
            proof.security = Security::Indeterminate;
        }
    }
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
        // Signatures are not signed, and not denied by type either (RFC 4035 §2.2).
        End::Missing(_) if record_type == RecordType::RRSIG => {}
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
                let mut denial = evidence.judge(Claim::NoData(&end, record_type), record_type);
                leave_open(&mut denial, *name != end, passed_over(&end));
                if record_type == RecordType::DS {
                    response_proof.delegation = denied_delegation(&end, &denial);
                }
                response_proof.denial = Some(denial);
            }
            (_, ResponseCode::NXDomain) => {
                let mut denial = evidence.judge(Claim::NameError(&end), record_type);
                leave_open(&mut denial, *name != end, passed_over(&end));
                response_proof.denial = Some(denial);
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

/// Takes back a verdict of "bogus" where the proof may be elsewhere.
fn leave_open(denial: &mut DenialProof, behind_aliases: bool, passed_over: Option<&Name>) {
    let open = match (denial.reasons.first(), passed_over) {
        // The zone below proves it with its own keys.
        (Some(ProofReason::SignedBelow { .. }), _) => true,
        (Some(ProofReason::NoDenial), Some(child)) => {
            let child = shown(child);
            denial
                .reasons
                .insert(0, ProofReason::CutPassedOver { child });
            true
        }
        (reason, _) => behind_aliases && incomplete(reason),
    };
    if open {
        denial.security = Security::Indeterminate;
    }
}

/// Whether records of a proof of absence are missing. A server may leave them out for the end of aliases: who needs them
/// asks for that name itself.
fn incomplete(reason: Option<&ProofReason>) -> bool {
    matches!(
        reason,
        Some(ProofReason::NoDenial | ProofReason::DenialIncomplete { .. })
    )
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
