//! Walks through scripted name servers on loopback: one port, one address per server.

mod hostile;
mod world;

use std::time::Duration;

use hickory_proto::op::ResponseCode;
use netwhy_report::dns::trace::{
    Asking, LameReason, Said, ServerAddressSource, StepPurpose, TraceEnd, WithoutAddress,
};

use world::{Reply, World, labels};

const WWW: &str = "www.shop.test.";

/// Root at .1, `test.` at .2, `shop.test.` at .3.
fn sound(zone: &str, asked: &str) -> Reply {
    match zone {
        "." => Reply::referral("test.", &[("ns.test.", Some(2))]),
        "test." => Reply::referral("shop.test.", &[("ns.shop.test.", Some(3))]),
        _ if asked == WWW => Reply::address(asked, 80),
        _ => Reply::code(ResponseCode::NXDomain),
    }
}

#[tokio::test]
async fn a_walk_passes_every_cut_and_keeps_every_exchange() {
    let world = World::start(&[(1, "."), (2, "test."), (3, "shop.test.")], sound).await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::Answer);
    assert_eq!(labels(&record), [".", "test.", "shop.test."]);
    assert_eq!(record.answer[0].data.escaped(), "192.0.2.80");
    assert_eq!(record.queries, 3);
    let source = |step: usize| record.steps[step].servers[0].addresses[0].source;
    assert_eq!(source(0), ServerAddressSource::Hints);
    assert_eq!(source(1), ServerAddressSource::Glue);
    assert!(record.security.is_none());
}

#[tokio::test]
async fn a_dead_server_delays_nothing_and_is_kept_as_evidence() {
    let world = World::start(
        &[(1, "."), (2, "test."), (3, "shop.test.")],
        |zone, asked| match zone {
            "test." => Reply::referral(
                "shop.test.",
                &[("a.shop.test.", Some(77)), ("b.shop.test.", Some(3))],
            ),
            _ => sound(zone, asked),
        },
    )
    .await;
    world.silence(77).await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::Answer);
    assert!(
        record.walk < Duration::from_millis(500),
        "{:?}",
        record.walk
    );
    let silent = &record.steps[2].exchanges[0].exchange;
    assert!(silent.step.failure().is_some(), "{:?}", silent.step);
}

#[tokio::test]
async fn lame_servers_are_told_apart() {
    let delegation = [
        ("a.shop.test.", Some(3)),
        ("b.shop.test.", Some(4)),
        ("c.shop.test.", Some(5)),
    ];
    let world = World::start(
        &[
            (1, "."),
            (2, "test."),
            (3, "refuses"),
            (4, "upward"),
            (5, "cache"),
        ],
        move |zone, asked| match zone {
            "test." => Reply::referral("shop.test.", &delegation),
            "refuses" => Reply::code(ResponseCode::Refused),
            "upward" => Reply::referral(".", &[("ns.root.", Some(1))]),
            "cache" => Reply::address(asked, 80).without_authority(),
            _ => sound(zone, asked),
        },
    )
    .await;
    let record = world.trace(WWW).await;
    let zone = "shop.test.".into();
    assert_eq!(record.end, TraceEnd::Lame { zone });
    let said: Vec<_> = record.steps[2]
        .exchanges
        .iter()
        .map(|one| one.said.clone().unwrap())
        .collect();
    let whys: Vec<LameReason> = said
        .into_iter()
        .map(|said| match said {
            Said::Lame { why } => why,
            said => panic!("{said:?}"),
        })
        .collect();
    assert!(
        matches!(&whys[0], LameReason::Code { rcode: 5, .. }),
        "{whys:?}"
    );
    assert!(
        matches!(&whys[1], LameReason::UpwardReferral { .. }),
        "{whys:?}"
    );
    assert!(matches!(&whys[2], LameReason::NotAuthoritative), "{whys:?}");
}

#[tokio::test]
async fn a_server_without_glue_is_found_by_a_walk_of_its_own() {
    let world = World::start(
        &[(1, "."), (2, "test."), (3, "shop.test."), (6, "host.test.")],
        |zone, asked| match (zone, asked) {
            ("test.", asked) if asked.ends_with("host.test.") => {
                Reply::referral("host.test.", &[("ns.host.test.", Some(6))])
            }
            ("test.", _) => Reply::referral("shop.test.", &[("ns.host.test.", None)]),
            ("host.test.", "ns.host.test.") => Reply::server(asked, 3),
            _ => sound(zone, asked),
        },
    )
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::Answer, "{record:#?}");
    let server = "ns.host.test.".into();
    let side = StepPurpose::NameServer { server };
    assert!(record.steps.iter().any(|step| step.purpose == side));
    let last = record.steps.last().unwrap();
    assert_eq!(
        last.servers[0].addresses[0].source,
        ServerAddressSource::LookedUp
    );
}

