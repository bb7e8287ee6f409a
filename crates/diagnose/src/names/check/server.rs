//! What one address of a name server is asked: whether it serves the zone, how it takes EDNS, TCP and large answers, and
//! what it has at the apex.

use std::net::{SocketAddr, UdpSocket};

use netwhy_report::Untrusted;
use netwhy_report::dns::check::{CheckProbe, CheckRecord, CheckedAddress, Probe};
use netwhy_report::dns::{DnsExchange, DnsTransport, rcode};
use netwhy_report::plan::{EdnsRequest, RawEdnsOption};

use super::all;
use super::asking::{Asker, Manner, random_below};

/// The record sets of an apex that are compared and judged, besides SOA and NS.
const APEX: [&str; 6] = ["A", "AAAA", "MX", "TXT", "CNAME", "DNSKEY"];
/// Where the payload sizes of EDNS go over the edge: the old limit, the safe one, one packet, and what servers once sent.
const PAYLOADS: [u16; 4] = [512, 1232, 1400, 4096];
/// An EDNS option code in the middle of what nobody uses, and the lowest flag bit, likewise ([RFC 8906 §8.2](https://www.rfc-editor.org/rfc/rfc8906#section-8.2)).
const UNUSED_OPTION: u16 = 100;
const UNUSED_FLAG: u16 = 0x40;
/// A record type that nobody uses, of those set aside for types with data.
const UNUSED_TYPE: &str = "TYPE1000";

/// The first questions: SOA in three ways, and the zone's own list of servers.
pub(super) async fn greet(
    asker: &Asker<'_>,
    zone: &Untrusted,
    address: &CheckedAddress,
) -> Vec<CheckProbe> {
    let server = address.address;
    if !has_route(server, asker.plan.tcp.source) {
        return Vec::new();
    }
    let over_tcp = Manner {
        transport: DnsTransport::Tcp,
        ..Manner::with(None)
    };
    let questions = [
        (Probe::Soa, "SOA", Manner::authority()),
        (Probe::Plain, "SOA", Manner::with(None)),
        (Probe::Tcp, "SOA", over_tcp),
    ];
    let mut probes = put(asker, zone, server, questions).await;
    if probes.iter().any(|probe| probe.exchange.reply().is_some()) {
        let manner = Manner::with(takes_edns(&probes).then(EdnsRequest::default));
        probes.extend(put(asker, zone, server, [(Probe::Apex, "NS", manner)]).await);
    }
    probes
}

/// As an address is best asked: without EDNS where it does not take it.
pub(super) fn suitable(address: &CheckedAddress) -> Manner {
    Manner::with(takes_edns(&address.probes).then(EdnsRequest::default))
}

/// Whether the SOA record came with EDNS; a server that answers nothing is not at odds with EDNS.
fn takes_edns(probes: &[CheckProbe]) -> bool {
    let answered = |wanted: &Probe| {
        let mut probes = probes.iter().filter(|one| one.probe == *wanted);
        probes.any(|one| {
            one.exchange
                .reply()
                .is_some_and(|reply| reply.rcode == rcode::NOERROR)
        })
    };
    answered(&Probe::Soa) || !answered(&Probe::Plain)
}

/// Everything else, of every address that speaks for the zone.
pub(super) async fn examine_all(asker: &Asker<'_>, record: &mut CheckRecord) {
    let zone = record.zone.clone();
    for address in &mut record.addresses {
        address.unreachable = address.probes.is_empty();
    }
    let examined = |address: &CheckedAddress| address.serves(&zone);
    let chosen: Vec<usize> = (0..record.addresses.len())
        .filter(|index| examined(&record.addresses[*index]))
        .collect();
    let addresses = &record.addresses;
    let told = all(chosen
        .iter()
        .map(|index| one(asker, &zone, &addresses[*index])))
    .await;
    for (index, probes) in chosen.iter().zip(told) {
        record.addresses[*index].probes.extend(probes);
    }
    let Some(large) = largest(record) else {
        return;
    };
    let addresses = &record.addresses;
    let told = all(chosen
        .iter()
        .map(|index| sizes(asker, &zone, &addresses[*index], &large)))
    .await;
    for (index, probes) in chosen.iter().zip(told) {
        record.addresses[*index].probes.extend(probes);
    }
}

