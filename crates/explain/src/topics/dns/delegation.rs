//! dns-delegation: Delegation, glue, serials: how a zone hangs in its parent.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-delegation",
    title: "Delegation, glue, serials: how a zone hangs in its parent",
    text: "\
A zone begins where its parent says so. The parent's NS records are a signpost (no AA flag), the same records at the child's apex are the
truth (AA). Both have to be right: the first to get there, the second to stay.

  com      example.com. 172800 NS ns1.example.com.     delegation: set at the registrar
           ns1.example.com. 172800 A 192.0.2.53        glue: needed, or nobody finds ns1
  child    example.com. 3600 NS ns1.example.com.       set in the zone
           ns1.example.com. 3600 A 192.0.2.53

Glue is needed when the server's name lies in the zone that it serves; the parent must send it, or set TC (RFC 9471). A
server named elsewhere (ns1.provider.net) needs none, but its own zone must resolve: two zones that serve each other can die together.

What breaks:
- lame: a server in the NS set does not answer for the zone: REFUSED, SERVFAIL, no AA, a referral upwards, or silence. One of four costs
  delay, all of them SERVFAIL everywhere. Typical after a provider was cancelled and its NS left standing;
- parent and child disagree: a server that only one of them names gets part of the traffic, from some resolvers only;
- wrong glue: the server moved, the registrar still has the old address. The child's own A looks right;
- a missing delegation in an internal zone: a.b.example.com lives on another server, b.example.com has no NS for it: NXDOMAIN.

How secondaries follow (SOA: serial, refresh, retry, expire, minimum; RFC 1035 section 3.3.13):
- NOTIFY (RFC 1996) tells them at once, they compare serials and fetch IXFR (RFC 1995) or AXFR (RFC 5936) over TCP;
- without NOTIFY they look every `refresh` seconds, after a failure every `retry`;
- after `expire` seconds without the primary they stop answering: SERVFAIL. With 1209600 an outage comes two weeks after its cause.

The serial must grow, in RFC 1982 arithmetic: a difference up to 2147483647 is \"newer\". A serial that is too high (2062112401 for
2026112401) is lowered in two steps: add 2147483647, let all servers take it, then set what you want. A record
changed without a new serial stays on the primary alone.

Old wisdom: \"propagation takes 48 hours\". In the zone: NOTIFY takes seconds, then the old TTLs run out. At the registrar: the parent
publishes within minutes, and the *old* NS set lives on in caches for its TTL, 172800 s in .com. So leave the old servers running, with the
new data, for two days; switch them off and some users have no zone. Signed zones: the DS first (see dnssec).

Resolvers differ in whose NS they believe after the first visit, parent or child; do not build on either. Two servers at least, in two networks (RFC
2182 section 3.1).

  dig +trace +nodnssec NAME                      each step from the root
  dig +norec NS example.com @a.gtld-servers.net  what the parent says, with glue
  dig +nssearch example.com                      the SOA of every server in the set
  dig +norec SOA example.com @ADDRESS            one server: look for \"aa\"
  rndc zonestatus ZONE; rndc retransfer ZONE     BIND secondary; rndc notify ZONE on the primary
  nsd-control zonestatus ZONE; nsd-control force_transfer ZONE
  knotc zone-status ZONE; knotc zone-retransfer ZONE
  unbound-control lookup NAME                    whom the resolver would ask, and their state
",
    findings: &["dns-servfail", "dns-name-missing", "dns-refused", "dns-lame-delegation", "dns-ns-mismatch", "dns-glue-missing", "dns-glue-mismatch", "dns-serial-mismatch", "dns-zone-inconsistent", "dns-single-server"],
};
