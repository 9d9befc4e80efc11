# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every cause that a diagnosis knows, with what it means in general, and which options of a VPN's own task mend it."""

from __future__ import annotations

from typing import Mapping, NamedTuple

# Where the page stands on which each cause has a section of its own.
PAGE = "https://github.com/tunnelsmith/panos_vpn/blob/main/docs/docsite/rst/troubleshooting.rst"

#: By where the reason lies, in the order of the way to it.
CAUSES: Mapping[str, Mapping[str, str]] = {
    "The firewall and its configuration": {
        "ha-passive": "The member that was asked is not the active one of its HA pair: it has no tunnels of its own. Ask the active member.",
        "commit-pending": "A change of the very objects waits for a commit, so that what the web interface shows is not what runs.",
        "engine-not-rebooted": "The routing engine was changed in the settings, and the firewall still runs the other one until it is rebooted.",
        "not-configured": "Nothing of the name that was asked for is configured, or waits for a commit.",
        "tunnel-missing": "There is an IKE gateway, or an endpoint of the cloud, that no tunnel goes to.",
        "tunnel-disabled": "The IPsec tunnel is switched off in the configuration.",
        "ike-gateway-disabled": "The IKE gateway is switched off in the configuration.",
        "ike-gateway-missing": "The tunnel names no IKE gateway that exists.",
        "ike-gateway-of-another-tunnel": "The tunnel goes through the gateway that belongs to another tunnel, and its own stands unused.",
        "tunnel-interface-of-another-tunnel": "Two tunnels share one tunnel interface, which forwards into one of them only.",
        "crypto-profile-missing": "A crypto profile is named that does not exist.",
    },
    "The way to the peer": {
        "outside-interface-missing": "The gateway sends from an interface that is no layer 3 interface of this firewall.",
        "outside-interface-down": "The interface that the peer is reached by is down, or is switched off in the configuration.",
        "outside-interface-without-address": "The interface has no address of the peer's family; with DHCP or PPPoE it may not have got one.",
        "outside-interface-without-router": "The interface is in no router, so that nothing leaves by it.",
        "outside-interface-without-zone": "The interface is in no zone, so that its packets are dropped.",
        "local-address-wrong": "The gateway's own address is none of its interface's.",
        "local-interface-wrong": "Another interface has the address that the cloud expects packets to come from.",
        "customer-gateway-address": "The cloud's customer gateway has another address than packets come from: a new one by DHCP or PPPoE, or that "
                                    "of a NAT device on the way. A peer that does not know an address refuses all proposals.",
        "peer-address-wrong": "The gateway goes to an address that is none of the cloud's endpoints, or to that of the connection's other tunnel.",
        "endpoint-replaced": "The cloud has other endpoints now than the one that was up before: its connection was made anew.",
        "peer-name-unresolved": "The peer is configured by its name, and the firewall's DNS does not find its address.",
        "duplicate-gateway": "Two IKE gateways go from one interface to the same peer: one gets what is meant for the other.",
        "endpoint-route-missing": "The router has no route to the peer.",
        "endpoint-route-discards": "The route to the peer drops what it is asked for.",
        "endpoint-route-next-hop": "The route to the peer goes by an address that is no neighbour of its interface, or that is this firewall's own.",
        "endpoint-route-through-other-interface": "Packets to the peer leave by another interface than the one that the gateway sends from.",
        "endpoint-route-into-tunnel": "The route to the peer leads into the tunnel itself.",
        "ike-denied-by-rule": "A security rule, of the firewall's own or of Panorama, or the intrazone default denies IKE between the two ends, "
                              "or UDP 4500 where NAT is on the way.",
        "esp-denied-by-rule": "IKE passes, and a security rule denies ESP, or the UDP 4500 that carries it.",
        "destination-nat-outside": "A NAT rule sends on to a host what the peer sends to the address that IKE uses.",
        "ike-unanswered": "The peer does not answer: it is down, at another address, or UDP 500 and 4500 are filtered on the way.",
        "peer-not-configured": "One side knows no gateway for the address or the version of IKE that the other one comes with.",
        "both-sides-passive": "Both sides wait for the other one to begin.",
        "peer-has-not-begun": "The gateway waits for a peer that has no fixed address, or that is to begin, and nothing has come from it yet. Nothing is wrong "
                              "here, as far as it can be seen.",
        "nobody-initiates": "No packet asks for the tunnel: it has neither a monitor nor a BGP peer, and nobody begins.",
        "nat-without-nat-traversal": "There is NAT on the way, and NAT traversal is off: ESP does not pass.",
        "esp-filtered": "Packets go into the tunnel and none comes out: ESP is filtered on the way, or the far side has no way back.",
        "dead-peer-detection-off": "Nothing comes back, and dead peer detection is off: an SA that the peer has lost stays, and takes all packets. "
                                   "A reconnect mends it at once.",
    },
    "Phase 1": {
        "ike-version-mismatch": "The two sides speak different versions of IKE.",
        "ike-encryption-mismatch": "Phase 1 offers no encryption that the peer accepts.",
        "ike-hash-mismatch": "Phase 1 offers no hash that the peer accepts.",
        "ike-dh-group-mismatch": "Phase 1 offers no Diffie-Hellman group that the peer accepts.",
        "ike-proposal-mismatch": "The peer refuses the proposals of phase 1, and its own are not known here.",
        "ikev1-with-gcm": "IKEv1 has no GCM in phase 1.",
        "ike-lifetime-longer": "Phase 1 lasts longer here than at the peer, which always has to renew it.",
        "exchange-mode": "The gateway begins in aggressive mode of IKEv1, and the far side knows main mode only, as clouds do.",
        "authentication-method": "The gateway shows a certificate, and the cloud's connection has a pre-shared key.",
        "pre-shared-key-mismatch": "The two sides have different pre-shared keys. Where the cloud's is given, digests are compared; a key is never "
                                   "shown. While the tunnel is up it bites at the next negotiation.",
        "local-identity-mismatch": "This side shows another identity than the peer expects; the type counts too.",
        "peer-identity-mismatch": "The peer is expected to show another identity than it does.",
        "identity-mismatch": "One side does not know the identity that the other one shows.",
        "certificate-expired": "A certificate has expired.",
        "certificate-not-yet-valid": "A certificate is not valid yet, by the clock of the one who looks at it: one of the two clocks is wrong.",
        "certificate-refused": "One side does not accept the other's certificate: another authority has signed it, it has ended, or it is of somebody else. "
                               "Which of these it is, only the log of the side that refuses says.",
        "identity-not-in-certificate": "The gateway shows an identity that its certificate does not hold. An address, the name of a host and a mail address "
                                       "have to stand among its alternative names; a distinguished name is its subject.",
        "post-quantum-mandatory": "The gateway demands a post-quantum key that the cloud does not have.",
        "phase-1-fails": "Phase 1 does not come up, and nothing tells why. The peer's log does.",
    },
    "Phase 2": {
        "esp-encryption-mismatch": "Phase 2 offers no cipher that the peer accepts.",
        "esp-authentication-mismatch": "Phase 2 offers no authentication that the peer accepts.",
        "ipsec-proposal-mismatch": "The peer refuses the proposals of phase 2, and its own are not known here.",
        "pfs-group-mismatch": "The groups of perfect forward secrecy differ. IKEv2 brings the tunnel up all the same, and it fails when the SA is renewed.",
        "ah-instead-of-esp": "Phase 2 offers AH, and the peer takes ESP only.",
        "transport-mode": "The tunnel is in transport mode, which a gateway for networks does not take.",
        "gre-encapsulation": "The tunnel wraps packets in GRE, which the cloud does not unwrap.",
        "proxy-id-mismatch": "The traffic selectors of the two sides are not each other's.",
        "proxy-id-protocol": "A proxy ID is for one protocol only, and the peer's networks are for all.",
        "several-proxy-ids": "The tunnel has several proxy IDs, and the peer keeps one pair of SAs: they push each other out.",
        "phase-2-unanswered": "The peer does not answer in phase 2; where packets are filtered by size, IKE fragmentation helps.",
        "phase-2-fails": "Phase 1 is up, phase 2 does not come up, and nothing tells why. The peer's log does.",
    },
    "Inside the tunnel": {
        "tunnel-without-interface": "The tunnel has no tunnel interface.",
        "tunnel-interface-missing": "The tunnel interface is not configured.",
        "tunnel-interface-without-zone": "The tunnel interface is in no zone, so that its packets are dropped. PAN-OS commits that with a mere warning.",
        "tunnel-interface-without-router": "The tunnel interface is in no router, so that its packets are dropped.",
        "tunnel-interface-without-address": "The tunnel interface has no address, and the monitor, or BGP that begins at it, needs one.",
        "tunnel-interface-in-other-router": "The tunnel interface is in another router than what leads into it.",
        "tunnel-interface-in-other-zone": "The tunnel interface was moved to another zone than the VPN's rules are for.",
        "tunnels-in-different-zones": "The VPN's tunnels are in different zones: a session that leaves by one and comes back by the other is dropped.",
        "inside-address-wrong": "The tunnel interface has another inside address than the cloud expects.",
        "inside-mask-wrong": "The inside network has the wrong length: it takes in others, or leaves the peer out.",
        "duplicate-inside-address": "The inside network overlaps with that of another interface.",
        "strict-ip-check": "The zone checks addresses strictly, which drops link-local inside addresses, and what comes in by another tunnel.",
        "selectors-exclude-monitor": "The proxy IDs do not cover the address that the monitor asks.",
        "selectors-exclude-bgp": "The proxy IDs do not cover the BGP peer.",
        "monitor-target-wrong": "The monitor asks an address that is not the peer's.",
        "monitor-target-silent": "The tunnel is up, and the address that the monitor asks does not answer pings.",
        "intrazone-denied": "A security rule, or the intrazone default, denies the monitor's probes or BGP within the VPN's zone, or BGP from the zone "
                            "where it begins.",
        "no-answer-inside": "Both phases are up, nothing answers inside the tunnel, and nothing tells why.",
        "mtu-too-large": "The tunnel interface takes larger packets than fit through the tunnel: small ones pass, large ones do not.",
        "fragments-discarded": "A zone protection profile discards fragments: packets that have to be divided on the way do not pass.",
    },
    "The hosts' packets": {
        "route-missing": "Nothing leads packets into the VPN: no PBF rule, no route, no BGP.",
        "route-elsewhere": "A route leads packets for the far side, or for a part of it, past the VPN. Its administrative distance decides before its "
                           "metric.",
        "route-not-in-use": "A route into the tunnel is configured and not in use, though the tunnel is up: its monitor asks somebody who does not answer, or "
                            "it is not to be installed.",
        "route-monitor-slow": "A route's path monitor takes more than a minute to find that its tunnel is dead, and the route stays until then.",
        "tunnel-not-in-use": "Only the VPN's other tunnel has a way in: if it goes down, this one does not take over.",
        "pbf-rule-disabled": "A PBF rule of the VPN is switched off.",
        "pbf-rule-action": "A PBF rule that is to forward into the tunnel drops the packets, or leaves them to the routes.",
        "pbf-rule-shadowed": "A PBF rule above those of the VPN takes the packets.",
        "pbf-rule-above-routes": "A PBF rule of somebody else takes the packets that are to go by routes.",
        "pbf-rule-takes-some": "A PBF rule that is asked first takes a part of the packets. A small part may well be meant so.",
        "route-without-monitor": "A route has no monitor that withdraws it: it leads into its tunnel while that is down, and no other one takes over.",
        "pbf-rule-order": "The VPN's PBF rules stand in the wrong order.",
        "pbf-rule-misses-traffic": "A PBF rule of the VPN is for other packets than those that are to pass.",
        "pbf-egress-wrong": "A PBF rule for this tunnel's next hop forwards into something else.",
        "pbf-next-hop-wrong": "A PBF rule goes to, or asks, another address than the peer's.",
        "pbf-rule-without-monitor": "A PBF rule has no monitor that takes it out of use: it holds the traffic while its tunnel is down.",
        "pbf-monitor-silent": "The tunnel is up, and the address that a PBF rule's monitor asks does not answer.",
        "monitor-waits": "The profile of the VPN's monitors says wait-recover instead of fail-over: the tunnel's interface stays up, and sessions stay in "
                         "the tunnel, while it is dead.",
        "pbf-monitor-slow": "A PBF rule's monitor takes more than a minute to find that its tunnel is dead, and holds the traffic in it until then.",
        "local-interface-down": "The interface that a network here is behind has no link, or is switched off.",
        "local-network-unrouted": "The router has no route back to a network here.",
        "local-network-elsewhere": "The route back to a network here leads into another zone than its hosts are said to be in.",
        "hosts-answer-elsewhere": "Packets come out of the tunnels and next to none goes in: the hosts here answer by another gateway, or not at all.",
        "security-rule-missing": "No security rule allows the packets, and the interzone default denies the rest.",
        "security-rule-disabled": "A security rule would allow the packets, and is switched off.",
        "security-rule-shadowed": "A security rule denies the packets before the one below could allow them.",
        "security-rule-denies": "A security rule denies the packets, and none allows them.",
        "security-rule-denies-some": "A security rule denies a part of the packets: some hosts, ports or applications.",
        "security-rule-narrow": "The security rule allows only some of the packets: certain applications, hosts, users or hours.",
        "security-rule-inbound-missing": "No security rule allows sessions that the far side begins.",
        "dos-rule-denies": "A DoS protection rule denies the packets, before any security rule is asked.",
        "flood-limit": "A zone's flood protection takes so few packets a second that it drops the VPN's: IKE, ESP, pings, or new sessions.",
        "source-nat-on-vpn": "A NAT rule translates the source of the VPN's packets, so that the far side sees another address. nat_exemption of the VPN "
                             "mends it.",
        "destination-nat-on-vpn": "A NAT rule translates the destination of the packets for the far side.",
        "ip-spoof-discard": "The zone discards spoofed addresses, and no route leads back to the far network: PBF alone is no route.",
        "asymmetric-path-dropped": "The zone drops packets that come by another way than they went, as they may with two tunnels.",
        "ecmp-without-symmetric-return": "The router shares packets out over equal ways, and answers may go back by another way than the request came.",
        "not-healthy": "The tunnel is up, something behind it is not well, and nothing tells why.",
    },
    "BGP": {
        "bgp-disabled": "BGP is off on the router.",
        "bgp-instance-incomplete": "BGP has no router ID or no AS number of its own.",
        "bgp-peer-disabled": "The BGP peer is switched off.",
        "bgp-group-disabled": "The peer group is switched off.",
        "bgp-group-type": "The peer group is for the same AS, and the peer is of another.",
        "bgp-connections-forbidden": "The peer may neither be called nor call.",
        "bgp-address-family": "The peer or its group does not exchange prefixes of the family that is wanted.",
        "bgp-interface-wrong": "The peer speaks from another interface than the one that has its local address, or than the tunnel that it is behind.",
        "bgp-address-mismatch": "The addresses of the session are not those of the interface that it begins at, or of the peer.",
        "bgp-as-mismatch": "The peer has another AS number than is configured for it, or expects another one.",
        "bgp-local-as-mismatch": "This firewall speaks as another AS than the cloud expects.",
        "bgp-bfd": "The session is bound to BFD, which the far side may not speak, as clouds do not.",
        "bgp-timers": "The hold time and the keep-alive interval do not fit each other, or the peer does not accept them.",
        "bgp-timers-differ": "The hold time differs from the one that the cloud's description has.",
        "bgp-hold-timer": "Keep-alives stopped coming, and the session ended: packets are lost inside the tunnel.",
        "bgp-password-mismatch": "The session has a password on one side only, or two different ones.",
        "bgp-router-id": "Both sides have the same router ID.",
        "bgp-unanswered": "The tunnel carries packets, and the peer does not answer on TCP port 179.",
        "bgp-peer-unrouted": "The far side speaks BGP beside the inside network, and no route leads to it through the tunnel.",
        "bgp-multihop-missing": "The peer is no neighbour, and without multihop packets to another AS end at the next hop.",
        "as-path-loop": "None of the peer's prefixes is accepted, and no rule denies any: BGP refuses paths that this firewall's own AS is in, as those of "
                        "another site of the same AS are.",
        "bgp-prefix-limit": "The peer sends more prefixes than max_prefixes allows it, and this firewall ends the session.",
        "cloud-route-limit": "The cloud takes fewer prefixes than it is sent, and ends the session for it.",
        "nothing-learned": "The session is established, and the far side announces nothing, or other networks than the remote ones.",
        "default-route-rejected": "The far side announces a default route, and the router rejects it, as PAN-OS does until it is told otherwise.",
        "import-policy": "A policy here keeps out what the far side announces.",
        "install-route-off": "What is learned is not installed: install_route is off.",
        "learned-not-installed": "What is learned is in no forwarding table: a better route for the same network is there, or the next hop cannot be reached.",
        "export-policy": "A policy here keeps back what is to be announced, or other networks are announced than wanted.",
        "redistribution-missing": "The networks here are not taken into BGP, by their names or by the kind of their routes.",
        "advertised-prefix-not-routed": "A network is to be announced that the router has no route to.",
        "local-network-not-announced": "A network here is not among those that the peer is told of.",
    },
    "The cloud": {
        "cloud-connection-not-available": "The cloud says that its connection is not available.",
        "cloud-gateway-not-associated": "The cloud's gateway is not attached to its network.",
        "cloud-static-route-missing": "The cloud has no static route back to a network here.",
        "cloud-shows-up": "The cloud called the tunnel up, and this firewall has no SA: another device may serve the connection.",
        "cloud-shows-down": "The tunnel is up here, and the cloud called it down when its description was made.",
        "cloud-accepted-nothing": "The cloud has accepted no route from this firewall.",
        "cloud-site-not-pushed": "What manages the far side holds changes of it that were not brought there: the far side does not know of this VPN, or "
                                 "not as it is described.",
        "cloud-site-being-provisioned": "The far side is being made: the job that brings it there has not ended.",
        "cloud-site-not-provisioned": "The last job that was to bring the far side to the cloud failed.",
        "cloud-site-without-address": "The far side has no address yet that a device could reach it at.",
        "cloud-site-without-bandwidth": "The far side has no bandwidth: none is allocated where it ends, or it names no termination node that has some.",
        "cloud-rule-broken": "The far side, as it is described, breaks a rule of its cloud.",
        "cloud-way-back": "What is left when all else is in order: the cloud's route tables or security groups have no way back.",
    },
}
KNOWN = frozenset(identity for section in CAUSES.values() for identity in section)


