//! The house rules, held by tests: arrows between crates, length of files, a complete catalogue, a true README.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The complete list of arrows: who may depend on whom.
const ARROWS: &[(&str, &[&str])] = &[
    ("report", &[]),
    ("dns", &["report"]),
    ("tcp", &["report"]),
    ("tls", &["report"]),
    ("http-timing", &["report"]),
    ("diagnose", &["report", "dns", "tcp", "tls", "http-timing"]),
    ("explain", &["report"]),
    ("render", &["report", "explain"]),
    ("lab", &[]),
    (
        "netwhy",
        &["report", "diagnose", "explain", "render", "lab"],
    ),
];

/// Findings whose fault loopback cannot make: the namespaces of tests/interop produce them.
const MADE_IN_NAMESPACES: &[&str] = &[
    "client-no-network",
    "dns-answers-differ",
    "dns-answers-vary",
    "dns-apex-cname",
    "dns-caa-blocks-issuer",
    "dns-cname-chain-long",
    "dns-dnssec-algorithm-weak",
    "dns-dnssec-denial-broken",
    "dns-dnssec-ds-mismatch",
    "dns-dnssec-expired",
    "dns-dnssec-not-yet-valid",
    "dns-dnssec-unsigned",
    "dns-fragments-dropped",
    "dns-glue-mismatch",
    "dns-mail-broken",
    "dns-ns-mismatch",
    "dns-serial-mismatch",
    "dns-single-server",
    "dns-split-horizon",
    "dns-tcp-blocked",
    "dns-ttl-high",
    "dns-ttl-low",
    "dns-wildcard",
    "dns-zone-inconsistent",
    "tcp-host-unreachable",
    "tcp-no-route",
    "tcp-rejected",
];

fn house() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(house().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "examples"] {
        sources(&house().join(folder), &mut found);
    }
    assert!(found.len() > 50, "only {} sources found", found.len());
    found
}

#[test]
fn only_the_drawn_arrows_exist() {
    let drawn: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let there: BTreeSet<String> = std::fs::read_dir(house().join("crates"))
        .expect("crates")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(there, drawn.iter().map(ToString::to_string).collect());
    for (name, allowed) in ARROWS {
        let manifest: toml::Table = read(&format!("crates/{name}/Cargo.toml"))
            .parse()
            .expect("a manifest");
        let dependencies = manifest["dependencies"].as_table().expect("dependencies");
        for ours in dependencies
            .keys()
            .filter_map(|key| key.strip_prefix("netwhy-"))
        {
            assert!(
                allowed.contains(&ours),
                "crates/{name} must not depend on {ours}"
            );
        }
    }
}

#[test]
fn every_file_says_its_job_and_stays_small() {
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(
            text.starts_with("//!"),
            "{} does not open with its job",
            path.display()
        );
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}

#[test]
fn every_finding_has_its_file_its_page_its_tests_and_a_scenario() {
    let scenarios: BTreeSet<&str> = netwhy_lab::scenarios()
        .filter_map(|scenario| scenario.code)
        .collect();
    let interop = read("tests/interop/main.rs")
        + &read("tests/interop/dns.rs")
        + &read("tests/interop/dns_check.rs")
        + &read("tests/interop/dns_trace.rs");
    let mut codes = BTreeSet::new();
    for finding in netwhy_explain::catalogue() {
        let code = finding.code;
        assert!(codes.insert(code), "{code} twice");
        let (layer, name) = code.split_once('-').expect("layer-name");
        assert_eq!(finding.layer.name(), layer, "{code}");
        let file = read(&format!(
            "crates/explain/src/findings/{layer}/{}.rs",
            name.replace('-', "_")
        ));
        let tests = file.matches("#[test]").count();
        assert!(
            tests >= 3,
            "{code}: {tests} tests; one that fires, one that stays silent, one near miss"
        );
        for (section, text) in [
            ("what", finding.what),
            ("why", finding.why),
            ("fix", finding.fix),
            ("confirm", finding.confirm),
        ] {
            assert!(text.len() >= 20, "{code}: {section} is empty");
        }
        assert!(
            !finding.headline.ends_with('.'),
            "{code}: the headline is not a sentence"
        );
        let in_namespaces =
            MADE_IN_NAMESPACES.contains(&code) && interop.contains(&format!("\"{code}\""));
        assert!(
            scenarios.contains(code) != in_namespaces,
            "{code}: exactly one of: a lab scenario, tests/interop"
        );
    }
    assert!(codes.len() >= 32, "{} findings", codes.len());
}

#[test]
fn the_readme_names_every_crate_and_exit_code() {
    let readme = read("README.md");
    for (name, _) in ARROWS {
        assert!(
            readme.contains(&format!("crates/{name}")),
            "README.md does not name crates/{name}"
        );
    }
    for code in ["0", "1", "2", "3", "4", "130"] {
        assert!(
            readme.contains(&format!("| {code} |")),
            "README.md does not list exit code {code}"
        );
    }
}
