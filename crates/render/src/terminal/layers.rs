//! One line per layer of the target itself: how it fared, what was seen, how long it took.

use std::time::Duration;

use netwhy_explain::{Finding, Severity, Verdict};
use netwhy_report::phases::{Phase, PhaseSpan, phases, total};
use netwhy_report::{Layer, Report, Section};

use super::observed::{self, Seen};
use super::redirects;
use crate::escape::{Line, Sheet, columns, wrap};
use crate::style::{DIM, Mark, TerminalStyle};
use crate::{units, words};

pub(super) fn draw(sheet: &mut Sheet, report: &Report, verdict: &Verdict, style: &TerminalStyle) {
    let layers = &report.layers;
    let unicode = style.unicode;
    if let Some(seen) = observed::client(report, verdict) {
        row(sheet, Layer::Client, &seen, None, verdict, style);
    }
    if let Some(section) = &layers.dns {
        let seen = probed(Layer::Dns, section, |record| observed::dns(record, unicode));
        row(
            sheet,
            Layer::Dns,
            &seen,
            duration(report, Layer::Dns),
            verdict,
            style,
        );
    }
    if let Some(section) = &layers.tcp {
        let seen = probed(Layer::Tcp, section, |record| observed::tcp(record, unicode));
        row(
            sheet,
            Layer::Tcp,
            &seen,
            duration(report, Layer::Tcp),
            verdict,
            style,
        );
    }
    if let Some(section) = &layers.tls {
        let seen = probed(Layer::Tls, section, |record| {
            observed::tls(record, report.started_at, unicode)
        });
        row(
            sheet,
            Layer::Tls,
            &seen,
            duration(report, Layer::Tls),
            verdict,
            style,
        );
    }
    if let Some(section) = &layers.http {
        let seen = probed(Layer::Http, section, |record| {
            observed::http(record, unicode)
        });
        row(
            sheet,
            Layer::Http,
            &seen,
            duration(report, Layer::Http),
            verdict,
            style,
        );
        redirects::draw(sheet, report, verdict, style);
    }
}

fn probed<T>(layer: Layer, section: &Section<T>, seen: impl FnOnce(&T) -> Seen) -> Seen {
    match section {
        Section::Measured { record } => seen(record),
        Section::Skipped { reason } => Seen {
            mark: Mark::Unmeasured,
            words: words::skipped(layer, reason),
        },
    }
}

/// The time of a layer: its phases on the target's own connection.
fn duration(report: &Report, layer: Layer) -> Option<Duration> {
    let target = report.endpoints().into_iter().next()?;
    let spans: Vec<PhaseSpan> = phases(&target)
        .into_iter()
        .filter(|span| layer_of(span.phase) == layer)
        .collect();
    (!spans.is_empty()).then(|| total(&spans))
}

fn layer_of(phase: Phase) -> Layer {
    match phase {
        Phase::Dns => Layer::Dns,
        Phase::Tcp => Layer::Tcp,
        Phase::Tls => Layer::Tls,
        Phase::Server | Phase::Transfer => Layer::Http,
    }
}

fn row(
    sheet: &mut Sheet,
    layer: Layer,
    seen: &Seen,
    duration: Option<Duration>,
    verdict: &Verdict,
    style: &TerminalStyle,
) {
    let (mark, words) = judged(seen, blamed(verdict, layer, 0));
    let lead = lead(layer.name(), mark, style);
    let time = duration
        .map(|duration| units::duration(duration, style.unicode))
        .unwrap_or_default();
    with_time(sheet, lead, &words, &time, style.columns());
}

/// The worst finding that blames this layer of this hop and follows from no other. What is about no single
/// hop counts for the target.
pub(super) fn blamed(verdict: &Verdict, layer: Layer, hop: usize) -> Option<&Finding> {
    let own = |finding: &&Finding| {
        finding.layer == layer
            && finding.hop.unwrap_or_default() == hop
            && finding.consequence_of.is_none()
            && finding.severity >= Severity::Warning
    };
    verdict
        .findings
        .iter()
        .filter(own)
        .max_by_key(|finding| finding.severity)
}

/// What was seen, with the mark and the code of the finding where that makes it worse than it looks.
pub(super) fn judged(seen: &Seen, blamed: Option<&Finding>) -> (Mark, String) {
    match blamed {
        Some(finding) if Mark::from(finding.severity) > seen.mark => (
            Mark::from(finding.severity),
            format!("{}: {}", seen.words, finding.code),
        ),
        _ => (seen.mark, seen.words.clone()),
    }
}

/// The mark and the name at the begin of a line.
pub(super) fn lead(name: &str, mark: Mark, style: &TerminalStyle) -> Line {
    Line::new()
        .text("  ")
        .painted(mark.paint(), style.mark(mark))
        .text(" ")
        .text(&format!("{name:<4}"))
        .text("  ")
}

/// Text under its lead, wrapped, with a time at the right end of the first line.
pub(super) fn with_time(sheet: &mut Sheet, lead: Line, text: &str, time: &str, width: usize) {
    let indent = lead.columns();
    let reserved = if time.is_empty() {
        0
    } else {
        columns(time) + 2
    };
    let mut lead = Some(lead);
    for part in wrap(text, width.saturating_sub(indent + reserved)) {
        let first = lead.take();
        let at_right = first.is_some() && !time.is_empty();
        let line = first.unwrap_or_else(|| Line::new().pad(indent)).text(&part);
        let line = if at_right {
            line.pad(width - columns(time)).painted(DIM, time)
        } else {
            line
        };
        sheet.line(line);
    }
}
