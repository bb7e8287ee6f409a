//! Judges a report with a finding of one's own: a company rule that certificates name their host only.

use std::error::Error;
use std::io::Write as _;

use netwhy_diagnose::{Silent, interrupter, run};
use netwhy_explain::ranking::judge_with;
use netwhy_explain::{Confidence, Declaration, Evidence, Severity, catalogue};
use netwhy_report::{DiagnosePlan, Layer, Plan, Report, Section, Target};

static WILDCARD: Declaration = Declaration {
    code: "tls-house-no-wildcards",
    layer: Layer::Tls,
    severity: Severity::Warning,
    headline: "the certificate has a wildcard name, which our rules forbid",
    what: "One of the names is a wildcard.",
    why: "One stolen key then speaks for every host of the domain.",
    fix: "Issue a certificate for the host's own name.",
    confirm: "openssl x509 -noout -ext subjectAltName",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let leaf = report
        .layers
        .tls
        .as_ref()
        .and_then(Section::record)?
        .chain
        .first()?;
    let wildcard = leaf
        .names
        .iter()
        .find(|name| name.raw().starts_with(b"*."))?;
    Some(Evidence {
        hop: Some(0),
        severity: None,
        headline: None,
        facts: vec![format!("name: {}", wildcard.escaped())],
        fix: "issue a certificate for the host's own name".to_owned(),
        confirm: Vec::new(),
        confidence: Confidence::High,
        refute: "no name begins with *.".to_owned(),
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: own_finding URL")?;
    let plan = Plan::Diagnose(Box::new(DiagnosePlan::new(Target::parse(&url)?)));
    let (_interrupter, interrupt) = interrupter();
    let report = run(&plan, &Silent, &interrupt).await?;
    let verdict = judge_with(&report, catalogue().chain([&WILDCARD]));
    let mut out = std::io::stdout().lock();
    for finding in &verdict.findings {
        writeln!(
            out,
            "{} {}: {}",
            finding.severity.name(),
            finding.code,
            finding.headline
        )?;
    }
    writeln!(
        out,
        "verdict: {:?}, cause {:?}",
        verdict.status, verdict.cause
    )?;
    Ok(())
}
