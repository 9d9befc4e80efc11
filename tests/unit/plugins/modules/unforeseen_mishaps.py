# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mishaps and oddities by somebody who knew no rule of the diagnosis, from what happens to firewalls and to their neighbours by the reports about them."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.mishaps import (
    AWS_BGP, AWS_STATIC, BGP, ESP_PROFILE, GATEWAY, IKE_PROFILE, LOGICAL, PEERS, ROUTER, ROUTES, RULES, TUNNEL, UNIT, VIRTUAL, ZONE_7,
    Mishap, Oddity, both, described, down, entry, gone, hiding, live, members, on_top, put, refused, refused_child, route, rule, session, swapped,
    told, traffic, unanswered,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import changed_tunnels

_S1, _S2, _B1, _B2, _Z1 = f"{AWS_STATIC}-1", f"{AWS_STATIC}-2", f"{AWS_BGP}-1", f"{AWS_BGP}-2", f"{ZONE_7}-1"
_OURS, _THEIRS = "10.10.0.0/24", "10.200.0.0/16"
_FIRST_UNIT = entry(UNIT, "tunnel.1")
_PORT = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3"
_OFFICES = f"{NETWORK}/interface/aggregate-ethernet/entry[@name='ae1']/layer3/units/entry[@name='ae1.10']"
_MONITORS = f"{NETWORK}/profiles/monitor-profile"
_EDGE = f"{NETWORK}/profiles/zone-protection-profile/entry[@name='internet-edge']"
_PROFILES = f"{NETWORK}/routing-profile"
_DENY = entry(RULES["security"], "deny the rest")
_ROTATED = "notReal.rotated7Kq2Lm9"


def _zone(name: str) -> str:
    return f"{entry(f'{VSYS}/zone', name)}/network"


def _security(vpn: str, part: str) -> str:
    return entry(RULES["security"], f"{vpn}-{part}")


def _unprobed(*tunnels: str) -> tuple:
    """The SAs stand, and the monitor gets no answer."""
    return tuple(live("vpn", tunnel=tunnel, sa="up", monitor="down") for tunnel in tunnels)


def _childless(*tunnels: str) -> tuple:
    return tuple(live("vpn", tunnel=tunnel, sa="init") for tunnel in tunnels)


def _learned(network: str) -> tuple:
    return tuple(
        live("learned", router="default", destination=network, nexthop=peer, metric="", interface=interface)
        for peer, interface in (("169.254.88.13", "tunnel.1"), ("169.254.140.81", "tunnel.2"))
    )


def _heard(received: list, advertised: list) -> tuple:
    return (told(_B1, received, advertised), told(_B2, received, advertised))


def _own_address(name: str, address: str) -> tuple:
    return put(entry(GATEWAY, name), f"<local-address><ip>{address}</ip></local-address>")


def _pushed(name: str, source_zone: str, destination: str) -> object:
    """A security rule that comes from Panorama, above those of the firewall."""
    matches = members("from", source_zone) + "".join(members(tag, "any") for tag in ("to", "source", "application", "service"))
    return live(
        "plant", xpath="/config/panorama/vsys/entry[@name='vsys1']/pre-rulebase/security/rules",
        element=f'<entry name="{name}">{matches}{members("destination", destination)}<action>deny</action></entry>',
    )


