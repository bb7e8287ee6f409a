//! Trust anchors: the root's, built in, and those of a file.

use hickory_proto::dnssec::rdata::{DNSKEY, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKey as _, PublicKeyBuf};
use hickory_proto::rr::{Name, RecordType};
use hickory_proto::serialize::binary::{BinDecodable as _, BinDecoder};

use super::algorithm::key_defect;
use super::record::absolute;
use crate::mnemonic::RecordClass;
use crate::name::DomainName;
use crate::zone_file::{ZoneFileError, ZoneRecord, read_zone_file};

/// The root's key signing keys of 2017 and 2024 ([IANA](https://data.iana.org/root-anchors/root-anchors.xml)).
const ROOT: &str = "
. DS 20326 8 2 e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d
. DS 38696 8 2 683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16
";

/// Zones and the DS records that vouch for their keys.
#[derive(Debug, Clone)]
pub struct TrustAnchors {
    anchors: Vec<(Name, DS)>,
}

/// Why a file gives no trust anchors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// It is no zone file.
    #[error(transparent)]
    ZoneFile(#[from] ZoneFileError),
    /// A record that is no trust anchor.
    #[error("line {line}: expected {expected}, found {found}")]
    Record {
        /// The line on which it begins, from 1.
        line: usize,
        /// What would have been right.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// No record at all.
    #[error(
        "no DS or DNSKEY record; expected at least one, for instance \". IN DS 20326 8 2 e06d44b8…\""
    )]
    Empty,
    /// Records, none of which can be used.
    #[error(
        "none of the {records} records can be used; expected a DS with a supported algorithm and digest, \
         or a DNSKEY with a supported algorithm, the zone key flag set and the revoke flag clear"
    )]
    Unusable {
        /// How many there are.
        records: usize,
    },
}

impl TrustAnchors {
    /// The root's trust anchors, built in.
    #[must_use]
    pub fn root() -> Self {
        Self::parse(ROOT).unwrap_or(Self {
            anchors: Vec::new(),
        })
    }

    /// Reads DS and DNSKEY records in zone-file form: comments, parentheses, `$ORIGIN` and `$TTL`, TTL and class optional.
    /// Records that netwhy cannot verify with are skipped.
    ///
    /// # Errors
    ///
    /// An entry that is something else, or no record that can be used.
    pub fn parse(text: &str) -> Result<Self, AnchorError> {
        let records = read_zone_file(text, Some(&DomainName::root()))?;
        let mut anchors = Vec::new();
        for record in &records {
            anchors.extend(anchor(record)?);
        }
        match (anchors.is_empty(), records.len()) {
            (false, _) => Ok(Self { anchors }),
            (true, 0) => Err(AnchorError::Empty),
            (true, records) => Err(AnchorError::Unusable { records }),
        }
    }

    /// The anchored zone that is `name` or its nearest ancestor.
    #[must_use]
    pub fn enclosing(&self, name: &Name) -> Option<&Name> {
        self.anchors
            .iter()
            .map(|(zone, _)| zone)
            .filter(|zone| zone.zone_of(name))
            .max_by_key(|zone| zone.iter().count())
    }

    /// The DS records of an anchored zone; empty if `zone` is none. A DNSKEY of the file stands here as its SHA-256 DS.
    #[must_use]
    pub fn signers(&self, zone: &Name) -> Vec<DS> {
        let zone = absolute(zone);
        self.anchors
            .iter()
            .filter(|(anchored, _)| *anchored == zone)
            .map(|(_, signer)| signer.clone())
            .collect()
    }
}

/// The anchor that a record is; `None` if netwhy cannot verify with it.
fn anchor(record: &ZoneRecord) -> Result<Option<(Name, DS)>, AnchorError> {
    let refused = |expected, found| AnchorError::Record {
        line: record.line,
        expected,
        found,
    };
    if record.class != RecordClass::IN {
        return Err(refused("the class IN", record.class.to_string()));
    }
    let owner = Name::read(&mut BinDecoder::new(record.owner.wire()))
        .map_err(|_| refused("an owner name", record.owner.to_string()))?;
    let signer = match (RecordType::from(record.record_type.0), &record.rdata[..]) {
        (RecordType::DS, &[high, low, algorithm, digest_type, ref digest @ ..]) => {
            let tag = u16::from_be_bytes([high, low]);
            let (algorithm, digest_type) = (Algorithm::from_u8(algorithm), digest_type.into());
            checked_signer(DS::new(tag, algorithm, digest_type, digest.to_vec())).map_err(
                |bytes| refused("a digest of its type's length", format!("{bytes} bytes")),
            )?
        }
        (RecordType::DNSKEY, &[high, low, 3, algorithm, ref material @ ..]) => {
            let algorithm = Algorithm::from_u8(algorithm);
            let material = PublicKeyBuf::new(material.to_vec(), algorithm);
            let key = DNSKEY::with_flags(u16::from_be_bytes([high, low]), material);
            let usable = key_defect(&key).is_none();
            usable.then(|| signer_of(&owner, &key)).flatten()
        }
        (RecordType::DNSKEY, &[_, _, protocol, ..]) => {
            return Err(refused("protocol 3", protocol.to_string()));
        }
        _ => return Err(refused("DS or DNSKEY", record.record_type.to_string())),
    };
    Ok(signer.map(|signer| (owner, signer)))
}

/// The record if it can be verified with, or the length of a digest that is none.
fn checked_signer(ds: DS) -> Result<Option<DS>, usize> {
    let length = match ds.digest_type() {
        DigestType::SHA1 => 20,
        DigestType::SHA256 => 32,
        DigestType::SHA384 => 48,
        _ => return Ok(None),
    };
    if ds.digest().len() != length {
        return Err(ds.digest().len());
    }
    Ok(ds.algorithm().is_supported().then_some(ds))
}

/// The DS record of a key: it vouches for that key and no other.
fn signer_of(owner: &Name, key: &DNSKEY) -> Option<DS> {
    let digest = key.to_digest(owner, DigestType::SHA256).ok()?;
    Some(DS::new(
        key.calculate_key_tag().ok()?,
        key.public_key().algorithm(),
        DigestType::SHA256,
        digest.as_ref().to_vec(),
    ))
}

#[cfg(test)]
mod tests;
