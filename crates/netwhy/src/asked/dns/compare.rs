//! From the words of a comparison to its plan.

use netwhy_report::dns::DnsServer;
use netwhy_report::dns::server::PRESETS;
use netwhy_report::plan::{DnsComparePlan, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::untrusted::escape;
use netwhy_report::{Plan, Untrusted};

use super::{Words, absolute, budgets, dns_options};
use crate::arguments::dns::CompareArguments;
use crate::failure::Failure;

/// The plan of a comparison.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Plan, Failure> {
    let words = Words::sort(&arguments.words)?;
    let name = words.name.ok_or_else(|| {
        Failure::usage(
            "no name is given; expected one such as www.example.com, then a type and @servers",
        )
    })?;
    let record_type = match words.types.as_slice() {
        [] => "A".to_owned(),
        [one] => one.clone(),
        [_, second, ..] => {
            return Err(Failure::usage(format!(
                "\"{}\" is one type too many; a comparison asks for one",
                escape(second)
            )));
        }
    };
    let subnets = match (arguments.no_subnets, arguments.subnet.as_slice()) {
        (true, _) => Vec::new(),
        (false, []) => DnsComparePlan::far_apart(),
        (false, given) => given.to_vec(),
    };
    Ok(Plan::DnsCompare(Box::new(DnsComparePlan {
        name: Untrusted::from(absolute(name).as_str()),
        record_type,
        servers: words.servers.into_iter().flat_map(named).collect(),
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

/// A public resolver's name stands for its addresses.
fn named(server: DnsServer) -> Vec<DnsServer> {
    let preset = PRESETS
        .iter()
        .find(|(name, _)| server.address.is_none() && server.host.as_deref() == Some(*name));
    let Some((_, addresses)) = preset else {
        return vec![server];
    };
    addresses
        .iter()
        .filter_map(|address| {
            Some(DnsServer {
                host: None,
                address: Some(address.parse().ok()?),
                ..server.clone()
            })
        })
        .collect()
}
