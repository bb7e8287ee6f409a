//! What `netwhy explain` prints fits its width and leaves nothing out.

use netwhy_explain::{search, topics};

use super::*;
use crate::escape::columns;

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
        let (prose, rest) = text.split_once("How to confirm\n").unwrap();
        let (commands, ground) = rest
            .split_once("The ground it rests on\n")
            .unwrap_or((rest, ""));
        for topic in resting_on(declaration.code) {
            assert!(
                ground.contains(topic.title.split(' ').next().unwrap()),
                "{ground}"
            );
            assert!(ground.contains(topic.name), "{ground}");
        }
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
fn the_list_names_every_topic_once_under_its_theme() {
    for width in [40, 80, 120] {
        let text = catalogue_list(width);
        for group in GROUPS {
            let (_, part) = text
                .split_once(&format!("topics: {}\n", group.theme))
                .unwrap();
            let part = part.split("\n\n").next().unwrap();
            for topic in group.topics {
                let first = |line: &str| line.split_whitespace().next() == Some(topic.name);
                assert_eq!(part.lines().filter(|line| first(line)).count(), 1, "{part}");
            }
        }
    }
}

#[test]
fn a_search_lists_what_it_found_and_nothing_else() {
    let text = matches_list(&search("certificate"), 100);
    assert!(text.contains("  certificate-chain"), "{text}");
    assert!(text.contains("  tls-certificate-expired"), "{text}");
    // The issuer that a CAA record forbids is about certificates as well.
    assert!(text.contains("  dns-caa-blocks-issuer"), "{text}");
    assert!(
        !text.contains("tcp\n") && !text.contains("tcp-refused"),
        "{text}"
    );
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
