//! The layout against what dig 9.18 printed for the same messages.

use netwhy_report::Untrusted;
use netwhy_report::dns::ExtendedError;
use netwhy_report::dns::message::{EdnsOptionRecord, EdnsRecord, HeaderFlags, MessageFault};

use super::*;

fn record(name: &str, ttl: u32, record_type: &str, data: &str) -> ResourceRecord {
    ResourceRecord {
        name: Untrusted::from(name),
        ttl,
        class: "IN".to_owned(),
        record_type: record_type.to_owned(),
        data: Untrusted::from(data),
    }
}

fn message() -> DnsMessage {
    DnsMessage {
        id: 4660,
        opcode: "QUERY".to_owned(),
        rcode_name: "NOERROR".to_owned(),
        flags: HeaderFlags {
            response: true,
            authoritative: true,
            recursion_desired: true,
            ..HeaderFlags::default()
        },
        question: vec![Question {
            name: Untrusted::from("q.test."),
            class: "IN".to_owned(),
            record_type: "MX".to_owned(),
        }],
        answer: vec![record("q.test.", 300, "MX", "10 mail.q.test.")],
        size: 97,
        ..DnsMessage::default()
    }
}

fn facts() -> DigFacts {
    DigFacts {
        heading: None,
        server: "127.0.0.1#5353(127.0.0.1)".to_owned(),
        transport: "UDP".to_owned(),
        client_cookie: None,
        query_time: Duration::from_micros(12_700),
        when: "2026-11-03T08:22:42Z".parse().unwrap(),
    }
}

fn edns(options: Vec<EdnsOptionRecord>) -> EdnsRecord {
    EdnsRecord {
        version: 0,
        udp_payload: 1232,
        dnssec_ok: true,
        options,
        extended_errors: Vec::new(),
    }
}

#[test]
fn a_whole_message_is_laid_out_as_dig_does() {
    let mut message = message();
    message.edns = Some(edns(Vec::new()));
    message.authority = vec![record("q.test.", 3600, "NS", "ns1.q.test.")];
    message.additional = vec![record("mail.q.test.", 60, "AAAA", "2001:db8::1")];
    let mut facts = facts();
    facts.heading = Some(DigHeading {
        program: "netwhy 1.0".to_owned(),
        arguments: "@127.0.0.1 q.test MX".to_owned(),
        servers_found: 1,
    });
    let expected = "
; <<>> netwhy 1.0 <<>> @127.0.0.1 q.test MX
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 2
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232
;; QUESTION SECTION:
;q.test.\t\t\t\tIN\tMX

;; ANSWER SECTION:
q.test.\t\t\t300\tIN\tMX\t10 mail.q.test.

;; AUTHORITY SECTION:
q.test.\t\t\t3600\tIN\tNS\tns1.q.test.

;; ADDITIONAL SECTION:
mail.q.test.\t\t60\tIN\tAAAA\t2001:db8::1

;; Query time: 12 msec
;; SERVER: 127.0.0.1#5353(127.0.0.1) (UDP)
;; WHEN: Tue Nov 03 08:22:42 UTC 2026
;; MSG SIZE  rcvd: 97

";
    assert_eq!(dig(&message, &facts), expected);
}

#[test]
fn columns_give_way_to_what_is_longer() {
    let line = |name, ttl, record_type| record_line(&record(name, ttl, record_type, "x"));
    assert_eq!(
        line(
            "a.very.long.name.that.exceeds.the.column.example.com.",
            300,
            "A"
        ),
        "a.very.long.name.that.exceeds.the.column.example.com. 300 IN A x\n"
    );
    assert_eq!(
        line("twenty3chars.aa.example.com.", 123_456_789, "A"),
        "twenty3chars.aa.example.com. 123456789 IN A\tx\n"
    );
    assert_eq!(
        line("am.example.com.", 3600, "AMTRELAY"),
        "am.example.com.\t\t3600\tIN\tAMTRELAY x\n"
    );
    assert_eq!(line(".", 1, "A"), ".\t\t\t1\tIN\tA\tx\n");
}

#[test]
fn short_is_the_data_alone() {
    let mut message = message();
    message
        .answer
        .push(record("q.test.", 1, "TXT", "\"a\" \"b\""));
    message.authority = vec![record("q.test.", 3600, "NS", "ns1.q.test.")];
    assert_eq!(dig_short(&message), "10 mail.q.test.\n\"a\" \"b\"\n");
}

