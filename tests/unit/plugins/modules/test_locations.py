# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same objects in every place that PAN-OS has for them: another virtual system, a template, a stack, the rules of a device group."""

from __future__ import annotations

import importlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door, parsed

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
INNER = "config/devices/entry[@name='localhost.localdomain']"
SKELETON = """<config><devices><entry name="localhost.localdomain"><network><virtual-router><entry name="default"/></virtual-router>{router}</network>
    <vsys><entry name="vsys1"/></vsys>{setting}</entry></devices></config><settings><default-vsys>vsys1</default-vsys></settings>"""
VARIABLES = "<variable>" + "".join(
    f'<entry name="${name}"><type><{kind}>None</{kind}></type></entry>' for name, kind in (
        ("inside", "ip-netmask"), ("peer", "ip-netmask"), ("peer-name", "fqdn"), ("outside", "interface"), ("outside-ip", "ip-netmask"),
        ("monitor", "ip-netmask"), ("our-id", "fqdn"), ("their-id", "fqdn"), ("as", "as-number"), ("peer-as", "as-number"), ("router-id", "ip-netmask"),
        ("site", "ip-netmask"))) + "</variable>"


def skeleton(advanced=False) -> str:
    router = '<logical-router><entry name="default"><vrf><entry name="default"/></vrf></entry></logical-router>' if advanced else ""
    setting = "<deviceconfig><setting><advance-routing>yes</advance-routing></setting></deviceconfig>" if advanced else ""
    return SKELETON.format(router=router, setting=setting)


def panorama(firewalls):
    """A Panorama with a template for each routing engine, a stack of each, and a device group."""
    found = firewalls(model="panorama", version="11.1.4")
    for name, advanced in (("sites", False), ("new-sites", True)):
        found.control.plant(f"{DEVICE}/template", f'<entry name="{name}">{skeleton(advanced)}{VARIABLES}</entry>')
        stack = SKELETON.format(router="", setting="")
        found.control.plant(f"{DEVICE}/template-stack",
                            f'<entry name="{name}-stack"><templates><member>{name}</member></templates>{stack}{VARIABLES}</entry>')
    found.control.plant(f"{DEVICE}/device-group", '<entry name="lyon"/>')
    return found


GATEWAY = {"name": "gw", "local_address": {"interface": "$outside", "ip": "$outside-ip"}, "peer_address": {"ip": "$peer"},
           "pre_shared_key": "a-key.of.the-tests", "local_id": {"type": "fqdn", "id": "$our-id"}, "peer_id": {"type": "fqdn", "id": "$their-id"}}
TUNNEL = {"name": "tunnel-to-lyon", "tunnel_interface": "tunnel.99", "ike_gateways": ["gw"], "tunnel_monitor": {"enable": True, "destination_ip": "$monitor"}}
ROUTER = {"virtual_router": "default"}
# What a template holds: (module, options, place below the template's device). The variables stand wherever PAN-OS has a kind of variable.
OBJECTS = (
    ("ike_crypto_profile", {"name": "strong"}, "network/ike/crypto-profiles/ike-crypto-profiles/entry[@name='strong']"),
    ("ipsec_crypto_profile", {"name": "strong", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}},
     "network/ike/crypto-profiles/ipsec-crypto-profiles/entry[@name='strong']"),
    ("monitor_profile", {"name": "fast", "interval": 2}, "network/profiles/monitor-profile/entry[@name='fast']"),
    ("zone_protection_profile", {"name": "vpn", "strict_ip_check": False}, "network/profiles/zone-protection-profile/entry[@name='vpn']"),
    ("zone", {"name": "vpn"}, "vsys/entry[@name='vsys1']/zone/entry[@name='vpn']"),
    ("tunnel_interface", {"name": "tunnel.99", "ip": ["$inside"], "zone": "vpn", "virtual_router": "default"},
     "network/interface/tunnel/units/entry[@name='tunnel.99']"),
    ("ike_gateway", GATEWAY, "network/ike/gateway/entry[@name='gw']"),
    ("ipsec_tunnel", TUNNEL, "network/tunnel/ipsec/entry[@name='tunnel-to-lyon']"),
    ("proxy_id", {"tunnel": "tunnel-to-lyon", "name": "lan", "local": "$site", "remote": "10.1.0.0/16"},
     "network/tunnel/ipsec/entry[@name='tunnel-to-lyon']/auto-key/proxy-id/entry[@name='lan']"),
    ("static_route", {**ROUTER, "name": "lyon", "destination": "$site", "nexthop": {"ip_address": "$peer"}},
     "network/{router}/routing-table/ip/static-route/entry[@name='lyon']"),
    ("bgp_instance", {**ROUTER, "router_id": "$router-id", "local_as": "$as"}, "network/{router}{bgp}"),
    ("bgp_redistribution", {**ROUTER, "name": "lan", "sources": ["connected"]}, "network/{router}{bgp}"),
    ("bgp_peer", {**ROUTER, "peer_group": "lyon", "name": "lyon", "peer_as": "$peer-as", "peer_address": {"ip": "$peer"},
                  "local_address": {"interface": "$outside"}}, "network/{router}{bgp}/peer-group/entry[@name='lyon']/peer/entry[@name='lyon']"),
)
ROUTERS = {
    "virtual": {"router": "virtual-router/entry[@name='default']", "bgp": "/protocol/bgp"},
    "logical": {"router": "logical-router/entry[@name='default']/vrf/entry[@name='default']", "bgp": "/bgp"},
}
PLACES = {
    "a template": ({"template": "sites"}, "template/entry[@name='sites']", "virtual"),
    "a template for logical routers": ({"template": "new-sites"}, "template/entry[@name='new-sites']", "logical"),
    "a stack": ({"template_stack": "sites-stack"}, "template-stack/entry[@name='sites-stack']", "virtual"),
    "a stack of a template for logical routers": ({"template_stack": "new-sites-stack"}, "template-stack/entry[@name='new-sites-stack']", "logical"),
}


