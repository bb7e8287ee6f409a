//! tls-certificate-expiring: the certificate still verifies, but its renewal is overdue.

use jiff::SignedDuration;
use netwhy_report::tls::Certificate;
use netwhy_report::{Layer, Report};

use super::chain::{self, Judged};
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::{command, spans};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-certificate-expiring",
    layer: Layer::Tls,
    severity: Severity::Warning,
    headline: "the certificate is about to expire: its renewal is overdue",
    what: "The server's certificate is valid, but less than 30 % of its lifetime is left (an error below 15 %). For a lifetime \
           of ten days or less only the last 24 hours count.",
    why: "ACME clients renew at about a third of the lifetime left: a 90-day certificate with 27 days left has seen an attempt \
          that failed, or no attempt at all. Fixed limits in days mislead now that public lifetimes shrink to 47 days \
          and six-day certificates exist, so the share of the lifetime decides here. Renewal information (ARI, RFC 9773) tells \
          clients the CA's own wish.",
    fix: "Look at the renewal, not at the certificate: `systemctl list-timers | grep -i certbot`, `certbot renew --dry-run`, \
          `journalctl -u certbot`. If the file on disk is newer than what the server presents, only the reload is missing: \
          `certbot renew --deploy-hook 'systemctl reload nginx'`.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -dates -checkend 0",
    check,
};

const SHORT_LIVED: SignedDuration = SignedDuration::from_hours(10 * 24);
const LAST_DAY: SignedDuration = SignedDuration::from_hours(24);

fn check(report: &Report) -> Option<Evidence> {
    let mut overdue: Vec<_> = chain::judged(report)
        .into_iter()
        .filter_map(overdue)
        .collect();
    overdue.sort_by_key(|(_, _, severity)| std::cmp::Reverse(*severity));
    let (chain, leaf, severity) = overdue.into_iter().next()?;
    let left = spans::distance(leaf.not_after, chain.judgement.at);
    let lifetime = spans::distance(leaf.not_after, leaf.not_before);
    Some(Evidence {
        hop: Some(chain.endpoint.hop),
        severity: Some(severity),
        headline: Some(format!("the certificate of {} expires in {left}: its renewal is overdue", chain.endpoint.host)),
        facts: vec![
            format!("{}: \"{}\" ends {}, {left} from now", chain.at(), leaf.subject.escaped(), leaf.not_after),
            format!("{} % of its lifetime of {lifetime} is left; judged for {:.0}", percent_left(&chain, leaf), chain.judgement.at),
        ],
        fix: "find out why the renewal did not happen (certbot renew --dry-run); if the file on disk is newer, reload the server"
            .to_owned(),
        confirm: vec![command::x509(report, &chain.endpoint, "-subject -dates")],
        confidence: Confidence::High,
        refute: "the renewal is due later by plan (a scheduled manual replacement)".to_owned(),
    })
}

fn overdue(chain: Judged<'_>) -> Option<(Judged<'_>, &Certificate, Severity)> {
    let leaf = chain.leaf()?;
    let left = leaf.not_after.duration_since(chain.judgement.at);
    if !left.is_positive() {
        return None;
    }
    let severity = if leaf.not_after.duration_since(leaf.not_before) <= SHORT_LIVED {
        (left < LAST_DAY).then_some(Severity::Error)
    } else {
        match percent_left(&chain, leaf) {
            ..=15 => Some(Severity::Error),
            16..=30 => Some(Severity::Warning),
            _ => None,
        }
    };
    Some((chain, leaf, severity?))
}

/// Rounded up, so that 30.2 % is not yet 30 %.
fn percent_left(chain: &Judged<'_>, leaf: &Certificate) -> i64 {
    let lifetime = leaf
        .not_after
        .duration_since(leaf.not_before)
        .as_secs()
        .max(1);
    let left = leaf.not_after.duration_since(chain.judgement.at).as_secs();
    (left * 100 + lifetime - 1) / lifetime
}

#[cfg(test)]
mod tests {
    use super::super::chain::specimens;
    use super::*;

    fn leaf(lifetime_hours: i64, left_hours: i64) -> Report {
        let mut report = crate::specimen::healthy();
        let at = specimens::judgement(&mut report).at;
        let leaf = &mut specimens::record(&mut report).chain[0];
        leaf.not_after = at + SignedDuration::from_hours(left_hours);
        leaf.not_before = leaf.not_after - SignedDuration::from_hours(lifetime_hours);
        report
    }

    #[test]
    fn the_share_of_the_lifetime_decides_the_severity() {
        let severity = |left| check(&leaf(1000, left)).and_then(|evidence| evidence.severity);
        assert_eq!(severity(300), Some(Severity::Warning));
        assert_eq!(severity(150), Some(Severity::Error));
        assert_eq!(severity(301), None);
    }

    #[test]
    fn a_fresh_certificate_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_short_lived_certificate_counts_only_in_its_last_day() {
        assert!(check(&leaf(160, 30)).is_none());
        assert_eq!(
            check(&leaf(160, 20)).unwrap().severity,
            Some(Severity::Error)
        );
        assert!(
            check(&leaf(160, -1)).is_none(),
            "expired is another finding"
        );
    }
}
