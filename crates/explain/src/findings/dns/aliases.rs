//! The CNAME chains of a report: those that a walk from the root followed, else those that resolvers sent.

use netwhy_report::Report;
use netwhy_report::dns::trace::TraceEnd;
use netwhy_report::dns::{TraceRecord, rcode};

use super::traced::{hop, walk};
use super::unresolved::dig;
use crate::shell::quote;

/// A chain of aliases.
pub(super) struct Chain {
    pub(super) hop: Option<usize>,
    /// The name asked for.
    pub(super) name: String,
    /// One line per link.
    pub(super) links: Vec<String>,
    /// Where it leads.
    pub(super) target: String,
    pub(super) end: ChainEnd,
    /// The question that shows it.
    pub(super) confirm: String,
}

/// How a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChainEnd {
    Loop,
    Missing,
    Other,
}

/// Every chain with at least one link.
pub(super) fn chains(report: &Report) -> Vec<Chain> {
    let walked = walk(report).filter(|record| !record.aliases.is_empty());
    if let Some(record) = walked {
        return vec![of_walk(report, record)];
    }
    let endpoints = report.endpoints().into_iter();
    let resolved = endpoints.filter_map(|endpoint| {
        let dns = endpoint.dns?;
        // A chain that one answer has and another lacks is not the name's, but that answer's.
        let (query, answer) = dns
            .answers()
            .find(|(_, answer)| !answer.cnames.is_empty())?;
        let mut owner = endpoint.host.to_owned();
        let mut links = Vec::new();
        for target in &answer.cnames {
            let target = target.escaped();
            links.push(format!("{owner} CNAME {target}"));
            owner = target;
        }
        let missing = dns
            .answers()
            .all(|(_, answer)| answer.rcode == rcode::NXDOMAIN);
        Some(Chain {
            hop: Some(endpoint.hop),
            name: endpoint.host.to_owned(),
            target: owner,
            end: match (answer.cname_loop, missing) {
                (true, _) => ChainEnd::Loop,
                (false, true) => ChainEnd::Missing,
                (false, false) => ChainEnd::Other,
            },
            links,
            confirm: dig(endpoint.host, Some(query), ""),
        })
    });
    resolved.collect()
}

fn of_walk(report: &Report, record: &TraceRecord) -> Chain {
    let link = |alias: &netwhy_report::dns::trace::TraceAlias| {
        format!(
            "{} {} {} {}, says zone {}",
            alias.name.escaped(),
            alias.ttl,
            if alias.dname { "DNAME" } else { "CNAME" },
            alias.target.escaped(),
            alias.zone.escaped()
        )
    };
    let name = record.name.escaped();
    Chain {
        hop: hop(report),
        links: record.aliases.iter().map(link).collect(),
        target: record
            .aliases
            .last()
            .map(|alias| alias.target.escaped())
            .unwrap_or_default(),
        end: match record.end {
            TraceEnd::AliasLoop { .. } => ChainEnd::Loop,
            TraceEnd::NameError { .. } => ChainEnd::Missing,
            _ => ChainEnd::Other,
        },
        confirm: format!("dig {} {}", quote(&name), record.record_type),
        name,
    }
}
