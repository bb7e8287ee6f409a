//! The first line: whom, from where, when.

use netwhy_report::Report;

use crate::escape::{Line, Sheet, columns};
use crate::style::{BOLD, DIM, TerminalStyle};
use crate::units;

/// Between the parts of the line.
const GUTTER: &str = "   ";

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let target = report.plan.subject();
    let mut rest = Vec::new();
    if let Some(source) = source(report) {
        rest.push(format!("from {source}"));
    }
    rest.push(units::moment(report.started_at));
    let rest = rest.join(GUTTER);
    if columns(&target) + GUTTER.len() + columns(&rest) <= style.columns() {
        sheet.line(
            Line::new()
                .painted(BOLD, &target)
                .text(GUTTER)
                .painted(DIM, &rest),
        );
        return;
    }
    for part in crate::escape::wrap(&target, style.columns()) {
        sheet.line(Line::new().painted(BOLD, &part));
    }
    for part in crate::escape::wrap(&rest, style.columns()) {
        sheet.line(Line::new().painted(DIM, &part));
    }
}

/// Our own end of the connection used; without one nothing is claimed.
fn source(report: &Report) -> Option<String> {
    let tcp = report.layers.tcp.as_ref()?.record()?;
    Some(tcp.winner()?.local.ip().to_string())
}
