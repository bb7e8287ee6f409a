//! dns-tcp-blocked: a server answers over UDP and not over TCP.

use netwhy_report::dns::DnsExchange;
use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check::transport::{lost_after_truncation, tcp_trouble};
use crate::zone_check::{self, dig};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-tcp-blocked",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "the server answers over UDP but not over TCP: answers that do not fit a datagram are lost",
    what: "\
Over UDP the server answers; over TCP port 53 the connection is refused, reset or times out. Where an answer was cut (TC), the question came back over TCP and failed.",
    why: "\
TCP is not an extra: RFC 7766 demands it of every server. An answer larger than the datagram that both sides allow is cut and asked for again over TCP: large TXT
and MX sets, DNSSEC keys, long referrals. Servers that limit their rate (RRL) also answer with TC under load, and zone transfers use nothing else.
The usual cause is a firewall rule from the time of \"TCP 53 is for transfers\", or a container or load balancer that publishes UDP alone.",
    fix: "\
Open TCP port 53 to the server, everywhere UDP port 53 is open:
  nftables    nft add rule inet filter input tcp dport 53 accept
  iptables    iptables -A INPUT -p tcp --dport 53 -j ACCEPT
  docker      publish both: -p 53:53/udp -p 53:53/tcp
and see that the server listens there: ss -ltn 'sport = :53'.",
    confirm: "\
dig +norec @SERVER ZONE SOA
dig +norec +tcp @SERVER ZONE SOA
nc -vz SERVER 53",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    checked(report).or_else(|| looked_up(report))
}

fn checked(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let zone = record.zone.escaped();
    let troubled: Vec<_> = zone_check::reachable(record)
        .filter_map(|address| Some((address, tcp_trouble(address)?)))
        .collect();
    let (first, _) = troubled.first()?;
    let lost: Vec<&DnsExchange> = record
        .exchanges()
        .filter(|one| lost_after_truncation(one))
        .collect();
    let all = record
        .serving()
        .all(|address| tcp_trouble(address).is_some());
    let mut facts: Vec<String> = troubled
        .iter()
        .map(|(address, why)| format!("{}: UDP works, TCP: {why}", record.place(address)))
        .collect();
    let mut what: Vec<String> = lost.iter().map(|exchange| cut(exchange)).collect();
    what.dedup();
    facts.extend(what.into_iter().take(3));
    let severity = if all && !lost.is_empty() {
        Severity::Error
    } else {
        Severity::Warning
    };
    Some(Evidence {
        hop: None,
        severity: Some(severity),
        headline: Some(match severity {
            Severity::Error => format!(
                "large answers of {zone} cannot be had: they are cut over UDP, and TCP does not work"
            ),
            _ => format!(
                "{} of {} addresses of {zone} do not answer over TCP",
                troubled.len(),
                record.addresses.len()
            ),
        }),
        facts,
        fix: "open TCP port 53 wherever UDP port 53 is open, and see that the server listens there"
            .to_owned(),
        confirm: vec![
            dig(first.address, &zone, "SOA", "+norec"),
            dig(first.address, &zone, "SOA", "+norec +tcp"),
        ],
        confidence: Confidence::High,
        refute: "the second command gets an answer".to_owned(),
    })
}

/// The same in a lookup.
fn looked_up(report: &Report) -> Option<Evidence> {
    let record = report.layers.dns_lookup.as_ref()?;
    let lost: Vec<&DnsExchange> = record
        .exchanges
        .iter()
        .filter(|one| lost_after_truncation(one))
        .collect();
    let first = lost.first()?;
    let (name, kind) = (
        first.question.name.escaped(),
        first.question.record_type.clone(),
    );
    let answered = record
        .exchanges
        .iter()
        .any(|one| one.question == first.question && one.reply().is_some());
    let address = first.address?;
    Some(Evidence {
        hop: None,
        severity: Some(if answered {
            Severity::Warning
        } else {
            Severity::Error
        }),
        headline: Some(format!(
            "the answer to {name} {kind} is cut over UDP, and TCP does not work"
        )),
        facts: lost.iter().map(|exchange| cut(exchange)).collect(),
        fix: "open TCP port 53 wherever UDP port 53 is open, and see that the server listens there"
            .to_owned(),
        confirm: vec![
            dig(address, &name, &kind, "+ignore"),
            dig(address, &name, &kind, "+tcp"),
        ],
        confidence: Confidence::High,
        refute: "the second command gets an answer".to_owned(),
    })
}

fn cut(exchange: &DnsExchange) -> String {
    let why = exchange
        .step
        .failure()
        .map(crate::words::failure)
        .unwrap_or_default();
    let question = &exchange.question;
    format!(
        "{} {}: cut over UDP, then over TCP: {why}",
        question.name.escaped(),
        question.record_type
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{fails, is_cut, is_silent, report};
    use netwhy_report::dns::check::Probe;

    #[test]
    fn fires_as_an_error_where_answers_are_cut_and_no_server_has_tcp() {
        let report = report(|record| {
            fails(record, 0, &Probe::Tcp);
            fails(record, 1, &Probe::Tcp);
            is_cut(record, 0, "TXT");
        });
        let evidence = check(&report).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Error));
        assert!(
            evidence.facts[2].contains("TXT: cut over UDP"),
            "{evidence:?}"
        );
    }

    #[test]
    fn warns_where_one_address_lacks_tcp() {
        let evidence = check(&report(|record| fails(record, 1, &Probe::Tcp))).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Warning));
        assert_eq!(evidence.facts.len(), 1);
    }

    #[test]
    fn silent_on_a_sound_zone() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_server_that_is_silent_over_udp_too() {
        assert!(check(&report(|record| is_silent(record, 1))).is_none());
    }
}
