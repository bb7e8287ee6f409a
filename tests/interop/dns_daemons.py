"""Configures and starts the DNS daemons of a world: NSD, Knot and BIND as authorities, Unbound and BIND as resolvers.

Every one runs in the foreground, unprivileged, with all its files in the world's folder.
"""

SHARED_V4 = "10.9.0.0/24"
SHARED_V6 = "fd09::/64"


def nsd(world, label, addresses, zones, edns_size=1232):
    """NSD; `zones` are (name, file) pairs. A hangup signal makes it read its files again."""
    folder = world.folder
    listed = "".join(f'zone:\n  name: "{name}"\n  zonefile: "{file}"\n' for name, file in zones)
    (folder / f"nsd-{label}.conf").write_text(f"""server:
{"".join(f"  ip-address: {address}{chr(10)}" for address in addresses)}  username: ""
  chroot: ""
  database: ""
  server-count: 1
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd-{label}.pid"
  xfrdfile: "{folder}/nsd-{label}.xfrd"
  zonelistfile: "{folder}/nsd-{label}.list"
  xfrdir: "{folder}"
  cookie-secret-file: "{folder}/nsd-{label}.cookie"
  rrl-ratelimit: 0
  ipv4-edns-size: {edns_size}
  ipv6-edns-size: {edns_size}
remote-control:
  control-enable: no
{listed}""")
    return world.daemon("nsd", "-d", "-c", folder / f"nsd-{label}.conf", log=f"nsd-{label}")


def knot(world, label, addresses, zones):
    """Knot with zones that need nothing of it."""
    knot_config(world, label, addresses, zones)
    return knot_start(world, label)


def knot_config(world, label, addresses, zones, signed=()):
    """Knot's configuration, which `keymgr` reads too; Knot itself signs the zones named in `signed`, with the keys of its KASP database."""
    folder = world.folder
    storage = folder / f"knot-{label}"
    storage.mkdir(exist_ok=True)
    listed = "".join(
        f'  - domain: "{name}"\n    file: "{folder / file}"\n'
        + ("    dnssec-signing: on\n    dnssec-policy: nsec3\n    zonefile-sync: -1\n    journal-content: none\n" if name in signed else "")
        for name, file in zones)
    (folder / f"knot-{label}.conf").write_text(f"""server:
  rundir: "{storage}"
  listen: [ {", ".join(f"{address}@53" for address in addresses)} ]
  udp-workers: 1
  tcp-workers: 2
  background-workers: 1
database:
  storage: "{storage}"
  journal-db-max-size: 16M
  kasp-db-max-size: 16M
  timer-db-max-size: 1M
log:
  - target: stderr
    any: info
policy:
  - id: nsec3
    manual: on
    algorithm: ecdsap256sha256
    nsec3: on
    nsec3-iterations: 0
    nsec3-salt-length: 0
zone:
{listed}""")
    return folder / f"knot-{label}.conf"


def knot_start(world, label):
    return world.daemon("knotd", "-c", world.folder / f"knot-{label}.conf", log=f"knot-{label}")


def named(world, label, addresses, body, options=""):
    """BIND; `body` holds its zones or views, `options` what a resolver needs beside."""
    folder = world.folder
    home = folder / f"named-{label}"
    home.mkdir(exist_ok=True)
    v4 = "".join(f"{address}; " for address in addresses if ":" not in address)
    v6 = "".join(f"{address}; " for address in addresses if ":" in address) or "none; "
    (folder / f"named-{label}.conf").write_text(f"""options {{
  directory "{home}";
  pid-file "{home}/named.pid";
  session-keyfile "{home}/session.key";
  managed-keys-directory "{home}";
  listen-on {{ {v4}}};
  listen-on-v6 {{ {v6}}};
  notify no;
  empty-zones-enable no;
{options}}};
controls {{ }};
{body}""")
    return world.daemon("named", "-f", "-n", "1", "-c", folder / f"named-{label}.conf", log=f"named-{label}")


def named_zones(world, zones):
    """The zone clauses of an authority."""
    return "".join(f'zone "{name}" {{ type primary; file "{world.folder}/{file}"; }};\n' for name, file in zones)


def unbound(world, label, addresses, hints, anchor=None, access="allow", extra=""):
    """Unbound from a private root; it validates when it is given a trust anchor. `extra` joins its server clause."""
    folder = world.folder
    modules = "validator iterator" if anchor else "iterator"
    bound = "".join(f"  interface: {address}\n  outgoing-interface: {address}\n" for address in addresses)
    (folder / f"unbound-{label}.conf").write_text(f"""server:
{bound}  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound-{label}.pid"
  use-syslog: no
  do-daemonize: no
  do-ip6: {"yes" if any(":" in address for address in addresses) else "no"}
  module-config: "{modules}"
  root-hints: "{folder}/{hints}"
{f'  trust-anchor-file: "{folder}/{anchor}"{chr(10)}' if anchor else ""}  local-zone: "test." nodefault
  access-control: {SHARED_V4} {access}
  access-control: {SHARED_V6} {access}
  ip-ratelimit: 0
  num-threads: 1
{extra}remote-control:
  control-enable: no
""")
    return world.daemon("unbound", "-d", "-c", folder / f"unbound-{label}.conf", log=f"unbound-{label}")
