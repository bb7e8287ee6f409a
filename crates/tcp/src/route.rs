//! What the routing table would do: the source address for a destination, asked without sending a packet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use netwhy_report::plan::Family;

/// The source address for traffic beyond this host; `None` without a route or without an address to use on it.
///
/// Asks for a documentation address ([RFC 5737](https://www.rfc-editor.org/rfc/rfc5737),
/// [RFC 3849](https://www.rfc-editor.org/rfc/rfc3849)), which the default route covers. A link-local IPv6 source
/// does not count: nobody beyond the link could answer to it.
#[must_use]
pub fn usable_source(family: Family) -> Option<IpAddr> {
    let destination = match family {
        Family::Ipv4 => IpAddr::from(Ipv4Addr::new(192, 0, 2, 1)),
        Family::Ipv6 => IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    };
    let source = source_towards(SocketAddr::new(destination, 9)).ok()?;
    is_usable(source).then_some(source)
}

fn is_usable(source: IpAddr) -> bool {
    match source {
        IpAddr::V4(source) => !source.is_unspecified(),
        IpAddr::V6(source) => !source.is_unspecified() && !source.is_unicast_link_local(),
    }
}

/// The source address that the routing table gives towards `peer`. A UDP socket's `connect` sends nothing.
///
/// # Errors
/// The errno of the lookup: `ENETUNREACH` without a route; `EHOSTUNREACH`, `EACCES` or `EINVAL` for an unreachable,
/// prohibit or blackhole route; `EADDRNOTAVAIL` or `EAFNOSUPPORT` where the family is switched off.
pub fn source_towards(peer: SocketAddr) -> Result<IpAddr, i32> {
    let any = if peer.is_ipv4() {
        IpAddr::from(Ipv4Addr::UNSPECIFIED)
    } else {
        IpAddr::from(Ipv6Addr::UNSPECIFIED)
    };
    let lookup = || {
        let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
        socket.connect(peer)?;
        socket.local_addr()
    };
    lookup()
        .map(|local| local.ip())
        .map_err(|error| error.raw_os_error().unwrap_or(libc::EIO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_towards_loopback_is_loopback() {
        assert_eq!(
            source_towards("127.0.0.1:9".parse().unwrap()),
            Ok("127.0.0.1".parse().unwrap())
        );
        assert_eq!(
            source_towards("[::1]:9".parse().unwrap()),
            Ok("::1".parse().unwrap())
        );
    }

    #[test]
    fn a_lookup_that_the_kernel_refuses_gives_its_errno() {
        // Broadcast needs a flag that is not set here.
        let refused = source_towards("255.255.255.255:9".parse().unwrap());
        assert!(
            matches!(refused, Err(libc::EACCES | libc::ENETUNREACH)),
            "{refused:?}"
        );
    }

    #[test]
    fn link_local_and_unspecified_sources_are_of_no_use() {
        for source in ["fe80::1", "::", "0.0.0.0"] {
            assert!(!is_usable(source.parse().unwrap()), "{source}");
        }
        for source in ["fd00::2", "2001:db8::2", "10.0.0.1"] {
            assert!(is_usable(source.parse().unwrap()), "{source}");
        }
    }

    #[test]
    fn a_usable_source_is_of_the_family_asked_for() {
        for family in [Family::Ipv4, Family::Ipv6] {
            let source = usable_source(family);
            assert!(
                source.is_none_or(|source| family.includes(source)),
                "{source:?}"
            );
        }
    }
}
