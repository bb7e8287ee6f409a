//! dns-fragments-dropped: answers larger than a packet vanish on the way.

use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check::transport::{Large, large};
use crate::zone_check::{self, dig};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-fragments-dropped",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "answers larger than one packet vanish, smaller ones and TCP work: clients that ask for large datagrams wait for nothing",
    what: "\
With a small payload size the server cuts the answer and TCP brings the whole; with a large one it sends a datagram that must be broken into fragments, and nothing arrives.",
    why: "\
A UDP datagram larger than the path's MTU (mostly 1500 bytes, less with tunnels) goes as IP fragments. Firewalls and load balancers drop fragments, since only the
first one has ports; some routers drop all of IPv6's. The server sees nothing wrong, the resolver times out, asks again with a smaller size, and gets its answer
seconds late, or never. Since the flag day of 2020 resolvers advertise 1232 bytes, which avoids fragments on practically every path (RFC 9715); older ones and some
forwarders still say 4096.",
    fix: "\
On the server, never send more than 1232 bytes in one datagram; larger answers then go over TCP:
  BIND      options { edns-udp-size 1232; max-udp-size 1232; };
  NSD       server: ipv4-edns-size: 1232, ipv6-edns-size: 1232
  Knot      server: udp-max-payload: 1232
  PowerDNS  udp-truncation-threshold=1232
On the firewall, let fragments pass to port 53, or reassemble them first. Make the answers smaller: ECDSA or Ed25519 keys instead of RSA, old TXT records removed.",
    confirm: "\
dig +norec +ignore +bufsize=4096 @SERVER ZONE TYPE
dig +norec +ignore +bufsize=1232 @SERVER ZONE TYPE
dig +norec +tcp @SERVER ZONE TYPE",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let zone = record.zone.escaped();
    let mut facts = Vec::new();
    let mut first = None;
    for address in zone_check::reachable(record) {
        let Large::Vanish {
            silent,
            heard,
            whole,
        } = large(address)
        else {
            continue;
        };
        let sizes: Vec<String> = silent.iter().map(ToString::to_string).collect();
        let place = record.place(address);
        facts.push(format!(
            "{place}: silent at {} bytes, answers at {heard}; over TCP {whole} bytes",
            sizes.join(" and ")
        ));
        let probe = address.probes.iter().find(|probe| {
            matches!(
                probe.probe,
                netwhy_report::dns::check::Probe::Payload { .. }
            )
        });
        first = first.or_else(|| {
            Some((
                address.address,
                probe?.exchange.question.record_type.clone(),
            ))
        });
    }
    let (address, kind) = first?;
    let options = [
        "+norec +ignore +bufsize=4096",
        "+norec +ignore +bufsize=1232",
        "+norec +tcp",
    ];
    let signed = if kind == "DNSKEY" { " +dnssec" } else { "" };
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!(
            "answers of {zone} that need more than one packet vanish"
        )),
        facts,
        fix:
            "have the server send at most 1232 bytes over UDP, and let fragments pass the firewall"
                .to_owned(),
        confirm: options
            .iter()
            .map(|options| dig(address, &zone, &kind, &format!("{options}{signed}")))
            .collect(),
        // Two losses in a row look the same; several servers or sizes do not.
        confidence: Confidence::Medium,
        refute: "the first command gets an answer without the tc flag".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{payloads, report};

    #[test]
    fn fires_where_the_largest_size_alone_is_silent() {
        let evidence = check(&report(|record| payloads(record, 0, &[4096], true))).unwrap();
        assert!(
            evidence.facts[0].contains("silent at 4096 bytes, answers at 1400"),
            "{evidence:?}"
        );
        assert_eq!(
            evidence.confirm[2],
            "dig @192.0.2.31 +norec +tcp +dnssec example.test. DNSKEY"
        );
    }

    #[test]
    fn silent_where_all_sizes_arrive() {
        assert!(check(&report(|record| payloads(record, 0, &[], true))).is_none());
    }

    #[test]
    fn near_miss_small_answers_are_lost_too() {
        assert!(check(&report(|record| payloads(record, 0, &[1232, 4096], true))).is_none());
    }

    #[test]
    fn near_miss_tcp_does_not_work_either() {
        assert!(check(&report(|record| payloads(record, 0, &[4096], false))).is_none());
    }
}
