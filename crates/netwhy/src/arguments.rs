//! The command line, as clap reads it.

pub(crate) mod dns;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use jiff::Timestamp;

const DIAGNOSE_EXAMPLES: &str = "\
Examples:
  netwhy https://example.com                        why is it slow, broken or about to break?
  netwhy example.com:8443 --roots ca.pem            trust a private CA
  netwhy https://example.com --resolver 192.0.2.53 --json
  netwhy https://example.com --address 192.0.2.10   ask one address, whatever DNS says
  netwhy https://example.com --log info,tls=trace   what netwhy itself does, step by step
  netwhy lab demo                                   a guided tour, offline

Exit codes:
  0 nothing at or above --fail-on   1 such a finding   2 usage
  3 could not measure               4 internal         130 interrupted";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  netwhy explain                        every finding and every topic
  netwhy explain tls-chain-incomplete   what it means, why it breaks, how to fix it
  netwhy explain dnssec                 the ground: how it works, how it breaks, what to try
  netwhy explain ttl                    every page about a word";

const LAB_EXAMPLES: &str = "\
Examples:
  netwhy lab demo                       a guided tour of broken endpoints
  netwhy lab list                       every scenario
  netwhy lab run tls-chain-incomplete   start it, diagnose it, print both
  netwhy lab up                         keep it running, with commands to try";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  netwhy schema
  netwhy schema > netwhy.schema.json
  netwhy schema | jq .title";

/// Finds out why an endpoint is slow, broken or about to break: DNS, TCP, TLS and HTTP, joined.
#[derive(Debug, Parser)]
#[command(name = "netwhy", version, args_conflicts_with_subcommands = true, arg_required_else_help = true, after_long_help = DIAGNOSE_EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) diagnose: DiagnoseArguments,
    /// Log what netwhy itself does, to standard error: LEVEL or PART=LEVEL, separated by commas [env: NETWHY_LOG]
    ///
    /// Levels: off, error, warn, info, debug, trace. Parts: diagnose, dns, tcp, tls, http.
    #[arg(long, value_name = "FILTER", global = true)]
    pub(crate) log: Option<String>,
}

/// Commands besides the main one.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Diagnose a URL, host or host:port (the default command)
    #[command(after_long_help = DIAGNOSE_EXAMPLES, arg_required_else_help = true)]
    Diagnose(Box<DiagnoseArguments>),
    /// Ask DNS: look up, and more
    #[command(after_long_help = dns::LOOKUP_EXAMPLES, arg_required_else_help = true, args_conflicts_with_subcommands = true)]
    Dns {
        #[command(subcommand)]
        command: Option<dns::DnsCommand>,
        #[command(flatten)]
        lookup: Box<dns::LookupArguments>,
    },
    /// Explain a finding: what happened, why it breaks, how to fix and confirm it
    #[command(after_long_help = EXPLAIN_EXAMPLES)]
    Explain {
        /// A code such as tls-chain-incomplete, a topic such as dnssec, or words to look for; all are listed without one
        words: Vec<String>,
        #[command(flatten)]
        look: Look,
    },
    /// Print the JSON Schema of the --json document
    #[command(after_long_help = SCHEMA_EXAMPLES)]
    Schema,
    /// A miniature internet on loopback that misbehaves on request
    #[command(after_long_help = LAB_EXAMPLES, arg_required_else_help = true)]
    Lab {
        #[command(subcommand)]
        command: LabCommand,
    },
}

/// What to do with the lab.
#[derive(Debug, Subcommand)]
pub(crate) enum LabCommand {
    /// List the scenarios
    #[command(after_long_help = LAB_EXAMPLES)]
    List,
    /// Start a scenario, diagnose it, print both
    #[command(after_long_help = LAB_EXAMPLES)]
    Run {
        /// The scenario's name
        scenario: String,
        #[command(flatten)]
        look: Look,
        #[command(flatten)]
        judgement: Judgement,
    },
    /// Keep the lab running and print commands to try
    #[command(after_long_help = LAB_EXAMPLES)]
    Up,
    /// A guided tour of five endpoints
    #[command(after_long_help = LAB_EXAMPLES)]
    Demo {
        #[command(flatten)]
        look: Look,
    },
}

/// How output looks.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Look {
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, as NO_COLOR and CLICOLOR_FORCE allow
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What a run's exit code and form are.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Judgement {
    /// Print one JSON document instead of text (see `netwhy schema`)
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 1 from this severity on
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "error")]
    pub(crate) fail_on: FailOn,
    /// No progress line
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// From which severity on a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Broken
    Error,
    /// Degraded or broken
    Warning,
    /// Hygiene too
    Notice,
    /// Anything at all
    Info,
    /// Nothing
    Never,
}

