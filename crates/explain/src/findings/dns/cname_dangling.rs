//! dns-cname-dangling: a CNAME points at a name that does not exist.

use netwhy_report::{Layer, Report};

use super::aliases::{ChainEnd, chains};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-cname-dangling",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the name is an alias of one that does not exist",
    what: "The name itself is there, as a CNAME; the name that it points at answers NXDOMAIN.",
    why: "The record is yours, its target somebody else's: a bucket, an application or a load balancer that was deleted, an account that was closed, a domain that expired, a typing error in the target, often a missing final dot, which makes target.example. into target.example.ZONE. NXDOMAIN for the target is NXDOMAIN for the alias (RFC 6604). It is also a risk: whoever can create the target at that provider takes over the name.",
    fix: "Remove the CNAME, or point it at a target that exists: www 300 IN CNAME app.provider.example. (with its final dot). Before you reuse a name at a provider, make sure that it is yours.",
    confirm: "dig HOST CNAME; dig TARGET",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let chain = chains(report)
        .into_iter()
        .find(|chain| chain.end == ChainEnd::Missing)?;
    let target = crate::shell::quote(&chain.target);
    Some(Evidence {
        hop: chain.hop,
        severity: None,
        headline: Some(format!(
            "{} is an alias of {}, which does not exist",
            chain.name, chain.target
        )),
        facts: chain
            .links
            .into_iter()
            .chain([format!("{}: NXDOMAIN", chain.target)])
            .collect(),
        fix: format!(
            "remove the CNAME that leads to {}, or point it at a name that exists",
            chain.target
        ),
        confirm: vec![chain.confirm, format!("dig {target}")],
        confidence: Confidence::High,
        refute: format!("{} exists", chain.target),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;
    use netwhy_report::dns::trace::TraceEnd;

    use super::*;
    use crate::specimen::trace::{alias, report};

    fn missing(name: &str) -> TraceEnd {
        TraceEnd::NameError {
            name: Untrusted::from(name),
        }
    }

    #[test]
    fn fires_for_a_target_that_is_gone() {
        let report = report(|record| {
            alias(record, "shop.example.test.", "gone.provider.test.");
            record.end = missing("gone.provider.test.");
        });
        let evidence = check(&report).unwrap();
        assert!(evidence.headline.unwrap().contains("gone.provider.test."));
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_the_name_itself_is_missing() {
        let report = report(|record| record.end = missing("shop.example.test."));
        assert!(check(&report).is_none());
    }
}