_LONGER = "<keep-alive-interval>30</keep-alive-interval><hold-time>90</hold-time>"
_TO_THE_BRANCH = "<interface>tunnel.7</interface><metric>1</metric>"
_EXPIRED = "<schedule-type><non-recurring><member>2026/03/01@00:00-2026/10/31@23:59</member></non-recurring></schedule-type>"
_RATES = "<alarm-rate>10</alarm-rate><activate-rate>10</activate-rate><maximal-rate>20</maximal-rate>"
_FLOOD = f"<flood><other-ip><enable>yes</enable><red>{_RATES}</red></other-ip></flood>"
_STATIC_PAIR = (
    "<source-translation><static-ip><translated-address>198.51.100.25</translated-address><bi-directional>yes</bi-directional></static-ip></source-translation>"
)
_NO_TRANSLATION = members("from", "trust") + members("to", "aws-vpn") + members("source", "any") + members("destination", "any") + "<service>any</service>"
_NO_PRIVATE = (
    f'<entry name="no private networks"><enable>yes</enable>{members("used-by", AWS_BGP)}'
    '<match><address-prefix><entry name="10.0.0.0/8"><exact>no</exact></entry></address-prefix></match><action><deny/></action></entry>'
)
_FILTERED = (
    '<entry name="no-private"><type><ipv4><ipv4-entry>'
    '<entry name="10"><action>deny</action><prefix><entry><network>10.0.0.0/8</network><less-than-or-equal>32</less-than-or-equal></entry></prefix></entry>'
    '<entry name="20"><action>permit</action><prefix><network>any</network></prefix></entry></ipv4-entry></ipv4></type></entry>'
)

