//! What the findings about a walk from the root share: the record, its faults, and the commands that prove them.

use netwhy_report::dns::TraceRecord;
use netwhy_report::dns::proof::{ProofReason, Security};
use netwhy_report::dns::trace::{Asking, TraceExchange, TraceServer, TraceStep};
use netwhy_report::{Plan, Report, Section, Untrusted};

use crate::finding::Severity;
use crate::proof;
use crate::shell::quote;
use crate::zone_check;

/// The walk, if there was one and a root server was of use.
pub(super) fn walk(report: &Report) -> Option<&TraceRecord> {
    let record = report.layers.dns_trace.as_ref().and_then(Section::record)?;
    record.left_the_root().then_some(record)
}

/// A diagnosis walks to its target's name alone.
pub(super) fn hop(report: &Report) -> Option<usize> {
    report.target().map(|_| 0)
}

/// What DNSSEC holds against a walk.
pub(super) struct Fault<'run> {
    pub(super) record: &'run TraceRecord,
    pub(super) reason: &'run ProofReason,
    /// The zone at fault.
    pub(super) zone: String,
    /// One server alone serves it so.
    pub(super) server: Option<String>,
}

/// The first fault of the chain; else of one server's reply, where another's is sound.
pub(super) fn fault(report: &Report) -> Option<Fault<'_>> {
    zone_check::walks(report)
        .filter(|record| record.left_the_root())
        .find_map(fault_of)
}

fn fault_of(record: &TraceRecord) -> Option<Fault<'_>> {
    if record.is_bogus() {
        let zone = record.security.as_ref()?.zone.as_ref()?;
        return Some(Fault {
            record,
            reason: record.reason()?,
            zone: zone.escaped(),
            server: None,
        });
    }
    record.steps.iter().find_map(|step| {
        let (server, exchange, proof) = step.exchanges.iter().find_map(|exchange| {
            let proof = exchange.proof.as_deref()?;
            let bogus = exchange.asking == Asking::Question && proof.security == Security::Bogus;
            Some((step.servers.get(exchange.server)?, exchange, proof)).filter(|_| bogus)
        })?;
        Some(Fault {
            record,
            reason: proof::decisive(proof)?,
            zone: step.zone.escaped(),
            server: Some(place(server, exchange)),
        })
    })
}

impl Fault<'_> {
    /// Every validating client is cut off, or those that happen to ask one server.
    pub(super) fn severity(&self) -> Severity {
        match self.server {
            None => Severity::Error,
            Some(_) => Severity::Warning,
        }
    }

    /// The reason, and how far down the chain held.
    pub(super) fn facts(&self, report: &Report) -> Vec<String> {
        let mut facts = vec![proof::in_words(self.reason, judged_at(report))];
        if let Some(server) = &self.server {
            facts.push(format!(
                "served by {server}; another server's reply is sound"
            ));
        }
        let secure = self.record.steps.iter().rev().find(|step| {
            let proof = step.proof.as_ref();
            step.zone.escaped() != self.zone
                && proof.is_some_and(|proof| proof.security == Security::Secure)
        });
        if let Some(step) = secure {
            facts.push(format!("the chain holds down to {}", step.zone.escaped()));
        }
        facts
    }

    /// The question at the zone's own server with checking off, then the whole chain.
    pub(super) fn confirm(&self, report: &Report) -> Vec<String> {
        let asked = self
            .record
            .steps
            .iter()
            .rev()
            .find(|step| step.zone.escaped() == self.zone);
        let direct = asked.and_then(|step| {
            let exchange = step.followed()?;
            let options = "+norec +dnssec +cd +multiline";
            Some(dig(
                exchange,
                &step.name.escaped(),
                &step.record_type,
                options,
            ))
        });
        direct
            .into_iter()
            .chain([chase(report, self.record)])
            .collect()
    }
}

/// The time that signatures were judged for.
pub(super) fn judged_at(report: &Report) -> jiff::Timestamp {
    report.plan.tls().at.unwrap_or(report.started_at)
}

/// A server's name and address.
pub(super) fn place(server: &TraceServer, exchange: &TraceExchange) -> String {
    match exchange.exchange.address {
        Some(address) => format!("{} {address}", server.name.escaped()),
        None => server.name.escaped(),
    }
}

/// `dig` at the address of an exchange.
pub(super) fn dig(
    exchange: &TraceExchange,
    name: &str,
    record_type: &str,
    options: &str,
) -> String {
    match exchange.exchange.address {
        Some(address) => zone_check::dig(address, name, record_type, options),
        None => format!("dig {options} {} {record_type}", quote(name)),
    }
}

/// The whole chain once more with another validator, from the same root and anchor.
pub(super) fn chase(report: &Report, record: &TraceRecord) -> String {
    let name = quote(&record.name.escaped());
    let record_type = &record.record_type;
    let options = match &report.plan {
        Plan::DnsTrace(plan) => Some(&plan.trace),
        Plan::DnsCompare(plan) => Some(&plan.trace),
        Plan::DnsCheck(plan) => Some(&plan.trace),
        Plan::Diagnose(plan) => plan.trace.as_ref(),
        Plan::DnsLookup(_) | Plan::DnsBulk(_) => None,
    };
    let Some(options) = options else {
        return format!("delv {name} {record_type}");
    };
    let path = |path: &std::path::Path| quote(&path.to_string_lossy());
    match (&options.root_hints, &options.trust_anchor) {
        (Some(hints), Some(anchor)) => {
            format!(
                "drill -TD -r {} -k {} {name} {record_type}",
                path(hints),
                path(anchor)
            )
        }
        (Some(hints), None) => format!("drill -T -r {} {name} {record_type}", path(hints)),
        (None, _) => format!("delv {name} {record_type}"),
    }
}

/// The steps at zones below the root. What answers in the root servers' place says nothing about a zone.
pub(super) fn zones(record: &TraceRecord) -> impl Iterator<Item = &TraceStep> {
    record
        .steps
        .iter()
        .filter(|step| step.zone != Untrusted::from("."))
}
