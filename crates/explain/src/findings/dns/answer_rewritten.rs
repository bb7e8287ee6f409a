//! dns-answer-rewritten: a name that cannot exist resolves.

use netwhy_report::dns::{DnsExchange, rcode};
use netwhy_report::{Layer, Report};

use super::asked;
use crate::compare::{Kind, View, dig, hop, of_kind, server, servers, sets};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-answer-rewritten",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "names that cannot exist resolve: somebody turns \"no such name\" into an address",
    what: "\
netwhy asked for names of 20 random letters below com and org. Nobody has registered them, and yet the resolver gives addresses.",
    why: "\
The registries of com and org answer NXDOMAIN for what is not registered; neither has a wildcard. Who answers with an address instead is the resolver or a box
on the way to it: an access provider's \"search help\", a captive portal before the login, a filter, a public-hotspot gateway, malware in the router. The harm goes
beyond a page with advertisements:
- a mistyped or expired host name connects to a stranger, with whatever the client sends first;
- programs that try names in turn (search lists, WPAD, mail's MX lookups) stop at the first one, which is the wrong one;
- DNSSEC-validating clients see bogus answers;
- the target of this run may be such a name: it \"resolves\", and then TLS or TCP fails.",
    fix: "\
Use a resolver that tells the truth, over a transport that the box on the way cannot rewrite: Unbound on this host, or @tls:// and @https:// servers. An
access provider often has a switch to turn the \"help\" off. Behind a captive portal: log in first. If a filter of your own does it, let it answer NXDOMAIN or an EDE instead.
  systemd-resolved  DNS=9.9.9.9#dns.quad9.net and DNSOverTLS=yes in /etc/systemd/resolved.conf",
    confirm: "\
dig +short $(openssl rand -hex 10).com @SERVER
dig +short $(openssl rand -hex 10).org @SERVER
netwhy dns HOST @SERVER --check-rewriting",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    probed(report).or_else(|| compared(report))
}

/// What random names below two registries say of the resolvers.
fn probed(report: &Report) -> Option<Evidence> {
    let record = report.layers.dns_rewriting.as_ref()?;
    let rewritten: Vec<&DnsExchange> = record.probes.iter().filter(|probe| lies(probe)).collect();
    let first = rewritten.first()?;
    let of_server = record
        .probes
        .iter()
        .filter(|probe| probe.server == first.server);
    let every = of_server.clone().all(lies) && of_server.count() > 1;
    let facts = record
        .probes
        .iter()
        .map(|probe| {
            let given = addresses(probe).join(", ");
            let given = match given.as_str() {
                "" => String::new(),
                given => format!(" ({given})"),
            };
            format!(
                "{}: {}{given}",
                probe.question.name.escaped(),
                asked::line(probe)
            )
        })
        .collect();
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!(
            "{} resolves names that do not exist, to {}",
            first.server.display(),
            addresses(first).join(", ")
        )),
        facts,
        fix: FIX.to_owned(),
        confirm: vec![asked::command(first, "")],
        confidence: match every {
            true => Confidence::High,
            false => Confidence::Medium,
        },
        refute: "the same command answers NXDOMAIN".to_owned(),
    })
}

const FIX: &str =
    "use a resolver that answers NXDOMAIN, over TLS or HTTPS where something on the way rewrites";

/// What a comparison says: a resolver has an address where every authority has no name, and invents the same for a name beside it.
fn compared(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| matches!(kind, Kind::Rewritten))?;
    let difference = differences.first()?;
    let mut facts: Vec<String> = difference
        .who
        .iter()
        .map(|one| format!("{}: {}", server(one.server), sets(&one.sets())))
        .collect();
    facts.push(format!("the authorities say {}", sets(&difference.others)));
    let dig_at = |one: &View<'_>| dig(one.server, &view.link.name, view.record_type);
    Some(Evidence {
        hop: hop(report),
        severity: None,
        headline: Some(format!(
            "{} invents {} for names that do not exist",
            servers(&difference.who),
            sets(&difference.odd)
        )),
        facts,
        fix: FIX.to_owned(),
        confirm: difference.who.iter().take(3).map(dig_at).collect(),
        confidence: difference.confidence,
        refute: "a random name beside it gets NXDOMAIN from the same resolver".to_owned(),
    })
}

/// Whether a random name got an address.
fn lies(probe: &DnsExchange) -> bool {
    probe.reply().is_some_and(|message| {
        message.rcode == rcode::NOERROR && asked::has_addresses(probe, message)
    })
}

fn addresses(probe: &DnsExchange) -> Vec<String> {
    let answer = probe.reply().map(|message| message.answer.as_slice());
    answer
        .unwrap_or_default()
        .iter()
        .filter(|record| matches!(record.record_type.as_str(), "A" | "AAAA"))
        .map(|record| record.data.escaped())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::dns::RewritingRecord;

    use crate::compare::specimen::{Says, compared};
    use crate::specimen;

    fn after(probes: Vec<DnsExchange>) -> Report {
        let mut report = specimen::healthy();
        report.layers.dns_rewriting = Some(RewritingRecord { probes });
        report
    }

    #[test]
    fn fires_when_random_names_resolve() {
        let lie = || specimen::reply("A", 0, &["198.51.100.1"]);
        let evidence = check(&after(vec![lie(), lie()])).unwrap();
        assert_eq!(evidence.confidence, Confidence::High);
        assert!(evidence.headline.unwrap().contains("198.51.100.1"));
        let half = vec![lie(), specimen::reply("A", 3, &[])];
        assert_eq!(check(&after(half)).unwrap().confidence, Confidence::Medium);
    }

    #[test]
    fn fires_for_a_resolver_that_invents_what_no_authority_has() {
        let authorities = [("192.0.2.1", Says::missing(300))];
        let odd = || Says::falling("198.51.100.1", 200);
        let evidence = check(&compared(&[("192.0.2.53", odd().invents())], &authorities)).unwrap();
        assert!(evidence.headline.unwrap().contains("invents 198.51.100.1"));
        let old_copy = compared(&[("192.0.2.53", odd())], &authorities);
        assert!(check(&old_copy).is_none());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
        let honest = specimen::reply("A", 3, &[]);
        assert!(check(&after(vec![honest])).is_none());
    }

    #[test]
    fn near_miss_an_empty_answer_or_a_failure_sends_nobody_anywhere() {
        let probes = vec![specimen::reply("A", 0, &[]), specimen::reply("A", 2, &[])];
        assert!(check(&after(probes)).is_none());
    }
}
