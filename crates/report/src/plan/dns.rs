//! What the `dns` commands ask, and how.

use std::path::PathBuf;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DnsOptions, TcpOptions, TlsOptions};
use crate::dns::DnsServer;
use crate::{Budgets, Untrusted};

/// One name, some types, some servers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsLookupPlan {
    /// The name in presentation form, absolute, with its trailing dot.
    pub name: Untrusted,
    /// The name was given without a trailing dot: the system's own resolver may add domains of the search list.
    #[serde(default)]
    pub relative: bool,
    /// Ask for the names that the search list makes of it, until one has an answer.
    #[serde(default)]
    pub search: bool,
    /// Ask the same servers for names that cannot exist as well.
    #[serde(default)]
    pub check_rewriting: bool,
    /// The types, as mnemonics or `TYPEnnn`.
    pub types: Vec<String>,
    /// The class, as mnemonic or `CLASSnnn`.
    pub class: String,
    /// The servers to ask; the configured ones if there are none.
    pub servers: Vec<DnsServer>,
    /// What the queries say.
    pub query: DnsQueryOptions,
    /// How this host is set up to ask.
    pub dns: DnsOptions,
    /// From which address and family.
    pub tcp: TcpOptions,
    /// Whose certificates are trusted where a server speaks TLS.
    pub tls: TlsOptions,
    /// Limits.
    pub budgets: Budgets,
}

/// Many names, one type, some servers; one result per line of input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsBulkPlan {
    /// The file of names; `null` reads standard input.
    pub input: Option<PathBuf>,
    /// The type of lines that name none, as mnemonic or `TYPEnnn`.
    pub record_type: String,
    /// The class, as mnemonic or `CLASSnnn`.
    pub class: String,
    /// The servers, in turn; the configured ones, the next after silence, if there are none. UDP only.
    pub servers: Vec<DnsServer>,
    /// Questions in flight at once.
    pub concurrency: usize,
    /// Questions per second at most.
    pub rate: Option<u32>,
    /// Give the results in the order of the input.
    pub ordered: bool,
    /// What the queries say.
    pub query: DnsQueryOptions,
    /// How this host is set up to ask.
    pub dns: DnsOptions,
    /// From which address and family.
    pub tcp: TcpOptions,
    /// Not used by UDP; as in the other plans.
    pub tls: TlsOptions,
    /// Limits.
    pub budgets: Budgets,
}

/// What a query says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DnsQueryOptions {
    /// RD: please recurse.
    pub recursion_desired: bool,
    /// AD: say whether you validated ([RFC 6840 §5.7](https://www.rfc-editor.org/rfc/rfc6840#section-5.7)).
    pub authentic_data: bool,
    /// CD: do not withhold what does not validate.
    pub checking_disabled: bool,
    /// The OPT record; `null` sends none.
    pub edns: Option<EdnsRequest>,
    /// Take a cut reply as it is instead of asking again over TCP.
    pub ignore_truncation: bool,
    /// Mix upper and lower case in the name at random, and take no reply that does not repeat it (0x20).
    #[serde(default)]
    pub mixed_case: bool,
}

impl Default for DnsQueryOptions {
    fn default() -> Self {
        Self {
            recursion_desired: true,
            authentic_data: true,
            checking_disabled: false,
            edns: Some(EdnsRequest::default()),
            ignore_truncation: false,
            mixed_case: false,
        }
    }
}

/// What the OPT record of a query says ([RFC 6891](https://www.rfc-editor.org/rfc/rfc6891)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EdnsRequest {
    /// The largest UDP payload that we take, in bytes.
    pub udp_payload: u16,
    /// The version; only 0 exists.
    pub version: u8,
    /// DO: send signatures.
    pub dnssec_ok: bool,
    /// Ask which machine answers.
    pub nsid: bool,
    /// Speak for a client in this network.
    #[schemars(with = "Option<String>")]
    pub client_subnet: Option<IpNet>,
    /// Send a cookie.
    pub cookie: bool,
    /// Pad the query to a multiple of so many bytes.
    pub padding: Option<u16>,
    /// Flag bits besides DO, for servers that should ignore them ([RFC 8906 §8](https://www.rfc-editor.org/rfc/rfc8906#section-8)).
    pub extra_flags: u16,
    /// Further options.
    pub options: Vec<RawEdnsOption>,
}

/// An EDNS option by number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RawEdnsOption {
    /// Its code.
    pub code: u16,
    /// Its data.
    pub data: Vec<u8>,
}

/// What fits one unfragmented packet on practically every path ([DNS flag day 2020](https://www.dnsflagday.net/2020/)).
pub const SAFE_PAYLOAD: u16 = 1232;

impl Default for EdnsRequest {
    fn default() -> Self {
        Self {
            udp_payload: SAFE_PAYLOAD,
            version: 0,
            dnssec_ok: false,
            nsid: false,
            client_subnet: None,
            cookie: false,
            padding: None,
            extra_flags: 0,
            options: Vec::new(),
        }
    }
}
