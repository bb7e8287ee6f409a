//! One server's answers about one link of the chain, in the order of time.

use std::time::Duration;

use netwhy_report::Untrusted;
use netwhy_report::dns::compare::{
    AnswerSet, CompareLink, CompareProbe, CompareRecord, CompareRole, ComparedServer, ProbePurpose,
    Soa, records_of, same_name, ttl_of,
};

/// How long a TTL must be watched before it tells whether it falls: it counts whole seconds.
const WATCHED: Duration = Duration::from_millis(1500);

/// One name of the chain as everybody sees it.
#[derive(Debug, Clone)]
pub struct LinkView<'report> {
    /// The name and its zone.
    pub link: &'report CompareLink,
    /// The type asked for.
    pub record_type: &'report str,
    /// The zone's servers.
    pub authorities: Vec<View<'report>>,
    /// The resolvers.
    pub resolvers: Vec<View<'report>>,
    /// The different answers, the authorities' first; the position of each is its letter.
    pub groups: Vec<AnswerSet>,
}

/// What one server says about one name.
#[derive(Debug, Clone)]
pub struct View<'report> {
    /// The server.
    pub server: &'report ComparedServer,
    /// Its answers, in the order of time.
    pub told: Vec<Told<'report>>,
    zone: Option<&'report Untrusted>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Told<'report> {
    /// What it says.
    pub set: AnswerSet,
    /// How long it may be kept from then on, in seconds.
    pub ttl: Option<u32>,
    /// When it arrived, as an offset of the run.
    pub at: Duration,
    /// The question and its reply.
    pub probe: &'report CompareProbe,
}

/// The zone as a server gives it.
#[derive(Debug, Clone)]
pub(crate) struct Zone<'report> {
    pub(crate) probe: &'report CompareProbe,
    /// How long the SOA record may be kept from then on, in seconds.
    pub(crate) ttl: u32,
    pub(crate) soa: Soa,
}

impl<'report> LinkView<'report> {
    pub(crate) fn new(record: &'report CompareRecord, link: &'report CompareLink) -> Self {
        let view = |server| View::new(server, link, &record.record_type);
        let authorities: Vec<View<'_>> = link.authorities.iter().map(view).collect();
        let resolvers: Vec<View<'_>> = record.resolvers.iter().map(view).collect();
        let mut groups: Vec<AnswerSet> = Vec::new();
        for told in authorities
            .iter()
            .chain(&resolvers)
            .flat_map(|view| &view.told)
        {
            if !groups.contains(&told.set) {
                groups.push(told.set.clone());
            }
        }
        Self {
            link,
            record_type: &record.record_type,
            authorities,
            resolvers,
            groups,
        }
    }

    /// The letter of an answer: A, B, … Z, then numbers.
    #[must_use]
    pub fn letter(&self, set: &AnswerSet) -> String {
        let at = self.groups.iter().position(|group| group == set);
        match at {
            Some(at) if at < 26 => {
                let letter = b'A' + u8::try_from(at).unwrap_or_default();
                char::from(letter).to_string()
            }
            Some(at) => format!("{}", at + 1),
            None => "?".to_owned(),
        }
    }

    /// What the authorities say, each answer once.
    pub(crate) fn current(&self) -> Vec<AnswerSet> {
        distinct(self.authorities.iter().flat_map(View::sets))
    }
}

impl<'report> View<'report> {
    fn new(
        server: &'report ComparedServer,
        link: &'report CompareLink,
        record_type: &'report str,
    ) -> Self {
        let samples = server.probes_for(&ProbePurpose::Sample);
        let told = samples.filter_map(|probe| told(server, probe, link, record_type));
        Self {
            server,
            told: told.collect(),
            zone: link.zone.as_ref(),
        }
    }

    /// Its answers, each once, in the order of time.
    #[must_use]
    pub fn sets(&self) -> Vec<AnswerSet> {
        distinct(self.told.iter().map(|told| told.set.clone()))
    }

    /// The serials of the zone that it gave, each once, in the order of time.
    #[must_use]
    pub fn serials(&self) -> Vec<u32> {
        let mut serials = Vec::new();
        for zone in self.soas() {
            if !serials.contains(&zone.soa.serial) {
                serials.push(zone.soa.serial);
            }
        }
        serials
    }

