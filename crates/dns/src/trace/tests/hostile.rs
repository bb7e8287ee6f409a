//! Servers that attack a walk: whatever they say, it ends within its limits, and says why.

use std::time::{Duration, Instant};

use hickory_proto::op::ResponseCode;
use netwhy_report::SkipReason;
use netwhy_report::dns::trace::{TraceEnd, WithoutAddress};

use super::world::{Reply, World};
use super::{WWW, sound};
use crate::fake_server::{address, cname, timeline};
use crate::query::question;
use crate::trace::trace;

const SERVERS: [(u8, &str); 3] = [(1, "."), (2, "test."), (3, "shop.test.")];

#[tokio::test]
async fn aliases_that_come_back_end_the_walk() {
    let world = World::start(&SERVERS, |zone, asked| match (zone, asked) {
        ("shop.test.", WWW) => Reply::alias(WWW, "b.shop.test."),
        ("shop.test.", "b.shop.test.") => Reply::alias("b.shop.test.", WWW),
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::AliasLoop { name: WWW.into() });
    assert!(record.queries <= 5, "{}", record.queries);
}

#[tokio::test]
async fn aliases_without_end_are_followed_up_to_the_limit() {
    let world = World::start(&SERVERS, |zone, asked| match zone {
        "shop.test." => Reply::alias(asked, &format!("x{}.shop.test.", asked.len())),
        _ => sound(zone, asked),
    })
    .await;
    let one_by_one = World::start(&SERVERS, |zone, asked| match zone {
        "shop.test." => {
            let number: u32 = asked
                .trim_start_matches('a')
                .split('.')
                .next()
                .unwrap()
                .parse()
                .unwrap_or(0);
            Reply::alias(asked, &format!("a{}.shop.test.", number + 1))
        }
        _ => sound(zone, asked),
    })
    .await;
    assert!(matches!(
        world.trace(WWW).await.end,
        TraceEnd::AliasLoop { .. }
    ));
    let record = one_by_one.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::AliasesTooMany { limit: 11 });
    assert!(record.queries <= 14, "{}", record.queries);
}

