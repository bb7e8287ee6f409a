//! A query as wire bytes: header bits, one question, EDNS with the options that a client sends.

use std::net::IpAddr;

use thiserror::Error;

use crate::edns::{CLIENT_SUBNET, COOKIE, DNSSEC_OK, NSID, PADDING};
use crate::mnemonic::{RecordClass, RecordType};
use crate::name::DomainName;

/// A query with one question. The name's letters go out in the case that it has:
/// [`DomainName::with_mixed_case`] is how they are mixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryMessage {
    /// The message id; an unpredictable one where the transport does not protect the reply.
    pub id: u16,
    /// What is asked about.
    pub name: DomainName,
    /// Which records.
    pub record_type: RecordType,
    /// In which class.
    pub class: RecordClass,
    /// RD: ask others on our behalf.
    pub recursion_desired: bool,
    /// AD: say whether you validated ([RFC 6840 §5.7](https://www.rfc-editor.org/rfc/rfc6840#section-5.7)).
    pub authentic_data: bool,
    /// CD: give the data even if it does not validate.
    pub checking_disabled: bool,
    /// The OPT record; without it the message is of 1987.
    pub edns: Option<QueryEdns>,
}

/// The OPT record of a query ([RFC 6891](https://www.rfc-editor.org/rfc/rfc6891)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryEdns {
    /// The EDNS version; 0 is the only one in use.
    pub version: u8,
    /// The UDP payload size that we take, in bytes.
    pub udp_payload: u16,
    /// DO: send signatures.
    pub dnssec_ok: bool,
    /// Flag bits besides DO; all are zero unless a server's bearing is tested.
    pub extra_flags: u16,
    /// Ask which machine answers (NSID).
    pub nsid: bool,
    /// The network on whose behalf we ask, and its prefix length; bits after the prefix are not sent.
    pub client_subnet: Option<(IpAddr, u8)>,
    /// A client cookie of 8 octets, with the server's 8 to 32 behind it once one is known.
    pub cookie: Option<Vec<u8>>,
    /// Any other options: code and data.
    pub others: Vec<(u16, Vec<u8>)>,
    /// Fill the message up to a multiple of so many bytes ([RFC 8467 §4.1](https://www.rfc-editor.org/rfc/rfc8467#section-4.1) recommends 128).
    pub padding_block: Option<u16>,
}

/// Why a query cannot be put into bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryMessageError {
    /// The prefix is longer than an address of its family.
    #[error("/{prefix} is no prefix length of {address}; at most {limit} is")]
    Prefix {
        /// The address given.
        address: IpAddr,
        /// The prefix length given.
        prefix: u8,
        /// The longest of the family.
        limit: u8,
    },
    /// A cookie of a length that RFC 7873 does not allow.
    #[error("a cookie has 8, or 16 to 40 octets (RFC 7873 §4); this has {octets}")]
    Cookie {
        /// Octets given.
        octets: usize,
    },
    /// The options do not fit into one message.
    #[error("the options make the message longer than 65535 bytes")]
    TooLong,
}

impl QueryMessage {
    /// A query in class IN with RD and AD, and an OPT record that takes 1,232 bytes.
    #[must_use]
    pub fn new(id: u16, name: DomainName, record_type: RecordType) -> Self {
        Self {
            id,
            name,
            record_type,
            class: RecordClass::IN,
            recursion_desired: true,
            authentic_data: true,
            checking_disabled: false,
            edns: Some(QueryEdns::default()),
        }
    }

    /// The message in wire form.
    ///
    /// # Errors
    ///
    /// An option that cannot be what it should be.
    pub fn encode(&self) -> Result<Vec<u8>, QueryMessageError> {
        let mut message = Vec::with_capacity(128);
        let bits = [
            (self.recursion_desired, 0x0100),
            (self.authentic_data, 0x0020),
            (self.checking_disabled, 0x0010),
        ];
        let bits: u16 = bits
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, mask)| mask)
            .sum();
        let additional = u16::from(self.edns.is_some());
        for number in [self.id, bits, 1, 0, 0, additional] {
            push(number, &mut message);
        }
        message.extend_from_slice(self.name.wire());
        push(self.record_type.0, &mut message);
        push(self.class.0, &mut message);
        if let Some(edns) = &self.edns {
            edns.encode(&mut message)?;
        }
        Ok(message)
    }
}

