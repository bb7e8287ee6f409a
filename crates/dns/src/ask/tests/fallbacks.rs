//! What follows a first reply: TCP where it was cut, a plain query where EDNS was rejected.

use super::*;

#[tokio::test]
async fn a_cut_reply_is_asked_for_again_over_tcp() {
    let server = FakeServer::start(|arrived| {
        if arrived.over_tcp {
            return at_once(
                &arrived.answer(
                    (0..200)
                        .map(|last| address(OWNER, 60, &format!("192.0.2.{last}")))
                        .collect(),
                ),
            );
        }
        at_once(&changed(arrived.answer(Vec::new()), |reply| {
            reply.metadata.truncation = true;
        }))
    })
    .await;
    let query = ask_a(server.address).await;
    let answer = query.step.value().unwrap();
    assert!(answer.truncated);
    assert_eq!(answer.addresses.len(), 200);
    assert_eq!(transports(&query), [DnsTransport::Udp, DnsTransport::Tcp]);
    assert_eq!(query.tries[1].step.value(), Some(&answer.size));
}

#[tokio::test]
async fn a_cut_reply_without_working_tcp_fails_as_tcp_does() {
    let cut = |arrived: &Arrived| {
        changed(arrived.answer(Vec::new()), |reply| {
            reply.metadata.truncation = true;
        })
    };
    let closing = FakeServer::start(move |arrived| {
        if arrived.over_tcp {
            Vec::new()
        } else {
            at_once(&cut(arrived))
        }
    })
    .await;
    let query = ask_a(closing.address).await;
    assert_eq!(query.step.failure(), Some(&Failure::Closed { received: 0 }));
    assert!(query.tries[0].step.value().is_some());
    assert_eq!(query.tries[1].step.failure(), query.step.failure());

    let silent = FakeServer::start(move |arrived| {
        if arrived.over_tcp {
            after(2_000, &good(arrived))
        } else {
            at_once(&cut(arrived))
        }
    })
    .await;
    let query = ask_a(silent.address).await;
    assert!(matches!(
        query.step.failure(),
        Some(Failure::TimedOut { .. })
    ));
    assert_eq!(transports(&query), [DnsTransport::Udp, DnsTransport::Tcp]);
}

#[tokio::test]
async fn a_server_that_rejects_edns_is_asked_once_more_without() {
    for code in [
        ResponseCode::FormErr,
        ResponseCode::NotImp,
        ResponseCode::BADVERS,
    ] {
        let server = FakeServer::start(move |arrived| {
            if arrived.message.edns.is_none() {
                return at_once(&good(arrived));
            }
            let mut reply = arrived.reply(code);
            if code == ResponseCode::BADVERS {
                let mut edns = hickory_proto::op::Edns::new();
                edns.set_rcode_high(1);
                reply.set_edns(edns);
            } else {
                reply.queries.clear();
            }
            at_once(&reply)
        })
        .await;
        let query = ask_a(server.address).await;
        assert_eq!(addresses(&query), good_addresses(), "{code:?}");
        assert_eq!(server.with_edns(), [true, false]);
        assert_eq!(query.tries.len(), 2);
        assert!(query.tries.iter().all(|one| one.step.value().is_some()));
    }
}

#[tokio::test]
async fn a_server_that_rejects_every_query_is_asked_twice() {
    let server = FakeServer::start(|arrived| at_once(&arrived.reply(ResponseCode::FormErr))).await;
    let query = ask_a(server.address).await;
    assert_eq!(query.step.value().unwrap().rcode_name, "FORMERR");
    assert_eq!(server.with_edns(), [true, false]);
}
