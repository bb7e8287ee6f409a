//! Whether an address of a name server serves the zone, and what it does instead.

use netwhy_report::dns::check::{CheckRecord, CheckedAddress, Probe, is_below, speaks_for};
use netwhy_report::dns::message::DnsMessage;
use netwhy_report::dns::trace::TraceEnd;
use netwhy_report::dns::{DnsExchange, rcode};
use netwhy_report::{Failure, Outcome, Untrusted};

use crate::words;

/// Why an address is of no use to the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lame {
    /// In a few words.
    pub why: String,
    /// The server said so itself; silence may also be the network's.
    pub said: bool,
}

/// What is wrong with an address; `None` where it serves the zone, or nothing can be told.
#[must_use]
pub fn lame(record: &CheckRecord, address: &CheckedAddress) -> Option<Lame> {
    if address.serves(&record.zone) {
        return None;
    }
    let probes = [Probe::Soa, Probe::Plain, Probe::Tcp];
    let asked: Vec<&DnsExchange> = probes
        .iter()
        .filter_map(|probe| address.probe(probe))
        .collect();
    let told = asked.iter().find_map(|exchange| exchange.reply());
    if let Some(message) = told {
        return Some(Lame {
            why: said(message, &record.zone),
            said: true,
        });
    }
    match &asked.first()?.step.outcome {
        // No route from here, or our own limits: nothing about the server.
        Outcome::Failed {
            failure:
                Failure::Unreachable { icmp: None, .. }
                | Failure::PortsExhausted
                | Failure::DescriptorsExhausted
                | Failure::System { .. },
        } => None,
        Outcome::Failed { failure } => Some(Lame {
            why: words::failure(failure),
            said: false,
        }),
        _ => None,
    }
}

fn said(message: &DnsMessage, zone: &Untrusted) -> String {
    if message.rcode != rcode::NOERROR {
        return message.rcode_name.clone();
    }
    let referred = message
        .authority
        .iter()
        .find(|record| record.record_type == "NS");
    match referred {
        Some(ns) if message.answer.is_empty() && !is_below(&ns.name, zone) => {
            format!("refers upwards, to {}", ns.name.escaped())
        }
        _ if !message.flags.authoritative => "answers without authority (no aa flag)".to_owned(),
        _ if speaks_for(message, zone) => String::new(),
        _ => "has no SOA record of the zone".to_owned(),
    }
}

/// How a walk that found no zone ended.
pub(crate) fn end(end: &TraceEnd) -> String {
    match end {
        TraceEnd::NameError { .. } => "the name does not exist".to_owned(),
        TraceEnd::NoData { .. } => "the name belongs to no zone below the root".to_owned(),
        TraceEnd::Lame { zone } => format!("no server of {} serves it", zone.escaped()),
        TraceEnd::Silent { zone } => format!("no server of {} answers", zone.escaped()),
        TraceEnd::Unreachable { zone } => format!(
            "this host has no route to the servers of {}",
            zone.escaped()
        ),
        TraceEnd::NoAddress { zone } => format!("no server of {} has an address", zone.escaped()),
        TraceEnd::AliasLoop { .. } | TraceEnd::AliasesTooMany { .. } => {
            "its name is an alias that leads nowhere".to_owned()
        }
        TraceEnd::TooDeep { limit } => format!("more than {limit} zone cuts lie above it"),
        TraceEnd::QueriesSpent { limit } => format!("the walk gave up after {limit} questions"),
        TraceEnd::Stopped { .. } => "the run ended first".to_owned(),
        TraceEnd::Answer => "its servers were not found".to_owned(),
    }
}

/// Whether a server resolves names of strangers.
#[must_use]
pub fn recurses(address: &CheckedAddress) -> bool {
    let reply = address
        .probe(&Probe::Recursion)
        .and_then(|exchange| exchange.reply());
    reply.is_some_and(|reply| {
        reply.flags.recursion_available && reply.rcode == rcode::NOERROR && !reply.answer.is_empty()
    })
}
