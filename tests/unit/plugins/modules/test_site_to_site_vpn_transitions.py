# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of a VPN from each of its values to each other one, and from given to not given: what is asked for is what stands.

A walk along all ways from a value to another one, with each step planned first and repeated afterwards. Whatever way it came, a VPN with
the same options looks the same, and when it goes, the firewall is what it was.
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import argument_spec
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import site_to_site_vpn as task
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import EMPTY_VALUES, NETWORK, ROUTERS, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor

# Two of the firewall's own, and the authority of all.
CERTIFICATES = "".join(
    f"<entry name='{name}'><subject-hash>{subject}</subject-hash><issuer-hash>ca0</issuer-hash><common-name>{name}</common-name><ca>{ca}</ca>"
    f"<expiry-epoch>4000000000</expiry-epoch><public-key>notReal</public-key>{key}</entry>"
    for name, subject, ca, key in (("fw", "f01", "no", "<private-key>notReal</private-key>"), ("fw-2", "f02", "no", "<private-key>notReal</private-key>"),
                                   ("peers-ca", "ca0", "yes", "")))
# Engine and version: the oldest of the one, the newest of the other.
FIREWALLS = (("virtual-router", "10.1.14"), ("logical-router", "12.1.2"))
INTERFACES = f"{NETWORK}/interface"


def proposal(version="ikev2", cipher="aes-256-cbc", group="group14") -> dict:
    return {"ike": {"version": version, "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": group, "lifetime_seconds": 28800},
            "ipsec": {"encryption": cipher, "authentication": "sha256", "dh_group": group, "lifetime_seconds": 3600}}


def tunnel(number: int, **more) -> dict:
    return {"outside_address": f"203.0.113.{40 + number}", "pre_shared_key": f"notReal.hub{number}", "customer_outside_address": "198.51.100.10",
            "inside_cidr": f"169.254.{number}.0/30", "inside_address": f"169.254.{number}.2", "inside_peer_address": f"169.254.{number}.1",
            "bgp": {"local_as": 65000, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}, **proposal(), **more}


TWO = [tunnel(1), tunnel(2)]
BASE = {"name": "hub", "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"],
        "remote_networks": ["10.200.0.0/16"], "tunnels": TWO}
PLAIN = {option: None for option in ("inside_cidr", "inside_address", "inside_peer_address", "bgp")}
WITHOUT_INSIDE = [{option: value for option, value in each.items() if option not in PLAIN} for each in TWO]
OF_BOTH_FAMILIES = [{**each, "inside_ipv6_cidr": f"fd00:{number}::/126", "inside_ipv6_address": f"fd00:{number}::2",
                     "inside_ipv6_peer_address": f"fd00:{number}::1"} for number, each in enumerate(TWO, 1)]
ONE_BY_ROUTES = {"failover": "routes", "tunnels": [tunnel(1)]}
# In a range that no cloud keeps for itself.
FAR = tunnel(1, inside_cidr="169.254.21.0/30", inside_address="169.254.21.2", inside_peer_address="169.254.21.1")
NOT_GIVEN = object()


@dataclass(frozen=True)
class Row:
    """The values of an option, or of several that go together (then each value is a dictionary of them).

    C(beside): what else is given. C(required): it is always given. C(stays): where it is not given, what was chosen before is kept.
    """

    values: tuple
    beside: dict = field(default_factory=dict)
    required: bool = False
    stays: bool = False


