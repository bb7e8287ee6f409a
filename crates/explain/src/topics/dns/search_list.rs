//! search-list: Search lists and ndots: which names are really asked for.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "search-list",
    title: "Search lists and ndots: which names are really asked for",
    text: "\
A program asks for \"db\". The stub resolver completes it from /etc/resolv.conf (resolv.conf(5)):

  search prod.example.com example.com
  options ndots:1

- a final dot: the name as it stands, nothing else;
- at least `ndots` dots in it (default 1, at most 15): as it stands first, then with each domain of the list;
- fewer dots: with each domain first, as it stands at the end.

Each candidate is two questions, A and AAAA. The first that has an answer wins; NXDOMAIN and NODATA lead on to the next.

Kubernetes writes ndots:5 and three domains (the namespace's, svc.cluster.local, cluster.local), often the node's as well. So api.example.com
with its 2 dots is asked for like this:

  api.example.com.shop.svc.cluster.local    A, AAAA    NXDOMAIN
  api.example.com.svc.cluster.local         A, AAAA    NXDOMAIN
  api.example.com.cluster.local             A, AAAA    NXDOMAIN
  api.example.com                           A, AAAA    the answer: question 7 and 8

Eight questions for one name, and one lost packet among them costs 5 s (the `timeout`). That is behind many a \"DNS is slow in the
cluster\". What helps, the cheapest first:
- a final dot in the configuration: api.example.com. (mind Host headers and certificates: some clients pass the dot on);
- in the pod `dnsConfig: { options: [ { name: ndots, value: \"2\" } ] }`: names of the cluster with one dot (db.prod) still go through
  the list, external ones with two or more are asked for as they stand;
- NodeLocal DNSCache, or CoreDNS `autopath @kubernetes` (needs `pods verified`), which walks the list on the server's side.

The libraries differ:
- glibc goes on after NODATA and SERVFAIL too; musl (Alpine) stops at the first answer that is not NXDOMAIN, so a resolver that says SERVFAIL to one
  candidate ends the search. musl never searches names that have ndots dots: with ndots:1 \"db.prod\" fails there and works on glibc;
- systemd-resolved uses search domains for single-label names only; through /etc/resolv.conf glibc searches before it gets there;
- dig ignores the list unless `+search` is given, host and nslookup use it. \"dig works, the program does not\" may be this.

Danger: a wildcard in a search domain (*.example.com) answers for every public name that is tried below it first. Everything resolves, to the
wrong host; then TLS complains about the name. And a list that ends in a domain of somebody else hands them your names (RFC 1535).

`domain` is an old word for a list of one; the last of `domain` and `search` wins. glibc before 2.26 stops at 6 domains and 256 characters.

To see it:
  dig +search +showsearch NAME               the candidates, one by one
  RES_OPTIONS=ndots:1 getent ahosts NAME     another ndots for this one call
  getent ahosts NAME.                        as it stands: is that faster?
  tcpdump -ni any port 53                    what really leaves, with times
  kubectl exec POD -- cat /etc/resolv.conf
",
    findings: &["dns-slow", "dns-name-missing", "dns-resolver-down", "dns-search-expanded", "dns-wildcard"],
};
