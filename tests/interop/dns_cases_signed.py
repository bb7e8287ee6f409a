"""The signed zones of the DNS world, sound ones and broken twins, each with the status that every judge must find."""

from dns_zones import KNOT_ONE, KNOT_TWO, NAMED_ONE, NAMED_TWO, TWO, WWW, Question, Zone

ECDSA, ED25519, RSA = "ECDSAP256SHA256", "ED25519", "RSASHA256"


# Where a judge departs, and why. drill is held to less: it is a debugging aid, not a validator.
NO_ALIAS = "drill -TD asks for the type at the alias and does not follow it"
ALIAS_ONLY = "drill -S proves the alias alone, not what it points to"
TRACE_ALIAS = {"drill-trace": ("unproven", NO_ALIAS)}
CHASE_ALIAS = {"drill-chase": ("secure", ALIAS_ONLY)}
OPT_OUT = "proves the name's absence, but overlooks the opt-out bit, for which RFC 5155 §9.2 withholds AD"


def asked(zone, status):
    """What every kind of answer of a zone is asked: a positive one, a wildcard, an alias, NXDOMAIN and NODATA."""
    kinds = (("www", "A"), ("any.wild", "A"), ("alias", "A"), ("nosuch", "A"), ("www", "MX"))
    return [Question(f"{name}.{zone}", kind, status, TRACE_ALIAS if (name, status) == ("alias", "secure") else {}) for name, kind in kinds]


def www(zone, status):
    return [Question(f"www.{zone}", "A", status)]


def without(owner, kind=None, covered=None):
    """Takes out the records of `owner` (any when None): those of one type, or the RRSIG over one type."""
    def spoil(lines, zone):
        def gone(words):
            if owner is not None and words[0] != zone.absolute(owner):
                return False
            return words[3] == kind if kind else words[3] == "RRSIG" and words[4] == covered
        return [line for line in lines if not gone(line.split())]
    return spoil


def all_of(*spoilers):
    def spoil(lines, zone):
        for one in spoilers:
            lines = one(lines, zone)
        return lines
    return spoil


def altered(owner, kind, old, new):
    """Changes the data of a record and leaves its signature: what tampering on the way looks like."""
    def spoil(lines, zone):
        return [line.replace(old, new) if line.split()[0] == zone.absolute(owner) and line.split()[3] == kind else line for line in lines]
    return spoil


EVERY_TYPE = r"""@ MX 10 mx1
@ MX 20 mx2
@ CAA 0 issue "ca.example.net"
@ CAA 0 iodef "mailto:security@types.test"
@ CAA 128 issuewild ";"
@ TXT "v=spf1 mx -all"
mx1 A 10.9.0.82
mx2 A 10.9.0.83
txt TXT "one string" "and a second, with \"quotes\" and a \\ backslash"
control TXT "bell \007 escape \027[31m delete \127 next line \133 tab \009 end"
utf8 TXT "\195\188mlaut \226\128\174 right to left"
_sip._tcp SRV 10 60 5060 sip
_none._tcp SRV 0 0 0 .
sip A 10.9.0.84
https HTTPS 1 . alpn="h2,h3" ipv4hint=10.9.0.80 ipv6hint=fd09::80 port=8443
https-alias HTTPS 0 www
_8443._foo SVCB 1 svc mandatory=alpn,port alpn=bar port=8004 key65333=ex\102mple
_443._tcp.www TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@types.test!" .
loc LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
sshfp SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789
unknown TYPE65280 \# 4 deadbeef
empty-unknown TYPE65281 \# 0
hinfo HINFO "CPU \027[2J" "OS"
ptr PTR www
rp RP admin.types.test. txt
uri URI 10 1 "https://www.types.test/path"
afsdb AFSDB 1 www
openpgp TYPE61 \# 3 010203
branch DNAME wild
a.b.ent A 10.9.0.85
\001odd\.label A 10.9.0.86
"""

TYPES = [("@", "MX"), ("@", "CAA"), ("@", "TXT"), ("txt", "TXT"), ("control", "TXT"), ("utf8", "TXT"), ("_sip._tcp", "SRV"), ("https", "HTTPS"),
         ("_8443._foo", "SVCB"), ("_443._tcp.www", "TLSA"), ("naptr", "NAPTR"), ("loc", "LOC"), ("sshfp", "SSHFP"), ("unknown", "TYPE65280"),
         ("hinfo", "HINFO"), ("ptr", "PTR"), ("uri", "URI"), ("x.branch", "A"), ("ent", "A"), ("@", "SOA"), ("@", "DNSKEY"), ("@", "NS")]

