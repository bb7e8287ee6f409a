//! `netwhy dns NAME`: every question to every server, at once.

use futures_util::future::join_all;
use netwhy_dns::query::question;
use netwhy_dns::{ExchangeOptions, Query, read_resolv_conf, search_candidates};
use netwhy_report::Layer;
use netwhy_report::dns::{DnsExchange, DnsServer, LookupRecord};
use netwhy_report::plan::DnsLookupPlan;
use netwhy_report::report::Layers;

use super::{Reachable, exchange_options, first_reply, own, reachable, rewriting};
use crate::run::Run;
use crate::{DiagnoseError, Event};

/// Asks what the plan says. Configured servers are asked one after the other until one replies, chosen ones all.
pub(crate) async fn lookup(plan: &DnsLookupPlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let given = plan.name.escaped();
    let candidates = candidates(plan, &given);
    let names: &[String] = if plan.search {
        &candidates
    } else {
        std::slice::from_ref(&given)
    };
    let mut questions = Vec::with_capacity(names.len());
    for name in names {
        questions.push(all_types(plan, name)?);
    }
    let servers = reachable(&plan.servers, &plan.dns, &plan.tcp, &plan.tls, run).await?;
    let configured = servers.is_empty();
    let groups = match configured {
        true => vec![own_servers(plan)?],
        false => servers.iter().map(places).collect(),
    };
    let options = exchange_options(run, &plan.tcp, &plan.query);
    run.observer.event(&Event::Began {
        layer: Layer::Dns,
        host: &given,
    });
    let asked = groups
        .iter()
        .map(|group| ask(group, &questions, &options, run));
    let probed = async {
        match plan.check_rewriting {
            true => Some(rewriting::probe(&groups, &options, run).await),
            false => None,
        }
    };
    let (exchanges, dns_rewriting) = tokio::join!(join_all(asked), probed);
    run.observer.event(&Event::Ended { layer: Layer::Dns });
    Ok(Layers {
        dns_lookup: Some(LookupRecord {
            exchanges: exchanges.into_iter().flatten().collect(),
            configured,
            candidates,
        }),
        dns_rewriting,
        ..Layers::default()
    })
}

/// The names that the system's own resolver would try, without trailing dots.
fn candidates(plan: &DnsLookupPlan, given: &str) -> Vec<String> {
    let bare = given.trim_end_matches('.');
    if !plan.relative || bare.is_empty() {
        return vec![bare.to_owned()];
    }
    let resolv = read_resolv_conf(&plan.dns.resolv_conf, plan.dns.port);
    search_candidates(bare, &resolv.search, resolv.ndots)
}

fn all_types(plan: &DnsLookupPlan, name: &str) -> Result<Vec<Query>, DiagnoseError> {
    let one = |record_type: &String| question(name, record_type, &plan.class);
    Ok(plan.types.iter().map(one).collect::<Result<_, _>>()?)
}

type Places = Vec<(DnsServer, netwhy_dns::Endpoint)>;

/// The configured servers: one is asked in place of another that does not reply.
fn own_servers(plan: &DnsLookupPlan) -> Result<Places, DiagnoseError> {
    let servers = own(&plan.dns, &plan.tcp)?.into_iter();
    Ok(servers
        .map(|address| (DnsServer::plain(address), address.into()))
        .collect())
}

fn places(reachable: &Reachable) -> Places {
    let endpoints = reachable.endpoints.iter();
    endpoints
        .map(|endpoint| (reachable.server.clone(), endpoint.clone()))
        .collect()
}

/// Every type at once; the names of a search list one after the other until one has an answer.
async fn ask(
    places: &Places,
    questions: &[Vec<Query>],
    options: &ExchangeOptions,
    run: &Run<'_>,
) -> Vec<DnsExchange> {
    let mut exchanges = Vec::new();
    for types in questions {
        let asked = types
            .iter()
            .map(|query| first_reply(places, query, options, run));
        let answered: Vec<DnsExchange> = join_all(asked).await.into_iter().flatten().collect();
        let found = answered.iter().any(|exchange| {
            exchange
                .reply()
                .is_some_and(|reply| !reply.answer.is_empty())
        });
        exchanges.extend(answered);
        if found || run.stop.reason().is_some() {
            break;
        }
    }
    exchanges
}
