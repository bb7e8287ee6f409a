//! A bounded cursor over the wire bytes of one DNS message: integers, byte runs, names with their compression undone.

use std::borrow::Cow;

use crate::name::{DomainName, NAME_OCTETS};

/// Compression pointers followed within one name; a name has at most 127 labels, so an honest one needs no more.
const POINTERS: usize = 128;

/// Where bytes break the format, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The offset from the start of the message at which reading stopped.
    pub(crate) offset: usize,
    /// What is wrong there; printable ASCII.
    pub(crate) reason: Cow<'static, str>,
}

impl Malformed {
    pub(crate) fn new(offset: usize, reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self { offset, reason }
    }
}

/// Reads from `position` up to `end`; names may point back to anything before themselves.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'message> {
    message: &'message [u8],
    position: usize,
    end: usize,
}

impl<'message> Reader<'message> {
    pub(crate) fn new(message: &'message [u8]) -> Self {
        Self {
            message,
            position: 0,
            end: message.len(),
        }
    }

    /// The offset of the next byte.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Bytes left.
    pub(crate) fn remaining(&self) -> usize {
        self.end - self.position
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// A fault at the next byte.
    pub(crate) fn fault(&self, reason: impl Into<Cow<'static, str>>) -> Malformed {
        Malformed::new(self.position, reason)
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'message [u8], Malformed> {
        if count > self.remaining() {
            let left = self.remaining();
            return Err(self.fault(format!("{count} bytes are needed, {left} are left")));
        }
        let bytes = &self.message[self.position..self.position + count];
        self.position += count;
        Ok(bytes)
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'message [u8] {
        let bytes = &self.message[self.position..self.end];
        self.position = self.end;
        bytes
    }

    /// A reader of the next `count` bytes alone, which this one skips.
    pub(crate) fn part(&mut self, count: usize) -> Result<Self, Malformed> {
        let position = self.position;
        self.take(count)?;
        Ok(Self {
            message: self.message,
            position,
            end: self.position,
        })
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// A run of bytes behind a one-byte count.
    pub(crate) fn counted(&mut self) -> Result<&'message [u8], Malformed> {
        let count = self.u8()?;
        self.take(usize::from(count))
    }

    /// A name, its compression undone ([RFC 1035 §4.1.4](https://www.rfc-editor.org/rfc/rfc1035#section-4.1.4)). Each
    /// pointer must lead to before the place where the labels so far began: that alone rules out loops.
    pub(crate) fn name(&mut self) -> Result<DomainName, Malformed> {
        self.labels(true)
    }

    /// A name in which no pointer may occur ([RFC 3597 §4](https://www.rfc-editor.org/rfc/rfc3597#section-4)).
    pub(crate) fn plain_name(&mut self) -> Result<DomainName, Malformed> {
        self.labels(false)
    }

    fn labels(&mut self, compressed: bool) -> Result<DomainName, Malformed> {
        let mut wire = Vec::with_capacity(32);
        let mut at = self.clone();
        let mut began = at.position;
        let mut pointers = 0;
        loop {
            let start = at.position;
            let length = at.u8()?;
            match length >> 6 {
                0b00 => {
                    let label = at.take(usize::from(length))?;
                    if wire.len() + 1 + label.len() > NAME_OCTETS {
                        return Err(Malformed::new(start, "the name is longer than 255 octets"));
                    }
                    wire.push(length);
                    wire.extend_from_slice(label);
                    if length == 0 {
                        break;
                    }
                }
                0b11 if compressed => {
                    let target = usize::from(u16::from_be_bytes([length & 0x3f, at.u8()?]));
                    if pointers == 0 {
                        self.position = at.position;
                    }
                    pointers += 1;
                    if pointers > POINTERS {
                        let reason = "the name has more than 128 compression pointers";
                        return Err(Malformed::new(start, reason));
                    }
                    if target >= began {
                        let reason = format!(
                            "the compression pointer to offset {target} does not lead back"
                        );
                        return Err(Malformed::new(start, reason));
                    }
                    began = target;
                    at.position = target;
                    at.end = start;
                }
                0b11 => {
                    return Err(Malformed::new(
                        start,
                        "a compressed name is not allowed here",
                    ));
                }
                _ => {
                    let reason = format!("0x{length:02x} begins neither a label nor a pointer");
                    return Err(Malformed::new(start, reason));
                }
            }
        }
        if pointers == 0 {
            self.position = at.position;
        }
        Ok(DomainName::from_checked_wire(wire))
    }
}

#[cfg(test)]
mod tests;
