//! The TTLs of addresses as authorities give them: whole, not what is left of them in a cache.

use std::net::SocketAddr;

use netwhy_report::Report;
use netwhy_report::dns::DnsExchange;

use crate::zone_check::{self, dig};

/// The TTL of a name's addresses.
pub(super) struct Ttl {
    pub(super) name: String,
    pub(super) record_type: String,
    /// In seconds.
    pub(super) ttl: u32,
    server: Option<SocketAddr>,
}

impl Ttl {
    pub(super) fn in_words(&self) -> String {
        format!("{} {}: TTL {} s", self.name, self.record_type, self.ttl)
    }
}

/// The TTLs of the addresses in a zone check and at the end of a walk, each name and type once.
pub(super) fn address_ttls(report: &Report) -> Vec<Ttl> {
    let check = zone_check::record(report);
    let apex = check.into_iter().flat_map(|record| record.addresses.iter());
    let apex = apex.flat_map(|address| {
        ["A", "AAAA"]
            .into_iter()
            .filter_map(|kind| address.apex(kind))
    });
    let samples = check.and_then(|record| record.samples.as_ref());
    let sampled = samples.into_iter().flat_map(|samples| &samples.repeated);
    let mut ttls: Vec<Ttl> = Vec::new();
    for exchange in apex.chain(sampled) {
        add(&mut ttls, exchange);
    }
    let walks = zone_check::walks(report).flat_map(|walk| &walk.answer);
    for one in walks.filter(|one| is_address(&one.record_type)) {
        keep(
            &mut ttls,
            Ttl {
                name: one.name.escaped(),
                record_type: one.record_type.clone(),
                ttl: one.ttl,
                server: None,
            },
        );
    }
    ttls
}

fn add(ttls: &mut Vec<Ttl>, exchange: &DnsExchange) {
    let reply = exchange.reply().filter(|reply| reply.flags.authoritative);
    let records = reply.iter().flat_map(|reply| &reply.answer);
    for one in records.filter(|one| is_address(&one.record_type)) {
        keep(
            ttls,
            Ttl {
                name: one.name.escaped(),
                record_type: one.record_type.clone(),
                ttl: one.ttl,
                server: exchange.address,
            },
        );
    }
}

fn keep(ttls: &mut Vec<Ttl>, new: Ttl) {
    let known = ttls
        .iter()
        .any(|one| one.name == new.name && one.record_type == new.record_type);
    if !known {
        ttls.push(new);
    }
}

fn is_address(record_type: &str) -> bool {
    matches!(record_type, "A" | "AAAA")
}

/// The command that shows it.
pub(super) fn confirm(ttl: &Ttl) -> String {
    match ttl.server {
        Some(server) => dig(server, &ttl.name, &ttl.record_type, "+norec"),
        None => format!(
            "dig +trace {} {}",
            crate::shell::quote(&ttl.name),
            ttl.record_type
        ),
    }
}
