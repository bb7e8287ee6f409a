//! A DNS message as it was received, section by section, in presentation form.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ExtendedError;
use crate::Untrusted;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The name in presentation form (RFC 1035 §5.1 escapes), absolute, with its trailing dot.
    pub name: Untrusted,
    /// The class's mnemonic, or `CLASSnnn` (RFC 3597).
    pub class: String,
    /// The type's mnemonic, or `TYPEnnn` (RFC 3597).
    pub record_type: String,
}

/// One resource record in presentation form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ResourceRecord {
    /// The owner name, absolute, with its trailing dot.
    pub name: Untrusted,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// The class's mnemonic, or `CLASSnnn`.
    pub class: String,
    /// The type's mnemonic, or `TYPEnnn`.
    pub record_type: String,
    /// The data as a zone file would have it.
    pub data: Untrusted,
}

/// The header bits of a message ([RFC 1035 §4.1.1](https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1), RFC 4035 §3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeaderFlags {
    /// QR: it is a response.
    pub response: bool,
    /// AA: the server speaks as an authority.
    pub authoritative: bool,
    /// TC: the message was cut.
    pub truncated: bool,
    /// RD: recursion was asked for.
    pub recursion_desired: bool,
    /// RA: the server offers recursion.
    pub recursion_available: bool,
    /// AD: the server says that it validated.
    pub authentic: bool,
    /// CD: validation was switched off.
    pub checking_disabled: bool,
}

/// A decoded message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DnsMessage {
    /// The message id.
    pub id: u16,
    /// The opcode's mnemonic.
    pub opcode: String,
    /// The response code, its EDNS extension included; 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
    pub rcode: u16,
    /// The code's mnemonic.
    pub rcode_name: String,
    /// The header bits.
    pub flags: HeaderFlags,
    /// The question section.
    pub question: Vec<Question>,
    /// The answer section.
    pub answer: Vec<ResourceRecord>,
    /// The authority section.
    pub authority: Vec<ResourceRecord>,
    /// The additional section, without the OPT record.
    pub additional: Vec<ResourceRecord>,
    /// What the OPT record says, if there was one.
    pub edns: Option<EdnsRecord>,
    /// Size in bytes.
    pub size: u32,
    /// The bytes as received, in base64.
    pub wire_b64: String,
    /// Parts that break their format while the rest could be read: their records carry the generic form of RFC 3597.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<MessageFault>,
}

/// A part of a message that breaks its format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageFault {
    /// The offset in the message, from 0.
    pub offset: usize,
    /// Which part, and what is wrong with it; printable ASCII.
    pub reason: String,
}

/// The OPT record of a message ([RFC 6891](https://www.rfc-editor.org/rfc/rfc6891)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EdnsRecord {
    /// The EDNS version.
    pub version: u8,
    /// The UDP payload size that the sender can take, in bytes.
    pub udp_payload: u16,
    /// DO: signatures are wanted.
    pub dnssec_ok: bool,
    /// The options, in the order sent, extended errors apart.
    pub options: Vec<EdnsOptionRecord>,
    /// Extended errors ([RFC 8914](https://www.rfc-editor.org/rfc/rfc8914)).
    pub extended_errors: Vec<ExtendedError>,
}

/// One EDNS option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "option", rename_all = "snake_case")]
pub enum EdnsOptionRecord {
    /// NSID: which machine answered ([RFC 5001](https://www.rfc-editor.org/rfc/rfc5001)).
    Nsid {
        /// Its identifier.
        id: Untrusted,
    },
    /// ECS: the client's network, and how much of it the answer depends on ([RFC 7871](https://www.rfc-editor.org/rfc/rfc7871)).
    ClientSubnet {
        /// The network that was sent.
        network: String,
        /// The prefix length for which the answer holds; 0: for everybody.
        scope: u8,
    },
    /// COOKIE ([RFC 7873](https://www.rfc-editor.org/rfc/rfc7873)), in hex.
    Cookie {
        /// The client's part.
        client: String,
        /// The server's part.
        server: Option<String>,
    },
    /// PADDING ([RFC 7830](https://www.rfc-editor.org/rfc/rfc7830)).
    Padding {
        /// Its length in bytes.
        length: u16,
    },
    /// Any other.
    Other {
        /// The option code.
        code: u16,
        /// Its data, in hex.
        data: String,
    },
}

/// A reply that could not be decoded as a DNS message: the bytes, and where they broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undecodable {
    /// What the decoder said, escaped.
    pub reason: String,
    /// The offset at which decoding stopped, from 0.
    pub offset: usize,
    /// The bytes, in base64.
    pub wire_b64: String,
}
