//! Where a walk begins: the root servers, built in, or those of a hints file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::rr::Name;
use thiserror::Error;

use super::hints_file::{Hint, records};

/// The servers of the root zone, with their addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootHints {
    pub(super) servers: Vec<(Name, Vec<IpAddr>)>,
}

/// Why a file gives no root hints.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HintsError {
    /// It is no zone file.
    #[error("{0}")]
    Format(String),
    /// It names no server with an address.
    #[error(
        "no server of the root with an address; expected lines such as \". NS a.root.\" and \"a.root. A 192.0.2.1\""
    )]
    Empty,
}

/// The 13 root servers ([root hints](https://www.internic.net/domain/named.root)).
const ROOT_SERVERS: [(&str, [u8; 4], [u16; 8]); 13] = [
    ("a", [198, 41, 0, 4], [0x2001, 0x503, 0xba3e, 0, 0, 0, 2, 0x30]),
    ("b", [170, 247, 170, 2], [0x2801, 0x1b8, 0x10, 0, 0, 0, 0, 0xb]),
    ("c", [192, 33, 4, 12], [0x2001, 0x500, 2, 0, 0, 0, 0, 0xc]),
    ("d", [199, 7, 91, 13], [0x2001, 0x500, 0x2d, 0, 0, 0, 0, 0xd]),
    ("e", [192, 203, 230, 10], [0x2001, 0x500, 0xa8, 0, 0, 0, 0, 0xe]),
    ("f", [192, 5, 5, 241], [0x2001, 0x500, 0x2f, 0, 0, 0, 0, 0xf]),
    ("g", [192, 112, 36, 4], [0x2001, 0x500, 0x12, 0, 0, 0, 0, 0xd0d]),
    ("h", [198, 97, 190, 53], [0x2001, 0x500, 1, 0, 0, 0, 0, 0x53]),
    ("i", [192, 36, 148, 17], [0x2001, 0x7fe, 0, 0, 0, 0, 0, 0x53]),
    ("j", [192, 58, 128, 30], [0x2001, 0x503, 0xc27, 0, 0, 0, 2, 0x30]),
    ("k", [193, 0, 14, 129], [0x2001, 0x7fd, 0, 0, 0, 0, 0, 1]),
    ("l", [199, 7, 83, 42], [0x2001, 0x500, 0x9f, 0, 0, 0, 0, 0x42]),
    ("m", [202, 12, 27, 33], [0x2001, 0xdc3, 0, 0, 0, 0, 0, 0x35]),
];

impl RootHints {
    /// The 13 root servers.
    #[must_use]
    pub fn built_in() -> Self {
        let servers = ROOT_SERVERS.iter().filter_map(|(letter, v4, v6)| {
            let name = Name::from_ascii(format!("{letter}.root-servers.net.")).ok()?;
            let addresses = vec![
                IpAddr::V4(Ipv4Addr::from(*v4)),
                IpAddr::V6(Ipv6Addr::from(*v6)),
            ];
            Some((name, addresses))
        });
        Self {
            servers: servers.collect(),
        }
    }

    /// Reads a hints file: NS records of the root, and A and AAAA records of the servers that they name.
    ///
    /// # Errors
    ///
    /// A text that is no zone file, or that names no server of the root with an address.
    pub fn parse(text: &str) -> Result<Self, HintsError> {
        let hints = records(text).map_err(HintsError::Format)?;
        let mut servers: Vec<(Name, Vec<IpAddr>)> = Vec::new();
        for hint in &hints {
            if let Hint::Server(name) = hint
                && !servers.iter().any(|(known, _)| known == name)
            {
                servers.push((name.clone(), Vec::new()));
            }
        }
        for hint in hints {
            if let Hint::Address(owner, address) = hint
                && let Some((_, addresses)) = servers.iter_mut().find(|(name, _)| *name == owner)
                && !addresses.contains(&address)
            {
                addresses.push(address);
            }
        }
        if servers.iter().all(|(_, addresses)| addresses.is_empty()) {
            return Err(HintsError::Empty);
        }
        Ok(Self { servers })
    }
}