PBF, BGP, ECMP, ROUTES = ({"failover": kind} for kind in ("pbf", "bgp", "ecmp", "routes"))
POLICY_BASED = {**ROUTES, "policy_based": True, "tunnels": WITHOUT_INSIDE[:1]}
ROWS = {
    "tunnels": Row((TWO, TWO[:1], [*TWO, tunnel(3)], TWO[::-1]), PBF, required=True),
    "pre_shared_keys": Row((["notReal.new1", "notReal.new2"], ["notReal.newer1", ""]), PBF),
    "bgp_secrets": Row((["notReal.md5a", "notReal.md5b"], ["notReal.md5a", ""]), BGP),
    "failover": Row(("pbf", "bgp", "ecmp", "routes"), required=True),
    "policy_based": Row((True, False), {**ROUTES, "tunnels": OF_BOTH_FAMILIES, "remote_networks": ["10.200.0.0/16", "fd00:200::/48"],
                                        "local_networks": ["10.10.0.0/24", "fd00:10::/48"]}),
    "outside_interface": Row(({"outside_interface": "ethernet1/8", "local_address": "198.51.100.10"}, {"outside_interface": "ethernet1/3"}),
                             {**PBF, "tunnels": [{**each, "customer_outside_address": None} for each in TWO]}, required=True),
    "local_address": Row(("198.51.100.10", "198.51.100.11"), PBF),
    "local_id": Row(("fw.example.net", "192.0.2.77", "me@example.net"), PBF),
    "nat_traversal": Row((True, False), PBF),
    "tunnel_interfaces": Row((["tunnel.21", "tunnel.22"], ["tunnel.22", "tunnel.31"]), PBF, stays=True),
    "zone": Row(("sites", "other", "dmz"), PBF, required=True),
    "virtual_router": Row(("default", "second"), {**PBF, "backup_routes": True}),
    "source_zones": Row((["trust"], ["trust", "dmz"], ["dmz"]), PBF, required=True),
    "local_networks": Row((["10.10.0.0/24"], ["10.30.0.0/16", "10.10.0.0/24"], ["10.99.0.0/24"]), BGP, required=True),
    "remote_networks": Row((["10.200.0.0/16"], ["10.201.0.0/16", "10.200.0.0/16"], ["172.20.0.0/14"]), {**PBF, "backup_routes": True}, required=True),
    "mtu": Row((1400, 1300), PBF),
    "monitor_interval": Row((3, 7, {"monitor_interval": 7, **ROUTES}), PBF),
    "monitor_threshold": Row((4, 8), PBF),
    "monitor_addresses": Row((["10.200.0.1", "10.200.0.2"], ["10.200.0.3", ""], {"monitor_addresses": ["10.200.0.1", ""], **ROUTES}), PBF),
    "primary_tunnel": Row((1, 2), {**PBF, "backup_routes": True}),
    "backup_routes": Row((True, False), PBF),
    "when_both_down": Row(("discard", "route", {"when_both_down": "route", **ROUTES}, {"when_both_down": "discard", **ROUTES}), PBF),
    "router_id": Row(("10.0.0.1", "10.0.0.2"), BGP),
    "install_route": Row((True, False), BGP),
    "local_preference": Row(([200, 100], [300, 100]), BGP),
    "as_path_prepend": Row(([0, 2], [1, 3]), BGP),
    "redistribute": Row(("connected", "static", "other"), BGP),
    "allow_readvertise": Row((True, False), BGP),
    "allow_default_route": Row((True, False), PBF),
    "allow_summary_networks": Row(({"remote_networks": ["10.0.0.0/8"], "allow_summary_networks": True},
                                   {"remote_networks": ["10.0.0.0/8", "172.20.0.0/14"], "allow_summary_networks": True}, False),
                                  {**PBF, "backup_routes": True}),
    "nat_exemption": Row((True, False), PBF),
    "security_rules": Row(("both", "outbound", "none"), PBF),
    "adopt": Row((True, False), PBF),
    "rule_position": Row(({"where": "top"}, {"where": "before", "rule": "office to internet"}), PBF, stays=True),
}
OFFERS = [{"ike": {"versions": ["ikev2", "ikev1"], "encryption": ["aes-256-cbc"], "hash": ["sha256"], "dh_group": [group], "lifetime_seconds": 28800},
           "ipsec": {"encryption": ["aes-256-gcm"], "authentication": [], "dh_group": [group], "lifetime_seconds": 3600}} for group in ("group14", "group20")]
