//! dns-ttl: TTL and caches: who keeps what, and for how long.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-ttl",
    title: "TTL and caches: who keeps what, and for how long",
    text: "\
The TTL is how many seconds a cache may keep a set: 0 to 2147483647 (RFC 2181 section 8). The authority always hands out the
full number, a cache hands out what is left. So the age of an answer is visible:

  dig +noall +answer +norec @AUTHORITY NAME   300 300 300   the zone
  dig +noall +answer @RESOLVER NAME           287 285 283   a cache, 13 s after it asked

A remaining TTL that jumps up and down between two questions means several caches behind one address. All of them have to forget.

Old wisdom: \"DNS takes 48 hours to propagate\". Nothing propagates: no resolver is told of a change. A new record is visible as soon as the
zone's own servers have it (NOTIFY: seconds; without it: the SOA's refresh) to everybody who has not cached the old one. The rest see it
when *their* copy ends, at most the old TTL later. The 48 hours are one case: NS and glue in .com carry 172800 s, so a change of
name servers takes two days. An address with TTL 300 takes five minutes.

Therefore: lower the TTL first, wait for the *old* TTL, change the record, check, raise it again. Lowering it together with the change, or
after it, does nothing for those who hold the old one.

A chain lives as long as its shortest link: a CNAME of 3600 to an A of 60 follows changes of the A in a minute, changes
of the alias in an hour.

Who keeps answers, and what limits the TTL there (defaults):
  BIND               at most 7 days (max-cache-ttl), no minimum
  Unbound            at most 1 day (cache-max-ttl), no minimum unless cache-min-ttl is set
  systemd-resolved   at most 2 h
  CoreDNS            `cache 30` in the usual Kubernetes Corefile: at most 30 s
  JVM                30 s (networkaddress.cache.ttl); for ever with a security manager
  browsers           about a minute of their own, whatever the TTL says
  nginx              a name in proxy_pass or upstream: resolved once, at start or reload, unless
                     `resolver` is set and the name is in a variable (or has `resolve`)
  connection pools   as long as the connection lives: no lookup at all

\"The record is right but the traffic still goes to the old host\" is mostly one of the last three.

Serve-stale (RFC 8767): a resolver whose authorities are dead may hand out expired data, with a TTL of 30 s and EDE 3 (19 for a
negative). Unbound `serve-expired: yes`, BIND `stale-cache-enable yes` and `stale-answer-enable yes`; all are off by default.

Which TTL: 60 to 300 s for what may fail over, 3600 for what is stable, 86400 for NS. Below 30 s every client pays for lookups and an
outage of the authority is felt at once; above a day a mistake lasts a day.

To forget one name:
  unbound-control flush NAME            unbound-control flush_zone ZONE
  rndc flushname NAME                   rndc flushtree ZONE
  resolvectl flush-caches               nscd -i hosts
  unbound-control dump_cache | grep NAME    rndc dumpdb -cache

A flush helps one cache. Flush from the authority outwards, or the next cache fetches the old answer from the one in front of it.
",
    findings: &["dns-slow", "dns-hosts-override", "dns-stale-answer", "dns-ttl-low", "dns-ttl-high", "dns-answers-differ"],
};
