//! The options of an OPT record ([RFC 6891 §6.1.2](https://www.rfc-editor.org/rfc/rfc6891#section-6.1.2)), read.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use netwhy_report::Untrusted;
use netwhy_report::dns::ExtendedError;
use netwhy_report::dns::message::{EdnsOptionRecord, EdnsRecord};

use crate::registry::extended_error_meaning;
use crate::wire::{Malformed, Reader};

/// NSID ([RFC 5001](https://www.rfc-editor.org/rfc/rfc5001)).
pub(crate) const NSID: u16 = 3;
/// Client subnet ([RFC 7871](https://www.rfc-editor.org/rfc/rfc7871)).
pub(crate) const CLIENT_SUBNET: u16 = 8;
/// Cookie ([RFC 7873](https://www.rfc-editor.org/rfc/rfc7873)).
pub(crate) const COOKIE: u16 = 10;
/// Padding ([RFC 7830](https://www.rfc-editor.org/rfc/rfc7830)).
pub(crate) const PADDING: u16 = 12;
/// Extended error ([RFC 8914 §2](https://www.rfc-editor.org/rfc/rfc8914#section-2)).
pub(crate) const EXTENDED_ERROR: u16 = 15;

/// The DO bit in the flags of an OPT record ([RFC 3225](https://www.rfc-editor.org/rfc/rfc3225)).
pub(crate) const DNSSEC_OK: u16 = 0x8000;

/// Reads an OPT record: its class and TTL fields, and its options. An option that runs over the end is the second value;
/// those before it stand.
pub(crate) fn read(class: u16, ttl: u32, mut data: Reader<'_>) -> (EdnsRecord, Option<Malformed>) {
    let [_, version, high, low] = ttl.to_be_bytes();
    let mut record = EdnsRecord {
        version,
        udp_payload: class,
        dnssec_ok: u16::from_be_bytes([high, low]) & DNSSEC_OK != 0,
        options: Vec::new(),
        extended_errors: Vec::new(),
    };
    while !data.is_empty() {
        match next(&mut data) {
            Ok((EXTENDED_ERROR, bytes)) if bytes.len() >= 2 => {
                let error = extended_error(bytes, usize::MAX);
                record.extended_errors.extend(error);
            }
            Ok((code, bytes)) => record.options.push(option(code, bytes)),
            Err(fault) => return (record, Some(fault)),
        }
    }
    (record, None)
}

fn next<'message>(data: &mut Reader<'message>) -> Result<(u16, &'message [u8]), Malformed> {
    let code = data.u16()?;
    let length = data.u16()?;
    let bytes = data.take(usize::from(length)).map_err(|fault| {
        let reason = format!("EDNS option {code}: {}", fault.reason);
        Malformed::new(fault.offset, reason)
    })?;
    Ok((code, bytes))
}

/// One option; what does not have the form of its code is shown in hex.
fn option(code: u16, bytes: &[u8]) -> EdnsOptionRecord {
    let known = match code {
        NSID => Some(EdnsOptionRecord::Nsid {
            id: Untrusted::new(bytes),
        }),
        CLIENT_SUBNET => client_subnet(bytes),
        COOKIE => cookie(bytes),
        PADDING => u16::try_from(bytes.len())
            .ok()
            .map(|length| EdnsOptionRecord::Padding { length }),
        _ => None,
    };
    known.unwrap_or_else(|| EdnsOptionRecord::Other {
        code,
        data: HEXLOWER.encode(bytes),
    })
}

/// Exactly as many address octets as the prefix needs, bits after it zero (RFC 7871 §6).
fn client_subnet(bytes: &[u8]) -> Option<EdnsOptionRecord> {
    let (&[0, family, prefix, scope], given) = bytes.split_first_chunk::<4>()? else {
        return None;
    };
    if given.len() != usize::from(prefix).div_ceil(8) {
        return None;
    }
    let address = match family {
        1 => IpAddr::from(widened::<4>(given)?),
        2 => IpAddr::from(widened::<16>(given)?),
        _ => return None,
    };
    Some(EdnsOptionRecord::ClientSubnet {
        network: format!("{address}/{prefix}"),
        scope,
    })
}

/// Eight octets of the client, then none or 8 to 32 of the server (RFC 7873 §4).
fn cookie(bytes: &[u8]) -> Option<EdnsOptionRecord> {
    let (client, server) = bytes.split_at_checked(8)?;
    let server = match server.len() {
        0 => None,
        8..=32 => Some(HEXLOWER.encode(server)),
        _ => return None,
    };
    Some(EdnsOptionRecord::Cookie {
        client: HEXLOWER.encode(client),
        server,
    })
}

/// An extended error, its text cut after `limit` bytes; `None` if it is too short for a code.
pub(crate) fn extended_error(bytes: &[u8], limit: usize) -> Option<ExtendedError> {
    let (code, text) = bytes.split_first_chunk::<2>()?;
    let code = u16::from_be_bytes(*code);
    // Some servers end the text with a NUL, which receivers must bear.
    let text = text.strip_suffix(&[0]).unwrap_or(text);
    Some(ExtendedError {
        code,
        meaning: extended_error_meaning(code).to_owned(),
        text: Untrusted::new(&text[..text.len().min(limit)]),
    })
}

/// Octets filled up with zeros; `None` if there are too many.
pub(crate) fn widened<const N: usize>(given: &[u8]) -> Option<[u8; N]> {
    let mut all = [0; N];
    all.get_mut(..given.len())?.copy_from_slice(given);
    Some(all)
}
