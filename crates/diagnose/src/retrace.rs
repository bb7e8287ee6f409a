//! Where resolvers fail or disagree: the walk from the root that tells whether the zone or the resolver is at fault.

use std::time::Duration;

use netwhy_dns::query::question;
use netwhy_report::dns::{DnsRecord, TraceRecord, rcode};
use netwhy_report::plan::Family;
use netwhy_report::{Budgets, Section, SkipReason};

use crate::names::trace::{Start, Walk};
use crate::walk::Session;

/// How long a diagnosis waits for the walk: enough for a zone with dead servers, short where the root servers are out of reach.
const PATIENCE: Duration = Duration::from_secs(6);

/// Walks to the name of `dns` where its answers leave a question open; `None` where they do not.
pub(crate) async fn retrace(
    session: &Session<'_>,
    start: Option<&Start>,
    dns: &Section<DnsRecord>,
) -> Option<Section<TraceRecord>> {
    let record = dns.record().filter(|record| is_open(record))?;
    let (start, options) = start.zip(session.plan.trace.as_ref())?;
    if let Some(reason) = session.stop.reason() {
        return Some(Section::Skipped { reason });
    }
    let record_type = match session.plan.tcp.family {
        Some(Family::Ipv6) => "AAAA",
        _ => "A",
    };
    let query = question(&format!("{}.", record.name), record_type, "IN").ok()?;
    let limits = Budgets::for_trace();
    let budgets = Budgets {
        dns_timeout: session.budgets().dns_timeout.min(limits.dns_timeout),
        dns_tries: limits.dns_tries,
        ..session.budgets().clone()
    };
    let stopped = Box::pin(async {
        tokio::select! {
            reason = session.stop.stopped() => reason,
            () = tokio::time::sleep(PATIENCE) => SkipReason::DeadlineReached,
        }
    });
    let walk = Walk {
        start,
        options,
        tcp: &session.plan.tcp,
        tls: &session.plan.tls,
        budgets: &budgets,
    };
    let record = walk.to(&query, session.run, stopped).await;
    Some(if record.left_the_root() {
        Section::Measured { record }
    } else {
        let reason = session.stop.reason().unwrap_or(SkipReason::OutOfReach);
        Section::Skipped { reason }
    })
}

/// Whether resolvers gave no address, or one failed where another did not. What the hosts file says is not in question.
fn is_open(record: &DnsRecord) -> bool {
    if record.from_hosts() {
        return false;
    }
    let failed = |code: u16| matches!(code, rcode::SERVFAIL | rcode::NXDOMAIN);
    record.resolution.failure().is_some()
        || record.answers().any(|(_, answer)| failed(answer.rcode))
}
