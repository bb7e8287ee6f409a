//! Root, TLD and zone servers: each serves its own zone, refers downwards with glue, and refuses what is not its own.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use hickory_proto::op::{Edns, Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, NS, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

use crate::scenarios::{Names, scenarios};
use crate::{LabError, NOBODY, dns_address, site_address, streams};

const TTL: u32 = 300;
/// How long a "no" may be kept, in seconds.
const MINIMUM: u32 = 60;

/// What a name server answers from.
#[derive(Clone)]
struct Zone {
    apex: Name,
    /// Where it is served.
    server: IpAddr,
    /// Children: name and the address of their server, which may be left out of the referral.
    cuts: Vec<(Name, Option<IpAddr>)>,
    records: Vec<Record>,
}

pub(crate) fn name(text: &str) -> Name {
    // Only names of our own making come here.
    Name::from_ascii(text).unwrap_or_default()
}

fn zones() -> Vec<(u8, Zone)> {
    let root = Zone {
        apex: Name::root(),
        server: dns_address(1),
        cuts: vec![(name("test."), Some(dns_address(2)))],
        records: Vec::new(),
    };
    let tld = Zone {
        apex: name("test."),
        server: dns_address(2),
        cuts: vec![(name("lab.test."), Some(dns_address(3)))],
        records: Vec::new(),
    };
    let zone = Zone {
        apex: name("lab.test."),
        server: dns_address(3),
        // The server of the first is the root's, which does not serve it; that of the second is named without its address.
        cuts: vec![
            (name("lame.lab.test."), Some(dns_address(1))),
            (name("glueless.lab.test."), None),
        ],
        records: records(),
    };
    let with_infrastructure = |(last, mut zone): (u8, Zone)| {
        let infrastructure = zone.infrastructure();
        zone.records.extend(infrastructure);
        (last, zone)
    };
    [(1, root), (2, tld), (3, zone)]
        .map(with_infrastructure)
        .into()
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
    let alias = |host: &str| RData::CNAME(CNAME(name(&format!("{host}.lab.test."))));
    add("aia", address(site_address(200)));
    add("mail", RData::TXT(TXT::new(vec!["v=spf1 -all".to_owned()])));
    add("alias", RData::CNAME(CNAME(name("healthy.lab.test."))));
    add("mail", RData::MX(MX::new(10, name("healthy.lab.test."))));
    for (index, scenario) in scenarios().enumerate() {
        let host = scenario.host();
        match scenario.names {
            Names::Missing | Names::Lame | Names::Glueless | Names::Rewritten => continue,
            Names::AliasLoop => {
                add(&host, alias("other-end"));
                add("other-end", alias(&host));
                continue;
            }
            Names::Dangling => {
                add(&host, alias("gone"));
                continue;
            }
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
        let address = SocketAddr::new(dns_address(last), port);
        let socket = UdpSocket::bind(address).await?;
        let listener = TcpListener::bind(address).await?;
        let answer = move |query: &[u8]| {
            let query = Message::from_vec(query).ok()?;
            zone.answer(&query).to_vec().ok()
        };
        servers.spawn(streams::serve(listener, answer.clone()));
        servers.spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                if let Some(reply) = answer(&buffer[..length]) {
                    socket.send_to(&reply, from).await.ok();
                }
            }
        });
    }
    Ok(())
}

impl Zone {
    /// What every zone has: SOA, NS, and the address of its server.
    fn infrastructure(&self) -> [Record; 3] {
        let host = self.host();
        let address = match self.server {
            IpAddr::V4(v4) => RData::A(A(v4)),
            IpAddr::V6(v6) => RData::AAAA(AAAA(v6)),
        };
        [
            self.soa(),
            Record::from_rdata(self.apex.clone(), TTL, RData::NS(NS(host.clone()))),
            Record::from_rdata(host, TTL, address),
        ]
    }

    fn soa(&self) -> Record {
        soa(&self.apex, TTL, MINIMUM)
    }

    fn host(&self) -> Name {
        server_of(&self.apex)
    }

    fn answer(&self, query: &Message) -> Message {
        let mut message = Message::response(query.metadata.id, OpCode::Query);
        message.add_queries(query.queries.clone());
        if query.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(1232);
            let wanted = query.edns.as_ref().map_or(0, Edns::version);
            let flags = query.edns.as_ref().map(Edns::flags);
            edns.set_dnssec_ok(flags.is_some_and(|flags| flags.dnssec_ok));
            message.set_edns(edns);
            if wanted > 0 {
                message.metadata.response_code = ResponseCode::BADVERS;
                return message;
            }
        }
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
            let host = server_of(cut);
            message.add_authority(Record::from_rdata(
                cut.clone(),
                TTL,
                RData::NS(NS(host.clone())),
            ));
            if let Some(IpAddr::V4(address)) = server {
                message.add_additional(Record::from_rdata(host, TTL, RData::A(A(*address))));
            }
            return message;
        }
        message.metadata.authoritative = true;
        let end = self.follow(question, &mut message);
        let own: Vec<&Record> = self.at(&end).collect();
        let wanted = own
            .iter()
            .filter(|record| record.record_type() == question.query_type);
        let wanted: Vec<Record> = wanted.map(|record| (*record).clone()).collect();
        let found = !wanted.is_empty() || message.answers.iter().any(|record| record.name == end);
        message.add_answers(wanted);
        if !found {
            message.add_authority(self.soa());
            if own.is_empty() && end != self.apex {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
        }
        message
    }
}

impl Zone {
    fn at(&self, name: &Name) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .filter(move |record| record.name == *name)
    }

    /// Adds the aliases from the name asked for, and gives where they lead: at most once round a loop.
    fn follow(&self, question: &Query, message: &mut Message) -> Name {
        let mut end = question.name.clone();
        let alias = |name: &Name| {
            self.at(name).find_map(|record| match &record.data {
                RData::CNAME(target) if question.query_type != RecordType::CNAME => {
                    Some((record.clone(), target.0.clone()))
                }
                _ => None,
            })
        };
        while let Some((record, target)) = alias(&end) {
            if message.answers.contains(&record) {
                break;
            }
            message.add_answer(record);
            end = target;
        }
        end
    }
}

/// The SOA record of a zone of the lab.
pub(crate) fn soa(apex: &Name, ttl: u32, minimum: u32) -> Record {
    let admin = name(&format!("hostmaster.{}", below(apex)));
    let data = SOA::new(server_of(apex), admin, 1, 3600, 600, 86_400, minimum);
    Record::from_rdata(apex.clone(), ttl, RData::SOA(data))
}

fn server_of(apex: &Name) -> Name {
    name(&format!("ns.{}", below(apex)))
}

/// The end of the names below an apex.
fn below(apex: &Name) -> String {
    match apex.is_root() {
        true => String::new(),
        false => apex.to_ascii(),
    }
}

/// The address that a referral gives in its glue, if it gives one; `None`: no referral.
pub(crate) fn referred(message: &Message) -> Option<Option<IpAddr>> {
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
    (refers && message.answers.is_empty()).then_some(glue)
}