#[tokio::test]
async fn a_chain_in_one_reply_is_bounded_too() {
    let world = World::start(&SERVERS, |zone, asked| match zone {
        "shop.test." => (0..60).fold(Reply::alias(asked, "c0.shop.test."), |reply, link| {
            let name = |number: u32| format!("c{number}.shop.test.");
            reply.and(cname(&name(link), 60, &name(link + 1)))
        }),
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::AliasesTooMany { limit: 11 });
}

#[tokio::test]
async fn servers_without_glue_by_the_dozen_cost_five_look_ups() {
    // NXNS: each name of the referral makes the resolver ask the victim.
    let world = World::start(&SERVERS, |zone, asked| match (zone, asked) {
        ("test.", asked) if asked.ends_with("victim.test.") => Reply::code(ResponseCode::NXDomain),
        ("test.", _) => {
            let names: Vec<String> = (0..40)
                .map(|number| format!("n{number}.victim.test."))
                .collect();
            let servers: Vec<(&str, Option<u8>)> =
                names.iter().map(|name| (name.as_str(), None)).collect();
            Reply::referral("shop.test.", &servers)
        }
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    assert!(
        matches!(record.end, TraceEnd::NoAddress { .. }),
        "{:?}",
        record.end
    );
    assert!(record.queries <= 12, "{}", record.queries);
    let servers = &record.steps.last().unwrap().servers;
    let count = |why| {
        servers
            .iter()
            .filter(|server| server.without == Some(why))
            .count()
    };
    assert_eq!(count(WithoutAddress::Unresolved), 5);
    assert_eq!(count(WithoutAddress::LimitReached), servers.len() - 5);
}

#[tokio::test]
async fn zones_that_wait_for_each_other_are_seen() {
    let world = World::start(&SERVERS, |zone, asked| match (zone, asked) {
        ("test.", asked) if asked.ends_with("other.test.") => {
            Reply::referral("other.test.", &[("ns.shop.test.", None)])
        }
        ("test.", _) => Reply::referral("shop.test.", &[("ns.other.test.", None)]),
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    assert!(
        matches!(record.end, TraceEnd::NoAddress { .. }),
        "{:?}",
        record.end
    );
    let servers = record.steps.iter().flat_map(|step| &step.servers);
    let mut without = servers.filter_map(|server| server.without);
    assert!(
        without.any(|why| why == WithoutAddress::Circular),
        "{record:#?}"
    );
    assert!(record.queries <= 8, "{}", record.queries);
}

#[tokio::test]
async fn cuts_without_end_are_followed_up_to_the_limit() {
    let name = format!("{}test.", "a.".repeat(40));
    let world = World::start(&[(1, "."), (2, "deeper")], |zone, asked| match zone {
        "." => Reply::referral("test.", &[("ns.test.", Some(2))]),
        // One label more each time: told by how often it was asked.
        _ => {
            use std::sync::atomic::{AtomicUsize, Ordering};
            static DEPTH: AtomicUsize = AtomicUsize::new(1);
            let depth = DEPTH.fetch_add(1, Ordering::SeqCst).min(38);
            let child = format!("{}test.", "a.".repeat(depth));
            let server = format!("ns.{child}");
            assert!(asked.ends_with(&child));
            Reply::referral(&child, &[(&server, Some(2))])
        }
    })
    .await;
    let record = world.trace(&name).await;
    assert_eq!(record.end, TraceEnd::TooDeep { limit: 16 });
    assert!(record.queries <= 18, "{}", record.queries);
}

#[tokio::test]
async fn a_referral_to_where_one_came_from_is_not_followed() {
    let world = World::start(&SERVERS, |zone, asked| match zone {
        "shop.test." => Reply::referral("test.", &[("ns.test.", Some(2))]),
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    assert!(
        matches!(record.end, TraceEnd::Lame { .. }),
        "{:?}",
        record.end
    );
    assert_eq!(record.queries, 3);
}

#[tokio::test]
async fn forged_glue_and_foreign_records_are_ignored() {
    let world = World::start(
        &[(1, "."), (2, "test."), (3, "shop.test."), (66, "evil")],
        |zone, asked| {
            match zone {
                // "test." has no say about that server's address; the one at .66 would answer anything.
                "test." => Reply::referral(
                    "shop.test.",
                    &[
                        ("ns.elsewhere.example.", Some(66)),
                        ("ns.shop.test.", Some(3)),
                    ],
                ),
                "evil" => Reply::address(asked, 66),
                "shop.test." => {
                    Reply::address(asked, 80).and(address("bank.example.", 60, "192.0.2.66"))
                }
                _ => sound(zone, asked),
            }
        },
    )
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::Answer);
    assert_eq!(record.answer.len(), 1);
    assert_eq!(record.answer[0].data.escaped(), "192.0.2.80");
    let forged = &record.steps[2].servers[0];
    assert!(forged.addresses.is_empty(), "{forged:?}");
    assert_eq!(record.steps[2].ignored[0].escaped(), "bank.example.");
}

#[tokio::test]
async fn an_answer_for_a_name_outside_the_zone_is_no_answer() {
    let world = World::start(&SERVERS, |zone, asked| match zone {
        "shop.test." => {
            Reply::alias(WWW, "bank.example.").and(address("bank.example.", 60, "192.0.2.66"))
        }
        "." if asked == "bank.example." => Reply::code(ResponseCode::NXDomain),
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(
        record.end,
        TraceEnd::NameError {
            name: "bank.example.".into()
        }
    );
}

#[tokio::test]
async fn the_limit_of_queries_ends_a_walk() {
    let world = World::start(&SERVERS, sound).await;
    let record = world
        .trace_with(WWW, |settings| settings.limits.queries = 2)
        .await;
    assert_eq!(record.end, TraceEnd::QueriesSpent { limit: 2 });
    assert_eq!(record.queries, 2);
}

#[tokio::test]
async fn a_stopped_walk_ends_at_once_with_what_it_has() {
    let world = World::start(&SERVERS[..2], sound).await;
    world.silence(3).await;
    let query = question(WWW, "A", "IN").unwrap();
    let begun = Instant::now();
    let stop = Box::pin(async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        SkipReason::Interrupted
    });
    let record = trace(&query, &world.settings(), &timeline(), stop).await;
    assert!(
        begun.elapsed() < Duration::from_millis(250),
        "{:?}",
        begun.elapsed()
    );
    let reason = SkipReason::Interrupted;
    assert_eq!(record.end, TraceEnd::Stopped { reason });
    assert_eq!(record.steps.len(), 3);
}

#[tokio::test]
async fn silent_servers_end_a_walk_after_their_tries() {
    let world = World::start(&SERVERS[..2], sound).await;
    world.silence(3).await;
    let begun = Instant::now();
    let record = world.trace(WWW).await;
    assert!(
        matches!(record.end, TraceEnd::Silent { .. }),
        "{:?}",
        record.end
    );
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
}
