//! The command line of `netwhy dns`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Judgement, Look};

pub(crate) const LOOKUP_EXAMPLES: &str = "\
Examples:
  netwhy dns example.com                          A and AAAA from the configured resolver
  netwhy dns example.com MX TXT @192.0.2.53       words in any order, as with dig
  netwhy dns example.com @192.0.2.53 @tls://dns.example@192.0.2.54
  netwhy dns 192.0.2.10                           the name of an address (PTR)";

/// What to do with DNS.
#[derive(Debug, Subcommand)]
pub(crate) enum DnsCommand {
    /// Ask servers for records (the default)
    #[command(after_long_help = LOOKUP_EXAMPLES, arg_required_else_help = true)]
    Lookup(Box<LookupArguments>),
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
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

/// How this host is set up to ask.
#[derive(Debug, Args)]
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
