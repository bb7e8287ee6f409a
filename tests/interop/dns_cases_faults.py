"""Zones whose fault is not in their signatures: delegations, transports, contents and servers that misbehave. All unsigned."""

from dns_zones import KNOT_ONE, ONE, SCRIPTED_ONE, SCRIPTED_TWO, SERIAL, SILENT, TWO, WWW, Question, Zone

TCP_BLOCKED_ONE, TCP_BLOCKED_TWO = ["10.9.0.20"], ["10.9.0.21"]
FRAGMENTS_ONE, FRAGMENTS_TWO = ["10.9.0.22"], ["10.9.0.23"]
DEAD = ["10.9.0.25"]
BIG = "".join(f'{owner} TXT "{number:03} {"x" * 240}"\n' for owner in ("@", "big") for number in range(10))


def plain(name, fault, body=WWW, status="insecure", ask=("www", "A"), **fields):
    owner = name if ask[0] == "@" else f"{ask[0]}.{name}"
    return Zone(name, fault, body, questions=[Question(owner, ask[1], status)], **fields)


def scripted(name, fault, ask=("www", "A"), status="insecure"):
    """A zone that dns_scripted.py answers for."""
    return plain(name, fault, ask=ask, status=status, ns={"ns1": SCRIPTED_ONE, "ns2": SCRIPTED_TWO}, hosts=("scripted",))


DELEGATIONS = [
    plain("lame-all.test.", "no name server of the delegation serves the zone: both refuse", status="failed",
          ns={"ns1": KNOT_ONE[:1], "ns2": ["10.9.0.14"]}, hosts=()),
    plain("lame-one.test.", "ns2 refuses: it does not serve the zone", ns={"ns1": ONE, "ns2": KNOT_ONE[:1]}, hosts=("nsd-one",)),
    plain("silent-all.test.", "no name server answers at all", status="failed", ns={"ns1": SILENT}, hosts=()),
    plain("silent-one.test.", "ns2 answers nothing", ns={"ns1": ONE, "ns2": SILENT}, hosts=("nsd-one",)),
    plain("ns-mismatch.test.", "the parent names ns1 and ns2, the zone ns1 and ns3", ns={"ns1": ONE, "ns3": TWO},
          parent_ns={"ns1": ONE, "ns2": TWO}),
    plain("glue-missing.test.", "the parent has no glue for ns1, which lies in the zone", parent_ns={"ns1": [], "ns2": TWO}),
    plain("glue-none.test.", "no glue at all, though both name servers lie in the zone", status="failed", parent_ns={"ns1": [], "ns2": []}),
    plain("glue-mismatch.test.", "glue for ns1 is 10.9.0.10, the zone says 10.9.0.11", parent_ns={"ns1": ["10.9.0.10"], "ns2": TWO}),
    plain("glue-dead.test.", "glue for ns1 points to an address where nobody is", ns={"ns1": ONE[:1], "ns2": TWO},
          parent_ns={"ns1": DEAD, "ns2": TWO}),
    plain("single-ns.test.", "one name server only", ns={"ns1": ONE[:1]}, hosts=("nsd-one",)),
    plain("serial-lag.test.", "ns2 still has the serial of yesterday, and another address for www",
          copies={"nsd-two": (SERIAL - 100, WWW.replace("www A 10.9.0.80", "www A 10.9.0.90"))}),
    plain("equal-serials.test.", "the same serial on both, but another address for www",
          copies={"nsd-two": (SERIAL, WWW.replace("www A 10.9.0.80", "www A 10.9.0.90"))}),
]

TRANSPORTS = [
    plain("tcp-blocked.test.", "TCP port 53 is filtered, and big TXT does not fit into UDP", WWW + BIG, status="failed", ask=("big", "TXT"),
          ns={"ns1": TCP_BLOCKED_ONE, "ns2": TCP_BLOCKED_TWO}, hosts=("nsd-one",)),
    plain("fragments.test.", "UDP answers over 1500 bytes are lost; smaller ones and TCP work", WWW + BIG, ask=("big", "TXT"),
          ns={"ns1": FRAGMENTS_ONE, "ns2": FRAGMENTS_TWO}, hosts=("nsd-fragments",)),
    scripted("edns-formerr.test.", "FORMERR to whatever carries EDNS"),
    # Resolvers have not gone back to plain DNS after a timeout since the flag day of 2019.
    scripted("edns-dropped.test.", "no answer to whatever carries EDNS", status="failed"),
    scripted("edns-ignored.test.", "answers as if EDNS had not been there: old, but lawful"),
    scripted("edns-version.test.", "takes EDNS version 1 for version 0 instead of saying BADVERS"),
]

