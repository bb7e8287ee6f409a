//! Proofs of absence: which one a response needs, and whether its NSEC or NSEC3 records give it.

use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::rr::{Name, RData, RecordType, RecordTypeSet};
use netwhy_report::Untrusted;
use netwhy_report::dns::proof::{
    DenialKind, DenialMechanism, DenialProof, MissingProof, ProofReason, Security, Weakness,
};

use super::nsec::Nsecs;
use super::nsec3::Nsec3s;
use super::record::{shown, type_name};
use super::rrset::RrSet;

/// What a denial has to prove.
#[derive(Clone, Copy)]
pub(super) enum Claim<'name> {
    /// NXDOMAIN.
    NameError(&'name Name),
    /// No such type at the name.
    NoData(&'name Name, RecordType),
    /// No DS at a zone cut that the response refers to.
    UnsignedCut(&'name Name),
    /// Nothing closer than the wildcard at the second name.
    NoCloserMatch(&'name Name, &'name Name),
}

/// A denial that holds.
pub(super) struct Proven {
    pub(super) kind: DenialKind,
    records: Vec<Untrusted>,
    encloser: Option<Name>,
    insecure: Option<ProofReason>,
}

impl Proven {
    pub(super) fn new(kind: DenialKind) -> Self {
        Self {
            kind,
            records: Vec::new(),
            encloser: None,
            insecure: None,
        }
    }

    /// Adds the owner of a record that it rests on.
    pub(super) fn by(mut self, owner: &Name) -> Self {
        let owner = shown(owner);
        if !self.records.contains(&owner) {
            self.records.push(owner);
        }
        self
    }

    /// Sets the closest encloser.
    pub(super) fn under(mut self, encloser: Name) -> Self {
        self.encloser = Some(encloser);
        self
    }

    /// Says why what is proven is insecurity.
    pub(super) fn because(mut self, reason: ProofReason) -> Self {
        self.insecure = Some(reason);
        self
    }
}

/// Why a denial does not hold.
pub(super) struct Refused(Box<ProofReason>);

impl Refused {
    pub(super) fn reason(&self) -> &ProofReason {
        &self.0
    }
}

pub(super) fn missing(missing: MissingProof, name: &Name) -> Refused {
    Refused(Box::new(ProofReason::DenialIncomplete {
        missing,
        name: shown(name),
    }))
}

pub(super) fn contradicted(name: &Name, record_type: Option<RecordType>, owner: &Name) -> Refused {
    Refused(Box::new(ProofReason::DenialContradicted {
        name: shown(name),
        record_type: record_type.map(type_name),
        record: shown(owner),
    }))
}

/// The type in the bitmap that speaks against the absence of `asked`: itself, or an alias that should have been followed.
pub(super) fn type_present(types: &RecordTypeSet, asked: RecordType) -> Option<RecordType> {
    if types.contains(asked) {
        Some(asked)
    } else if types.contains(RecordType::CNAME) {
        Some(RecordType::CNAME)
    } else {
        None
    }
}

/// Whether the record is the parent's at a zone cut ([RFC 6840 §4.1](https://www.rfc-editor.org/rfc/rfc6840#section-4.1)).
pub(super) fn parent_side(types: &RecordTypeSet) -> bool {
    types.contains(RecordType::NS) && !types.contains(RecordType::SOA)
}

/// The verified records of a response that can deny, and what was wrong with the others.
pub(super) struct Evidence<'message> {
    nsecs: Nsecs<'message>,
    nsec3s: Nsec3s<'message>,
    rejected: Vec<ProofReason>,
}

impl<'message> Evidence<'message> {
    /// Collects the NSEC and NSEC3 sets that verified as they stand, and the reasons of those that did not.
    pub(super) fn new(
        zone: &'message Name,
        verified: &[&RrSet<'message>],
        rejected: Vec<ProofReason>,
    ) -> Self {
        let records = || {
            let sets = verified.iter();
            sets.flat_map(|set| set.records.iter().map(|record| (set.name, &record.data)))
        };
        let nsecs = records().filter_map(|(owner, data)| match data {
            RData::DNSSEC(DNSSECRData::NSEC(nsec)) => Some((owner, nsec)),
            _ => None,
        });
        let nsec3s = records().filter_map(|(owner, data)| match data {
            RData::DNSSEC(DNSSECRData::NSEC3(nsec3)) => Some((owner, nsec3)),
            _ => None,
        });
        Self {
            nsecs: Nsecs {
                zone,
                records: nsecs.collect(),
            },
            nsec3s: Nsec3s::new(zone, nsec3s),
            rejected,
        }
    }

    /// What is weak about the records.
    pub(super) fn weakness(&self, zone: &Name) -> Option<Weakness> {
        let iterations = self.nsec3s.iterations();
        (iterations > 0).then(|| Weakness::Nsec3Iterations {
            zone: shown(zone),
            iterations,
        })
    }

    /// Judges a claim about `name` and `record_type`.
    pub(super) fn judge(&self, claim: Claim<'_>, record_type: RecordType) -> DenialProof {
        let (mechanism, outcome) = self.prove(claim);
        let name = match claim {
            Claim::NameError(name)
            | Claim::NoData(name, _)
            | Claim::UnsignedCut(name)
            | Claim::NoCloserMatch(name, _) => name,
        };
        let mut proof = DenialProof {
            name: shown(name),
            record_type: type_name(record_type),
            kind: None,
            security: Security::Bogus,
            reasons: Vec::new(),
            mechanism,
            records: Vec::new(),
            closest_encloser: None,
        };
        match outcome {
            Ok(proven) => {
                proof.security = if proven.insecure.is_some() {
                    Security::Insecure
                } else {
                    Security::Secure
                };
                proof.kind = Some(proven.kind);
                proof.reasons.extend(proven.insecure);
                proof.records = proven.records;
                proof.closest_encloser = proven.encloser.as_ref().map(shown);
            }
            Err(reason @ ProofReason::Nsec3IterationsTooHigh { .. }) => {
                proof.security = Security::Insecure;
                proof.reasons.push(reason);
            }
            Err(reason) => {
                // What is missing may be what was rejected: its fault then comes first.
                proof.reasons.clone_from(&self.rejected);
                proof.reasons.push(reason);
            }
        }
        proof
    }

    fn prove(&self, claim: Claim<'_>) -> (Option<DenialMechanism>, Result<Proven, ProofReason>) {
        if !self.nsecs.records.is_empty() {
            let outcome = self.with_nsec(claim);
            // Both kinds stand in a zone that changes from one to the other.
            if outcome.is_ok() || self.nsec3s.is_empty() {
                return (
                    Some(DenialMechanism::Nsec),
                    outcome.map_err(|refused| *refused.0),
                );
            }
        }
        if self.nsec3s.is_empty() {
            return (None, Err(ProofReason::NoDenial));
        }
        let outcome = match self.nsec3s.too_costly() {
            Some(reason) => Err(reason),
            None => self.with_nsec3(claim).map_err(|refused| *refused.0),
        };
        (Some(DenialMechanism::Nsec3), outcome)
    }

    fn with_nsec(&self, claim: Claim<'_>) -> Result<Proven, Refused> {
        match claim {
            Claim::NameError(name) => self.nsecs.name_error(name),
            Claim::NoData(name, RecordType::DS) => self.nsecs.no_ds(name, false),
            Claim::NoData(name, record_type) => self.nsecs.no_data(name, record_type),
            Claim::UnsignedCut(child) => self.nsecs.no_ds(child, true),
            Claim::NoCloserMatch(name, encloser) => self.nsecs.no_closer_match(name, encloser),
        }
    }

    fn with_nsec3(&self, claim: Claim<'_>) -> Result<Proven, Refused> {
        match claim {
            Claim::NameError(name) => self.nsec3s.name_error(name),
            Claim::NoData(name, RecordType::DS) => self.nsec3s.no_ds(name, false),
            Claim::NoData(name, record_type) => self.nsec3s.no_data(name, record_type),
            Claim::UnsignedCut(child) => self.nsec3s.no_ds(child, true),
            Claim::NoCloserMatch(name, encloser) => self.nsec3s.no_closer_match(name, encloser),
        }
    }
}

#[cfg(test)]
mod tests;