TYPE_DIFFERENCES = {
    "x.branch": {"drill-chase": ("unproven", "drill -S knows no DNAME and looks for a signature over the CNAME made from it")},
    "ent": {"drill-chase": ("unproven", "drill -S takes an empty non-terminal for a name that does not exist and misses a wildcard proof")},
}

ROOT = Zone(".", body="", algorithm=ECDSA, split_keys=True, hosts=("nsd-root", "named-root"),
            ns={"a.root-servers.net.": ["10.9.0.2", "fd09::2"], "b.root-servers.net.": ["10.9.0.3"]},
            questions=[Question(".", "SOA", "secure"), Question("nosuchtld.", "A", "secure")])

TLD = Zone("test.", body="", algorithm=RSA, split_keys=True, hosts=("nsd-tld", "knot-tld"),
           ns={"a.nic": ["10.9.0.4", "fd09::4"], "b.nic": ["10.9.0.5"]},
           questions=[Question("test.", "SOA", "secure"), Question("nosuch.test.", "A", "secure")])

ALIASES = """to-ed25519 CNAME www.ed25519.test.
to-unsigned CNAME www.unsigned.test.
to-expired CNAME www.expired.test.
to-nowhere CNAME nosuch.ed25519.test.
"""

SOUND = [
    Zone("ecdsa-nsec.test.", body=WWW + ALIASES, algorithm=ECDSA, questions=[
        *asked("ecdsa-nsec.test.", "secure"),
        Question("to-ed25519.ecdsa-nsec.test.", "A", "secure", TRACE_ALIAS),
        Question("to-unsigned.ecdsa-nsec.test.", "A", "insecure", CHASE_ALIAS),
        Question("to-expired.ecdsa-nsec.test.", "A", "bogus", CHASE_ALIAS),
        Question("to-nowhere.ecdsa-nsec.test.", "A", "secure", TRACE_ALIAS)]),
    Zone("sub.ecdsa-nsec.test.", algorithm=ECDSA, ns={"ns1": NAMED_ONE, "ns2": NAMED_TWO}, hosts=("named-leaf",),
         questions=asked("sub.ecdsa-nsec.test.", "secure")),
    Zone("ecdsa-nsec3.test.", algorithm=ECDSA, nsec3="knot", ns={"ns1": KNOT_ONE, "ns2": KNOT_TWO}, hosts=("knot-leaf",),
         questions=asked("ecdsa-nsec3.test.", "secure")),
    Zone("ed25519.test.", algorithm=ED25519, ns={"ns1": NAMED_ONE, "ns2": TWO}, hosts=("named-leaf", "nsd-two"),
         questions=asked("ed25519.test.", "secure")),
    Zone("rsa-optout.test.", algorithm=RSA, split_keys=True, nsec3="opt-out", questions=[
        *www("rsa-optout.test.", "secure"),
        Question("www.rsa-optout.test.", "MX", "secure"),
        Question("alias.rsa-optout.test.", "A", "secure", TRACE_ALIAS),
        # What an opt-out span covers may exist unsigned: insecure, though every signature holds.
        Question("any.wild.rsa-optout.test.", "A", "insecure", {judge: ("secure", OPT_OUT) for judge in ("drill-chase", "drill-trace")}),
        Question("nosuch.rsa-optout.test.", "A", "insecure", {judge: ("secure", OPT_OUT) for judge in ("delv", "drill-chase", "drill-trace")}),
        Question("unsigned.rsa-optout.test.", "DS", "insecure", {judge: ("secure", OPT_OUT) for judge in ("delv", "drill-chase")})]),
    Zone("unsigned.rsa-optout.test.", ns={"ns1": NAMED_ONE, "ns2": NAMED_TWO}, hosts=("named-leaf",),
         questions=asked("unsigned.rsa-optout.test.", "insecure")),
    Zone("signed.rsa-optout.test.", algorithm=ECDSA, ns={"ns1": NAMED_ONE, "ns2": NAMED_TWO}, hosts=("named-leaf",),
         questions=asked("signed.rsa-optout.test.", "secure")),
    Zone("unsigned.test.", body=WWW + "walled A 10.9.0.80\n", questions=asked("unsigned.test.", "insecure")),
    Zone("types.test.", body=WWW + EVERY_TYPE, algorithm=ECDSA, ns={"ns1": NAMED_ONE, "ns2": TWO}, hosts=("named-leaf", "nsd-two"),
         questions=[Question("types.test." if name == "@" else f"{name}.types.test.", kind, "secure", TYPE_DIFFERENCES.get(name, {})) for name, kind in TYPES]),
    Zone("wildcard.test.", body="@ A 10.9.0.80\n* A 10.9.0.81\n* MX 10 mail.wildcard.test.\n", algorithm=ECDSA,
         questions=[Question("anything.wildcard.test.", "A", "secure"), Question("a.b.c.wildcard.test.", "A", "secure"),
                    Question("anything.wildcard.test.", "TXT", "secure")]),
    Zone("wildcard3.test.", body="@ A 10.9.0.80\n* A 10.9.0.81\n", algorithm=ECDSA, nsec3="plain",
         questions=[Question("anything.wildcard3.test.", "A", "secure"), Question("anything.wildcard3.test.", "TXT", "secure")]),
]

