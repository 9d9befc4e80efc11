# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static pairing with paloaltonetworks.panos: the same objects in fifteen tasks, run where that collection is installed.

It cannot be had from Python's package registry. Elsewhere the requests are replayed that version 3.4.1 was seen to send
against a strict emulator of the XML API: the same kinds in the same tasks. Both are plays for ansible-playbook.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel

NAME = "paloaltonetworks.panos"
DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
VSYS = f"{DEVICE}/vsys/entry[@name='vsys1']"
NETWORK = f"{DEVICE}/network"
MONITOR_PROFILES = f"{NETWORK}/profiles/monitor-profile"
#: What a replayed write writes: the cost of a request hardly depends on it.
REPLAYED = f"{VSYS}/address/entry[@name='replayed']"


@dataclass(frozen=True)
class Step:
    """One task: its module with options, what it reads, and the kinds of requests that were recorded, in their order."""

    module: str
    options: dict[str, Any]
    reads: str
    first: str
    second: str = "info get"


_ONE_OBJECT = "info get set"
_TUNNEL_FIRST = "info get get set info get edit info get edit info get set"
_TUNNEL_SECOND = "info get get info get info get info get"


def steps(tunnels: Sequence[Tunnel], local_network: str, remote_network: str) -> list[Step]:
    """The tasks in their order; ``tunnels`` as the reader of AWS's output makes them."""
    return [
        Step("panos_zone", {"zone": "aws-vpn", "mode": "layer3", "state": "merged"}, f"{VSYS}/zone", _ONE_OBJECT),
        *(_interface(number, tunnel) for number, tunnel in enumerate(tunnels, 1)),
        _ike_crypto(tunnels[0]),
        _ipsec_crypto(tunnels[0]),
        Step("panos_config_element", {
            "xpath": MONITOR_PROFILES,
            "element": '<entry name="aws"><interval>2</interval><threshold>5</threshold><action>fail-over</action></entry>',
        }, MONITOR_PROFILES, _ONE_OBJECT),
        *(_gateway(number, tunnel) for number, tunnel in enumerate(tunnels, 1)),
        *(_tunnel(number, tunnel) for number, tunnel in enumerate(tunnels, 1)),
        *(_forwarding(number, tunnel, local_network, remote_network) for number, tunnel in enumerate(tunnels, 1)),
        _security("aws-out", "trust", "aws-vpn", local_network, remote_network, {"location": "top"}),
        _security("aws-in", "aws-vpn", "trust", remote_network, local_network, {"location": "after", "existing_rule": "aws-out"}),
        Step("panos_commit_firewall", {}, VSYS, "info commit", "info commit"),
    ]


def _interface(number, tunnel) -> Step:
    options = {"if_name": f"tunnel.{10 + number}", "ip": [f"{tunnel.inside_address}/30"], "mtu": tunnel.mtu, "zone_name": "aws-vpn",
               "vr_name": "default"}
    return Step("panos_tunnel", options, f"{NETWORK}/interface/tunnel", _TUNNEL_FIRST, _TUNNEL_SECOND)


def _ike_crypto(tunnel) -> Step:
    ike = tunnel.ike
    return Step("panos_ike_crypto_profile", {
        "name": "aws", "dh_group": [ike.dh_group], "authentication": [ike.hash], "encryption": [ike.encryption],
        "lifetime_seconds": ike.lifetime_seconds,
    }, f"{NETWORK}/ike/crypto-profiles/ike-crypto-profiles", _ONE_OBJECT)


def _ipsec_crypto(tunnel) -> Step:
    ipsec = tunnel.ipsec
    return Step("panos_ipsec_profile", {
        "name": "aws", "esp_encryption": [ipsec.encryption], "esp_authentication": [ipsec.authentication],
        "dh_group": ipsec.dh_group, "lifetime_seconds": ipsec.lifetime_seconds,
    }, f"{NETWORK}/ike/crypto-profiles/ipsec-crypto-profiles", _ONE_OBJECT)


