//! Mail and certificates: where mail goes, who may send it, who may issue.

use std::collections::VecDeque;

use netwhy_report::dns::check::{
    CaaRecord, CheckProbe, CheckRecord, Probe, records_of, spf, text_of,
};
use netwhy_report::dns::{DnsExchange, rcode};
use netwhy_report::{Layer, Limit, LimitHit, Untrusted};

use super::all;
use super::asking::Asker;
use crate::caa::upwards;

/// Mail servers whose addresses are asked for.
const MAIL_SERVERS: usize = 10;

/// The questions about mail.
pub(super) async fn names(asker: &Asker<'_>, record: &CheckRecord) -> Vec<CheckProbe> {
    let (mail, spf, dmarc) = tokio::join!(
        mail_servers(asker, record),
        senders(asker, record),
        dmarc(asker, record)
    );
    mail.into_iter().chain(spf).chain(dmarc).collect()
}

async fn mail_servers(asker: &Asker<'_>, record: &CheckRecord) -> Vec<CheckProbe> {
    let Some(exchange) = asker.ask_about(record, &record.zone, "MX").await else {
        return Vec::new();
    };
    let reply = exchange.reply();
    let records = reply
        .iter()
        .flat_map(|reply| records_of(reply, &record.zone, "MX"));
    let targets: Vec<Untrusted> = records
        .filter_map(|record| {
            let (_, target) = record.data.raw_text()?.split_once(' ')?;
            // A lone dot says that the domain takes no mail (RFC 7505).
            (target != ".").then(|| Untrusted::from(target))
        })
        .take(MAIL_SERVERS)
        .collect();
    let questions = targets.iter().flat_map(|target| {
        ["A", "AAAA"].map(|record_type| asker.ask_about(record, target, record_type))
    });
    let told = all(questions).await.into_iter().flatten();
    let targets = told.map(|exchange| CheckProbe {
        probe: Probe::MailTarget,
        exchange,
    });
    let mail = CheckProbe {
        probe: Probe::Mail,
        exchange: exchange.clone(),
    };
    std::iter::once(mail).chain(targets).collect()
}

/// The SPF record, then each that it brings in, each once.
async fn senders(asker: &Asker<'_>, record: &CheckRecord) -> Vec<CheckProbe> {
    let mut probes = Vec::new();
    let mut waiting = VecDeque::from([record.zone.clone()]);
    let mut seen: Vec<String> = Vec::new();
    while let Some(name) = waiting.pop_front() {
        let canonical = spf::canonical(&name.escaped());
        if seen.contains(&canonical) {
            continue;
        }
        if seen.len() > asker.plan.budgets.spf_records {
            asker.run.hit(LimitHit {
                limit: Limit::SpfRecords,
                layer: Layer::Dns,
                value: format!("{} records", asker.plan.budgets.spf_records),
            });
            break;
        }
        seen.push(canonical);
        let Some(exchange) = asker.ask_about(record, &name, "TXT").await else {
            break;
        };
        waiting.extend(brought_in(&exchange));
        probes.push(CheckProbe {
            probe: Probe::Spf,
            exchange,
        });
    }
    probes
}

fn brought_in(exchange: &DnsExchange) -> Vec<Untrusted> {
    let records = exchange
        .reply()
        .iter()
        .flat_map(|reply| reply.answer.iter())
        .collect::<Vec<_>>();
    let texts = records
        .into_iter()
        .filter(|record| record.record_type == "TXT")
        .map(|record| text_of(&record.data).escaped());
    let terms: Vec<_> = texts
        .filter_map(|text| spf::terms(&text))
        .flatten()
        .collect();
    spf::effective(&terms)
        .filter_map(|term| term.brings_in())
        .map(|name| Untrusted::from(format!("{}.", name.trim_end_matches('.')).as_str()))
        .collect()
}

async fn dmarc(asker: &Asker<'_>, record: &CheckRecord) -> Option<CheckProbe> {
    let zone = record.zone.raw_text().filter(|zone| *zone != ".")?;
    let name = Untrusted::from(format!("_dmarc.{zone}").as_str());
    let exchange = asker.ask_about(record, &name, "TXT").await?;
    Some(CheckProbe {
        probe: Probe::Dmarc,
        exchange,
    })
}

/// The climb to the nearest CAA records ([RFC 8659 §3](https://www.rfc-editor.org/rfc/rfc8659#section-3)).
pub(super) async fn caa(asker: &Asker<'_>, record: &CheckRecord) -> Option<CaaRecord> {
    let name = record.inside.as_ref().unwrap_or(&record.zone);
    let mut climb = Vec::new();
    for name in upwards(name.raw_text()?) {
        let exchange = asker
            .ask_about(record, &Untrusted::from(name), "CAA")
            .await?;
        let reply = exchange.reply();
        let found =
            reply.is_some_and(|reply| reply.answer.iter().any(|one| one.record_type == "CAA"));
        let told =
            reply.is_some_and(|reply| matches!(reply.rcode, rcode::NOERROR | rcode::NXDOMAIN));
        climb.push(exchange);
        if found || !told {
            break;
        }
    }
    Some(CaaRecord {
        name: name.clone(),
        climb,
    })
}
