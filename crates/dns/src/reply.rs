//! Which of the messages that arrive are ours: id, direction and question must be those of a query that is open.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::Failure;
use netwhy_report::dns::AddressType;
use netwhy_report::untrusted::escape;

/// What fits one unfragmented packet on practically every path ([DNS flag day 2020](https://www.dnsflagday.net/2020/)).
const PAYLOAD: u16 = 1232;

/// A query as sent.
pub(crate) struct Sent {
    pub(crate) id: u16,
    /// A closed query still explains a late reply, but takes no answer from it.
    pub(crate) open: bool,
}

/// What a message that arrived is.
pub(crate) enum Arrival {
    /// The reply to the query at this index.
    Ours(usize, Box<Message>),
    /// A late reply to a query that is closed.
    Late,
    /// A DNS message with a wrong id or question.
    Mismatched,
    /// Not a DNS message at all, and not with an id of ours.
    Garbage(String),
    /// It has our id, and cannot be decoded.
    Undecodable(String),
}

/// The question as it goes onto the wire; `None` if the name breaks the limits of DNS.
pub(crate) fn query(name: &str, record_type: AddressType) -> Option<Query> {
    let mut name = Name::from_ascii(name.trim_end_matches('.')).ok()?;
    name.set_fqdn(true);
    let record_type = match record_type {
        AddressType::A => RecordType::A,
        AddressType::Aaaa => RecordType::AAAA,
    };
    Some(Query::query(name, record_type))
}

/// A query message with an unpredictable id, and its bytes.
pub(crate) fn encode(query: &Query, edns: bool) -> Result<(u16, Vec<u8>), Failure> {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    // Without it a validating resolver need not say that it validated (RFC 6840 §5.7).
    message.metadata.authentic_data = true;
    message.add_query(query.clone());
    if edns {
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD).set_version(0);
        message.set_edns(edns);
    }
    match message.to_vec() {
        Ok(bytes) => Ok((message.metadata.id, bytes)),
        Err(_) => Err(Failure::System {
            errno: libc::EMSGSIZE,
        }),
    }
}

/// Sorts out one message.
pub(crate) fn sort(bytes: &[u8], query: &Query, sent: &[Sent]) -> Arrival {
    let id = bytes
        .first_chunk::<2>()
        .map(|chunk| u16::from_be_bytes(*chunk));
    let index = sent.iter().position(|sent| Some(sent.id) == id);
    match (index, Message::from_vec(bytes)) {
        (Some(index), _) if !sent[index].open => Arrival::Late,
        (Some(index), Ok(message)) if answers(&message, query) => {
            Arrival::Ours(index, Box::new(message))
        }
        (_, Ok(_)) => Arrival::Mismatched,
        (Some(_), Err(error)) => Arrival::Undecodable(escape(&error.to_string()).into_owned()),
        (None, Err(error)) => Arrival::Garbage(escape(&error.to_string()).into_owned()),
    }
}

fn answers(message: &Message, query: &Query) -> bool {
    let asked = match message.queries.as_slice() {
        [echoed] => {
            echoed.name == query.name
                && echoed.query_type == query.query_type
                && echoed.query_class == query.query_class
        }
        // A server that cannot read a query, or will not, may leave the question out.
        [] => !matches!(
            message.metadata.response_code,
            ResponseCode::NoError | ResponseCode::NXDomain
        ),
        _ => false,
    };
    asked
        && message.metadata.message_type == MessageType::Response
        && message.metadata.op_code == OpCode::Query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake_server::{address, cname, extended_error, name, quick, soa};

    #[test]
    fn hostile_bytes_are_sorted_without_a_panic() {
        let query = query("www.shop.test", AddressType::A).unwrap();
        let mut message = Message::response(7, OpCode::Query);
        message.add_query(query.clone());
        message.add_answer(cname("www.shop.test.", 60, "edge.shop.test."));
        message.add_answer(address("edge.shop.test.", 60, "192.0.2.1"));
        message.add_authority(soa("shop.test.", 60, 60));
        message.set_edns(extended_error(7, b"expired"));
        let good = message.to_vec().unwrap();
        let sent = [Sent { id: 7, open: true }];
        assert!(matches!(sort(&good, &query, &sent), Arrival::Ours(0, _)));

        let mut state: u32 = 1;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            usize::try_from(state >> 8).unwrap() % below
        };
        let mut undecodable = 0;
        for _ in 0..20_000 {
            let mut bytes = good.clone();
            for _ in 0..=next(4) {
                let position = 2 + next(bytes.len() - 2);
                bytes[position] = u8::try_from(next(256)).unwrap();
            }
            bytes.truncate(bytes.len() - next(3) * next(bytes.len() / 3));
            match sort(&bytes, &query, &sent) {
                Arrival::Ours(_, message) => {
                    let question = name("www.shop.test.");
                    let a = AddressType::A;
                    let answer = crate::answer::read(&message, &question, a, 0, false, &quick());
                    assert!(answer.cnames.len() <= quick().cname_links);
                }
                Arrival::Undecodable(_) => undecodable += 1,
                _ => {}
            }
        }
        assert!(undecodable > 1_000, "{undecodable}");
    }

    #[test]
    fn ids_differ_from_query_to_query() {
        let query = query("www.shop.test", AddressType::A).unwrap();
        let ids: std::collections::HashSet<u16> =
            (0..64).map(|_| encode(&query, true).unwrap().0).collect();
        assert!(ids.len() > 48, "{ids:?}");
    }

    #[test]
    fn names_of_services_and_wildcards_can_be_asked_for() {
        for unusual in ["_dmarc.shop.test", "*.shop.test", "xn--bcher-kva.test."] {
            let query = query(unusual, AddressType::A).unwrap();
            assert_eq!(
                query.name.to_ascii(),
                format!("{}.", unusual.trim_end_matches('.'))
            );
        }
    }
}