def link(identity: str) -> str:
    """Where the page tells of a cause."""
    return f"{PAGE}#{identity}"


class Own(NamedTuple):
    """What mends a cause in the task that made the VPN. C(option): of site_to_site_vpn, C([N]) the tunnel's. C(variable): of the cloud's role."""

    option: str
    variable: str = ""


_TUNNEL = "tunnels[N]."
#: Of causes that the VPN's own options decide on. What its task decides by itself, it puts right when it runs again.
OWN: Mapping[str, Own] = {
    "pre-shared-key-mismatch": Own(f"{_TUNNEL}pre_shared_key", "pre_shared_keys"),
    "local-identity-mismatch": Own("local_id", "local_id"),
    "peer-identity-mismatch": Own(f"{_TUNNEL}peer_id"),
    "identity-not-in-certificate": Own("local_id", "local_id"),
    "local-address-wrong": Own("local_address", "local_address"),
    "local-interface-wrong": Own("outside_interface", "outside_interface"),
    "peer-address-wrong": Own(f"{_TUNNEL}outside_address", "connection"),
    "endpoint-replaced": Own(f"{_TUNNEL}outside_address", "connection"),
    "ike-version-mismatch": Own(f"{_TUNNEL}ike.version", "connection"),
    "ike-encryption-mismatch": Own(f"{_TUNNEL}ike.encryption", "connection"),
    "ike-hash-mismatch": Own(f"{_TUNNEL}ike.hash", "connection"),
    "ike-dh-group-mismatch": Own(f"{_TUNNEL}ike.dh_group", "connection"),
    "esp-encryption-mismatch": Own(f"{_TUNNEL}ipsec.encryption", "connection"),
    "esp-authentication-mismatch": Own(f"{_TUNNEL}ipsec.authentication", "connection"),
    "pfs-group-mismatch": Own(f"{_TUNNEL}ipsec.dh_group", "connection"),
    "proxy-id-mismatch": Own(f"{_TUNNEL}traffic_selectors", "connection"),
    "nat-without-nat-traversal": Own("nat_traversal"),
    "inside-address-wrong": Own(f"{_TUNNEL}inside_address", "connection"),
    "mtu-too-large": Own("mtu", "mtu"),
    "monitor-target-wrong": Own("monitor_addresses", "monitor_addresses"),
    "monitor-target-silent": Own("monitor_addresses", "monitor_addresses"),
    "pbf-monitor-silent": Own("monitor_addresses", "monitor_addresses"),
    "pbf-monitor-slow": Own("monitor_interval and monitor_threshold", "monitor_interval"),
    "source-nat-on-vpn": Own("nat_exemption: true", "nat_exemption"),
    "tunnel-interface-in-other-zone": Own("zone", "zone"),
    "tunnel-interface-in-other-router": Own("virtual_router", "virtual_router"),
    "ip-spoof-discard": Own("backup_routes: true", "backup_routes"),
    "default-route-rejected": Own("allow_default_route: true", "allow_default_route"),
    "install-route-off": Own("install_route: true", "install_route"),
    "local-network-not-announced": Own("local_networks", "local_networks"),
    "redistribution-missing": Own("redistribute", "redistribute"),
    "bgp-as-mismatch": Own(f"{_TUNNEL}bgp.peer_as", "connection"),
    "bgp-local-as-mismatch": Own(f"{_TUNNEL}bgp.local_as", "connection"),
    "bgp-peer-unrouted": Own(f"{_TUNNEL}bgp.host_route: true", "connection"),
    "bgp-multihop-missing": Own(f"{_TUNNEL}bgp.multihop", "connection"),
    "bgp-timers": Own(f"{_TUNNEL}bgp.hold_time", "connection"),
}
# Cloud → variable → what its role has instead; empty where it has nothing of that kind.
_INSTEAD: Mapping[str, Mapping[str, str]] = {
    "azure": {"backup_routes": ""},
    "gcp": {"backup_routes": "", "monitor_addresses": "", "monitor_interval": ""},
    "harmony_sase": {"backup_routes": "", "connection": "", "local_id": "tunnels", "monitor_addresses": "", "monitor_interval": "",
                     "pre_shared_keys": "tunnels"},
    "zstack": {"backup_routes": "", "install_route": "", "monitor_addresses": "", "monitor_interval": "", "pre_shared_keys": "authentication_key",
               "redistribute": ""},
}


def variable_of(cloud: str, own: Own) -> str:
    """The variable of a cloud's role that mends it, by its whole name; empty where the role has none."""
    name = _INSTEAD.get(cloud, {}).get(own.variable, own.variable)
    return f"{cloud}_pairing_{name}" if cloud and name else ""
