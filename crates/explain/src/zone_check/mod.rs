//! What a zone check means, server by server: the judgements that findings and the picture share.
//!
//! # Layout
//!
//! | module | judges |
//! |---|---|
//! | [`delegation`] | the parent's list and glue against the zone's |
//! | [`authority`] | whether an address serves the zone |
//! | [`edns`] | how an address takes what RFC 8906 lists |
//! | [`transport`] | TCP, and answers larger than one packet |
//! | [`mail`] | MX, SPF, DMARC |
//! | [`serials`] | whether the servers have the same zone |
//! | [`balance`] | how the addresses of a name vary |
//! | [`lines`] | one line per check, by area |

pub mod authority;
pub mod balance;
pub mod delegation;
pub mod edns;
mod issuers;
pub mod lines;
pub mod mail;
pub mod serials;
pub mod transport;

use std::net::SocketAddr;

use netwhy_report::dns::check::{CheckRecord, CheckedAddress};
use netwhy_report::dns::trace::TraceRecord;
use netwhy_report::{Report, Section};

use crate::shell::quote;

pub(crate) use issuers::domains_of;

/// The zone check of a report, if it is one.
#[must_use]
pub fn record(report: &Report) -> Option<&CheckRecord> {
    report.layers.dns_check.as_ref().and_then(Section::record)
}

/// The walks of a report: to its name, and of a zone check to a name that does not exist.
pub(crate) fn walks(report: &Report) -> impl Iterator<Item = &TraceRecord> {
    let to_the_name = report.layers.dns_trace.as_ref().and_then(Section::record);
    let denial = record(report).and_then(|record| record.denial.as_deref());
    to_the_name.into_iter().chain(denial)
}

/// Whether this host's IPv6 leads anywhere: silence over IPv6 says nothing about a server where it does not.
#[must_use]
pub fn has_ipv6(record: &CheckRecord) -> bool {
    record
        .addresses
        .iter()
        .any(|address| address.address.is_ipv6() && address.replied())
}

/// The addresses whose silence would mean something.
pub fn reachable(record: &CheckRecord) -> impl Iterator<Item = &CheckedAddress> {
    let ipv6 = has_ipv6(record);
    record.addresses.iter().filter(move |address| {
        !address.unreachable && !address.probes.is_empty() && (ipv6 || address.address.is_ipv4())
    })
}

/// `dig` at an address.
pub(crate) fn dig(server: SocketAddr, name: &str, record_type: &str, options: &str) -> String {
    let port = match server.port() {
        53 => String::new(),
        port => format!(" -p {port}"),
    };
    format!(
        "dig @{}{port} {options} {} {record_type}",
        server.ip(),
        quote(name)
    )
}
