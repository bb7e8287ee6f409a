//! The real binary against its own lab: the cause, the exit code, and what may never leave.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn netwhy(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_netwhy"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn report(scenario: &str) -> (Value, i32) {
    let output = netwhy(&["lab", "run", scenario, "--json"]);
    let code = output.status.code().expect("an exit code");
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{scenario}: {error}: {}", text(&output.stderr)));
    (document, code)
}

#[test]
fn every_scenario_gives_its_code_and_blames_nothing_else() {
    for scenario in netwhy_lab::scenarios() {
        let (report, exit) = report(scenario.name);
        assert_eq!(
            report["verdict"]["cause"].as_str(),
            scenario.code,
            "{}: {:#}",
            scenario.name,
            report["findings"]
        );
        for finding in report["findings"].as_array().expect("findings") {
            let weighty = finding["severity"] == "error" || finding["severity"] == "warning";
            let explained =
                finding["code"].as_str() == scenario.code || finding["consequence_of"].is_string();
            assert!(
                !weighty || explained,
                "{}: also blamed: {finding:#}",
                scenario.name
            );
        }
        let broken = report["verdict"]["status"] == "broken";
        assert_eq!(exit, i32::from(broken), "{}", scenario.name);
    }
}

#[test]
fn every_document_keeps_to_the_published_schema() {
    let schema: Value = serde_json::from_slice(&netwhy(&["schema"]).stdout).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for scenario in [
        "healthy-redirect",
        "dns-servfail",
        "tcp-address-down",
        "tls-chain-incomplete",
        "tls-not-tls",
        "hostile-bytes",
    ] {
        let (report, _) = report(scenario);
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{scenario}: {errors:#?}");
        assert_eq!(report["schema"], "netwhy.report");
        assert_eq!(report["schema_version"], "1");
    }
    assert!(
        !validator.is_valid(&serde_json::json!({ "schema": "netwhy.report" })),
        "the schema must refuse something"
    );
}

#[test]
fn the_document_keeps_its_shape() {
    let (report, _) = report("healthy");
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    let expected = [
        "complete",
        "elapsed_ns",
        "findings",
        "layers",
        "limits_hit",
        "plan",
        "schema",
        "schema_version",
        "started_at",
        "target",
        "tool_version",
        "verdict",
        "waterfall",
    ];
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    for layer in ["client", "dns", "tcp", "tls", "http"] {
        assert!(report["layers"][layer].is_object(), "{layer}");
    }
    assert!(
        report["layers"]["tls"]["record"]["flights"]
            .as_array()
            .is_some_and(|flights| flights.len() >= 3)
    );
    assert!(
        report["layers"]["client"]["event_loop"]["samples"]
            .as_u64()
            .is_none_or(|samples| samples > 0)
    );
}

#[test]
fn the_terminal_names_cause_fix_and_confirming_command() {
    let output = netwhy(&["lab", "run", "tls-chain-incomplete"]);
    let shown = text(&output.stdout);
    for part in [
        "✗ tls",
        "chain incomplete",
        "error tls-chain-incomplete",
        "evidence",
        "fix",
        "confirm",
        "openssl s_client",
        "verdict: broken, because of tls",
        "server ▕",
    ] {
        assert!(shown.contains(part), "no \"{part}\" in:\n{shown}");
    }
    assert!(!shown.contains('\x1b'), "no colours into a pipe");
}

#[test]
fn a_failure_still_draws_what_was_reached() {
    let shown = text(&netwhy(&["lab", "run", "tcp-refused"]).stdout);
    assert!(
        shown.contains("✗ tcp") && shown.contains("skipped: TCP failed"),
        "{shown}"
    );
    assert!(shown.lines().any(|line| line.contains("dns ▕")), "{shown}");
}

#[test]
fn nothing_hostile_reaches_the_terminal_or_the_document() {
    for arguments in [
        &["lab", "run", "hostile-bytes"][..],
        &["lab", "run", "hostile-bytes", "--json"],
    ] {
        let shown = text(&netwhy(arguments).stdout);
        let dangerous = |c: char| c != '\n' && netwhy_report::untrusted::is_dangerous(c);
        assert!(!shown.chars().any(dangerous), "{shown:?}");
    }
}

#[test]
fn colours_come_only_when_asked_for() {
    let colored = text(&netwhy(&["lab", "run", "dns-name-missing", "--color", "always"]).stdout);
    assert!(colored.contains("\x1b["));
}

#[test]
fn fail_on_moves_the_threshold() {
    assert_eq!(netwhy(&["lab", "run", "dns-slow"]).status.code(), Some(0));
    assert_eq!(
        netwhy(&["lab", "run", "dns-slow", "--fail-on", "warning"])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        netwhy(&["lab", "run", "dns-name-missing", "--fail-on", "never"])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn bad_input_is_one_line_with_exit_2_and_no_output() {
    let long = format!(
        "https://{}/",
        [
            "a".repeat(60),
            "b".repeat(60),
            "c".repeat(60),
            "d".repeat(60),
            "e".repeat(60)
        ]
        .join(".")
    );
    let cases: &[(&[&str], &str)] = &[
        (&["htps://example.com"], "did you mean https://example.com"),
        (&["gopher://example.com"], "expected http:// or https://"),
        (&["https://example.com:0/"], "expected 1 to 65535"),
        (&["example.com:70000"], "expected 1 to 65535"),
        (&["https://"], "names no host"),
        (&[""], "expected a URL"),
        (&[&long], "253"),
        (&["./server.pem"], "looks like a file"),
        (&["/etc/hosts"], "looks like a file"),
        (
            &["explain", "tls-chain-incomplet"],
            "did you mean \"tls-chain-incomplete\"",
        ),
        (&["explain", "dnsec"], "did you mean \"dnssec\""),
        (&["explain", "qqqq\u{1b}[2J"], "is not a finding or topic"),
        (&["lab", "run", "dns-slo"], "did you mean \"dns-slow\""),
        (&["https://example.com", "--jsn"], "--json"),
        (
            &["https://example.com", "--resolver", "nonsense"],
            "not a DNS server",
        ),
        (
            &["https://example.com", "--roots", "/nonexistent.pem"],
            "/nonexistent.pem",
        ),
        (&["https://example.com", "-H", "no colon"], "Name: value"),
        (&["https://example.com", "--deadline=0"], "seconds"),
    ];
    for (arguments, expected) in cases {
        let output = netwhy(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
fn a_resolver_file_that_cannot_be_parsed_is_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("resolv.conf");
    std::fs::write(&file, "nameserver what?\nnameserver 300.1.1.1\n").expect("a file");
    let output = netwhy(&[
        "https://shop.example.test",
        "--resolv-conf",
        file.to_str().expect("a path"),
        "--json",
    ]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(
        document["verdict"]["cause"], "client-no-resolver",
        "{:#}",
        document["findings"]
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn secrets_of_the_plan_appear_nowhere() {
    let arguments = [
        "https://ann:s3cret@127.0.0.1:1/?token=t0ken",
        "-H",
        "X-Api-Key: k3y",
        "--connect-timeout",
        "0.5",
    ];
    for json in [false, true] {
        let mut arguments = arguments.to_vec();
        arguments.extend(json.then_some("--json"));
        let output = netwhy(&arguments);
        let all = text(&output.stdout) + &text(&output.stderr);
        for secret in ["s3cret", "t0ken", "k3y"] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
    }
}

#[test]
fn an_interruption_gives_the_valid_partial_report_within_half_a_second() {
    let child = Command::new(env!("CARGO_BIN_EXE_netwhy"))
        .args(["lab", "run", "tcp-filtered", "--json"])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    std::thread::sleep(Duration::from_millis(900));
    let begun = Instant::now();
    Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    let output = child.wait_with_output().expect("an end");
    assert!(
        begun.elapsed() < Duration::from_millis(500),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(output.status.code(), Some(130));
    let document: Value = serde_json::from_slice(&output.stdout).expect("a valid document");
    assert_eq!(document["complete"], false);
    assert_eq!(
        document["layers"]["dns"]["record"]["resolution"]["status"],
        "completed"
    );
    assert_ne!(document["verdict"]["status"], "healthy");
}

#[test]
fn the_deadline_ends_a_run_with_what_it_has() {
    // It connects, since the kernel accepts, and then nobody ever speaks.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a listener");
    let target = format!("https://{}/", silent.local_addr().expect("an address"));
    let begun = Instant::now();
    let output = netwhy(&[&target, "--deadline", "0.3", "--json"]);
    assert!(begun.elapsed() < Duration::from_secs(2));
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(
        document["limits_hit"][0]["limit"], "deadline",
        "{document:#}"
    );
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn every_finding_and_topic_has_a_page() {
    let list = text(&netwhy(&["explain"]).stdout);
    for finding in netwhy_explain::catalogue() {
        assert!(list.contains(finding.code), "{}", finding.code);
        let page = text(&netwhy(&["explain", finding.code]).stdout);
        for section in [
            "What happened",
            "Why it breaks",
            "How to fix",
            "How to confirm",
        ] {
            assert!(page.contains(section), "{}: {section}", finding.code);
        }
    }
    for topic in netwhy_explain::topics() {
        assert!(list.contains(topic.title), "{}", topic.name);
        assert!(
            text(&netwhy(&["explain", topic.name]).stdout).contains(topic.title),
            "{}",
            topic.name
        );
    }
}

#[test]
fn a_word_lists_the_pages_about_it() {
    let output = netwhy(&["explain", "certificate", "Expired"]);
    let list = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{list}");
    assert!(list.contains("tls-certificate-expired"), "{list}");
    assert!(list.contains("tls-intermediate-expired"), "{list}");
    assert!(!list.contains("tls-name-mismatch"), "{list}");
    let by_words = netwhy(&["explain", "Negative", "caching"]);
    let by_name = netwhy(&["explain", "dns-negative-caching"]);
    assert!(text(&by_words.stdout).contains("dns-negative-caching"));
    assert!(text(&by_name.stdout).contains("RFC 2308"));
}

#[test]
fn the_demo_is_right_at_every_stop() {
    let output = netwhy(&["lab", "demo"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("5 of 5 verdicts"), "{shown}");
}

#[test]
fn every_help_has_three_examples() {
    for command in [
        &["--help"][..],
        &["diagnose", "--help"],
        &["explain", "--help"],
        &["schema", "--help"],
        &["lab", "--help"],
    ] {
        let help = text(&netwhy(command).stdout);
        let (_, examples) = help
            .split_once("Examples:")
            .unwrap_or_else(|| panic!("{command:?}: no examples"));
        assert!(
            examples
                .lines()
                .filter(|line| line.trim_start().starts_with("netwhy "))
                .count()
                >= 3,
            "{command:?}"
        );
    }
}
