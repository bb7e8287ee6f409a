//! One line per layer: how it fared, what was seen, how long it took.

use std::time::Duration;

use netwhy_explain::Verdict;
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
        redirects::draw(sheet, report, style);
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

/// The time of a layer: its phases on the target's connection; for HTTP everything from the first request on.
fn duration(report: &Report, layer: Layer) -> Option<Duration> {
    let mut spans: Vec<PhaseSpan> = Vec::new();
    for endpoint in report.endpoints() {
        spans.extend(phases(&endpoint).into_iter().filter(|span| {
            endpoint.hop > 0 && layer == Layer::Http
                || layer_of(span.phase) == layer && endpoint.hop == 0
        }));
    }
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
    let worst = verdict
        .findings
        .iter()
        .filter(|finding| finding.layer == layer)
        .map(|finding| Mark::from(finding.severity))
        .max();
    // A harmless finding does not turn a layer that was not measured into a sound one.
    let mark = worst
        .filter(|worst| *worst > Mark::Fine)
        .map_or(seen.mark, |worst| worst.max(seen.mark));
    let name = format!("{:<4}", layer.name());
    let lead = Line::new()
        .text("  ")
        .painted(mark.paint(), style.mark(mark))
        .text(" ")
        .text(&name)
        .text("  ");
    let time = duration
        .map(|duration| units::duration(duration, style.unicode))
        .unwrap_or_default();
    with_time(sheet, lead, &seen.words, &time, style.columns());
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
