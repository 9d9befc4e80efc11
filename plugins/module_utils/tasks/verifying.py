# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks share that look whether a VPN works."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import is_network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.address_book import is_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.probing import Prober
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import View
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.carriers import led_into
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import ACTIVE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.since import trouble_since

OPTIONS = {
    "counter_interval": {"type": "float"},
    "probe": {"type": "str"},
    "probe_timeout": {"type": "float", "default": 30.0},
}
# Seconds between two probes of which the first got no answer.
_BETWEEN_PROBES = 1.0


def texts(params: Mapping[str, Any], option: str) -> tuple[str, ...]:
    """The texts of a list, without empty ones."""
    return tuple(text for text in arguments.trimmed(params[option] or []) if text)


def networks(params: Mapping[str, Any], option: str, target: Target) -> tuple[str, ...]:
    """The networks of an option, with those of the address objects and groups that it names."""
    found = texts(params, option)
    for text in found:
        if not is_network(text) and not is_name(text):
            raise InvalidInput(f"{option}: '{text}' is no network; give one such as 10.20.0.0/16, or leave the option out")
    return address_objects.networks(target, option, found)


def refuse_no_time(params: Mapping[str, Any], *options: str) -> None:
    """Seconds between two looks, of the options of these names."""
    for option in options:
        if params[option] is not None and params[option] <= 0:
            raise InvalidInput(f"{option}: give more than 0 seconds")


def prober_of(params: Mapping[str, Any]) -> Prober | None:
    """What asks from behind the firewall; its own packets go past PBF, so that only a host there can tell whether packets find the way."""
    return Prober(params["probe"], _BETWEEN_PROBES, params["probe_timeout"]) if params["probe"] else None


def told(view: View) -> dict:
    """How well what was looked at is, as tasks return it."""
    condition = view.condition
    return {"health": condition.state.value, "healthy": condition.healthy, "problems": list(condition.problems()),
            "vpns": [_vpn(vpn, view) for vpn in condition.told()["vpns"]]}


def _vpn(vpn: dict, view: View) -> dict:
    """With what is known of its tunnels beside how well they are: whether traffic is led into them, and since when they are in trouble."""
    carrying = led_into(view.everything, view.whole)
    configured = {tunnel["name"]: tunnel for tunnel in view.judged["tunnels"]}
    tunnels = []
    for tunnel in vpn.get("tunnels", ()):
        since = _since(tunnel, configured.get(tunnel["name"], {}), view)
        tunnels.append({**tunnel, "carries": tunnel["name"] in carrying, **({"since": since} if since else {})})
    return {**vpn, "tunnels": tunnels}


def _since(tunnel: dict, options: dict, view: View) -> str:
    """Since when a tunnel is down by its own state. Of one that is up, or switched off, the log has only what was at another time."""
    is_active = any(flow.tunnel == tunnel["name"] and flow.state == ACTIVE and flow.monitor != "down" for flow in view.whole.flows)
    gateways = {gateway["name"] for gateway in view.judged["gateways"] if not gateway.get("disabled")}
    used = options.get("ike_gateways") or ()
    is_off = options.get("disabled") or not gateways & set(used)
    return "" if tunnel["health"] != Health.DOWN.value or is_active or is_off else trouble_since(view.lines, {tunnel["name"], *used})


def concerned(view: View) -> set[str]:
    """The names of the tunnels that are not healthy, and of what was asked for and is not there."""
    condition = view.condition
    return {part.name for vpn in condition.parts for part in (vpn, *vpn.parts) if part.state is not Health.HEALTHY}
