//! One name to every server at once, both address types: addresses as soon as one server has given them, and in the
//! end what each server said.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use netwhy_report::client::HostsEntry;
use netwhy_report::dns::{
    AddressSource, AddressType, DnsAnswer, DnsQuery, DnsRecord, ResolvedAddress, rcode,
};
use netwhy_report::{Failure, SkipReason, Step, Timeline};
use tokio::task::JoinSet;

use crate::ask::{AskOptions, Question, ask};

/// How long addresses of one type wait for the other type
/// ([RFC 8305 §3](https://www.rfc-editor.org/rfc/rfc8305#section-3)).
pub const RESOLUTION_DELAY: Duration = Duration::from_millis(50);
/// How long a complete "no" of one server waits for another server's "yes".
pub const NEGATIVE_DELAY: Duration = Duration::from_secs(1);

/// How to resolve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveOptions {
    /// How each question is asked.
    pub ask: AskOptions,
    /// Addresses handed on; further ones are seen in the queries only.
    pub addresses: usize,
}

/// A resolution under way. Dropping it abandons the queries in flight.
#[derive(Debug)]
pub struct Resolution {
    name: String,
    hosts: Option<Vec<HostsEntry>>,
    limit: usize,
    timeline: Timeline,
    start: Duration,
    /// One per server and record type, in the order asked: A, then AAAA of each server.
    questions: Vec<Asked>,
    in_flight: JoinSet<(usize, DnsQuery)>,
    resolution: Option<Step<Vec<ResolvedAddress>>>,
}

#[derive(Debug)]
struct Asked {
    server: SocketAddr,
    record_type: AddressType,
    ended: Option<DnsQuery>,
}

/// Whether the walk can go on.
enum State {
    Decided(Result<Vec<ResolvedAddress>, Failure>),
    /// Not before another query ends or, if there is one, this offset passes.
    Open(Option<Duration>),
}

/// Asks every server for A and AAAA, all at once, and returns without waiting.
///
/// With `hosts_first` the addresses are those of the hosts file, at once; DNS is asked for comparison.
/// Must be called within a tokio runtime.
#[must_use]
pub fn start(
    name: &str,
    servers: &[SocketAddr],
    hosts_first: Option<Vec<HostsEntry>>,
    options: &ResolveOptions,
    timeline: &Timeline,
) -> Resolution {
    let name = name.trim_end_matches('.').to_owned();
    let mut questions: Vec<Asked> = Vec::with_capacity(servers.len() * 2);
    let mut in_flight = JoinSet::new();
    let begun = timeline.offset(Instant::now());
    for server in servers {
        if questions.iter().any(|asked| asked.server == *server) {
            continue;
        }
        for record_type in [AddressType::A, AddressType::Aaaa] {
            let index = questions.len();
            questions.push(Asked {
                server: *server,
                record_type,
                ended: None,
            });
            let question = Question {
                name: name.clone(),
                record_type,
            };
            let (server, options, timeline) = (*server, options.ask.clone(), *timeline);
            in_flight
                .spawn(async move { (index, ask(&question, server, &options, &timeline).await) });
        }
    }
    Resolution {
        name,
        hosts: hosts_first.filter(|entries| !entries.is_empty()),
        limit: options.addresses,
        timeline: *timeline,
        start: begun,
        questions,
        in_flight,
        resolution: None,
    }
}

/// Resolves and waits for every query: [`start`] and [`Resolution::finish`] in one.
pub async fn resolve(
    name: &str,
    servers: &[SocketAddr],
    hosts_first: Option<Vec<HostsEntry>>,
    options: &ResolveOptions,
    timeline: &Timeline,
) -> DnsRecord {
    let mut resolution = start(name, servers, hosts_first, options, timeline);
    resolution.first_addresses().await;
    resolution.finish().await
}

impl Resolution {
    /// The addresses to go on with, from the first server that
    /// - is done with both types and gave an address for at least one of them; or
    /// - gave addresses of one type [`RESOLUTION_DELAY`] ago.
    ///
    /// Without addresses the step fails once every query has ended, or once one server's complete "no"
    /// (NXDOMAIN or no such record, for both types) is [`NEGATIVE_DELAY`] old: with [`Failure::NoAddress`] if any server answered, else as the
    /// queries failed, a timeout before anything else. Safe to cancel and to call again.
    pub async fn first_addresses(&mut self) -> Step<Vec<ResolvedAddress>> {
        loop {
            if let Some(step) = &self.resolution {
                return step.clone();
            }
            let now = self.timeline.offset(Instant::now());
            match self.state(now) {
                State::Decided(result) => {
                    self.resolution = Some(Step::ended(self.start, now, result));
                }
                State::Open(Some(until)) => {
                    let wait = until.saturating_sub(now);
                    // Either way the state is looked at anew.
                    tokio::time::timeout(wait, self.collect_one()).await.ok();
                }
                State::Open(None) => self.collect_one().await,
            }
        }
    }

    /// Waits for every query. Safe to cancel: [`Resolution::snapshot`] then has what ended so far.
    pub async fn finish(&mut self) -> DnsRecord {
        self.first_addresses().await;
        while !self.in_flight.is_empty() {
            self.collect_one().await;
        }
        self.snapshot()
    }

