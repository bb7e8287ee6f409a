//! The findings: what, the evidence, the fix, and the command that proves it.

use netwhy_explain::{Finding, Severity, Verdict};

use crate::ink::{Ink, faint, of, plain};

/// Lines of evidence that are printed; the JSON document has them all.
const EVIDENCE: usize = 8;

pub(super) fn draw(ink: &mut Ink<'_>, verdict: &Verdict) {
    for finding in &verdict.findings {
        if finding.severity <= Severity::Notice || finding.consequence_of.is_some() {
            brief(ink, finding);
        } else {
            full(ink, finding);
        }
    }
}

fn title(ink: &mut Ink<'_>, finding: &Finding) {
    ink.put(of(finding.severity), finding.severity.name())
        .put(plain(), " ");
    ink.put(of(finding.severity), &finding.code)
        .put(plain(), ": ")
        .put(plain(), &finding.headline);
}

fn brief(ink: &mut Ink<'_>, finding: &Finding) {
    title(ink, finding);
    if let Some(cause) = &finding.consequence_of {
        ink.put(faint(), &format!(" (follows from {cause})"));
    }
    ink.end();
}

fn full(ink: &mut Ink<'_>, finding: &Finding) {
    title(ink, finding);
    ink.end();
    for (index, fact) in finding.evidence.iter().take(EVIDENCE).enumerate() {
        ink.wrapped(
            if index == 0 {
                "  evidence  "
            } else {
                "            "
            },
            fact,
        );
    }
    if finding.evidence.len() > EVIDENCE {
        ink.wrapped(
            "            ",
            &format!("and {} more", finding.evidence.len() - EVIDENCE),
        );
    }
    ink.wrapped("  fix       ", &finding.fix);
    for (index, command) in finding.confirm.iter().enumerate() {
        // A command is for pasting: it is never broken.
        ink.put(
            faint(),
            if index == 0 {
                "  confirm   "
            } else {
                "            "
            },
        )
        .put(plain(), command)
        .end();
    }
}
