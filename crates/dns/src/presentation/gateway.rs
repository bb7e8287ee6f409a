//! Addresses and names that a type octet tells apart: the gateway of IPSECKEY
//! ([RFC 4025 §2](https://www.rfc-editor.org/rfc/rfc4025#section-2)), the relay of AMTRELAY
//! ([RFC 8777 §4](https://www.rfc-editor.org/rfc/rfc8777#section-4)).

use std::net::{IpAddr, Ipv4Addr};

use crate::name::DomainName;
use crate::presentation::PresentationError;
use crate::presentation::to_text::ipv6;
use crate::presentation::words::Words;
use crate::wire::{Malformed, Reader};

/// Reads a gateway of this type: 0 none, 1 IPv4, 2 IPv6, 3 a name.
pub(crate) fn read(kind: u8, reader: &mut Reader<'_>) -> Result<String, Malformed> {
    match kind {
        0 => Ok(".".to_owned()),
        1 => Ok(Ipv4Addr::from(reader.array()?).to_string()),
        2 => Ok(ipv6(reader.array()?)),
        3 => Ok(reader.plain_name()?.to_string()),
        _ => Err(reader.fault(format!("{kind} is no type of a gateway or relay"))),
    }
}

/// Writes a gateway of this type.
pub(crate) fn write(
    kind: u32,
    words: &mut Words<'_>,
    origin: Option<&DomainName>,
    out: &mut Vec<u8>,
) -> Result<(), PresentationError> {
    let expected = match kind {
        0 => "\".\", for no gateway",
        1 => "an IPv4 address",
        2 => "an IPv6 address",
        3 => "a domain name",
        _ => {
            let expected = "a type of a gateway or relay, 0 to 3";
            return Err(PresentationError::unexpected(&kind.to_string(), expected));
        }
    };
    let word = words.next(expected)?;
    let address = word.text.parse();
    match (kind, address) {
        (0, _) if word.text == "." => {}
        (1, Ok(IpAddr::V4(address))) => out.extend(address.octets()),
        (2, Ok(IpAddr::V6(address))) => out.extend(address.octets()),
        (3, _) => out.extend(DomainName::parse_relative(&word.text, origin)?.wire()),
        _ => return Err(PresentationError::unexpected(&word.text, expected)),
    }
    Ok(())
}
