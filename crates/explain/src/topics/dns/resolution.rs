//! dns-resolution: How a name becomes an address.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-resolution",
    title: "How a name becomes an address",
    text: "\
Four parties take part, and each of them can be the one that lies:

  application         getaddrinfo(3), or a resolver of its own (Go, browsers, JVM caches)
      |
  nsswitch.conf       hosts: files -> /etc/hosts; resolve; mdns4_minimal; dns
      |
  stub resolver       /etc/resolv.conf: the first 3 servers, timeout 5 s, 2 attempts
      |  RD=1         \"find it for me\"
  recursive resolver  answers from its cache, or walks from the root:
      |  RD=0
      +-> root .      \"com is over there\"         13 names, 26 addresses
      +-> com         \"example.com is over there\" NS and glue
      +-> example.com \"192.0.2.10, TTL 300\"       AA=1: the authority speaks

dig, delv and kdig go straight to the servers of resolv.conf: they read neither nsswitch.conf nor /etc/hosts, nor do they use the search list. That is
why \"dig works\" and \"the application fails\" can both be true. Compare:

  getent ahosts NAME            what programs get
  resolvectl query NAME         the same through systemd-resolved, with the link that answered
  dig NAME                      what the first server of resolv.conf says
  dig +norec @AUTHORITY NAME    what the zone says: look for \"aa\" in the flags
  dig +trace NAME               the walk from the root

`dig +trace` walks by itself, from this host. It shows delegations, not what your resolver has cached.

Which server is asked (resolv.conf(5)): glibc takes them in the order of the file, always from the first, and waits `timeout`
seconds before it goes on. There is no memory of dead servers: a dead first one costs 5 s on every lookup of every process.
systemd-resolved is different: it stays with one server until that fails, then with the next. musl asks all of them at once and takes the
first answer. A fourth `nameserver` line is ignored.

glibc sends A and AAAA at the same time through one socket. If a firewall or a NAT loses one of the two, the pair costs exactly 5 s:
`options single-request-reopen` gets around it.

A resolver that knows nothing needs some 3 to 8 round trips for an answer, more with CNAMEs into other zones and with DNSSEC. From then on the
answer costs one round trip until its TTL ends. It sends each server only the labels that it needs (RFC 9156), so the root
is asked for \"com\" and never sees the whole name.

What the response code says (RFC 1035 section 4.1.1):
- NOERROR without an answer: the name exists, this type does not (NODATA);
- NXDOMAIN: the name does not exist, and neither does anything below it (RFC 8020);
- SERVFAIL: the resolver could not get, or not validate, an answer: dead or lame authorities, DNSSEC, a loop, its own trouble;
- REFUSED: this server does not want to answer you: the wrong server, or the wrong client;
- silence: no code at all; nobody has said anything about the name.

Extended errors (EDE, RFC 8914) add a reason, as that resolver sees it; `dig` prints them as \"; EDE:\". An answer that does not
fit is truncated (TC=1) and asked for again over TCP, so port 53 needs both protocols (RFC 7766).
",
    findings: &["dns-name-missing", "dns-no-address", "dns-servfail", "dns-refused", "dns-timeout", "dns-resolver-down", "dns-slow", "dns-hosts-override", "client-no-resolver", "dns-ipv6-broken", "dns-search-expanded", "dns-answer-rewritten", "dns-answer-forged"],
};
