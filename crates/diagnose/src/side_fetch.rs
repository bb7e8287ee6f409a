//! A fetch from an address that a peer chose: http or https, the run's resolvers, the address checked after resolution,
//! a verified peer where it is https, no redirects, no credentials, hard limits.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use netwhy_http_timing::{FetchError, fetch};
use netwhy_report::tls::NameVerdict;
use netwhy_report::{Failure, Layer, Limit, LimitHit};
use netwhy_tcp::{ATTEMPT_DELAY, ConnectOptions, race};
use netwhy_tls::{HandshakeRequest, TlsStream, handshake, judge};
use tokio::net::TcpStream;
use url::Url;

use crate::walk::Session;

/// Why nothing was fetched.
pub(crate) enum Refusal {
    /// Our own rules forbid it.
    Rule(&'static str),
    /// It was tried.
    Failed(Failure),
}

/// Fetches what stands at `url`, within the run's budget of bytes; the caller bounds the time.
pub(crate) async fn fetch_bytes(
    session: &Session<'_>,
    url: &str,
    target_is_private: bool,
) -> Result<Vec<u8>, Refusal> {
    let url = Url::parse(url).map_err(|_| Refusal::Rule("the address is not a URL"))?;
    let fetchable = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none();
    let (Some(host), Some(port), true) = (url.host_str(), url.port_or_known_default(), fetchable)
    else {
        return Err(Refusal::Rule(
            "only http:// and https:// addresses without credentials are fetched",
        ));
    };
    tracing::info!(
        scheme = url.scheme(),
        host,
        port,
        path = url.path(),
        "side fetch"
    );
    let bare_host = host.trim_matches(['[', ']']);
    let stream = connect(session, bare_host, port, target_is_private).await?;
    let authority = url
        .port()
        .map_or(host.to_owned(), |port| format!("{host}:{port}"));
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let limit = session.budgets().aia_bytes;
    let fetched = if url.scheme() == "https" {
        let stream = secure(session, stream, bare_host).await?;
        fetch(stream, &authority, path, limit).await
    } else {
        fetch(stream, &authority, path, limit).await
    };
    fetched.map_err(|error| match error {
        FetchError::TooLarge => {
            session.hit(LimitHit {
                limit: Limit::Aia,
                layer: Layer::Tls,
                value: format!("{limit} bytes"),
            });
            unusable(format!("its answer is larger than {limit} bytes"))
        }
        FetchError::Failed(failure) => Refusal::Failed(failure),
    })
}

fn unusable(reason: String) -> Refusal {
    Refusal::Failed(Failure::FetchUnusable { reason })
}

async fn connect(
    session: &Session<'_>,
    host: &str,
    port: u16,
    target_is_private: bool,
) -> Result<TcpStream, Refusal> {
    let addresses = session.addresses_of(host).await;
    if addresses.is_empty() {
        return Err(Refusal::Failed(Failure::NoAddress));
    }
    let plan = session.plan;
    let peers: Vec<SocketAddr> = addresses
        .into_iter()
        .filter(|address| may_fetch(*address, target_is_private, &plan.tls.fetch_allowed))
        .map(|address| SocketAddr::new(address, port))
        .collect();
    if peers.is_empty() {
        return Err(Refusal::Rule(
            "loopback, link-local and private addresses are not fetched from (see --fetch-allow)",
        ));
    }
    let options = ConnectOptions {
        timeout: session.budgets().connect_timeout,
        source: plan.tcp.source,
    };
    let (step, _, stream) = race(&peers, &options, ATTEMPT_DELAY, &session.timeline).await;
    stream.ok_or_else(|| match step.failure() {
        Some(failure) => Refusal::Failed(failure.clone()),
        None => Refusal::Rule("no address has the family of the source address"),
    })
}

/// A session whose peer one of the run's stores accepts, today: the day that the target is judged for does not matter here.
async fn secure(
    session: &Session<'_>,
    stream: TcpStream,
    host: &str,
) -> Result<TlsStream<TcpStream>, Refusal> {
    let request = HandshakeRequest {
        host: host.to_owned(),
        alpn: vec![b"http/1.1".to_vec()],
        timeout: session.budgets().handshake_timeout,
    };
    let mut ended = handshake(stream, &request, &session.timeline).await;
    let Some(stream) = ended.stream else {
        let failure = ended.handshake.failure().cloned();
        return Err(Refusal::Failed(
            failure.unwrap_or(Failure::Closed { received: 0 }),
        ));
    };
    ended.chain.truncate(session.budgets().chain_certificates);
    let stores = session.stores().await;
    let judgement = judge(&ended.chain, &[], host, &stores, session.started_at);
    if judgement.name != NameVerdict::Matches {
        return Err(unusable(
            "its own certificate is for another name".to_owned(),
        ));
    }
    if judgement.stores.iter().all(|store| store.error.is_some()) {
        return Err(unusable("its own certificate is not trusted".to_owned()));
    }
    Ok(stream)
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

pub(crate) fn is_private(address: IpAddr) -> bool {
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
