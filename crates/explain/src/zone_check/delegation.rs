//! The parent's list of servers and their glue against what the zone says itself.

use std::net::IpAddr;

use netwhy_report::dns::check::{CheckRecord, CheckedServer, DelegatedBy, OwnFrom};

/// Where parent and zone disagree about the servers; `None` where they agree, or one side was not heard.
#[must_use]
pub fn ns_mismatch(record: &CheckRecord) -> Option<Mismatch<'_>> {
    let heard = matches!(record.delegated_by, DelegatedBy::Parent { .. })
        && record.servers.iter().any(|server| server.at_zone);
    let only = |parent: bool| {
        let servers = record.servers.iter();
        let lone =
            move |server: &&CheckedServer| server.at_parent == parent && server.at_zone != parent;
        servers.filter(lone).collect::<Vec<_>>()
    };
    let mismatch = Mismatch {
        parent_only: only(true),
        zone_only: only(false),
    };
    let differs = !mismatch.parent_only.is_empty() || !mismatch.zone_only.is_empty();
    (heard && differs).then_some(mismatch)
}

/// Servers that one side alone lists.
#[derive(Debug)]
pub struct Mismatch<'run> {
    /// The parent alone.
    pub parent_only: Vec<&'run CheckedServer>,
    /// The zone alone.
    pub zone_only: Vec<&'run CheckedServer>,
}

/// A server whose glue is not what its zone says.
#[derive(Debug)]
pub struct GlueMismatch<'run> {
    /// The server.
    pub server: &'run CheckedServer,
    /// Addresses that the parent alone has.
    pub parent_only: Vec<IpAddr>,
    /// Addresses that the zone alone has.
    pub zone_only: Vec<IpAddr>,
}

/// The servers inside the zone whose glue differs from the zone's own addresses.
#[must_use]
pub fn glue_mismatches(record: &CheckRecord) -> Vec<GlueMismatch<'_>> {
    let both = |server: &&CheckedServer| {
        server.own_from == Some(OwnFrom::Zone) && !server.glue.is_empty() && !server.own.is_empty()
    };
    let servers = record.servers.iter().filter(both);
    servers
        .map(|server| GlueMismatch {
            server,
            parent_only: without(&server.glue, &server.own),
            zone_only: without(&server.own, &server.glue),
        })
        .filter(|one| !one.parent_only.is_empty() || !one.zone_only.is_empty())
        .collect()
}

fn without(these: &[IpAddr], those: &[IpAddr]) -> Vec<IpAddr> {
    these
        .iter()
        .filter(|one| !those.contains(one))
        .copied()
        .collect()
}

/// What a whole zone hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinglePoint {
    /// One server name.
    Server,
    /// One address.
    Address(IpAddr),
    /// One network: a /24 of IPv4, a /48 of IPv6.
    Network(IpAddr),
}

/// The single point of failure, if there is one. Networks count only where all addresses are public: inside a site one prefix says little.
#[must_use]
pub fn single_point(record: &CheckRecord) -> Option<SinglePoint> {
    let listed: Vec<&CheckedServer> = record.servers.iter().collect();
    let mut addresses: Vec<IpAddr> = record
        .addresses
        .iter()
        .map(|one| one.address.ip())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    let first = *addresses.first()?;
    if listed.len() == 1 {
        return Some(SinglePoint::Server);
    }
    if listed.len() < 2 {
        return None;
    }
    if addresses.len() == 1 {
        return Some(SinglePoint::Address(first));
    }
    let one_network = addresses
        .iter()
        .all(|address| network(*address) == network(first));
    let public = addresses.iter().all(|address| is_public(*address));
    (one_network && public).then(|| SinglePoint::Network(network(first)))
}

/// The address with its host part cleared.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            std::net::Ipv4Addr::new(a, b, c, 0).into()
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into()
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local()),
        IpAddr::V6(v6) => !v6.is_loopback() && v6.segments()[0] & 0xe000 == 0x2000,
    }
}
