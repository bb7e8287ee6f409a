//! tls-chain-rejected: the trust store turns the chain down, and no narrower finding says why.

use netwhy_report::tls::ChainFault;
use netwhy_report::untrusted::escape;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-chain-rejected",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the certificate chain is turned down: a certificate is malformed, or a rule forbids it",
    what: "The verifier refuses the chain. Either a certificate cannot be parsed, or a rule without a finding of its own is broken.",
    why: "Verifiers read DER strictly: wrong encodings, unknown critical extensions (RFC 5280 section 4.2), keys or signature algorithms that the \
          library no longer supports all end in a refusal. Libraries differ in such details, so other clients may accept.",
    fix: "Reissue the certificate with current tooling: X.509 version 3, RSA of 2048 bits or more or P-256, SHA-256, a SAN, no home-made critical extensions.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -text",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let rejected = chain::judged(report).into_iter();
    let (chain, said, mut facts) = rejected.filter(chain::Judged::rejected).find_map(|chain| {
        match chain.judgement.faults.first() {
            None => {
                let error = chain.judgement.stores.first()?.error.as_deref()?;
                Some((chain, escape(error).into_owned(), Vec::new()))
            }
            Some(ChainFault::Malformed { index, reason }) => {
                let place = index.map(|_| format!("{}: ", chain::position(*index)));
                let said = format!("{}{}", place.unwrap_or_default(), escape(reason));
                Some((chain, said.clone(), vec![format!("{}: {said}", chain.at())]))
            }
            Some(_) => None,
        }
    })?;
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!("the certificate chain of {} is turned down: {said}", chain.at())),
        facts,
        fix: "reissue the certificate with current tooling (X.509 v3, SHA-256, RSA >= 2048 or P-256, a SAN, no home-made critical extension)".to_owned(),
        confirm: vec![command::x509(report, &chain.endpoint, "-text"), command::s_client(report, &chain.endpoint, "-showcerts")],
        confidence: Confidence::Medium,
        refute: "openssl s_client ends with `Verify return code: 0 (ok)`: then only stricter verifiers refuse".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    #[test]
    fn a_malformed_certificate_fires_with_its_position() {
        let report = specimens::rejected(ChainFault::Malformed {
            index: Some(0),
            reason: "trailing data".to_owned(),
        });
        assert!(check(&report).unwrap().facts[0].ends_with("certificate 0 as sent: trailing data"));
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_rejection_that_another_finding_explains_is_left_to_it() {
        let mut report = specimens::rejected(ChainFault::SelfSigned {
            subject: Untrusted::from("CN=a"),
        });
        assert!(check(&report).is_none());
        specimens::judgement(&mut report).faults.clear();
        assert!(check(&report).is_some());
    }
}
