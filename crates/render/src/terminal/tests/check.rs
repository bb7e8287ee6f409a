//! A zone check's picture: the matrix where there is room, and a zone that fills every name with hostile bytes.

use std::time::Duration;

use netwhy_explain::judge;
use netwhy_report::dns::check::{
    CheckProbe, CheckRecord, CheckedAddress, CheckedServer, DelegatedBy, Probe,
};
use netwhy_report::dns::message::{DnsMessage, HeaderFlags, Question, ResourceRecord};
use netwhy_report::dns::{DnsExchange, DnsServer};
use netwhy_report::plan::{DnsCheckPlan, DnsOptions, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::report::Layers;
use netwhy_report::untrusted::is_dangerous;
use netwhy_report::{Budgets, Plan, Report, Section, Step, Untrusted};

use crate::escape::columns;
use crate::style::TerminalStyle;

/// A check of a zone whose names and data all hold `text`.
fn report(text: &str) -> Report {
    let zone = Untrusted::from(format!("{text}.test.").as_str());
    let at = ([192, 0, 2, 31], 53).into();
    let exchange = |name: &Untrusted, record_type: &str, data: &str| DnsExchange {
        server: DnsServer::plain(at),
        address: Some(at),
        question: Question {
            name: name.clone(),
            class: "IN".to_owned(),
            record_type: record_type.to_owned(),
        },
        tries: Vec::new(),
        step: Step::completed(
            Duration::ZERO,
            Duration::from_millis(20),
            Box::new(DnsMessage {
                rcode_name: "NOERROR".to_owned(),
                flags: HeaderFlags {
                    authoritative: true,
                    ..HeaderFlags::default()
                },
                answer: vec![ResourceRecord {
                    name: name.clone(),
                    ttl: 5,
                    class: "IN".to_owned(),
                    record_type: record_type.to_owned(),
                    data: Untrusted::from(data),
                }],
                ..DnsMessage::default()
            }),
        ),
        undecodable: None,
    };
    let asked = |probe: Probe, record_type: &str, data: &str| CheckProbe {
        probe,
        exchange: exchange(&zone, record_type, data),
    };
    let soa = format!("{text}. {text}. 7 3600 600 86400 60");
    let record = CheckRecord {
        zone: zone.clone(),
        inside: Some(Untrusted::from(format!("www.{text}.test.").as_str())),
        delegated_by: DelegatedBy::SameServers,
        servers: vec![CheckedServer {
            name: Untrusted::from(format!("ns.{text}.test.").as_str()),
            at_parent: false,
            at_zone: true,
            glue: Vec::new(),
            own: Vec::new(),
            own_from: None,
        }],
        addresses: vec![CheckedAddress {
            address: at,
            servers: vec![0],
            unreachable: false,
            probes: vec![
                asked(Probe::Soa, "SOA", &soa),
                asked(Probe::Plain, "SOA", &soa),
                asked(Probe::Apex, "CNAME", text),
                asked(Probe::Apex, "A", "192.0.2.80"),
                asked(Probe::Random, "A", text),
                asked(Probe::Random, "A", text),
            ],
        }],
        names: vec![
            asked(Probe::Mail, "MX", &format!("10 {text}.")),
            asked(Probe::Spf, "TXT", &format!("\"v=spf1 {text} +all\"")),
            asked(
                Probe::Dmarc,
                "TXT",
                &format!("\"v=DMARC1; p={text}; rua={text}\""),
            ),
        ],
        samples: None,
        caa: None,
        denial: None,
        queries: 9,
    };
    Report {
        plan: Plan::DnsCheck(Box::new(DnsCheckPlan {
            zone,
            name: None,
            samples: 1,
            trace: TraceOptions::default(),
            dns: DnsOptions::default(),
            tcp: TcpOptions::default(),
            tls: TlsOptions::default(),
            budgets: Budgets::for_check(),
        })),
        started_at: "2026-11-23T08:22:42Z".parse().unwrap(),
        elapsed: Duration::from_millis(120),
        complete: true,
        limits_hit: Vec::new(),
        layers: Layers {
            dns_check: Some(Section::Measured { record }),
            ..Layers::default()
        },
    }
}

fn drawn(text: &str, width: usize) -> String {
    let report = report(text);
    let style = TerminalStyle {
        width,
        color: false,
        unicode: true,
    };
    crate::terminal(&report, &judge(&report), &style)
}

#[test]
fn every_area_has_its_lines_and_every_address_its_row() {
    let text = drawn("shop", 100);
    for part in [
        "www.shop.test. is a name in the zone shop.test., which is checked",
        "✗ apex           shop.test. is an alias of shop",
        "‼ SPF            SPF ends in +all",
        "· CAA            no answer",
        "soa  plain  edns0",
        "ns.shop.test. 192.0.2.31  ✓    ✓",
        "9 questions asked",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_narrow_terminal_has_the_lines_without_the_table() {
    let text = drawn("shop", 40);
    assert!(text.contains("‼ SPF"), "{text}");
    assert!(!text.contains("soa  plain"), "{text}");
}

#[test]
fn nothing_hostile_leaves_and_no_line_is_too_wide() {
    for text in [
        "\u{1b}[31mred\u{7}",
        "a\nb\r\n",
        "\u{202e}evil\u{200b}",
        &"x".repeat(300),
    ] {
        for width in [32, 80, 200] {
            let drawn = drawn(text, width);
            let widest = width.clamp(32, 110);
            let mut commands = false;
            for line in drawn.lines() {
                assert!(!line.chars().any(is_dangerous), "{line:?}");
                commands =
                    line.starts_with("  confirm") || (commands && line.starts_with("            "));
                assert!(commands || columns(line) <= widest, "{width}: {line:?}");
            }
        }
    }
}
