//! `netwhy dns compare NAME`: what resolvers and authorities say about one name, each asked several times.

mod answer_set;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exchange::DnsExchange;
use super::message::EdnsOptionRecord;
use super::{DnsServer, ResourceRecord};
use crate::Untrusted;

pub use answer_set::{AnswerSet, Soa, owned_by, records_of, same_name, ttl_of};

/// One name and type, asked of everybody who may answer for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompareRecord {
    /// The name asked for, absolute, with its trailing dot.
    pub name: Untrusted,
    /// The type's mnemonic, or `TYPEnnn`.
    pub record_type: String,
    /// The resolvers, asked for the name with its whole chain of aliases.
    pub resolvers: Vec<ComparedServer>,
    /// The name, then each alias that it leads to, with the authorities of its zone.
    pub links: Vec<CompareLink>,
    /// The questions that found the zones and their servers.
    pub discovery: Vec<DnsExchange>,
    /// The answers differed, so everybody was asked again after a pause.
    pub repeated: bool,
}

/// One name of a chain of aliases, with the servers that speak for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompareLink {
    /// The name, absolute, with its trailing dot.
    pub name: Untrusted,
    /// The zone that holds it; `null` if it was not found.
    pub zone: Option<Untrusted>,
    /// The zone's servers, one entry per address; without any, nothing can be said about who is right.
    pub authorities: Vec<ComparedServer>,
    /// Servers of the zone whose addresses were not found.
    pub unaddressed: Vec<Untrusted>,
}

/// A server with everything that it was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedServer {
    /// What it is to the name.
    pub role: CompareRole,
    /// The server.
    pub server: DnsServer,
    /// For an authority, the names that the zone gives it; several may share one address.
    pub names: Vec<Untrusted>,
    /// The questions, in the order sent.
    pub probes: Vec<CompareProbe>,
}

/// What a server is to the name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CompareRole {
    /// This host is configured to ask it.
    System,
    /// It was given on the command line.
    Given,
    /// It speaks for the zone.
    Authority,
}

/// One question, and what it was for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompareProbe {
    /// What it was for.
    pub purpose: ProbePurpose,
    /// How it went.
    pub exchange: DnsExchange,
}

/// What a question is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum ProbePurpose {
    /// The question itself.
    Sample,
    /// The question without RD: what a resolver has in its cache.
    Cached,
    /// The SOA record of the zone: its serial and who is its primary.
    Serial,
    /// The question on behalf of a client elsewhere ([RFC 7871](https://www.rfc-editor.org/rfc/rfc7871)).
    Subnet {
        /// The client's network.
        #[schemars(with = "String")]
        network: IpNet,
    },
    /// A name beside it that nobody can have made: what a resolver invents.
    Invented,
}

impl CompareRecord {
    /// Whether any authority of any link replied.
    #[must_use]
    pub fn has_authority(&self) -> bool {
        let servers = self.links.iter().flat_map(|link| &link.authorities);
        servers
            .flat_map(|server| &server.probes)
            .any(|probe| probe.exchange.reply().is_some())
    }

    /// Every exchange, with resolvers and with authorities.
    pub fn exchanges(&self) -> impl Iterator<Item = &DnsExchange> {
        let authorities = self.links.iter().flat_map(|link| &link.authorities);
        let probes = self.resolvers.iter().chain(authorities);
        probes.flat_map(|server| server.probes.iter().map(|probe| &probe.exchange))
    }
}

impl ComparedServer {
    /// The questions for one purpose, in the order sent.
    pub fn probes_for(&self, purpose: &ProbePurpose) -> impl Iterator<Item = &CompareProbe> {
        self.probes
            .iter()
            .filter(move |probe| probe.purpose == *purpose)
    }

    /// The questions on behalf of other networks.
    pub fn subnets(&self) -> impl Iterator<Item = &CompareProbe> {
        let elsewhere =
            |probe: &&CompareProbe| matches!(probe.purpose, ProbePurpose::Subnet { .. });
        self.probes.iter().filter(elsewhere)
    }

    /// What a probe of it says about `owner`; an authority that does not speak as one says nothing.
    #[must_use]
    pub fn said(
        &self,
        probe: &CompareProbe,
        owner: &Untrusted,
        record_type: &str,
    ) -> Option<AnswerSet> {
        let reply = probe.exchange.reply()?;
        if self.role == CompareRole::Authority && !reply.flags.authoritative {
            return None;
        }
        AnswerSet::of(reply, owner, record_type)
    }
}

impl CompareProbe {
    /// The identifier that the answering machine gave itself (NSID).
    #[must_use]
    pub fn machine(&self) -> Option<&Untrusted> {
        self.options().find_map(|option| match option {
            EdnsOptionRecord::Nsid { id } if !id.raw().is_empty() => Some(id),
            _ => None,
        })
    }

    /// The prefix length for which the answer holds, if the server speaks client subnets.
    #[must_use]
    pub fn scope(&self) -> Option<u8> {
        self.options().find_map(|option| match option {
            EdnsOptionRecord::ClientSubnet { scope, .. } => Some(*scope),
            _ => None,
        })
    }

    /// The SOA record in the reply: the answer's, else the one that comes with a "no".
    #[must_use]
    pub fn soa(&self) -> Option<(&ResourceRecord, Soa)> {
        let reply = self.exchange.reply()?;
        let records = reply.answer.iter().chain(&reply.authority);
        let mut soas = records.filter(|record| record.record_type == "SOA");
        soas.find_map(|record| Some((record, Soa::read(&record.data)?)))
    }

    fn options(&self) -> impl Iterator<Item = &EdnsOptionRecord> {
        let edns = self.exchange.reply().and_then(|reply| reply.edns.as_ref());
        edns.into_iter().flat_map(|edns| &edns.options)
    }
}
