//! What a person sees of each specimen, at each width.

use netwhy_report::tls::{ChainFault, NameVerdict};
use netwhy_report::{Failure, Section, SkipReason, Step, Untrusted};

use super::*;
use crate::escape::columns;
use crate::specimen::{self, Case};

mod check;
mod hostile;
mod lookup;
mod redirects;

const PLAIN: TerminalStyle = TerminalStyle {
    width: 100,
    color: false,
    unicode: true,
};

fn shown(case: &Case) -> String {
    terminal(&case.report, &case.verdict, &PLAIN)
}

fn line<'a>(text: &'a str, start: &str) -> &'a str {
    text.lines()
        .find(|line| line.trim_start().starts_with(start))
        .unwrap_or_else(|| panic!("no line {start:?} in\n{text}"))
}

#[test]
fn a_healthy_run_reads_like_the_picture() {
    let text = shown(&specimen::healthy());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "https://shop.example.test/cart   from 198.51.100.7   2026-11-23 08:22:42Z"
    );
    assert_eq!(lines[1], "");
    assert!(
        lines[2].starts_with("  ✓ dns   2 addresses from 192.0.2.53, TTL 300  "),
        "{text}"
    );
    assert!(lines[2].ends_with("12.0 ms"));
    assert!(
        lines[3].starts_with("  ✓ tcp   203.0.113.10:443 open  "),
        "{text}"
    );
    assert!(
        lines[4].starts_with(
            "  ✓ tls   TLSv1.3, X25519MLKEM768, certificate valid to 2027-01-02 (39 days left)"
        ),
        "{text}"
    );
    assert!(
        lines[5].starts_with("  ✓ http  200, HTTP/2, 18 kB  "),
        "{text}"
    );
    assert!(lines[5].ends_with("349.0 ms"));
    assert!(lines[7].starts_with("  dns ▕█"), "{text}");
    assert!(lines[7].ends_with("405.0 ms"));
    assert!(
        lines[8].contains("12.0") && lines[8].contains("331.0 (81 %)") && lines[8].contains("18.0"),
        "{text}"
    );
    assert_eq!(lines[9], "");
    assert_eq!(lines[10], "verdict: healthy: 4 layers, 405.0 ms");
    assert_eq!(lines.len(), 11);
}

#[test]
fn after_a_dns_failure_later_layers_are_skipped_and_nothing_unmeasured_is_shown_as_zero() {
    let text = shown(&specimen::dns_failure());
    assert!(
        line(&text, "✗ dns").contains("NXDOMAIN from 192.0.2.53"),
        "{text}"
    );
    for layer in ["· tcp", "· tls", "· http"] {
        assert!(
            line(&text, layer).ends_with("skipped: DNS failed"),
            "{text}"
        );
    }
    assert!(line(&text, "dns ▕").contains("█✗"), "{text}");
    assert!(
        !text.contains(" 0.0") && !text.contains("<0.1") && !text.contains(" from 198"),
        "{text}"
    );
    assert!(text.contains("verdict: broken, because of dns (dns-nxdomain)\n  confidence high\n  would be refuted by: "), "{text}");
}

#[test]
fn an_incomplete_chain_is_named_with_its_evidence_fix_and_command() {
    let text = shown(&specimen::chain_incomplete());
    assert!(
        line(&text, "✗ tls").contains("chain incomplete: \"Example R11\" is not sent, TLSv1.3"),
        "{text}"
    );
    assert!(line(&text, "‼ http").contains("200, HTTP/2"));
    assert!(text.contains("error tls-chain-incomplete: browsers recover"));
    assert!(text.contains("\n  evidence  sent: leaf"));
    assert!(text.contains("\n  fix       mend what tls-chain-incomplete names"));
    assert!(text.contains("\n  confirm   openssl s_client -connect shop.example.test:443 -servername shop.example.test -showcerts </dev/null # tls-chain-incomplete\n"));
    assert!(text.contains("error tls-name-mismatch: the name is not covered\n  follows from tls-chain-incomplete\n"), "{text}");
    assert!(!text.contains("mend what tls-name-mismatch"));
    assert!(
        text.contains("notice tls-weak-key: the key is short\n  fix "),
        "{text}"
    );
    assert!(!text.contains("# tls-weak-key"));
    assert!(
        text.contains("info http-compressed: the body is compressed\n"),
        "{text}"
    );
    assert!(!text.contains("mend what http-compressed"));
}

#[test]
fn one_dead_address_is_named_beside_the_one_that_works() {
    let text = shown(&specimen::address_timed_out());
    let row = line(&text, "‼ tcp");
    assert!(
        row.contains("203.0.113.10:443 open; [2001:db8::10]:443 timed out after 5.00 s"),
        "{text}"
    );
    assert!(row.ends_with("20.0 ms"));
    assert!(text.contains("verdict: degraded, because of tcp (tcp-ipv6-broken)"));
}

#[test]
fn many_addresses_are_capped_with_their_number() {
    let mut case = specimen::healthy();
    let Some(Section::Measured { record }) = &mut case.report.layers.tcp else {
        unreachable!()
    };
    record.matrix = (0..7).map(|_| record.matrix[0].clone()).collect();
    let text = shown(&case);
    assert!(text.contains("+3 more"), "{text}");
    assert_eq!(text.matches("203.0.113.10:443 open").count(), 4);
}

