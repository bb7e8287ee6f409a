//! What a comparison of resolvers and authorities means: equal answers in groups, and each difference with its explanation.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | `view` | one server's answers about one link of the chain, in time |
//! | `serial` | which serial is newer, and when it was made |
//! | `authorities` | differences between authorities |
//! | `resolvers` | differences between a resolver and the authorities |
//! | `difference` | the kinds of difference |
//! | `told` | words for evidence lines |

mod authorities;
mod difference;
mod resolvers;
pub(crate) mod serial;
#[cfg(test)]
pub(crate) mod specimen;
mod told;
mod view;

use std::net::IpAddr;

use netwhy_report::dns::compare::{AnswerSet, CompareLink, CompareRecord};
use netwhy_report::{Plan, Report};

use crate::Severity;

pub(crate) use difference::{Difference, Kind, Unexplained, Variance};
pub(crate) use told::{bare, dig, moment, server, servers, set, sets};
pub use view::{LinkView, View};

/// Every link of every comparison in the report.
#[must_use]
pub fn views(report: &Report) -> Vec<LinkView<'_>> {
    let records = report.layers.dns_compare.iter().flatten();
    records
        .flat_map(|record| record.links.iter().map(|link| view(record, link)))
        .collect()
}

fn view<'report>(record: &'report CompareRecord, link: &'report CompareLink) -> LinkView<'report> {
    LinkView::new(record, link)
}

/// The differences in the report, with the link that each is about.
///
/// A diagnosis compares because an address failed: there only a difference counts that decides about such an address,
/// or a "no" that left the target without one.
pub(crate) fn differences(report: &Report) -> Vec<(LinkView<'_>, Difference<'_>)> {
    let failed = failed_addresses(report);
    let mut found = Vec::new();
    for view in views(report) {
        let mut all = authorities::differences(&view, report.started_at);
        all.extend(resolvers::differences(&view));
        if matches!(report.plan, Plan::Diagnose(_)) {
            let missing = has_no_address(report);
            all.retain(|difference| match difference.kind {
                Kind::NegativeCached => missing,
                _ => decides(difference, &failed),
            });
        }
        found.extend(all.into_iter().map(|difference| (view.clone(), difference)));
    }
    found
}

/// The differences of some kinds, all about the first link that has one.
pub(crate) fn of_kind<'report>(
    report: &'report Report,
    wanted: impl Fn(&Kind) -> bool,
) -> Option<(LinkView<'report>, Vec<Difference<'report>>)> {
    let mut found = differences(report)
        .into_iter()
        .filter(|(_, difference)| wanted(&difference.kind));
    let (view, first) = found.next()?;
    let others = found.filter(|(other, _)| other.link.name == view.link.name);
    let all = std::iter::once(first)
        .chain(others.map(|(_, difference)| difference))
        .collect();
    Some((view, all))
}

/// The hop that a comparison is about: a diagnosis compares for the target itself.
pub(crate) fn hop(report: &Report) -> Option<usize> {
    report.plan.diagnose().map(|_| 0)
}

/// How much harm an old answer does: in a diagnosis that got no connection it is what stands in the way.
pub(crate) fn severity(report: &Report) -> Option<Severity> {
    let endpoints = report.endpoints();
    let tcp = endpoints.first().and_then(|endpoint| endpoint.tcp);
    let connected = tcp.is_some_and(|tcp| tcp.connected().next().is_some());
    (report.plan.diagnose().is_some() && !connected).then_some(Severity::Error)
}

/// The target's addresses that did not connect.
pub(crate) fn failed_addresses(report: &Report) -> Vec<IpAddr> {
    let endpoints = report.endpoints();
    let records = endpoints.first().and_then(|endpoint| endpoint.tcp);
    records
        .into_iter()
        .flat_map(netwhy_report::tcp::TcpRecord::failed)
        .map(|attempt| attempt.peer.ip())
        .collect()
}

/// Whether DNS gave the target no address.
fn has_no_address(report: &Report) -> bool {
    let section = report.layers.dns.as_ref();
    let record = section.and_then(|section| section.record());
    record.is_some_and(|record| record.resolution.failure().is_some())
}

/// Whether a failed address is in the odd answer and not in the others.
fn decides(difference: &Difference<'_>, failed: &[IpAddr]) -> bool {
    let has = |set: &AnswerSet, address: &IpAddr| {
        set.data()
            .iter()
            .any(|data| data.raw_text().and_then(|text| text.parse().ok()) == Some(*address))
    };
    !matches!(difference.kind, Kind::Varies(_))
        && failed.iter().any(|address| {
            difference.odd.iter().any(|set| has(set, address))
                && !difference.others.iter().all(|set| has(set, address))
        })
}

#[cfg(test)]
mod tests;
