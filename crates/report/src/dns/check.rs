//! `netwhy dns check ZONE`: the delegation as the parent has it, and every server of the zone asked everything that breaks.

pub mod caa;
mod differences;
mod reading;
pub mod spf;

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exchange::DnsExchange;
use super::message::DnsMessage;
use super::trace::TraceRecord;
use crate::Untrusted;

pub use self::caa::CaaRecord;
pub use self::reading::{is_below, text_of};
pub use super::compare::{Soa, records_of, same_name};

/// What was found out about one zone. The walk that found its delegation stands beside it, in the report's `dns_trace`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckRecord {
    /// The zone, absolute, with its trailing dot.
    pub zone: Untrusted,
    /// The name that was asked about, where it is no zone but a name in `zone`; `null` where it is the zone.
    pub inside: Option<Untrusted>,
    /// Who told of the delegation.
    pub delegated_by: DelegatedBy,
    /// The name servers, by name: the parent's in its order, then those that only the zone lists.
    pub servers: Vec<CheckedServer>,
    /// Every address of theirs, each once, with what it was asked.
    pub addresses: Vec<CheckedAddress>,
    /// Name servers' addresses, mail and policy: questions about names rather than to each server.
    pub names: Vec<CheckProbe>,
    /// A name of the zone asked again and again, if it has addresses.
    pub samples: Option<NameSamples>,
    /// The CAA records that bind certificate authorities for the zone; `null` where they were not reached.
    pub caa: Option<CaaRecord>,
    /// A walk to a name that does not exist, which shows how the zone denies; `null` where the zone is not signed.
    pub denial: Option<Box<TraceRecord>>,
    /// Questions asked in all, walks included, retransmissions apart.
    pub queries: u32,
}

/// Who told of a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum DelegatedBy {
    /// The parent, in a referral.
    Parent {
        /// The zone that refers.
        zone: Untrusted,
        /// The server and address that was believed.
        server: SocketAddr,
        /// Whether a DS record came along.
        signed: bool,
    },
    /// The servers of the parent serve the zone too, and never refer: only the zone's own list is seen.
    SameServers,
    /// The root is out of reach: the resolvers' word, which is the zone's own list, not the parent's.
    Resolvers,
    /// Nobody: the zone does not exist, or nobody answered.
    Nobody,
}

/// A name server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedServer {
    /// Its name.
    pub name: Untrusted,
    /// The parent lists it.
    pub at_parent: bool,
    /// A server of the zone lists it.
    pub at_zone: bool,
    /// Its addresses as the parent has them.
    pub glue: Vec<IpAddr>,
    /// Its addresses as its own zone has them.
    pub own: Vec<IpAddr>,
    /// Who gave [`CheckedServer::own`]; `null` where nobody did.
    pub own_from: Option<OwnFrom>,
}

/// Who gave the addresses of a name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnFrom {
    /// The zone itself, whose name is part of the server's.
    Zone,
    /// A resolver, or a walk from the root.
    Elsewhere,
}

/// An address of name servers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedAddress {
    /// Address and port.
    pub address: SocketAddr,
    /// The servers that have it, by index into [`CheckRecord::servers`].
    pub servers: Vec<usize>,
    /// This host has no route to it, so it was asked nothing.
    pub unreachable: bool,
    /// The questions, in the order of [`Probe`].
    pub probes: Vec<CheckProbe>,
}

/// One question, and what it was for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckProbe {
    /// What it was for.
    pub probe: Probe,
    /// How it went.
    pub exchange: DnsExchange,
}

/// What a question is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "probe", rename_all = "snake_case")]
pub enum Probe {
    /// The SOA record with EDNS, not recursive: does it serve the zone?
    Soa,
    /// The same without EDNS ([RFC 8906 §8.1.1](https://www.rfc-editor.org/rfc/rfc8906#section-8.1.1)).
    Plain,
    /// With EDNS version 1, which nobody has: BADVERS is right (RFC 8906 §8.2.2).
    Version,
    /// With an EDNS option that nobody has: ignoring it is right (RFC 8906 §8.2.3).
    UnknownOption,
    /// With an EDNS flag that nobody has: ignoring it is right (RFC 8906 §8.2.4).
    UnknownFlag,
    /// With DO: an OPT record with DO comes back (RFC 8906 §8.2.6).
    DnssecOk,
    /// A type that nobody has: an empty answer is right (RFC 8906 §8.1.2).
    UnknownType,
    /// Over TCP ([RFC 7766](https://www.rfc-editor.org/rfc/rfc7766)).
    Tcp,
    /// A record set at the apex.
    Apex,
    /// An answer that is as large as the zone has, with this payload size advertised.
    Payload {
        /// The size, in bytes.
        bytes: u16,
    },
    /// The same answer over TCP.
    PayloadTcp,
    /// The address of a name server whose name lies in the zone.
    ServerAddress,
    /// A label that nobody can have made.
    Random,
    /// A name elsewhere, recursively: does the server resolve for strangers?
    Recursion,
    /// The mail servers of the zone.
    Mail,
    /// The address of a mail server.
    MailTarget,
    /// An SPF record, or one that it includes.
    Spf,
    /// The DMARC record.
    Dmarc,
    /// The address of a name server whose name lies elsewhere.
    Elsewhere,
}

