//! dns-split-horizon: inside and outside have zones of their own.

use netwhy_report::{Layer, Report};

use crate::compare::{Kind, bare, dig, hop, of_kind, server, sets};
use crate::finding::{Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-split-horizon",
    layer: Layer::Dns,
    severity: Severity::Info,
    headline: "internal and public DNS give different answers for this name by design",
    what: "\
A resolver answers from a zone of its own: with addresses for inside use, or under another primary than the public authorities name. The public answer is another
one.",
    why: "\
Organisations keep two zones of one name: one for their own network, one for everybody (views in BIND, private zones in clouds, local data in a resolver). Which one
a client sees depends on the resolver that it asks. That is intended and works, until a client asks the wrong side: a laptop without its VPN, a container with
8.8.8.8 in its configuration, a browser with DNS over HTTPS of its own, an address for inside use cached on the way out.",
    fix: "\
If the client should see the other side, let it ask the other resolver:
  systemd     resolvectl dns LINK ADDRESS; resolvectl domain LINK '~corp.example'   (only this domain there)
  unbound     forward-zone: name: corp.example. forward-addr: ADDRESS
  VPN         push the domain with the resolver (split DNS)
  browsers    switch off DNS over HTTPS for the domain, or by policy",
    confirm: "\
dig HOST @RESOLVER
dig +norec HOST @AUTHORITY
dig SOA ZONE @RESOLVER        (which primary does it name?)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| matches!(kind, Kind::SplitHorizon { .. }))?;
    let difference = differences.first()?;
    let mut facts: Vec<String> = difference
        .who
        .iter()
        .map(|one| format!("{}: {}", server(one.server), sets(&one.sets())))
        .collect();
    if !difference.others.is_empty() {
        facts.push(format!("the authorities say {}", sets(&difference.others)));
    }
    if let Kind::SplitHorizon {
        other_primary: Some(primary),
    } = &difference.kind
    {
        facts.push(format!(
            "the resolver's zone has the primary {}, which no authority names",
            primary.escaped()
        ));
    }
    let right = view.authorities.iter().find(|one| !one.told.is_empty());
    Some(Evidence {
        hop: hop(report),
        severity: None,
        headline: Some(format!(
            "{} is answered from another zone inside than outside",
            bare(&view.link.name)
        )),
        facts,
        fix: "nothing, if this client belongs inside; else let it ask a public resolver".to_owned(),
        confirm: difference
            .who
            .iter()
            .take(2)
            .chain(right)
            .map(|one| dig(one.server, &view.link.name, view.record_type))
            .collect(),
        confidence: difference.confidence,
        refute: "nobody runs an internal zone of this name: then the resolver rewrites answers"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::specimen::{self, Says};

    fn inside(says: Says) -> Report {
        specimen::compared(
            &[("192.0.2.53", says)],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        )
    }

    #[test]
    fn fires_for_addresses_for_inside_use() {
        assert!(check(&inside(Says::falling("10.1.2.3", 60))).is_some());
    }

    #[test]
    fn fires_for_another_primary() {
        let says = Says::falling("198.51.100.1", 60).primary("dc1.corp.test.");
        let evidence = check(&inside(says)).unwrap();
        assert!(
            evidence
                .facts
                .iter()
                .any(|fact| fact.contains("dc1.corp.test."))
        );
    }

    #[test]
    fn silent_where_all_agree() {
        assert!(check(&inside(Says::falling("203.0.113.1", 60))).is_none());
    }

    #[test]
    fn near_miss_two_public_addresses_of_one_primary() {
        assert!(check(&inside(Says::falling("198.51.100.1", 60))).is_none());
    }
}
