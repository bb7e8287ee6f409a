//! A report for a person at a terminal: one line per layer, the waterfall, the findings, the verdict.

mod findings;
mod layers;
mod waterfall;

use netwhy_explain::{Status, Verdict};
use netwhy_report::Report;
use netwhy_report::http::Withheld;

use crate::TerminalStyle;
use crate::ink::{Ink, faint, good, of, plain};
use crate::units;

/// Draws the report; it ends with a line feed.
#[must_use]
pub fn terminal(report: &Report, verdict: &Verdict, style: &TerminalStyle) -> String {
    let mut ink = Ink::new(style);
    header(&mut ink, report);
    layers::draw(&mut ink, report, verdict, style);
    waterfall::draw(&mut ink, report, style);
    notes(&mut ink, report);
    findings::draw(&mut ink, verdict);
    conclusion(&mut ink, report, verdict);
    ink.finish()
}

fn header(ink: &mut Ink<'_>, report: &Report) {
    let source = report
        .endpoints()
        .into_iter()
        .find_map(|endpoint| Some(endpoint.tcp?.winner()?.local.ip()));
    let source = source
        .map(|address| format!("   from {address}"))
        .unwrap_or_default();
    let time = report.started_at.strftime("%Y-%m-%d %H:%M:%SZ");
    ink.put(plain(), &report.target().display())
        .put(faint(), &format!("{source}   {time}"))
        .end();
    ink.end();
}

fn notes(ink: &mut Ink<'_>, report: &Report) {
    let hops = report
        .layers
        .http
        .as_ref()
        .and_then(|section| section.record())
        .map(|record| &record.hops[..])
        .unwrap_or_default();
    for hop in hops {
        let why = match hop.withheld {
            Some(Withheld::UnverifiedPeer) => "its certificate did not verify",
            Some(Withheld::OtherOrigin) => "it is another origin",
            None => continue,
        };
        ink.wrapped(
            "note  ",
            &format!(
                "credentials and user headers were withheld from {}: {why}",
                hop.host
            ),
        );
    }
    for hit in &report.limits_hit {
        ink.wrapped(
            "note  ",
            &format!("a limit was reached in {}: {}", hit.layer.name(), hit.value),
        );
    }
    let lag = report
        .layers
        .client
        .as_ref()
        .and_then(|client| client.event_loop.as_ref());
    if let Some(lag) = lag.filter(|lag| lag.max.as_millis() >= 20) {
        ink.wrapped(
            "note  ",
            &format!(
                "our own event loop ran up to {} late: timings are that uncertain",
                units::duration(lag.max)
            ),
        );
    }
    if !report.complete {
        ink.wrapped(
            "note  ",
            "the run ended early: what is missing was not measured",
        );
    }
}

fn conclusion(ink: &mut Ink<'_>, report: &Report, verdict: &Verdict) {
    ink.end();
    let because = match (&verdict.layer, &verdict.cause) {
        (Some(layer), Some(cause)) => format!(", because of {} ({cause})", layer.name()),
        _ => String::new(),
    };
    ink.put(faint(), "verdict: ");
    match verdict.status {
        Status::Healthy => ink.put(good(), "healthy").put(
            plain(),
            &format!(", {} in all", units::duration(report.elapsed)),
        ),
        Status::Degraded => ink
            .put(of(netwhy_explain::Severity::Warning), "degraded")
            .put(plain(), &because),
        Status::Broken => ink
            .put(of(netwhy_explain::Severity::Error), "broken")
            .put(plain(), &because),
        Status::Unknown => ink
            .put(plain(), "unknown")
            .put(plain(), ", the run ended before it could tell"),
    };
    if let Some(confidence) = verdict.confidence {
        ink.put(
            faint(),
            &format!("; confidence {}", format!("{confidence:?}").to_lowercase()),
        );
    }
    ink.end();
    if let Some(refute) = &verdict.refute {
        ink.wrapped("         refuted if ", refute);
    }
}
