//! happy-eyeballs: IPv6 and IPv4 in a race.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "happy-eyeballs",
    title: "IPv6 and IPv4 in a race",
    text: "\
A name with AAAA and A records offers two ways in. Clients with Happy Eyeballs (RFC 8305) try both: they sort the addresses
(RFC 6724, IPv6 mostly first), start with the first, and start the next one, of the other family, if there is no
connection after 250 ms. The first to connect wins, the others are dropped.

So a broken IPv6 path costs browsers and curl a quarter of a second on each new connection, and nobody notices more than
\"a bit slow\". Clients without the race walk the list one by one and wait for each time-out: many Java, PHP and Python programs,
old SDKs, simple proxies. For them the same fault is an outage of seconds to minutes. That is why \"works in my
browser\" says little about an API client.

The same holds within a family: four A records with one dead host fail one in four first tries for clients that do not
retry. DNS does not know health; round-robin keeps handing out the dead address until it is removed and the
TTL has passed.

To see it:
  curl -4 -sv -o /dev/null URL     IPv4 only
  curl -6 -sv -o /dev/null URL     IPv6 only
  curl --connect-to ::ADDRESS: -sv -o /dev/null URL     one address

To mend it: repair the route, firewall or listener (`listen [::]:443 ssl;` in nginx) for IPv6, or withdraw the AAAA record.
An AAAA record is a promise; publish it only with monitoring of its own.
",
    findings: &["tcp-ipv6-broken", "tcp-address-down"],
};
