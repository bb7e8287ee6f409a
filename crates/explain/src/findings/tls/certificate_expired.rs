//! tls-certificate-expired: the server's own certificate is past its end.

use netwhy_report::tls::ChainFault;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::{command, spans};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-certificate-expired",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server's certificate has expired: every client that checks refuses it",
    what: "The certificate that the server presents for itself ended before the time it was judged for. \
           Browsers show a full-page warning; programs fail the handshake.",
    why: "Every certificate carries notBefore and notAfter (RFC 5280 section 4.1.2.5), and a verifier must refuse it outside of \
          them. Public certificates live for weeks, so renewal must be automatic. When one expires, usually the renewal failed \
          (the DNS or HTTP challenge, a rate limit, a moved web root), or it succeeded and the server was never reloaded: \
          nginx, HAProxy and most others read the file at start or reload only.",
    fix: "Compare the file with the wire first: `openssl x509 -noout -enddate -in /etc/letsencrypt/live/NAME/fullchain.pem`. If \
          the file is fresh, reload (`systemctl reload nginx`, `systemctl reload haproxy`) and make it last: \
          `certbot renew --deploy-hook 'systemctl reload nginx'`. If it is old: `certbot renew --cert-name NAME -v` and read why \
          it fails. Behind a load balancer, check each node. Alert at a third of the lifetime left, on what the server \
          presents, not on the file.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -subject -dates",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, not_after) = chain::fault(report, |_, fault| match fault {
        ChainFault::Expired {
            index: Some(0),
            not_after,
            ..
        } => Some(*not_after),
        _ => None,
    })?;
    let at = chain.judgement.at;
    let age = spans::distance(at, not_after);
    let subject = chain
        .leaf()
        .map(|leaf| leaf.subject.escaped())
        .unwrap_or_default();
    let mut facts = vec![
        format!(
            "{}: certificate 0 \"{subject}\" ended {not_after}, {age} ago",
            chain.at()
        ),
        format!("judged for {at:.0}"),
    ];
    facts.extend(
        chain
            .leaf()
            .map(|leaf| format!("valid from {}, serial {}", leaf.not_before, leaf.serial)),
    );
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!("the certificate of {} expired {age} ago ({not_after})", chain.endpoint.host)),
        facts,
        fix: "renew it and reload the server: certbot renew --deploy-hook 'systemctl reload nginx'; if the file on disk is fresh, only reload"
            .to_owned(),
        confirm: vec![command::x509(report, &chain.endpoint, "-subject -dates")],
        confidence: Confidence::High,
        refute: format!("this host's clock is wrong by more than {age} (compare `date -u` with another host's)"),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn expired(index: usize) -> Report {
        let subject = Untrusted::from("CN=shop.example.test");
        let mut report = crate::specimen::healthy();
        let at = specimens::judgement(&mut report).at;
        let not_after = at - jiff::SignedDuration::from_hours(75);
        report = specimens::rejected(ChainFault::Expired {
            index: Some(index),
            subject,
            not_after,
        });
        report
    }

    #[test]
    fn an_expired_leaf_is_dated_in_the_evidence() {
        let evidence = check(&expired(0)).unwrap();
        assert!(
            evidence.facts[0].contains("3 days ago"),
            "{:?}",
            evidence.facts
        );
        assert!(evidence.confirm[0].contains("-servername shop.example.test"));
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn an_expired_certificate_that_is_not_the_leaf_is_another_finding() {
        assert!(check(&expired(1)).is_none());
    }
}
