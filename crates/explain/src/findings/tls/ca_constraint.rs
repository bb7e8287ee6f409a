//! tls-ca-constraint: a certificate of the path was not allowed to issue the one below it.

use netwhy_report::tls::ChainFault;
use netwhy_report::untrusted::escape;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-ca-constraint",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "a CA certificate on the path breaks its own limits: verifiers refuse what it issued",
    what: "The signatures fit, but a certificate on the path was not allowed to issue, or not for this purpose or name.",
    why: "A CA certificate states its powers: basicConstraints (CA flag, path length), keyUsage keyCertSign, nameConstraints and \
          extendedKeyUsage (RFC 5280 sections 4.2.1.3, 4.2.1.9, 4.2.1.10 and 4.2.1.12). Verifiers enforce them, not all of them \
          equally strictly, so such a chain works in one client and fails in another. Home-made CAs most often forget the \
          CA flag or serverAuth.",
    fix: "Reissue the offending certificate. OpenSSL extensions for an intermediate: `basicConstraints=critical,CA:true,pathlen:0` and \
          `keyUsage=critical,keyCertSign,cRLSign`; for the leaf: `basicConstraints=CA:false`, `extendedKeyUsage=serverAuth`. \
          If name constraints forbid the name, issue from another CA.",
    confirm: "openssl x509 -noout -ext basicConstraints,keyUsage,extendedKeyUsage,nameConstraints -in CERTIFICATE",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, (index, subject, rule)) = chain::fault(report, |_, fault| match fault {
        ChainFault::ConstraintViolated {
            index,
            subject,
            rule,
        } => Some((*index, subject, rule)),
        _ => None,
    })?;
    let rule = escape(rule);
    let mut facts = vec![format!(
        "{}: {} (\"{}\"): {rule}",
        chain.at(),
        chain::position(index),
        subject.escaped()
    )];
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{}: \"{}\" breaks a rule for its place in the chain: {rule}",
            chain.at(),
            subject.escaped()
        )),
        facts,
        fix: format!(
            "reissue \"{}\" with the extensions that its place in the chain needs",
            subject.escaped()
        ),
        confirm: vec![command::chain_text(
            report,
            &chain.endpoint,
            "Subject:|Basic Constraints|Key Usage|Name Constraints",
        )],
        confidence: Confidence::High,
        refute: "another path, through another certificate of the same CA, satisfies the rule"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn no_ca_flag() -> Report {
        let subject = Untrusted::from("CN=Corp Issuing");
        let rule = "basicConstraints: not a CA".to_owned();
        specimens::rejected(ChainFault::ConstraintViolated {
            index: Some(1),
            subject,
            rule,
        })
    }

    #[test]
    fn the_link_and_the_rule_are_named() {
        let evidence = check(&no_ca_flag()).unwrap();
        assert!(
            evidence.facts[0]
                .contains("certificate 1 as sent (\"CN=Corp Issuing\"): basicConstraints")
        );
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_violation_off_the_accepted_path_is_harmless() {
        let mut report = no_ca_flag();
        specimens::judgement(&mut report).stores[0].error = None;
        assert!(check(&report).is_none());
    }
}
