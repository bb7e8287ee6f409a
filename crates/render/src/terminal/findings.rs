//! The findings: what it means, the evidence, the fix, the command that proves it. Lesser ones are shorter.

use netwhy_explain::{Finding, Severity, Verdict};

use crate::escape::{Line, Sheet, wrap};
use crate::style::{self, BOLD, DIM, TerminalStyle};

/// Where the text after a label begins.
const LABELLED: usize = 12;

pub(super) fn draw(sheet: &mut Sheet, verdict: &Verdict, style: &TerminalStyle) {
    for finding in &verdict.findings {
        headline(sheet, finding, style);
        if let Some(cause) = &finding.consequence_of {
            sheet.wrapped(
                Line::new().pad(2).painted(DIM, "follows from "),
                cause,
                style.columns(),
            );
        }
        details(sheet, finding, style);
    }
}

fn headline(sheet: &mut Sheet, finding: &Finding, style: &TerminalStyle) {
    let title = format!("{} {}:", finding.severity.name(), finding.code);
    let parts = wrap(
        &format!("{title} {}", finding.headline),
        style.columns() - 2,
    );
    let mut parts = parts.iter();
    let first = parts.next().map(String::as_str).unwrap_or_default();
    sheet.line(match first.strip_prefix(finding.severity.name()) {
        Some(rest) => {
            let (code, words) = rest.split_once(": ").unwrap_or((rest, ""));
            let colon = if words.is_empty() { "" } else { ": " };
            let line =
                Line::new().painted(style::severity(finding.severity), finding.severity.name());
            line.painted(BOLD, code).text(colon).text(words)
        }
        None => Line::new().text(first),
    });
    for part in parts {
        sheet.line(Line::new().pad(2).text(part));
    }
}

/// A consequence keeps its evidence only: mending the cause mends it. A notice keeps its fix, an info nothing more.
fn details(sheet: &mut Sheet, finding: &Finding, style: &TerminalStyle) {
    let harmful = finding.severity >= Severity::Warning;
    let own = finding.consequence_of.is_none();
    if harmful {
        labelled(sheet, "evidence", &finding.evidence, style);
    }
    if own && finding.severity >= Severity::Notice && !finding.fix.is_empty() {
        labelled(sheet, "fix", std::slice::from_ref(&finding.fix), style);
    }
    if own && harmful {
        // A wrapped command cannot be pasted: it stays on one line, however long.
        for (at, command) in finding.confirm.iter().enumerate() {
            let lead = Line::new()
                .pad(2)
                .painted(DIM, if at == 0 { "confirm" } else { "" });
            sheet.line(lead.pad(LABELLED).text(command));
        }
    }
}

fn labelled(sheet: &mut Sheet, label: &str, lines: &[String], style: &TerminalStyle) {
    for (at, text) in lines.iter().enumerate() {
        let lead = Line::new()
            .pad(2)
            .painted(DIM, if at == 0 { label } else { "" });
        sheet.wrapped(lead.pad(LABELLED), text, style.columns());
    }
}
