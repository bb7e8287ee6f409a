//! A comparison: a table of who says what, for how long and from which copy of the zone; then the answers by their letters.

use netwhy_explain::compare::{LinkView, View, views};
use netwhy_report::dns::compare::{AnswerSet, CompareProbe, CompareRole};
use netwhy_report::{Layer, Outcome, Plan, Report, Untrusted};

use crate::escape::{Line, Sheet, columns};
use crate::style::{BOLD, DIM, TerminalStyle};
use crate::{units, words};

/// Between two columns.
const GUTTER: usize = 2;
const HEADS: [&str; 5] = ["server", "answer", "TTL left", "serial", "time"];

type Row = [String; 5];

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    // A diagnosis that compares tells of it where a finding does.
    if !matches!(report.plan, Plan::DnsCompare(_)) {
        return;
    }
    for view in views(report) {
        sheet.gap();
        link(sheet, &view, style);
    }
}

fn link(sheet: &mut Sheet, view: &LinkView<'_>, style: &TerminalStyle) {
    let zone = match &view.link.zone {
        Some(zone) => format!(", in the zone {}", zone.escaped()),
        None => ": its zone was not found".to_owned(),
    };
    let title = format!("{} {}{zone}", view.link.name.escaped(), view.record_type);
    for part in crate::escape::wrap(&title, style.columns()) {
        sheet.line(Line::new().painted(BOLD, &part));
    }
    let everybody = || view.resolvers.iter().chain(&view.authorities);
    let rows: Vec<Row> = everybody().map(|one| row(view, one, style)).collect();
    table(sheet, &rows, style);
    for name in &view.link.unaddressed {
        let text = format!("{}: no address was found", name.escaped());
        sheet.wrapped(Line::new().pad(GUTTER), &text, style.columns());
    }
    sheet.gap();
    for group in &view.groups {
        let letter = view.letter(group);
        let lead = Line::new()
            .pad(GUTTER)
            .painted(BOLD, &letter)
            .pad(GUTTER + columns(&letter) + GUTTER);
        sheet.wrapped(lead, &said(group), style.columns());
    }
    let summary = match (view.groups.len(), everybody().count()) {
        (_, 0) => "nobody was there to ask",
        (0, _) => "nobody answered the question",
        (1, _) => "everybody who answers says the same",
        _ => return,
    };
    sheet.wrapped(Line::new().pad(GUTTER), summary, style.columns());
}

fn row(view: &LinkView<'_>, one: &View<'_>, style: &TerminalStyle) -> Row {
    let letters: Vec<String> = one.sets().iter().map(|set| view.letter(set)).collect();
    let answer = match one.silent() {
        Some(probe) => silence(one, probe, style),
        None => letters.join(" "),
    };
    let ttl = one.told.last().and_then(|told| told.ttl);
    let serials: Vec<String> = one.serials().iter().map(ToString::to_string).collect();
    let times = one.server.probes.iter().filter_map(|probe| {
        let step = &probe.exchange.step;
        step.duration.filter(|_| step.value().is_some())
    });
    [
        server(one),
        answer,
        ttl.map(|ttl| format!("{ttl} s")).unwrap_or_default(),
        serials.join(" "),
        times
            .min()
            .map(|time| units::duration(time, style.unicode))
            .unwrap_or_default(),
    ]
}

fn server(one: &View<'_>) -> String {
    let role = match one.server.role {
        CompareRole::System => "system",
        CompareRole::Given => "given",
        CompareRole::Authority => "authority",
    };
    let names: Vec<String> = one.server.names.iter().map(Untrusted::escaped).collect();
    let place = one.server.server.display();
    match names.is_empty() {
        true => format!("{role} {place}"),
        false => format!("{role} {} {place}", names.join(" ")),
    }
}

/// Why there is no letter.
fn silence(one: &View<'_>, probe: &CompareProbe, style: &TerminalStyle) -> String {
    match &probe.exchange.step.outcome {
        Outcome::Completed { value } => {
            let speaks = one.server.role != CompareRole::Authority || value.flags.authoritative;
            match speaks || value.rcode != 0 {
                true if value.rcode == 0 => "another name".to_owned(),
                true => value.rcode_name.clone(),
                false => "does not serve the zone".to_owned(),
            }
        }
        Outcome::Failed { failure } => words::failure(failure, style.unicode),
        Outcome::Skipped { reason } => words::skipped(Layer::Dns, reason),
    }
}

fn said(set: &AnswerSet) -> String {
    match set {
        AnswerSet::NoData => "no such record".to_owned(),
        AnswerSet::NameMissing => "no such name (NXDOMAIN)".to_owned(),
        AnswerSet::Records { record_type, data } => {
            let list: Vec<String> = data.iter().map(Untrusted::escaped).collect();
            format!("{record_type} {}", list.join(", "))
        }
    }
}

/// Columns where they fit, else one wrapped line per server.
fn table(sheet: &mut Sheet, rows: &[Row], style: &TerminalStyle) {
    let heads = HEADS.map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&heads]).map(|row| columns(&row[column]));
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    let total = widths.iter().sum::<usize>() + GUTTER * widths.len();
    if total > style.columns() {
        for row in rows {
            let cells: Vec<String> = HEADS
                .iter()
                .zip(row)
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(head, cell)| match *head {
                    "server" => format!("{cell}:"),
                    head => format!("{head} {cell}"),
                })
                .collect();
            sheet.wrapped(Line::new().pad(GUTTER), &cells.join(" "), style.columns());
        }
        return;
    }
    let draw = |row: &Row, paint| {
        let mut line = Line::new();
        let mut at = GUTTER;
        for (cell, width) in row.iter().zip(&widths) {
            line = line.pad(at).painted(paint, cell);
            at += width + GUTTER;
        }
        line
    };
    sheet.line(draw(&heads, DIM));
    for row in rows {
        sheet.line(draw(row, anstyle::Style::new()));
    }
}
