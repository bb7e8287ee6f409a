//! The eight rules as a table of cases, each beside its near misses.

use super::specimen::{Says, compared};
use super::*;
use crate::Confidence;

const OLD: &str = "198.51.100.1";
const NEW: &str = "203.0.113.1";
const BOTH: &str = "203.0.113.1 203.0.113.2";

fn kinds(resolvers: &[(&str, Says)], authorities: &[(&str, Says)]) -> Vec<(Kind, Confidence)> {
    let report = compared(resolvers, authorities);
    differences(&report)
        .into_iter()
        .map(|(_, difference)| (difference.kind, difference.confidence))
        .collect()
}

fn one(resolver: Says, authority: Says) -> Vec<(Kind, Confidence)> {
    kinds(&[("192.0.2.53", resolver)], &[("192.0.2.1", authority)])
}

fn two_authorities(first: Says, second: Says) -> Vec<(Kind, Confidence)> {
    kinds(&[], &[("192.0.2.1", first), ("192.0.2.2", second)])
}

fn fresh() -> Says {
    Says::steady(NEW, 300)
}

fn unexplained(why: Unexplained) -> Vec<(Kind, Confidence)> {
    vec![(Kind::Unexplained(why), Confidence::Low)]
}

#[test]
fn rule_1_one_set_in_changing_order_is_round_robin() {
    let turned = Says::turns(&[BOTH, "203.0.113.2 203.0.113.1"], 60);
    assert_eq!(
        one(Says::falling("203.0.113.2 203.0.113.1", 50), turned.clone()),
        [(Kind::Varies(Variance::Order), Confidence::High)]
    );
    assert_eq!(one(Says::falling(BOTH, 50), Says::steady(BOTH, 60)), []);
}

#[test]
fn rule_2_changing_parts_under_one_serial_are_a_pool() {
    let pool = Says::turns(&[BOTH, "203.0.113.3 203.0.113.4"], 60);
    let vary = |confidence| (Kind::Varies(Variance::Pool), confidence);
    assert_eq!(
        one(Says::falling(NEW, 50), pool.clone()),
        [vary(Confidence::High)],
        "a part of what was seen"
    );
    assert_eq!(
        one(Says::falling("203.0.113.1 203.0.113.9", 50), pool.clone()),
        [vary(Confidence::High), vary(Confidence::Medium)],
        "an unseen member beside a seen one"
    );
    assert_eq!(
        one(Says::falling(OLD, 50), pool),
        [vary(Confidence::High), vary(Confidence::Low)],
        "three answers need not show every member"
    );
}

#[test]
fn rule_3_a_scope_above_0_is_geography() {
    let near = fresh().near("193.0.6.0/24", "203.0.113.7", 24);
    let geography = |confidence| (Kind::Varies(Variance::Geography), confidence);
    assert_eq!(
        one(Says::falling("203.0.113.7", 50), near.clone()),
        [geography(Confidence::High)]
    );
    assert_eq!(
        one(Says::falling("203.0.113.8", 50), near),
        [geography(Confidence::High), geography(Confidence::Medium)]
    );
    let everybody = fresh().near("193.0.6.0/24", NEW, 0);
    assert_eq!(
        one(Says::falling(OLD, 50), everybody),
        [(Kind::Stale, Confidence::Medium)]
    );
    let scoped = fresh().near("193.0.6.0/24", NEW, 24);
    assert_eq!(
        one(Says::falling(OLD, 50), scoped),
        [(Kind::Stale, Confidence::Low)]
    );
}

#[test]
fn rule_4_an_odd_answer_that_counts_down_is_an_old_copy() {
    assert_eq!(
        one(Says::falling(OLD, 200), fresh()),
        [(Kind::Stale, Confidence::Medium)]
    );
    assert_eq!(
        one(Says::falling(OLD, 3000), fresh()),
        [(Kind::Stale, Confidence::High)],
        "a new copy could not live so long"
    );
    assert_eq!(
        one(Says::steady(OLD, 30).extended_error(3), fresh()),
        [(Kind::Stale, Confidence::High)]
    );
    assert_eq!(
        one(Says::falling(OLD, 200), Says::missing(300)),
        [(Kind::Stale, Confidence::Medium)]
    );
    assert_eq!(
        one(Says::steady(OLD, 200), fresh()),
        unexplained(Unexplained::NotCached)
    );
}

