//! SPF records by their terms ([RFC 7208 §4.6](https://www.rfc-editor.org/rfc/rfc7208#section-4.6)), and what they cost in lookups.

use std::collections::BTreeSet;

/// Lookups that a receiver makes before it gives up ([RFC 7208 §4.6.4](https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4)).
pub const LOOKUPS: usize = 10;

/// What a term says: a mechanism that may match, or a modifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfTerm {
    /// `+`, `-`, `~` or `?`; `+` where none is written.
    pub qualifier: char,
    /// Its name, in lower case.
    pub name: String,
    /// What follows the `:`, `=` or `/`.
    pub value: Option<String>,
    /// Written with `=`.
    pub modifier: bool,
}

/// The terms of an SPF record; `None` where the text is not one.
#[must_use]
pub fn terms(text: &str) -> Option<Vec<SpfTerm>> {
    let (version, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !version.eq_ignore_ascii_case("v=spf1") {
        return None;
    }
    Some(rest.split_ascii_whitespace().map(term).collect())
}

fn term(word: &str) -> SpfTerm {
    let (qualifier, bare) = match word.chars().next() {
        Some(sign @ ('+' | '-' | '~' | '?')) => (sign, &word[1..]),
        _ => ('+', word),
    };
    let end = bare.find([':', '=', '/']).unwrap_or(bare.len());
    let (name, rest) = bare.split_at(end);
    let value = rest
        .strip_prefix([':', '='])
        .or((!rest.is_empty()).then_some(rest));
    SpfTerm {
        qualifier,
        name: name.to_ascii_lowercase(),
        value: value.map(ToOwned::to_owned),
        modifier: rest.starts_with('='),
    }
}

impl SpfTerm {
    /// Whether a receiver asks DNS for it.
    #[must_use]
    pub fn costs_a_lookup(&self) -> bool {
        match self.modifier {
            true => self.name == "redirect",
            false => matches!(
                self.name.as_str(),
                "include" | "a" | "mx" | "ptr" | "exists"
            ),
        }
    }

    /// The name whose SPF record it brings in; `None` where it brings in none, or one that depends on the sender (macros).
    #[must_use]
    pub fn brings_in(&self) -> Option<&str> {
        let follows = match self.modifier {
            true => self.name == "redirect",
            false => self.name == "include",
        };
        let target = self.value.as_deref().filter(|_| follows)?;
        (!target.contains('%')).then_some(target)
    }

    /// Whether it lets every sender pass.
    #[must_use]
    pub fn lets_everyone(&self) -> bool {
        !self.modifier && self.name == "all" && self.qualifier == '+'
    }
}

/// What the terms need: a `redirect` counts only where no `all` stands before it.
pub fn effective(terms: &[SpfTerm]) -> impl Iterator<Item = &SpfTerm> {
    let decides = terms
        .iter()
        .any(|term| !term.modifier && term.name == "all");
    terms
        .iter()
        .filter(move |term| !(decides && term.modifier && term.name == "redirect"))
}

/// What evaluating an SPF record costs when nothing matches before its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpfCost {
    /// Terms that cost a lookup, those of included records too.
    pub lookups: usize,
    /// Names that were brought in.
    pub through: Vec<String>,
    /// Names that were brought in and have no SPF record: the result is an error for every receiver.
    pub without_record: Vec<String>,
    /// Names that come again within themselves.
    pub circular: bool,
    /// A name that was brought in could not be asked, so there may be more.
    pub incomplete: bool,
}

/// What is known of a name's SPF record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpfKnown<'a> {
    /// This one.
    Record(&'a str),
    /// There is none.
    Missing,
    /// It was not asked for, or did not answer.
    Unknown,
}

/// The cost of `text`, the record of `name`. `known` gives the records of other names.
pub fn cost<'a>(name: &str, text: &'a str, known: impl Fn(&str) -> SpfKnown<'a>) -> SpfCost {
    let mut cost = SpfCost::default();
    let mut path = BTreeSet::from([canonical(name)]);
    add(text, &known, &mut path, &mut cost);
    cost
}

/// Beyond this a record is over every limit, whatever follows.
const ENOUGH: usize = 10 * LOOKUPS;

fn add<'a>(
    text: &'a str,
    known: &impl Fn(&str) -> SpfKnown<'a>,
    path: &mut BTreeSet<String>,
    cost: &mut SpfCost,
) {
    let terms = terms(text).unwrap_or_default();
    for term in effective(&terms).filter(|term| term.costs_a_lookup()) {
        if cost.lookups >= ENOUGH {
            return;
        }
        cost.lookups += 1;
        let Some(target) = term.brings_in() else {
            continue;
        };
        let target = canonical(target);
        if path.contains(&target) {
            cost.circular = true;
            continue;
        }
        if !cost.through.contains(&target) {
            cost.through.push(target.clone());
        }
        match known(&target) {
            SpfKnown::Record(text) => {
                path.insert(target.clone());
                add(text, known, path, cost);
                path.remove(&target);
            }
            SpfKnown::Missing if !cost.without_record.contains(&target) => {
                cost.without_record.push(target);
            }
            SpfKnown::Missing => {}
            SpfKnown::Unknown => cost.incomplete = true,
        }
    }
}

/// A name as it is compared: in lower case, without its last dot.
#[must_use]
pub fn canonical(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_qualifier_name_and_value() {
        let terms =
            terms("v=spf1 a mx:mail.test -ip4:192.0.2.0/24 a/24 ~all redirect=x.test").unwrap();
        let names: Vec<_> = terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!(names, ["a", "mx", "ip4", "a", "all", "redirect"]);
        assert_eq!(terms[1].value.as_deref(), Some("mail.test"));
        assert_eq!((terms[2].qualifier, terms[4].qualifier), ('-', '~'));
        assert!(terms[5].modifier && !terms[0].modifier);
        assert_eq!(effective(&terms).count(), 5);
    }

    #[test]
    fn only_the_version_makes_it_spf() {
        assert!(terms("v=spf10 a").is_none());
        assert!(terms("v=DMARC1; p=none").is_none());
        assert_eq!(terms("V=SPF1").unwrap(), []);
    }

    #[test]
    fn included_records_count_with_their_own_terms() {
        let known = |name: &str| match name {
            "one.test" => SpfKnown::Record("v=spf1 a mx include:two.test -all"),
            "two.test" => SpfKnown::Record("v=spf1 ip4:192.0.2.1 exists:%{i}.x.test -all"),
            "gone.test" => SpfKnown::Missing,
            _ => SpfKnown::Unknown,
        };
        let told = cost(
            "shop.test",
            "v=spf1 include:one.test include:GONE.test. -all",
            known,
        );
        assert_eq!(told.lookups, 6);
        assert_eq!(told.through, ["one.test", "two.test", "gone.test"]);
        assert_eq!(told.without_record, ["gone.test"]);
        assert!(!told.incomplete && !told.circular);
        assert!(cost("shop.test", "v=spf1 include:else.test", known).incomplete);
    }

    #[test]
    fn a_circle_ends() {
        let known = |_: &str| {
            SpfKnown::Record("v=spf1 include:a.test include:b.test include:c.test include:d.test")
        };
        let told = cost("a.test", "v=spf1 include:a.test include:b.test", known);
        assert!(told.circular);
        assert!(told.lookups <= ENOUGH);
    }

    #[test]
    fn everyone_is_let_in_by_plus_all_alone() {
        let last = |text: &str| terms(text).unwrap().last().unwrap().lets_everyone();
        assert!(last("v=spf1 +all"));
        assert!(last("v=spf1 all"));
        assert!(!last("v=spf1 ?all"));
    }
}
