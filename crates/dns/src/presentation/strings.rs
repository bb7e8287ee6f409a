//! Character strings ([RFC 1035 §3.3](https://www.rfc-editor.org/rfc/rfc1035#section-3.3)) and their escapes.

use crate::name::unescape;
use crate::presentation::PresentationError;

/// Bytes as a quoted string: printable ASCII as it is, `"` and `\` behind a backslash, the rest as `\DDD`.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    for &byte in bytes {
        push(&mut text, byte);
    }
    text.push('"');
    text
}

/// One byte of a quoted string.
pub(crate) fn push(text: &mut String, byte: u8) {
    match byte {
        b'"' | b'\\' => {
            text.push('\\');
            text.push(char::from(byte));
        }
        0x20..=0x7e => text.push(char::from(byte)),
        _ => text.push_str(&format!("\\{byte:03}")),
    }
}

/// The bytes of a word, escapes resolved.
pub(crate) fn unquoted(word: &str) -> Result<Vec<u8>, PresentationError> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let after = &rest[at + 1..];
        let expected = "an escape, \\DDD with a number up to 255 or \\X,";
        let (octets, follows) =
            unescape(after).ok_or_else(|| PresentationError::unexpected(&rest[at..], expected))?;
        bytes.extend_from_slice(&octets);
        rest = follows;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The bytes of a word behind their count.
pub(crate) fn counted(word: &str, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let bytes = unquoted(word)?;
    let Ok(count) = u8::try_from(bytes.len()) else {
        let expected = format!("a string of at most 255 octets (it has {})", bytes.len());
        return Err(PresentationError::unexpected(word, expected));
    };
    out.push(count);
    out.extend_from_slice(&bytes);
    Ok(())
}
