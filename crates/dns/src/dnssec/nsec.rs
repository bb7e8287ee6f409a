//! Denial with NSEC: names in canonical order, each record spanning the gap to the next
//! ([RFC 4035 §5.4](https://www.rfc-editor.org/rfc/rfc4035#section-5.4), [RFC 6840 §4](https://www.rfc-editor.org/rfc/rfc6840#section-4)).

use hickory_proto::dnssec::rdata::NSEC;
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::dns::proof::{DenialKind, MissingProof, ProofReason};

use super::canonical::wildcard_at;
use super::denial::{Proven, Refused, contradicted, missing, parent_side, type_present};
use super::record::shown;

/// The verified NSEC records of a response.
pub(super) struct Nsecs<'message> {
    pub(super) zone: &'message Name,
    pub(super) records: Vec<(&'message Name, &'message NSEC)>,
}

impl<'message> Nsecs<'message> {
    /// Proves that `name` does not exist, and no wildcard for it.
    pub(super) fn name_error(&self, name: &Name) -> Result<Proven, Refused> {
        if let Some((owner, _)) = self.matching(name) {
            return Err(contradicted(name, None, owner));
        }
        let gap = self.gap(name)?;
        let wildcard = wildcard_at(&gap.encloser)
            .ok_or_else(|| missing(MissingProof::Wildcard, &gap.encloser))?;
        if let Some((owner, _)) = self.matching(&wildcard) {
            return Err(contradicted(&wildcard, None, owner));
        }
        let (beside, nsec) = self
            .covering(&wildcard)
            .ok_or_else(|| missing(MissingProof::Wildcard, &wildcard))?;
        if wildcard.zone_of(nsec.next_domain_name()) {
            return Err(contradicted(&wildcard, None, beside));
        }
        Ok(Proven::new(DenialKind::NameError)
            .by(gap.owner)
            .by(beside)
            .under(gap.encloser))
    }

    /// Proves that `name` has no `record_type`.
    pub(super) fn no_data(&self, name: &Name, record_type: RecordType) -> Result<Proven, Refused> {
        if let Some((owner, nsec)) = self.matching(name) {
            let types = nsec.type_set();
            if let Some(present) = type_present(types, record_type) {
                return Err(contradicted(name, Some(present), owner));
            }
            if parent_side(types) {
                // RFC 6840 §4.1: it speaks for the parent, and only of DS.
                return Err(missing(MissingProof::NoData, name));
            }
            return Ok(Proven::new(DenialKind::NoData).by(owner));
        }
        let (owner, nsec) = self
            .covering(name)
            .ok_or_else(|| missing(MissingProof::NoData, name))?;
        if name.zone_of(nsec.next_domain_name()) {
            // An empty non-terminal: nothing owns records there, something below does.
            return Ok(Proven::new(DenialKind::NoData).by(owner));
        }
        let gap = self.gap(name)?;
        let wildcard = wildcard_at(&gap.encloser)
            .ok_or_else(|| missing(MissingProof::Wildcard, &gap.encloser))?;
        let beside = match self.matching(&wildcard) {
            Some((beside, nsec)) => match type_present(nsec.type_set(), record_type) {
                Some(present) => return Err(contradicted(&wildcard, Some(present), beside)),
                None => beside,
            },
            // The wildcard may be an empty non-terminal too.
            None => self
                .covering(&wildcard)
                .filter(|(_, nsec)| wildcard.zone_of(nsec.next_domain_name()))
                .map(|(beside, _)| beside)
                .ok_or_else(|| missing(MissingProof::Wildcard, &wildcard))?,
        };
        Ok(Proven::new(DenialKind::WildcardNoData)
            .by(gap.owner)
            .by(beside)
            .under(gap.encloser))
    }

    /// Proves that `child` has no DS record; as a zone cut if `cut`, where the response refers to it.
    pub(super) fn no_ds(&self, child: &Name, cut: bool) -> Result<Proven, Refused> {
        let Some((owner, nsec)) = self.matching(child) else {
            return if cut {
                Err(missing(MissingProof::NoDs, child))
            } else {
                self.no_data(child, RecordType::DS)
            };
        };
        let types = nsec.type_set();
        if let Some(present) = type_present(types, RecordType::DS) {
            return Err(contradicted(child, Some(present), owner));
        }
        if types.contains(RecordType::SOA) && !child.is_root() {
            // The child's own apex says nothing about the parent's DS.
            return Err(missing(MissingProof::NoDs, child));
        }
        if types.contains(RecordType::NS) && !types.contains(RecordType::SOA) {
            return Ok(Proven::new(DenialKind::UnsignedDelegation)
                .by(owner)
                .because(ProofReason::UnsignedDelegation {
                    child: shown(child),
                    record: shown(owner),
                }));
        }
        if cut {
            return Err(missing(MissingProof::NoDs, child));
        }
        Ok(Proven::new(DenialKind::NoData).by(owner))
    }

    /// Proves that nothing closer to `name` exists than the wildcard at `encloser`
    /// ([RFC 4035 §5.3.4](https://www.rfc-editor.org/rfc/rfc4035#section-5.3.4)).
    pub(super) fn no_closer_match(&self, name: &Name, encloser: &Name) -> Result<Proven, Refused> {
        if let Some((owner, _)) = self.matching(name) {
            return Err(contradicted(name, None, owner));
        }
        let gap = self.gap(name).map_err(|refused| match refused.reason() {
            ProofReason::DenialIncomplete { .. } => missing(MissingProof::NoCloserMatch, name),
            _ => refused,
        })?;
        if gap.encloser != *encloser {
            return Err(contradicted(&gap.encloser, None, gap.owner));
        }
        Ok(Proven::new(DenialKind::NameError).by(gap.owner))
    }

    /// The span in which `name` is missing, and its closest encloser.
    fn gap(&self, name: &Name) -> Result<Gap<'message>, Refused> {
        let (owner, nsec) = self
            .covering(name)
            .ok_or_else(|| missing(MissingProof::Name, name))?;
        let next = nsec.next_domain_name();
        if name.zone_of(next) {
            return Err(contradicted(name, None, owner));
        }
        let (before, after) = (common_ancestor(name, owner), common_ancestor(name, next));
        let encloser = if after.iter().count() > before.iter().count() {
            after
        } else {
            before
        };
        Ok(Gap { owner, encloser })
    }

    fn matching(&self, name: &Name) -> Option<(&'message Name, &'message NSEC)> {
        self.records
            .iter()
            .copied()
            .find(|(owner, _)| *owner == name)
    }

    /// The record whose span `name` lies in, and which may speak for it.
    fn covering(&self, name: &Name) -> Option<(&'message Name, &'message NSEC)> {
        self.records.iter().copied().find(|(owner, nsec)| {
            let next = nsec.next_domain_name();
            let last = next <= *owner || next == self.zone;
            let inside = *owner < name && (last || name < next);
            // RFC 6840 §4.1: what lies below a zone cut or a DNAME is not this record's to deny.
            inside && !(owner.zone_of(name) && redirects(nsec))
        })
    }
}

struct Gap<'message> {
    owner: &'message Name,
    encloser: Name,
}

/// Whether the names below the record's owner are not the zone's own.
fn redirects(nsec: &NSEC) -> bool {
    let types = nsec.type_set();
    parent_side(types) || types.contains(RecordType::DNAME)
}

fn common_ancestor(a: &Name, b: &Name) -> Name {
    let shared = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count();
    a.trim_to(shared)
}

#[cfg(test)]
mod tests;
