//! The aliases within one answer: CNAME chains, and CNAMEs that follow from a DNAME.

use hickory_proto::rr::{Name, RData, RecordType};
use hickory_proto::serialize::binary::{BinDecodable as _, BinDecoder};

use super::limits::ALIASES;
use super::rrset::RrSet;

/// Where the aliases of an answer lead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// To records of the type asked for, at this name.
    Data(Name),
    /// To this name of the zone, without the type asked for.
    Missing(Name),
    /// Out of the zone.
    Outside(Name),
    /// Nowhere: they come back or are too many.
    Endless(Name),
}

/// Follows the aliases from `name` as long as they stay in `zone`.
pub(super) fn follow(
    answer: &[RrSet<'_>],
    zone: &Name,
    name: &Name,
    record_type: RecordType,
) -> End {
    let mut current = name;
    for _ in 0..=ALIASES {
        if !zone.zone_of(current) {
            return End::Outside(current.clone());
        }
        let here = || answer.iter().filter(|set| set.name == current);
        if here().any(|set| set.record_type == record_type || record_type == RecordType::ANY) {
            return End::Data(current.clone());
        }
        let target = here().find_map(|set| match &set.records.first()?.data {
            RData::CNAME(target) => Some(&target.0),
            _ => None,
        });
        match target {
            Some(target) => current = target,
            None => return End::Missing(current.clone()),
        }
    }
    End::Endless(current.clone())
}

/// Whether `cname` is what `dname` makes of its owner
/// ([RFC 6672 §5.3.1](https://www.rfc-editor.org/rfc/rfc6672#section-5.3.1)).
pub(super) fn follows_from(cname: &RrSet<'_>, dname: &RrSet<'_>) -> bool {
    let ([cname_record], [dname_record]) = (&cname.records[..], &dname.records[..]) else {
        return false;
    };
    let (RData::CNAME(target), RData::Unknown { code, rdata }) =
        (&cname_record.data, &dname_record.data)
    else {
        return false;
    };
    if *code != RecordType::DNAME || cname.name == dname.name || !dname.name.zone_of(cname.name) {
        return false;
    }
    let Ok(new_suffix) = Name::read(&mut BinDecoder::new(&rdata.anything)) else {
        return false;
    };
    let kept = cname.name.iter().count() - dname.name.iter().count();
    Name::from_labels(cname.name.iter().take(kept).chain(new_suffix.iter()))
        .is_ok_and(|made| made == target.0)
}
