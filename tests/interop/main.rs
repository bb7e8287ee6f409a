//! netwhy against real NSD, Unbound, nginx and HAProxy, in namespaces that the test makes itself, over a link of 25 ms each way.
//!
//! The internet is built once; every case's report is then held against what was broken. `dns` has an internet of its own.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

mod certificates;
mod dns;
mod dns_check;
mod dns_trace;
mod examples;

fn world() -> &'static Path {
    static WORLD: OnceLock<tempfile::TempDir> = OnceLock::new();
    WORLD
        .get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            certificates::write(folder.path());
            run_world("world.py", folder.path());
            folder
        })
        .path()
}

/// Runs a world to its end; what it saw is then in `folder`.
fn run_world(script: &str, folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/interop")
        .join(script);
    let done = Command::new("unshare")
        .args(["-Urnm", "--kill-child", "python3", "-B"])
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_netwhy"))
        .arg(folder)
        .output()
        .expect("unshare runs");
    assert!(
        done.status.success(),
        "the world did not come up: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

struct Case {
    report: Value,
    exit: i64,
    seconds: f64,
}

fn case(name: &str) -> Case {
    Case::read(world(), name)
}

impl Case {
    /// What netwhy reported in the case `name` of the world that ran in `folder`.
    fn read(folder: &Path, name: &str) -> Self {
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let meta: Value =
            serde_json::from_slice(&std::fs::read(path("meta")).expect(name)).expect(name);
        let text = std::fs::read(path("json")).expect(name);
        let report =
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}: {meta}"));
        Self {
            report,
            exit: meta["exit"].as_i64().expect("an exit code"),
            seconds: meta["seconds"].as_f64().expect("seconds"),
        }
    }

    /// One primary cause, and nothing of weight that does not follow from it.
    fn blames(self, code: &str, exit: i64) -> Self {
        assert_eq!(
            self.report["verdict"]["cause"], code,
            "{:#}",
            self.report["findings"]
        );
        assert_eq!(self.exit, exit, "{:#}", self.report["findings"]);
        for finding in self.report["findings"].as_array().expect("findings") {
            let weighty = finding["severity"] == "error" || finding["severity"] == "warning";
            let explained = finding["code"] == code || finding["consequence_of"].is_string();
            assert!(!weighty || explained, "{code}: also blamed: {finding:#}");
        }
        self
    }

    fn evidence(&self) -> String {
        self.report["findings"].to_string()
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_healthy_target_is_healthy_and_fast() {
    for name in ["healthy", "healthy-alias"] {
        let case = case(name);
        assert_eq!(
            case.report["verdict"]["status"], "healthy",
            "{:#}",
            case.report["findings"]
        );
        assert_eq!(case.exit, 0);
        assert!(case.seconds < 5.0, "{} s", case.seconds);
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_missing_intermediate_is_found_and_fetched_for_the_evidence() {
    let case = case("incomplete").blames("tls-chain-incomplete", 1);
    assert_eq!(
        case.report["layers"]["tls"]["record"]["judgement"]["aia"]["completes"],
        true
    );
    assert!(
        case.evidence().contains("ca.example.test"),
        "{}",
        case.evidence()
    );
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn an_issuer_is_read_from_a_message_over_https_and_a_stranger_is_not_taken_for_it() {
    let fetch = |case: &Case| {
        case.report["layers"]["tls"]["record"]["judgement"]["aia"]["fetches"][0].clone()
    };
    let message = case("incomplete-message").blames("tls-chain-incomplete", 1);
    assert_eq!(fetch(&message)["form"], "cms", "{:#}", fetch(&message));
    assert!(
        message.evidence().contains("openssl pkcs7 -inform DER"),
        "{}",
        message.evidence()
    );
    let stranger = case("incomplete-stranger").blames("tls-chain-incomplete", 1);
    assert_eq!(
        fetch(&stranger)["step"]["failure"]["kind"],
        "fetch_unusable",
        "{:#}",
        fetch(&stranger)
    );
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_bad_certificate_is_named_and_does_not_stop_the_exchange() {
    for (name, code) in [
        ("expired", "tls-certificate-expired"),
        ("self-signed", "tls-self-signed"),
    ] {
        let case = case(name).blames(code, 1);
        assert_eq!(
            case.report["layers"]["http"]["record"]["hops"][0]["exchange"]["head"]["status"],
            200
        );
    }
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn an_authority_that_caa_forbids_is_a_notice_on_a_healthy_site() {
    let case = case("caa");
    assert_eq!(case.report["verdict"]["status"], "healthy");
    let findings = case.report["findings"].as_array().expect("findings");
    let codes: Vec<_> = findings.iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["dns-caa-blocks-issuer"]);
    assert!(case.evidence().contains("pki.goog"), "{}", case.evidence());
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_proxy_that_fails_is_told_apart_from_the_network() {
    case("bad-gateway").blames("http-bad-gateway", 1);
    case("gateway-timeout").blames("http-gateway-timeout", 1);
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn what_dns_says_no_to_is_named() {
    case("name-missing").blames("dns-name-missing", 1);
    case("no-address").blames("dns-no-address", 1);
    case("servfail").blames("dns-servfail", 1);
    case("dns-refused").blames("dns-refused", 1);
    case("resolver-down").blames("dns-resolver-down", 0);
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn refusal_rejection_and_silence_are_told_apart() {
    case("refused").blames("tcp-refused", 1);
    let rejected = case("rejected").blames("tcp-rejected", 1);
    assert!(
        rejected.evidence().contains("10.9.0.21"),
        "{}",
        rejected.evidence()
    );
    case("filtered").blames("tcp-filtered", 1);
    case("host-unreachable").blames("tcp-host-unreachable", 1);
    case("no-route").blames("tcp-no-route", 1);
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn one_dead_address_is_a_warning_and_does_not_delay_the_exchange() {
    case("address-down").blames("tcp-address-down", 0);
    let broken = case("ipv6-broken").blames("tcp-ipv6-broken", 0);
    let first_byte = &broken.report["layers"]["http"]["record"]["hops"][0]["exchange"]["stamps"]["response_start_ns"];
    assert!(
        first_byte
            .as_u64()
            .is_some_and(|nanoseconds| nanoseconds < 1_500_000_000),
        "{first_byte}"
    );
}

#[test]
#[ignore = "needs daemons and namespaces: tests/run installs and runs it"]
fn a_host_without_a_network_blames_itself() {
    case("no-network").blames("client-no-network", 1);
}

#[test]
#[ignore = "writes the certificates of the benchmark: tests/bench/run calls it"]
fn bench_certificates() {
    let Ok(folder) = std::env::var("NETWHY_BENCH_FOLDER") else {
        // In the whole run it proves that they can be made.
        let folder = tempfile::tempdir().expect("a temporary folder");
        certificates::write(folder.path());
        assert!(folder.path().join("good.pem").is_file());
        return;
    };
    certificates::write(Path::new(&folder));
    let names = Path::new(&folder).join("dns");
    std::fs::create_dir_all(&names).expect("a folder");
    dns::write_certificates(&names);
}
