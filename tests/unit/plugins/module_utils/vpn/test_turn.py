# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout, over all options of a VPN: what the tunnel that waits lives on stays, or is only added to, and the end is the same as all at once."""

from __future__ import annotations

import copy
import functools
import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build, rollout
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import (
    PLATFORMS, around, base, built, leaves, start, vpn,
)


@functools.lru_cache(maxsize=None)
def roomy(engine: str):
    """A second way out, a second router, and a network on the way to which sources are translated."""
    tree, advanced = copy.deepcopy(start(engine, "base")), PLATFORMS[engine].advanced
    port = places.make(tree, (base("network") + ("interface", "ethernet", ("entry", "ethernet1/9"), "layer3", "ip", ("entry", "203.0.113.250/24")))[1:])
    assert port is not None
    places.make(tree, (base("network") + router("default", advanced) + ("interface", ("member", "ethernet1/9")))[1:]).text = "ethernet1/9"
    places.make(tree, (base("vsys") + ("zone", ("entry", "wan2"), "network", "layer3", ("member", "ethernet1/9")))[1:]).text = "ethernet1/9"
    places.make(tree, (base("network") + router("edge", advanced) + ("interface",))[1:])
    places.make(tree, (base("rulebase") + ("nat", "rules"))[1:]).append(ET.fromstring(TRANSLATING))
    return tree


@functools.lru_cache(maxsize=None)
def made(engine: str, wanted: Vpn):
    return built(wanted, roomy(engine), engine).after


def every(kind: str, **more) -> tuple:
    return tuple(replace(tunnel, **more) for tunnel in vpn(kind).tunnels)


def proposed(kind: str, **ike) -> tuple:
    return tuple(replace(tunnel, offers=None, ike=replace(tunnel.ike, **ike)) for tunnel in vpn(kind).tunnels)


def moved_inside(kind: str) -> tuple:
    return tuple(replace(tunnel, inside_cidr=f"169.254.9{number}.0/30", inside_address=f"169.254.9{number}.2", inside_peer_address=f"169.254.9{number}.1")
                 for number, tunnel in enumerate(vpn(kind).tunnels))


def keyed(kind: str) -> tuple:
    return tuple(tunnel.with_key(f"notReal.key.{number}") for number, tunnel in enumerate(vpn(kind).tunnels))


def timed(kind: str) -> tuple:
    return tuple(replace(tunnel, bgp=replace(tunnel.bgp, hold_time=60)) for tunnel in vpn(kind).tunnels) if kind in ("bgp", "ecmp") else vpn(kind).tunnels


def renumbered(kind: str) -> tuple:
    """Another own AS."""
    return tuple(replace(tunnel, bgp=replace(tunnel.bgp, local_as=65020)) for tunnel in vpn(kind).tunnels) if kind in ("bgp", "ecmp") else vpn(kind).tunnels


def elsewhere(kind: str) -> tuple:
    return tuple(replace(tunnel, outside_address=f"192.0.2.{number}") for number, tunnel in enumerate(vpn(kind).tunnels, 10))


# A network on the way to which sources are translated, unless a VPN says otherwise.
TRANSLATED = "10.77.0.0/16"
TRANSLATING = f"""<entry name='hide'><from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>
    <destination><member>{TRANSLATED}</member></destination><service>any</service>
    <source-translation><dynamic-ip-and-port><interface-address/></dynamic-ip-and-port></source-translation></entry>"""

