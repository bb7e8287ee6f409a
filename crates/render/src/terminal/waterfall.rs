//! The waterfall: the phases of the first and the last hop as one row of bars to scale, up to the failure if there was one.

use std::time::Duration;

use netwhy_report::phases::{PhaseSpan, phases, total};
use netwhy_report::{Endpoint, Report};

use crate::escape::{Line, Sheet, columns, wrap};
use crate::style::{DIM, Mark, TerminalStyle};
use crate::units;

/// Below this width bars side by side say nothing.
const NARROW: usize = 60;
const MARGIN: usize = 2;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let endpoints = report.endpoints();
    let mut shown: Vec<&Endpoint<'_>> = endpoints.first().into_iter().collect();
    if endpoints.len() > 1 {
        shown.extend(endpoints.last());
    }
    for endpoint in shown {
        let spans = phases(endpoint);
        if spans.is_empty() {
            continue;
        }
        if endpoints.len() > 1 {
            sheet.gap();
            let caption = format!(
                "request {} of {}, {}",
                endpoint.hop + 1,
                endpoints.len(),
                endpoint.authority()
            );
            for part in wrap(&caption, style.columns() - MARGIN) {
                sheet.line(Line::new().pad(MARGIN).painted(DIM, &part));
            }
        }
        let row = if style.columns() < NARROW {
            None
        } else {
            cells(&spans, style.columns(), style.unicode)
        };
        match row {
            Some(cells) => bars(sheet, &spans, &cells, style),
            None => list(sheet, &spans, style),
        }
    }
}

/// One phase in the row: the columns of its bar, and of the whole cell with its name and number.
#[derive(Debug, PartialEq, Eq)]
struct Cell {
    bar: usize,
    width: usize,
    number: String,
}

/// Divides the row. `None` if not even the shortest bars fit.
fn cells(spans: &[PhaseSpan], width: usize, unicode: bool) -> Option<Vec<Cell>> {
    let sum = total(spans);
    let total_width = columns(&units::duration(sum, unicode)) + 2;
    // Name, blank, both ends of the bar and a blank behind it.
    let fixed = |span: &PhaseSpan| columns(span.phase.name()) + 4;
    let number = |span: &PhaseSpan| units::milliseconds(span.duration);
    let least = |span: &PhaseSpan| (fixed(span) + 1).max(columns(&number(span)) + 1);
    let room = width.checked_sub(MARGIN + total_width + spans.iter().map(least).sum::<usize>())?;
    let cell = |span: &PhaseSpan| {
        let extra = portion(span.duration, sum, room);
        let bar = 1 + extra;
        let number = with_share(number(span), span, sum, bar);
        Cell {
            bar,
            width: least(span) + extra,
            number,
        }
    };
    Some(spans.iter().map(cell).collect())
}

/// The part of `room` columns that is due to `part` of `whole`, rounded down so that the parts never exceed it.
fn portion(part: Duration, whole: Duration, room: usize) -> usize {
    let room = u128::try_from(room).unwrap_or(u128::MAX);
    let columns = (part.as_nanos() * room)
        .checked_div(whole.as_nanos())
        .unwrap_or(0);
    usize::try_from(columns).unwrap_or(0)
}

/// The number below a bar, with its share where that is at least half and there is room for it.
fn with_share(number: String, span: &PhaseSpan, sum: Duration, room: usize) -> String {
    let percent = portion(span.duration, sum, 100);
    let longer = format!("{number} ({percent} %)");
    if (50..100).contains(&percent) && columns(&longer) <= room {
        longer
    } else {
        number
    }
}

