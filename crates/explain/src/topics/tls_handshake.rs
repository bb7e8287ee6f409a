//! tls-handshake: Hello, key exchange, proof.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "tls-handshake",
    title: "Hello, key exchange, proof",
    text: "\
TLS 1.3 (RFC 8446) needs one round trip:

  client -> ClientHello: versions, suites, key shares, SNI (the name, in clear), ALPN (h2, http/1.1)
  server -> ServerHello, then encrypted: extensions, [CertificateRequest], Certificate, CertificateVerify, Finished
  client -> [Certificate], Finished, and the first request at once

TLS 1.2 needs two. A HelloRetryRequest adds one to 1.3: the client guessed a key exchange group that the server does not
want. More time than that is crypto, distance, a lost packet, or a chain so long that it does not fit into the first ten segments.

Failures have a place:
- before the ServerHello, with an alert: no common ground: protocol_version (70), handshake_failure (40: suites, groups,
  signature algorithms), unrecognized_name (112: this name is not served), no_application_protocol (120: ALPN);
- before the ServerHello, with other bytes: the port does not speak TLS (\"wrong version number\"), or wants STARTTLS;
- before the ServerHello, with a reset or silence: a middlebox dislikes the name or the size of the hello;
- after the Certificate: our own verdict about the chain, the name or the dates; the server did nothing wrong on the wire;
- after the handshake, on the first read: certificate_required (116): mutual TLS in 1.3 refuses late.

The certificate is chosen by SNI. Without SNI, or with a name that nobody configured, the default one comes: always test with
`-servername`. An address as target has no SNI.
",
    findings: &["tls-protocol-mismatch", "tls-cipher-mismatch", "tls-alpn-mismatch", "tls-name-unrecognized", "tls-client-certificate-required", "tls-not-tls", "tls-starttls-needed"],
};
