//! Why an issuer is missing: left out by the server, or simply not trusted. The line between two findings.

use netwhy_report::outcome::SkipReason;
use netwhy_report::tls::{AiaCompletion, ChainFault};
use netwhy_report::untrusted::escape;
use netwhy_report::{Failure, Report, Untrusted};

use super::chain::{self, Judged};

/// A certificate whose issuer was neither sent nor known.
#[derive(Clone, Copy)]
pub(super) struct Missing<'r> {
    pub(super) index: Option<usize>,
    pub(super) subject: &'r Untrusted,
    pub(super) issuer: &'r Untrusted,
    pub(super) because: Because,
}

/// What a missing issuer means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Because {
    /// Fetched from its AIA address it completes the path: the server left it out.
    Completed,
    /// Nothing could be fetched, so leaving it out is only the likely explanation.
    Unfetched,
    /// It was fetched (or everything was sent) and still no trusted root is reached.
    Untrusted,
}

/// The first missing issuer among the rejected chains.
pub(super) fn missing(report: &Report) -> Option<(Judged<'_>, Missing<'_>)> {
    chain::fault(report, |chain, fault| match fault {
        ChainFault::IssuerMissing {
            index,
            subject,
            issuer,
        } => Some(Missing {
            index: *index,
            subject,
            issuer,
            because: because(chain),
        }),
        _ => None,
    })
}

fn because(chain: &Judged<'_>) -> Because {
    let fetched =
        |aia: &AiaCompletion| aia.fetches.iter().any(|fetch| fetch.step.value().is_some());
    match &chain.judgement.aia {
        Some(aia) if aia.completes => Because::Completed,
        Some(aia) if fetched(aia) => Because::Untrusted,
        // Without an address to ask, only a leaf sent alone speaks for a forgotten intermediate.
        _ if chain
            .record
            .chain
            .iter()
            .any(|certificate| !certificate.aia_issuers.is_empty()) =>
        {
            Because::Unfetched
        }
        _ if chain.record.chain.len() <= 1 => Because::Unfetched,
        _ => Because::Untrusted,
    }
}

/// What the attempt to fetch the issuer gave, one line each.
pub(super) fn fetches(chain: &Judged<'_>) -> Vec<String> {
    let Some(aia) = &chain.judgement.aia else {
        return vec!["its AIA address was not asked for it".to_owned()];
    };
    let line = |fetch: &netwhy_report::tls::AiaFetch| {
        let url = fetch.url.escaped();
        if let Some(found) = fetch.step.value() {
            return format!(
                "\"{}\" found at its AIA address {url}, valid to {}",
                found.subject.escaped(),
                found.not_after
            );
        }
        let reason = match (fetch.step.failure(), fetch.step.skip_reason()) {
            (Some(failure), _) => failed(failure),
            (_, Some(SkipReason::Forbidden { rule })) => format!("not allowed ({})", escape(rule)),
            _ => "not tried".to_owned(),
        };
        format!("AIA address {url}: {reason}")
    };
    if aia.fetches.is_empty() {
        return vec!["no AIA address could be asked".to_owned()];
    }
    aia.fetches.iter().map(line).collect()
}

fn failed(failure: &Failure) -> String {
    match failure {
        Failure::TimedOut { after } => format!("no answer in {}", crate::spans::brief(*after)),
        Failure::HttpMalformed { reason } | Failure::FetchUnusable { reason } => {
            escape(reason).into_owned()
        }
        Failure::NoAddress => "its host has no address".to_owned(),
        Failure::Refused { .. } => "connection refused".to_owned(),
        _ => "the fetch failed".to_owned(),
    }
}
