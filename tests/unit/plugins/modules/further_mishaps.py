# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""More mishaps, none of them like those of C(mishaps): each was written down, with its true cause, before anybody saw what the diagnosis says of it."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.mishaps import (
    AWS_BGP, AWS_STATIC, BGP, ESP_PROFILE, GATEWAY, LOGICAL, PEERS, ROUTER, ROUTES, RULES, TUNNEL, UNIT, VIRTUAL, ZONE_7,
    Mishap, Oddity, both, down, entry, gone, live, members, on_top, put, refused, refused_child, rule, session, swapped, told, traffic, unanswered,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import changed_tunnels

_S1, _S2, _B1, _B2, _Z1 = f"{AWS_STATIC}-1", f"{AWS_STATIC}-2", f"{AWS_BGP}-1", f"{AWS_BGP}-2", f"{ZONE_7}-1"
_OURS, _THEIRS = "10.10.0.0/24", "10.200.0.0/16"
_PORT = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']"
_OFFICES = f"{NETWORK}/interface/aggregate-ethernet/entry[@name='ae1']/layer3/units/entry[@name='ae1.10']"
_PAIRS = tuple(f"{_Z1}:{here}_{there}" for here in ("10.10.0.0-24", "10.20.0.0-24") for there in ("172.20.0.0-16", "172.21.0.0-16"))


def _learned(*networks: str) -> tuple:
    return tuple(live("learned", router="default", destination=network, nexthop="169.254.88.13", metric="", interface="tunnel.1") for network in networks)


# By PBF.
_PBF = (
    Mishap(
        "the second tunnel is still switched off after maintenance",
        "the IPsec tunnel is disabled",
        "pbf", VIRTUAL, "2", "at_risk", "configuration",
        (put(entry(TUNNEL, _S2), "<disabled>yes</disabled>"),),
        causes=("tunnel-disabled",),
    ),
    Mishap(
        "the second tunnel's interface was taken out of the router",
        "the tunnel's interface is in no router, so that nothing is forwarded by it",
        "pbf", VIRTUAL, "2", "at_risk", "configuration",
        (gone(f"{ROUTER[VIRTUAL]}/interface/member[text()='tunnel.2']"),),
        causes=("tunnel-interface-without-router",),
    ),
    Mishap(
        "both gateways were told to wait for the far side",
        "neither side begins: the gateways are passive, and AWS waits as well",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        both(lambda name: put(f"{entry(GATEWAY, name)}/protocol-common", "<passive-mode>yes</passive-mode>"), _S1, _S2),
        down(_S1, _S2),
        causes=("both-sides-passive",),
    ),
    Mishap(
        "the IPsec profile was set to what an old router knew",
        "phase 2 proposes a cipher that the far side does not take",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (swapped(f"{entry(ESP_PROFILE, AWS_STATIC)}/esp", f"<esp>{members('encryption', '3des')}{members('authentication', 'md5')}</esp>"),),
        (
            *(live("vpn", tunnel=name, sa="init", monitor="down") for name in (_S1, _S2)),
            *refused_child("NO_PROPOSAL_CHOSEN", _S1, _S1), *refused_child("NO_PROPOSAL_CHOSEN", _S2, _S2),
        ),
        causes=("esp-encryption-mismatch",),
        follows=("esp-authentication-mismatch",),
    ),
    Mishap(
        "the discard rule was moved to the top of the PBF rules",
        "the VPN's own discard rule comes before its forwarding rules and takes everything",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (on_top(entry(RULES["pbf"], f"{AWS_STATIC}-discard")),),
        causes=("pbf-rule-order",),
    ),
    Mishap(
        "the rule to AWS was given a group of users",
        "the VPN's security rule matches some users only",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (put(entry(RULES["security"], f"{AWS_STATIC}-out"), members("source-user", "example\\cloud-team")),),
        causes=("security-rule-narrow",),
    ),
    Mishap(
        "the first tunnel's interface was typed with another address",
        "the inside address is not the one that the far side expects and answers to",
        "pbf", VIRTUAL, "1", "at_risk", "configuration",
        (swapped(f"{entry(UNIT, 'tunnel.1')}/ip", '<ip><entry name="169.254.31.78/30"/></ip>'),),
        (live("vpn", tunnel=_S1, monitor="down"),),
        causes=("inside-address-wrong",),
    ),
    Mishap(
        "the default route was deleted",
        "the router has no route to the far side's endpoints",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (gone(entry(ROUTES[LOGICAL], "default")),),
        (*down(_S1, _S2), *unanswered(_S1, _S2)),
        causes=("endpoint-route-missing",),
    ),
    Mishap(
        "the first gateway expects the far side to show a name",
        "the gateway wants an ID that the far side does not show",
        "pbf", VIRTUAL, "1", "at_risk", "configuration",
        (put(entry(GATEWAY, _S1), "<peer-id><type>fqdn</type><id>vpn.frankfurt.example.net</id></peer-id>"),),
        (
            *down(_S1),
            live("log", eventid="ikev2-nego-ike-fail", name=_S1, severity="medium",
                 opaque="IKEv2 IKE SA negotiation is failed as initiator, non-rekey. Failed SA: 198.51.100.10[500]-203.0.113.17[500]"),
        ),
        causes=("peer-identity-mismatch",),
    ),
    Mishap(
        "the first key was changed on both sides, and not committed here",
        "the firewall runs with the old key; the new one is in the candidate configuration only",
        "pbf", VIRTUAL, "1", "at_risk", "candidate",
        (),
        (*down(_S1), *refused("AUTHENTICATION_FAILED", _S1)),
        pending=(put(f"{entry(GATEWAY, _S1)}/authentication/pre-shared-key", "<key>notReal.new.one</key>"),),
        description={"tunnels": changed_tunnels("pbf", {"pre_shared_key": "notReal.new.one"})},
        causes=("commit-pending",),
        follows=("pre-shared-key-mismatch",),
    ),
    Mishap(
        "the first tunnel was given a proxy ID, as the last firewall had one",
        "the tunnel takes the networks' packets only, and the monitor's probes are none of them",
        "pbf", LOGICAL, "1", "at_risk", "configuration",
        (put(f"{entry(TUNNEL, _S1)}/auto-key", f'<proxy-id><entry name="offices"><local>{_OURS}</local><remote>{_THEIRS}</remote></entry></proxy-id>'),),
        (live("vpn", tunnel=f"{_S1}:offices", monitor="down"),),
        causes=("selectors-exclude-monitor",),
    ),
)

