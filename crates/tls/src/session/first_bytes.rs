//! What a peer speaks that does not speak TLS, told from its first bytes.

use netwhy_report::failure::PlainProtocol;
use netwhy_report::{Failure, Untrusted};

/// Bytes kept as evidence.
pub(super) const KEPT: usize = 256;

/// The failure, as soon as the bytes cannot be a TLS record (RFC 8446 §5.1: content type 20 to 24, major version 3).
pub(super) fn not_tls(first: &[u8]) -> Option<Failure> {
    let content_type = *first.first()?;
    let record = (20..=24).contains(&content_type) && first.get(1).is_none_or(|major| *major == 3);
    if record {
        None
    } else {
        Some(Failure::NotTls {
            protocol: classify(first),
            first_bytes: Untrusted::new(first),
        })
    }
}

/// The same for a peer that closed: only if it had said something.
pub(super) fn greeting(first: &[u8]) -> Option<Failure> {
    not_tls(first)
}

fn classify(first: &[u8]) -> PlainProtocol {
    let text = String::from_utf8_lossy(first).to_ascii_uppercase();
    if text.starts_with("HTTP/") || text.starts_with("<!DOCTYPE") || text.starts_with("<HTML") {
        PlainProtocol::Http
    } else if text.starts_with("220") && text.contains("SMTP") {
        PlainProtocol::Smtp
    } else if text.starts_with("220") {
        PlainProtocol::Ftp
    } else if text.starts_with("* OK") {
        PlainProtocol::Imap
    } else if text.starts_with("+OK") {
        PlainProtocol::Pop3
    } else if text.starts_with("SSH-") {
        PlainProtocol::Ssh
    } else if first.len() > 5 && first[3] == 0 && first[4] == 10 {
        // Packet number 0, protocol version 10: a MySQL greeting.
        PlainProtocol::Mysql
    } else {
        PlainProtocol::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_are_told_apart_and_tls_records_pass() {
        let cases: [(&[u8], PlainProtocol); 6] = [
            (b"HTTP/1.1 400 Bad Request", PlainProtocol::Http),
            (b"220 mail.example.test ESMTP", PlainProtocol::Smtp),
            (b"220 ready", PlainProtocol::Ftp),
            (b"* OK IMAP4", PlainProtocol::Imap),
            (b"+OK POP3", PlainProtocol::Pop3),
            (b"SSH-2.0-x", PlainProtocol::Ssh),
        ];
        for (bytes, expected) in cases {
            assert!(
                matches!(not_tls(bytes), Some(Failure::NotTls { protocol, .. }) if protocol == expected),
                "{expected:?}"
            );
        }
        assert!(not_tls(&[22, 3, 3, 0, 80]).is_none());
        assert!(not_tls(&[21, 3, 1, 0, 2]).is_none());
        assert!(not_tls(&[]).is_none());
    }
}
