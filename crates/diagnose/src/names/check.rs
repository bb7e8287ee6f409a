//! `netwhy dns check ZONE`: the walk to the zone, then every server of it, then the names that hang on it.

mod asking;
mod delegation;
mod differences;
mod elsewhere;
mod policy;
mod samples;
mod server;

use futures_util::future::join_all;
use netwhy_dns::query::question;
use netwhy_report::dns::check::{CheckRecord, DelegatedBy};
use netwhy_report::dns::proof::Security;
use netwhy_report::dns::trace::{StepPurpose, TraceEnd, TraceRecord};
use netwhy_report::plan::DnsCheckPlan;
use netwhy_report::report::Layers;
use netwhy_report::{Layer, Limit, LimitHit, Section, Untrusted};

use self::asking::Asker;
use self::delegation::Servers;
use super::trace::Start;
use crate::run::Run;
use crate::{DiagnoseError, Event};

/// Checks what the plan says.
pub(crate) async fn check(plan: &DnsCheckPlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let name = plan.zone.escaped();
    question(&name, "SOA", "IN")?;
    if let Some(name) = &plan.name {
        question(&name.escaped(), "A", "IN")?;
    }
    let start = Start::read(&plan.trace)?;
    run.observer.event(&Event::Began {
        layer: Layer::Dns,
        host: &name,
    });
    let asker = Asker::new(plan, &start, run);
    let (walk, zone) = enclosing(&asker, &plan.zone).await?;
    let (record, compared) = match zone {
        Some(zone) => {
            let record = examine(&asker, &walk, zone).await;
            let compared = differences::compare(&asker, &record).await;
            (record, compared)
        }
        None => (empty(plan.zone.clone(), &walk), Vec::new()),
    };
    run.observer.event(&Event::Ended { layer: Layer::Dns });
    let record = CheckRecord {
        queries: asker.sent(),
        ..record
    };
    Ok(Layers {
        dns_trace: Some(Section::Measured { record: walk }),
        dns_compare: (!compared.is_empty()).then_some(compared),
        dns_check: Some(Section::Measured { record }),
        ..Layers::default()
    })
}

/// The walk to the zone that holds a name, and the zone; `None` where the name does not exist, or nobody knows.
async fn enclosing(
    asker: &Asker<'_>,
    name: &Untrusted,
) -> Result<(TraceRecord, Option<Untrusted>), DiagnoseError> {
    let walk = asker.walk(name, "SOA").await?;
    let zone = match &walk.end {
        TraceEnd::Answer => Some(name.clone()),
        TraceEnd::NoData { .. } => match delegation::soa_owner(&walk) {
            // A host name was given: its zone is what can be checked.
            Some(owner) if owner != Untrusted::from(".") => {
                let walk = asker.walk(&owner, "SOA").await?;
                return Ok((walk, Some(owner)));
            }
            _ => None,
        },
        TraceEnd::NameError { .. } | TraceEnd::Stopped { .. } => None,
        _ if delegation::referral(&walk, name).is_some() => Some(name.clone()),
        _ if delegation::root_is_out_of_reach(&walk) => asker.resolvers_know(name).await,
        _ => None,
    };
    Ok((walk, zone))
}

async fn examine(asker: &Asker<'_>, walk: &TraceRecord, zone: Untrusted) -> CheckRecord {
    let plan = asker.plan;
    let mut record = CheckRecord {
        inside: (zone != plan.zone).then(|| plan.zone.clone()),
        ..empty(zone, walk)
    };
    let mut servers = Servers::delegated(asker, walk, &mut record).await;
    servers.greet(asker, &mut record).await;
    servers.add_the_zones_own(asker, &mut record).await;
    if record.addresses.len() >= plan.budgets.check_addresses {
        asker.run.hit(LimitHit {
            limit: Limit::CheckAddresses,
            layer: Layer::Dns,
            value: format!("{} addresses", plan.budgets.check_addresses),
        });
    }
    // The servers keep the order of the record while the questions about names go out beside theirs.
    let known = record.clone();
    let ((), names, samples, caa, denial) = tokio::join!(
        server::examine_all(asker, &mut record),
        policy::names(asker, &known),
        samples::take(asker, &known),
        policy::caa(asker, &known),
        denial(asker, walk, &known),
    );
    record.names.extend(names);
    record.samples = samples;
    record.caa = caa;
    record.denial = denial;
    record
}

/// A walk to a name that does not exist, where the zone's own chain holds.
async fn denial(
    asker: &Asker<'_>,
    walk: &TraceRecord,
    record: &CheckRecord,
) -> Option<Box<TraceRecord>> {
    let security = walk.security.as_ref()?.security;
    if security != Security::Secure {
        return None;
    }
    let missing = asking::random_below(&record.zone)?;
    asker.walk(&missing, "A").await.ok().map(Box::new)
}

fn empty(zone: Untrusted, walk: &TraceRecord) -> CheckRecord {
    let to_the_answer =
        |step: &&netwhy_report::dns::trace::TraceStep| step.purpose == StepPurpose::Answer;
    let served_by_the_parent = walk.steps.iter().rev().find(to_the_answer);
    let delegated_by = match delegation::referral(walk, &zone) {
        Some((parent, server, signed)) => DelegatedBy::Parent {
            zone: parent,
            server,
            signed,
        },
        None if walk.end == TraceEnd::Answer && served_by_the_parent.is_some() => {
            DelegatedBy::SameServers
        }
        None => DelegatedBy::Nobody,
    };
    CheckRecord {
        zone,
        inside: None,
        delegated_by,
        servers: Vec::new(),
        addresses: Vec::new(),
        names: Vec::new(),
        samples: None,
        caa: None,
        denial: None,
        queries: 0,
    }
}

/// All futures, in order.
async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    join_all(futures).await
}

#[cfg(test)]
mod tests;
