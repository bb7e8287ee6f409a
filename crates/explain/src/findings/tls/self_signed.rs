//! tls-self-signed: the server's certificate vouches for itself.

use netwhy_report::tls::ChainFault;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-self-signed",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the certificate is self-signed: nobody but its owner vouches for it",
    what: "The server's certificate is signed with its own key, and the trust store does not hold it.",
    why: "Trust comes from a signature by somebody the client already trusts (RFC 5280 section 6.1). A self-signed certificate \
          proves only that the peer has the key it made itself, which an attacker in between can do as well. In production \
          it is most often the web server's or appliance's factory default (`snakeoil`, `Kubernetes Ingress Controller Fake \
          Certificate`, `TRAEFIK DEFAULT CERT`): the real one was never attached to this name.",
    fix: "For a public name, get one from a public CA: `certbot --nginx -d NAME`. In Kubernetes, check that the Ingress' `tls.secretName` \
          exists in the same namespace and lists this host. For an internal service, issue it from the internal CA and give \
          that CA to the clients (`curl --cacert`, `SSL_CERT_FILE`, netwhy `--roots`); do not switch verification off.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, subject) = chain::fault(report, |_, fault| match fault {
        ChainFault::SelfSigned { subject } => Some(subject),
        _ => None,
    })?;
    let mut facts = vec![format!(
        "{}: certificate 0 \"{}\" is its own issuer",
        chain.at(),
        subject.escaped()
    )];
    facts.extend(chain.leaf().map(|leaf| {
        format!(
            "SHA-256 {}, valid {} to {}",
            leaf.sha256, leaf.not_before, leaf.not_after
        )
    }));
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!("{} presents a self-signed certificate: no client trusts it unless told to", chain.at())),
        facts,
        fix: "attach a certificate from a CA that the clients trust; for an internal CA give its root to the clients (netwhy: --roots FILE)"
            .to_owned(),
        confirm: vec![command::x509(report, &chain.endpoint, "-subject -issuer -fingerprint -sha256")],
        confidence: Confidence::High,
        refute: "the clients that matter are configured to trust this very certificate".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn self_signed() -> Report {
        specimens::rejected(ChainFault::SelfSigned {
            subject: Untrusted::from("CN=localhost"),
        })
    }

    #[test]
    fn a_certificate_that_signs_itself_is_named() {
        let evidence = check(&self_signed()).unwrap();
        assert!(evidence.facts[0].contains("\"CN=localhost\" is its own issuer"));
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_self_signed_certificate_that_the_given_roots_hold_is_fine() {
        let mut report = self_signed();
        specimens::judgement(&mut report).stores[0].error = None;
        assert!(check(&report).is_none());
    }
}
