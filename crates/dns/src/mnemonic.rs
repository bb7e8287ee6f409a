//! Record types and classes: numbers, and the words for them
//! ([IANA DNS parameters](https://www.iana.org/assignments/dns-parameters); unknown ones by
//! [RFC 3597 §5](https://www.rfc-editor.org/rfc/rfc3597#section-5)).

use std::fmt;
use std::str::FromStr;

use netwhy_report::untrusted::escape;
use thiserror::Error;

/// A record type. `Display` gives the mnemonic, or `TYPEnnn`; `FromStr` takes both, in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(pub u16);

/// A class. `Display` gives the mnemonic, or `CLASSnnn`; `FromStr` takes both, in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordClass(pub u16);

/// A word that names no type or class; `known` is there to suggest the nearest one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{given}\" is no {kind}; expected a mnemonic such as {} or {generic}nnn with a number up to 65535", .known[0])]
pub struct UnknownMnemonic {
    /// What was given, escaped.
    pub given: String,
    /// "record type" or "class".
    pub kind: &'static str,
    /// The prefix of the generic form: `TYPE` or `CLASS`.
    pub generic: &'static str,
    /// Every mnemonic there is.
    pub known: Vec<&'static str>,
}

impl RecordType {
    /// Every mnemonic, in the order of the numbers.
    pub fn known() -> impl Iterator<Item = &'static str> {
        TYPES.iter().map(|(_, word)| *word)
    }
}

impl RecordClass {
    /// The Internet.
    pub const IN: Self = Self(1);
    /// CHAOS: where servers keep their own names and versions.
    pub const CH: Self = Self(3);
}

impl fmt::Display for RecordType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match TYPES.binary_search_by_key(&self.0, |(number, _)| *number) {
            Ok(index) => formatter.write_str(TYPES[index].1),
            Err(_) => write!(formatter, "TYPE{}", self.0),
        }
    }
}

impl fmt::Display for RecordClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match CLASSES.iter().find(|(number, _)| *number == self.0) {
            Some((_, word)) => formatter.write_str(word),
            None => write!(formatter, "CLASS{}", self.0),
        }
    }
}

impl FromStr for RecordType {
    type Err = UnknownMnemonic;

    fn from_str(text: &str) -> Result<Self, UnknownMnemonic> {
        number(text, TYPES, "record type", "TYPE").map(Self)
    }
}

impl FromStr for RecordClass {
    type Err = UnknownMnemonic;

    fn from_str(text: &str) -> Result<Self, UnknownMnemonic> {
        number(text, CLASSES, "class", "CLASS").map(Self)
    }
}

/// The opcode's mnemonic.
pub(crate) fn opcode_name(code: u8) -> String {
    let name = match code {
        0 => "QUERY",
        1 => "IQUERY",
        2 => "STATUS",
        4 => "NOTIFY",
        5 => "UPDATE",
        6 => "DSO",
        _ => return format!("OPCODE{code}"),
    };
    name.to_owned()
}

fn number(
    text: &str,
    words: &[(u16, &'static str)],
    kind: &'static str,
    generic: &'static str,
) -> Result<u16, UnknownMnemonic> {
    let word = words
        .iter()
        .find(|(_, word)| word.eq_ignore_ascii_case(text))
        .map(|(number, _)| *number);
    let digits = text
        .split_at_checked(generic.len())
        .filter(|(prefix, _)| prefix.eq_ignore_ascii_case(generic))
        .map(|(_, digits)| digits)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    word.or_else(|| digits?.parse().ok())
        .ok_or_else(|| UnknownMnemonic {
            given: escape(text).into_owned(),
            kind,
            generic,
            known: words.iter().map(|(_, word)| *word).collect(),
        })
}

const CLASSES: &[(u16, &str)] = &[(1, "IN"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")];

const TYPES: &[(u16, &str)] = &[
    (1, "A"),
    (2, "NS"),
    (3, "MD"),
    (4, "MF"),
    (5, "CNAME"),
    (6, "SOA"),
    (7, "MB"),
    (8, "MG"),
    (9, "MR"),
    (10, "NULL"),
    (11, "WKS"),
    (12, "PTR"),
    (13, "HINFO"),
    (14, "MINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (19, "X25"),
    (20, "ISDN"),
    (21, "RT"),
    (22, "NSAP"),
    (23, "NSAP-PTR"),
    (24, "SIG"),
    (25, "KEY"),
    (26, "PX"),
    (27, "GPOS"),
    (28, "AAAA"),
    (29, "LOC"),
    (30, "NXT"),
    (31, "EID"),
    (32, "NIMLOC"),
    (33, "SRV"),
    (34, "ATMA"),
    (35, "NAPTR"),
    (36, "KX"),
    (37, "CERT"),
    (38, "A6"),
    (39, "DNAME"),
    (40, "SINK"),
    (41, "OPT"),
    (42, "APL"),
    (43, "DS"),
    (44, "SSHFP"),
    (45, "IPSECKEY"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (49, "DHCID"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (53, "SMIMEA"),
    (55, "HIP"),
    (56, "NINFO"),
    (57, "RKEY"),
    (58, "TALINK"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (61, "OPENPGPKEY"),
    (62, "CSYNC"),
    (63, "ZONEMD"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (100, "UINFO"),
    (101, "UID"),
    (102, "GID"),
    (103, "UNSPEC"),
    (104, "NID"),
    (105, "L32"),
    (106, "L64"),
    (107, "LP"),
    (108, "EUI48"),
    (109, "EUI64"),
    (249, "TKEY"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (253, "MAILB"),
    (254, "MAILA"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
    (258, "AVC"),
    (259, "DOA"),
    (260, "AMTRELAY"),
    (261, "RESINFO"),
    (262, "WALLET"),
    (32768, "TA"),
    (32769, "DLV"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_and_class_goes_there_and_back_in_any_case() {
        for number in 0..=u16::MAX {
            let record_type = RecordType(number);
            assert_eq!(record_type.to_string().parse(), Ok(record_type));
            assert_eq!(
                record_type.to_string().to_lowercase().parse(),
                Ok(record_type)
            );
            let class = RecordClass(number);
            assert_eq!(class.to_string().parse(), Ok(class));
        }
        assert!(TYPES.is_sorted_by_key(|(number, _)| *number));
    }

    #[test]
    fn generic_forms_stand_for_known_types_too() {
        assert_eq!("type28".parse(), Ok(RecordType(28)));
        assert_eq!("CLASS1".parse(), Ok(RecordClass::IN));
        assert_eq!(RecordType(731).to_string(), "TYPE731");
        assert_eq!(RecordClass(32769).to_string(), "CLASS32769");
    }

    #[test]
    fn an_unknown_word_comes_back_with_what_is_known() {
        for wrong in [
            "AAAB",
            "",
            "TYPE",
            "TYPE65536",
            "TYPE-1",
            "TYPE+1",
            "TYPEé",
            "INN",
        ] {
            let error = wrong.parse::<RecordType>().unwrap_err();
            assert_eq!(error.given, wrong);
            assert!(error.known.contains(&"AAAA"), "{error}");
        }
        let error = "IM".parse::<RecordClass>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"IM\" is no class; expected a mnemonic such as IN or CLASSnnn with a number up to 65535"
        );
    }
}
