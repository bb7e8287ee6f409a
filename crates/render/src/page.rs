//! What `netwhy explain` prints: the catalogue, a finding's page, a topic.

use netwhy_explain::{Declaration, Topic, catalogue, topics};

use crate::TerminalStyle;
use crate::ink::{Ink, faint, fit, of, plain};

/// All findings by layer, then the topics.
#[must_use]
pub fn catalogue_list(width: usize) -> String {
    let style = TerminalStyle {
        width,
        color: false,
        unicode: true,
    };
    let mut ink = Ink::new(&style);
    let widest = catalogue()
        .map(|declared| declared.code.len())
        .max()
        .unwrap_or_default();
    let mut layer = None;
    for declared in catalogue() {
        if layer.replace(declared.layer) != Some(declared.layer) {
            ink.put(plain(), declared.layer.name()).end();
        }
        let room = width.saturating_sub(widest + 14).max(20);
        ink.put(
            plain(),
            &format!(
                "  {:widest$}  {:8} {}",
                declared.code,
                declared.severity.name(),
                fit(declared.headline, room)
            ),
        )
        .end();
    }
    ink.put(plain(), "topics").end();
    for topic in topics() {
        ink.put(
            plain(),
            &format!("  {:widest$}  {}", topic.name, topic.title),
        )
        .end();
    }
    ink.finish()
}

/// The page of a finding.
#[must_use]
pub fn page(declared: &Declaration, style: &TerminalStyle) -> String {
    let mut ink = Ink::new(style);
    ink.put(of(declared.severity), declared.severity.name())
        .put(plain(), " ")
        .put(of(declared.severity), declared.code)
        .end();
    ink.wrapped("", declared.headline);
    let sections = [
        ("What happened", declared.what),
        ("Why it breaks", declared.why),
        ("How to fix", declared.fix),
        ("How to confirm", declared.confirm),
    ];
    for (title, text) in sections {
        ink.end();
        ink.put(faint(), title).end();
        for paragraph in text.split("\n") {
            ink.wrapped("  ", paragraph);
        }
    }
    ink.finish()
}

/// The page of a topic.
#[must_use]
pub fn topic(topic: &Topic, style: &TerminalStyle) -> String {
    let mut ink = Ink::new(style);
    ink.put(plain(), topic.title).end();
    ink.end();
    for paragraph in topic.text.split('\n') {
        ink.wrapped("", paragraph);
    }
    ink.end();
    ink.wrapped("findings  ", &topic.findings.join(", "));
    ink.finish()
}
