//! dns-hosts-override: the hosts file wins over DNS.

use netwhy_report::dns::AddressSource;
use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-hosts-override",
    layer: Layer::Dns,
    severity: Severity::Info,
    headline: "the hosts file decides about this name, not DNS",
    what: "\
The address of this name comes from the hosts file of this host. What DNS says about it does not count here, and what you see here
holds for no other machine.",
    why: "\
The line `hosts:` of /etc/nsswitch.conf mostly puts `files` before `dns` and `resolve`, so a line in /etc/hosts wins over every resolver,
for all programs that use the system's lookup (getaddrinfo), and for all record types: a name with only an IPv4 line there has no IPv6 left.
It has no TTL and no owner: a line from a test, a migration or a tunnel stays until somebody deletes it. One machine fails, all others
work.

dig, host and nslookup do not read the file and show nothing wrong; systemd-resolved does read it (ReadEtcHosts=yes). Docker and Kubernetes write
the file of a container themselves (--add-host, hostAliases), so an edit inside is lost with the container.",
    fix: "\
Take the line out, or correct its address; a comment with a date keeps the next one from being forgotten. Where the file is made by a tool, change it
there:
  container     docker run --add-host NAME:ADDRESS, extra_hosts: in compose.yaml
  Kubernetes    hostAliases: in the pod's spec
  cloud-init    manage_etc_hosts and /etc/cloud/templates/hosts.*.tmpl

To try another address for one command, without the file: curl --connect-to ::ADDRESS: URL, curl --resolve HOST:443:ADDRESS URL.",
    confirm: "\
getent ahosts HOST
grep -n HOST /etc/hosts
grep ^hosts: /etc/nsswitch.conf
dig +short HOST A HOST AAAA",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| Some((endpoint, endpoint.dns?)))
        .find(|(_, record)| record.from_hosts())?;
    let path = report
        .layers
        .client
        .as_ref()
        .and_then(|client| client.hosts.as_ref())
        .map_or("/etc/hosts", |hosts| hosts.path.as_str());
    let given = record.resolution.value()?;
    let mut dns: Vec<String> = record
        .answers()
        .flat_map(|(_, answer)| answer.addresses.iter().map(ToString::to_string))
        .collect();
    dns.sort();
    dns.dedup();
    let differ = given
        .iter()
        .all(|address| !dns.contains(&address.address.to_string()));
    let unreachable = endpoint
        .tcp
        .is_some_and(|tcp| tcp.connected().next().is_none() && tcp.failed().next().is_some());
    let harmful = unreachable && differ && !dns.is_empty();
    let mut facts: Vec<String> = given
        .iter()
        .filter_map(|address| match address.source {
            AddressSource::Hosts { line } => {
                Some(format!("{path} line {line}: {}", address.address))
            }
            AddressSource::Server { .. } => None,
        })
        .collect();
    facts.push(if dns.is_empty() {
        "DNS has no address for it".to_owned()
    } else {
        format!("DNS says: {}", dns.join(", "))
    });
    facts.extend(
        endpoint
            .tcp
            .into_iter()
            .flat_map(netwhy_report::tcp::TcpRecord::failed)
            .filter_map(|attempt| {
                Some(format!(
                    "{}: {}",
                    attempt.peer,
                    crate::words::failure(attempt.step.failure()?)
                ))
            }),
    );
    let headline = format!(
        "{path} sends {} to an address that does not work, while DNS gives another one",
        endpoint.host
    );
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: Some(if harmful {
            Severity::Error
        } else {
            Severity::Info
        }),
        headline: harmful.then_some(headline),
        facts,
        fix: format!("take the line out of {path}, or correct its address"),
        confirm: vec![
            format!("getent ahosts {}", crate::shell::quote(endpoint.host)),
            format!(
                "grep -n {} {}",
                crate::shell::quote(endpoint.host),
                crate::shell::quote(path)
            ),
        ],
        confidence: Confidence::High,
        refute: "the address that DNS gives does not work either".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::{Failure, Step};

    use crate::specimen;

    fn overridden(mut report: Report) -> Report {
        let record = specimen::dns(&mut report);
        let mut addresses = record.resolution.value().unwrap().clone();
        addresses.truncate(1);
        addresses[0].address = "198.51.100.99".parse().unwrap();
        addresses[0].source = AddressSource::Hosts { line: 7 };
        record.resolution = Step::completed(
            std::time::Duration::ZERO,
            std::time::Duration::ZERO,
            addresses,
        );
        report
    }

    #[test]
    fn fires_as_an_error_when_its_address_is_the_one_that_fails() {
        let evidence = check(&overridden(specimen::unconnected(&Failure::Refused {
            icmp: None,
        })))
        .unwrap();
        assert_eq!(evidence.severity, Some(Severity::Error));
        assert!(evidence.facts[0].contains("line 7"));
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_an_override_that_works_is_only_worth_knowing() {
        assert_eq!(
            check(&overridden(specimen::healthy())).unwrap().severity,
            Some(Severity::Info)
        );
    }
}
