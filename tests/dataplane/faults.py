# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes made on purpose in the first tunnel of a pairing that works: what then shows, and what the diagnosis is to say."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import Site, connection

IKE_FAILS, CHILD_FAILS = "ikev2-nego-ike-fail", "ikev2-nego-child-fail"


@dataclass(frozen=True)
class Fault:
    """A negotiation that fails. The firewall sees only the notification; the reason stands in the log of the side that refused.

    C(breaks) the site. C(event), C(text): the firewall's line about it. C(peer): a word of the far side's own log.
    C(cause): what the diagnosis says with the cloud's description, which then reads as C(described); C(alone): without one.
    C(mends): whether what the diagnosis says brings the tunnel back.
    """

    breaks: Callable
    peer: str
    cause: str
    alone: str
    described: dict = field(default_factory=dict)
    event: str = IKE_FAILS
    text: str = "NO_PROPOSAL_CHOSEN"
    mends: bool = True


def _phase1(**values) -> Callable:
    return lambda site: site.aws[0].change(phase1=replace(site.aws[0].endpoint.phase1, **values))


def phase2(**values) -> Callable:
    return lambda site: site.aws[0].change(phase2=replace(site.aws[0].endpoint.phase2, **values))


def gateway(**options) -> Callable:
    return lambda site: site.change({"ike_gateway": {"name": site.plane.firewall.running.tunnels[0].gateway, **options}})


def offers(phase: str, **accepted) -> dict:
    return {"offers": {phase: accepted}}


