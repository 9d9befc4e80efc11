# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What other people's software and data found the emulator to accept though a real firewall refuses it, and to refuse though one accepts it.

By raw requests, on each version. A row says where a value is set, what is set, and when it is refused: with the request ("set") or by the commit.
"""

from __future__ import annotations

import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

VERSIONS = ("10.1.9", "11.1.4", "12.1.2")
DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
NETWORK = f"{DEVICE}/network"
VSYS = f"{DEVICE}/vsys/entry[@name='vsys1']"
GATEWAY = f"{NETWORK}/ike/gateway/entry[@name='branch-7']"
TUNNEL = f"{NETWORK}/tunnel/ipsec/entry[@name='branch-7']"
ROUTER = f"{NETWORK}/virtual-router/entry[@name='default']"
ROUTE = f"{ROUTER}/routing-table/ip/static-route/entry[@name='probe']"
BGP = f"{ROUTER}/protocol/bgp"
PEER = f"{BGP}/peer-group/entry[@name='g']/peer/entry[@name='p']"
UNIT = f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.7']"
PBF = f"{VSYS}/rulebase/pbf/rules/entry[@name='probe']"
RULE = f"{VSYS}/rulebase/security/rules/entry[@name='probe']"
ADDRESS = f"{VSYS}/address/entry[@name='there']"

OUTSIDE = "ethernet1/8"
THROUGH = "<interface>tunnel.7</interface>"


def forward(inner: str) -> str:
    return ("<from><zone><member>trust</member></zone></from><source><member>any</member></source><destination><member>any</member></destination>"
            f"<action><forward><egress-interface>tunnel.7</egress-interface>{inner}</forward></action>")


def neighbour(peer_as: str = "64512", address: str = "169.254.7.1", local: str = "") -> str:
    return f"<peer-as>{peer_as}</peer-as><peer-address><ip>{address}</ip></peer-address>{local}"


def proxies(*names: str, local: str = "10.0.0.0/24", remote: str = "10.1.0.0/24") -> str:
    return "".join(f"<entry name='{name}'><local>{local}</local><remote>{remote}</remote></entry>" for name in names)


def monitored(inner: str) -> str:
    return f"<destination>10.9.0.0/16</destination>{THROUGH}<path-monitor><enable>yes</enable>{inner}</path-monitor>"


def rule(application: str = "any", more: str = "") -> str:
    anything = "".join(f"<{tag}><member>any</member></{tag}>" for tag in ("from", "to", "source", "destination", "service"))
    return f"{anything}<application><member>{application}</member></application><action>allow</action>{more}"


def watched(source: str) -> str:
    return monitored(f"<monitor-destinations><entry name='m'><source>{source}</source><destination>192.0.2.1</destination></entry></monitor-destinations>")


REFUSED = {
    # A literal of the right form, else a template variable, else the name of an address object.
    "route to a prefix that cannot be": (ROUTE, f"<destination>10.9.0.0/40</destination>{THROUGH}", "set"),
    "route to a host in a network": (ROUTE, f"<destination>10.9.0.1/16</destination>{THROUGH}", "commit"),
    "route to no object": (ROUTE, f"<destination>nosuch</destination>{THROUGH}", "commit"),
    "route by a next hop that is none": (ROUTE, "<destination>10.9.0.0/16</destination><nexthop><ip-address>abc</ip-address></nexthop>", "commit"),
    "route by a next hop with a length": (ROUTE, "<destination>10.9.0.0/16</destination><nexthop><ip-address>10.0.0.1/24</ip-address></nexthop>", "commit"),
    "gateway to no address": (f"{GATEWAY}/peer-address", "<ip>not an ip</ip>", "commit"),
    "interface address that is none": (f"{UNIT}/ip", "<entry name='300.1.1.1/30'/>", "commit"),
    "proxy ID for no network": (f"{TUNNEL}/auto-key/proxy-id", proxies("p", local="hello"), "commit"),
    "proxy ID for a prefix that cannot be": (f"{TUNNEL}/auto-key/proxy-id", proxies("p", remote="10.0.0.1/33"), "set"),
    "PBF by a next hop that is none": (PBF, forward("<nexthop><ip-address>zz</ip-address></nexthop>"), "commit"),
    "BGP peer in an AS in words": (PEER, neighbour("sixty"), "set"),
    "BGP peer to no address": (PEER, neighbour(address="nobody"), "commit"),
    "BGP in an AS of five bytes": (BGP, "<local-as>99999999999</local-as>", "set"),
    "BGP of two bytes in an AS of four": (
        BGP, "<local-as>4200000000</local-as><routing-options><as-format>2-byte</as-format></routing-options>", "commit"),
    "path monitor from elsewhere": (ROUTE, watched("1.2.3.4/32"), "commit"),
    "path monitor of nothing": (ROUTE, monitored(""), "commit"),
    "monitored address with a length": (f"{TUNNEL}/tunnel-monitor", "<destination-ip>10.255.7.2/30</destination-ip>", "set"),
    "router ID with a length": (BGP, "<router-id>1.1.1.1/32</router-id>", "set"),
    "router ID of version 6": (BGP, "<router-id>2001:db8::1</router-id>", "set"),
    # An address of the interface beside it, mask included.
    "gateway from an address of nobody": (f"{GATEWAY}/local-address", "<ip>9.9.9.9/32</ip>", "commit"),
    "gateway from an address with another mask": (f"{GATEWAY}/local-address", "<ip>198.51.100.10/25</ip>", "commit"),
    "gateway from an address without mask": (f"{GATEWAY}/local-address", "<ip>198.51.100.10</ip>", "commit"),
    "BGP peer from an address of nobody": (
        PEER, neighbour(local="<local-address><interface>tunnel.7</interface><ip>9.9.9.9/30</ip></local-address>"), "commit"),
    # One family each.
    "gateway between two families": (f"{GATEWAY}/peer-address", "<ip>2001:db8::1</ip>", "commit"),
    "BGP peer between two families": (
        PEER, neighbour(address="fd00::1", local="<local-address><interface>tunnel.7</interface><ip>10.255.7.1/30</ip></local-address>"), "commit"),
    "BGP peer of a family that its interface has not": (
        PEER, neighbour(address="fd00::1", local="<local-address><interface>tunnel.7</interface></local-address>"), "commit"),
    "IPv6 route among those of IPv4": (ROUTE, f"<destination>2001:db8::/32</destination>{THROUGH}", "commit"),
    "IPv6 interface address among those of IPv4": (f"{UNIT}/ip", "<entry name='2001:db8::1/64'/>", "commit"),
    "IPv6 proxy ID among those of IPv4": (f"{TUNNEL}/auto-key/proxy-id", proxies("p", local="2001:db8::/32", remote="2001:db8::/32"), "commit"),
    # Between the fields of an object.
    "how a peer's identity is matched, without one": (f"{GATEWAY}/peer-id", "<matching>exact</matching>", "commit"),
    "identity without a value": (f"{GATEWAY}/local-id", "<type>fqdn</type>", "commit"),
    "identity by an address that is none": (f"{GATEWAY}/local-id", "<type>ipaddr</type><id>hello</id>", "commit"),
    "operational name that is too long": (f"{NETWORK}/tunnel/ipsec/entry[@name='{'t' * 40}']", (
        "<tunnel-interface>tunnel.7</tunnel-interface><auto-key><ike-gateway><entry name='branch-7'/></ike-gateway>"
        f"<proxy-id>{proxies('p' * 40)}</proxy-id></auto-key>"), "commit"),
    "251 proxy IDs": (f"{TUNNEL}/auto-key/proxy-id", proxies(*(f"p{number}" for number in range(251))), "commit"),
    "PBF with a monitor of nothing": (PBF, forward("<monitor><profile>default</profile></monitor>"), "commit"),
    "rule with a log profile that is not there": (RULE, rule(more="<log-setting>nosuch</log-setting>"), "commit"),
    "rule with a profile group that is not there": (
        RULE, rule(more="<profile-setting><group><member>nosuch</member></group></profile-setting>"), "commit"),
    "rule with a profile that is not there": (
        RULE, rule(more="<profile-setting><profiles><virus><member>strict</member></virus></profiles></profile-setting>"), "commit"),
    "rule for an application that is not there": (RULE, rule("ipsec_esp"), "commit"),
    "PBF for an application that is not there": (PBF, f"{forward('')}<application><member>nosuchapp</member></application>", "commit"),
    "group of an application that is not there": (f"{VSYS}/application-group/entry[@name='g']", "<members><member>nosuchapp</member></members>", "commit"),
    "service without a protocol": (f"{VSYS}/service/entry[@name='s']", "<description>x</description>", "commit"),
    "service without a port": (f"{VSYS}/service/entry[@name='s']", "<protocol><tcp/></protocol>", "commit"),
    "tunnel through a port": (TUNNEL, "<tunnel-interface>ethernet1/1</tunnel-interface>", "commit"),
    "gateway on a tunnel": (f"{GATEWAY}/local-address", "<interface>tunnel.7</interface>", "commit"),
}


@pytest.fixture(params=VERSIONS)
def firewall(request):
    with Emulator(version=request.param) as emulator:
        emulator.control.commit_duration(0.01)
        yield emulator


@pytest.mark.parametrize("xpath, element, when", REFUSED.values(), ids=REFUSED.keys())
def test_refused(firewall, client, xpath, element, when):
    before = firewall.control.running()
    reply = client.set(xpath, element)
    if when == "set":
        assert reply.verdict == ("error", "12")
        assert firewall.control.candidate() == before
        return
    assert reply.verdict == ("success", "20"), reply.text
    job = client.commit()
    assert job.findtext("result") == "FAIL"
    assert "is invalid" in "".join(job.find("details").itertext())
    assert firewall.control.running() == before


ACCEPTED = {
    "route to a network": (ROUTE, f"<destination>10.9.0.0/16</destination>{THROUGH}"),
    "route to a host": (ROUTE, f"<destination>10.9.0.1</destination>{THROUGH}"),
    "route to an address object": (ROUTE, f"<destination>there</destination>{THROUGH}"),
    "route by an address object": (ROUTE, "<destination>10.9.0.0/16</destination><nexthop><ip-address>there</ip-address></nexthop>"),
    "route to a template variable": (ROUTE, f"<destination>$far</destination>{THROUGH}"),
    "gateway to an address object": (f"{GATEWAY}/peer-address", "<ip>there</ip>"),
    "gateway from the interface's address": (f"{GATEWAY}/local-address", "<ip>198.51.100.10/24</ip>"),
    "interface address by an object": (f"{UNIT}/ip", "<entry name='there'/>"),
    "proxy ID for a host": (f"{TUNNEL}/auto-key/proxy-id", proxies("p", local="10.0.0.7")),
    "250 proxy IDs": (f"{TUNNEL}/auto-key/proxy-id", proxies(*(f"p{number}" for number in range(250)))),
    "PBF with a monitor of its next hop": (PBF, forward("<nexthop><ip-address>10.0.0.1</ip-address></nexthop><monitor><profile>default</profile></monitor>")),
    "BGP of four bytes": (BGP, "<local-as>4200000000</local-as><routing-options><as-format>4-byte</as-format></routing-options>"),
    "AS with a dot": (PEER, neighbour("1.10").replace("1.10", "0.64512")),
    "identity by an address": (f"{GATEWAY}/local-id", "<type>ipaddr</type><id>198.51.100.10</id>"),
    "rule with a profile that comes with PAN-OS": (
        RULE, rule(more="<profile-setting><profiles><spyware><member>strict</member></spyware></profiles></profile-setting>")),
    **{f"rule for {name}": (RULE, rule(name)) for name in ("ike", "ipsec-esp", "ipsec-esp-udp", "ping", "bgp", "own-application", "own-group", "own-filter")},
    "path monitor from the leased address": (ROUTE, watched("DHCP")),
}


@pytest.mark.parametrize("xpath, element", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(firewall, client, xpath, element):
    client.set(ADDRESS, "<ip-netmask>10.0.0.1</ip-netmask>")
    if "own-" in element:
        client.set(f"{VSYS}/application/entry[@name='own-application']", "<category>networking</category>")
        client.set(f"{VSYS}/application-group/entry[@name='own-group']", "<members><member>own-application</member><member>ssl</member></members>")
        client.set(f"{VSYS}/application-filter/entry[@name='own-filter']", "<category><member>networking</member></category>")
    assert client.set(xpath, element).verdict == ("success", "20")
    job = client.commit()
    assert job.findtext("result") == "OK", "".join(job.itertext())


@pytest.mark.parametrize("kind, content", [
    ("address", "<fqdn>vpn.example.net</fqdn>"), ("address-group", "<static><member>there</member></static>"), ("region", ""),
])
def test_where_an_address_stands_an_object_must_have_one(firewall, client, kind, content):
    client.set(ADDRESS, "<ip-netmask>10.0.0.1</ip-netmask>")
    client.set(f"{VSYS}/{kind}/entry[@name='other']", content or "<latitude>1</latitude>")
    client.set(f"{GATEWAY}/peer-address", "<ip>other</ip>")
    assert client.commit().findtext("result") == "FAIL"


def test_an_address_object_that_a_network_object_names_stays(firewall, client):
    client.set(ADDRESS, "<ip-netmask>10.0.0.1</ip-netmask>")
    client.set(f"{GATEWAY}/peer-address", "<ip>there</ip>")
    assert client.delete(ADDRESS).code == "10"
    assert client.call(type="config", action="rename", xpath=ADDRESS, newname="here").code == "20"
    assert client.get(f"{GATEWAY}/peer-address/ip").root.findtext("result/ip") == "here"


# The import list of a vsys, which anybody could empty.

INTERFACES = f"{VSYS}/import/network/interface"


@pytest.mark.parametrize("xpath", [f"{INTERFACES}/member[text()='{OUTSIDE}']", INTERFACES, f"{VSYS}/import/network", f"{VSYS}/import"])
def test_an_interface_in_a_zone_stays_imported(firewall, client, xpath):
    before = firewall.control.candidate()
    reply = client.delete(xpath)
    assert reply.code == "10"
    assert "zone -> " in reply.message
    assert firewall.control.candidate() == before


def test_an_edit_that_empties_the_import_list_is_not_committed(firewall, client):
    client.edit(INTERFACES, "<interface><member>tunnel.7</member></interface>")
    job = client.commit()
    assert job.findtext("result") == "FAIL"
    assert "not a valid reference" in "".join(job.itertext())


def test_an_interface_in_no_zone_leaves_the_import_list(firewall, client):
    client.set(f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.70']", "<mtu>1400</mtu>")
    client.set(INTERFACES, "<member>tunnel.70</member>")
    assert client.delete(f"{INTERFACES}/member[text()='tunnel.70']").code == "20"
    assert client.commit().findtext("result") == "OK"


def test_an_imported_router_stays(firewall, client):
    client.set(f"{NETWORK}/virtual-router/entry[@name='second']", "<interface/>")
    client.set(f"{VSYS}/import/network/virtual-router", "<member>second</member>")
    assert client.delete(f"{NETWORK}/virtual-router/entry[@name='second']").code == "10"
    client.set(f"{VSYS}/import/network/virtual-router", "<member>nosuch</member>")
    assert client.commit().findtext("result") == "FAIL"


@pytest.mark.parametrize("name, result", [("panw-highrisk-ip-list", "OK"), ("panw-known-ip-list", "OK"), ("panw-bulletproof-ip-list", "OK"),
                                          ("panw-torexit-ip-list", "OK"), ("panw-nosuch-ip-list", "FAIL")])
def test_built_in_lists(firewall, client, name, result):
    any_member = "".join(f"<{tag}><member>any</member></{tag}>" for tag in ("from", "to", "destination", "application", "service"))
    client.set(RULE, f"{any_member}<source><member>{name}</member></source><action>deny</action>")
    assert client.commit().findtext("result") == result


# What a device's configuration does not have, by its model.

NOWHERE = {
    "misspelt gateway": (f"{NETWORK}/ike/gateways/entry[@name='x']", "<comment>x</comment>"),
    "misspelt monitor profile": (f"{NETWORK}/profiles/monitor-profiles/entry[@name='x']", "<interval>3</interval>"),
    "misspelt zone": (f"{VSYS}/zones/entry[@name='x']", "<network/>"),
    "misspelt rulebase": (f"{VSYS}/rulebase/pbr/rules/entry[@name='x']", "<description>x</description>"),
    "network of no kind": (f"{NETWORK}/bogus", "<x/>"),
    "setting of no kind": (f"{DEVICE}/deviceconfig/setting/nonsense", "<x/>"),
    "interface setting of no kind": (f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/1']/layer3/bogus", "<x/>"),
    "another device": ("/config/devices/entry[@name='other']/network/ike/gateway/entry[@name='x']", "<comment>x</comment>"),
    "a template on a firewall": (f"{DEVICE}/template/entry[@name='t']", "<description>x</description>"),
    "a device group on a firewall": (f"{DEVICE}/device-group/entry[@name='g']", "<description>x</description>"),
    "shared rules on a firewall": ("/config/shared/pre-rulebase/security/rules/entry[@name='r']", "<description>x</description>"),
    "pushed rules in a vsys": (f"{VSYS}/pre-rulebase/security/rules/entry[@name='r']", "<description>x</description>"),
}
BELOW = {
    "NAT rule": (f"{VSYS}/rulebase/nat/rules/entry[@name='n']", "<bogus/>"),
    "network": (NETWORK, "<bogus/>"),
    "port": (f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/1']", "<layer3><bogus/></layer3>"),
}


@pytest.mark.parametrize("xpath, element", NOWHERE.values(), ids=NOWHERE.keys())
def test_no_such_place(firewall, client, xpath, element):
    before = firewall.control.candidate()
    reply = client.set(xpath, element)
    assert reply.status == "error" and reply.code in ("12", "13"), reply.text
    assert firewall.control.candidate() == before


@pytest.mark.parametrize("xpath, element", BELOW.values(), ids=BELOW.keys())
def test_no_such_element(client, xpath, element):
    assert client.set(xpath, element).verdict == ("error", "12")


TEMPLATE = f"{DEVICE}/template/entry[@name='t']/config/devices/entry[@name='localhost.localdomain']"
GROUP = f"{DEVICE}/device-group/entry[@name='g']"
A_RULE = "<description>x</description>"
#: (xpath, element, whether a Panorama has such a place).
OF_A_PANORAMA = {
    "gateway of its own": (GATEWAY, "<comment>x</comment>", False),
    "port of its own": (f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/1']", "<comment>x</comment>", False),
    "zone of its own": (f"{VSYS}/zone/entry[@name='z']", "<network/>", False),
    "rules of its own": (RULE, A_RULE, False),
    "gateway in a template": (f"{TEMPLATE}/network/ike/gateway/entry[@name='x']", "<comment>x</comment>", True),
    "zone in a template": (f"{TEMPLATE}/vsys/entry[@name='vsys1']/zone/entry[@name='z']", "<network/>", True),
    "PBF in a template": (f"{TEMPLATE}/vsys/entry[@name='vsys1']/rulebase/pbf/rules/entry[@name='r']", A_RULE, False),
    "address in a template": (f"{TEMPLATE}/vsys/entry[@name='vsys1']/address/entry[@name='a']", "<fqdn>x</fqdn>", False),
    "rules in a device group": (f"{GROUP}/pre-rulebase/pbf/rules/entry[@name='r']", A_RULE, True),
    "address in a device group": (f"{GROUP}/address/entry[@name='a']", "<fqdn>x</fqdn>", True),
    "shared rules": ("/config/shared/pre-rulebase/security/rules/entry[@name='r']", A_RULE, True),
    "zone in a device group": (f"{GROUP}/zone/entry[@name='z']", "<network/>", False),
    "network in a device group": (f"{GROUP}/network/ike/gateway/entry[@name='x']", "<comment>x</comment>", False),
    "a firewall's rules in a device group": (f"{GROUP}/rulebase/security/rules/entry[@name='r']", A_RULE, False),
}


@pytest.mark.parametrize("xpath, element, there", OF_A_PANORAMA.values(), ids=OF_A_PANORAMA.keys())
def test_places_of_a_panorama(client_of, xpath, element, there):
    with Emulator(model="panorama") as panorama:
        client = client_of(panorama)
        reply = client.set(xpath, element)
        assert (reply.code == "20") is there, reply.text
        assert there or reply.code in ("12", "13")


PORT = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/1']/layer3"
PROFILES = f"{NETWORK}/routing-profile"
REDISTRIBUTION = f"{PROFILES}/filters/route-maps/redistribution/redist-entry/entry[@name='r']"
#: Of the vendor's published schema. (xpath, element, from which release on.)
PUBLISHED = {
    **{f"security rule's {tag}": (f"{RULE}/{tag}", "<member>1</member>", "10.1") for tag in ("source-imsi", "source-imei", "source-nw-slice")},
    "net inspection": (f"{NETWORK}/profiles/zone-protection-profile/entry[@name='z']/net-inspection", "<x/>", "11.1"),
    "SD-WAN gateway of a port": (f"{PORT}/ip/entry[@name='10.10.0.1/24']", "<sdwan-gateway>10.10.0.2</sdwan-gateway>", "10.1"),
    "SD-WAN gateway of a subinterface": (
        f"{PORT}/units/entry[@name='ethernet1/1.7']/ip/entry[@name='10.10.7.1/24']", "<sdwan-gateway>10.10.7.2</sdwan-gateway>", "10.1"),
    "SD-WAN gateway of an aggregate": (
        f"{NETWORK}/interface/aggregate-ethernet/entry[@name='ae5']/layer3/ip/entry[@name='10.10.5.1/24']", "<sdwan-gateway>10.10.5.2</sdwan-gateway>", "10.1"),
    "subinterface with a long comment": (f"{PORT}/units/entry[@name='ethernet1/1.7']", f"<comment>{'c' * 1024}</comment>", "10.1"),
    "OSPFv3 routes of a virtual router": (f"{ROUTER}/protocol/redist-profile-ipv6/entry[@name='r']/filter/ospfv3", "<x/>", "10.1"),
    "multicast filters that are inherited": (
        f"{PROFILES}/bgp/filtering-profile/entry[@name='f']/ipv4/multicast", "<inherit>yes</inherit>", "11.1"),
    **{f"long description of a {kind}": (f"{PROFILES}/{place}/entry[@name='d']", f"<description>{'d' * 1024}</description>", "11.1") for kind, place in (
        ("dampening profile", "bgp/dampening-profile"), ("filtering profile", "bgp/filtering-profile"), ("prefix list", "filters/prefix-list"),
        ("BGP route map", "filters/route-maps/bgp/bgp-entry"), ("redistribution route map", "filters/route-maps/redistribution/redist-entry"))},
    **{f"redistribution to {way}, {tag}": (f"{REDISTRIBUTION}/{way}/route-map/entry[@name='10']/set", f"<{tag}>{value}</{tag}>", "11.1")
       for tag, value, ways in (
           ("metric-type", "type-1", ("bgp/ospf", "bgp/ospfv3", "connected-static/ospf", "connected-static/ospfv3", "rip/ospf")),
           ("source-address", "192.0.2.1", ("bgp/rib", "connected-static/rib", "ospf/rib", "ospfv3/rib", "rip/rib")),
           ("next-hop", "192.0.2.1", ("bgp/rip", "connected-static/rip", "ospf/rip")),
           ("local-preference", "200", ("connected-static/bgp", "ospf/bgp", "ospfv3/bgp", "rip/bgp")))
       for way in ways},
}


@pytest.fixture(scope="module")
def of_a_release():
    """Firewalls that several tests write to, by release; what they write is reverted."""
    made = {}

    def release(version):
        if version not in made:
            made[version] = Emulator(version=version, engine="virtual-router" if version == "10.1" else "logical-router").start()
        made[version].control.commit_duration(0.01)
        with made[version].firewall.lock:
            made[version].firewall.revert()
        return made[version]

    yield release
    for emulator in made.values():
        emulator.stop()


@pytest.mark.parametrize("xpath, element, since", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_elements_of_the_published_schema(of_a_release, client_of, xpath, element, since):
    reply = client_of(of_a_release(since)).set(xpath, element)
    assert reply.code == "20", reply.text


MAP = "route-map/entry[@name='10']"
#: What a redistribution route map of another kind has, and that one has not. Way → elements of its match and set.
OF_ANOTHER_MAP = {
    "connected-static/bgp": ("match/as-path-access-list", "match/tag", "match/origin", "match/peer", "match/ipv4/route-source", "set/metric-type",
                             "set/aspath-exclude", "set/remove-regular-community", "set/overwrite-large-community", "set/source-address"),
    "bgp/ospf": ("match/ipv6", "set/local-preference", "set/aspath-prepend", "set/next-hop"),
    "bgp/ospfv3": ("match/ipv4", "match/ipv6/route-source"),
    "bgp/rib": ("set/metric", "set/tag", "match/address"),
    "ospf/bgp": ("match/ipv4", "match/origin", "set/ipv6", "set/metric-type"),
    "ospfv3/bgp": ("set/ipv4",),
    "rip/ospf": ("match/ipv4", "set/next-hop", "set/weight"),
    "connected-static/rip": ("match/ipv6", "set/metric-type"),
}


@pytest.mark.parametrize("way, place", [(way, place) for way, places in OF_ANOTHER_MAP.items() for place in places])
def test_a_route_map_has_what_its_two_protocols_have(of_a_release, client_of, way, place):
    reply = client_of(of_a_release("11.1")).set(f"{REDISTRIBUTION}/{way}/{MAP}", f"<{place.replace('/', '><')}/>" + "".join(
        f"</{tag}>" for tag in reversed(place.split("/")[:-1])))
    assert reply.code == "12" and "unexpected here" in reply.message, reply.text


@pytest.mark.parametrize("way", [
    "bgp/bgp", "connected-static/connected-static", "ospf/ospf", "ospf/ospfv3", "ospfv3/ospf", "rip/rip", "rip/ospfv3", "ospfv3/rip",
])
def test_no_way_that_routes_are_not_redistributed(of_a_release, client_of, way):
    assert client_of(of_a_release("11.1")).set(f"{REDISTRIBUTION}/{way}/{MAP}", "<action>permit</action>").code == "13"


NAMED = {
    "zone": f"{VSYS}/zone", "gateway": f"{NETWORK}/ike/gateway", "tunnel": f"{NETWORK}/tunnel/ipsec", "address": f"{VSYS}/address",
    "security rule": f"{VSYS}/rulebase/security/rules", "PBF rule": f"{VSYS}/rulebase/pbf/rules", "route": f"{ROUTER}/routing-table/ip/static-route",
    "profile": f"{NETWORK}/ike/crypto-profiles/ike-crypto-profiles", "monitor profile": f"{NETWORK}/profiles/monitor-profile",
    "proxy ID": f"{TUNNEL}/auto-key/proxy-id", "router": f"{NETWORK}/virtual-router", "peer": f"{BGP}/peer-group/entry[@name='g']/peer",
    "service": f"{VSYS}/service", "application": f"{VSYS}/application",
}
IMPOSSIBLE = ("a:b", "-x", " lead", "trail ", "ü", "a/b", "a,b", "a'b", ".x", "a(b)")
POSSIBLE = ("x", "7x", "_x", "a b", "a-b_c.d", "A.")


@pytest.mark.parametrize("kind", NAMED)
def test_characters_of_a_name(of_a_release, client_of, kind):
    client = client_of(of_a_release("10.1"))

    def made(name):
        entry = f'<entry name="{name}"/>'
        return {client.edit(f'{NAMED[kind]}/entry[@name="{name}"]', entry).code, client.set(NAMED[kind], entry).code}

    assert {name: made(name) for name in IMPOSSIBLE} == {name: {"12"} for name in IMPOSSIBLE}
    assert {name: made(name) for name in POSSIBLE} == {name: {"20"} for name in POSSIBLE}


def test_a_route_may_not_be_renamed_to_what_is_no_name(of_a_release, client_of):
    client = client_of(of_a_release("10.1"))
    client.set(NAMED["route"], "<entry name='r'/>")
    assert client.call(type="config", action="rename", xpath=f"{NAMED['route']}/entry[@name='r']", newname="a:b").code == "12"


INTERFACE = f"{NETWORK}/interface"


@pytest.mark.parametrize("place, name, code", [
    ("ethernet", "ethernet1/9", "20"), ("ethernet", "ethernet1", "12"), ("ethernet", "eth1/9", "12"), ("ethernet", "ethernet1/9.1", "12"),
    ("ethernet/entry[@name='ethernet1/9']/layer3/units", "ethernet1/9.7", "20"), ("ethernet/entry[@name='ethernet1/9']/layer3/units", "7", "12"),
    ("ethernet/entry[@name='ethernet1/9']/layer3/units", "ethernet1/9.0", "12"),
    ("aggregate-ethernet", "ae3", "20"), ("aggregate-ethernet", "ae0", "12"), ("aggregate-ethernet", "ethernet1/3", "12"),
    ("loopback/units", "loopback.3", "20"), ("loopback/units", "tunnel.0", "12"), ("loopback/units", "loopback.0", "12"),
    ("vlan/units", "vlan.3", "20"), ("vlan/units", "tunnel.3", "12"), ("tunnel/units", "tunnel.3", "20"), ("tunnel/units", "loopback.3", "12"),
])
def test_what_an_interface_is_called(of_a_release, client_of, place, name, code):
    assert client_of(of_a_release("10.1")).set(f"{INTERFACE}/{place}", f"<entry name='{name}'/>").code == code


def test_a_rule_has_a_uuid_of_its_own_and_no_invented_attribute(firewall, client):
    rules = f"{VSYS}/rulebase/security/rules"
    taken = next(entry.get("uuid") for entry in client.get(f"{rules}/entry").root.find("result"))
    before = firewall.control.candidate()
    twin = f"<entry name='probe' uuid='{taken}'>{rule()}</entry>"
    assert [client.set(rules, twin).code, client.edit(RULE, twin).code] == ["12", "12"]
    assert firewall.control.candidate() == before
    assert client.set(rules, f"<entry name='probe' uuid='11111111-2222-3333-4444-555555555555' foo='bar'>{rule()}</entry>").code == "20"
    assert client.set(RULE, "<source baz='1'><member>10.0.0.1</member></source>").code == "20"
    kept = client.get(RULE).root.find("result/entry")
    assert kept.get("uuid").startswith("11111111") and kept.get("foo") is None and kept.find("source").get("baz") is None
    assert client.edit(RULE, f"<entry name='probe' uuid='{kept.get('uuid')}'>{rule('ssl')}</entry>").code == "20"


# What other clients ask, and in which words it is refused.


@pytest.mark.parametrize("action, more", [("move", {"where": "top"}), ("rename", {"newname": "other"}), ("clone", {"newname": "other"})])
def test_what_is_not_there_is_told_by_its_code(client, action, more):
    given = {**more, "from": f"{VSYS}/rulebase/security/rules/entry[@name='nosuch']"} if action == "clone" else more
    xpath = RULE.rpartition("/")[0] if action == "clone" else RULE
    assert client.call(type="config", action=action, xpath=xpath, **given).verdict == ("error", "7")


def test_completion_by_steps_without_names(client):
    reply = client.call(type="config", action="complete", xpath="/config/devices/entry/vsys/entry/zone")
    assert "trust" in [each.get("value") for each in reply.root.iter("completion")]


def test_locks_of_all_virtual_systems_and_all_of_high_availability(client):
    for kind in ("config", "commit"):
        plain = client.op(f"<show><{kind}-locks/></show>")
        assert client.op(f"<show><{kind}-locks><vsys>all</vsys></{kind}-locks></show>").text == plain.text
    state = client.op("<show><high-availability><state/></high-availability></show>")
    assert client.op("<show><high-availability><all/></high-availability></show>").text == state.text


# Commands of other clients → an element of the answer that they read.
ASKED = {
    "<request><password-hash><password>x</password></password-hash></request>": "result/phash",
    "<show><session><info/></session></show>": "result/num-max", "<show><session><meter/></session></show>": "result/entry/maximum",
    "<check><full-commit-required/></check>": "result", "<show><arp><entry name='all'/></arp></show>": "result/entries",
    "<show><ntp/></show>": "result/synched", "<request><license><info/></license></request>": "result/licenses",
    "<show><interface>hardware</interface></show>": "result/hw/entry/state", "<show><interface>logical</interface></show>": "result/ifnet/entry/zone",
    "<show><routing><fib/></routing></show>": "result/fibs/entry/entries/entry/dst", "<show><system><disk-space/></system></show>": "result",
}


@pytest.mark.parametrize("command, element", ASKED.items())
def test_commands_that_other_clients_ask(client, command, element):
    reply = client.op(command)
    assert reply.verdict[0] == "success", reply.text
    assert reply.root.find(element) is not None


def test_a_hash_of_a_password_is_another_one_each_time_and_needs_the_password(client):
    asked = [client.op("<request><password-hash><password>x</password></password-hash></request>").root.findtext("result/phash") for dummy in range(2)]
    assert asked[0] != asked[1] and all(each.startswith("$5$") for each in asked)
    assert client.op("<request><password-hash/></request>").verdict == ("error", "17")


def test_one_interface(client):
    """Quoted by panos-upgrade-assurance; that one without a port has no such part is what napalm-panos relies on."""
    def shown(name):
        return client.op(f"<show><interface>{name}</interface></show>").root.find("result")

    assert [element.tag for element in shown("nosuch")] == ["error", "dp"] and shown("nosuch").findtext("error") == "Interface 'nosuch' not found"
    assert shown("tunnel.7").find("hw") is None
    assert [shown("ethernet1/8").findtext(f"hw/{tag}") for tag in ("name", "state", "state_c")] == ["ethernet1/8", "up", "auto"]
    inside = shown("ae1.10").find("ifnet")
    assert [inside.findtext(tag) for tag in ("name", "tag", "fwd_type", "vr", "zone", "mtu")] == ["ae1.10", "10", "vr", "default", "trust", "1500"]


QUIET = {
    "show clock more": ("member", "dataplane time: "), "show system resources": (".", "MiB Mem :"), "show user user-id-service status": (".", "down"),
    "show running resource-monitor minute": ("resource-monitor/data-processors/dp0/minute/cpu-load-average/entry/value", "0,0,"),
}


@pytest.mark.parametrize("command, place, words", [(command, *told) for command, told in QUIET.items()])
def test_what_a_machine_tells_of_itself(client, command, place, words):
    tags = command.split()
    reply = client.op("".join(f"<{tag}>" for tag in tags) + "".join(f"</{tag}>" for tag in reversed(tags)))
    assert words in reply.root.find("result").find(place).text


def test_variables_of_the_system(client):
    def shown(pattern):
        return client.op(f"<show><system><state><filter>{pattern}</filter></state></system></show>").root.findtext("result")

    assert "'ethernet1/8': { 'mtu': 1500, }" in shown("sw.dev.interface.config")
    assert "'1minavg': 3" in shown("sys.monitor.*.mp.exports")
    assert shown("nosuch") == "NO_MATCHES"


@pytest.mark.parametrize("command", ["<request><support><check/></support></request>", "<request><system><software><check/></software></system></request>"])
def test_servers_for_updates_are_not_reached(client, command):
    reply = client.op(command)
    assert reply.status == "error" and "Please check network connectivity" in reply.message


@pytest.mark.parametrize("engine, legacy", [("virtual-router", True), ("logical-router", False)])
def test_forwarding_tables_of_the_engines(client_of, engine, legacy):
    with Emulator(version="11.1.4", engine=engine) as emulator:
        client = client_of(emulator)
        old, new = (client.op(f"<show><{words}><fib/></{words}></show>") for words in ("routing", "advanced-routing"))
        assert (old.root.find("result/fibs/entry/entries/entry/dst") is not None) is legacy
        assert new.verdict == (("error", "17") if legacy else ("success", None))
        assert legacy or new.root.find("result/fibs/entry/entries/entry/dst") is not None


def test_a_panorama_that_is_configured_is_told(client, firewall):
    assert client.op("<show><panorama-status/></show>").root.find("result").text is None
    firewall.control.plant(f"{DEVICE}/deviceconfig/system/panorama/local-panorama", "<panorama-server>192.0.2.5</panorama-server>")
    assert "Panorama Server 1 : 192.0.2.5" in client.op("<show><panorama-status/></show>").root.findtext("result")


@pytest.mark.parametrize("version, result", [("10.1", "OK"), ("12.1", "FAIL")])
def test_a_stack_without_settings(client_of, version, result):
    with Emulator(version=version, model="panorama") as panorama:
        panorama.control.commit_duration(0.01)
        client = client_of(panorama)
        client.set(f"{DEVICE}/template-stack/entry[@name='s']", "<description>x</description>")
        assert client.commit().findtext("result") == result


# Several virtual systems, a pair's configuration, deep nesting and long lists.


def test_a_second_virtual_system(client):
    second = f"{DEVICE}/vsys/entry[@name='vsys2']"
    assert client.set(second, "<display-name>x</display-name>").verdict == ("error", "12")
    assert client.op("<set><system><setting><multi-vsys>on</multi-vsys></setting></system></set>").status == "success"
    assert client.set(second, "<display-name>x</display-name>").code == "20"
    assert client.commit().findtext("result") == "OK"
    assert client.op("<show><system><info/></system></show>").root.findtext("result/system/multi-vsys") == "on"
    assert client.call(type="version").root.findtext("result/multi-vsys") == "on"


PARTIAL = {
    "one system": ("<vsys><member>vsys1</member></vsys>", True, {"vsys1"}),
    "one system, and what is named no system": ("<vsys><member>vsys1</member></vsys>", False, {"vsys1", "network", "shared"}),
    "the other system": ("<vsys><member>vsys2</member></vsys>", True, {"vsys2"}),
    "no system": ("<no-vsys/>", True, {"network", "shared"}),
    "no system and nothing shared": ("<no-vsys/><shared-object>excluded</shared-object>", True, {"network"}),
    "all systems": ("<device-and-network>excluded</device-and-network>", True, {"vsys1", "vsys2", "shared"}),
}


@pytest.mark.parametrize("partial, alone, taken", PARTIAL.values(), ids=PARTIAL.keys())
def test_a_partial_commit_by_virtual_systems(firewall, client, partial, alone, taken):
    firewall.firewall.switches.multi_vsys, firewall.firewall.switches.named_systems_alone = True, alone
    second = VSYS.replace("vsys1", "vsys2")
    client.set(second, "<display-name>x</display-name>")
    client.commit()
    tag = "tag/entry[@name='new']"
    profile = f"{NETWORK}/profiles/monitor-profile/entry[@name='new']"
    places = {"vsys1": f"{VSYS}/{tag}", "vsys2": f"{second}/{tag}", "shared": f"/config/shared/{tag}", "network": profile}
    for name, place in places.items():
        client.set(place, "<interval>3</interval>" if name == "network" else "<comments>x</comments>")
    assert client.commit(f"<commit><partial>{partial}</partial></commit>", action="partial").findtext("result") == "OK"
    assert {name for name, place in places.items() if client.show(place).status == "success"} == taken


@pytest.mark.parametrize("makes", [True, False])
@pytest.mark.parametrize("place", [f"{DEVICE}/template/entry[@name='typo']/config", f"{DEVICE}/device-group/entry[@name='typo']/address"])
def test_a_template_or_device_group_that_is_not_there(client_of, place, makes):
    with Emulator(model="panorama") as panorama:
        panorama.firewall.switches.makes_places = makes
        client, before = client_of(panorama), panorama.control.candidate()
        objects = place if place.endswith("address") else f"{place}/devices/entry[@name='localhost.localdomain']/network/ike/gateway"
        assert (client.set(objects, "<entry name='a'/>").code == "20") is makes
        assert (client.edit(f"{objects}/entry[@name='b']", "<entry name='b'/>").code == "20") is makes
        assert (panorama.control.candidate() != before) is makes
        # By its own name it is made in both.
        assert client.set(place.rpartition("/")[0], "<description>x</description>").code == "20"


def test_a_pair_has_high_availability_configured(client_of):
    with Emulator(name="fw1") as one, Emulator(name="fw2") as two:
        one.pair_with(two)
        peers = [client_of(member).show(f"{DEVICE}/deviceconfig/high-availability/group/peer-ip").root.findtext("result/peer-ip") for member in (one, two)]
        assert peers == ["169.254.0.2", "169.254.0.1"]
        assert client_of(two).get(f"{DEVICE}/deviceconfig/high-availability/enabled").code == "19"


@pytest.mark.parametrize("parameters", [
    {"type": "config", "action": "set", "xpath": f"{NETWORK}/vlan", "element": "<x>" * 2000 + "</x>" * 2000},
    {"type": "config", "action": "get", "xpath": "/config/devices[" + "(" * 2000 + "1" + ")" * 2000 + "]"},
], ids=["element", "xpath"])
def test_what_is_nested_too_deeply_is_refused_and_nothing_is_changed(firewall, client, parameters):
    before = firewall.control.candidate()
    assert client.call(**parameters).verdict == ("error", "18")
    assert firewall.control.candidate() == before
    assert client.get(GATEWAY).code == "19"


def test_the_time_of_a_long_list_grows_with_its_length(client_of):
    with Emulator() as emulator:
        client, seconds = client_of(emulator), []
        for count in (1000, 8000):
            names = [f"host-{count}-{number}" for number in range(count)]
            client.set(f"{VSYS}/address", "".join(f"<entry name='{name}'><fqdn>x</fqdn></entry>" for name in names))
            begin = time.process_time()
            group = "".join(f"<member>{name}</member>" for name in names)
            assert client.set(f"{VSYS}/address-group/entry[@name='g{count}']/static", group).code == "20"
            assert client.edit(f"{VSYS}/address-group/entry[@name='g{count}']/static", f"<static>{group}</static>").code == "20"
            seconds.append(time.process_time() - begin)
        # Eight times as many; with the square it were 64 times the work.
        assert seconds[1] < 40 * seconds[0]


LISTS = f"{NETWORK}/routing-profile/filters/prefix-list/entry[@name='p']/type"
ADVERTISED = f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/bgp/advertise-network"
OF_ONE_FAMILY = {
    "IPv6 in a list of IPv4": (f"{LISTS}/ipv4/ipv4-entry/entry[@name='10']", "<prefix><entry><network>2001:db8::/32</network></entry></prefix>", False),
    "IPv4 in a list of IPv6": (f"{LISTS}/ipv6/ipv6-entry/entry[@name='10']", "<prefix><entry><network>10.0.0.0/8</network></entry></prefix>", False),
    "IPv6 in a list of IPv6": (f"{LISTS}/ipv6/ipv6-entry/entry[@name='10']", "<prefix><entry><network>2001:db8::/32</network></entry></prefix>", True),
    "IPv6 among the networks of IPv4": (f"{ADVERTISED}/ipv4/network/entry[@name='2001:db8::/32']", "<unicast>yes</unicast>", False),
    "IPv6 among the networks of IPv6": (f"{ADVERTISED}/ipv6/network/entry[@name='2001:db8::/32']", "<unicast>yes</unicast>", True),
}


@pytest.mark.parametrize("xpath, element, taken", OF_ONE_FAMILY.values(), ids=OF_ONE_FAMILY.keys())
def test_the_advanced_engine_keeps_families_apart(client_of, xpath, element, taken):
    with Emulator(version="11.1.4", engine="logical-router") as emulator:
        emulator.control.commit_duration(0.01)
        client = client_of(emulator)
        reply = client.set(xpath, element)
        done = reply.verdict[0] == "success" and client.commit().findtext("result") == "OK"
        assert done is taken, reply.text
