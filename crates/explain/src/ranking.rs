//! The one place that decides which finding is the cause and which ones follow from it.

use netwhy_report::dns::check::CheckedAddress;
use netwhy_report::{Plan, Report};

use crate::findings::catalogue;
use crate::verdict::{Finding, Status, Verdict};
use crate::zone_check;
use crate::{Declaration, Evidence, Severity};

/// Pairs (consequence, cause): when both fired, the first one is explained by the second.
const FOLLOWS: &[(&str, &str)] = &[
    ("dns-slow", "dns-resolver-down"),
    ("dns-lame-delegation", "dns-glue-missing"),
    ("dns-lame-delegation", "dns-glue-mismatch"),
    ("dns-fragments-dropped", "dns-edns-broken"),
    ("dns-servfail", "dns-apex-cname"),
    ("dns-servfail", "dns-glue-missing"),
    ("dns-servfail", "dns-lame-delegation"),
    ("dns-servfail", "dns-dnssec-ds-mismatch"),
    ("dns-servfail", "dns-dnssec-unsigned"),
    ("dns-servfail", "dns-dnssec-expired"),
    ("dns-servfail", "dns-dnssec-not-yet-valid"),
    ("dns-servfail", "dns-dnssec-denial-broken"),
    ("dns-servfail", "dns-cname-loop"),
    ("dns-timeout", "dns-glue-missing"),
    ("dns-timeout", "dns-lame-delegation"),
    ("dns-no-address", "dns-cname-loop"),
    ("dns-name-missing", "dns-cname-dangling"),
    ("dns-slow", "dns-ipv6-broken"),
    ("dns-answers-differ", "dns-answer-rewritten"),
    ("tcp-refused", "dns-answer-rewritten"),
    ("tcp-filtered", "dns-answer-rewritten"),
    ("tls-name-mismatch", "dns-answer-rewritten"),
    ("tls-name-mismatch", "dns-search-expanded"),
    ("dns-timeout", "dns-answer-forged"),
    ("tcp-address-down", "tcp-ipv6-broken"),
    ("tcp-refused", "dns-hosts-override"),
    ("tcp-filtered", "dns-hosts-override"),
    ("tcp-rejected", "dns-hosts-override"),
    ("tcp-host-unreachable", "dns-hosts-override"),
    ("tcp-no-route", "dns-hosts-override"),
    ("tcp-refused", "dns-stale-answer"),
    ("tcp-filtered", "dns-stale-answer"),
    ("tcp-rejected", "dns-stale-answer"),
    ("tcp-host-unreachable", "dns-stale-answer"),
    ("tcp-no-route", "dns-stale-answer"),
    ("tcp-address-down", "dns-stale-answer"),
    ("tcp-refused", "dns-serial-mismatch"),
    ("tcp-filtered", "dns-serial-mismatch"),
    ("tcp-rejected", "dns-serial-mismatch"),
    ("tcp-host-unreachable", "dns-serial-mismatch"),
    ("tcp-no-route", "dns-serial-mismatch"),
    ("tcp-address-down", "dns-serial-mismatch"),
    ("tcp-refused", "dns-zone-inconsistent"),
    ("tcp-filtered", "dns-zone-inconsistent"),
    ("tcp-rejected", "dns-zone-inconsistent"),
    ("tcp-host-unreachable", "dns-zone-inconsistent"),
    ("tcp-no-route", "dns-zone-inconsistent"),
    ("tcp-address-down", "dns-zone-inconsistent"),
    ("dns-stale-answer", "dns-serial-mismatch"),
    ("dns-stale-answer", "dns-zone-inconsistent"),
    ("dns-answers-differ", "dns-serial-mismatch"),
    ("dns-answers-differ", "dns-zone-inconsistent"),
    ("dns-name-missing", "dns-negative-cached"),
    ("dns-no-address", "dns-negative-cached"),
    ("dns-timeout", "client-no-resolver"),
    ("dns-resolver-down", "client-no-resolver"),
    ("dns-timeout", "client-no-network"),
    ("client-no-resolver", "client-no-network"),
    ("dns-resolver-down", "client-no-network"),
    ("tcp-no-route", "client-no-network"),
    ("tcp-ipv6-broken", "client-no-network"),
    ("http-server-slow", "http-gateway-timeout"),
    ("http-server-slow", "http-bad-gateway"),
    ("http-server-slow", "http-server-error"),
    ("tls-handshake-failed", "tls-chain-rejected"),
    ("tls-chain-incomplete", "tls-certificate-expired"),
    ("tls-name-mismatch", "tls-self-signed"),
    ("tls-name-mismatch", "tls-untrusted-issuer"),
    ("tls-certificate-expired", "tls-self-signed"),
    ("tcp-closed-after-accept", "tls-client-certificate-required"),
    ("tcp-reset-after-accept", "tls-client-certificate-required"),
    ("http-redirect-downgrade", "http-redirect-loop"),
    ("http-server-slow", "http-unavailable"),
];

