//! Replies that are not ours: what a forger sends who sees no query, and what a broken server sends
//! ([RFC 5452 §9](https://www.rfc-editor.org/rfc/rfc5452#section-9)).

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a reply fails to match the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// Its question is the query's, its id is not.
    Id,
    /// Its question is not the query's.
    Question,
    /// Its question has other letters in upper case than the query, where the query mixed them (0x20).
    Case,
}

/// Sources kept by name.
const SOURCES: usize = 4;

/// The mismatched replies of one try, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mismatches {
    /// With the query's question, and an id that is not the query's.
    pub wrong_id: u32,
    /// With a question that is not the query's, whatever the id.
    pub wrong_question: u32,
    /// With other letters in upper case than the query.
    pub wrong_case: u32,
    /// From an address or port that was not asked.
    pub wrong_source: u32,
    /// The first of those sources, each once.
    pub sources: Vec<SocketAddr>,
}

impl Mismatches {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.wrong_id
            .saturating_add(self.wrong_question)
            .saturating_add(self.wrong_case)
            .saturating_add(self.wrong_source)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// Counts a reply from the server asked.
    pub fn count(&mut self, mismatch: Mismatch) {
        let counter = match mismatch {
            Mismatch::Id => &mut self.wrong_id,
            Mismatch::Question => &mut self.wrong_question,
            Mismatch::Case => &mut self.wrong_case,
        };
        *counter = counter.saturating_add(1);
    }

    /// Counts a datagram from somebody else.
    pub fn count_source(&mut self, source: SocketAddr) {
        self.wrong_source = self.wrong_source.saturating_add(1);
        if self.sources.len() < SOURCES && !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    /// Adds those of another try.
    pub fn add(&mut self, other: &Self) {
        for (counter, more) in [
            (&mut self.wrong_id, other.wrong_id),
            (&mut self.wrong_question, other.wrong_question),
            (&mut self.wrong_case, other.wrong_case),
            (&mut self.wrong_source, other.wrong_source),
        ] {
            *counter = counter.saturating_add(more);
        }
        for source in &other.sources {
            if self.sources.len() < SOURCES && !self.sources.contains(source) {
                self.sources.push(*source);
            }
        }
    }
}
