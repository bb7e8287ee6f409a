//! split-horizon: One name, two answers: inside and outside.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "split-horizon",
    title: "One name, two answers: inside and outside",
    text: "\
The same name may have a private address inside and a public one outside (split DNS, RFC 9499 section 6). It is built with views of one server, with
separate servers, or with the resolver's own data. Which answer comes depends on the *resolver that was asked* and on the *source address
that it sees*. \"It does not resolve\" is always to be read as: it does not resolve there.

First find out who was asked, then ask both sides:

  resolvectl status; resolvectl query NAME      servers and domains by link, the link that answered
  cat /etc/resolv.conf; getent ahosts NAME
  dig NAME @INTERNAL; dig NAME @PUBLIC          two answers: by design, or a leak?
  dig SOA ZONE @INTERNAL; dig SOA ZONE @PUBLIC  another MNAME or serial: two zones of one name
  ip route get INTERNAL                         the source address that picks the view

How it goes wrong:
- the wrong resolver: VPN up, but resolv.conf still names the old one; 8.8.8.8 written into a container; a browser with DoH of its own;
- the wrong view: NAT, a proxy or a forwarder hides the client's address. The first view that matches wins in BIND, so order matters;
- the hidden rest: an internal zone example.com answers for *all* of example.com. What is missing in it is NXDOMAIN inside, though it exists
  outside. Copy the public records, or make the internal zone smaller: only corp.example.com, or a single name;
- the CNAME that leaves: an internal alias to a public name, or the reverse, gets half of the answer from the other side;
- DNSSEC: the public zone is signed (DS at the parent), the internal copy is not. For a validating resolver the internal answer is bogus: SERVFAIL, and
  +cd works. Sign both with the same keys, or tell the resolver that this name is not signed;
- rebinding protection: a resolver drops private addresses in answers from outside (Unbound private-address, dnsmasq
  --stop-dns-rebind): no address here, while the zone has 10.0.0.5;
- moving laptops: an address from inside is cached, then the network changes. TTL, not magic;
- the certificate: inside the name leads to another server, with another certificate.

Two servers in one resolv.conf are not \"internal first, then public\": the second is asked only when the first is silent or fails (SERVFAIL,
REFUSED). NXDOMAIN from the first is an answer, final. Names of two worlds need routing by domain:

  systemd-resolved   resolvectl domain tun0 '~corp.example'; resolvectl dns tun0 10.0.0.53
  Unbound            stub-zone: name: \"corp.example\" stub-addr: 10.0.0.53
                     (forward-zone for a resolver), and domain-insecure: \"corp.example\"
                     private-domain: \"corp.example\"         private addresses are welcome here
                     local-zone: \"10.in-addr.arpa.\" nodefault
  BIND               zone \"corp.example\" { type forward; forward only; forwarders { 10.0.0.53; }; };
                     validate-except { \"corp.example\"; };
                     view \"inside\" { match-clients { 10.0.0.0/8; }; recursion yes; ... };
  dnsmasq            server=/corp.example/10.0.0.53  rebind-domain-ok=/corp.example/
  CoreDNS            corp.example:53 {
                         forward . 10.0.0.53
                     }

Names for inside: a subdomain of a domain that you own is best. `.local` belongs to multicast DNS (RFC 6762), home.arpa to homes (RFC 8375);
.internal is kept free of public use by ICANN. An invented top-level domain may be sold to somebody tomorrow.
",
    findings: &["dns-refused", "dns-name-missing", "dns-no-address", "dns-hosts-override", "dns-split-horizon", "dns-answers-differ", "dns-answer-rewritten"],
};
