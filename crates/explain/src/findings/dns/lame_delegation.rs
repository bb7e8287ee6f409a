//! dns-lame-delegation: a server that the parent lists does not serve the zone.

use netwhy_report::dns::TraceRecord;
use netwhy_report::dns::check::CheckedAddress;
use netwhy_report::dns::trace::{
    LameReason, Said, TraceExchange, TraceServer, TraceStep, WithoutAddress,
};
use netwhy_report::{Failure, Layer, Outcome, Report};

use super::traced::{dig, hop, place, walk, zones};
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::words;
use crate::zone_check::{self, authority};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-lame-delegation",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "a server that the parent lists for the zone does not serve it",
    what: "The parent delegates the zone to name servers, and some or all of them refuse, fail, answer without authority, refer upwards, or are silent. With none left the zone is gone for every resolver; with some left each lookup that meets a lame one first waits, or fails where a resolver gives up early.",
    why: "A delegation lives in two places (RFC 1034 section 4.2.1): NS records at the parent, the zone on the servers named there. They drift apart: a server was retired or renamed and the registrar still lists it, the zone was never loaded on a new secondary, its transfers fail and it expired, or a firewall drops UDP or TCP port 53. REFUSED means that the server does not have the zone, SERVFAIL that it has it and cannot use it (expired, or a broken file), silence that it or the way to it is down.",
    fix: "On the server: load the zone (BIND: zone \"ZONE\" { type secondary; primaries { ADDRESS; }; file \"ZONE.db\"; }; then rndc retransfer ZONE. NSD: zone: name: ZONE, request-xfr: ADDRESS NOKEY, then nsd-control reconfig and nsd-control transfer ZONE. Knot: zone: - domain: ZONE, master: ID, then knotc zone-retransfer ZONE), and look for expired or refused in its log. If the server is gone for good, take its NS record out of the zone, and out of the parent at the registrar.",
    confirm: "dig +norec @ADDRESS ZONE SOA; dig +norec +tcp @ADDRESS ZONE SOA; dig +nssearch ZONE",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    by_check(report).or_else(|| by_walk(report))
}

/// Of a zone check, which asked every address of the zone's servers.
fn by_check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let zone = record.zone.escaped();
    let mut broken = Vec::new();
    let mut nowhere = Vec::new();
    for (index, server) in record.servers.iter().enumerate() {
        // What the parent has is what resolvers begin with; the zone's own addresses lead only those who got there.
        let leads = |address: &&CheckedAddress| {
            let from_glue = server.glue.is_empty() || server.glue.contains(&address.address.ip());
            address.servers.contains(&index) && from_glue
        };
        let addresses: Vec<&CheckedAddress> = zone_check::reachable(record).filter(leads).collect();
        let lame: Vec<_> = addresses
            .iter()
            .filter_map(|address| Some((*address, authority::lame(record, address)?)))
            .collect();
        if server.glue.is_empty() && server.own.is_empty() && server.own_from.is_some() {
            nowhere.push(server.name.escaped());
        }
        if !lame.is_empty() && lame.len() == addresses.len() {
            broken.extend(
                lame.into_iter()
                    .take(1)
                    .map(|(address, lame)| (server, address, lame)),
            );
        }
    }
    if broken.is_empty() && nowhere.is_empty() {
        return None;
    }
    let none_left = record.serving().next().is_none();
    let mut names: Vec<String> = broken
        .iter()
        .map(|(server, ..)| server.name.escaped())
        .collect();
    names.extend(nowhere.iter().cloned());
    let count = record.servers.len();
    let (severity, headline) = match none_left {
        true => (
            Severity::Error,
            format!("no server of {zone} serves it: nothing below it resolves"),
        ),
        false => (
            Severity::Warning,
            format!(
                "{} of {count} servers of {zone} do not serve it",
                broken.len()
            ),
        ),
    };
    let facts = broken
        .iter()
        .map(|(_, address, lame)| format!("{}: {}", record.place(address), lame.why));
    let confirm = broken
        .iter()
        .map(|(_, address, _)| zone_check::dig(address.address, &zone, "SOA", "+norec"));
    Some(Evidence {
        hop: None,
        severity: Some(severity),
        headline: Some(headline),
        facts: facts
            .chain(
                nowhere
                    .iter()
                    .map(|name| format!("{name}: its name has no address")),
            )
            .collect(),
        fix: repair(&zone, &names),
        confirm: confirm.take(4).collect(),
        confidence: confidence(broken.iter().all(|(.., lame)| lame.said)),
        refute: refute(&zone),
    })
}