def module(name):
    return importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{name}")


def identity_of(name, options) -> dict:
    keys = [key for key in ("virtual_router", "tunnel", "peer_group", "name") if key in options]
    return {key: options[key] for key in keys}


def live(door, objects, location, place):
    """Make each object, find it where it belongs, read it back, make it again; then take all of them away."""
    before = door.candidate()
    for name, options, where in objects:
        assert door.done({**options, **location}, module=module(name)).changed, name
        assert door.candidate(f"{place}/{where}") is not None, name
        assert all(xpath.startswith(place) for _action, xpath in door.writes()), name
        assert not door.done({**options, **location}, module=module(name)).changed, name
        told = door.done({**identity_of(name, options), **location}, module=module(name), state="gathered").values["gathered"][0]
        secret = ("pre_shared_key",)
        assert {key: told.get(key) for key in options if key not in secret} == {key: value for key, value in options.items() if key not in secret}
        assert not door.done({**told, **location}, module=module(name)).changed, name
    for name, options, _where in reversed(objects):
        assert door.done({**identity_of(name, options), **location}, module=module(name), state="absent").changed, name
    assert door.candidate() == before


@pytest.mark.parametrize("location, place, engine", PLACES.values(), ids=PLACES.keys())
def test_a_vpn_in_a_template_with_variables(firewalls, location, place, engine):
    door = Door(module("zone"), panorama(firewalls))
    if "template_stack" in location:
        routers = '<virtual-router><entry name="default"/></virtual-router>'
        if engine == "logical":
            routers += '<logical-router><entry name="default"><vrf><entry name="default"/></vrf></entry></logical-router>'
        door.control.plant(f"{DEVICE}/{place}/{INNER}/network", routers)
    objects = [(name, options, where.format(**ROUTERS[engine])) for name, options, where in OBJECTS]
    live(door, objects, location, f"{DEVICE}/{place}/{INNER}")


RULE = {"name": "to lyon", "from": ["trust"], "to": ["vpn"], "action": "allow"}
FAILOVER = {"name": "lyon", "from": {"zone": ["trust"]}, "paths": [{"egress_interface": "tunnel.99", "nexthop": {"ip_address": "169.254.7.1"}}]}
RULES = {
    "before the rules of the firewalls": ({"device_group": "lyon"}, f"{DEVICE}/device-group/entry[@name='lyon']/pre-rulebase"),
    "after them": ({"device_group": "lyon", "rulebase": "post-rulebase"}, f"{DEVICE}/device-group/entry[@name='lyon']/post-rulebase"),
    "for all firewalls": ({"device_group": "shared"}, "/config/shared/pre-rulebase"),
    "for all firewalls, after theirs": ({"device_group": "shared", "rulebase": "post-rulebase"}, "/config/shared/post-rulebase"),
}


@pytest.mark.parametrize("location, place", RULES.values(), ids=RULES.keys())
def test_rules_of_a_device_group(firewalls, location, place):
    door = Door(module("security_rule"), panorama(firewalls))
    objects = (("security_rule", RULE, "security/rules/entry[@name='to lyon']"), ("pbf_failover", FAILOVER, "pbf/rules/entry[@name='lyon-1']"))
    live(door, objects, location, place)


@pytest.mark.parametrize("location, place", RULES.values(), ids=RULES.keys())
def test_rules_of_a_device_group_keep_their_order(firewalls, location, place):
    door = Door(module("security_rule"), panorama(firewalls))
    there = door.control.candidate(f"{place}/security/rules")
    door.done({**RULE, **location})
    door.done({**RULE, "name": "to paris", "position": "before", "position_rule": "to lyon", **location})
    second = {"egress_interface": "tunnel.98", "nexthop": {"ip_address": "169.254.8.1"}}
    door.done({**FAILOVER, "paths": FAILOVER["paths"] + [second], **location}, module=module("pbf_failover"))
    names = [name for name in ("to paris", "to lyon") if f'name="{name}"' not in there]
    rules = door.control.candidate(f"{place}/security/rules")
    assert [rules.index(f'name="{name}"') for name in names] == sorted(rules.index(f'name="{name}"') for name in names)
    forwarding = door.control.candidate(f"{place}/pbf/rules")
    assert forwarding.index('name="lyon-1"') < forwarding.index('name="lyon-2"')


