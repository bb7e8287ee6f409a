//! `netwhy dns compare NAME`: resolvers and authorities side by side, each asked several times, and once more after a pause
//! where they differ.

mod authorities;
mod probing;
mod zones;

use std::time::Duration;

use futures_util::future::join_all;
use ipnet::IpNet;
use netwhy_dns::query::question;
use netwhy_report::dns::compare::{
    AnswerSet, CompareLink, CompareRecord, CompareRole, ComparedServer, ProbePurpose,
};
use netwhy_report::dns::{DnsServer, DnsTransport};
use netwhy_report::plan::{DnsComparePlan, DnsQueryOptions, TcpOptions};
use netwhy_report::report::Layers;
use netwhy_report::{Budgets, Layer, Untrusted};

use self::authorities::Authorities;
pub(crate) use self::probing::Place;
use self::probing::{Manner, Prober};
use crate::names::trace::{Start, Walk};
use crate::names::{Reachable, configured, reachable};
use crate::run::Run;
use crate::{DiagnoseError, Event};

/// After how long everybody is asked again where answers differ: long enough for a TTL in seconds to be seen falling.
const PAUSE: Duration = Duration::from_secs(2);

/// What a comparison asks, and with which means.
pub(crate) struct Settings<'plan> {
    pub(crate) name: String,
    pub(crate) record_type: String,
    pub(crate) samples: u32,
    pub(crate) subnets: Vec<IpNet>,
    /// The port of the authorities.
    pub(crate) port: u16,
    pub(crate) tcp: TcpOptions,
    /// The walk from the root to the authorities, so that a broken resolver does not hide them.
    pub(crate) walk: Option<Walk<'plan>>,
}

/// Compares as the plan says.
pub(crate) async fn compare(plan: &DnsComparePlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let name = plan.name.escaped();
    question(&name, &plan.record_type, "IN")?;
    let start = Start::read(&plan.trace)?;
    let budgets = Budgets::for_trace();
    let mut resolvers: Vec<Place> = configured(&plan.dns)
        .into_iter()
        .map(|address| Place::plain(CompareRole::System, address))
        .collect();
    let chosen = reachable(&plan.servers, &plan.dns, &plan.tcp, &plan.tls, run).await?;
    for Reachable { server, endpoints } in chosen {
        let known = |place: &Place| place.server == server;
        if !resolvers.iter().any(known) {
            resolvers.extend(endpoints.into_iter().take(1).map(|endpoint| Place {
                role: CompareRole::Given,
                server: server.clone(),
                endpoint,
                names: Vec::new(),
            }));
        }
    }
    run.observer.event(&Event::Began {
        layer: Layer::Dns,
        host: &name,
    });
    let settings = Settings {
        name,
        record_type: plan.record_type.clone(),
        samples: plan.samples,
        subnets: plan.subnets.clone(),
        port: plan.trace.port,
        tcp: plan.tcp.clone(),
        walk: Some(Walk {
            start: &start,
            options: &plan.trace,
            tcp: &plan.tcp,
            tls: &plan.tls,
            budgets: &budgets,
        }),
    };
    let record = side_by_side(&settings, &resolvers, run).await;
    run.observer.event(&Event::Ended { layer: Layer::Dns });
    Ok(Layers {
        dns_compare: Some(vec![record]),
        ..Layers::default()
    })
}

/// Asks everybody, and again where they differ.
pub(crate) async fn side_by_side(
    settings: &Settings<'_>,
    resolvers: &[Place],
    run: &Run<'_>,
) -> CompareRecord {
    let prober = Prober { settings, run };
    let authorities = Authorities::new(settings, resolvers, run);
    let mut record = CompareRecord {
        name: Untrusted::from(settings.name.as_str()),
        record_type: settings.record_type.clone(),
        ..CompareRecord::default()
    };
    let asked = resolvers
        .iter()
        .map(|place| prober.server(place, &settings.name, Manner::Resolver));
    let (resolved, links) = tokio::join!(join_all(asked), links(&prober, &authorities));
    record.resolvers = resolved;
    record.links = links;
    second_look(&mut record, resolvers, &prober).await;
    record.discovery = authorities.into_exchanges();
    record
}

/// The name, and each alias that it leads to, at the authorities of its own zone.
async fn links(prober: &Prober<'_>, authorities: &Authorities<'_>) -> Vec<CompareLink> {
    let mut links: Vec<CompareLink> = Vec::new();
    let mut next = Some(prober.settings.name.clone());
    while let Some(name) = next.take() {
        let found = authorities.of(&name).await;
        let zone = found.zone.clone();
        let asked = found.places.iter().map(|place| {
            let zone = zone.as_deref().unwrap_or(".");
            prober.server(place, &name, Manner::Authority { zone })
        });
        let link = CompareLink {
            name: Untrusted::from(name.as_str()),
            zone: zone.as_deref().map(Untrusted::from),
            authorities: join_all(asked).await,
            unaddressed: found.unaddressed,
        };
        let target = alias(&link, &prober.settings.record_type);
        links.push(link);
        let seen = |target: &String| {
            links
                .iter()
                .any(|link| link.name.escaped().eq_ignore_ascii_case(target))
        };
        next = target.filter(|target| {
            !seen(target)
                && links.len() <= prober.run.budgets.cname_links
                && prober.run.stop.reason().is_none()
        });
    }
    links
}

