//! A zone check for the tests: `example.test` with two servers in two networks, all well, not signed.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use netwhy_report::dns::check::{
    CaaRecord, CheckProbe, CheckRecord, CheckedAddress, CheckedServer, DelegatedBy, OwnFrom, Probe,
};
use netwhy_report::dns::message::{DnsMessage, EdnsRecord, HeaderFlags, Question, ResourceRecord};
use netwhy_report::dns::{DnsExchange, DnsServer, DnsTransport, DnsTry};
use netwhy_report::plan::{DnsCheckPlan, DnsOptions, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::{Budgets, Failure, Outcome, Plan, Report, Section, Step, Untrusted};

const ZONE: &str = "example.test.";
const SOA: &str = "ns1.example.test. admin.example.test. 7 3600 600 86400 900";

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn resource(name: &str, record_type: &str, data: &str) -> ResourceRecord {
    ResourceRecord {
        name: Untrusted::from(name),
        ttl: 300,
        class: "IN".to_owned(),
        record_type: record_type.to_owned(),
        data: Untrusted::from(data),
    }
}

fn exchange(
    address: SocketAddr,
    name: &str,
    record_type: &str,
    rcode: u16,
    answer: Vec<ResourceRecord>,
) -> DnsExchange {
    let message = DnsMessage {
        rcode,
        rcode_name: match rcode {
            0 => "NOERROR",
            1 => "FORMERR",
            3 => "NXDOMAIN",
            16 => "BADVERS",
            _ => "REFUSED",
        }
        .to_owned(),
        flags: HeaderFlags {
            response: true,
            authoritative: true,
            ..HeaderFlags::default()
        },
        answer,
        edns: Some(EdnsRecord {
            version: 0,
            udp_payload: 1232,
            dnssec_ok: false,
            options: Vec::new(),
            extended_errors: Vec::new(),
        }),
        ..super::trace::message()
    };
    DnsExchange {
        server: DnsServer::plain(address),
        address: Some(address),
        question: Question {
            name: Untrusted::from(name),
            class: "IN".to_owned(),
            record_type: record_type.to_owned(),
        },
        tries: Vec::new(),
        step: Step::completed(ms(0), ms(20), Box::new(message)),
        undecodable: None,
    }
}

fn probe(
    address: SocketAddr,
    probe: Probe,
    record_type: &str,
    rcode: u16,
    answer: Vec<ResourceRecord>,
) -> CheckProbe {
    CheckProbe {
        probe,
        exchange: exchange(address, ZONE, record_type, rcode, answer),
    }
}

fn address(server: usize, address: SocketAddr) -> CheckedAddress {
    let soa = || vec![resource(ZONE, "SOA", SOA)];
    let mut probes = Vec::new();
    for one in [
        Probe::Soa,
        Probe::Plain,
        Probe::Tcp,
        Probe::UnknownOption,
        Probe::UnknownFlag,
        Probe::DnssecOk,
    ] {
        let mut asked = probe(address, one.clone(), "SOA", 0, soa());
        if let Outcome::Completed { value } = &mut asked.exchange.step.outcome {
            if one == Probe::Plain {
                value.edns = None;
            }
            if let (Probe::DnssecOk, Some(edns)) = (&one, &mut value.edns) {
                edns.dnssec_ok = true;
            }
        }
        probes.push(asked);
    }
    probes.push(probe(address, Probe::Version, "SOA", 16, Vec::new()));
    probes.push(probe(
        address,
        Probe::UnknownType,
        "TYPE1000",
        0,
        Vec::new(),
    ));
    let servers = ["ns1.example.test.", "ns2.example.test."];
    probes.push(probe(
        address,
        Probe::Apex,
        "NS",
        0,
        servers.map(|name| resource(ZONE, "NS", name)).to_vec(),
    ));
    for record_type in ["A", "AAAA", "MX", "TXT", "CNAME", "DNSKEY"] {
        probes.push(probe(address, Probe::Apex, record_type, 0, Vec::new()));
    }
    CheckedAddress {
        address,
        servers: vec![server],
        unreachable: false,
        probes,
    }
}

/// The check of `example.test`, changed.
pub(crate) fn report(change: impl FnOnce(&mut CheckRecord)) -> Report {
    let addresses: [SocketAddr; 2] = [
        ([192, 0, 2, 31], 53).into(),
        ([198, 51, 100, 32], 53).into(),
    ];
    let server = |number: usize| CheckedServer {
        name: Untrusted::from(format!("ns{number}.example.test.").as_str()),
        at_parent: true,
        at_zone: true,
        glue: vec![addresses[number - 1].ip()],
        own: vec![addresses[number - 1].ip()],
        own_from: Some(OwnFrom::Zone),
    };
    let mut record = CheckRecord {
        zone: Untrusted::from(ZONE),
        inside: None,
        delegated_by: DelegatedBy::Parent {
            zone: Untrusted::from("test."),
            server: ([192, 0, 2, 21], 53).into(),
            signed: false,
        },
        servers: vec![server(1), server(2)],
        addresses: vec![address(0, addresses[0]), address(1, addresses[1])],
        names: Vec::new(),
        samples: None,
        caa: None,
        denial: None,
        queries: 60,
    };
    change(&mut record);
    let mut report = super::healthy();
    report.plan = Plan::DnsCheck(Box::new(DnsCheckPlan {
        zone: Untrusted::from(ZONE),
        name: None,
        samples: 10,
        trace: TraceOptions::default(),
        dns: DnsOptions::default(),
        tcp: TcpOptions::default(),
        tls: TlsOptions::default(),
        budgets: Budgets::for_check(),
    }));
    report.layers = netwhy_report::report::Layers {
        dns_check: Some(Section::Measured { record }),
        ..Default::default()
    };
    report
}

fn silence() -> Step<Box<DnsMessage>> {
    Step::failed(ms(0), ms(1600), Failure::TimedOut { after: ms(1600) })
}

/// An address answers nothing.
pub(crate) fn is_silent(record: &mut CheckRecord, address: usize) {
    for probe in &mut record.addresses[address].probes {
        probe.exchange.step = silence();
    }
}

/// An address leaves one kind of question unanswered.
pub(crate) fn fails(record: &mut CheckRecord, address: usize, probe: &Probe) {
    for one in record.addresses[address]
        .probes
        .iter_mut()
        .filter(|one| one.probe == *probe)
    {
        one.exchange.step = silence();
    }
}

/// An address gives this response code to one kind of question.
pub(crate) fn says(record: &mut CheckRecord, address: usize, probe: &Probe, rcode: u16) {
    let at = record.addresses[address].address;
    for one in record.addresses[address]
        .probes
        .iter_mut()
        .filter(|one| one.probe == *probe)
    {
        one.exchange = exchange(at, ZONE, "SOA", rcode, Vec::new());
    }
}

/// An address has this record set at the apex.
pub(crate) fn answers(record: &mut CheckRecord, address: usize, record_type: &str, data: &[&str]) {
    let at = record.addresses[address].address;
    let records = data
        .iter()
        .map(|data| resource(ZONE, record_type, data))
        .collect();
    let known = &mut record.addresses[address].probes;
    known
        .retain(|one| one.probe != Probe::Apex || one.exchange.question.record_type != record_type);
    known.push(probe(at, Probe::Apex, record_type, 0, records));
}

/// The TTL of a record set at the apex, in seconds.
pub(crate) fn ttl(record: &mut CheckRecord, address: usize, record_type: &str, seconds: u32) {
    let probes = &mut record.addresses[address].probes;
    for one in probes
        .iter_mut()
        .filter(|one| one.exchange.question.record_type == record_type)
    {
        if let Outcome::Completed { value } = &mut one.exchange.step.outcome {
            value.answer.iter_mut().for_each(|one| one.ttl = seconds);
        }
    }
}

/// A record set of an address is cut over UDP, and TCP fails.
pub(crate) fn is_cut(record: &mut CheckRecord, address: usize, record_type: &str) {
    let probes = &mut record.addresses[address].probes;
    for one in probes
        .iter_mut()
        .filter(|one| one.exchange.question.record_type == record_type)
    {
        let cut = DnsTry {
            truncated: true,
            ..DnsTry::new(DnsTransport::Udp, true, Step::completed(ms(0), ms(20), 43))
        };
        let failure = Failure::TimedOut { after: ms(800) };
        let lost = DnsTry::new(
            DnsTransport::Tcp,
            true,
            Step::failed(ms(20), ms(820), failure),
        );
        one.exchange.tries = vec![cut, lost];
        one.exchange.step = silence();
    }
}

/// Answers of 2700 bytes, silent at some sizes; the whole over TCP or not.
pub(crate) fn payloads(record: &mut CheckRecord, address: usize, silent: &[u16], over_tcp: bool) {
    let at = record.addresses[address].address;
    for bytes in [512, 1232, 1400, 4096] {
        let mut one = probe(at, Probe::Payload { bytes }, "DNSKEY", 0, Vec::new());
        if silent.contains(&bytes) {
            one.exchange.step = silence();
        }
        record.addresses[address].probes.push(one);
    }
    let mut whole = probe(at, Probe::PayloadTcp, "DNSKEY", 0, Vec::new());
    match &mut whole.exchange.step.outcome {
        Outcome::Completed { value } if over_tcp => value.size = 2700,
        _ => whole.exchange.step = silence(),
    }
    record.addresses[address].probes.push(whole);
}

/// Made-up labels have these addresses.
pub(crate) fn random(record: &mut CheckRecord, address: usize, data: &[&str]) {
    let at = record.addresses[address].address;
    for (number, data) in data.iter().enumerate() {
        let name = format!("netwhy-{number}.example.test.");
        record.addresses[address].probes.push(CheckProbe {
            probe: Probe::Random,
            exchange: exchange(at, &name, "A", 0, vec![resource(&name, "A", data)]),
        });
    }
}

/// A server stands at another address, for parent and zone.
pub(crate) fn moved(record: &mut CheckRecord, server: usize, to: &str) {
    let to: IpAddr = to.parse().unwrap();
    record.servers[server].glue = vec![to];
    record.servers[server].own = vec![to];
    record.addresses[server].address = SocketAddr::new(to, 53);
}

fn named(record: &mut CheckRecord, probe: Probe, exchange: DnsExchange) {
    record.names.push(CheckProbe { probe, exchange });
}

fn resolver() -> SocketAddr {
    ([192, 0, 2, 53], 53).into()
}

/// One mail server, and what A and AAAA questions for it bring.
pub(crate) fn mx(record: &mut CheckRecord, target: &str, answer: &[(&str, &str)], rcode: u16) {
    let mx = vec![resource(ZONE, "MX", &format!("10 {target}"))];
    named(record, Probe::Mail, exchange(resolver(), ZONE, "MX", 0, mx));
    for record_type in ["A", "AAAA"] {
        let answer = answer
            .iter()
            .map(|(kind, data)| resource(target, kind, data))
            .collect();
        named(
            record,
            Probe::MailTarget,
            exchange(resolver(), target, record_type, rcode, answer),
        );
    }
}

/// The TXT records of a name, as an SPF question brought them.
pub(crate) fn spf(record: &mut CheckRecord, name: &str, texts: &[&str]) {
    let answer = texts
        .iter()
        .map(|text| resource(name, "TXT", &format!("\"{text}\"")))
        .collect();
    named(
        record,
        Probe::Spf,
        exchange(resolver(), name, "TXT", 0, answer),
    );
}

/// The TXT records at `_dmarc`.
pub(crate) fn dmarc(record: &mut CheckRecord, texts: &[&str]) {
    let name = "_dmarc.example.test.";
    let answer = texts
        .iter()
        .map(|text| resource(name, "TXT", &format!("\"{text}\"")))
        .collect();
    named(
        record,
        Probe::Dmarc,
        exchange(resolver(), name, "TXT", 0, answer),
    );
}

/// A climb with the CAA records of each name.
pub(crate) fn caa(name: &str, climb: &[(&str, &[&str])]) -> CaaRecord {
    let climb = climb.iter().map(|(name, data)| {
        let answer = data
            .iter()
            .map(|data| resource(name, "CAA", data))
            .collect();
        exchange(resolver(), name, "CAA", 0, answer)
    });
    CaaRecord {
        name: Untrusted::from(name),
        climb: climb.collect(),
    }
}

/// An answer with these addresses.
pub(crate) fn sample(data: &[&str]) -> DnsExchange {
    let name = "www.example.test.";
    let answer = data.iter().map(|data| resource(name, "A", data)).collect();
    exchange(resolver(), name, "A", 0, answer)
}
