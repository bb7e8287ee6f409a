//! Why no address connects: exactly one reason, decided by (errno, ICMP offender and type) over the whole matrix.

use netwhy_report::tcp::{TcpAttempt, TcpRecord};
use netwhy_report::{Endpoint, Failure, Report};

/// The reason that keeps every address from connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocking {
    Rejected,
    Refused,
    HostUnreachable,
    Filtered,
    NoRoute,
}

/// The first endpoint that this reason blocks, with its failed attempts.
pub(super) fn blocked(
    report: &Report,
    reason: Blocking,
) -> Option<(Endpoint<'_>, Vec<&TcpAttempt>)> {
    report.endpoints().into_iter().find_map(|endpoint| {
        let tcp = endpoint.tcp?;
        (blocking(report, tcp) == Some(reason)).then(|| (endpoint, tcp.failed().collect()))
    })
}

fn blocking(report: &Report, tcp: &TcpRecord) -> Option<Blocking> {
    if tcp.winner().is_some() || tcp.connected().next().is_some() {
        return None;
    }
    let reasons: Vec<Blocking> = weighty(report, tcp)
        .into_iter()
        .filter_map(|attempt| classify(attempt.step.failure()?))
        .collect();
    // An answer says more than silence, and a device that speaks for the target more than the target itself.
    [
        Blocking::Rejected,
        Blocking::Refused,
        Blocking::HostUnreachable,
        Blocking::Filtered,
        Blocking::NoRoute,
    ]
    .into_iter()
    .find(|reason| reasons.contains(reason))
}

/// Failed attempts that count: an IPv6 address on a host without IPv6 tells nothing about the target.
pub(super) fn weighty<'r>(report: &Report, tcp: &'r TcpRecord) -> Vec<&'r TcpAttempt> {
    let without = |attempt: &TcpAttempt| {
        let client = report.layers.client.as_ref();
        let routed = client.is_none_or(|client| {
            if attempt.peer.is_ipv6() {
                client.ipv6.is_some()
            } else {
                client.ipv4.is_some()
            }
        });
        let other_family = tcp
            .matrix
            .iter()
            .any(|other| other.peer.is_ipv6() != attempt.peer.is_ipv6());
        !routed
            && other_family
            && matches!(
                attempt.step.failure(),
                Some(Failure::Unreachable { icmp: None, .. })
            )
    };
    tcp.failed().filter(|attempt| !without(attempt)).collect()
}

fn classify(failure: &Failure) -> Option<Blocking> {
    Some(match failure {
        Failure::Refused { icmp: None } => Blocking::Refused,
        Failure::Refused { icmp: Some(_) } => Blocking::Rejected,
        Failure::Unreachable {
            icmp: Some(icmp), ..
        } if icmp.is_prohibition() => Blocking::Rejected,
        Failure::Unreachable {
            icmp: Some(icmp), ..
        } if icmp.code == 0 && !icmp.is_time_exceeded() => Blocking::NoRoute,
        Failure::Unreachable { icmp: Some(_), .. } => Blocking::HostUnreachable,
        Failure::Unreachable { icmp: None, .. } => Blocking::NoRoute,
        Failure::TimedOut { .. } => Blocking::Filtered,
        _ => return None,
    })
}

/// One line per attempt.
pub(super) fn lines(attempts: &[&TcpAttempt]) -> Vec<String> {
    let line = |attempt: &&TcpAttempt| {
        let after = attempt.step.duration.unwrap_or_default();
        Some(format!(
            "{}: {} after {:.1} ms",
            attempt.peer,
            crate::words::failure(attempt.step.failure()?),
            after.as_secs_f64() * 1000.0
        ))
    };
    attempts.iter().filter_map(line).collect()
}

/// `nc` to the first address that failed.
pub(super) fn nc(attempts: &[&TcpAttempt]) -> Vec<String> {
    attempts
        .iter()
        .take(1)
        .map(|attempt| format!("nc -vz -w 5 {} {}", attempt.peer.ip(), attempt.peer.port()))
        .collect()
}
