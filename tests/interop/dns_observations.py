"""What the faults look like to dig, fault by fault: that the world misbehaves as dns_cases_*.py says, seen from the client.

Each row is (label, dig's words, what must be seen). The expectation is a set of facts: `status`, `flags` that must or (with `!`)
must not be set, `answers` (exactly these data, in any order), `count` of answers, `edns` (an OPT record came back), `text`, `silent`.
dig speaks no QUIC: those rows, which begin with quic or h3, are asked by dns_quic.py.
"""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from namespaces import HERE, QUIC_PYTHON

ONE, TWO = "@10.9.0.11", "@10.9.0.12"
SCRIPTED, SCRIPTED_TWO = "@10.9.0.30", "@10.9.0.31"
NOERROR, NXDOMAIN, SERVFAIL, REFUSED, FORMERR = ({"status": word} for word in ("NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR"))
SILENT = {"silent": True}
PRIVATE = ("+tls-ca={folder}/ca.pem", "+tls-hostname=resolver.example.test")
AT_ONCE = 8


def gives(*answers):
    return {"status": "NOERROR", "answers": list(answers)}


OBSERVATIONS = [
    ("serial lag: first", f"{ONE} www.serial-lag.test A", gives("10.9.0.80")),
    ("serial lag: second", f"{TWO} www.serial-lag.test A", gives("10.9.0.90")),
    ("serial lag: first serial", f"{ONE} serial-lag.test SOA", {"text": " 2026112402 "}),
    ("serial lag: second serial", f"{TWO} serial-lag.test SOA", {"text": " 2026112302 "}),
    ("equal serials: first", f"{ONE} www.equal-serials.test A", gives("10.9.0.80")),
    ("equal serials: second", f"{TWO} www.equal-serials.test A", gives("10.9.0.90")),
    ("equal serials: second serial", f"{TWO} equal-serials.test SOA", {"text": " 2026112402 "}),
    ("lame: first", "@10.9.0.13 lame-all.test SOA", REFUSED),
    ("lame: second", "@10.9.0.14 lame-all.test SOA", REFUSED),
    ("lame: one of two", "@10.9.0.13 lame-one.test SOA", REFUSED),
    ("lame: upward referral", f"{SCRIPTED} www.lame-upward.test A", {"status": "NOERROR", "flags": ["!aa"], "count": 0, "text": "a.root-servers.net."}),
    ("silent", "@10.9.0.24 silent-all.test SOA", SILENT),
    ("delegation: parent", "@10.9.0.4 ns-mismatch.test NS", {"text": "ns2.ns-mismatch.test.", "flags": ["!aa"]}),
    ("delegation: child", f"{ONE} ns-mismatch.test NS", gives("ns1.ns-mismatch.test.", "ns3.ns-mismatch.test.")),
    ("glue: parent", "@10.9.0.4 glue-mismatch.test NS", {"text": "10.9.0.10"}),
    ("glue: child", f"{ONE} ns1.glue-mismatch.test A", gives("10.9.0.11")),
    ("glue: none", "@10.9.0.4 glue-none.test NS", {"text": "ADDITIONAL: 1"}),
    ("glue: dead", "@10.9.0.25 glue-dead.test SOA", SILENT),
    ("tcp blocked: UDP is cut", "@10.9.0.20 big.tcp-blocked.test TXT +ignore", {"status": "NOERROR", "flags": ["tc"]}),
    ("tcp blocked: TCP", "@10.9.0.20 big.tcp-blocked.test TXT +tcp", SILENT),
    ("tcp blocked: small answers", "@10.9.0.20 www.tcp-blocked.test A", gives("10.9.0.80")),
    ("fragments: 4096", "@10.9.0.22 big.fragments.test TXT +bufsize=4096", SILENT),
    ("fragments: 1232 is cut", "@10.9.0.22 big.fragments.test TXT +bufsize=1232 +ignore", {"flags": ["tc"]}),
    ("fragments: TCP", "@10.9.0.22 big.fragments.test TXT +tcp", {"status": "NOERROR", "count": 10}),
    ("edns: FORMERR", f"{SCRIPTED} www.edns-formerr.test A", FORMERR | {"edns": False}),
    ("edns: plain after FORMERR", f"{SCRIPTED} www.edns-formerr.test A +noedns", gives("10.9.0.80")),
    ("edns: dropped", f"{SCRIPTED} www.edns-dropped.test A", SILENT),
    ("edns: plain when dropped", f"{SCRIPTED} www.edns-dropped.test A +noedns", gives("10.9.0.80")),
    ("edns: ignored", f"{SCRIPTED} www.edns-ignored.test A", gives("10.9.0.80") | {"edns": False}),
    ("edns: version 1 unchecked", f"{SCRIPTED} www.edns-version.test A +edns=1 +noednsneg", gives("10.9.0.80") | {"edns": True}),
    ("edns: version 1 checked", f"{SCRIPTED} www.pool.test A +edns=1 +noednsneg", {"status": "BADVERS"}),
    ("apex CNAME", f"{SCRIPTED} apex-cname.test MX", gives("www.unsigned.test.")),
    ("apex SOA beside it", f"{SCRIPTED} apex-cname.test SOA", {"status": "NOERROR", "count": 1, "text": "hostmaster"}),
    ("loop", "@10.9.0.54 one.cname-loop.test A", SERVFAIL),
    ("dangling", "@10.9.0.54 www.cname-dangling.test A", NXDOMAIN | {"answers": ["gone.cname-dangling.test."]}),
    ("chain", "@10.9.0.54 www.cname-chain.test A", {"status": "NOERROR", "count": 7}),
    ("AAAA: timeout", f"{SCRIPTED} www.aaaa-timeout.test AAAA", SILENT),
    ("AAAA: A beside the timeout", f"{SCRIPTED} www.aaaa-timeout.test A", gives("10.9.0.80")),
    ("AAAA: SERVFAIL", f"{SCRIPTED} www.aaaa-servfail.test AAAA", SERVFAIL),
    ("AAAA: NXDOMAIN", f"{SCRIPTED} www.aaaa-nxdomain.test AAAA", NXDOMAIN),
    ("empty non-terminal: NXDOMAIN", f"{SCRIPTED} b.ent-nxdomain.test A", NXDOMAIN),
    ("empty non-terminal: below", f"{SCRIPTED} a.b.ent-nxdomain.test A", gives("10.9.0.85")),
    ("pool", f"{SCRIPTED} www.pool.test A", {"status": "NOERROR", "count": 2}),
    ("client subnet: one", f"{SCRIPTED} www.ecs.test A +subnet=192.0.2.0/24", gives("10.9.0.112") | {"text": "CLIENT-SUBNET: 192.0.2.0/24/24"}),
    ("client subnet: other", f"{SCRIPTED_TWO} www.ecs.test A +subnet=198.51.100.0/24", gives("10.9.0.114") | {"text": "198.51.100.0/24/24"}),
    ("stale: resolver", "@10.9.0.57 www.stale.test A", gives("10.9.0.90")),
    ("stale: first authority", f"{ONE} www.stale.test A", gives("10.9.0.80")),
    ("stale: second authority", f"{TWO} www.stale.test A", gives("10.9.0.80")),
    ("cached negative: resolver", "@10.9.0.57 late.stale.test A", NXDOMAIN),
    ("cached negative: authority", f"{ONE} late.stale.test A", gives("10.9.0.80")),
    ("rewriting: lie", "@10.9.0.58 nosuch.unsigned.test A", gives("10.9.0.66")),
    ("rewriting: another lie", "@10.9.0.58 other.nosuchtld A", gives("10.9.0.66")),
    ("rewriting: truth", "@10.9.0.58 www.unsigned.test A", gives("10.9.0.80")),
    ("split: outside", "@10.9.0.54 www.split.test A", gives("10.9.0.80")),
    ("split: inside", "@10.9.0.59 www.split.test A", gives("192.168.7.80")),
    ("split: inside only", "@10.9.0.59 intranet.split.test A", gives("192.168.7.81")),
    ("v6: root", "@fd09::2 test. DS +norecurse", {"status": "NOERROR", "count": 1, "flags": ["aa"]}),
    ("v6: resolver", "@fd09::53 www.ecdsa-nsec.test A +dnssec", {"status": "NOERROR", "flags": ["ad"]}),
    ("bogus", "@10.9.0.53 www.expired.test A", SERVFAIL),
    ("bogus with CD", "@10.9.0.53 www.expired.test A +cd", gives("10.9.0.80")),
    ("DoT: Unbound", "@10.9.0.53 www.unsigned.test A +tls", gives("10.9.0.80")),
    ("DoT: BIND", "@10.9.0.55 www.unsigned.test A +tls", gives("10.9.0.80")),
    ("DoH: Unbound", "@10.9.0.53 www.unsigned.test A +https", gives("10.9.0.80")),
    ("DoH: BIND", "@10.9.0.55 www.unsigned.test A +https", gives("10.9.0.80")),
    ("DoQ", "quic www.unsigned.test", {"answers": ["10.9.0.80"]}),
    ("DoH3", "h3 www.unsigned.test", {"answers": ["10.9.0.80"]}),
    ("DoH: BIND over v6", "@fd09::55 www.unsigned.test A +https", gives("10.9.0.80")),
]