#[tokio::test]
async fn glue_that_is_missing_ends_the_walk_without_a_search() {
    let world = World::start(&[(1, "."), (2, "test.")], |zone, asked| match zone {
        "test." => Reply::referral("shop.test.", &[("ns.shop.test.", None)]),
        _ => sound(zone, asked),
    })
    .await;
    let record = world.trace(WWW).await;
    let zone = "shop.test.".into();
    assert_eq!(record.end, TraceEnd::NoAddress { zone });
    assert_eq!(
        record.steps[2].servers[0].without,
        Some(WithoutAddress::GlueMissing)
    );
    assert_eq!(record.queries, 2);
}

#[tokio::test]
async fn an_alias_restarts_at_the_deepest_zone_known() {
    let world = World::start(
        &[(1, "."), (2, "test."), (3, "shop.test."), (4, "edge.test.")],
        |zone, asked| match (zone, asked) {
            ("test.", "cdn.edge.test.") => {
                Reply::referral("edge.test.", &[("ns.edge.test.", Some(4))])
            }
            ("shop.test.", WWW) => Reply::alias(WWW, "cdn.edge.test."),
            ("edge.test.", _) => Reply::address(asked, 81),
            _ => sound(zone, asked),
        },
    )
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::Answer);
    assert_eq!(
        labels(&record),
        [".", "test.", "shop.test.", "test.", "edge.test."]
    );
    assert_eq!(record.aliases[0].target.escaped(), "cdn.edge.test.");
}

#[tokio::test]
async fn minimised_names_show_each_zone_only_what_it_needs() {
    let world = World::start(
        &[(1, "."), (2, "test."), (3, "shop.test.")],
        |zone, asked| match (zone, asked) {
            (".", "test.") | ("test.", "shop.test.") | ("shop.test.", WWW) => sound(zone, asked),
            _ => Reply::code(ResponseCode::ServFail),
        },
    )
    .await;
    let record = world
        .trace_with(WWW, |settings| settings.minimise = true)
        .await;
    assert_eq!(record.end, TraceEnd::Answer, "{record:#?}");
    assert_eq!(record.steps[0].name.escaped(), "test.");
}

#[tokio::test]
async fn a_cut_reply_is_asked_again_over_tcp_and_a_rejected_edns_without_it() {
    let world = World::start(
        &[(1, "."), (2, "test."), (3, "shop.test.")],
        |zone, asked| match zone {
            "test." => sound(zone, asked).cut_over_udp(),
            "shop.test." => sound(zone, asked).rejecting_edns(),
            _ => sound(zone, asked),
        },
    )
    .await;
    let record = world.trace(WWW).await;
    assert_eq!(record.end, TraceEnd::Answer, "{record:#?}");
    assert!(record.steps[1].exchanges[0].exchange.was_truncated());
    let tries = &record.steps[2].exchanges[0].exchange.tries;
    assert_eq!(
        tries.iter().map(|one| one.edns).collect::<Vec<_>>(),
        [true, false]
    );
}

#[tokio::test]
async fn keys_are_asked_for_with_the_question_and_a_root_without_them_is_bogus() {
    let world = World::start(&[(1, "."), (2, "test."), (3, "shop.test.")], sound).await;
    let record = world
        .trace_with(WWW, |settings| {
            settings.dnssec = true;
            settings.anchors = Some(crate::dnssec::TrustAnchors::root());
        })
        .await;
    assert_eq!(record.end, TraceEnd::Answer);
    let keys = record.steps[0]
        .exchanges
        .iter()
        .filter(|one| one.asking == Asking::Keys);
    assert_eq!(keys.count(), 1);
    assert!(record.is_bogus(), "{:?}", record.security);
    let zone = record
        .security
        .as_ref()
        .and_then(|security| security.zone.clone());
    assert_eq!(zone.map(|zone| zone.escaped()).as_deref(), Some("."));
}
