//! The parameters of SVCB and HTTPS ([RFC 9460 §2](https://www.rfc-editor.org/rfc/rfc9460#section-2)).

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use data_encoding::BASE64;

use crate::presentation::PresentationError;
use crate::presentation::strings::{counted, push, quoted, unquoted};
use crate::presentation::to_text::ipv6;
use crate::presentation::words::{Word, Words};
use crate::wire::{Malformed, Reader};

/// How the value of a key is written.
#[derive(Clone, Copy)]
enum Value {
    Keys,
    Protocols,
    Empty,
    Port,
    Ipv4,
    Ipv6,
    Base64,
    Text,
}

/// The registered keys ([registry](https://www.iana.org/assignments/dns-svcb)) whose values have a form.
const KEYS: &[(u16, &str, Value)] = &[
    (0, "mandatory", Value::Keys),
    (1, "alpn", Value::Protocols),
    (2, "no-default-alpn", Value::Empty),
    (3, "port", Value::Port),
    (4, "ipv4hint", Value::Ipv4),
    (5, "ech", Value::Base64),
    (6, "ipv6hint", Value::Ipv6),
    (7, "dohpath", Value::Text),
    (8, "ohttp", Value::Empty),
];

/// Every parameter as one word.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Vec<String>, Malformed> {
    let mut parameters = Vec::new();
    let mut last: Option<u16> = None;
    while !reader.is_empty() {
        let fault = reader.clone();
        let key = reader.u16()?;
        if last.is_some_and(|last| key <= last) {
            return Err(fault.fault(format!("service parameter {key} is out of order")));
        }
        last = Some(key);
        let length = reader.u16()?;
        let mut value = reader.part(usize::from(length))?;
        let (name, form) = named(key);
        let text = value_text(form, &mut value)?;
        if !value.is_empty() {
            return Err(value.fault(format!("the value of {name} has bytes too many")));
        }
        parameters.push(match text.as_str() {
            "" => name,
            text => format!("{name}={text}"),
        });
    }
    Ok(parameters)
}

fn value_text(form: Value, value: &mut Reader<'_>) -> Result<String, Malformed> {
    let items = match form {
        Value::Empty => return Ok(String::new()),
        Value::Port => return Ok(value.u16()?.to_string()),
        Value::Base64 => return Ok(BASE64.encode(value.rest())),
        Value::Text => {
            let bytes = value.rest();
            let text = if bytes.is_empty() {
                String::new()
            } else {
                quoted(bytes)
            };
            return Ok(text);
        }
        Value::Keys => {
            let mut last: Option<u16> = None;
            listed(value, |value| {
                let fault = value.clone();
                let key = value.u16()?;
                if last.replace(key).is_some_and(|last| key <= last) {
                    return Err(fault.fault(format!("mandatory key {key} is out of order")));
                }
                Ok(named(key).0)
            })?
        }
        Value::Ipv4 => listed(
            value,
            |value| Ok(Ipv4Addr::from(value.array()?).to_string()),
        )?,
        Value::Ipv6 => listed(value, |value| Ok(ipv6(value.array()?)))?,
        Value::Protocols => {
            let protocols = listed(value, |value| match value.counted()? {
                [] => Err(value.fault("a protocol of alpn is empty")),
                protocol => Ok(protocol_text(protocol)),
            })?;
            return Ok(format!("\"{}\"", protocols.join(",")));
        }
    };
    Ok(items.join(","))
}