# By PBF.
_PBF = (
    Mishap(
        "AWS rotated the first tunnel's key, and the firewall still has the old one",
        "the pre-shared keys differ",
        "pbf", VIRTUAL, "1", "at_risk", "description",
        then=(*down(_S1), *refused("AUTHENTICATION_FAILED", _S1)),
        description={"tunnels": changed_tunnels("pbf", {"pre_shared_key": _ROTATED})},
        causes=("pre-shared-key-mismatch",),
    ),
    Mishap(
        "the default route was moved to the guest line while the provider was upgraded",
        "packets to the far side's gateways leave by another interface than the gateways are bound to",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (put(entry(ROUTES[LOGICAL], "default"), "<interface>ethernet1/7</interface><nexthop><ip-address>203.0.113.5</ip-address></nexthop>"),),
        (*down(_S1, _S2), *unanswered(_S1, _S2)),
        causes=("endpoint-route-through-other-interface",),
    ),
    Mishap(
        "a proxy ID for the offices was added to the first tunnel",
        "the proxy ID does not let the monitor's packets through",
        "pbf", VIRTUAL, "1", "at_risk", "configuration",
        (put(f"{entry(TUNNEL, _S1)}/auto-key", f'<proxy-id><entry name="offices"><local>{_OURS}</local><remote>{_THEIRS}</remote></entry></proxy-id>'),),
        _unprobed(f"{_S1}:offices"),
        causes=("selectors-exclude-monitor",), follows=("proxy-id-mismatch", "pbf-monitor-silent"),
    ),
    Mishap(
        "the first tunnel's interface was given the far side's inside address",
        "the tunnel interface has another inside address than the far side expects",
        "pbf", LOGICAL, "1", "at_risk", "configuration",
        (gone(f"{_FIRST_UNIT}/ip/entry[@name='169.254.31.70/30']"), put(f"{_FIRST_UNIT}/ip", '<entry name="169.254.31.69/30"/>')),
        _unprobed(_S1),
        causes=("inside-address-wrong",),
    ),
    Mishap(
        "all tunnels were gathered in the zone of the branches",
        "the tunnels are in a zone for which no rule allows the traffic",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        tuple(
            step for unit in ("tunnel.1", "tunnel.2")
            for step in (gone(f"{_zone('aws-vpn')}/layer3/member[text()='{unit}']"), put(_zone("branch"), members("layer3", unit)))
        ),
        probe=False,
        causes=("tunnel-interface-in-other-zone",), follows=("security-rule-denies", "security-rule-missing", "intrazone-denied"),
    ),
    Mishap(
        "the offices got a zone of their own",
        "the hosts are behind a zone that no rule of the VPN names",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (
            gone(f"{_zone('trust')}/layer3/member[text()='ae1.10']"),
            put(f"{VSYS}/zone", f'<entry name="offices"><network>{members("layer3", "ae1.10")}</network></entry>'),
        ),
        probe=False,
        causes=("local-network-elsewhere",), follows=("pbf-rule-misses-traffic", "security-rule-denies"),
    ),
    Mishap(
        "the first PBF rule was made to probe a host that was shut down since",
        "the address that the PBF rule's monitor asks does not answer, so that the rule is off",
        "pbf", LOGICAL, "1", "at_risk", "configuration",
        (put(f"{entry(RULES['pbf'], _S1)}/action/forward/monitor", "<ip-address>10.200.0.99</ip-address>"),),
        (live("pbf", rule=_S1, state="disabled"),),
        causes=("pbf-monitor-silent", "pbf-next-hop-wrong"),
    ),
    Mishap(
        "the rule that denies the rest was moved above the VPN's rules",
        "a rule above the VPN's denies its traffic",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (("move", _DENY, None, "before", f"{AWS_STATIC}-out"),),
        probe=False,
        causes=("security-rule-shadowed",), follows=("ike-denied-by-rule", "intrazone-denied", "esp-denied-by-rule"),
    ),
    Mishap(
        "the NAT rule for the internet was widened to every zone",
        "the VPN's packets leave with the outside address as their source",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (swapped(f"{entry(RULES['nat'], 'office hides behind provider')}/to", members("to", "any")),),
        (traffic(_S1, 40, 0), traffic(_S2, 0, 0)),
        causes=("source-nat-on-vpn",),
    ),
    Mishap(
        "the offices were moved behind a core switch, and nobody routed them there",
        "the firewall has no route back to the local network",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (gone(f"{_OFFICES}/ip/entry[@name='10.10.0.1/24']"), put(f"{_OFFICES}/ip", '<entry name="10.99.0.1/30"/>')),
        probe=False,
        causes=("local-network-elsewhere", "local-network-unrouted"),
    ),
    Mishap(
        "the monitor profile was made to wait for a recovery",
        "a tunnel that fails is not left: the monitor profile waits for it",
        "pbf", VIRTUAL, "1 2", "at_risk", "configuration",
        (put(entry(_MONITORS, AWS_STATIC), "<action>wait-recover</action>"),),
        causes=("monitor-waits",),
    ),
    Mishap(
        "the new key of the first tunnel was entered and not committed",
        "the key that the far side has is in the candidate only",
        "pbf", VIRTUAL, "1", "at_risk", "candidate",
        then=(*down(_S1), *refused("AUTHENTICATION_FAILED", _S1)),
        pending=(put(f"{entry(GATEWAY, _S1)}/authentication/pre-shared-key", f"<key>{_ROTATED}</key>"),),
        description={"tunnels": changed_tunnels("pbf", {"pre_shared_key": _ROTATED})},
        causes=("commit-pending",), follows=("pre-shared-key-mismatch",),
    ),
    Mishap(
        "Panorama pushed a rule above all that closes the test networks of the cloud",
        "a rule pushed by Panorama denies the VPN's traffic",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        then=(_pushed("test networks are closed", "trust", "10.200.0.0/13"),),
        probe=False,
        causes=("security-rule-shadowed",),
    ),
    Mishap(
        "after a scan the outside zone was protected against floods of other protocols, with the numbers of a lab",
        "the outside zone's flood protection drops the tunnels' packets",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (put(_EDGE, _FLOOD),),
        _unprobed(_S1, _S2),
        causes=("flood-limit",),
    ),
    Mishap(
        "the rule that lets hosts out was bound to the schedule of a project, which is over",
        "the security rule is not in force: its schedule has ended",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (put(f"{VSYS}/schedule", f'<entry name="project atlas">{_EXPIRED}</entry>'), put(_security(AWS_STATIC, "out"), "<schedule>project atlas</schedule>")),
        probe=False,
        causes=("security-rule-narrow",), follows=("security-rule-denies",),
    ),
)