#[test]
fn an_interrupted_run_says_so_and_draws_what_was_measured() {
    let text = shown(&specimen::interrupted());
    assert!(
        line(&text, "· tls").ends_with("not measured: the run was interrupted"),
        "{text}"
    );
    assert!(line(&text, "limit reached:").ends_with("http: size of the body (10 MiB)"));
    assert!(
        text.contains("incomplete: the run was interrupted; what is missing was not measured\n")
    );
    assert!(line(&text, "dns ▕").contains("tcp ▕"));
    assert!(
        text.ends_with("\nverdict: unknown: the run was cut short before it could tell\n"),
        "{text}"
    );
}

#[test]
fn the_waterfall_ends_with_a_mark_where_the_run_broke_off() {
    let text = shown(&specimen::no_answer());
    let row = line(&text, "dns ▕");
    assert!(
        row.contains("█✗") && row.ends_with("20.06 s") && !row.contains("transfer"),
        "{text}"
    );
    assert!(line(&text, "✗ http").contains("timed out after 20.00 s"));
}

#[test]
fn skipped_layers_and_failed_handshakes_speak_plainly() {
    let mut case = specimen::healthy();
    let layers = &mut case.report.layers;
    layers.dns = Some(Section::Skipped {
        reason: SkipReason::NotNeeded,
    });
    let Some(Section::Measured { record }) = &mut layers.tls else {
        unreachable!()
    };
    let failure = Failure::NotTls {
        protocol: netwhy_report::failure::PlainProtocol::Http,
        first_bytes: Untrusted::from("HTTP/1.1 400"),
    };
    record.handshake = Step::failed(record.handshake.start, record.handshake.end(), failure);
    record.chain.clear();
    record.judgement = None;
    let text = shown(&case);
    assert!(
        line(&text, "· dns").ends_with("not needed: the target is an address"),
        "{text}"
    );
    assert!(
        line(&text, "✗ tls").contains("no TLS here: plain HTTP answers"),
        "{text}"
    );
}

#[test]
fn an_expired_certificate_and_a_wrong_name_are_told_in_words() {
    let mut case = specimen::healthy();
    let Some(Section::Measured { record }) = &mut case.report.layers.tls else {
        unreachable!()
    };
    record.chain[0].not_after = "2026-11-20T08:22:42Z".parse().unwrap();
    let judgement = record.judgement.as_mut().unwrap();
    judgement.faults = vec![ChainFault::Expired {
        index: Some(0),
        subject: record.chain[0].subject.clone(),
        not_after: record.chain[0].not_after,
    }];
    judgement.name = NameVerdict::Mismatch {
        nearest: Some(Untrusted::from("*.example.org")),
        reason: String::new(),
    };
    let text = terminal(
        &case.report,
        &case.verdict,
        &TerminalStyle {
            width: 110,
            ..PLAIN
        },
    );
    let row = line(&text, "✗ tls");
    assert!(
        row.contains(
            "certificate expired 3 days ago (2026-11-20); certificate is for \"*.example.org\""
        ),
        "{text}"
    );
}

#[test]
fn no_line_but_a_command_is_wider_than_the_terminal() {
    for (name, case) in specimen::all() {
        for width in [40, 60, 80, 120] {
            for unicode in [true, false] {
                let style = TerminalStyle {
                    width,
                    color: false,
                    unicode,
                };
                let text = terminal(&case.report, &case.verdict, &style);
                for line in text
                    .lines()
                    .filter(|line| !line.contains("openssl s_client"))
                {
                    assert!(
                        columns(line) <= width,
                        "{name} at {width}: {line:?}\n{text}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_narrow_terminal_gets_a_list_with_the_same_numbers() {
    let case = specimen::healthy();
    let text = terminal(
        &case.report,
        &case.verdict,
        &TerminalStyle { width: 40, ..PLAIN },
    );
    assert!(line(&text, "server  ").contains("331.0 ms █"), "{text}");
    assert!(line(&text, "total  ").ends_with("405.0 ms"), "{text}");
}

#[test]
fn without_unicode_every_mark_is_ascii() {
    for (name, case) in specimen::all() {
        let text = terminal(
            &case.report,
            &case.verdict,
            &TerminalStyle {
                unicode: false,
                ..PLAIN
            },
        );
        let foreign: String = text.chars().filter(|c| !c.is_ascii()).collect();
        // The ellipsis for a hidden query belongs to the URL, not to the marks.
        assert!(
            foreign.chars().all(|c| c == '…'),
            "{name}: {foreign}\n{text}"
        );
    }
    let case = specimen::dns_failure();
    let text = terminal(
        &case.report,
        &case.verdict,
        &TerminalStyle {
            unicode: false,
            ..PLAIN
        },
    );
    assert!(
        text.contains("  xx dns   NXDOMAIN") && text.contains("  -- tcp   skipped"),
        "{text}"
    );
}

#[test]
fn colour_changes_no_word() {
    for (name, case) in specimen::all() {
        let style = TerminalStyle {
            color: true,
            ..PLAIN
        };
        let coloured = terminal(&case.report, &case.verdict, &style);
        assert!(coloured.contains('\x1b'), "{name}");
        assert_eq!(without_our_codes(&coloured), shown(&case), "{name}");
    }
}

/// Drops `ESC [ digits ; … m`: any other ESC stays.
fn without_our_codes(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let end = after
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .unwrap_or(after.len());
        if after[end..].starts_with('m') {
            rest = &after[end + 1..];
        } else {
            plain.push('\x1b');
            rest = after;
        }
    }
    plain + rest
}
