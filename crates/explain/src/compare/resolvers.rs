//! Differences between a resolver and the authorities: an old copy, another view, a filter, or a place.

use std::net::IpAddr;
use std::time::Duration;

use netwhy_report::Untrusted;
use netwhy_report::dns::compare::{AnswerSet, ProbePurpose, same_name};

use super::authorities::{is_geographic, pool};
use super::serial::is_newer;
use super::view::{Zone, distinct};
use super::{Difference, Kind, LinkView, Unexplained, Variance, View};
use crate::Confidence;

/// Extended errors ([RFC 8914 §4](https://www.rfc-editor.org/rfc/rfc8914#section-4)): Stale Answer, Stale NXDOMAIN Answer.
const STALE: &[u16] = &[3, 19];
/// Blocked, Censored, Filtered, Prohibited.
const POLICY: &[u16] = &[15, 16, 17, 18];

pub(super) fn differences<'report>(view: &LinkView<'report>) -> Vec<Difference<'report>> {
    let current = view.current();
    if current.is_empty() {
        return among_resolvers(view).into_iter().collect();
    }
    let pool = pool(view);
    let elsewhere = distinct(view.authorities.iter().flat_map(|one| one.elsewhere(view)));
    let mut odd: Vec<(&View<'report>, AnswerSet)> = Vec::new();
    for one in &view.resolvers {
        for set in one.sets() {
            let known = current.contains(&set)
                || elsewhere.contains(&set)
                || pool.as_ref().is_some_and(|pool| set.is_within(pool));
            if !known {
                odd.push((one, set));
            }
        }
    }
    let several = distinct(
        odd.iter()
            .filter(|(_, set)| !set.is_negative())
            .map(|(_, set)| set),
    )
    .len()
        > 1;
    let judged = odd.iter().map(|(one, set)| {
        let others = odd
            .iter()
            .filter(|(other, copy)| copy == set && other.server != one.server);
        let shared = others.count() > 0
            && view.resolvers.iter().any(|other| {
                other.sets().iter().all(|seen| current.contains(seen)) && !other.told.is_empty()
            });
        let kind = kind(one, set, view, &current, pool.is_some());
        let kind = match kind {
            Kind::Stale if several && !is_certain(one, set, view) => {
                Kind::Unexplained(Unexplained::SeveralAnswers)
            }
            kind => kind,
        };
        let confidence = confidence(&kind, one, set, view, shared);
        (kind, confidence, (*one).clone(), set.clone())
    });
    joined(judged.collect(), &current)
}

/// One difference per kind, with all who show it.
fn joined<'report>(
    judged: Vec<(Kind, Confidence, View<'report>, AnswerSet)>,
    current: &[AnswerSet],
) -> Vec<Difference<'report>> {
    let mut found: Vec<Difference<'report>> = Vec::new();
    for (kind, confidence, one, set) in judged {
        match found.iter_mut().find(|difference| difference.kind == kind) {
            Some(known) => {
                known.who.push(one);
                if !known.odd.contains(&set) {
                    known.odd.push(set);
                }
                known.confidence = known.confidence.max(confidence);
            }
            None => found.push(Difference {
                kind,
                who: vec![one],
                odd: vec![set],
                others: current.to_vec(),
                confidence,
            }),
        }
    }
    found
}

/// What a resolver's odd answer is.
fn kind(
    one: &View<'_>,
    set: &AnswerSet,
    view: &LinkView<'_>,
    current: &[AnswerSet],
    pooled: bool,
) -> Kind {
    if one.warned(set, POLICY) {
        return Kind::Unexplained(Unexplained::Policy);
    }
    let exists = current.iter().any(|answer| !answer.is_negative());
    if set.is_negative() {
        return match exists {
            true => denied(one, set, view),
            // NODATA against NXDOMAIN: nobody gets an address from either.
            false => cached(one, set),
        };
    }
    if !exists && invents(one, set, view) {
        return Kind::Rewritten;
    }
    if exists && is_private(set) != current.iter().any(is_private) {
        return Kind::SplitHorizon {
            other_primary: None,
        };
    }
    if has_older_zone(one, view) {
        return Kind::SplitHorizon {
            other_primary: None,
        };
    }
    if let Some(primary) = other_primary(one, view) {
        return Kind::SplitHorizon {
            other_primary: Some(primary),
        };
    }
    if one.warned(set, STALE) {
        return Kind::Stale;
    }
    if view
        .authorities
        .iter()
        .any(|authority| is_geographic(authority, view))
    {
        return Kind::Varies(Variance::Geography);
    }
    if pooled && exists {
        return Kind::Varies(Variance::Pool);
    }
    match was_fetched_now(one, set, longest_ttl(view)) {
        true => Kind::Unexplained(Unexplained::FetchedNow),
        false => cached(one, set),
    }
}

