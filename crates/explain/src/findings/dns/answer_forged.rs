//! dns-answer-forged: replies arrive that nobody asked for.

use netwhy_report::dns::Mismatches;
use netwhy_report::{Layer, Report};

use super::tries;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-answer-forged",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "replies arrive whose id, source or question is not that of the query: somebody forges, or a box rewrites",
    what: "\
Beside the reply, or instead of it, datagrams came that look like replies and do not match the query: another id, another question, another source
address or port. netwhy takes none of them; a careless client may.",
    why: "\
DNS over UDP tells its own replies by four things: the server's address, the ports, the 16-bit id, and the question (RFC 5452 section 9). An attacker who
cannot see the query must guess id and port, and what you see are the guesses. But not every mismatch is an attack:
- wrong source: the server has several addresses and answers from another one than it was asked at (a daemon bound to 0.0.0.0), or NAT or a
  load balancer does not rewrite the way back. Careful clients drop such replies, so the server looks dead to them;
- wrong id with the right question: a guess, or a box that answers on the server's behalf and does not copy the id;
- wrong question: a late reply to somebody who had this port before. One of them means little;
- other upper and lower case (only with --0x20): a server or a box on the way that does not copy the name as it came.",
    fix: "\
If the source is another address of the server itself, let it answer from where it was asked:
  Unbound  interface: with each address, or interface-automatic: yes
  NSD      ip-address: with each address
  BIND     listen-on with each address

If it is not: the network between here and the server is not to be trusted. Use a transport that cannot be forged
(@tls://, @https://, @quic://), and validate DNSSEC on this host. On the path, look for DNS interception in firewalls, CPE and captive portals.",
    confirm: "\
tcpdump -ni any 'udp port 53'
dig HOST @SERVER   (prints \";; reply from unexpected source\" or \"ID mismatch\")
kdig +tls HOST @SERVER",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let seen: Vec<_> = tries::all(report)
        .into_iter()
        .map(|tries| (tries.mismatches(), tries))
        .filter(|(mismatches, _)| mismatches.total() > 0)
        .collect();
    let (_, first) = seen.first()?;
    let mut sum = Mismatches::default();
    for (mismatches, _) in &seen {
        sum.add(mismatches);
    }
    // One stray reply to another question, or a server that flattens the case, is no sign of a forger.
    let stray = sum.wrong_id == 0 && sum.wrong_source == 0 && sum.wrong_question <= 1;
    let facts = seen
        .iter()
        .map(|(mismatches, tries)| format!("{}: {}", tries.asked, counted(mismatches)))
        .collect();
    Some(Evidence {
        hop: None,
        severity: stray.then_some(Severity::Notice),
        headline: Some(headline(&sum)),
        facts,
        fix: match sum.wrong_source {
            0 => "ask over TLS, HTTPS or QUIC, and look for a box on the way that answers for the server",
            _ => "if the source is the server's other address, bind it to each address; else ask over TLS, HTTPS or QUIC",
        }
        .to_owned(),
        confirm: vec![
            "tcpdump -ni any 'udp port 53'".to_owned(),
            first.command.clone(),
        ],
        confidence: match stray {
            true => Confidence::Low,
            false => Confidence::Medium,
        },
        refute: "a capture shows one reply per query, from the address that was asked".to_owned(),
    })
}

fn headline(sum: &Mismatches) -> String {
    let replies = sum.total();
    let verb = if replies == 1 { "reply" } else { "replies" };
    format!(
        "{replies} {verb} came that do not match the query: {}",
        counted(sum)
    )
}

fn counted(mismatches: &Mismatches) -> String {
    let mut kinds: Vec<String> = [
        (mismatches.wrong_id, "with a wrong id"),
        (mismatches.wrong_question, "to another question"),
        (mismatches.wrong_case, "with other upper and lower case"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, kind)| format!("{count} {kind}"))
    .collect();
    if mismatches.wrong_source > 0 {
        let from: Vec<String> = mismatches.sources.iter().map(ToString::to_string).collect();
        kinds.push(format!(
            "{} from {}",
            mismatches.wrong_source,
            from.join(", ")
        ));
    }
    kinds.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen;

    fn with(mismatches: &Mismatches) -> Report {
        let mut exchange = specimen::reply("A", 0, &["192.0.2.1"]);
        exchange.tries[0].mismatched = mismatches.clone();
        specimen::lookup(vec![exchange])
    }

    #[test]
    fn fires_on_a_wrong_source_and_names_it() {
        let mut mismatches = Mismatches::default();
        mismatches.count_source("198.51.100.9:53".parse().unwrap());
        let evidence = check(&with(&mismatches)).unwrap();
        assert_eq!(evidence.severity, None);
        assert!(evidence.facts[0].contains("198.51.100.9:53"));
    }

    #[test]
    fn fires_in_a_diagnosis() {
        let mut report = specimen::healthy();
        specimen::dns(&mut report).queries[0].tries[0].mismatched = Mismatches {
            wrong_id: 3,
            ..Mismatches::default()
        };
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("3 with a wrong id")
        );
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
        assert!(check(&with(&Mismatches::default())).is_none());
    }

    #[test]
    fn near_miss_one_stray_reply_to_another_question_is_a_notice() {
        let stray = Mismatches {
            wrong_question: 1,
            ..Mismatches::default()
        };
        assert_eq!(
            check(&with(&stray)).unwrap().severity,
            Some(Severity::Notice)
        );
    }
}
