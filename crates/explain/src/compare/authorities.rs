//! Differences between the authorities of one zone: balancing, geography, lag, or two zones under one serial.

use std::collections::BTreeMap;

use jiff::Timestamp;
use netwhy_report::Untrusted;
use netwhy_report::dns::compare::AnswerSet;

use super::serial::{is_newer, is_overdue, newest};
use super::view::distinct;
use super::{Difference, Kind, LinkView, Variance, View};
use crate::Confidence;

pub(super) fn differences<'report>(
    view: &LinkView<'report>,
    now: Timestamp,
) -> Vec<Difference<'report>> {
    let mut found: Vec<Difference<'report>> = view.authorities.iter().filter_map(site).collect();
    let out_of_date = |one: &&View<'_>| site(one).is_some();
    let sound: Vec<&View<'_>> = view
        .authorities
        .iter()
        .filter(|one| !one.told.is_empty() && !out_of_date(one))
        .collect();
    let geographic: Vec<&View<'_>> = sound
        .iter()
        .copied()
        .filter(|one| is_geographic(one, view))
        .collect();
    let pooled: Vec<&View<'_>> = sound.iter().copied().filter(|one| is_pool(one)).collect();
    if !geographic.is_empty() {
        found.push(varies(
            view,
            Variance::Geography,
            &geographic,
            Confidence::High,
        ));
    } else if !pooled.is_empty() {
        found.push(varies(view, Variance::Pool, &pooled, Confidence::High));
    } else {
        let rotating: Vec<&View<'_>> = sound
            .iter()
            .copied()
            .filter(|one| one.rotates(view))
            .collect();
        if !rotating.is_empty() {
            found.push(varies(view, Variance::Order, &rotating, Confidence::High));
        }
    }
    let intended = !geographic.is_empty() || !pooled.is_empty();
    found.extend(by_operator(&sound, intended, now));
    found
}

/// All members of a pool that the authorities showed, if one balances.
pub(super) fn pool(view: &LinkView<'_>) -> Option<AnswerSet> {
    let pooled = view.authorities.iter().filter(|one| is_pool(one));
    let mut all = None;
    for set in pooled.flat_map(View::sets) {
        all = match all {
            None => Some(set),
            Some(so_far) => Some(AnswerSet::united(&so_far, &set).unwrap_or(so_far)),
        };
    }
    all
}

/// Whether an authority answers by the client's network.
pub(super) fn is_geographic(one: &View<'_>, view: &LinkView<'_>) -> bool {
    let elsewhere = one.elsewhere(view);
    let plain = one.sets();
    let known = plain
        .iter()
        .skip(1)
        .fold(plain.first().cloned(), |all, set| {
            all.and_then(|all| all.united(set))
        });
    elsewhere.iter().any(|set| {
        !known.as_ref().is_some_and(|known| set.is_within(known)) && !plain.contains(set)
    })
}

/// Whether one server gives changing sets of records under one serial.
fn is_pool(one: &View<'_>) -> bool {
    let sets = one.sets();
    sets.len() > 1
        && sets.iter().all(|set| !set.is_negative())
        && one.serials().len() < 2
        && site(one).is_none()
}

/// Machines behind one address that each keep to their own answer.
fn site<'report>(one: &View<'report>) -> Option<Difference<'report>> {
    let mut machines: BTreeMap<Vec<u8>, Vec<&AnswerSet>> = BTreeMap::new();
    for told in &one.told {
        let machine = told.probe.machine()?;
        machines
            .entry(machine.raw().to_vec())
            .or_default()
            .push(&told.set);
    }
    let steady = |sets: &Vec<&AnswerSet>| sets.iter().all(|set| *set == sets[0]);
    let answers = distinct(machines.values().flatten().copied());
    if machines.len() < 2 || answers.len() < 2 || !machines.values().all(steady) {
        return None;
    }
    let serials = serials_by_machine(one);
    let serials_differ = distinct(serials.values().flatten().copied()).len() > 1;
    // A pool that happens to name each machine once looks the same: only serials or repetition tell them apart.
    let repeated = machines.values().all(|sets| sets.len() > 1);
    if !serials_differ && !repeated {
        return None;
    }
    let told: Vec<(Untrusted, AnswerSet)> = machines
        .iter()
        .map(|(machine, sets)| (Untrusted::new(machine.clone()), sets[0].clone()))
        .collect();
    Some(Difference {
        kind: Kind::SiteOutOfDate {
            machines: told,
            serials: match serials_differ {
                true => distinct(serials.into_values().flatten()),
                false => Vec::new(),
            },
        },
        who: vec![one.clone()],
        odd: answers.into_iter().cloned().collect(),
        others: Vec::new(),
        confidence: match serials_differ {
            true => Confidence::High,
            false => Confidence::Medium,
        },
    })
}

