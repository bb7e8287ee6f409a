//! dns-dnssec-not-yet-valid: a signature is not valid yet.

use netwhy_report::dns::proof::ProofReason;
use netwhy_report::{Layer, Report};

use super::traced::{fault, hop};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-dnssec-not-yet-valid",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "a DNSSEC signature begins in the future: validating resolvers answer SERVFAIL",
    what: "An RRSIG record on the way to the answer has an inception time that lies ahead of this host's clock.",
    why: "The signer's clock runs ahead, or it counts local time as UTC (RFC 4034 section 3.1.5 wants UTC), or a signed zone that was prepared for later was published now. The other explanation is this host: a clock that lags makes every fresh signature look like this, and certificates too.",
    fix: "Set the signer's clock (chronyc tracking, timedatectl) and re-sign: rndc sign ZONE, knotc zone-sign ZONE, dnssec-signzone -S -o ZONE -s now-3600 ZONE.zone. Signers set the inception an hour back for this reason: leave that on. If it is this host's clock, set that.",
    confirm: "dig +dnssec +cd +multiline HOST; date -u; delv HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let fault = fault(report)?;
    let ProofReason::SignatureNotYetValid {
        inception,
        signature,
    } = fault.reason
    else {
        return None;
    };
    let what = format!("{} {}", signature.owner.escaped(), signature.covers);
    let mut confirm = fault.confirm(report);
    confirm.push("date -u".to_owned());
    Some(Evidence {
        hop: hop(report),
        severity: Some(fault.severity()),
        headline: Some(format!(
            "the signature over {what} is valid from {inception} only"
        )),
        facts: fault.facts(report),
        fix: format!(
            "set the clock of the signer of {} and re-sign",
            signature.signer.escaped()
        ),
        confirm,
        confidence: Confidence::Medium,
        refute: "`date -u` on this host is behind the true time".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::trace::{bogus, report, signature};

    #[test]
    fn fires_for_an_inception_that_lies_ahead() {
        let reason = ProofReason::SignatureNotYetValid {
            inception: "2026-12-01T00:00:00Z".parse().unwrap(),
            signature: signature(),
        };
        let evidence = check(&report(|record| bogus(record, reason))).unwrap();
        assert!(evidence.headline.unwrap().contains("2026-12-01T00:00:00Z"));
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_expired() {
        let reason = ProofReason::SignatureExpired {
            expired_at: signature().expiration,
            signature: signature(),
        };
        assert!(check(&report(|record| bogus(record, reason))).is_none());
    }
}
