//! The plans about names rather than endpoints: which servers they ask, and how.

pub(crate) mod compare;
pub(crate) mod lookup;
pub(crate) mod trace;

use std::net::SocketAddr;

use netwhy_dns::{
    AskOptions, Endpoint, ExchangeOptions, Query, ResolveOptions, exchange, read_resolv_conf, start,
};
use netwhy_report::Step;
use netwhy_report::dns::{DnsExchange, DnsServer};
use netwhy_report::plan::{DnsOptions, DnsQueryOptions, TcpOptions};

use crate::DiagnoseError;
use crate::run::Run;

/// The servers that this host is configured to ask, or the plan's.
pub(crate) fn configured(dns: &DnsOptions) -> Vec<SocketAddr> {
    if dns.servers.is_empty() {
        read_resolv_conf(&dns.resolv_conf, dns.port).servers
    } else {
        dns.servers.clone()
    }
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
        .map(|resolved| SocketAddr::new(resolved.address, server.port))
        .collect();
    if addresses.is_empty() {
        return Err(unresolved());
    }
    Ok(addresses)
}

/// One question to one server at one place, up to the run's end.
pub(crate) async fn one(
    server: &DnsServer,
    endpoint: &Endpoint,
    query: &Query,
    options: &ExchangeOptions,
    run: &Run<'_>,
) -> DnsExchange {
    let asked = exchange(query, endpoint, options, &run.timeline);
    match run.stop.guard(asked).await {
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
