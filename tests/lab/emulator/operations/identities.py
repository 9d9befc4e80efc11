# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and tags of addresses, as the API was told them. The fields are those that the vendor's SDK and pan-python read."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, escape, result

_PAGE = 500


def _users(context: Context) -> Answer:
    known = context.firewall.identities_of(context.vsys).users
    wanted = context.given("ip")
    found = {ip: user for ip, user in known.items() if wanted in (None, ip)}
    entries = [f"<entry>{fields({'idle_timeout': 2700}, ip=ip, vsys=context.vsys or 'vsys1', type='XMLAPI', user=user, timeout=2700)}</entry>"
               for ip, user in found.items()]
    return result("".join(entries) + f"<count>{len(entries)}</count>")


def _tags(context: Context) -> Answer:
    """Pages begin with the first entry, which is number 1."""
    known = context.firewall.identities_of(context.vsys).tags
    wanted, tag = context.given("ip"), context.arguments.find("tag/entry")
    found = {ip: tags for ip, tags in known.items() if wanted in (None, ip) and (tag is None or tag.get("name") in tags)}
    start, limit = (_number(context, name, default) for name, default in (("start-point", 1), ("limit", _PAGE)))
    entries = [f"<entry ip={quoteattr(ip)} from_agent=\"0\" persistent=\"1\"><tag>{''.join(f'<member>{escape(each)}</member>' for each in tags)}</tag></entry>"
               for ip, tags in list(found.items())[start - 1:start - 1 + limit]]
    return result("".join(entries) + f"<count>{len(entries)}</count>")


def _number(context: Context, name: str, default: int) -> int:
    text = context.given(name) or str(default)
    if not text.isdigit() or not int(text):
        raise InvalidCommand(f" {name} '{text}' is not a number from 1 on")
    return int(text)


COMMANDS: list[Command] = [
    *(command(f"show user {table}", _users, "all", "ip") for table in ("ip-user-mapping", "ip-user-mapping-mp")),
    command("show object registered-ip", _tags, "all", "ip", "tag", "limit", "start-point"),
]
