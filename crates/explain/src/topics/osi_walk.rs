//! osi-walk: Which layer is to blame.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "osi-walk",
    title: "Which layer is to blame",
    text: "\
A request climbs through layers, and each one needs the one below it. Walk from below and stop at the first
that fails: whatever lies above it is only a symptom.

  client   this host: a route, a resolver, free ports, a right clock
  dns      name -> addresses                      asks: does the name exist, and for whom?
  tcp      address:port -> byte stream            asks: does something listen, and can packets pass?
  tls      byte stream -> private, proven peer    asks: do both agree, and is the certificate right?
  http     request -> response                    asks: who answered, with what, after what time?

What proves a layer healthy:
- an answer with a code is proof for everything below: a 502 shows that DNS, TCP and TLS up to the gateway work;
- a RST (connection refused) proves that packets go there and back: the host lives, the port does not;
- silence proves nothing: a drop on the way out, on the way back and a dead host look alike from here;
- a certificate error proves DNS, TCP and most of the handshake.

A ping proves less than people think: ICMP may be filtered while TCP passes, and the reverse. Test what the
client uses: the same name, port, protocol and address family.

Slow is walked the same way: how many milliseconds does each layer take, compared with the round-trip time? One
round trip for TCP, one for TLS 1.3 (two for 1.2), one for the first byte. What is left over has an owner.
",
    findings: &["dns-name-missing", "tcp-refused", "tcp-no-response", "tls-not-tls", "http-bad-gateway"],
};
