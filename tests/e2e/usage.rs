//! What is asked: thresholds, bad input, secrets, the pages behind the findings.

use serde_json::Value;

use super::{netwhy, text};

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
        (&[], "expected netwhy [OPTIONS] [TARGET]"),
        (
            &["dns"],
            "expected netwhy dns [OPTIONS] [NAME|TYPE|@SERVER]",
        ),
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
        (
            &["dns", "trace", "example.com", "--root-hints", "/dev/null"],
            "no server of the root with an address",
        ),
        (
            &[
                "dns",
                "trace",
                "example.com",
                "--trust-anchor",
                "/etc/hosts",
            ],
            "cannot use /etc/hosts as trust anchor: line 1",
        ),
        (
            &["example.com", "--root-hints", "/nonexistent.zone"],
            "/nonexistent.zone",
        ),
        (
            &["dns", "trace", "example.com", "@192.0.2.1"],
            "--root-hints",
        ),
        (&["dns", "trace", "example.com", "A", "MX"], "asks for one"),
        (&["https://example.com", "-H", "no colon"], "Name: value"),
        (&["https://example.com", "--deadline=0"], "seconds"),
        (&["dns", "compare", "@192.0.2.53"], "no name is given"),
        (
            &["dns", "compare", "a.test", "MX", "TXT"],
            "one type too many",
        ),
        (&["dns", "compare", "a..test"], "empty label"),
        (
            &["dns", "compare", "a.test", "@gopher://b"],
            "not a DNS server",
        ),
        (&["dns", "compare", "a.test", "--samples", "21"], "1..=20"),
        (
            &["dns", "compare", "a.test", "--subnet", "10.0.0.0/99"],
            "--subnet",
        ),
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
        // Tests keep to loopback: no walk from the real root.
        "--no-trace",
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
