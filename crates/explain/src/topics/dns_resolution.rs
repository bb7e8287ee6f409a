//! dns-resolution: How a name becomes an address.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-resolution",
    title: "How a name becomes an address",
    text: "\
An application calls getaddrinfo. On Linux, /etc/nsswitch.conf decides who is asked, usually `files` (/etc/hosts)
before `dns`. dig, host and nslookup skip all that and go straight to the servers of /etc/resolv.conf: that is
why \"dig works\" and \"the application fails\" can both be true. Compare `getent ahosts NAME` with `dig NAME`.

For `dns`, the stub resolver sends A and AAAA to the first server of resolv.conf. Names with fewer dots than
`ndots` try the search list first. A dead first server costs `timeout` seconds (5 by default) before the second one is
asked, for every lookup: the typical \"everything takes 5 seconds longer\".

The recursive resolver walks down from the root: root -> .com -> example.com, following NS records and glue. It
caches every answer for its TTL, also \"no such name\": negative answers live for the lesser of the SOA's own TTL and its
last number (RFC 2308). A record created after somebody asked for it stays missing until that time has passed.

Response codes:
- NOERROR with no answer: the name exists, this type does not (NODATA);
- NXDOMAIN: the name does not exist, and neither does anything below it (RFC 8020);
- SERVFAIL: the resolver could not get or validate an answer: dead authorities, DNSSEC, a loop;
- REFUSED: this server will not serve you.

UDP answers that do not fit are truncated (TC) and asked for again over TCP: port 53 needs both.
",
    findings: &["dns-name-missing", "dns-servfail", "dns-timeout", "dns-resolver-down", "dns-hosts-override"],
};
