//! `--log` and `NETWHY_LOG`: what a person debugging netwhy gets to see, and what must never be seen.

use std::process::Command;

use super::{netwhy, text};

#[test]
fn without_a_filter_nothing_is_logged_and_with_one_data_stays_data() {
    let quiet = netwhy(&["lab", "run", "healthy", "--json"]);
    assert_eq!(text(&quiet.stderr), "");
    let logged = netwhy(&["lab", "run", "healthy", "--json", "--log", "debug"]);
    let log = text(&logged.stderr);
    for line in [
        "diagnose: run begins subject=",
        "dns: asking server=",
        "tcp: connecting peer=",
        "tls: shaking hands",
        "http: requesting peer=",
        "http: response peer=",
    ] {
        assert!(log.contains(line), "{line} is missing in\n{log}");
    }
    assert!(
        !log.contains("handshake bytes"),
        "that is for trace:\n{log}"
    );
    serde_json::from_slice::<serde_json::Value>(&logged.stdout).expect("one document");
}

#[test]
fn the_variable_stands_in_for_the_option_which_wins() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_netwhy"))
            .args(["lab", "run", "healthy", "--json"])
            .args(arguments)
            .env_clear()
            .env("NETWHY_LOG", "tls=debug")
            .output()
            .expect("the binary runs");
        text(&output.stderr)
    };
    let log = run(&[]);
    assert!(
        log.contains("tls: shaking hands") && !log.contains("dns: "),
        "{log}"
    );
    assert_eq!(run(&["--log", "off"]), "");
}

#[test]
fn a_bad_filter_is_a_usage_error() {
    for filter in ["loud", "dns=loud", "hyper=trace", ""] {
        let output = netwhy(&["https://127.0.0.1:1/", "--log", filter]);
        assert_eq!(output.status.code(), Some(2), "{filter}");
        assert!(output.stdout.is_empty());
        let line = text(&output.stderr);
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(
            line.contains("--log") && line.contains("expected"),
            "{line}"
        );
    }
}

#[test]
fn secrets_stay_out_and_hostile_bytes_stay_text() {
    let output = netwhy(&[
        "http://ann:userinfo-secret@127.0.0.1:1/path?token=query-secret",
        "--header",
        "X-Api-Key: header-secret",
        "--log",
        "trace",
    ]);
    let log = text(&output.stderr);
    assert!(log.contains("run begins"), "{log}");
    assert!(!log.contains("secret"), "{log}");

    let output = netwhy(&["lab", "run", "hostile-bytes", "--quiet", "--log", "trace"]);
    let log = text(&output.stderr);
    assert!(log.lines().count() > 10, "{log}");
    let raw = log.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(raw, None, "{log:?}");
    for line in log.lines() {
        assert!(line.contains(" ms "), "not a line of ours: {line}");
    }
}