fn repair(zone: &str, names: &[String]) -> String {
    let names = names.join(" and ");
    format!("load {zone} on {names}, or take the NS record out of the zone and of its parent")
}

fn confidence(all_said_so: bool) -> Confidence {
    match all_said_so {
        true => Confidence::High,
        false => Confidence::Medium,
    }
}

fn refute(zone: &str) -> String {
    format!("each of these servers answers for {zone} SOA with the aa flag")
}

fn by_walk(report: &Report) -> Option<Evidence> {
    let record = walk(report)?;
    // Of a zone that was checked the check has said all.
    let checked = zone_check::record(report).filter(|record| !record.addresses.is_empty());
    let bad = |step: &&TraceStep| {
        let known = checked.is_some_and(|record| record.zone == step.zone);
        !known && lame(record, step).next().is_some()
    };
    // A zone without any working server stops the walk; one with some does not.
    let dead = zones(record).find(|step| step.followed.is_none() && bad(step));
    let step = dead.or_else(|| zones(record).find(bad))?;
    let broken: Vec<Lame<'_>> = lame(record, step).collect();
    let zone = step.zone.escaped();
    let names: Vec<String> = broken.iter().map(|one| one.server.name.escaped()).collect();
    let (severity, headline) = if dead.is_some() {
        let headline = format!("no server of {zone} serves it: nothing below it resolves");
        (Severity::Error, headline)
    } else {
        let count = step.servers.len();
        let headline = format!(
            "{} of {count} servers of {zone} do not serve it",
            broken.len()
        );
        (Severity::Warning, headline)
    };
    let facts = broken
        .iter()
        .map(|one| format!("{}: {}", one.place, one.why));
    let confirm = broken
        .iter()
        .filter_map(|one| Some(dig(one.exchange?, &zone, "SOA", "+norec")));
    Some(Evidence {
        hop: hop(report),
        severity: Some(severity),
        headline: Some(headline),
        facts: facts.collect(),
        fix: repair(&zone, &names),
        confirm: confirm.take(4).collect(),
        confidence: confidence(broken.iter().all(|one| one.said)),
        refute: refute(&zone),
    })
}

struct Lame<'run> {
    server: &'run TraceServer,
    exchange: Option<&'run TraceExchange>,
    place: String,
    why: String,
    /// The server said so itself; silence may also be the network's.
    said: bool,
}

/// The servers of a step that are of no use on any of their addresses.
fn lame<'run>(
    record: &'run TraceRecord,
    step: &'run TraceStep,
) -> impl Iterator<Item = Lame<'run>> {
    let over_ipv6 = replies_over_ipv6(record);
    step.servers
        .iter()
        .enumerate()
        .filter_map(move |(index, server)| {
            if server.without == Some(WithoutAddress::Unresolved) {
                return Some(Lame {
                    server,
                    exchange: None,
                    place: server.name.escaped(),
                    why: "its name has no address".to_owned(),
                    said: true,
                });
            }
            let asked = step.questions().map(|(_, exchange)| exchange);
            let asked = asked.filter(|exchange| {
                let ipv6 = exchange
                    .exchange
                    .address
                    .is_some_and(|address| address.is_ipv6());
                exchange.server == index && (over_ipv6 || !ipv6)
            });
            let mut first = None;
            for exchange in asked {
                let why = trouble(exchange)?;
                first.get_or_insert((exchange, why));
            }
            let (exchange, why) = first?;
            Some(Lame {
                server,
                exchange: Some(exchange),
                place: place(server, exchange),
                said: exchange.said.is_some(),
                why,
            })
        })
}

