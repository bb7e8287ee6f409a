"""An internet in namespaces: NSD (root, TLD, zone), Unbound, nginx and HAProxy behind a link of 25 ms each way.

usage: unshare -Urnm --kill-child python3 world.py NETWHY FOLDER [BENCH_RUNS]

FOLDER holds the certificates; each case's report is written there as CASE.json with CASE.meta (exit code, wall time).
Everything dies with the namespace.
"""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import dns_daemons
from namespaces import HERE, World, sh

NETWHY, FOLDER = sys.argv[1], Path(sys.argv[2]).resolve()
BENCH_RUNS = int(sys.argv[3]) if len(sys.argv) > 3 else 0
WORLD = World(FOLDER)


def links():
    WORLD.links((2, 3, 4, 10, 11, 12, 13, 14, 15, 20, 21, 53, 54), (10,), """
table inet faults {
  chain input {
    type filter hook input priority 0;
    ip daddr 10.9.0.20 drop
    ip daddr 10.9.0.21 tcp dport 443 reject with icmp type admin-prohibited
  }
}
""")
    # A default route for IPv6 alone would hide that the host has one; the IPv4 side has none on purpose: tcp-no-route.
    sh("ip -6 route add default via fd09::10")


def zones():
    soa = "@ 300 IN SOA ns.{0} hostmaster.{0} 1 3600 600 86400 60\n"
    (FOLDER / "root.zone").write_text(
        "$ORIGIN .\n" + soa.format("root-servers.test.") + "@ 300 NS ns.root-servers.test.\nns.root-servers.test. 300 A 10.9.0.2\n"
        "test. 300 NS ns.nic.test.\nns.nic.test. 300 A 10.9.0.3\n")
    (FOLDER / "test.zone").write_text(
        "$ORIGIN test.\n" + soa.format("nic.test.") + "@ 300 NS ns.nic.test.\nns.nic 300 A 10.9.0.3\n"
        "example 300 NS ns.example\nns.example 300 A 10.9.0.4\nlame 300 NS ns.lame\nns.lame 300 A 10.9.0.2\n")
    (FOLDER / "example.zone").write_text(
        "$ORIGIN example.test.\n" + soa.format("example.test.") + "@ 300 NS ns\nns 300 A 10.9.0.4\n"
        "www 300 A 10.9.0.10\nwww 300 AAAA fd09::10\nalias 300 CNAME www\nca 300 A 10.9.0.10\n"
        "incomplete 300 A 10.9.0.11\nmessage 300 A 10.9.0.11\nstranger 300 A 10.9.0.11\nexpired 300 A 10.9.0.12\nselfsigned 300 A 10.9.0.13\n"
        "badgateway 300 A 10.9.0.14\ngatewaytimeout 300 A 10.9.0.15\nfiltered 300 A 10.9.0.20\nrejected 300 A 10.9.0.21\n"
        "unreachable 300 A 10.9.0.99\nnoroute 300 A 203.0.113.5\noneofthree 300 A 10.9.0.10\noneofthree 300 A 10.9.0.20\n"
        "v6broken 300 A 10.9.0.10\nv6broken 300 AAAA fd09::dead\nmailonly 300 MX 10 www\n"
        "forbidden 300 A 10.9.0.12\nforbidden 300 CAA 0 issue \"pki.goog\"\n")
    for name, zone, address in (("root", ".", 2), ("test", "test.", 3), ("example", "example.test.", 4)):
        dns_daemons.nsd(WORLD, name, [f"10.9.0.{address}"], [(zone, f"{name}.zone")])
    (FOLDER / "hints").write_text(". 300 NS ns.root-servers.test.\nns.root-servers.test. 300 A 10.9.0.2\n")
    for address, access in ((53, "allow"), (54, "refuse")):
        dns_daemons.unbound(WORLD, access, [f"10.9.0.{address}"], "hints", access=access)
    WORLD.resolv_conf("10.9.0.53")


