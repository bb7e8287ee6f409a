"""Asks other validators what they see: delv, Unbound, BIND, `drill -S` and `drill -TD`, each verdict in the words of dns_zones.Question.

drill cannot tell insecure from bogus where no signature leads to the anchor: it then says `unproven`.
"""

import re
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from dns_wire import AD, CD, RD, SERVFAIL, question

# What waits for a timeout only sleeps: it may run beside the rest.
AT_ONCE, SLEEPING_AT_ONCE = 6, 24
# Seconds; where nothing can be had, waiting longer would tell nothing.
PATIENCE, SHORT_PATIENCE = 20, 6
MARKS = {"T": "secure", "B": "bogus", "U": "unproven", "S": "unproven"}


def asked(server, name, kind, patience, flags=RD, attempts=4):
    """(rcode, flags) of a server's answer, or None."""
    for attempt in range(attempts):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(patience / attempts)
            sock.connect((server, 53))
            sock.send(question(1 + attempt, name, kind, flags, do=True))
            try:
                told = sock.recv(65535)
            except OSError:
                continue
            return told[3] & 0x0F, int.from_bytes(told[2:4])
    return None


def printed(patience, *words):
    done = subprocess.run(["ip", "netns", "exec", "server", "timeout", str(patience), *map(str, words)], capture_output=True)
    return (done.stdout + done.stderr).decode(errors="replace")


def resolver(label):
    """What a validating resolver's answer says; with CD set it tells bogus data from no data."""
    def judge(world, name, kind, patience):
        told = asked(world.resolvers[label], name, kind, patience)
        if told is None:
            return "failed", "no answer"
        if told[0] == SERVFAIL:
            again = asked(world.resolvers[label], name, kind, patience, RD | CD)
            return ("failed" if again is None or again[0] == SERVFAIL else "bogus"), f"SERVFAIL; with CD (rcode, flags) {again}"
        return ("secure" if told[1] & AD else "insecure"), f"rcode {told[0]}, AD {bool(told[1] & AD)}"
    return judge


def delv(world, name, kind, patience):
    """delv fetches through the resolver that does not validate, and validates by itself."""
    through = f"@{world.resolvers['plain']}"
    text = printed(patience, "delv", "-a", world.folder / "bind.keys", "+root=.", through, name, kind)
    failures = [line for line in text.splitlines() if line.startswith(";; resolution failed") and "ncache" not in line]
    if not failures and not re.search("fully validated|unsigned answer", text):
        return "failed", text or "no answer in time"
    if failures:
        # Without validation the same question either works or it does not.
        plain = printed(patience, "delv", "-i", through, name, kind)
        works = re.search("answer not validated|response not validated", plain)
        return ("bogus" if works else "failed"), text + plain
    # A chain of aliases that leaves the signed part holds both.
    return ("insecure" if "unsigned answer" in text else "secure"), text


def drill_chase(world, name, kind, patience):
    """Climbs from the answer to the anchor, through the resolver that does not validate."""
    text = printed(patience, "drill", "-S", "-k", world.folder / "trust-anchor", f"@{world.resolvers['plain']}", name, kind)
    return ("secure" if "Chase successful" in text else "unproven"), text


def drill_trace(world, name, kind, patience):
    """Walks down from the hints; the mark of the last line is that of the answer."""
    text = printed(patience, "drill", "-TD", "-r", world.folder / "root.hints", "-k", world.folder / "trust-anchor", name, kind)
    marks = re.findall(r"^\[([TBUS])\]", text, re.MULTILINE)
    return (MARKS[marks[-1]] if marks else "unproven"), text


JUDGES = {"delv": delv, "unbound": resolver("validating"), "named": resolver("named")}
WALKERS = {"drill-chase": drill_chase, "drill-trace": drill_trace}


def judge_all(world, zones):
    """{"NAME TYPE": {judge: {verdict, said, seconds}}} for every question; drill is asked where there are signatures to follow."""
    tasks = [(asked_, label, judge) for zone in zones for asked_ in zone.questions
             for label, judge in (JUDGES | (WALKERS if zone.algorithm or zone.ds != "matching" else {})).items()]

    def one(task):
        asked_, label, judge = task
        begun = time.monotonic()
        verdict, said = judge(world, asked_.name, asked_.type, SHORT_PATIENCE if asked_.status == "failed" else PATIENCE)
        return f"{asked_.name} {asked_.type}", label, {"verdict": verdict, "said": said, "seconds": round(time.monotonic() - begun, 3)}

    found = {}
    with ThreadPoolExecutor(SLEEPING_AT_ONCE) as sleeping, ThreadPoolExecutor(AT_ONCE) as pool:
        slow = sleeping.map(one, [task for task in tasks if task[0].status == "failed"])
        quick = pool.map(one, [task for task in tasks if task[0].status != "failed"])
        for key, label, told in [*quick, *slow]:
            found.setdefault(key, {})[label] = told
    return found
