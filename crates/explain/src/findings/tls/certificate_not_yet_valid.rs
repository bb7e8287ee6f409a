//! tls-certificate-not-yet-valid: a certificate of the path begins in the future.

use netwhy_report::tls::ChainFault;
use netwhy_report::{Layer, Report};

use super::chain;
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::{command, spans};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-certificate-not-yet-valid",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "a certificate's validity has not begun: clients refuse it until then",
    what: "notBefore of a certificate on the path lies after the time that the chain was judged for.",
    why: "A verifier compares its own clock with notBefore (RFC 5280 section 4.1.2.5). Either the issuing machine's clock runs \
          ahead, a certificate was deployed too early, or the checking machine's clock is behind: containers, VMs after \
          suspend and boards without a battery often are. Public CAs back-date notBefore by about an hour for that reason; \
          private CAs often do not.",
    fix: "Check the clocks on the client, the server and the CA: `timedatectl`, `chronyc tracking`. If they are right, put the \
          former certificate back until the new one begins, or reissue it; back-date by an hour in a private CA.",
    confirm: "date -u; openssl s_client -connect HOST:PORT -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -startdate",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (chain, (index, subject, not_before)) = chain::fault(report, |_, fault| match fault {
        ChainFault::NotYetValid {
            index,
            subject,
            not_before,
        } => Some((*index, subject, *not_before)),
        _ => None,
    })?;
    let at = chain.judgement.at;
    let ahead = spans::distance(not_before, at);
    let position = chain::position(index);
    let mut facts = vec![format!(
        "{}: {position}, \"{}\", begins {not_before}, in {ahead}",
        chain.at(),
        subject.escaped()
    )];
    facts.push(format!("judged for {at:.0}"));
    facts.extend(chain.stores());
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: None,
        headline: Some(format!("a certificate of {} becomes valid in {ahead} only ({not_before})", chain.endpoint.host)),
        facts,
        fix: "check the clocks (timedatectl on the client, the server and the CA); if they are right, serve the former certificate until then"
            .to_owned(),
        confirm: vec!["date -u".to_owned(), command::x509(report, &chain.endpoint, "-subject -startdate")],
        confidence: Confidence::High,
        refute: format!("this host's clock is {ahead} or more behind"),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::chain::specimens;
    use super::*;

    fn early() -> Report {
        let at = specimens::judgement(&mut crate::specimen::healthy()).at;
        let subject = Untrusted::from("CN=shop.example.test");
        let not_before = at + jiff::SignedDuration::from_hours(5);
        specimens::rejected(ChainFault::NotYetValid {
            index: Some(0),
            subject,
            not_before,
        })
    }

    #[test]
    fn a_start_in_the_future_is_given_as_a_distance() {
        assert!(check(&early()).unwrap().facts[0].contains("in 5 hours"));
    }

    #[test]
    fn a_healthy_chain_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_store_that_accepts_another_path_overrules_the_walk() {
        let mut report = early();
        specimens::judgement(&mut report).stores[0].error = None;
        assert!(check(&report).is_none());
    }
}
