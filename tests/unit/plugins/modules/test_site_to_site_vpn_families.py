# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPNs of IPv6, outside and inside, on a whole firewall: committed, unchanged in a second run, and gone without a trace."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, VSYS, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import BGP_PLACES, ENGINES, VpnDoor, changed_tunnels, options

OUTSIDE = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3"
V6 = "<ipv6><enabled>yes</enabled><address><entry name='2001:db8:5::5/64'/></address></ipv6>"
NETWORKS = {"local_networks": ["2001:db8:10::/64"], "remote_networks": ["2001:db8:f000::/56"]}
BOTH = {"local_networks": ["10.10.0.0/24", "2001:db8:10::/64"], "remote_networks": ["10.200.0.0/16", "2001:db8:f000::/56"]}


def tunnels(outside: bool, inside: bool) -> list:
    """Of a connection whose endpoints have IPv6 addresses, and that carries IPv6."""
    changes = []
    for number in (1, 2):
        change: dict = {"cloud": None}
        if outside:
            change.update(outside_address=f"2001:db8:aa::{number}", customer_outside_address="2001:db8:5::5")
        if inside:
            change.update(inside_ipv6_cidr=f"fd00:77:{number}::/126", inside_ipv6_address=f"fd00:77:{number}::2",
                          inside_ipv6_peer_address=f"fd00:77:{number}::1", traffic_selectors={"local": "::/0", "remote": "::/0"})
        changes.append(change)
    return changed_tunnels("bgp", *changes)


def asked(outside: bool, inside: str, failover: str) -> dict:
    found = tunnels(outside, inside == "6")
    more = {"6": NETWORKS, "4+6": BOTH, "4": {}}[inside]
    if inside == "4+6":
        found = [{option: value for option, value in tunnel.items() if option != "traffic_selectors"} for tunnel in found]
    return options("bgp", failover=failover, tunnels=found[:1] if failover == "routes" else found, **more)


CASES = [(outside, inside, failover) for outside in (False, True) for inside in ("4", "6") for failover in ("pbf", "bgp", "routes")
         if outside or inside == "6"] + [(True, "4+6", "routes"), (False, "4+6", "routes")]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("outside, inside, failover", CASES, ids=[f"{'v6' if out else 'v4'}-{inside}-{failover}" for out, inside, failover in CASES])
def test_made_committed_unchanged_removed(firewalls, engine, outside, inside, failover):
    door = VpnDoor(firewalls(engine=engine))
    if outside:
        door.control.plant(OUTSIDE, V6)
    start, wanted = door.candidate(), asked(outside, inside, failover)
    door.committed(wanted)
    assert parsed(door.control.running()) == door.candidate()
    again = door.done(wanted)
    assert (again.changed, again.diff) == (False, {})
    door.committed({"name": wanted["name"], "state": "absent"})
    assert door.candidate() == start


@pytest.mark.parametrize("engine", ENGINES)
def test_the_session_and_the_rule_inside_are_of_ipv6(firewalls, engine):
    door = VpnDoor(firewalls(engine=engine))
    wanted = asked(False, "6", "bgp")
    door.committed(wanted)
    name = wanted["name"]
    peer = f"{BGP_PLACES[engine]}/peer-group/entry[@name='{name}']/peer/entry[@name='{name}-1']"
    assert door.text(f"{peer}/peer-address/ip") == "fd00:77:1::1"
    assert door.text(f"{peer}/local-address/ip") == "fd00:77:1::2/126"
    if engine == "virtual-router":
        assert (door.text(f"{peer}/enable-mp-bgp"), door.text(f"{peer}/address-family-identifier")) == ("yes", "ipv6")
    else:
        group = f"{BGP_PLACES[engine]}/peer-group/entry[@name='{name}']"
        assert (door.text(f"{group}/address-family/ipv6"), door.text(f"{group}/filtering-profile/ipv6")) == (name, name)
        listed = f"{NETWORK}/routing-profile/filters/prefix-list/entry[@name='{name}-out']/type/ipv6/ipv6-entry/entry[@name='10']/prefix/entry/network"
        assert door.text(listed) == "2001:db8:10::/64"
    applications = f"{VSYS}/rulebase/security/rules/entry[@name='{name}-inside']/application"
    assert door.stands(applications, "<application><member>bgp</member><member>ping</member><member>ping6</member></application>")


