//! The order of it all: one layer feeds the next, independent work runs side by side, and what fails does not stop
//! what can still teach something.

use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use netwhy_dns::{AskOptions, ExchangeOptions, ResolveOptions, read_hosts, start};
use netwhy_report::client::{ClientRecord, HostsEntry};
use netwhy_report::failure::PlainProtocol;
use netwhy_report::plan::DnsQueryOptions;
use netwhy_report::report::Layers;
use netwhy_report::target::Scheme;
use netwhy_report::tls::TlsRecord;
use netwhy_report::{Budgets, DiagnosePlan, Failure, Layer, Section, SkipReason};
use netwhy_tcp::{ConnectOptions, InfoHandle};
use netwhy_tls::TrustStores;
use tokio::sync::OnceCell;

use crate::caa::caa;
use crate::client::{LagMeter, observe};
use crate::doubt;
use crate::hops::{Opened, follow};
use crate::intermediates::complete;
use crate::names::rewriting;
use crate::names::trace::Start;
use crate::reach::Reach;
use crate::retrace::retrace;
use crate::run::Run;
use crate::secure::{Secured, secure};
use crate::{DiagnoseError, Event};

/// What every part of one diagnosis shares.
pub(crate) struct Session<'run> {
    pub(crate) run: &'run Run<'run>,
    pub(crate) plan: &'run DiagnosePlan,
    client: ClientRecord,
    stores: Arc<OnceCell<Arc<TrustStores>>>,
    /// Where a walk from the root would begin; `None` where the plan wants none.
    pub(crate) retrace: Option<Start>,
}

impl<'run> Deref for Session<'run> {
    type Target = Run<'run>;

    fn deref(&self) -> &Run<'run> {
        self.run
    }
}

impl Session<'_> {
    pub(crate) fn budgets(&self) -> &Budgets {
        self.run.budgets
    }

    pub(crate) fn client(&self) -> &ClientRecord {
        &self.client
    }

    /// The DNS servers of this run: the plan's, else the configured ones.
    pub(crate) fn servers(&self) -> &[SocketAddr] {
        match &self.client.resolv_conf {
            Some(resolv) => &resolv.servers,
            None => &self.plan.dns.servers,
        }
    }

    pub(crate) fn hosts_entries(&self, name: &str) -> Vec<HostsEntry> {
        if name == self.plan.target.host.ascii() {
            self.client
                .hosts
                .as_ref()
                .map(|hosts| hosts.entries.clone())
                .unwrap_or_default()
        } else {
            read_hosts(&self.plan.dns.hosts, name).entries
        }
    }

    /// How a diagnosis asks for addresses.
    pub(crate) fn resolve_options(&self, tries: u32) -> ResolveOptions {
        let budgets = self.budgets();
        ResolveOptions {
            ask: AskOptions {
                exchange: ExchangeOptions {
                    timeout: budgets.dns_timeout,
                    tries,
                    source: self.plan.tcp.source,
                    query: DnsQueryOptions::default(),
                    plain_after_rejection: true,
                },
                cname_links: budgets.cname_links,
                field_bytes: budgets.field_bytes,
            },
            addresses: budgets.addresses,
        }
    }

    /// The addresses of a side fetch's host, through the same servers.
    pub(crate) async fn addresses_of(&self, host: &str) -> Vec<IpAddr> {
        if let Ok(address) = host.parse() {
            return vec![address];
        }
        let options = self.resolve_options(1);
        let step = start(host, self.servers(), None, &options, &self.timeline)
            .first_addresses()
            .await;
        step.value()
            .into_iter()
            .flatten()
            .map(|resolved| resolved.address)
            .collect()
    }

    pub(crate) async fn stores(&self) -> Arc<TrustStores> {
        Arc::clone(self.stores.get_or_init(load_default_stores).await)
    }

    /// The time that certificates are judged for.
    pub(crate) fn judged_at(&self) -> Timestamp {
        self.plan.tls.at.unwrap_or(self.run.started_at)
    }
}

async fn load_default_stores() -> Arc<TrustStores> {
    // Parsing a few hundred roots must not hold up the event loop while it times packets.
    let loaded = tokio::task::spawn_blocking(|| TrustStores::load(None)).await;
    Arc::new(
        loaded
            .ok()
            .and_then(Result::ok)
            .unwrap_or_else(TrustStores::mozilla),
    )
}

