//! dns-answers-vary: answers differ by design.

use netwhy_report::{Layer, Report};

use crate::compare::{Kind, Variance, dig, hop, of_kind, servers, sets};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-answers-vary",
    layer: Layer::Dns,
    severity: Severity::Info,
    headline: "the answers vary by design: order, a pool, or the client's place",
    what: "\
The same question gets different answers, and the authorities mean it so: they turn the order of one set, hand out parts of a pool, or answer by the client's
network.",
    why: "\
Order (round robin): one set of addresses, turned with each answer, spreads first choices; resolvers turn it too. Pool: a balancer hands out a few of many members,
with a short TTL, under a serial that does not change. Geography: the authority answers by the client's network, which a resolver passes on as client subnet
(RFC 7871); a scope above 0 in the reply says for how many addresses the answer holds. Two users rightly see different addresses then, and a comparison of
resolvers in different places proves nothing.",
    fix: "\
Nothing is broken. Where one member of the pool fails look at that member: netwhy TARGET --address ADDRESS. To see the answer for another place:
  dig HOST @AUTHORITY +norec +subnet=NETWORK",
    confirm: "\
dig +norec HOST @AUTHORITY            (several times)
dig +norec HOST @AUTHORITY +subnet=NETWORK",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| matches!(kind, Kind::Varies(_)))?;
    let difference = differences.first()?;
    let Kind::Varies(variance) = difference.kind else {
        return None;
    };
    let who = servers(&difference.who);
    let mut facts = vec![format!("{who}: {}", sets(&difference.odd))];
    if variance == Variance::Geography {
        for one in &difference.who {
            for probe in one.server.subnets() {
                let said = one.server.said(probe, &view.link.name, view.record_type);
                if let (
                    netwhy_report::dns::compare::ProbePurpose::Subnet { network },
                    Some(said),
                    Some(scope),
                ) = (&probe.purpose, said, probe.scope())
                {
                    let said = sets(std::slice::from_ref(&said));
                    let fact = format!("for {network}: {said} (scope {scope})");
                    if !facts.contains(&fact) {
                        facts.push(fact);
                    }
                }
            }
        }
    }
    let unseen = differences
        .iter()
        .any(|difference| difference.confidence == Confidence::Low);
    if unseen {
        facts.push("a resolver's answer was not among those that the authorities showed; --samples 20 shows more of the pool".to_owned());
    }
    Some(Evidence {
        hop: hop(report),
        severity: None,
        headline: Some(match variance {
            Variance::Order => format!("{who} turns the order of one set: round robin"),
            Variance::Pool => format!("{who} hands out parts of a pool: balancing"),
            Variance::Geography => format!("{who} answers by the client's network: geography"),
        }),
        facts,
        fix: "nothing is broken; to look at one address: netwhy TARGET --address ADDRESS"
            .to_owned(),
        confirm: difference
            .who
            .iter()
            .take(2)
            .map(|one| dig(one.server, &view.link.name, view.record_type))
            .collect(),
        confidence: match unseen {
            true => Confidence::Low,
            false => difference.confidence,
        },
        refute: "the zone's operator knows of no balancing and no geography".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::specimen::{self, Says};

    fn authority(says: Says) -> Report {
        specimen::compared(&[], &[("192.0.2.1", says)])
    }

    #[test]
    fn fires_for_order_pool_and_geography_and_tells_them_apart() {
        for (says, word) in [
            (
                Says::turns(&["203.0.113.1 203.0.113.2", "203.0.113.2 203.0.113.1"], 60),
                "round robin",
            ),
            (
                Says::turns(&["203.0.113.1 203.0.113.2", "203.0.113.3 203.0.113.4"], 60),
                "balancing",
            ),
            (
                Says::steady("203.0.113.1", 60).near("193.0.6.0/24", "203.0.113.9", 24),
                "geography",
            ),
        ] {
            let headline = check(&authority(says)).unwrap().headline.unwrap();
            assert!(headline.contains(word), "{headline}");
        }
    }

    #[test]
    fn silent_on_one_steady_answer() {
        assert!(check(&authority(Says::steady("203.0.113.1", 60))).is_none());
    }

    #[test]
    fn near_miss_scope_0_is_for_everybody() {
        let says = Says::steady("203.0.113.1", 60).near("193.0.6.0/24", "203.0.113.1", 0);
        assert!(check(&authority(says)).is_none());
    }
}
