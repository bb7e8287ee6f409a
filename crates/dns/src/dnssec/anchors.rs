//! Trust anchors: the root's, built in, and those of a file.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hickory_proto::dnssec::rdata::{DNSKEY, DS};
use hickory_proto::dnssec::{DigestType, PublicKeyBuf};
use hickory_proto::rr::Name;

use super::algorithm::{key_defect, parse_algorithm, parse_digest};
use super::record::absolute;
use super::zone_file::{Entry, entries};

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
    /// A line that is not understood.
    #[error("line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Which one, from 1.
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
    /// A line that is something else, or no record that can be used.
    pub fn parse(text: &str) -> Result<Self, AnchorError> {
        let entries = entries(text).map_err(|unbalanced| AnchorError::Line {
            line: unbalanced.line,
            expected: "balanced parentheses",
            found: unbalanced.found.to_string(),
        })?;
        let mut origin = Name::root();
        let mut owner = None;
        let mut records = 0;
        let mut anchors = Vec::new();
        for entry in &entries {
            let mut words = Words::new(entry);
            match entry.words.first() {
                Some(word) if word.eq_ignore_ascii_case("$ORIGIN") => {
                    words.next("$ORIGIN")?;
                    origin = words.name("the new origin, an absolute name", &origin)?;
                    words.end()?;
                    continue;
                }
                Some(word) if word.eq_ignore_ascii_case("$TTL") => {
                    words.next("$TTL")?;
                    words.next("a TTL")?;
                    words.end()?;
                    continue;
                }
                _ => {}
            }
            if !entry.indented {
                owner = Some(words.name("an owner name", &origin)?);
            }
            let owner = owner.clone().ok_or_else(|| {
                words.error("an owner name at the start of the line", "white space")
            })?;
            records += 1;
            if let Some(signer) = words.record(&owner)? {
                anchors.push((owner, signer));
            }
        }
        match (anchors.is_empty(), records) {
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

/// The words of an entry, taken one by one.
struct Words<'entry> {
    line: usize,
    rest: &'entry [&'entry str],
}

impl<'entry> Words<'entry> {
    fn new(entry: &'entry Entry<'_>) -> Self {
        Self {
            line: entry.line,
            rest: &entry.words,
        }
    }

    fn error(&self, expected: &'static str, found: &str) -> AnchorError {
        AnchorError::Line {
            line: self.line,
            expected,
            found: found.chars().take(80).collect(),
        }
    }

    fn next(&mut self, expected: &'static str) -> Result<&'entry str, AnchorError> {
        let (word, rest) = self
            .rest
            .split_first()
            .ok_or_else(|| self.error(expected, "the end of the record"))?;
        self.rest = rest;
        Ok(word)
    }

    fn parsed<T>(
        &mut self,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, AnchorError> {
        let word = self.next(expected)?;
        parse(word).ok_or_else(|| self.error(expected, word))
    }

    fn name(&mut self, expected: &'static str, origin: &Name) -> Result<Name, AnchorError> {
        self.parsed(expected, |word| match word {
            "@" => Some(origin.clone()),
            _ => Name::parse(word, Some(origin)).ok(),
        })
    }

    fn end(&self) -> Result<(), AnchorError> {
        match self.rest.first() {
            Some(word) => Err(self.error("the end of the record", word)),
            None => Ok(()),
        }
    }

    /// The rest of the words as one piece of hex or base64.
    fn blob(
        &mut self,
        expected: &'static str,
        decode: impl Fn(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, AnchorError> {
        let text = self.rest.concat();
        self.rest = &[];
        decode(text.as_bytes())
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| {
                let found = if text.is_empty() {
                    "the end of the record"
                } else {
                    &text
                };
                self.error(expected, found)
            })
    }

    /// What follows the owner: TTL and class, in any order, then the type and its data. `None`: of no use.
    fn record(&mut self, owner: &Name) -> Result<Option<DS>, AnchorError> {
        loop {
            let word = self.next("DS or DNSKEY")?;
            if word.eq_ignore_ascii_case("DS") {
                return self.ds();
            }
            if word.eq_ignore_ascii_case("DNSKEY") {
                return self.dnskey(owner);
            }
            let is_ttl = word.starts_with(|first: char| first.is_ascii_digit())
                && word.chars().all(|letter| letter.is_ascii_alphanumeric());
            if !is_ttl && !word.eq_ignore_ascii_case("IN") {
                return Err(self.error("a TTL, the class IN, or the type DS or DNSKEY", word));
            }
        }
    }

    fn ds(&mut self) -> Result<Option<DS>, AnchorError> {
        let tag = self.parsed("a key tag, 0 to 65535", |word| word.parse().ok())?;
        let algorithm = self.parsed("an algorithm, for instance 8", parse_algorithm)?;
        let digest_type = self.parsed("a digest type, for instance 2", parse_digest)?;
        let digest = self.blob("the digest in hex", |text| {
            HEXLOWER_PERMISSIVE.decode(text).ok()
        })?;
        let expected = match digest_type {
            DigestType::SHA1 => 20,
            DigestType::SHA256 => 32,
            DigestType::SHA384 => 48,
            _ => digest.len(),
        };
        if digest.len() != expected {
            let found = format!("{} bytes", digest.len());
            return Err(self.error("a digest of its type's length", &found));
        }
        let usable = algorithm.is_supported() && digest_type.is_supported();
        Ok(usable.then(|| DS::new(tag, algorithm, digest_type, digest)))
    }

    fn dnskey(&mut self, owner: &Name) -> Result<Option<DS>, AnchorError> {
        let flags = self.parsed("the flags, for instance 257", |word| word.parse().ok())?;
        self.parsed("the protocol 3", |word| (word == "3").then_some(()))?;
        let algorithm = self.parsed("an algorithm, for instance 8", parse_algorithm)?;
        let material = self.blob("the key in base64", |text| BASE64.decode(text).ok())?;
        let key = DNSKEY::with_flags(flags, PublicKeyBuf::new(material, algorithm));
        if key_defect(&key).is_some() {
            return Ok(None);
        }
        Ok(signer_of(owner, &key))
    }
}

/// The DS record of a key: it vouches for that key and no other.
fn signer_of(owner: &Name, key: &DNSKEY) -> Option<DS> {
    let digest = key.to_digest(owner, DigestType::SHA256).ok()?;
    Some(DS::new(
        key.calculate_key_tag().ok()?,
        hickory_proto::dnssec::PublicKey::algorithm(key.public_key()),
        DigestType::SHA256,
        digest.as_ref().to_vec(),
    ))
}

#[cfg(test)]
mod tests;
