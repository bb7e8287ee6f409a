//! The classic commands, filled in with this run's host, port, address and trust file, ready to paste.

use std::net::SocketAddr;

use netwhy_report::{Endpoint, Report};

use crate::shell::quote;

/// `openssl s_client` towards this endpoint; `options` follow the fixed part.
pub(crate) fn s_client(report: &Report, endpoint: &Endpoint<'_>, options: &str) -> String {
    let name = if endpoint.host.parse::<std::net::IpAddr>().is_err() {
        format!(" -servername {}", quote(endpoint.host))
    } else {
        String::new()
    };
    connected(report, endpoint, &name, options)
}

/// The same without SNI.
pub(crate) fn s_client_without_name(report: &Report, endpoint: &Endpoint<'_>) -> String {
    connected(report, endpoint, " -noservername", "")
}

fn connected(report: &Report, endpoint: &Endpoint<'_>, name: &str, options: &str) -> String {
    let connect =
        pinned(report, endpoint).map_or_else(|| endpoint.authority(), |peer| peer.to_string());
    let mut command = format!("openssl s_client -connect {}{name}", quote(&connect));
    if let Some(roots) = &report.plan.tls().roots {
        command.push_str(&format!(" -CAfile {}", quote(&roots.to_string_lossy())));
    }
    if !options.is_empty() {
        command.push_str(&format!(" {options}"));
    }
    command + " </dev/null"
}

/// Every certificate as sent, in words, of which the lines that match `pattern` (and those after them) are shown.
pub(crate) fn chain_text(report: &Report, endpoint: &Endpoint<'_>, pattern: &str) -> String {
    format!(
        "{} 2>/dev/null | openssl crl2pkcs7 -nocrl -certfile /dev/stdin | openssl pkcs7 -print_certs -noout -text | grep -A 1 -E {}",
        s_client(report, endpoint, "-showcerts"),
        quote(pattern)
    )
}

/// `s_client`, its first certificate handed to `openssl x509` with these options.
pub(crate) fn x509(report: &Report, endpoint: &Endpoint<'_>, options: &str) -> String {
    format!(
        "{} 2>/dev/null | openssl x509 -noout {options}",
        s_client(report, endpoint, "")
    )
}

/// `curl` for this endpoint's URL; `options` come before the URL.
pub(crate) fn curl(report: &Report, endpoint: &Endpoint<'_>, options: &str) -> String {
    let mut command = format!("curl {options}");
    if let Some(peer) = pinned(report, endpoint) {
        let ip = match peer {
            SocketAddr::V4(peer) => peer.ip().to_string(),
            SocketAddr::V6(peer) => format!("[{}]", peer.ip()),
        };
        command.push_str(&format!(
            " --connect-to {}",
            quote(&format!("::{ip}:{}", peer.port()))
        ));
    }
    if let (true, Some(roots)) = (endpoint.secure, &report.plan.tls().roots) {
        command.push_str(&format!(" --cacert {}", quote(&roots.to_string_lossy())));
    }
    command + " " + &quote(&url(report, endpoint))
}

/// Options of `curl` that print every phase of the exchange.
pub(crate) const CURL_TIMES: &str = "-sv -o /dev/null -w 'dns %{time_namelookup} tcp %{time_connect} tls %{time_appconnect} first byte %{time_starttransfer} total %{time_total}\\n'";

/// The URL of this endpoint, escaped.
pub(crate) fn url(report: &Report, endpoint: &Endpoint<'_>) -> String {
    let record = report
        .layers
        .http
        .as_ref()
        .and_then(|section| section.record());
    match record.and_then(|record| record.hops.get(endpoint.hop)) {
        Some(hop) => hop.url.escaped(),
        None if endpoint.secure => format!("https://{}/", endpoint.authority()),
        None => format!("http://{}/", endpoint.authority()),
    }
}

/// The address used, where the plan bypassed this host's own resolution: other tools would go elsewhere.
fn pinned(report: &Report, endpoint: &Endpoint<'_>) -> Option<SocketAddr> {
    let plan = &report.plan;
    if plan.tcp().addresses.is_empty() && plan.dns().servers.is_empty() {
        return None;
    }
    let tls = endpoint.tls.map(|tls| tls.peer);
    tls.or_else(|| Some(endpoint.tcp?.winner()?.peer))
        .or_else(|| endpoint.http?.peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_address_and_given_roots_reach_the_commands() {
        let mut report = crate::specimen::healthy();
        let plan = crate::specimen::plan(&mut report);
        plan.tcp.addresses = vec!["203.0.113.9".parse().unwrap()];
        plan.tls.roots = Some("my roots.pem".into());
        let endpoint = report.endpoints()[0];
        let peer = endpoint.tls.unwrap().peer;
        let command = s_client(&report, &endpoint, "-showcerts");
        assert!(
            command.contains(&format!("-connect {peer} -servername shop.example.test")),
            "{command}"
        );
        assert!(
            command.ends_with("-CAfile 'my roots.pem' -showcerts </dev/null"),
            "{command}"
        );
        assert!(curl(&report, &endpoint, "-sv").contains("--cacert 'my roots.pem' https://"));
    }

    #[test]
    fn a_default_plan_lets_the_tools_resolve_for_themselves() {
        let report = crate::specimen::healthy();
        let endpoint = report.endpoints()[0];
        assert!(s_client(&report, &endpoint, "").contains("-connect shop.example.test:443"));
        assert!(!curl(&report, &endpoint, "-sv").contains("--connect-to"));
    }
}
