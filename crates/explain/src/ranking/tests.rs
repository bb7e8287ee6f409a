//! One cause for each fault: the ranking over whole reports.

use netwhy_report::outcome::SkipReason;
use netwhy_report::tls::{ChainFault, NameVerdict};
use netwhy_report::{Failure, Outcome, Report, Section, Step, Untrusted};

use super::*;
use crate::specimen::healthy;

fn judgement(report: &mut Report) -> &mut netwhy_report::tls::ChainJudgement {
    let Some(Section::Measured { record }) = &mut report.layers.tls else {
        panic!("the specimen speaks TLS")
    };
    record.judgement.as_mut().unwrap()
}

fn rejected(faults: Vec<ChainFault>, name: NameVerdict) -> Report {
    let mut report = healthy();
    let judgement = judgement(&mut report);
    judgement.stores[0].error = Some("rejected".to_owned());
    judgement.faults = faults;
    judgement.name = name;
    report
}

fn code(verdict: &Verdict, code: &str) -> Finding {
    verdict
        .findings
        .iter()
        .find(|finding| finding.code == code)
        .unwrap_or_else(|| panic!("{code} is silent"))
        .clone()
}

#[test]
fn a_healthy_report_has_no_cause() {
    let verdict = judge(&healthy());
    assert_eq!(
        (verdict.status, verdict.cause),
        (Status::Healthy, None),
        "{:?}",
        verdict.findings
    );
}

#[test]
fn an_interrupted_run_without_a_finding_is_unknown() {
    let mut report = healthy();
    report.complete = false;
    report.layers.http = Some(Section::Skipped {
        reason: SkipReason::Interrupted,
    });
    assert_eq!(judge(&report).status, Status::Unknown);
}

#[test]
fn the_chain_is_the_cause_when_the_name_is_wrong_as_well() {
    let mismatch = NameVerdict::Mismatch {
        nearest: None,
        reason: "no name".to_owned(),
    };
    let verdict = judge(&rejected(
        vec![ChainFault::SelfSigned {
            subject: Untrusted::from("CN=a"),
        }],
        mismatch,
    ));
    assert_eq!(verdict.cause.as_deref(), Some("tls-self-signed"));
    assert_eq!(
        code(&verdict, "tls-name-mismatch")
            .consequence_of
            .as_deref(),
        Some("tls-self-signed")
    );
    assert_eq!(verdict.status, Status::Broken);
}

#[test]
fn each_chain_fault_gives_exactly_one_error() {
    let subject = || Untrusted::from("CN=a");
    let time = || "2026-01-01T00:00:00Z".parse().unwrap();
    let faults = [
        (
            "tls-certificate-expired",
            ChainFault::Expired {
                index: Some(0),
                subject: subject(),
                not_after: time(),
            },
        ),
        (
            "tls-intermediate-expired",
            ChainFault::Expired {
                index: Some(1),
                subject: subject(),
                not_after: time(),
            },
        ),
        (
            "tls-certificate-not-yet-valid",
            ChainFault::NotYetValid {
                index: Some(0),
                subject: subject(),
                not_before: time(),
            },
        ),
        (
            "tls-untrusted-issuer",
            ChainFault::IssuerMissing {
                index: Some(1),
                subject: subject(),
                issuer: subject(),
            },
        ),
        (
            "tls-self-signed",
            ChainFault::SelfSigned { subject: subject() },
        ),
        (
            "tls-untrusted-issuer",
            ChainFault::UntrustedRoot {
                index: Some(1),
                subject: subject(),
            },
        ),
        (
            "tls-ca-constraint",
            ChainFault::ConstraintViolated {
                index: Some(1),
                subject: subject(),
                rule: "CA flag".to_owned(),
            },
        ),
        (
            "tls-signature-invalid",
            ChainFault::SignatureInvalid {
                index: Some(0),
                subject: subject(),
                issuer: subject(),
            },
        ),
        (
            "tls-chain-rejected",
            ChainFault::Malformed {
                index: Some(0),
                reason: "DER".to_owned(),
            },
        ),
    ];
    for (expected, fault) in faults {
        let verdict = judge(&rejected(vec![fault], NameVerdict::Matches));
        let codes: Vec<_> = verdict
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(codes, [expected]);
    }
}

#[test]
fn each_alert_gives_exactly_one_error() {
    for number in 0..=u8::MAX {
        let mut report = healthy();
        let Some(Section::Measured { record }) = &mut report.layers.tls else {
            panic!("the specimen speaks TLS")
        };
        let failure = Failure::TlsAlert {
            code: number,
            name: "an alert".to_owned(),
        };
        record.handshake = Step::failed(record.handshake.start, record.handshake.end(), failure);
        record.judgement = None;
        let reason = SkipReason::DependencyFailed {
            layer: netwhy_report::Layer::Tls,
        };
        report.layers.http = Some(Section::Skipped { reason });
        assert_eq!(judge(&report).findings.len(), 1, "alert {number}");
    }
}

#[test]
fn each_error_status_gives_exactly_one_finding() {
    for status in 400..600 {
        let mut report = healthy();
        let Some(Section::Measured { record }) = &mut report.layers.http else {
            panic!("the specimen speaks HTTP")
        };
        let exchange = &mut record.hops[0].exchange;
        exchange.head.as_mut().unwrap().status = status;
        if let Outcome::Completed { value } = &mut exchange.step.outcome {
            value.status = status;
        }
        assert_eq!(judge(&report).findings.len(), 1, "status {status}");
    }
}

#[test]
fn every_code_is_named_after_its_layer_and_unique() {
    let mut codes: Vec<_> = catalogue().map(|declared| declared.code).collect();
    assert!(catalogue().all(|declared| {
        declared
            .code
            .starts_with(&format!("{}-", declared.layer.name()))
    }));
    assert!(catalogue().all(|declared| !declared.headline.ends_with('.')));
    codes.sort_unstable();
    let total = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), total);
}

#[test]
fn a_fault_explains_another_at_its_own_hop_only_unless_it_is_about_no_single_one() {
    let finding = |code: &str, hop| {
        let declared = crate::find(code).unwrap();
        let evidence = Evidence {
            hop,
            severity: None,
            headline: None,
            facts: Vec::new(),
            fix: String::new(),
            confirm: Vec::new(),
            confidence: crate::Confidence::High,
            refute: String::new(),
        };
        super::finding(declared, evidence)
    };
    let linked = |effect: (&str, Option<usize>), cause: (&str, Option<usize>)| {
        let mut findings = [finding(effect.0, effect.1), finding(cause.0, cause.1)];
        link_consequences(&mut findings);
        findings[0].consequence_of.is_some()
    };
    let mismatch = "tls-name-mismatch";
    assert!(linked((mismatch, Some(1)), ("tls-self-signed", Some(1))));
    assert!(!linked((mismatch, Some(0)), ("tls-self-signed", Some(1))));
    assert!(linked(
        ("http-redirect-downgrade", Some(1)),
        ("http-redirect-loop", None)
    ));
    assert!(linked(
        ("tcp-no-route", Some(1)),
        ("client-no-network", None)
    ));
}