# By static routes.
_ROUTES = (
    Mishap(
        "nobody answers at the second tunnel's far end any more",
        "the far side's gateway does not answer, or the way to it is cut",
        "routes", VIRTUAL, "2", "at_risk", "log",
        then=(*down(_S2), *unanswered(_S2)),
        causes=("ike-unanswered",),
    ),
    Mishap(
        "the cloud's network was routed to the branch for a migration",
        "a better route to the far network leads elsewhere",
        "routes", LOGICAL, "1 2", "down", "configuration",
        (put(ROUTES[LOGICAL], f'<entry name="migration"><destination>{_THEIRS}</destination>{_TO_THE_BRANCH}</entry>'),),
        causes=("route-elsewhere",),
    ),
    Mishap(
        "the rule for hosts was given the offices' address object, which shrank later",
        "the rule allows only a part of the local network",
        "routes", LOGICAL, "1 2", "down", "configuration",
        (
            swapped(f"{_security(AWS_STATIC, 'out')}/source", members("source", "office-lan")),
            swapped(f"{entry(f'{VSYS}/address', 'office-lan')}/ip-netmask", "<ip-netmask>10.10.0.0/25</ip-netmask>"),
        ),
        causes=("security-rule-narrow",), follows=("security-rule-denies", "security-rule-denies-some"),
    ),
    Mishap(
        "the portal got a public address both ways, towards every zone",
        "packets of a host leave translated, and the far side knows no way back to that address",
        "routes", LOGICAL, "1 2", "down", "configuration",
        (
            put(RULES["nat"], f'<entry name="portal">{_STATIC_PAIR}{members("from", "trust")}{members("to", "any")}{members("source", "10.10.0.25")}'
                              f'{members("destination", "any")}<service>any</service></entry>'),
            on_top(entry(RULES["nat"], "portal")),
        ),
        causes=("source-nat-on-vpn",),
    ),
    Mishap(
        "path monitoring of the first route was taken away because it filled the log",
        "the route stays when its tunnel fails, so that nothing takes over",
        "routes", VIRTUAL, "1", "at_risk", "configuration",
        (gone(f"{entry(ROUTES[VIRTUAL], f'{_S1}-10.200.0.0-16')}/path-monitor"),),
        causes=("route-without-monitor",),
    ),
    Mishap(
        "the static route of the connection was deleted at AWS",
        "the far side has no route back to the local network",
        "routes", LOGICAL, "1 2", "down", "description",
        then=(traffic(_S1, 40, 0), traffic(_S2, 0, 0)),
        description={"static_routes": []},
        causes=("cloud-static-route-missing",), follows=("esp-filtered",),
    ),
)

