//! A healthy report for the tests: findings mutate it into the fault that they look for.

pub(crate) mod check;
mod failing;
mod lookup;
pub(crate) mod trace;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use netwhy_report::client::{ClientRecord, EventLoopLag, ResolvConf};
use netwhy_report::dns::{
    AddressSource, AddressType, DnsAnswer, DnsQuery, DnsRecord, DnsTransport, DnsTry,
    ResolvedAddress,
};
use netwhy_report::http::{
    HeaderField, HttpExchange, HttpHead, HttpHop, HttpRecord, HttpResponse, HttpStamps, HttpVersion,
};
use netwhy_report::http::{KernelSamples, RedirectEnd};
use netwhy_report::report::Layers;
use netwhy_report::tcp::{TcpAttempt, TcpConnected, TcpInfo, TcpRecord};
use netwhy_report::tls::{
    Certificate, ChainJudgement, Direction, Flight, FoundIn, Handshake, NameVerdict, PathLink,
    StoreKind,
};
use netwhy_report::tls::{StoreVerdict, TlsRecord};
use netwhy_report::{DiagnosePlan, Plan, Report, Section, Step, Target, Untrusted};

pub(crate) use failing::{one_down, second_resolver, unconnected, unresolved};
pub(crate) use lookup::{lookup, no_reply, reply};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a fixed timestamp")
}

fn socket(text: &str) -> SocketAddr {
    text.parse().expect("a fixed address")
}

/// `https://shop.example.test/cart`, all well: 12 ms DNS, 20 ms round trip, 24 ms TLS, 40 ms to the first byte.
pub(crate) fn healthy() -> Report {
    let target = Target::parse("https://shop.example.test/cart").expect("a fixed target");
    Report {
        plan: Plan::Diagnose(Box::new(DiagnosePlan::new(target))),
        started_at: at("2026-11-23T08:22:42Z"),
        elapsed: ms(120),
        complete: true,
        limits_hit: Vec::new(),
        layers: Layers {
            client: Some(client_record()),
            dns: Some(Section::Measured {
                record: dns_record(),
            }),
            tcp: Some(Section::Measured {
                record: tcp_record(),
            }),
            tls: Some(Section::Measured { record: tls() }),
            http: Some(Section::Measured { record: http() }),
            ..Layers::default()
        },
    }
}

fn client_record() -> ClientRecord {
    ClientRecord {
        resolv_conf: Some(ResolvConf {
            path: "/etc/resolv.conf".to_owned(),
            servers: vec![socket("192.0.2.53:53")],
            search: Vec::new(),
            ndots: 1,
            timeout_seconds: 5,
            attempts: 2,
            error: None,
            problems: Vec::new(),
        }),
        lookup_order: vec!["files".to_owned(), "dns".to_owned()],
        ipv4: Some("198.51.100.7".parse().expect("a fixed address")),
        ..ClientRecord::default()
    }
}

fn dns_record() -> DnsRecord {
    let server = socket("192.0.2.53:53");
    let address: IpAddr = "203.0.113.10".parse().expect("a fixed address");
    let query = |record_type, addresses: Vec<IpAddr>| DnsQuery {
        server,
        record_type,
        tries: vec![DnsTry::new(
            DnsTransport::Udp,
            true,
            Step::completed(ms(0), ms(12), 64),
        )],
        step: Step::completed(
            ms(0),
            ms(12),
            DnsAnswer {
                rcode: 0,
                rcode_name: "NOERROR".to_owned(),
                authoritative: false,
                truncated: false,
                authentic: false,
                addresses,
                ttl: Some(300),
                cnames: Vec::new(),
                cname_loop: false,
                extended_errors: Vec::new(),
                negative_zone: None,
                size: 64,
            },
        ),
    };
    DnsRecord {
        name: "shop.example.test".to_owned(),
        resolution: Step::completed(
            ms(0),
            ms(12),
            vec![ResolvedAddress {
                address,
                source: AddressSource::Server { server },
                ttl: Some(300),
            }],
        ),
        queries: vec![
            query(AddressType::A, vec![address]),
            query(AddressType::Aaaa, Vec::new()),
        ],
        system: None,
    }
}

fn info() -> TcpInfo {
    TcpInfo {
        rtt: Some(ms(20)),
        min_rtt: Some(ms(20)),
        total_retrans: Some(0),
        ..TcpInfo::default()
    }
}

fn tcp_record() -> TcpRecord {
    let peer = socket("203.0.113.10:443");
    let connected = TcpConnected {
        peer,
        local: socket("198.51.100.7:50000"),
        info: Some(info()),
    };
    let attempt = TcpAttempt {
        peer,
        step: Step::completed(ms(12), ms(32), connected.clone()),
    };
    let ipv6 = TcpAttempt {
        peer: socket("[2001:db8::10]:443"),
        step: attempt.step.clone(),
    };
    TcpRecord {
        matrix: vec![ipv6, attempt.clone()],
        race: Step::completed(ms(12), ms(32), connected),
        race_attempts: vec![attempt],
    }
}

