//! The bytes of a reply that is no DNS message, with the place where it broke.

use data_encoding::BASE64;
use netwhy_report::dns::message::Undecodable;

use super::RECORDS;
use crate::escape::{Line, Sheet};
use crate::style::{BOLD, DIM, TerminalStyle};

const ROW: usize = 16;
/// Rows before and after the broken place that are shown.
const AROUND: usize = 4;

pub(super) fn draw(sheet: &mut Sheet, broken: &Undecodable, style: &TerminalStyle) {
    let Ok(bytes) = BASE64.decode(broken.wire_b64.as_bytes()) else {
        return;
    };
    let text = format!(
        "{} bytes, broken at offset {} ({:#x}): {}",
        bytes.len(),
        broken.offset,
        broken.offset,
        broken.reason
    );
    sheet.wrapped(Line::new().pad(RECORDS), &text, style.columns());
    let rows = bytes.len().div_ceil(ROW);
    let at = broken.offset / ROW;
    let first = at.min(rows.saturating_sub(1)).saturating_sub(AROUND);
    let last = (at + AROUND + 1).min(rows);
    for row in first..last {
        let begin = row * ROW;
        let end = (begin + ROW).min(bytes.len());
        sheet.line(line(&bytes[begin..end], begin, broken.offset));
    }
    let left = rows - (last - first);
    if left > 0 {
        sheet.line(
            Line::new()
                .pad(RECORDS)
                .painted(DIM, &format!("({left} more rows)")),
        );
    }
}

fn line(bytes: &[u8], begin: usize, broken: usize) -> Line {
    let mut line = Line::new()
        .pad(RECORDS)
        .painted(DIM, &format!("{begin:04x} "));
    for (at, byte) in bytes.iter().enumerate() {
        // Brackets, so that the place shows without colour.
        line = if begin + at == broken {
            line.painted(BOLD, &format!("[{byte:02x}]"))
        } else if begin + at == broken + 1 && at > 0 {
            line.text(&format!("{byte:02x}"))
        } else {
            line.text(&format!(" {byte:02x}"))
        };
    }
    let printed: String = bytes
        .iter()
        .map(|byte| match byte {
            0x20..=0x7e => char::from(*byte),
            _ => '.',
        })
        .collect();
    let end = RECORDS + 5 + ROW * 3 + 2;
    line.pad(end).painted(DIM, &printed)
}
