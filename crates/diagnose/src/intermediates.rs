//! Completion of a chain by the addresses in its certificates (AIA, RFC 5280 §4.2.2.1), over our own probes:
//! the run's resolvers, an address check after resolution, no redirects, no credentials, hard limits.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use netwhy_report::tls::{AiaCompletion, AiaFetch, ChainJudgement};
use netwhy_report::{Failure, SkipReason, Step, Untrusted};
use netwhy_tls::{CertificateDer, judge, missing_issuer_urls, parse_fetched, read_certificate};
use tokio::time::Instant;
use url::Url;

use crate::reach::Reach;
use crate::secure::Secured;
use crate::walk::Session;

/// Tries to complete the chain; `None` if nothing is missing, the plan forbids it, or no address is given.
pub(crate) async fn complete(
    session: &Session<'_>,
    secured: &Secured,
    host: &str,
) -> Option<ChainJudgement> {
    let mut judgement = secured.record.judgement.clone()?;
    if !session.plan.tls.fetch_intermediates
        || missing_issuer_urls(&secured.chain, &[], &judgement).is_empty()
    {
        return None;
    }
    let budgets = session.budgets();
    let give_up = Instant::now() + budgets.aia_time;
    let target_is_private = is_private(secured.record.peer.ip());
    let (mut fetches, mut fetched) = (Vec::new(), Vec::<CertificateDer<'static>>::new());
    let mut tried: Vec<String> = Vec::new();
    while fetches.len() < budgets.aia_urls {
        let urls = missing_issuer_urls(&secured.chain, &fetched, &judgement);
        let Some(url) = urls.into_iter().find(|url| !tried.contains(url)) else {
            break;
        };
        tried.push(url.clone());
        let (step, certificates) = fetch_one(session, &url, target_is_private, give_up).await;
        fetched.extend(certificates);
        fetches.push(AiaFetch {
            url: Untrusted::from(url.as_str()),
            step,
        });
        let stores = session.stores().await;
        judgement = judge(&secured.chain, &fetched, host, &stores, session.judged_at());
        if judgement
            .stores
            .first()
            .is_some_and(|store| store.with_fetched == Some(true))
        {
            break;
        }
    }
    let completes = judgement
        .stores
        .first()
        .is_some_and(|store| store.with_fetched == Some(true));
    judgement.aia = Some(AiaCompletion { fetches, completes });
    Some(judgement)
}

type Fetched = (
    Step<netwhy_report::tls::Certificate>,
    Vec<CertificateDer<'static>>,
);

async fn fetch_one(
    session: &Session<'_>,
    url: &str,
    target_is_private: bool,
    give_up: Instant,
) -> Fetched {
    let begun = session.now();
    let attempt = session.stop.guard(tokio::time::timeout_at(
        give_up,
        fetch_bytes(session, url, target_is_private),
    ));
    let bytes = match attempt.await {
        Err(reason) => return (Step::skipped(begun, reason), Vec::new()),
        Ok(Err(_)) => {
            let after = session.now().saturating_sub(begun);
            return (
                Step::failed(begun, session.now(), Failure::TimedOut { after }),
                Vec::new(),
            );
        }
        Ok(Ok(Err(Refusal::Rule(rule)))) => {
            return (
                Step::skipped(
                    begun,
                    SkipReason::Forbidden {
                        rule: rule.to_owned(),
                    },
                ),
                Vec::new(),
            );
        }
        Ok(Ok(Err(Refusal::Failed(failure)))) => {
            return (Step::failed(begun, session.now(), failure), Vec::new());
        }
        Ok(Ok(Ok(bytes))) => bytes,
    };
    let budgets = session.budgets();
    match parse_fetched(&bytes) {
        Ok(certificates) if !certificates.is_empty() => {
            let record = read_certificate(&certificates[0], budgets.names, budgets.field_bytes);
            (Step::completed(begun, session.now(), record), certificates)
        }
        Ok(_) => (
            Step::failed(
                begun,
                session.now(),
                malformed("no certificate in the answer"),
            ),
            Vec::new(),
        ),
        Err(reason) => (
            Step::failed(begun, session.now(), malformed(&reason)),
            Vec::new(),
        ),
    }
}

fn malformed(reason: &str) -> Failure {
    Failure::HttpMalformed {
        reason: format!("the AIA answer is not a certificate: {reason}"),
    }
}

enum Refusal {
    Rule(&'static str),
    Failed(Failure),
}

async fn fetch_bytes(
    session: &Session<'_>,
    url: &str,
    target_is_private: bool,
) -> Result<Vec<u8>, Refusal> {
    let url = Url::parse(url).map_err(|_| Refusal::Rule("the address is not a URL"))?;
    if url.scheme() != "http" || !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Rule(
            "only http:// addresses without credentials are fetched",
        ));
    }
    let host = url
        .host_str()
        .ok_or(Refusal::Rule("the address names no host"))?
        .trim_matches(['[', ']'])
        .to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let addresses = session.addresses_of(&host).await;
    let allowed: Vec<IpAddr> = addresses
        .iter()
        .copied()
        .filter(|address| may_fetch(*address, target_is_private, &session.plan.tls.fetch_allowed))
        .collect();
    if addresses.is_empty() {
        return Err(Refusal::Failed(Failure::NoAddress));
    }
    if allowed.is_empty() {
        return Err(Refusal::Rule(
            "loopback, link-local and private addresses are not fetched from (see --fetch-allow)",
        ));
    }
    let mut reach = Reach::start(session, &host, port, None, &allowed).await;
    let Some(stream) = reach.stream.take() else {
        let record = reach.finish(session).await;
        let failure = record
            .tcp
            .record()
            .and_then(|tcp| tcp.race.failure().cloned());
        let silence = Failure::TimedOut {
            after: Duration::ZERO,
        };
        return Err(Refusal::Failed(failure.unwrap_or(silence)));
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let authority = url.host_str().map(|host| {
        url.port()
            .map_or(host.to_owned(), |port| format!("{host}:{port}"))
    });
    netwhy_http_timing::fetch(
        stream,
        &authority.unwrap_or_default(),
        &path,
        session.budgets().aia_bytes,
    )
    .await
    .map_err(Refusal::Failed)
}

/// The address rule of side fetches: the address that is dialled decides, not the name.
fn may_fetch(address: IpAddr, target_is_private: bool, allowed: &[IpNet]) -> bool {
    if allowed.iter().any(|net| net.contains(&address)) {
        return true;
    }
    let address = address.to_canonical();
    let never = address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || is_link_local(address);
    !never && (!is_private(address) || target_is_private)
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        // 100.64.0.0/10 is shared address space (RFC 6598): as private as 10/8 to an outsider.
        IpAddr::V4(v4) => {
            v4.is_private() || (v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]))
        }
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_and_loopback_addresses_are_never_fetched_from_unless_allowed() {
        for address in [
            "127.0.0.1",
            "169.254.169.254",
            "::1",
            "fe80::1",
            "0.0.0.0",
            "::ffff:127.0.0.1",
        ] {
            assert!(!may_fetch(address.parse().unwrap(), true, &[]), "{address}");
        }
        assert!(may_fetch(
            "127.0.0.1".parse().unwrap(),
            false,
            &["127.0.0.0/8".parse().unwrap()]
        ));
    }

    #[test]
    fn private_addresses_are_fetched_from_only_for_a_private_target() {
        for address in ["10.1.2.3", "192.168.0.9", "100.64.0.1", "fd00::1"] {
            assert!(
                !may_fetch(address.parse().unwrap(), false, &[]),
                "{address}"
            );
            assert!(may_fetch(address.parse().unwrap(), true, &[]), "{address}");
        }
        assert!(may_fetch("198.51.100.7".parse().unwrap(), false, &[]));
    }
}
