//! tls-intermediate-expired: a certificate above the server's own is past its end.

use netwhy_report::tls::ChainFault;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::{command, spans};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-intermediate-expired",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "an intermediate certificate has expired: clients without a newer copy refuse the chain",
    what: "The server's own certificate is within its dates, but a certificate above it, on the path to the root, is not.",
    why: "A chain is valid only while each of its certificates is (RFC 5280 section 6.1.3). CAs replace intermediates while \
          keeping name and key, so a client that has the newer copy (browsers cache and preload them) still verifies, while \
          curl, Go, Java and Python, which use what the server sends, fail. The usual cause is a chain file that was \
          pasted together once and never renewed with the leaf.",
    fix: "Serve the chain that the CA delivers now: `ssl_certificate /etc/letsencrypt/live/NAME/fullchain.pem;` in nginx (not a \
          hand-made bundle), one PEM with leaf, intermediates and key for HAProxy `crt`. Take expired cross-signs out of the \
          file, then reload.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -showcerts </dev/null 2>/dev/null | openssl crl2pkcs7 -nocrl -certfile /dev/stdin | openssl pkcs7 -print_certs -noout -text | grep -E 'Subject:|Not After'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, (index, subject, not_after)) = chain::fault(report, |_, fault| match fault {
        ChainFault::Expired {
            index,
            subject,
            not_after,
        } if *index != Some(0) => Some((*index, subject, *not_after)),
        _ => None,
    })?;
    let at = chain.judgement.at;
    let age = spans::distance(at, not_after);
    let position = chain::position(index);
    let mut facts = vec![format!(
        "{}: {position}, \"{}\", ended {not_after}, {age} ago",
        chain.at(),
        subject.escaped()
    )];
    facts.push(format!(
        "judged for {at:.0}; the server's own certificate is not the one that expired"
    ));
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!("the intermediate \"{}\" of {} expired {age} ago", subject.escaped(), chain.endpoint.host)),
        facts,
        fix: "replace the intermediate in the server's chain file by the CA's current one, and reload".to_owned(),
        confirm: vec![command::chain_text(report, &chain.endpoint, "Not After")],
        confidence: Confidence::High,
        refute: format!("this host's clock is wrong by more than {age}, or another path to a trusted root exists"),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn expired(index: Option<usize>) -> Report {
        let subject = Untrusted::from("CN=Example R11");
        let not_after = "2026-01-01T00:00:00Z".parse().unwrap();
        specimens::rejected(ChainFault::Expired {
            index,
            subject,
            not_after,
        })
    }

    #[test]
    fn an_expired_intermediate_is_named_with_its_position() {
        let evidence = check(&expired(Some(1))).unwrap();
        assert!(
            evidence.facts[0].contains("certificate 1 as sent, \"CN=Example R11\""),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn an_expired_extra_certificate_is_harmless_while_the_store_accepts() {
        let mut report = expired(Some(2));
        specimens::judgement(&mut report).stores[0].error = None;
        assert!(check(&report).is_none());
    }
}
