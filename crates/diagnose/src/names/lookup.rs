//! `netwhy dns NAME`: every question to every server, at once.

use futures_util::future::join_all;
use netwhy_dns::query::question;
use netwhy_dns::{Endpoint, Query};
use netwhy_report::Layer;
use netwhy_report::dns::{DnsExchange, DnsServer, LookupRecord};
use netwhy_report::plan::DnsLookupPlan;
use netwhy_report::report::Layers;

use crate::names::{addresses, configured, exchange_options, one};
use crate::run::Run;
use crate::{DiagnoseError, Event};

/// Asks what the plan says. Configured servers are asked one after the other until one replies, chosen ones all.
pub(crate) async fn lookup(plan: &DnsLookupPlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let queries: Vec<Query> = plan
        .types
        .iter()
        .map(|record_type| question(&plan.name.escaped(), record_type, &plan.class))
        .collect::<Result<_, _>>()?;
    let mut endpoints = Vec::new();
    for server in &plan.servers {
        let found = addresses(server, &plan.dns, &plan.tcp, run).await?;
        endpoints.extend(found.into_iter().take(1).map(|address| {
            let transport = server.transport;
            (server.clone(), Endpoint { address, transport })
        }));
    }
    let name = plan.name.escaped();
    run.observer.event(&Event::Began {
        layer: Layer::Dns,
        host: &name,
    });
    let options = exchange_options(run, &plan.tcp, &plan.query);
    let exchanges = if endpoints.is_empty() {
        let asked = queries.iter().map(|query| first_reply(plan, query, run));
        join_all(asked).await.into_iter().flatten().collect()
    } else {
        let asked = endpoints.iter().flat_map(|(server, endpoint)| {
            queries
                .iter()
                .map(|query| one(server, endpoint, query, &options, run))
                .collect::<Vec<_>>()
        });
        join_all(asked).await
    };
    run.observer.event(&Event::Ended { layer: Layer::Dns });
    Ok(Layers {
        dns_lookup: Some(LookupRecord { exchanges }),
        ..Layers::default()
    })
}

/// The configured servers in order, up to the first that replies.
async fn first_reply(plan: &DnsLookupPlan, query: &Query, run: &Run<'_>) -> Vec<DnsExchange> {
    let mut exchanges = Vec::new();
    for address in configured(&plan.dns) {
        let server = DnsServer::plain(address);
        let options = exchange_options(run, &plan.tcp, &plan.query);
        let exchange = one(&server, &address.into(), query, &options, run).await;
        let replied = exchange.reply().is_some();
        exchanges.push(exchange);
        if replied || run.stop.reason().is_some() {
            break;
        }
    }
    exchanges
}
