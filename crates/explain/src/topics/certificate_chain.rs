//! certificate-chain: From the server's certificate to a trusted root.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "certificate-chain",
    title: "From the server's certificate to a trusted root",
    text: "\
A server proves its name by a chain: its own certificate (leaf), signed by an intermediate, signed by a root that the client
already has.

  leaf \"shop.example.com\"  <-  intermediate \"Example R11\"  <-  root \"Example Root X1\"
  sent                          sent                            not sent: in the client's trust store

The client checks (RFC 5280 section 6, RFC 9525): each signature, each pair of dates, each CA's right to issue, the end in its own store, and
the leaf's SAN against the name that was asked for. The common name does not count any more.

Why clients disagree about one and the same server:
- the intermediate is not sent: browsers fetch it by AIA, have it cached or preloaded; curl, Go, Java, Python and Node fail;
- the stores differ: the system's, Java's cacerts, Python's certifi, Node's built-in list, an old container's;
- the clocks differ;
- several nodes behind one name serve different files.

Which file is which (certbot): cert.pem is the leaf alone, chain.pem the intermediates, fullchain.pem both. Servers want
fullchain.pem. The order is leaf first, then each issuer; the root is dead weight.

A file on disk is not what is served: most servers read it at start or reload only. Monitor the wire:
  openssl s_client -connect HOST:443 -servername HOST </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates

Turning verification off (`curl -k`) makes the error go away together with the protection: use it to look, never to run.
",
    findings: &["tls-chain-incomplete", "tls-untrusted-issuer", "tls-self-signed", "tls-certificate-expired", "tls-intermediate-expired", "tls-name-mismatch", "tls-ca-constraint", "tls-signature-invalid"],
};
