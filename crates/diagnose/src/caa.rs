//! Who may issue for the target: CAA at its name and at each above ([RFC 8659 §3](https://www.rfc-editor.org/rfc/rfc8659#section-3)),
//! asked beside the handshake.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use netwhy_dns::query::question;
use netwhy_dns::record::record;
use netwhy_dns::{ExchangeOptions, exchange};
use netwhy_report::Untrusted;
use netwhy_report::dns::check::CaaRecord;
use netwhy_report::dns::{DnsExchange, DnsServer};
use netwhy_report::plan::DnsQueryOptions;

use crate::walk::Session;

/// How long a diagnosis waits: the answer is worth a notice, no more.
const PATIENCE: Duration = Duration::from_millis(500);
/// Names asked: a climb from deeper down is not worth the queries.
const NAMES: usize = 6;

/// The climb from `host`; `None` where nobody answered in time, or the host is no name.
pub(crate) async fn caa(session: &Session<'_>, host: &str) -> Option<CaaRecord> {
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let name = format!("{host}.");
    let server = *session.servers().first()?;
    let asked = upwards(&name)
        .take(NAMES)
        .map(|name| one(session, server, name));
    let told = tokio::time::timeout(PATIENCE, session.stop.guard(join_all(asked))).await;
    let mut climb: Vec<DnsExchange> = told.ok()?.ok()?.into_iter().collect::<Option<_>>()?;
    // All are asked at once to save time; what lies above the first set does not count.
    let has_records = |exchange: &DnsExchange| {
        let answer = exchange.reply().into_iter().flat_map(|reply| &reply.answer);
        answer.into_iter().any(|one| one.record_type == "CAA")
    };
    if let Some(first) = climb.iter().position(has_records) {
        climb.truncate(first + 1);
    }
    Some(CaaRecord {
        name: Untrusted::from(name.as_str()),
        climb,
    })
}

async fn one(
    session: &Session<'_>,
    server: std::net::SocketAddr,
    name: &str,
) -> Option<DnsExchange> {
    let query = question(name, "CAA", "IN").ok()?;
    let options = ExchangeOptions {
        timeout: PATIENCE,
        tries: 1,
        source: session.plan.tcp.source,
        query: DnsQueryOptions::default(),
        plain_after_rejection: true,
    };
    let ended = exchange(&query, &server.into(), &options, &session.timeline).await;
    Some(record(ended, DnsServer::plain(server), server, &query))
}

/// A name and those above it, the root left out.
pub(crate) fn upwards(name: &str) -> impl Iterator<Item = &str> {
    let names = std::iter::successors(Some(name), |name| above(name));
    names.filter(|name| !name.is_empty() && *name != ".")
}

fn above(name: &str) -> Option<&str> {
    let mut escaped = false;
    let dot = name.bytes().position(|byte| {
        let is_dot = byte == b'.' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_dot
    })?;
    Some(&name[dot + 1..]).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_climb_ends_below_the_root() {
        let names: Vec<_> = upwards("www.shop.test.").collect();
        assert_eq!(names, ["www.shop.test.", "shop.test.", "test."]);
        let names: Vec<_> = upwards("a\\.b.test.").collect();
        assert_eq!(names, ["a\\.b.test.", "test."]);
        assert_eq!(upwards(".").count(), 0);
    }
}