/// Where the authorities say that the name leads.
fn alias(link: &CompareLink, record_type: &str) -> Option<String> {
    let said = sets(&link.authorities, &link.name, record_type);
    said.into_iter().find_map(|set| match set {
        AnswerSet::Records {
            record_type: kind,
            data,
        } if kind == "CNAME" && record_type != "CNAME" => {
            data.first().map(netwhy_report::Untrusted::escaped)
        }
        _ => None,
    })
}

/// Everything that these servers said about a name, each set once.
fn sets(servers: &[ComparedServer], name: &Untrusted, record_type: &str) -> Vec<AnswerSet> {
    let mut sets = Vec::new();
    for server in servers {
        for probe in server.probes_for(&ProbePurpose::Sample) {
            if let Some(set) = server.said(probe, name, record_type)
                && !sets.contains(&set)
            {
                sets.push(set);
            }
        }
    }
    sets
}

/// Asks again where the answers about any link differ, and asks resolvers about the zone as they see it.
async fn second_look(record: &mut CompareRecord, resolvers: &[Place], prober: &Prober<'_>) {
    let record_type = record.record_type.clone();
    let differs = |link: &CompareLink| {
        let mut all = sets(&link.authorities, &link.name, &record_type);
        for set in sets(&record.resolvers, &link.name, &record_type) {
            if !all.contains(&set) {
                all.push(set);
            }
        }
        all.len() > 1
    };
    let Some(link) = record.links.iter().find(|link| differs(link)) else {
        return;
    };
    let zone = link.zone.as_ref().map(Untrusted::escaped);
    let authority_denies = sets(&link.authorities, &link.name, &record_type)
        .iter()
        .any(AnswerSet::is_negative);
    let pause = tokio::time::sleep(PAUSE);
    if prober.run.stop.guard(pause).await.is_err() {
        return;
    }
    record.repeated = true;
    let name = prober.settings.name.clone();
    let silent = |place: &&Place| {
        let mut known = record.resolvers.iter();
        known.any(|one| one.server == place.server && !has_reply(one))
    };
    let again = resolvers
        .iter()
        .filter(|place| !silent(place))
        .map(|place| {
            let manner = Manner::ResolverAgain {
                zone: zone.as_deref(),
                invented: authority_denies,
            };
            prober.server(place, &name, manner)
        });
    let links = record.links.iter().map(|link| async {
        let zone = link.zone.as_ref().map(Untrusted::escaped);
        let name = link.name.escaped();
        let manner = Manner::AuthorityAgain {
            zone: zone.as_deref().unwrap_or("."),
        };
        let replied = link.authorities.iter().filter(|one| has_reply(one));
        let places: Vec<Place> = replied.filter_map(Place::of).collect();
        let asked = places
            .iter()
            .map(|place| prober.server(place, &name, manner));
        join_all(asked).await
    });
    let (again, links) = tokio::join!(join_all(again), join_all(links));
    append(&mut record.resolvers, again);
    for (link, again) in record.links.iter_mut().zip(links) {
        append(&mut link.authorities, again);
    }
}

/// Whether a server replied at all; one that did not would only hold everybody up again.
fn has_reply(server: &ComparedServer) -> bool {
    let mut probes = server.probes.iter();
    probes.any(|probe| probe.exchange.reply().is_some())
}

/// The same servers' further probes behind their first ones.
fn append(servers: &mut [ComparedServer], again: Vec<ComparedServer>) {
    for later in again {
        let same = servers.iter_mut().find(|server| {
            server.role == later.role
                && server.server == later.server
                && server.names == later.names
        });
        if let Some(server) = same {
            server.probes.extend(later.probes);
        }
    }
}

impl Place {
    /// A server asked over UDP.
    pub(crate) fn plain(role: CompareRole, address: std::net::SocketAddr) -> Self {
        Self {
            role,
            server: DnsServer::plain(address),
            endpoint: address.into(),
            names: Vec::new(),
        }
    }

    /// The place of an authority that was asked before.
    fn of(server: &ComparedServer) -> Option<Self> {
        let address = server.server.socket()?;
        (server.server.transport == DnsTransport::Udp).then(|| Self {
            names: server.names.clone(),
            ..Self::plain(server.role, address)
        })
    }
}

/// What a query to an authority or a resolver says about itself.
fn query_options(recursion_desired: bool, subnet: Option<IpNet>) -> DnsQueryOptions {
    let mut options = DnsQueryOptions {
        recursion_desired,
        authentic_data: false,
        ..DnsQueryOptions::default()
    };
    if let Some(edns) = options.edns.as_mut() {
        edns.nsid = true;
        edns.client_subnet = subnet;
    }
    options
}

#[cfg(test)]
mod tests;
