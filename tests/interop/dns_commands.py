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


def traces(folder):
    """A walk to every question that the judges answer; cases.json has them."""
    zones = json.loads((folder / "cases.json").read_text())["zones"]
    return {f"trace-{question['name']}{question['type']}": ["dns", "trace", question["name"], question["type"], *FROM_THE_ROOT]
            for zone in zones for question in zone["questions"]}


def table(netwhy, folder):
    """(case, words, namespace) for World.run_all. {folder} in a word stands for the folder of root.hints, trust-anchor and ca.pem."""
    cases = CASES | traces(folder)
    return [(case, [netwhy, *(word.format(folder=folder) for word in words), "--json", "--quiet"], None) for case, words in cases.items()]
