//! What the system's own resolver would do with its configuration: which names it tries, which source wins, and how
//! long one dead server holds it up.

use std::net::IpAddr;
use std::time::Duration;

use netwhy_report::client::{HostsFile, ResolvConf};
use netwhy_report::dns::SystemPath;

/// glibc's default wait per server, in seconds.
const DEFAULT_TIMEOUT_SECONDS: u32 = 5;

/// The names that glibc tries over DNS, in order, without trailing dots.
///
/// A trailing dot makes a name absolute: only itself. With at least `ndots` dots the name comes first and the search list after
/// it, else the other way round.
#[must_use]
pub fn search_candidates(name: &str, search: &[String], ndots: u32) -> Vec<String> {
    let bare = name.trim_end_matches('.');
    if name.ends_with('.') {
        return vec![bare.to_owned()];
    }
    let dots = u32::try_from(name.matches('.').count()).unwrap_or(u32::MAX);
    let expanded = search.iter().map(|suffix| match suffix.trim_matches('.') {
        "" => bare.to_owned(),
        suffix => format!("{bare}.{suffix}"),
    });
    let as_is = std::iter::once(bare.to_owned());
    let ordered: Vec<String> = if dots >= ndots {
        as_is.chain(expanded).collect()
    } else {
        expanded.chain(as_is).collect()
    };
    let mut candidates: Vec<String> = Vec::with_capacity(ordered.len());
    for candidate in ordered {
        if !candidates.contains(&candidate) {
            candidates.push(candidate);
        }
    }
    candidates
}

/// Replays the system's lookup of `name`: the first source of `order` that has it wins. `dns_addresses` is what DNS gave;
/// systemd's `resolve` counts as DNS. Without a winner there are no addresses.
#[must_use]
pub fn system_path(
    name: &str,
    resolv: Option<&ResolvConf>,
    hosts: &HostsFile,
    order: &[String],
    dns_addresses: &[IpAddr],
) -> SystemPath {
    let winner = order.iter().find_map(|source| match source.as_str() {
        "files" if !hosts.entries.is_empty() => Some("files"),
        "dns" | "resolve" if !dns_addresses.is_empty() => Some("dns"),
        _ => None,
    });
    let addresses = match winner {
        Some("files") => hosts.entries.iter().map(|entry| entry.address).collect(),
        Some(_) => dns_addresses.to_vec(),
        None => Vec::new(),
    };
    let seconds = resolv.map_or(DEFAULT_TIMEOUT_SECONDS, |resolv| resolv.timeout_seconds);
    SystemPath {
        candidates: resolv.map_or_else(
            || vec![name.trim_end_matches('.').to_owned()],
            |resolv| search_candidates(name, &resolv.search, resolv.ndots),
        ),
        winner: winner.map(str::to_owned),
        addresses,
        wait_per_dead_server: Duration::from_secs(u64::from(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::client::HostsEntry;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn hosts(addresses: &[&str]) -> HostsFile {
        let entry = |address: &&str| HostsEntry {
            line: 1,
            address: address.parse().unwrap(),
        };
        HostsFile {
            path: "/etc/hosts".to_owned(),
            entries: addresses.iter().map(entry).collect(),
            error: None,
        }
    }

    #[test]
    fn ndots_decides_whether_the_name_or_the_search_list_comes_first() {
        let search = list(&["a.test", "b.test."]);
        assert_eq!(
            search_candidates("web", &search, 1),
            ["web.a.test", "web.b.test", "web"]
        );
        assert_eq!(
            search_candidates("web.shop", &search, 1),
            ["web.shop", "web.shop.a.test", "web.shop.b.test"]
        );
        assert_eq!(
            search_candidates("web.shop", &search, 5),
            ["web.shop.a.test", "web.shop.b.test", "web.shop"]
        );
    }

    #[test]
    fn a_trailing_dot_leaves_out_the_search_list() {
        assert_eq!(search_candidates("web.", &list(&["a.test"]), 5), ["web"]);
    }

    #[test]
    fn the_root_in_the_search_list_does_not_repeat_the_name() {
        assert_eq!(
            search_candidates("web", &list(&[".", "a.test"]), 1),
            ["web", "web.a.test"]
        );
    }

    #[test]
    fn the_first_source_that_has_the_name_wins() {
        let dns: Vec<IpAddr> = vec!["192.0.2.1".parse().unwrap()];
        let own = hosts(&["127.0.0.9"]);
        let empty = hosts(&[]);
        let path = |order: &[&str], hosts, dns: &[IpAddr]| {
            system_path("web", None, hosts, &list(order), dns)
        };
        let files_first = path(&["files", "dns"], &own, &dns);
        assert_eq!(files_first.winner.as_deref(), Some("files"));
        assert_eq!(files_first.addresses, vec![own.entries[0].address]);
        let dns_first = path(&["dns", "files"], &own, &dns);
        assert_eq!(dns_first.winner.as_deref(), Some("dns"));
        assert_eq!(dns_first.addresses, dns);
        let fallback = path(&["resolve", "files"], &own, &[]);
        assert_eq!(fallback.winner.as_deref(), Some("files"));
        let nothing = path(&["files", "dns"], &empty, &[]);
        assert_eq!((nothing.winner, nothing.addresses), (None, Vec::new()));
        let no_dns = path(&["files"], &empty, &dns);
        assert_eq!(no_dns.winner, None, "this system does not ask DNS");
    }

    #[test]
    fn a_dead_server_costs_the_configured_timeout() {
        let resolv = ResolvConf {
            path: String::new(),
            servers: Vec::new(),
            search: list(&["a.test"]),
            ndots: 1,
            timeout_seconds: 3,
            attempts: 2,
            error: None,
            problems: Vec::new(),
        };
        let path = system_path("web", Some(&resolv), &hosts(&[]), &list(&["dns"]), &[]);
        assert_eq!(path.wait_per_dead_server, Duration::from_secs(3));
        assert_eq!(path.candidates, ["web.a.test", "web"]);
        let bare = system_path("web", None, &hosts(&[]), &list(&["dns"]), &[]);
        assert_eq!(bare.wait_per_dead_server, Duration::from_secs(5));
    }
}
