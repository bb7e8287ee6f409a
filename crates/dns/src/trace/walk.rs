//! Zone after zone towards the name, alias after alias towards the data, and to the addresses of servers without glue.

use std::pin::Pin;
use std::time::{Duration, Instant};

use hickory_proto::rr::{Name, Record, RecordType};
use netwhy_report::Timeline;
use netwhy_report::dns::trace::{
    ServerAddressSource, StepPurpose, TraceAlias, TraceEnd, WithoutAddress,
};

use super::flights::Flights;
use super::prove::Proofs;
use super::said::{Link, Next, Referral, address, shown};
use super::step::Step;
use super::zone::{Place, Reachable, Zone};
use super::{Stopped, TraceSettings};

/// Labels added one by one before the whole name is shown ([RFC 9156 §2.3](https://www.rfc-editor.org/rfc/rfc9156#section-2.3)).
const MINIMISED: usize = 10;

/// A walk under way.
pub(super) struct Walker<'run> {
    pub(super) settings: &'run TraceSettings,
    pub(super) timeline: Timeline,
    pub(super) flights: Flights<'run>,
    pub(super) steps: Vec<Step>,
    /// The zones found, the root first.
    pub(super) zones: Vec<Zone>,
    /// Zones whose servers are being looked up.
    waiting: Vec<Name>,
    lookups: usize,
    pub(super) proofs: Proofs,
    pub(super) begun: Duration,
}

/// Where a walk led.
pub(super) struct Walked {
    pub(super) end: TraceEnd,
    pub(super) aliases: Vec<TraceAlias>,
    pub(super) records: Vec<Record>,
    /// The steps that gave an alias or the end, by index.
    pub(super) decisive: Vec<usize>,
}

impl<'run> Walker<'run> {
    pub(super) fn new(
        settings: &'run TraceSettings,
        timeline: Timeline,
        stop: Stopped<'run>,
    ) -> Self {
        Self {
            settings,
            timeline,
            flights: Flights::new(settings, timeline, stop),
            steps: Vec::new(),
            zones: vec![Zone::root(&settings.hints, reachable(settings))],
            waiting: Vec::new(),
            lookups: 0,
            proofs: Proofs::default(),
            begun: timeline.offset(Instant::now()),
        }
    }

    /// The offset of this moment.
    pub(super) fn elapsed(&self) -> Duration {
        self.timeline.offset(Instant::now())
    }

    /// Walks to the data, through aliases.
    pub(super) async fn answer(&mut self, name: &Name, record_type: RecordType) -> Walked {
        let mut walked = Walked {
            end: TraceEnd::Answer,
            aliases: Vec::new(),
            records: Vec::new(),
            decisive: Vec::new(),
        };
        let mut seen = vec![name.clone()];
        loop {
            let from = seen.last().cloned().unwrap_or_else(Name::root);
            let step = match self.descend(&from, record_type, &StepPurpose::Answer).await {
                Ok(step) => step,
                Err(end) => {
                    walked.end = end;
                    return walked;
                }
            };
            walked.decisive.push(step);
            let Some(reading) = self.steps[step].reading().cloned() else {
                return walked;
            };
            let zone = shown(&self.steps[step].zone.name);
            for link in reading.links {
                let (again, target) = (seen.contains(&link.target), link.target.clone());
                walked.aliases.push(alias(&link, zone.clone()));
                if again {
                    walked.end = TraceEnd::AliasLoop {
                        name: shown(&target),
                    };
                    return walked;
                }
                if walked.aliases.len() > self.settings.limits.aliases {
                    let limit = self.settings.limits.aliases;
                    walked.end = TraceEnd::AliasesTooMany { limit };
                    return walked;
                }
                seen.push(target);
            }
            let end = shown(&reading.end);
            walked.end = match reading.next {
                Next::Answer(records) => {
                    walked.records = records;
                    TraceEnd::Answer
                }
                Next::NameError => TraceEnd::NameError { name: end },
                Next::NoData => TraceEnd::NoData { name: end },
                _ => continue,
            };
            return walked;
        }
    }

