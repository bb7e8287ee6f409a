//! Runs that are cut short: by a person, by their deadline.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::netwhy;

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
