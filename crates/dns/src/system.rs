//! What the system's own lookup path would have given: hosts file, lookup order, search list.

use std::net::IpAddr;
use std::time::Duration;

use netwhy_report::client::{HostsFile, ResolvConf};
use netwhy_report::dns::SystemPath;

/// The names that the system tries over DNS, in order (resolv.conf(5), `ndots`), without trailing dots.
#[must_use]
pub fn search_candidates(name: &str, search: &[String], ndots: u32) -> Vec<String> {
    if let Some(absolute) = name.strip_suffix('.') {
        return vec![absolute.to_owned()];
    }
    let expanded = search
        .iter()
        .map(|domain| domain.trim_matches('.'))
        .filter(|domain| !domain.is_empty())
        .map(|domain| format!("{name}.{domain}"));
    let dots = u32::try_from(name.matches('.').count()).unwrap_or(u32::MAX);
    let itself = std::iter::once(name.to_owned());
    if dots >= ndots {
        itself.chain(expanded).collect()
    } else {
        expanded.chain(itself).collect()
    }
}

/// Replays the system's path from its configuration and from what DNS answered in this run.
#[must_use]
pub fn system_path(
    name: &str,
    resolv: Option<&ResolvConf>,
    hosts: &HostsFile,
    order: &[String],
    dns_addresses: &[IpAddr],
) -> SystemPath {
    let (search, ndots) = resolv.map_or((&[][..], 1), |resolv| (&resolv.search[..], resolv.ndots));
    let winner = order.iter().find(|source| match source.as_str() {
        "files" => !hosts.entries.is_empty(),
        "dns" | "resolve" => !dns_addresses.is_empty(),
        _ => false,
    });
    let addresses = match winner.map(String::as_str) {
        Some("files") => hosts.entries.iter().map(|entry| entry.address).collect(),
        Some(_) => dns_addresses.to_vec(),
        None => Vec::new(),
    };
    SystemPath {
        candidates: search_candidates(name, search, ndots),
        winner: winner.cloned(),
        addresses,
        wait_per_dead_server: Duration::from_secs(
            resolv.map_or(5, |resolv| u64::from(resolv.timeout_seconds)),
        ),
    }
}
