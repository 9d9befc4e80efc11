# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks share that look whether a VPN works."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import is_network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.address_book import is_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.probing import Prober
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import View

OPTIONS = {
    "counter_interval": {"type": "float"},
    "probe": {"type": "str"},
    "probe_timeout": {"type": "float", "default": 30.0},
}
# How often a probe is sent that gets no answer, and the seconds between two of them: a rule can be in use a moment after its tunnel is up.
_PROBES, _BETWEEN_PROBES = 4, 1.0


def texts(params, option: str) -> tuple[str, ...]:
    """The texts of a list, without empty ones."""
    return tuple(text for text in arguments.trimmed(params[option] or []) if text)


def networks(params, option: str, target: Target) -> tuple[str, ...]:
    """The networks of an option, with those of the address objects and groups that it names."""
    found = texts(params, option)
    for text in found:
        if not is_network(text) and not is_name(text):
            raise InvalidInput(f"{option}: '{text}' is no network; give one such as 10.20.0.0/16, or leave the option out")
    return address_objects.networks(target, option, found)


def refuse_no_time(params, *options: str) -> None:
    """Seconds between two looks, of the options of these names."""
    for option in options:
        if params[option] is not None and params[option] <= 0:
            raise InvalidInput(f"{option}: give more than 0 seconds")


def prober_of(params) -> Prober | None:
    """What asks from behind the firewall; its own packets go past PBF, so that only a host there can tell whether packets find the way."""
    return Prober(params["probe"], _BETWEEN_PROBES, params["probe_timeout"]) if params["probe"] else None


def probe(view: View, prober: Prober | None) -> None:
    """Where the firewall says that all is well, a host behind it has the last word."""
    if prober is not None and view.healthy and not prober.answered(_PROBES):
        view.finds(f"the probe got no answer: {prober.command}")
