//! The networking ground behind the findings: one topic per file, each linked to the findings that rest on it. To add one: its
//! file, and its place in [`GROUPS`] or in its layer's folder.

mod certificate_chain;
mod dns;
mod happy_eyeballs;
mod http_status_codes;
mod osi_walk;
mod tcp_handshake;
mod timeouts;
mod tls_handshake;

/// One page of background.
#[derive(Debug)]
pub struct Topic {
    /// The name to ask for, lower-case with hyphens.
    pub name: &'static str,
    /// One line without a full stop.
    pub title: &'static str,
    /// The page, plain text in lines and paragraphs.
    pub text: &'static str,
    /// Codes of findings that rest on it.
    pub findings: &'static [&'static str],
}

/// Topics of one theme.
#[derive(Debug)]
pub struct Group {
    /// The heading: a layer, or what its topics have in common.
    pub theme: &'static str,
    /// From the general to the particular.
    pub topics: &'static [&'static Topic],
}

/// Every group, in the order of a request's way.
pub static GROUPS: &[Group] = &[
    Group {
        theme: "the whole way",
        topics: &[&osi_walk::TOPIC, &timeouts::TOPIC],
    },
    Group {
        theme: "dns",
        topics: dns::TOPICS,
    },
    Group {
        theme: "tcp",
        topics: &[&tcp_handshake::TOPIC, &happy_eyeballs::TOPIC],
    },
    Group {
        theme: "tls",
        topics: &[&tls_handshake::TOPIC, &certificate_chain::TOPIC],
    },
    Group {
        theme: "http",
        topics: &[&http_status_codes::TOPIC],
    },
];

/// Every topic, group by group.
pub fn topics() -> impl Iterator<Item = &'static Topic> {
    GROUPS.iter().flat_map(|group| group.topics).copied()
}

/// The topic of this name.
#[must_use]
pub fn find_topic(name: &str) -> Option<&'static Topic> {
    topics().find(|topic| topic.name == name)
}

/// The topics that a finding rests on.
pub fn resting_on(code: &str) -> impl Iterator<Item = &'static Topic> {
    topics().filter(move |topic| topic.findings.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_found_by_its_name() {
        assert_eq!(
            find_topic("timeouts").unwrap().title,
            "Whose patience ended"
        );
        assert!(find_topic("Timeouts ").is_none());
    }

    #[test]
    fn a_name_leads_to_one_page_only() {
        let mut names: Vec<&str> = topics().map(|topic| topic.name).collect();
        names.extend(crate::catalogue().map(|finding| finding.code));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_topic_is_a_page_worth_reading_and_not_a_book() {
        for topic in topics() {
            let lines = topic.text.lines().count();
            assert!((15..=75).contains(&lines), "{}: {lines}", topic.name);
        }
    }

    #[test]
    fn every_link_leads_to_a_finding_of_the_catalogue_and_back() {
        for topic in topics() {
            for code in topic.findings {
                assert!(crate::find(code).is_some(), "{}: {code}", topic.name);
                assert!(resting_on(code).any(|back| back.name == topic.name));
            }
        }
    }
}
