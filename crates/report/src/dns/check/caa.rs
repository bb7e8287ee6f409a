//! The CAA records that bind certificate authorities for a name ([RFC 8659](https://www.rfc-editor.org/rfc/rfc8659)).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text_of;
use crate::Untrusted;
use crate::dns::exchange::DnsExchange;
use crate::dns::rcode;

/// The climb from a name to its nearest CAA records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaaRecord {
    /// The name that a certificate is for.
    pub name: Untrusted,
    /// CAA asked of the name, then of each name above it, until one has records.
    pub climb: Vec<DnsExchange>,
}

/// One CAA record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaaProperty {
    /// Its flags; 128: who does not know the tag must not issue.
    pub flags: u8,
    /// Its tag, in lower case: `issue`, `issuewild`, `iodef` and others.
    pub tag: String,
    /// Its value.
    pub value: String,
}

/// What binds authorities.
#[derive(Debug, Clone, PartialEq)]
pub enum CaaSet<'run> {
    /// These records, which `owner` has.
    Found {
        /// The name that has them.
        owner: &'run Untrusted,
        /// The records.
        properties: Vec<CaaProperty>,
    },
    /// No name on the way up has any: every authority may issue.
    Unbound,
    /// A question failed, or led to an alias that was not followed: an authority that fails like this must not issue.
    Failed {
        /// The question that told nothing.
        at: &'run DnsExchange,
    },
}

impl CaaRecord {
    /// The nearest set.
    #[must_use]
    pub fn effective(&self) -> CaaSet<'_> {
        for exchange in &self.climb {
            let reply = exchange
                .reply()
                .filter(|reply| matches!(reply.rcode, rcode::NOERROR | rcode::NXDOMAIN));
            let Some(reply) = reply else {
                return CaaSet::Failed { at: exchange };
            };
            let records = reply
                .answer
                .iter()
                .filter(|record| record.record_type == "CAA");
            let properties: Vec<_> = records
                .filter_map(|record| property(&record.data))
                .collect();
            let has = |kind: &str| reply.answer.iter().any(|record| record.record_type == kind);
            if has("CNAME")
                && !has("CAA")
                && reply
                    .authority
                    .iter()
                    .all(|record| record.record_type != "SOA")
            {
                return CaaSet::Failed { at: exchange };
            }
            if !properties.is_empty() {
                return CaaSet::Found {
                    owner: &exchange.question.name,
                    properties,
                };
            }
        }
        CaaSet::Unbound
    }
}

fn property(data: &Untrusted) -> Option<CaaProperty> {
    let text = data.raw_text()?;
    let (flags, rest) = text.split_once(' ')?;
    let (tag, value) = rest.split_once(' ')?;
    Some(CaaProperty {
        flags: flags.parse().ok()?,
        tag: tag.to_ascii_lowercase(),
        value: text_of(&Untrusted::from(value)).escaped(),
    })
}

impl CaaProperty {
    /// The domain of the authority that it lets issue; `None` where it lets none (`;`) or is no such property.
    #[must_use]
    pub fn issuer(&self) -> Option<String> {
        if !matches!(self.tag.as_str(), "issue" | "issuewild") {
            return None;
        }
        let domain = self.value.split(';').next().unwrap_or_default().trim();
        (!domain.is_empty()).then(|| domain.trim_end_matches('.').to_ascii_lowercase())
    }
}

/// The properties that decide about a certificate: `issuewild` for a wildcard where there is any, else `issue`. Empty where the
/// set holds none: then it forbids nothing ([RFC 8659 §4.2](https://www.rfc-editor.org/rfc/rfc8659#section-4.2)).
#[must_use]
pub fn deciding(properties: &[CaaProperty], wildcard: bool) -> Vec<&CaaProperty> {
    let tagged = |tag: &str| {
        properties
            .iter()
            .filter(|one| one.tag == tag)
            .collect::<Vec<_>>()
    };
    match tagged("issuewild") {
        wild if wildcard && !wild.is_empty() => wild,
        _ => tagged("issue"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> CaaProperty {
        property(&Untrusted::from(data)).unwrap()
    }

    #[test]
    fn an_issuer_is_the_domain_before_parameters() {
        let one = read(r#"0 issue "CA.example.; account=1""#);
        assert_eq!(one.issuer().as_deref(), Some("ca.example"));
        assert_eq!(read(r#"0 issue ";""#).issuer(), None);
        assert_eq!(read(r#"0 iodef "mailto:a@b.test""#).issuer(), None);
    }

    #[test]
    fn wildcards_have_properties_of_their_own() {
        let set = [read(r#"0 issue "a.test""#), read(r#"0 issuewild "b.test""#)];
        assert_eq!(deciding(&set, true)[0].value, "b.test");
        assert_eq!(deciding(&set, false)[0].value, "a.test");
        assert_eq!(deciding(&set[..1], true)[0].value, "a.test");
        assert!(deciding(&[], false).is_empty());
    }
}
