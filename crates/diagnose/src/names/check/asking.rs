//! How a check asks: every question within one budget, few at a time, and within the run's time.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use netwhy_dns::query::question;
use netwhy_dns::{Carrier, Endpoint, ExchangeOptions};
use netwhy_report::dns::trace::TraceRecord;
use netwhy_report::dns::{DnsExchange, DnsServer, DnsTransport};
use netwhy_report::plan::{DnsCheckPlan, DnsQueryOptions, EdnsRequest};
use netwhy_report::{Budgets, Layer, Limit, LimitHit, SkipReason, Untrusted};
use tokio::sync::Semaphore;

use crate::DiagnoseError;
use crate::names::one;
use crate::names::trace::{Start, Walk};
use crate::run::Run;

/// Questions under way at once.
const ABREAST: usize = 48;
/// The most that one walk of a check may spend.
const PER_WALK: u32 = 80;

/// Asks for a check.
pub(super) struct Asker<'run> {
    pub(super) plan: &'run DnsCheckPlan,
    pub(super) run: &'run Run<'run>,
    pub(super) start: &'run Start,
    sent: AtomicU32,
    slots: Semaphore,
}

/// One way to put a question.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) transport: DnsTransport,
    pub(super) query: DnsQueryOptions,
}

impl Manner {
    /// As one asks an authority: not recursive, with EDNS.
    pub(super) fn authority() -> Self {
        Self::with(Some(EdnsRequest::default()))
    }

    /// The same with this OPT record, or none.
    pub(super) fn with(edns: Option<EdnsRequest>) -> Self {
        Self {
            transport: DnsTransport::Udp,
            query: DnsQueryOptions {
                recursion_desired: false,
                authentic_data: false,
                edns,
                ..DnsQueryOptions::default()
            },
        }
    }

    /// As one asks a resolver.
    pub(super) fn resolver() -> Self {
        Self {
            transport: DnsTransport::Udp,
            query: DnsQueryOptions::default(),
        }
    }
}

impl<'run> Asker<'run> {
    pub(super) fn new(plan: &'run DnsCheckPlan, start: &'run Start, run: &'run Run<'run>) -> Self {
        Self {
            plan,
            run,
            start,
            sent: AtomicU32::new(0),
            slots: Semaphore::new(ABREAST),
        }
    }

    /// Questions asked so far.
    pub(super) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether so many questions are left.
    pub(super) fn can_afford(&self, questions: usize) -> bool {
        let left = self.plan.budgets.check_queries.saturating_sub(self.sent());
        u32::try_from(questions).is_ok_and(|questions| questions <= left)
    }

    /// Counts questions that others asked for the check.
    pub(super) fn spent(&self, questions: usize) {
        let questions = u32::try_from(questions).unwrap_or(u32::MAX);
        self.sent.fetch_add(questions, Ordering::Relaxed);
    }

    /// Takes one question from the budget; `false` where there is none left.
    fn spend(&self) -> bool {
        let limit = self.plan.budgets.check_queries;
        let more = |sent: u32| (sent < limit).then_some(sent + 1);
        let taken = self
            .sent
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        if taken.is_err() {
            self.run.hit(LimitHit {
                limit: Limit::CheckQueries,
                layer: Layer::Dns,
                value: format!("{limit} questions"),
            });
        }
        taken.is_ok()
    }

    /// One question to one server; `None` where the budget is spent or the name cannot be asked for.
    pub(super) async fn ask(
        &self,
        server: SocketAddr,
        name: &Untrusted,
        record_type: &str,
        manner: Manner,
    ) -> Option<DnsExchange> {
        let query = question(name.raw_text()?, record_type, "IN").ok()?;
        let _slot = self.slots.acquire().await.ok()?;
        if !self.spend() {
            return None;
        }
        let budgets = &self.plan.budgets;
        let options = ExchangeOptions {
            timeout: budgets.dns_timeout,
            tries: budgets.dns_tries,
            source: self.plan.tcp.source,
            query: manner.query,
            plain_after_rejection: false,
        };
        let carrier = match manner.transport {
            DnsTransport::Tcp => Carrier::Tcp,
            _ => Carrier::Udp,
        };
        let endpoint = Endpoint {
            address: server,
            carrier,
        };
        let told = DnsServer {
            transport: manner.transport,
            ..DnsServer::plain(server)
        };
        Some(one(&told, &endpoint, &query, &options, self.run).await)
    }

    /// A walk from the root, within the budget.
    ///
    /// # Errors
    /// [`DiagnoseError::Question`] where the name cannot be asked for.
    pub(super) async fn walk(
        &self,
        name: &Untrusted,
        record_type: &str,
    ) -> Result<TraceRecord, DiagnoseError> {
        let query = question(&name.escaped(), record_type, "IN")?;
        let left = self.plan.budgets.check_queries.saturating_sub(self.sent());
        let budgets = Budgets {
            trace_queries: left.min(PER_WALK),
            ..self.plan.budgets.clone()
        };
        let walk = Walk {
            start: self.start,
            options: &self.plan.trace,
            tcp: &self.plan.tcp,
            tls: &self.plan.tls,
            budgets: &budgets,
        };
        let stopped = Box::pin(self.run.stop.stopped());
        let record = walk.to(&query, self.run, stopped).await;
        self.sent.fetch_add(record.queries, Ordering::Relaxed);
        Ok(record)
    }

    /// Waits, unless the run ends first.
    pub(super) async fn pause(&self, pause: Duration) -> Result<(), SkipReason> {
        self.run.stop.guard(tokio::time::sleep(pause)).await
    }
}

/// A label below `zone` that nobody can have made.
pub(super) fn random_below(zone: &Untrusted) -> Option<Untrusted> {
    use std::hash::{BuildHasher as _, RandomState};
    let label = RandomState::new().hash_one(Instant::now());
    let zone = match zone.raw_text()? {
        "." => "",
        zone => zone,
    };
    Some(Untrusted::from(
        format!("netwhy-{label:016x}.{zone}").as_str(),
    ))
}
