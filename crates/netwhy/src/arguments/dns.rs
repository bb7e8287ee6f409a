//! The command line of `netwhy dns`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use ipnet::IpNet;
use jiff::Timestamp;
use netwhy_report::plan::{DEFAULT_SAMPLES, MOST_SAMPLES};

use super::{Judgement, Look};

pub(crate) const LOOKUP_EXAMPLES: &str = "\
Examples:
  netwhy dns example.com                          A and AAAA from the configured resolver
  netwhy dns example.com MX TXT @192.0.2.53       words in any order, as with dig
  netwhy dns example.com @quad9 @tls://dns.example@192.0.2.54
  netwhy dns 192.0.2.10                           the name of an address (PTR)
  netwhy dns example.com SOA --short              the data alone, for scripts
  netwhy dns -f names.txt @192.0.2.53             many names: one JSON line for each line of the file

With -f, blank lines and lines that begin with # or ; are no questions, as with dig; every other line gives one result.

Servers: @192.0.2.53, @[2001:db8::53]:5353, @tcp://192.0.2.53, @tls://name@192.0.2.53, @https://name/dns-query,
@h3://name/dns-query, @quic://name; or by name: @google, @cloudflare, @quad9, @opendns.
Types are mnemonics or TYPEnnn, classes IN, CH, HS. dig's +short, +dnssec, +tcp, +norec, +cd, +nsid, +subnet=… work too.";

pub(crate) const TRACE_EXAMPLES: &str = "\
Examples:
  netwhy dns trace example.com                    every zone, server and signature on the way
  netwhy dns trace example.com MX --no-dnssec     without proofs
  netwhy dns trace www.corp.example --root-hints hints.zone --trust-anchor anchor.key
  netwhy dns trace example.com --minimise --json  show each zone only what it needs (RFC 9156)";

pub(crate) const COMPARE_EXAMPLES: &str = "\
Examples:
  netwhy dns compare www.example.com              who still has the old address, and until when?
  netwhy dns compare example.com MX @google @quad9 --samples 5
  netwhy dns compare www.corp.example @192.0.2.53 --subnet 198.51.100.0/24 --json
  netwhy dns compare localhost --no-subnets --trace-port 5353";

pub(crate) const CHECK_EXAMPLES: &str = "\
Examples:
  netwhy dns check example.com                    delegation, servers, EDNS, DNSSEC, mail
  netwhy dns check example.com --name www.example.com --samples 30
  netwhy dns check corp.example --root-hints hints.zone --trust-anchor anchor.key --json";

/// What to do with DNS.
#[derive(Debug, Subcommand)]
pub(crate) enum DnsCommand {
    /// Ask servers for records (the default)
    #[command(after_long_help = LOOKUP_EXAMPLES, arg_required_else_help = true)]
    Lookup(Box<LookupArguments>),
    /// Walk from the root to a name, every cut proven (dig +trace, drill -S, delv)
    #[command(after_long_help = TRACE_EXAMPLES, arg_required_else_help = true)]
    Trace(Box<TraceArguments>),
    /// Compare what resolvers and all authorities say about a name
    #[command(after_long_help = COMPARE_EXAMPLES, arg_required_else_help = true)]
    Compare(Box<CompareArguments>),
    /// Check a zone: its delegation, all its servers, mail and policy (zonemaster, dnsviz)
    #[command(after_long_help = CHECK_EXAMPLES, arg_required_else_help = true)]
    Check(Box<CheckArguments>),
}