/// One name asked of one server again and again: what varies, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NameSamples {
    /// The name.
    pub name: Untrusted,
    /// The server asked.
    pub address: SocketAddr,
    /// The same question, over the length of the run.
    pub repeated: Vec<DnsExchange>,
    /// The question on behalf of clients elsewhere ([RFC 7871](https://www.rfc-editor.org/rfc/rfc7871)).
    pub subnets: Vec<SubnetSample>,
    /// The zone's serial before and after, from the same server.
    pub serials: Vec<DnsExchange>,
}

/// The question on behalf of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubnetSample {
    /// The client's network.
    #[schemars(with = "String")]
    pub network: IpNet,
    /// How it went.
    pub exchange: DnsExchange,
}

impl CheckedAddress {
    /// The questions for one purpose.
    pub fn probes_for<'a>(&'a self, probe: &'a Probe) -> impl Iterator<Item = &'a DnsExchange> {
        self.probes
            .iter()
            .filter(move |one| one.probe == *probe)
            .map(|one| &one.exchange)
    }

    /// The only question for a purpose.
    #[must_use]
    pub fn probe(&self, probe: &Probe) -> Option<&DnsExchange> {
        self.probes
            .iter()
            .find(|one| one.probe == *probe)
            .map(|one| &one.exchange)
    }

    /// The question for a record set at the apex.
    #[must_use]
    pub fn apex(&self, record_type: &str) -> Option<&DnsExchange> {
        self.probes_for(&Probe::Apex)
            .find(|exchange| exchange.question.record_type == record_type)
    }

    /// Whether it speaks for the zone: an authoritative SOA record of the zone came, whichever way it was asked for.
    #[must_use]
    pub fn serves(&self, zone: &Untrusted) -> bool {
        let asked = [Probe::Soa, Probe::Plain, Probe::Tcp];
        let mut exchanges = asked.iter().filter_map(|probe| self.probe(probe));
        exchanges.any(|exchange| {
            exchange
                .reply()
                .is_some_and(|message| speaks_for(message, zone))
        })
    }

    /// Whether anything at all came back.
    #[must_use]
    pub fn replied(&self) -> bool {
        self.probes
            .iter()
            .any(|probe| probe.exchange.reply().is_some())
    }

    /// The SOA record that it has of the zone.
    #[must_use]
    pub fn soa(&self, zone: &Untrusted) -> Option<Soa> {
        let asked = [Probe::Soa, Probe::Plain, Probe::Tcp];
        let exchanges = asked.iter().filter_map(|probe| self.probe(probe));
        let mut messages = exchanges
            .filter_map(DnsExchange::reply)
            .filter(|message| message.flags.authoritative);
        messages.find_map(|message| {
            let soa = records_of(message, zone, "SOA").next()?;
            Soa::read(&soa.data)
        })
    }
}

impl CheckRecord {
    /// The addresses that speak for the zone.
    pub fn serving(&self) -> impl Iterator<Item = &CheckedAddress> {
        self.addresses
            .iter()
            .filter(|address| address.serves(&self.zone))
    }

    /// Every exchange with a server of the zone.
    pub fn exchanges(&self) -> impl Iterator<Item = &DnsExchange> {
        let asked = self.addresses.iter().flat_map(|address| &address.probes);
        asked.chain(&self.names).map(|probe| &probe.exchange)
    }

    /// The questions about names for one purpose.
    pub fn names_for<'a>(&'a self, probe: &'a Probe) -> impl Iterator<Item = &'a DnsExchange> {
        self.names
            .iter()
            .filter(move |one| one.probe == *probe)
            .map(|one| &one.exchange)
    }

    /// An address as `name address`, the port left out where it is the usual one.
    #[must_use]
    pub fn place(&self, address: &CheckedAddress) -> String {
        let shown = match address.address.port() {
            53 => address.address.ip().to_string(),
            _ => address.address.to_string(),
        };
        let name = address
            .servers
            .first()
            .and_then(|index| self.servers.get(*index));
        match name {
            Some(server) => format!("{} {shown}", server.name.escaped()),
            None => shown,
        }
    }
}

/// Whether a message is an authoritative answer with the SOA record of `zone`.
#[must_use]
pub fn speaks_for(message: &DnsMessage, zone: &Untrusted) -> bool {
    message.flags.authoritative && records_of(message, zone, "SOA").next().is_some()
}
