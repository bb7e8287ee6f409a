//! What a filter accepts, and what hostile bytes look like once they are a log line.

use std::sync::{Arc, Mutex};

use netwhy_report::untrusted::is_dangerous;

use super::*;

#[test]
fn a_filter_names_levels_and_parts_and_nothing_else() {
    for good in ["debug", "DEBUG", "tls=trace", "info,dns=debug, tls=off"] {
        assert!(targets(good).is_ok(), "{good}");
    }
    let refused = |filter: &str| targets(filter).unwrap_err();
    assert!(refused("debgu").contains("did you mean \"debug\""));
    assert!(refused("dsn=debug").contains("is not a part"));
    for bad in [
        "",
        "debug,",
        "hyper=trace",
        "tls",
        "tls=",
        "tls=9",
        "\u{1b}[2J",
    ] {
        let line = refused(bad);
        assert!(!line.chars().any(is_dangerous), "{line}");
    }
}

#[test]
fn only_the_chosen_parts_speak_at_the_chosen_level() {
    let chosen = targets("info,dns=trace").unwrap();
    use tracing::Level;
    assert!(chosen.would_enable("netwhy_dns::udp", &Level::TRACE));
    assert!(chosen.would_enable("netwhy_tls::session", &Level::INFO));
    assert!(!chosen.would_enable("netwhy_tls::session", &Level::DEBUG));
    assert!(
        !chosen.would_enable("h2::codec", &Level::ERROR),
        "libraries would show header fields"
    );
}

/// Gathers what [`Lines`] would write after its time.
struct Gather(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Gather {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = format!("{}{}", fields.message, fields.values);
        self.0.lock().unwrap().push(line);
    }
}

fn lines(speak: impl FnOnce()) -> Vec<String> {
    let gathered = Arc::new(Mutex::new(Vec::new()));
    let subscriber = tracing_subscriber::registry().with(Gather(Arc::clone(&gathered)));
    tracing::subscriber::with_default(subscriber, speak);
    let lines = gathered.lock().unwrap();
    lines.clone()
}

#[test]
fn hostile_values_stay_one_line_one_value_and_printable() {
    let hostile =
        "x\" peer=198.51.100.7\r\nERROR forged\x1b]52;c;x\x07\u{9b}2J\u{202e}\u{200b}\x7f\\";
    let shown = lines(|| {
        tracing::info!(name = hostile, "a\r\nERROR\x1b[2J");
        tracing::info!(name = %hostile, other = ?hostile, count = 7, "b");
    });
    assert_eq!(shown.len(), 2);
    for line in &shown {
        assert!(!line.chars().any(is_dangerous), "{line}");
        // Without escaped quotes, what stands between two quotes is one value.
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        let outside: String = bare.split('"').step_by(2).collect();
        assert!(!outside.contains("peer="), "a forged field: {line}");
    }
    assert!(
        shown[0].starts_with(r#"a\r\nERROR\u{1b}[2J name="x\" peer="#),
        "{}",
        shown[0]
    );
    assert!(shown[1].ends_with(" count=7"), "{}", shown[1]);
}

#[test]
fn plain_values_stay_bare_and_long_ones_are_cut() {
    let long = "a".repeat(5000);
    let shown = lines(|| {
        tracing::debug!(server = "192.0.2.53:53", empty = "", "asking");
        tracing::debug!(long = long.as_str(), "asking");
    });
    assert_eq!(shown[0], "asking server=192.0.2.53:53 empty=\"\"");
    assert!(shown[1].chars().count() < VALUE + 32, "{}", shown[1].len());
}
