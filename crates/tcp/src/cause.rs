//! What a failed connect means: the errno, the stage that gave it, and the ICMP error behind it, as a typed failure.

use std::net::IpAddr;
use std::time::Duration;

use netwhy_report::{Failure, IcmpError};

use crate::kernel::{self, RawIcmp};

/// The system call that failed: the same errno has another meaning at another stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Making the socket.
    Socket,
    /// Binding it to the source address of the plan.
    Bind,
    /// `connect`, at once or later through `SO_ERROR`.
    Connect {
        /// Whether the routing table has a source address for this peer.
        has_source: bool,
    },
}

/// The failure that an errno stands for. `after` is the time since the start of the attempt.
pub(crate) fn failure(
    stage: Stage,
    errno: i32,
    icmp: Option<IcmpError>,
    after: Duration,
) -> Failure {
    match (stage, errno) {
        (_, libc::EMFILE | libc::ENFILE) => Failure::DescriptorsExhausted,
        // A kernel without this family (ipv6.disable=1) refuses the socket itself: no route either.
        (Stage::Socket, libc::EAFNOSUPPORT) => Failure::Unreachable { errno, icmp },
        (Stage::Bind, libc::EADDRINUSE) => Failure::PortsExhausted,
        (Stage::Socket | Stage::Bind, _) => Failure::System { errno },
        // Without any source address (IPv6 switched off on the interfaces) ports are not what is missing.
        (Stage::Connect { has_source: true }, libc::EADDRNOTAVAIL) => Failure::PortsExhausted,
        (Stage::Connect { has_source: false }, libc::EADDRNOTAVAIL) => {
            Failure::Unreachable { errno, icmp }
        }
        (Stage::Connect { .. }, libc::ECONNREFUSED) => Failure::Refused { icmp },
        (Stage::Connect { .. }, libc::ECONNRESET | libc::EPIPE) => Failure::Reset { received: 0 },
        (Stage::Connect { .. }, libc::ETIMEDOUT) => Failure::TimedOut { after },
        (
            Stage::Connect { .. },
            libc::EHOSTUNREACH
            | libc::ENETUNREACH
            | libc::EACCES
            | libc::EPERM
            | libc::ENOPROTOOPT
            | libc::EINVAL
            | libc::ENETDOWN
            | libc::EHOSTDOWN,
        ) => Failure::Unreachable { errno, icmp },
        // The rarer ICMP codes map to rarer errnos (EPROTO, ENONET, EOPNOTSUPP, …).
        (Stage::Connect { .. }, _) if icmp.is_some() => Failure::Unreachable { errno, icmp },
        (Stage::Connect { .. }, _) => Failure::System { errno },
    }
}

/// Adds whether the offender is this host itself.
pub(crate) fn icmp_error(raw: RawIcmp, local: Option<IpAddr>) -> IcmpError {
    let RawIcmp {
        icmp_type,
        code,
        offender,
        errno,
    } = raw;
    tracing::debug!(%offender, icmp_type, code, errno, "ICMP error on connect");
    let is_own = || kernel::own_addresses().is_ok_and(|own| own.contains(&offender));
    IcmpError {
        from: offender,
        local: local == Some(offender) || offender.is_loopback() || is_own(),
        icmp_type,
        code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECT: Stage = Stage::Connect { has_source: true };
    const AFTER: Duration = Duration::from_millis(7);

    fn icmp(icmp_type: u8, code: u8) -> IcmpError {
        let raw = RawIcmp {
            icmp_type,
            code,
            offender: "203.0.113.9".parse().unwrap(),
            errno: libc::EHOSTUNREACH,
        };
        icmp_error(raw, None)
    }

    #[test]
    fn a_refusal_keeps_the_icmp_error_apart_from_a_reset() {
        let reset = failure(CONNECT, libc::ECONNREFUSED, None, AFTER);
        assert_eq!(reset, Failure::Refused { icmp: None });
        let rejected = failure(CONNECT, libc::ECONNREFUSED, Some(icmp(3, 3)), AFTER);
        let icmp = Some(icmp(3, 3));
        assert_eq!(rejected, Failure::Refused { icmp });
    }

    #[test]
    fn errnos_of_routes_and_of_icmp_errors_are_unreachable() {
        for errno in [
            libc::EHOSTUNREACH,
            libc::ENETUNREACH,
            libc::EACCES,
            libc::ENOPROTOOPT,
            libc::EINVAL,
            libc::EPERM,
        ] {
            let expected = Failure::Unreachable { errno, icmp: None };
            assert_eq!(failure(CONNECT, errno, None, AFTER), expected);
        }
        let errno = libc::EPROTO;
        let icmp = Some(icmp(12, 0));
        let unusual = failure(CONNECT, errno, icmp.clone(), AFTER);
        assert_eq!(unusual, Failure::Unreachable { errno, icmp });
        assert_eq!(
            failure(CONNECT, errno, None, AFTER),
            Failure::System { errno }
        );
    }

    #[test]
    fn a_missing_address_means_ports_a_foreign_source_or_no_source_by_stage() {
        let errno = libc::EADDRNOTAVAIL;
        assert_eq!(
            failure(CONNECT, errno, None, AFTER),
            Failure::PortsExhausted
        );
        assert_eq!(
            failure(Stage::Bind, errno, None, AFTER),
            Failure::System { errno }
        );
        assert_eq!(
            failure(Stage::Connect { has_source: false }, errno, None, AFTER),
            Failure::Unreachable { errno, icmp: None }
        );
    }

    #[test]
    fn descriptors_resets_and_the_kernels_own_timeout_have_their_names() {
        assert_eq!(
            failure(Stage::Socket, libc::EMFILE, None, AFTER),
            Failure::DescriptorsExhausted
        );
        assert_eq!(
            failure(CONNECT, libc::ECONNRESET, None, AFTER),
            Failure::Reset { received: 0 }
        );
        assert_eq!(
            failure(CONNECT, libc::ETIMEDOUT, None, AFTER),
            Failure::TimedOut { after: AFTER }
        );
    }

    #[test]
    fn the_offender_is_local_when_it_is_an_address_of_this_host() {
        let raw = |offender: &str| RawIcmp {
            icmp_type: 3,
            code: 1,
            offender: offender.parse().unwrap(),
            errno: libc::EHOSTUNREACH,
        };
        assert!(icmp_error(raw("127.0.0.1"), None).local);
        assert!(icmp_error(raw("203.0.113.9"), Some("203.0.113.9".parse().unwrap())).local);
        assert!(!icmp_error(raw("203.0.113.9"), None).local);
    }
}
