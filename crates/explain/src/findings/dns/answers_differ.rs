//! dns-answers-differ: somebody answers otherwise, and nothing benign explains it.

use netwhy_report::{Layer, Report};

use crate::compare::{Kind, Unexplained, dig, hop, of_kind, server, servers, sets};
use crate::finding::{Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-answers-differ",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "servers answer differently, and neither balancing, geography nor an old copy explains it",
    what: "\
The same question gets different answers, and the usual good reasons are missing: no authority balances or answers by the client's network, and the odd answer is not
a copy that counts down.",
    why: "\
Where no explanation is proven, these are left:
- a resolver's own policy: a filter, a walled garden, a response policy zone (RPZ), a hosts list in dnsmasq or Pi-hole;
- an authority on anycast that answers by place without saying so: no client subnet in its reply. From one vantage point that cannot be told apart from anything
  else in this list;
- a view for some clients (split horizon) without other addresses or another primary to know it by;
- two operators of one zone whose contents nobody keeps in step;
- an old delegation: the resolver still asks servers that the zone has left behind.",
    fix: "\
Ask the odd server again from another network, and ask it for names that nobody filters. Where it is yours look for its local data:
  unbound   unbound-control list_local_data | grep HOST; unbound-control lookup HOST (which servers it asks)
  BIND      response-policy and view in named.conf; rndc dumpdb -cache
  dnsmasq   address=, host-record= and /etc/hosts; Pi-hole: pihole -q HOST
Where two operators serve the zone compare their contents record by record and let one place generate both.",
    confirm: "\
dig HOST @RESOLVER
dig +norec HOST @AUTHORITY
dig +norec HOST @AUTHORITY +subnet=NETWORK",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| {
        matches!(kind, Kind::Unexplained(_) | Kind::OperatorsDiffer { .. })
    })?;
    let difference = differences
        .iter()
        .max_by_key(|difference| difference.confidence)?;
    let who = servers(&difference.who);
    let (headline, fix) = match &difference.kind {
        Kind::OperatorsDiffer { primaries } => {
            let named: Vec<String> = primaries
                .iter()
                .map(netwhy_report::Untrusted::escaped)
                .collect();
            (
                format!(
                    "the zone's operators ({}) serve different data",
                    named.join(", ")
                ),
                "compare the operators' zones record by record, and let one place generate both"
                    .to_owned(),
            )
        }
        Kind::Unexplained(why) => (
            format!("{who} says {}: {}", sets(&difference.odd), reason(*why)),
            advice(*why).to_owned(),
        ),
        _ => return None,
    };
    let mut facts: Vec<String> = difference
        .who
        .iter()
        .map(|one| format!("{}: {}", server(one.server), sets(&one.sets())))
        .collect();
    if !difference.others.is_empty() {
        facts.push(format!("the authorities say {}", sets(&difference.others)));
    }
    let right = view.authorities.iter().find(|one| !one.told.is_empty());
    Some(Evidence {
        hop: hop(report),
        severity: None,
        headline: Some(headline),
        facts,
        fix,
        confirm: difference
            .who
            .iter()
            .take(3)
            .chain(right)
            .map(|one| dig(one.server, &view.link.name, view.record_type))
            .collect(),
        confidence: difference.confidence,
        refute: "from another network the same server gives the others' answer: then its authority answers by place".to_owned(),
    })
}

fn reason(why: Unexplained) -> &'static str {
    match why {
        Unexplained::NoAuthority => "no authority was reached that could say who is right",
        Unexplained::Policy => "it says itself that it filters this name",
        Unexplained::NotCached => "its TTL does not count down, so it is no old copy",
        Unexplained::FetchedNow => {
            "it was fetched just now, so an authority told it so: another view, or one that answers by place"
        }
        Unexplained::SeveralAnswers => {
            "resolvers have several odd answers, so places are as likely as old copies"
        }
        Unexplained::NoProof => "its \"no\" comes without the SOA record that a cached one has",
        Unexplained::NotWatched => "it was not watched for long enough to see its TTL count down",
    }
}

fn advice(why: Unexplained) -> &'static str {
    match why {
        Unexplained::NoAuthority => {
            "find out why the zone's servers do not answer here (netwhy dns trace), then compare again"
        }
        Unexplained::Policy => "ask the resolver's operator, or use one without a filter",
        Unexplained::FetchedNow => {
            "ask the zone's operator for views and for answers by place; compare with --subnet of the resolver's network"
        }
        Unexplained::NotCached | Unexplained::NoProof => {
            "look for local data, a filter or a view at the resolver"
        }
        Unexplained::SeveralAnswers => {
            "compare again once the TTLs have passed: copies will be gone, places will not"
        }
        Unexplained::NotWatched => "compare again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::specimen::{self, Says};
    use crate::finding::Confidence;

    #[test]
    fn fires_for_an_answer_that_does_not_age() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::steady("198.51.100.1", 60))],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        );
        let evidence = check(&report).unwrap();
        assert!(evidence.headline.unwrap().contains("does not count down"));
        assert_eq!(evidence.confidence, Confidence::Low);
    }

    #[test]
    fn fires_for_resolvers_that_disagree_where_no_authority_answers() {
        let report = specimen::compared(
            &[
                ("192.0.2.53", Says::falling("198.51.100.1", 60)),
                ("192.0.2.54", Says::falling("203.0.113.1", 60)),
            ],
            &[],
        );
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("no authority was reached")
        );
    }

    #[test]
    fn silent_where_all_agree() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::falling("203.0.113.1", 60))],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        );
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_an_old_copy_is_explained() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::falling("198.51.100.1", 60))],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        );
        assert!(check(&report).is_none());
    }
}