    /// The zone's SOA record, each time that it gave it.
    pub(crate) fn soas(&self) -> Vec<Zone<'report>> {
        let probes = self.server.probes_for(&ProbePurpose::Serial);
        let owned = probes.filter(|probe| {
            let reply = probe.exchange.reply();
            let speaks = reply.is_some_and(|reply| reply.flags.authoritative);
            speaks || self.server.role != CompareRole::Authority
        });
        owned
            .filter_map(|probe| {
                let (record, soa) = probe.soa()?;
                let own = same_name(self.zone?, &record.name);
                own.then_some(Zone {
                    probe,
                    ttl: record.ttl,
                    soa,
                })
            })
            .collect()
    }

    /// The primary that it names for the zone.
    pub(crate) fn primary(&self) -> Option<Untrusted> {
        self.soas().into_iter().next().map(|zone| zone.soa.primary)
    }

    /// What it says on behalf of clients elsewhere where the answer depends on them.
    pub(crate) fn elsewhere(&self, view: &LinkView<'report>) -> Vec<AnswerSet> {
        let scoped = self
            .server
            .subnets()
            .filter(|probe| probe.scope().is_some_and(|scope| scope > 0));
        distinct(
            scoped.filter_map(|probe| self.server.said(probe, &view.link.name, view.record_type)),
        )
    }

    /// Whether any of its answers depends on the client's network.
    pub(crate) fn is_scoped(&self) -> bool {
        let mut subnets = self.server.subnets();
        subnets.any(|probe| probe.scope().is_some_and(|scope| scope > 0))
    }

    /// Its answers that say `set`.
    pub(crate) fn saying<'own>(
        &'own self,
        set: &'own AnswerSet,
    ) -> impl Iterator<Item = &'own Told<'report>> {
        self.told.iter().filter(move |told| told.set == *set)
    }

    /// Whether the TTL of `set` was seen to count down; `None` if it was not watched for long enough.
    /// A set that was replaced when its TTL had run out counted down as well.
    pub(crate) fn counts_down(&self, set: &AnswerSet) -> Option<bool> {
        let said: Vec<&Told<'_>> = self.saying(set).collect();
        let (first, last) = (said.first()?, said.last()?);
        let left = first.ttl?;
        let watched = last.at.saturating_sub(first.at);
        let replaced = self
            .told
            .iter()
            .find(|told| told.at > last.at && told.set != *set)
            .filter(|later| {
                expires(last).is_some_and(|end| end <= later.at + Duration::from_secs(1))
            });
        if replaced.is_some() {
            return Some(true);
        }
        if watched < WATCHED {
            return None;
        }
        // Machines behind one address have caches of their own: each is a clock of its own.
        let falls = said.iter().any(|earlier| {
            said.iter().any(|later| {
                let passed = later.at.saturating_sub(earlier.at);
                let (Some(before), Some(after)) = (earlier.ttl, later.ttl) else {
                    return false;
                };
                let fallen = Duration::from_secs(u64::from(before.saturating_sub(after)));
                passed >= WATCHED
                    && fallen + Duration::from_secs(1) >= passed
                    && fallen <= passed + Duration::from_secs(1)
            })
        });
        Some(falls && left > 0)
    }

    /// When the copies of `set` seen here end, as an offset of the run.
    pub(crate) fn until(&self, set: &AnswerSet) -> Option<Duration> {
        self.saying(set).filter_map(expires).max()
    }

    /// Whether an answer of `set` came with one of these extended errors.
    pub(crate) fn warned(&self, set: &AnswerSet, codes: &[u16]) -> bool {
        let mut errors = self.saying(set).flat_map(|told| {
            let reply = told.probe.exchange.reply();
            let edns = reply.and_then(|reply| reply.edns.as_ref());
            edns.into_iter().flat_map(|edns| &edns.extended_errors)
        });
        errors.any(|error| codes.contains(&error.code))
    }

    /// Whether the same set of records came in different orders.
    pub(crate) fn rotates(&self, view: &LinkView<'_>) -> bool {
        let mut orders = self.told.iter().map(|told| {
            let AnswerSet::Records { record_type, .. } = &told.set else {
                return (&told.set, Vec::new());
            };
            let reply = told.probe.exchange.reply();
            let records = reply.into_iter().flat_map(|reply| {
                records_of(reply, &view.link.name, record_type).map(|record| &record.data)
            });
            (&told.set, records.collect::<Vec<_>>())
        });
        let Some(first) = orders.next() else {
            return false;
        };
        orders.any(|other| other.0 == first.0 && other.1 != first.1)
    }

    /// Why it gave no answer at all, if it did not: the first question's reply or failure.
    #[must_use]
    pub fn silent(&self) -> Option<&'report CompareProbe> {
        let mut samples = self.server.probes_for(&ProbePurpose::Sample);
        let first = samples.next();
        first.filter(|_| self.told.is_empty())
    }
}

/// When an answer's TTL has run out.
fn expires(told: &Told<'_>) -> Option<Duration> {
    Some(told.at + Duration::from_secs(u64::from(told.ttl?)))
}

fn told<'report>(
    server: &'report ComparedServer,
    probe: &'report CompareProbe,
    link: &'report CompareLink,
    record_type: &'report str,
) -> Option<Told<'report>> {
    let set = server.said(probe, &link.name, record_type)?;
    let reply = probe.exchange.reply()?;
    Some(Told {
        set,
        ttl: ttl_of(reply, &link.name, record_type),
        at: probe.exchange.step.end(),
        probe,
    })
}

/// Each once, in order.
pub(crate) fn distinct<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
