//! Where the servers of a zone do not agree, or one name was asked about: a comparison of all of them, each asked several times,
//! which tells an old copy from a pool.

use netwhy_report::dns::check::CheckRecord;
use netwhy_report::dns::compare::CompareRecord;
use netwhy_report::plan::{DnsComparePlan, Family, TraceOptions};
use netwhy_report::{Budgets, Untrusted};

use super::asking::Asker;
use crate::names::compare::{Settings, side_by_side};
use crate::names::trace::Walk;

/// Samples per server: with those of the check itself a pool shows itself more often than not.
const SAMPLES: u32 = 3;
/// Record sets that are compared in one check.
const SETS: usize = 2;
/// Questions per server: samples, serials and networks, once more where they differ.
const PER_SERVER: usize = 14;
/// Questions that find the servers.
const TO_FIND: usize = 60;

/// Compares what differs, as far as the budget goes.
pub(super) async fn compare(asker: &Asker<'_>, record: &CheckRecord) -> Vec<CompareRecord> {
    let plan = asker.plan;
    let trace = TraceOptions {
        dnssec: false,
        ..plan.trace.clone()
    };
    let budgets = Budgets::for_trace();
    let mut records = Vec::new();
    for (name, record_type) in doubtful(asker, record) {
        let cost = record.addresses.len() * PER_SERVER + TO_FIND;
        if !asker.can_afford(cost) || asker.run.stop.reason().is_some() {
            break;
        }
        let settings = Settings {
            name: name.escaped(),
            record_type: record_type.to_owned(),
            samples: SAMPLES,
            subnets: DnsComparePlan::far_apart(),
            port: plan.trace.port,
            tcp: plan.tcp.clone(),
            walk: Some(Walk {
                start: asker.start,
                options: &trace,
                tcp: &plan.tcp,
                tls: &plan.tls,
                budgets: &budgets,
            }),
        };
        let compared = side_by_side(&settings, &[], asker.run).await;
        let servers = compared.links.iter().flat_map(|link| &link.authorities);
        let probes: usize = servers.map(|server| server.probes.len()).sum();
        asker.spent(probes + compared.discovery.len());
        records.push(compared);
    }
    records
}

/// Names and types that servers may not agree about.
fn doubtful(asker: &Asker<'_>, record: &CheckRecord) -> Vec<(Untrusted, &'static str)> {
    let addresses = match asker.plan.tcp.family {
        Some(Family::Ipv6) => "AAAA",
        _ => "A",
    };
    let chosen = asker.plan.name.as_ref().or(record.inside.as_ref());
    let mut doubtful: Vec<(Untrusted, &'static str)> = Vec::new();
    if let Some(name) = chosen {
        doubtful.push((name.clone(), addresses));
    }
    let at_the_apex = record.differing_types().into_iter();
    doubtful.extend(at_the_apex.map(|kind| (record.zone.clone(), kind)));
    if doubtful.is_empty() && record.serials_differ() {
        doubtful.push((record.zone.clone(), addresses));
    }
    doubtful.truncate(SETS);
    doubtful
}