# By BGP.
_BGP = (
    Mishap(
        "the rule for IKE was cleaned up as a rule without hits",
        "no rule lets IKE and ESP through between this firewall and the endpoints",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (gone(entry(RULES["security"], f"{AWS_BGP}-ike")),),
        (*down(_B1, _B2), *session("Active", _B1, _B2), *unanswered(_B1, _B2)),
        causes=("ike-denied-by-rule",),
    ),
    Mishap(
        "the rule between the tunnels' inside addresses was cleaned up",
        "no rule lets BGP through between the inside addresses",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (gone(entry(RULES["security"], f"{AWS_BGP}-inside")),),
        session("Active", _B1, _B2),
        causes=("intrazone-denied",),
    ),
    Mishap(
        "the first peer was switched off during a test",
        "the BGP peer is disabled",
        "bgp", VIRTUAL, "1", "at_risk", "configuration",
        (put(entry(PEERS[VIRTUAL], _B1), "<enable>no</enable>"),),
        causes=("bgp-peer-disabled",),
    ),
    Mishap(
        "BGP was switched off on the router",
        "BGP is disabled",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (put(BGP[LOGICAL], "<enable>no</enable>"),),
        causes=("bgp-disabled",),
    ),
    Mishap(
        "two digits of the second peer's address were swapped",
        "the peer's address is not the far side's inside address",
        "bgp", LOGICAL, "2", "at_risk", "configuration",
        (put(f"{entry(PEERS[LOGICAL], _B2)}/peer-address", "<ip>169.254.140.18</ip>"),),
        session("Active", _B2),
        causes=("bgp-address-mismatch",),
        follows=("bgp-multihop-missing",),
    ),
    Mishap(
        "the first peer may send two networks, and the far side has grown to three",
        "the session ends because the far side sends more prefixes than the peer's limit",
        "bgp", VIRTUAL, "1", "at_risk", "configuration",
        (put(entry(PEERS[VIRTUAL], _B1), "<max-prefixes>2</max-prefixes>"),),
        (*session("Idle", _B1), told(_B2, [_THEIRS, "10.210.0.0/16", "10.220.0.0/16"], [_OURS]), *(
            live("learned", router="default", destination=network, nexthop="169.254.140.81", metric="", interface="tunnel.2")
            for network in (_THEIRS, "10.210.0.0/16", "10.220.0.0/16"))),
        causes=("bgp-prefix-limit",),
    ),
    Mishap(
        "the export rule was switched off",
        "no export rule lets the local network out, so it is not announced",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (put(f"{BGP[VIRTUAL]}/policy/export/rules/entry[@name='{AWS_BGP}-out']", "<enable>no</enable>"),),
        (told(_B1, [_THEIRS], []), told(_B2, [_THEIRS], []), *_learned(_THEIRS)),
        causes=("export-policy",),
    ),
    Mishap(
        "the offices' interface was given another network",
        "the router is not connected to the local network any more, so there is nothing to announce",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (swapped(f"{_OFFICES}/ip", '<ip><entry name="10.11.0.1/24"/></ip>'),),
        causes=("advertised-prefix-not-routed",),
    ),
    Mishap(
        "the tunnels were given the packet size of the LAN",
        "the tunnels take bigger packets than fit with their encryption on the way",
        "bgp", LOGICAL, "1 2", "at_risk", "configuration",
        both(lambda unit: put(entry(UNIT, unit), "<mtu>1500</mtu>"), "tunnel.1", "tunnel.2"),
        causes=("mtu-too-large",),
    ),
    Mishap(
        "the second tunnel was copied from the first one with its gateway",
        "the tunnel negotiates by the gateway of the other one",
        "bgp", LOGICAL, "2", "at_risk", "configuration",
        (swapped(f"{entry(TUNNEL, _B2)}/auto-key/ike-gateway", f'<ike-gateway><entry name="{_B1}"/></ike-gateway>'),),
        (*down(_B2), *session("Active", _B2)),
        causes=("ike-gateway-of-another-tunnel",),
    ),
    Mishap(
        "the VPC was replaced by one with another network",
        "the far side announces, and not the remote network",
        "bgp", VIRTUAL, "1 2", "healthy", "state",
        (),
        (told(_B1, ["10.201.0.0/16"], [_OURS]), told(_B2, ["10.201.0.0/16"], [_OURS]), *_learned("10.201.0.0/16")),
        causes=("nothing-learned",),
    ),
    Mishap(
        "the far side's routing process has stopped",
        "nobody answers to BGP on the far side, while the tunnels carry packets",
        "bgp", LOGICAL, "1 2", "down", "",
        (),
        (*session("Active", _B1, _B2), traffic(_B1, 20, 20), traffic(_B2, 20, 20)),
        causes=("bgp-unanswered",),
    ),
    Mishap(
        "a rule on top lets nothing in from the cloud",
        "a deny rule takes what begins on the far side",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        rule("nothing from the cloud", "aws-vpn", "trust", "any", "any"),
        causes=("security-rule-shadowed",),
    ),
    Mishap(
        "the rule to AWS names a group that has lost the offices",
        "the VPN's security rule does not hold the local network",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (
            put(f"{VSYS}/address-group", f'<entry name="cloud users"><static>{"<member>server-lan</member>"}</static></entry>'),
            swapped(f"{entry(RULES['security'], f'{AWS_BGP}-out')}/source", members("source", "cloud users")),
        ),
        causes=("security-rule-denies",),
    ),
)