def _gateway(number, tunnel) -> Step:
    return Step("panos_ike_gateway", {
        "name": f"aws-{number}", "version": "ikev2", "interface": "ethernet1/8", "local_ip_address_type": "ip",
        "local_ip_address": "198.51.100.10/24", "enable_passive_mode": False, "peer_ip_value": tunnel.outside_address,
        "pre_shared_key": tunnel.pre_shared_key, "ikev2_crypto_profile": "aws",
    }, f"{NETWORK}/ike/gateway", _ONE_OBJECT)


def _tunnel(number, tunnel) -> Step:
    return Step("panos_ipsec_tunnel", {
        "name": f"aws-{number}", "tunnel_interface": f"tunnel.{10 + number}", "ak_ike_gateway": f"aws-{number}",
        "ak_ipsec_crypto_profile": "aws", "enable_tunnel_monitor": True, "tunnel_monitor_dest_ip": tunnel.inside_peer_address,
        "tunnel_monitor_profile": "aws",
    }, f"{NETWORK}/tunnel/ipsec", _ONE_OBJECT)


def _forwarding(number, tunnel, source, destination) -> Step:
    return Step("panos_pbf_rule", {
        "name": f"aws-{number}", "from_value": ["trust"], "source_addresses": [source], "destination_addresses": [destination],
        "action": "forward", "forward_egress_interface": f"tunnel.{10 + number}", "forward_next_hop_type": "ip-address",
        "forward_next_hop_value": tunnel.inside_peer_address, "forward_monitor_profile": "aws",
        "forward_monitor_ip_address": tunnel.inside_peer_address, "forward_monitor_disable_if_unreachable": True,
    }, f"{VSYS}/rulebase/pbf/rules", "info get get set", "info get get")


def _security(name, source_zone, destination_zone, source, destination, place) -> Step:
    return Step("panos_security_rule", {
        "rule_name": name, "source_zone": [source_zone], "destination_zone": [destination_zone], "source_ip": [source],
        "destination_ip": [destination], "application": ["any"], "service": ["any"], "action": "allow", **place,
    }, f"{VSYS}/rulebase/security/rules", "info get get set move", "info get get")


def installed() -> bool:
    """Whether the collection itself can be run."""
    try:
        return importlib.util.find_spec(f"ansible_collections.{NAME}") is not None
    except ModuleNotFoundError:
        return False


def _play(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": "Pair as today", "hosts": "all", "gather_facts": False, "tasks": tasks}]


def play(wanted: list[Step]) -> list[dict[str, Any]]:
    """The play for the collection itself."""
    connection = {"ip_address": "{{ panos_provider.ip_address }}", "port": "{{ panos_provider.port }}", "api_key": "{{ panos_provider.api_key }}"}
    return _play([{"name": step.module, f"{NAME}.{step.module}": {"provider": connection, **step.options}} for step in wanted])


def replay(wanted: list[Step], first: bool) -> list[dict[str, Any]]:
    """The play that sends what was recorded, on the first run or on the one with nothing to do."""
    return _play([
        {"name": step.module, "recorded_task": {
            "provider": "{{ panos_provider }}",
            "requests": [_request(kind, step.reads, number) for kind in (step.first if first else step.second).split()]}}
        for number, step in enumerate(wanted)
    ])


def _request(kind: str, reads: str, number: int) -> dict[str, str]:
    """A request of a recorded kind which an emulated firewall of ours accepts. Job polls follow a commit by themselves."""
    element = f"<ip-netmask>192.0.2.{number}</ip-netmask>"
    return {
        "info": {"type": "op", "cmd": "<show><system><info/></system></show>"},
        "get": {"type": "config", "action": "get", "xpath": reads},
        "set": {"type": "config", "action": "set", "xpath": REPLAYED, "element": element},
        "edit": {"type": "config", "action": "edit", "xpath": REPLAYED, "element": f'<entry name="replayed">{element}</entry>'},
        "move": {"type": "config", "action": "move", "xpath": f"{VSYS}/rulebase/security/rules/entry[@name='branch 7 keys']",
                 "where": "top" if number % 2 else "bottom"},
        "commit": {"type": "commit", "cmd": "<commit/>"},
    }[kind]