#[test]
fn a_copy_that_was_fetched_just_now_is_not_old() {
    assert_eq!(
        one(Says::falling(OLD, 300), fresh()),
        unexplained(Unexplained::FetchedNow)
    );
    assert_eq!(
        one(Says::falling(OLD, 298), fresh()),
        [(Kind::Stale, Confidence::Medium)]
    );
    let no = Says::missing(900);
    assert_eq!(
        one(no, fresh()),
        [(Kind::NegativeCached, Confidence::Medium)],
        "the SOA record of a \"no\" may be newer than the \"no\""
    );
    let view = Says::falling(OLD, 200).serial(3);
    assert_eq!(
        one(view, fresh()),
        [(
            Kind::SplitHorizon {
                other_primary: None
            },
            Confidence::Medium
        )],
        "its SOA record is new, its serial is not"
    );
}

#[test]
fn an_old_copy_that_runs_out_while_we_look_was_one() {
    let runs_out = Says::turns(&[OLD, OLD, OLD, NEW], 2);
    assert_eq!(one(runs_out, fresh()), [(Kind::Stale, Confidence::Medium)]);
}

#[test]
fn rule_4_two_resolvers_with_one_old_copy_and_a_third_with_the_new_one_are_sure() {
    let resolvers = [
        ("192.0.2.53", Says::falling(OLD, 200)),
        ("192.0.2.54", Says::falling(OLD, 100)),
        ("192.0.2.55", Says::falling(NEW, 100)),
    ];
    assert_eq!(
        kinds(&resolvers, &[("192.0.2.1", fresh())]),
        [(Kind::Stale, Confidence::High)]
    );
}

#[test]
fn rule_4_several_odd_answers_are_as_likely_places() {
    let resolvers = [
        ("192.0.2.53", Says::falling(OLD, 200)),
        ("192.0.2.54", Says::falling("198.51.100.2", 100)),
    ];
    assert_eq!(
        kinds(&resolvers, &[("192.0.2.1", fresh())]),
        unexplained(Unexplained::SeveralAnswers)
    );
}

#[test]
fn a_remembered_no_is_told_from_a_filter_and_from_another_view() {
    assert_eq!(
        one(Says::missing(200), fresh()),
        [(Kind::NegativeCached, Confidence::High)]
    );
    assert_eq!(
        one(Says::missing(200).extended_error(17), fresh()),
        [(Kind::Unexplained(Unexplained::Policy), Confidence::High)]
    );
    assert_eq!(
        one(Says::steady("", 200), fresh()),
        unexplained(Unexplained::NotCached)
    );
    let view = one(Says::missing(200).primary("dc1.corp.test."), fresh());
    assert!(matches!(
        view[..],
        [(
            Kind::SplitHorizon {
                other_primary: Some(_)
            },
            _
        )]
    ));
    assert_eq!(one(Says::missing(200), Says::missing(300)), []);
}

#[test]
fn rule_4_inside_addresses_or_another_primary_are_another_view() {
    let inside = (
        Kind::SplitHorizon {
            other_primary: None,
        },
        Confidence::Medium,
    );
    assert_eq!(one(Says::falling("10.0.0.1", 200), fresh()), [inside]);
    assert_eq!(
        one(
            Says::falling("10.0.0.1", 200),
            Says::steady("10.0.0.2", 300)
        ),
        [(Kind::Stale, Confidence::Medium)],
        "a zone of inside addresses ages like any other"
    );
}

#[test]
fn a_resolver_that_invents_names_rewrites() {
    let invents = Says::falling(OLD, 200).invents();
    assert_eq!(
        one(invents, Says::missing(300)),
        [(Kind::Rewritten, Confidence::High)]
    );
    assert_eq!(
        one(Says::falling(OLD, 200), Says::missing(300)),
        [(Kind::Stale, Confidence::Medium)],
        "a record that was deleted"
    );
}

