//! From the arguments of `netwhy dns check` to a plan.

use std::net::IpAddr;

use netwhy_report::plan::{DnsCheckPlan, Family, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::untrusted::escape;
use netwhy_report::{Budgets, Plan, Untrusted};

use super::{dns_options, parse_name};
use crate::arguments::dns::CheckArguments;
use crate::failure::Failure;

/// The plan of a zone check.
pub(crate) fn check(arguments: &CheckArguments) -> Result<Plan, Failure> {
    let host = &arguments.host;
    let mut budgets = Budgets::for_check();
    budgets.deadline = host.deadline.unwrap_or(budgets.deadline);
    budgets.dns_timeout = host.dns_timeout.unwrap_or(budgets.dns_timeout);
    budgets.dns_tries = host.tries.unwrap_or(budgets.dns_tries);
    let name = arguments.name.as_deref().map(named).transpose()?;
    Ok(Plan::DnsCheck(Box::new(DnsCheckPlan {
        zone: named(&arguments.zone)?,
        name,
        samples: arguments.samples,
        trace: TraceOptions {
            root_hints: arguments.root_hints.clone(),
            trust_anchor: arguments.trust_anchor.clone(),
            port: arguments.trace_port,
            dnssec: !arguments.no_dnssec,
            // The root need not see more than the top of the name; the parent sees the zone's own.
            minimise: true,
        },
        dns: dns_options(host),
        tcp: TcpOptions {
            source: host.source,
            family: match (arguments.ipv4, arguments.ipv6) {
                (true, _) => Some(Family::Ipv4),
                (_, true) => Some(Family::Ipv6),
                _ => None,
            },
            ..TcpOptions::default()
        },
        tls: TlsOptions {
            at: arguments.time,
            ..TlsOptions::default()
        },
        budgets,
    })))
}

fn named(given: &str) -> Result<Untrusted, Failure> {
    if given.parse::<IpAddr>().is_ok() || given.contains("://") || given.starts_with('@') {
        return Err(Failure::usage(format!(
            "\"{}\" is not a zone; expected a name such as example.com",
            escape(given)
        )));
    }
    Ok(Untrusted::from(parse_name(given)?.to_string().as_str()))
}