/// Options of a lookup.
#[derive(Debug, Args)]
pub(crate) struct LookupArguments {
    /// A name, record types, a class, and @servers, in any order
    #[arg(value_name = "NAME|TYPE|@SERVER")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) judgement: Judgement,
    /// Ask for the names in this file, one per line, each with a type if it likes; - reads standard input
    #[arg(short = 'f', long, value_name = "FILE", conflicts_with_all = ["short", "like", "reverse", "search", "check_rewriting", "roots", "tcp", "mixed_case", "padding"], help_heading = "Bulk")]
    pub(crate) file: Option<PathBuf>,
    /// Questions in flight at once (default 150)
    #[arg(long, value_name = "N", requires = "file", value_parser = clap::value_parser!(u32).range(1..=20_000), help_heading = "Bulk")]
    pub(crate) concurrency: Option<u32>,
    /// Questions per second at most
    #[arg(long, value_name = "N", requires = "file", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Bulk")]
    pub(crate) rate: Option<u32>,
    /// Give the results in the order of the input
    #[arg(long, requires = "file", help_heading = "Bulk")]
    pub(crate) ordered: bool,
    /// Print the data of the answers alone, one record a line
    #[arg(long, conflicts_with_all = ["json", "like"])]
    pub(crate) short: bool,
    /// Print in the layout of another tool
    #[arg(long, value_enum, value_name = "TOOL", conflicts_with = "json")]
    pub(crate) like: Option<Like>,
    /// Ask for the name of this address (PTR)
    #[arg(short = 'x', long, value_name = "IP")]
    pub(crate) reverse: Option<IpAddr>,
    /// Go through the search list of resolv.conf, as the system does
    #[arg(long, overrides_with = "no_search")]
    pub(crate) search: bool,
    /// Ask for the name as it stands (the default)
    #[arg(long)]
    pub(crate) no_search: bool,
    /// Ask for random names as well: does somebody rewrite "no such name"?
    #[arg(long)]
    pub(crate) check_rewriting: bool,
    #[command(flatten)]
    pub(crate) query: QueryArguments,
    /// Trust the roots in this PEM file instead of the system's (TLS, HTTPS, HTTP/3, QUIC)
    #[arg(long, value_name = "FILE")]
    pub(crate) roots: Option<PathBuf>,
    /// Port of servers that are given without one (UDP and TCP)
    #[arg(help_heading = "Host", short = 'p', long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// IPv4 only
    #[arg(help_heading = "Host", short = '4', long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    /// IPv6 only
    #[arg(help_heading = "Host", short = '6', long)]
    pub(crate) ipv6: bool,
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

/// Options of a trace.
#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// A name and a record type (A without one), in any order
    #[arg(value_name = "NAME|TYPE")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) judgement: Judgement,
    /// Begin at the servers in this zone file instead of the 13 root servers; proofs then need --trust-anchor
    #[arg(long, value_name = "FILE")]
    pub(crate) root_hints: Option<PathBuf>,
    /// Believe the DS or DNSKEY records in this file instead of the root's keys
    #[arg(long, value_name = "FILE", conflicts_with = "no_dnssec")]
    pub(crate) trust_anchor: Option<PathBuf>,
    /// Port of every server on the way
    #[arg(long, value_name = "PORT", default_value_t = 53, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
    /// Show each zone only as much of the name as it needs (RFC 9156)
    #[arg(long)]
    pub(crate) minimise: bool,
    /// Do not ask for signatures
    #[arg(long)]
    pub(crate) no_dnssec: bool,
    /// Judge signatures for this time instead of now (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<Timestamp>,
    /// IPv4 only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    /// IPv6 only
    #[arg(short = '6', long)]
    pub(crate) ipv6: bool,
    /// Ask from this address
    #[arg(long, value_name = "IP")]
    pub(crate) source: Option<IpAddr>,
    /// Limit of one try of a query, in seconds
    #[arg(long, value_name = "S", value_parser = super::seconds)]
    pub(crate) dns_timeout: Option<std::time::Duration>,
    /// Datagrams sent before a server counts as silent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) tries: Option<u32>,
    /// Limit of the whole run, in seconds
    #[arg(long, value_name = "S", value_parser = super::seconds)]
    pub(crate) deadline: Option<std::time::Duration>,
}

/// Options of a comparison.
#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// A name, a record type, and @servers besides the configured ones (@google, @cloudflare, @quad9, @opendns), in any order
    #[arg(value_name = "NAME|TYPE|@SERVER")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) judgement: Judgement,
    /// Ask each server so many times
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SAMPLES, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SAMPLES)))]
    pub(crate) samples: u32,
    /// Ask the authorities on behalf of clients in this network instead of three far apart (repeatable)
    #[arg(long, value_name = "NET", conflicts_with = "no_subnets")]
    pub(crate) subnet: Vec<IpNet>,
    /// Ask on behalf of nobody else
    #[arg(long)]
    pub(crate) no_subnets: bool,
    /// Begin the walk to the authorities at the servers in this zone file instead of the 13 root servers
    #[arg(long, value_name = "FILE")]
    pub(crate) root_hints: Option<PathBuf>,
    /// Port of the authorities, and of every server on the walk to them
    #[arg(long, value_name = "PORT", default_value_t = 53, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) trace_port: u16,
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

/// A tool whose layout can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Like {
    /// dig 9.18
    Dig,
}

