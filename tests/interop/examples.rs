//! Every example of every `--help` runs: in a namespace without a network, in a folder with the files that examples name.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// No example takes longer, not even one that cannot reach anybody.
const DEADLINE: Duration = Duration::from_secs(40);

/// What a command prints last that waits for a person to end it.
const WAITING: &str = "Ctrl-C ends it.";

#[test]
#[ignore = "needs a network namespace: tests/run runs it"]
fn every_example_of_every_help_runs() {
    let mut examples = Vec::new();
    gather(&mut Vec::new(), &mut examples);
    assert!(examples.len() >= 10, "{examples:#?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in examples.iter().flat_map(|example| example.split(' ')) {
        // Whatever certificates an example reads are there.
        if name.ends_with(".pem") {
            let certificate = rcgen::generate_simple_self_signed(["example.com".to_owned()]);
            let pem = certificate.expect("a certificate").cert.pem();
            std::fs::write(folder.path().join(name), pem).expect("a file");
        }
    }
    // What examples of a walk read: a root that nobody is, and the key of the real one.
    let hints = ". NS a.root.\na.root. A 192.0.2.1\n";
    std::fs::write(folder.path().join("hints.zone"), hints).expect("a file");
    let digest = "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d";
    let anchor = format!(". DS 20326 8 2 {digest}\n");
    std::fs::write(folder.path().join("anchor.key"), anchor).expect("a file");
    std::fs::write(folder.path().join("names.txt"), "www.example.com\n").expect("a file");
    let failed: Vec<String> = examples
        .iter()
        .filter_map(|example| failure(example, folder.path()))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// The examples of a command's help and of all commands below it, each once.
fn gather(command: &mut Vec<String>, examples: &mut Vec<String>) {
    let output = Command::new(env!("CARGO_BIN_EXE_netwhy"))
        .args(command.iter())
        .arg("--help")
        .env_clear()
        .output()
        .expect("the binary runs");
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    let (_, section) = help
        .split_once("Examples:\n")
        .unwrap_or_else(|| panic!("netwhy {}: no examples in\n{help}", command.join(" ")));
    let own: Vec<String> = section.lines().filter_map(example).collect();
    assert!(own.len() >= 3, "netwhy {}: {own:?}", command.join(" "));
    for example in own {
        if !examples.contains(&example) {
            examples.push(example);
        }
    }
    for name in commands(&help) {
        command.push(name);
        gather(command, examples);
        command.pop();
    }
}

/// The command of an example line; its description stands two columns or more behind it.
fn example(line: &str) -> Option<String> {
    let line = line.trim();
    let command = line.split("  ").next()?;
    command.starts_with("netwhy ").then(|| command.to_owned())
}

/// The names under `Commands:`; clap's own `help` has no help of its own.
fn commands(help: &str) -> Vec<String> {
    let Some((_, section)) = help.split_once("Commands:\n") else {
        return Vec::new();
    };
    section
        .lines()
        .take_while(|line| !line.is_empty())
        // A description that goes on in the next line stands further to the right.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Runs one example; what went wrong, if anything did.
fn failure(example: &str, folder: &Path) -> Option<String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_netwhy"));
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        binary.parent().expect("a folder").display()
    );
    let shown = folder.join("output");
    let output = File::create(&shown).expect("a file");
    let begun = Instant::now();
    let mut child = Command::new("unshare")
        // Only loopback is up, for the lab; nothing leads out.
        .args(["-Urn", "bash", "-o", "pipefail", "-c"])
        .arg(format!("ip link set lo up\n{example}"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(output.try_clone().expect("a file"))
        .stderr(output)
        .spawn()
        .expect("unshare runs");
    let group = format!("-{}", child.id());
    let mut interrupted = false;
    let ended = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        let text = std::fs::read_to_string(&shown).unwrap_or_default();
        if !interrupted && text.contains(WAITING) {
            signal("-INT", &group);
            interrupted = true;
        }
        if begun.elapsed() > DEADLINE {
            signal("-KILL", &group);
            break child.wait().expect("a status");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let text = std::fs::read_to_string(&shown).unwrap_or_default();
    // Found something, or could not measure: both are answers without a network. Usage and internal errors are not.
    let answered = matches!(ended.code(), Some(0 | 1 | 3));
    (!answered).then(|| format!("$ {example}\n{ended} after {:?}\n{text}", begun.elapsed()))
}

fn signal(name: &str, group: &str) {
    Command::new("kill")
        .args([name, "--", group])
        .status()
        .expect("kill runs");
}
