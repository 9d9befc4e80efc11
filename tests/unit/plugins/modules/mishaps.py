# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens to VPNs that worked: a change by hand, the far side, the way, routing, policies, a commit that was forgotten. And what only looks odd.

A row is made from how VPNs fail and from what the guides promise, and not from the rules of the diagnosis, which would then be held against themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import spi
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import LearnedRoute, Measured, TunnelState
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import options, profile

VIRTUAL, LOGICAL = "virtual-router", "logical-router"

# How the VPNs are called, and what their parts are in the configuration.
AWS_STATIC, AWS_BGP, ZONE_7 = "vpn-0a1d7f3c52e9b8046", "vpn-0f64b20c9d8e1a375", "zone-7"
NAMES = {"pbf": AWS_STATIC, "routes": AWS_STATIC, "bgp": AWS_BGP, "pairs": ZONE_7}
GATEWAY, TUNNEL, UNIT = f"{NETWORK}/ike/gateway", f"{NETWORK}/tunnel/ipsec", f"{NETWORK}/interface/tunnel/units"
IKE_PROFILE = f"{NETWORK}/ike/crypto-profiles/ike-crypto-profiles"
ESP_PROFILE = f"{NETWORK}/ike/crypto-profiles/ipsec-crypto-profiles"
RULES = {kind: f"{VSYS}/rulebase/{kind}/rules" for kind in ("security", "nat", "pbf")}
ROUTER = {VIRTUAL: f"{NETWORK}/virtual-router/entry[@name='default']", LOGICAL: f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']"}
BGP = {VIRTUAL: f"{ROUTER[VIRTUAL]}/protocol/bgp", LOGICAL: f"{ROUTER[LOGICAL]}/bgp"}
PEERS = {engine: f"{place}/peer-group/entry[@name='{AWS_BGP}']/peer" for engine, place in BGP.items()}
ROUTES = {engine: f"{place}/routing-table/ip/static-route" for engine, place in ROUTER.items()}

_PEER = {
    "outside_address": "203.0.113.90",
    "pre_shared_key": "notReal.zone.7",
    "selector_pairs": [{"local": here, "remote": there} for here in ("10.10.0.0/24", "10.20.0.0/24") for there in ("172.20.0.0/16", "172.21.0.0/16")],
    "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14", "lifetime_seconds": 28800},
    "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600},
}
PAIRS = {
    "name": ZONE_7,
    "failover": "routes",
    "policy_based": True,
    "outside_interface": "ethernet1/8",
    "zone": "sites",
    "source_zones": ["trust", "dmz"],
    "local_networks": ["10.10.0.0/24", "10.20.0.0/24"],
    "remote_networks": ["172.20.0.0/16", "172.21.0.0/16"],
    "tunnels": [{key: value for key, value in _PEER.items() if key != "selector_pairs"}],
}


def made(kind: str, **changes) -> dict:
    """The options of the VPN that is there before."""
    if kind == "pairs":
        return {**PAIRS, **changes}
    return options("pbf", failover="routes", **changes) if kind == "routes" else options(kind, **changes)


def described(kind: str) -> dict:
    """The far side's description of it."""
    return {"id": ZONE_7, "routing": "static", "tunnels": [_PEER]} if kind == "pairs" else profile("pbf" if kind == "routes" else kind)


# What people do to a configuration.


def put(place: str, element: str) -> tuple:
    return ("set", place, element, None, None)


def swapped(place: str, element: str) -> tuple:
    return ("edit", place, element, None, None)


def gone(place: str) -> tuple:
    return ("delete", place, None, None, None)


def on_top(place: str) -> tuple:
    return ("move", place, None, "top", None)


def entry(place: str, name: str) -> str:
    return f"{place}/entry[@name='{name}']"


def members(tag: str, *texts: str) -> str:
    return f"<{tag}>{''.join(f'<member>{text}</member>' for text in texts)}</{tag}>"


def rule(name: str, source_zone: str, zone: str, source: str, destination: str, action: str = "deny", more: str = "") -> tuple:
    """A security rule above all others."""
    matches = "".join(
        members(tag, text)
        for tag, text in (("from", source_zone), ("to", zone), ("source", source), ("destination", destination), ("application", "any"), ("service", "any"))
    )
    return (put(RULES["security"], f'<entry name="{name}">{matches}<action>{action}</action>{more}</entry>'), on_top(entry(RULES["security"], name)))


def forwarding(name: str, zone: str, source: str, destination: str) -> tuple:
    """A PBF rule onto the guest line, above all others."""
    matches = "".join(members(tag, text) for tag, text in (("source", source), ("destination", destination), ("application", "any"), ("service", "any")))
    forward = "<forward><egress-interface>ethernet1/7</egress-interface><nexthop><ip-address>203.0.113.5</ip-address></nexthop></forward>"
    return (
        put(RULES["pbf"], f'<entry name="{name}"><from>{members("zone", zone)}</from>{matches}<action>{forward}</action></entry>'),
        on_top(entry(RULES["pbf"], name)),
    )


