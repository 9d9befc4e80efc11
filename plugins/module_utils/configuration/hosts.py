# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and addresses of hosts as people write them."""

from __future__ import annotations

from ipaddress import ip_address


def host_problem(host: str) -> str:
    """Why something is neither an address nor a name by which a host could be reached; empty where it is one."""
    if _is_address(host):
        return ""
    if "//" in host or "/" in host or "@" in host:
        return "give the name or address alone, without https:// in front and a path behind it"
    if ":" in host or host.startswith("["):
        return "give the name or address alone; the port has an option of its own"
    try:
        written = host.encode("idna")
    except UnicodeError:
        return "this is no name of a host: between its dots there are 1 to 63 characters"
    if not written or len(written) > 253 or not all(chr(byte).isalnum() or byte in b"-_." for byte in written):
        return "this is neither an address nor a name of a host"
    return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
