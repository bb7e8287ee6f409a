//! tls-untrusted-issuer: the chain is whole, but ends outside the trust store.

use netwhy_report::tls::ChainFault;
use netwhy_report::{Layer, Report};

use super::chain::{self, Judged};
use super::issuer::{self, Because};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-untrusted-issuer",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the certificate comes from a CA that the trust store does not hold",
    what: "The path from the server's certificate ends at a CA that is not among the trusted roots. Nothing is missing in \
           between: the issuer itself is unknown here.",
    why: "A client trusts a fixed set of roots (the system's store, Java's cacerts, Python's certifi, Mozilla's list). An internal \
          CA, a TLS-inspecting proxy, a root that was distrusted or one newer than the client's store is not in it. When \
          the stores disagree, the client's store is what differs: an outdated ca-certificates package is common in old containers.",
    fix: "Internal CA: install its root on the clients (Debian: copy it to /usr/local/share/ca-certificates/NAME.crt and run \
          `update-ca-certificates`; Red Hat: `trust anchor NAME.pem`; Java: `keytool -importcert -cacerts -file NAME.pem`) or name it \
          per tool (`curl --cacert`, `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`, `NODE_EXTRA_CA_CERTS`). Public site: use a CA that all stores \
          hold. Old client: update ca-certificates. If you expected a public CA, somebody intercepts: ask who issued it.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -showcerts </dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let root = chain::fault(report, |_, fault| match fault {
        ChainFault::UntrustedRoot { index, subject } => Some(format!(
            "the path ends at \"{}\" ({}), which the store does not hold",
            subject.escaped(),
            chain::position(*index)
        )),
        _ => None,
    });
    if let Some((chain, fact)) = root {
        return Some(evidence(
            report,
            &chain,
            vec![format!("{}: {fact}", chain.at())],
        ));
    }
    let (chain, missing) = issuer::missing(report)?;
    if missing.because != Because::Untrusted {
        return None;
    }
    let line = format!(
        "\"{}\" was issued by \"{}\", which leads to no root of the store",
        missing.subject.escaped(),
        missing.issuer.escaped()
    );
    let mut facts = vec![format!("{}: {line}", chain.at())];
    facts.extend(issuer::fetches(&chain));
    Some(evidence(report, &chain, facts))
}

fn evidence(report: &Report, chain: &Judged<'_>, mut facts: Vec<String>) -> Evidence {
    facts.extend(chain.stores());
    let elsewhere = chain
        .judgement
        .stores
        .iter()
        .skip(1)
        .find(|store| store.error.is_none());
    if let Some(store) = elsewhere {
        facts.push(format!(
            "{} accepts it: the deciding store differs, not the server",
            store.store.name()
        ));
    }
    Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!("the certificate of {} comes from a CA that the trust store does not hold", chain.at())),
        facts,
        fix: if elsewhere.is_some() {
            "update the client's trust store (the ca-certificates package), or drop the roots that were given".to_owned()
        } else {
            "install the issuing CA's root on the clients (netwhy: --roots FILE), or use a CA that they trust".to_owned()
        },
        confirm: vec![command::s_client(report, &chain.endpoint, "-showcerts")],
        confidence: Confidence::High,
        refute: "with the right root given (--roots FILE) the chain verifies: then only this client lacks it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;
    use netwhy_report::tls::StoreKind;

    use super::super::chain::specimens;
    use super::*;

    fn private_root() -> Report {
        specimens::rejected(ChainFault::UntrustedRoot {
            index: Some(1),
            subject: Untrusted::from("CN=Corp Root"),
        })
    }

    #[test]
    fn a_root_outside_the_store_is_named() {
        let evidence = check(&private_root()).unwrap();
        assert!(
            evidence.facts[0].contains("ends at \"CN=Corp Root\" (certificate 1 as sent)"),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_leaf_sent_alone_is_an_incomplete_chain_instead() {
        let [subject, issuer] = ["CN=shop.example.test", "CN=Example R11"].map(Untrusted::from);
        let mut report = specimens::rejected(ChainFault::IssuerMissing {
            index: Some(0),
            subject,
            issuer,
        });
        specimens::record(&mut report).chain.truncate(1);
        assert!(check(&report).is_none());
    }

    #[test]
    fn another_store_that_accepts_turns_the_blame_to_this_client() {
        let mut report = private_root();
        let judgement = specimens::judgement(&mut report);
        let mut other = judgement.stores[0].clone();
        other.store = StoreKind::Mozilla;
        other.error = None;
        judgement.stores = vec![judgement.stores[0].clone(), other];
        assert!(
            check(&report)
                .unwrap()
                .fix
                .contains("update the client's trust store")
        );
    }
}
