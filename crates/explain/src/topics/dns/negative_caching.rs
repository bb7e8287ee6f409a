//! dns-negative-caching: How long "no" is remembered.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-negative-caching",
    title: "How long \"no\" is remembered",
    text: "\
\"No such name\" and \"no such type\" are cached like answers (RFC 2308). Whoever asks before the record is there keeps the
\"no\" until its time is over: the monitoring, the CI job, the first user, or you with dig, looking whether it is there yet.

How long: the lesser of the SOA record's own TTL and its last number, MINIMUM (section 5). The SOA comes with the negative answer, in the
authority section:

  dig +noall +comments +authority new.example.com
  ;; status: NXDOMAIN
  example.com. 843 IN SOA ns1.example.com. host.example.com. 2026112401 7200 3600 1209600 900
               ^ what is left here                                             MINIMUM ^

At a resolver that first number counts down: 843 s from now the name is asked for again. At the authority it is constant.

The two kinds (section 2):
- NXDOMAIN: the name does not exist. It holds for every type, and for all names below it (RFC 8020): with \"example.com has no
  b\" in the cache a resolver may deny a.b.example.com without asking.
- NODATA: NOERROR, no answer, the SOA beside it: the name exists, this type does not. It holds for that type only. An IPv4-only name
  gives one for AAAA all the time: normal.

Limits of the caches (defaults): BIND 3 h (max-ncache-ttl 10800), Unbound 1 h (cache-max-negative-ttl 3600), CoreDNS in Kubernetes
30 s, JVM 10 s (networkaddress.cache.negative.ttl). RFC 2308 section 5 calls one to three hours sensible and a day a problem.

Failures are remembered as well: a resolver must keep SERVFAIL and timeouts for at least 1 s and may for up to 5 minutes (RFC 9520). BIND keeps
them for 1 s (servfail-ttl), Unbound keeps what it learnt about a bad server for 15 minutes (infra-host-ttl 900). A zone that is
repaired may stay broken for that long at one resolver.

Signed zones can deny what nobody asked for: from an NSEC that says \"nothing between m and p\" a resolver concludes \"no new\" by
itself (RFC 8198: Unbound `aggressive-nsec`, BIND `synth-from-dnssec`, both on by default).

Old wisdom: \"the last number of the SOA is the default TTL\". It was, until RFC 2308 (1998); the default is $TTL, and the last number
is the negative TTL alone. 86400 there, copied from an old template, makes each forgotten record an outage of hours.

What to do:
- create the record before anything asks for it: DNS first, then the deployment that uses the name;
- a negative TTL of 60 to 900 s: `SOA ... 900`, and the SOA's own TTL not below it by accident;
- if the \"no\" is out there: flush your own resolvers, wait for the rest. There is no way to recall it.

  unbound-control flush_negative                        all negative answers
  unbound-control flush_type NAME A                     rndc flushname NAME
  dig +norec @AUTHORITY NAME; dig @RESOLVER NAME        the zone has it, the cache has not
",
    findings: &["dns-name-missing", "dns-no-address", "dns-servfail", "dns-negative-cached", "dns-answer-rewritten", "dns-wildcard"],
};