/// Whether this host's IPv6 leads anywhere: silence over IPv6 says nothing about a server where it does not.
fn replies_over_ipv6(record: &TraceRecord) -> bool {
    let mut exchanges = record.steps.iter().flat_map(|step| &step.exchanges);
    exchanges.any(|exchange| {
        let ipv6 = exchange
            .exchange
            .address
            .is_some_and(|address| address.is_ipv6());
        ipv6 && exchange.exchange.reply().is_some()
    })
}

/// Why an exchange was of no use; `None` where it was, or where nothing can be told.
fn trouble(exchange: &TraceExchange) -> Option<String> {
    if let Some(Said::Lame { why }) = &exchange.said {
        return Some(match why {
            LameReason::Code { name, .. } => name.clone(),
            LameReason::NotAuthoritative => "answers without authority (no aa flag)".to_owned(),
            LameReason::UpwardReferral { zone } => format!("refers upwards, to {}", zone.escaped()),
        });
    }
    match &exchange.exchange.step.outcome {
        // It answered over UDP: that TCP fails is another matter.
        Outcome::Failed { .. } if exchange.exchange.was_truncated() => None,
        // No route from here, or our own limits: nothing about the server.
        Outcome::Failed {
            failure:
                Failure::Unreachable { icmp: None, .. }
                | Failure::PortsExhausted
                | Failure::DescriptorsExhausted
                | Failure::System { .. },
        } => None,
        Outcome::Failed { failure } => Some(words::failure(failure)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use netwhy_report::dns::trace::TraceEnd;
    use netwhy_report::{Step, Untrusted};

    use super::*;
    use crate::specimen::trace::{is_silent, refuses, report};

    #[test]
    fn fires_as_an_error_where_no_server_is_left() {
        let report = report(|record| {
            refuses(record, 0);
            is_silent(record, 1);
            record.steps[2].followed = None;
            record.end = TraceEnd::Lame {
                zone: Untrusted::from("example.test."),
            };
        });
        let evidence = check(&report).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Error));
        assert!(evidence.facts[0].contains("REFUSED"), "{evidence:?}");
        assert!(evidence.facts[1].contains("no answer"), "{evidence:?}");
    }

    #[test]
    fn warns_where_another_server_works() {
        let evidence = check(&report(|record| refuses(record, 1))).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Warning));
        assert_eq!(evidence.facts.len(), 1);
        assert_eq!(
            evidence.confirm,
            ["dig @192.0.2.32 +norec example.test. SOA"]
        );
    }

    #[test]
    fn a_zone_check_tells_of_servers_that_the_walk_did_not_need() {
        use crate::specimen::check;
        let evidence = super::check(&check::report(|record| check::is_silent(record, 1))).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Warning));
        assert!(
            evidence.facts[0].starts_with("ns2.example.test. 198.51.100.32: no answer"),
            "{evidence:?}"
        );
        let all = super::check(&check::report(|record| {
            check::is_silent(record, 0);
            check::is_silent(record, 1);
        }));
        assert_eq!(all.unwrap().severity, Some(Severity::Error));
        assert!(super::check(&check::report(|_| {})).is_none());
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_one_of_a_servers_two_addresses_is_silent() {
        let report = report(|record| {
            is_silent(record, 1);
            record.steps[2].exchanges[1].server = 0;
        });
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_this_host_has_no_route() {
        let report = report(|record| {
            is_silent(record, 1);
            let failure = Failure::Unreachable {
                errno: 101,
                icmp: None,
            };
            let step = &mut record.steps[2].exchanges[1].exchange.step;
            *step = Step::failed(step.start, step.start, failure);
        });
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_what_answers_for_the_root_is_no_zone() {
        let report = report(|record| {
            record.steps.truncate(1);
            refuses(record, 0);
            refuses(record, 1);
            record.steps[0].followed = None;
        });
        assert!(check(&report).is_none());
    }
}
