//! Who speaks for a name: its zone by SOA, the zone's servers by NS, and all their addresses, found by asking.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, join_all, select};
use futures_util::stream::FuturesUnordered;
use netwhy_dns::query::question;
use netwhy_report::dns::compare::CompareRole;
use netwhy_report::dns::message::{DnsMessage, ResourceRecord};
use netwhy_report::dns::trace::{StepPurpose, TraceServer, TraceStep};
use netwhy_report::dns::{DnsExchange, rcode};
use netwhy_report::{Layer, Limit, LimitHit, SkipReason, Untrusted};

use super::probing::Place;
use super::zones::{depth, is_within, parent};
use super::{Settings, query_options};
use crate::names::{exchange_options, one};
use crate::run::Run;

/// Names of servers that are followed per zone: a root zone has 13.
const MOST_SERVERS: usize = 16;
/// How long further resolvers may take once one has told the zone.
const GRACE: Duration = Duration::from_millis(300);
/// How long the walk from the root may take once resolvers have told the zone.
const WALK_GRACE: Duration = Duration::from_millis(1500);
/// How long it may take at most.
const WALK_PATIENCE: Duration = Duration::from_secs(5);
/// Labels climbed in search of a zone.
const MOST_CLIMBED: usize = 16;

/// The servers of a zone.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// The zone, absolute.
    pub(super) zone: Option<String>,
    /// One per address.
    pub(super) places: Vec<Place>,
    /// Servers without an address.
    pub(super) unaddressed: Vec<Untrusted>,
}

/// Finds zones and their servers; each zone once.
pub(super) struct Authorities<'ask> {
    settings: &'ask Settings<'ask>,
    resolvers: &'ask [Place],
    run: &'ask Run<'ask>,
    exchanges: Mutex<Vec<DnsExchange>>,
    known: Mutex<BTreeMap<String, Found>>,
}

impl<'ask> Authorities<'ask> {
    pub(super) fn new(
        settings: &'ask Settings<'ask>,
        resolvers: &'ask [Place],
        run: &'ask Run<'ask>,
    ) -> Self {
        Self {
            settings,
            resolvers,
            run,
            exchanges: Mutex::default(),
            known: Mutex::default(),
        }
    }

    /// The questions that it took.
    pub(super) fn into_exchanges(self) -> Vec<DnsExchange> {
        self.exchanges.into_inner().unwrap_or_default()
    }

    /// The servers of the zone that holds `name`, as resolvers and the walk from the root know them together.
    pub(super) async fn of(&self, name: &str) -> Found {
        let (told, walked) = self.zones_and_walk(name).await;
        // The deepest zone: a resolver that knows only the parent has an old delegation, or none.
        let zones = told.iter().map(|(_, zone)| zone);
        let deepest = zones
            .chain(walked.iter().map(|walked| &walked.zone))
            .max_by_key(|zone| depth(zone));
        let Some(zone) = deepest.cloned() else {
            return Found::default();
        };
        let known = self.known.lock().ok();
        if let Some(found) = known.and_then(|known| known.get(&zone).cloned()) {
            return found;
        }
        let told = told.iter().filter(|(_, own)| *own == zone);
        let answering: Vec<&Place> = told.map(|(place, _)| *place).collect();
        let mut found = self.servers(&zone, &answering).await;
        if let Some(walked) = walked.filter(|walked| walked.zone == zone) {
            add(&mut found, walked.servers);
        }
        self.limit(&mut found.places);
        if let Ok(mut known) = self.known.lock() {
            known.insert(zone, found.clone());
        }
        found
    }

    /// Both ways at once; once one has led to the zone the other has little time left.
    async fn zones_and_walk(&self, name: &str) -> (Vec<(&Place, String)>, Option<Walked>) {
        let zones = pin!(self.zones(name));
        let walk = pin!(self.walk(name));
        match select(zones, walk).await {
            Either::Left((told, walk)) if told.is_empty() => (told, walk.await),
            Either::Left((told, walk)) => {
                let walked = tokio::time::timeout(WALK_GRACE, walk).await;
                (told, walked.ok().flatten())
            }
            Either::Right((walked, zones)) => (zones.await, walked),
        }
    }

    /// The deepest zone on the way from the root to the name, with its servers.
    async fn walk(&self, name: &str) -> Option<Walked> {
        let walk = self.settings.walk.as_ref()?;
        let query = question(name, &self.settings.record_type, "IN").ok()?;
        let stopped = Box::pin(async {
            tokio::select! {
                reason = self.run.stop.stopped() => reason,
                () = tokio::time::sleep(WALK_PATIENCE) => SkipReason::DeadlineReached,
            }
        });
        let record = walk.to(&query, self.run, stopped).await;
        if !record.left_the_root() {
            return None;
        }
        let zone = |step: &TraceStep| step.zone.escaped().to_ascii_lowercase();
        let own = record
            .steps
            .iter()
            .filter(|step| step.purpose == StepPurpose::Answer && is_within(name, &zone(step)));
        let last = own.max_by_key(|step| depth(&zone(step)))?;
        Some(Walked {
            zone: zone(last),
            servers: last.servers.clone(),
        })
    }

    /// The zone of a name as the resolvers that answer see it. Once one has told it the others have little time left:
    /// one that is silent would hold up everything.
    async fn zones(&self, name: &str) -> Vec<(&Place, String)> {
        let mut asked: FuturesUnordered<_> = self
            .resolvers
            .iter()
            .map(|place| async move { (place, self.zone(place, name).await) })
            .collect();
        let mut told = Vec::new();
        let mut until = None;
        loop {
            let next = match until {
                None => asked.next().await,
                Some(until) => tokio::time::timeout_at(until, asked.next())
                    .await
                    .ok()
                    .flatten(),
            };
            let Some((place, zone)) = next else {
                return told;
            };
            if let Some(zone) = zone {
                told.push((place, zone));
                until.get_or_insert_with(|| tokio::time::Instant::now() + GRACE);
            }
        }
    }

