//! Words for evidence lines: servers, answers, moments, and the command that asks one server again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use netwhy_report::Untrusted;
use netwhy_report::dns::DnsTransport;
use netwhy_report::dns::compare::{AnswerSet, CompareRole, ComparedServer};

use super::View;
use crate::shell::quote;

/// Data shown of one set.
const SHOWN: usize = 6;

/// `192.0.2.53`, `ns1.shop.test (192.0.2.1)`; the port where it is not the usual one.
pub(crate) fn server(server: &ComparedServer) -> String {
    let display = server.server.display();
    if server.role == CompareRole::Authority && !server.names.is_empty() {
        let names: Vec<String> = server.names.iter().map(bare).collect();
        format!("{} ({display})", names.join(", "))
    } else {
        format!("resolver {display}")
    }
}

/// Several of them.
pub(crate) fn servers(views: &[View<'_>]) -> String {
    let named: Vec<String> = views.iter().map(|view| server(view.server)).collect();
    named.join(", ")
}

/// What is said, in a few words, escaped.
pub(crate) fn set(set: &AnswerSet) -> String {
    match set {
        AnswerSet::NoData => "no such record".to_owned(),
        AnswerSet::NameMissing => "no such name (NXDOMAIN)".to_owned(),
        AnswerSet::Records { record_type, data } => {
            let mut shown: Vec<String> = data.iter().take(SHOWN).map(Untrusted::escaped).collect();
            if data.len() > SHOWN {
                shown.push(format!("{} more", data.len() - SHOWN));
            }
            let list = shown.join(", ");
            match record_type.as_str() {
                "CNAME" => format!("an alias of {list}"),
                _ => list,
            }
        }
    }
}

/// Several of them.
pub(crate) fn sets(all: &[AnswerSet]) -> String {
    let said: Vec<String> = all.iter().map(set).collect();
    said.join("; or ")
}

/// The wall clock at an offset of the run: `2026-11-24 23:05:12Z`.
pub(crate) fn moment(started_at: Timestamp, offset: Duration) -> String {
    let offset = SignedDuration::try_from(offset).unwrap_or_default();
    let at = started_at.checked_add(offset).unwrap_or(started_at);
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// `dig` to one server, ready to paste.
pub(crate) fn dig(server: &ComparedServer, name: &Untrusted, record_type: &str) -> String {
    let place = server.server.address.map_or_else(
        || server.server.host.clone().unwrap_or_default(),
        |address| address.to_string(),
    );
    let port = match server.server.port {
        port if port == server.server.transport.default_port() => String::new(),
        port => format!(" -p {port}"),
    };
    let transport = match server.server.transport {
        DnsTransport::Udp => "",
        DnsTransport::Tcp => " +tcp",
        DnsTransport::Tls => " +tls",
        DnsTransport::Https | DnsTransport::H3 => " +https",
        DnsTransport::Quic => " +quic",
    };
    let recursion = match server.role {
        CompareRole::Authority => " +norec",
        CompareRole::System | CompareRole::Given => "",
    };
    format!(
        "dig @{}{port}{transport}{recursion} {} {}",
        quote(&place),
        quote(&bare(name)),
        quote(record_type)
    )
}

/// A name without its final dot.
pub(crate) fn bare(name: &Untrusted) -> String {
    let text = name.escaped();
    match text.strip_suffix('.') {
        Some(relative) if !relative.is_empty() => relative.to_owned(),
        _ => text,
    }
}