CONTENTS = [
    plain("cname-loop.test.", "one and two point at each other", "one CNAME two\ntwo CNAME one\n", status="failed", ask=("one", "A")),
    plain("cname-dangling.test.", "www points to a name that does not exist", "www CNAME gone\n"),
    plain("cname-chain.test.", "www takes six links to its address",
          "www CNAME link1\n" + "".join(f"link{number} CNAME link{number + 1}\n" for number in range(1, 5)) + "link5 CNAME end\nend A 10.9.0.80\n"),
    plain("ttl-low.test.", "TTL 1", "www 1 A 10.9.0.80\n"),
    plain("ttl-high.test.", "TTL 30 days", "www 2592000 A 10.9.0.80\n"),
    plain("catch-all.test.", "a wildcard answers for every name", "* A 10.9.0.80\n"),
    plain("mail-good.test.", "", "@ MX 10 mx\nmx A 10.9.0.82\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n", ask=("@", "MX")),
    plain("mx-cname.test.", "the MX names an alias (RFC 2181 §10.3)", "@ MX 10 mail\nmail CNAME real\nreal A 10.9.0.82\n", ask=("@", "MX")),
    plain("mx-dangling.test.", "the MX names nothing", "@ MX 10 gone\n", ask=("@", "MX")),
    plain("spf-deep.test.", "SPF needs 12 lookups, 10 are allowed (RFC 7208 §4.6.4)",
          '@ TXT "v=spf1 ' + " ".join(f"a:s{number}.spf-deep.test" for number in range(6)) + ' include:more.spf-deep.test -all"\n'
          + 'more TXT "v=spf1 ' + " ".join(f"a:s{number}.spf-deep.test" for number in range(5)) + ' -all"\n'
          + "".join(f"s{number} A 10.9.0.{100 + number}\n" for number in range(6)), ask=("@", "TXT")),
    plain("spf-open.test.", "SPF lets everyone: +all", '@ TXT "v=spf1 +all"\n', ask=("@", "TXT")),
    plain("spf-twice.test.", "two SPF records (RFC 7208 §4.5)", '@ TXT "v=spf1 mx -all"\n@ TXT "v=spf1 a -all"\n', ask=("@", "TXT")),
    plain("dmarc-malformed.test.", "DMARC without a valid p=", '_dmarc TXT "v=DMARC1; p=maybe; rua=nonsense"\n', ask=("_dmarc", "TXT")),
    plain("caa-forbids.test.", "CAA lets no authority issue", WWW + '@ CAA 0 issue ";"\n', ask=("@", "CAA")),
    scripted("apex-cname.test.", "a CNAME at the apex, beside SOA and NS", ask=("@", "A")),
    scripted("lame-upward.test.", "answers with a referral to the root", status="failed"),
    scripted("aaaa-timeout.test.", "no answer to AAAA; A works"),
    scripted("aaaa-servfail.test.", "SERVFAIL to AAAA; A works"),
    scripted("aaaa-nxdomain.test.", "NXDOMAIN to AAAA; A works"),
    scripted("ent-nxdomain.test.", "NXDOMAIN for an empty non-terminal that has names below (RFC 8020)", ask=("a.b", "A")),
    scripted("pool.test.", "each answer holds two of six addresses, in turn; the serial stays: benign"),
    scripted("ecs.test.", "the address depends on the client's subnet (RFC 7871): benign"),
]

# Their answers change while the world runs, or depend on who asks: dns_world.py makes them.
STALE = Zone("stale.test.", "www changed and late appeared after two resolvers had cached the old state", "www 3600 A 10.9.0.90\n", minimum=3600,
             questions=[Question("www.stale.test.", "A", "insecure")])
STALE_AFTER = (SERIAL + 1, "www 3600 A 10.9.0.80\nlate 3600 A 10.9.0.80\n")
SPLIT = Zone("split.test.", "another answer for the clients inside", "www A 10.9.0.80\n", ns={"ns1": ["10.9.0.15"], "ns2": ["10.9.0.16"]}, hosts=("named-leaf",),
             questions=[Question("www.split.test.", "A", "insecure")])
SPLIT_INSIDE = (SERIAL - 7, "www A 192.168.7.80\nintranet A 192.168.7.81\n")

FAULTS = [*DELEGATIONS, *TRANSPORTS, *CONTENTS, STALE, SPLIT]
