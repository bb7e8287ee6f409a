//! Denial with NSEC3: the order of hashed names ([RFC 5155 §8](https://www.rfc-editor.org/rfc/rfc5155#section-8)).

use std::cell::Cell;

use data_encoding::BASE32_DNSSEC;
use hickory_proto::dnssec::rdata::NSEC3;
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::dns::proof::{DenialKind, MissingProof, ProofReason};

use super::canonical::wildcard_at;
use super::denial::{Proven, Refused, contradicted, missing, parent_side, type_present};
use super::limits::{NAMES_HASHED_PER_MESSAGE, NSEC3_ITERATIONS};
use super::record::shown;

/// The verified NSEC3 records of a response that share one set of parameters (RFC 5155 §8.2).
pub(super) struct Nsec3s<'message> {
    zone: &'message Name,
    records: Vec<Hashed<'message>>,
    hashes_left: Cell<usize>,
}

#[derive(Clone, Copy)]
struct Hashed<'message> {
    owner: &'message Name,
    hash: [u8; 20],
    nsec3: &'message NSEC3,
}

/// The closest provable encloser (RFC 5155 §8.3), the span that the next closer name lies in.
struct Closest<'message> {
    encloser: Name,
    encloser_record: Hashed<'message>,
    next_closer: Name,
    next_closer_record: Hashed<'message>,
}

impl<'message> Nsec3s<'message> {
    /// Takes the records that hash as the first one does.
    pub(super) fn new(
        zone: &'message Name,
        records: impl IntoIterator<Item = (&'message Name, &'message NSEC3)>,
    ) -> Self {
        let mut kept: Vec<Hashed<'message>> = Vec::new();
        for (owner, nsec3) in records {
            let alike = kept.first().is_none_or(|first| {
                first.nsec3.salt() == nsec3.salt() && first.nsec3.iterations() == nsec3.iterations()
            });
            if alike && let Some(hash) = owner_hash(zone, owner) {
                kept.push(Hashed { owner, hash, nsec3 });
            }
        }
        Self {
            zone,
            records: kept,
            hashes_left: Cell::new(NAMES_HASHED_PER_MESSAGE),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The iterations that the records ask for.
    pub(super) fn iterations(&self) -> u16 {
        self.records
            .first()
            .map_or(0, |record| record.nsec3.iterations())
    }

    /// Why these records are not computed, if they ask for too much work.
    pub(super) fn too_costly(&self) -> Option<ProofReason> {
        let first = self.records.first()?;
        let iterations = first.nsec3.iterations();
        (iterations > NSEC3_ITERATIONS).then(|| ProofReason::Nsec3IterationsTooHigh {
            iterations,
            limit: NSEC3_ITERATIONS,
            record: shown(first.owner),
        })
    }

    /// RFC 5155 §8.4: the name does not exist, nor a wildcard for it.
    pub(super) fn name_error(&self, name: &Name) -> Result<Proven, Refused> {
        if let Some(record) = self.matching(name) {
            return Err(contradicted(name, None, record.owner));
        }
        let closest = self.closest(name)?;
        let wildcard = wildcard_at(&closest.encloser)
            .ok_or_else(|| missing(MissingProof::Wildcard, &closest.encloser))?;
        if let Some(record) = self.matching(&wildcard) {
            return Err(contradicted(&wildcard, None, record.owner));
        }
        let beside = self
            .covering(&wildcard)
            .ok_or_else(|| missing(MissingProof::Wildcard, &wildcard))?;
        Ok(closest.proven(DenialKind::NameError).by(beside.owner))
    }

    /// RFC 5155 §8.5 and §8.7: the name, or the wildcard that matches it, has no such type.
    pub(super) fn no_data(&self, name: &Name, record_type: RecordType) -> Result<Proven, Refused> {
        if let Some(record) = self.matching(name) {
            let types = record.nsec3.type_set();
            if let Some(present) = type_present(types, record_type) {
                return Err(contradicted(name, Some(present), record.owner));
            }
            if parent_side(types) {
                return Err(missing(MissingProof::NoData, name));
            }
            return Ok(Proven::new(DenialKind::NoData).by(record.owner));
        }
        let closest = self.closest(name)?;
        let wildcard = wildcard_at(&closest.encloser)
            .ok_or_else(|| missing(MissingProof::Wildcard, &closest.encloser))?;
        match self.matching(&wildcard) {
            Some(record) => {
                if let Some(present) = type_present(record.nsec3.type_set(), record_type) {
                    return Err(contradicted(&wildcard, Some(present), record.owner));
                }
                Ok(closest.proven(DenialKind::WildcardNoData).by(record.owner))
            }
            // An empty non-terminal above unsigned delegations alone has no record of its own (RFC 5155 §7.1).
            None if closest.next_closer_record.nsec3.opt_out() => {
                Ok(closest.proven(DenialKind::OptOut))
            }
            None => Err(missing(MissingProof::Wildcard, &wildcard)),
        }
    }

    /// RFC 5155 §8.6 and §8.9: no DS record at `child`; as a zone cut if `cut`, where the response refers to it.
    pub(super) fn no_ds(&self, child: &Name, cut: bool) -> Result<Proven, Refused> {
        let Some(record) = self.matching(child) else {
            let closest = self.closest(child)?;
            return if closest.next_closer_record.nsec3.opt_out() {
                Ok(closest.proven(DenialKind::OptOut))
            } else if cut {
                Err(missing(MissingProof::NoDs, child))
            } else {
                self.no_data(child, RecordType::DS)
            };
        };
        let types = record.nsec3.type_set();
        if let Some(present) = type_present(types, RecordType::DS) {
            return Err(contradicted(child, Some(present), record.owner));
        }
        if types.contains(RecordType::SOA) && !child.is_root() {
            return Err(missing(MissingProof::NoDs, child));
        }
        if types.contains(RecordType::NS) && !types.contains(RecordType::SOA) {
            return Ok(Proven::new(DenialKind::UnsignedDelegation)
                .by(record.owner)
                .because(ProofReason::UnsignedDelegation {
                    child: shown(child),
                    record: shown(record.owner),
                }));
        }
        if cut {
            return Err(missing(MissingProof::NoDs, child));
        }
        Ok(Proven::new(DenialKind::NoData).by(record.owner))
    }

    /// RFC 5155 §8.8: nothing closer to `name` exists than the wildcard at `encloser`.
    pub(super) fn no_closer_match(&self, name: &Name, encloser: &Name) -> Result<Proven, Refused> {
        let next_closer = name.trim_to(encloser.iter().count() + 1);
        if let Some(record) = self.matching(&next_closer) {
            return Err(contradicted(&next_closer, None, record.owner));
        }
        let record = self
            .covering(&next_closer)
            .ok_or_else(|| missing(MissingProof::NoCloserMatch, &next_closer))?;
        let proven = Proven::new(DenialKind::NameError).by(record.owner);
        Ok(if record.nsec3.opt_out() {
            proven.because(opt_out(&next_closer, record))
        } else {
            proven
        })
    }

    /// RFC 5155 §8.3.
    fn closest(&self, name: &Name) -> Result<Closest<'message>, Refused> {
        let labels = name.iter().count();
        for length in (self.zone.iter().count()..labels).rev() {
            let encloser = name.trim_to(length);
            let Some(encloser_record) = self.matching(&encloser) else {
                continue;
            };
            let types = encloser_record.nsec3.type_set();
            if parent_side(types) || types.contains(RecordType::DNAME) {
                break;
            }
            let next_closer = name.trim_to(length + 1);
            let next_closer_record = self
                .covering(&next_closer)
                .ok_or_else(|| missing(MissingProof::NextCloser, &next_closer))?;
            return Ok(Closest {
                encloser,
                encloser_record,
                next_closer,
                next_closer_record,
            });
        }
        Err(missing(MissingProof::ClosestEncloser, name))
    }

    fn matching(&self, name: &Name) -> Option<Hashed<'message>> {
        let hash = self.hash(name)?;
        self.records
            .iter()
            .copied()
            .find(|record| record.hash == hash)
    }