/// Whether the resolver got its copy of `set` after this run began: then an authority told it so, and it is not old.
fn was_fetched_now(one: &View<'_>, set: &AnswerSet, full: Option<u32>) -> bool {
    let mut said = one.saying(set);
    let first = said.next().and_then(|told| Some((told.at, told.ttl?)));
    first.zip(full).is_some_and(|((at, ttl), full)| {
        let age = full
            .checked_sub(ttl)
            .map(u64::from)
            .map(Duration::from_secs);
        age.is_some_and(|age| age <= at + Duration::from_secs(1))
    })
}

/// The TTL that a new copy of the authorities' records has.
fn longest_ttl(view: &LinkView<'_>) -> Option<u32> {
    let told = view.authorities.iter().flat_map(|one| &one.told);
    told.filter(|told| !told.set.is_negative())
        .filter_map(|told| told.ttl)
        .max()
}

/// The time that a new "no" of the zone has.
fn longest_no(view: &LinkView<'_>) -> Option<u32> {
    let zones = view.authorities.iter().flat_map(View::soas);
    zones.map(|zone| zone.ttl.min(zone.soa.minimum)).max()
}

/// Whether the resolver has just fetched the zone's SOA record, and from another, older zone than every authority's.
fn has_older_zone(one: &View<'_>, view: &LinkView<'_>) -> bool {
    let authorities: Vec<Zone<'_>> = view.authorities.iter().flat_map(View::soas).collect();
    let Some(full) = authorities.iter().map(|zone| zone.ttl).max() else {
        return false;
    };
    one.soas().iter().any(|zone| {
        let fresh = zone.ttl <= full && full - zone.ttl <= 1;
        fresh
            && authorities
                .iter()
                .all(|known| is_newer(known.soa.serial, zone.soa.serial))
    })
}

/// A resolver's "no" against a record.
fn denied(one: &View<'_>, set: &AnswerSet, view: &LinkView<'_>) -> Kind {
    let soa = one.saying(set).find_map(|told| told.probe.soa());
    let Some((record, soa)) = soa else {
        return Kind::Unexplained(Unexplained::NoProof);
    };
    let own_zone = view
        .link
        .zone
        .as_ref()
        .is_some_and(|zone| same_name(zone, &record.name));
    let known = primaries(view);
    if own_zone && !known.is_empty() && !known.contains(&soa.primary) {
        return Kind::SplitHorizon {
            other_primary: Some(soa.primary),
        };
    }
    match one.counts_down(set) {
        Some(false) if !one.warned(set, STALE) => Kind::Unexplained(Unexplained::NotCached),
        _ => Kind::NegativeCached,
    }
}

/// An old copy, if its TTL counts down.
fn cached(one: &View<'_>, set: &AnswerSet) -> Kind {
    match one.counts_down(set) {
        Some(true) => Kind::Stale,
        Some(false) => Kind::Unexplained(Unexplained::NotCached),
        None => Kind::Unexplained(Unexplained::NotWatched),
    }
}

/// Whether it could not be a place instead: the resolver says so itself, or the copy lives longer than a new one could.
fn is_certain(one: &View<'_>, set: &AnswerSet, view: &LinkView<'_>) -> bool {
    let longest = longest_ttl(view);
    let outlives = one
        .saying(set)
        .filter_map(|told| told.ttl)
        .any(|ttl| longest.is_some_and(|longest| ttl > longest));
    one.warned(set, STALE) || outlives
}

