//! One server, asked several times with pauses between, so that a pool shows its members and a farm its machines.

use std::time::Duration;

use futures_util::future::{join, join_all};
use netwhy_dns::query::question;
use netwhy_dns::{Endpoint, Query};
use netwhy_report::dns::DnsServer;
use netwhy_report::dns::compare::{CompareProbe, CompareRole, ComparedServer, ProbePurpose};
use netwhy_report::{Untrusted, dns::DnsExchange};

use super::{Settings, query_options};
use crate::names::{exchange_options, one};
use crate::run::Run;

/// Between two samples of one server.
const GAP: Duration = Duration::from_millis(150);

/// A server, where it listens, and what it is to the name.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) role: CompareRole,
    pub(crate) server: DnsServer,
    pub(crate) endpoint: Endpoint,
    /// The zone's names for an authority.
    pub(crate) names: Vec<Untrusted>,
}

/// What a server is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner<'zone> {
    /// What it has in its cache, then the samples.
    Resolver,
    /// Samples again, and the zone as it sees it.
    ResolverAgain {
        zone: Option<&'zone str>,
        /// Ask for a name that nobody can have made as well.
        invented: bool,
    },
    /// Samples, serials, and clients elsewhere.
    Authority { zone: &'zone str },
    /// Samples and serials again.
    AuthorityAgain { zone: &'zone str },
}

pub(super) struct Prober<'ask> {
    pub(super) settings: &'ask Settings<'ask>,
    pub(super) run: &'ask Run<'ask>,
}

impl Prober<'_> {
    /// Asks one server what its role calls for.
    pub(super) async fn server(
        &self,
        place: &Place,
        name: &str,
        manner: Manner<'_>,
    ) -> ComparedServer {
        let kind = &self.settings.record_type;
        let probes = match manner {
            Manner::Resolver => {
                // First of all: the samples that follow would fill the cache.
                let mut probes = self.once(place, name, kind, ProbePurpose::Cached).await;
                probes.extend(self.samples(place, name, kind, ProbePurpose::Sample).await);
                probes
            }
            Manner::ResolverAgain { zone, invented } => {
                let samples = self.samples(place, name, kind, ProbePurpose::Sample);
                let about_zone = async {
                    let mut probes = Vec::new();
                    if let Some(zone) = zone {
                        probes.extend(self.once(place, zone, "SOA", ProbePurpose::Serial).await);
                        if let Some(label) = invented.then(invented_label).flatten() {
                            let name = below(&label, zone);
                            probes.extend(
                                self.once(place, &name, kind, ProbePurpose::Invented).await,
                            );
                        }
                    }
                    probes
                };
                let (mut probes, about_zone) = join(samples, about_zone).await;
                probes.extend(about_zone);
                probes
            }
            Manner::Authority { zone } => {
                let elsewhere = self.settings.subnets.iter().map(|network| {
                    let network = *network;
                    self.once(place, name, kind, ProbePurpose::Subnet { network })
                });
                let (samples, (serials, elsewhere)) = join(
                    self.samples(place, name, kind, ProbePurpose::Sample),
                    join(
                        self.samples(place, zone, "SOA", ProbePurpose::Serial),
                        join_all(elsewhere),
                    ),
                )
                .await;
                let elsewhere = elsewhere.into_iter().flatten();
                samples
                    .into_iter()
                    .chain(serials)
                    .chain(elsewhere)
                    .collect()
            }
            Manner::AuthorityAgain { zone } => {
                let (samples, serials) = join(
                    self.samples(place, name, kind, ProbePurpose::Sample),
                    self.samples(place, zone, "SOA", ProbePurpose::Serial),
                )
                .await;
                samples.into_iter().chain(serials).collect()
            }
        };
        ComparedServer {
            role: place.role,
            server: place.server.clone(),
            names: place.names.clone(),
            probes,
        }
    }

    async fn samples(
        &self,
        place: &Place,
        name: &str,
        kind: &str,
        purpose: ProbePurpose,
    ) -> Vec<CompareProbe> {
        let mut probes = Vec::new();
        for nth in 0..self.settings.samples {
            if nth > 0 {
                let pause = tokio::time::sleep(GAP);
                if self.run.stop.guard(pause).await.is_err() {
                    break;
                }
            }
            let asked = self.once(place, name, kind, purpose.clone()).await;
            let replied = asked.iter().any(|probe| probe.exchange.reply().is_some());
            probes.extend(asked);
            if !replied {
                // A server that was silent once would only hold everybody up.
                break;
            }
        }
        probes
    }

    /// One question; none where it cannot be put on the wire.
    async fn once(
        &self,
        place: &Place,
        name: &str,
        kind: &str,
        purpose: ProbePurpose,
    ) -> Vec<CompareProbe> {
        let Ok(query) = question(name, kind, "IN") else {
            return Vec::new();
        };
        let exchange = self.ask(place, &query, &purpose).await;
        vec![CompareProbe { purpose, exchange }]
    }

    async fn ask(&self, place: &Place, query: &Query, purpose: &ProbePurpose) -> DnsExchange {
        let recursion = place.role != CompareRole::Authority && *purpose != ProbePurpose::Cached;
        let subnet = match purpose {
            ProbePurpose::Subnet { network } => Some(*network),
            _ => None,
        };
        let asked = query_options(recursion, subnet);
        let options = exchange_options(self.run, &self.settings.tcp, &asked);
        one(&place.server, &place.endpoint, query, &options, self.run).await
    }
}

/// A label that nobody can have guessed.
fn invented_label() -> Option<String> {
    netwhy_dns::query::random_label().ok()
}

fn below(label: &str, zone: &str) -> String {
    match zone {
        "." => format!("{label}."),
        zone => format!("{label}.{zone}"),
    }
}
