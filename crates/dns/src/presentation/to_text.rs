//! RDATA as text.

use std::net::{Ipv4Addr, Ipv6Addr};

use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXLOWER, HEXUPPER};

use crate::mnemonic::{RecordClass, RecordType};
use crate::presentation::layout::{ALGORITHMS, CERTIFICATE_TYPES, Field, layout};
use crate::presentation::{
    address_prefix, gateway, location, service, strings::quoted, type_bitmap,
};
use crate::wire::{Malformed, Reader};

/// After so many characters dig cuts hex and base64 by a blank.
const CHUNK: usize = 56;

/// The text of one record's data; `rdata` reads that data alone. A type without a form gets the generic one.
pub(crate) fn to_text(
    class: RecordClass,
    record_type: RecordType,
    rdata: &Reader<'_>,
) -> Result<String, Malformed> {
    let mut rdata = rdata.clone();
    let Some(fields) = layout(class, record_type) else {
        return Ok(generic(rdata.rest()));
    };
    let mut text = String::new();
    for field in fields {
        for word in words(*field, &mut rdata)? {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
        }
    }
    if !rdata.is_empty() {
        let left = rdata.remaining();
        return Err(rdata.fault(format!("{left} bytes follow data that is complete")));
    }
    Ok(text)
}

/// The form for data of unknown structure ([RFC 3597 §5](https://www.rfc-editor.org/rfc/rfc3597#section-5)).
pub(crate) fn generic(rdata: &[u8]) -> String {
    let hex = chunked(&HEXUPPER.encode(rdata));
    let length = rdata.len();
    match hex {
        Some(hex) => format!("\\# {length} {hex}"),
        None => format!("\\# {length}"),
    }
}

/// The words of one field; none where it is absent.
fn words(field: Field, rdata: &mut Reader<'_>) -> Result<Vec<String>, Malformed> {
    let word = match field {
        Field::Names => {
            let mut names = Vec::new();
            while !rdata.is_empty() {
                names.push(rdata.plain_name()?.to_string());
            }
            return Ok(names);
        }
        Field::Texts => {
            let mut texts = vec![quoted(rdata.counted()?)];
            while !rdata.is_empty() {
                texts.push(quoted(rdata.counted()?));
            }
            return Ok(texts);
        }
        Field::OptionalText if rdata.is_empty() => return Ok(Vec::new()),
        Field::TypeBitmap => {
            let types = type_bitmap::read(rdata)?;
            return Ok(types.iter().map(ToString::to_string).collect());
        }
        Field::AddressPrefixes => return address_prefix::read(rdata),
        Field::ServiceParameters => return service::read(rdata),
        Field::Gateway => {
            let (kind, algorithm) = (rdata.u8()?, rdata.u8()?);
            let gateway = gateway::read(kind, rdata)?;
            return Ok(vec![kind.to_string(), algorithm.to_string(), gateway]);
        }
        Field::Relay => {
            let octet = rdata.u8()?;
            let (discovery, kind) = (octet >> 7, octet & 0x7f);
            let relay = gateway::read(kind, rdata)?;
            return Ok(vec![discovery.to_string(), kind.to_string(), relay]);
        }
        Field::HostIdentity => return host_identity(rdata),
        Field::Hex | Field::PrefixedHex if rdata.is_empty() => {
            return Err(rdata.fault("at least one byte more is needed"));
        }
        Field::Hex => {
            return Ok(chunked(&HEXUPPER.encode(rdata.rest()))
                .into_iter()
                .collect());
        }
        Field::Base64 => return Ok(chunked(&BASE64.encode(rdata.rest())).into_iter().collect()),
        Field::PrefixedHex => format!("0x{}", HEXLOWER.encode(rdata.rest())),
        Field::Name => rdata.name()?.to_string(),
        Field::U8 => rdata.u8()?.to_string(),
        Field::U16 => rdata.u16()?.to_string(),
        Field::U32 => rdata.u32()?.to_string(),
        Field::Ipv4 => Ipv4Addr::from(rdata.array()?).to_string(),
        Field::Ipv6 => ipv6(rdata.array()?),
        Field::Text | Field::OptionalText => quoted(rdata.counted()?),
        Field::LongText => quoted(rdata.rest()),
        Field::Tag => tag(rdata)?,
        Field::CountedHex => match rdata.counted()? {
            [] => "-".to_owned(),
            bytes => HEXUPPER.encode(bytes),
        },
        Field::CountedBase32 => match rdata.counted()? {
            [] => return Err(rdata.fault("the hashed name is empty")),
            hash => BASE32HEX_NOPAD.encode(hash),
        },
        Field::Type => RecordType(rdata.u16()?).to_string(),
        Field::Time => time(rdata)?,
        Field::CertificateType => mnemonic(CERTIFICATE_TYPES, rdata.u16()?),
        Field::AlgorithmName => mnemonic(ALGORITHMS, u16::from(rdata.u8()?)),
        Field::Eui48 => hyphenated(rdata.take(6)?),
        Field::Eui64 => hyphenated(rdata.take(8)?),
        Field::Locator64 => {
            let mut groups = Vec::with_capacity(4);
            for _ in 0..4 {
                groups.push(format!("{:x}", rdata.u16()?));
            }
            groups.join(":")
        }
        Field::Location => location::read(rdata)?,
    };
    Ok(vec![word])
}

