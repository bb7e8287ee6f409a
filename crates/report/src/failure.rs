//! Why a step failed: typed facts, filled in where they are known, so that nobody matches on strings later.

mod alert;

use std::net::IpAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Untrusted, nanos};

/// A failure of the network, the peer or this host's kernel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// Nothing came back in time.
    TimedOut {
        /// How long was waited, in nanoseconds.
        #[serde(with = "nanos", rename = "after_ns")]
        #[schemars(with = "u64")]
        after: Duration,
    },
    /// `ECONNREFUSED`. Without `icmp` a RST came back; with it a device refused on the target's behalf.
    Refused {
        /// The ICMP error behind the errno, if one was queued.
        icmp: Option<IcmpError>,
    },
    /// `EHOSTUNREACH`, `ENETUNREACH`, `EACCES`, `ENOPROTOOPT` and kin, with the ICMP error if one was queued.
    Unreachable {
        /// The errno that the system call gave.
        errno: i32,
        /// The ICMP error behind it; `None` means that this host's own routing table decided.
        icmp: Option<IcmpError>,
    },
    /// The peer reset the connection after it was established (`ECONNRESET`, `EPIPE`).
    Reset {
        /// Bytes received on this connection before the reset.
        received: u64,
    },
    /// The peer closed in good order before the step was done.
    Closed {
        /// Bytes received on this connection before the end.
        received: u64,
    },
    /// `EADDRNOTAVAIL`: no ephemeral port is left towards this destination.
    PortsExhausted,
    /// `EMFILE` or `ENFILE`: this process or system has no file descriptor left.
    DescriptorsExhausted,
    /// Another system error, by number.
    System {
        /// The errno.
        errno: i32,
    },
    /// The name resolves to no address.
    NoAddress,
    /// A reply that cannot be decoded as a DNS message.
    DnsUndecodable {
        /// What the decoder said.
        reason: String,
    },
    /// A DNS reply whose id, source or question is not ours, and no right one in time.
    DnsMismatched {
        /// How many such replies came.
        replies: u32,
    },
    /// The peer ended the handshake with a TLS alert ([RFC 8446 §6](https://www.rfc-editor.org/rfc/rfc8446#section-6)).
    TlsAlert {
        /// The alert's number.
        code: u8,
        /// Its registered name, for instance `handshake_failure`.
        name: String,
    },
    /// The peer's first bytes are not TLS.
    NotTls {
        /// What they look like.
        protocol: PlainProtocol,
        /// The first bytes, at most 256.
        first_bytes: Untrusted,
    },
    /// The peer speaks TLS, but breaks the protocol or offers nothing in common.
    TlsProtocol {
        /// What the TLS library said.
        reason: String,
    },
    /// The peer's certificate does not verify for the name that was asked for.
    TlsCertificate {
        /// What the verifier said.
        reason: String,
    },
    /// The peer chose no application protocol, or another one than the one needed (ALPN, RFC 7301).
    TlsAlpn {
        /// The protocol that was offered.
        expected: String,
    },
    /// A QUIC connection or stream ended with an error ([RFC 9000 §20](https://www.rfc-editor.org/rfc/rfc9000#section-20)).
    Quic {
        /// The code; what it means depends on `application`. `None`: the stack gives none.
        code: Option<u64>,
        /// The code is the application's (HTTP/3, DNS over QUIC), not QUIC's own.
        application: bool,
        /// The words beside it.
        reason: Untrusted,
    },
    /// The response's status is not one with an answer in it.
    HttpStatus {
        /// The status.
        status: u16,
    },
    /// The response's media type is not the one asked for.
    HttpContentType {
        /// The type it has, if any, at most 256 bytes.
        given: Option<Untrusted>,
    },
    /// The body goes on past the limit.
    BodyTooLong {
        /// The limit in bytes.
        limit: u64,
    },
    /// The response breaks HTTP.
    HttpMalformed {
        /// What the HTTP library said.
        reason: String,
    },
    /// A side fetch was answered, but not with what it asked for.
    FetchUnusable {
        /// What is wrong with the answer, or with who gave it; no bytes of either.
        reason: String,
    },
    /// The body ended before its declared length.
    BodyTruncated {
        /// Bytes received.
        received: u64,
    },
}

/// An ICMP error taken from a socket's error queue (`IP_RECVERR`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IcmpError {
    /// Who sent it: the offender. This host's own address means that a local rule or a failed ARP/ND lookup did.
    pub from: IpAddr,
    /// Whether `from` is an address of this host.
    pub local: bool,
    /// ICMP type (ICMPv6 type where `from` is IPv6).
    pub icmp_type: u8,
    /// ICMP code.
    pub code: u8,
}

impl IcmpError {
    /// The registered meaning, in words (RFC 792, RFC 1812, RFC 4443).
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        if self.from.is_ipv4() {
            meaning_v4(self.icmp_type, self.code)
        } else {
            meaning_v6(self.icmp_type, self.code)
        }
    }

    /// Whether a filter says that it prohibits this traffic (administratively prohibited, policy, port closed by proxy).
    #[must_use]
    pub fn is_prohibition(&self) -> bool {
        if self.from.is_ipv4() {
            self.icmp_type == 3 && matches!(self.code, 9 | 10 | 13)
        } else {
            self.icmp_type == 1 && matches!(self.code, 1 | 5 | 6)
        }
    }

    /// Whether a hop ran out of TTL: the sign of a routing loop on a fresh connection.
    #[must_use]
    pub fn is_time_exceeded(&self) -> bool {
        self.icmp_type == if self.from.is_ipv4() { 11 } else { 3 }
    }
}

fn meaning_v4(icmp_type: u8, code: u8) -> &'static str {
    match (icmp_type, code) {
        (3, 0) => "network unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed",
        (3, 9) => "network administratively prohibited",
        (3, 10) => "host administratively prohibited",
        (3, 13) => "communication administratively prohibited",
        (3, _) => "destination unreachable",
        (11, _) => "time to live exceeded",
        _ => "another ICMP error",
    }
}

fn meaning_v6(icmp_type: u8, code: u8) -> &'static str {
    match (icmp_type, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "communication administratively prohibited",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, 5) => "source address failed ingress/egress policy",
        (1, 6) => "reject route to destination",
        (1, _) => "destination unreachable",
        (2, _) => "packet too big",
        (3, _) => "hop limit exceeded",
        _ => "another ICMPv6 error",
    }
}

/// What the first bytes of a peer that does not speak TLS look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlainProtocol {
    /// `HTTP/1.x …`: a plain HTTP server answered the ClientHello.
    Http,
    /// `220 …` with SMTP or ESMTP in it.
    Smtp,
    /// `220 …` of an FTP server.
    Ftp,
    /// `* OK …`.
    Imap,
    /// `+OK …`.
    Pop3,
    /// `SSH-…`.
    Ssh,
    /// A MySQL or MariaDB greeting packet.
    Mysql,
    /// Something else.
    Unknown,
}
