//! One line per request that a redirect led to: where it went, what failed there, what came back, and its own phases.

use netwhy_explain::Verdict;
use netwhy_report::phases::{phases, total};
use netwhy_report::{Endpoint, Layer, Report, Untrusted};

use super::layers::{blamed, judged, lead, with_time};
use super::observed::{self, Seen};
use crate::escape::{GLUE, Sheet};
use crate::style::{Mark, TerminalStyle};
use crate::units;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, verdict: &Verdict, style: &TerminalStyle) {
    for endpoint in report.endpoints() {
        let Some(url) = endpoint.redirected_to else {
            continue;
        };
        let spans = phases(&endpoint);
        let time = if spans.is_empty() {
            String::new()
        } else {
            units::duration(total(&spans), style.unicode)
        };
        let (mark, text) = request(report, &endpoint, url, verdict, style);
        let lead = lead(style.arrow(), mark, style);
        with_time(sheet, lead, &text, &time, style.columns());
    }
}

fn request(
    report: &Report,
    endpoint: &Endpoint<'_>,
    url: &Untrusted,
    verdict: &Verdict,
    style: &TerminalStyle,
) -> (Mark, String) {
    // The answer decides; what failed before it counts more.
    let mut mark = Mark::Unmeasured;
    let mut told = Vec::new();
    for (layer, seen) in layers(report, endpoint, style) {
        let (fared, words) = judged(&seen, blamed(verdict, layer, endpoint.hop));
        if layer == Layer::Http {
            mark = mark.max(fared);
            told.push(words);
        } else if fared > Mark::Fine {
            mark = mark.max(fared);
            told.push(format!("{} {words}", layer.name()));
        }
    }
    let mut text = format!("{}: {}", without_query(&url.escaped()), told.join("; "));
    // A number stays with its phase and its unit when the line is wrapped.
    let mut times: Vec<String> = phases(endpoint)
        .iter()
        .map(|span| {
            let time = units::duration(span.duration, style.unicode);
            format!("{} {time}", span.phase.name()).replace(' ', GLUE)
        })
        .collect();
    if endpoint.tcp.is_none() && endpoint.http.is_some_and(|http| http.peer.is_some()) {
        times.insert(0, "connection reused".to_owned());
    }
    if !times.is_empty() {
        text.push_str(&format!(" ({})", times.join(", ")));
    }
    (mark, text)
}

/// What each layer of this hop saw, as far as it was measured.
fn layers(report: &Report, endpoint: &Endpoint<'_>, style: &TerminalStyle) -> Vec<(Layer, Seen)> {
    let unicode = style.unicode;
    let mut seen = Vec::new();
    seen.extend(
        endpoint
            .dns
            .map(|dns| (Layer::Dns, observed::dns(dns, unicode))),
    );
    seen.extend(
        endpoint
            .tcp
            .map(|tcp| (Layer::Tcp, observed::tcp(tcp, unicode))),
    );
    seen.extend(
        endpoint
            .tls
            .map(|tls| (Layer::Tls, observed::tls(tls, report.started_at, unicode))),
    );
    seen.extend(
        endpoint
            .http
            .map(|http| (Layer::Http, observed::exchange(http, unicode))),
    );
    seen
}

/// A query may hold secrets: it is not printed.
fn without_query(url: &str) -> String {
    match url.split_once('?') {
        Some((path, _)) => format!("{path}?…"),
        None => url.to_owned(),
    }
}