NEGOTIATIONS = {
    "IKE DH group": Fault(
        _phase1(groups=(14,)), "no acceptable KEY_EXCHANGE_METHOD found", "ike-dh-group-mismatch", "ike-proposal-mismatch",
        offers("ike", dh_group=["group14"])),
    "IKE encryption": Fault(
        _phase1(encryption=("AES128",)), "no acceptable ENCRYPTION_ALGORITHM found", "ike-encryption-mismatch", "ike-proposal-mismatch",
        offers("ike", encryption=["aes-128-cbc"])),
    "IKE hash": Fault(
        _phase1(integrity=("SHA1",)), "no acceptable INTEGRITY_ALGORITHM found", "ike-hash-mismatch", "ike-proposal-mismatch",
        offers("ike", hash=["sha1"]), mends=False),
    "IKE version": Fault(
        lambda site: site.aws[0].change(ike_versions=("ikev1",)), "no IKE config found", "ike-version-mismatch", "ike-proposal-mismatch",
        offers("ike", versions=["ikev1"]), mends=False),
    "pre-shared key": Fault(
        lambda site: site.aws[0].change(key="another.key"), "MAC mismatched", "pre-shared-key-mismatch", "pre-shared-key-mismatch",
        {"pre_shared_key": "another.key"}, text="AUTHENTICATION_FAILED", mends=False),
    "local identity": Fault(
        gateway(local_id={"type": "ipaddr", "id": "192.0.2.77"}), "no matching peer config found", "local-identity-mismatch",
        "local-identity-mismatch", text="AUTHENTICATION_FAILED"),
    "peer identity": Fault(
        gateway(peer_id={"type": "ipaddr", "id": "192.0.2.78"}), "no matching peer config found", "peer-identity-mismatch",
        "peer-identity-mismatch", text="AUTHENTICATION_FAILED", mends=False),
    "local identity of another type": Fault(
        gateway(local_id={"type": "fqdn", "id": "198.51.100.10"}), "no matching peer config found", "local-identity-mismatch",
        "local-identity-mismatch", text="AUTHENTICATION_FAILED", mends=False),
    "ESP encryption": Fault(
        phase2(encryption=("AES128",), integrity=("SHA2-256",)), "no acceptable ENCRYPTION_ALGORITHM found", "esp-encryption-mismatch",
        "ipsec-proposal-mismatch", offers("ipsec", encryption=["aes-128-cbc"], authentication=["sha256"]), CHILD_FAILS),
    "selectors": Fault(
        lambda site: (site.aws[0].narrow("10.200.0.0/16", "10.10.0.0/24"), site.change({"proxy_id": {
            "name": "wrong", "tunnel": site.plane.firewall.running.tunnels[0].name, "local": "172.16.0.0/16", "remote": "172.17.0.0/16"}})),
        "traffic selectors", "proxy-id-mismatch", "proxy-id-mismatch", {"traffic_selectors": {"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}},
        CHILD_FAILS, "TS_UNACCEPTABLE", mends=False),
}
# Both tunnels use the same crypto profile.
OF_BOTH_TUNNELS = {
    "proposal of the firewall": Fault(
        lambda site: site.change({"ike_crypto_profile": {"name": site.described[0]["VpnConnections"][0]["VpnConnectionId"], "dh_group": ["group5"]}}),
        "no acceptable KEY_EXCHANGE_METHOD found", "ike-dh-group-mismatch", "ike-proposal-mismatch", mends=False),
}


def edited(site: Site, edit: Callable[[ET.Element], object]) -> None:
    """Change the configuration's tree as somebody would in the web interface, and commit it."""
    root = ET.fromstring(site.emulator.control.running())
    edit(root)
    site.emulator.firewall.load(root, "admin")
    site.module("commit", scope="all", commit_poll=0.05)


def entry(root: ET.Element, container: str, name: str) -> ET.Element:
    return next(found for found in root.findall(f".//{container}/entry") if found.get("name") == name)


def value(container: str, suffix: str, path: str, text: str) -> Callable:
    """Another value in an object of the connection: its name is the connection's with a suffix."""
    def breaks(site):
        def edit(root):
            element = entry(root, container, site.described[0]["VpnConnections"][0]["VpnConnectionId"] + suffix)
            for step in path.split("/"):
                child = element.find(step)
                element = ET.SubElement(element, step) if child is None else child
            element.text = text
        edited(site, edit)
    return breaks


def route(destination: str, where: str) -> Callable:
    """A static route more. ``where``: interface or next hop, as XML."""
    text = f"<entry name='more'><destination>{destination}</destination>{where}<metric>10</metric></entry>"
    return lambda site: edited(site, lambda root: root.find(".//virtual-router/entry/routing-table/ip/static-route").append(ET.fromstring(text)))


def _other_gateway(site):
    name = site.described[0]["VpnConnections"][0]["VpnConnectionId"]
    edited(site, lambda root: entry(root, "tunnel/ipsec", f"{name}-1").find("auto-key/ike-gateway/entry").set("name", f"{name}-2"))


def _mask(site):
    edited(site, lambda root: [address.set("name", address.get("name").replace("/30", "/16")) for address in entry(
        root, "interface/tunnel/units", site.plane.firewall.running.tunnels[0].interface).findall("ip/entry")])


def first_rule(rulebase: str, text: str, *objects: tuple[str, str]) -> Callable:
    """A rule in front of all others, with the objects that it names: (container, XML) each."""
    def edit(root):
        root.find(f".//vsys/entry/rulebase/{rulebase}/rules").insert(0, ET.fromstring(text))
        for container, found in objects:
            root.find(f".//vsys/entry/{container}").append(ET.fromstring(found))
    return lambda site: edited(site, edit)


def _members(**lists: str) -> str:
    named = [(option.rstrip("_").replace("_", "-"), text) for option, text in lists.items()]
    return "".join(f"<{option}><member>{text}</member></{option}>" for option, text in named)


_NO_TCP = (f"<entry name='no tcp'>{_members(from_='trust', to='any', source='any', destination='10.200.0.0/16', source_user='any', category='any')}"
           f"{_members(application='any', service='all-tcp')}<action>deny</action></entry>")
_ALL_TCP = ("service", "<entry name='all-tcp'><protocol><tcp><port>1-65535</port></tcp></protocol></entry>")
_HALF = (f"<entry name='half'><from><zone><member>trust</member></zone></from>{_members(source='10.10.0.0/25', destination='any', source_user='any')}"
         f"{_members(application='any', service='any')}<action><discard/></action></entry>")
_INWARD = (f"<entry name='inward'><from><zone><member>aws-vpn</member></zone></from>{_members(source='any', destination='10.10.0.0/24', source_user='any')}"
           f"{_members(application='any', service='any')}<action><discard/></action></entry>")
_HIDING = (f"<entry name='half'><source-translation><dynamic-ip-and-port><translated-address><member>198.51.100.10</member></translated-address>"
           f"</dynamic-ip-and-port></source-translation>{_members(from_='trust', to='any', source='10.10.0.0/25', destination='any')}"
           "<service>any</service></entry>")


def _action(site):
    """The first tunnel's own PBF rule drops."""
    def edit(root):
        rule = entry(root, "pbf/rules", site.described[0]["VpnConnections"][0]["VpnConnectionId"] + "-1")
        rule.remove(rule.find("action"))
        rule.append(ET.fromstring("<action><discard/></action>"))
    edited(site, edit)


def _denied_as_an_attack(site):
    zones = "<from><zone><member>trust</member></zone></from><to><zone><member>any</member></zone></to>"
    rule = f"<entry name='attack'>{zones}{_members(source='any', destination='any', service='any')}<action><deny/></action></entry>"
    edited(site, lambda root: root.find(".//vsys/entry/rulebase").append(ET.fromstring(f"<dos><rules>{rule}</rules></dos>")))


#: What does not fit together on the firewall, with the cause; by PBF and by BGP.
CONFIGURED = {
    "PBF rule of another zone": (value("pbf/rules", "-1", "from/zone/member", "dmz"), "pbf-rule-misses-traffic"),
    "PBF rule into the other tunnel": (value("pbf/rules", "-1", "action/forward/egress-interface", "tunnel.2"), "pbf-egress-wrong"),
    "allow rule disabled": (value("security/rules", "-out", "disabled", "yes"), "security-rule-disabled"),
    "allow rule for one application": (value("security/rules", "-out", "application/member", "ssl"), "security-rule-narrow"),
    "TCP is denied": (first_rule("security", _NO_TCP, _ALL_TCP), "security-rule-denies-some"),
    "half of the hosts are dropped": (first_rule("pbf", _HALF), "pbf-rule-takes-some"),
    "inside mask": (_mask, "inside-mask-wrong"),
    "route to the endpoint into the tunnel": (route("203.0.113.17/32", "<interface>tunnel.1</interface>"), "endpoint-route-into-tunnel"),
    "the gateway of the other tunnel": (_other_gateway, "ike-gateway-of-another-tunnel"),
    "the VPN's PBF rule drops": (_action, "pbf-rule-action"),
    "what comes in is dropped by a PBF rule": (first_rule("pbf", _INWARD), "pbf-rule-above-routes"),
    "half of what comes back is dropped": (route("10.10.0.0/25", "<nexthop><discard/></nexthop>"), "local-network-unrouted"),
    "the monitors wait": (value("monitor-profile", "", "action", "wait-recover"), "monitor-waits"),
    "dead peer detection is off": (value("ike/gateway", "-1", "protocol/ikev2/dpd/enable", "no"), "dead-peer-detection-off"),
    "what comes in is narrowed": (value("security/rules", "-in", "source/member", "10.200.1.0/24"), "security-rule-narrow"),
    "a DoS protection rule denies": (_denied_as_an_attack, "dos-rule-denies"),
    "half of the hosts are hidden": (first_rule("nat", _HIDING), "source-nat-on-vpn"),
}


def _without(path: str) -> Callable:
    return lambda site: edited(site, lambda root: root.find(f".//virtual-router/entry/protocol/bgp/{path}").clear())


def _import_denied(site):
    name = site.described[0]["VpnConnections"][0]["VpnConnectionId"]
    rule = f"<entry name='careful'><enable>yes</enable><used-by><member>{name}</member></used-by><action><deny/></action></entry>"

    def edit(root):
        policy = root.find(".//virtual-router/entry/protocol/bgp/policy")
        for old in policy.findall("import"):
            policy.remove(old)
        policy.append(ET.fromstring(f"<import><rules>{rule}</rules></import>"))

    edited(site, edit)


def _speaking_beside(site):
    """The first peer begins its session at the hosts' interface."""
    name = site.described[0]["VpnConnections"][0]["VpnConnectionId"]

    def edit(root):
        local = entry(root, "peer-group/entry/peer", f"{name}-1").find("local-address")
        local.find("interface").text, local.find("ip").text = "ae1.10", "10.10.0.1/24"

    edited(site, edit)


ROUTED = {
    "a peer that speaks from another interface": (_speaking_beside, "bgp-interface-wrong"),
    "import rule denies": (_import_denied, "import-policy"),
    "nothing redistributed": (_without("redist-rules"), "redistribution-missing"),
    "a longer prefix is discarded": (route("10.200.7.0/24", "<nexthop><discard/></nexthop>"), "route-elsewhere"),
}


def working(sites: Callable[..., Site], failover: str = "pbf") -> Site:
    """A pairing that is up, and remembers how it was."""
    site = sites(connection(failover, hold_time=3 if failover == "bgp" else None), dead_after=5)
    site.pair(failover)
    site.up()
    site.running = site.emulator.control.running()
    site.good = [(endpoint.connection, endpoint.endpoint) for endpoint in site.aws]
    return site


def mended(site: Site) -> Site:
    """Back to a pairing that works, whatever the test before did."""
    for endpoint, good in zip(site.aws, site.good):
        if (endpoint.connection, endpoint.endpoint) != good:
            endpoint.connection, endpoint.endpoint = good
            endpoint.change()
    if site.emulator.control.running() != site.running:
        site.emulator.firewall.load(ET.fromstring(site.running), "admin")
        site.module("commit", scope="all", commit_poll=0.05)
    site.up()
    return site