# By BGP.
_BGP = (
    Mishap(
        "the provider gave the line another address, and AWS was not told",
        "the far side expects another outside address than the firewall has",
        "bgp", VIRTUAL, "1 2", "down", "description",
        (
            gone(f"{_PORT}/ip/entry[@name='198.51.100.10/24']"), put(f"{_PORT}/ip", '<entry name="198.51.100.77/24"/>'),
            *both(lambda name: _own_address(name, "198.51.100.77/24"), "branch-7", _B1, _B2),
            *both(lambda tag: put(_security(AWS_BGP, "ike"), members(tag, "198.51.100.77")), "source", "destination"),
        ),
        (*down(_B1, _B2), *unanswered(_B1, _B2)),
        causes=("customer-gateway-address",),
    ),
    Mishap(
        "the static route of the line that the VPN replaced is still there",
        "a static route to the far network is preferred to the learned one",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (route(VIRTUAL, "old line to the cloud", _THEIRS),),
        causes=("route-elsewhere", "learned-not-installed"),
    ),
    Mishap(
        "the company's AS number was changed on the router",
        "the firewall has another AS number than the far side expects",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (swapped(f"{BGP[VIRTUAL]}/local-as", "<local-as>65010</local-as>"),),
        session("Idle", _B1, _B2),
        causes=("bgp-local-as-mismatch",),
    ),
    Mishap(
        "an export rule on top keeps private networks at home",
        "an export rule above keeps the local network from the far side",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (put(f"{BGP[VIRTUAL]}/policy/export/rules", _NO_PRIVATE), on_top(f"{BGP[VIRTUAL]}/policy/export/rules/entry[@name='no private networks']")),
        (*_heard([_THEIRS], []), *_learned(_THEIRS)),
        causes=("export-policy",), follows=("local-network-not-announced",),
    ),
    Mishap(
        "the offices' network was doubled, and the announcement still names the old one",
        "the network that is to be announced is no longer in the routing table",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (gone(f"{_OFFICES}/ip/entry[@name='10.10.0.1/24']"), put(f"{_OFFICES}/ip", '<entry name="10.10.0.1/23"/>')),
        causes=("advertised-prefix-not-routed",), follows=("redistribution-missing", "local-network-not-announced"),
    ),
    Mishap(
        "a prefix list that takes no private networks was put on what comes in",
        "the inbound filter refuses the far networks",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (
            put(f"{_PROFILES}/filters/prefix-list", _FILTERED),
            put(f"{_PROFILES}/bgp/filtering-profile/entry[@name='{AWS_BGP}']/ipv4/unicast",
                "<inbound-network-filters><prefix-list>no-private</prefix-list></inbound-network-filters>"),
        ),
        _heard([], [_OURS]),
        causes=("import-policy",),
    ),
    Mishap(
        "the rule between the tunnels' ends was cut down to ping",
        "a security rule denies the BGP session",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (swapped(f"{_security(AWS_BGP, 'inside')}/application", members("application", "ping")),),
        session("Active", _B1, _B2),
        causes=("intrazone-denied",),
    ),
    Mishap(
        "all BGP peers were given a password",
        "the firewall asks for a password that the far side does not have",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (
            put(f"{BGP[VIRTUAL]}/auth-profile", '<entry name="company"><secret>notReal.bgp.5</secret></entry>'),
            *both(lambda name: put(f"{entry(PEERS[VIRTUAL], name)}/connection-options", "<authentication>company</authentication>"), _B1, _B2),
        ),
        session("Connect", _B1, _B2),
        causes=("bgp-password-mismatch",),
    ),
    Mishap(
        "the VPC was detached from the transit gateway",
        "the far side announces nothing",
        "bgp", LOGICAL, "1 2", "down", "state",
        then=_heard([], [_OURS]),
        causes=("nothing-learned",),
    ),
    Mishap(
        "a list of bad hosts on top holds a network of the cloud's gateways",
        "a security rule denies IKE to the far side's gateways",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        rule("known bad hosts", "any", "untrust", "any", "192.0.2.0/24"),
        (*down(_B1, _B2), *unanswered(_B1, _B2)),
        causes=("ike-denied-by-rule",),
    ),
    Mishap(
        "both cables to the core switch were pulled",
        "the interface of the local network has no link",
        "bgp", VIRTUAL, "1 2", "down", "state",
        then=both(lambda port: live("link", port=port, up=False), "ethernet1/5", "ethernet1/6"),
        causes=("local-interface-down",), follows=("advertised-prefix-not-routed", "local-network-unrouted", "local-network-elsewhere"),
    ),
    Mishap(
        "a copy of the cloud's network was built in a lab of the firewall's own",
        "the far network is connected here, which is preferred to what is learned",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (
            put(f"{NETWORK}/interface/ethernet", '<entry name="ethernet1/3"><layer3><ip><entry name="10.200.0.1/16"/></ip></layer3></entry>'),
            put(f"{VSYS}/import/network", members("interface", "ethernet1/3")),
            put(ROUTER[VIRTUAL], members("interface", "ethernet1/3")),
            put(_zone("dmz"), members("layer3", "ethernet1/3")),
        ),
        causes=("route-elsewhere", "learned-not-installed"),
    ),
    Mishap(
        "the instances' security group lets nobody in",
        "the far hosts do not answer",
        "bgp", LOGICAL, "1 2", "down", "",
        probe=False,
        causes=("cloud-way-back",),
    ),
    Mishap(
        "AWS replaced the first tunnel's end, and the firewall was told not to ask whether it lives",
        "the SAs are dead at the far side, and without dead peer detection the firewall keeps them",
        "bgp", VIRTUAL, "1", "at_risk", "configuration",
        (put(f"{entry(GATEWAY, _B1)}/protocol/ikev2/dpd", "<enable>no</enable>"),),
        (traffic(_B1, 1, 0), traffic(_B2, 40, 40), *session("Active", _B1)),
        causes=("dead-peer-detection-off",),
    ),
)

