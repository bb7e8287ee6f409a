//! Domain names: wire octets, presentation form with decimal escapes, and what people type (U-labels, escapes).

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use netwhy_report::untrusted::escape;
use thiserror::Error;

/// Octets of a name on the wire, length octets and root included ([RFC 1035 §2.3.4](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4)).
pub(crate) const NAME_OCTETS: usize = 255;

/// Octets of one label.
const LABEL_OCTETS: usize = 63;

/// An absolute domain name. Its letters keep their case; [`DomainName::matches`] compares without it.
///
/// `Display` gives the presentation form ([RFC 1035 §5.1](https://www.rfc-editor.org/rfc/rfc1035#section-5.1)) with the
/// trailing dot: printable ASCII only, whatever the octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName {
    wire: Vec<u8>,
}

/// Why a text is no domain name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Two dots meet, a dot leads, or nothing was given.
    #[error(
        "\"{name}\" has an empty label; labels have 1 to 63 octets, and a lone \".\" is the root"
    )]
    EmptyLabel {
        /// What was given, escaped.
        name: String,
    },
    /// A label is too long.
    #[error("the label \"{label}\" has {octets} octets; at most 63 are allowed (RFC 1035 §2.3.4)")]
    LabelTooLong {
        /// The label, escaped.
        label: String,
        /// Its octets, after IDNA.
        octets: usize,
    },
    /// The whole is too long.
    #[error(
        "the name takes {octets} octets on the wire; at most 255 are allowed, 253 characters without escapes (RFC 1035 §2.3.4)"
    )]
    TooLong {
        /// Octets on the wire.
        octets: usize,
    },
    /// A backslash is not followed by what may follow it.
    #[error(
        "\"{given}\" is no escape; expected \\DDD with a decimal number up to 255, or \\X with any other character"
    )]
    BadEscape {
        /// The escape, escaped.
        given: String,
    },
    /// A label beyond ASCII is not valid under IDNA.
    #[error("the label \"{label}\" is no internationalised label (UTS #46)")]
    Idna {
        /// The label, escaped.
        label: String,
    },
    /// A relative name where nothing completes it.
    #[error("\"{name}\" is relative and no $ORIGIN was given; end it with a dot")]
    NoOrigin {
        /// What was given, escaped.
        name: String,
    },
}

impl DomainName {
    /// The root.
    #[must_use]
    pub fn root() -> Self {
        Self { wire: vec![0] }
    }

    /// Reads what a person typed, as an absolute name with or without its trailing dot. `\DDD` and `\X` are understood;
    /// labels beyond ASCII become A-labels.
    ///
    /// # Errors
    ///
    /// An empty or over-long label, an over-long name, a bad escape, a label that IDNA does not allow.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (labels, _) = labels(text)?;
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }

    /// Reads a name of a zone file: a relative one is completed by `origin`.
    ///
    /// # Errors
    ///
    /// Those of [`DomainName::parse`], and a relative name without an origin.
    pub fn parse_relative(text: &str, origin: Option<&Self>) -> Result<Self, NameError> {
        let (labels, absolute) = labels(text)?;
        let own = labels.iter().map(Vec::as_slice);
        match origin {
            _ if absolute => Self::from_labels(own),
            Some(origin) => Self::from_labels(own.chain(origin.labels())),
            None => Err(NameError::NoOrigin {
                name: escape(text).into_owned(),
            }),
        }
    }

    /// The name under which an address's PTR record stands: below in-addr.arpa
    /// ([RFC 1035 §3.5](https://www.rfc-editor.org/rfc/rfc1035#section-3.5)) or ip6.arpa
    /// ([RFC 3596 §2.5](https://www.rfc-editor.org/rfc/rfc3596#section-2.5)).
    #[must_use]
    pub fn reverse(address: IpAddr) -> Self {
        let mut labels: Vec<String> = match address {
            IpAddr::V4(address) => address.octets().iter().map(ToString::to_string).collect(),
            IpAddr::V6(address) => address
                .octets()
                .iter()
                .flat_map(|octet| [format!("{:x}", octet >> 4), format!("{:x}", octet & 15)])
                .collect(),
        };
        labels.reverse();
        let parent = if address.is_ipv4() { "in-addr" } else { "ip6" };
        labels.extend([parent.to_owned(), "arpa".to_owned()]);
        let mut wire = Vec::with_capacity(74);
        for label in &labels {
            push_label(&mut wire, label.as_bytes());
        }
        wire.push(0);
        Self { wire }
    }

    /// The octets on the wire, uncompressed.
    #[must_use]
    pub fn wire(&self) -> &[u8] {
        &self.wire
    }

    /// The labels from the left, without the root.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.wire.as_slice();
        std::iter::from_fn(move || {
            let (&length, after) = rest.split_first()?;
            let (label, after) = after.split_at_checked(usize::from(length))?;
            rest = after;
            (length > 0).then_some(label)
        })
    }

    /// Whether it is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.wire.len() == 1
    }

    /// Whether both are the same name; the case of ASCII letters does not count ([RFC 4343](https://www.rfc-editor.org/rfc/rfc4343)).
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        // Length octets are at most 63, below every letter: comparing the whole wire form without case is safe.
        self.wire.eq_ignore_ascii_case(&other.wire)
    }

    /// The name with the case of its letters set by random bits, one for each octet: a reply that returns the same case
    /// comes from someone who saw the query. 32 octets are enough for any name.
    #[must_use]
    pub fn with_mixed_case(&self, random: [u8; 32]) -> Self {
        let mut wire = self.wire.clone();
        for (index, octet) in wire.iter_mut().enumerate() {
            let upper = random[index / 8 % 32] >> (index % 8) & 1 == 1;
            *octet = if upper {
                octet.to_ascii_uppercase()
            } else {
                octet.to_ascii_lowercase()
            };
        }
        Self { wire }
    }

    /// Takes octets that a reader has already checked: labels of at most 63 octets, the root's at the end, 255 in all.
    pub(crate) fn from_checked_wire(wire: Vec<u8>) -> Self {
        Self { wire }
    }

    fn from_labels<'label>(labels: impl Iterator<Item = &'label [u8]>) -> Result<Self, NameError> {
        let mut wire = Vec::new();
        for label in labels {
            push_label(&mut wire, label);
        }
        wire.push(0);
        if wire.len() > NAME_OCTETS {
            return Err(NameError::TooLong { octets: wire.len() });
        }
        Ok(Self { wire })
    }
}