fn serials_by_machine(one: &View<'_>) -> BTreeMap<Vec<u8>, Vec<u32>> {
    let mut serials: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
    for zone in one.soas() {
        if let Some(machine) = zone.probe.machine() {
            serials
                .entry(machine.raw().to_vec())
                .or_default()
                .push(zone.soa.serial);
        }
    }
    serials
}

/// Serials compare within one primary's servers only: two operators count for themselves.
fn by_operator<'report>(
    sound: &[&View<'report>],
    intended: bool,
    now: Timestamp,
) -> Vec<Difference<'report>> {
    let mut operators: BTreeMap<Vec<u8>, Vec<&View<'report>>> = BTreeMap::new();
    for one in sound {
        if let Some(primary) = one.primary() {
            operators
                .entry(primary.raw().to_vec())
                .or_default()
                .push(one);
        }
    }
    let mut found = Vec::new();
    for servers in operators.values() {
        found.extend(lag(servers, intended, now));
        if !intended {
            found.extend(contradictions(servers));
        }
    }
    let answers: Vec<Vec<AnswerSet>> = operators
        .values()
        .map(|servers| distinct(servers.iter().flat_map(|one| one.sets())))
        .collect();
    let each_agrees = answers.iter().all(|sets| sets.len() == 1);
    let all = distinct(answers.iter().flatten().cloned());
    if !intended && operators.len() > 1 && each_agrees && all.len() > 1 {
        found.push(Difference {
            kind: Kind::OperatorsDiffer {
                primaries: operators
                    .keys()
                    .map(|primary| Untrusted::new(primary.clone()))
                    .collect(),
            },
            who: operators
                .values()
                .flatten()
                .map(|one| (*one).clone())
                .collect(),
            odd: all,
            others: Vec::new(),
            confidence: Confidence::Medium,
        });
    }
    found
}

fn lag<'report>(
    servers: &[&View<'report>],
    intended: bool,
    now: Timestamp,
) -> Option<Difference<'report>> {
    // A server whose serial changed while we looked has just been updated.
    let last = |one: &View<'report>| one.soas().last().map(|zone| zone.soa.serial);
    let serials = distinct(servers.iter().filter_map(|one| last(one)));
    let newest = newest(&serials).filter(|_| serials.len() > 1)?;
    let late: Vec<&View<'report>> = servers
        .iter()
        .copied()
        .filter(|one| last(one).is_some_and(|serial| is_newer(newest, serial)))
        .collect();
    let up_to_date = || servers.iter().filter(|one| last(one) == Some(newest));
    let fresh = distinct(up_to_date().flat_map(|one| one.sets()));
    let old = distinct(late.iter().flat_map(|one| one.sets()));
    let oldest = late
        .iter()
        .filter_map(|one| last(one))
        .reduce(|one, other| if is_newer(one, other) { other } else { one })?;
    let soa = up_to_date().find_map(|one| one.soas().pop())?.soa;
    Some(Difference {
        kind: Kind::Lagging {
            newest,
            oldest,
            data_differ: !intended && old.iter().any(|set| !fresh.contains(set)),
            overdue: is_overdue(&soa, now),
        },
        who: late.into_iter().cloned().collect(),
        odd: old,
        others: fresh,
        confidence: Confidence::High,
    })
}

/// Servers with one serial and steady, different answers.
fn contradictions<'report>(servers: &[&View<'report>]) -> Vec<Difference<'report>> {
    let mut by_serial: BTreeMap<u32, Vec<&View<'report>>> = BTreeMap::new();
    for one in servers {
        if let [serial] = one.serials().as_slice() {
            by_serial.entry(*serial).or_default().push(one);
        }
    }
    let mut found = Vec::new();
    for (serial, same) in by_serial {
        let answers = distinct(same.iter().flat_map(|one| one.sets()));
        // An answer that depends on the client may differ from server to server as well.
        if answers.len() < 2 || same.iter().any(|one| one.is_scoped()) {
            continue;
        }
        let samples = same
            .iter()
            .map(|one| one.told.len())
            .min()
            .unwrap_or_default();
        found.push(Difference {
            kind: Kind::Inconsistent { serial },
            who: same.into_iter().cloned().collect(),
            odd: answers,
            others: Vec::new(),
            // A pool of two can show one face three times in a row.
            confidence: match samples {
                0..=3 => Confidence::Medium,
                _ => Confidence::High,
            },
        });
    }
    found
}

fn varies<'report>(
    view: &LinkView<'report>,
    variance: Variance,
    who: &[&View<'report>],
    confidence: Confidence,
) -> Difference<'report> {
    let mut sets = distinct(who.iter().flat_map(|one| one.sets()));
    if variance == Variance::Geography {
        sets = distinct(
            sets.into_iter()
                .chain(who.iter().flat_map(|one| one.elsewhere(view))),
        );
    }
    Difference {
        kind: Kind::Varies(variance),
        who: who.iter().map(|one| (*one).clone()).collect(),
        odd: sets,
        others: Vec::new(),
        confidence,
    }
}
