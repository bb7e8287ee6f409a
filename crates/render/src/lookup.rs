//! A lookup without the picture: in dig's layout, or the data alone.

use netwhy_report::dns::{DnsExchange, DnsTransport};
use netwhy_report::{Failure, Outcome, Report};

use crate::dig::{DigFacts, dig, dig_short};
use crate::words;

/// Every answer of a lookup in the layout of dig, one after the other.
#[must_use]
pub fn lookup_like_dig(report: &Report) -> String {
    let mut out = String::new();
    for exchange in exchanges(report) {
        match &exchange.step.outcome {
            Outcome::Completed { value } => out.push_str(&dig(value, &facts(report, exchange))),
            Outcome::Failed { failure } => out.push_str(&complaint(exchange, failure)),
            Outcome::Skipped { .. } => {}
        }
    }
    out
}

/// The data of every answer of a lookup, one record per line; what failed is a line that begins with `;`.
#[must_use]
pub fn lookup_short(report: &Report) -> String {
    let mut out = String::new();
    for exchange in exchanges(report) {
        match &exchange.step.outcome {
            Outcome::Completed { value } => out.push_str(&dig_short(value)),
            Outcome::Failed { failure } => out.push_str(&complaint(exchange, failure)),
            Outcome::Skipped { .. } => {}
        }
    }
    out
}

fn exchanges(report: &Report) -> &[DnsExchange] {
    let lookup = report.layers.dns_lookup.as_ref();
    lookup.map_or(&[], |record| &record.exchanges)
}

fn facts(report: &Report, exchange: &DnsExchange) -> DigFacts {
    let last = exchange.tries.iter().rev();
    let transport = last
        .filter(|one| one.step.value().is_some())
        .map(|one| one.transport)
        .next();
    DigFacts {
        heading: None,
        server: format!("{}({})", hash_port(exchange), named(exchange)),
        transport: transport.unwrap_or(DnsTransport::Udp).name().to_owned(),
        client_cookie: None,
        query_time: exchange.step.duration.unwrap_or_default(),
        when: report.started_at,
    }
}

/// `192.0.2.53#53`.
fn hash_port(exchange: &DnsExchange) -> String {
    match exchange.address {
        Some(address) => format!("{}#{}", address.ip(), address.port()),
        None => exchange.server.display(),
    }
}

fn named(exchange: &DnsExchange) -> String {
    let server = &exchange.server;
    match (&server.host, exchange.address) {
        (Some(host), _) => host.clone(),
        (None, Some(address)) => address.ip().to_string(),
        (None, None) => server.display(),
    }
}

fn complaint(exchange: &DnsExchange, failure: &Failure) -> String {
    format!(
        ";; communications error to {}: {}\n",
        hash_port(exchange),
        words::failure(failure, false)
    )
}
