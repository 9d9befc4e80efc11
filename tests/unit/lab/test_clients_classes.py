# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every class of the vendor's Python SDK for networks, VPNs, routing and policies runs against the emulator unmodified.

The classes are found by walking the SDK's own table of children, and an object is given a value for every parameter that
the SDK lists, so a release with more classes is tried with more classes.
"""

from __future__ import annotations

import importlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

sdk = pytest.importorskip("panos.firewall", reason="pan-os-python is not installed")

#: What has no object of its own, needs a peer of hardware, or writes an element that only the SDK knows.
LEFT_OUT = {"PreRulebase", "PostRulebase", "Vsys", "HA3", "BgpOutboundRouteFilter"}

#: What writes nothing by itself.
EMPTY = {"Rulebase"}

NAMES = {
    "EthernetInterface": "ethernet1/5", "Layer3Subinterface": "ethernet1/5.7", "Layer2Subinterface": "ethernet1/5.8",
    "AggregateInterface": "ae5", "TunnelInterface": "tunnel.55", "LoopbackInterface": "loopback.55", "VlanInterface": "vlan.55",
    "BgpPolicyAddressPrefix": "10.0.0.0/8", "IPv6Address": "2001:db8::1/64", "OspfArea": "0.0.0.0",
}

#: Values where the first allowed word, "yes" or 5 will not do.
VALUES = {
    "mtu": 1400, "ipv4_mss_adjust": 40, "ipv6_mss_adjust": 60, "nat_traversal_keep_alive": 20, "lifetime_seconds": 3600,
    "mk_local_spi": "00001001", "mk_remote_spi": "00001002", "admin_dist": 20, "tag": 7, "static_dist": 10, "static_ipv6_dist": 10,
    "ospf_int_dist": 20, "ospf_ext_dist": 20, "ospfv3_int_dist": 20, "ospfv3_ext_dist": 20, "ibgp_dist": 20, "ebgp_dist": 20, "rip_dist": 20,
    "count": 5, "interval": 5, "hold_time": 30, "max_path": 2, "interface": None, "keep_alive": 10, "afi": "ipv4", "nexthop_type": "ip-address",
    "max_prefixes": 5000, "group_id": None, "local_as": 65000, "peer_as": 64512,
}

#: The same, for one class.
OF_CLASS = {
    ("StaticRouteV6", "nexthop_type"): "ipv6-address", ("StaticRouteV6", "nexthop"): "2001:db8::9",
    ("VrfStaticRouteV6", "nexthop_type"): "ipv6-address", ("VrfStaticRouteV6", "nexthop"): "2001:db8::9",
    ("Vrf", "bgp_local_as"): 65000, ("Vrf", "ecmp_max_path"): 2,
    ("VrfBgpPeerGroup", "connection_options_multihop"): 5,
    **{("RoutingProfileFilterRouteMapsEntry", name): 5 for name in (
        "match_metric", "match_tag", "match_local_preference", "set_aggregator_as", "set_tag", "set_local_preference", "set_weight", "set_metric_value",
    )},
    ("RoutingProfileFilterRouteMapsEntry", "set_metric_action"): "set",
    ("RoutingProfileFilterRouteMapsEntry", "match_origin"): "igp", ("RoutingProfileFilterRouteMapsEntry", "set_origin"): "igp",
}

#: Words of older releases stand beside the new ones in the SDK.
WORDS = {"aes128", "aes192", "aes256", "des"}

#: Parameters in which the SDK writes what the schema does not have, with the reason.
UNFIT = {
    ("PolicyBasedForwarding", "forward_vsys"): "writes the element inside of itself; in the schema it holds the name",
    ("BgpPolicyImportRule", "action_as_path_prepend_times"): "prepending is for export rules",
    ("VirtualRouter", "interface"): "checked when it is set, see the membership tests",
    ("Zone", "interface"): "checked when it is set, see the membership tests",
}


def reachable():
    """Class → the classes from the firewall down to it."""
    chains, queue = {sdk.Firewall: ()}, [sdk.Firewall]
    while queue:
        parent = queue.pop(0)
        for label in getattr(parent, "CHILDTYPES", ()):
            module, dummy, name = label.partition(".")
            if module not in ("network", "policies", "ha") or name in LEFT_OUT:
                continue
            child = getattr(importlib.import_module(f"panos.{module}"), name, None)
            # The SDK's table has every class of the Advanced Routing Engine below every other: a VRF stands in a logical router, its profiles do not.
            above = () if name.startswith("RoutingProfile") and parent.__name__ == "Vrf" else chains[parent]
            if child is not None and child not in chains and not (name == "Vrf" and parent is sdk.Firewall):
                chains[child] = (*above, child)
                queue.append(child)
    return {kind: chain for kind, chain in chains.items() if chain and kind.__name__ not in EMPTY}


CHAINS = reachable()
ADVANCED = ("Vrf", "Logical", "RoutingProfile")


def make(kind, **arguments):
    return kind(NAMES.get(kind.__name__, "probe"), **arguments) if kind.NAME else kind(**arguments)


def arguments_of(kind, version):
    """A value for each parameter, in the form of its type."""
    found = {}
    for parameter in getattr(make(kind), "_params", ()):
        profile = {}
        for since, each in parameter._VersioningSupport__profiles:
            profile = each if since <= version else profile
        words = [word for word in profile.get("values") or [] if word not in WORDS]
        typed = profile.get("vartype")
        if profile.get("exclude") or (kind.__name__, parameter.name) in UNFIT:
            continue
        if parameter.name.startswith("ad_"):
            value = 20
        elif (kind.__name__, parameter.name) in OF_CLASS:
            value = OF_CLASS[(kind.__name__, parameter.name)]
        elif parameter.name in VALUES:
            value = VALUES[parameter.name]
        elif words:
            value = words[0]
        else:
            value = {"yesno": True, "bool": True, "exist": True, "int": 5, "float": 1.5}.get(typed, text_for(parameter.name))
        found[parameter.name] = [value] if typed in ("member", "entry") and value is not None else value
    return found


def text_for(name):
    """The SDK names no allowed words for some keywords."""
    keywords = {"version": "ikev2", "action": "allow", "type": "universal", "active_active_device_binding": "both"}
    return keywords.get(name, "10.9.8.7")


@pytest.fixture(scope="module")
def devices():
    """Emulator and SDK object by routing engine."""
    found = {}
    emulators = [Emulator(version="11.1.4", engine=engine).start() for engine in ("virtual-router", "logical-router")]
    for emulator in emulators:
        firewall = sdk.Firewall("127.0.0.1", api_key=emulator.api_key, port=emulator.port)
        firewall.refresh_system_info()
        found[emulator.firewall.engine] = emulator, firewall
    yield found
    for emulator in emulators:
        emulator.stop()


@pytest.mark.parametrize("kind", CHAINS, ids=lambda kind: kind.__name__)
def test_create_refresh_apply_delete(devices, kind):
    emulator, firewall = devices["logical-router" if kind.__name__.startswith(ADVANCED) else "virtual-router"]
    before = emulator.control.candidate()
    firewall.removeall()
    parent = firewall
    for each in CHAINS[kind][:-1]:
        parent = parent.add(make(each))
    arguments = arguments_of(kind, (11, 1, 4))
    subject = parent.add(make(kind, **arguments))
    try:
        subject.create()
        assert emulator.control.candidate() != before
        parent.children.remove(subject)
        again = parent.add(make(kind))
        again.refresh()
        parent.children.remove(again)
        parent.add(subject)
        subject.apply()
        subject.delete()
    finally:
        with emulator.firewall.lock:
            emulator.firewall.revert()
    assert emulator.control.candidate() == before
