"""The netwhy commands that the DNS world runs from its client: a table of cases, each a name and the words after `netwhy`."""

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
    "dns-rewritten": ["http://nosuch.ecdsa-nsec.test/", "--resolver", "10.9.0.58", "--connect-timeout", "1"],
}


def table(netwhy, folder):
    """(case, words, namespace) for World.run_all. {folder} in a word stands for the folder of root.hints, trust-anchor and ca.pem."""
    return [(case, [netwhy, *(word.format(folder=folder) for word in words), "--json", "--quiet"], None) for case, words in CASES.items()]
