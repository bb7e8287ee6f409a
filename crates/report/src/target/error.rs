//! Why a target cannot be read: what was given, and what is expected.

use thiserror::Error;

/// Why a target cannot be read: what was given, what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetError {
    /// Nothing was given.
    #[error(
        "the target is empty; expected a URL, host, host:port or address, such as https://example.com"
    )]
    Empty,
    /// A blank or control character.
    #[error(
        "\"{given}\" holds a blank or control character; expected a URL, host, host:port or address"
    )]
    BadCharacter {
        /// What was given, escaped.
        given: String,
    },
    /// Not http or https.
    #[error(
        "\"{scheme}://\" is not a scheme that netwhy speaks; expected http:// or https://{hint}"
    )]
    UnknownScheme {
        /// The scheme given, escaped.
        scheme: String,
        /// ` — did you mean …?`, or nothing.
        hint: String,
    },
    /// No host.
    #[error("\"{given}\" names no host; expected a URL such as https://example.com/path")]
    NoHost {
        /// What was given, escaped.
        given: String,
    },
    /// A path where a host belongs.
    #[error("\"{given}\" looks like a file; expected a URL, host, host:port or address{hint}")]
    File {
        /// What was given, escaped.
        given: String,
        /// ` — did you mean …?`, or nothing.
        hint: String,
    },
    /// Not a port.
    #[error("port \"{given}\" is out of range; expected 1 to 65535{hint}")]
    BadPort {
        /// What was given, escaped.
        given: String,
        /// ` — did you mean …?`, or nothing.
        hint: String,
    },
    /// A name that DNS cannot hold.
    #[error("the name is {length} bytes long; expected at most 253 (RFC 1035 §2.3.4)")]
    NameTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A label that DNS cannot hold.
    #[error("the label \"{label}\" is {length} bytes long; expected 1 to 63 (RFC 1035 §2.3.4)")]
    BadLabel {
        /// The label, escaped, cut to 80 characters.
        label: String,
        /// Its length in bytes.
        length: usize,
    },
    /// Anything else.
    #[error(
        "\"{given}\" is not a URL, host or address: {reason}; expected something like https://example.com or example.com:443"
    )]
    Malformed {
        /// What was given, escaped.
        given: String,
        /// What the URL parser said.
        reason: String,
    },
}
