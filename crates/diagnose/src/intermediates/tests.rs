//! A whole diagnosis of a server that sends its leaf alone, against an AIA address that gives this or that.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use netwhy_report::tls::TlsRecord;
use netwhy_report::{DiagnosePlan, Outcome, Plan, Report, Target};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{Silent, interrupter};

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
    pem: String,
}

fn authority(common_name: &str, parent: Option<&Authority>) -> Authority {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = match parent {
        Some(parent) => params.signed_by(&key, &parent.issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    Authority {
        der: certificate.der().clone(),
        pem: certificate.pem(),
        issuer: Issuer::new(params, key),
    }
}

fn acceptor(issuer: &Authority, extension: Option<CustomExtension>) -> TlsAcceptor {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    params.subject_alt_names = vec![SanType::IpAddress(Ipv4Addr::LOCALHOST.into())];
    params.custom_extensions.extend(extension);
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, &issuer.issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// authorityInfoAccess with these caIssuers addresses (RFC 5280 §4.2.2.1).
fn authority_information(urls: &[String]) -> CustomExtension {
    let wrap = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    };
    let method = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let descriptions: Vec<Vec<u8>> = urls
        .iter()
        .map(|url| wrap(0x30, &[&method[..], &wrap(0x86, url.as_bytes())].concat()))
        .collect();
    CustomExtension::from_oid_content(
        &[1, 3, 6, 1, 5, 5, 7, 1, 1],
        wrap(0x30, &descriptions.concat()),
    )
}

async fn serve(tls: Option<TlsAcceptor>, answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, answer) = (tls.clone(), answer.clone());
            tokio::spawn(async move {
                match tls {
                    None => converse(stream, &answer).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            converse(stream, &answer).await;
                        }
                    }
                }
            });
        }
    });
    address
}

/// Reads a request and gives the answer; an empty answer is silence.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) {
    let mut request = vec![0; 4096];
    let length = stream.read(&mut request).await.unwrap_or_default();
    if length == 0 || answer.is_empty() {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    stream.write_all(answer).await.ok();
    stream.shutdown().await.ok();
}

fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

struct House {
    root: Authority,
    middle: Authority,
    folder: tempfile::TempDir,
}

fn house() -> House {
    let root = authority("Root", None);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("root.pem"), &root.pem).unwrap();
    House {
        middle: authority("Middle", Some(&root)),
        root,
        folder,
    }
}

impl House {
    async fn diagnosed(&self, urls: &[String]) -> Report {
        let tls = acceptor(&self.middle, Some(authority_information(urls)));
        let server = serve(Some(tls), ok(b"hello")).await;
        let target = Target::parse(&format!("https://{server}/")).unwrap();
        let mut plan = DiagnosePlan::new(target);
        plan.tls.roots = Some(self.folder.path().join("root.pem"));
        plan.tls.fetch_allowed = vec!["127.0.0.0/8".parse().unwrap()];
        plan.budgets.aia_time = Duration::from_millis(1500);
        let (_interrupter, interrupt) = interrupter();
        crate::run(&Plan::Diagnose(Box::new(plan)), &Silent, &interrupt)
            .await
            .unwrap()
    }

    /// The first fetch, for an address that gives this answer.
    async fn fetched(&self, answer: Vec<u8>) -> AiaFetch {
        let server = serve(None, answer).await;
        let report = self.diagnosed(&[format!("http://{server}/issuer")]).await;
        aia(&report).fetches[0].clone()
    }
}

fn record(report: &Report) -> &TlsRecord {
    report.layers.tls.as_ref().unwrap().record().unwrap()
}

fn aia(report: &Report) -> &AiaCompletion {
    record(report)
        .judgement
        .as_ref()
        .unwrap()
        .aia
        .as_ref()
        .unwrap()
}

