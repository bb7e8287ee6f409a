//! From the words of a comparison to its plan.

use netwhy_report::plan::{DnsComparePlan, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::{Plan, Untrusted};

use super::{Words, budgets, dns_options};
use crate::arguments::dns::CompareArguments;
use crate::failure::Failure;

/// The plan of a comparison.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Plan, Failure> {
    let words = Words::sort(&arguments.words, None)?;
    let (name, record_type) = words.one_question("a comparison")?;
    let subnets = match (arguments.no_subnets, arguments.subnet.as_slice()) {
        (true, _) => Vec::new(),
        (false, []) => DnsComparePlan::far_apart(),
        (false, given) => given.to_vec(),
    };
    Ok(Plan::DnsCompare(Box::new(DnsComparePlan {
        name: Untrusted::from(name.to_string().as_str()),
        record_type,
        servers: words.servers,
        samples: arguments.samples,
        subnets,
        trace: TraceOptions {
            root_hints: arguments.root_hints.clone(),
            port: arguments.trace_port,
            // It only has to find the servers.
            dnssec: false,
            ..TraceOptions::default()
        },
        dns: dns_options(&arguments.host),
        tcp: TcpOptions {
            source: arguments.host.source,
            ..TcpOptions::default()
        },
        tls: TlsOptions::default(),
        budgets: budgets(&arguments.host),
    })))
}
