//! dns-mail-broken: the records that mail goes by are wrong.

use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::shell::quote;
use crate::zone_check::{self, mail};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-mail-broken",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "the zone's MX, SPF or DMARC records are wrong: mail bounces, lands in spam, or anybody may send it",
    what: "\
A mail server named by MX is an alias or leads nowhere, the SPF record costs too many lookups, stands there twice or lets everyone send, or the DMARC record cannot be read.",
    why: "\
MX must name hosts with addresses, never aliases (RFC 5321 section 5.1, RFC 2181 section 10.3): some senders refuse, others loop. SPF (RFC 7208) is evaluated by
the receiver, who stops after ten lookups with a permanent error; two SPF records are an error as well, and +all makes the record worthless. A DMARC record (RFC 7489)
without a policy that can be read counts as none. Each of these passes unnoticed at the sender: it is the receiver who refuses, and its report that tells.",
    fix: "\
MX: name the host that has the addresses. A domain that takes no mail says so: ZONE. MX 0 .  (RFC 7505).
SPF: one TXT record; replace a, mx and include by ip4: and ip6: where addresses are stable; drop senders no longer used; end in -all or ~all.
DMARC: _dmarc.ZONE. TXT \"v=DMARC1; p=none; rua=mailto:reports@ZONE\" to begin with, then p=quarantine and p=reject.",
    confirm: "\
dig ZONE MX
dig ZONE TXT
dig _dmarc.ZONE TXT",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let faults = mail::faults(record);
    let first = faults.first()?;
    let zone = record.zone.escaped();
    let mut confirm: Vec<String> = faults
        .iter()
        .map(|fault| format!("dig {} {}", quote(&fault.shown_by.0), fault.shown_by.1))
        .collect();
    confirm.dedup();
    confirm.truncate(4);
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!("mail of {zone}: {}", first.why)),
        facts: faults.iter().map(|fault| fault.why.clone()).collect(),
        fix: first.fix.clone(),
        confirm,
        confidence: Confidence::High,
        refute: "the records that the commands show are well formed and lead to addresses"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{dmarc, mx, report, spf};

    fn facts(change: impl FnOnce(&mut netwhy_report::dns::CheckRecord)) -> Vec<String> {
        check(&report(change))
            .map(|evidence| evidence.facts)
            .unwrap_or_default()
    }

    #[test]
    fn fires_on_an_alias_behind_mx() {
        let told = facts(|record| {
            mx(
                record,
                "mail.example.test.",
                &[("CNAME", "real.example.test."), ("A", "192.0.2.80")],
                0,
            );
        });
        assert!(told[0].contains("alias of real.example.test."), "{told:?}");
    }

    #[test]
    fn fires_on_a_mail_server_that_is_not_there() {
        let told = facts(|record| mx(record, "gone.example.test.", &[], 3));
        assert!(told[0].contains("does not exist"), "{told:?}");
        let told = facts(|record| mx(record, "bare.example.test.", &[], 0));
        assert!(told[0].contains("has no address"), "{told:?}");
    }

    #[test]
    fn fires_on_spf_that_is_open_double_or_deep() {
        assert!(facts(|record| spf(record, "example.test.", &["v=spf1 +all"]))[0].contains("+all"));
        assert!(
            facts(|record| spf(record, "example.test.", &["v=spf1 a", "v=spf1 mx"]))[0]
                .contains("2 records")
        );
        let deep = format!("v=spf1 {} include:more.test -all", "a:x.test ".repeat(6));
        let told = facts(|record| {
            spf(record, "example.test.", &[&deep]);
            spf(
                record,
                "more.test.",
                &["v=spf1 a mx exists:y.test ptr -all"],
            );
        });
        assert!(told[0].contains("needs 11 lookups"), "{told:?}");
    }

    #[test]
    fn fires_on_a_policy_that_is_none() {
        let told = facts(|record| dmarc(record, &["v=DMARC1; p=maybe; rua=nonsense"]));
        assert!(
            told[0].contains("p=maybe") && told[1].contains("rua=nonsense"),
            "{told:?}"
        );
        assert!(
            facts(|record| dmarc(record, &["v=DMARC1; rua=mailto:a@b.test"]))[0]
                .contains("no p tag")
        );
    }

    #[test]
    fn silent_on_sound_records() {
        let told = facts(|record| {
            mx(record, "mx.example.test.", &[("A", "192.0.2.80")], 0);
            spf(
                record,
                "example.test.",
                &["v=spf1 mx -all", "google-site-verification=x"],
            );
            dmarc(
                record,
                &["v=DMARC1; p=reject; pct=100; adkim=s; rua=mailto:a@b.test,https://r.test/x"],
            );
        });
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn near_miss_ten_lookups() {
        let ten = format!("v=spf1 {}-all", "a:x.test ".repeat(10));
        assert_eq!(
            facts(|record| spf(record, "example.test.", &[&ten])),
            Vec::<String>::new()
        );
    }

    #[test]
    fn near_miss_a_domain_that_takes_no_mail() {
        assert_eq!(
            facts(|record| mx(record, ".", &[], 0)),
            Vec::<String>::new()
        );
    }
}
