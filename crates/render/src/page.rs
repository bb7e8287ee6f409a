//! `netwhy explain`: the list of findings, the page of one, the page of a topic.

use netwhy_explain::{Declaration, Severity, Topic, catalogue, find};

use crate::escape::{Line, Sheet, columns};
use crate::style::{self, BOLD, TerminalStyle};

/// The widest prose: longer lines tire the eye.
const PROSE: usize = 100;

/// `netwhy explain`: every finding by layer, with its severity and headline, wrapped to `width` columns.
#[must_use]
pub fn catalogue_list(width: usize) -> String {
    let style = TerminalStyle {
        width,
        color: false,
        unicode: true,
    };
    let mut sheet = Sheet::new(false);
    let codes = catalogue()
        .map(|declaration| declaration.code.len())
        .max()
        .unwrap_or(0);
    let mut layer = None;
    for declaration in catalogue() {
        if layer != Some(declaration.layer) {
            layer = Some(declaration.layer);
            sheet.gap();
            sheet.line(Line::new().text(declaration.layer.name()));
        }
        listed(&mut sheet, declaration, codes, style.columns());
    }
    sheet.finish()
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
        let codes = known
            .iter()
            .map(|declaration| declaration.code.len())
            .max()
            .unwrap_or(0);
        for declaration in known {
            listed(&mut sheet, declaration, codes, width);
        }
    }
    sheet.finish()
}

/// Paragraphs are wrapped anew; an indented line keeps its place, and what overflows it hangs under its second column.
fn flow(sheet: &mut Sheet, text: &str, width: usize, indent: &str) {
    let mut paragraph = String::new();
    for line in text.lines().chain([""]) {
        let running = !line.trim().is_empty() && !line.starts_with([' ', '\t']);
        if running {
            paragraph.push_str(if paragraph.is_empty() { "" } else { " " });
            paragraph.push_str(line.trim());
            continue;
        }
        if !paragraph.is_empty() {
            sheet.wrapped(
                Line::new().text(indent),
                &std::mem::take(&mut paragraph),
                width,
            );
        }
        if line.trim().is_empty() {
            sheet.gap();
        } else {
            let (label, rest) = line.split_at(second_column(line, width / 2));
            sheet.wrapped(Line::new().text(indent).text(label), rest, width);
        }
    }
}

/// Where the text after a label and at least two blanks begins; the indentation's end if there is no such place up to `limit`.
fn second_column(line: &str, limit: usize) -> usize {
    let indentation = line.len() - line.trim_start().len();
    let label = line[indentation..].find("  ").map(|at| indentation + at);
    let column = label.map(|at| line.len() - line[at..].trim_start().len());
    column
        .filter(|&at| at < line.len() && columns(&line[..at]) <= limit)
        .unwrap_or(indentation)
}

#[cfg(test)]
mod tests {
    use netwhy_explain::topics;

    use super::*;

    const PLAIN: TerminalStyle = TerminalStyle {
        width: 72,
        color: false,
        unicode: true,
    };

    #[test]
    fn a_page_holds_every_section_and_whole_commands() {
        for declaration in catalogue() {
            let text = page(declaration, &PLAIN);
            for title in [
                "What happened\n",
                "Why it breaks\n",
                "How to fix\n",
                "How to confirm\n",
            ] {
                assert!(text.contains(title), "{}: {title}", declaration.code);
            }
            let (prose, commands) = text.split_once("How to confirm\n").unwrap();
            assert!(prose.lines().all(|line| columns(line) <= 72), "{prose}");
            for command in declaration.confirm.lines() {
                assert!(commands.contains(command.trim_end()), "{command}");
            }
        }
    }

    #[test]
    fn the_list_names_every_finding_once_with_its_severity() {
        for width in [40, 80, 120] {
            let text = catalogue_list(width);
            assert!(text.lines().all(|line| columns(line) <= width), "{text}");
            for declaration in catalogue() {
                let rows = text
                    .lines()
                    .filter(|line| line.split_whitespace().next() == Some(declaration.code));
                let rows: Vec<&str> = rows.collect();
                assert_eq!(rows.len(), 1, "{}", declaration.code);
                assert!(rows[0].contains(declaration.severity.name()));
            }
        }
    }

    #[test]
    fn every_topic_fits_its_width_and_keeps_every_word() {
        for subject in topics() {
            for width in [40, 80, 120] {
                let text = topic(subject, &TerminalStyle { width, ..PLAIN });
                assert!(text.lines().all(|line| columns(line) <= width), "{text}");
            }
            let words = |text: &str| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            let shown = words(&topic(
                subject,
                &TerminalStyle {
                    width: 120,
                    ..PLAIN
                },
            ));
            assert!(
                shown.join(" ").contains(&words(subject.text).join(" ")),
                "{}",
                subject.name
            );
        }
    }

    #[test]
    fn a_table_in_a_topic_keeps_its_columns() {
        let mut sheet = Sheet::new(false);
        flow(
            &mut sheet,
            "Usual:\n  5 s     the pause of the resolver\n  60 s    nginx\n",
            24,
            "",
        );
        assert_eq!(
            sheet.finish(),
            "Usual:\n  5 s     the pause of\n          the resolver\n  60 s    nginx\n\n"
        );
    }

    #[test]
    fn colour_adds_nothing_but_codes() {
        let declaration = catalogue().next().unwrap();
        let coloured = page(
            declaration,
            &TerminalStyle {
                color: true,
                ..PLAIN
            },
        );
        assert!(coloured.contains("\x1b[1m"));
        let stripped = coloured.split('\x1b').map(|part| {
            part.split_once('m')
                .filter(|(code, _)| code.starts_with('['))
                .map_or(part, |(_, text)| text)
        });
        assert_eq!(stripped.collect::<String>(), page(declaration, &PLAIN));
    }
}
