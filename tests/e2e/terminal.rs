//! What a person sees, and what must never reach a terminal.

use super::{netwhy, text};

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
fn http2_is_spoken_and_shown() {
    let shown = text(&netwhy(&["lab", "run", "healthy-http2"]).stdout);
    assert!(shown.contains("✓ http  200, HTTP/2, 4 B"), "{shown}");
}

#[test]
fn a_fault_behind_a_redirect_leaves_the_target_sound() {
    for (scenario, told) in [
        ("redirect-to-broken", "tls certificate expired"),
        ("redirect-to-refused", "refused; skipped:"),
        ("redirect-to-missing", "dns NXDOMAIN from"),
    ] {
        let shown = text(&netwhy(&["lab", "run", scenario]).stdout);
        for layer in ["✓ dns", "✓ tcp", "✓ tls", "✓ http"] {
            assert!(shown.contains(layer), "{layer}: {shown}");
        }
        let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains("✗ →"), "{shown}");
        assert!(words.contains(" behind a redirect "), "{shown}");
        assert!(words.contains(told), "{told}: {shown}");
    }
}
