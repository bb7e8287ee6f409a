//! The networking ground behind the findings: one topic per file, each linked to the findings that rest on it.

mod certificate_chain;
mod dns_resolution;
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

static TOPICS: &[&Topic] = &[
    &osi_walk::TOPIC,
    &dns_resolution::TOPIC,
    &tcp_handshake::TOPIC,
    &happy_eyeballs::TOPIC,
    &tls_handshake::TOPIC,
    &certificate_chain::TOPIC,
    &http_status_codes::TOPIC,
    &timeouts::TOPIC,
];

/// Every topic, from the general to the particular.
pub fn topics() -> impl Iterator<Item = &'static Topic> {
    TOPICS.iter().copied()
}

/// The topic of this name.
#[must_use]
pub fn find_topic(name: &str) -> Option<&'static Topic> {
    topics().find(|topic| topic.name == name)
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
    fn topics_hold_text_and_name_codes_by_layer() {
        let layers = ["client-", "dns-", "tcp-", "tls-", "http-"];
        for topic in topics() {
            assert!(topic.text.lines().count() >= 15, "{}", topic.name);
            assert!(
                topic
                    .findings
                    .iter()
                    .all(|code| layers.iter().any(|layer| code.starts_with(layer))),
                "{}",
                topic.name
            );
        }
    }

    #[test]
    fn links_to_tls_and_http_lead_to_findings_of_the_catalogue() {
        for code in topics().flat_map(|topic| topic.findings) {
            let written = code.starts_with("tls-") || code.starts_with("http-");
            assert!(!written || crate::find(code).is_some(), "{code}");
        }
    }
}
