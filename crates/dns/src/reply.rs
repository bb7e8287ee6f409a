//! Which of the messages that arrive are ours: id, direction and question must be those of a query that is open.

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use netwhy_report::dns::Mismatch;
use netwhy_report::untrusted::escape;

/// A query as sent.
pub(crate) struct Sent {
    pub(crate) id: u16,
    /// A closed query still explains a late reply, but takes no answer from it.
    pub(crate) open: bool,
}

/// A reply that is ours.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The message.
    pub message: Message,
    /// Its bytes as received.
    pub wire: Vec<u8>,
}

impl Reply {
    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u32 {
        u32::try_from(self.wire.len()).unwrap_or(u32::MAX)
    }
}

/// What a message that arrived is.
pub(crate) enum Arrival {
    /// The reply to the query at this index.
    Ours(usize, Box<Reply>),
    /// A late reply to a query that is closed.
    Late,
    /// A DNS message with a wrong id or question.
    Mismatched(Mismatch),
    /// Not a DNS message at all, and not with an id of ours.
    Garbage(String),
    /// It has our id, and cannot be decoded.
    Undecodable(String),
}

/// Sorts out one message. With `mixed_case` the name must come back letter by letter (0x20).
pub(crate) fn sort(bytes: &[u8], query: &Query, sent: &[Sent], mixed_case: bool) -> Arrival {
    let id = bytes
        .first_chunk::<2>()
        .map(|chunk| u16::from_be_bytes(*chunk));
    let index = sent.iter().position(|sent| Some(sent.id) == id);
    match (index, Message::from_vec(bytes)) {
        (Some(index), _) if !sent[index].open => Arrival::Late,
        (Some(index), Ok(message)) if answers(&message, query) => {
            if mixed_case && !same_letters(&message, query) {
                return Arrival::Mismatched(Mismatch::Case);
            }
            let wire = bytes.to_vec();
            Arrival::Ours(index, Box::new(Reply { message, wire }))
        }
        (Some(_), Ok(_)) => Arrival::Mismatched(Mismatch::Question),
        // With another question it is more likely a late reply to whoever had this port before us than a forger's guess.
        (None, Ok(message)) if answers(&message, query) => Arrival::Mismatched(Mismatch::Id),
        (None, Ok(_)) => Arrival::Mismatched(Mismatch::Question),
        (Some(_), Err(error)) => Arrival::Undecodable(escape(&error.to_string()).into_owned()),
        (None, Err(error)) => Arrival::Garbage(escape(&error.to_string()).into_owned()),
    }
}

/// Whether the question, where there is one, repeats the name with its upper and lower case.
fn same_letters(message: &Message, query: &Query) -> bool {
    let echoed = message.queries.first();
    echoed.is_none_or(|echoed| echoed.name.eq_case(&query.name))
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
    use hickory_proto::rr::RecordType;
    use netwhy_report::dns::AddressType;

    use super::*;
    use crate::fake_server::{address, cname, extended_error, name, quick, soa};

    #[test]
    fn hostile_bytes_are_sorted_without_a_panic() {
        let query = Query::query(name("www.shop.test."), RecordType::A);
        let mut message = Message::response(7, OpCode::Query);
        message.add_query(query.clone());
        message.add_answer(cname("www.shop.test.", 60, "edge.shop.test."));
        message.add_answer(address("edge.shop.test.", 60, "192.0.2.1"));
        message.add_authority(soa("shop.test.", 60, 60));
        message.set_edns(extended_error(7, b"expired"));
        let good = message.to_vec().unwrap();
        let sent = [Sent { id: 7, open: true }];
        assert!(matches!(
            sort(&good, &query, &sent, false),
            Arrival::Ours(0, _)
        ));

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
            match sort(&bytes, &query, &sent, false) {
                Arrival::Ours(_, reply) => {
                    let question = name("www.shop.test.");
                    let a = AddressType::A;
                    let answer = crate::answer::read(&reply, &question, a, false, &quick());
                    assert!(answer.cnames.len() <= quick().cname_links);
                }
                Arrival::Undecodable(_) => undecodable += 1,
                _ => {}
            }
        }
        assert!(undecodable > 1_000, "{undecodable}");
    }
}
