//! tls-name-mismatch: the certificate does not cover the name that was asked for.

use netwhy_report::tls::NameVerdict;
use netwhy_report::untrusted::escape;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-name-mismatch",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the certificate does not cover this name: every client that checks refuses it",
    what: "None of the certificate's subject alternative names matches the host that was asked for.",
    why: "Clients compare the host with the SAN entries alone (RFC 9525); the common name has not counted for years. A wildcard \
          stands for exactly one label and only the leftmost one: `*.example.com` covers `a.example.com`, but neither \
          `example.com` nor `a.b.example.com`. An address needs an IP entry. When the names belong to another site of the \
          same server, the virtual host is missing or the default one answered.",
    fix: "Issue the certificate for every name served: `certbot certonly --nginx --cert-name NAME -d example.com -d \
          www.example.com` (all names each time). If the right certificate exists, attach it to the virtual host: nginx picks by \
          `server_name` in a `listen 443 ssl` block, HAProxy by the names in the files of `bind :443 ssl crt /etc/haproxy/certs/`. If the \
          name should not point here, correct DNS instead.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName",
    check,
};

const NAMES_SHOWN: usize = 8;

fn check(report: &Report) -> Option<Evidence> {
    let (chain, nearest, reason) =
        chain::judged(report)
            .into_iter()
            .find_map(|chain| match &chain.judgement.name {
                NameVerdict::Mismatch { nearest, reason } => Some((chain, nearest, reason)),
                NameVerdict::Matches => None,
            })?;
    let asked = &chain.record.server_name;
    let mut facts = vec![format!("{}: asked for \"{}\"", chain.at(), escape(asked))];
    if let Some(nearest) = nearest {
        facts.push(format!(
            "nearest name in the certificate: \"{}\": {}",
            nearest.escaped(),
            escape(reason)
        ));
    } else {
        facts.push(format!(
            "no name in the certificate comes near: {}",
            escape(reason)
        ));
    }
    if let Some(leaf) = chain.leaf() {
        let names: Vec<_> = leaf
            .names
            .iter()
            .take(NAMES_SHOWN)
            .map(netwhy_report::Untrusted::escaped)
            .collect();
        let rest = leaf.names_total.saturating_sub(names.len());
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        facts.push(format!(
            "it covers: {}{more}",
            if names.is_empty() {
                "nothing".to_owned()
            } else {
                names.join(", ")
            }
        ));
    }
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!(
            "the certificate of {} does not cover this name",
            chain.at()
        )),
        facts,
        fix: format!(
            "issue a certificate with \"{}\" among its subject alternative names, or attach the right one to this virtual host",
            escape(asked)
        ),
        confirm: vec![command::x509(
            report,
            &chain.endpoint,
            "-subject -ext subjectAltName",
        )],
        confidence: Confidence::High,
        refute: "the name was mistyped, or DNS led to a server that is not meant to serve it"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn mismatch(nearest: Option<Untrusted>) -> Report {
        let mut report = crate::specimen::healthy();
        let reason = "a wildcard covers one label only".to_owned();
        specimens::judgement(&mut report).name = NameVerdict::Mismatch { nearest, reason };
        report
    }

    #[test]
    fn the_nearest_name_is_given_with_the_reason_and_escaped() {
        let evidence = check(&mismatch(Some(Untrusted::from("*.ex\x1bample.test")))).unwrap();
        assert!(
            evidence.facts[1].contains("\"*.ex\\u{1b}ample.test\": a wildcard"),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_name_that_matches_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_rejected_chain_with_the_right_name_is_not_a_mismatch() {
        let mut report = crate::specimen::healthy();
        specimens::judgement(&mut report).stores[0].error = Some("unknown issuer".to_owned());
        assert!(check(&report).is_none());
        assert!(check(&mismatch(None)).unwrap().facts[1].contains("no name"));
    }
}
