//! Runs for the tests: a healthy one, and the ways in which it goes wrong, each with the verdict that belongs to it.

use std::time::Duration;

use netwhy_explain::{Confidence, Finding, Severity, Status, Verdict};
use netwhy_report::http::{HttpRecord, RedirectEnd, Withheld};
use netwhy_report::report::Layers;
use netwhy_report::tcp::TcpAttempt;
use netwhy_report::tls::{AiaCompletion, ChainFault};
use netwhy_report::{
    DiagnosePlan, Failure, Layer, Limit, LimitHit, Plan, Report, Section, SkipReason, Step, Target,
};

use records::{answer, at, dns, hop, ms, socket, tcp, tls};

mod records;

/// A report with its verdict.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) report: Report,
    pub(crate) verdict: Verdict,
}

/// Every specimen by name.
pub(crate) fn all() -> Vec<(&'static str, Case)> {
    vec![
        ("healthy", healthy()),
        ("dns_failure", dns_failure()),
        ("chain_incomplete", chain_incomplete()),
        ("address_timed_out", address_timed_out()),
        ("redirects", redirects()),
        ("interrupted", interrupted()),
        ("no_answer", no_answer()),
    ]
}

/// 12 ms DNS, 20 ms TCP, 24 ms TLS, 331 ms server, 18 ms transfer.
pub(crate) fn healthy() -> Case {
    let target = Target::parse("https://shop.example.test/cart").unwrap();
    let report = Report {
        plan: Plan::Diagnose(Box::new(DiagnosePlan::new(target))),
        started_at: at("2026-11-23T08:22:42Z"),
        elapsed: ms(420),
        complete: true,
        limits_hit: Vec::new(),
        layers: Layers {
            client: None,
            dns: Some(Section::Measured {
                record: dns("shop.example.test", 0),
            }),
            tcp: Some(Section::Measured { record: tcp(12) }),
            tls: Some(Section::Measured { record: tls(32) }),
            http: Some(Section::Measured {
                record: HttpRecord {
                    hops: vec![hop("https://shop.example.test/cart", 56, 200)],
                    redirect_end: RedirectEnd::Settled,
                },
            }),
            ..Layers::default()
        },
    };
    Case {
        report,
        verdict: verdict(Status::Healthy, Vec::new()),
    }
}

/// NXDOMAIN: nothing below could be tried.
pub(crate) fn dns_failure() -> Case {
    let mut case = healthy();
    let layers = &mut case.report.layers;
    let mut record = dns("shop.example.test", 0);
    for query in &mut record.queries {
        query.step = Step::completed(ms(0), ms(12), answer(3, "NXDOMAIN"));
    }
    record.resolution = Step::failed(ms(0), ms(12), Failure::NoAddress);
    layers.dns = Some(Section::Measured { record });
    let reason = SkipReason::DependencyFailed { layer: Layer::Dns };
    layers.tcp = Some(Section::Skipped {
        reason: reason.clone(),
    });
    layers.tls = Some(Section::Skipped {
        reason: reason.clone(),
    });
    layers.http = Some(Section::Skipped { reason });
    let cause = finding(
        "dns-nxdomain",
        Severity::Error,
        Layer::Dns,
        "the name does not exist",
    );
    case.verdict = verdict(Status::Broken, vec![cause]);
    case
}

/// The intermediate is not sent; the server is slow as well, and the certificate's lifetime is remarked on.
pub(crate) fn chain_incomplete() -> Case {
    let mut case = healthy();
    let Some(Section::Measured { record }) = &mut case.report.layers.tls else {
        unreachable!()
    };
    let judgement = record.judgement.as_mut().unwrap();
    judgement.stores[0].error = Some("UnknownIssuer".to_owned());
    judgement.faults = vec![ChainFault::IssuerMissing {
        index: Some(0),
        subject: record.chain[0].subject.clone(),
        issuer: record.chain[0].issuer.clone(),
    }];
    judgement.aia = Some(AiaCompletion {
        fetches: Vec::new(),
        completes: true,
    });
    let cause = finding(
        "tls-chain-incomplete",
        Severity::Error,
        Layer::Tls,
        "browsers recover, curl, Go, Java and Python clients fail: the server does not send \"Example R11\"",
    );
    let mut follows = finding(
        "tls-name-mismatch",
        Severity::Error,
        Layer::Tls,
        "the name is not covered",
    );
    follows.consequence_of = Some("tls-chain-incomplete".to_owned());
    let slow = finding(
        "http-server-slow",
        Severity::Warning,
        Layer::Http,
        "the server thinks for 311 ms",
    );
    let notice = finding(
        "tls-weak-key",
        Severity::Notice,
        Layer::Tls,
        "the key is short",
    );
    let info = finding(
        "http-compressed",
        Severity::Info,
        Layer::Http,
        "the body is compressed",
    );
    case.verdict = verdict(Status::Broken, vec![cause, slow, notice, info, follows]);
    case
}