fn confidence(
    kind: &Kind,
    one: &View<'_>,
    set: &AnswerSet,
    view: &LinkView<'_>,
    shared: bool,
) -> Confidence {
    let scoped = view.authorities.iter().any(View::is_scoped);
    match kind {
        Kind::Stale if is_certain(one, set, view) => Confidence::High,
        Kind::Stale if scoped => Confidence::Low,
        Kind::Stale if shared => Confidence::High,
        Kind::Stale => Confidence::Medium,
        // Any other question about the zone may have renewed the SOA record whose time this is, so it proves less than a record's.
        Kind::NegativeCached if was_fetched_now(one, set, longest_no(view)) => Confidence::Medium,
        Kind::NegativeCached if one.counts_down(set) == Some(true) => Confidence::High,
        Kind::NegativeCached | Kind::SplitHorizon { .. } => Confidence::Medium,
        Kind::Rewritten | Kind::Unexplained(Unexplained::Policy) => Confidence::High,
        Kind::Varies(Variance::Pool) if !overlaps(set, view) => Confidence::Low,
        Kind::Varies(_) => Confidence::Medium,
        _ => Confidence::Low,
    }
}

fn overlaps(set: &AnswerSet, view: &LinkView<'_>) -> bool {
    pool(view).is_some_and(|pool| set.data().iter().any(|one| pool.data().contains(one)))
}

/// Whether the resolver gives the same for a name that nobody can have made.
fn invents(one: &View<'_>, set: &AnswerSet, view: &LinkView<'_>) -> bool {
    let mut invented = one.server.probes_for(&ProbePurpose::Invented);
    invented.any(|probe| {
        let name = &probe.exchange.question.name;
        one.server.said(probe, name, view.record_type).as_ref() == Some(set)
    })
}

/// The primary that the resolver's own view of the zone names, where no authority names it.
fn other_primary(one: &View<'_>, view: &LinkView<'_>) -> Option<Untrusted> {
    let known = primaries(view);
    one.primary()
        .filter(|primary| !known.is_empty() && !known.contains(primary))
}

fn primaries(view: &LinkView<'_>) -> Vec<Untrusted> {
    distinct(view.authorities.iter().filter_map(View::primary))
}

/// Whether every address of a set is for inside use only; sets of other records are not.
fn is_private(set: &AnswerSet) -> bool {
    let inside = |data: &Untrusted| {
        let address = data.raw_text().and_then(|text| text.parse::<IpAddr>().ok());
        match address {
            Some(IpAddr::V4(v4)) => {
                let shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
                v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared
            }
            Some(IpAddr::V6(v6)) => {
                v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback()
            }
            None => false,
        }
    };
    !set.is_negative() && set.data().iter().all(inside)
}

/// Without an authority nobody says who is right, but not every difference is one to worry about.
fn among_resolvers<'report>(view: &LinkView<'report>) -> Option<Difference<'report>> {
    let who: Vec<View<'report>> = view
        .resolvers
        .iter()
        .filter(|one| !one.told.is_empty())
        .cloned()
        .collect();
    let sets = distinct(who.iter().flat_map(View::sets));
    if sets.len() < 2 {
        return None;
    }
    let positive = || sets.iter().filter(|set| !set.is_negative());
    let shares = |one: &AnswerSet, other: &AnswerSet| {
        one.data().iter().any(|data| other.data().contains(data))
    };
    let connected =
        positive().all(|one| positive().any(|other| one != other && shares(one, other)));
    let varies_at_one = who.iter().any(|one| one.sets().len() > 1);
    let kind = if positive().any(is_private) && positive().any(|set| !is_private(set)) {
        Kind::SplitHorizon {
            other_primary: None,
        }
    } else if positive().count() == sets.len() && (connected || varies_at_one) {
        Kind::Varies(Variance::Pool)
    } else {
        Kind::Unexplained(Unexplained::NoAuthority)
    };
    Some(Difference {
        kind,
        who,
        odd: sets,
        others: Vec::new(),
        confidence: Confidence::Low,
    })
}
