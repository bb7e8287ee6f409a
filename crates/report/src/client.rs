//! The observer: what this host would use to reach the target, and whether its own load spoilt the timings.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Untrusted, nanos};

/// This host's configuration as far as it decides the outcome.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ClientRecord {
    /// The resolver configuration; `None` where the plan names its own servers.
    pub resolv_conf: Option<ResolvConf>,
    /// The hosts file, reduced to the entries for the target's name.
    pub hosts: Option<HostsFile>,
    /// The sources of the `hosts:` line in nsswitch.conf, in order (`files`, `dns`, …).
    pub lookup_order: Vec<String>,
    /// Proxy variables that other tools would obey. This run ignores them.
    pub proxies: Vec<ProxyVariable>,
    /// The source address that the routing table gives for IPv4 traffic beyond this host; `None`: no route.
    pub ipv4: Option<IpAddr>,
    /// The same for IPv6.
    pub ipv6: Option<IpAddr>,
    /// How late our own event loop ran; large values make every timing suspect.
    pub event_loop: Option<EventLoopLag>,
}

/// A resolv.conf(5) file as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvConf {
    /// Where it was read from.
    pub path: String,
    /// The servers that lookups go to, in order, with the port used.
    pub servers: Vec<SocketAddr>,
    /// The search list.
    pub search: Vec<String>,
    /// `ndots`: names with fewer dots try the search list first.
    pub ndots: u32,
    /// Seconds that the system's resolver waits per try.
    pub timeout_seconds: u32,
    /// Tries of the system's resolver per server.
    pub attempts: u32,
    /// Why the file could not be used at all, if so.
    pub error: Option<FileError>,
    /// Lines that could not be understood, in order.
    pub problems: Vec<LineProblem>,
}

/// Why a configuration file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileError {
    /// It does not exist.
    Missing,
    /// It may not be read.
    Forbidden,
    /// It is not text, is a directory, or reading failed.
    Unreadable,
}

/// One line of a configuration file that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineProblem {
    /// Line number, from 1.
    pub line: usize,
    /// The line.
    pub text: Untrusted,
}

/// A hosts(5) file, reduced to what concerns the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HostsFile {
    /// Where it was read from.
    pub path: String,
    /// Entries that name the target.
    pub entries: Vec<HostsEntry>,
    /// Why it could not be read, if so.
    pub error: Option<FileError>,
}

/// One matching line of a hosts file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostsEntry {
    /// Line number, from 1.
    pub line: usize,
    /// The address it gives.
    pub address: IpAddr,
}

/// A proxy variable of the environment, without credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyVariable {
    /// Its name, for instance `https_proxy`.
    pub name: String,
    /// Its value with userinfo removed.
    pub value: Untrusted,
    /// Whether curl and most clients would use it for this target (`no_proxy` taken into account).
    pub applies: bool,
}

/// How late a periodic timer of the run's own event loop fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventLoopLag {
    /// How often it was measured.
    pub samples: u32,
    /// The worst delay, in nanoseconds.
    #[serde(with = "nanos", rename = "max_ns")]
    #[schemars(with = "u64")]
    pub max: Duration,
    /// The median delay, in nanoseconds.
    #[serde(with = "nanos", rename = "median_ns")]
    #[schemars(with = "u64")]
    pub median: Duration,
}
