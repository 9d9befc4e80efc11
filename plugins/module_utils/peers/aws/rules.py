# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS allows of a Site-to-Site VPN connection, as its documentation of tunnel options and quotas states it, and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import addressing, algorithms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import Rules

CLOUD = "aws"

_ID = re.compile(r"vpn-[0-9a-zA-Z]+")
_KEY = re.compile(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}")
# Quotas of learned routes; AWS ends the session of a peer that sends more.
_ROUTES = {"vgw": 100, "tgw": 1000, "cloudwan": 1000, "concentrator": 1000}

# A connection lists its static routes with a virtual private gateway only; elsewhere they stand in a table of their own, which AWS does not print with it.
_ROUTE_TABLES = {"tgw": "the transit gateway's route table", "cloudwan": "the core network's routes", "concentrator": "the concentrator's route table"}


class _Aws(Rules):
    connection = "VPN connection"
    spoken = "AWS"
    there = "in AWS"
    as_advice = "the customer gateway's AS number must differ from AWS's"
    key_is_missing = " in AWS's output (missing, masked or kept in Secrets Manager only)"
    # One pair of security associations for each tunnel, which narrowed selectors would have to share.
    most_pairs = 1
    beginning = "an endpoint of AWS waits too unless its startup action is start"
    main_mode_only = True

    def static_routes_elsewhere(self, gateway: str | None) -> str:
        return _ROUTE_TABLES.get(gateway or "", "")

    def key_problem(self, key: str) -> str | None:
        if _KEY.fullmatch(key):
            return None
        return "has a pre-shared key that AWS does not allow: 8 to 64 characters of A-Z, a-z, 0-9, '.' and '_', the first one not 0"

    def name_problem(self, name: str) -> str | None:
        return None if not name or _ID.fullmatch(name) else f"'{name}' is not the id of a VPN connection, such as vpn-0a1b2c3d4e5f60718"

    def inside_problem(self, cidr: str) -> str | None:
        return addressing.inside_problem(cidr)

    def has(self, phase: str, option: str, value: str) -> bool:
        return algorithms.has(phase, option, value)

    def spelled(self, phase: str, option: str, values: Sequence[str]) -> tuple[str, list[str]]:
        return algorithms.spelled(phase, option, values)

    def route_limit(self, gateway: str | None) -> int | None:
        return _ROUTES.get(gateway or "")


RULES = _Aws()
