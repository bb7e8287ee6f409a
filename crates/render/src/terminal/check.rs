//! A zone check: its lines by area, details only where something is wrong, and how each address takes each question.

use netwhy_explain::zone_check::edns::{COLUMNS, Taken, taken};
use netwhy_explain::zone_check::lines::{CheckLine, State, lines};
use netwhy_explain::zone_check::{self, transport};
use netwhy_explain::{Severity, Verdict};
use netwhy_report::Report;
use netwhy_report::dns::CheckRecord;
use netwhy_report::dns::check::CheckedAddress;

use crate::escape::{Line, Sheet, columns};
use crate::style::{BOLD, DIM, Mark, TerminalStyle};
use crate::units;

/// Where the facts begin, behind mark and subject.
const FACTS: usize = 18;
/// Addresses in the matrix; a zone with more has them all in the JSON.
const ROWS: usize = 16;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, verdict: &Verdict, style: &TerminalStyle) {
    let Some(record) = zone_check::record(report) else {
        return;
    };
    if let Some(inside) = &record.inside {
        let text = format!(
            "{} is a name in the zone {}, which is checked",
            inside.escaped(),
            record.zone.escaped()
        );
        sheet.wrapped(Line::new().text("  "), &text, style.columns());
    }
    let mut area = None;
    for line in lines(report, verdict) {
        if area != Some(line.area) {
            sheet.gap();
            sheet.line(Line::new().painted(BOLD, line.area.name()));
            area = Some(line.area);
        }
        check(sheet, &line, style);
    }
    sheet.gap();
    matrix(sheet, record, style);
    let text = format!(
        "{} asked in {}",
        units::count(
            usize::try_from(record.queries).unwrap_or(usize::MAX),
            "question",
            "questions"
        ),
        units::duration(report.elapsed, style.unicode)
    );
    sheet.line(Line::new().text("  ").painted(DIM, &text));
}

fn check(sheet: &mut Sheet, line: &CheckLine, style: &TerminalStyle) {
    let mark = mark(line.state);
    let lead = Line::new()
        .text("  ")
        .painted(mark.paint(), style.mark(mark))
        .text(" ")
        .text(line.subject)
        .pad(FACTS)
        .text(" ");
    sheet.wrapped(lead, &line.fact, style.columns());
    for detail in &line.details {
        let lead = Line::new().text(&" ".repeat(FACTS + 3));
        sheet.wrapped(lead, detail, style.columns());
    }
}

fn mark(state: State) -> Mark {
    match state {
        State::Fine | State::Found(Severity::Info) => Mark::Fine,
        State::Found(Severity::Error) => Mark::Broken,
        State::Found(_) => Mark::Warning,
        State::Unmeasured => Mark::Unmeasured,
    }
}

/// Addresses by properties.
fn matrix(sheet: &mut Sheet, record: &CheckRecord, style: &TerminalStyle) {
    let rows: Vec<(String, Vec<Mark>)> = record
        .addresses
        .iter()
        .filter(|address| !address.probes.is_empty())
        .take(ROWS)
        .map(|address| (record.place(address), marks(record, address)))
        .collect();
    let mut headings = vec!["soa"];
    headings.extend(COLUMNS.iter().map(|(_, name)| *name));
    headings.push("tcp");
    headings.push("large");
    let widest = rows
        .iter()
        .map(|(place, _)| columns(place))
        .max()
        .unwrap_or_default();
    let table = headings
        .iter()
        .map(|heading| heading.len() + 2)
        .sum::<usize>();
    let first = widest.min(style.columns().saturating_sub(table + 2));
    // Too narrow for a table: the lines above say the same.
    if rows.is_empty() || first < 16 {
        return;
    }
    let mut head = Line::new().text("  ").pad(first + 2);
    for heading in &headings {
        head = head.text("  ").painted(DIM, heading);
    }
    sheet.line(head);
    for (place, marks) in rows {
        let mut row = Line::new()
            .text("  ")
            .text(&shortened(&place, first))
            .pad(first + 2);
        for (heading, mark) in headings.iter().zip(marks) {
            let shown = style.mark(mark);
            row = row.text("  ").painted(mark.paint(), shown);
            row = row.text(&" ".repeat(heading.len().saturating_sub(columns(shown))));
        }
        sheet.line(row);
    }
    sheet.gap();
}

/// The end of a place tells more than its beginning: the address stands there.
fn shortened(place: &str, width: usize) -> String {
    let length = place.chars().count();
    if length <= width {
        return place.to_owned();
    }
    let kept: String = place.chars().skip(length + 1 - width).collect();
    format!("~{kept}")
}

fn marks(record: &CheckRecord, address: &CheckedAddress) -> Vec<Mark> {
    let serves = match (address.serves(&record.zone), address.replied()) {
        (true, _) => Mark::Fine,
        (false, true) => Mark::Broken,
        (false, false) if zone_check::authority::lame(record, address).is_some() => Mark::Broken,
        (false, false) => Mark::Unmeasured,
    };
    let mut marks = vec![serves];
    marks.extend(
        COLUMNS
            .iter()
            .map(|(probe, _)| match taken(address, probe) {
                Taken::Well => Mark::Fine,
                Taken::Oddly(_) => Mark::Warning,
                Taken::Badly(_) => Mark::Broken,
                Taken::Ignored | Taken::Unmeasured => Mark::Unmeasured,
            }),
    );
    marks.push(match (transport::tcp_trouble(address), address.replied()) {
        (Some(_), _) => Mark::Broken,
        (None, true) => Mark::Fine,
        (None, false) => Mark::Unmeasured,
    });
    marks.push(match transport::large(address) {
        transport::Large::None => Mark::Unmeasured,
        transport::Large::Vanish { .. } => Mark::Broken,
        transport::Large::Arrive(_) | transport::Large::Cut(_) => Mark::Fine,
    });
    marks
}
