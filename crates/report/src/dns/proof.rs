//! What DNSSEC proves about an answer or a delegation, and which record is at fault where it proves nothing
//! ([RFC 4035](https://www.rfc-editor.org/rfc/rfc4035)).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The four outcomes of validation ([RFC 4033 §5](https://www.rfc-editor.org/rfc/rfc4033#section-5)).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// A chain of signatures from the trust anchor covers it.
    Secure,
    /// A proof says that this part of the tree is not signed.
    Insecure,
    /// It should be signed and proven, and is not.
    Bogus,
    /// Not enough was seen to tell.
    Indeterminate,
}
