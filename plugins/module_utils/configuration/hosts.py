# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and addresses of hosts as people write them."""

from __future__ import annotations

import re
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


def id_type(text: str) -> str:
    """The kind of an IKE identity, in PAN-OS's word for it, by how it looks."""
    if re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", text):
        return "ipaddr"
    return "ufqdn" if "@" in text else "fqdn"


def host_and_port(text: str, port: int) -> tuple[str, int]:
    """The host and the port of C(HOST), C(HOST:PORT) or C([ADDRESS]:PORT); C(port) where none is named. Raises ValueError with what is wrong."""
    if _is_address(text.strip("[]")):
        return text.strip("[]"), port
    host, colon, number = text.rpartition(":")
    if not colon:
        host, number = text, str(port)
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    problem = host_problem(host)
    if problem:
        raise ValueError(problem)
    if not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= 65535:
        raise ValueError(f"'{number}' is no port, which is a number from 1 to 65535")
    return host, int(number)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
