//! Whether somebody turns "there is no such name" into an address: random names below two top-level domains.

use std::net::SocketAddr;

use futures_util::future::join_all;
use netwhy_dns::query::{question, random_label};
use netwhy_dns::{Endpoint, ExchangeOptions};
use netwhy_report::dns::{DnsServer, RewritingRecord};
use netwhy_report::plan::DnsQueryOptions;
use netwhy_report::report::Layers;
use netwhy_report::tls::NameVerdict;

use super::{exchange_options, first_reply};
use crate::run::Run;
use crate::walk::Session;

/// Two registries with nothing in common but that they answer NXDOMAIN.
const PARENTS: [&str; 2] = ["com", "org"];

/// Asks each group of servers once per parent; the label is drawn anew for each, so that no cache knows it.
pub(crate) async fn probe(
    groups: &[Vec<(DnsServer, Endpoint)>],
    options: &ExchangeOptions,
    run: &Run<'_>,
) -> RewritingRecord {
    let asked = groups.iter().flat_map(|places| {
        PARENTS.iter().filter_map(move |parent| {
            let label = random_label().ok()?;
            let query = question(&format!("{label}.{parent}."), "A", "IN").ok()?;
            Some(async move { first_reply(places, &query, options, run).await })
        })
    });
    RewritingRecord {
        probes: join_all(asked).await.into_iter().flatten().collect(),
    }
}

/// The same at the end of a diagnosis, where it is called for: DNS gave an address, and who answers there (or does not) is not
/// the one that was looked for. Each server is asked once; a healthy run costs nothing.
pub(crate) async fn of_diagnosis(
    session: &Session<'_>,
    layers: &Layers,
) -> Option<RewritingRecord> {
    let dns = layers.dns.as_ref()?.record()?;
    let resolved = dns.resolution.value().is_some() && !dns.from_hosts();
    let tcp = layers.tcp.as_ref()?.record()?;
    let unreached = tcp.winner().is_none();
    let stranger = layers
        .tls
        .as_ref()
        .and_then(|section| section.record())
        .and_then(|tls| tls.judgement.as_ref())
        .is_some_and(|judgement| judgement.name != NameVerdict::Matches);
    if !(resolved && (unreached || stranger)) || session.stop.reason().is_some() {
        return None;
    }
    let mut servers: Vec<SocketAddr> = dns.servers();
    servers.retain(|server| dns.server_answered(*server));
    let groups: Vec<_> = servers
        .into_iter()
        .map(|address| vec![(DnsServer::plain(address), address.into())])
        .collect();
    let once = ExchangeOptions {
        tries: 1,
        ..exchange_options(session, &session.plan.tcp, &DnsQueryOptions::default())
    };
    Some(probe(&groups, &once, session).await)
}
