//! tls-chain-incomplete: the server does not send an intermediate that clients need.

use netwhy_report::tls::FetchedForm;
use netwhy_report::{Layer, Report};

use super::chain;
use super::issuer::{self, Because};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-chain-incomplete",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server does not send an intermediate: browsers recover, curl, Go, Java and Python clients fail",
    what: "The certificate is good, but the server does not send the intermediate certificate that links it to a root. That is \
           why it \"works in the browser\" and fails in scripts, apps and webhooks.",
    why: "Clients store roots, not intermediates, so a server must send every certificate between its own and the root (RFC \
          8446 section 4.4.2, RFC 5246 section 7.4.2). Browsers paper over the gap: Chrome, Edge and Safari fetch the issuer from the AIA \
          address in the certificate, Firefox preloads intermediates. curl with OpenSSL, Go, Java, Python and Node do neither \
          and report `unable to get local issuer certificate` or `unknown authority`.",
    fix: "Append the intermediate to the server's chain file, the leaf first, without the root. nginx: `ssl_certificate \
          /etc/letsencrypt/live/NAME/fullchain.pem;` (not `cert.pem`). HAProxy: `cat fullchain.pem privkey.pem > site.pem` for \
          `bind :443 ssl crt site.pem`. Apache 2.4.8 and later: `SSLCertificateFile fullchain.pem`. Then reload. From a DER \
          file: `openssl x509 -inform der -in issuer.crt >> chain.pem`.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -showcerts </dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, missing) = issuer::missing(report)?;
    let confidence = match missing.because {
        Because::Completed => Confidence::High,
        Because::Unfetched => Confidence::Medium,
        Because::Untrusted => return None,
    };
    let issuer = missing.issuer.escaped();
    let sent: Vec<_> = chain
        .record
        .chain
        .iter()
        .map(|certificate| format!("\"{}\"", certificate.subject.escaped()))
        .collect();
    let mut facts = vec![
        format!("{}: sent: {}", chain.at(), sent.join(", ")),
        format!(
            "missing: \"{issuer}\", the issuer of {} (\"{}\")",
            chain::position(missing.index),
            missing.subject.escaped()
        ),
    ];
    facts.extend(issuer::fetches(&chain));
    if chain
        .judgement
        .stores
        .first()
        .and_then(|store| store.with_fetched)
        == Some(true)
    {
        facts.push("with it, the chain verifies".to_owned());
    }
    facts.extend(chain.stores());
    let source = chain
        .judgement
        .aia
        .iter()
        .flat_map(|aia| &aia.fetches)
        .find(|fetch| fetch.step.value().is_some());
    let mut confirm = vec![command::s_client(report, &chain.endpoint, "-showcerts")];
    confirm.extend(source.map(|fetch| {
        let read = match fetch.form {
            Some(FetchedForm::Cms) => "openssl pkcs7 -inform DER -print_certs -noout",
            Some(FetchedForm::PemCms) => "openssl pkcs7 -print_certs -noout",
            Some(FetchedForm::Pem) => "openssl x509 -noout -subject -dates",
            Some(FetchedForm::Der) | None => "openssl x509 -inform DER -noout -subject -dates",
        };
        format!(
            "curl -sS {} | {read}",
            crate::shell::quote(&fetch.url.escaped())
        )
    }));
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{} does not send \"{issuer}\": browsers recover, curl, Go, Java and Python clients fail",
            chain.at()
        )),
        facts,
        fix: format!(
            "append \"{issuer}\" to the server's chain file (nginx: ssl_certificate fullchain.pem, not cert.pem) and reload"
        ),
        confirm,
        confidence,
        refute: if confidence == Confidence::High {
            "s_client -showcerts lists the intermediate: another node behind this name sends it"
                .to_owned()
        } else {
            "the missing issuer belongs to a CA that this trust store does not hold (then the roots are missing, not the intermediate)".to_owned()
        },
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use netwhy_report::tls::{AiaCompletion, AiaFetch, ChainFault};
    use netwhy_report::{Failure, Step, Untrusted};

    use super::super::chain::specimens;
    use super::*;

    fn missing(completes: bool, reached: bool) -> Report {
        let subject = Untrusted::from("CN=shop.example.test");
        let issuer = Untrusted::from("CN=Example R11");
        let mut report = specimens::rejected(ChainFault::IssuerMissing {
            index: Some(0),
            subject,
            issuer: issuer.clone(),
        });
        let record = specimens::record(&mut report);
        record.chain.truncate(1);
        let mut found = record.chain[0].clone();
        found.subject = issuer;
        let url = Untrusted::from("http://aia.example.test/r11.der");
        record.chain[0].aia_issuers = vec![url.clone()];
        let timed_out = Failure::TimedOut {
            after: Duration::from_secs(3),
        };
        let step = Step::ended(
            Duration::ZERO,
            Duration::from_millis(9),
            if reached { Ok(found) } else { Err(timed_out) },
        );
        specimens::judgement(&mut report).aia = Some(AiaCompletion {
            fetches: vec![AiaFetch {
                url,
                form: reached.then_some(FetchedForm::Cms),
                step,
            }],
            completes,
        });
        report
    }

    #[test]
    fn an_intermediate_found_at_its_aia_address_proves_it() {
        let evidence = check(&missing(true, true)).unwrap();
        assert_eq!(evidence.confidence, Confidence::High);
        assert!(
            evidence
                .facts
                .iter()
                .any(|fact| fact
                    .contains("found at its AIA address http://aia.example.test/r11.der"))
        );
        assert!(
            evidence
                .confirm
                .iter()
                .any(|command| command.contains("| openssl pkcs7 -inform DER")),
            "the command reads the form that the address gave: {:?}",
            evidence.confirm
        );
        let unreached = check(&missing(false, false)).unwrap();
        assert_eq!(unreached.confidence, Confidence::Medium);
        assert!(
            unreached
                .facts
                .iter()
                .any(|fact| fact.contains("no answer in 3.00 s"))
        );
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn an_issuer_that_leads_to_no_trusted_root_is_another_finding() {
        assert!(check(&missing(false, true)).is_none());
    }
}
