//! dns-cname-chain-long: more aliases than a resolver should have to follow.

use netwhy_report::{Layer, Report};

use super::aliases::{ChainEnd, chains};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

/// Links that content networks need at most: the site, the provider's name for it, and balancing by place and load.
const USUAL: usize = 4;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-cname-chain-long",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "the name is reached over more than four aliases: each is a lookup and a place to fail",
    what: "The answer to the name is a chain of more than four CNAME records.",
    why: "A resolver without the chain in its cache asks for every link in turn, often at another company's servers, so the first lookup pays for all of them, and the chain is as available as its weakest zone. Links with a short TTL are asked for again and again. Some resolvers give up after 8, 11 or 16 links and answer SERVFAIL.",
    fix: "Point the name straight at the last alias that is under somebody's promise (the provider's published name), and take out the ones between. At the apex of a zone use the provider's ALIAS or ANAME instead of a chain.",
    confirm: "dig HOST; dig +trace HOST; netwhy dns trace HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let long =
        |chain: &super::aliases::Chain| chain.links.len() > USUAL && chain.end != ChainEnd::Loop;
    let chain = chains(report).into_iter().find(long)?;
    Some(Evidence {
        hop: chain.hop,
        severity: None,
        headline: Some(format!(
            "{} is reached over {} aliases",
            chain.name,
            chain.links.len()
        )),
        facts: chain.links.into_iter().take(16).collect(),
        fix: "take out the aliases that lead only to the next one".to_owned(),
        confirm: vec![chain.confirm],
        confidence: Confidence::High,
        refute: "the answer has at most four CNAME records".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::trace::{alias, report};

    fn with_links(count: usize) -> Report {
        report(|record| {
            for link in 0..count {
                let name = |number: usize| format!("l{number}.example.test.");
                alias(record, &name(link), &name(link + 1));
            }
        })
    }

    #[test]
    fn fires_for_five_links() {
        assert_eq!(check(&with_links(5)).unwrap().facts.len(), 5);
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_four_links() {
        assert!(check(&with_links(4)).is_none());
    }
}
