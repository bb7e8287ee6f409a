//! Bytes from the network: a type without `Display`, so that they cannot reach a terminal or a log by accident.
//!
//! `escaped` is the one place that knows which characters are dangerous; every sink builds on it.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that a peer chose. Serialises as `{ "text": escaped, "raw_b64": … }`, the latter only where escaping changed anything.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Untrusted(Vec<u8>);

impl Untrusted {
    /// Wraps bytes as they came.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, unescaped: for comparing and parsing, never for printing.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, unescaped, if they are UTF-8: for parsing, never for printing.
    #[must_use]
    pub fn raw_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Printable text: dangerous characters as `\u{..}`, bytes that are not UTF-8 as `\xNN`.
    #[must_use]
    pub fn escaped(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for chunk in self.0.utf8_chunks() {
            text.push_str(&escape(chunk.valid()));
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02x}"));
            }
        }
        text
    }
}

/// Escapes what must never reach a sink: C0 with CR and LF, DEL, C1, bidi controls, zero-width and other invisible characters.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if is_dangerous(c) => escaped.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// Whether a character may change what a person sees without being seen itself.
#[must_use]
pub fn is_dangerous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Untrusted(\"{}\")", self.escaped())
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

#[derive(Serialize, Deserialize)]
struct Wire {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_b64: Option<String>,
}

impl Serialize for Untrusted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.escaped();
        let raw_b64 = (text.as_bytes() != self.0).then(|| BASE64.encode(&self.0));
        Wire { text, raw_b64 }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Untrusted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        match wire.raw_b64 {
            Some(encoded) => BASE64.decode(encoded).map(Self).map_err(D::Error::custom),
            None => Ok(Self(wire.text.into_bytes())),
        }
    }
}

impl JsonSchema for Untrusted {
    fn schema_name() -> Cow<'static, str> {
        "Untrusted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Bytes that a peer chose: escaped text, and the bytes themselves where escaping changed anything.",
            "type": "object",
            "properties": {
                "text": { "type": "string" },
                "raw_b64": { "type": "string", "contentEncoding": "base64" },
            },
            "required": ["text"],
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_bidi_controls_leave_as_text() {
        let hostile = Untrusted::from("a\x1b]52;c;x\x07b\u{202e}c\r\nd");
        let text = hostile.escaped();
        assert!(!text.chars().any(is_dangerous), "{text}");
        assert_eq!(text, "a\\u{1b}]52;c;x\\u{7}b\\u{202e}c\\r\\nd");
    }

    #[test]
    fn bytes_that_are_not_utf8_survive_a_json_round_trip() {
        let hostile = Untrusted::new(vec![b'a', 0xff, 0x1b, 0xc3, 0xa9]);
        let json = serde_json::to_string(&hostile).unwrap();
        assert!(json.contains("raw_b64"), "{json}");
        assert_eq!(serde_json::from_str::<Untrusted>(&json).unwrap(), hostile);
    }

    #[test]
    fn harmless_text_carries_no_second_copy() {
        let json = serde_json::to_string(&Untrusted::from("nginx/1.22 é")).unwrap();
        assert_eq!(json, r#"{"text":"nginx/1.22 é"}"#);
    }
}
