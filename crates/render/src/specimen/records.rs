//! The healthy records that the specimens are made of.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use netwhy_report::dns::{
    AddressSource, AddressType, DnsAnswer, DnsQuery, DnsRecord, DnsTransport, DnsTry,
    ResolvedAddress,
};
use netwhy_report::http::{
    HeaderField, HttpExchange, HttpHead, HttpHop, HttpResponse, HttpStamps, HttpVersion,
    KernelSamples,
};
use netwhy_report::tcp::{TcpAttempt, TcpConnected, TcpRecord};
use netwhy_report::tls::{
    Certificate, ChainJudgement, Handshake, NameVerdict, StoreKind, StoreVerdict, TlsRecord,
};
use netwhy_report::{Step, Untrusted};

pub(super) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(super) fn answer(rcode: u16, name: &str) -> DnsAnswer {
    DnsAnswer {
        rcode,
        rcode_name: name.to_owned(),
        authoritative: false,
        truncated: false,
        authentic: false,
        addresses: Vec::new(),
        ttl: Some(300),
        cnames: Vec::new(),
        cname_loop: false,
        extended_errors: Vec::new(),
        negative_zone: None,
        size: 64,
    }
}

pub(super) fn dns(name: &str, start: u64) -> DnsRecord {
    let server = socket("192.0.2.53:53");
    let resolved = |address: &str| ResolvedAddress {
        address: address.parse().unwrap(),
        source: AddressSource::Server { server },
        ttl: Some(300),
    };
    let query = |record_type| DnsQuery {
        server,
        record_type,
        tries: vec![DnsTry::new(
            DnsTransport::Udp,
            true,
            Step::completed(ms(start), ms(start + 12), 64),
        )],
        step: Step::completed(ms(start), ms(start + 12), answer(0, "NOERROR")),
    };
    DnsRecord {
        name: name.to_owned(),
        resolution: Step::completed(
            ms(start),
            ms(start + 12),
            vec![resolved("203.0.113.10"), resolved("2001:db8::10")],
        ),
        queries: vec![query(AddressType::A), query(AddressType::Aaaa)],
        system: None,
    }
}

pub(super) fn tcp(start: u64) -> TcpRecord {
    let peer = socket("203.0.113.10:443");
    let connected = TcpConnected {
        peer,
        local: socket("198.51.100.7:50000"),
        info: None,
    };
    let attempt = TcpAttempt {
        peer,
        step: Step::completed(ms(start), ms(start + 20), connected.clone()),
    };
    TcpRecord {
        matrix: vec![attempt.clone()],
        race: Step::completed(ms(start), ms(start + 20), connected),
        race_attempts: vec![attempt],
    }
}

fn certificate() -> Certificate {
    Certificate {
        subject: Untrusted::from("CN=shop.example.test"),
        common_name: Some(Untrusted::from("shop.example.test")),
        issuer: Untrusted::from("CN=Example R11,O=Example"),
        issuer_common_name: Some(Untrusted::from("Example R11")),
        serial: "0a1b".to_owned(),
        not_before: at("2026-10-01T00:00:00Z"),
        not_after: at("2027-01-02T00:00:00Z"),
        names: vec![Untrusted::from("shop.example.test")],
        names_total: 1,
        key: "EC P-256".to_owned(),
        key_bits: Some(256),
        signature_algorithm: "ecdsa-with-SHA256".to_owned(),
        is_ca: false,
        self_signed: false,
        sha256: "ab".repeat(32),
        aia_issuers: Vec::new(),
        malformed: None,
    }
}

pub(super) fn tls(start: u64) -> TlsRecord {
    let handshake = Handshake {
        version: "TLSv1.3".to_owned(),
        cipher_suite: "TLS_AES_128_GCM_SHA256".to_owned(),
        group: Some("X25519MLKEM768".to_owned()),
        signature_scheme: None,
        alpn: Some(Untrusted::from("h2")),
        retry_request: false,
        stapled: false,
        client_certificate_requested: false,
    };
    TlsRecord {
        peer: socket("203.0.113.10:443"),
        server_name: "shop.example.test".to_owned(),
        handshake: Step::completed(ms(start), ms(start + 24), handshake),
        flights: Vec::new(),
        chain: vec![certificate()],
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
            path: Vec::new(),
            aia: None,
        }),
    }
}

pub(super) fn hop(url: &str, start: u64, status: u16) -> HttpHop {
    let field = |name: &str, value: &str| HeaderField {
        name: name.to_owned(),
        value: Untrusted::from(value),
    };
    HttpHop {
        url: Untrusted::from(url),
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
                request_start: Some(ms(start)),
                request_end: Some(ms(start)),
                first_interim: None,
                response_start: Some(ms(start + 331)),
                response_end: Some(ms(start + 349)),
            },
            kernel: KernelSamples::default(),
            step: Step::completed(
                ms(start),
                ms(start + 349),
                HttpResponse {
                    status,
                    body_bytes: 18_000,
                    body_cut: false,
                    body_reads: 3,
                },
            ),
            head: Some(HttpHead {
                version: HttpVersion::Http2,
                status,
                headers: vec![field("content-type", "text/html")],
                interim: Vec::new(),
            }),
        },
    }
}
