//! dns-search-expanded: the answer belongs to a longer name.

use netwhy_report::{Layer, Plan, Report};

use super::asked;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-search-expanded",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "the answer belongs to a longer name: the search list was at work",
    what: "\
The name as given was not what was found. A domain of the search list in resolv.conf was put behind it, and that name has the address.",
    why: "\
A name with fewer dots than `ndots` (1, unless resolv.conf says otherwise) goes through the search list first; one with enough dots goes through it after it has failed
as it stands. Each domain costs a question for A and one for AAAA, one after the other. That is a convenience that breaks in three ways:
- it works here only: another host, a container or a service manager with another search list finds another machine, or none;
- a wildcard in a searched domain catches every short name, and every mistyped one;
- ndots:5, as Kubernetes sets it, sends every outside name through the whole list first: ten questions for one address.

Certificates hold the full name: a short one fails TLS with a name mismatch even where it connects.",
    fix: "\
Write the full name in configurations and URLs, with a final dot where the program allows it: it is then asked for once, as it stands. Shorten the list to the domains that
you need, and lower ndots for pods that talk to the outside:
  resolv.conf   search corp.example
  Kubernetes    dnsConfig: options: - {name: ndots, value: \"1\"}",
    confirm: "\
grep -E '^(search|domain|options)' /etc/resolv.conf
getent ahosts HOST
dig HOST.       (dig leaves the search list alone)
dig +search HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let expanded = diagnosed(report).or_else(|| looked_up(report))?;
    let Expanded {
        hop,
        given,
        found,
        facts,
    } = expanded;
    Some(Evidence {
        hop,
        severity: None,
        headline: Some(format!("{given} was found as {found}, by the search list")),
        facts,
        fix: format!("write the full name, {found}"),
        confirm: vec![
            format!("dig +search {}", crate::shell::quote(&given)),
            format!(
                "grep -E '^(search|domain|options)' {}",
                crate::shell::quote(&report.plan.dns().resolv_conf.to_string_lossy())
            ),
        ],
        confidence: Confidence::High,
        refute: format!("{given}. has an address of its own"),
    })
}

/// A name, and the longer one that was found for it.
struct Expanded {
    hop: Option<usize>,
    given: String,
    found: String,
    facts: Vec<String>,
}

fn diagnosed(report: &Report) -> Option<Expanded> {
    let (endpoint, record) = report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| Some((endpoint, endpoint.dns?)))
        .find(|(endpoint, record)| {
            record.name != endpoint.host.trim_end_matches('.')
                && record.resolution.value().is_some()
                && !record.from_hosts()
        })?;
    let tried = record.system.iter().map(|system| {
        format!(
            "names that are tried, in order: {}",
            system.candidates.join(", ")
        )
    });
    Some(Expanded {
        hop: Some(endpoint.hop),
        given: endpoint.host.to_owned(),
        found: record.name.clone(),
        facts: tried.collect(),
    })
}

fn looked_up(report: &Report) -> Option<Expanded> {
    let Plan::DnsLookup(plan) = &report.plan else {
        return None;
    };
    let record = asked::lookup(report)?;
    let (exchange, _) = asked::replies(record).find(|(exchange, message)| {
        !message.answer.is_empty() && exchange.question.name != plan.name
    })?;
    let found = exchange.question.name.escaped();
    let tried = format!(
        "names that are tried, in order: {}",
        record.candidates.join(", ")
    );
    Some(Expanded {
        hop: None,
        given: asked::name(report),
        found: found.trim_end_matches('.').to_owned(),
        facts: vec![tried],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Untrusted;

    use crate::specimen;

    #[test]
    fn fires_in_a_diagnosis_of_a_short_name() {
        let mut report = specimen::healthy();
        specimen::dns(&mut report).name = "shop.example.test.corp.test".to_owned();
        let evidence = check(&report).unwrap();
        assert!(evidence.headline.unwrap().contains("corp.test"));
    }

    #[test]
    fn fires_in_a_lookup_with_the_search_list() {
        let mut exchange = specimen::reply("A", 0, &["192.0.2.1"]);
        exchange.question.name = Untrusted::from("www.shop.test.corp.test.");
        assert!(check(&specimen::lookup(vec![exchange])).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_longer_name_that_was_tried_and_does_not_exist() {
        let mut exchange = specimen::reply("A", 3, &[]);
        exchange.question.name = Untrusted::from("www.shop.test.corp.test.");
        let own = specimen::reply("A", 0, &["192.0.2.1"]);
        assert!(check(&specimen::lookup(vec![exchange, own])).is_none());
    }
}
