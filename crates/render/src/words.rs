//! Failures, reasons and limits in words: short enough for one line, precise enough to act on.

use netwhy_report::failure::PlainProtocol;
use netwhy_report::http::Withheld;
use netwhy_report::{Failure, IcmpError, Layer, Limit, LimitHit, SkipReason};

use crate::units;

/// Why a step failed.
pub(crate) fn failure(failure: &Failure, unicode: bool) -> String {
    match failure {
        Failure::TimedOut { after } => {
            format!("timed out after {}", units::duration(*after, unicode))
        }
        Failure::Refused { icmp: None } => "refused".to_owned(),
        Failure::Refused { icmp: Some(icmp) } => format!("refused by {}", offender(icmp)),
        Failure::Unreachable {
            icmp: Some(icmp), ..
        } => format!("unreachable, says {}", offender(icmp)),
        Failure::Unreachable { errno, icmp: None } => {
            let name = errno_name(*errno).map_or_else(|| format!("errno {errno}"), str::to_owned);
            format!("unreachable from this host ({name})")
        }
        Failure::Reset { received: 0 } => "reset by the peer before any byte came".to_owned(),
        Failure::Reset { received } => {
            format!("reset by the peer after {}", units::size(*received))
        }
        Failure::Closed { received: 0 } => "closed by the peer before any byte came".to_owned(),
        Failure::Closed { received } => {
            format!("closed by the peer after {}", units::size(*received))
        }
        Failure::PortsExhausted => "no local port is left".to_owned(),
        Failure::DescriptorsExhausted => "no file descriptor is left".to_owned(),
        Failure::System { errno } => match errno_name(*errno) {
            Some(name) => format!("system error {errno} ({name})"),
            None => format!("system error {errno}"),
        },
        Failure::NoAddress => "no source gave an address".to_owned(),
        Failure::DnsUndecodable { reason } => format!("the reply is no DNS message: {reason}"),
        Failure::DnsMismatched { replies } => {
            let replies = units::count(
                usize::try_from(*replies).unwrap_or(usize::MAX),
                "reply",
                "replies",
            );
            format!("only {replies} to another question")
        }
        Failure::TlsAlert { code, name } => format!("the peer sent alert {code} ({name})"),
        Failure::NotTls { protocol, .. } => {
            format!("no TLS here: {} answers", protocol_name(*protocol))
        }
        Failure::TlsProtocol { reason } => format!("TLS failed: {reason}"),
        Failure::TlsCertificate { reason } => {
            format!("the certificate does not verify: {reason}")
        }
        Failure::TlsAlpn { expected } => {
            format!("the peer does not agree on the protocol {expected} (ALPN)")
        }
        Failure::Quic {
            code,
            application,
            reason,
        } => quic(*code, *application, &reason.escaped()),
        Failure::HttpStatus { status } => format!("HTTP status {status} instead of an answer"),
        Failure::HttpContentType { given } => match given {
            Some(given) => format!(
                "a body of the type \"{}\" instead of a DNS message",
                given.escaped()
            ),
            None => "a body without a type instead of a DNS message".to_owned(),
        },
        Failure::BodyTooLong { limit } => {
            format!("a body of more than {}", units::size(*limit))
        }
        Failure::HttpMalformed { reason } => format!("not valid HTTP: {reason}"),
        Failure::FetchUnusable { reason } => reason.clone(),
        Failure::BodyTruncated { received } => {
            format!("the body broke off after {}", units::size(*received))
        }
    }
}

fn quic(code: Option<u64>, application: bool, reason: &str) -> String {
    let whose = if application {
        "the server's"
    } else {
        "QUIC's"
    };
    let code = code.map_or_else(String::new, |code| format!(" {code:#x}"));
    let reason = match reason {
        "" => String::new(),
        reason => format!(": {reason}"),
    };
    format!("QUIC ended with {whose} error{code}{reason}")
}

fn offender(icmp: &IcmpError) -> String {
    let local = if icmp.local { " (this host)" } else { "" };
    format!("{}{local}: {}", icmp.from, icmp.meaning())
}

/// The errors of `connect` that people know by name (Linux numbers).
fn errno_name(errno: i32) -> Option<&'static str> {
    Some(match errno {
        1 => "EPERM",
        12 => "ENOMEM",
        13 => "EACCES",
        22 => "EINVAL",
        92 => "ENOPROTOOPT",
        97 => "EAFNOSUPPORT",
        98 => "EADDRINUSE",
        99 => "EADDRNOTAVAIL",
        100 => "ENETDOWN",
        101 => "ENETUNREACH",
        112 => "EHOSTDOWN",
        113 => "EHOSTUNREACH",
        _ => return None,
    })
}

