//! One question to one server, kept whole: every try, the reply with its bytes, or why there is none.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::message::{DnsMessage, Question, Undecodable};
use super::{DnsServer, DnsTry};
use crate::Step;

/// One question to one server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsExchange {
    /// The server as it was asked for.
    pub server: DnsServer,
    /// Where the query went; `null` if the server's name did not resolve.
    pub address: Option<SocketAddr>,
    /// The question.
    pub question: Question,
    /// Each datagram or stream, in order.
    pub tries: Vec<DnsTry>,
    /// From the first try to the final reply.
    pub step: Step<Box<DnsMessage>>,
    /// The reply that could not be decoded, if that is why the step failed.
    pub undecodable: Option<Undecodable>,
}

impl DnsExchange {
    /// The reply, if one came and could be decoded.
    #[must_use]
    pub fn reply(&self) -> Option<&DnsMessage> {
        self.step.value().map(AsRef::as_ref)
    }

    /// Whether a reply over UDP was cut and the question asked again over TCP.
    #[must_use]
    pub fn was_truncated(&self) -> bool {
        self.tries.iter().any(|one| one.truncated)
    }

    /// Datagrams sent again because no reply came in time.
    #[must_use]
    pub fn retransmits(&self) -> usize {
        let unanswered = |one: &&DnsTry| {
            matches!(
                one.step.failure(),
                Some(crate::Failure::TimedOut { .. } | crate::Failure::DnsMismatched { .. })
            )
        };
        let silent = self.tries.iter().filter(unanswered).count();
        silent.min(self.tries.len().saturating_sub(1))
    }
}
