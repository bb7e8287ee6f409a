//! The hosts that have no address, seen the way that the findings about missing answers ask.

use netwhy_report::dns::{DnsAnswer, DnsQuery, DnsRecord};
use netwhy_report::{Endpoint, Report};

/// Hosts that resolve to nothing, the target first.
pub(super) fn unresolved(report: &Report) -> Vec<(Endpoint<'_>, &DnsRecord)> {
    let endpoints = report.endpoints().into_iter();
    endpoints
        .filter_map(|endpoint| Some((endpoint, endpoint.dns?)))
        .filter(|(_, dns)| dns.resolution.failure().is_some())
        .collect()
}

/// One line per query.
pub(super) fn lines(record: &DnsRecord) -> Vec<String> {
    record.queries.iter().map(line).collect()
}

fn line(query: &DnsQuery) -> String {
    let asked = format!("{} {}", query.server, query.record_type.name());
    match query.step.value() {
        Some(answer) => format!("{asked}: {}", said(answer)),
        None => match query.step.failure() {
            Some(failure) => format!("{asked}: {}", crate::words::failure(failure)),
            None => format!("{asked}: not finished"),
        },
    }
}

/// What an answer says, in a few words.
pub(super) fn said(answer: &DnsAnswer) -> String {
    let mut text = format!(
        "{}, {} addresses",
        answer.rcode_name,
        answer.addresses.len()
    );
    if let (Some(zone), Some(ttl)) = (&answer.negative_zone, answer.ttl) {
        text.push_str(&format!(
            ", from zone \"{}\", may be cached for {ttl} s",
            zone.escaped()
        ));
    }
    for error in &answer.extended_errors {
        text.push_str(&format!(
            ", EDE {} {} {}",
            error.code,
            error.meaning,
            error.text.escaped()
        ));
    }
    text
}

/// `dig` for a query, with the port where it is not 53.
pub(super) fn dig(name: &str, query: Option<&DnsQuery>, options: &str) -> String {
    let name = crate::shell::quote(name);
    let Some(query) = query else {
        return format!("dig {name}{options}");
    };
    let port = if query.server.port() == 53 {
        String::new()
    } else {
        format!(" -p {}", query.server.port())
    };
    format!(
        "dig @{}{port} {name} {}{options}",
        query.server.ip(),
        query.record_type.name()
    )
}