BROKEN = [
    Zone("expired.test.", "every signature expired 30 days ago", algorithm=ECDSA, window_days=(-60, -30),
         questions=asked("expired.test.", "bogus")),
    Zone("not-yet.test.", "every signature begins in 30 days", algorithm=ECDSA, window_days=(30, 60),
         questions=asked("not-yet.test.", "bogus")),
    Zone("wrong-ds.test.", "the DS at the parent is of another key", algorithm=ECDSA, ds="other-key", questions=www("wrong-ds.test.", "bogus")),
    Zone("wrong-digest.test.", "the DS names the key, but its digest is wrong", algorithm=ECDSA, ds="wrong-digest",
         questions=www("wrong-digest.test.", "bogus")),
    Zone("ds-unsigned.test.", "the parent holds a DS, the zone has no key and no signature", ds="other-key",
         questions=www("ds-unsigned.test.", "bogus")),
    Zone("no-ds.test.", "signed, but the parent holds no DS: an island", algorithm=ECDSA, ds="none", questions=www("no-ds.test.", "insecure")),
    Zone("no-rrsig.test.", "one RRset (lost A) has no signature", body=WWW + "lost A 10.9.0.85\n", algorithm=ECDSA,
         spoil=without("lost", covered="A"),
         questions=[*www("no-rrsig.test.", "secure"), Question("lost.no-rrsig.test.", "A", "bogus")]),
    Zone("no-dnskey-rrsig.test.", "the DNSKEY RRset has no signature", algorithm=ECDSA, spoil=without("@", covered="DNSKEY"),
         questions=www("no-dnskey-rrsig.test.", "bogus")),
    Zone("tampered.test.", "the data of one RRset (www A) is not what was signed", algorithm=ECDSA,
         spoil=altered("www", "A", "10.9.0.80", "10.9.0.66"),
         questions=[*www("tampered.test.", "bogus"), Question("tampered.test.", "A", "secure")]),
    Zone("no-nsec.test.", "the NSEC records are gone: what is missing cannot be proven", algorithm=ECDSA,
         spoil=all_of(without(None, kind="NSEC"), without(None, covered="NSEC")),
         questions=[*www("no-nsec.test.", "secure"), Question("nosuch.no-nsec.test.", "A", "bogus"), Question("www.no-nsec.test.", "MX", "bogus")]),
    Zone("no-nsec3.test.", "the NSEC3 records are gone: what is missing cannot be proven", algorithm=ECDSA, nsec3="plain",
         spoil=all_of(without(None, kind="NSEC3"), without(None, covered="NSEC3")),
         questions=[*www("no-nsec3.test.", "secure"), Question("nosuch.no-nsec3.test.", "A", "bogus"), Question("www.no-nsec3.test.", "MX", "bogus")]),
    Zone("unknown-algorithm.test.", "the only DS is of an algorithm that nobody knows: insecure, not bogus", algorithm=ECDSA,
         ds="unknown-algorithm", questions=www("unknown-algorithm.test.", "insecure")),
    Zone("unknown-digest.test.", "the only DS has a digest type that nobody knows: insecure, not bogus", algorithm=ECDSA,
         ds="unknown-digest", questions=www("unknown-digest.test.", "insecure")),
    Zone("iterations.test.", "NSEC3 with 500 iterations, above the limit of validators (RFC 9276)", algorithm=ECDSA, nsec3="iterations",
         questions=[*www("iterations.test.", "secure"), Question("nosuch.iterations.test.", "A", "insecure", {judge: ("secure", "drill has no limit of iterations") for judge in ("drill-chase", "drill-trace")})]),
]

SIGNED = [ROOT, TLD, *SOUND, *BROKEN]
