//! dns-message-size: EDNS, truncation and fragments: when large answers vanish.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-message-size",
    title: "EDNS, truncation and fragments: when large answers vanish",
    text: "\
Plain DNS over UDP carries 512 octets (RFC 1035 section 4.2.1). EDNS (RFC 6891) adds an OPT record with which the
client says how much it can take, and which carries flags and options: DO (send signatures), NSID 3, client subnet 8, cookie 10,
keepalive 11, padding 12, extended errors 15.

What does not fit comes back with TC=1, and the client asks again over TCP (RFC 7766: not an option, a must; RFC 9210 for
operators). That costs two more round trips. Port 53/tcp closed means: small answers work, large ones never.

  512     no EDNS: the limit
  1232    1280 (the least MTU of IPv6) - 40 (IPv6) - 8 (UDP): never fragmented. DNS flag day 2020
  1400    the most that RFC 9715 recommends
  1452    1500 - 40 - 8: one whole packet, IPv6      1472    the same, IPv4
  4096    what everybody announced before 2020: arrives in fragments

A fragment after the first has no ports, so firewalls and NAT drop it; the sender gets no hint, the client sees a timeout. It is also
a way to forge answers. Since flag day 2020 BIND, Unbound, NSD, Knot and dig use 1232; on older or tuned servers 4096 still lives. Old wisdom
\"DNS is UDP, TCP is for zone transfers\" is what leaves a firewall closed.

The picture of lost fragments: A works, but DNSKEY, TXT or a signed NXDOMAIN times out; or it works after 5 to 10 s (the resolver tried smaller
sizes and TCP). Find the size at which it dies:

  dig +norec +dnssec +ignore +bufsize=512 DNSKEY ZONE @SERVER    tc in the flags: too large, fine
  dig +norec +dnssec +ignore +bufsize=1232 DNSKEY ZONE @SERVER   answers, or tc
  dig +norec +dnssec +ignore +bufsize=4096 DNSKEY ZONE @SERVER   silence here: fragments are dropped
  dig +norec +dnssec +tcp DNSKEY ZONE @SERVER                    must work in any case

The last line of dig's output (\"MSG SIZE rcvd\") tells how large the answer was. TC on a small, empty answer is something else:
response rate limiting asks you to prove your address over TCP. Not a fault.

EDNS itself can be broken: a firewall or an old server drops what it does not know. A server must answer an unknown version
with BADVERS (RFC 6891 section 6.1.3) and ignore unknown options (section 6.1.2):

  dig +norec +noedns SOA ZONE @SERVER              plain: works
  dig +norec +edns=0 SOA ZONE @SERVER              EDNS: FORMERR or silence = broken
  dig +norec +edns=1 +noednsneg SOA ZONE @SERVER   BADVERS, or broken
  dig +norec +ednsopt=100 SOA ZONE @SERVER         as if the option were not there

Until flag day 2019 resolvers tried again without EDNS. They stopped: silence now means SERVFAIL (RFC 8906 lists the tests).

Configuration:
  BIND       options { edns-udp-size 1232; max-udp-size 1232; };
             server 192.0.2.1 { edns no; };                 for a peer that cannot
  Unbound    edns-buffer-size: 1232      max-udp-size: 1232
  NSD        ipv4-edns-size: 1232        ipv6-edns-size: 1232
  Knot       server: udp-max-payload: 1232
  resolv.conf   options edns0    options use-vc (all over TCP)
  firewall   53/udp and 53/tcp, both ways; do not \"inspect\" DNS down to 512 octets
",
    findings: &["dns-timeout", "dns-servfail", "dns-slow", "dns-tcp-blocked", "dns-edns-broken", "dns-fragments-dropped"],
};
