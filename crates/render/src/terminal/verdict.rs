//! The last line: the status, the one cause, how sure that is, and what would refute it.

use netwhy_explain::{Confidence, Status, Verdict, zone_check};
use netwhy_report::Report;
use netwhy_report::dns::LookupRecord;
use netwhy_report::phases::{phases, total};

use crate::escape::{Line, Sheet, wrap};
use crate::style::{BOLD, Mark, TerminalStyle};
use crate::units;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, verdict: &Verdict, style: &TerminalStyle) {
    let lookup = report.layers.dns_lookup.as_ref();
    let (word, mark) = match verdict.status {
        Status::Healthy if lookup.is_some() => ("answered", Mark::Fine),
        Status::Healthy => ("healthy", Mark::Fine),
        Status::Degraded => ("degraded", Mark::Warning),
        Status::Broken => ("broken", Mark::Broken),
        Status::Unknown => ("unknown", Mark::Unmeasured),
    };
    let rest = match (&verdict.cause, verdict.status) {
        (Some(cause), _) => {
            let layer = verdict
                .layer
                .map(|layer| format!("{} ", layer.name()))
                .unwrap_or_default();
            let behind = match verdict.findings.first().and_then(|finding| finding.hop) {
                Some(1..) => " behind a redirect",
                _ => "",
            };
            format!(", because of {layer}({cause}){behind}")
        }
        (None, Status::Healthy) => match lookup {
            Some(lookup) => answered(lookup, style),
            None => healthy(report, style),
        },
        (None, Status::Unknown) if report.complete => ": nobody answered".to_owned(),
        (None, Status::Unknown) => ": the run was cut short before it could tell".to_owned(),
        (None, _) => String::new(),
    };
    for (at, part) in wrap(&format!("verdict: {word}{rest}"), style.columns() - 2)
        .iter()
        .enumerate()
    {
        let head = format!("verdict: {word}");
        sheet.line(match part.strip_prefix(&head).filter(|_| at == 0) {
            Some(tail) => Line::new()
                .painted(BOLD, "verdict: ")
                .painted(mark.paint().bold(), word)
                .text(tail),
            None => Line::new().pad(if at == 0 { 0 } else { 2 }).text(part),
        });
    }
    let confidence = verdict.confidence.map(|confidence| match confidence {
        Confidence::Low => "confidence low: one explanation among several",
        Confidence::Medium => "confidence medium: the likely explanation",
        Confidence::High => "confidence high",
    });
    for text in confidence.into_iter().map(str::to_owned).chain(
        verdict
            .refute
            .iter()
            .map(|refute| format!("would be refuted by: {refute}")),
    ) {
        sheet.wrapped(Line::new().pad(2), &text, style.columns());
    }
    if let Some(cause) = &verdict.cause {
        sheet.wrapped(
            Line::new().pad(2),
            &format!("more: netwhy explain {cause}"),
            style.columns(),
        );
    }
}

/// How many records, from how many servers, and the time of the slowest.
fn answered(lookup: &LookupRecord, style: &TerminalStyle) -> String {
    let replies = || lookup.exchanges.iter().filter(|one| one.reply().is_some());
    let records: usize = replies()
        .filter_map(|one| one.reply())
        .map(|reply| reply.answer.len())
        .sum();
    let mut servers: Vec<String> = replies().map(|one| one.server.display()).collect();
    servers.sort();
    servers.dedup();
    let slowest = replies().filter_map(|one| one.step.duration).max();
    let records = match records {
        0 => "no record".to_owned(),
        records => units::count(records, "record", "records"),
    };
    let time = slowest
        .map(|slowest| {
            let several = replies().nth(1).is_some();
            let slowest = units::duration(slowest, style.unicode);
            if several {
                format!(", within {slowest}")
            } else {
                format!(", {slowest}")
            }
        })
        .unwrap_or_default();
    format!(
        ": {records} from {}{time}",
        units::count(servers.len(), "server", "servers")
    )
}

/// How much the word rests on: the layers measured and the time that a person waits.
fn healthy(report: &Report, style: &TerminalStyle) -> String {
    let layers = &report.layers;
    if let Some(record) = zone_check::record(report) {
        let questions = usize::try_from(record.queries).unwrap_or(usize::MAX);
        return format!(": {}", units::count(questions, "question", "questions"));
    }
    let measured = [
        layers
            .dns
            .as_ref()
            .is_some_and(|section| section.record().is_some()),
        layers
            .tcp
            .as_ref()
            .is_some_and(|section| section.record().is_some()),
        layers
            .tls
            .as_ref()
            .is_some_and(|section| section.record().is_some()),
        layers
            .http
            .as_ref()
            .is_some_and(|section| section.record().is_some()),
    ];
    if !measured.contains(&true) {
        return String::new();
    }
    let count = units::count(
        measured.into_iter().filter(|measured| *measured).count(),
        "layer",
        "layers",
    );
    let spans: Vec<_> = report.endpoints().iter().flat_map(phases).collect();
    if spans.is_empty() {
        format!(": {count}")
    } else {
        format!(
            ": {count}, {}",
            units::duration(total(&spans), style.unicode)
        )
    }
}
