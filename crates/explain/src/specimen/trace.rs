//! A walk from the root for the tests: three zones with two servers each, all well, all proven.

use std::net::SocketAddr;
use std::time::Duration;

use netwhy_report::dns::message::{DnsMessage, HeaderFlags, Question, ResourceRecord};
use netwhy_report::dns::proof::{
    ProofReason, Registered, ResponseProof, Security, SignatureRecord, ZoneKeysProof,
};
use netwhy_report::dns::trace::{
    Asking, LameReason, Said, ServerAddress, ServerAddressSource, StepProof, StepPurpose,
    TraceAlias, TraceEnd, TraceExchange, TraceRecord, TraceSecurity, TraceServer, TraceStep,
};
use netwhy_report::dns::{DnsExchange, DnsServer};
use netwhy_report::{Failure, Report, Section, Step, Untrusted};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(crate) fn message() -> DnsMessage {
    DnsMessage {
        id: 1,
        opcode: "QUERY".to_owned(),
        rcode: 0,
        rcode_name: "NOERROR".to_owned(),
        flags: HeaderFlags::default(),
        question: Vec::new(),
        answer: Vec::new(),
        authority: Vec::new(),
        additional: Vec::new(),
        faults: Vec::new(),
        edns: None,
        size: 60,
        wire_b64: String::new(),
    }
}

fn exchange(address: SocketAddr, result: Result<(), Failure>) -> DnsExchange {
    DnsExchange {
        server: DnsServer::plain(address),
        address: Some(address),
        question: Question {
            name: Untrusted::from("shop.example.test."),
            class: "IN".to_owned(),
            record_type: "A".to_owned(),
        },
        tries: Vec::new(),
        step: Step::ended(ms(0), ms(20), result.map(|()| Box::new(message()))),
        undecodable: None,
    }
}

fn step(zone: &str, last: u8, said: &Said) -> TraceStep {
    let address = |server: u8| SocketAddr::from(([192, 0, 2, last + server], 53));
    let server = |number: u8| TraceServer {
        name: Untrusted::from(format!("ns{number}.{}", zone.trim_start_matches('.')).as_str()),
        addresses: vec![ServerAddress {
            address: address(number),
            source: ServerAddressSource::Glue,
            asked: true,
            unreachable: false,
        }],
        without: None,
    };
    let asked = |index: usize, number: u8| TraceExchange {
        server: index,
        asking: Asking::Question,
        said: Some(said.clone()),
        proof: None,
        exchange: exchange(address(number), Ok(())),
    };
    TraceStep {
        zone: Untrusted::from(zone),
        purpose: StepPurpose::Answer,
        name: Untrusted::from("shop.example.test."),
        record_type: "A".to_owned(),
        servers: vec![server(1), server(2)],
        exchanges: vec![asked(0, 1), asked(1, 2)],
        followed: Some(0),
        ignored: Vec::new(),
        start: ms(0),
        duration: ms(20),
        proof: Some(StepProof {
            security: Security::Secure,
            reasons: Vec::new(),
            keys: Some(Box::new(ZoneKeysProof {
                zone: Untrusted::from(zone),
                security: Security::Secure,
                reasons: Vec::new(),
                delegation: Vec::new(),
                keys: Vec::new(),
                signature: None,
                weaknesses: Vec::new(),
            })),
            response: None,
        }),
    }
}

fn referral(child: &str) -> Said {
    Said::Referral {
        child: Untrusted::from(child),
        servers: vec![Untrusted::from("ns1"), Untrusted::from("ns2")],
        signed: true,
    }
}

/// The walk to `shop.example.test`.
pub(crate) fn record() -> TraceRecord {
    TraceRecord {
        name: Untrusted::from("shop.example.test."),
        record_type: "A".to_owned(),
        steps: vec![
            step(".", 10, &referral("test.")),
            step("test.", 20, &referral("example.test.")),
            step("example.test.", 30, &Said::Answer),
        ],
        aliases: Vec::new(),
        end: TraceEnd::Answer,
        answer: vec![ResourceRecord {
            name: Untrusted::from("shop.example.test."),
            ttl: 300,
            class: "IN".to_owned(),
            record_type: "A".to_owned(),
            data: Untrusted::from("203.0.113.10"),
        }],
        security: Some(TraceSecurity {
            security: Security::Secure,
            zone: None,
            reason: None,
        }),
        queries: 9,
        walk: ms(60),
    }
}

/// A healthy diagnosis with a walk that `change` spoils.
pub(crate) fn report(change: impl FnOnce(&mut TraceRecord)) -> Report {
    let mut report = super::healthy();
    let mut record = record();
    change(&mut record);
    report.layers.dns_trace = Some(Section::Measured { record });
    report
}

/// One server of the last zone refuses.
pub(crate) fn refuses(record: &mut TraceRecord, server: usize) {
    let step = record.steps.last_mut().unwrap();
    step.exchanges[server].said = Some(Said::Lame {
        why: LameReason::Code {
            rcode: 5,
            name: "REFUSED".to_owned(),
        },
    });
}

/// One server of the last zone is silent.
pub(crate) fn is_silent(record: &mut TraceRecord, server: usize) {
    let step = record.steps.last_mut().unwrap();
    let address = step.exchanges[server].exchange.address.unwrap();
    step.exchanges[server].said = None;
    let failure = Failure::TimedOut { after: ms(2400) };
    step.exchanges[server].exchange = exchange(address, Err(failure));
}

/// The whole is bogus for this reason.
pub(crate) fn bogus(record: &mut TraceRecord, reason: ProofReason) {
    record.security = Some(TraceSecurity {
        security: Security::Bogus,
        zone: Some(Untrusted::from("example.test.")),
        reason: Some(Box::new(reason)),
    });
}

/// A signature over the last zone's address.
pub(crate) fn signature() -> SignatureRecord {
    let at = |text: &str| text.parse().unwrap();
    SignatureRecord {
        owner: Untrusted::from("shop.example.test."),
        covers: "A".to_owned(),
        signer: Untrusted::from("example.test."),
        key_tag: 12345,
        algorithm: Registered {
            number: 13,
            name: "ECDSAP256SHA256".to_owned(),
        },
        labels: 3,
        inception: at("2026-10-01T00:00:00Z"),
        expiration: at("2026-11-20T00:00:00Z"),
    }
}

/// One alias more.
pub(crate) fn alias(record: &mut TraceRecord, name: &str, target: &str) {
    record.aliases.push(TraceAlias {
        name: Untrusted::from(name),
        target: Untrusted::from(target),
        zone: Untrusted::from("example.test."),
        dname: false,
        ttl: 300,
    });
}

/// One server's reply in the last zone is bogus for this reason; the whole is not.
pub(crate) fn bogus_reply(record: &mut TraceRecord, server: usize, reason: ProofReason) {
    let exchange = &mut record.steps.last_mut().unwrap().exchanges[server];
    exchange.proof = Some(Box::new(ResponseProof {
        zone: Untrusted::from("example.test."),
        security: Security::Bogus,
        reasons: vec![reason],
        rrsets: Vec::new(),
        denial: None,
        delegation: None,
        weaknesses: Vec::new(),
    }));
}