async fn one(asker: &Asker<'_>, zone: &Untrusted, address: &CheckedAddress) -> Vec<CheckProbe> {
    let plain = EdnsRequest::default;
    let mut questions = vec![
        (
            Probe::Version,
            "SOA",
            Manner::with(Some(EdnsRequest {
                version: 1,
                ..plain()
            })),
        ),
        (
            Probe::UnknownOption,
            "SOA",
            Manner::with(Some(EdnsRequest {
                options: vec![RawEdnsOption {
                    code: UNUSED_OPTION,
                    data: Vec::new(),
                }],
                ..plain()
            })),
        ),
        (
            Probe::UnknownFlag,
            "SOA",
            Manner::with(Some(EdnsRequest {
                extra_flags: UNUSED_FLAG,
                ..plain()
            })),
        ),
        (
            Probe::DnssecOk,
            "SOA",
            Manner::with(Some(with_signatures())),
        ),
        (Probe::UnknownType, UNUSED_TYPE, suitable(address)),
    ];
    let takes_edns = takes_edns(&address.probes);
    questions.extend(APEX.map(|record_type| {
        let edns = match record_type {
            "DNSKEY" => with_signatures(),
            _ => plain(),
        };
        (
            Probe::Apex,
            record_type,
            Manner::with(takes_edns.then_some(edns)),
        )
    }));
    let server = address.address;
    let mut probes = put(asker, zone, server, questions).await;
    let made_up: Vec<Untrusted> = (0..2).filter_map(|_| random_below(zone)).collect();
    let asked = all(made_up
        .iter()
        .map(|name| asker.ask(server, name, "A", suitable(address))));
    probes.extend(
        asked
            .await
            .into_iter()
            .flatten()
            .map(|exchange| CheckProbe {
                probe: Probe::Random,
                exchange,
            }),
    );
    let mut recursive = suitable(address);
    recursive.query.recursion_desired = true;
    let elsewhere = Untrusted::from(".");
    let asked = asker.ask(server, &elsewhere, "SOA", recursive).await;
    probes.extend(asked.map(|exchange| CheckProbe {
        probe: Probe::Recursion,
        exchange,
    }));
    probes
}

fn with_signatures() -> EdnsRequest {
    EdnsRequest {
        dnssec_ok: true,
        ..EdnsRequest::default()
    }
}

/// A record set that no single packet holds, and whether its signatures belong to it.
#[derive(Debug, Clone)]
struct Large {
    record_type: String,
    signed: bool,
}

/// The largest record set of the apex, if it is larger than the payload that every path takes.
fn largest(record: &CheckRecord) -> Option<Large> {
    let exchanges = record
        .addresses
        .iter()
        .flat_map(|address| address.probes_for(&Probe::Apex));
    let sized = exchanges.filter_map(|exchange| Some((size(exchange)?, exchange)));
    let (size, exchange) = sized.max_by_key(|(size, _)| *size)?;
    let record_type = exchange.question.record_type.clone();
    (size > u32::from(netwhy_report::plan::dns::SAFE_PAYLOAD)).then(|| Large {
        signed: record_type == "DNSKEY",
        record_type,
    })
}

/// The size of the whole answer. A reply that was cut and not had over TCP is larger than what could be sent.
fn size(exchange: &DnsExchange) -> Option<u32> {
    let whole = exchange.reply().map(|reply| reply.size);
    let cut = exchange.was_truncated().then_some(u32::from(u16::MAX));
    whole.or(cut)
}

async fn sizes(
    asker: &Asker<'_>,
    zone: &Untrusted,
    address: &CheckedAddress,
    large: &Large,
) -> Vec<CheckProbe> {
    let manner = |bytes: u16| {
        let mut manner = Manner::with(Some(EdnsRequest {
            udp_payload: bytes,
            dnssec_ok: large.signed,
            ..EdnsRequest::default()
        }));
        manner.query.ignore_truncation = true;
        manner
    };
    let record_type = large.record_type.as_str();
    let mut questions: Vec<(Probe, &str, Manner)> = PAYLOADS
        .iter()
        .map(|bytes| {
            (
                Probe::Payload { bytes: *bytes },
                record_type,
                manner(*bytes),
            )
        })
        .collect();
    let over_tcp = Manner {
        transport: DnsTransport::Tcp,
        ..manner(netwhy_report::plan::dns::SAFE_PAYLOAD)
    };
    questions.push((Probe::PayloadTcp, record_type, over_tcp));
    put(asker, zone, address.address, questions).await
}

/// Puts questions to one server, a few at a time: bursts from one client look like an attack to some.
async fn put<'name>(
    asker: &Asker<'_>,
    zone: &Untrusted,
    server: SocketAddr,
    questions: impl IntoIterator<Item = (Probe, &'name str, Manner)>,
) -> Vec<CheckProbe> {
    const ABREAST: usize = 4;
    let mut probes = Vec::new();
    let mut questions = questions.into_iter().peekable();
    while questions.peek().is_some() {
        let few: Vec<_> = questions.by_ref().take(ABREAST).collect();
        let told = all(few
            .into_iter()
            .map(|(probe, record_type, manner)| async move {
                let exchange = asker.ask(server, zone, record_type, manner).await?;
                Some(CheckProbe { probe, exchange })
            }));
        probes.extend(told.await.into_iter().flatten());
    }
    probes
}

/// Whether the kernel would send there: connecting a datagram socket sends nothing.
fn has_route(server: SocketAddr, source: Option<std::net::IpAddr>) -> bool {
    let any: std::net::IpAddr = match server {
        SocketAddr::V4(_) => std::net::Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    let local = source
        .filter(|source| source.is_ipv4() == server.is_ipv4())
        .unwrap_or(any);
    UdpSocket::bind((local, 0))
        .and_then(|socket| socket.connect(server))
        .is_ok()
}