@pytest.mark.parametrize("content, given", [
    ("<dhcp-client/>", "203.0.113.77/24"), ("<pppoe><enable>yes</enable></pppoe>", "203.0.113.77/32"), ("", None)], ids=["DHCP", "PPPoE", "no address"])
def test_a_router_id_where_no_address_is_written_down(firewalls, content, given):
    """Taken from what an interface was given, else from inside a tunnel."""
    door = VpnDoor(firewalls())
    members = f"{ROUTERS['virtual-router']}/interface"
    for name in ("ethernet1/2", "ethernet1/7", "ethernet1/8", "ae1.10"):
        door.control.edit_as("janitor", "delete", f"{members}/member[text()='{name}']")
    door.control.plant(f"{NETWORK}/interface/ethernet", f"<entry name='ethernet1/3'><layer3>{content}{V6 if given is None else ''}</layer3></entry>")
    door.control.plant(members, "<member>ethernet1/3</member>")
    door.control.plant(f"{VSYS}/zone/entry[@name='untrust']/network/layer3", "<member>ethernet1/3</member>")
    if given:
        door.control.set_interface_address("ethernet1/3", given)
    found = tunnels(given is None, False)
    expected = given.split("/")[0] if given else "2001:db8:5::5"
    wanted = options("bgp", outside_interface="ethernet1/3", tunnels=[{**tunnel, "customer_outside_address": expected} for tunnel in found])
    door.done(wanted)
    assert door.text(f"{BGP_PLACES['virtual-router']}/router-id") == (given.split("/")[0] if given else found[0]["inside_address"])
    assert not door.done(wanted).changed


def test_an_address_object_on_the_outside_interface_is_what_it_stands_for(firewalls):
    door = VpnDoor(firewalls())
    door.control.edit_as("janitor", "delete", f"{OUTSIDE}/ip/entry[@name='198.51.100.10/24']")
    door.control.plant("/config/shared/address", "<entry name='line-a'><ip-netmask>198.51.100.10/24</ip-netmask></entry>")
    door.control.plant(f"{OUTSIDE}/ip", "<entry name='line-a'/>")
    result = door.done(options())
    assert [(tunnel["nat"], tunnel["mtu"], tunnel["local_address"]) for tunnel in result.values["vpn"]["tunnels"]] == [(False, 1446, "198.51.100.10")] * 2
    gateway = f"{NETWORK}/ike/gateway/entry[@name='{options()['name']}-1']"
    assert door.text(f"{gateway}/local-address/ip") == "line-a" and door.text(f"{gateway}/local-id/id") == ""
    assert not door.done(options(local_address="198.51.100.10")).changed


def test_a_floating_address_of_an_active_active_pair(firewalls):
    door = VpnDoor(firewalls())
    door.control.plant(
        "/config/devices/entry[@name='localhost.localdomain']/deviceconfig/high-availability/group/mode/active-active/virtual-address",
        "<entry name='ethernet1/8'><ip><entry name='198.51.100.77'><floating/></entry></ip></entry>")
    wanted = options(tunnels=changed_tunnels("pbf", *[{"customer_outside_address": "198.51.100.77"}] * 2))
    result = door.done(wanted)
    gateway = f"{NETWORK}/ike/gateway/entry[@name='{wanted['name']}-1']"
    assert (door.text(f"{gateway}/local-address/floating-ip"), door.text(f"{gateway}/local-address/ip")) == ("198.51.100.77", "")
    assert [tunnel["nat"] for tunnel in result.values["vpn"]["tunnels"]] == [False, False]
