//! `netwhy dns` against the servers of a running lab.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use netwhy_lab::Lab;
use serde_json::Value;

use super::{netwhy, text};

/// A lab that stays up as long as the tests run.
pub(super) fn lab() -> &'static Lab {
    static LAB: OnceLock<Lab> = OnceLock::new();
    LAB.get_or_init(|| {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                sender
                    .send(Lab::start().await.expect("the lab starts"))
                    .expect("a receiver");
                std::future::pending::<()>().await;
            });
        });
        receiver.recv().expect("a lab")
    })
}

fn at(last: u8) -> String {
    format!("@{}", lab().dns_server(last))
}

/// The picture and the exit code.
fn shown(arguments: &[&str], servers: &[u8]) -> (String, i32) {
    let servers: Vec<String> = servers.iter().map(|last| at(*last)).collect();
    let all: Vec<&str> = ["dns"]
        .into_iter()
        .chain(arguments.iter().copied())
        .chain(servers.iter().map(String::as_str))
        .collect();
    let output = netwhy(&all);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    (
        text(&output.stdout),
        output.status.code().expect("an exit code"),
    )
}

fn document(arguments: &[&str], servers: &[u8]) -> (Value, i32) {
    let arguments = [arguments, &["--json"]].concat();
    let (text, exit) = shown(&arguments, servers);
    (serde_json::from_str(&text).expect("JSON"), exit)
}

#[test]
fn records_are_shown_as_a_zone_file_has_them() {
    let (text, exit) = shown(&["mail.lab.test", "mx", "TXT"], &[53]);
    assert_eq!(exit, 0, "{text}");
    assert!(
        text.contains("mail.lab.test.  300  MX  10 healthy.lab.test."),
        "{text}"
    );
    assert!(text.contains("TXT  \"v=spf1 -all\""), "{text}");
    assert!(
        text.contains("verdict: answered: 2 records from 1 server"),
        "{text}"
    );
}

#[test]
fn the_short_form_and_digs_layout_hold_the_data() {
    let (text, exit) = shown(&["mail.lab.test", "MX", "+short"], &[53]);
    assert_eq!((text.as_str(), exit), ("10 healthy.lab.test.\n", 0));
    let (text, _) = shown(&["mail.lab.test", "MX", "--like", "dig"], &[53]);
    assert!(
        text.contains(";; ->>HEADER<<- opcode: QUERY, status: NOERROR"),
        "{text}"
    );
    assert!(
        text.contains("mail.lab.test.\t\t300\tIN\tMX\t10 healthy.lab.test."),
        "{text}"
    );
}

#[test]
fn no_is_an_answer_and_no_answer_is_an_error() {
    for (name, server, code, exit) in [
        ("nosuchname.lab.test", 53, Value::Null, 0),
        ("mail.lab.test", 53, Value::Null, 0),
        ("www.lame.lab.test", 53, "dns-servfail".into(), 1),
        ("healthy.lab.test", 54, "dns-refused".into(), 1),
        ("healthy.lab.test", 55, "dns-timeout".into(), 1),
        ("healthy.lab.test", 59, "dns-answer-forged".into(), 1),
        ("healthy.lab.test", 61, "dns-ipv6-broken".into(), 0),
        ("healthy.lab.test", 62, "dns-edns-broken".into(), 0),
        ("healthy.lab.test", 99, "dns-resolver-down".into(), 1),
    ] {
        let (report, got) = document(&[name, "--dns-timeout", "0.3"], &[server]);
        assert_eq!(
            report["verdict"]["cause"], code,
            "{name} .{server}: {:#}",
            report["findings"]
        );
        assert_eq!(got, exit, "{name} .{server}: {:#}", report["findings"]);
    }
    let (report, _) = document(&["nosuchname.lab.test"], &[53]);
    assert_eq!(report["findings"][0]["code"], "dns-name-missing");
    assert_eq!(report["findings"][0]["severity"], "notice");
    let (report, _) = document(&["mail.lab.test", "AAAA", "MX"], &[53]);
    assert_eq!(
        report["findings"],
        Value::Array(Vec::new()),
        "a missing AAAA beside MX"
    );
}

#[test]
fn random_names_betray_who_rewrites() {
    let (report, exit) = document(&["healthy.lab.test", "A", "--check-rewriting"], &[60]);
    assert_eq!(report["verdict"]["cause"], "dns-answer-rewritten");
    assert_eq!(exit, 1);
    let (report, exit) = document(&["healthy.lab.test", "A", "--check-rewriting"], &[53]);
    assert_eq!((&report["verdict"]["cause"], exit), (&Value::Null, 0));
}

#[test]
fn servers_stand_side_by_side() {
    let (text, exit) = shown(
        &["healthy.lab.test", "A", "--dns-timeout", "0.3"],
        &[53, 3, 55],
    );
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("A 2 servers agree"), "{text}");
    assert!(text.contains("warning dns-resolver-down"), "{text}");
    assert!(text.contains("2 datagrams sent"), "{text}");
    let (text, _) = shown(&["nosuchname.lab.test", "A"], &[53, 60]);
    assert!(text.contains("the servers differ"), "{text}");
}

