//! dns-records: Record types: what each one is for, and the rules they break on.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-records",
    title: "Record types: what each one is for, and the rules they break on",
    text: "\
A name has sets of records, one set per type. A set (RRset) is the unit of everything: it has one TTL, is cached and signed as a
whole, and has no order (RFC 2181 section 5).

  A 1, AAAA 28     an IPv4, an IPv6 address
  CNAME 5          \"ask for that name instead\": an alias, for all types at once
  NS 2, SOA 6      the servers of a zone; its serial, its timers, its negative TTL
  MX 15            mail: the lowest number first; \"0 .\" means no mail here (RFC 7505)
  TXT 16           strings of up to 255 octets each: SPF, DKIM, DMARC, proofs of ownership
  PTR 12           address to name, below in-addr.arpa and ip6.arpa
  SRV 33           priority, weight, port, host (RFC 2782)
  SVCB 64, HTTPS 65   ALPN, port, address hints, ECH for a service (RFC 9460)
  CAA 257          which CAs may issue certificates (RFC 8659)
  DS 43, DNSKEY 48, RRSIG 46, NSEC 47, NSEC3 50    DNSSEC
  TLSA 52, SSHFP 44, NAPTR 35, DNAME 39, LOC 29    rarer ones

Rules that bite:
- A CNAME stands alone: no other type at that name but RRSIG and NSEC (RFC 1034 section 3.6.2, RFC 4035 section 2.5). A zone's
  apex has SOA and NS, so it can have no CNAME. What providers call ALIAS, ANAME or flattening is their server
  resolving the target and answering with A and AAAA: it follows changes late, and sees its own place, not the client's.
- NS and MX name hosts, not aliases (RFC 2181 section 10.3).
- Without MX, mail goes to the A or AAAA of the domain (RFC 5321 section 5.1).
- A wildcard `*` stands in only for names that do not exist. A name with another type, or with names below it, exists and is not covered
  (RFC 4592): add `TXT` at `_acme-challenge.shop` and `shop` no longer gets the wildcard's A.
- A name without records but with names below it exists too (empty non-terminal): the answer is NODATA, never NXDOMAIN.
- SPF may cost 10 lookups and no more (RFC 7208 section 4.6.4); strings are joined without a blank (section 3.3).
- Underscores are fine in DNS names (RFC 8552), not in host names. A label has at most 63 octets, a name 255.
- In a zone file a name without a final dot gets the zone appended: `www CNAME cdn.example.net` in example.com
  points at cdn.example.net.example.com.

Old wisdom: \"`dig NAME ANY` shows everything\". A resolver answers ANY with what it happens to have cached, many authorities with one
HINFO record or one set (RFC 8482). Ask for each type.

\"It fails in browsers only\" may be an HTTPS record: browsers ask for type 65, curl and most libraries by default do not. An old ipv4hint or an
ALPN that the server no longer speaks is seen by nobody else.

  dig +noall +answer NAME A NAME AAAA NAME HTTPS NAME MX NAME TXT NAME CAA
  dig -x 192.0.2.10                              the name of an address
  named-checkzone example.com FILE               before loading: BIND
  nsd-checkzone example.com FILE                 NSD
  kzonecheck -o example.com FILE                 Knot
",
    findings: &["dns-no-address", "dns-name-missing", "dns-apex-cname", "dns-cname-loop", "dns-cname-dangling", "dns-cname-chain-long", "dns-wildcard", "dns-caa-blocks-issuer", "dns-mail-broken", "dns-ipv6-broken"],
};
