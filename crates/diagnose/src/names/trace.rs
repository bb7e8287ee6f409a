//! `netwhy dns trace NAME`: the walk from the root, and where it begins.

use std::path::Path;

use netwhy_dns::dnssec::TrustAnchors;
use netwhy_dns::query::question;
use netwhy_dns::trace::{RootHints, Stopped, TraceLimits, TraceSettings, trace as walk};
use netwhy_dns::{ExchangeOptions, Query};
use netwhy_report::dns::TraceRecord;
use netwhy_report::dns::trace::{TraceEnd, WithoutAddress};
use netwhy_report::plan::{
    DnsQueryOptions, DnsTracePlan, EdnsRequest, TcpOptions, TlsOptions, TraceOptions,
};
use netwhy_report::report::Layers;
use netwhy_report::{Budgets, Layer, Limit, LimitHit, Section};

use crate::run::Run;
use crate::{DiagnoseError, Event};

/// Where walks begin and whose keys are believed, read once before anything is sent.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    hints: RootHints,
    anchors: Option<TrustAnchors>,
}

impl Start {
    /// Reads the files that the options name.
    ///
    /// # Errors
    /// [`DiagnoseError::RootHints`] and [`DiagnoseError::TrustAnchor`] where one cannot be used.
    pub(crate) fn read(options: &TraceOptions) -> Result<Self, DiagnoseError> {
        let hints = match &options.root_hints {
            None => RootHints::built_in(),
            Some(path) => text(path)
                .and_then(|text| RootHints::parse(&text).map_err(|error| error.to_string()))
                .map_err(|reason| DiagnoseError::RootHints {
                    path: path.clone(),
                    reason,
                })?,
        };
        let anchors = match &options.trust_anchor {
            // The root's keys say nothing about another root.
            None => options.root_hints.is_none().then(TrustAnchors::root),
            Some(path) => text(path)
                .and_then(|text| TrustAnchors::parse(&text).map_err(|error| error.to_string()))
                .map(Some)
                .map_err(|reason| DiagnoseError::TrustAnchor {
                    path: path.clone(),
                    reason,
                })?,
        };
        Ok(Self { hints, anchors })
    }
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

/// Walks as the plan says.
pub(crate) async fn trace(plan: &DnsTracePlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let name = plan.name.escaped();
    let query = question(&name, &plan.record_type, "IN")?;
    let start = Start::read(&plan.trace)?;
    run.observer.event(&Event::Began {
        layer: Layer::Dns,
        host: &name,
    });
    let record = Walk {
        start: &start,
        options: &plan.trace,
        tcp: &plan.tcp,
        tls: &plan.tls,
        budgets: &plan.budgets,
    }
    .to(&query, run, Box::pin(run.stop.stopped()))
    .await;
    run.observer.event(&Event::Ended { layer: Layer::Dns });
    Ok(Layers {
        dns_trace: Some(Section::Measured { record }),
        ..Layers::default()
    })
}

/// A walk, as a plan asks for it.
pub(crate) struct Walk<'plan> {
    pub(crate) start: &'plan Start,
    pub(crate) options: &'plan TraceOptions,
    pub(crate) tcp: &'plan TcpOptions,
    pub(crate) tls: &'plan TlsOptions,
    pub(crate) budgets: &'plan Budgets,
}

impl Walk<'_> {
    /// Walks from the root, and notes the limits that it reaches.
    pub(crate) async fn to(
        &self,
        query: &Query,
        run: &Run<'_>,
        stopped: Stopped<'_>,
    ) -> TraceRecord {
        let budgets = self.budgets;
        let settings = TraceSettings {
            hints: self.start.hints.clone(),
            // Without an anchor there is nothing to prove.
            dnssec: self.options.dnssec && self.start.anchors.is_some(),
            anchors: self.start.anchors.clone(),
            now: self.tls.at.unwrap_or(run.started_at),
            port: self.options.port,
            minimise: self.options.minimise,
            family: self.tcp.family,
            exchange: ExchangeOptions {
                timeout: budgets.dns_timeout,
                tries: budgets.dns_tries,
                source: self.tcp.source,
                query: DnsQueryOptions {
                    edns: Some(EdnsRequest::default()),
                    ..DnsQueryOptions::default()
                },
                plain_after_rejection: true,
            },
            limits: TraceLimits {
                queries: budgets.trace_queries,
                delegations: budgets.delegations,
                glueless: budgets.glueless,
                aliases: budgets.cname_links,
            },
        };
        let record = walk(query, &settings, &run.timeline, stopped).await;
        for (limit, value) in limits(&record, &settings.limits) {
            let layer = Layer::Dns;
            run.hit(LimitHit {
                limit,
                layer,
                value,
            });
        }
        record
    }
}

fn limits(record: &TraceRecord, limits: &TraceLimits) -> Vec<(Limit, String)> {
    let mut hit = Vec::new();
    match record.end {
        TraceEnd::AliasesTooMany { limit } => {
            hit.push((Limit::CnameLinks, format!("{limit} links")));
        }
        TraceEnd::TooDeep { limit } => hit.push((Limit::Delegations, format!("{limit} cuts"))),
        _ => {}
    }
    if record.queries >= limits.queries {
        hit.push((Limit::TraceQueries, format!("{} queries", limits.queries)));
    }
    let mut servers = record.steps.iter().flat_map(|step| &step.servers);
    if servers.any(|server| server.without == Some(WithoutAddress::LimitReached)) {
        hit.push((Limit::Glueless, format!("{} look-ups", limits.glueless)));
    }
    hit
}