#[test]
fn short_names_are_asked_as_they_stand_unless_the_search_list_is_wanted() {
    let file = lab().directory().join("search.conf").display().to_string();
    let port = lab().dns_server(53).port().to_string();
    let own = ["alias", "A", "--resolv-conf", &file, "--dns-port", &port];
    let (text, _) = shown(&own, &[]);
    assert!(
        text.contains("programs on this host try alias.lab.test., alias."),
        "{text}"
    );
    let (text, exit) = shown(&[&own[..], &["--search"]].concat(), &[]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("warning dns-search-expanded"), "{text}");
    assert!(text.contains("CNAME  healthy.lab.test."), "{text}");
}

#[test]
fn documents_keep_to_the_schema() {
    let schema: Value = serde_json::from_slice(&netwhy(&["schema"]).stdout).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for arguments in [
        &[
            "healthy.lab.test",
            "--nsid",
            "--cookie",
            "--check-rewriting",
        ][..],
        &["nosuchname.lab.test", "--0x20"],
        &["127.0.0.1", "--subnet", "192.0.2.0/24"],
    ] {
        let (report, _) = document(arguments, &[53, 59]);
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:#?}");
    }
}

#[test]
fn bad_questions_are_one_line_with_exit_2() {
    let long = [
        "a".repeat(63),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(63),
    ]
    .join(".");
    let label = "a".repeat(64);
    let cases: &[(&[&str], &str)] = &[
        (&[&long, "@127.0.0.1"], "at most 255"),
        (&[&label, "@127.0.0.1"], "at most 63"),
        (&["a..b", "@127.0.0.1"], "empty label"),
        (&["a\\300.test", "@127.0.0.1"], "escape"),
        (&["a.test", "MXX", "@127.0.0.1"], "did you mean \"MX\""),
        (&["a.test", "TYPE70000", "@127.0.0.1"], "not a record type"),
        (&["a.test", "b.test", "@127.0.0.1"], "-f FILE"),
        (&["MX", "@127.0.0.1"], "trailing dot"),
        (&["a.test", "@ftp://127.0.0.1"], "transport"),
        (&["a.test", "@127.0.0.1:0"], "port"),
        (
            &["a.test", "@127.0.0.1", "--subnet", "192.0.2.0/33"],
            "not a network",
        ),
        (&["a.test", "@127.0.0.1", "--edns-option", "x"], "CODE:HEX"),
        (
            &["a.test", "@127.0.0.1", "+dnsec"],
            "did you mean \"dnssec\"",
        ),
        (
            &["a.test", "@tls://127.0.0.1", "--roots", "/nonexistent.pem"],
            "trust roots",
        ),
        (
            &["-f", "/nonexistent", "@127.0.0.1"],
            "cannot read /nonexistent",
        ),
        (&["-f", "-", "A", "MX", "@127.0.0.1"], "several types"),
        (&["-f", "-", "@tls://127.0.0.1"], "UDP"),
    ];
    for (arguments, expected) in cases {
        let output = netwhy(&[&["dns"], *arguments].concat());
        let line = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {line}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
        assert!(line.contains(expected), "{arguments:?}: {line}");
    }
    let file = lab().directory().join("search.conf").display().to_string();
    let port = lab().dns_server(53).port().to_string();
    let own = ["--resolv-conf", &file, "--dns-port", &port];
    let output = netwhy(&[&["dns", "a.test", "@nosuchname.lab.test"], &own[..]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("does not resolve"));
}

#[test]
fn many_names_give_one_line_each() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_netwhy"))
        .args(["dns", "-f", "-", "--ordered", &at(53)])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut lines = "# names\n\nmail.lab.test MX\na..b\n".to_owned();
    for _ in 0..500 {
        lines.push_str("healthy.lab.test\nnosuchname.lab.test AAAA\n");
    }
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(lines.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "a line is no question");
    let results: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(results.len(), 1002);
    let numbers: Vec<u64> = results
        .iter()
        .map(|result| result["line"].as_u64().expect("a number"))
        .collect();
    assert_eq!(numbers, (3..=1004).collect::<Vec<u64>>());
    assert_eq!(results[0]["answer"][0]["record_type"], "MX");
    assert_eq!(results[1]["outcome"], "rejected");
    assert_eq!(results[2]["rcode"], "NOERROR");
    assert_eq!(results[3]["rcode"], "NXDOMAIN");
    assert!(text(&output.stderr).contains("1002 lines: 1001 answered, 1 rejected"));
}

#[test]
fn a_result_comes_before_the_input_ends() {
    use std::io::{BufRead as _, BufReader};
    let mut child = Command::new(env!("CARGO_BIN_EXE_netwhy"))
        .args(["dns", "-f", "-", "-q", &at(53)])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"healthy.lab.test\n").expect("it reads");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut line).expect("a line");
    assert!(line.contains("\"NOERROR\""), "{line}");
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
