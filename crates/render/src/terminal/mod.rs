//! The picture of a run: header, layers, waterfall, findings, verdict, in this order, fitted to the terminal's width.

mod certificate;
mod check;
mod compare;
mod findings;
mod header;
mod layers;
mod lookup;
mod notes;
mod observed;
mod redirects;
mod trace;
mod verdict;
mod waterfall;

use netwhy_explain::Verdict;
use netwhy_report::Report;

use crate::escape::Sheet;
use crate::style::TerminalStyle;

/// Draws a run. Every line ends in a line break; whatever a peer sent is escaped.
/// No line but the commands under `confirm` is wider than the style says (down to 32 columns).
#[must_use]
pub fn terminal(report: &Report, verdict: &Verdict, style: &TerminalStyle) -> String {
    let mut sheet = Sheet::new(style.color);
    header::draw(&mut sheet, report, style);
    sheet.gap();
    layers::draw(&mut sheet, report, verdict, style);
    lookup::draw(&mut sheet, report, style);
    match report.layers.dns_check {
        Some(_) => check::draw(&mut sheet, report, verdict, style),
        None => {
            trace::draw(&mut sheet, report, style);
            compare::draw(&mut sheet, report, style);
        }
    }
    sheet.gap();
    waterfall::draw(&mut sheet, report, style);
    sheet.gap();
    findings::draw(&mut sheet, verdict, style);
    sheet.gap();
    notes::draw(&mut sheet, report, style);
    sheet.gap();
    verdict::draw(&mut sheet, report, verdict, style);
    sheet.finish()
}

#[cfg(test)]
mod tests;
