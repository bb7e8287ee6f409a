//! The bytes that a signature is over: the RRset in canonical form
//! ([RFC 4034 §6](https://www.rfc-editor.org/rfc/rfc4034#section-6), [RFC 6840 §5.1](https://www.rfc-editor.org/rfc/rfc6840#section-5.1)).

use hickory_proto::dnssec::rdata::RRSIG;
use hickory_proto::rr::{Name, RData, RecordType};
use hickory_proto::serialize::binary::{BinEncodable, BinEncoder, NameEncoding};

use super::record::absolute;
use super::rrset::RrSet;

/// The data that `signature` signs ([RFC 4035 §5.3.2](https://www.rfc-editor.org/rfc/rfc4035#section-5.3.2));
/// `None` if the records have no canonical form here.
pub(super) fn signed_data(set: &RrSet<'_>, signature: &RRSIG) -> Option<Vec<u8>> {
    let input = signature.input();
    let owner = name_bytes(&signed_owner(set.name, input.num_labels)?)?;
    let mut rdata = Vec::with_capacity(set.records.len());
    for record in &set.records {
        rdata.push(canonical_rdata(&record.data)?);
    }
    rdata.sort_unstable();
    // A record sent twice is in the RRset once (RFC 4034 §6.3).
    rdata.dedup();

    let mut data = canonical_bytes(input)?;
    for bytes in rdata {
        data.extend_from_slice(&owner);
        data.extend_from_slice(&u16::from(set.record_type).to_be_bytes());
        // Class IN: the only one that is grouped into RRsets.
        data.extend_from_slice(&1_u16.to_be_bytes());
        data.extend_from_slice(&input.original_ttl.to_be_bytes());
        data.extend_from_slice(&u16::try_from(bytes.len()).ok()?.to_be_bytes());
        data.extend_from_slice(&bytes);
    }
    Some(data)
}

/// The wildcard that `owner` was expanded from, if the signature has fewer labels than it.
pub(super) fn wildcard(owner: &Name, labels: u8) -> Option<Name> {
    (labels < owner.num_labels()).then(|| wildcard_at(&owner.trim_to(usize::from(labels))))?
}

/// `*.name`; `None` where that is too long for a name.
pub(super) fn wildcard_at(name: &Name) -> Option<Name> {
    name.prepend_label("*").ok().as_ref().map(absolute)
}

fn signed_owner(owner: &Name, labels: u8) -> Option<Name> {
    if labels < owner.num_labels() {
        wildcard(owner, labels)
    } else {
        Some(owner.clone())
    }
}

fn name_bytes(name: &Name) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = BinEncoder::new(&mut bytes);
    encoder.set_name_encoding(NameEncoding::UncompressedLowercase);
    name.emit(&mut encoder).ok()?;
    Some(bytes)
}

fn canonical_bytes(data: &impl BinEncodable) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = BinEncoder::new(&mut bytes);
    encoder.set_canonical_form(true);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    data.emit(&mut encoder).ok()?;
    Some(bytes)
}

fn canonical_rdata(data: &RData) -> Option<Vec<u8>> {
    let mut bytes = canonical_bytes(data)?;
    if let RData::Unknown { code, .. } = data {
        lower_names(*code, &mut bytes)?;
    }
    Some(bytes)
}

/// Lowers the names in the data of those types of RFC 4034 §6.2 that the codec keeps as bytes; `None` if such a name is
/// compressed, which cannot be undone without the message, or malformed.
fn lower_names(record_type: RecordType, bytes: &mut [u8]) -> Option<()> {
    let (prefix, names) = match u16::from(record_type) {
        // MD, MF, MB, MG, MR, DNAME
        3 | 4 | 7 | 8 | 9 | 39 => (0, 1),
        // MINFO, RP
        14 | 17 => (0, 2),
        // AFSDB, RT, KX
        18 | 21 | 36 => (2, 1),
        // PX
        26 => (2, 2),
        _ => return Some(()),
    };
    let mut rest = bytes.get_mut(prefix..)?;
    let mut left = names;
    while left > 0 {
        let (length, tail) = rest.split_first_mut()?;
        // Two set bits make a compression pointer, any other number above 63 nothing (RFC 1035 §4.1.4).
        let length = usize::from(Some(*length).filter(|length| *length <= 63)?);
        if length == 0 {
            left -= 1;
        }
        let (label, tail) = tail.split_at_mut_checked(length)?;
        label.make_ascii_lowercase();
        rest = tail;
    }
    Some(())
}