    /// From the deepest zone known down to the servers that answer for `name`.
    async fn descend(
        &mut self,
        name: &Name,
        record_type: RecordType,
        purpose: &StepPurpose,
    ) -> Result<usize, TraceEnd> {
        let mut zone = self.closest(name, record_type);
        let mut minimised = 0;
        let mut labels = zone.name.iter().count() + 1;
        loop {
            let depth = self.depth(&zone.name);
            if depth > self.settings.limits.delegations {
                let limit = self.settings.limits.delegations;
                return Err(TraceEnd::TooDeep { limit });
            }
            let whole =
                !self.settings.minimise || minimised >= MINIMISED || labels >= name.iter().count();
            let shown = if whole {
                name.clone()
            } else {
                name.trim_to(labels)
            };
            let kind = if whole { record_type } else { RecordType::A };
            let step = self.ask(zone.clone(), &shown, kind, purpose).await?;
            let next = self.steps[step]
                .reading()
                .map(|reading| reading.next.clone());
            match next {
                Some(Next::Referral(referral)) => {
                    zone = self.refer(&referral).await?;
                    labels = zone.name.iter().count() + 1;
                }
                // Nothing at a shorter name says little about the whole one: some servers deny empty names.
                Some(Next::NameError | Next::Alias) if !whole => minimised = MINIMISED,
                Some(_) if !whole => labels += 1,
                _ => return Ok(step),
            }
            minimised += usize::from(!whole);
        }
    }

    /// [`Walker::descend`] for a walk within a walk.
    fn descend_within<'walk>(
        &'walk mut self,
        name: &'walk Name,
        record_type: RecordType,
        purpose: &'walk StepPurpose,
    ) -> Pin<Box<dyn Future<Output = Result<usize, TraceEnd>> + Send + 'walk>> {
        Box::pin(self.descend(name, record_type, purpose))
    }

    /// The deepest zone known that holds the name; DS records are the parent's.
    fn closest(&self, name: &Name, record_type: RecordType) -> Zone {
        let holds = |zone: &&Zone| {
            zone.name.zone_of(name)
                && (record_type != RecordType::DS || zone.name != *name || name.is_root())
        };
        let deepest = self
            .zones
            .iter()
            .filter(holds)
            .max_by_key(|zone| zone.name.iter().count());
        deepest.cloned().unwrap_or_else(|| Zone {
            name: Name::root(),
            servers: Vec::new(),
        })
    }

    fn depth(&self, name: &Name) -> usize {
        let above = |zone: &&Zone| !zone.name.is_root() && zone.name.zone_of(name);
        self.zones.iter().filter(above).count()
    }

    /// The zone that a referral leads to, with at least one address if there is any to be had.
    async fn refer(&mut self, referral: &Referral) -> Result<Zone, TraceEnd> {
        let mut zone = Zone::referred(referral, reachable(self.settings));
        if !zone.has_places() {
            if self.waiting.contains(&zone.name) {
                return Err(TraceEnd::NoAddress {
                    zone: shown(&zone.name),
                });
            }
            self.waiting.push(zone.name.clone());
            for server in &mut zone.servers {
                if server.without != Some(WithoutAddress::NotNeeded) {
                    continue;
                }
                match self.look_up(&server.name).await {
                    Ok(places) => {
                        server.without = None;
                        server.addresses = places;
                        break;
                    }
                    Err(why) => server.without = Some(why),
                }
            }
            self.waiting.pop();
        }
        self.zones.push(zone.clone());
        Ok(zone)
    }

    /// The addresses of a server without glue, by a walk of its own. An alias is not followed: a server's name may not be one
    /// ([RFC 2181 §10.3](https://www.rfc-editor.org/rfc/rfc2181#section-10.3)).
    async fn look_up(&mut self, server: &Name) -> Result<Vec<Place>, WithoutAddress> {
        if self.waiting.iter().any(|zone| zone.zone_of(server)) {
            return Err(WithoutAddress::Circular);
        }
        if self.lookups >= self.settings.limits.glueless {
            return Err(WithoutAddress::LimitReached);
        }
        self.lookups += 1;
        let purpose = StepPurpose::NameServer {
            server: shown(server),
        };
        for record_type in [RecordType::A, RecordType::AAAA] {
            let Ok(step) = self.descend_within(server, record_type, &purpose).await else {
                break;
            };
            let Some(reading) = self.steps[step]
                .reading()
                .filter(|reading| reading.links.is_empty())
            else {
                break;
            };
            if let Next::Answer(records) = &reading.next {
                let found: Vec<_> = records
                    .iter()
                    .filter_map(|record| address(&record.data))
                    .collect();
                let places = reachable(self.settings).places(&found, ServerAddressSource::LookedUp);
                if places.iter().any(|place| !place.unreachable) {
                    return Ok(places);
                }
            }
        }
        Err(WithoutAddress::Unresolved)
    }
}

fn reachable(settings: &TraceSettings) -> Reachable {
    Reachable {
        port: settings.port,
        family: settings.family,
        source: settings.exchange.source,
    }
}

fn alias(link: &Link, zone: netwhy_report::Untrusted) -> TraceAlias {
    TraceAlias {
        name: shown(&link.name),
        target: shown(&link.target),
        zone,
        dname: link.dname,
        ttl: link.ttl,
    }
}