fn certificate(subject: &str, issuer: &str, is_ca: bool) -> Certificate {
    Certificate {
        subject: Untrusted::from(format!("CN={subject}").as_str()),
        common_name: Some(Untrusted::from(subject)),
        issuer: Untrusted::from(format!("CN={issuer}").as_str()),
        issuer_common_name: Some(Untrusted::from(issuer)),
        serial: "0a1b".to_owned(),
        not_before: at("2026-11-01T00:00:00Z"),
        not_after: at("2027-01-30T00:00:00Z"),
        names: if is_ca {
            Vec::new()
        } else {
            vec![Untrusted::from(subject)]
        },
        names_total: usize::from(!is_ca),
        key: "EC P-256".to_owned(),
        key_bits: Some(256),
        signature_algorithm: "ecdsa-with-SHA256".to_owned(),
        is_ca,
        self_signed: false,
        sha256: "ab".repeat(32),
        aia_issuers: Vec::new(),
        malformed: None,
    }
}

fn tls() -> TlsRecord {
    let chain = vec![
        certificate("shop.example.test", "Example R11", false),
        certificate("Example R11", "Example Root", true),
    ];
    let link = |index: usize, certificate: &Certificate| PathLink {
        subject: certificate.subject.clone(),
        sha256: certificate.sha256.clone(),
        not_after: certificate.not_after,
        found: FoundIn::Sent { index },
    };
    let flight = |direction, start, end, bytes| Flight {
        direction,
        start: ms(start),
        end: ms(end),
        bytes,
        cpu: ms(0),
    };
    TlsRecord {
        peer: socket("203.0.113.10:443"),
        server_name: "shop.example.test".to_owned(),
        handshake: Step::completed(
            ms(32),
            ms(56),
            Handshake {
                version: "TLSv1.3".to_owned(),
                cipher_suite: "TLS_AES_128_GCM_SHA256".to_owned(),
                group: Some("X25519MLKEM768".to_owned()),
                signature_scheme: Some("ECDSA_NISTP256_SHA256".to_owned()),
                alpn: Some(Untrusted::from("h2")),
                retry_request: false,
                stapled: false,
                client_certificate_requested: false,
            },
        ),
        flights: vec![
            flight(Direction::Sent, 32, 32, 1500),
            flight(Direction::Received, 52, 53, 3000),
            flight(Direction::Sent, 54, 54, 80),
        ],
        judgement: Some(ChainJudgement {
            at: at("2026-11-23T08:22:42Z"),
            stores: vec![StoreVerdict {
                store: StoreKind::System,
                roots: 140,
                error: None,
                with_fetched: None,
            }],
            name: NameVerdict::Matches,
            faults: Vec::new(),
            path: chain
                .iter()
                .enumerate()
                .map(|(index, certificate)| link(index, certificate))
                .collect(),
            aia: None,
        }),
        chain,
    }
}

fn http() -> HttpRecord {
    let field = |name: &str, value: &str| HeaderField {
        name: name.to_owned(),
        value: Untrusted::from(value),
    };
    HttpRecord {
        hops: vec![HttpHop {
            url: Untrusted::from("https://shop.example.test/cart"),
            host: "shop.example.test".to_owned(),
            port: 443,
            secure: true,
            dns: None,
            tcp: None,
            tls: None,
            withheld: None,
            exchange: HttpExchange {
                peer: Some(socket("203.0.113.10:443")),
                stamps: HttpStamps {
                    request_start: Some(ms(56)),
                    request_end: Some(ms(57)),
                    first_interim: None,
                    response_start: Some(ms(97)),
                    response_end: Some(ms(99)),
                },
                kernel: KernelSamples {
                    request_end: Some(info()),
                    response_start: Some(info()),
                    response_end: Some(info()),
                },
                step: Step::completed(
                    ms(56),
                    ms(99),
                    HttpResponse {
                        status: 200,
                        body_bytes: 18_000,
                        body_cut: false,
                        body_reads: 3,
                    },
                ),
                head: Some(HttpHead {
                    version: HttpVersion::Http2,
                    status: 200,
                    headers: vec![
                        field("content-type", "text/html"),
                        field("content-length", "18000"),
                    ],
                    interim: Vec::new(),
                }),
            },
        }],
        redirect_end: RedirectEnd::Settled,
    }
}

pub(crate) fn answer(rcode: u16, name: &str, addresses: &[&str]) -> DnsAnswer {
    DnsAnswer {
        rcode,
        rcode_name: name.to_owned(),
        authoritative: false,
        truncated: false,
        authentic: false,
        addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
        ttl: Some(300),
        cnames: Vec::new(),
        cname_loop: false,
        extended_errors: Vec::new(),
        negative_zone: None,
        size: 60,
    }
}

pub(crate) fn client(report: &mut Report) -> &mut ClientRecord {
    report.layers.client.as_mut().unwrap()
}

pub(crate) fn plan(report: &mut Report) -> &mut DiagnosePlan {
    match &mut report.plan {
        Plan::Diagnose(plan) => plan,
        _ => panic!("the specimen is a diagnosis"),
    }
}

/// Makes this host late by so much.
pub(crate) fn hold_up(report: &mut Report, delay: Duration) {
    let client = report
        .layers
        .client
        .as_mut()
        .expect("the specimen has a client");
    client.event_loop = Some(EventLoopLag {
        samples: 12,
        max: delay,
        median: Duration::ZERO,
    });
}

pub(crate) fn dns(report: &mut Report) -> &mut DnsRecord {
    match report.layers.dns.as_mut().unwrap() {
        Section::Measured { record } => record,
        Section::Skipped { .. } => panic!("the specimen asks DNS"),
    }
}

pub(crate) fn tcp(report: &mut Report) -> &mut TcpRecord {
    match report.layers.tcp.as_mut().unwrap() {
        Section::Measured { record } => record,
        Section::Skipped { .. } => panic!("the specimen connects"),
    }
}