fn reason(fetch: &AiaFetch) -> String {
    match &fetch.step.outcome {
        Outcome::Failed {
            failure: Failure::FetchUnusable { reason },
        } => reason.clone(),
        Outcome::Skipped {
            reason: SkipReason::Forbidden { rule },
        } => rule.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_answers_leave_a_clear_record_and_the_blame_where_it_is() {
    let house = house();
    let stranger = authority("Stranger", None);
    let namesake = authority("Middle", None);
    let middle = house.middle.der.to_vec();
    let not_issuer = "none of its certificates is the missing issuer";
    let cases = [
        (
            ok(&middle[..middle.len() / 2]),
            "it is neither DER nor PKCS#7 nor PEM",
        ),
        (
            ok(b"<html>moved</html>"),
            "it is neither DER nor PKCS#7 nor PEM",
        ),
        (
            ok(&vec![b'x'; 100_000]),
            "its answer is larger than 65536 bytes",
        ),
        (ok(&stranger.der), not_issuer),
        (ok(&namesake.der), not_issuer),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
                .to_vec(),
            "status 302",
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(reason(&house.fetched(answer).await), expected);
    }
    let server = serve(None, ok(&namesake.der)).await;
    let report = house.diagnosed(&[format!("http://{server}/")]).await;
    let judgement = record(&report).judgement.as_ref().unwrap();
    assert!(
        matches!(
            judgement.faults[..],
            [netwhy_report::tls::ChainFault::IssuerMissing { .. }]
        ),
        "{:?}",
        judgement.faults
    );
    assert!(!aia(&report).completes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_and_silent_servers_cost_no_more_than_the_budget() {
    let house = house();
    let endless = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b'x'; 8 << 20]].concat();
    let server = serve(None, endless).await;
    let report = house.diagnosed(&[format!("http://{server}/")]).await;
    assert_eq!(
        reason(&aia(&report).fetches[0]),
        "its answer is larger than 65536 bytes"
    );
    let hit = |report: &Report, value: &str| {
        let mut hits = report.limits_hit.iter();
        hits.any(|hit| hit.limit == Limit::Aia && hit.value == value)
    };
    assert!(hit(&report, "65536 bytes"), "{:?}", report.limits_hit);

    let begun = Instant::now();
    let server = serve(None, Vec::new()).await;
    let report = house.diagnosed(&[format!("http://{server}/")]).await;
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    assert!(matches!(
        aia(&report).fetches[0].step.failure(),
        Some(Failure::TimedOut { .. })
    ));
    assert!(hit(&report, "1.5 s"), "{:?}", report.limits_hit);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_addresses_are_asked_than_the_budget_has() {
    let house = house();
    let server = serve(None, ok(b"nothing")).await;
    let urls: Vec<String> = (0..6).map(|n| format!("http://{server}/{n}")).collect();
    let report = house.diagnosed(&urls).await;
    assert_eq!(aia(&report).fetches.len(), 3);
    assert_eq!(report.limits_hit[0].value, "3 addresses");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_https_address_is_fetched_from_a_verified_server_only() {
    let house = house();
    let unknown = authority("Unknown", None);
    for (issuer, accepted) in [(&house.root, true), (&unknown, false)] {
        let server = serve(Some(acceptor(issuer, None)), ok(&house.middle.der)).await;
        let report = house.diagnosed(&[format!("https://{server}/")]).await;
        let fetch = &aia(&report).fetches[0];
        assert_eq!(aia(&report).completes, accepted, "{fetch:?}");
        if accepted {
            assert_eq!(fetch.form, Some(FetchedForm::Der));
        } else {
            assert_eq!(reason(fetch), "its own certificate is not trusted");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_that_the_rules_forbid_are_not_asked() {
    let house = house();
    for (url, rule) in [
        ("http://169.254.169.254/latest", "loopback, link-local"),
        ("http://[::1]:9/", "loopback, link-local"),
        ("http://ann:secret@127.0.0.1/", "without credentials"),
    ] {
        let report = house.diagnosed(&[url.to_owned()]).await;
        let said = reason(&aia(&report).fetches[0]);
        assert!(said.contains(rule), "{url}: {said}");
    }
    // Another scheme is no address that could be asked at all.
    let report = house.diagnosed(&["file:///etc/passwd".to_owned()]).await;
    assert!(record(&report).judgement.as_ref().unwrap().aia.is_none());
}
