"""What a zone of the DNS world is: its records, who serves it, how it is signed, how it is spoiled, and what judges must find."""

from collections.abc import Callable
from dataclasses import dataclass, field

SERIAL = 2026112402
WWW = "@ A 10.9.0.80\nwww A 10.9.0.80\nwww AAAA fd09::80\n*.wild A 10.9.0.81\nalias CNAME www\n"

ONE, TWO = ["10.9.0.11", "fd09::11"], ["10.9.0.12"]
KNOT_ONE, KNOT_TWO = ["10.9.0.13", "fd09::13"], ["10.9.0.14"]
NAMED_ONE, NAMED_TWO = ["10.9.0.15", "fd09::15"], ["10.9.0.16"]
SCRIPTED_ONE, SCRIPTED_TWO = ["10.9.0.30"], ["10.9.0.31"]
SILENT = ["10.9.0.24"]


@dataclass
class Question:
    """A name and type, with the security status that the zone was built to have.

    `status` is secure, insecure, bogus or failed (no answer to be had, whatever is validated). `differences` maps a judge to
    its own (verdict, reason) where it rightly or knowingly departs.
    """

    name: str
    type: str
    status: str
    differences: dict = field(default_factory=dict)


@dataclass
class Zone:
    """One zone. Names without a final dot are relative to it; `ns` is what the child says, `parent_ns` what the parent says.

    `hosts` are the daemons that load it; `copies` gives one of them another (serial, body). A zone is signed when it has an
    `algorithm`; `ds` says what the parent holds (see dns_signing.py), `spoil` changes the signed records, one line each.
    """

    name: str
    fault: str = ""
    body: str = WWW
    ns: dict = field(default_factory=lambda: {"ns1": ONE, "ns2": TWO})
    parent_ns: dict | None = None
    hosts: tuple = ("nsd-one", "nsd-two")
    copies: dict = field(default_factory=dict)
    minimum: int = 60
    algorithm: str = ""
    split_keys: bool = False
    nsec3: str = ""
    window_days: tuple = (-1, 30)
    ds: str = "matching"
    spoil: Callable | None = None
    questions: list = field(default_factory=list)

    @property
    def file(self):
        return "root.zone" if self.name == "." else f"{self.name}zone"

    def absolute(self, name):
        if name == "@":
            return self.name
        if name.endswith("."):
            return name
        return f"{name}." if self.name == "." else f"{name}.{self.name}"

    def within(self, name):
        return self.name == "." or name == self.name or name.endswith(f".{self.name}")

    def parent(self):
        """The name of the zone above, which is always one label up; None for the root."""
        return None if self.name == "." else self.name.partition(".")[2] or "."


def addresses(owner, given):
    return "".join(f"{owner} {'AAAA' if ':' in address else 'A'} {address}\n" for address in given)


def delegation(child, ds):
    """What the parent says of a child: name servers, the glue it was given, and DS records (ready lines)."""
    said = child.ns if child.parent_ns is None else child.parent_ns
    names = {child.absolute(name): given for name, given in said.items()}
    text = "".join(f"{child.name} NS {name}\n" for name in names)
    text += "".join(addresses(name, given) for name, given in names.items() if child.within(name))
    return text + "".join(f"{line}\n" for line in ds)


def unsigned_text(zone, delegations, serial=SERIAL, body=None):
    """A whole zone file, before any signature."""
    first = zone.absolute(next(iter(zone.ns)))
    text = f"$ORIGIN {zone.name}\n$TTL 300\n"
    text += f"@ SOA {first} hostmaster.{zone.name.lstrip('.')} {serial} 7200 900 1209600 {zone.minimum}\n"
    for name, given in zone.ns.items():
        absolute = zone.absolute(name)
        text += f"@ NS {absolute}\n" + (addresses(absolute, given) if zone.within(absolute) else "")
    return text + (zone.body if body is None else body) + delegations


def root_hints(root):
    names = "".join(f". 3600000 NS {name}\n" for name in root.ns)
    return names + "".join(addresses(f"{name} 3600000", given) for name, given in root.ns.items())
