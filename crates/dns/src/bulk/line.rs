//! A line of input as a question: `NAME`, `NAME TYPE`, or an address for its PTR record.

use std::net::IpAddr;

use netwhy_report::Untrusted;

use super::BulkOptions;
use crate::mnemonic::RecordType;
use crate::name::DomainName;

/// A line as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes, without the line break.
    pub text: Vec<u8>,
}

/// Bytes kept of a line that is no question.
const SHOWN: usize = 1024;

/// What a line asks.
#[derive(Debug)]
pub(super) enum Asked {
    /// Nothing: it is blank or a comment, as with `dig -f`.
    Nothing,
    Question(DomainName, RecordType),
    /// It is no question: the line as given, and why.
    Rejected(Untrusted, String),
}

impl Line {
    pub(super) fn read(&self, options: &BulkOptions) -> Asked {
        let text = self.text.trim_ascii();
        if text.is_empty() || text.starts_with(b"#") || text.starts_with(b";") {
            return Asked::Nothing;
        }
        match question(text, options) {
            Ok((name, record_type)) => Asked::Question(name, record_type),
            Err(reason) => Asked::Rejected(Untrusted::new(&text[..text.len().min(SHOWN)]), reason),
        }
    }
}

fn question(text: &[u8], options: &BulkOptions) -> Result<(DomainName, RecordType), String> {
    let text = std::str::from_utf8(text).map_err(|_| "the line is not UTF-8".to_owned())?;
    let mut words = text.split_ascii_whitespace();
    let name = words.next().unwrap_or_default();
    let record_type: Option<RecordType> = words
        .next()
        .map(str::parse)
        .transpose()
        .map_err(|error: crate::mnemonic::UnknownMnemonic| error.to_string())?;
    if words.next().is_some() {
        return Err("more than a name and a type stand on the line".to_owned());
    }
    if let Ok(address) = name.parse::<IpAddr>() {
        let pointer = RecordType(12);
        return Ok((DomainName::reverse(address), record_type.unwrap_or(pointer)));
    }
    let name = DomainName::parse(name).map_err(|error| error.to_string())?;
    Ok((name, record_type.unwrap_or(options.record_type)))
}
