//! The waterfall of each hop: bars to scale, the numbers below, drawn as far as the run came.

use netwhy_report::Report;
use netwhy_report::phases::{PhaseSpan, phases, total};
use unicode_width::UnicodeWidthStr as _;

use crate::TerminalStyle;
use crate::ink::{Ink, faint, of, plain};
use crate::units;

pub(super) fn draw(ink: &mut Ink<'_>, report: &Report, style: &TerminalStyle) {
    for endpoint in report.endpoints() {
        let spans = phases(&endpoint);
        // A redirect over the same connection has its line already.
        if spans.is_empty() || (endpoint.hop > 0 && endpoint.tcp.is_none()) {
            continue;
        }
        ink.end();
        if endpoint.hop > 0 {
            ink.put(faint(), &format!("  {}", endpoint.authority()))
                .end();
        }
        bars(ink, &spans, style);
    }
    ink.end();
}

fn bars(ink: &mut Ink<'_>, spans: &[PhaseSpan], style: &TerminalStyle) {
    let whole = total(spans);
    let longest = spans
        .iter()
        .map(|span| span.duration)
        .max()
        .unwrap_or_default();
    // Name, two edges, number, share: what is left belongs to the bars.
    let room = style.width.min(100).saturating_sub(38).clamp(4, 50);
    for span in spans {
        let length = if longest.is_zero() {
            0.0
        } else {
            span.duration.as_secs_f64() / longest.as_secs_f64()
        };
        let cells = scaled(length, room);
        let before = if whole.is_zero() {
            0.0
        } else {
            span.duration.as_secs_f64() / whole.as_secs_f64()
        };
        let bar = format!(
            "{}{}",
            "█".repeat(cells.max(1)),
            " ".repeat(room - cells.max(1))
        );
        ink.put(faint(), &format!("  {:9}", span.phase.name()))
            .put(plain(), &format!("▕{bar}▏"));
        let number = units::duration(span.duration);
        ink.put(
            plain(),
            &" ".repeat(10_usize.saturating_sub(number.width())),
        )
        .put(plain(), &number);
        ink.put(faint(), &format!(" {:3.0} %", before * 100.0));
        if !span.completed {
            ink.put(
                of(netwhy_explain::Severity::Error),
                if style.unicode { " ✗" } else { " x" },
            );
        }
        ink.end();
    }
    ink.put(faint(), &format!("  {:9}", "total"))
        .put(plain(), &" ".repeat(room + 2));
    let number = units::duration(whole);
    ink.put(
        plain(),
        &" ".repeat(10_usize.saturating_sub(number.width())),
    )
    .put(plain(), &number)
    .end();
}

/// `share` of `room` in whole cells.
fn scaled(share: f64, room: usize) -> usize {
    (0..room)
        .take_while(|cell| {
            (f64::from(u32::try_from(*cell).unwrap_or(0)) + 0.5)
                < share * f64::from(u32::try_from(room).unwrap_or(0))
        })
        .count()
}
