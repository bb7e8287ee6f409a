//! dns-load-balancing: One name, several answers: round-robin, weights, geography, anycast.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dns-load-balancing",
    title: "One name, several answers: round-robin, weights, geography, anycast",
    text: "\
Five methods, and what they look like from outside:

  round-robin    one set, its order changes         same addresses, sorted: equal
  pool, weights  a part of a pool, changing         one server, several sets, serial constant
  GeoDNS, ECS    the set depends on who asks        differs by resolver; reply scope > 0
  anycast        one address, many sites (BGP)      same answer; NSID differs by place
  health checks  dead addresses are left out        sets change when something fails

What the resolver does: it caches one whole set and gives it to all of its clients until the TTL ends. Unbound (rrset-roundrobin) and
BIND (rrset-order random) turn the order for each answer. So weights act per *cache fill*, not per client: a resolver with a million users
counts as much as one with ten. Weights of 90/10 are a tendency, never a guarantee; the TTL is the smoothing time.

What the client does with several addresses: getaddrinfo sorts them (RFC 6724: reachable first, IPv6 mostly before IPv4, longest common prefix
with the source address), then the program takes the first. Sorting can undo the rotation: with IPv6, and with old stacks that
follow RFC 3484 for IPv4 too, all hosts of a network pick the same server. Programs with Happy Eyeballs (RFC 8305) go on after 250 ms;
others wait for the connect timeout (about 2 minutes on Linux) or never try the second. One dead address of four is one failure in four first
tries.

DNS does not know health. A failover takes detection + TTL + whoever ignores the TTL: a check every 10 s that needs 3 failures, with TTL
60, is 90 s for the well-behaved, until the next restart for the rest.

GeoDNS sees the resolver, not the client, unless the resolver sends the client's network (ECS, RFC 7871: usually /24 or /56). Some public
resolvers send it, others do not for privacy. A user with a far resolver gets a far server: fast ping, slow site. Ask as if from elsewhere:

  dig +subnet=203.0.113.0/24 NAME @AUTHORITY      \";; CLIENT-SUBNET: 203.0.113.0/24/24\"
                                                  the last number is the scope: 0 = not by network
  dig +nsid NAME @SERVER                          which site of an anycast address answered
  dig +short CH TXT id.server @SERVER             the same, older; hostname.bind on BIND
  for i in 1 2 3 4 5; do dig +short NAME @AUTHORITY | sort | tr '\\n' ' '; echo; done

Benign or broken? Ask every *authority* several times and compare sorted sets:
- the same set, another order: round-robin;
- one server, changing parts of a pool, one serial: balancing;
- differs by network, with a scope above 0: geography;
- a resolver differs, all authorities agree, and its TTL counts down: an old copy, wait for it;
- authorities differ, and so do their serials: a transfer hangs (`dig +nssearch ZONE`);
- authorities differ with equal serials and no scope: the zone is inconsistent. Only several providers side by side excuse that.

Old wisdom: \"two A records give redundancy\". They give it to clients that try both. MX, SRV (RFC 2782) and HTTPS records (RFC 9460) have an
order and weights that clients honour by standard; A and AAAA have none.

Name servers are chosen otherwise: resolvers measure them and prefer the fast ones (BIND the lowest smoothed time, Unbound any within 400 ms of the
best), and try the next one after a timeout. A dead NS delays some queries; it is no outage.
",
    findings: &["dns-no-address", "dns-slow", "tcp-address-down", "dns-answers-vary", "dns-answers-differ", "dns-zone-inconsistent", "dns-single-server"],
};