/// As the C library writes it: an address whose first 96 bits are zero ends in the IPv4 form.
pub(super) fn ipv6(octets: [u8; 16]) -> String {
    match octets {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] if (a, b) != (0, 0) => {
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => Ipv6Addr::from(octets).to_string(),
    }
}

fn tag(rdata: &mut Reader<'_>) -> Result<String, Malformed> {
    let start = rdata.clone();
    let tag = rdata.counted()?;
    if tag.is_empty() || !tag.iter().all(u8::is_ascii_alphanumeric) {
        return Err(start.fault("the property tag is not made of letters and digits"));
    }
    Ok(String::from_utf8_lossy(tag).into_owned())
}

fn time(rdata: &mut Reader<'_>) -> Result<String, Malformed> {
    let start = rdata.clone();
    let seconds = rdata.u32()?;
    let time = jiff::Timestamp::from_second(i64::from(seconds));
    let time = time.map_err(|_| start.fault("a time is beyond the calendar"))?;
    Ok(time.strftime("%Y%m%d%H%M%S").to_string())
}

/// [RFC 8005 §5](https://www.rfc-editor.org/rfc/rfc8005#section-5): the lengths come first, the text does without them.
fn host_identity(rdata: &mut Reader<'_>) -> Result<Vec<String>, Malformed> {
    let tag_length = rdata.u8()?;
    let algorithm = rdata.u8()?;
    let key_length = rdata.u16()?;
    let tag = rdata.take(usize::from(tag_length))?;
    let key = rdata.take(usize::from(key_length))?;
    if tag.is_empty() || key.is_empty() {
        return Err(rdata.fault("a host identity has no tag or no key"));
    }
    Ok(vec![
        algorithm.to_string(),
        HEXUPPER.encode(tag),
        BASE64.encode(key),
    ])
}

fn mnemonic(words: &[(u16, &str)], number: u16) -> String {
    match words.iter().find(|(known, _)| *known == number) {
        Some((_, word)) => (*word).to_owned(),
        None => number.to_string(),
    }
}

fn hyphenated(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| HEXLOWER.encode(&[*byte])).collect();
    pairs.join("-")
}

/// Cuts ASCII text by blanks; `None` if it is empty.
fn chunked(text: &str) -> Option<String> {
    let mut chunks = String::with_capacity(text.len() + text.len() / CHUNK);
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % CHUNK == 0 {
            chunks.push(' ');
        }
        chunks.push(character);
    }
    (!chunks.is_empty()).then_some(chunks)
}
