//! A zone's servers and their addresses, as the walk knows them.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use hickory_proto::rr::Name;
use netwhy_report::dns::trace::{ServerAddressSource, WithoutAddress};
use netwhy_report::plan::Family;

use super::hints::RootHints;
use super::said::Referral;
use crate::exchange::local_address;

/// A zone and whom to ask about it.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    pub(super) name: Name,
    pub(super) servers: Vec<Server>,
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) name: Name,
    pub(super) addresses: Vec<Place>,
    pub(super) without: Option<WithoutAddress>,
}

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) address: SocketAddr,
    pub(super) source: ServerAddressSource,
    pub(super) asked: bool,
    pub(super) unreachable: bool,
}

/// How addresses become places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reachable {
    pub(super) port: u16,
    pub(super) family: Option<Family>,
    pub(super) source: Option<IpAddr>,
}

impl Reachable {
    pub(super) fn places(self, addresses: &[IpAddr], source: ServerAddressSource) -> Vec<Place> {
        let place = |address: &IpAddr| {
            let address = SocketAddr::new(*address, self.port);
            Place {
                address,
                source,
                asked: false,
                unreachable: self
                    .family
                    .is_some_and(|family| !family.includes(address.ip()))
                    || (address.is_ipv6() && !self.has_route(address)),
            }
        };
        addresses.iter().map(place).collect()
    }

    /// Whether the kernel would send there: connecting a datagram socket sends nothing.
    fn has_route(self, address: SocketAddr) -> bool {
        UdpSocket::bind(local_address(address, self.source))
            .and_then(|socket| socket.connect(address))
            .is_ok()
    }
}

impl Zone {
    pub(super) fn root(hints: &RootHints, reachable: Reachable) -> Self {
        let server = |(name, addresses): &(Name, Vec<IpAddr>)| Server {
            name: name.clone(),
            addresses: reachable.places(addresses, ServerAddressSource::Hints),
            without: addresses.is_empty().then_some(WithoutAddress::Unresolved),
        };
        Self {
            name: Name::root(),
            servers: hints.servers.iter().map(server).collect(),
        }
    }

    /// The zone that a referral leads to. Servers without glue have [`WithoutAddress::NotNeeded`] until they are looked up.
    pub(super) fn referred(referral: &Referral, reachable: Reachable) -> Self {
        let servers = referral.servers.iter().map(|delegate| Server {
            name: delegate.name.clone(),
            addresses: reachable.places(&delegate.glue, ServerAddressSource::Glue),
            without: match delegate.glue.is_empty() {
                false => None,
                true if referral.child.zone_of(&delegate.name) => Some(WithoutAddress::GlueMissing),
                true => Some(WithoutAddress::NotNeeded),
            },
        });
        Self {
            name: referral.child.clone(),
            servers: servers.collect(),
        }
    }

    pub(super) fn has_places(&self) -> bool {
        self.servers
            .iter()
            .any(|server| !server.addresses.is_empty())
    }

    /// Server and address by index, in the order in which to ask: one address of every server first, then the others.
    pub(super) fn order(&self) -> Vec<(usize, usize)> {
        let mut order: Vec<(usize, usize, usize)> = Vec::new();
        for (server, known) in self.servers.iter().enumerate() {
            let usable = known.addresses.iter().enumerate();
            let usable = usable.filter(|(_, place)| !place.unreachable);
            order.extend(
                usable
                    .enumerate()
                    .map(|(round, (place, _))| (round, server, place)),
            );
        }
        order.sort_unstable();
        order
            .into_iter()
            .map(|(_, server, place)| (server, place))
            .collect()
    }
}
