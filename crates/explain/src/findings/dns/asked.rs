//! A lookup (`netwhy dns NAME`), seen the way that the findings about answers ask.

use netwhy_report::dns::message::{DnsMessage, Question};
use netwhy_report::dns::{DnsExchange, DnsTransport, LookupRecord, rcode};
use netwhy_report::{Failure, Plan, Report};

/// The lookup of a report, if it is one.
pub(super) fn lookup(report: &Report) -> Option<&LookupRecord> {
    report.layers.dns_lookup.as_ref()
}

/// The name that was asked for, escaped, without its final dot.
pub(super) fn name(report: &Report) -> String {
    match &report.plan {
        Plan::DnsLookup(plan) => {
            let name = plan.name.escaped();
            match name.strip_suffix('.') {
                Some(bare) if !bare.is_empty() => bare.to_owned(),
                _ => name,
            }
        }
        other => other.subject(),
    }
}

/// The questions of a lookup, each once.
pub(super) fn questions(record: &LookupRecord) -> Vec<&Question> {
    let mut questions: Vec<&Question> = Vec::new();
    for exchange in &record.exchanges {
        if !questions.contains(&&exchange.question) {
            questions.push(&exchange.question);
        }
    }
    questions
}

/// The exchanges with a reply.
pub(super) fn replies(record: &LookupRecord) -> impl Iterator<Item = (&DnsExchange, &DnsMessage)> {
    record
        .exchanges
        .iter()
        .filter_map(|exchange| Some((exchange, exchange.reply()?)))
}

/// The replies to a question; none if it got none.
pub(super) fn replies_to<'a>(
    record: &'a LookupRecord,
    question: &'a Question,
) -> Vec<(&'a DnsExchange, &'a DnsMessage)> {
    replies(record)
        .filter(|(exchange, _)| exchange.question == *question)
        .collect()
}

/// A question to which every reply has this code, with those replies.
pub(super) fn unanimous(record: &LookupRecord, code: u16) -> Option<(&Question, &DnsExchange)> {
    questions(record).into_iter().find_map(|question| {
        let replies = replies_to(record, question);
        let agreed = replies.iter().all(|(_, message)| message.rcode == code);
        let first = replies.first().map(|(exchange, _)| *exchange);
        first.filter(|_| agreed).map(|first| (question, first))
    })
}

/// Whether a reply says something about the name: that it exists, or that it does not.
pub(super) fn is_usable(message: &DnsMessage) -> bool {
    matches!(message.rcode, rcode::NOERROR | rcode::NXDOMAIN)
}

/// Whether a reply sends us to other servers instead of answering.
pub(super) fn is_referral(message: &DnsMessage) -> bool {
    let has = |wanted: &str| {
        message
            .authority
            .iter()
            .any(|record| record.record_type == wanted)
    };
    message.answer.is_empty() && has("NS") && !has("SOA") && !message.flags.authoritative
}

/// Whether the answer holds addresses of the type that its question asks for.
pub(super) fn has_addresses(exchange: &DnsExchange, message: &DnsMessage) -> bool {
    let wanted = exchange.question.record_type.as_str();
    matches!(wanted, "A" | "AAAA")
        && message
            .answer
            .iter()
            .any(|record| record.record_type == wanted)
}

/// One line per exchange.
pub(super) fn lines(record: &LookupRecord) -> Vec<String> {
    record.exchanges.iter().map(line).collect()
}

/// What an exchange brought, in a few words.
pub(super) fn line(exchange: &DnsExchange) -> String {
    let asked = format!(
        "{} {}",
        exchange.server.display(),
        exchange.question.record_type
    );
    match (exchange.reply(), exchange.step.failure()) {
        (Some(message), _) => format!("{asked}: {}", said(message)),
        // Over UDP there is no reset: the host says by ICMP that nobody listens.
        (None, Some(Failure::Refused { icmp: None }))
            if exchange.server.transport == DnsTransport::Udp =>
        {
            format!("{asked}: refused (ICMP port unreachable)")
        }
        (None, Some(failure)) => format!("{asked}: {}", crate::words::failure(failure)),
        (None, None) => format!("{asked}: not finished"),
    }
}

fn said(message: &DnsMessage) -> String {
    let mut text = format!("{}, {} records", message.rcode_name, message.answer.len());
    let errors = message.edns.iter().flat_map(|edns| &edns.extended_errors);
    for error in errors {
        text.push_str(&format!(
            ", EDE {} {} {}",
            error.code,
            error.meaning,
            error.text.escaped()
        ));
    }
    text
}

/// The classic command for an exchange; dig where it speaks the transport, else kdig.
pub(super) fn command(exchange: &DnsExchange, options: &str) -> String {
    let server = &exchange.server;
    let place = match (exchange.address, &server.host) {
        (Some(address), _) => address.ip().to_string(),
        (None, Some(host)) => crate::shell::quote(host),
        (None, None) => String::new(),
    };
    let port = match server.port {
        port if port == server.transport.default_port() => String::new(),
        port => format!(" -p {port}"),
    };
    let path = server.path.as_deref().unwrap_or_default();
    let (tool, transport) = match server.transport {
        DnsTransport::Udp => ("dig", String::new()),
        DnsTransport::Tcp => ("dig", " +tcp".to_owned()),
        DnsTransport::Tls => ("dig", " +tls".to_owned()),
        DnsTransport::Https => ("dig", format!(" +https={}", crate::shell::quote(path))),
        DnsTransport::Quic => ("kdig", " +quic".to_owned()),
        DnsTransport::H3 => ("curl --http3-only", String::new()),
    };
    let question = &exchange.question;
    if server.transport == DnsTransport::H3 {
        let host = server.host.as_deref().unwrap_or(&place);
        let url = format!("https://{host}:{}{path}", server.port);
        return format!("{tool} -v {}", crate::shell::quote(&url));
    }
    let class = match question.class.as_str() {
        "IN" => String::new(),
        class => format!(" {}", crate::shell::quote(class)),
    };
    format!(
        "{tool} @{place}{port}{transport} {}{class} {}{options}",
        crate::shell::quote(&question.name.escaped()),
        crate::shell::quote(&question.record_type)
    )
}
