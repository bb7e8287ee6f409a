//! RDATA between wire bytes and the text of a zone file, as dig prints it.
//!
//! # Layout
//!
//! | module | job |
//! |---|---|
//! | `layout` | which fields each record type is made of: one table for both directions |
//! | `to_text`, `from_text` | the fields, read and written |
//! | `words` | text cut into words: comments, quotes, parentheses |
//! | `strings` | character strings and their escapes |
//! | `type_bitmap`, `location`, `service`, `gateway`, `address_prefix` | the fields with a form of their own |
//!
//! What leaves is printable ASCII, whatever the bytes were. A type without a form, and RDATA that breaks its form, are
//! written as `\# length hex` ([RFC 3597 §5](https://www.rfc-editor.org/rfc/rfc3597#section-5)).

mod address_prefix;
mod from_text;
mod gateway;
mod layout;
mod location;
mod service;
mod strings;
mod to_text;
mod type_bitmap;
pub(crate) mod words;

use thiserror::Error;

pub(crate) use from_text::from_words;
pub(crate) use to_text::{generic, to_text};

use crate::mnemonic::{RecordClass, RecordType};
use crate::name::{DomainName, NameError};

/// Why a text is no data of its record type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PresentationError {
    /// A word is not what belongs in its place.
    #[error("\"{given}\" stands where {expected} is expected")]
    Unexpected {
        /// What was given, escaped.
        given: String,
        /// What belongs there.
        expected: String,
    },
    /// The text ends too early.
    #[error("the entry ends where {expected} is expected")]
    Missing {
        /// What belongs there.
        expected: String,
    },
    /// The text goes on after the data.
    #[error("\"{given}\" follows data that is complete")]
    Superfluous {
        /// The first word too many, escaped.
        given: String,
    },
    /// The data is longer than a record can hold.
    #[error("the data takes {octets} octets; a record holds at most 65535")]
    TooLong {
        /// Octets of the data.
        octets: usize,
    },
    /// A quotation or parenthesis does not end, or ends without a beginning.
    #[error("{what}")]
    Unbalanced {
        /// Which, in words.
        what: &'static str,
    },
    /// A domain name is none.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl PresentationError {
    pub(crate) fn unexpected(given: &str, expected: impl Into<String>) -> Self {
        let given: String = given.chars().take(80).collect();
        Self::Unexpected {
            given: netwhy_report::untrusted::escape(&given).into_owned(),
            expected: expected.into(),
        }
    }
}

/// The wire form of RDATA given as text, names uncompressed. Relative names are completed by `origin`.
///
/// # Errors
///
/// What was given and what was expected in its place.
pub fn data_from_text(
    class: RecordClass,
    record_type: RecordType,
    text: &str,
    origin: Option<&DomainName>,
) -> Result<Vec<u8>, PresentationError> {
    let mut lexer = words::Lexer::new(text);
    let entry = lexer.entry()?.unwrap_or_default();
    if let Some(next) = lexer.entry()? {
        let given = next.words.first().map_or("", |word| &word.text);
        return Err(PresentationError::Superfluous {
            given: netwhy_report::untrusted::escape(given).into_owned(),
        });
    }
    from_words(class, record_type, &entry.words, origin)
}

#[cfg(test)]
mod tests;