def dig(world, words, patient):
    """What dig printed, as facts. Where silence is expected one try is enough; elsewhere a busy machine is no fault."""
    asked = [*(("+tries=3", "+time=5") if patient else ("+tries=1", "+time=2")), *words.split()]
    if "+tls" in asked or "+https" in asked:
        asked += [word.format(folder=world.folder) for word in PRIVATE]
    text = subprocess.run(["dig", "-r", "+nocookie", *asked], capture_output=True).stdout.decode(errors="replace")
    head = re.search(r"status: (\w+), .*\n;; flags: ([a-z ]*);", text)
    if not head:
        return {"silent": True, "text": text}
    answer = re.search(r";; ANSWER SECTION:\n(.*?)\n\n", text, re.DOTALL)
    lines = [line.split(None, 4) for line in answer[1].splitlines()] if answer else []
    return {"silent": False, "status": head[1], "flags": head[2].split(), "answers": sorted(line[4] for line in lines),
            "edns": "OPT PSEUDOSECTION" in text, "text": text}


def over_quic(world, over, name):
    """The addresses that the resolver over QUIC gives, as facts."""
    done = subprocess.run([QUIC_PYTHON, "-B", HERE / "dns_quic.py", "ask", over, world.resolvers["quic"], name, world.folder], capture_output=True)
    return {"silent": False, "answers": sorted(done.stdout.decode().split()), "text": done.stderr.decode(errors="replace")}


def differences(seen, wanted):
    """What of `wanted` was not seen."""
    missing = [key for key in ("status", "edns") if key in wanted and seen.get(key) != wanted[key]]
    if bool(wanted.get("silent")) != seen["silent"]:
        missing.append("silent")
    missing += [flag for flag in wanted.get("flags", ()) if (flag.lstrip("!") in seen.get("flags", ())) == flag.startswith("!")]
    if "answers" in wanted and sorted(wanted["answers"]) != seen.get("answers"):
        missing.append("answers")
    if "count" in wanted and wanted["count"] != len(seen.get("answers", ())):
        missing.append("count")
    if "text" in wanted and wanted["text"] not in seen["text"]:
        missing.append("text")
    return missing


def observe(world):
    """Writes observations.json: [{label, dig, wanted, seen, differences}]."""
    def one(row):
        label, words, wanted = row
        seen = over_quic(world, *words.split()) if words.startswith(("quic ", "h3 ")) else dig(world, words, patient=wanted is not SILENT)
        return {"label": label, "dig": words, "wanted": wanted, "seen": seen, "differences": differences(seen, wanted)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = list(pool.map(one, OBSERVATIONS))
    (world.folder / "observations.json").write_text(json.dumps(rows, indent=1))