# By static routes, and between pairs of networks.
_ROUTES = (
    Mishap(
        "private networks are thrown away by a route",
        "a discard route to the remote network is better than the VPN's routes",
        "routes", VIRTUAL, "1 2", "down", "configuration",
        (put(ROUTES[VIRTUAL],
             f'<entry name="not by the provider"><destination>{_THEIRS}</destination><nexthop><discard/></nexthop><metric>1</metric></entry>'),),
        causes=("route-elsewhere",),
    ),
    Mishap(
        "the routes were written anew with a wrong digit",
        "the remote network has no route into the tunnels",
        "routes", LOGICAL, "1 2", "down", "configuration",
        tuple(
            edit
            for name, unit, metric in ((_S1, "tunnel.1", 10), (_S2, "tunnel.2", 20))
            for edit in (
                gone(f"{ROUTES[LOGICAL]}/entry[@name='{name}-10.200.0.0-16']"),
                put(ROUTES[LOGICAL], f'<entry name="{name} anew"><destination>10.220.0.0/16</destination><interface>{unit}</interface>'
                                     f"<metric>{metric}</metric></entry>"),
            )
        ),
        causes=("route-missing",),
        follows=("route-without-monitor",),
    ),
    Mishap(
        "a NAT rule takes the far network to a server here, as during the move",
        "a NAT rule translates the destination of the VPN's traffic",
        "routes", VIRTUAL, "1 2", "down", "configuration",
        (
            put(RULES["nat"],
                '<entry name="moved"><destination-translation><translated-address>10.20.0.53</translated-address></destination-translation>'
                f"{members('from', 'trust')}{members('to', 'any')}{members('source', 'any')}{members('destination', _THEIRS)}<service>any</service></entry>"),
            on_top(entry(RULES["nat"], "moved")),
        ),
        causes=("destination-nat-on-vpn",),
    ),
    Mishap(
        "the outside port was shut down in the configuration",
        "the outside interface is configured as down",
        "routes", LOGICAL, "1 2", "down", "configuration",
        (put(_PORT, "<link-state>down</link-state>"),),
        causes=("outside-interface-down",),
    ),
    Mishap(
        "the second tunnel's interface was taken out of its zone",
        "the tunnel's interface is in no zone, so that nothing passes it",
        "routes", VIRTUAL, "2", "at_risk", "configuration",
        (gone(f"{entry(f'{VSYS}/zone', 'aws-vpn')}/network/layer3/member[text()='tunnel.2']"),),
        causes=("tunnel-interface-without-zone",),
    ),
    Mishap(
        "the servers' interface was given an address of the far network",
        "the remote network is connected here as well, which is better than any route",
        "routes", VIRTUAL, "1 2", "down", "configuration",
        (put(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/2']/layer3/ip", '<entry name="10.200.0.1/16"/>'),),
        causes=("route-elsewhere",),
    ),
    Mishap(
        "the gateway was set to IKEv1",
        "the gateway begins with another version of IKE than the far side takes",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (put(f"{entry(GATEWAY, _Z1)}/protocol", "<ikev1><ike-crypto-profile>zone-7</ike-crypto-profile></ikev1><version>ikev1</version>"),),
        (
            *down(_Z1),
            live("log", eventid="ike-nego-p1-fail", name=_Z1, severity="medium",
                 opaque="IKE phase-1 negotiation is failed as initiator, main mode. Failed SA: 198.51.100.10[500]-203.0.113.90[500]. Due to timeout."),
        ),
        causes=("ike-version-mismatch",),
    ),
    Mishap(
        "one of the pairs was deleted",
        "two networks that were agreed have no proxy ID",
        "pairs", LOGICAL, "1", "down", "configuration",
        (gone(f"{entry(TUNNEL, _Z1)}/auto-key/proxy-id/entry[@name='10.20.0.0-24_172.21.0.0-16']"),),
        causes=("proxy-id-mismatch",),
    ),
    Mishap(
        "the gateway was set back to the default IKE profile",
        "phase 1 proposes what the far side does not take",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (put(f"{entry(GATEWAY, _Z1)}/protocol/ikev2", "<ike-crypto-profile>default</ike-crypto-profile>"),),
        (*down(_Z1), *refused("NO_PROPOSAL_CHOSEN", _Z1)),
        causes=("ike-encryption-mismatch",),
        follows=("ike-hash-mismatch", "ike-dh-group-mismatch"),
    ),
)

FURTHER_MISHAPS = (*_PBF, *_BGP, *_ROUTES)

# What is nearly one of them.
PART_DENIED = Oddity("a deny rule on top is about one host of the cloud", "bgp", VIRTUAL, rule("not that one", "aws-vpn", "trust", "10.200.9.9", "any"))
FURTHER_ODDITIES = (
    Oddity(
        "the far side sends as many networks as it may",
        "bgp", VIRTUAL,
        both(lambda name: put(entry(PEERS[VIRTUAL], name), "<max-prefixes>2</max-prefixes>"), _B1, _B2),
        (told(_B1, [_THEIRS, "10.210.0.0/16"], [_OURS]), told(_B2, [_THEIRS, "10.210.0.0/16"], [_OURS]), *_learned(_THEIRS, "10.210.0.0/16")),
    ),
    Oddity(
        "the far side announces its network in halves",
        "bgp", LOGICAL, (),
        (*(told(name, ["10.200.0.0/17", "10.200.128.0/17"], [_OURS]) for name in (_B1, _B2)), *_learned("10.200.0.0/17", "10.200.128.0/17")),
    ),
)
