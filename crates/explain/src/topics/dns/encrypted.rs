//! encrypted-dns: DoT, DoH, DoQ: what they cost and what they break.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "encrypted-dns",
    title: "DoT, DoH, DoQ: what they cost and what they break",
    text: "\
All of them carry the same DNS message between client and resolver. What happens behind the resolver is as clear as ever, but for experiments (RFC
9539). Encryption says who hears you; DNSSEC says whether the data are true. Neither replaces the other.

                 port       round trips to the first answer    then
  UDP            53/udp     1                                  1
  TCP            53/tcp     2 (connect, ask)                   1
  DoT RFC 7858   853/tcp    3 (connect, TLS 1.3, ask)          1
  DoH RFC 8484   443/tcp    3 (the same, HTTP/2 inside)        1
  DoQ RFC 9250   853/udp    2 (QUIC with TLS 1.3, ask)         1
  DoH3           443/udp    2 (HTTP/3 over QUIC)               1

TLS 1.2 adds one to DoT and DoH; 0-RTT takes one off where a session is resumed and the server allows it.

So cost is a matter of reuse: one connection kept open makes all of them one round trip. A resolver that closes idle connections at once, or a client that
opens one per question, makes DNS three times slower at 40 ms distance: 40 against 120 ms. Over TCP one lost packet holds up every
answer behind it; QUIC's streams do not wait for each other.

Strict or opportunistic (RFC 8310 section 5): strict demands the right certificate and fails without it; opportunistic tries TLS without proof and
falls back to clear text in silence. The second hides every fault below, and gives no protection against whoever sits in the path.

What breaks:
- 853 is a port of its own and often closed: a timeout, or opportunistic clients in clear again. 443/udp is closed in many companies;
- the certificate of the resolver expires, or names something else than you configured: no DNS at all for strict clients. An address as server
  name needs that address in the certificate (SAN);
- a wrong clock: no valid certificate, so no DNS, so no NTP name. Give NTP an address, or accept opportunistic at boot;
- bootstrap: https://dns.example/dns-query has a name. Somebody has to resolve it, in clear; give the address beside it;
- captive portals, split horizon and company filters: a browser with DoH of its own asks elsewhere and does not see internal names.
  Firefox switches its default DoH off where use-application-dns.net is NXDOMAIN; managed policies beat guessing;
- \"works in the browser, fails in curl\", or the reverse: they do not ask the same resolver;
- a DoH answer out of an HTTP cache: its Age is to be taken off the TTL (RFC 8484 section 5.1).

Clients find encrypted resolvers by DDR (RFC 9462: SVCB at _dns.resolver.arpa) and DNR (RFC 9463: DHCP and router advertisements). Padding
(RFC 8467: questions to 128, answers to 468 octets) hides lengths.

To try (SERVER an address, NAME the resolver's name in its certificate):
  kdig @SERVER +tls-ca +tls-hostname=NAME example.com     DoT, strict
  kdig @SERVER +https=/dns-query +tls-hostname=NAME example.com
  kdig @SERVER +quic +tls-hostname=NAME example.com
  dig @SERVER +tls example.com    dig @SERVER +https example.com      since BIND 9.18
  dig SVCB _dns.resolver.arpa @SERVER
  openssl s_client -connect SERVER:853 -alpn dot -verify_return_error </dev/null

To configure:
  Unbound            server: tls-cert-bundle: /etc/ssl/certs/ca-certificates.crt
                     forward-zone: name: \".\" forward-tls-upstream: yes
                                   forward-addr: 192.0.2.53@853#dns.example.net
  systemd-resolved   DNS=192.0.2.53#dns.example.net  DNSOverTLS=yes
  CoreDNS            forward . tls://192.0.2.53 {
                         tls_servername dns.example.net
                     }
  BIND 9.20          forwarders port 853 tls NAME { 192.0.2.53; };

Without the part behind `#` no name is checked: encrypted, to whomever.
",
    findings: &["dns-timeout", "dns-slow", "client-no-resolver", "dns-answer-rewritten", "dns-tcp-blocked"],
};