# On a firewall with several virtual systems.


def second_vsys(firewalls):
    found = firewalls(version="11.1.4")
    found.control.plant(f"{DEVICE}/vsys", '<entry name="vsys2"><import><network><interface/></network></import>'
                        '<zone><entry name="trust"><network><layer3/></network></entry></zone></entry>')
    return found


@pytest.fixture
def several_vsys(monkeypatch):
    """The emulator's firewalls say that they have one virtual system; these say several."""
    from dataclasses import replace

    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session

    of_one = Session.platform
    monkeypatch.setattr(Session, "platform", lambda session: replace(of_one(session), multi_vsys=True))


@pytest.mark.usefixtures("several_vsys")
def test_objects_of_the_second_virtual_system(firewalls):
    door = Door(module("zone"), second_vsys(firewalls))
    door.control.plant(f"{DEVICE}/network/interface/tunnel/units", '<entry name="tunnel.99"/>')
    location, place = {"vsys": "vsys2"}, f"{DEVICE}/vsys/entry[@name='vsys2']"
    objects = (("zone", {"name": "vpn"}, "zone/entry[@name='vpn']"), ("security_rule", RULE, "rulebase/security/rules/entry[@name='to lyon']"),
               ("pbf_failover", FAILOVER, "rulebase/pbf/rules/entry[@name='lyon-1']"))
    live(door, objects, location, place)


@pytest.mark.usefixtures("several_vsys")
def test_an_interface_goes_to_the_second_virtual_system(firewalls):
    door = Door(module("tunnel_interface"), second_vsys(firewalls))
    before = door.candidate()
    door.done({"name": "vpn", "vsys": "vsys2"}, module=module("zone"))
    options = {"name": "tunnel.99", "zone": "vpn", "virtual_router": "default", "vsys": "vsys2"}
    assert door.done(options).changed
    assert not door.done(options).changed
    vsys = f"{DEVICE}/vsys/entry[@name='vsys2']"
    assert door.candidate(f"{vsys}/import/network/interface") == parsed("<interface><member>tunnel.99</member></interface>")
    assert door.candidate(f"{vsys}/zone/entry[@name='vpn']/network/layer3") == parsed("<layer3><member>tunnel.99</member></layer3>")
    assert "tunnel.99" not in door.control.candidate(f"{DEVICE}/vsys/entry[@name='vsys1']")
    assert door.done({"name": "tunnel.99", "vsys": "vsys2"}, state="gathered").values["gathered"][0]["zone"] == "vpn"
    door.done({"name": "tunnel.99", "vsys": "vsys2"}, state="absent")
    door.done({"name": "vpn", "vsys": "vsys2"}, module=module("zone"), state="absent")
    assert door.candidate() == before


WRONG_PLACES = {
    "a second virtual system on a firewall with one": ("zone", {"name": "vpn", "vsys": "vsys2"}, ("no 'vsys2'",)),
    "a template and a stack": ("zone", {"name": "vpn", "template": "a", "template_stack": "b"}, ("template_stack", "exclude")),
    "a template that is not there": ("zone", {"name": "vpn", "template": "sties"}, ("sties",)),
    "a stack that is not there": ("ike_crypto_profile", {"name": "strong", "template_stack": "sties"}, ("sties",)),
    "a device group that is not there": ("security_rule", {**RULE, "device_group": "lyno"}, ("lyno",)),
}


@pytest.mark.parametrize("name, options, words", WRONG_PLACES.values(), ids=WRONG_PLACES.keys())
def test_a_place_that_is_not_there_is_refused(firewalls, name, options, words):
    on_panorama = any(key in options for key in ("template", "template_stack", "device_group"))
    Door(module(name), panorama(firewalls) if on_panorama else firewalls()).refused(options, *words)


def test_a_variable_has_a_name(firewalls):
    door = Door(module("ike_gateway"), panorama(firewalls))
    long = {**GATEWAY, "peer_address": {"ip": "$" + "x" * 63}, "template": "sites"}
    door.refused(long, "peer_address.ip", "64 characters")
    door.refused({**GATEWAY, "version": "$version", "template": "sites"}, "version")


@pytest.mark.parametrize("option", ["mtu", "bonjour"])
def test_numbers_stay_numbers(firewalls, option):
    value = "$mtu" if option == "mtu" else {"group_id": "$group"}
    Door(module("tunnel_interface"), panorama(firewalls)).refused({"name": "tunnel.99", option: value, "template": "sites"}, option)