/// IPv6 does not answer, IPv4 does.
pub(crate) fn address_timed_out() -> Case {
    let mut case = healthy();
    let Some(Section::Measured { record }) = &mut case.report.layers.tcp else {
        unreachable!()
    };
    record.matrix.push(TcpAttempt {
        peer: socket("[2001:db8::10]:443"),
        step: Step::failed(
            ms(12),
            ms(5012),
            Failure::TimedOut {
                after: Duration::from_secs(5),
            },
        ),
    });
    let cause = finding(
        "tcp-ipv6-broken",
        Severity::Warning,
        Layer::Tcp,
        "IPv6 is advertised, but dead",
    );
    case.verdict = verdict(Status::Degraded, vec![cause]);
    case
}

/// Two redirects: to another host, then on the same connection.
pub(crate) fn redirects() -> Case {
    let mut case = healthy();
    let Some(Section::Measured { record }) = &mut case.report.layers.http else {
        unreachable!()
    };
    record.hops[0] = hop("https://shop.example.test/cart", 56, 301);
    let mut second = hop("https://www.example.test/basket?session=secret", 461, 302);
    second.host = "www.example.test".to_owned();
    second.dns = Some(Box::new(dns("www.example.test", 405)));
    second.tcp = Some(Box::new(tcp(417)));
    second.tls = Some(Box::new(tls(437)));
    second.withheld = Some(Withheld::OtherOrigin);
    let mut third = hop("https://www.example.test/end", 810, 200);
    third.host = "www.example.test".to_owned();
    record.hops.extend([second, third]);
    case
}

/// Stopped in the middle of the handshake.
pub(crate) fn interrupted() -> Case {
    let mut case = healthy();
    case.report.complete = false;
    case.report.limits_hit.push(LimitHit {
        limit: Limit::BodyBytes,
        layer: Layer::Http,
        value: "10 MiB".to_owned(),
    });
    case.report.layers.tls = Some(Section::Skipped {
        reason: SkipReason::Interrupted,
    });
    case.report.layers.http = Some(Section::Skipped {
        reason: SkipReason::Interrupted,
    });
    case.verdict = verdict(Status::Unknown, Vec::new());
    case
}

/// The server accepts the request and says nothing.
pub(crate) fn no_answer() -> Case {
    let mut case = healthy();
    let Some(Section::Measured { record }) = &mut case.report.layers.http else {
        unreachable!()
    };
    let exchange = &mut record.hops[0].exchange;
    exchange.head = None;
    exchange.stamps.response_start = None;
    exchange.stamps.response_end = None;
    exchange.step = Step::failed(
        ms(56),
        ms(20_056),
        Failure::TimedOut {
            after: Duration::from_secs(20),
        },
    );
    let cause = finding(
        "http-gateway-timeout",
        Severity::Error,
        Layer::Http,
        "no answer in 20 s",
    );
    case.verdict = verdict(Status::Broken, vec![cause]);
    case
}

fn verdict(status: Status, findings: Vec<Finding>) -> Verdict {
    let cause = findings.first();
    Verdict {
        status,
        cause: cause.map(|finding| finding.code.clone()),
        layer: cause.map(|finding| finding.layer),
        confidence: cause.map(|finding| finding.confidence),
        refute: cause.map(|finding| finding.refute.clone()),
        findings,
    }
}

pub(crate) fn finding(code: &str, severity: Severity, layer: Layer, headline: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        severity,
        layer,
        hop: Some(0),
        headline: headline.to_owned(),
        evidence: vec![
            "sent: leaf \"shop.example.test\"; missing: \"Example R11\" (found at its AIA address, valid to 2029-03-12)".to_owned(),
            "with it, the chain verifies".to_owned(),
        ],
        fix: format!("mend what {code} names, then reload the server and look again from another place"),
        confirm: vec![format!(
            "openssl s_client -connect shop.example.test:443 -servername shop.example.test -showcerts </dev/null # {code}"
        )],
        consequence_of: None,
        confidence: Confidence::High,
        refute: "another node behind this name sends the intermediate, as s_client -showcerts would list".to_owned(),
    }
}
