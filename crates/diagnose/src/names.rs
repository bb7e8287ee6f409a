//! The plans about names rather than endpoints: which servers they ask, and how.

pub(crate) mod bulk;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod lookup;
pub(crate) mod rewriting;
pub(crate) mod trace;

use std::net::SocketAddr;
use std::sync::Arc;

use netwhy_dns::{
    AskOptions, Carrier, Endpoint, ExchangeOptions, Identity, Query, ResolveOptions, exchange,
    read_resolv_conf, start,
};
use netwhy_report::Step;
use netwhy_report::dns::{DnsExchange, DnsServer, DnsTransport};
use netwhy_report::plan::{DnsOptions, DnsQueryOptions, TcpOptions, TlsOptions};
use netwhy_tls::TrustStores;
use tokio::task::JoinSet;

use crate::DiagnoseError;
use crate::run::Run;

/// Addresses of a server's name that are tried, one after the other.
const SERVER_ADDRESSES: usize = 4;

/// The servers that this host is configured to ask, or the plan's.
pub(crate) fn configured(dns: &DnsOptions) -> Vec<SocketAddr> {
    if dns.servers.is_empty() {
        read_resolv_conf(&dns.resolv_conf, dns.port).servers
    } else {
        dns.servers.clone()
    }
}

/// Those of the family asked for.
///
/// # Errors
/// [`DiagnoseError::NoServer`] where none is left.
pub(crate) fn own(dns: &DnsOptions, tcp: &TcpOptions) -> Result<Vec<SocketAddr>, DiagnoseError> {
    let mut servers = configured(dns);
    if let Some(family) = tcp.family {
        servers.retain(|server| family.includes(server.ip()));
    }
    if servers.is_empty() {
        return Err(DiagnoseError::NoServer {
            path: dns.resolv_conf.clone(),
        });
    }
    Ok(servers)
}

/// How a plan's queries are sent.
pub(crate) fn exchange_options(
    run: &Run<'_>,
    tcp: &TcpOptions,
    query: &DnsQueryOptions,
) -> ExchangeOptions {
    ExchangeOptions {
        timeout: run.budgets.dns_timeout,
        tries: run.budgets.dns_tries,
        source: tcp.source,
        query: query.clone(),
        plain_after_rejection: true,
    }
}

/// The addresses of a server: its own, or those that the configured resolvers give for its name.
///
/// # Errors
/// [`DiagnoseError::ServerUnresolved`] where they give none.
pub(crate) async fn addresses(
    server: &DnsServer,
    dns: &DnsOptions,
    tcp: &TcpOptions,
    run: &Run<'_>,
) -> Result<Vec<SocketAddr>, DiagnoseError> {
    if let Some(address) = server.socket() {
        return Ok(vec![address]);
    }
    let unresolved = || DiagnoseError::ServerUnresolved {
        server: server.display(),
    };
    let host = server.host.as_deref().ok_or_else(unresolved)?;
    let options = ResolveOptions {
        ask: AskOptions {
            exchange: exchange_options(run, tcp, &DnsQueryOptions::default()),
            cname_links: run.budgets.cname_links,
            field_bytes: run.budgets.field_bytes,
        },
        addresses: run.budgets.addresses,
    };
    let hosts = netwhy_dns::read_hosts(&dns.hosts, host).entries;
    let mut resolution = start(host, &configured(dns), Some(hosts), &options, &run.timeline);
    let step = run.stop.guard(resolution.first_addresses()).await;
    let resolved = step.ok().and_then(|step| step.value().cloned());
    let addresses: Vec<SocketAddr> = resolved
        .into_iter()
        .flatten()
        .filter(|resolved| {
            tcp.family
                .is_none_or(|family| family.includes(resolved.address))
        })
        .map(|resolved| SocketAddr::new(resolved.address, server.port))
        .take(SERVER_ADDRESSES)
        .collect();
    if addresses.is_empty() {
        return Err(unresolved());
    }
    Ok(addresses)
}

