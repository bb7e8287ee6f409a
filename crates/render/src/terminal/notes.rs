//! What limits the picture: credentials kept back, limits reached, a run cut short.

use netwhy_report::{Limit, Report};

use crate::escape::{Line, Sheet};
use crate::style::{DIM, TerminalStyle};
use crate::words;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let mut note = |label: &str, text: &str| {
        sheet.wrapped(
            Line::new().painted(DIM, label).text(" "),
            text,
            style.columns(),
        );
    };
    let http = report
        .layers
        .http
        .as_ref()
        .and_then(|section| section.record());
    // Once per run is enough: every later request is kept from the same secret.
    if let Some((hop, why)) = http.and_then(|record| {
        record
            .hops
            .iter()
            .find_map(|hop| Some((hop, hop.withheld?)))
    }) {
        note(
            "withheld:",
            &format!(
                "credentials and given headers were not sent to {}:{}: {}",
                hop.host,
                hop.port,
                words::withheld(why)
            ),
        );
    }
    for hit in &report.limits_hit {
        note("limit reached:", &words::limit(hit));
    }
    if !report.complete {
        let deadline = report
            .limits_hit
            .iter()
            .any(|hit| hit.limit == Limit::Deadline);
        let why = if deadline {
            "the run's deadline passed"
        } else {
            "the run was interrupted"
        };
        note(
            "incomplete:",
            &format!("{why}; what is missing was not measured"),
        );
    }
}
