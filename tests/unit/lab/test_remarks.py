# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a configuration says and the data plane does not do is named, never dropped. Needs no data plane."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.translation import translate
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall

NETWORK, VSYS = "devices/entry/network", "devices/entry/vsys/entry"
GATEWAY, TUNNEL, ROUTER = f"{NETWORK}/ike/gateway/entry", f"{NETWORK}/tunnel/ipsec/entry", f"{NETWORK}/virtual-router/entry"

#: Where what is put, and what is said of it. The tunnel of the configuration is there in all of them, unless that is what is said.
REMARKS = {
    "IPv6 on an interface": (f"{NETWORK}/interface/tunnel/units/entry", "<ipv6><enabled>yes</enabled></ipv6>", "interface tunnel.7: IPv6 is not carried"),
    "an IPv6 route": (
        ROUTER, "<routing-table><ipv6><static-route><entry name='six'/></static-route></ipv6></routing-table>", "static route six: IPv6 is not carried"),
    "an IPv6 proxy ID": (f"{TUNNEL}/auto-key", "<proxy-id-v6><entry name='six'/></proxy-id-v6>", "IPv6 proxy IDs are not carried"),
    "a port in a proxy ID": (
        f"{TUNNEL}/auto-key", "<proxy-id><entry name='web'><protocol><tcp/></protocol></entry></proxy-id>", "proxy ID web is carried without its protocol"),
    "GRE": (TUNNEL, "<enable-gre-encapsulation>yes</enable-gre-encapsulation>", "transport mode and GRE are not done"),
    "NAT": (f"{VSYS}/rulebase", "<nat><rules><entry name='hide'/></rules></nat>", "NAT rule hide: addresses are not translated"),
    "another vsys": ("devices/entry/vsys", "<entry name='vsys2'/>", "vsys2: only vsys1 is real"),
    "another routing protocol": (ROUTER, "<protocol><ospf><enable>yes</enable></ospf></protocol>", "router default: ospf is not spoken"),
    "a next hop in another router": (
        f"{ROUTER}/routing-table/ip/static-route", "<entry name='over'><destination>10.9.0.0/16</destination><nexthop><next-vr>x</next-vr></nexthop></entry>",
        "static route over: of x it takes routes within 10.9.0.0/16 only"),
    "a next hop by its name": (
        f"{ROUTER}/routing-table/ip/static-route", "<entry name='named'><destination>10.9.0.0/16</destination><nexthop><fqdn>x.test</fqdn></nexthop></entry>",
        "static route named: next hop of kind fqdn"),
    "a route to nowhere": (
        f"{ROUTER}/routing-table/ip/static-route", "<entry name='lost'><destination>no-such-object</destination></entry>", "static route lost: no-such-object"),
}
#: What in the gateway is replaced, and why there is no tunnel then.
NO_TUNNEL = {
    "a certificate that is not there": (
        "authentication", "<authentication><certificate><local-certificate><name>fw</name></local-certificate></certificate></authentication>",
        "certificate fw is not there with its private key"),
    "an IPv6 peer": ("peer-address", "<peer-address><ip>2001:db8::1</ip></peer-address>", "only peers with an IPv4 address"),
    "a name that DNS does not know": ("peer-address", "<peer-address><fqdn>far.test</fqdn></peer-address>", "nobody knows an address of its peer far.test"),
    "a disabled gateway": ("comment", "<disabled>yes</disabled>", "its IKE gateway is disabled"),
}


@pytest.fixture(scope="module")
def base() -> ET.Element:
    return Firewall().running.root


def translated(root: ET.Element):
    return translate(root, reveal=lambda stored: "a.key")


@pytest.mark.parametrize("path, addition, said", REMARKS.values(), ids=REMARKS.keys())
def test_what_is_not_done_is_named(base, path, addition, said):
    before = translated(base)
    assert not any(said in remark for remark in before.remarks)
    root = copy.deepcopy(base)
    added = ET.fromstring(addition)
    place = root.find(path)
    there = place.find(added.tag) if added.tag != "entry" else None
    (place if there is None else there).extend([added] if there is None else list(added))
    after = translated(root)
    assert any(said in remark for remark in after.remarks), after.remarks
    assert [tunnel.name for tunnel in after.tunnels] == [tunnel.name for tunnel in before.tunnels] != []


@pytest.mark.parametrize("replaced, by, said", NO_TUNNEL.values(), ids=NO_TUNNEL.keys())
def test_why_a_tunnel_is_not_carried_is_named(base, replaced, by, said):
    root = copy.deepcopy(base)
    gateway = root.find(GATEWAY)
    gateway.remove(gateway.find(replaced))
    gateway.append(ET.fromstring(by))
    running = translated(root)
    assert running.tunnels == ()
    assert any(said in remark for remark in running.remarks), running.remarks


def test_a_path_is_back_only_after_its_hold_time():
    text = """<config><devices><entry name="localhost.localdomain"><network><virtual-router><entry name="default"><routing-table><ip><static-route>
      <entry name="watched"><destination>10.9.0.0/16</destination><nexthop><ip-address>192.0.2.1</ip-address></nexthop><path-monitor><enable>yes</enable>
      {hold}<monitor-destinations><entry name="a"><destination>192.0.2.9</destination></entry></monitor-destinations></path-monitor></entry>
      </static-route></ip></routing-table></entry></virtual-router></network></entry></devices></config>"""
    for hold, seconds in (("", 120), ("<hold-time>0</hold-time>", 0), ("<hold-time>3</hold-time>", 180)):
        (route,) = translate(ET.fromstring(text.format(hold=hold))).routes
        assert [probe.hold for probe in route.monitor.destinations] == [seconds]
