//! A small reader of zone files, for root hints and trust anchors: `$ORIGIN`, `$TTL`, `@`, relative names, owners, TTLs
//! and classes left out ([RFC 1035 §5](https://www.rfc-editor.org/rfc/rfc1035#section-5),
//! [RFC 2308 §4](https://www.rfc-editor.org/rfc/rfc2308#section-4)). `$INCLUDE` is refused: one file is one text.

use thiserror::Error;

use crate::mnemonic::{RecordClass, RecordType};
use crate::name::DomainName;
use crate::presentation::words::{Entry, Lexer, Word};
use crate::presentation::{PresentationError, from_words};

/// One record of a zone file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneRecord {
    /// The owner.
    pub owner: DomainName,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// The class.
    pub class: RecordClass,
    /// The type.
    pub record_type: RecordType,
    /// The data in wire form, names uncompressed.
    pub rdata: Vec<u8>,
    /// The line on which it begins, from 1.
    pub line: usize,
}

/// Where a zone file breaks its format, and how.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {error}")]
pub struct ZoneFileError {
    /// The line on which the entry begins, from 1.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub error: PresentationError,
}

/// Reads every record of a zone file. `origin` completes relative names until a `$ORIGIN` does; a TTL that was never
/// given is 0, a class IN.
///
/// # Errors
///
/// The first entry that is not understood.
pub fn read_zone_file(
    text: &str,
    origin: Option<&DomainName>,
) -> Result<Vec<ZoneRecord>, ZoneFileError> {
    let mut lexer = Lexer::new(text);
    let mut zone = Zone {
        origin: origin.cloned(),
        ..Zone::default()
    };
    loop {
        let entry = lexer.entry();
        let line = lexer.entry_line;
        let failed = |error| ZoneFileError { line, error };
        match entry.map_err(failed)? {
            Some(entry) => zone.take(&entry, line).map_err(failed)?,
            None => return Ok(zone.records),
        }
    }
}

/// What one entry leaves for the next.
#[derive(Default)]
struct Zone {
    origin: Option<DomainName>,
    owner: Option<DomainName>,
    /// What `$TTL` said.
    default_ttl: Option<u32>,
    last_ttl: Option<u32>,
    class: Option<RecordClass>,
    records: Vec<ZoneRecord>,
}

impl Zone {
    fn take(&mut self, entry: &Entry, line: usize) -> Result<(), PresentationError> {
        let Some((first, rest)) = entry.words.split_first() else {
            return Ok(());
        };
        if first.text.starts_with('$') && !first.quoted && !entry.indented {
            return self.direct(&first.text, rest);
        }
        if entry.indented {
            return self.record(&entry.words, line);
        }
        self.owner = Some(match &self.origin {
            Some(origin) if first.text == "@" && !first.quoted => origin.clone(),
            origin => DomainName::parse_relative(&first.text, origin.as_ref())?,
        });
        self.record(rest, line)
    }

    fn direct(&mut self, directive: &str, words: &[Word]) -> Result<(), PresentationError> {
        let expected = match directive.to_ascii_uppercase().as_str() {
            "$ORIGIN" => "one domain name",
            "$TTL" => "one TTL",
            _ => {
                let expected = "$ORIGIN, $TTL or a record";
                return Err(PresentationError::unexpected(directive, expected));
            }
        };
        let word = match words {
            [] => {
                return Err(PresentationError::Missing {
                    expected: expected.to_owned(),
                });
            }
            [word] => word,
            [_, second, ..] => {
                let expected = format!("{expected} and nothing more");
                return Err(PresentationError::unexpected(&second.text, expected));
            }
        };
        if expected == "one TTL" {
            let ttl = ttl(&word.text);
            self.default_ttl =
                Some(ttl.ok_or_else(|| PresentationError::unexpected(&word.text, expected))?);
        } else {
            let origin = DomainName::parse_relative(&word.text, self.origin.as_ref())?;
            self.origin = Some(origin);
        }
        Ok(())
    }

    /// TTL and class come in either order, each at most once.
    fn record(&mut self, words: &[Word], line: usize) -> Result<(), PresentationError> {
        let mut rest = words;
        let (mut own_ttl, mut class) = (None, None);
        let expected = "a record type (or a TTL or class before it)";
        let record_type = loop {
            let Some((word, after)) = rest.split_first() else {
                return Err(PresentationError::Missing {
                    expected: expected.to_owned(),
                });
            };
            rest = after;
            let as_ttl = ttl(&word.text).filter(|_| own_ttl.is_none());
            // ANY is no class of a record, and it is a type.
            let as_class = word.text.parse::<RecordClass>().ok();
            let as_class = as_class.filter(|found| class.is_none() && found.0 != 255);
            match (as_ttl, as_class) {
                (Some(ttl), _) => own_ttl = Some(ttl),
                (None, Some(found)) => class = Some(found),
                (None, None) => {
                    let found = word.text.parse::<RecordType>();
                    break found
                        .map_err(|_| PresentationError::unexpected(&word.text, expected))?;
                }
            }
        };
        let owner = self
            .owner
            .clone()
            .ok_or_else(|| PresentationError::Missing {
                expected: "an owner, as no entry before names one".to_owned(),
            })?;
        let class = class.or(self.class).unwrap_or(RecordClass::IN);
        let ttl = own_ttl.or(self.default_ttl).or(self.last_ttl).unwrap_or(0);
        let rdata = from_words(class, record_type, rest, self.origin.as_ref())?;
        self.class = Some(class);
        self.last_ttl = Some(ttl);
        self.records.push(ZoneRecord {
            owner,
            ttl,
            class,
            record_type,
            rdata,
            line,
        });
        Ok(())
    }
}

/// Seconds, or numbers with units as in `1h30m`.
fn ttl(text: &str) -> Option<u32> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let mut total: u32 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let unit = match rest.as_bytes()[digits].to_ascii_lowercase() {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        let count: u32 = rest[..digits].parse().ok()?;
        total = total.checked_add(count.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    Some(total)
}

#[cfg(test)]
mod tests;
