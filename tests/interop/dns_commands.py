"""The netwhy commands that the DNS world runs from its client: a table of cases, each a name and the words after `netwhy`."""

import json

FROM_THE_ROOT = ["--root-hints", "{folder}/root.hints", "--trust-anchor", "{folder}/trust-anchor"]
CASES = {
    "lookup-secure": ["dns", "www.ecdsa-nsec.test", "A", "@10.9.0.53"],
    "lookup-insecure": ["dns", "www.unsigned.test", "A", "@10.9.0.53"],
    "lookup-bogus": ["dns", "www.expired.test", "A", "@10.9.0.53"],
    "lookup-missing": ["dns", "nosuch.ecdsa-nsec.test", "A", "@10.9.0.53"],
    "lookup-refused": ["dns", "www.lame-one.test", "A", "@10.9.0.13"],
    "dns-proven": ["http://www.ecdsa-nsec.test/", "--resolver", "10.9.0.53", "--connect-timeout", "1"],
    "dns-bogus": ["http://www.expired.test/", "--resolver", "10.9.0.53"],
    "dns-lame": ["http://www.lame-all.test/", "--resolver", "10.9.0.54"],
    "dns-missing": ["http://nosuch.ecdsa-nsec.test/", "--resolver", "10.9.0.54"],
    "dns-bogus-traced": ["http://www.expired.test/", "--resolver", "10.9.0.53", *FROM_THE_ROOT],
    "dns-mismatch-traced": ["http://www.wrong-ds.test/", "--resolver", "10.9.0.55", *FROM_THE_ROOT],
    "dns-lame-traced": ["http://www.lame-all.test/", "--resolver", "10.9.0.54", *FROM_THE_ROOT],
    "dns-missing-traced": ["http://nosuch.ecdsa-nsec.test/", "--resolver", "10.9.0.54", *FROM_THE_ROOT],
    "trace-minimised": ["dns", "trace", "www.sub.ecdsa-nsec.test", "--minimise", *FROM_THE_ROOT],
    "trace-unanchored": ["dns", "trace", "www.ecdsa-nsec.test", "--root-hints", "{folder}/root.hints"],
    "trace-out-of-reach": ["dns", "trace", "www.ecdsa-nsec.test"],
    "dns-rewritten": ["http://nosuch.ecdsa-nsec.test/", "--resolver", "10.9.0.58", "--connect-timeout", "1"],
    **{f"compare-{case}": ["dns", "compare", *words, "--resolv-conf", "/dev/null", "--root-hints", "{folder}/root.hints"] for case, words in {
        "agreed": ["www.unsigned.test", "@10.9.0.53", "@10.9.0.54"],
        "stale": ["www.stale.test", "@10.9.0.57", "@10.9.0.54"],
        "negative": ["late.stale.test", "@10.9.0.57", "@10.9.0.54"],
        "lag": ["www.serial-lag.test", "@10.9.0.54"],
        "inconsistent": ["www.equal-serials.test", "@10.9.0.54"],
        "pool": ["www.pool.test", "@10.9.0.54"],
        "geography": ["www.ecs.test", "@10.9.0.54"],
        "split": ["www.split.test", "@10.9.0.59", "@10.9.0.54"],
        "chain": ["www.cname-chain.test", "@10.9.0.54"],
        "rewritten": ["nosuch.unsigned.test", "@10.9.0.58", "@10.9.0.54"],
        "walled": ["walled.unsigned.test", "@10.9.0.54"],
        "lame": ["www.lame-one.test", "@10.9.0.54"],
    }.items()},
    "dns-stale": ["http://www.stale.test/", "--resolver", "10.9.0.57", "--connect-timeout", "1"],
    "dns-negative": ["http://late.stale.test/", "--resolver", "10.9.0.57", "--connect-timeout", "1"],
}


# Zones, and names in zones where the fault hangs on a name.
CHECKS = [
    "ecdsa-nsec.test", "expired.test", "wrong-ds.test", "no-nsec.test",
    "lame-all.test", "lame-one.test", "silent-one.test", "lame-upward.test", "ns-mismatch.test", "glue-missing.test", "glue-none.test",
    "glue-mismatch.test", "glue-dead.test", "single-ns.test", "serial-lag.test", "tcp-blocked.test", "fragments.test", "edns-formerr.test",
    "edns-dropped.test", "edns-ignored.test", "edns-version.test", "www.ttl-low.test", "www.ttl-high.test", "catch-all.test", "mail-good.test",
    "mx-cname.test", "mx-dangling.test", "spf-deep.test", "spf-open.test", "spf-twice.test", "dmarc-malformed.test", "caa-forbids.test",
    "apex-cname.test", "www.pool.test", "www.ecs.test", "www.serial-lag.test", "www.equal-serials.test", "nosuchzone.test",
]


def traces(folder):
    """A walk to every question that the judges answer; cases.json has them."""
    zones = json.loads((folder / "cases.json").read_text())["zones"]
    return {f"trace-{question['name']}{question['type']}": ["dns", "trace", question["name"], question["type"], *FROM_THE_ROOT]
            for zone in zones for question in zone["questions"]}


def table(netwhy, folder):
    """(case, words, namespace) for World.run_all. {folder} in a word stands for the folder of root.hints, trust-anchor and ca.pem."""
    checks = {f"check-{name}": ["dns", "check", name, *FROM_THE_ROOT] for name in CHECKS}
    cases = CASES | traces(folder) | checks
    return [(case, [netwhy, *(word.format(folder=folder) for word in words), "--json", "--quiet"], None) for case, words in cases.items()]
