//! Names outside the zone: by the resolvers of this host, or by a walk where they fail or the root is another one.

use netwhy_report::Untrusted;
use netwhy_report::dns::check::{is_below, records_of, same_name};
use netwhy_report::dns::trace::{Said, StepPurpose, TraceRecord};
use netwhy_report::dns::{CheckRecord, DnsExchange, rcode};

use super::asking::{Asker, Manner};
use super::server::suitable;
use crate::names::configured;

impl Asker<'_> {
    /// A question about any name: to a server of the zone where it lies inside, else [`Asker::ask_elsewhere`].
    pub(super) async fn ask_about(
        &self,
        record: &CheckRecord,
        name: &Untrusted,
        record_type: &str,
    ) -> Option<DnsExchange> {
        let authority = record
            .serving()
            .next()
            .filter(|_| is_below(name, &record.zone));
        if let Some(authority) = authority {
            let manner = suitable(authority);
            let exchange = self
                .ask(authority.address, name, record_type, manner)
                .await?;
            let speaks = |exchange: &DnsExchange| {
                exchange.reply().is_some_and(|reply| {
                    let has = |kind: &str| reply.answer.iter().any(|one| one.record_type == kind);
                    // Where an alias leads out of the zone, the zone's server ends the chain there.
                    let leads_out = has("CNAME") && !has(record_type);
                    reply.flags.authoritative && is_told(reply.rcode) && !leads_out
                })
            };
            if speaks(&exchange) {
                return Some(exchange);
            }
        }
        self.ask_elsewhere(name, record_type).await
    }

    /// The resolvers' word; a walk's where they have none, or where the root is not theirs.
    pub(super) async fn ask_elsewhere(
        &self,
        name: &Untrusted,
        record_type: &str,
    ) -> Option<DnsExchange> {
        let own_root = self.plan.trace.root_hints.is_some();
        let mut asked = None;
        if !own_root {
            for server in configured(&self.plan.dns) {
                let exchange = self
                    .ask(server, name, record_type, Manner::resolver())
                    .await?;
                if exchange.reply().is_some_and(|reply| is_told(reply.rcode)) {
                    return Some(exchange);
                }
                asked = Some(exchange);
            }
        }
        let walk = self.walk(name, record_type).await.ok()?;
        told(&walk, name).or(asked)
    }

    /// The data of the records that the resolvers have of a name.
    pub(super) async fn resolved(&self, name: &Untrusted, record_type: &str) -> Vec<Untrusted> {
        for server in configured(&self.plan.dns) {
            let exchange = self
                .ask(server, name, record_type, Manner::resolver())
                .await;
            let Some(exchange) = exchange else { break };
            let Some(reply) = exchange.reply().filter(|reply| is_told(reply.rcode)) else {
                continue;
            };
            return records_of(reply, name, record_type)
                .map(|record| record.data.clone())
                .collect();
        }
        Vec::new()
    }

    /// The zone, if the resolvers know it as one.
    pub(super) async fn resolvers_know(&self, zone: &Untrusted) -> Option<Untrusted> {
        let known = !self.resolved(zone, "SOA").await.is_empty();
        known.then(|| zone.clone())
    }
}

/// Whether a response code says something about the name.
fn is_told(code: u16) -> bool {
    matches!(code, rcode::NOERROR | rcode::NXDOMAIN)
}

/// The exchange of a walk that tells about the name itself; what an alias leads to is another name.
fn told(walk: &TraceRecord, name: &Untrusted) -> Option<DnsExchange> {
    let mut steps = walk
        .steps
        .iter()
        .rev()
        .filter(|step| step.purpose == StepPurpose::Answer);
    steps.find_map(|step| {
        let exchange = step.followed()?;
        let decides = matches!(
            exchange.said,
            Some(Said::Answer | Said::Alias { .. } | Said::NoData | Said::NameError)
        );
        let about = same_name(&exchange.exchange.question.name, name);
        (decides && about).then(|| exchange.exchange.clone())
    })
}
