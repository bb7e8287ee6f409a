//! From arguments to a plan: every value is checked here, before anything is sent.

pub(crate) mod dns;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use netwhy_report::plan::{DnsOptions, Family, HttpOptions, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::target::Secret;
use netwhy_report::untrusted::escape;
use netwhy_report::{Budgets, DiagnosePlan, Plan, Target};

use crate::arguments::DiagnoseArguments;
use crate::failure::Failure;

/// The plan that these arguments ask for.
pub(crate) fn plan(arguments: &DiagnoseArguments) -> Result<Plan, Failure> {
    let given = arguments.target.as_deref().unwrap_or_default();
    refuse_file(given)?;
    let target = Target::parse(given).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Plan::Diagnose(Box::new(DiagnosePlan {
        target,
        dns: DnsOptions {
            servers: arguments
                .resolver
                .iter()
                .map(|text| resolver(text))
                .collect::<Result<_, _>>()?,
            port: arguments.dns_port,
            resolv_conf: arguments.resolv_conf.clone(),
            hosts: arguments.hosts_file.clone(),
            nsswitch: arguments.nsswitch.clone(),
        },
        tcp: TcpOptions {
            addresses: arguments.address.clone(),
            family: match (arguments.ipv4, arguments.ipv6) {
                (true, _) => Some(Family::Ipv4),
                (_, true) => Some(Family::Ipv6),
                _ => None,
            },
            source: arguments.source,
        },
        tls: TlsOptions {
            roots: arguments.roots.clone(),
            at: arguments.time,
            fetch_intermediates: !arguments.no_fetch,
            fetch_allowed: arguments.fetch_allow.clone(),
        },
        http: HttpOptions {
            method: method(&arguments.method)?,
            headers: arguments
                .header
                .iter()
                .map(|text| header(text))
                .collect::<Result<_, _>>()?,
            follow: !arguments.no_follow,
            http2: !arguments.http1_1,
            slow: std::time::Duration::from_millis(arguments.slow),
        },
        trace: (!arguments.no_trace).then(|| TraceOptions {
            root_hints: arguments.root_hints.clone(),
            trust_anchor: arguments.trust_anchor.clone(),
            port: arguments.trace_port,
            ..TraceOptions::minimised()
        }),
        budgets: budgets(arguments),
    })))
}

fn budgets(arguments: &DiagnoseArguments) -> Budgets {
    let mut budgets = Budgets::default();
    let limits = [
        (&mut budgets.deadline, arguments.deadline),
        (&mut budgets.dns_timeout, arguments.dns_timeout),
        (&mut budgets.connect_timeout, arguments.connect_timeout),
        (&mut budgets.handshake_timeout, arguments.handshake_timeout),
        (&mut budgets.response_timeout, arguments.response_timeout),
    ];
    for (limit, given) in limits {
        *limit = given.unwrap_or(*limit);
    }
    budgets.redirects = arguments.max_redirects.unwrap_or(budgets.redirects);
    budgets
}

/// File endings that no top-level domain has, so that `cert.pem` is not looked up in DNS.
const FILE_ENDINGS: [&str; 8] = ["pem", "crt", "cer", "der", "key", "json", "conf", "txt"];

fn refuse_file(given: &str) -> Result<(), Failure> {
    let ending = Path::new(given)
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    if !given.contains("://") && FILE_ENDINGS.contains(&ending) && Path::new(given).is_file() {
        let line = format!(
            "\"{}\" is a file; expected a URL, host, host:port or address",
            escape(given)
        );
        return Err(Failure::usage(line));
    }
    Ok(())
}

fn resolver(text: &str) -> Result<SocketAddr, Failure> {
    let bare = text.strip_prefix('@').unwrap_or(text);
    let unbracketed = bare
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(bare);
    let address = unbracketed
        .parse::<IpAddr>()
        .map(|address| SocketAddr::new(address, 53));
    match address.or_else(|_| bare.parse::<SocketAddr>()) {
        Ok(server) if server.port() != 0 => Ok(server),
        _ => Err(Failure::usage(format!(
            "\"{}\" is not a DNS server; expected an address with an optional port, such as 192.0.2.53 or [2001:db8::53]:5353",
            escape(text)
        ))),
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn method(text: &str) -> Result<String, Failure> {
    if is_token(text) {
        return Ok(text.to_owned());
    }
    Err(Failure::usage(format!(
        "\"{}\" is not an HTTP method; expected a token such as GET or HEAD",
        escape(text)
    )))
}

fn header(text: &str) -> Result<(String, Secret), Failure> {
    // The value may be a secret: the message shows the name at most.
    let refused = |given: &str| {
        Failure::usage(format!(
            "\"{}\" is not a header field; expected \"Name: value\"",
            escape(given)
        ))
    };
    let (name, value) = text.split_once(':').ok_or_else(|| refused("…"))?;
    let sound = value.chars().all(|c| c == '\t' || !c.is_control());
    if !is_token(name) || !sound {
        return Err(refused(&format!("{name}: …")));
    }
    Ok((name.to_ascii_lowercase(), Secret::new(value.trim())))
}