    /// The zone of a name as one resolver sees it, in lower case.
    async fn zone(&self, place: &Place, name: &str) -> Option<String> {
        let mut asked = name;
        for _ in 0..MOST_CLIMBED {
            let message = self.ask(place, asked, "SOA").await?;
            if !matches!(message.rcode, rcode::NOERROR | rcode::NXDOMAIN) {
                return None;
            }
            if let Some(zone) = apex(&message, asked) {
                return Some(zone);
            }
            asked = parent(asked)?;
        }
        None
    }

    /// The zone's servers as these resolvers together know them, with their addresses.
    async fn servers(&self, zone: &str, resolvers: &[&Place]) -> Found {
        let asked = resolvers.iter().map(|place| self.ask(place, zone, "NS"));
        let mut names: Vec<String> = Vec::new();
        for message in join_all(asked).await.into_iter().flatten() {
            for record in of_type(&message, "NS") {
                let name = record.data.escaped().to_ascii_lowercase();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names.truncate(MOST_SERVERS);
        let addresses = join_all(names.iter().map(|name| self.addresses(name, resolvers))).await;
        let mut places: Vec<Place> = Vec::new();
        let mut unaddressed = Vec::new();
        for (name, addresses) in names.iter().zip(addresses) {
            let name = Untrusted::from(name.as_str());
            if addresses.is_empty() {
                unaddressed.push(name);
                continue;
            }
            for address in addresses {
                let socket = SocketAddr::new(address, self.settings.port);
                let known = places
                    .iter_mut()
                    .find(|place| place.endpoint.address == socket);
                match known {
                    Some(place) => place.names.push(name.clone()),
                    None => places.push(Place {
                        names: vec![name.clone()],
                        ..Place::plain(CompareRole::Authority, socket)
                    }),
                }
            }
        }
        Found {
            zone: Some(zone.to_owned()),
            places,
            unaddressed,
        }
    }

    fn limit(&self, places: &mut Vec<Place>) {
        let most = self.run.budgets.addresses;
        if places.len() > most {
            places.truncate(most);
            self.run.hit(LimitHit {
                limit: Limit::Addresses,
                layer: Layer::Dns,
                value: format!("{most} addresses"),
            });
        }
    }

    /// All addresses of a server, from the first resolver that gives any.
    async fn addresses(&self, name: &str, resolvers: &[&Place]) -> Vec<IpAddr> {
        for place in resolvers {
            let types = ["A", "AAAA"].map(|kind| self.ask(place, name, kind));
            let mut found: Vec<IpAddr> = Vec::new();
            for message in join_all(types).await.into_iter().flatten() {
                let data = message.answer.iter().filter_map(|record| {
                    let is_address = matches!(record.record_type.as_str(), "A" | "AAAA");
                    record.data.raw_text().filter(|_| is_address)?.parse().ok()
                });
                found.extend(data.filter(|address| {
                    let family = self.settings.tcp.family;
                    family.is_none_or(|family| family.includes(*address))
                }));
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    async fn ask(&self, place: &Place, name: &str, kind: &str) -> Option<DnsMessage> {
        let query = question(name, kind, "IN").ok()?;
        let asked = query_options(true, None);
        let options = exchange_options(self.run, &self.settings.tcp, &asked);
        let exchange = one(&place.server, &place.endpoint, &query, &options, self.run).await;
        let message = exchange.reply().cloned();
        if let Ok(mut exchanges) = self.exchanges.lock() {
            exchanges.push(exchange);
        }
        message
    }
}

/// Where a walk from the root ended.
struct Walked {
    zone: String,
    servers: Vec<TraceServer>,
}

/// Adds what the walk knows of servers: names, and addresses that this host can reach.
fn add(found: &mut Found, servers: Vec<TraceServer>) {
    for server in servers {
        let name = Untrusted::from(server.name.escaped().to_ascii_lowercase().as_str());
        let reachable = server.addresses.iter().filter(|known| !known.unreachable);
        for address in reachable.map(|known| known.address) {
            found.unaddressed.retain(|without| *without != name);
            let mut places = found.places.iter_mut();
            match places.find(|place| place.endpoint.address == address) {
                Some(place) if place.names.contains(&name) => {}
                Some(place) => place.names.push(name.clone()),
                None => found.places.push(Place {
                    names: vec![name.clone()],
                    ..Place::plain(CompareRole::Authority, address)
                }),
            }
        }
    }
}

/// The zone that a reply to an SOA question names: the owner of the answer, or of the record that comes with a "no".
fn apex(message: &DnsMessage, asked: &str) -> Option<String> {
    let owner = |record: &ResourceRecord| record.name.escaped().to_ascii_lowercase();
    let answered = of_type(message, "SOA").map(owner);
    let own = answered
        .into_iter()
        .find(|owner| owner.eq_ignore_ascii_case(asked));
    // Behind an alias the "no" is about the alias' target.
    let aliased = of_type(message, "CNAME").next().is_some();
    let denied = || {
        let mut soas = message
            .authority
            .iter()
            .filter(|record| record.record_type == "SOA")
            .map(owner);
        soas.find(|zone| is_within(asked, zone))
            .filter(|_| !aliased)
    };
    own.or_else(denied)
}

fn of_type<'message>(
    message: &'message DnsMessage,
    kind: &'message str,
) -> impl Iterator<Item = &'message ResourceRecord> {
    message
        .answer
        .iter()
        .filter(move |record| record.record_type == kind)
}
