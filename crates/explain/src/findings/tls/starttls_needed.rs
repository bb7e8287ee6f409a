//! tls-starttls-needed: a mail, file or database server greets in clear and upgrades on request only.

use netwhy_report::failure::PlainProtocol;
use netwhy_report::{Failure, Layer, Report};

use super::handshakes;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-starttls-needed",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server greets in clear: TLS begins only after STARTTLS on this port",
    what: "The port belongs to a mail, file or database server that speaks first and in clear; it answered our TLS hello with its greeting.",
    why: "Two styles exist: implicit TLS from the first byte (465 SMTP submission, 993 IMAP, 995 POP3, 990 FTP; RFC 8314 prefers it for mail), \
          and an upgrade inside the protocol (STARTTLS on 25, 587, 143; STLS on 110; AUTH TLS on 21; a flag in MySQL's greeting). A client set to the one style on the \
          other's port hangs or reports `wrong version number`.",
    fix: "Set the client to STARTTLS for this port, or move it to the implicit port (465, 993, 995). Test with `openssl s_client \
          -starttls smtp|imap|pop3|ftp|mysql`. To offer implicit TLS in Postfix: the `submissions` service with `-o smtpd_tls_wrappermode=yes`; in Dovecot: \
          `inet_listener imaps { port = 993; ssl = yes }`.",
    confirm: "openssl s_client -connect HOST:PORT -starttls smtp </dev/null",
    check,
};

/// Whether this finding is the one that explains such a greeting.
pub(super) fn concerns(protocol: PlainProtocol) -> bool {
    flag(protocol).is_some()
}

fn flag(protocol: PlainProtocol) -> Option<(&'static str, &'static str)> {
    match protocol {
        PlainProtocol::Smtp => Some(("an SMTP server", "smtp")),
        PlainProtocol::Ftp => Some(("an FTP server", "ftp")),
        PlainProtocol::Imap => Some(("an IMAP server", "imap")),
        PlainProtocol::Pop3 => Some(("a POP3 server", "pop3")),
        PlainProtocol::Mysql => Some(("a MySQL or MariaDB server", "mysql")),
        PlainProtocol::Http | PlainProtocol::Ssh | PlainProtocol::Unknown => None,
    }
}

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, (server, flag), first_bytes) =
        handshakes::failed(report)
            .into_iter()
            .find_map(|(endpoint, failure)| match failure {
                Failure::NotTls {
                    protocol,
                    first_bytes,
                } => Some((endpoint, flag(*protocol)?, first_bytes)),
                _ => None,
            })?;
    let first_line = first_bytes
        .raw()
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .next();
    let greeting: String = netwhy_report::Untrusted::new(first_line.unwrap_or_default())
        .escaped()
        .chars()
        .take(80)
        .collect();
    Some(Evidence {
        hop: Some(endpoint.hop),
        // Asked without a scheme, the port is merely not one for TLS: nothing is broken.
        severity: (!endpoint.secure).then_some(Severity::Info),
        headline: Some(format!(
            "{} is {server}: TLS begins after STARTTLS there",
            endpoint.authority()
        )),
        facts: vec![format!(
            "{} greets with \"{greeting}\"",
            endpoint.authority()
        )],
        fix: format!(
            "set the client to STARTTLS on this port (openssl: -starttls {flag}), or use the port with implicit TLS"
        ),
        confirm: vec![command::s_client(
            report,
            &endpoint,
            &format!("-starttls {flag}"),
        )],
        confidence: Confidence::High,
        refute: format!("`-starttls {flag}` is refused: then the server has no TLS at all"),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn greeting(protocol: PlainProtocol) -> Report {
        specimens::failed(Failure::NotTls {
            protocol,
            first_bytes: Untrusted::from("220 mx.example.test ESMTP\r\n"),
        })
    }

    #[test]
    fn a_mail_greeting_gives_the_flag_to_use() {
        let evidence = check(&greeting(PlainProtocol::Smtp)).unwrap();
        assert!(evidence.confirm[0].contains("-starttls smtp"));
        assert_eq!(evidence.severity, None);
    }

    #[test]
    fn a_completed_handshake_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn plain_http_is_another_finding_and_a_bare_mail_port_breaks_nothing() {
        assert!(check(&greeting(PlainProtocol::Http)).is_none());
        let mut bare = greeting(PlainProtocol::Smtp);
        let plan = crate::specimen::plan(&mut bare);
        plan.target.scheme = netwhy_report::target::Scheme::Probe;
        assert_eq!(check(&bare).unwrap().severity, Some(Severity::Info));
    }
}
