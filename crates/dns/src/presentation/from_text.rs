//! RDATA from text.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXUPPER_PERMISSIVE};
use jiff::civil::DateTime;

use crate::mnemonic::{RecordClass, RecordType};
use crate::name::DomainName;
use crate::presentation::layout::{ALGORITHMS, CERTIFICATE_TYPES, Field, layout};
use crate::presentation::strings::{counted, unquoted};
use crate::presentation::words::{Word, Words};
use crate::presentation::{
    PresentationError, address_prefix, gateway, location, service, type_bitmap,
};

/// The wire form of the data that these words give; names stay uncompressed.
pub(crate) fn from_words(
    class: RecordClass,
    record_type: RecordType,
    words: &[Word],
    origin: Option<&DomainName>,
) -> Result<Vec<u8>, PresentationError> {
    let mut words = Words::new(words);
    let mut out = Vec::new();
    match layout(class, record_type) {
        Some(fields) if !is_generic(words.peek()) => {
            for field in fields {
                write(*field, &mut words, origin, &mut out)?;
            }
        }
        _ => generic(&mut words, &mut out)?,
    }
    words.finish()?;
    if out.len() > usize::from(u16::MAX) {
        return Err(PresentationError::TooLong { octets: out.len() });
    }
    Ok(out)
}

fn is_generic(first: Option<&Word>) -> bool {
    first.is_some_and(|word| !word.quoted && word.text == "\\#")
}

fn generic(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let expected = "\\#, the length and the data in hex (RFC 3597), as the type has no other form,";
    let first = words.next(expected)?;
    if !is_generic(Some(first)) {
        return Err(PresentationError::unexpected(&first.text, expected));
    }
    let length = words.number(u32::from(u16::MAX))?;
    let hex = words.joined();
    *out = hex_bytes(&hex)?;
    if u32::try_from(out.len()) != Ok(length) {
        let expected = format!("hex of {length} bytes");
        return Err(PresentationError::unexpected(&hex, expected));
    }
    Ok(())
}

fn write(
    field: Field,
    words: &mut Words<'_>,
    origin: Option<&DomainName>,
    out: &mut Vec<u8>,
) -> Result<(), PresentationError> {
    match field {
        Field::Name => out.extend(name(words, origin)?.wire()),
        Field::Names => {
            while words.peek().is_some() {
                out.extend(name(words, origin)?.wire());
            }
        }
        Field::U8 => push_u8(words.number(255)?, out),
        Field::U16 => push_u16(words.number(65_535)?, out),
        Field::U32 => out.extend(words.number(u32::MAX)?.to_be_bytes()),
        Field::Ipv4 => out.extend(parsed::<Ipv4Addr>(words, "an IPv4 address")?.octets()),
        Field::Ipv6 => out.extend(parsed::<Ipv6Addr>(words, "an IPv6 address")?.octets()),
        Field::Text => counted(&words.next("a character string")?.text, out)?,
        Field::OptionalText if words.peek().is_none() => {}
        Field::OptionalText => counted(&words.next("a character string")?.text, out)?,
        Field::Texts => {
            counted(&words.next("a character string")?.text, out)?;
            while let Some(word) = words.peek() {
                counted(&word.text, out)?;
                words.next("a character string")?;
            }
        }
        Field::LongText => out.extend(unquoted(&words.next("a quoted string")?.text)?),
        Field::Tag => {
            let expected = "a property tag of letters and digits";
            let word = words.next(expected)?;
            if word.text.is_empty() || !word.text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(PresentationError::unexpected(&word.text, expected));
            }
            counted(&word.text, out)?;
        }
        Field::Hex => out.extend(some_hex(words)?),
        Field::PrefixedHex => {
            let expected = "hex behind 0x";
            let word = words.next(expected)?;
            let hex = word.text.strip_prefix("0x").filter(|hex| !hex.is_empty());
            let hex = hex.ok_or_else(|| PresentationError::unexpected(&word.text, expected))?;
            out.extend(hex_bytes(&hex.replace('.', ""))?);
        }
        Field::Base64 => out.extend(base64_bytes(&words.joined())?),
        Field::CountedHex => {
            let word = words.next("hex, or - for none")?;
            let hex = if word.text == "-" { "" } else { &word.text };
            push_counted(&hex_bytes(hex)?, &word.text, out)?;
        }
        Field::CountedBase32 => {
            let expected = "a hash in base32 with the extended hex alphabet";
            let word = words.next(expected)?;
            let hash = BASE32HEX_NOPAD.decode(word.text.to_ascii_uppercase().as_bytes());
            let hash = hash.ok().filter(|hash| !hash.is_empty());
            let hash = hash.ok_or_else(|| PresentationError::unexpected(&word.text, expected))?;
            push_counted(&hash, &word.text, out)?;
        }
        Field::Type => {
            let record_type: RecordType = parsed(words, "a record type")?;
            out.extend(record_type.0.to_be_bytes());
        }
        Field::Time => out.extend(time(words)?.to_be_bytes()),
        Field::CertificateType => push_u16(mnemonic(words, CERTIFICATE_TYPES, 65_535)?, out),
        Field::AlgorithmName => push_u8(mnemonic(words, ALGORITHMS, 255)?, out),
        Field::Eui48 => out.extend(separated(words, '-', 6, 2)?),
        Field::Eui64 => out.extend(separated(words, '-', 8, 2)?),
        Field::Locator64 => out.extend(separated(words, ':', 4, 4)?),
        Field::TypeBitmap => type_bitmap::write(words, out)?,
        Field::Location => location::write(words, out)?,
        Field::AddressPrefixes => address_prefix::write(words, out)?,
        Field::ServiceParameters => service::write(words, out)?,
        Field::Gateway => {
            let (kind, algorithm) = (words.number(3)?, words.number(255)?);
            push_u8(kind, out);
            push_u8(algorithm, out);
            gateway::write(kind, words, origin, out)?;
        }
        Field::Relay => {
            let (discovery, kind) = (words.number(1)?, words.number(3)?);
            push_u8(discovery << 7 | kind, out);
            gateway::write(kind, words, origin, out)?;
        }
        Field::HostIdentity => host_identity(words, out)?,
    }
    Ok(())
}

