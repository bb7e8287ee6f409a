//! Where a walk begins: the root servers, built in, or those of a hints file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::rr::{Name, RecordType};
use hickory_proto::serialize::binary::BinDecodable as _;
use thiserror::Error;

use crate::name::DomainName;
use crate::zone_file::{ZoneFileError, ZoneRecord, read_zone_file};

/// The servers of the root zone, with their addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootHints {
    pub(super) servers: Vec<(Name, Vec<IpAddr>)>,
}

/// Why a file gives no root hints.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HintsError {
    /// It is no zone file.
    #[error(transparent)]
    Format(#[from] ZoneFileError),
    /// It names no server with an address.
    #[error(
        "no server of the root with an address; expected lines such as \". NS a.root.\" and \"a.root. A 192.0.2.1\""
    )]
    Empty,
}

/// The 13 root servers ([root hints](https://www.internic.net/domain/named.root)).
const ROOT_SERVERS: [(&str, [u8; 4], [u16; 8]); 13] = [
    (
        "a",
        [198, 41, 0, 4],
        [0x2001, 0x503, 0xba3e, 0, 0, 0, 2, 0x30],
    ),
    (
        "b",
        [170, 247, 170, 2],
        [0x2801, 0x1b8, 0x10, 0, 0, 0, 0, 0xb],
    ),
    ("c", [192, 33, 4, 12], [0x2001, 0x500, 2, 0, 0, 0, 0, 0xc]),
    (
        "d",
        [199, 7, 91, 13],
        [0x2001, 0x500, 0x2d, 0, 0, 0, 0, 0xd],
    ),
    (
        "e",
        [192, 203, 230, 10],
        [0x2001, 0x500, 0xa8, 0, 0, 0, 0, 0xe],
    ),
    (
        "f",
        [192, 5, 5, 241],
        [0x2001, 0x500, 0x2f, 0, 0, 0, 0, 0xf],
    ),
    (
        "g",
        [192, 112, 36, 4],
        [0x2001, 0x500, 0x12, 0, 0, 0, 0, 0xd0d],
    ),
    (
        "h",
        [198, 97, 190, 53],
        [0x2001, 0x500, 1, 0, 0, 0, 0, 0x53],
    ),
    (
        "i",
        [192, 36, 148, 17],
        [0x2001, 0x7fe, 0, 0, 0, 0, 0, 0x53],
    ),
    (
        "j",
        [192, 58, 128, 30],
        [0x2001, 0x503, 0xc27, 0, 0, 0, 2, 0x30],
    ),
    ("k", [193, 0, 14, 129], [0x2001, 0x7fd, 0, 0, 0, 0, 0, 1]),
    (
        "l",
        [199, 7, 83, 42],
        [0x2001, 0x500, 0x9f, 0, 0, 0, 0, 0x42],
    ),
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
        let records = read_zone_file(text, Some(&DomainName::root()))?;
        let mut servers: Vec<(Name, Vec<IpAddr>)> = Vec::new();
        let listed = records.iter().filter(|record| record.owner.is_root());
        for server in listed.filter_map(server) {
            if !servers.iter().any(|(known, _)| *known == server) {
                servers.push((server, Vec::new()));
            }
        }
        for record in &records {
            for (name, addresses) in &mut servers {
                if DomainName::from(&*name).matches(&record.owner)
                    && let Some(address) = address(record).filter(|new| !addresses.contains(new))
                {
                    addresses.push(address);
                }
            }
        }
        if servers.iter().all(|(_, addresses)| addresses.is_empty()) {
            return Err(HintsError::Empty);
        }
        Ok(Self { servers })
    }
}

fn server(record: &ZoneRecord) -> Option<Name> {
    let is_ns = record.record_type == mnemonic(RecordType::NS);
    is_ns
        .then(|| Name::from_bytes(&record.rdata).ok())
        .flatten()
}

fn address(record: &ZoneRecord) -> Option<IpAddr> {
    let data = record.rdata.as_slice();
    if record.record_type == mnemonic(RecordType::A) {
        data.try_into().ok().map(|octets: [u8; 4]| octets.into())
    } else if record.record_type == mnemonic(RecordType::AAAA) {
        data.try_into().ok().map(|octets: [u8; 16]| octets.into())
    } else {
        None
    }
}

fn mnemonic(record_type: RecordType) -> crate::mnemonic::RecordType {
    crate::mnemonic::RecordType(record_type.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_servers_have_both_families() {
        let hints = RootHints::built_in();
        assert_eq!(hints.servers.len(), 13);
        for (name, addresses) in &hints.servers {
            assert!(addresses[0].is_ipv4() && addresses[1].is_ipv6(), "{name}");
        }
    }

    #[test]
    fn a_hints_file_is_read_as_a_zone_file() {
        let text = "; root\n$TTL 3600\n. IN NS a.root.\n  NS B.root.\na.root. A 192.0.2.1\nb.ROOT. AAAA 2001:db8::1\nother. A 192.0.2.9\n";
        let hints = RootHints::parse(text).unwrap();
        let found: Vec<_> = hints
            .servers
            .iter()
            .flat_map(|(_, addresses)| addresses)
            .collect();
        let expected: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
        assert_eq!(found, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_file_without_addresses_and_a_broken_one_are_refused() {
        assert_eq!(RootHints::parse(". NS a.root.\n"), Err(HintsError::Empty));
        assert_eq!(RootHints::parse(""), Err(HintsError::Empty));
        assert_eq!(
            RootHints::parse("a.root. A 192.0.2.1\n"),
            Err(HintsError::Empty)
        );
        let error = RootHints::parse(". NS a.root.\na.root. A 192.0.2.300\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
