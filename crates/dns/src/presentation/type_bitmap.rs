//! The types present at a name, as NSEC, NSEC3 and CSYNC list them
//! ([RFC 4034 §4.1.2](https://www.rfc-editor.org/rfc/rfc4034#section-4.1.2)).

use std::collections::BTreeSet;

use crate::mnemonic::RecordType;
use crate::presentation::PresentationError;
use crate::presentation::words::Words;
use crate::wire::{Malformed, Reader};

/// Bytes of a full window.
const WINDOW_BYTES: usize = 32;

/// The types, in the order of their numbers.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Vec<RecordType>, Malformed> {
    let mut types = Vec::new();
    let mut last: Option<u8> = None;
    while !reader.is_empty() {
        let fault = reader.clone();
        let window = reader.u8()?;
        if last.is_some_and(|last| window <= last) {
            return Err(fault.fault(format!(
                "window {window} of the type bitmap is out of order"
            )));
        }
        last = Some(window);
        let bitmap = reader.counted()?;
        if bitmap.len() > WINDOW_BYTES || bitmap.last().is_none_or(|byte| *byte == 0) {
            let reason = "a window of the type bitmap must have 1 to 32 bytes, the last not 0";
            return Err(fault.fault(reason));
        }
        for (index, byte) in (0u16..).zip(bitmap) {
            let set = (0..8).filter(|bit| byte & (0x80 >> bit) != 0);
            types.extend(set.map(|bit| RecordType(u16::from(window) << 8 | index << 3 | bit)));
        }
    }
    Ok(types)
}

/// The window blocks of the types that the remaining words name.
pub(crate) fn write(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let mut types = BTreeSet::new();
    while let Some(word) = words.peek() {
        let expected = "a record type";
        let record_type: RecordType = word
            .text
            .parse()
            .map_err(|_| PresentationError::unexpected(&word.text, expected))?;
        types.insert(record_type.0.to_be_bytes());
        words.next(expected)?;
    }
    let windows: BTreeSet<u8> = types.iter().map(|[window, _]| *window).collect();
    for window in windows {
        let mut bitmap = Vec::new();
        for [_, low] in types.range([window, 0]..=[window, u8::MAX]) {
            bitmap.resize(usize::from(low >> 3) + 1, 0);
            bitmap[usize::from(low >> 3)] |= 0x80 >> (low & 7);
        }
        out.push(window);
        out.push(u8::try_from(bitmap.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(&bitmap);
    }
    Ok(())
}