fn name(
    words: &mut Words<'_>,
    origin: Option<&DomainName>,
) -> Result<DomainName, PresentationError> {
    let word = words.next("a domain name")?;
    match origin {
        Some(origin) if word.text == "@" && !word.quoted => Ok(origin.clone()),
        _ => Ok(DomainName::parse_relative(&word.text, origin)?),
    }
}

fn parsed<T: FromStr>(words: &mut Words<'_>, expected: &str) -> Result<T, PresentationError> {
    let word = words.next(expected)?;
    word.text
        .parse()
        .map_err(|_| PresentationError::unexpected(&word.text, expected))
}

fn push_u8(number: u32, out: &mut Vec<u8>) {
    out.extend(number.to_be_bytes().last());
}

fn push_u16(number: u32, out: &mut Vec<u8>) {
    out.extend(&number.to_be_bytes()[2..]);
}

fn push_counted(bytes: &[u8], given: &str, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let count = u8::try_from(bytes.len());
    out.push(count.map_err(|_| PresentationError::unexpected(given, "at most 255 bytes"))?);
    out.extend_from_slice(bytes);
    Ok(())
}

fn some_hex(words: &mut Words<'_>) -> Result<Vec<u8>, PresentationError> {
    let hex = words.joined();
    if hex.is_empty() {
        return Err(PresentationError::Missing {
            expected: "hex".to_owned(),
        });
    }
    hex_bytes(&hex)
}

fn hex_bytes(hex: &str) -> Result<Vec<u8>, PresentationError> {
    HEXUPPER_PERMISSIVE
        .decode(hex.as_bytes())
        .map_err(|_| PresentationError::unexpected(hex, "an even number of hex digits"))
}

fn base64_bytes(text: &str) -> Result<Vec<u8>, PresentationError> {
    BASE64
        .decode(text.as_bytes())
        .map_err(|_| PresentationError::unexpected(text, "base64"))
}

/// `YYYYMMDDHHMMSS`, or seconds since 1970 where it is shorter ([RFC 4034 §3.2](https://www.rfc-editor.org/rfc/rfc4034#section-3.2)).
fn time(words: &mut Words<'_>) -> Result<u32, PresentationError> {
    let expected = "a time as YYYYMMDDHHMMSS, from 1970 to 2106";
    let word = words.next(expected)?;
    let calendar = || {
        let time = DateTime::strptime("%Y%m%d%H%M%S", &word.text).ok()?;
        let time = jiff::tz::Offset::UTC.to_timestamp(time).ok()?;
        u32::try_from(time.as_second()).ok()
    };
    let digits = word.text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = match word.text.len() {
        _ if !digits => None,
        14 => calendar(),
        _ => word.text.parse().ok(),
    };
    seconds.ok_or_else(|| PresentationError::unexpected(&word.text, expected))
}

fn mnemonic(
    words: &mut Words<'_>,
    known: &[(u16, &str)],
    limit: u32,
) -> Result<u32, PresentationError> {
    let named = words.peek().and_then(|word| {
        let found = known
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(&word.text));
        found.map(|(number, _)| u32::from(*number))
    });
    match named {
        Some(number) => words.next("a mnemonic").map(|_| number),
        None => words.number(limit),
    }
}

/// `count` groups of hex digits, `digits` at most in each.
fn separated(
    words: &mut Words<'_>,
    separator: char,
    count: usize,
    digits: usize,
) -> Result<Vec<u8>, PresentationError> {
    let expected = format!("{count} groups of up to {digits} hex digits, joined by {separator}");
    let word = words.next(&expected)?;
    let groups: Vec<&str> = word.text.split(separator).collect();
    let fits = |group: &&str| !group.is_empty() && group.len() <= digits;
    if groups.len() != count || !groups.iter().all(fits) {
        return Err(PresentationError::unexpected(&word.text, expected));
    }
    let hex: String = groups
        .iter()
        .map(|group| format!("{group:0>digits$}"))
        .collect();
    hex_bytes(&hex)
}

fn host_identity(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let algorithm = words.number(255)?;
    let tag = words.next("the host identity tag in hex")?;
    let tag_bytes = hex_bytes(&tag.text)?;
    let key = words.next("the host's key in base64")?;
    let key_bytes = base64_bytes(&key.text)?;
    let tag_length = u8::try_from(tag_bytes.len())
        .ok()
        .filter(|length| *length > 0);
    let key_length = u16::try_from(key_bytes.len())
        .ok()
        .filter(|length| *length > 0);
    let expected = "a tag of 1 to 255 bytes";
    out.push(tag_length.ok_or_else(|| PresentationError::unexpected(&tag.text, expected))?);
    push_u8(algorithm, out);
    let expected = "a key of 1 to 65535 bytes";
    let key_length =
        key_length.ok_or_else(|| PresentationError::unexpected(&key.text, expected))?;
    out.extend(key_length.to_be_bytes());
    out.extend(tag_bytes);
    out.extend(key_bytes);
    Ok(())
}