    /// The record as it stands; queries in flight are skipped as interrupted.
    #[must_use]
    pub fn snapshot(&self) -> DnsRecord {
        let interrupted = |asked: &Asked| DnsQuery {
            server: asked.server,
            record_type: asked.record_type,
            tries: Vec::new(),
            step: Step::skipped(self.start, SkipReason::Interrupted),
        };
        DnsRecord {
            name: self.name.clone(),
            resolution: self
                .resolution
                .clone()
                .unwrap_or_else(|| Step::skipped(self.start, SkipReason::Interrupted)),
            queries: self
                .questions
                .iter()
                .map(|asked| asked.ended.clone().unwrap_or_else(|| interrupted(asked)))
                .collect(),
            system: None,
        }
    }

    async fn collect_one(&mut self) {
        match self.in_flight.join_next().await {
            Some(Ok((index, query))) => self.questions[index].ended = Some(query),
            Some(Err(error)) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
            None => {}
        }
    }

    fn state(&self, now: Duration) -> State {
        if let Some(entries) = &self.hosts {
            return State::Decided(Ok(self.hosts_addresses(entries)));
        }
        let mut settled: Option<(Duration, &[Asked])> = None;
        let mut refused_until: Option<Duration> = None;
        for pair in self.questions.chunks(2) {
            match standing(pair) {
                Standing::Addresses { ready }
                    if settled.is_none_or(|(earliest, _)| ready < earliest) =>
                {
                    settled = Some((ready, pair));
                }
                Standing::Nothing { since } => {
                    let until = since + NEGATIVE_DELAY;
                    refused_until =
                        Some(refused_until.map_or(until, |earliest| earliest.min(until)));
                }
                Standing::Addresses { .. } | Standing::Undecided => {}
            }
        }
        match (settled, refused_until) {
            _ if self.in_flight.is_empty() => State::Decided(match settled {
                Some((_, pair)) => Ok(self.server_addresses(pair)),
                None => Err(self.failure()),
            }),
            (Some((ready, pair)), _) if ready <= now => {
                State::Decided(Ok(self.server_addresses(pair)))
            }
            (Some((ready, _)), _) => State::Open(Some(ready)),
            (None, Some(until)) if until <= now => State::Decided(Err(self.failure())),
            (None, until) => State::Open(until),
        }
    }

    fn hosts_addresses(&self, entries: &[HostsEntry]) -> Vec<ResolvedAddress> {
        let mut resolved = Vec::new();
        for entry in entries {
            let source = AddressSource::Hosts { line: entry.line };
            self.add(&mut resolved, entry.address, source, None);
        }
        resolved
    }

    fn server_addresses(&self, pair: &[Asked]) -> Vec<ResolvedAddress> {
        let mut resolved = Vec::new();
        // AAAA first, as the race takes them.
        for asked in pair.iter().rev() {
            let source = AddressSource::Server {
                server: asked.server,
            };
            if let Some(answer) = asked.answer() {
                for address in &answer.addresses {
                    self.add(&mut resolved, *address, source.clone(), answer.ttl);
                }
            }
        }
        resolved
    }

    fn add(
        &self,
        resolved: &mut Vec<ResolvedAddress>,
        address: std::net::IpAddr,
        source: AddressSource,
        ttl: Option<u32>,
    ) {
        let known = resolved.iter().any(|earlier| earlier.address == address);
        if !known && resolved.len() < self.limit {
            resolved.push(ResolvedAddress {
                address,
                source,
                ttl,
            });
        }
    }

    /// Why there is no address.
    fn failure(&self) -> Failure {
        if self.questions.iter().any(|asked| asked.answer().is_some()) {
            return Failure::NoAddress;
        }
        let failures = || {
            let ended = self
                .questions
                .iter()
                .filter_map(|asked| asked.ended.as_ref());
            ended.filter_map(|query| query.step.failure())
        };
        let timed_out = failures().find(|failure| matches!(failure, Failure::TimedOut { .. }));
        timed_out
            .or_else(|| failures().next())
            .cloned()
            .unwrap_or(Failure::NoAddress)
    }
}

impl Asked {
    fn answer(&self) -> Option<&DnsAnswer> {
        self.ended.as_ref().and_then(|query| query.step.value())
    }
}

/// How far one server's two queries are.
enum Standing {
    /// It gave addresses, usable from this offset on.
    Addresses { ready: Duration },
    /// It denied both types; the later denial came at this offset.
    Nothing { since: Duration },
    /// It has not answered, or failed, which says nothing about the name.
    Undecided,
}

fn standing(pair: &[Asked]) -> Standing {
    let ended: Vec<&DnsQuery> = pair
        .iter()
        .filter_map(|asked| asked.ended.as_ref())
        .collect();
    let all_ended = (ended.len() == pair.len())
        .then(|| ended.iter().map(|query| query.step.end()).max())
        .flatten();
    let gives = |query: &&&DnsQuery| {
        let answer = query.step.value();
        answer.is_some_and(|answer| !answer.addresses.is_empty())
    };
    let first_addresses = ended
        .iter()
        .filter(gives)
        .map(|query| query.step.end())
        .min();
    let denies = |query: &&DnsQuery| {
        let answer = query.step.value();
        answer.is_some_and(|answer| matches!(answer.rcode, rcode::NOERROR | rcode::NXDOMAIN))
    };
    match (first_addresses, all_ended) {
        (Some(first), all_ended) => {
            let delayed = first + RESOLUTION_DELAY;
            Standing::Addresses {
                ready: all_ended.map_or(delayed, |ended| ended.min(delayed)),
            }
        }
        (None, Some(since)) if ended.iter().all(denies) => Standing::Nothing { since },
        _ => Standing::Undecided,
    }
}

#[cfg(test)]
mod tests;
