//! The one value that crosses the house: what happened in a run.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::ClientRecord;
use crate::dns::check::{CaaRecord, CheckRecord};
use crate::dns::{
    BulkRecord, CompareRecord, DnsExchange, DnsRecord, LookupRecord, RewritingRecord, TraceRecord,
};
use crate::http::HttpRecord;
use crate::tcp::TcpRecord;
use crate::tls::TlsRecord;
use crate::{Endpoint, LimitHit, Plan, Section, Target};

/// Everything that a run measured. Sections are absent where the plan did not ask for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// What was asked, credentials redacted.
    pub plan: Plan,
    /// The wall clock at offset 0.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// The whole run, in nanoseconds.
    #[serde(with = "crate::nanos", rename = "elapsed_ns")]
    #[schemars(with = "u64")]
    pub elapsed: std::time::Duration,
    /// `false` if the run was interrupted or its deadline passed: then steps are skipped for that reason.
    pub complete: bool,
    /// Limits that were reached.
    pub limits_hit: Vec<LimitHit>,
    /// One record per layer.
    pub layers: Layers,
}

/// The records of a run, by layer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Layers {
    /// The observer.
    pub client: Option<ClientRecord>,
    /// Resolution of the target's name.
    pub dns: Option<Section<DnsRecord>>,
    /// Records asked of chosen servers.
    pub dns_lookup: Option<LookupRecord>,
    /// The walk from the root to the name asked for, or to the target's where its resolvers fail.
    pub dns_trace: Option<Section<TraceRecord>>,
    /// What resolvers and authorities say about the name asked for, or about the target's where its addresses fail.
    pub dns_compare: Option<Vec<CompareRecord>>,
    /// The sum of many questions; their results went by as events.
    pub dns_bulk: Option<BulkRecord>,
    /// Whether somebody rewrites answers about names that do not exist, where that was looked into.
    pub dns_rewriting: Option<RewritingRecord>,
    /// A zone's delegation and servers.
    pub dns_check: Option<Section<CheckRecord>>,
    /// The CAA records that bind the issuer of the target's certificate.
    pub dns_caa: Option<CaaRecord>,
    /// Connections to the target's addresses.
    pub tcp: Option<Section<TcpRecord>>,
    /// The handshake with the target.
    pub tls: Option<Section<TlsRecord>>,
    /// The exchange with the target, and its redirects.
    pub http: Option<Section<HttpRecord>>,
}

impl Layers {
    /// Every exchange with a DNS server besides the resolution of a target.
    pub fn dns_exchanges(&self) -> impl Iterator<Item = &DnsExchange> {
        let looked_up = self.dns_lookup.iter().flat_map(|record| &record.exchanges);
        let trace = self.dns_trace.as_ref().and_then(Section::record);
        let walked = trace.into_iter().flat_map(|record| &record.steps);
        let walked = walked.flat_map(|step| step.exchanges.iter().map(|asked| &asked.exchange));
        let compared = self.dns_compare.iter().flatten();
        let check = self.dns_check.as_ref().and_then(Section::record);
        looked_up
            .chain(walked)
            .chain(compared.flat_map(CompareRecord::exchanges))
            .chain(check.into_iter().flat_map(CheckRecord::exchanges))
    }
}

impl Report {
    /// The target of a diagnosis.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        self.plan.target()
    }

    /// The longest that this host held up the run: so much of any wait may be our own. Zero where it was not measured.
    #[must_use]
    pub fn own_delay(&self) -> std::time::Duration {
        let client = self.layers.client.as_ref();
        let lag = client.and_then(|client| client.event_loop.as_ref());
        lag.map(|lag| lag.max).unwrap_or_default()
    }

    /// The target of a diagnosis first, then every host that it redirected to, each with the records of its layers.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Endpoint<'_>> {
        Endpoint::all(self)
    }
}
