//! dns-glue-missing: a name server's name lies in its own zone, and the parent gives no address for it.

use netwhy_report::dns::trace::{Said, StepPurpose, TraceServer, TraceStep, WithoutAddress};
use netwhy_report::{Layer, Report};

use super::traced::{dig, hop, walk, zones};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-glue-missing",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the parent names a server inside the zone without its address, so nobody can ask it",
    what: "The referral names a name server whose own name lies in the zone that it serves (or in one that waits for it), and brings no A or AAAA record for it. A resolver would have to ask the zone to find out where to ask the zone.",
    why: "Glue (RFC 1034 section 4.2.1, RFC 9471) breaks that circle: the parent keeps a copy of the server's addresses. It is entered at the registrar as a host object, apart from the zone, and gets lost when a server is renamed, a domain moves, or only the NS record is typed in. Glue that is too large for the reply sets TC, which is another matter.",
    fix: "Enter the server's IPv4 and IPv6 address at the registrar as glue (host object) for the domain. Where you run the parent zone, put them beside the NS record: ZONE. NS ns1.ZONE. and ns1.ZONE. A 192.0.2.53, and reload. Or name servers that lie in another, working domain.",
    confirm: "dig +norec @PARENT-SERVER ZONE NS",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = walk(report)?;
    let step = zones(record).find(|step| step.servers.iter().any(lacks_glue))?;

    let lacking: Vec<String> = step
        .servers
        .iter()
        .filter(|server| lacks_glue(server))
        .map(|server| server.name.escaped())
        .collect();
    let zone = step.zone.escaped();
    let all = step
        .servers
        .iter()
        .all(|server| server.addresses.is_empty());
    let parent = record.steps.iter().find_map(|step| refers(step, &zone));
    let headline = match all {
        true => format!("no server of {zone} can be found: the parent gives no glue"),
        false => format!("{} of {zone} has no glue", lacking.join(" and ")),
    };
    let facts = lacking
        .iter()
        .map(|name| format!("{name}: named by the referral, without A or AAAA"))
        .chain(
            parent
                .as_ref()
                .map(|(from, _)| format!("referred by {from}")),
        );
    Some(Evidence {
        hop: hop(report),
        severity: Some(if all {
            Severity::Error
        } else {
            Severity::Warning
        }),
        headline: Some(headline),
        facts: facts.collect(),
        fix: format!(
            "enter the addresses of {} at the registrar, as glue for {zone}",
            lacking.join(" and ")
        ),
        confirm: parent.into_iter().map(|(_, command)| command).collect(),
        confidence: Confidence::High,
        refute: "the parent's referral has an address for each of these names".to_owned(),
    })
}

fn lacks_glue(server: &TraceServer) -> bool {
    matches!(
        server.without,
        Some(WithoutAddress::GlueMissing | WithoutAddress::Circular)
    )
}

/// Who referred to the zone, and the command that shows it.
fn refers(step: &TraceStep, zone: &str) -> Option<(String, String)> {
    let exchange = step.followed()?;
    let to_the_zone =
        matches!(&exchange.said, Some(Said::Referral { child, .. }) if child.escaped() == zone);
    let server = step.servers.get(exchange.server)?;
    let counts = to_the_zone && !matches!(step.purpose, StepPurpose::Cut { .. });
    counts.then(|| {
        (
            super::traced::place(server, exchange),
            dig(exchange, zone, "NS", "+norec"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::trace::report;

    #[test]
    fn fires_where_every_server_lacks_it() {
        let report = report(|record| {
            for server in &mut record.steps[2].servers {
                server.addresses.clear();
                server.without = Some(WithoutAddress::GlueMissing);
            }
        });
        let evidence = check(&report).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Error));
        assert_eq!(
            evidence.confirm,
            ["dig @192.0.2.21 +norec example.test. NS"]
        );
    }

    #[test]
    fn warns_where_another_server_has_an_address() {
        let report = report(|record| {
            record.steps[2].servers[1].addresses.clear();
            record.steps[2].servers[1].without = Some(WithoutAddress::GlueMissing);
        });
        assert_eq!(check(&report).unwrap().severity, Some(Severity::Warning));
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_server_elsewhere_needs_no_glue() {
        let report = report(|record| {
            record.steps[2].servers[1].addresses.clear();
            record.steps[2].servers[1].without = Some(WithoutAddress::NotNeeded);
        });
        assert!(check(&report).is_none());
    }
}
