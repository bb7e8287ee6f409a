//! dns-caa-blocks-issuer: CAA records forbid the authority that issued the certificate.

use netwhy_report::dns::check::caa::{CaaProperty, CaaSet, deciding};
use netwhy_report::{Layer, Report, Section};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::shell::quote;
use crate::zone_check::domains_of;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-caa-blocks-issuer",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "CAA records forbid the authority that issued the certificate: its renewal will be refused",
    what: "\
The CAA records that hold for the host do not name the certificate authority whose certificate it serves. The certificate goes on working; the next one from the same authority is refused.",
    why: "\
Authorities must look for CAA records (RFC 8659) before they issue: at the name, then at each name above, and the first set found decides. A set with issue
properties lets those issue that it names, and nobody else; for wildcards issuewild decides where it is there. The records are read at issue only, so a set that was changed since, or that
a parent domain has got meanwhile, shows at the next renewal, mostly at night and automatically.",
    fix: "\
Add the authority's domain to the set, beside those that are there: ZONE. CAA 0 issue \"letsencrypt.org\". If the set is meant, have the certificate issued by an
authority that it names. Look at issuewild too where the certificate is for a wildcard.",
    confirm: "\
dig HOST CAA
dig DOMAIN CAA    (each name above, until one has records)
openssl s_client -connect HOST:443 -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -issuer",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let caa = report.layers.dns_caa.as_ref()?;
    let tls = report.layers.tls.as_ref().and_then(Section::record)?;
    let leaf = tls.chain.first()?;
    // A chain of an inner authority is nobody's business but its owner's: CAA binds public ones.
    let issuer = organisation(&leaf.issuer)?;
    let domains = domains_of(&issuer)?;
    let CaaSet::Found { owner, properties } = caa.effective() else {
        return None;
    };
    let wildcard = leaf.names.iter().any(|name| name.raw().starts_with(b"*."));
    let deciding = deciding(&properties, wildcard);
    let allowed: Vec<String> = deciding.iter().filter_map(|one| one.issuer()).collect();
    let lets = |domain: &String| domains.contains(&domain.as_str());
    if deciding.is_empty() || allowed.iter().any(lets) {
        return None;
    }
    let owner = owner.escaped();
    let shown =
        |one: &&CaaProperty| format!("{owner} CAA {} {} \"{}\"", one.flags, one.tag, one.value);
    let facts = deciding.iter().map(shown).chain([format!(
        "the certificate was issued by {issuer}, which goes by {}",
        domains[0]
    )]);
    Some(Evidence {
        hop: super::traced::hop(report),
        severity: None,
        headline: Some(format!(
            "the CAA records of {owner} forbid {issuer}, which issued the certificate"
        )),
        facts: facts.collect(),
        fix: format!(
            "add {owner} CAA 0 issue \"{}\", or have another authority issue the certificate",
            domains[0]
        ),
        confirm: vec![format!("dig {} CAA", quote(&owner))],
        confidence: Confidence::Medium,
        refute: "the authority's practice statement names another domain, and the set has it"
            .to_owned(),
    })
}

/// The organisation in a distinguished name ([RFC 4514](https://www.rfc-editor.org/rfc/rfc4514)).
fn organisation(name: &netwhy_report::Untrusted) -> Option<String> {
    let text = name.escaped();
    let mut escaped = false;
    let parts = text.split(|character| {
        let separates = character == ',' && !escaped;
        escaped = character == '\\' && !escaped;
        separates
    });
    let values = parts.filter_map(|part| part.trim().strip_prefix("O="));
    values.map(|value| value.replace('\\', "")).next()
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::*;
    use crate::specimen;

    fn report(issuer: &str, names: &[(&str, &[&str])]) -> Report {
        let mut report = specimen::healthy();
        if let Some(Section::Measured { record }) = &mut report.layers.tls {
            record.chain[0].issuer = Untrusted::from(issuer);
        }
        report.layers.dns_caa = Some(specimen::check::caa("shop.example.test.", names));
        report
    }

    const ISSUER: &str = "CN=R11,O=Let's Encrypt,C=US";

    #[test]
    fn fires_where_a_name_above_lets_another_authority_issue() {
        let report = report(
            ISSUER,
            &[
                ("shop.example.test.", &[]),
                ("example.test.", &["0 issue \"pki.goog\""]),
            ],
        );
        let evidence = check(&report).unwrap();
        assert!(
            evidence.facts[0].contains("example.test. CAA 0 issue \"pki.goog\""),
            "{evidence:?}"
        );
        assert!(evidence.fix.contains("letsencrypt.org"));
    }

    #[test]
    fn fires_where_nobody_may_issue() {
        assert!(
            check(&report(
                ISSUER,
                &[("shop.example.test.", &["0 issue \";\""])]
            ))
            .is_some()
        );
    }

    #[test]
    fn silent_where_the_issuer_is_let() {
        let set = [
            "0 issue \"pki.goog\"",
            "0 issue \"LetsEncrypt.org; validationmethods=dns-01\"",
        ];
        assert!(check(&report(ISSUER, &[("shop.example.test.", &set)])).is_none());
    }

    #[test]
    fn silent_without_records() {
        assert!(
            check(&report(
                ISSUER,
                &[("shop.example.test.", &[]), ("test.", &[])]
            ))
            .is_none()
        );
    }

    #[test]
    fn near_miss_a_set_that_only_says_whom_to_tell() {
        let report = report(
            ISSUER,
            &[("shop.example.test.", &["0 iodef \"mailto:a@b.test\""])],
        );
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_an_authority_that_is_not_public() {
        let report = report(
            "CN=Inner,O=Example Corp",
            &[("shop.example.test.", &["0 issue \";\""])],
        );
        assert!(check(&report).is_none());
    }

    #[test]
    fn organisations_may_hold_commas() {
        let name = Untrusted::from("CN=G2,O=GoDaddy.com\\, Inc.,C=US");
        assert_eq!(organisation(&name).as_deref(), Some("GoDaddy.com, Inc."));
    }
}
