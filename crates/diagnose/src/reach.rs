//! From a host to a TCP connection: names to every resolver, all addresses for the matrix, and the race.

use std::net::{IpAddr, SocketAddr};

use netwhy_dns::{Resolution, search_candidates, start, system_path};
use netwhy_report::client::{ClientRecord, HostsEntry};
use netwhy_report::dns::{DnsRecord, ResolvedAddress};
use netwhy_report::tcp::TcpRecord;
use netwhy_report::{Layer, Limit, LimitHit, Section, SkipReason, Step};
use netwhy_tcp::{ATTEMPT_DELAY, ConnectOptions, Matrix, race, start_matrix};
use tokio::net::TcpStream;

use crate::Event;
use crate::walk::Session;

/// A host on the way to a connection; lookups and connects of the matrix go on in the background until [`Reach::finish`].
pub(crate) struct Reach {
    name: String,
    resolution: Result<(Resolution, Step<Vec<ResolvedAddress>>), SkipReason>,
    matrix: Result<(Matrix, Vec<SocketAddr>), SkipReason>,
    race: Step<netwhy_report::tcp::TcpConnected>,
    race_attempts: Vec<netwhy_report::tcp::TcpAttempt>,
    /// The race's winner, if there is one.
    pub(crate) stream: Option<TcpStream>,
}

/// The records of a host once everything in the background has ended.
pub(crate) struct Reached {
    pub(crate) dns: Section<DnsRecord>,
    pub(crate) tcp: Section<TcpRecord>,
}

impl Reach {
    /// Resolves and connects. `literal` is the address if the host is one; `pinned` are addresses that the plan prescribes.
    pub(crate) async fn start(
        session: &Session<'_>,
        host: &str,
        port: u16,
        literal: Option<IpAddr>,
        pinned: &[IpAddr],
    ) -> Self {
        let mut reach = Self {
            name: host.to_owned(),
            resolution: Err(SkipReason::NotNeeded),
            matrix: Err(SkipReason::DependencyFailed { layer: Layer::Dns }),
            race: Step::skipped(
                session.now(),
                SkipReason::DependencyFailed { layer: Layer::Dns },
            ),
            race_attempts: Vec::new(),
            stream: None,
        };
        let addresses = if !pinned.is_empty() {
            reach.resolution = Err(SkipReason::NotAsked);
            pinned.to_vec()
        } else if let Some(address) = literal {
            vec![address]
        } else {
            session.observer.event(&Event::Began {
                layer: Layer::Dns,
                host,
            });
            let addresses = reach.resolve(session).await;
            session.observer.event(&Event::Ended { layer: Layer::Dns });
            addresses
        };
        reach.connect(session, port, &addresses).await;
        reach
    }

    async fn resolve(&mut self, session: &Session<'_>) -> Vec<IpAddr> {
        for candidate in names_to_ask(&self.name, session.client()) {
            tracing::debug!(name = candidate, "resolving");
            let mut resolution = start(
                &candidate,
                session.servers(),
                hosts_first(&self.name, session),
                &session.resolve_options(session.budgets().dns_tries),
                &session.timeline,
            );
            match session.stop.guard(resolution.first_addresses()).await {
                Ok(step) => {
                    let found: Vec<IpAddr> = step
                        .value()
                        .into_iter()
                        .flatten()
                        .map(|resolved| resolved.address)
                        .collect();
                    tracing::debug!(name = candidate, addresses = ?found, "resolved");
                    self.resolution = Ok((resolution, step));
                    if !found.is_empty() {
                        return found;
                    }
                }
                Err(reason) => {
                    let step = Step::skipped(session.now(), reason.clone());
                    self.resolution = Ok((resolution, step));
                    self.matrix = Err(reason.clone());
                    self.race = Step::skipped(session.now(), reason);
                    return Vec::new();
                }
            }
        }
        Vec::new()
    }

