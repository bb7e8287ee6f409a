//! What a response says about a zone cut, from the parent's side.

use hickory_proto::dnssec::rdata::{DNSSECRData, DS};
use hickory_proto::rr::{Name, RData, RecordType};
use netwhy_report::dns::proof::{DelegationProof, DenialKind, DenialProof, ProofReason, Security};

use super::checked::{Checked, failed, no_closer_match};
use super::denial::{Claim, Evidence};
use super::record::shown;
use super::rrset::RrSet;

/// The child that the authority section refers to on the way to `name`.
pub(super) fn referral<'message>(
    authority: &[RrSet<'message>],
    zone: &Name,
    name: &Name,
) -> Option<&'message Name> {
    let is_soa = |set: &&RrSet<'_>| set.record_type == RecordType::SOA && set.name == zone;
    if authority.iter().any(|set| is_soa(&set)) {
        return None;
    }
    zone_below(authority, zone, name, &[RecordType::NS])
}

/// The zone below, on the way to `name`, that the authority section speaks for: a cut that the server did not refer to.
pub(super) fn passed_over<'message>(
    authority: &[RrSet<'message>],
    zone: &Name,
    name: &Name,
) -> Option<&'message Name> {
    zone_below(authority, zone, name, &[RecordType::NS, RecordType::SOA])
}

fn zone_below<'message>(
    authority: &[RrSet<'message>],
    zone: &Name,
    name: &Name,
    apex_types: &[RecordType],
) -> Option<&'message Name> {
    authority
        .iter()
        .filter(|set| apex_types.contains(&set.record_type))
        .map(|set| set.name)
        .find(|child| *child != zone && zone.zone_of(child) && child.zone_of(name))
}

/// A zone cut: with its DS RRset if that is there, else by the proof that there is none.
pub(super) fn signed_delegation(
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
pub(super) fn denied_delegation(child: &Name, denial: &DenialProof) -> Option<DelegationProof> {
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
