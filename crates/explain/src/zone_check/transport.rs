//! TCP, and answers that no single packet holds.

use netwhy_report::dns::check::{CheckedAddress, Probe};
use netwhy_report::dns::{DnsExchange, DnsTransport};
use netwhy_report::plan::dns::SAFE_PAYLOAD;
use netwhy_report::{Failure, Outcome};

use crate::words;

/// Why TCP does not work at an address that answers over UDP; `None` where it does, or nothing can be told.
#[must_use]
pub fn tcp_trouble(address: &CheckedAddress) -> Option<String> {
    let over_udp = [Probe::Soa, Probe::Plain];
    let mut exchanges = over_udp.iter().filter_map(|probe| address.probe(probe));
    if !exchanges.any(|exchange| exchange.reply().is_some()) {
        return None;
    }
    failed(address.probe(&Probe::Tcp)?)
}

/// A failure that is the server's or the network's, in words.
fn failed(exchange: &DnsExchange) -> Option<String> {
    match &exchange.step.outcome {
        Outcome::Failed {
            failure:
                failure @ (Failure::TimedOut { .. }
                | Failure::Refused { .. }
                | Failure::Reset { .. }
                | Failure::Closed { .. }
                | Failure::Unreachable { icmp: Some(_), .. }),
        } => Some(words::failure(failure)),
        _ => None,
    }
}

/// Whether an answer was cut over UDP and then not had over TCP.
#[must_use]
pub fn lost_after_truncation(exchange: &DnsExchange) -> bool {
    let tcp_failed = exchange
        .tries
        .last()
        .is_some_and(|last| last.transport == DnsTransport::Tcp && last.step.failure().is_some());
    exchange.was_truncated() && tcp_failed && failed(exchange).is_some()
}

/// How an address sends answers larger than one packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Large {
    /// The zone has no such answer, or it was not asked for.
    None,
    /// They arrive: so many bytes in one datagram.
    Arrive(u32),
    /// The server cuts them to this size or less and sends the rest over TCP.
    Cut(u32),
    /// They vanish: the sizes advertised that got nothing, while smaller ones and TCP work.
    Vanish {
        /// The sizes, in bytes.
        silent: Vec<u16>,
        /// The largest size that got an answer.
        heard: u16,
        /// The size of the whole answer, over TCP.
        whole: u32,
    },
}

/// How large answers fare at an address.
#[must_use]
pub fn large(address: &CheckedAddress) -> Large {
    let mut silent = Vec::new();
    let mut heard = Vec::new();
    for probe in &address.probes {
        let Probe::Payload { bytes } = probe.probe else {
            continue;
        };
        match (probe.exchange.reply(), &probe.exchange.step.outcome) {
            (Some(reply), _) => heard.push((bytes, reply.size)),
            (
                None,
                Outcome::Failed {
                    failure: Failure::TimedOut { .. },
                },
            ) => silent.push(bytes),
            _ => {}
        }
    }
    let largest = heard.iter().map(|(_, size)| *size).max();
    let small = heard
        .iter()
        .map(|(bytes, _)| *bytes)
        .filter(|bytes| *bytes <= SAFE_PAYLOAD);
    let whole = address
        .probe(&Probe::PayloadTcp)
        .and_then(DnsExchange::reply);
    let above = silent.iter().all(|bytes| *bytes > SAFE_PAYLOAD);
    match (largest, small.max(), whole) {
        (Some(_), Some(_), Some(whole)) if !silent.is_empty() && above => Large::Vanish {
            heard: heard
                .iter()
                .map(|(bytes, _)| *bytes)
                .max()
                .unwrap_or_default(),
            whole: whole.size,
            silent,
        },
        (Some(largest), ..) if largest > u32::from(SAFE_PAYLOAD) => Large::Arrive(largest),
        (Some(largest), ..) => Large::Cut(largest),
        _ => Large::None,
    }
}