/// A list of at least one item.
fn listed(
    value: &mut Reader<'_>,
    mut item: impl FnMut(&mut Reader<'_>) -> Result<String, Malformed>,
) -> Result<Vec<String>, Malformed> {
    let mut items = vec![item(value)?];
    while !value.is_empty() {
        items.push(item(value)?);
    }
    Ok(items)
}

/// A protocol inside a comma-separated list: commas and backslashes are escaped once for the list, once for the string
/// ([RFC 9460 §A.1](https://www.rfc-editor.org/rfc/rfc9460#appendix-A.1)).
fn protocol_text(protocol: &[u8]) -> String {
    let mut text = String::with_capacity(protocol.len());
    for &byte in protocol {
        if matches!(byte, b',' | b'\\') {
            text.push_str("\\\\");
        }
        push(&mut text, byte);
    }
    text
}

/// Writes the parameters that the remaining words give, in the order of their keys.
pub(crate) fn write(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let mut parameters = BTreeMap::new();
    while let Some(word) = words.peek() {
        let (name, value) = match word.text.split_once('=') {
            Some((name, value)) => (name, value),
            None => (word.text.as_str(), ""),
        };
        let expected = "a service parameter such as alpn=h2, port=443 or key65400=text";
        let wrong = || PresentationError::unexpected(&word.text, expected);
        let key = number(name).ok_or_else(wrong)?;
        let (_, form) = named(key);
        let bytes = value_bytes(form, value, word)?;
        let length = u16::try_from(bytes.len()).map_err(|_| wrong())?;
        let parameter = [&length.to_be_bytes()[..], &bytes].concat();
        if parameters.insert(key, parameter).is_some() {
            let expected = "a service parameter that was not given before";
            return Err(PresentationError::unexpected(&word.text, expected));
        }
        words.next(expected)?;
    }
    for (key, parameter) in parameters {
        out.extend(key.to_be_bytes());
        out.extend(parameter);
    }
    Ok(())
}

fn value_bytes(form: Value, value: &str, word: &Word) -> Result<Vec<u8>, PresentationError> {
    let wrong = |expected: &str| PresentationError::unexpected(&word.text, expected);
    let mut out = Vec::new();
    match form {
        Value::Empty if value.is_empty() => {}
        Value::Empty => return Err(wrong("a key without a value")),
        Value::Text => out = unquoted(value)?,
        Value::Base64 => {
            let decoded = BASE64.decode(value.as_bytes());
            out = decoded.map_err(|_| wrong("a value in base64"))?;
        }
        Value::Port => {
            let port: u16 = value.parse().map_err(|_| wrong("a port up to 65535"))?;
            out.extend(port.to_be_bytes());
        }
        Value::Keys => {
            // The wire form is in order, whatever the text's is (RFC 9460 §8).
            let mut keys = BTreeSet::new();
            for name in value.split(',') {
                let key = number(name).filter(|key| keys.insert(key.to_be_bytes()));
                key.ok_or_else(|| wrong("a list of keys, each once"))?;
            }
            out.extend(keys.iter().flatten());
        }
        Value::Ipv4 => {
            for address in value.split(',') {
                let address: Ipv4Addr = address
                    .parse()
                    .map_err(|_| wrong("a list of IPv4 addresses"))?;
                out.extend(address.octets());
            }
        }
        Value::Ipv6 => {
            for address in value.split(',') {
                let address: Ipv6Addr = address
                    .parse()
                    .map_err(|_| wrong("a list of IPv6 addresses"))?;
                out.extend(address.octets());
            }
        }
        Value::Protocols => {
            for protocol in protocols(&unquoted(value)?) {
                if protocol.is_empty() {
                    return Err(wrong("a list of protocols, none of them empty"));
                }
                let text = quoted(&protocol);
                counted(&text[1..text.len() - 1], &mut out)?;
            }
        }
    }
    Ok(out)
}

/// Splits at the commas that no backslash precedes.
fn protocols(list: &[u8]) -> Vec<Vec<u8>> {
    let mut protocols = vec![Vec::new()];
    let mut bytes = list.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, protocols.last_mut()) {
            (b',', _) => protocols.push(Vec::new()),
            (b'\\', Some(last)) => last.extend(bytes.next()),
            (_, Some(last)) => last.push(byte),
            (_, None) => {}
        }
    }
    protocols
}

fn named(key: u16) -> (String, Value) {
    match KEYS.iter().find(|(number, _, _)| *number == key) {
        Some((_, name, form)) => ((*name).to_owned(), *form),
        None => (format!("key{key}"), Value::Text),
    }
}

fn number(name: &str) -> Option<u16> {
    let registered = KEYS
        .iter()
        .find(|(_, known, _)| known.eq_ignore_ascii_case(name));
    let generic = name
        .strip_prefix("key")
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    registered
        .map(|(number, _, _)| *number)
        .or_else(|| generic?.parse().ok())
}