# Option → values to choose from, the first one as it is when nothing is said. None leaves the option out.
OPTIONS = {
    "zone": ("vpn", "elsewhere"),
    "virtual_router": ("default", "edge"),
    "outside_interface": ("ethernet1/8", "ethernet1/9"),
    "tunnel_interfaces": (None, ("tunnel.21", "tunnel.22"), ("tunnel.2", "tunnel.1")),
    "source_zones": (("trust",), ("trust", "dmz"), ("dmz",)),
    "local_networks": (("10.10.0.0/24",), ("10.10.0.0/24", "10.30.0.0/16"), ("10.30.0.0/16",)),
    "remote_networks": (("10.200.0.0/16",), ("10.200.0.0/16", "10.201.0.0/16"), ("172.20.0.0/14",), ("10.200.0.0/16", TRANSLATED)),
    "nat_exemption": (False, True),
    "mtu": (None, 1300),
    "local_id": (None, "fw.example.net"),
    "nat_traversal": (None, True),
    "primary_tunnel": (1, 2),
    "allow_summary_networks": (False, True),
    "security_rules": ("both", "outbound", "none"),
    "rule_position": (None, ("top", None)),
    "tunnels": (lambda kind: vpn(kind).tunnels, keyed, lambda kind: proposed(kind, dh_group="group19"), lambda kind: proposed(kind, version="ikev1"),
                moved_inside, elsewhere, timed, renumbered, lambda kind: every(kind, initiator="peer"), lambda kind: vpn(kind).tunnels[:1]),
}
OF_PBF = {
    "monitor_interval": (2, 5), "monitor_threshold": (5, 3), "monitor_addresses": (None, ("10.200.0.10", "10.200.0.11")), "backup_routes": (False, True),
    "when_both_down": ("discard", "route"),
}
OF_MONITORED_ROUTES = ("monitor_interval", "monitor_threshold", "monitor_addresses", "when_both_down")
OF_ROUTES = {option: OF_PBF[option] for option in OF_MONITORED_ROUTES}
OF_ROUTES["policy_based"] = (False, True)
OF_BGP = {
    "router_id": (None, "10.1.1.1"), "install_route": (None, True), "local_preference": ((), (200, 100)), "as_path_prepend": ((), (0, 2)),
    "redistribute": (None, "static"),
}
# What BGP through all tunnels at once can have another answer to; the rest is that of BGP.
OF_ECMP = {option: OPTIONS[option] for option in ("zone", "virtual_router", "local_networks", "remote_networks", "tunnels")}
OF_ECMP["router_id"] = OF_BGP["router_id"]
# Said by others, or of the whole module.
NOT_TRIED = {
    "name", "failover", "local_address", "pre_shared_keys", "bgp_secrets", "allow_readvertise", "allow_default_route", "adopt", "local_addresses",
    "remote_addresses",
}


def test_every_option_is_tried():
    tried = {*OPTIONS, *OF_PBF, *OF_BGP, *OF_ROUTES}
    assert {field.name for field in fields(Vpn)} == tried | NOT_TRIED


def described(failover: str, said: dict) -> Vpn:
    values = {option: value(failover) if callable(value) else value for option, value in said.items() if value is not None}
    made = values.pop("tunnels", None) or vpn(failover).tunnels
    for option in ("tunnel_interfaces", "monitor_addresses", "local_preference", "as_path_prepend"):
        if values.get(option):
            values[option] = values[option][:len(made)]
    if failover == "routes" and (len(made) == 1 or values.get("policy_based")):
        values = {option: value for option, value in values.items() if option not in OF_MONITORED_ROUTES}
    if failover in ("bgp", "ecmp") and values.get("virtual_router") == "edge":
        values.setdefault("router_id", "10.9.9.9")
    values["primary_tunnel"] = min(values.get("primary_tunnel", 1), len(made))
    outside = values.pop("outside_interface", "ethernet1/8")
    asked = replace(vpn(failover), tunnels=made, outside_interface=outside, **values)
    check(asked)
    return asked


class Half:
    """A VPN C(first), and the part of the change to C(second) that is the second tunnel's."""

    def __init__(self, engine: str, first: Vpn, second: Vpn):
        self.engine, self.second = engine, second
        self.before = made(engine, first)
        result = build.build(second, around(self.before, engine), Addresses(), only=2)
        self.serving = result.serving
        self.plan = plan(result.phases, self.before, base)
        self.now = self.plan.after

    def missing(self) -> list:
        """What the waiting tunnel has lost."""
        then, now = around(self.before, self.engine), around(self.now, self.engine)
        waiting, changing = (places.text(then.entry("ipsec_tunnel", name), ("tunnel-interface",)) for name in ("vpn-1-1", "vpn-1-2"))
        lost = sorted(_said(self.before, changing) - _said(self.now, changing))
        if (then.zone_of(waiting), then.router_of(waiting)) != (now.zone_of(waiting), now.router_of(waiting)):
            lost.append("its zone or router")
        return lost

    def colliding(self) -> list:
        """Routes that a firewall refuses beside each other."""
        view = around(self.now, self.engine)
        routes = [(router, str(route.destination), route.metric) for router in ("default", "edge") for route in view.static_route_entries(router)]
        return sorted(f"twice {route}" for route in set(routes) if routes.count(route) > 1)

    def interrupted(self) -> list:
        return [number for number in rollout.interrupted(self.plan, self.serving) if number != 2]

    def interrupted_at_last(self) -> list:
        """What the second turn interrupts of what has had its turn."""
        result = build.build(self.second, around(self.now, self.engine), Addresses())
        return [number for number in rollout.interrupted(plan(result.phases, self.now, base), result.serving) if number == 2]

    def differs_at_the_end(self) -> list:
        whole, at_once = built(self.second, self.now, self.engine), built(self.second, self.before, self.engine)
        one, other = leaves(_comparable(whole.after)), leaves(_comparable(at_once.after))
        return [item for item in one if item not in other] + [item for item in other if item not in one]