/// Options of a diagnosis.
#[derive(Debug, Args)]
pub(crate) struct DiagnoseArguments {
    /// URL, host, host:port or address
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) judgement: Judgement,
    /// Ask this DNS server instead of the configured ones (repeatable)
    #[arg(long, value_name = "ADDR[:PORT]", help_heading = "DNS")]
    pub(crate) resolver: Vec<String>,
    /// Read this resolver configuration
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/etc/resolv.conf",
        help_heading = "DNS"
    )]
    pub(crate) resolv_conf: PathBuf,
    /// Port of the configured DNS servers
    #[arg(long, value_name = "PORT", default_value_t = 53, value_parser = clap::value_parser!(u16).range(1..), help_heading = "DNS")]
    pub(crate) dns_port: u16,
    /// Read this hosts file
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/etc/hosts",
        help_heading = "DNS"
    )]
    pub(crate) hosts_file: PathBuf,
    /// Read this name service switch
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/etc/nsswitch.conf",
        help_heading = "DNS"
    )]
    pub(crate) nsswitch: PathBuf,
    /// Walk from the servers in this zone file instead of the 13 root servers where resolvers fail
    #[arg(long, value_name = "FILE", help_heading = "DNS")]
    pub(crate) root_hints: Option<PathBuf>,
    /// Believe the DS or DNSKEY records in this file instead of the root's keys
    #[arg(long, value_name = "FILE", help_heading = "DNS")]
    pub(crate) trust_anchor: Option<PathBuf>,
    /// Port of every server on the walk from the root
    #[arg(long, value_name = "PORT", default_value_t = 53, value_parser = clap::value_parser!(u16).range(1..), help_heading = "DNS")]
    pub(crate) trace_port: u16,
    /// Do not walk from the root where resolvers fail
    #[arg(long, help_heading = "DNS")]
    pub(crate) no_trace: bool,
    /// Connect to this address whatever DNS says (repeatable)
    #[arg(long, value_name = "IP", help_heading = "TCP")]
    pub(crate) address: Vec<IpAddr>,
    /// Connect from this address
    #[arg(long, value_name = "IP", help_heading = "TCP")]
    pub(crate) source: Option<IpAddr>,
    /// IPv4 only
    #[arg(short = '4', long, conflicts_with = "ipv6", help_heading = "TCP")]
    pub(crate) ipv4: bool,
    /// IPv6 only
    #[arg(short = '6', long, help_heading = "TCP")]
    pub(crate) ipv6: bool,
    /// Trust the roots in this PEM file instead of the system's
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(crate) roots: Option<PathBuf>,
    /// Judge certificates for this time instead of now (RFC 3339)
    #[arg(long, value_name = "TIME", help_heading = "TLS")]
    pub(crate) time: Option<Timestamp>,
    /// Do not fetch missing intermediates
    #[arg(long, help_heading = "TLS")]
    pub(crate) no_fetch: bool,
    /// Let side fetches reach this network although it is loopback or private (repeatable)
    #[arg(long, value_name = "NET", help_heading = "TLS")]
    pub(crate) fetch_allow: Vec<IpNet>,
    /// Request method
    #[arg(
        short = 'X',
        long,
        value_name = "METHOD",
        default_value = "GET",
        help_heading = "HTTP"
    )]
    pub(crate) method: String,
    /// Send this header field, only to the target's own origin and only once its certificate verified (repeatable)
    #[arg(short = 'H', long, value_name = "NAME: VALUE", help_heading = "HTTP")]
    pub(crate) header: Vec<String>,
    /// Do not follow redirects
    #[arg(long, help_heading = "HTTP")]
    pub(crate) no_follow: bool,
    /// Follow at most so many redirects
    #[arg(long, value_name = "N", help_heading = "HTTP")]
    pub(crate) max_redirects: Option<usize>,
    /// Do not offer HTTP/2
    #[arg(long = "http1.1", help_heading = "HTTP")]
    pub(crate) http1_1: bool,
    /// Call the server slow from this think time on, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 300, help_heading = "HTTP")]
    pub(crate) slow: u64,
    /// Limit of the whole run, in seconds
    #[arg(long, value_name = "S", value_parser = seconds, help_heading = "Limits")]
    pub(crate) deadline: Option<Duration>,
    /// Limit of one try of a DNS query, in seconds
    #[arg(long, value_name = "S", value_parser = seconds, help_heading = "Limits")]
    pub(crate) dns_timeout: Option<Duration>,
    /// Limit of one TCP connect, in seconds
    #[arg(long, value_name = "S", value_parser = seconds, help_heading = "Limits")]
    pub(crate) connect_timeout: Option<Duration>,
    /// Limit of one TLS handshake, in seconds
    #[arg(long, value_name = "S", value_parser = seconds, help_heading = "Limits")]
    pub(crate) handshake_timeout: Option<Duration>,
    /// Limit from a request to the end of its response, in seconds
    #[arg(long, value_name = "S", value_parser = seconds, help_heading = "Limits")]
    pub(crate) response_timeout: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let expected = "expected seconds from 0.001 to 3600, such as 2 or 0.5";
    let seconds: f64 = text.parse().map_err(|_| expected.to_owned())?;
    if (0.001..=3600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(expected.to_owned())
    }
}
