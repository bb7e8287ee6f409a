//! Root, TLD and zone servers: each serves its own zone, refers downwards with glue, and refuses what is not its own.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use hickory_proto::op::{Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, MX, NS, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use crate::scenarios::{Names, scenarios};
use crate::{LabError, NOBODY, dns_address, site_address};

const TTL: u32 = 300;

/// What a name server answers from.
#[derive(Clone)]
struct Zone {
    apex: Name,
    /// Children: name and the address of their server.
    cuts: Vec<(Name, IpAddr)>,
    records: Vec<Record>,
}

pub(crate) fn name(text: &str) -> Name {
    // Only names of our own making come here.
    Name::from_ascii(text).unwrap_or_default()
}

fn zones() -> Vec<(u8, Zone)> {
    let root = Zone {
        apex: Name::root(),
        cuts: vec![(name("test."), dns_address(2))],
        records: Vec::new(),
    };
    // The TLD's second child is lame: its server is the root's, which does not serve it.
    let cuts = [
        (name("lab.test."), dns_address(3)),
        (name("lame.lab.test."), dns_address(1)),
    ];
    let tld = Zone {
        apex: name("test."),
        cuts: cuts[..1].to_vec(),
        records: Vec::new(),
    };
    let zone = Zone {
        apex: name("lab.test."),
        cuts: cuts[1..].to_vec(),
        records: records(),
    };
    vec![(1, root), (2, tld), (3, zone)]
}

fn records() -> Vec<Record> {
    let mut records = Vec::new();
    let mut add = |host: &str, data: RData| {
        records.push(Record::from_rdata(
            name(&format!("{host}.lab.test.")),
            TTL,
            data,
        ));
    };
    let address = |address: IpAddr| match address {
        IpAddr::V4(v4) => RData::A(A(v4)),
        IpAddr::V6(v6) => RData::AAAA(AAAA(v6)),
    };
    add("aia", address(site_address(200)));
    for (index, scenario) in scenarios().enumerate() {
        let host = scenario.host();
        match scenario.names {
            Names::Missing | Names::Lame => continue,
            Names::MailOnly => {
                add(&host, RData::MX(MX::new(10, name("healthy.lab.test."))));
                continue;
            }
            Names::OneDead => add(&host, address(NOBODY.into())),
            Names::BrokenIpv6 => add(&host, address(Ipv6Addr::LOCALHOST.into())),
            _ => {}
        }
        add(&host, address(site_address(index)));
    }
    records
}

/// Starts the three servers.
pub(crate) async fn start(port: u16, servers: &mut JoinSet<()>) -> Result<(), LabError> {
    for (last, zone) in zones() {
        let socket = UdpSocket::bind(SocketAddr::new(dns_address(last), port)).await?;
        servers.spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let Ok(query) = Message::from_vec(&buffer[..length]) else {
                    continue;
                };
                if let Ok(bytes) = zone.answer(&query).to_vec() {
                    socket.send_to(&bytes, from).await.ok();
                }
            }
        });
    }
    Ok(())
}

impl Zone {
    fn answer(&self, query: &Message) -> Message {
        let mut message = Message::response(query.metadata.id, OpCode::Query);
        message.add_queries(query.queries.clone());
        let Some(question) = query.queries.first() else {
            return message;
        };
        if !self.apex.zone_of(&question.name) {
            message.metadata.response_code = ResponseCode::Refused;
            return message;
        }
        // The root's server is also the target of a lame delegation: below "lame" it serves nothing.
        if self.apex.is_root() && name("lame.lab.test.").zone_of(&question.name) {
            message.metadata.response_code = ResponseCode::Refused;
            return message;
        }
        if let Some((cut, server)) = self
            .cuts
            .iter()
            .find(|(cut, _)| cut.zone_of(&question.name))
        {
            let host = name(&format!("ns.{cut}"));
            message.add_authority(Record::from_rdata(
                cut.clone(),
                TTL,
                RData::NS(NS(host.clone())),
            ));
            if let IpAddr::V4(address) = server {
                message.add_additional(Record::from_rdata(host, TTL, RData::A(A(*address))));
            }
            return message;
        }
        message.metadata.authoritative = true;
        let own: Vec<&Record> = self
            .records
            .iter()
            .filter(|record| record.name == question.name)
            .collect();
        let wanted = own
            .iter()
            .filter(|record| record.record_type() == question.query_type);
        message.add_answers(wanted.map(|record| (*record).clone()));
        if message.answers.is_empty() {
            let soa = SOA::new(
                name("ns.lab.test."),
                name("hostmaster.lab.test."),
                1,
                3600,
                600,
                86_400,
                60,
            );
            message.add_authority(Record::from_rdata(self.apex.clone(), TTL, RData::SOA(soa)));
            if own.is_empty() && question.name != self.apex {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
        }
        message
    }
}

/// The address of the server that a referral names in its glue.
pub(crate) fn referred(message: &Message) -> Option<IpAddr> {
    let refers = message
        .authorities
        .iter()
        .any(|record| record.record_type() == RecordType::NS);
    let glue = message
        .additionals
        .iter()
        .find_map(|record| match &record.data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            _ => None,
        });
    glue.filter(|_| refers && message.answers.is_empty())
}
