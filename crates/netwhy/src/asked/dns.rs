//! From the arguments of `netwhy dns` to a plan.

pub(crate) mod compare;

use std::net::IpAddr;

use netwhy_report::dns::DnsServer;
use netwhy_report::plan::{
    DnsLookupPlan, DnsOptions, DnsQueryOptions, DnsTracePlan, Family, TcpOptions, TlsOptions,
    TraceOptions,
};
use netwhy_report::untrusted::escape;
use netwhy_report::{Budgets, Plan, Untrusted};

use crate::arguments::dns::{HostArguments, LookupArguments, TraceArguments};
use crate::failure::Failure;

/// The plan of a lookup.
pub(crate) fn lookup(arguments: &LookupArguments) -> Result<Plan, Failure> {
    let words = Words::sort(&arguments.words)?;
    let name = words.name.ok_or_else(|| {
        Failure::usage(
            "no name is given; expected one such as example.com, then types and @servers",
        )
    })?;
    let types = match words.types.is_empty() {
        true => vec!["A".to_owned(), "AAAA".to_owned()],
        false => words.types,
    };
    Ok(Plan::DnsLookup(Box::new(DnsLookupPlan {
        name: Untrusted::from(absolute(name).as_str()),
        types,
        class: "IN".to_owned(),
        servers: words.servers,
        query: DnsQueryOptions::default(),
        dns: dns_options(&arguments.host),
        tcp: TcpOptions {
            source: arguments.host.source,
            ..TcpOptions::default()
        },
        tls: TlsOptions::default(),
        budgets: budgets(&arguments.host),
    })))
}

/// The plan of a trace.
pub(crate) fn trace(arguments: &TraceArguments) -> Result<Plan, Failure> {
    let words = Words::sort(&arguments.words)?;
    let name = words.name.ok_or_else(|| {
        Failure::usage("no name is given; expected one such as example.com, then a type")
    })?;
    if let Some(server) = words.servers.first() {
        return Err(Failure::usage(format!(
            "a trace asks no resolver, so \"@{}\" has no place in it; expected --root-hints FILE to begin elsewhere",
            escape(&server.display())
        )));
    }
    let record_type = match words.types.as_slice() {
        [] => "A",
        [one] => one,
        [_, second, ..] => {
            return Err(Failure::usage(format!(
                "\"{}\" is one type too many; a trace asks for one",
                escape(second)
            )));
        }
    };
    let mut budgets = Budgets::for_trace();
    budgets.deadline = arguments.deadline.unwrap_or(budgets.deadline);
    budgets.dns_timeout = arguments.dns_timeout.unwrap_or(budgets.dns_timeout);
    budgets.dns_tries = arguments.tries.unwrap_or(budgets.dns_tries);
    Ok(Plan::DnsTrace(Box::new(DnsTracePlan {
        name: Untrusted::from(absolute(name).as_str()),
        record_type: record_type.to_owned(),
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

/// How this host is set up to ask.
pub(crate) fn dns_options(host: &HostArguments) -> DnsOptions {
    DnsOptions {
        servers: Vec::new(),
        port: host.dns_port,
        resolv_conf: host.resolv_conf.clone(),
        hosts: host.hosts_file.clone(),
        nsswitch: host.nsswitch.clone(),
    }
}

/// The limits of a run about names.
pub(crate) fn budgets(host: &HostArguments) -> Budgets {
    let mut budgets = Budgets::default();
    budgets.deadline = host.deadline.unwrap_or(budgets.deadline);
    budgets.dns_timeout = host.dns_timeout.unwrap_or(budgets.dns_timeout);
    budgets.dns_tries = host.tries.unwrap_or(budgets.dns_tries);
    budgets
}

/// The words of a lookup by what they are.
#[derive(Debug, Default)]
pub(crate) struct Words<'given> {
    pub(crate) name: Option<&'given str>,
    pub(crate) types: Vec<String>,
    pub(crate) servers: Vec<DnsServer>,
}

impl<'given> Words<'given> {
    /// The first word that is neither a server nor a type is the name.
    pub(crate) fn sort(words: &'given [String]) -> Result<Self, Failure> {
        let mut sorted = Self::default();
        for word in words {
            if let Some(server) = word.strip_prefix('@') {
                let server = server.parse().map_err(
                    |error: netwhy_report::dns::server::DnsServerError| {
                        Failure::usage(error.to_string())
                    },
                )?;
                sorted.servers.push(server);
            } else if sorted.name.is_some() || is_type(word) {
                sorted.types.push(word.to_ascii_uppercase());
            } else {
                sorted.name = Some(word);
            }
        }
        Ok(sorted)
    }
}

fn is_type(word: &str) -> bool {
    netwhy_dns_types().contains(&word.to_ascii_uppercase().as_str())
}

fn netwhy_dns_types() -> &'static [&'static str] {
    &[
        "A", "AAAA", "CNAME", "MX", "TXT", "NS", "SOA", "PTR", "SRV", "CAA",
    ]
}

fn absolute(name: &str) -> String {
    match name.parse::<IpAddr>() {
        Ok(_) => escape(name).into_owned(),
        Err(_) => format!("{}.", name.trim_end_matches('.')),
    }
}