# With proxy IDs.
_PAIRS = (
    Mishap(
        "the far side has another key since its firewall was replaced",
        "the pre-shared keys differ",
        "pairs", LOGICAL, "1", "down", "log",
        then=(*down(_Z1), *refused("AUTHENTICATION_FAILED", _Z1)),
        causes=("pre-shared-key-mismatch",),
    ),
    Mishap(
        "the IKE profile was given another hash, and the old SA still stands",
        "the IKE proposals differ, which shows when the SA is negotiated anew",
        "pairs", VIRTUAL, "1", "at_risk", "configuration",
        (swapped(f"{entry(IKE_PROFILE, ZONE_7)}/hash", members("hash", "sha512")),),
        causes=("ike-hash-mismatch",),
    ),
    Mishap(
        "perfect forward secrecy was switched off, and the SAs have run out",
        "the IPsec proposals differ in the DH group",
        "pairs", LOGICAL, "1", "down", "configuration",
        (swapped(f"{entry(ESP_PROFILE, ZONE_7)}/dh-group", "<dh-group>no-pfs</dh-group>"),),
        (*_childless(_Z1), *refused_child("NO_PROPOSAL_CHOSEN", _Z1, f"{_Z1}:10.10.0.0-24_172.20.0.0-16")),
        causes=("pfs-group-mismatch",),
    ),
    Mishap(
        "the far side was replaced by an old box that speaks IKEv1",
        "the two sides speak different versions of IKE",
        "pairs", VIRTUAL, "1", "down", "description",
        then=(*down(_Z1), *unanswered(_Z1)),
        description={"tunnels": [{**tunnel, "ike": {**tunnel["ike"], "version": "ikev1"}} for tunnel in described("pairs")["tunnels"]]},
        causes=("ike-version-mismatch",), follows=("peer-not-configured",),
    ),
    Mishap(
        "one proxy ID was narrowed to the servers in use",
        "the proxy ID names another network than the far side's selector",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (swapped(f"{entry(TUNNEL, _Z1)}/auto-key/proxy-id/entry[@name='10.10.0.0-24_172.21.0.0-16']/remote", "<remote>172.21.0.0/24</remote>"),),
        (*_childless(f"{_Z1}:10.10.0.0-24_172.21.0.0-16"), *refused_child("TS_UNACCEPTABLE", _Z1, f"{_Z1}:10.10.0.0-24_172.21.0.0-16")),
        causes=("proxy-id-mismatch",),
    ),
    Mishap(
        "a proxy ID that seemed unused was deleted",
        "a pair of networks has no proxy ID",
        "pairs", LOGICAL, "1", "down", "configuration",
        (gone(f"{entry(TUNNEL, _Z1)}/auto-key/proxy-id/entry[@name='10.20.0.0-24_172.20.0.0-16']"),),
        causes=("proxy-id-mismatch",),
    ),
    Mishap(
        "what goes to the far servers is sent to a new server here",
        "a NAT rule gives the VPN's packets another destination",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (
            put(RULES["nat"], '<entry name="moved servers">'
                              "<destination-translation><translated-address>10.20.0.10</translated-address></destination-translation>"
                              f'{members("from", "trust")}{members("to", "sites")}{members("source", "any")}{members("destination", "172.20.0.0/16")}'
                              "<service>any</service></entry>"),
            on_top(entry(RULES["nat"], "moved servers")),
        ),
        causes=("destination-nat-on-vpn",),
    ),
    Mishap(
        "the tunnel was given the company's IPsec profile",
        "the IPsec proposals differ",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (put(f"{entry(TUNNEL, _Z1)}/auto-key", "<ipsec-crypto-profile>Suite-B-GCM-256</ipsec-crypto-profile>"),),
        (*_childless(_Z1), *refused_child("NO_PROPOSAL_CHOSEN", _Z1, f"{_Z1}:10.10.0.0-24_172.20.0.0-16")),
        causes=("esp-encryption-mismatch",), follows=("esp-authentication-mismatch", "pfs-group-mismatch"),
    ),
    Mishap(
        "the route to one of the far networks was deleted",
        "a far network is not routed into the tunnel",
        "pairs", LOGICAL, "1", "down", "configuration",
        (gone(entry(ROUTES[LOGICAL], f"{_Z1}-172.21.0.0-16")),),
        causes=("route-missing", "route-elsewhere"),
    ),
    Mishap(
        "the policy optimizer cut the rule for hosts down to web browsing",
        "the rule allows only some applications",
        "pairs", LOGICAL, "1", "down", "configuration",
        (
            swapped(f"{_security(ZONE_7, 'out')}/application", members("application", "web-browsing", "ssl")),
            swapped(f"{_security(ZONE_7, 'out')}/service", members("service", "application-default")),
        ),
        probe=False,
        causes=("security-rule-narrow",),
    ),
)