fn bars(sheet: &mut Sheet, spans: &[PhaseSpan], cells: &[Cell], style: &TerminalStyle) {
    let glyphs = style.bar();
    let mut upper = Line::new().pad(MARGIN);
    let mut lower = Line::new().pad(MARGIN);
    let mut column = MARGIN;
    for (span, cell) in spans.iter().zip(cells) {
        upper = upper
            .text(span.phase.name())
            .text(" ")
            .painted(DIM, glyphs.open)
            .text(&glyphs.fill.repeat(cell.bar));
        upper = if span.completed {
            upper.painted(DIM, glyphs.close)
        } else {
            upper.painted(Mark::Broken.paint(), glyphs.broken)
        };
        // Centred under the bar where there is room, else as far left as needed.
        let name = columns(span.phase.name()) + 2;
        let inset = name + cell.bar.saturating_sub(columns(&cell.number)) / 2;
        let inset = inset.min(cell.width - 1 - columns(&cell.number));
        lower = lower.pad(column + inset).painted(DIM, &cell.number);
        column += cell.width;
        upper = upper.pad(column);
        lower = lower.pad(column);
    }
    let sum = units::duration(total(spans), style.unicode);
    sheet.line(upper.pad(column + 1).text(&sum));
    sheet.line(
        lower
            .pad(column + 1)
            .painted(DIM, if sum.ends_with(" ms") { "" } else { "ms" }),
    );
}

fn list(sheet: &mut Sheet, spans: &[PhaseSpan], style: &TerminalStyle) {
    let glyphs = style.bar();
    let sum = total(spans);
    let shown = |duration| units::duration(duration, style.unicode);
    let numbers = spans
        .iter()
        .map(|span| columns(&shown(span.duration)))
        .chain([columns(&shown(sum))])
        .max()
        .unwrap_or(0);
    let names = 8;
    let room = style
        .columns()
        .saturating_sub(MARGIN + names + 2 + numbers + 3);
    let row = |name: &str, time: &str| {
        let line = Line::new().pad(MARGIN).text(name);
        line.pad(MARGIN + names + 2 + numbers - columns(time))
            .text(time)
    };
    for span in spans {
        let bar = glyphs
            .fill
            .repeat(portion(span.duration, sum, room).max(usize::from(room > 0)));
        let line = row(span.phase.name(), &shown(span.duration))
            .text(" ")
            .text(&bar);
        sheet.line(if span.completed {
            line
        } else {
            line.painted(Mark::Broken.paint(), glyphs.broken)
        });
    }
    sheet.line(row("total", &shown(sum)));
}

#[cfg(test)]
mod tests {
    use netwhy_report::phases::Phase;

    use super::*;

    fn span(phase: Phase, milliseconds: u64) -> PhaseSpan {
        PhaseSpan {
            phase,
            start: Duration::ZERO,
            duration: Duration::from_millis(milliseconds),
            completed: true,
        }
    }

    #[test]
    fn bars_are_to_scale_and_the_shortest_is_still_seen() {
        let spans = [
            span(Phase::Dns, 0),
            span(Phase::Tcp, 100),
            span(Phase::Server, 300),
        ];
        let cells = cells(&spans, 100, true).unwrap();
        assert_eq!(cells[0].bar, 1);
        assert!(
            (2 * cells[1].bar..=3 * cells[1].bar).contains(&(cells[2].bar - 1)),
            "{cells:?}"
        );
        assert!(cells[2].bar > 30);
        assert_eq!(cells[2].number, "300.0 (75 %)");
    }

    #[test]
    fn a_row_that_does_not_fit_gives_way_to_the_list() {
        let phases = [
            Phase::Dns,
            Phase::Tcp,
            Phase::Tls,
            Phase::Server,
            Phase::Transfer,
        ];
        let spans = phases.map(|phase| span(phase, 20_000));
        assert!(cells(&spans, 59, true).is_none());
        assert!(cells(&spans, 80, true).is_some());
    }

    #[test]
    fn a_run_of_no_measurable_length_divides_nothing() {
        assert_eq!(portion(Duration::ZERO, Duration::ZERO, 50), 0);
        let shares: usize = [1, 1, 1]
            .map(|n| portion(Duration::from_nanos(n), Duration::from_nanos(3), 50))
            .iter()
            .sum();
        assert!(shares <= 50);
    }
}
