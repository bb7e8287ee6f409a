//! Finding a page by a word that is neither a code nor a topic.

use crate::finding::Declaration;
use crate::topics::Topic;

/// The pages that a search found, findings in causal order, topics in the order of the list.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// Findings.
    pub findings: Vec<&'static Declaration>,
    /// Topics.
    pub topics: Vec<&'static Topic>,
}

impl Matches {
    /// How many pages.
    #[must_use]
    pub fn count(&self) -> usize {
        self.findings.len() + self.topics.len()
    }
}

/// The pages that hold every word of `wanted`, upper and lower case alike: the several ones whose name or headline has words that begin
/// like that, else all that have the whole words anywhere.
///
/// One page whose name merely begins like that is no match: a name with letters missing is a slip, not a search.
#[must_use]
pub fn search(wanted: &str) -> Matches {
    let wanted: Vec<String> = words(wanted).collect();
    if wanted.is_empty() {
        return Matches::default();
    }
    let begun = matching(
        &wanted,
        |word, wanted| word.starts_with(wanted),
        |finding| vec![finding.code, finding.headline],
        |topic| vec![topic.name, topic.title],
    );
    if begun.count() > 1 {
        return begun;
    }
    matching(
        &wanted,
        |word, wanted| word == wanted,
        |finding| {
            vec![
                finding.code,
                finding.headline,
                finding.what,
                finding.why,
                finding.fix,
                finding.confirm,
            ]
        },
        |topic| vec![topic.name, topic.title, topic.text],
    )
}

type Same = fn(&str, &str) -> bool;
type Parts<T> = fn(&T) -> Vec<&'static str>;

fn matching(
    wanted: &[String],
    same: Same,
    finding: Parts<Declaration>,
    topic: Parts<Topic>,
) -> Matches {
    Matches {
        findings: crate::catalogue()
            .filter(|page| holds(&finding(page), wanted, same))
            .collect(),
        topics: crate::topics()
            .filter(|page| holds(&topic(page), wanted, same))
            .collect(),
    }
}

fn holds(page: &[&str], wanted: &[String], same: Same) -> bool {
    let page: Vec<String> = page.iter().flat_map(|part| words(part)).collect();
    wanted
        .iter()
        .all(|wanted| page.iter().any(|word| same(word, wanted)))
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wanted: &str) -> Vec<&'static str> {
        let found = search(wanted);
        let codes = found.findings.iter().map(|finding| finding.code);
        codes
            .chain(found.topics.iter().map(|topic| topic.name))
            .collect()
    }

    #[test]
    fn a_word_of_a_headline_finds_its_pages_in_any_case() {
        let expired = names("EXPIRED");
        assert!(expired.contains(&"tls-certificate-expired"), "{expired:?}");
        assert!(expired.contains(&"tls-intermediate-expired"), "{expired:?}");
        assert!(!expired.contains(&"tls-name-mismatch"), "{expired:?}");
    }

    #[test]
    fn every_word_has_to_be_there() {
        assert_eq!(names("certificate expired"), names("expired certificate"));
        assert!(names("certificate expired").len() < names("certificate").len());
        assert!(names("certificate nonsense").is_empty());
    }

    #[test]
    fn the_text_counts_when_no_two_headlines_have_the_word() {
        assert!(names("minimum").contains(&"dns-negative-caching"));
        assert!(names("nsswitch").contains(&"dns-resolution"));
    }

    #[test]
    fn a_name_with_letters_missing_is_no_search() {
        assert!(names("tls-chain-incomplet").is_empty());
        assert!(names("").is_empty());
        assert!(names("--").is_empty());
    }
}
