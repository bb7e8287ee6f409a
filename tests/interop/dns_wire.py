"""DNS messages on the wire (RFC 1035 §4), as much as the scripted servers and the judge's questions need."""

import ipaddress
import struct
from dataclasses import dataclass, field

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "AAAA": 28, "LOC": 29, "SRV": 33, "NAPTR": 35,
         "OPT": 41, "DS": 43, "SSHFP": 44, "DNSKEY": 48, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "URI": 256, "CAA": 257, "TYPE65280": 65280}
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, REFUSED = 0, 1, 2, 3, 5
QR, AA, RD, RA, AD, CD = 0x8000, 0x0400, 0x0100, 0x0080, 0x0020, 0x0010
ECS = 8


def wire_name(text):
    """A name of plain labels."""
    labels = [label.encode() for label in text.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def read_name(message, at):
    """The name at `at`, lower case with a final dot, and where it ends. No pointers: questions and OPT have none."""
    labels = []
    while message[at]:
        length = message[at]
        if length > 63:
            raise ValueError("a pointer")
        labels.append(message[at + 1:at + 1 + length].decode("latin-1").lower())
        at += 1 + length
    return ".".join(labels) + ".", at + 1


@dataclass
class Query:
    """A question as it came."""

    id: int
    flags: int
    name: str
    type: int
    question: bytes
    edns: bool = False
    version: int = 0
    do: bool = False
    options: dict = field(default_factory=dict)
    peer: str = ""


def parse_query(message, peer=""):
    """Reads a query; ValueError, IndexError or struct.error when it is not one."""
    ident, flags, questions, _, _, additional = struct.unpack("!6H", message[:12])
    if questions != 1 or flags & QR:
        raise ValueError("not a query")
    name, at = read_name(message, 12)
    kind = struct.unpack("!H", message[at:at + 2])[0]
    query = Query(ident, flags, name, kind, message[12:at + 4], peer=peer)
    at += 4
    for _ in range(additional):
        _, at = read_name(message, at)
        found, _, ttl, length = struct.unpack("!HHIH", message[at:at + 10])
        data, at = message[at + 10:at + 10 + length], at + 10 + length
        if found == TYPES["OPT"]:
            query.edns, query.version, query.do = True, ttl >> 16 & 0xFF, bool(ttl & 0x8000)
            while len(data) >= 4:
                code, size = struct.unpack("!HH", data[:4])
                query.options[code] = data[4:4 + size]
                data = data[4 + size:]
    return query


def record(name, kind, ttl, data):
    return wire_name(name) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data


def opt(version=0, do=False, options=(), extended=0):
    data = b"".join(struct.pack("!HH", code, len(value)) + value for code, value in options)
    return b"\0" + struct.pack("!HHIH", TYPES["OPT"], 1232, extended << 24 | version << 16 | (0x8000 if do else 0), len(data)) + data


def reply(query, rcode=NOERROR, answer=(), authority=(), flags=AA, with_opt=None, additional=()):
    """A response to `query`; it carries OPT when the query did, unless `with_opt` says otherwise ("" for never, or ready bytes)."""
    if with_opt is None:
        with_opt = opt(do=query.do) if query.edns else b""
    extra = [*additional, *([with_opt] if with_opt else [])]
    head = struct.pack("!6H", query.id, QR | query.flags & (RD | 0x7800 | CD) | flags | rcode, 1, len(answer), len(authority), len(extra))
    return head + query.question + b"".join([*answer, *authority, *extra])


def question(ident, name, kind, flags=RD, do=False):
    return struct.pack("!6H", ident, flags, 1, 0, 0, 1) + wire_name(name) + struct.pack("!HH", TYPES[kind], 1) + opt(do=do)


def soa_data(zone, serial):
    return wire_name(f"ns1.{zone}") + wire_name(f"hostmaster.{zone}") + struct.pack("!5I", serial, 7200, 900, 1209600, 60)


def address_data(text):
    return ipaddress.ip_address(text).packed
