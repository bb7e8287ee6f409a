//! Failures in a few words, for evidence lines.

use netwhy_report::Failure;

/// What happened, in a few words; nothing from the network is left unescaped.
pub(crate) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::TimedOut { after } => format!("no answer within {:.1} s", after.as_secs_f64()),
        Failure::Refused { icmp: None } => "refused (reset)".to_owned(),
        Failure::Refused { icmp: Some(icmp) } => {
            format!("refused: ICMP {} from {}", icmp.meaning(), icmp.from)
        }
        Failure::Unreachable {
            icmp: Some(icmp), ..
        } => format!("ICMP {} from {}", icmp.meaning(), icmp.from),
        Failure::Unreachable { errno, icmp: None } => {
            format!("this host has no usable route (errno {errno})")
        }
        Failure::Reset { received } => format!("connection reset after {received} bytes"),
        Failure::Closed { received } => format!("connection closed after {received} bytes"),
        Failure::PortsExhausted => "no ephemeral port left".to_owned(),
        Failure::DescriptorsExhausted => "no file descriptor left".to_owned(),
        Failure::System { errno } => format!("system error {errno}"),
        Failure::NoAddress => "no address".to_owned(),
        Failure::DnsUndecodable { reason } => format!(
            "undecodable reply: {}",
            netwhy_report::untrusted::escape(reason)
        ),
        Failure::DnsMismatched { replies } => {
            format!("{replies} replies, none of them to our question")
        }
        Failure::TlsAlert { code, name } => format!(
            "TLS alert {code} ({})",
            netwhy_report::untrusted::escape(name)
        ),
        Failure::NotTls { .. } => "the peer does not speak TLS".to_owned(),
        Failure::TlsCertificate { reason } => format!(
            "the certificate does not verify: {}",
            netwhy_report::untrusted::escape(reason)
        ),
        Failure::TlsAlpn { expected } => {
            format!("the peer does not agree on the protocol {expected} (ALPN)")
        }
        Failure::Quic {
            code,
            application,
            reason,
        } => {
            let whose = if *application {
                "the server's"
            } else {
                "QUIC's"
            };
            let code = code.map_or_else(String::new, |code| format!(" {code:#x}"));
            format!(
                "QUIC ended with {whose} error{code} \"{}\"",
                reason.escaped()
            )
        }
        Failure::HttpStatus { status } => format!("HTTP status {status}"),
        Failure::HttpContentType { given } => match given {
            Some(given) => format!("a body of the type \"{}\"", given.escaped()),
            None => "a body without a type".to_owned(),
        },
        Failure::BodyTooLong { limit } => format!("a body of more than {limit} bytes"),
        Failure::TlsProtocol { reason }
        | Failure::HttpMalformed { reason }
        | Failure::FetchUnusable { reason } => {
            netwhy_report::untrusted::escape(reason).into_owned()
        }
        Failure::BodyTruncated { received } => format!("the body broke off after {received} bytes"),
    }
}
