//! `netwhy explain`: the list of findings and topics, the page of one, what a search found.

use netwhy_explain::topics::{GROUPS, resting_on};
use netwhy_explain::{Declaration, Matches, Severity, Topic, catalogue, find};

use crate::escape::{Line, Sheet};
use crate::prose::flow;
use crate::style::{self, BOLD, TerminalStyle};

/// The widest prose: longer lines tire the eye.
const PROSE: usize = 100;

/// `netwhy explain`: every finding by layer, with its severity and headline, then every topic by theme, wrapped to `width` columns.
#[must_use]
pub fn catalogue_list(width: usize) -> String {
    let everything = Matches {
        findings: catalogue().collect(),
        topics: netwhy_explain::topics().collect(),
    };
    matches_list(&everything, width)
}

/// `netwhy explain WORDS`: the findings and topics that a search found, in the shape of the whole list.
#[must_use]
pub fn matches_list(matches: &Matches, width: usize) -> String {
    let mut sheet = Sheet::new(false);
    let codes = widest(matches.findings.iter().map(|finding| finding.code));
    let mut layer = None;
    for finding in &matches.findings {
        if layer != Some(finding.layer) {
            layer = Some(finding.layer);
            sheet.gap();
            sheet.line(Line::new().text(finding.layer.name()));
        }
        listed(&mut sheet, finding, codes, width);
    }
    let names = widest(matches.topics.iter().map(|topic| topic.name));
    for group in GROUPS {
        let mut chosen = group.topics.iter().filter(|topic| {
            let found = matches.topics.iter();
            found.into_iter().any(|match_| match_.name == topic.name)
        });
        if let Some(first) = chosen.next() {
            sheet.gap();
            sheet.line(Line::new().text("topics: ").text(group.theme));
            for topic in std::iter::once(first).chain(chosen) {
                titled(&mut sheet, topic, names, width);
            }
        }
    }
    sheet.finish()
}

fn widest(names: impl Iterator<Item = &'static str>) -> usize {
    names.map(str::len).max().unwrap_or(0)
}

fn titled(sheet: &mut Sheet, topic: &Topic, names: usize, width: usize) {
    let lead = Line::new().text("  ").text(topic.name).pad(2 + names + 2);
    if lead.columns() + 24 <= width {
        sheet.wrapped(lead, topic.title, width);
    } else {
        sheet.line(Line::new().text("  ").text(topic.name));
        sheet.wrapped(Line::new().text("    "), topic.title, width);
    }
}

fn listed(sheet: &mut Sheet, declaration: &Declaration, codes: usize, width: usize) {
    let severity = format!("{:<7}", declaration.severity.name());
    let lead = Line::new()
        .text("  ")
        .text(declaration.code)
        .pad(2 + codes + 2)
        .text(&severity)
        .text("  ");
    if lead.columns() + 24 <= width {
        sheet.wrapped(lead, declaration.headline, width);
    } else {
        sheet.line(
            Line::new()
                .text("  ")
                .text(declaration.code)
                .text("  ")
                .text(severity.trim_end()),
        );
        sheet.wrapped(Line::new().text("    "), declaration.headline, width);
    }
}

/// `netwhy explain CODE`: the whole page of a finding.
#[must_use]
pub fn page(declaration: &Declaration, style: &TerminalStyle) -> String {
    let mut sheet = Sheet::new(style.color);
    let width = style.columns().min(PROSE);
    heading(&mut sheet, declaration.code, declaration.severity);
    sheet.wrapped(Line::new(), declaration.headline, width);
    let sections = [
        ("What happened", declaration.what),
        ("Why it breaks", declaration.why),
        ("How to fix", declaration.fix),
    ];
    for (title, text) in sections {
        sheet.gap();
        sheet.line(Line::new().painted(BOLD, title));
        flow(&mut sheet, text, width, "  ");
    }
    sheet.gap();
    sheet.line(Line::new().painted(BOLD, "How to confirm"));
    // Commands stay whole: a wrapped one cannot be pasted.
    for line in declaration.confirm.lines() {
        sheet.line(Line::new().text("  ").text(line));
    }
    let ground: Vec<&Topic> = resting_on(declaration.code).collect();
    if !ground.is_empty() {
        sheet.gap();
        sheet.line(Line::new().painted(BOLD, "The ground it rests on"));
        let names = widest(ground.iter().map(|topic| topic.name));
        for topic in ground {
            titled(&mut sheet, topic, names, width);
        }
    }
    sheet.finish()
}

fn heading(sheet: &mut Sheet, code: &str, severity: Severity) {
    let layer = Line::new().painted(style::severity(severity), severity.name());
    sheet.line(layer.text(" ").painted(BOLD, code));
}

/// `netwhy explain TOPIC`: the page of a topic, and the findings that rest on it.
#[must_use]
pub fn topic(topic: &Topic, style: &TerminalStyle) -> String {
    let mut sheet = Sheet::new(style.color);
    let width = style.columns().min(PROSE);
    sheet.line(Line::new().painted(BOLD, topic.name));
    sheet.wrapped(Line::new(), topic.title, width);
    sheet.gap();
    flow(&mut sheet, topic.text, width, "");
    let known: Vec<&Declaration> = topic
        .findings
        .iter()
        .filter_map(|code| find(code))
        .collect();
    if !known.is_empty() {
        sheet.gap();
        sheet.line(Line::new().painted(BOLD, "Findings that rest on it"));
        let codes = widest(known.iter().map(|declaration| declaration.code));
        for declaration in known {
            listed(&mut sheet, declaration, codes, width);
        }
    }
    sheet.finish()
}

#[cfg(test)]
mod tests;
