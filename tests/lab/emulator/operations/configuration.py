# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks, pending changes, revert, save, load, validate, and whole configurations."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Scope
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import locks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, escape, result, text_result


def _pending(context: Context) -> Answer:
    return text_result("yes" if len(context.firewall.candidate.journal) else "no")


def _changes(context: Context) -> Answer:
    entries = []
    seen = set()
    for record in context.firewall.candidate.journal.records:
        key = (record.booked, record.owner)
        if key in seen:
            continue
        seen.add(key)
        entries.append(
            f"<entry><xpath>{escape(record.booked)}</xpath><owner>{escape(record.owner)}</owner>"
            f"<action> {record.action}</action><admin-history>{escape(', '.join(record.history))}</admin-history>"
            f"<component-type>{record.component_type}</component-type></entry>"
        )
    return result(f"<journal>{''.join(entries)}</journal>" if entries else "")


def _list_locks(kind: str) -> Command:
    def answer(context: Context) -> Answer:
        held = context.firewall.locks.get(kind)
        entry = ""
        if held is not None:
            comment = held.comment or "(null)"
            entry = (
                f'<entry name="{escape(held.holder)}"><type>shared</type><name>shared</name><created>{held.created}</created>'
                f"<last-activity>{held.created}</last-activity><loggedin>yes</loggedin>"
                f"<comment>{escape(comment)}</comment></entry>"
            )
        return result(f"<{kind}-locks>{entry}</{kind}-locks>")

    return command(f"show {kind}-locks", answer)


def _acquire(kind: str) -> Command:
    def answer(context: Context) -> Answer:
        return text_result(context.firewall.locks.acquire(kind, context.admin.name, context.given("comment") or ""))

    return command(f"request {kind}-lock add", answer, "comment", changes=True)


def _release(kind: str) -> Command:
    def answer(context: Context) -> Answer:
        return text_result(context.firewall.locks.release(kind, context.given("admin") or context.admin.name))

    return command(f"request {kind}-lock remove", answer, "admin", changes=True)


def _revert(context: Context) -> Answer:
    context.admin.demand("config-write")
    context.firewall.locks.refuse_write(context.admin.name)
    partial = context.arguments.find("partial")
    scope = None
    if partial is not None:
        admins = [member.text or "" for member in partial.findall("admin/member")]
        scope = Scope(frozenset(admins) if admins else None)
    context.firewall.revert(scope)
    return result("<msg><line>All changes were reverted from configuration</line></msg>")


def _save(context: Context) -> Answer:
    name = context.given("to")
    if name is None:
        raise InvalidCommand(" save -> config is missing 'to'")
    context.firewall.save(name)
    return text_result(f"Config saved to {name}")


def _load(context: Context) -> Answer:
    context.admin.demand("config-write")
    context.firewall.locks.refuse_write(context.admin.name)
    name = context.given("from")
    if name is None:
        raise InvalidCommand(" load -> config is missing 'from'")
    context.firewall.load(name, context.admin.name)
    return result(f"<msg><line>Config loaded from {escape(name)}</line></msg>")


def _validate(context: Context) -> Answer:
    admins = [member.text or "" for member in context.arguments.findall("admin/member")]
    scope = Scope(frozenset(admins)) if admins else None
    return responses.enqueued(context.firewall.validate(context.admin.name, scope))


def _running(context: Context) -> Answer:
    return result(render(context.firewall.running.root))


def _candidate(context: Context) -> Answer:
    """Without change marks, unlike action=get."""
    return result(render(context.firewall.candidate.tree.root))


COMMANDS: list[Command] = [
    command("check pending-changes", _pending),
    command("show config list changes", _changes),
    command("show config running", _running),
    command("show config effective-running-config", _running),
    command("show config candidate", _candidate),
    command("revert config", _revert, "partial", changes=True),
    command("save config", _save, "to", changes=True),
    command("load config", _load, "from", changes=True),
    command("validate full", _validate, changes=True),
    command("validate partial", _validate, "admin", "device-and-network", "shared-object", "policy-and-objects", "vsys", "no-vsys",
            changes=True),
]
for _kind in (locks.CONFIG, locks.COMMIT):
    COMMANDS += [_list_locks(_kind), _acquire(_kind), _release(_kind)]
