//! tls-not-tls: TLS was asked for, something else answered.

use netwhy_report::failure::PlainProtocol;
use netwhy_report::{Failure, Layer, Report};

use super::handshakes;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-not-tls",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the port does not speak TLS: clients report `wrong version number`",
    what: "We began a TLS handshake; the peer's first bytes are not TLS, but plain HTTP or another protocol.",
    why: "TLS records begin with a content type and a version (RFC 8446 section 5.1). A plain server reads our hello as garbage and \
          answers in its own words, often `HTTP/1.1 400 Bad Request`; OpenSSL then reports `wrong version number`, Go `server gave HTTP \
          response to HTTPS client`. Either the URL has the wrong scheme or port, or the listener lost its TLS setting, or a load \
          balancer forwards 443 to a plain backend.",
    fix: "Use http:// if the service is meant to be plain. Otherwise switch TLS on: nginx `listen 443 ssl;` (not just `listen 443;`) with \
          `ssl_certificate`; HAProxy `bind :443 ssl crt /etc/haproxy/certs/site.pem` (without `ssl` it is plain); Apache `SSLEngine on` in the \
          `*:443` virtual host.",
    confirm: "openssl s_client -connect HOST:PORT </dev/null; curl -sv http://HOST:PORT/ -o /dev/null",
    check,
};

const BYTES_SHOWN: usize = 60;

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, protocol, first_bytes) =
        handshakes::failed(report)
            .into_iter()
            .find_map(|(endpoint, failure)| match failure {
                // On a bare port plain HTTP is an answer, not a fault: the walk goes on in clear.
                Failure::NotTls {
                    protocol,
                    first_bytes,
                } if endpoint.secure && !super::starttls_needed::concerns(*protocol) => {
                    Some((endpoint, *protocol, first_bytes))
                }
                _ => None,
            })?;
    let (spoken, fix) = match protocol {
        PlainProtocol::Http => (
            "plain HTTP",
            "use http://, or enable TLS on the listener (nginx: listen 443 ssl;)",
        ),
        PlainProtocol::Ssh => (
            "SSH",
            "use the web server's port: an SSH server has this one",
        ),
        _ => (
            "another protocol",
            "check which service has this port (ss -ltnp on the server), and whether its listener has TLS enabled",
        ),
    };
    let shown: String = first_bytes.escaped().chars().take(BYTES_SHOWN).collect();
    let mut confirm = vec![command::s_client(report, &endpoint, "")];
    if protocol == PlainProtocol::Http {
        confirm.push(format!(
            "curl -sv -o /dev/null {}",
            crate::shell::quote(&format!("http://{}/", endpoint.authority()))
        ));
    }
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} speaks {spoken}, not TLS", endpoint.authority())),
        facts: vec![format!(
            "{} answered our ClientHello with \"{shown}\"",
            endpoint.authority()
        )],
        fix: fix.to_owned(),
        confirm,
        confidence: Confidence::High,
        refute: "another address or node behind this name answers with TLS".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn plain(protocol: PlainProtocol) -> Report {
        specimens::failed(Failure::NotTls {
            protocol,
            first_bytes: Untrusted::from("HTTP/1.1 400 Bad Request\r\n"),
        })
    }

    #[test]
    fn plain_http_behind_https_is_shown_with_its_first_bytes() {
        let evidence = check(&plain(PlainProtocol::Http)).unwrap();
        assert!(
            evidence.facts[0].contains("\"HTTP/1.1 400 Bad Request\\r\\n\""),
            "{:?}",
            evidence.facts
        );
        assert!(evidence.fix.contains("listen 443 ssl;"));
    }

    #[test]
    fn a_completed_handshake_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn plain_http_on_a_bare_port_and_a_mail_greeting_are_not_this_finding() {
        let mut bare = plain(PlainProtocol::Http);
        let plan = crate::specimen::plan(&mut bare);
        plan.target.scheme = netwhy_report::target::Scheme::Probe;
        assert!(check(&bare).is_none());
        assert!(check(&plain(PlainProtocol::Smtp)).is_none());
    }
}
