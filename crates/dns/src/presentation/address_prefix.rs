//! The address prefixes of APL ([RFC 3123](https://www.rfc-editor.org/rfc/rfc3123)): `!1:192.0.2.0/24`.

use std::net::IpAddr;

use crate::edns::widened;
use crate::presentation::PresentationError;
use crate::presentation::words::Words;
use crate::wire::{Malformed, Reader};

/// Every item, in its order.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Vec<String>, Malformed> {
    let mut items = Vec::new();
    while !reader.is_empty() {
        let fault = reader.clone();
        let family = reader.u16()?;
        let prefix = reader.u8()?;
        let count = reader.u8()?;
        let negated = if count & 0x80 == 0 { "" } else { "!" };
        let given = reader.take(usize::from(count & 0x7f))?;
        let (address, bits) = match family {
            1 => (widened::<4>(given).map(IpAddr::from), 32),
            2 => (widened::<16>(given).map(IpAddr::from), 128),
            _ => return Err(fault.fault(format!("{family} is no address family of APL"))),
        };
        // Trailing zeros must be left out (RFC 3123 §4), or the text would stand for other bytes.
        match address {
            Some(address) if prefix <= bits && given.last() != Some(&0) => {
                items.push(format!("{negated}{family}:{address}/{prefix}"));
            }
            _ => return Err(fault.fault("an address prefix of APL breaks its format")),
        }
    }
    Ok(items)
}

/// The items that the remaining words give.
pub(crate) fn write(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let expected = "an address prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32";
    while words.peek().is_some() {
        let word = words.next(expected)?;
        let item = item(&word.text);
        out.extend(item.ok_or_else(|| PresentationError::unexpected(&word.text, expected))?);
    }
    Ok(())
}

fn item(text: &str) -> Option<Vec<u8>> {
    let (negated, text) = match text.strip_prefix('!') {
        Some(text) => (0x80, text),
        None => (0, text),
    };
    let (family, prefix) = text.split_once(':')?;
    let (address, prefix) = prefix.split_once('/')?;
    let prefix: u8 = prefix.parse().ok()?;
    let (family, octets, bits) = match (family, address.parse().ok()?) {
        ("1", IpAddr::V4(address)) => (1, address.octets().to_vec(), 32),
        ("2", IpAddr::V6(address)) => (2, address.octets().to_vec(), 128),
        _ => return None,
    };
    let used = octets
        .iter()
        .rposition(|octet| *octet != 0)
        .map_or(0, |at| at + 1);
    let count = u8::try_from(used).ok()?;
    let mut item = vec![0, family, prefix, negated | count];
    item.extend_from_slice(&octets[..used]);
    (prefix <= bits).then_some(item)
}
