//! One line per request where there was more than one: where it went, what came back, and its own phases.

use netwhy_report::phases::{phases, total};
use netwhy_report::{Endpoint, Report};

use super::layers::with_time;
use super::observed;
use crate::escape::{GLUE, Line, Sheet};
use crate::style::TerminalStyle;
use crate::units;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let endpoints = report.endpoints();
    if endpoints.len() < 2 {
        return;
    }
    for endpoint in &endpoints {
        let spans = phases(endpoint);
        let time = if spans.is_empty() {
            String::new()
        } else {
            units::duration(total(&spans), style.unicode)
        };
        let text = request(report, endpoint, style);
        with_time(
            sheet,
            Line::new().text("      ").text(style.arrow()).text(" "),
            &text,
            &time,
            style.columns(),
        );
    }
}

fn request(report: &Report, endpoint: &Endpoint<'_>, style: &TerminalStyle) -> String {
    let url = endpoint.redirected_to.map_or_else(
        || report.plan.subject(),
        |url| without_query(&url.escaped()),
    );
    let mut text = url;
    if let Some(exchange) = endpoint.http {
        text.push_str(&format!(
            ": {}",
            observed::exchange(exchange, style.unicode)
        ));
    }
    let times = phases(endpoint);
    // A number stays with its phase and its unit when the line is wrapped.
    let mut times: Vec<String> = times
        .iter()
        .map(|span| {
            let time = units::duration(span.duration, style.unicode);
            format!("{} {time}", span.phase.name()).replace(' ', GLUE)
        })
        .collect();
    if endpoint.hop > 0
        && endpoint.tcp.is_none()
        && endpoint.http.is_some_and(|http| http.peer.is_some())
    {
        times.insert(0, "connection reused".to_owned());
    }
    if !times.is_empty() {
        text.push_str(&format!(" ({})", times.join(", ")));
    }
    text
}

/// A query may hold secrets: it is not printed.
fn without_query(url: &str) -> String {
    match url.split_once('?') {
        Some((path, _)) => format!("{path}?…"),
        None => url.to_owned(),
    }
}
