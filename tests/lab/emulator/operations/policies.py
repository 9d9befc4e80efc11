# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy-based forwarding at run time."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, result


def _rules(context: Context) -> Answer:
    """Only ``name`` and ``nh_state`` are evidenced in XML; the other fields carry the columns of the CLI's table."""
    network = Network(context.firewall.running, context.firewall.runtime)
    reachable = _reachable_interfaces(network)
    entries = [
        f"<entry>{_rule(context, number, rule, reachable)}</entry>" for number, rule in enumerate(network.rules("pbf"), start=1)
    ]
    return result(f"<entries>{''.join(entries)}</entries>")


def _reachable_interfaces(network: Network) -> dict[str, bool]:
    """Tunnel interfaces, and whether probes get through any of their tunnels."""
    found: dict[str, bool] = {}
    for tunnel in network.tunnels:
        found[tunnel.interface] = found.get(tunnel.interface, False) or network.tunnel_state(tunnel) == "active"
    return found


def _rule(context: Context, number: int, rule: ET.Element, reachable: dict[str, bool]) -> str:
    forward = rule.find("action/forward")
    action = rule.find("action")
    told = context.firewall.runtime.rules.get(rule.get("name"))
    egress = nexthop = state = ""
    active = told != "disabled"
    if forward is not None:
        egress = forward.findtext("egress-interface") or ""
        nexthop = forward.findtext("nexthop/ip-address") or forward.findtext("nexthop/fqdn") or ""
        monitored = forward.find("monitor") is not None
        # Nobody answers behind a tunnel interface whose tunnel is disabled.
        up = reachable.get(egress, not egress.startswith("tunnel.")) if told is None else active
        state = "UP" if up or not monitored else "DOWN"
        if told is None:
            active = up or not monitored or forward.findtext("monitor/disable-if-unreachable") != "yes"
    kind = action[0].tag.capitalize() if action is not None and len(action) else ""
    states = {"rule_state": "Active" if active else "Disabled", "egress_if": egress, "nh_state": state}
    return fields(states, name=rule.get("name"), id=number, action=kind, nexthop=nexthop)


COMMANDS: list[Command] = [command("show pbf rule all", _rules)]