/// Judges a report: every check runs, then one cause is chosen.
#[must_use]
pub fn judge(report: &Report) -> Verdict {
    judge_with(report, catalogue())
}

/// Judges a report with a catalogue of one's own: the built-in findings, more, or fewer.
#[must_use]
pub fn judge_with<'a>(
    report: &Report,
    declarations: impl Iterator<Item = &'a Declaration>,
) -> Verdict {
    let mut findings: Vec<Finding> = declarations
        .filter_map(|declared| Some(finding(declared, (declared.check)(report)?)))
        .collect();
    link_consequences(&mut findings);
    // Stable: within one severity the catalogue's causal order stands.
    findings.sort_by_key(|finding| {
        (
            finding.consequence_of.is_some(),
            std::cmp::Reverse(finding.severity),
        )
    });
    let cause = findings
        .iter()
        .find(|finding| finding.severity >= Severity::Warning && finding.consequence_of.is_none())
        .cloned();
    let status = match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Error) => Status::Broken,
        _ if !report.complete || nobody_answered(report) => Status::Unknown,
        Some(Severity::Warning) => Status::Degraded,
        _ => Status::Healthy,
    };
    Verdict {
        status,
        layer: cause.as_ref().map(|finding| finding.layer),
        confidence: cause.as_ref().map(|finding| finding.confidence),
        refute: cause.as_ref().map(|finding| finding.refute.clone()),
        cause: cause.map(|finding| finding.code),
        findings,
    }
}

/// Whether a run that asks about names brought no answer at all, or a zone check none from the zone itself.
fn nobody_answered(report: &Report) -> bool {
    let replied = |address: &CheckedAddress| address.replied();
    if zone_check::record(report).is_some_and(|record| !record.addresses.iter().any(replied)) {
        return true;
    }
    let elsewhere = matches!(report.plan, Plan::Diagnose(_) | Plan::DnsBulk(_));
    let mut exchanges = report.layers.dns_exchanges();
    !elsewhere && !exchanges.any(|exchange| exchange.reply().is_some())
}

fn finding(declared: &Declaration, evidence: Evidence) -> Finding {
    Finding {
        code: declared.code.to_owned(),
        severity: evidence.severity.unwrap_or(declared.severity),
        layer: declared.layer,
        hop: evidence.hop,
        headline: evidence
            .headline
            .unwrap_or_else(|| declared.headline.to_owned()),
        evidence: evidence.facts,
        fix: evidence.fix,
        confirm: evidence.confirm,
        consequence_of: None,
        confidence: evidence.confidence,
        refute: evidence.refute,
    }
}

/// A cause explains what happens at its own hop; one that is about no single hop explains what happens at any.
fn link_consequences(findings: &mut [Finding]) {
    let fired: Vec<(String, Option<usize>, Severity)> = findings
        .iter()
        .map(|finding| (finding.code.clone(), finding.hop, finding.severity))
        .collect();
    for finding in findings {
        // What does less harm does not explain what does more.
        let explains = |cause: &str| {
            fired.iter().any(|(code, hop, severity)| {
                code == cause
                    && (hop.is_none() || *hop == finding.hop)
                    && *severity >= finding.severity
            })
        };
        let cause = FOLLOWS
            .iter()
            .find(|(effect, cause)| *effect == finding.code && explains(cause));
        finding.consequence_of = cause.map(|(_, cause)| (*cause).to_owned());
    }
}

#[cfg(test)]
mod tests;
