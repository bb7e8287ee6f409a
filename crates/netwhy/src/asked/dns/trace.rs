//! From the words of a trace to its plan.

use netwhy_report::plan::{DnsOptions, DnsTracePlan, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::untrusted::escape;
use netwhy_report::{Budgets, Plan, Untrusted};

use super::{Words, family};
use crate::arguments::dns::TraceArguments;
use crate::failure::Failure;

/// The plan of a trace.
pub(crate) fn trace(arguments: &TraceArguments) -> Result<Plan, Failure> {
    let words = Words::sort(&arguments.words, None)?;
    let (name, record_type) = words.one_question("a trace")?;
    if let Some(server) = words.servers.first() {
        return Err(Failure::usage(format!(
            "a trace asks no resolver, so \"@{}\" has no place in it; expected --root-hints FILE to begin elsewhere",
            escape(&server.display())
        )));
    }
    let mut budgets = Budgets::for_trace();
    budgets.deadline = arguments.deadline.unwrap_or(budgets.deadline);
    budgets.dns_timeout = arguments.dns_timeout.unwrap_or(budgets.dns_timeout);
    budgets.dns_tries = arguments.tries.unwrap_or(budgets.dns_tries);
    Ok(Plan::DnsTrace(Box::new(DnsTracePlan {
        name: Untrusted::from(name.to_string().as_str()),
        record_type,
        trace: TraceOptions {
            root_hints: arguments.root_hints.clone(),
            trust_anchor: arguments.trust_anchor.clone(),
            port: arguments.port,
            dnssec: !arguments.no_dnssec,
            minimise: arguments.minimise,
        },
        dns: DnsOptions::default(),
        tcp: TcpOptions {
            source: arguments.source,
            family: family(arguments.ipv4, arguments.ipv6),
            ..TcpOptions::default()
        },
        tls: TlsOptions {
            at: arguments.time,
            ..TlsOptions::default()
        },
        budgets,
    })))
}
