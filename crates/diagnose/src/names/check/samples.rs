//! One name asked again and again of one server: how the addresses of a balanced name vary.

use std::time::Duration;

use netwhy_report::dns::check::{CheckRecord, NameSamples, SubnetSample};
use netwhy_report::plan::{DnsComparePlan, Family};

use super::all;
use super::asking::Asker;
use super::server::suitable;

/// Between two samples: short enough for one run, long enough to see a change of health on the way.
const PAUSE: Duration = Duration::from_millis(60);

/// Samples the name of the plan, or the one that the check is about, if it has addresses.
pub(super) async fn take(asker: &Asker<'_>, record: &CheckRecord) -> Option<NameSamples> {
    let plan = asker.plan;
    let name = plan
        .name
        .as_ref()
        .or(record.inside.as_ref())
        .unwrap_or(&record.zone);
    let authority = record.serving().next()?;
    let (address, manner) = (authority.address, suitable(authority));
    let record_type = match plan.tcp.family {
        Some(Family::Ipv6) => "AAAA",
        _ => "A",
    };
    let mut serials = Vec::new();
    serials.extend(
        asker
            .ask(address, &record.zone, "SOA", manner.clone())
            .await,
    );
    let mut repeated = Vec::new();
    for sample in 0..plan.samples {
        let exchange = asker
            .ask(address, name, record_type, manner.clone())
            .await?;
        let reply = exchange.reply();
        let has_addresses = reply.is_some_and(|reply| {
            reply
                .answer
                .iter()
                .any(|one| one.record_type == record_type)
        });
        if sample == 0 && !has_addresses {
            return None;
        }
        repeated.push(exchange);
        if asker.pause(PAUSE).await.is_err() {
            break;
        }
    }
    let networks = DnsComparePlan::far_apart();
    let manner = &manner;
    let subnets = all(networks.into_iter().map(|network| async move {
        let mut manner = manner.clone();
        manner.query.edns.as_mut()?.client_subnet = Some(network);
        let exchange = asker.ask(address, name, record_type, manner).await?;
        Some(SubnetSample { network, exchange })
    }));
    let subnets = subnets.await.into_iter().flatten().collect();
    serials.extend(
        asker
            .ask(address, &record.zone, "SOA", manner.clone())
            .await,
    );
    Some(NameSamples {
        name: name.clone(),
        address,
        repeated,
        subnets,
        serials,
    })
}