def _comparable(tree):
    """Without records, and without the names of crypto profiles: tunnels that were changed one after the other may have one each."""
    tree = copy.deepcopy(tree)
    for element in tree.iter():
        for tag in ("comment", "ike-crypto-profile", "ipsec-crypto-profile", "ike-crypto-profiles", "ipsec-crypto-profiles"):
            for child in element.findall(tag):
                element.remove(child)
    return tree


def _said(element: ET.Element, changing: str, above: str = "") -> set:
    """The place of each entry, member and text, but for what is the second tunnel's own, C(changing) its interface, and for records."""
    found = set()
    for child in element:
        name = child.get("name") or (child.text or "").strip()
        place = f"{above}/{child.tag} {name}".rstrip()
        if child.tag == "comment" or f"{name}-".startswith("vpn-1-2-") or name == changing:
            continue
        found |= _said(child, changing, place) | ({place} if name else set())
    return found


def halves(engine: str, first: tuple[str, dict], second: tuple[str, dict]) -> Half | str | None:
    """None where it is no change of two tunnels that can be made at all; the words where it cannot be made one after the other.

    C(first), C(second): the failover, and what is said beside.
    """
    try:
        one, other = (described(*said) for said in (first, second))
        built(other, made(engine, one), engine)
    except (Refused, InvalidInput):
        return None
    if len(one.tunnels) < 2 or len(other.tunnels) < 2:
        return None
    try:
        return Half(engine, one, other)
    except Refused as exc:
        return str(exc)


def wrong(half: Half | str | None) -> list:
    if half is None:
        return []
    if isinstance(half, str):
        return [] if re.fullmatch("rollout: .*(Say|say) rollout: together; nothing was written", half) else [half]
    interrupted = [f"interrupts {number}" for number in half.interrupted()] + [f"interrupts {number} again" for number in half.interrupted_at_last()]
    return half.missing() + half.colliding() + interrupted + half.differs_at_the_end()


def options_of(failover: str) -> dict:
    return OF_ECMP if failover == "ecmp" else {**OPTIONS, **{"pbf": OF_PBF, "bgp": OF_BGP, "routes": OF_ROUTES}[failover]}


FAILOVERS = ("pbf", "bgp", "ecmp", "routes")
SINGLE = [(failover, option, one, other) for failover in FAILOVERS for option, values in options_of(failover).items()
          for number in range(1, len(values)) for one, other in ((0, number), (number, 0))]


@pytest.mark.parametrize("engine", PLATFORMS)
def test_one_option_changes_one_tunnel_after_the_other(engine):
    changes = {f"{failover}: {option}, {one} to {other}": [(failover, {option: options_of(failover)[option][number]}) for number in (one, other)]
               for failover, option, one, other in SINGLE if failover in ("bgp", "ecmp") or engine == VIRTUAL_ROUTER}
    exempt = {"nat_exemption": True, "remote_networks": ("10.200.0.0/16", TRANSLATED)}
    for failover in FAILOVERS:
        changes[f"{failover}: with an exemption"] = [(failover, {}), (failover, exempt)]
        changes[f"{failover}: without an exemption"] = [(failover, exempt), (failover, {})]
    changes.update({f"{one} to {other}": [(one, {}), (other, {})] for one, other in itertools.permutations(FAILOVERS, 2)})
    found = {words: wrong(halves(engine, *change)) for words, change in changes.items()}
    assert {words: problems[:6] for words, problems in found.items() if problems} == {}


def test_most_changes_can_be_made_one_after_the_other():
    """What is not tried because it is refused, or is no change of two tunnels."""
    tried = [halves(VIRTUAL_ROUTER, (failover, {option: options_of(failover)[option][one]}), (failover, {option: options_of(failover)[option][other]}))
             for failover, option, one, other in SINGLE if option != "tunnels"]
    assert sum(isinstance(half, Half) for half in tried) > 0.8 * len(tried), [half for half in tried if not isinstance(half, Half)]


def said(failover: str):
    return st.tuples(st.just(failover), st.fixed_dictionaries({option: st.sampled_from(values) for option, values in options_of(failover).items()}))


vpns = st.sampled_from(FAILOVERS).flatmap(said)


@given(vpns, vpns, st.sampled_from(sorted(PLATFORMS)))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_any_change_comes_one_tunnel_after_the_other(first, second, engine):
    assert wrong(halves(engine, first, second)) == []