/// What a query says about itself.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Query")]
pub(crate) struct QueryArguments {
    /// Ask over TCP from the start
    #[arg(long)]
    pub(crate) tcp: bool,
    /// Ask for signatures (DO)
    #[arg(long)]
    pub(crate) dnssec: bool,
    /// Take answers that do not validate as well (CD)
    #[arg(long)]
    pub(crate) cd: bool,
    /// Do not ask whether the resolver validated (AD)
    #[arg(long)]
    pub(crate) no_ad: bool,
    /// Do not ask for recursion (RD)
    #[arg(long)]
    pub(crate) no_rd: bool,
    /// Take a cut reply (TC) as it is
    #[arg(long)]
    pub(crate) ignore_truncation: bool,
    /// Mix upper and lower case in the name, and take no reply that does not repeat it
    #[arg(long = "0x20")]
    pub(crate) mixed_case: bool,
    /// The largest datagram that is taken, in bytes (default 1232)
    #[arg(long, value_name = "N")]
    pub(crate) edns_size: Option<u16>,
    /// EDNS version
    #[arg(long, value_name = "N")]
    pub(crate) edns_version: Option<u8>,
    /// Send no EDNS
    #[arg(long, conflicts_with_all = ["dnssec", "edns_size", "edns_version", "nsid", "subnet", "cookie", "padding", "edns_option"])]
    pub(crate) no_edns: bool,
    /// Ask which machine answers (NSID)
    #[arg(long)]
    pub(crate) nsid: bool,
    /// Speak for a client in this network (ECS), such as 192.0.2.0/24; 0 for nobody
    #[arg(long, value_name = "NET")]
    pub(crate) subnet: Option<String>,
    /// Send a cookie
    #[arg(long)]
    pub(crate) cookie: bool,
    /// Pad the query to a multiple of so many bytes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) padding: Option<u16>,
    /// Send this EDNS option (repeatable)
    #[arg(long, value_name = "CODE[:HEX]")]
    pub(crate) edns_option: Vec<String>,
}

/// Options of a zone check.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The zone; for another name, the zone that holds it
    #[arg(value_name = "ZONE")]
    pub(crate) zone: String,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) judgement: Judgement,
    /// Ask for the addresses of this name again and again, to see how they are balanced
    #[arg(long, value_name = "HOST")]
    pub(crate) name: Option<String>,
    /// How often that name is asked for
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) samples: u32,
    /// Begin at the servers in this zone file instead of the 13 root servers
    #[arg(long, value_name = "FILE")]
    pub(crate) root_hints: Option<PathBuf>,
    /// Believe the DS or DNSKEY records in this file instead of the root's keys
    #[arg(long, value_name = "FILE", conflicts_with = "no_dnssec")]
    pub(crate) trust_anchor: Option<PathBuf>,
    /// Port of every name server
    #[arg(long, value_name = "PORT", default_value_t = 53, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) trace_port: u16,
    /// Do not validate signatures
    #[arg(long)]
    pub(crate) no_dnssec: bool,
    /// Judge signatures for this time instead of now (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<Timestamp>,
    /// IPv4 only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,
    /// IPv6 only
    #[arg(short = '6', long)]
    pub(crate) ipv6: bool,
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

/// How this host is set up to ask.
#[derive(Debug, Args)]
#[command(next_help_heading = "Host")]
pub(crate) struct HostArguments {
    /// Read this resolver configuration
    #[arg(long, value_name = "FILE", default_value = "/etc/resolv.conf")]
    pub(crate) resolv_conf: PathBuf,
    /// Port of the configured DNS servers
    #[arg(long, value_name = "PORT", default_value_t = 53, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) dns_port: u16,
    /// Read this hosts file
    #[arg(long, value_name = "FILE", default_value = "/etc/hosts")]
    pub(crate) hosts_file: PathBuf,
    /// Read this name service switch
    #[arg(long, value_name = "FILE", default_value = "/etc/nsswitch.conf")]
    pub(crate) nsswitch: PathBuf,
    /// Ask from this address
    #[arg(long, value_name = "IP")]
    pub(crate) source: Option<IpAddr>,
    /// Limit of one try of a DNS query, in seconds
    #[arg(long, value_name = "S", value_parser = super::seconds)]
    pub(crate) dns_timeout: Option<std::time::Duration>,
    /// Datagrams sent before a server counts as silent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) tries: Option<u32>,
    /// Limit of the whole run, in seconds
    #[arg(long, value_name = "S", value_parser = super::seconds)]
    pub(crate) deadline: Option<std::time::Duration>,
}