/// Walks the layers.
pub(crate) async fn walk(plan: &DiagnosePlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let stores = Arc::new(OnceCell::new());
    if let Some(path) = &plan.tls.roots {
        let custom = TrustStores::load(Some(path)).map_err(|error| DiagnoseError::Roots {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        stores.set(Arc::new(custom)).ok();
    } else if plan.target.scheme != Scheme::Http {
        let warm = Arc::clone(&stores);
        tokio::spawn(async move { warm.get_or_init(load_default_stores).await.roots() });
    }
    let lag = LagMeter::start();
    let session = Session {
        run,
        plan,
        client: observe(plan),
        stores,
        retrace: plan.trace.as_ref().map(Start::read).transpose()?,
    };
    tracing::debug!(servers = ?session.servers(), "configuration read");
    let mut layers = layers(&session).await;
    let mut client = session.client;
    client.event_loop = lag.finish();
    layers.client = Some(client);
    Ok(layers)
}

async fn layers(session: &Session<'_>) -> Layers {
    let target = &session.plan.target;
    let host = target.host.ascii();
    let mut reach = Reach::start(
        session,
        host,
        target.port,
        target.host.address(),
        &session.plan.tcp.addresses,
    )
    .await;
    let mut layers = Layers::default();
    let unreached = unreached(session, &reach);
    let connection = reach.stream.take().zip(reach.peer());
    let background = async {
        let reached = reach.finish(session).await;
        let retraced = retrace(session, session.retrace.as_ref(), &reached.dns);
        let compared = doubt::compare(session, &reached.dns, &reached.tcp);
        let (traced, compared) = tokio::join!(retraced, compared);
        (reached, traced, compared)
    };
    let upper = async {
        match connection {
            Some((stream, peer)) => upper_layers(session, stream, peer, host).await,
            None => {
                let tls = if target.scheme == Scheme::Http {
                    SkipReason::NotNeeded
                } else {
                    unreached.clone()
                };
                (
                    Section::Skipped { reason: tls },
                    Section::Skipped { reason: unreached },
                )
            }
        }
    };
    let issuers = async {
        match target.scheme {
            Scheme::Http => None,
            _ => caa(session, host).await,
        }
    };
    let ((reached, traced, compared), (tls, http), caa) = tokio::join!(background, upper, issuers);
    layers.dns = Some(reached.dns);
    layers.dns_trace = traced;
    layers.dns_compare = compared;
    layers.tcp = Some(reached.tcp);
    layers.dns_caa = caa.filter(|_| tls.record().is_some_and(|tls| !tls.chain.is_empty()));
    layers.tls = Some(tls);
    layers.http = Some(http);
    layers.dns_rewriting = rewriting::of_diagnosis(session, &layers).await;
    layers
}

/// Why TLS and HTTP cannot be probed when no connection was made.
fn unreached(session: &Session<'_>, reach: &Reach) -> SkipReason {
    let layer = if reach.has_addresses() {
        Layer::Tcp
    } else {
        Layer::Dns
    };
    session
        .stop
        .reason()
        .unwrap_or(SkipReason::DependencyFailed { layer })
}

type Upper = (Section<TlsRecord>, Section<netwhy_report::http::HttpRecord>);

async fn upper_layers(
    session: &Session<'_>,
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    host: &str,
) -> Upper {
    let info = InfoHandle::new(&stream).ok();
    let scheme = session.plan.target.scheme;
    if scheme == Scheme::Http {
        let opened = Opened {
            wire: Box::new(stream),
            http2: false,
            verified: None,
            peer,
            info,
        };
        let record = follow(session, opened, Scheme::Http).await;
        return (
            Section::Skipped {
                reason: SkipReason::NotNeeded,
            },
            Section::Measured { record },
        );
    }
    session.observer.event(&Event::Began {
        layer: Layer::Tls,
        host,
    });
    let budget = session.budgets().handshake_timeout;
    let timeout = if scheme == Scheme::Probe {
        budget.min(PROBE_PATIENCE)
    } else {
        budget
    };
    let mut secured = secure(session, stream, peer, host, timeout).await;
    session.observer.event(&Event::Ended { layer: Layer::Tls });
    match secured.stream.take() {
        Some(stream) => over_tls(session, secured, Box::new(stream), info, host).await,
        None if scheme == Scheme::Probe => in_clear(session, &secured, peer).await,
        None => {
            let reason = session
                .stop
                .reason()
                .unwrap_or(SkipReason::DependencyFailed { layer: Layer::Tls });
            (
                Section::Measured {
                    record: secured.record,
                },
                Section::Skipped { reason },
            )
        }
    }
}

/// How long a port of unknown purpose may stay silent before HTTP in clear is tried.
const PROBE_PATIENCE: Duration = Duration::from_secs(3);

async fn over_tls(
    session: &Session<'_>,
    mut secured: Secured,
    wire: Box<dyn crate::hops::Wire>,
    info: Option<InfoHandle>,
    host: &str,
) -> Upper {
    let opened = Opened {
        wire,
        http2: secured.speaks_http2(),
        verified: Some(secured.verified()),
        peer: secured.record.peer,
        info,
    };
    let (record, judgement) = tokio::join!(
        follow(session, opened, Scheme::Https),
        complete(session, &secured, host)
    );
    secured.record.judgement = judgement.or(secured.record.judgement);
    (
        Section::Measured {
            record: secured.record,
        },
        Section::Measured { record },
    )
}

/// A port that does not tell: no TLS, so HTTP in clear is tried, unless its first bytes already say what it is.
async fn in_clear(session: &Session<'_>, secured: &Secured, peer: SocketAddr) -> Upper {
    let not_spoken = || SkipReason::NotSpoken;
    let tls = Section::Skipped {
        reason: session.stop.reason().unwrap_or_else(not_spoken),
    };
    let greeted = matches!(secured.record.handshake.failure(), Some(Failure::NotTls { protocol, .. }) if *protocol != PlainProtocol::Http);
    let options = ConnectOptions {
        timeout: session.budgets().connect_timeout,
        source: session.plan.tcp.source,
    };
    let connect = netwhy_tcp::connect(peer, &options, &session.timeline);
    let (false, Ok((_, Some(stream)))) = (greeted, session.stop.guard(connect).await) else {
        return (
            tls,
            Section::Skipped {
                reason: session.stop.reason().unwrap_or_else(not_spoken),
            },
        );
    };
    tracing::info!(%peer, "no TLS: trying HTTP in clear");
    let info = InfoHandle::new(&stream).ok();
    let record = follow(
        session,
        Opened {
            wire: Box::new(stream),
            http2: false,
            verified: None,
            peer,
            info,
        },
        Scheme::Http,
    )
    .await;
    let spoken = record
        .hops
        .first()
        .is_some_and(|hop| hop.exchange.head.is_some());
    let http = if spoken {
        Section::Measured { record }
    } else {
        Section::Skipped {
            reason: not_spoken(),
        }
    };
    (tls, http)
}
