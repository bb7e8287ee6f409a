//! The resolver that walks from the lab's root with real packets, and resolvers that refuse, are silent, are slow, or remember.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::{RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use crate::authorities::{name, referred, soa};
use crate::scenarios::{Names, Scenario, scenarios};
use crate::{LabError, NOBODY, dns_address};

/// Extended DNS error 22: no reachable authority (RFC 8914 §4.23).
const NO_REACHABLE_AUTHORITY: [u8; 2] = [0, 22];

#[derive(Clone, Copy)]
enum Manner {
    Walks {
        pause: Duration,
    },
    Refuses,
    Fails,
    Silent,
    /// Walks, but remembers how some names were an hour before the lab began.
    Remembers,
    /// Sends a reply with another id, then the right one.
    Forges,
    /// Turns "no such name" into the address of nobody.
    Rewrites,
    /// Denies every name that is asked for with AAAA.
    DeniesAaaa,
    /// Rejects queries with an OPT record.
    PlainOnly,
}

/// How long what is remembered may still be kept when the lab begins, in seconds.
const REMEMBERED: u64 = 2400;
/// MINIMUM of the zone before the change, in seconds.
const OLD_MINIMUM: u32 = 3600;

/// Starts the good resolver at .53 and the odd ones from .54 on.
pub(crate) async fn start(port: u16, servers: &mut JoinSet<()>) -> Result<(), LabError> {
    let manners = [
        (
            53,
            Manner::Walks {
                pause: Duration::ZERO,
            },
        ),
        (54, Manner::Refuses),
        (55, Manner::Silent),
        (
            56,
            Manner::Walks {
                pause: Duration::from_millis(700),
            },
        ),
        (57, Manner::Fails),
        (58, Manner::Remembers),
        (59, Manner::Forges),
        (60, Manner::Rewrites),
        (61, Manner::DeniesAaaa),
        (62, Manner::PlainOnly),
    ];
    let began = Instant::now();
    for (last, manner) in manners {
        let socket = Arc::new(UdpSocket::bind(SocketAddr::new(dns_address(last), port)).await?);
        servers.spawn(async move {
            let mut answering = JoinSet::new();
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let Ok(query) = Message::from_vec(&buffer[..length]) else {
                    continue;
                };
                let socket = Arc::clone(&socket);
                answering.spawn(async move {
                    let Some(reply) = answer(manner, &query, port, began).await else {
                        return;
                    };
                    if let (Manner::Forges, Ok(mut bytes)) = (manner, reply.to_vec()) {
                        bytes[0] ^= 0x55;
                        socket.send_to(&bytes, from).await.ok();
                    }
                    if let Ok(bytes) = reply.to_vec() {
                        socket.send_to(&bytes, from).await.ok();
                    }
                });
                while answering.try_join_next().is_some() {}
            }
        });
    }
    Ok(())
}

async fn answer(manner: Manner, query: &Message, port: u16, began: Instant) -> Option<Message> {
    let wants_aaaa = query
        .queries
        .iter()
        .any(|question| question.query_type == RecordType::AAAA);
    Some(match manner {
        Manner::Silent => return None,
        Manner::Refuses => response(query, ResponseCode::Refused),
        Manner::Fails => response(query, ResponseCode::ServFail),
        Manner::Remembers => match remembered(query, began.elapsed()) {
            Some(reply) => reply,
            None => resolve(query, port).await,
        },
        Manner::Walks { pause } => {
            tokio::time::sleep(pause).await;
            resolve(query, port).await
        }
        Manner::Forges => resolve(query, port).await,
        Manner::DeniesAaaa if wants_aaaa => response(query, ResponseCode::NXDomain),
        Manner::DeniesAaaa => resolve(query, port).await,
        Manner::PlainOnly if query.edns.is_some() => {
            let mut reply = response(query, ResponseCode::FormErr);
            reply.edns = None;
            reply
        }
        Manner::PlainOnly => resolve(query, port).await,
        Manner::Rewrites => {
            let reply = resolve(query, port).await;
            match query.queries.first() {
                Some(question) if reply.metadata.response_code == ResponseCode::NXDomain => {
                    let mut reply = response(query, ResponseCode::NoError);
                    if !wants_aaaa {
                        let data = RData::A(A(NOBODY));
                        reply.add_answer(Record::from_rdata(question.name.clone(), 60, data));
                    }
                    reply
                }
                _ => reply,
            }
        }
    })
}

fn response(query: &Message, code: ResponseCode) -> Message {
    let mut message = Message::response(query.metadata.id, OpCode::Query);
    message.add_queries(query.queries.clone());
    message.metadata.recursion_desired = true;
    message.metadata.recursion_available = true;
    message.metadata.response_code = code;
    if query.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        message.set_edns(edns);
    }
    message
}

/// An old answer to a question about a scenario whose name changed, if it has not expired.
fn remembered(query: &Message, since: Duration) -> Option<Message> {
    let question = query.queries.first()?;
    let ttl = REMEMBERED.checked_sub(since.as_secs())?;
    let ttl = u32::try_from(ttl).ok().filter(|ttl| *ttl > 0)?;
    let own =
        |scenario: &&Scenario| question.name == name(&format!("{}.lab.test.", scenario.host()));
    let scenario = scenarios().find(own)?;
    match scenario.names {
        Names::Moved if question.query_type == RecordType::A => {
            let mut reply = response(query, ResponseCode::NoError);
            let old = RData::A(A(NOBODY));
            reply.add_answer(Record::from_rdata(question.name.clone(), ttl, old));
            Some(reply)
        }
        Names::New => {
            let mut reply = response(query, ResponseCode::NXDomain);
            let apex = name("lab.test.");
            reply.add_authority(soa(&apex, ttl, OLD_MINIMUM));
            Some(reply)
        }
        _ => None,
    }
}

/// Walks from the root, at most eight referrals deep.
async fn resolve(query: &Message, port: u16) -> Message {
    let mut server = SocketAddr::new(dns_address(1), port);
    let mut trouble = "no answer".to_owned();
    for _ in 0..8 {
        let Some(answer) = asked(query, server).await else {
            break;
        };
        match referred(&answer) {
            Some(Some(next)) => {
                server = SocketAddr::new(next, port);
                continue;
            }
            Some(None) => {
                trouble = format!("{} names a server without its address", server.ip());
                break;
            }
            None => {}
        }
        if answer.metadata.response_code == ResponseCode::Refused {
            trouble = format!("{} does not serve this zone", server.ip());
            break;
        }
        let mut reply = response(query, answer.metadata.response_code);
        reply.add_answers(answer.answers);
        reply.add_authorities(answer.authorities);
        return reply;
    }
    let mut reply = response(query, ResponseCode::ServFail);
    if let Some(edns) = reply.edns.as_mut() {
        edns.options_mut().insert(EdnsOption::Unknown(
            15,
            [&NO_REACHABLE_AUTHORITY[..], trouble.as_bytes()].concat(),
        ));
    }
    reply
}

async fn asked(query: &Message, server: SocketAddr) -> Option<Message> {
    let mut message = Message::query();
    message.add_queries(query.queries.clone());
    let socket = UdpSocket::bind("127.0.0.1:0").await.ok()?;
    socket.connect(server).await.ok()?;
    socket.send(&message.to_vec().ok()?).await.ok()?;
    let mut buffer = [0; 4096];
    let length = tokio::time::timeout(Duration::from_secs(1), socket.recv(&mut buffer))
        .await
        .ok()?
        .ok()?;
    Message::from_vec(&buffer[..length])
        .ok()
        .filter(|reply| reply.metadata.id == message.metadata.id)
}
