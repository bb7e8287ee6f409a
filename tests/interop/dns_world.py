"""A signed internet of DNS in namespaces: root, TLD, sound zones and broken twins on NSD, Knot and BIND, resolvers, and judges.

usage: unshare -Urnm --kill-child python3 -B dns_world.py NETWHY FOLDER [RUNS]

FOLDER holds the certificates (ca.pem, resolver.pem, resolver.key). It gets: `root.hints` and `trust-anchor`, as netwhy takes them;
`cases.json`, what was built; `judgements.json`, what other validators see; `observations.json`, what dig sees of the faults; and CASE.json
and CASE.meta of each command in dns_commands.py. With RUNS, walks are timed instead (dns_bench.py).
"""

import dataclasses
import json
import signal
import sys
import time

import dns_bench
import dns_cases_faults
import dns_cases_signed
import dns_commands
import dns_daemons
import dns_judges
import dns_observations
from dns_signing import Signer, changed
from dns_wire import NOERROR, RD
from dns_zones import root_hints, unsigned_text
from namespaces import HERE, QUIC_PYTHON, World, until

ZONES = [*dns_cases_signed.SIGNED, *dns_cases_faults.FAULTS]
BIND_ADDRESSES = ["10.9.0.15", "10.9.0.16", "fd09::15"]
AUTHORITIES = (2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 22, 23, 30, 31)
HOSTS = (*AUTHORITIES, 20, 21, 24, 53, 54, 55, 56, 57, 58, 59)
HOSTS6 = (2, 4, 11, 13, 15, 53, 55)
# Lost where it arrives: a sender whose own filter refuses a datagram is told so, and NSD then drops the rest of its batch.
LOST_FRAGMENTS = "ip saddr { 10.9.0.22, 10.9.0.23 } udp sport 53 ip length > 1500 drop"
RULES = f"""
table inet faults {{
  chain input {{
    type filter hook input priority 0;
    {LOST_FRAGMENTS}
    ip daddr 10.9.0.24 drop
    ip daddr {{ 10.9.0.20, 10.9.0.21 }} tcp dport 53 drop
  }}
}}
"""
CLIENT_RULES = f"""
table inet faults {{
  chain input {{
    type filter hook input priority 0;
    {LOST_FRAGMENTS}
  }}
}}
"""
RESOLVERS = {
    "validating": "10.9.0.53", "plain": "10.9.0.54", "named": "10.9.0.55", "quic": "10.9.0.56",
    "stale": "10.9.0.57", "rewriting": "10.9.0.58", "inside": "10.9.0.59",
}


def hosted(label):
    """(name, file) of the zones that a daemon loads, its own copies included."""
    return [(zone.name, f"{label}-{zone.file}" if label in zone.copies else zone.file) for zone in ZONES if label in zone.hosts]


def authorities(world):
    nsd, knot, named = dns_daemons.nsd, dns_daemons.knot, dns_daemons.named
    nsd(world, "root", ["10.9.0.2", "fd09::2"], hosted("nsd-root"))
    named(world, "root", ["10.9.0.3"], dns_daemons.named_zones(world, hosted("named-root")), "  recursion no;\n")
    nsd(world, "tld", ["10.9.0.4", "fd09::4"], hosted("nsd-tld"))
    knot(world, "tld", ["10.9.0.5"], hosted("knot-tld"))
    world.one = nsd(world, "one", ["10.9.0.10", "10.9.0.11", "fd09::11", "10.9.0.20", "10.9.0.21"], hosted("nsd-one"))
    world.two = nsd(world, "two", ["10.9.0.12"], hosted("nsd-two"))
    nsd(world, "fragments", ["10.9.0.22", "10.9.0.23"], hosted("nsd-fragments"), edns_size=4096)
    views(world)
    dns_daemons.knot_start(world, "leaf")
    world.daemon(sys.executable, "-B", HERE / "dns_scripted.py", RESOLVERS["plain"], RESOLVERS["rewriting"], "10.9.0.30", "10.9.0.31", log="scripted")


def views(world):
    """BIND: the resolver inside gets another split.test than the rest of the world."""
    split = dns_cases_faults.SPLIT
    (world.folder / "inside-split").write_text(unsigned_text(split, "", *dns_cases_faults.SPLIT_INSIDE))
    others = [pair for pair in hosted("named-leaf") if pair[0] != split.name]
    inside = dns_daemons.named_zones(world, [*others, (split.name, "inside-split")])
    outside = dns_daemons.named_zones(world, hosted("named-leaf"))
    dns_daemons.named(world, "leaf", BIND_ADDRESSES, f"""view inside {{ match-clients {{ {RESOLVERS["inside"]}; }};
{inside}}};
view outside {{ match-clients {{ any; }};
{outside}}};
""", "  recursion no;\n  check-names primary ignore;\n")


