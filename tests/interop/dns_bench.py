"""The cost of a walk from the root over the DNS world's link, netwhy beside the classic tools, in turns, medians in milliseconds."""

import statistics
import subprocess
import time

NAME = "www.ecdsa-nsec.test"


def commands(world, netwhy):
    folder, plain = world.folder, f"@{world.resolvers['plain']}"
    walk = [netwhy, "dns", "trace", NAME, "--root-hints", folder / "root.hints", "--quiet"]
    return {
        "netwhy, every cut proven (bar: 4 round trips + 20 ms)": [*walk, "--trust-anchor", folder / "trust-anchor"],
        "netwhy --no-dnssec (bar: 3 round trips + 15 ms)": [*walk, "--no-dnssec"],
        "dig +trace": ["dig", "+trace", "+nodnssec", plain, NAME],
        "drill -T": ["drill", "-T", "-r", folder / "root.hints", NAME],
        "drill -TD": ["drill", "-TD", "-r", folder / "root.hints", "-k", folder / "trust-anchor", NAME],
        "delv, from a resolver's cache": ["delv", "-a", folder / "bind.keys", "+root=.", plain, NAME],
    }


def timed(words):
    begun = time.monotonic()
    done = subprocess.run([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    return (time.monotonic() - begun) * 1000, done.returncode


def run(world, netwhy, runs):
    # dig asks the system's resolver for the addresses of the servers on the way.
    world.resolv_conf(world.resolvers["plain"])
    table = commands(world, netwhy)
    taken = {label: [] for label in table}
    for _ in range(runs + 1):
        for label, words in table.items():
            taken[label].append(timed(words))
    print(f"a walk to {NAME}, three cuts, round trip 50 ms, median of {runs} runs:")
    for label, results in taken.items():
        # The first round fills neighbour tables and caches.
        times = [milliseconds for milliseconds, _ in results[1:]]
        failures = sum(code != 0 for _, code in results[1:])
        failed = f", {failures} failed" if failures else ""
        print(f"  {label:55} {statistics.median(times):7.1f} ms ({min(times):.1f} to {max(times):.1f}){failed}")
