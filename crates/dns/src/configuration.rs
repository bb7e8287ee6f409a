//! The files that steer this host's lookups, read as glibc reads them: resolv.conf(5), hosts(5), nsswitch.conf(5).
//! A line that cannot be understood costs that line only.

use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use netwhy_report::Untrusted;
use netwhy_report::client::{FileError, HostsEntry, HostsFile, LineProblem, ResolvConf};
use resolv_conf::{Config, ScopedIp};

const RESOLV_CONF_BYTES: u64 = 64 * 1024;
const HOSTS_BYTES: u64 = 4 * 1024 * 1024;
const NSSWITCH_BYTES: u64 = 64 * 1024;
/// Bytes kept of a line that is reported.
const LINE_BYTES: usize = 1024;
/// glibc's limits: servers used, and the caps of three options.
const SERVERS: usize = 3;
const NDOTS: u32 = 15;
const TIMEOUT_SECONDS: u32 = 30;
const ATTEMPTS: u32 = 5;

/// Reads a resolver configuration; its servers are asked on `port`.
///
/// As in glibc the first three servers are used, 127.0.0.1 if there is none (also where the file is missing), and
/// directives count only at the start of a line. The search list that glibc derives from the host's own name where the
/// file has none is left out. At most 64 KiB are read.
#[must_use]
pub fn read_resolv_conf(path: &Path, port: u16) -> ResolvConf {
    let mut read = ResolvConf {
        path: path.display().to_string(),
        servers: Vec::new(),
        search: Vec::new(),
        ndots: 1,
        timeout_seconds: 5,
        attempts: 2,
        error: None,
        problems: Vec::new(),
    };
    match read_file(path, RESOLV_CONF_BYTES) {
        Ok(bytes) => {
            for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
                if !take_line(line, port, &mut read) {
                    read.problems.push(LineProblem {
                        line: index + 1,
                        text: Untrusted::new(&line[..line.len().min(LINE_BYTES)]),
                    });
                }
            }
        }
        Err(error) => read.error = Some(error),
    }
    if read.servers.is_empty() {
        read.servers
            .push(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    read.servers.truncate(SERVERS);
    read
}

/// Applies one line; `false` if some of it could not be understood (what could be is applied).
fn take_line(line: &[u8], port: u16, read: &mut ResolvConf) -> bool {
    let text = line.trim_ascii();
    if text.is_empty() || text.starts_with(b"#") || text.starts_with(b";") {
        return true;
    }
    if line.first().is_some_and(u8::is_ascii_whitespace) {
        // glibc and musl compare from the first column on, so that an indented directive has no effect.
        return false;
    }
    let (config, errors) = Config::parse_with_errors(line);
    let mut understood = errors.is_empty();
    for server in &config.nameservers {
        match server_address(server, port) {
            Some(address) => read.servers.push(address),
            None => understood = false,
        }
    }
    let mut words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    match words.next() {
        Some(b"search" | b"domain") => {
            let suffixes = config.get_last_search_or_domain();
            read.search = suffixes
                .map(|suffix| suffix.trim_end_matches('.').to_owned())
                .collect();
            // The parser drops words with commas, which is what people write by mistake.
            understood &= !text.contains(&b',');
        }
        Some(b"options") => {
            for word in words {
                let name = word.split(|byte| *byte == b':').next();
                match name {
                    Some(b"ndots") => read.ndots = config.ndots.min(NDOTS),
                    // glibc waits a second at least.
                    Some(b"timeout") => {
                        read.timeout_seconds = config.timeout.clamp(1, TIMEOUT_SECONDS);
                    }
                    Some(b"attempts") => read.attempts = config.attempts.min(ATTEMPTS),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    understood
}

fn server_address(server: &ScopedIp, port: u16) -> Option<SocketAddr> {
    match server {
        ScopedIp::V4(address) => Some(SocketAddr::from((*address, port))),
        ScopedIp::V6(address, scope) => {
            let scope = scope.as_deref().map_or(Some(0), interface_index)?;
            Some(SocketAddrV6::new(*address, port, 0, scope).into())
        }
    }
}

/// The number of an interface given by number or name.
fn interface_index(scope: &str) -> Option<u32> {
    if let Ok(index) = scope.parse() {
        return Some(index);
    }
    if scope.contains('/') || scope.contains("..") {
        return None;
    }
    let text = std::fs::read_to_string(format!("/sys/class/net/{scope}/ifindex")).ok()?;
    text.trim().parse().ok()
}

/// Reads a hosts file and keeps the entries for `name`, aliases included, whatever the case. At most 4 MiB are read.
#[must_use]
pub fn read_hosts(path: &Path, name: &str) -> HostsFile {
    let (entries, error) = match read_file(path, HOSTS_BYTES) {
        Ok(bytes) => (matching_entries(&bytes, name), None),
        Err(error) => (Vec::new(), Some(error)),
    };
    HostsFile {
        path: path.display().to_string(),
        entries,
        error,
    }
}

fn matching_entries(bytes: &[u8], name: &str) -> Vec<HostsEntry> {
    let name = name.trim_end_matches('.');
    let mut entries = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let effective = line.split('#').next().unwrap_or_default();
        let mut words = effective.split_whitespace();
        // Scopes do not fit an address; what follows the `%` is left out.
        let address = words
            .next()
            .and_then(|word| word.split('%').next())
            .and_then(|word| word.parse::<IpAddr>().ok());
        let named = words.any(|word| word.trim_end_matches('.').eq_ignore_ascii_case(name));
        if let (Some(address), true) = (address, named) {
            let line = index + 1;
            entries.push(HostsEntry { line, address });
        }
    }
    entries
}

/// The sources of the `hosts:` line in nsswitch.conf, in order, without the actions in brackets; `files`, `dns` where
/// there is no such line. As in glibc the last `hosts:` line counts.
#[must_use]
pub fn read_lookup_order(path: &Path) -> Vec<String> {
    let bytes = read_file(path, NSSWITCH_BYTES).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().map(|line| {
        let effective = line.split('#').next().unwrap_or_default();
        effective.trim_start().strip_prefix("hosts:")
    });
    let order = lines.flatten().next_back().map(sources).unwrap_or_default();
    if order.is_empty() {
        return vec!["files".to_owned(), "dns".to_owned()];
    }
    order
}

fn sources(line: &str) -> Vec<String> {
    let mut outside = String::with_capacity(line.len());
    let mut in_action = false;
    for character in line.chars() {
        match character {
            '[' => in_action = true,
            ']' => {
                in_action = false;
                outside.push(' ');
            }
            _ if in_action => {}
            _ => outside.push(character),
        }
    }
    outside.split_whitespace().map(str::to_owned).collect()
}

/// Reads whole lines of a text file up to `limit` bytes.
fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    // Without O_NONBLOCK a FIFO would hold up the run until somebody writes.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)
        .map_err(|error| file_error(&error))?;
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| file_error(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        let whole_lines = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        bytes.truncate(whole_lines);
    }
    if bytes.contains(&0) {
        return Err(FileError::Unreadable);
    }
    Ok(bytes)
}

fn file_error(error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing,
        io::ErrorKind::PermissionDenied => FileError::Forbidden,
        _ => FileError::Unreadable,
    }
}

#[cfg(test)]
mod tests;
