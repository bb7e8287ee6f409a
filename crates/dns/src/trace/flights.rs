//! Questions under way: each is a task of its own, so that a slow server never holds up the walk.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_proto::op::Query;
use netwhy_report::dns::trace::Asking;
use netwhy_report::{SkipReason, Timeline};
use tokio::task::JoinSet;

use super::said::Reading;
use super::{Stopped, TraceSettings};
use crate::exchange::{Exchange, ExchangeOptions, exchange};

/// How long a server is given in all before it counts as silent, when the walk no longer waits for it.
pub(super) const PATIENCE: Duration = Duration::from_millis(1200);

/// One question to one address.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) server: usize,
    pub(super) address: SocketAddr,
    pub(super) asking: Asking,
    pub(super) query: Query,
    pub(super) started: Instant,
    /// How it went; `None` while it is under way.
    pub(super) exchange: Option<Exchange>,
    /// What its reply means.
    pub(super) reading: Option<Reading>,
}

impl Flight {
    /// Whether its reply is of use to the walk.
    pub(super) fn is_useful(&self) -> bool {
        self.reading
            .as_ref()
            .is_some_and(|reading| reading.said().is_useful())
    }
}

/// The step and the place in it that a flight belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) step: usize,
    pub(super) place: usize,
}

/// What ended a wait.
#[derive(Debug)]
pub(super) enum Arrival {
    Landed(Ticket, Box<Exchange>),
    /// The time given has passed.
    Late,
    /// Nothing is under way.
    Idle,
    /// The run ends.
    Stopped,
}

/// Everything under way, and what ends it.
pub(super) struct Flights<'run> {
    tasks: JoinSet<(Ticket, Exchange)>,
    options: ExchangeOptions,
    timeline: Timeline,
    stop: Stopped<'run>,
    pub(super) stopped: Option<SkipReason>,
    pub(super) sent: u32,
    limit: u32,
}

impl<'run> Flights<'run> {
    pub(super) fn new(settings: &TraceSettings, timeline: Timeline, stop: Stopped<'run>) -> Self {
        let mut options = settings.exchange.clone();
        options.query.recursion_desired = false;
        options.query.authentic_data = false;
        if let Some(edns) = options.query.edns.as_mut() {
            edns.dnssec_ok = settings.dnssec;
        }
        Self {
            tasks: JoinSet::new(),
            options,
            timeline,
            stop,
            stopped: None,
            sent: 0,
            limit: settings.limits.queries,
        }
    }

    /// Whether no further query may be sent.
    pub(super) fn spent(&self) -> bool {
        self.sent >= self.limit
    }

    /// Sends a question, unless the limit is reached.
    pub(super) fn launch(&mut self, ticket: Ticket, query: &Query, address: SocketAddr) -> bool {
        if self.spent() || self.stopped.is_some() {
            return false;
        }
        self.sent += 1;
        let (query, options, timeline) = (query.clone(), self.options.clone(), self.timeline);
        self.tasks.spawn(async move {
            (
                ticket,
                exchange(&query, &address.into(), &options, &timeline).await,
            )
        });
        true
    }

    /// The next thing that happens.
    pub(super) async fn arrival(&mut self, until: Option<Instant>) -> Arrival {
        if self.stopped.is_some() {
            return Arrival::Stopped;
        }
        let late = async {
            match until {
                Some(until) => tokio::time::sleep_until(until.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            landed = self.tasks.join_next() => match landed {
                Some(Ok((ticket, exchange))) => Arrival::Landed(ticket, Box::new(exchange)),
                Some(Err(_)) => Arrival::Late,
                None => Arrival::Idle,
            },
            reason = &mut self.stop => {
                self.stopped = Some(reason);
                Arrival::Stopped
            }
            () = late => Arrival::Late,
        }
    }
}