def hiding(name: str, source_zone: str, zone: str, more: str = "") -> tuple:
    """A NAT rule above all others that hides sources behind the outside address."""
    matches = members("from", source_zone) + members("to", zone) + members("source", "any") + members("destination", "any") + "<service>any</service>"
    behind = "<source-translation><dynamic-ip-and-port><interface-address><interface>ethernet1/8</interface></interface-address></dynamic-ip-and-port>"
    return (put(RULES["nat"], f'<entry name="{name}">{behind}</source-translation>{matches}{more}</entry>'), on_top(entry(RULES["nat"], name)))


def route(engine: str, name: str, destination: str, nexthop: str = "10.20.0.254", interface: str = "ethernet1/2") -> tuple:
    """A static route, by default to the router behind the servers."""
    hop = f"<nexthop><ip-address>{nexthop}</ip-address></nexthop>" if nexthop else ""
    return put(
        ROUTES[engine], f'<entry name="{name}"><destination>{destination}</destination><interface>{interface}</interface>{hop}<metric>10</metric></entry>'
    )


def both(make, *names: str) -> tuple:
    return tuple(make(name) for name in names)


# What then happens.


class Moving(TunnelState):
    """A tunnel with traffic: packets a second, out and in, since the firewall was started."""

    def __init__(self, name: str, out: int, back: int, clock) -> None:
        self.name, self.out, self.back, self.clock, self.began = name, out, back, clock, clock()
        super().__init__()

    @property
    def measured(self) -> Measured:
        past = self.clock() - self.began
        out, back = int(1000 + past * self.out), int(1000 + past * self.back)
        return Measured(spi(self.name, "in"), spi(self.name, "out"), back, out, back * 84, out * 84, 60, probes_sent=12, probes_answered=12)

    @measured.setter
    def measured(self, value) -> None:
        """A data plane would write here."""


@dataclass(frozen=True)
class Live:
    """One thing that is so on the firewall and stands in no configuration. C(what): a method of the emulator's control, or one of the two below."""

    what: str
    arguments: dict

    def happen(self, firewall: Emulator, clock) -> None:
        runtime = firewall.firewall.runtime
        if self.what == "traffic":
            runtime.tunnels[self.arguments["tunnel"]] = Moving(
                clock=clock, name=self.arguments["tunnel"], out=self.arguments["out"], back=self.arguments["back"]
            )
        elif self.what == "learned":
            runtime.learned_routes.append(LearnedRoute(**self.arguments))
        else:
            getattr(firewall.control, self.what)(**self.arguments)


def live(what: str, **arguments) -> Live:
    return Live(what, arguments)


def down(*tunnels: str) -> tuple:
    return tuple(live("vpn", tunnel=tunnel, sa="down", monitor="down") for tunnel in tunnels)


def unanswered(*gateways: str) -> tuple:
    """The firewall asks, and nobody answers."""
    text = "IKE negotiation is failed due to timeout. Failed SA: 198.51.100.10[500]-203.0.113.1[500]"
    return tuple(live("log", eventid="ikev2-nego-ike-fail", name=gateway, opaque=text, severity="medium") for gateway in gateways)


def refused(notify: str, *gateways: str) -> tuple:
    """The far side answers with a notification, and the negotiation of the IKE SA is over."""
    told = tuple(
        live("log", eventid="ike-generic-event", name=gateway, opaque=f"IKE protocol notification message received: received notify type {notify}")
        for gateway in gateways
    )
    text = "IKEv2 IKE SA negotiation is failed as initiator, non-rekey. Failed SA: 198.51.100.10[500]-203.0.113.1[500]"
    return told + tuple(live("log", eventid="ikev2-nego-ike-fail", name=gateway, opaque=text, severity="medium") for gateway in gateways)


def refused_child(notify: str, gateway: str, tunnel: str) -> tuple:
    text = "IKEv2 child SA negotiation is failed as initiator. Failed SA: 198.51.100.10[500]-203.0.113.90[500]"
    return (
        live("log", eventid="ike-generic-event", name=gateway, opaque=f"IKE protocol notification message received: received notify type {notify}"),
        live("log", eventid="ikev2-nego-child-fail", name=tunnel, opaque=text, severity="medium"),
    )


def session(state: str, *peers: str) -> tuple:
    return tuple(live("bgp", peer=peer, state=state) for peer in peers)


def told(peer: str, received: list, advertised: list) -> Live:
    return live("bgp", peer=peer, state="Established", received_prefixes=received, advertised_prefixes=advertised)


def traffic(tunnel: str, out: int, back: int) -> Live:
    return live("traffic", tunnel=tunnel, out=out, back=back)


@dataclass(frozen=True)
class Mishap:
    """C(what): what was done. C(truth): the true cause in plain words. C(health): what the VPN is then, by the page about its three states. C(seen): where
    the firewall, or the far side's description, shows it: configuration, state, log, description, candidate; empty where nothing does, so that nobody can be
    certain.

    C(kind): of the VPN. C(tunnels): those concerned. C(edits): committed changes, in order. C(pending): uncommitted ones. C(then): what is so afterwards.
    C(making): options of the VPN besides. C(description): how the far side's description differs. C(probe): whether the probe of a host is answered, where
    one is sent. C(committed): whether the VPN itself was.

    C(causes): what the diagnosis calls the true cause; with several of them, each says it. C(follows): what is as certain because of it, and is not what
    happened.
    """

    what: str
    truth: str
    kind: str
    engine: str
    tunnels: str
    health: str
    seen: str
    edits: tuple = ()
    then: tuple = ()
    pending: tuple = ()
    making: dict = field(default_factory=dict)
    description: dict = field(default_factory=dict)
    probe: bool | None = None
    committed: bool = True
    causes: tuple = ()
    follows: tuple = ()


