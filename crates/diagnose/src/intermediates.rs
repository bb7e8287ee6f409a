//! Completion of a chain by the addresses in its certificates (AIA, RFC 5280 §4.2.2.1).

use netwhy_report::tls::{AiaCompletion, AiaFetch, ChainJudgement, FetchedForm};
use netwhy_report::{Failure, Layer, Limit, LimitHit, SkipReason, Step, Untrusted};
use netwhy_tls::{
    CertificateDer, certifies, judge, missing_issuer, parse_fetched, read_certificate,
};
use tokio::time::Instant;

use crate::secure::Secured;
use crate::side_fetch::{Refusal, fetch_bytes, is_private};
use crate::walk::Session;

/// Tries to complete the chain; `None` if nothing is missing, the plan forbids it, or no address is given.
pub(crate) async fn complete(
    session: &Session<'_>,
    secured: &Secured,
    host: &str,
) -> Option<ChainJudgement> {
    let mut judgement = secured.record.judgement.clone()?;
    if !session.plan.tls.fetch_intermediates
        || missing_issuer(&secured.chain, &[], &judgement)?
            .urls
            .is_empty()
    {
        return None;
    }
    let budgets = session.budgets();
    let give_up = Instant::now() + budgets.aia_time;
    let target_is_private = is_private(secured.record.peer.ip());
    let (mut fetches, mut fetched) = (Vec::new(), Vec::<CertificateDer<'static>>::new());
    let mut tried: Vec<String> = Vec::new();
    while !completes(&judgement)
        && let Some(missing) = missing_issuer(&secured.chain, &fetched, &judgement)
        && let Some(url) = missing.urls.into_iter().find(|url| !tried.contains(url))
    {
        if fetches.len() >= budgets.aia_urls {
            hit(session, format!("{} addresses", budgets.aia_urls));
            break;
        }
        tried.push(url.clone());
        let begun = session.now();
        let (form, result) = match fetch_one(session, &url, target_is_private, give_up).await {
            Ok((form, certificates)) => (Some(form), Ok(certificates)),
            Err(unfetched) => (None, Err(unfetched)),
        };
        let issuer = result.and_then(|certificates| {
            let issuer = certificates
                .iter()
                .find(|one| certifies(one, &missing.certificate))
                .ok_or_else(|| unusable("none of its certificates is the missing issuer"))?;
            let record = read_certificate(issuer, budgets.names, budgets.field_bytes);
            fetched.extend(certificates);
            Ok(record)
        });
        match &issuer {
            Ok(_) => tracing::info!(?form, "the issuer was found"),
            Err(unfetched) => tracing::info!(?form, ?unfetched, "no issuer was found"),
        }
        let ended = session.now();
        fetches.push(AiaFetch {
            url: Untrusted::from(url.as_str()),
            form,
            step: match issuer {
                Ok(record) => Step::completed(begun, ended, record),
                Err(Unfetched::Failed(failure)) => Step::failed(begun, ended, failure),
                Err(Unfetched::Skipped(reason)) => Step::skipped(begun, reason),
            },
        });
        let stores = session.stores().await;
        judgement = judge(&secured.chain, &fetched, host, &stores, session.judged_at());
    }
    judgement.aia = Some(AiaCompletion {
        fetches,
        completes: completes(&judgement),
    });
    Some(judgement)
}

fn completes(judgement: &ChainJudgement) -> bool {
    judgement
        .stores
        .first()
        .is_some_and(|store| store.with_fetched == Some(true))
}

/// Why an address gave no issuer.
#[derive(Debug)]
enum Unfetched {
    Failed(Failure),
    Skipped(SkipReason),
}

fn unusable(reason: impl Into<String>) -> Unfetched {
    Unfetched::Failed(Failure::FetchUnusable {
        reason: reason.into(),
    })
}

async fn fetch_one(
    session: &Session<'_>,
    url: &str,
    target_is_private: bool,
    give_up: Instant,
) -> Result<(FetchedForm, Vec<CertificateDer<'static>>), Unfetched> {
    let begun = session.now();
    let attempt = session.stop.guard(tokio::time::timeout_at(
        give_up,
        fetch_bytes(session, url, target_is_private),
    ));
    let budgets = session.budgets();
    match attempt.await {
        Ok(Ok(Ok(bytes))) => parse_fetched(&bytes, budgets.chain_certificates).map_err(unusable),
        Ok(Ok(Err(Refusal::Failed(failure)))) => Err(Unfetched::Failed(failure)),
        Ok(Ok(Err(Refusal::Rule(rule)))) => Err(Unfetched::Skipped(SkipReason::Forbidden {
            rule: rule.to_owned(),
        })),
        Ok(Err(_)) => {
            let value = format!("{} s", budgets.aia_time.as_secs_f64());
            hit(session, value);
            let after = session.now().saturating_sub(begun);
            Err(Unfetched::Failed(Failure::TimedOut { after }))
        }
        Err(reason) => Err(Unfetched::Skipped(reason)),
    }
}

fn hit(session: &Session<'_>, value: String) {
    session.hit(LimitHit {
        limit: Limit::Aia,
        layer: Layer::Tls,
        value,
    });
}

#[cfg(test)]
mod tests;
