"""Servers that no daemon can be made to play: broken EDNS, broken AAAA, a CNAME at the apex, pools, client subnets, a lying resolver.

usage: dns_scripted.py UPSTREAM LIAR AUTHORITY...     (addresses; LIAR is a resolver that asks UPSTREAM and invents what is missing)

Authorities answer for the zones in ZONES and refuse the rest, over UDP and TCP.
"""

import ipaddress
import itertools
import socket
import socketserver
import struct
import sys
import threading

from dns_wire import (ECS, FORMERR, NOERROR, NXDOMAIN, RA, REFUSED, SERVFAIL, TYPES, address_data, opt, parse_query, record, reply, soa_data,
                      wire_name)

SERIAL = 2026112402
TTL = 300
NAME_SERVERS = {"ns1": "10.9.0.30", "ns2": "10.9.0.31"}
INVENTED = "10.9.0.66"
POOL = [f"10.9.0.{host}" for host in range(100, 106)]
EDNS_BADVERS_EXTENDED = 1


def authority(zone):
    return [record(zone, "SOA", TTL, soa_data(zone, SERIAL))]


def records(zone, more=()):
    """The contents of a zone as {(name, type): [data]}: what all have, and `more` as (label, type, data)."""
    found = {(zone, "SOA"): [soa_data(zone, SERIAL)], (zone, "NS"): [wire_name(f"{label}.{zone}") for label in NAME_SERVERS]}
    for label, kind, address in [*((label, "A", address) for label, address in NAME_SERVERS.items()), ("www", "A", "10.9.0.80"), ("www", "AAAA", "fd09::80"), *more]:
        found.setdefault((f"{label}.{zone}", kind), []).append(address_data(address))
    return found


def ordinary(query, zone, more=(), **fields):
    """What a sound server answers."""
    contents = records(zone, more)
    kind = next((text for text, number in TYPES.items() if number == query.type), None)
    data = contents.get((query.name, kind))
    if data:
        return reply(query, answer=[record(query.name, kind, TTL, one) for one in data], **fields)
    exists = any(name == query.name or name.endswith(f".{query.name}") for name, _ in contents)
    return reply(query, NOERROR if exists else NXDOMAIN, authority=authority(zone), **fields)


def edns_formerr(query, zone):
    return reply(query, FORMERR, flags=0, with_opt=b"") if query.edns else ordinary(query, zone)


def edns_dropped(query, zone):
    return None if query.edns else ordinary(query, zone)


def edns_ignored(query, zone):
    return ordinary(query, zone, with_opt=b"")


def apex_cname(query, zone):
    if query.name == zone and query.type not in (TYPES["SOA"], TYPES["NS"]):
        return reply(query, answer=[record(zone, "CNAME", TTL, wire_name("www.unsigned.test."))])
    return ordinary(query, zone)


def lame_upward(query, _zone):
    return reply(query, authority=[record(".", "NS", TTL, wire_name("a.root-servers.net."))], flags=0)


def aaaa(rcode):
    """Fails for AAAA of www: no answer when `rcode` is None."""
    def behave(query, zone):
        if query.type == TYPES["AAAA"] and query.name == f"www.{zone}":
            return None if rcode is None else reply(query, rcode, authority=authority(zone) if rcode == NXDOMAIN else ())
        return ordinary(query, zone)
    return behave


def ent_nxdomain(query, zone):
    if query.name == f"b.{zone}":
        return reply(query, NXDOMAIN, authority=authority(zone))
    return ordinary(query, zone, more=[("a.b", "A", "10.9.0.85")])


TURN = itertools.count()


def pool(query, zone):
    if query.type == TYPES["A"] and query.name == f"www.{zone}":
        at = next(TURN) * 2
        return reply(query, answer=[record(query.name, "A", TTL, address_data(POOL[(at + step) % len(POOL)])) for step in (0, 1)])
    return ordinary(query, zone)


def ecs(query, zone):
    """The address follows the /24 of the client (RFC 7871), whose scope the answer declares; without the option, a common one."""
    if query.type != TYPES["A"] or query.name != f"www.{zone}":
        return ordinary(query, zone)
    sent = query.options.get(ECS)
    if not sent or len(sent) < 5 or sent[1] != 1:
        return reply(query, answer=[record(query.name, "A", TTL, address_data("10.9.0.80"))])
    bits = sent[2]
    network = ipaddress.ip_address((sent[4:] + b"\0\0\0\0")[:4])
    near = 110 + (network.packed[2] % 8)
    echoed = struct.pack("!HBB", 1, bits, min(bits, 24)) + sent[4:]
    return reply(query, answer=[record(query.name, "A", TTL, address_data(f"10.9.0.{near}"))], with_opt=opt(do=query.do, options=[(ECS, echoed)]))


ZONES = {
    "edns-formerr.test.": edns_formerr, "edns-dropped.test.": edns_dropped, "edns-ignored.test.": edns_ignored, "edns-version.test.": ordinary,
    "apex-cname.test.": apex_cname, "lame-upward.test.": lame_upward,
    "aaaa-timeout.test.": aaaa(None), "aaaa-servfail.test.": aaaa(SERVFAIL), "aaaa-nxdomain.test.": aaaa(NXDOMAIN),
    "ent-nxdomain.test.": ent_nxdomain, "pool.test.": pool, "ecs.test.": ecs,
}


def authoritative(message, peer):
    query = parse_query(message, peer)
    for zone, behave in ZONES.items():
        if query.name == zone or query.name.endswith(f".{zone}"):
            if query.version and not zone.startswith("edns-"):
                # BADVERS, as RFC 6891 §6.1.3 asks for.
                return reply(query, with_opt=opt(do=query.do, extended=EDNS_BADVERS_EXTENDED), flags=0)
            return behave(query, zone)
    return reply(query, REFUSED, flags=0)


def lying(upstream):
    """A resolver that turns NXDOMAIN into an address of its own, as some access networks do."""
    def answer(message, peer):
        query = parse_query(message, peer)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.settimeout(4)
            asked.sendto(message, (upstream, 53))
            told = asked.recv(65535)
        if told[3] & 0x0F != NXDOMAIN:
            return told
        invented = [record(query.name, "A", TTL, address_data(INVENTED))] if query.type == TYPES["A"] else []
        return reply(query, answer=invented, flags=RA)
    return answer


def guarded(answer, message, peer):
    try:
        return answer(message, peer)
    except (ValueError, IndexError, struct.error, OSError):
        return None


def serve(address, answer):
    class Udp(socketserver.BaseRequestHandler):
        def handle(self):
            message, sock = self.request
            told = guarded(answer, message, self.client_address[0])
            if told:
                sock.sendto(told, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self):
            while len(size := self.rfile.read(2)) == 2:
                told = guarded(answer, self.rfile.read(int.from_bytes(size)), self.client_address[0])
                if told:
                    self.wfile.write(len(told).to_bytes(2) + told)

    class UdpServer(socketserver.ThreadingUDPServer):
        daemon_threads = True

    class TcpServer(socketserver.ThreadingTCPServer):
        daemon_threads = allow_reuse_address = True

    for server in (UdpServer((address, 53), Udp), TcpServer((address, 53), Tcp)):
        threading.Thread(target=server.serve_forever).start()


def main():
    upstream, liar, *authorities = sys.argv[1:]
    serve(liar, lying(upstream))
    for address in authorities:
        serve(address, authoritative)


if __name__ == "__main__":
    main()