def _of(name: str, number: int | str) -> str:
    return f"{name}-{number}"


_S1, _S2, _B1, _B2, _Z1 = _of(AWS_STATIC, 1), _of(AWS_STATIC, 2), _of(AWS_BGP, 1), _of(AWS_BGP, 2), _of(ZONE_7, 1)
_OURS, _THEIRS = "10.10.0.0/24", "10.200.0.0/16"

# By PBF.
_PBF = (
    Mishap(
        "the first tunnel's gateway was moved to the guest line",
        "the gateway leaves by another interface and address than the far side expects",
        "pbf", VIRTUAL, "1", "at_risk", "configuration",
        (swapped(f"{entry(GATEWAY, _S1)}/local-address", "<local-address><interface>ethernet1/7</interface><ip>203.0.113.6/30</ip></local-address>"),),
        (*down(_S1), *unanswered(_S1)),
        causes=("local-interface-wrong",),
    ),
    Mishap(
        "both gateways were given a name as their ID, as another firewall wanted it",
        "the firewall shows an ID that the far side does not know",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        both(lambda name: put(entry(GATEWAY, name), "<local-id><type>fqdn</type><id>fw1.example.net</id></local-id>"), _S1, _S2),
        (*down(_S1, _S2), *refused("AUTHENTICATION_FAILED", _S1, _S2)),
        causes=("local-identity-mismatch",),
    ),
    Mishap(
        "two digits of the first peer's address were swapped",
        "the gateway's peer address is not the far side's",
        "pbf", VIRTUAL, "1", "at_risk", "configuration",
        (put(f"{entry(GATEWAY, _S1)}/peer-address", "<ip>203.0.113.71</ip>"),),
        (*down(_S1), *unanswered(_S1)),
        causes=("peer-address-wrong",),
        follows=("ike-denied-by-rule",),
    ),
    Mishap(
        "the IKE profile was set to group 5",
        "phase 1 proposes a group that the far side does not take",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (swapped(f"{entry(IKE_PROFILE, AWS_STATIC)}/dh-group", members("dh-group", "group5")),),
        (*down(_S1, _S2), *refused("NO_PROPOSAL_CHOSEN", _S1, _S2)),
        causes=("ike-dh-group-mismatch",),
    ),
    Mishap(
        "perfect forward secrecy was switched off",
        "the far side insists on a group in phase 2: the first SA comes up without, the next rekey does not",
        "pbf", VIRTUAL, "1 2", "at_risk", "configuration",
        (put(entry(ESP_PROFILE, AWS_STATIC), "<dh-group>no-pfs</dh-group>"),),
        causes=("pfs-group-mismatch",),
    ),
    Mishap(
        "two digits of the first tunnel's monitored address were swapped",
        "the tunnel monitor asks an address that is nobody's",
        "pbf", LOGICAL, "1", "at_risk", "configuration",
        (put(f"{entry(TUNNEL, _S1)}/tunnel-monitor", "<destination-ip>169.254.31.96</destination-ip>"),),
        (live("vpn", tunnel=_S1, monitor="down"),),
        causes=("monitor-target-wrong",),
    ),
    Mishap(
        "the first PBF rule's monitor asks a server that was switched off",
        "the rule's monitor asks another address than the far side's inside address",
        "pbf", VIRTUAL, "1", "at_risk", "configuration",
        (put(f"{entry(RULES['pbf'], _S1)}/action/forward/monitor", "<ip-address>10.200.0.250</ip-address>"),),
        (live("pbf", rule=_S1, state="disabled"),),
        causes=("pbf-monitor-silent", "pbf-next-hop-wrong"),
    ),
    Mishap(
        "all of the offices was sent to the guest line by a PBF rule on top",
        "another PBF rule above takes the traffic",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        forwarding("offices by the guest line", "trust", "any", "any"),
        causes=("pbf-rule-shadowed",),
    ),
    Mishap(
        "both forwarding rules are still disabled after maintenance",
        "the VPN's PBF rules are disabled, so that its discard rule takes everything",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        both(lambda name: put(entry(RULES["pbf"], name), "<disabled>yes</disabled>"), _S1, _S2),
        causes=("pbf-rule-disabled",),
    ),
    Mishap(
        "the forwarding rules were narrowed to the lower half of the offices",
        "the PBF rules' source does not hold all of the local network",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        both(lambda name: swapped(f"{entry(RULES['pbf'], name)}/source", members("source", "10.10.0.0/25")), _S1, _S2),
        causes=("pbf-rule-misses-traffic",),
    ),
    Mishap(
        "the PBF rules were set to another zone than the hosts'",
        "the PBF rules ask for another source zone",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        both(lambda name: swapped(f"{entry(RULES['pbf'], name)}/from", f"<from>{members('zone', 'dmz')}</from>"), _S1, _S2, _of(AWS_STATIC, "discard")),
        making={"backup_routes": False},
        causes=("pbf-rule-misses-traffic",),
    ),
    Mishap(
        "the destination of the rule to AWS was negated",
        "the VPN's security rule matches everything but the far side's network",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        (put(entry(RULES["security"], _of(AWS_STATIC, "out")), "<negate-destination>yes</negate-destination>"),),
        causes=("security-rule-denies", "security-rule-missing"),
    ),
    Mishap(
        "a test network's route holds the far side's addresses",
        "the way to the endpoints leads by another interface than the gateways'",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (route(VIRTUAL, "test networks", "203.0.113.0/24"),),
        (*down(_S1, _S2), *unanswered(_S1, _S2)),
        causes=("endpoint-route-through-other-interface",),
    ),
    Mishap(
        "the offices hide behind the outside address wherever they go",
        "a NAT rule translates the VPN's traffic",
        "pbf", LOGICAL, "1 2", "down", "configuration",
        hiding("offices hide", "trust", "any"),
        (traffic(_S1, 800, 0), traffic(_S2, 0, 0)),
        causes=("source-nat-on-vpn",),
    ),
    Mishap(
        "the first rule has lost its monitor, and AWS has taken that endpoint down",
        "the rule into the tunnel that is down is not disabled with it",
        "pbf", VIRTUAL, "1", "down", "configuration",
        (gone(f"{entry(RULES['pbf'], _S1)}/action/forward/monitor"),),
        (*down(_S1), *unanswered(_S1)),
        causes=("pbf-rule-without-monitor",),
    ),
    Mishap(
        "the far side's host firewall drops what comes from here",
        "something behind the far side's endpoint drops or does not answer",
        "pbf", VIRTUAL, "1 2", "down", "",
        (),
        (traffic(_S1, 800, 0), traffic(_S2, 0, 0)),
        probe=False,
        causes=("cloud-way-back",),
    ),
    Mishap(
        "AWS has lost the static route to here",
        "the far side has no route back to the local network",
        "pbf", LOGICAL, "1 2", "down", "description",
        (),
        (traffic(_S1, 800, 0), traffic(_S2, 0, 0)),
        description={"static_routes": ["192.168.77.0/24"]},
        causes=("cloud-static-route-missing",),
    ),
    Mishap(
        "what one rule allows was tied to a schedule that is over",
        "the VPN's security rule holds at certain times only",
        "pbf", VIRTUAL, "1 2", "down", "configuration",
        (
            put(
                f"{VSYS}/schedule",
                '<entry name="migration weekend"><schedule-type><non-recurring><member>2026/03/07@00:00-2026/03/08@23:59</member></non-recurring>'
                "</schedule-type></entry>",
            ),
            put(entry(RULES["security"], _of(AWS_STATIC, "out")), "<schedule>migration weekend</schedule>"),
        ),
        causes=("security-rule-narrow",),
    ),
    Mishap(
        "the first gateway was switched off, and switched on again without a commit",
        "the gateway is disabled in what runs; the change that enables it is not committed",
        "pbf", VIRTUAL, "1", "at_risk", "candidate",
        (put(entry(GATEWAY, _S1), "<disabled>yes</disabled>"),),
        down(_S1),
        pending=(put(entry(GATEWAY, _S1), "<disabled>no</disabled>"),),
        causes=("commit-pending", "ike-gateway-disabled"),
    ),
    Mishap(
        "the VPN was made and never committed", "the VPN is in the candidate configuration only", "pbf", LOGICAL, "1 2", "down", "candidate", committed=False,
        causes=("commit-pending", "not-configured"),
    ),
)