impl From<&hickory_proto::rr::Name> for DomainName {
    /// hickory's own text escapes in octal; this type's is what zone files and dig use.
    fn from(name: &hickory_proto::rr::Name) -> Self {
        let mut wire = Vec::with_capacity(name.len() + 1);
        for label in name {
            push_label(&mut wire, label);
        }
        wire.push(0);
        Self { wire }
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return formatter.write_str(".");
        }
        for label in self.labels() {
            // Nearly every label is plain, and goes out whole.
            let plain = label
                .iter()
                .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'*'));
            if let (true, Ok(text)) = (plain, std::str::from_utf8(label)) {
                formatter.write_str(text)?;
                formatter.write_str(".")?;
                continue;
            }
            for &octet in label {
                match octet {
                    b'"' | b'$' | b'(' | b')' | b'.' | b';' | b'@' | b'\\' => {
                        write!(formatter, "\\{}", char::from(octet))?;
                    }
                    0x21..=0x7e => formatter.write_char(char::from(octet))?,
                    _ => write!(formatter, "\\{octet:03}")?,
                }
            }
            formatter.write_str(".")?;
        }
        Ok(())
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DomainName({self})")
    }
}

fn push_label(wire: &mut Vec<u8>, label: &[u8]) {
    wire.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
    wire.extend_from_slice(label);
}

/// The labels of a text, and whether it ended with a dot.
fn labels(text: &str) -> Result<(Vec<Vec<u8>>, bool), NameError> {
    if text == "." {
        return Ok((Vec::new(), true));
    }
    let empty = || NameError::EmptyLabel {
        name: escape(text).into_owned(),
    };
    let mut labels = Vec::new();
    let mut label = Label::default();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        rest = match character {
            '\\' => label.unescape(after)?,
            // The three others are what an input method makes of a full stop (UTS #46 §4).
            '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => {
                labels.push(std::mem::take(&mut label).finish()?.ok_or_else(empty)?);
                after
            }
            other => {
                label.push(other);
                after
            }
        };
    }
    match label.finish()? {
        Some(last) => labels.push(last),
        None if labels.is_empty() => return Err(empty()),
        None => return Ok((labels, true)),
    }
    Ok((labels, false))
}

/// One label as it is read.
#[derive(Default)]
struct Label {
    octets: Vec<u8>,
    escaped: bool,
    beyond_ascii: bool,
}

impl Label {
    fn push(&mut self, character: char) {
        self.beyond_ascii |= !character.is_ascii();
        let mut buffer = [0; 4];
        self.octets
            .extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }

    /// Takes one escape, `after` its backslash; gives what follows it.
    fn unescape<'text>(&mut self, after: &'text str) -> Result<&'text str, NameError> {
        let (octets, rest) = unescape(after).ok_or_else(|| NameError::BadEscape {
            given: escape(&format!("\\{}", after.chars().take(3).collect::<String>())).into_owned(),
        })?;
        self.escaped = true;
        self.octets.extend_from_slice(&octets);
        Ok(rest)
    }

    /// The octets, U-labels converted; `None` if there are none.
    fn finish(self) -> Result<Option<Vec<u8>>, NameError> {
        let shown = || escape(&String::from_utf8_lossy(&self.octets)).into_owned();
        let octets = if self.beyond_ascii {
            let converted = std::str::from_utf8(&self.octets)
                .ok()
                .filter(|_| !self.escaped)
                .and_then(|label| idna::domain_to_ascii(label).ok())
                .filter(|label| !label.is_empty() && !label.contains('.'));
            let converted = converted.ok_or_else(|| NameError::Idna { label: shown() })?;
            converted.into_bytes()
        } else {
            self.octets.clone()
        };
        if octets.len() > LABEL_OCTETS {
            return Err(NameError::LabelTooLong {
                label: shown(),
                octets: octets.len(),
            });
        }
        Ok(Some(octets).filter(|octets| !octets.is_empty()))
    }
}

/// Reads one escape, `after` its backslash: its octets, and what follows.
pub(crate) fn unescape(after: &str) -> Option<(Vec<u8>, &str)> {
    let first = after.chars().next()?;
    if !first.is_ascii_digit() {
        let (character, rest) = after.split_at(first.len_utf8());
        return Some((character.as_bytes().to_vec(), rest));
    }
    let (digits, rest) = after.split_at_checked(3)?;
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some((vec![digits.parse().ok()?], rest))
}

#[cfg(test)]
mod tests;
