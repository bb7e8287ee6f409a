//! Lookups for the tests: one exchange after the other, as the findings meet them.

use netwhy_report::dns::message::{DnsMessage, Question, ResourceRecord};
use netwhy_report::dns::{DnsExchange, DnsTransport, DnsTry, LookupRecord};
use netwhy_report::plan::{DnsLookupPlan, DnsOptions, DnsQueryOptions, TcpOptions, TlsOptions};
use netwhy_report::report::Layers;
use netwhy_report::{Budgets, Failure, Plan, Report, Step, Untrusted};

use super::{healthy, ms};

/// A lookup of `www.shop.test` that consists of these exchanges.
pub(crate) fn lookup(exchanges: Vec<DnsExchange>) -> Report {
    let plan = DnsLookupPlan {
        name: Untrusted::from("www.shop.test."),
        relative: true,
        search: false,
        check_rewriting: false,
        types: exchanges
            .iter()
            .map(|exchange| exchange.question.record_type.clone())
            .collect(),
        class: "IN".to_owned(),
        servers: Vec::new(),
        query: DnsQueryOptions::default(),
        dns: DnsOptions::default(),
        tcp: TcpOptions::default(),
        tls: TlsOptions::default(),
        budgets: Budgets::default(),
    };
    Report {
        plan: Plan::DnsLookup(Box::new(plan)),
        layers: Layers {
            dns_lookup: Some(LookupRecord {
                exchanges,
                configured: true,
                candidates: vec!["www.shop.test".to_owned()],
            }),
            ..Layers::default()
        },
        ..healthy()
    }
}

/// 192.0.2.53 answers a question of this type with this code and these data.
pub(crate) fn reply(record_type: &str, rcode: u16, data: &[&str]) -> DnsExchange {
    let name = Untrusted::from("www.shop.test.");
    let record = |data: &&str| ResourceRecord {
        name: name.clone(),
        ttl: 300,
        class: "IN".to_owned(),
        record_type: record_type.to_owned(),
        data: Untrusted::from(*data),
    };
    let message = DnsMessage {
        rcode,
        rcode_name: format!("RCODE{rcode}"),
        answer: data.iter().map(record).collect(),
        ..DnsMessage::default()
    };
    exchange(record_type, Ok(Box::new(message)))
}

/// 192.0.2.53 brings no reply to a question of this type.
pub(crate) fn no_reply(record_type: &str, failure: Failure) -> DnsExchange {
    exchange(record_type, Err(failure))
}

fn exchange(record_type: &str, result: Result<Box<DnsMessage>, Failure>) -> DnsExchange {
    let size = result.as_ref().map(|_| 60).map_err(Clone::clone);
    DnsExchange {
        server: "192.0.2.53".parse().expect("a fixed server"),
        address: Some(super::socket("192.0.2.53:53")),
        question: Question {
            name: Untrusted::from("www.shop.test."),
            class: "IN".to_owned(),
            record_type: record_type.to_owned(),
        },
        tries: vec![DnsTry::new(
            DnsTransport::Udp,
            true,
            Step::ended(ms(0), ms(12), size),
        )],
        step: Step::ended(ms(0), ms(12), result),
        undecodable: None,
    }
}
