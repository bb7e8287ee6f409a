"""The ground of every interop world: namespaces, the link of 25 ms each way, daemons, and running netwhy as a client.

A world lives inside `unshare -Urnm --kill-child`: the client is the namespace that unshare made, `server` holds the daemons,
`link` the relay between them, `empty` nothing but loopback. Everything dies with the first process.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Debian has no server of QUIC: tests/run puts aioquic here.
QUIC_PYTHON = HERE.parents[1] / "target/interop-python/bin/python"
START_SECONDS = 30
NETWHY_SECONDS = 60
# The slow ones wait for timeouts: side by side they cost one timeout, not their sum.
SIDE_BY_SIDE = 4


def sh(command):
    subprocess.run(command, shell=True, check=True)


def until(what, happened):
    """Waits for `happened`; a world that does not come up in time ends here."""
    give_up = time.monotonic() + START_SECONDS
    while not happened():
        if time.monotonic() > give_up:
            sys.exit(f"world: not within {START_SECONDS} s: {what}")
        time.sleep(0.05)


def connects(address):
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


class World:
    """One internet; `folder` takes every file, log and report of it."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.children = []

    def daemon(self, *words, netns="server", log="daemon"):
        """Starts a program in the foreground; it ends with the world."""
        with open(self.folder / f"{log}.log", "ab") as output:
            child = subprocess.Popen(["ip", "netns", "exec", netns, *map(str, words)], stdout=output, stderr=output)
        self.children.append(child)
        return child

    def links(self, hosts, hosts6, rules, client_rules=""):
        """The namespaces and the link; the servers get 10.9.0.HOST and fd09::HOST, and `rules` as their packet filter."""
        sh("mount -t tmpfs none /run && mkdir -p /run/netns && ip link set lo up")
        for name in ("link", "server", "empty"):
            sh(f"ip netns add {name} && ip -n {name} link set lo up")
        sh("ip link add client0 type veth peer name left0 netns link")
        sh("ip link add server0 netns server type veth peer name right0 netns link")
        for where in ("", "ip netns exec server"):
            sh(f"{where} sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0")
        for where, interface in (("", "client0"), ("ip netns exec link", "left0"), ("ip netns exec link", "right0"), ("ip netns exec server", "server0")):
            sh(f"{where} ethtool -K {interface} tx off rx off tso off gso off gro off >/dev/null 2>&1 || true")
            sh(f"{where} ip link set {interface} up")
        sh("ip addr add 10.9.0.1/24 dev client0 && ip -6 addr add fd09::1/64 dev client0 nodad")
        batch = [f"addr add 10.9.0.{host}/24 dev server0" for host in hosts]
        batch += [f"addr add fd09::{host}/64 dev server0 nodad" for host in hosts6]
        subprocess.run(["ip", "-n", "server", "-batch", "-"], input="\n".join(batch), text=True, check=True)
        subprocess.run(["ip", "netns", "exec", "server", "nft", "-f", "-"], input=rules, text=True, check=True)
        subprocess.run(["nft", "-f", "-"], input=client_rules, text=True, check=True)
        relay = subprocess.Popen(
            ["ip", "netns", "exec", "link", sys.executable, str(HERE / "relay.py"), "left0", "right0", "25"], stdout=subprocess.PIPE)
        self.children.append(relay)
        relay.stdout.readline()

    def resolv_conf(self, address):
        """Makes `address` the system's resolver, for this world alone."""
        (self.folder / "resolv.conf").write_text(f"nameserver {address}\n")
        sh(f"mount --bind {self.folder}/resolv.conf /etc/resolv.conf")

    def awaited(self, addresses):
        """Waits until every (address, port) takes a TCP connection across the link."""
        for address in addresses:
            until(f"{address} answers", lambda: connects(address))

    def run(self, case, words, netns=None):
        """Runs netwhy as `words`; leaves CASE.json (what it printed) and CASE.meta (exit code, wall time, complaints)."""
        inside = ["ip", "netns", "exec", netns] if netns else []
        begun = time.monotonic()
        done = subprocess.run([*inside, *words], capture_output=True, timeout=NETWHY_SECONDS)
        meta = {"exit": done.returncode, "seconds": time.monotonic() - begun, "stderr": done.stderr.decode(errors="replace")}
        (self.folder / f"{case}.json").write_bytes(done.stdout)
        (self.folder / f"{case}.meta").write_text(json.dumps(meta))

    def run_all(self, table):
        """Runs a table of (case, words, netns) a few at a time."""
        for at in range(0, len(table), SIDE_BY_SIDE):
            threads = [threading.Thread(target=self.run, args=row) for row in table[at:at + SIDE_BY_SIDE]]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def stop(self):
        for child in self.children:
            child.kill()
