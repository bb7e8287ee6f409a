//! The real binary against its own lab.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

mod check;
mod compare;
mod documents;
mod endings;
mod logs;
mod lookup;
mod redaction;
mod scenarios;
mod snapshots;
mod terminal;
mod usage;

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

/// The output of a scenario, run again (at most five times) while the run itself says that this host was too busy to time it.
fn undisturbed(scenario: &str, arguments: &[&str], suspect: impl Fn(&Output) -> bool) -> Output {
    let arguments = [&["lab", "run", scenario], arguments].concat();
    let mut output = netwhy(&arguments);
    for _ in 1..5 {
        if !suspect(&output) {
            break;
        }
        output = netwhy(&arguments);
    }
    output
}

fn report(scenario: &str) -> (Value, i32) {
    let parse = |output: &Output| -> Value {
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{scenario}: {error}: {}", text(&output.stderr)))
    };
    let late = |output: &Output| {
        let lag = &parse(output)["layers"]["client"]["event_loop"]["max_ns"];
        lag.as_u64().is_some_and(|lag| lag >= 20_000_000)
    };
    let output = undisturbed(scenario, &["--json"], late);
    (parse(&output), output.status.code().expect("an exit code"))
}
