//! A lookup's picture: negative and cut answers, differing servers, broken and hostile bytes.

use std::time::Duration;

use netwhy_report::dns::message::{DnsMessage, Question, ResourceRecord, Undecodable};
use netwhy_report::dns::{DnsExchange, DnsTransport, DnsTry, LookupRecord};
use netwhy_report::plan::{DnsLookupPlan, DnsOptions, DnsQueryOptions, TcpOptions, TlsOptions};
use netwhy_report::report::Layers;
use netwhy_report::{Budgets, Failure, Plan, Report, Step, Untrusted};

use crate::style::TerminalStyle;

fn record(record_type: &str, data: &str) -> ResourceRecord {
    ResourceRecord {
        name: Untrusted::from("www.shop.test."),
        ttl: 300,
        class: "IN".to_owned(),
        record_type: record_type.to_owned(),
        data: Untrusted::from(data),
    }
}

fn exchange(server: &str, result: Result<DnsMessage, Failure>) -> DnsExchange {
    let end = Duration::from_millis(12);
    let size = result.as_ref().map(|_| 60).map_err(Clone::clone);
    DnsExchange {
        server: server.parse().unwrap(),
        address: None,
        question: Question {
            name: Untrusted::from("www.shop.test."),
            class: "IN".to_owned(),
            record_type: "A".to_owned(),
        },
        tries: vec![DnsTry::new(
            DnsTransport::Udp,
            true,
            Step::ended(Duration::ZERO, end, size),
        )],
        step: Step::ended(Duration::ZERO, end, result.map(Box::new)),
        undecodable: None,
    }
}

fn answer(data: &[&str]) -> DnsMessage {
    DnsMessage {
        rcode_name: "NOERROR".to_owned(),
        answer: data.iter().map(|data| record("A", data)).collect(),
        ..DnsMessage::default()
    }
}

fn drawn(exchanges: Vec<DnsExchange>) -> String {
    let plan = DnsLookupPlan {
        name: Untrusted::from("www.shop.test."),
        relative: false,
        search: false,
        check_rewriting: false,
        types: vec!["A".to_owned()],
        class: "IN".to_owned(),
        servers: Vec::new(),
        query: DnsQueryOptions::default(),
        dns: DnsOptions::default(),
        tcp: TcpOptions::default(),
        tls: TlsOptions::default(),
        budgets: Budgets::default(),
    };
    let report = Report {
        plan: Plan::DnsLookup(Box::new(plan)),
        layers: Layers {
            dns_lookup: Some(LookupRecord {
                exchanges,
                configured: false,
                candidates: vec!["www.shop.test".to_owned()],
            }),
            ..Layers::default()
        },
        ..crate::specimen::healthy().report
    };
    let style = TerminalStyle {
        width: 100,
        color: false,
        unicode: true,
    };
    crate::terminal(&report, &netwhy_explain::judge(&report), &style)
}

#[test]
fn a_cut_answer_is_not_taken_for_no() {
    let mut cut = answer(&[]);
    cut.flags.truncated = true;
    let text = drawn(vec![exchange("192.0.2.53", Ok(cut))]);
    assert!(text.contains("a cut (TC): more are missing"), "{text}");
    assert!(
        !text.contains("not with this type") && !text.contains("\"no\""),
        "{text}"
    );
}

#[test]
fn no_says_for_how_long_and_who_says_so() {
    let mut no = answer(&[]);
    let soa = "ns.shop.test. hostmaster.shop.test. 7 3600 600 86400 60";
    no.authority = vec![record("SOA", soa)];
    let text = drawn(vec![exchange("192.0.2.53", Ok(no))]);
    assert!(text.contains("may be kept for 60 s"), "{text}");
    assert!(text.contains("(serial 7)"), "{text}");
}

#[test]
fn differing_servers_stand_out() {
    let text = drawn(vec![
        exchange("192.0.2.53", Ok(answer(&["192.0.2.1"]))),
        exchange("192.0.2.54", Ok(answer(&["192.0.2.1"]))),
        exchange("192.0.2.55", Ok(answer(&["198.51.100.9"]))),
    ]);
    assert!(text.contains("A the servers differ:"), "{text}");
    assert!(
        text.contains("192.0.2.53, 192.0.2.54: A 192.0.2.1"),
        "{text}"
    );
    assert!(text.contains("192.0.2.55: A 198.51.100.9"), "{text}");
}

#[test]
fn a_reply_that_cannot_be_decoded_shows_where_it_broke() {
    let failure = Failure::DnsUndecodable {
        reason: "the name runs out".to_owned(),
    };
    let mut broken = exchange("192.0.2.53", Err(failure));
    broken.undecodable = Some(Undecodable {
        reason: "the name runs out".to_owned(),
        offset: 17,
        wire_b64: data_encoding::BASE64.encode(b"0123456789abcdefgh\x1b[2J"),
    });
    let text = drawn(vec![broken]);
    assert!(
        text.contains("22 bytes, broken at offset 17 (0x11)"),
        "{text}"
    );
    assert!(text.contains("0010  67[68]1b"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn hostile_data_is_escaped() {
    let hostile = answer(&["\u{1b}]0;owned\u{7}\u{202e}"]);
    let text = drawn(vec![exchange("192.0.2.53", Ok(hostile))]);
    assert!(
        !text.contains('\u{1b}') && !text.contains('\u{202e}'),
        "{text}"
    );
    assert!(text.contains("owned"), "{text}");
}
