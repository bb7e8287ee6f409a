//! tls-signature-invalid: a certificate's signature does not verify with its issuer's key.

use netwhy_report::tls::ChainFault;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-signature-invalid",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "a certificate's signature does not verify with the key of the issuer that it names",
    what: "A link of the chain is broken: names fit, but the issuer's key did not make this signature.",
    why: "Issuer and subject names only suggest a link; the signature proves it (RFC 5280 section 6.1.3). A CA that was re-keyed under \
          its old name leaves two certificates of equal name: pairing a leaf with the wrong one gives this fault. It also \
          comes from a damaged file, or from a forged chain.",
    fix: "Serve the chain that belongs to this leaf: take `fullchain.pem` of the same issuance, do not mix files of two renewals. \
          With a private CA, compare the leaf's Authority Key Identifier with the intermediate's Subject Key Identifier.",
    confirm: "openssl verify -partial_chain -trusted intermediate.pem leaf.pem",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, (index, subject, issuer)) = chain::fault(report, |_, fault| match fault {
        ChainFault::SignatureInvalid {
            index,
            subject,
            issuer,
        } => Some((*index, subject, issuer)),
        _ => None,
    })?;
    let mut facts = vec![format!(
        "{}: {} (\"{}\") is not signed by the key of \"{}\"",
        chain.at(),
        chain::position(index),
        subject.escaped(),
        issuer.escaped()
    )];
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{}: the signature of \"{}\" does not verify",
            chain.at(),
            subject.escaped()
        )),
        facts,
        fix:
            "serve leaf and intermediates of one issuance (fullchain.pem as delivered), and reload"
                .to_owned(),
        confirm: vec![command::chain_text(
            report,
            &chain.endpoint,
            "Subject:|Key Identifier",
        )],
        confidence: Confidence::High,
        refute: "`openssl verify` with the certificates as sent succeeds".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn forged() -> Report {
        let [subject, issuer] = ["CN=shop.example.test", "CN=Example R11"].map(Untrusted::from);
        specimens::rejected(ChainFault::SignatureInvalid {
            index: Some(0),
            subject,
            issuer,
        })
    }

    #[test]
    fn the_broken_link_is_named_at_both_ends() {
        let evidence = check(&forged()).unwrap();
        assert!(
            evidence.facts[0].contains(
                "(\"CN=shop.example.test\") is not signed by the key of \"CN=Example R11\""
            )
        );
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_bad_signature_off_the_accepted_path_is_harmless() {
        let mut report = forged();
        specimens::judgement(&mut report).stores[0].error = None;
        assert!(check(&report).is_none());
    }
}
