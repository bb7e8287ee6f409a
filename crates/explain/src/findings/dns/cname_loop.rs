//! dns-cname-loop: a CNAME chain comes back.

use netwhy_report::{Layer, Report};

use super::aliases::{ChainEnd, chains};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-cname-loop",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the aliases of the name lead back to one of themselves: it has no address",
    what: "Following the CNAME records from the name leads to a name that was already passed.",
    why: "A CNAME says \"the data is over there\" (RFC 1034 section 3.6.2). When two names, often in two zones or at two providers, each say so of the other, there is no data anywhere. Resolvers notice and answer SERVFAIL, or the chain without an address. Typical: a move between two content networks, each still pointing at the other, or a name made an alias of itself.",
    fix: "Decide which name holds the addresses and give it A and AAAA records (or a CNAME to where they are) instead of the alias: www 300 IN A 192.0.2.10. Raise the SOA serial and reload (rndc reload ZONE, nsd-control reload ZONE, knotc zone-reload ZONE).",
    confirm: "dig HOST; dig +norec @AUTHORITY HOST CNAME",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let chain = chains(report)
        .into_iter()
        .find(|chain| chain.end == ChainEnd::Loop)?;
    Some(Evidence {
        hop: chain.hop,
        severity: None,
        headline: Some(format!(
            "the aliases of {} come back to {}",
            chain.name, chain.target
        )),
        facts: chain.links,
        fix: format!(
            "replace the CNAME that leads back to {} by the records that are meant",
            chain.target
        ),
        confirm: vec![chain.confirm],
        confidence: Confidence::High,
        refute: "following the CNAME records by hand ends at an A or AAAA record".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;
    use netwhy_report::dns::trace::TraceEnd;

    use super::*;
    use crate::specimen::trace::{alias, report};

    #[test]
    fn fires_where_a_walk_comes_back() {
        let report = report(|record| {
            alias(record, "shop.example.test.", "b.example.test.");
            alias(record, "b.example.test.", "shop.example.test.");
            record.end = TraceEnd::AliasLoop {
                name: Untrusted::from("shop.example.test."),
            };
        });
        assert_eq!(check(&report).unwrap().facts.len(), 2);
    }

    #[test]
    fn fires_where_the_resolver_shows_the_loop() {
        let mut report = crate::specimen::healthy();
        let query = &mut crate::specimen::dns(&mut report).queries[0];
        let mut answer = crate::specimen::answer(0, "NOERROR", &[]);
        answer.cnames = vec![
            Untrusted::from("b.test"),
            Untrusted::from("shop.example.test"),
        ];
        answer.cname_loop = true;
        query.step = netwhy_report::Step::completed(query.step.start, query.step.end(), answer);
        assert!(check(&report).is_some());
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_chain_that_ends() {
        let report = report(|record| alias(record, "shop.example.test.", "b.example.test."));
        assert!(check(&report).is_none());
    }
}