fn protocol_name(protocol: PlainProtocol) -> &'static str {
    match protocol {
        PlainProtocol::Http => "plain HTTP",
        PlainProtocol::Smtp => "SMTP",
        PlainProtocol::Ftp => "FTP",
        PlainProtocol::Imap => "IMAP",
        PlainProtocol::Pop3 => "POP3",
        PlainProtocol::Ssh => "SSH",
        PlainProtocol::Mysql => "MySQL",
        PlainProtocol::Unknown => "another protocol",
    }
}

/// Why a layer was not probed. `layer` is the one that was skipped: the same reason reads differently there.
pub(crate) fn skipped(layer: Layer, reason: &SkipReason) -> String {
    match (reason, layer) {
        (SkipReason::DependencyFailed { layer }, _) => {
            format!("skipped: {} failed", shown_name(*layer))
        }
        (SkipReason::NotNeeded, Layer::Dns) => "not needed: the target is an address".to_owned(),
        (SkipReason::NotNeeded, Layer::Tls) => "not needed: plain HTTP was asked for".to_owned(),
        (SkipReason::NotNeeded, _) => "not needed".to_owned(),
        (SkipReason::NotAsked, Layer::Dns) => "not asked for: the addresses were given".to_owned(),
        (SkipReason::NotAsked, _) => "not asked for".to_owned(),
        (SkipReason::NotSpoken, _) => "not spoken on this port".to_owned(),
        (SkipReason::Interrupted, _) => "not measured: the run was interrupted".to_owned(),
        (SkipReason::DeadlineReached, _) => {
            "not measured: the run's deadline passed first".to_owned()
        }
        (SkipReason::OutOfReach, _) => "not measured: out of reach from here".to_owned(),
        (SkipReason::Forbidden { rule }, _) => format!("skipped: forbidden by {rule}"),
    }
}

fn shown_name(layer: Layer) -> String {
    match layer {
        Layer::Dns | Layer::Tcp | Layer::Tls | Layer::Http => layer.name().to_uppercase(),
        Layer::Client => "the check of this host".to_owned(),
        Layer::Path => "the path".to_owned(),
        Layer::Sockets => "the socket listing".to_owned(),
    }
}

/// A limit that was reached.
pub(crate) fn limit(hit: &LimitHit) -> String {
    let what = match hit.limit {
        Limit::Deadline => "the run's deadline",
        Limit::CnameLinks => "links of a CNAME chain",
        Limit::TraceQueries => "queries of a walk from the root",
        Limit::Delegations => "zone cuts on the way to a name",
        Limit::CheckQueries => "questions of a zone check",
        Limit::CheckAddresses => "addresses of name servers",
        Limit::SpfRecords => "SPF records brought in",
        Limit::Glueless => "look-ups of name servers without glue",
        Limit::Addresses => "addresses of one name",
        Limit::Redirects => "redirects followed",
        Limit::Headers => "size of the response's header",
        Limit::BodyBytes => "size of the body",
        Limit::Aia => "fetches of missing certificates",
        Limit::ChainCertificates => "certificates of a chain",
    };
    match hit.limit {
        Limit::Deadline => format!("{what} ({})", hit.value),
        _ => format!("{}: {what} ({})", hit.layer.name(), hit.value),
    }
}

/// Why credentials were kept back.
pub(crate) fn withheld(why: Withheld) -> &'static str {
    match why {
        Withheld::UnverifiedPeer => "its certificate did not verify",
        Withheld::OtherOrigin => "a redirect led to another origin",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_failure_says_who_refused_and_how_long_was_waited() {
        let icmp = IcmpError {
            from: "192.0.2.1".parse().unwrap(),
            local: false,
            icmp_type: 3,
            code: 13,
        };
        let shown = |fault: Failure| failure(&fault, true);
        assert_eq!(shown(Failure::Refused { icmp: None }), "refused");
        assert_eq!(
            shown(Failure::Unreachable {
                errno: 113,
                icmp: Some(icmp)
            }),
            "unreachable, says 192.0.2.1: communication administratively prohibited"
        );
        assert_eq!(
            shown(Failure::Unreachable {
                errno: 101,
                icmp: None
            }),
            "unreachable from this host (ENETUNREACH)"
        );
        assert_eq!(
            shown(Failure::TimedOut {
                after: Duration::from_secs(5)
            }),
            "timed out after 5.00 s"
        );
        assert_eq!(
            shown(Failure::Closed { received: 0 }),
            "closed by the peer before any byte came"
        );
    }

    #[test]
    fn a_skipped_layer_says_why() {
        let reason = SkipReason::DependencyFailed { layer: Layer::Dns };
        assert_eq!(skipped(Layer::Http, &reason), "skipped: DNS failed");
        assert_eq!(
            skipped(Layer::Dns, &SkipReason::NotNeeded),
            "not needed: the target is an address"
        );
    }
}
