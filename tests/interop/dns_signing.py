"""Makes the keys, the delegations and the signatures of the DNS world with BIND's and ldns's own tools, then spoils what is to be broken.

Keys come first for all zones side by side, since a parent needs the DS of its children; then all zones are signed side by side.
"""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from dns_zones import SERIAL, delegation, unsigned_text

DAY = 86_400
SIGNERS = 4


def tool(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"world: {' '.join(str(word) for word in words)}: {done.stderr}{done.stdout}")
    return done.stdout


def stamp(days):
    """A signature time as dnssec-signzone reads it (RFC 4034 §3.2)."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + days * DAY))


class Signer:
    """Everything that is made from the zones: files in the world's folder, DS records, the trust anchor."""

    def __init__(self, world, zones, knot_config):
        self.folder = world.folder
        self.zones = zones
        self.keys_folder = self.folder / "keys"
        self.keys_folder.mkdir()
        self.knot_config = knot_config
        self.keys = {}
        self.ds = {}

    def run(self):
        with ThreadPoolExecutor(SIGNERS) as pool:
            list(pool.map(self.make_keys, self.zones))
            list(pool.map(self.write, self.zones))
        self.write_anchors()

    def make_keys(self, zone):
        if zone.nsec3 == "knot":
            tool("keymgr", "-c", self.knot_config, zone.name, "generate", "algorithm=ecdsap256sha256", "ksk=yes", "zsk=yes")
            told = tool("keymgr", "-c", self.knot_config, zone.name, "ds")
            self.ds[zone.name] = [line for line in told.splitlines() if line.split()[4] == "2"]
            return
        if zone.algorithm:
            self.keys[zone.name] = [self.key(zone, zone.algorithm, "KSK")]
            if zone.split_keys:
                self.keys[zone.name].append(self.key(zone, zone.algorithm))
        self.ds[zone.name] = self.held_by_parent(zone)

    def key(self, zone, algorithm, flag=None):
        size = ("-b", "2048") if algorithm.startswith("RSA") else ()
        return tool("dnssec-keygen", "-q", "-a", algorithm, *size, *(("-f", flag) if flag else ()), "-K", self.keys_folder, "-n", "ZONE", zone.name).strip()

    def true_ds(self, key):
        return tool("dnssec-dsfromkey", "-2", self.keys_folder / f"{key}.key").strip()

    def held_by_parent(self, zone):
        """The DS records of the parent: `matching`, `none`, or one of the mistakes."""
        if zone.ds == "other-key":
            return [self.true_ds(self.key(zone, zone.algorithm or "ECDSAP256SHA256", "KSK"))]
        if zone.ds == "none" or not zone.algorithm:
            return []
        owner, _, _, tag, algorithm, kind, digest = self.true_ds(self.keys[zone.name][0]).split()
        if zone.ds == "wrong-digest":
            digest = digest[:-8] + ("00000000" if digest[-8:] != "00000000" else "11111111")
        elif zone.ds == "unknown-algorithm":
            algorithm = "200"
        elif zone.ds == "unknown-digest":
            kind = "200"
        return [f"{owner} IN DS {tag} {algorithm} {kind} {digest}"]

    def write(self, zone):
        """The zone files: one for the zone, and one for each daemon that has a copy of its own."""
        below = "".join(delegation(child, self.ds[child.name]) for child in self.zones if child.parent() == zone.name)
        (self.folder / zone.file).write_text(unsigned_text(zone, below))
        for daemon, (serial, body) in zone.copies.items():
            (self.folder / f"{daemon}-{zone.file}").write_text(unsigned_text(zone, below, serial, body))
        if zone.name in self.keys:
            self.sign(zone)

    def sign(self, zone):
        plain, signed = self.folder / f"{zone.file}.unsigned", self.folder / zone.file
        keys = self.keys[zone.name]
        text = signed.read_text() + "".join((self.keys_folder / f"{key}.key").read_text() for key in keys)
        plain.write_text(text)
        begin, end = (stamp(days) for days in zone.window_days)
        if zone.nsec3 == "iterations":
            tool("ldns-signzone", "-n", "-t", "500", "-i", begin, "-e", end, "-o", zone.name, "-f", signed, plain,
                 *(self.keys_folder / key for key in keys))
        else:
            denial = {"": (), "plain": ("-3", "-", "-H", "0"), "opt-out": ("-3", "-", "-H", "0", "-A")}[zone.nsec3]
            whole = () if zone.split_keys else ("-z",)
            tool("dnssec-signzone", "-P", "-q", "-n", "1", "-O", "full", "-K", self.keys_folder, "-d", self.keys_folder, "-o", zone.name,
                 "-s", begin, "-e", end, *whole, *denial, "-f", signed, plain, *keys)
        if zone.spoil:
            lines = [line for line in signed.read_text().splitlines() if line and not line.startswith(";")]
            left = zone.spoil(lines, zone)
            if left == lines:
                raise SystemExit(f"world: nothing was spoiled in {zone.name}")
            signed.write_text("\n".join(left) + "\n")

    def write_anchors(self):
        """The root's DS as a zone-file line (trust-anchor), and as BIND writes it (bind.keys)."""
        owner, _, _, tag, algorithm, kind, digest = self.true_ds(self.keys["."][0]).split()
        (self.folder / "trust-anchor").write_text(f"{owner} 86400 IN DS {tag} {algorithm} {kind} {digest}\n")
        (self.folder / "bind.keys").write_text(f'trust-anchors {{ {owner} static-ds {tag} {algorithm} {kind} "{digest}"; }};\n')


def changed(world, zone, serial, body):
    """Writes a zone anew, as an operator would: another serial, other records."""
    assert serial > SERIAL
    (world.folder / zone.file).write_text(unsigned_text(zone, "", serial, body))