def web():
    sh(f"openssl crl2pkcs7 -nocrl -certfile {FOLDER}/intermediate.pem -outform DER -out {FOLDER}/intermediate.p7c")
    hosts = (("www", "10.9.0.10", "good"), ("incomplete", "10.9.0.11", "leaf-only"),
             ("message", "10.9.0.11", "leaf-only-message"), ("stranger", "10.9.0.11", "leaf-only-stranger"), ("expired", "10.9.0.12", "expired"),
             ("forbidden", "10.9.0.12", "forbidden"), ("selfsigned", "10.9.0.13", "selfsigned"))
    servers = "".join(f"""
  server {{
    listen {address}:443 ssl http2;
    {"listen [fd09::10]:443 ssl http2;" if name == "www" else ""}
    server_name {name}.example.test;
    ssl_certificate {FOLDER}/{pem}.pem;
    ssl_certificate_key {FOLDER}/{pem}.key;
    root {FOLDER};
    location = /intermediate.p7c {{ }}
    location / {{ return 200 "hello\\n"; }}
  }}""" for name, address, pem in hosts)
    temporary = "".join(f"  {kind}_temp_path {FOLDER}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (FOLDER / "nginx.conf").write_text(f"""daemon off;
user root root;
master_process off;
pid {FOLDER}/nginx.pid;
error_log {FOLDER}/nginx.log;
worker_processes 1;
events {{}}
http {{
  access_log off;
  ssl_protocols TLSv1.2 TLSv1.3;
{temporary}{servers}
  server {{ listen 10.9.0.10:80; root {FOLDER}; location = /intermediate.der {{ }} location = /stranger.der {{ }} location / {{ return 404; }} }}
}}
""")
    WORLD.daemon("nginx", "-c", str(FOLDER / "nginx.conf"), "-p", str(FOLDER), log="nginx")
    (FOLDER / "haproxy.pem").write_text((FOLDER / "good.pem").read_text() + (FOLDER / "good.key").read_text())
    (FOLDER / "haproxy.cfg").write_text(f"""defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 1s
frontend badgateway
  bind 10.9.0.14:443 ssl crt {FOLDER}/haproxy.pem alpn h2,http/1.1
  default_backend garbage
frontend gatewaytimeout
  bind 10.9.0.15:443 ssl crt {FOLDER}/haproxy.pem alpn h2,http/1.1
  default_backend silent
backend garbage
  server one 127.0.0.1:9001
backend silent
  server one 127.0.0.1:9002
""")
    WORLD.daemon("haproxy", "-db", "-f", str(FOLDER / "haproxy.cfg"), log="haproxy")
    WORLD.daemon(sys.executable, str(HERE / "backends.py"), log="backends")


SERVERS = [("10.9.0.53", 53), ("10.9.0.54", 53), ("10.9.0.2", 53), ("10.9.0.3", 53), ("10.9.0.4", 53),
           ("10.9.0.10", 443), ("10.9.0.13", 443), ("10.9.0.14", 443), ("10.9.0.15", 443), ("fd09::10", 443)]
CASES = {
    "healthy": ["https://www.example.test/"],
    "healthy-alias": ["https://alias.example.test/"],
    "incomplete": ["https://incomplete.example.test/"],
    "incomplete-message": ["https://message.example.test/"],
    "incomplete-stranger": ["https://stranger.example.test/"],
    "expired": ["https://expired.example.test/"],
    "caa": ["https://forbidden.example.test/"],
    "self-signed": ["https://selfsigned.example.test/"],
    "bad-gateway": ["https://badgateway.example.test/"],
    "gateway-timeout": ["https://gatewaytimeout.example.test/"],
    "name-missing": ["https://nosuchname.example.test/"],
    "no-address": ["https://mailonly.example.test/"],
    "servfail": ["https://www.lame.test/"],
    "dns-refused": ["https://www.example.test/", "--resolver", "10.9.0.54"],
    "resolver-down": ["https://www.example.test/", "--resolver", "10.9.0.97", "--resolver", "10.9.0.53", "--dns-timeout", "1"],
    "refused": ["https://www.example.test:81/"],
    "rejected": ["https://rejected.example.test/"],
    "filtered": ["https://filtered.example.test/", "--connect-timeout", "2"],
    "host-unreachable": ["https://unreachable.example.test/"],
    "no-route": ["https://noroute.example.test/"],
    "address-down": ["https://oneofthree.example.test/", "--connect-timeout", "2"],
    "ipv6-broken": ["https://v6broken.example.test/", "--connect-timeout", "4"],
    "no-network": ["https://www.example.test/"],
}


def command(arguments):
    return [NETWHY, *arguments, "--roots", str(FOLDER / "root.pem"), "--json", "--quiet"]


def warmed():
    """Has the resolver look up every name once: an empty cache on a busy machine is slow enough to be a finding."""
    names = sorted({urlsplit(arguments[0]).hostname for arguments in CASES.values()})
    questions = [word for name in names for kind in ("A", "AAAA") for word in (name, kind)]
    subprocess.run(["ip", "netns", "exec", "server", "dig", "@10.9.0.53", "+tries=1", "+time=2", *questions], stdout=subprocess.DEVNULL, check=True)


def bench():
    """Wall time and resident memory of a healthy diagnosis, beside curl, which measures one layer after the other."""
    def measured(words):
        walls, sizes = [], []
        for _ in range(BENCH_RUNS):
            begun = time.monotonic()
            done = subprocess.run(["/usr/bin/time", "-f", "%M", *words], capture_output=True)
            walls.append((time.monotonic() - begun) * 1000)
            sizes.append(int(done.stderr.split()[-1]))
        return sorted(walls)[len(walls) // 2], max(sizes) / 1024
    roots = str(FOLDER / "root.pem")
    url = "https://www.example.test/"
    subprocess.run([NETWHY, url, "--roots", roots, "--quiet"], capture_output=True)
    for name, words in (("netwhy", [NETWHY, url, "--roots", roots, "--quiet"]), ("curl", ["curl", "-s", "-o", "/dev/null", "--cacert", roots, url])):
        wall, size = measured(words)
        print(f"{name:7} median wall {wall:6.1f} ms   peak resident {size:5.1f} MiB   ({BENCH_RUNS} runs, RTT 50 ms)", flush=True)


def main():
    links()
    zones()
    web()
    try:
        WORLD.awaited(SERVERS)
        if BENCH_RUNS:
            bench()
            return
        warmed()
        # The healthy one runs alone: its wall time is asserted.
        WORLD.run("healthy", command(CASES["healthy"]))
        WORLD.run_all([(case, command(arguments), "empty" if case == "no-network" else None)
                       for case, arguments in CASES.items() if case != "healthy"])
    finally:
        WORLD.stop()


main()