impl Default for QueryEdns {
    /// Version 0, no options, and the payload that fits one unfragmented packet on practically every path
    /// ([DNS flag day 2020](https://www.dnsflagday.net/2020/)).
    fn default() -> Self {
        Self {
            version: 0,
            udp_payload: 1232,
            dnssec_ok: false,
            extra_flags: 0,
            nsid: false,
            client_subnet: None,
            cookie: None,
            others: Vec::new(),
            padding_block: None,
        }
    }
}

impl QueryEdns {
    fn encode(&self, message: &mut Vec<u8>) -> Result<(), QueryMessageError> {
        message.push(0);
        push(41, message);
        push(self.udp_payload, message);
        message.extend([0, self.version]);
        let dnssec_ok = if self.dnssec_ok { DNSSEC_OK } else { 0 };
        push(self.extra_flags & !DNSSEC_OK | dnssec_ok, message);
        let options = self.options(message.len() + 2)?;
        let length = u16::try_from(options.len()).map_err(|_| QueryMessageError::TooLong)?;
        push(length, message);
        message.extend(options);
        if message.len() > usize::from(u16::MAX) {
            return Err(QueryMessageError::TooLong);
        }
        Ok(())
    }

    /// The options in wire form; `before` bytes of the message precede them.
    fn options(&self, before: usize) -> Result<Vec<u8>, QueryMessageError> {
        let mut options = Vec::new();
        if self.nsid {
            option(NSID, &[], &mut options)?;
        }
        if let Some((address, prefix)) = self.client_subnet {
            option(
                CLIENT_SUBNET,
                &client_subnet(address, prefix)?,
                &mut options,
            )?;
        }
        if let Some(cookie) = &self.cookie {
            let octets = cookie.len();
            if octets != 8 && !(16..=40).contains(&octets) {
                return Err(QueryMessageError::Cookie { octets });
            }
            option(COOKIE, cookie, &mut options)?;
        }
        for (code, data) in &self.others {
            option(*code, data, &mut options)?;
        }
        // Last, as its length depends on everything else.
        if let Some(block) = self.padding_block.filter(|block| *block > 0) {
            let length = before + options.len() + 4;
            let padding = length.next_multiple_of(usize::from(block)) - length;
            option(PADDING, &vec![0; padding], &mut options)?;
        }
        Ok(options)
    }
}

/// [RFC 7871 §6](https://www.rfc-editor.org/rfc/rfc7871#section-6): as many octets as the prefix needs, the rest of the
/// last one zero.
fn client_subnet(address: IpAddr, prefix: u8) -> Result<Vec<u8>, QueryMessageError> {
    let (family, limit, octets) = match address {
        IpAddr::V4(address) => (1, 32, address.octets().to_vec()),
        IpAddr::V6(address) => (2, 128, address.octets().to_vec()),
    };
    if prefix > limit {
        return Err(QueryMessageError::Prefix {
            address,
            prefix,
            limit,
        });
    }
    let mut data = vec![0, family, prefix, 0];
    data.extend(&octets[..usize::from(prefix).div_ceil(8)]);
    if let (Some(last), 1..) = (data.last_mut(), prefix % 8) {
        *last &= u8::MAX << (8 - prefix % 8);
    }
    Ok(data)
}

fn option(code: u16, data: &[u8], options: &mut Vec<u8>) -> Result<(), QueryMessageError> {
    push(code, options);
    let length = u16::try_from(data.len()).map_err(|_| QueryMessageError::TooLong)?;
    push(length, options);
    options.extend_from_slice(data);
    Ok(())
}

fn push(number: u16, out: &mut Vec<u8>) {
    out.extend(number.to_be_bytes());
}

#[cfg(test)]
mod tests;