# By BGP.
_BGP = (
    Mishap(
        "the router was given another AS number",
        "the router's AS is not the one that the far side expects",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (put(BGP[VIRTUAL], "<local-as>65010</local-as>"),),
        session("Idle", _B1, _B2),
        causes=("bgp-local-as-mismatch",),
    ),
    Mishap(
        "two digits of the second peer's AS were swapped",
        "the peer's AS is not the far side's",
        "bgp", LOGICAL, "2", "at_risk", "configuration",
        (put(entry(PEERS[LOGICAL], _B2), "<peer-as>64521</peer-as>"),),
        session("Idle", _B2),
        causes=("bgp-as-mismatch",),
    ),
    Mishap(
        "an import rule refuses what is private",
        "an import rule refuses the far side's prefixes",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (
            put(
                f"{BGP[VIRTUAL]}/policy/import/rules",
                f'<entry name="nothing private">{members("used-by", AWS_BGP)}<enable>yes</enable><match><address-prefix>'
                '<entry name="10.0.0.0/8"><exact>no</exact></entry></address-prefix></match><action><deny/></action></entry>',
            ),
        ),
        (told(_B1, [], [_OURS]), told(_B2, [], [_OURS])),
        causes=("import-policy",),
    ),
    Mishap(
        "the prefix list was changed to the network of another office",
        "the local network is not announced: no entry of the outbound filter permits it",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (
            swapped(
                f"{NETWORK}/routing-profile/filters/prefix-list/entry[@name='{AWS_BGP}-out']/type/ipv4/ipv4-entry/entry[@name='10']",
                '<entry name="10"><action>permit</action><prefix><entry><network>10.11.0.0/24</network></entry></prefix></entry>',
            ),
        ),
        (
            told(_B1, [_THEIRS], []),
            told(_B2, [_THEIRS], []),
            live("learned", router="default", destination=_THEIRS, nexthop="169.254.88.13", metric="", interface="tunnel.1"),
        ),
        causes=("export-policy", "local-network-not-announced"),
        follows=("advertised-prefix-not-routed",),
    ),
    Mishap(
        "the router no longer installs what BGP learns",
        "learned routes are not installed",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (put(BGP[VIRTUAL], "<install-route>no</install-route>"),),
        causes=("install-route-off",),
    ),
    Mishap(
        "the first peer was given a password",
        "the session is signed, and the far side does not sign",
        "bgp", LOGICAL, "1", "at_risk", "configuration",
        (
            put(f"{NETWORK}/routing-profile/bgp/auth-profile", '<entry name="signed"><secret>notReal.signed</secret></entry>'),
            put(f"{entry(PEERS[LOGICAL], _B1)}/connection-options", "<authentication>signed</authentication>"),
        ),
        session("Connect", _B1),
        causes=("bgp-password-mismatch",),
    ),
    Mishap(
        "a static route of the data centre's move was left over",
        "another route to the same network is better than BGP's",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (route(VIRTUAL, "moved to the labs", _THEIRS),),
        causes=("route-elsewhere",),
        follows=("learned-not-installed",),
    ),
    Mishap(
        "a part of the far network was routed to the labs",
        "a longer prefix leads a part of the remote network elsewhere",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (route(LOGICAL, "labs too", "10.200.64.0/18"),),
        causes=("route-elsewhere",),
    ),
    Mishap(
        "redistribution was switched off",
        "nothing redistributes the local network into BGP, so it is not announced",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (put(entry(f"{BGP[VIRTUAL]}/redist-rules", AWS_BGP), "<enable>no</enable>"),),
        (
            told(_B1, [_THEIRS], []),
            told(_B2, [_THEIRS], []),
            live("learned", router="default", destination=_THEIRS, nexthop="169.254.88.13", metric="", interface="tunnel.1"),
        ),
        causes=("redistribution-missing",),
    ),
    Mishap(
        "the second tunnel's interface was put into the branches' zone",
        "the tunnel's interface is in another zone than the VPN's rules speak of",
        "bgp", LOGICAL, "2", "at_risk", "configuration",
        (
            gone(f"{entry(f'{VSYS}/zone', 'aws-vpn')}/network/layer3/member[text()='tunnel.2']"),
            put(f"{entry(f'{VSYS}/zone', 'branch')}/network/layer3", "<member>tunnel.2</member>"),
        ),
        session("Active", _B2),
        causes=("tunnel-interface-in-other-zone", "tunnels-in-different-zones"),
    ),
    Mishap(
        "the second peer was copied from the first one with its local address",
        "the session begins at the address of the other tunnel",
        "bgp", VIRTUAL, "2", "at_risk", "configuration",
        (swapped(f"{entry(PEERS[VIRTUAL], _B2)}/local-address", "<local-address><interface>tunnel.1</interface><ip>169.254.88.14/30</ip></local-address>"),),
        session("Active", _B2),
        causes=("bgp-address-mismatch", "bgp-interface-wrong"),
    ),
    Mishap(
        "the provider gave the line another address, and the gateways were changed to it",
        "the far side expects another address of this firewall",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (
            put(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip", '<entry name="198.51.100.77/24"/>'),
            *both(lambda name: put(f"{entry(GATEWAY, name)}/local-address", "<ip>198.51.100.77/24</ip>"), _B1, _B2, "branch-7"),
            gone(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip/entry[@name='198.51.100.10/24']"),
        ),
        (*down(_B1, _B2), *session("Active", _B1, _B2), *unanswered(_B1, _B2)),
        causes=("customer-gateway-address",),
        follows=("ike-denied-by-rule",),
    ),
    Mishap(
        "AWS works on the first endpoint",
        "the far side's endpoint does not answer",
        "bgp", VIRTUAL, "1", "at_risk", "log",
        (),
        (
            *down(_B1),
            *session("Active", _B1),
            live("log", eventid="ike-nego-p1-dpd-dn", name=_B1, opaque="IKE phase-1 SA is down determined by DPD. Peer 192.0.2.51", severity="high"),
            *unanswered(_B1),
        ),
        causes=("ike-unanswered",),
    ),
    Mishap(
        "the far side announces nothing any more",
        "the far side sends no prefix",
        "bgp", LOGICAL, "1 2", "down", "state",
        (),
        (told(_B1, [], [_OURS]), told(_B2, [], [_OURS])),
        causes=("nothing-learned",),
    ),
    Mishap(
        "the rule to AWS was limited to web pages",
        "the VPN's security rule allows some applications only",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (
            swapped(f"{entry(RULES['security'], _of(AWS_BGP, 'out'))}/application", members("application", "web-browsing", "ssl")),
            swapped(f"{entry(RULES['security'], _of(AWS_BGP, 'out'))}/service", members("service", "application-default")),
        ),
        causes=("security-rule-narrow",),
    ),
    Mishap(
        "the rule from AWS was disabled",
        "no rule lets what begins on the far side in",
        "bgp", LOGICAL, "1 2", "down", "configuration",
        (put(entry(RULES["security"], _of(AWS_BGP, "in")), "<disabled>yes</disabled>"),),
        causes=("security-rule-disabled", "security-rule-inbound-missing"),
    ),
    Mishap(
        "the provider's cable was pulled",
        "the outside interface has no link",
        "bgp", VIRTUAL, "1 2", "down", "state",
        (),
        (live("link", port="ethernet1/8", up=False), *session("Active", _B1, _B2)),
        causes=("outside-interface-down",),
    ),
    Mishap(
        "the provider lets IKE through and drops ESP",
        "what is in the tunnels does not arrive, whichever side drops it",
        "bgp", LOGICAL, "1 2", "down", "state",
        (),
        (traffic(_B1, 800, 0), traffic(_B2, 100, 0), *session("Active", _B1, _B2)),
        causes=("esp-filtered",),
    ),
    Mishap(
        "the zone of the tunnels was given the internet's protection profile",
        "the zone's strict IP address check drops the link-local addresses of the tunnels",
        "bgp", VIRTUAL, "1 2", "down", "configuration",
        (put(f"{entry(f'{VSYS}/zone', 'aws-vpn')}/network", "<zone-protection-profile>internet-edge</zone-protection-profile>"),),
        session("Active", _B1, _B2),
        causes=("strict-ip-check",),
    ),
    Mishap(
        "the firewall was suspended in its HA pair",
        "this member is suspended: it has no traffic and no VPNs",
        "bgp", VIRTUAL, "1 2", "down", "state",
        (put(f"{DEVICE}/deviceconfig", "<high-availability><enabled>yes</enabled></high-availability>"),),
        (live("set_ha", state="suspended"),),
        causes=("ha-passive",),
    ),
)

# By static routes, and between pairs of networks.
_ROUTES = (
    Mishap(
        "the route into the first tunnel was deleted",
        "the remote network has no route through the first tunnel",
        "routes", VIRTUAL, "1", "at_risk", "configuration",
        (gone(f"{ROUTES[VIRTUAL]}/entry[@name='{_S1}-10.200.0.0-16']"),),
        causes=("tunnel-not-in-use",),
    ),
    Mishap(
        "the first route's monitor was switched off",
        "the route stays when its tunnel is dead, so that nothing goes over to the other one",
        "routes", LOGICAL, "1", "at_risk", "configuration",
        (put(f"{ROUTES[LOGICAL]}/entry[@name='{_S1}-10.200.0.0-16']/path-monitor", "<enable>no</enable>"),),
        causes=("route-without-monitor",),
    ),
    Mishap(
        "a rule on top keeps the offices away from all private networks",
        "a deny rule above the VPN's takes its traffic",
        "routes", VIRTUAL, "1 2", "down", "configuration",
        rule("nothing private", "trust", "any", "any", "10.0.0.0/8"),
        causes=("security-rule-shadowed",),
    ),
    Mishap(
        "a pair's local network was given another mask",
        "the proxy ID is not the pair that the far side takes",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (put(f"{entry(TUNNEL, _Z1)}/auto-key/proxy-id/entry[@name='10.10.0.0-24_172.20.0.0-16']", "<local>10.10.0.0/25</local>"),),
        (*down(f"{_Z1}:10.10.0.0-24_172.20.0.0-16"), *refused_child("TS_UNACCEPTABLE", _Z1, f"{_Z1}:10.10.0.0-24_172.20.0.0-16")),
        causes=("proxy-id-mismatch",),
    ),
    Mishap(
        "a pair was limited to HTTPS",
        "the proxy ID has a protocol and a port that the far side's pair has not",
        "pairs", LOGICAL, "1", "down", "configuration",
        (
            put(
                f"{entry(TUNNEL, _Z1)}/auto-key/proxy-id/entry[@name='10.20.0.0-24_172.21.0.0-16']",
                "<protocol><tcp><remote-port>443</remote-port></tcp></protocol>",
            ),
        ),
        (*down(f"{_Z1}:10.20.0.0-24_172.21.0.0-16"), *refused_child("TS_UNACCEPTABLE", _Z1, f"{_Z1}:10.20.0.0-24_172.21.0.0-16")),
        causes=("proxy-id-mismatch", "proxy-id-protocol"),
    ),
    Mishap(
        "the far side gave up one of the pairs",
        "the far side no longer takes a pair that was agreed",
        "pairs", VIRTUAL, "1", "down", "log",
        (),
        (*down(f"{_Z1}:10.20.0.0-24_172.21.0.0-16"), *refused_child("TS_UNACCEPTABLE", _Z1, f"{_Z1}:10.20.0.0-24_172.21.0.0-16")),
        causes=("proxy-id-mismatch",),
    ),
    Mishap(
        "the key was typed anew, with a blank at its end",
        "the keys of the two sides differ",
        "pairs", LOGICAL, "1", "down", "configuration",
        (put(f"{entry(GATEWAY, _Z1)}/authentication/pre-shared-key", "<key>notReal.zone.7 </key>"),),
        (*down(_Z1), *refused("AUTHENTICATION_FAILED", _Z1)),
        causes=("pre-shared-key-mismatch",),
    ),
    Mishap(
        "the route to one of the far networks was deleted",
        "a remote network has no route into the tunnel",
        "pairs", VIRTUAL, "1", "down", "configuration",
        (gone(f"{ROUTES[VIRTUAL]}/entry[@name='{_Z1}-172.21.0.0-16']"),),
        causes=("route-missing",),
    ),
    Mishap(
        "the far side was given another key than was agreed",
        "the far side refuses the authentication, with what was agreed on this side",
        "pairs", VIRTUAL, "1", "down", "log",
        (),
        (*down(_Z1), *refused("AUTHENTICATION_FAILED", _Z1)),
        causes=("identity-mismatch", "pre-shared-key-mismatch"),
    ),
)

MISHAPS = (*_PBF, *_BGP, *_ROUTES)


@dataclass(frozen=True)
class Oddity:
    """A VPN that works, and why somebody might think that it does not. The fields are those of a mishap."""

    what: str
    kind: str
    engine: str
    edits: tuple = ()
    then: tuple = ()
    pending: tuple = ()
    making: dict = field(default_factory=dict)


def _explicit(name: str, address: str) -> tuple:
    return put(entry(GATEWAY, name), f"<peer-id><type>ipaddr</type><id>{address}</id></peer-id>")


ODDITIES = (
    Oddity("the second tunnel is preferred", "pbf", VIRTUAL, making={"primary_tunnel": 2}),
    Oddity("a PBF rule on top takes the offices' DNS to the guest line", "pbf", LOGICAL, forwarding("dns by the guest line", "trust", _OURS, "9.9.9.9")),
    Oddity("packets go out by one tunnel and come back by the other", "bgp", VIRTUAL, (), (traffic(_B1, 900, 0), traffic(_B2, 0, 850))),
    Oddity(
        "the IDs are written although they are the addresses",
        "bgp",
        LOGICAL,
        (
            *both(lambda name: put(entry(GATEWAY, name), "<local-id><type>ipaddr</type><id>198.51.100.10</id></local-id>"), _B1, _B2),
            _explicit(_B1, "192.0.2.51"),
            _explicit(_B2, "192.0.2.208"),
        ),
    ),
    Oddity(
        "the gateways prefer IKEv2", "pbf", VIRTUAL, both(lambda name: put(f"{entry(GATEWAY, name)}/protocol", "<version>ikev2-preferred</version>"), _S1, _S2)
    ),
    Oddity(
        "the rules name the offices as a group of address objects",
        "pbf",
        LOGICAL,
        (
            put(f"{VSYS}/address-group", f'<entry name="all offices"><static>{"<member>office-lan</member>"}</static></entry>'),
            swapped(f"{entry(RULES['security'], _of(AWS_STATIC, 'out'))}/source", members("source", "all offices")),
            *both(lambda name: swapped(f"{entry(RULES['pbf'], name)}/source", members("source", "all offices")), _S1, _S2, _of(AWS_STATIC, "discard")),
        ),
    ),
    Oddity(
        "a NAT rule on top exempts the VPN",
        "pbf",
        VIRTUAL,
        (
            put(
                RULES["nat"],
                f'<entry name="no nat into the cloud">{members("from", "trust")}{members("to", "aws-vpn")}{members("source", _OURS)}'
                f"{members('destination', _THEIRS)}<service>any</service></entry>",
            ),
            on_top(entry(RULES["nat"], "no nat into the cloud")),
        ),
    ),
    Oddity("a NAT rule would hide the offices, and is disabled", "bgp", VIRTUAL, hiding("offices hide", "trust", "any", "<disabled>yes</disabled>")),
    Oddity(
        "an import rule prefers the first peer",
        "bgp",
        VIRTUAL,
        (
            put(
                f"{BGP[VIRTUAL]}/policy/import/rules",
                f'<entry name="prefer the first">{members("used-by", AWS_BGP)}<enable>yes</enable><match>{members("from-peer", _B1)}'
                "</match><action><allow><update><local-preference>300</local-preference></update></allow></action></entry>",
            ),
        ),
    ),
    Oddity(
        "a BGP peer of other people is down",
        "bgp",
        VIRTUAL,
        (
            put(
                f"{BGP[VIRTUAL]}/peer-group",
                '<entry name="labs"><enable>yes</enable><type><ebgp/></type><peer><entry name="labs-1"><enable>yes</enable>'
                "<peer-as>65077</peer-as><peer-address><ip>10.20.0.254</ip></peer-address><local-address><interface>ethernet1/2</interface>"
                "<ip>10.20.0.1/24</ip></local-address></entry></peer></entry>",
            ),
        ),
        session("Active", "labs-1"),
    ),
    Oddity("a part of the far network is pinned to the first tunnel", "routes", VIRTUAL, (route(VIRTUAL, "pinned", "10.200.5.0/24", "", "tunnel.1"),)),
    Oddity("a deny rule on top is about other sources", "pbf", LOGICAL, rule("labs stay here", "trust", "any", "10.99.0.0/16", "any")),
    Oddity("a deny rule on top is disabled", "bgp", LOGICAL, rule("nothing at all", "any", "any", "any", "any", more="<disabled>yes</disabled>")),
    Oddity("a deny rule on top is about the neighbour network", "routes", LOGICAL, rule("not there", "trust", "any", "any", "10.201.0.0/16")),
    Oddity(
        "the IKE profile offers weak proposals after the agreed one",
        "pbf",
        VIRTUAL,
        (put(entry(IKE_PROFILE, AWS_STATIC), members("dh-group", "group5") + members("encryption", "3des") + members("hash", "md5")),),
    ),
    Oddity(
        "the lifetimes are shorter than the far side's",
        "bgp",
        LOGICAL,
        (
            swapped(f"{entry(ESP_PROFILE, AWS_BGP)}/lifetime", "<lifetime><minutes>30</minutes></lifetime>"),
            swapped(f"{entry(IKE_PROFILE, AWS_BGP)}/lifetime", "<lifetime><hours>4</hours></lifetime>"),
        ),
    ),
    Oddity(
        "the tunnels carry smaller packets than they could",
        "pbf",
        VIRTUAL,
        both(lambda unit: put(entry(UNIT, unit), "<mtu>1350</mtu>"), "tunnel.1", "tunnel.2"),
    ),
    Oddity("somebody has uncommitted changes elsewhere", "bgp", VIRTUAL, pending=(put(f"{VSYS}/tag", '<entry name="later"><color>color2</color></entry>'),)),
    Oddity(
        "the outside address is an object",
        "pbf",
        LOGICAL,
        (
            put(f"{VSYS}/address", '<entry name="outside"><ip-netmask>198.51.100.10/24</ip-netmask></entry>'),
            put(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip", '<entry name="outside"/>'),
            *both(lambda name: put(f"{entry(GATEWAY, name)}/local-address", "<ip>outside</ip>"), _S1, _S2, "branch-7"),
            gone(f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3/ip/entry[@name='198.51.100.10/24']"),
        ),
    ),
    Oddity(
        "the far side announces more than was asked for",
        "bgp",
        LOGICAL,
        (),
        (
            told(_B1, [_THEIRS, "10.210.0.0/16", "10.220.0.0/16"], [_OURS]),
            told(_B2, [_THEIRS, "10.210.0.0/16"], [_OURS]),
            *(
                live("learned", router="default", destination=network, nexthop="169.254.88.13", metric="100", interface="tunnel.1")
                for network in (_THEIRS, "10.210.0.0/16", "10.220.0.0/16")
            ),
        ),
    ),
    Oddity(
        "a rule above lets web pages through, the VPN's rule all else",
        "bgp",
        VIRTUAL,
        (
            put(
                RULES["security"],
                f'<entry name="web with profiles">{members("from", "trust")}{members("to", "aws-vpn")}{members("source", "any")}{members("destination", "any")}'
                f"{members('application', 'web-browsing', 'ssl')}{members('service', 'application-default')}<action>allow</action></entry>",
            ),
            on_top(entry(RULES["security"], "web with profiles")),
        ),
    ),
    Oddity("local preference and prepending were asked for", "bgp", LOGICAL, making={"local_preference": [200, 100], "as_path_prepend": [0, 2]}),
    Oddity(
        "the metrics were changed to five and six",
        "routes",
        VIRTUAL,
        tuple(put(f"{ROUTES[VIRTUAL]}/entry[@name='{name}-10.200.0.0-16']", f"<metric>{metric}</metric>") for name, metric in ((_S1, 5), (_S2, 6))),
    ),
    Oddity(
        "it was down, and came back",
        "pbf",
        LOGICAL,
        (),
        (
            *unanswered(_S1, _S2),
            *refused("NO_PROPOSAL_CHOSEN", _S1),
            live("vpn", tunnel=_S1, sa="down", monitor="down"),
            live("vpn", tunnel=_S1, sa="up", monitor="up"),
            live(
                "log", eventid="ikev2-nego-ike-succ", name=_S1, opaque="IKE SA negotiation is succeeded. Established SA: 198.51.100.10[500]-203.0.113.17[500]"
            ),
        ),
    ),
    Oddity(
        "the VPN's rule to AWS has another name",
        "pbf",
        VIRTUAL,
        (gone(entry(RULES["security"], _of(AWS_STATIC, "out"))), *rule("offices into the cloud", "trust", "aws-vpn", _OURS, _THEIRS, "allow")),
    ),
    Oddity("nobody has anything to send", "routes", LOGICAL, (), (traffic(_S1, 0, 0), traffic(_S2, 0, 0))),
)