def resolvers(world):
    unbound, folder = dns_daemons.unbound, world.folder
    for label in ("stale", "inside"):
        unbound(world, label, [RESOLVERS[label]], "root.hints")
    # A walled garden: one name has local data, which no cache counts down.
    walled = '  local-zone: "walled.unsigned.test." redirect\n  local-data: "walled.unsigned.test. 300 A 10.9.0.99"\n'
    unbound(world, "plain", [RESOLVERS["plain"]], "root.hints", extra=walled)
    tls = f"""  tls-service-key: "{folder}/resolver.key"
  tls-service-pem: "{folder}/resolver.pem"
  http-endpoint: "/dns-query"
""" + "".join(f"  interface: {address}@{port}\n" for address in (RESOLVERS["validating"], "fd09::53") for port in (443, 853))
    unbound(world, "validating", [RESOLVERS["validating"], "fd09::53"], "root.hints", anchor="trust-anchor", extra=tls)
    world.daemon(QUIC_PYTHON, "-B", HERE / "dns_quic.py", "serve", RESOLVERS["quic"], RESOLVERS["plain"], folder, log="quic")
    address = RESOLVERS["named"]
    dns_daemons.named(world, "resolver", [address, "fd09::55"], f"""include "{folder}/bind.keys";
zone "." {{ type hint; file "{folder}/root.hints"; }};
tls private {{ cert-file "{folder}/resolver.pem"; key-file "{folder}/resolver.key"; }};
http doh {{ endpoints {{ "/dns-query"; }}; }};
""", f"""  recursion yes;
  dnssec-validation yes;
  allow-query {{ any; }};
  query-source address {address};
  query-source-v6 address fd09::55;
  listen-on port 853 tls private {{ {address}; }};
  listen-on port 443 tls private http doh {{ {address}; }};
  listen-on-v6 port 853 tls private {{ fd09::55; }};
  listen-on-v6 port 443 tls private http doh {{ fd09::55; }};
""")


def grow_stale(world):
    """Lets a resolver cache www.stale.test and the lack of late.stale.test, then changes both at the authorities."""
    stale = dns_cases_faults.STALE
    for name in (f"www.{stale.name}", f"late.{stale.name}"):
        dns_judges.asked(RESOLVERS["stale"], name, "A", dns_judges.PATIENCE)
    changed(world, stale, *dns_cases_faults.STALE_AFTER)
    for server, address in ((world.one, "10.9.0.11"), (world.two, "10.9.0.12")):
        server.send_signal(signal.SIGHUP)
        until(f"{address} has the new {stale.name}", lambda: answers(address, f"late.{stale.name}", 0))


def answers(server, name, flags=RD):
    told = dns_judges.asked(server, name, "A", dns_judges.PATIENCE, flags)
    return told is not None and told[0] == NOERROR


def describe(world):
    """cases.json: what was built, for the tests."""
    def zone(one):
        return {"zone": one.name, "fault": one.fault, "algorithm": one.algorithm or None, "hosts": one.hosts,
                "questions": [dataclasses.asdict(question) for question in one.questions]}
    (world.folder / "cases.json").write_text(json.dumps(
        {"resolvers": RESOLVERS, "zones": [zone(one) for one in ZONES]}, indent=1))


def settled(world):
    """Waits until the validating resolvers prove a name of each daemon that needs time to load or to sign."""
    for server in (RESOLVERS["validating"], RESOLVERS["named"]):
        for name in ("www.ecdsa-nsec.test.", "www.ecdsa-nsec3.test.", "www.ed25519.test."):
            until(f"{server} resolves {name}", lambda: answers(server, name))
    for over in ("quic", "h3"):
        until(f"the resolver over {over} answers", lambda: dns_observations.over_quic(world, over, "www.unsigned.test")["answers"])


def built(world):
    """Signs, starts everything, and waits until it answers."""
    world.links(HOSTS, HOSTS6, RULES, CLIENT_RULES)
    knot = dns_daemons.knot_config(world, "leaf", ["10.9.0.13", "10.9.0.14", "fd09::13"], hosted("knot-leaf"), signed=("ecdsa-nsec3.test.",))
    Signer(world, ZONES, knot).run()
    (world.folder / "root.hints").write_text(root_hints(dns_cases_signed.ROOT))
    authorities(world)
    world.awaited([(f"10.9.0.{host}", 53) for host in AUTHORITIES])
    resolvers(world)
    world.awaited([(address, 53) for label, address in RESOLVERS.items() if label != "quic"])
    settled(world)
    grow_stale(world)
    describe(world)


def main():
    netwhy, folder, *runs = sys.argv[1:]
    if not QUIC_PYTHON.exists():
        sys.exit(f"world: {QUIC_PYTHON} is missing: tests/run installs it")
    world = World(folder)
    world.resolvers = RESOLVERS
    begun = time.monotonic()

    def told(stage):
        print(f"{stage} after {time.monotonic() - begun:.1f} s", flush=True)

    try:
        built(world)
        told("up")
        if runs:
            dns_bench.run(world, netwhy, int(runs[0]))
            return
        dns_observations.observe(world)
        told("observed")
        (world.folder / "judgements.json").write_text(json.dumps(dns_judges.judge_all(world, ZONES), indent=1))
        told("judged")
        world.run_all(dns_commands.table(netwhy, world.folder))
        told("asked")
    finally:
        world.stop()


main()