#[test]
fn rule_5_other_serials_are_a_lag_in_the_order_of_rfc_1982() {
    let lag = |newest, oldest, data_differ| {
        let overdue = false;
        (
            Kind::Lagging {
                newest,
                oldest,
                data_differ,
                overdue,
            },
            Confidence::High,
        )
    };
    assert_eq!(
        two_authorities(fresh(), Says::steady(OLD, 300).serial(6)),
        [lag(7, 6, true)]
    );
    assert_eq!(
        two_authorities(fresh(), fresh().serial(u32::MAX)),
        [lag(7, u32::MAX, false)]
    );
    assert_eq!(two_authorities(fresh(), fresh()), []);
    let updated = fresh().serials(&[6, 7, 7, 7]);
    assert_eq!(
        two_authorities(fresh(), updated),
        [],
        "it caught up while we looked"
    );
}

#[test]
fn rule_5_a_date_in_the_serial_tells_that_it_takes_too_long() {
    let newest = fresh().serial(2_026_112_001);
    let lag = two_authorities(newest, Says::steady(OLD, 300).serial(2_026_111_901));
    assert!(
        matches!(lag[..], [(Kind::Lagging { overdue: true, .. }, _)]),
        "{lag:?}"
    );
}

#[test]
fn rule_6_other_data_under_one_serial_is_inconsistent_unless_something_explains_it() {
    let differ = two_authorities(fresh(), Says::steady(OLD, 300));
    assert_eq!(
        differ,
        [(Kind::Inconsistent { serial: 7 }, Confidence::High)]
    );
    let other = Says::steady(OLD, 300).primary("ns.other.test.");
    let operators = two_authorities(fresh(), other);
    assert!(
        matches!(
            operators[..],
            [(Kind::OperatorsDiffer { .. }, Confidence::Medium)]
        ),
        "{operators:?}"
    );
    let scoped = Says::steady(OLD, 300).near("193.0.6.0/24", OLD, 24);
    assert_eq!(two_authorities(fresh(), scoped), []);
    let pool = Says::turns(&[OLD, NEW], 300);
    assert_eq!(
        two_authorities(fresh(), pool),
        [(Kind::Varies(Variance::Pool), Confidence::High)]
    );
}

#[test]
fn rule_7_machines_that_keep_to_their_answers_are_sites_of_which_one_is_old() {
    let sites = || Says::turns(&[OLD, NEW], 300).machines(&["ams", "fra"]);
    let steady = kinds(&[], &[("192.0.2.1", sites())]);
    assert!(
        matches!(&steady[..], [(Kind::SiteOutOfDate { serials, .. }, Confidence::Medium)] if serials.is_empty())
    );
    let lagging = kinds(&[], &[("192.0.2.1", sites().serials(&[6, 7]))]);
    assert!(
        matches!(&lagging[..], [(Kind::SiteOutOfDate { serials, .. }, Confidence::High)] if serials.len() == 2)
    );
    let pool = Says::turns(&[OLD, NEW, OLD, NEW], 300).machines(&["a", "b", "c", "d"]);
    assert_eq!(
        kinds(&[], &[("192.0.2.1", pool)]),
        [(Kind::Varies(Variance::Pool), Confidence::High)],
        "each machine was seen once only"
    );
}

#[test]
fn without_an_authority_a_difference_is_worth_a_doubt_at_most() {
    let pair = |one, other| kinds(&[("192.0.2.53", one), ("192.0.2.54", other)], &[]);
    let falling = |answer| Says::falling(answer, 60);
    assert_eq!(
        pair(falling(OLD), falling(NEW)),
        unexplained(Unexplained::NoAuthority)
    );
    assert_eq!(
        pair(falling(BOTH), falling(NEW)),
        [(Kind::Varies(Variance::Pool), Confidence::Low)]
    );
    assert_eq!(
        pair(falling("10.0.0.1"), falling(NEW)),
        [(
            Kind::SplitHorizon {
                other_primary: None
            },
            Confidence::Low
        )]
    );
    assert_eq!(pair(falling(NEW), falling(NEW)), []);
}

#[test]
fn letters_name_the_authorities_answers_first() {
    let report = compared(
        &[("192.0.2.53", Says::falling(OLD, 200))],
        &[("192.0.2.1", fresh())],
    );
    let view = &views(&report)[0];
    assert_eq!(view.letter(&view.resolvers[0].sets()[0]), "B");
    assert_eq!(view.letter(&view.authorities[0].sets()[0]), "A");
}