UNFORESEEN_MISHAPS = (*_PBF, *_ROUTES, *_BGP, *_PAIRS)

UNFORESEEN_ODDITIES = (
    Oddity(
        "the IKE profile was given another DH group that AWS offers too", "pbf", VIRTUAL,
        (swapped(f"{entry(IKE_PROFILE, AWS_STATIC)}/dh-group", members("dh-group", "group21")),),
    ),
    Oddity(
        "the IPsec SAs are to live for eight hours, so that the far side is the one that makes new ones", "pbf", LOGICAL,
        (swapped(f"{entry(ESP_PROFILE, AWS_STATIC)}/lifetime", "<lifetime><hours>8</hours></lifetime>"),),
    ),
    Oddity(
        "the first tunnel has the weak profile that every firewall comes with, and its packet size; AWS takes both", "routes", VIRTUAL,
        (put(f"{entry(TUNNEL, _S1)}/auto-key", "<ipsec-crypto-profile>default</ipsec-crypto-profile>"), put(entry(UNIT, "tunnel.1"), "<mtu>1427</mtu>")),
    ),
    Oddity(
        "the tunnels' zone is protected against spoofed addresses", "pbf", VIRTUAL,
        (
            put(f"{NETWORK}/profiles/zone-protection-profile", '<entry name="partners"><discard-ip-spoof>yes</discard-ip-spoof></entry>'),
            put(_zone("aws-vpn"), "<zone-protection-profile>partners</zone-protection-profile>"),
        ),
    ),
    Oddity(
        "the PBF rules ask for the offices' interface instead of their zone", "pbf", VIRTUAL,
        both(lambda name: swapped(f"{entry(RULES['pbf'], name)}/from", f"<from>{members('interface', 'ae1.10')}</from>"), _S1, _S2, f"{AWS_STATIC}-discard"),
    ),
    Oddity(
        "what the first peer sends is preferred", "bgp", VIRTUAL,
        (put(f"{BGP[VIRTUAL]}/policy/import/rules", f'<entry name="first way"><enable>yes</enable>{members("used-by", AWS_BGP)}'
             f'<match>{members("from-peer", _B1)}</match><action><allow><update><local-preference>200</local-preference></update></allow></action></entry>'
             f'<entry name="every other"><enable>yes</enable>{members("used-by", AWS_BGP)}<action><allow/></action></entry>'),),
    ),
    Oddity(
        "the router uses both tunnels at once", "bgp", LOGICAL,
        (put(ROUTER[LOGICAL], "<ecmp><enable>yes</enable><symmetric-return>yes</symmetric-return></ecmp>"),),
    ),
    Oddity("graceful restart is off", "bgp", LOGICAL, (put(BGP[LOGICAL], "<graceful-restart><enable>no</enable></graceful-restart>"),)),
    Oddity(
        "the peers' timers are longer here than there, and the shorter ones count", "bgp", VIRTUAL,
        both(lambda name: put(f"{entry(PEERS[VIRTUAL], name)}/connection-options", _LONGER), _B1, _B2),
    ),
    Oddity(
        "the static route of the old line is kept as a last resort", "bgp", LOGICAL,
        (put(ROUTES[LOGICAL], f'<entry name="last resort"><destination>{_THEIRS}</destination><interface>ethernet1/2</interface>'
             "<nexthop><ip-address>10.20.0.254</ip-address></nexthop><admin-dist>200</admin-dist><metric>10</metric></entry>"),),
    ),
    Oddity(
        "all private networks are routed to the labs, the far one among them by its larger network", "routes", VIRTUAL,
        (route(VIRTUAL, "private", "10.0.0.0/8"),),
    ),
    Oddity(
        "private networks without a route of their own are discarded", "pairs", VIRTUAL,
        (put(ROUTES[VIRTUAL], '<entry name="bogons"><destination>172.16.0.0/12</destination><nexthop><discard/></nexthop><metric>10</metric></entry>'),),
    ),
    Oddity(
        "a colleague's wider rule above lets everything through that the VPN's rules would", "pairs", LOGICAL,
        (*rule("sites are friends", "trust", "sites", "any", "any", "allow"), *rule("dmz to sites", "dmz", "sites", "any", "any", "allow")),
    ),
    Oddity("guests are kept from everything private", "pbf", VIRTUAL, rule("guests", "guest", "any", "any", "10.0.0.0/8")),
    Oddity(
        "a NAT rule above all says that the VPN is not translated", "pbf", LOGICAL,
        (put(RULES["nat"], f'<entry name="vpn as it is">{_NO_TRANSLATION}</entry>'), on_top(entry(RULES["nat"], "vpn as it is"))),
    ),
    Oddity("guests are hidden behind the outside address, also towards the VPN", "pbf", VIRTUAL, hiding("guests", "guest", "any")),
    Oddity(
        "the tunnels' interfaces answer pings", "routes", LOGICAL,
        both(lambda unit: put(entry(UNIT, unit), "<interface-management-profile>ping-only</interface-management-profile>"), "tunnel.1", "tunnel.2"),
    ),
    Oddity(
        "IKE messages may come in fragments, and the far side is asked every five seconds whether it lives", "routes", VIRTUAL,
        both(lambda name: put(entry(GATEWAY, name), "<protocol><ikev2><dpd><interval>5</interval></dpd></ikev2></protocol>"
                                                    "<protocol-common><fragmentation><enable>yes</enable></fragmentation></protocol-common>"), _S1, _S2),
    ),
    Oddity("the router's ID is another of its addresses", "bgp", VIRTUAL, (swapped(f"{BGP[VIRTUAL]}/router-id", "<router-id>10.20.0.1</router-id>"),)),
    Oddity(
        "the rules name objects instead of networks", "pairs", LOGICAL,
        (
            swapped(f"{_security(ZONE_7, 'out')}/source", members("source", "inside")),
            swapped(f"{_security(ZONE_7, 'in')}/destination", members("destination", "office-lan", "server-lan")),
        ),
    ),
    Oddity(
        "the tunnels are probed less often than they were", "pbf", LOGICAL,
        (put(entry(_MONITORS, AWS_STATIC), "<interval>5</interval><threshold>3</threshold>"),),
    ),
    Oddity("it is night, and nobody sends anything", "pairs", VIRTUAL, then=(traffic(_Z1, 0, 0),)),
    Oddity(
        "a negotiation failed yesterday, and all is well since", "bgp", VIRTUAL,
        then=(*refused("AUTHENTICATION_FAILED", _B1), *unanswered(_B2), *both(lambda name: live("vpn", tunnel=name, sa="up"), _B1, _B2)),
    ),
    Oddity(
        "somebody is about to add a network for guests", "routes", LOGICAL,
        pending=(put(f"{VSYS}/address", '<entry name="guests"><ip-netmask>10.40.0.0/24</ip-netmask></entry>'), route(LOGICAL, "guests", "10.40.0.0/24")),
    ),
    Oddity("a second default route by the guest line waits for the first one to fail", "bgp", LOGICAL,
           (put(ROUTES[LOGICAL], '<entry name="default by the guest line"><destination>0.0.0.0/0</destination><interface>ethernet1/7</interface>'
                "<nexthop><ip-address>203.0.113.5</ip-address></nexthop><metric>100</metric></entry>"),)),
)
