"""One lookup beside kdig and dig, and bulk lookups beside dnsperf: 20,000 distinct names against one NSD on loopback, in a
namespace of their own, in turn.

    unshare -Urnm --kill-child python3 tests/bench/bulk.py NETWHY FOLDER [RUNS]

Fails unless one lookup takes no longer than kdig's and netwhy loses no name, keeps to 64 MiB, and reaches 0.9 of dnsperf's rate (medians of the runs).
"""

import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

NAMES = 20_000
PORT = 5300
RATE = 0.9
MEMORY = 64 * 1024  # KiB


def write_world(folder):
    records = "".join(f"host{n} A 192.0.2.{n % 250 + 1}\n" for n in range(NAMES))
    (folder / "zone").write_text(
        "$ORIGIN bulk.test.\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n" + records
    )
    (folder / "names").write_text("".join(f"host{n}.bulk.test\n" for n in range(NAMES)))
    (folder / "queries").write_text("".join(f"host{n}.bulk.test A\n" for n in range(NAMES)))
    (folder / "nsd.conf").write_text(
        f"""server:
  ip-address: 127.0.0.1@{PORT}
  username: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  logfile: "{folder}/nsd.log"
  database: ""
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: bulk.test
  zonefile: zone
"""
    )


def dnsperf(folder):
    done = subprocess.run(
        ["dnsperf", "-s", "127.0.0.1", "-p", str(PORT), "-d", folder / "queries", "-n", "1"],
        capture_output=True, text=True, check=True,
    )
    return float(re.search(r"Queries per second:\s+([0-9.]+)", done.stdout).group(1))


def netwhy(binary, folder):
    output = folder / "results"
    with output.open("wb") as results:
        done = subprocess.run(
            [binary, "dns", "-f", folder / "names", f"@127.0.0.1:{PORT}"],
            stdout=results, stderr=subprocess.PIPE, text=True, check=True,
        )
    answered = set()
    for line in output.read_text().splitlines():
        result = json.loads(line)
        assert result["rcode"] == "NOERROR" and result["answer"], line
        answered.add(result["name"]["text"])
    assert len(answered) == NAMES, f"{NAMES - len(answered)} names are lost"
    # From the first query to the last result, as dnsperf counts.
    return float(re.search(r"([0-9]+) answers/s", done.stderr).group(1))


def single(binary, folder):
    """One lookup, the whole process timed, beside kdig and dig; medians in milliseconds."""
    times = folder / "single.json"
    name = "host7.bulk.test"
    subprocess.run(
        ["hyperfine", "-N", "--warmup", "10", "--runs", "100", "--style", "none", "--export-json", times,
         f"{binary} dns {name} A @127.0.0.1:{PORT}", f"kdig -p {PORT} {name} A @127.0.0.1", f"dig -p {PORT} {name} A @127.0.0.1"],
        check=True,
    )
    return [result["median"] * 1000 for result in json.loads(times.read_text())["results"]]


def main():
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    write_world(folder)
    server = subprocess.Popen(["nsd", "-d", "-c", folder / "nsd.conf"], stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        ours_once, kdig, dig = single(binary, folder)
        pairs = [(dnsperf(folder), netwhy(binary, folder)) for _ in range(runs)]
    finally:
        server.terminate()
        server.wait()
    theirs, ours = (statistics.median(rates) for rates in zip(*pairs))
    print(f"one lookup: netwhy {ours_once:.1f} ms, kdig {kdig:.1f} ms (bar), dig {dig:.1f} ms")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"bulk: {NAMES} names, {runs} runs, {os.cpu_count()} cores: dnsperf {theirs:.0f}/s, netwhy {ours:.0f}/s")
    print(f"      ratio {ours / theirs:.2f} (bar: {RATE}), the largest process {memory / 1024:.1f} MiB (bar: 64 MiB)")
    if ours < RATE * theirs or memory > MEMORY or ours_once > kdig:
        sys.exit("lookups miss their bar")


main()
