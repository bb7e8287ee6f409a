//! The words of a lookup by what they are: dig's order, which is no order at all.

use std::net::IpAddr;

use netwhy_diagnose::{DomainName, RecordClass, RecordType};
use netwhy_report::dns::DnsServer;
use netwhy_report::dns::server::{DnsServerError, PRESETS};
use netwhy_report::untrusted::escape;

use crate::failure::{Failure, did_you_mean};

/// The words of a lookup by what they are.
#[derive(Debug, Default)]
pub(crate) struct Words<'given> {
    subjects: Vec<Subject<'given>>,
    pub(crate) types: Vec<String>,
    pub(crate) class: Option<String>,
    pub(crate) servers: Vec<DnsServer>,
    /// dig's `+words`, without the plus.
    pub(crate) dig_options: Vec<&'given str>,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'given> {
    Name(&'given str),
    Address(IpAddr),
}

impl<'given> Words<'given> {
    /// Sorts words; `reverse` is an address given by option.
    pub(crate) fn sort(words: &'given [String], reverse: Option<IpAddr>) -> Result<Self, Failure> {
        let mut sorted = Self::default();
        sorted.subjects.extend(reverse.map(Subject::Address));
        for word in words {
            if let Some(server) = word.strip_prefix('@') {
                sorted.servers.extend(servers(server)?);
            } else if let Some(option) = word.strip_prefix('+') {
                sorted.dig_options.push(option);
            } else if let Ok(address) = word.parse() {
                sorted.subjects.push(Subject::Address(address));
            } else if let Some(class) = class(word) {
                sorted.class = Some(class);
            } else if let Ok(record_type) = word.parse::<RecordType>() {
                let word = record_type.to_string();
                if !sorted.types.contains(&word) {
                    sorted.types.push(word);
                }
            } else {
                sorted.subjects.push(Subject::Name(word));
            }
        }
        Ok(sorted)
    }

    /// The one name or address among them.
    pub(crate) fn subject(&self) -> Result<Subject<'given>, Failure> {
        match self.subjects.as_slice() {
            [one] => Ok(*one),
            [] => Err(self.nothing_asked()),
            several => Err(several_asked(several)),
        }
    }

    /// The one name, and the one type that goes with it (A, or PTR for an address); `what` is the command, in words.
    pub(crate) fn one_question(&self, what: &str) -> Result<(DomainName, String), Failure> {
        let (name, default) = match self.subject()? {
            Subject::Address(address) => (DomainName::reverse(address), "PTR"),
            Subject::Name(text) => (super::parse_name(text)?, "A"),
        };
        let option = self.dig_options.first().map(|word| format!("+{word}"));
        if let Some(word) = option.or_else(|| self.class.clone()) {
            return Err(Failure::usage(format!(
                "\"{}\" has no place in {what}; expected a name and a type",
                escape(&word)
            )));
        }
        match self.types.as_slice() {
            [] => Ok((name, default.to_owned())),
            [one] => Ok((name, one.clone())),
            [_, second, ..] => Err(Failure::usage(format!(
                "\"{}\" is one type too many; {what} asks for one",
                escape(second)
            ))),
        }
    }

    /// The words that are none of these, where no name is wanted.
    pub(crate) fn without_subject(&self) -> Result<(), Failure> {
        match self.subjects.first() {
            None => Ok(()),
            Some(Subject::Name(word)) if !word.contains('.') => Err(unknown_type(word)),
            Some(subject) => Err(Failure::usage(format!(
                "\"{}\" is a name beside a file of names; expected types, a class or @servers there",
                subject.shown()
            ))),
        }
    }

    fn nothing_asked(&self) -> Failure {
        let hint = match self.types.first() {
            Some(word) => format!(
                "; a name that looks like the type {word} needs a trailing dot: \"{}.\"",
                word.to_ascii_lowercase()
            ),
            None => String::new(),
        };
        Failure::usage(format!(
            "no name is given; expected one such as example.com, then types and @servers{hint}"
        ))
    }
}

impl Subject<'_> {
    fn shown(&self) -> String {
        match self {
            Self::Name(name) => escape(name).into_owned(),
            Self::Address(address) => address.to_string(),
        }
    }
}

/// Two names are more likely a name and a mistyped type, where one of them has no dot.
fn several_asked(subjects: &[Subject<'_>]) -> Failure {
    let bare = subjects.iter().rev().find_map(|subject| match subject {
        Subject::Name(name) if !name.contains('.') => Some(*name),
        _ => None,
    });
    if let Some(word) = bare {
        return unknown_type(word);
    }
    let shown: Vec<String> = subjects
        .iter()
        .map(|subject| format!("\"{}\"", subject.shown()))
        .collect();
    Failure::usage(format!(
        "{} are several names; expected one, or a file of names with -f FILE (-f - reads standard input)",
        shown.join(" and ")
    ))
}

fn unknown_type(word: &str) -> Failure {
    let upper = word.to_ascii_uppercase();
    let hint = did_you_mean(&upper, RecordType::known());
    Failure::usage(format!(
        "\"{}\" is not a record type; expected a mnemonic such as MX, or TYPEnnn with a number up to 65535{hint}",
        escape(word)
    ))
}

/// ANY is a type in everybody's mouth, though it is a class as well.
fn class(word: &str) -> Option<String> {
    let class: RecordClass = word.parse().ok()?;
    word.parse::<RecordType>()
        .is_err()
        .then(|| class.to_string())
}

fn servers(text: &str) -> Result<Vec<DnsServer>, Failure> {
    let preset = PRESETS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    let one = |text: &str| {
        text.parse()
            .map_err(|error: DnsServerError| Failure::usage(error.to_string()))
    };
    match preset {
        Some((_, addresses)) => addresses.iter().map(|address| one(address)).collect(),
        None => Ok(vec![one(text)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn words_may_stand_in_any_order() {
        for text in [
            "@192.0.2.53 ch txt version.bind +short type65",
            "version.bind TXT TYPE65 CH +short @192.0.2.53",
        ] {
            let given = words(text);
            let sorted = Words::sort(&given, None).unwrap();
            assert_eq!(sorted.subject().unwrap(), Subject::Name("version.bind"));
            assert_eq!(sorted.types, ["TXT", "HTTPS"], "{text}");
            assert_eq!(sorted.class.as_deref(), Some("CH"));
            assert_eq!(sorted.dig_options, ["short"]);
            assert_eq!(sorted.servers.len(), 1);
        }
    }

    #[test]
    fn a_preset_names_its_servers() {
        let given = words("example.com @quad9");
        assert_eq!(Words::sort(&given, None).unwrap().servers.len(), 2);
    }

    #[test]
    fn a_second_name_and_a_mistyped_type_are_told_apart() {
        let said = |text: &str| {
            let given = words(text);
            let sorted = Words::sort(&given, None).unwrap();
            sorted.subject().unwrap_err().to_string()
        };
        assert!(said("example.com MXX").contains("did you mean \"MX\""));
        assert!(said("AAA example.com").contains("not a record type"));
        assert!(said("a.example b.example").contains("-f FILE"));
        assert!(said("@192.0.2.53").contains("no name is given"));
        assert!(said("mx").contains("trailing dot: \"mx.\""));
    }
}
