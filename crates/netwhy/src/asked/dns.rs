//! From the arguments of `netwhy dns` to a plan.

mod bulk;
pub(crate) mod check;
pub(crate) mod compare;
mod query;
pub(crate) mod trace;
mod words;

use netwhy_diagnose::DomainName;
use netwhy_report::dns::{DnsServer, DnsTransport};
use netwhy_report::plan::{DnsLookupPlan, DnsOptions, Family, TcpOptions, TlsOptions};
use netwhy_report::{Budgets, Plan, Untrusted};

use crate::arguments::dns::{HostArguments, LookupArguments};
use crate::failure::Failure;

pub(crate) use bulk::bulk;
pub(crate) use words::Words;

/// The plan of a lookup, and whether dig's `+short` stood among the words.
pub(crate) fn lookup(arguments: &LookupArguments) -> Result<(Plan, bool), Failure> {
    let words = Words::sort(&arguments.words, arguments.reverse)?;
    let mut given = arguments.query.clone();
    let mut short = arguments.short;
    let mut search = arguments.search;
    for word in &words.dig_options {
        query::apply(word, &mut given, &mut short, &mut search)?;
    }
    let asked = words.subject()?;
    let (name, relative) = match asked {
        words::Subject::Address(address) => (DomainName::reverse(address), false),
        words::Subject::Name(text) => (parse_name(text)?, !text.ends_with('.')),
    };
    let types = match (words.types.is_empty(), asked) {
        (false, _) => words.types.clone(),
        (true, words::Subject::Address(_)) => vec!["PTR".to_owned()],
        (true, words::Subject::Name(_)) => vec!["A".to_owned(), "AAAA".to_owned()],
    };
    let plan = DnsLookupPlan {
        name: Untrusted::from(name.to_string().as_str()),
        relative,
        search,
        check_rewriting: arguments.check_rewriting,
        types,
        class: words.class.clone().unwrap_or_else(|| "IN".to_owned()),
        servers: servers(&words.servers, given.tcp, arguments.port),
        query: query::options(&given)?,
        dns: dns_options(&arguments.host),
        tcp: tcp_options(arguments),
        tls: TlsOptions {
            roots: arguments.roots.clone(),
            ..TlsOptions::default()
        },
        budgets: budgets(&arguments.host),
    };
    Ok((Plan::DnsLookup(Box::new(plan)), short))
}

/// A name as a person types it, absolute.
pub(crate) fn parse_name(text: &str) -> Result<DomainName, Failure> {
    DomainName::parse(text).map_err(|error| Failure::usage(error.to_string()))
}

/// The servers with the port and transport that options choose for plain ones.
fn servers(given: &[DnsServer], tcp: bool, port: Option<u16>) -> Vec<DnsServer> {
    let chosen = |server: &DnsServer| {
        let mut server = server.clone();
        let plain = matches!(server.transport, DnsTransport::Udp | DnsTransport::Tcp);
        if let (true, Some(port)) = (plain && server.port == 53, port) {
            server.port = port;
        }
        if tcp && server.transport == DnsTransport::Udp {
            server.transport = DnsTransport::Tcp;
        }
        server
    };
    given.iter().map(chosen).collect()
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

/// From which address and family to ask.
fn tcp_options(arguments: &LookupArguments) -> TcpOptions {
    TcpOptions {
        source: arguments.host.source,
        family: family(arguments.ipv4, arguments.ipv6),
        ..TcpOptions::default()
    }
}

/// The family that `-4` or `-6` leaves.
fn family(ipv4: bool, ipv6: bool) -> Option<Family> {
    match (ipv4, ipv6) {
        (true, _) => Some(Family::Ipv4),
        (_, true) => Some(Family::Ipv6),
        _ => None,
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
