//! How this host is set up to ask: resolv.conf(5), hosts(5), nsswitch.conf(5), read as glibc reads them.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use netwhy_report::Untrusted;
use netwhy_report::client::{FileError, HostsEntry, HostsFile, LineProblem, ResolvConf};
use resolv_conf::{Config, ScopedIp};

/// glibc uses the first three servers and ignores the rest.
const SERVERS: usize = 3;
const CONFIGURATION_BYTES: u64 = 64 * 1024;
const HOSTS_BYTES: u64 = 4 * 1024 * 1024;

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => FileError::Missing,
        ErrorKind::PermissionDenied => FileError::Forbidden,
        _ => FileError::Unreadable,
    })?;
    let mut bytes = Vec::new();
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|_| FileError::Unreadable)?;
    // A NUL byte means that this is no text file.
    if bytes.contains(&0) {
        Err(FileError::Unreadable)
    } else {
        Ok(bytes)
    }
}

/// Reads resolv.conf line by line: what cannot be understood is recorded, the rest still counts.
#[must_use]
pub fn read_resolv_conf(path: &Path, port: u16) -> ResolvConf {
    let mut read_as = ResolvConf {
        path: path.display().to_string(),
        servers: Vec::new(),
        search: Vec::new(),
        ndots: 1,
        timeout_seconds: 5,
        attempts: 2,
        error: None,
        problems: Vec::new(),
    };
    let bytes = match read(path, CONFIGURATION_BYTES) {
        Ok(bytes) => bytes,
        Err(error) => {
            read_as.error = Some(error);
            return read_as;
        }
    };
    let mut understood = Vec::with_capacity(bytes.len());
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if Config::parse(line).is_ok() {
            understood.extend_from_slice(line);
            understood.push(b'\n');
        } else if read_as.problems.len() < 20 {
            let text = &line[..line.len().min(200)];
            read_as.problems.push(LineProblem {
                line: index + 1,
                text: Untrusted::new(text),
            });
        }
    }
    if let Ok(config) = Config::parse(&understood) {
        read_as.servers = config
            .nameservers
            .iter()
            .take(SERVERS)
            .map(|server| SocketAddr::new(unscoped(server), port))
            .collect();
        read_as.search = config
            .get_last_search_or_domain()
            .map(ToOwned::to_owned)
            .collect();
        read_as.ndots = config.ndots.min(15);
        read_as.timeout_seconds = config.timeout.clamp(1, 30);
        read_as.attempts = config.attempts.clamp(1, 5);
    }
    if read_as.servers.is_empty() && read_as.problems.is_empty() {
        // resolv.conf(5): without a nameserver line the one on this host is asked.
        read_as
            .servers
            .push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
    }
    read_as
}

fn unscoped(server: &ScopedIp) -> IpAddr {
    server.clone().into()
}

/// Reads the entries of a hosts file that name this host.
#[must_use]
pub fn read_hosts(path: &Path, name: &str) -> HostsFile {
    let bytes = read(path, HOSTS_BYTES);
    let error = bytes.as_ref().err().cloned();
    let text = String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned();
    let entries = text.lines().enumerate().filter_map(|(index, line)| {
        let mut words = line.split('#').next()?.split_whitespace();
        let address = words.next()?.parse().ok()?;
        let named = words.any(|word| word.trim_end_matches('.').eq_ignore_ascii_case(name));
        named.then_some(HostsEntry {
            line: index + 1,
            address,
        })
    });
    HostsFile {
        path: path.display().to_string(),
        entries: entries.take(64).collect(),
        error,
    }
}

/// The sources of the `hosts:` line in order, actions in brackets left out; `files dns` if there is none.
#[must_use]
pub fn read_lookup_order(path: &Path) -> Vec<String> {
    let text = read(path, CONFIGURATION_BYTES).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let line = text
        .lines()
        .filter_map(|line| line.split('#').next()?.trim().strip_prefix("hosts:"))
        .next();
    let Some(line) = line else {
        return vec!["files".to_owned(), "dns".to_owned()];
    };
    let mut inside = false;
    let mut sources = Vec::new();
    for word in line.split_whitespace() {
        inside |= word.starts_with('[');
        if !inside {
            sources.push(netwhy_report::untrusted::escape(word).into_owned());
        }
        inside &= !word.ends_with(']');
    }
    sources
}