LONG = [{"local": "2001:db8:1111:2222:3333::/80", "remote": f"2001:db8:1111:4444:{number}::/80"} for number in (1, 2)]
# The same of the first tunnel's description.
OF_A_TUNNEL = {
    "outside_address": Row(("203.0.113.41", "203.0.113.99", "peer.example.net", {"outside_address": "dynamic", "peer_id": "peer.example.net"}),
                           PBF, required=True),
    "cloud": Row(("aws",), {**PBF, "tunnels": [FAR, TWO[1]]}),
    "customer_outside_address": Row(("198.51.100.10", "198.51.100.11"), {**PBF, "local_address": "198.51.100.10"}),
    "outside_interface outside_next_hop": Row((
        {"outside_interface": "ethernet1/3", "outside_next_hop": "192.0.2.1", "customer_outside_address": None},
        {"outside_interface": "ethernet1/3", "outside_next_hop": "192.0.2.2", "customer_outside_address": "192.0.2.10"}), PBF),
    "local_address": Row(("198.51.100.10", "198.51.100.11"), {
        **PBF, "tunnels": [{**each, "customer_outside_address": None} for each in TWO], "local_address": "198.51.100.10"}),
    "local_id": Row(("fw.example.net", "me@example.net"), PBF),
    "local_id_type": Row(("keyid", "fqdn"), {**PBF, "local_id": "ab12"}),
    "peer_id": Row(("peer.example.net", "192.0.2.78"), PBF),
    "peer_id_type": Row(({"peer_id": "ab12", "peer_id_type": "keyid"}, {"peer_id": "ab12", "peer_id_type": "fqdn"}, {"peer_id": "ab12"}), PBF),
    "initiator": Row(("peer", "firewall", "either"), PBF),
    "certificate": Row(tuple({"certificate": {"local_certificate": own, "certificate_profile": "peers"}, "pre_shared_key": None} for own in ("fw", "fw-2")),
                       PBF),
    "ike_fragmentation": Row((True, {**proposal("ikev1"), "ike_fragmentation": True}, False), PBF),
    "dpd.interval": Row((20, 45), PBF),
    "dpd.retry": Row(({**proposal("ikev1"), "dpd": {"retry": 5}}, {**proposal("ikev1"), "dpd": {"interval": 20, "retry": 7}}), PBF),
    "inside_cidr inside_address inside_peer_address": Row((
        {"inside_cidr": "169.254.1.0/30", "inside_address": "169.254.1.2", "inside_peer_address": "169.254.1.1"},
        {"inside_cidr": "169.254.9.0/29", "inside_address": "169.254.9.2", "inside_peer_address": "169.254.9.1"}),
        {**ROUTES, "tunnels": WITHOUT_INSIDE[:1]}),
    "inside_ipv6_cidr inside_ipv6_address inside_ipv6_peer_address": Row(tuple(
        {"inside_ipv6_cidr": f"fd00:{net}::/126", "inside_ipv6_address": f"fd00:{net}::2", "inside_ipv6_peer_address": f"fd00:{net}::1"}
        for net in ("a", "b")), ONE_BY_ROUTES),
    "pre_shared_key": Row(("notReal.other1", "notReal.other2"), PBF, required=True),
    "ike.version": Row((proposal("ikev1"), proposal("ikev2")), BGP, required=True),
    "ike.encryption": Row(("aes-128-cbc", "aes-256-cbc"), PBF, required=True),
    "ike.hash": Row(("sha384", "sha256"), PBF, required=True),
    "ike.dh_group": Row(("group14", "group20"), PBF, required=True),
    "ike.lifetime_seconds": Row((28800, 86400, 3600), PBF, required=True),
    "ipsec.encryption": Row(({"ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group14", "lifetime_seconds": 3600}},
                             proposal("ikev2", "aes-128-cbc")), PBF, required=True),
    "ipsec.authentication": Row(("sha256", "sha512"), PBF, required=True),
    "ipsec.dh_group": Row(("group14", "no-pfs"), PBF, required=True),
    "ipsec.lifetime_seconds": Row((3600, 86400), PBF, required=True),
    "offers": Row(tuple(OFFERS), PBF),
    "mtu": Row((1400, 1300), PBF),
    "path_mtu": Row((1400, 1300), PBF),
    "outside_mtu": Row((1400, 1300), PBF),
    "anti_replay_window": Row((64, 4096), PBF),
    "bgp.local_as": Row((65000,), BGP, required=True),
    "bgp.peer_as": Row((64512, 64513), BGP, required=True),
    "bgp.hold_time": Row((30, 90), BGP, required=True),
    "bgp.keep_alive": Row((10, 3), BGP, required=True),
    "bgp.med": Row((100, 200), BGP),
    "bgp.peer_address": Row(("10.50.255.30", "10.50.255.31"), BGP),
    "bgp.local_address": Row(("10.77.0.1", "10.77.0.2", "10.10.0.1"), ECMP),
    "bgp.multihop": Row((1, 4), BGP),
    "bgp.host_route": Row(({"peer_address": "10.50.255.30", "host_route": True}, {"peer_address": "10.50.255.30"}), BGP),
    "bgp.authentication": Row(({"authentication": "paris", "secret": "notReal.md5"}, {"authentication": "lyon", "secret": "notReal.md5"}), BGP),
    "bgp.secret": Row(("notReal.md5",), BGP),
    "traffic_selectors": Row(({"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}, {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"},
                              {"local": "10.10.0.0/24", "remote": "10.0.0.0/8"}), ONE_BY_ROUTES),
    "selector_pairs": Row(([{"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}, {"local": "10.10.0.0/24", "remote": "169.254.1.0/30"}],
                           [{"local": "10.10.0.0/24", "remote": "169.254.1.0/30"}],
                           [{"local": "10.10.0.0/24", "remote": "10.0.0.0/8"}, *LONG]), ONE_BY_ROUTES),
    "telemetry": Row(({"status": "UP"}, {"status": "DOWN"}), PBF),
}
# What a VPN is besides its options: said of the task, or of the far side in other words.
GROUPS = ("dpd", "ike", "ipsec", "bgp")


def of_a_tunnel() -> set:
    """The options of a tunnel, those of its small groups one by one."""
    spec = argument_spec(Profile)["tunnels"]["options"]
    inner = {f"{group}.{option}" for group in GROUPS for option in spec[group]["options"]}
    return {option for option in spec if option not in GROUPS} | inner


def test_every_option_has_its_transitions():
    """A new option is tried on its way from each value to each other one, too."""
    assert set(ROWS) == set(task._VPN)
    assert {option for name in OF_A_TUNNEL for option in name.split()} == of_a_tunnel()
    assert [name for name, row in {**ROWS, **OF_A_TUNNEL}.items() if len(row.values) + (not row.required) < 2] == ["bgp.local_as"]


def given(name: str, row: Row, value) -> dict:
    """The options of the VPN with a value of this row."""
    asked = {**BASE, "failover": "pbf", **row.beside}
    if value is not NOT_GIVEN:
        asked.update(value if isinstance(value, dict) and name in value else {name: value})
    return asked


def given_of_a_tunnel(name: str, row: Row, value) -> dict:
    """The same where the row is of the first tunnel."""
    asked = {**BASE, **row.beside}
    described = {**asked["tunnels"][0]}
    for option in ("local_id",) if name.startswith("local_id_") else ():
        described[option] = asked.pop(option)
    if value is not NOT_GIVEN:
        described.update(_values(name, described, value))
    return {**asked, "tunnels": [described, *asked["tunnels"][1:]]}


def _values(name: str, described: dict, value) -> dict:
    group, _dot, option = name.rpartition(".")
    if isinstance(value, dict) and name not in ("offers", "telemetry", "traffic_selectors"):
        return {group: {**described.get(group, {}), **value}} if group == "bgp" else value
    return {group: {**described.get(group, {}), option: value}} if group else {name: value}


WALKS = [(name, row, given) for name, row in ROWS.items()] + [(name, row, given_of_a_tunnel) for name, row in OF_A_TUNNEL.items()]


def steps(row: Row) -> list:
    """A walk that begins where it ends and takes every way from one value to another one once."""
    states = list(row.values) if row.required else [NOT_GIVEN, *row.values]
    left = {index: [other for other in range(len(states)) if other != index] for index in range(len(states))}
    ahead, walked = [0], []
    while ahead:
        if left[ahead[-1]]:
            ahead.append(left[ahead[-1]].pop())
        else:
            walked.append(ahead.pop())
    return [states[index] for index in walked]


def test_a_walk_takes_every_way_once():
    walked = steps(Row((1, 2, 3), required=True))
    assert sorted(zip(walked, walked[1:])) == [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]


# Lists whose order means something: rules, proposals, a prepended AS path.
_ORDERED = ("rules", "encryption", "hash", "authentication", "dh-group", "aspath-prepend")
# How long the part of a stored key is that is the same for the same key.
_DIGEST = 33


def _said(element: ET.Element, above: str = "") -> str:
    """A tree as text, without what the firewall marks, without empty containers, and without the order of what has none."""
    name, text = element.get("name") or "", (element.text or "").strip()
    inner = [(child.get("name") or "", said) for child, said in ((child, _said(child, element.tag)) for child in element) if said]
    if not (inner or text or name or element.tag in EMPTY_VALUES):
        return ""
    listed = [said for _name, said in inner]
    if (above, element.tag) == ("security", "rules"):
        listed = _security_rules(inner)
    elif element.tag not in _ORDERED:
        listed.sort()
    return f"<{element.tag} {name} {text}" + "".join(f"\n{said}" for said in listed) + ">"


def _security_rules(rules: list) -> list:
    """In their order; those of the VPN, which all allow, have none among themselves."""
    found: list = []
    for name, said in rules:
        if found and name.startswith("hub-") and found[-1][0].startswith("<entry hub-"):
            found[-1] = sorted([*found[-1], said])
        else:
            found.append([said])
    return ["\n".join(together) for together in found]


def standing(door: VpnDoor) -> str:
    """The candidate as it counts."""
    root = ET.fromstring(door.control.candidate("/config/devices"))
    for key in root.iter("key"):
        key.text = (key.text or "")[:_DIGEST]
    return _said(root)


def firewall(firewalls, engine: str, version: str) -> VpnDoor:
    """One with a second outside interface, a second outside address and a second router."""
    door = VpnDoor(firewalls(engine=engine, version=version))
    door.control.plant(f"{INTERFACES}/ethernet", "<entry name='ethernet1/3'><layer3><ip><entry name='192.0.2.10/24'/></ip></layer3></entry>")
    door.control.plant(f"{INTERFACES}/ethernet/entry[@name='ethernet1/8']/layer3/ip", "<entry name='198.51.100.11/24'/>")
    door.control.plant(f"{VSYS}/import/network/interface", "<member>ethernet1/3</member>")
    door.control.plant(f"{VSYS}/zone/entry[@name='untrust']/network/layer3", "<member>ethernet1/3</member>")
    door.control.plant(f"{ROUTERS[engine]}/interface", "<member>ethernet1/3</member>")
    for holder, planted in (("certificate", CERTIFICATES), ("certificate-profile", "<entry name='peers'><CA><entry name='peers-ca'/></CA></entry>")):
        door.control.plant(f"/config/shared/{holder}", planted)
    second = "<entry name='second'><vrf><entry name='default'/></vrf></entry>" if engine == "logical-router" else "<entry name='second'/>"
    door.control.plant(f"{NETWORK}/{engine}", second)
    return door


def carried_out(door: VpnDoor, asked: dict) -> bool:
    """A run that does what it shows in check mode; whether it changed anything."""
    checked = door.done(asked, check=True)
    done = door.done(asked)
    assert (checked.changed, checked.diff) == (done.changed, done.diff)
    assert [warning for warning in done.warnings if warning not in checked.warnings] == []
    return done.changed


# Options of which something stands in a router, whose two kinds spell it in their own ways; all others are spelled in one.
OF_ROUTERS = {"tunnels", "tunnel_interfaces", "outside_interface", "outside_interface outside_next_hop", "outside_address", "backup_routes", "when_both_down",
              "allow_default_route"}


def firewalls_of(number: int, name: str, row: Row) -> tuple:
    """The firewalls on which a walk is walked: on one of the two, in turn, where routers have no part in it."""
    is_of_routers = name in OF_ROUTERS or row.beside.get("failover") != "pbf" or "backup_routes" in row.beside
    return FIREWALLS if is_of_routers else FIREWALLS[number % 2:][:1]


WALKED = [(name, row, asking, *each) for number, (name, row, asking) in enumerate(WALKS) for each in firewalls_of(number, name, row)]


@pytest.mark.parametrize("name, row, asking, engine, version", WALKED,
                         ids=[f"{'tunnel ' if asking is given_of_a_tunnel else ''}{name}, {engine}" for name, _row, asking, engine, _version in WALKED])
def test_from_each_value_to_each_other_one_and_back(firewalls, name, row, asking, engine, version):
    door = firewall(firewalls, engine, version)
    start = standing(door)
    seen: dict = {}
    before = start
    for value in steps(row):
        changed = carried_out(door, asking(name, row, value))
        now = standing(door)
        assert changed == (now != before), (value, changed)
        before = now
        if repr(value) not in seen or row.stays:
            again = door.done(asking(name, row, value))
            assert not again.changed, (value, again.diff)
        if not (row.stays and value is NOT_GIVEN):
            assert seen.setdefault(repr(value), now) == now, value
    door.done({"name": BASE["name"], "state": "absent"})
    assert standing(door) == start


# What becomes of a VPN that was taken over, from any way of failing over. Its objects keep what they have beside, so the way back need not end at the start.
OTHERWISE = {
    "PBF": PBF, "BGP": BGP, "ECMP": ECMP, "routes": ROUTES, "another monitor": {**PBF, "monitor_interval": 7},
    "pairs of networks": {**ROUTES, "policy_based": True},
    "another version": {**PBF, "tunnels": [{**each, **proposal("ikev1")} for each in TWO]},
    "another group": {**PBF, "tunnels": [{**each, **proposal(group="group20")} for each in TWO]}, "a local ID": {**PBF, "local_id": "fw.example.net"},
    "PBF in another router": {**PBF, "zone": "other", "virtual_router": "second"},
    "BGP in another router": {**BGP, "zone": "other", "virtual_router": "second", "router_id": "10.9.9.9"},
}
COMMENT = f"{INTERFACES}/tunnel/units/entry[@name='tunnel.1']/comment"
ADOPTED = [(first, name, FIREWALLS[number % 2]) for number, (name, first) in enumerate(itertools.product(OTHERWISE, (PBF, BGP, ECMP, ROUTES)))]


@pytest.mark.parametrize("first, name, on", ADOPTED, ids=[f"from {first['failover']} to {name}, {on[0]}" for first, name, on in ADOPTED])
def test_what_was_adopted_goes_over_to_something_else_and_back(firewalls, first, name, on):
    second, (engine, version) = OTHERWISE[name], on
    door = firewall(firewalls, engine, version)
    one, other = ({**BASE, **how, **({"when_both_down": "route"} if how is PBF else {})} for how in (first, second))
    door.done({**one, "name": "hand", "security_rules": "none"})
    door.control.edit_as("janitor", "delete", COMMENT)
    door.done({**one, "adopt": True})
    for asked in (one, other, one):
        carried_out(door, asked)
        again = door.done(asked)
        assert not again.changed, again.diff
    assert door.done({"name": BASE["name"], "state": "absent"}).changed