    async fn connect(&mut self, session: &Session<'_>, port: u16, addresses: &[IpAddr]) {
        let budgets = session.budgets();
        let family = session.plan.tcp.family;
        let mut peers: Vec<SocketAddr> = addresses
            .iter()
            .filter(|address| family.is_none_or(|family| family.includes(**address)))
            .map(|address| SocketAddr::new(*address, port))
            .collect();
        if peers.len() > budgets.addresses {
            session.hit(LimitHit {
                limit: Limit::Addresses,
                layer: Layer::Tcp,
                value: format!("{} addresses", budgets.addresses),
            });
            peers.truncate(budgets.addresses);
        }
        if peers.is_empty() {
            return;
        }
        session.observer.event(&Event::Began {
            layer: Layer::Tcp,
            host: &self.name,
        });
        let options = ConnectOptions {
            timeout: budgets.connect_timeout,
            source: session.plan.tcp.source,
        };
        self.matrix = Ok((
            start_matrix(&peers, &options, &session.timeline),
            peers.clone(),
        ));
        let begun = session.now();
        match session
            .stop
            .guard(race(&peers, &options, ATTEMPT_DELAY, &session.timeline))
            .await
        {
            Ok((step, attempts, stream)) => {
                (self.race, self.race_attempts, self.stream) = (step, attempts, stream);
            }
            Err(reason) => self.race = Step::skipped(begun, reason),
        }
        session.observer.event(&Event::Ended { layer: Layer::Tcp });
    }

    /// Whether there was anything to connect to.
    pub(crate) fn has_addresses(&self) -> bool {
        self.matrix.is_ok()
    }

    /// The peer that the race connected to.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.race.value().map(|connected| connected.peer)
    }

    /// Waits for what goes on in the background, or takes it as it stands when the run is stopped.
    pub(crate) async fn finish(self, session: &Session<'_>) -> Reached {
        let dns = match self.resolution {
            Err(reason) => Section::Skipped { reason },
            Ok((mut resolution, step)) => {
                let mut record = match session.stop.guard(resolution.finish()).await {
                    Ok(record) => record,
                    Err(_) => resolution.snapshot(),
                };
                record.resolution = step;
                record.system = Some(system(&self.name, session.client(), &record));
                Section::Measured { record }
            }
        };
        let tcp = match self.matrix {
            Err(reason) => Section::Skipped { reason },
            Ok((mut matrix, _)) => {
                // Whether it settled or the run was stopped: the snapshot says which attempts ended.
                session.stop.guard(matrix.settled()).await.ok();
                let record = TcpRecord {
                    matrix: matrix.snapshot(),
                    race: self.race,
                    race_attempts: self.race_attempts,
                };
                Section::Measured { record }
            }
        };
        Reached { dns, tcp }
    }
}

/// As the system's resolver does for short names: the search list first. A full name is asked as it stands.
fn names_to_ask(name: &str, client: &ClientRecord) -> Vec<String> {
    let Some(resolv) = &client.resolv_conf else {
        return vec![name.to_owned()];
    };
    let dots = u32::try_from(name.matches('.').count()).unwrap_or(u32::MAX);
    if dots >= resolv.ndots {
        vec![name.to_owned()]
    } else {
        search_candidates(name, &resolv.search, resolv.ndots)
    }
}

fn hosts_first(name: &str, session: &Session<'_>) -> Option<Vec<HostsEntry>> {
    let order = &session.client().lookup_order;
    let position = |source: &str| order.iter().position(|entry| entry == source);
    let files_first = match (position("files"), position("dns")) {
        (Some(files), Some(dns)) => files < dns,
        (files, _) => files.is_some(),
    };
    let entries = session.hosts_entries(name);
    (files_first && !entries.is_empty()).then_some(entries)
}

fn system(name: &str, client: &ClientRecord, record: &DnsRecord) -> netwhy_report::dns::SystemPath {
    let hosts = client
        .hosts
        .clone()
        .unwrap_or(netwhy_report::client::HostsFile {
            path: String::new(),
            entries: Vec::new(),
            error: None,
        });
    let mut answered: Vec<IpAddr> = Vec::new();
    for (_, answer) in record.answers() {
        answered.extend(
            answer
                .addresses
                .iter()
                .filter(|address| !answered.contains(address))
                .copied()
                .collect::<Vec<_>>(),
        );
    }
    system_path(
        name,
        client.resolv_conf.as_ref(),
        &hosts,
        &client.lookup_order,
        &answered,
    )
}