/// A server with the places where it may be reached.
pub(crate) struct Reachable {
    pub(crate) server: DnsServer,
    pub(crate) endpoints: Vec<Endpoint>,
}

/// Chosen servers with their addresses, and with the roots that vouch for them where they speak TLS.
///
/// # Errors
/// [`DiagnoseError`] where a name does not resolve or the roots cannot be used.
pub(crate) async fn reachable(
    servers: &[DnsServer],
    dns: &DnsOptions,
    tcp: &TcpOptions,
    tls: &TlsOptions,
    run: &Run<'_>,
) -> Result<Vec<Reachable>, DiagnoseError> {
    let plain =
        |server: &DnsServer| matches!(server.transport, DnsTransport::Udp | DnsTransport::Tcp);
    let secure = !servers.iter().all(plain) || tls.roots.is_some();
    let config = match secure {
        true => Some(Arc::new(verifying_client(tls)?)),
        false => None,
    };
    let mut found = Vec::new();
    for server in servers {
        let addresses = addresses(server, dns, tcp, run).await?;
        let endpoint = |address: SocketAddr| {
            let carrier = match (&config, server.transport) {
                (Some(config), transport) => Carrier::new(transport, || Identity {
                    name: server
                        .host
                        .clone()
                        .unwrap_or_else(|| address.ip().to_string()),
                    path: server.path.clone().unwrap_or_default(),
                    tls: Arc::clone(config),
                }),
                (None, DnsTransport::Tcp) => Carrier::Tcp,
                (None, _) => Carrier::Udp,
            };
            Endpoint { address, carrier }
        };
        found.push(Reachable {
            server: server.clone(),
            endpoints: addresses.into_iter().map(endpoint).collect(),
        });
    }
    Ok(found)
}

fn verifying_client(tls: &TlsOptions) -> Result<netwhy_tls::ClientConfig, DiagnoseError> {
    let path = tls.roots.as_deref();
    let unusable = |reason: String| DiagnoseError::Roots {
        path: path.map(Into::into).unwrap_or_default(),
        reason,
    };
    let stores = TrustStores::load(path).map_err(|error| unusable(error.to_string()))?;
    stores
        .verifying_client()
        .map_err(|error| unusable(error.to_string()))
}

/// One question to one server at one place, up to the run's end.
pub(crate) async fn one(
    server: &DnsServer,
    endpoint: &Endpoint,
    query: &Query,
    options: &ExchangeOptions,
    run: &Run<'_>,
) -> DnsExchange {
    let (ours, place, how, timeline) = (
        query.clone(),
        endpoint.clone(),
        options.clone(),
        run.timeline,
    );
    // A task of its own: the cryptography of one exchange must not delay the stamps of another.
    let mut task = JoinSet::new();
    task.spawn(async move { exchange(&ours, &place, &how, &timeline).await });
    let ended = async {
        match task.join_next().await {
            Some(Ok(ended)) => ended,
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    };
    match run.stop.guard(ended).await {
        Ok(ended) => netwhy_dns::record::record(ended, server.clone(), endpoint.address, query),
        Err(reason) => DnsExchange {
            server: server.clone(),
            address: Some(endpoint.address),
            question: netwhy_dns::record::question(query),
            tries: Vec::new(),
            step: Step::skipped(run.now(), reason),
            undecodable: None,
        },
    }
}

/// The places in order, up to the first that replies; every exchange is kept.
pub(crate) async fn first_reply(
    places: &[(DnsServer, Endpoint)],
    query: &Query,
    options: &ExchangeOptions,
    run: &Run<'_>,
) -> Vec<DnsExchange> {
    let mut exchanges = Vec::new();
    for (server, endpoint) in places {
        let exchange = one(server, endpoint, query, options, run).await;
        let replied = exchange.reply().is_some();
        exchanges.push(exchange);
        if replied || run.stop.reason().is_some() {
            break;
        }
    }
    exchanges
}
