# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everybody who says how well a VPN is, asked about a fault in the lab: one question has one answer."""

from __future__ import annotations

import importlib
import json

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import as_json
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import Site
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

# What the artifact for AWX's next node holds of an answer (playbooks/vpn_verify.yml).
ARTIFACT = ("health", "healthy", "problems", "vpns")
# Between two answers a tunnel may come or go; a fault that stays is told the same by everybody in this time.
SECONDS = 30


def _asked(site: Site, name: str, /, **options) -> dict:
    """What a module returns, also where it fails for what it finds."""
    module = importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{name}")
    return run_module(module, {"provider": provider_of(site.emulator), **options}).values


def _parts(vpns: list) -> list:
    return sorted((part["name"], part["health"]) for vpn in vpns for part in (vpn, *vpn["tunnels"]))


def answers(site: Site, connection: dict, about: dict) -> tuple[dict[str, tuple], list[dict]]:
    """Who → (how well the firewall is, how well each VPN and tunnel is); and the causes that C(vpn_info) tells."""
    name, about = connection["id"], {"connection": connection, **about}
    info = _asked(site, "vpn_info", name=[name], gather=["config", "state", "routes", "summary", "diagnosis"], **about)
    verify = _asked(site, "vpn_info", name=[name], gather=["config", "state", "diagnosis"], wait_for="healthy", timeout=0, fail_on="down", **about)
    role = _asked(site, "site_to_site_vpn", name=name, configure=False, verify=True, verify_timeout=0, **about)
    (page,) = json.loads(as_json([{"name": "fw", **info}], "t", ""))["firewalls"]
    found = {"vpn_info": info, "vpn_verify": verify, "the role's end": role, "the report": page, "AWX's artifact": {key: verify[key] for key in ARTIFACT}}
    return {who: (told["health"], _parts(told["vpns"])) for who, told in found.items()}, info["diagnosis"]


def agree(site: Site, connection: dict, about: dict) -> tuple[str, list[dict]]:
    """How well the VPN is to everybody, and why. Raises AssertionError with what each one says."""
    told: dict = {}
    causes: list[dict] = []

    def is_one() -> bool:
        found, causes[:] = answers(site, connection, about)
        told.update(found)
        return len({repr(answer) for answer in told.values()}) == 1

    assert wait_until(is_one, SECONDS, 0.3), told
    return told["vpn_info"][0], causes
