//! Whether DNS sent a diagnosis to the wrong place: where an address fails, or a name is said to be missing, the resolvers'
//! answer is held against the authorities'.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use netwhy_report::dns::DnsRecord;
use netwhy_report::dns::compare::{CompareRecord, CompareRole, ProbePurpose};
use netwhy_report::plan::{DnsComparePlan, TraceOptions};
use netwhy_report::tcp::TcpRecord;
use netwhy_report::{Budgets, Failure, Section};

use crate::names::compare::{Place, Settings, side_by_side};
use crate::names::trace::Walk;
use crate::walk::Session;

/// How long the comparison may take: an answer from an authority comes within a second, and a TTL is watched for two.
const PATIENCE: Duration = Duration::from_secs(8);
/// The port of authorities, where the walk to them is switched off.
const DNS_PORT: u16 = 53;
/// Samples per server; a pool shows itself by then, more often than not.
const SAMPLES: u32 = 3;

/// Compares what failed; nothing where nothing did, or where no authority can be reached.
pub(crate) async fn compare(
    session: &Session<'_>,
    dns: &Section<DnsRecord>,
    tcp: &Section<TcpRecord>,
) -> Option<Vec<CompareRecord>> {
    let record = dns.record().filter(|record| !record.from_hosts())?;
    let types = doubtful(record, tcp.record());
    let resolvers: Vec<Place> = session
        .servers()
        .iter()
        .map(|server| Place::plain(CompareRole::System, *server))
        .collect();
    if types.is_empty() || resolvers.is_empty() {
        return None;
    }
    let budgets = Budgets::for_trace();
    let trace = session.plan.trace.as_ref();
    let options = trace.map(|options| TraceOptions {
        dnssec: false,
        ..options.clone()
    });
    let settings = |record_type: &&str| Settings {
        name: format!("{}.", record.name.trim_end_matches('.')),
        record_type: (*record_type).to_owned(),
        samples: SAMPLES,
        subnets: DnsComparePlan::far_apart(),
        port: trace.map_or(DNS_PORT, |trace| trace.port),
        tcp: session.plan.tcp.clone(),
        walk: session
            .retrace
            .as_ref()
            .zip(options.as_ref())
            .map(|(start, options)| Walk {
                start,
                options,
                tcp: &session.plan.tcp,
                tls: &session.plan.tls,
                budgets: &budgets,
            }),
    };
    let settings: Vec<Settings<'_>> = types.iter().map(settings).collect();
    let asked = settings
        .iter()
        .map(|settings| side_by_side(settings, &resolvers, session.run));
    let ended = tokio::time::timeout(PATIENCE, join_all(asked)).await;
    let mut records = ended.ok()?;
    if !records.iter().any(CompareRecord::has_authority) {
        return None;
    }
    records
        .iter_mut()
        .filter(|record| !record.repeated)
        .for_each(shorten);
    Some(records)
}

/// Where all agree, one answer of each server and its serial are evidence enough.
fn shorten(record: &mut CompareRecord) {
    record.discovery.clear();
    let authorities = record
        .links
        .iter_mut()
        .flat_map(|link| &mut link.authorities);
    for server in record.resolvers.iter_mut().chain(authorities) {
        let mut kept: Vec<ProbePurpose> = Vec::new();
        server.probes.retain(|probe| {
            let first = !kept.contains(&probe.purpose);
            kept.push(probe.purpose.clone());
            first && matches!(probe.purpose, ProbePurpose::Sample | ProbePurpose::Serial)
        });
    }
}

/// The record types whose answers led nowhere.
fn doubtful(dns: &DnsRecord, tcp: Option<&TcpRecord>) -> Vec<&'static str> {
    let answered = dns.answers().next().is_some();
    if answered && dns.resolution.failure() == Some(&Failure::NoAddress) {
        return vec!["A"];
    }
    let failed = |family: fn(&IpAddr) -> bool| {
        let attempts = tcp.into_iter().flat_map(TcpRecord::failed);
        attempts
            .map(|attempt| attempt.peer.ip())
            .any(|address| family(&address))
    };
    let types = [
        ("A", failed(IpAddr::is_ipv4)),
        ("AAAA", failed(IpAddr::is_ipv6)),
    ];
    let led_nowhere = types.into_iter().filter(|(_, failed)| *failed);
    led_nowhere.map(|(record_type, _)| record_type).collect()
}