#[test]
fn options_stand_in_the_words_of_dig() {
    let other = |code, data: &str| EdnsOptionRecord::Other {
        code,
        data: data.to_owned(),
    };
    let cookie = |server: Option<&str>| EdnsOptionRecord::Cookie {
        client: "0123456789abcdef".to_owned(),
        server: server.map(str::to_owned),
    };
    let mut record = edns(vec![
        EdnsOptionRecord::Nsid {
            id: Untrusted::new(*b"gp\xff\"s"),
        },
        EdnsOptionRecord::ClientSubnet {
            network: "192.0.2.0/24".to_owned(),
            scope: 16,
        },
        cookie(Some("fedcba9876543210")),
        EdnsOptionRecord::Padding { length: 5 },
        EdnsOptionRecord::Padding { length: 0 },
        other(9, "000151ff"),
        other(9, "00000000"),
        other(9, ""),
        other(11, "0064"),
        other(11, ""),
        other(14, "0001fffe"),
        other(17, "0102"),
        other(65001, "01ff22"),
        other(65001, ""),
    ]);
    record.dnssec_ok = false;
    let error = |code, meaning: &str, text: &[u8]| ExtendedError {
        code,
        meaning: meaning.to_owned(),
        text: Untrusted::new(text),
    };
    record.extended_errors = vec![
        error(0, "Other Error", b""),
        error(9, "DNSKEY Missing", b"x \\\"~;\t"),
        error(99, "Unassigned", b""),
    ];
    let mut out = String::new();
    opt::pseudosection(&record, None, &mut out);
    let expected = "\
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; NSID: 67 70 ff 22 73 (\"gp.\"s\")
; CLIENT-SUBNET: 192.0.2.0/24/16
; COOKIE: 0123456789abcdeffedcba9876543210
; EXPIRE: 86527 (1 day 2 minutes 7 seconds)
; EXPIRE: 0 (0 seconds)
; EXPIRE:
; TCP KEEPALIVE: 10.0 secs
; TCP KEEPALIVE:
; KEY-TAG: 1, 65534
; SERVER-TAG: 258
; OPT=65001: 01 ff 22 (\"..\"\")
; OPT=65001:
; EDE: 0 (Other)
; EDE: 9 (DNSKEY Missing): (x \\\"~;.)
; EDE: 99
; PAD: (5 bytes)
; PAD:
";
    assert_eq!(out, expected);
    for (sent, server, mark) in [
        ("0123456789abcdef", Some("00"), "00 (good)"),
        ("0123456789abcdef", None, " (echoed)"),
        ("fedcba9876543210", None, " (bad)"),
    ] {
        let mut out = String::new();
        opt::pseudosection(&edns(vec![cookie(server)]), Some(sent), &mut out);
        let line = format!("\n; COOKIE: 0123456789abcdef{mark}\n");
        assert!(out.ends_with(&line), "{out}");
    }
}

#[test]
fn codes_that_dig_does_not_name_are_numbers() {
    for (opcode, rcode, name, expected) in [
        ("QUERY", 3, "NXDOMAIN", "opcode: QUERY, status: NXDOMAIN,"),
        (
            "DSO",
            11,
            "DSOTYPENI",
            "opcode: RESERVED6, status: RESERVED11,",
        ),
        ("OPCODE14", 17, "BADKEY", "opcode: RESERVED14, status: ?17,"),
        (
            "NOTIFY",
            23,
            "BADCOOKIE",
            "opcode: NOTIFY, status: BADCOOKIE,",
        ),
    ] {
        let mut message = message();
        message.opcode = opcode.to_owned();
        message.rcode = rcode;
        message.rcode_name = name.to_owned();
        let out = dig(&message, &facts());
        assert!(out.contains(expected), "{out}");
    }
}

#[test]
fn nothing_dangerous_leaves_and_faults_are_told() {
    let hostile = "x\x1b[2J\u{202e}\n;; y";
    let mut message = message();
    message.answer = vec![record(hostile, 1, hostile, hostile)];
    message.answer[0].class = hostile.to_owned();
    message.question[0].name = Untrusted::from(hostile);
    message.edns = Some(edns(vec![EdnsOptionRecord::Nsid {
        id: Untrusted::from(hostile),
    }]));
    message.faults = vec![MessageFault {
        offset: 40,
        reason: hostile.to_owned(),
    }];
    let mut facts = facts();
    facts.server = hostile.to_owned();
    let out = dig(&message, &facts) + &dig_short(&message);
    let dangerous = |character: char| {
        !matches!(character, '\n' | '\t') && netwhy_report::untrusted::is_dangerous(character)
    };
    assert!(!out.contains(dangerous), "{out}");
    assert!(!out.contains("\n;; y"), "{out}");
    assert!(
        out.contains("\n;; WARNING: at offset 40: x\\u{1b}[2J"),
        "{out}"
    );
}
