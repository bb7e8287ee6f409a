//! A and AAAA to every server at once. The caller goes on with the first addresses; the rest is gathered in the background.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use netwhy_report::client::HostsEntry;
use netwhy_report::dns::{AddressSource, AddressType, DnsQuery, DnsRecord, ResolvedAddress};
use netwhy_report::{Failure, SkipReason, Step, Timeline};
use tokio::task::JoinSet;

use crate::exchange::{AskOptions, Question, ask};

/// How long the other family is waited for once one has answered (RFC 8305 §3).
const RESOLUTION_DELAY: Duration = Duration::from_millis(50);
/// How long other servers are waited for once one has said no.
const SECOND_OPINION: Duration = Duration::from_secs(1);

/// How a name is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolveOptions {
    /// Each query.
    pub ask: AskOptions,
    /// Addresses kept.
    pub addresses: usize,
}

/// Queries under way; dropping it abandons them.
#[derive(Debug)]
pub struct Resolution {
    name: String,
    servers: Vec<SocketAddr>,
    hosts: Option<Vec<HostsEntry>>,
    keep: usize,
    timeline: Timeline,
    begun: Instant,
    tasks: JoinSet<(usize, DnsQuery)>,
    ended: Vec<Option<DnsQuery>>,
}

const TYPES: [AddressType; 2] = [AddressType::Aaaa, AddressType::A];

/// Starts every query. With `hosts_first` those addresses win, and DNS is asked for comparison.
#[must_use]
pub fn start(
    name: &str,
    servers: &[SocketAddr],
    hosts_first: Option<Vec<HostsEntry>>,
    options: &ResolveOptions,
    timeline: &Timeline,
) -> Resolution {
    let mut tasks = JoinSet::new();
    let questions = servers
        .iter()
        .flat_map(|server| TYPES.map(|record_type| (*server, record_type)));
    for (index, (server, record_type)) in questions.enumerate() {
        let question = Question {
            name: name.to_owned(),
            record_type,
        };
        let (options, timeline) = (options.ask, *timeline);
        tasks.spawn(async move { (index, ask(&question, server, &options, &timeline).await) });
    }
    Resolution {
        name: name.to_owned(),
        servers: servers.to_vec(),
        hosts: hosts_first,
        keep: options.addresses,
        timeline: *timeline,
        begun: Instant::now(),
        ended: vec![None; tasks.len()],
        tasks,
    }
}

impl Resolution {
    /// Waits until the walk can go on: the hosts file's addresses, one server's complete answer, or the end of all queries.
    pub async fn first_addresses(&mut self) -> Step<Vec<ResolvedAddress>> {
        let start = self.timeline.offset(self.begun);
        if let Some(hosts) = self.hosts.take() {
            let address = |entry: HostsEntry| ResolvedAddress {
                address: entry.address,
                source: AddressSource::Hosts { line: entry.line },
                ttl: None,
            };
            let addresses = hosts.into_iter().map(address).take(self.keep).collect();
            return Step::completed(start, self.timeline.offset(Instant::now()), addresses);
        }
        let mut give_up: Option<tokio::time::Instant> = None;
        loop {
            if self.complete() {
                break;
            }
            if give_up.is_none() {
                let patience = if self.found().is_empty() {
                    self.denied().then_some(SECOND_OPINION)
                } else {
                    Some(RESOLUTION_DELAY)
                };
                give_up = patience.map(|patience| tokio::time::Instant::now() + patience);
            } else if !self.found().is_empty() {
                // The first addresses shorten a wait that a denial began.
                give_up = give_up.map(|at| at.min(tokio::time::Instant::now() + RESOLUTION_DELAY));
            }
            let joined = match give_up {
                None => self.tasks.join_next().await,
                Some(at) => match tokio::time::timeout_at(at, self.tasks.join_next()).await {
                    Ok(joined) => joined,
                    Err(_) => break,
                },
            };
            match joined {
                Some(joined) => self.keep(joined.ok()),
                None => break,
            }
        }
        let end = self.timeline.offset(Instant::now());
        let found = self.found();
        if found.is_empty() {
            Step::failed(start, end, self.reason())
        } else {
            Step::completed(start, end, found)
        }
    }

    /// Waits for every query.
    pub async fn finish(&mut self) -> DnsRecord {
        while let Some(joined) = self.tasks.join_next().await {
            self.keep(joined.ok());
        }
        self.snapshot()
    }

    /// What has ended so far; the rest is skipped as interrupted.
    pub fn snapshot(&mut self) -> DnsRecord {
        while let Some(joined) = self.tasks.try_join_next() {
            self.keep(joined.ok());
        }
        let start = self.timeline.offset(self.begun);
        let questions = self
            .servers
            .iter()
            .flat_map(|server| TYPES.map(|record_type| (*server, record_type)));
        let query =
            |((server, record_type), ended): ((SocketAddr, AddressType), &Option<DnsQuery>)| {
                let unfinished = || DnsQuery {
                    server,
                    record_type,
                    tries: Vec::new(),
                    step: Step::skipped(start, SkipReason::Interrupted),
                };
                ended.clone().unwrap_or_else(unfinished)
            };
        DnsRecord {
            name: self.name.clone(),
            resolution: Step::skipped(start, SkipReason::Interrupted),
            queries: questions.zip(&self.ended).map(query).collect(),
            system: None,
        }
    }

    fn keep(&mut self, joined: Option<(usize, DnsQuery)>) {
        if let Some((index, query)) = joined {
            self.ended[index] = Some(query);
        }
    }

    /// Whether one server has answered both types, at least one with addresses.
    fn complete(&self) -> bool {
        self.ended.chunks(TYPES.len()).any(|pair| {
            let answers: Vec<_> = pair
                .iter()
                .flatten()
                .filter_map(|query| query.step.value())
                .collect();
            answers.len() == TYPES.len()
                && answers.iter().any(|answer| !answer.addresses.is_empty())
        })
    }

    /// Whether some server has said for both types that there is no address.
    fn denied(&self) -> bool {
        self.ended.chunks(TYPES.len()).any(|pair| {
            pair.iter()
                .flatten()
                .filter_map(|query| query.step.value())
                .filter(|answer| answer.addresses.is_empty())
                .count()
                == TYPES.len()
        })
    }

    /// The addresses so far: of the first server in the configured order that gave any.
    fn found(&self) -> Vec<ResolvedAddress> {
        let mut found: Vec<ResolvedAddress> = Vec::new();
        for pair in self.ended.chunks(TYPES.len()) {
            for query in pair.iter().flatten() {
                let Some(answer) = query.step.value() else {
                    continue;
                };
                for address in &answer.addresses {
                    push(&mut found, *address, query.server, answer.ttl);
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        found.truncate(self.keep);
        found
    }

    /// Why there is no address: a server's no, else the silence or refusal of all.
    fn reason(&self) -> Failure {
        let queries = || self.ended.iter().flatten();
        if queries().any(|query| query.step.value().is_some()) {
            return Failure::NoAddress;
        }
        let failures = || queries().filter_map(|query| query.step.failure());
        let silent = failures().find(|failure| matches!(failure, Failure::TimedOut { .. }));
        silent
            .or_else(|| failures().next())
            .cloned()
            .unwrap_or(Failure::NoAddress)
    }
}

fn push(found: &mut Vec<ResolvedAddress>, address: IpAddr, server: SocketAddr, ttl: Option<u32>) {
    if !found.iter().any(|known| known.address == address) {
        found.push(ResolvedAddress {
            address,
            source: AddressSource::Server { server },
            ttl,
        });
    }
}