    fn covering(&self, name: &Name) -> Option<Hashed<'message>> {
        let hash = self.hash(name)?;
        self.records.iter().copied().find(|record| {
            let next = record.nsec3.next_hashed_owner_name();
            let last = next <= &record.hash[..];
            if last {
                hash > record.hash || &hash[..] < next
            } else {
                hash > record.hash && &hash[..] < next
            }
        })
    }

    fn hash(&self, name: &Name) -> Option<[u8; 20]> {
        let first = self.records.first()?.nsec3;
        self.hashes_left.set(self.hashes_left.get().checked_sub(1)?);
        let digest = first
            .hash_algorithm()
            .hash(first.salt(), name, first.iterations())
            .ok()?;
        digest.as_ref().try_into().ok()
    }
}

impl Closest<'_> {
    /// A proof that rests on the closest encloser and the span of the next closer name.
    fn proven(&self, kind: DenialKind) -> Proven {
        let proven = Proven::new(kind)
            .by(self.encloser_record.owner)
            .by(self.next_closer_record.owner)
            .under(self.encloser.clone());
        if self.next_closer_record.nsec3.opt_out() {
            proven.because(opt_out(&self.next_closer, self.next_closer_record))
        } else {
            proven
        }
    }
}

fn opt_out(name: &Name, record: Hashed<'_>) -> ProofReason {
    ProofReason::OptOut {
        name: shown(name),
        record: shown(record.owner),
    }
}

/// The hash in an owner name, which must lie right below the zone.
fn owner_hash(zone: &Name, owner: &Name) -> Option<[u8; 20]> {
    if owner.base_name() != *zone {
        return None;
    }
    let label = owner.iter().next()?.to_ascii_lowercase();
    BASE32_DNSSEC.decode(&label).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
