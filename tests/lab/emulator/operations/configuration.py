# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks, pending changes, revert, save, load, validate, and whole configurations."""

from __future__ import annotations

import difflib
import re
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand, NotPresent
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import locks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.scope import scope_of
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_configurations import MODES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Path, duplicate, render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import parse_xpath
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import (
    Answer, cdata_result, escape, result, text_result,
)

#: Characters of an audit comment (vendor documentation).
_LONGEST_COMMENT = 256


def _pending(context: Context) -> Answer:
    return text_result("yes" if len(context.firewall.candidate.journal) else "no")


def _changes(context: Context) -> Answer:
    entries = []
    seen = set()
    listing = context.firewall.switches.listing
    if listing == "text":
        return text_result("Server error : show config list changes timed out")
    for record in context.firewall.candidate.journal.records if listing != "nothing" else ():
        place, owner = _listed(record.booked, listing), f"<owner>{escape(record.owner)}</owner>" if listing != "without owners" else ""
        key = (place, record.owner)
        if key in seen:
            continue
        seen.add(key)
        entries.append(
            f"<entry>{place}{owner}"
            f"<action> {record.action}</action><admin-history>{escape(', '.join(record.history))}</admin-history>"
            f"<component-type>{record.component_type}</component-type></entry>"
        )
    return result(f"<journal>{''.join(entries)}</journal>" if entries else "")


def _listed(booked: str, listing: str) -> str:
    """The element that names the place of a change."""
    if listing == "without places":
        return ""
    if listing == "containers":
        booked = re.sub(r"(/(entry|member)\[[^]]*\](/[a-z-]+)?)?$", "", booked)
    if listing == "double quotes":
        booked = booked.replace("'", '"')
    if listing == "device without its name":
        booked = booked.replace("[@name='localhost.localdomain']", "")
    return f"<xpath>{escape(booked)}</xpath>"


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

    return command(f"show {kind}-locks", answer, "vsys")


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
    context.firewall.revert(scope_of(context.arguments.find("partial")))
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
    name, version, partial = context.given("from"), context.given("version"), context.arguments.find("partial")
    if partial is not None:
        return _load_part(context, partial)
    if name is None and version is None:
        raise InvalidCommand(" load -> config is missing 'from'")
    stored = context.firewall.stored
    context.firewall.load(stored.named(name) if name is not None else stored.version(version), context.admin.name)
    return result(f"<msg><line>Config loaded from {escape(name or f'version {version}')}</line></msg>")


def _load_part(context: Context, partial: ET.Element) -> Answer:
    given = {tag: (partial.findtext(tag) or "").strip() for tag in ("from", "from-xpath", "to-xpath", "mode")}
    for tag, value in given.items():
        if not value:
            raise InvalidCommand(f" load -> config -> partial is missing '{tag}'")
    if given["mode"] not in MODES:
        raise InvalidCommand(f" mode '{given['mode']}' is not an allowed keyword")
    source = context.firewall.stored.named(given["from"])
    origin, place = (_inside(given[tag]) for tag in ("from-xpath", "to-xpath"))
    context.firewall.candidate.load_part(context.admin.name, source, origin, place, given["mode"])
    return result(f"<msg><line>Config loaded from {escape(given['from'])}</line></msg>")


def _inside(xpath: str) -> Path:
    """These xpaths begin below ``config`` or, as elsewhere, with it."""
    text = xpath if xpath.startswith("/") else f"/{xpath}"
    return parse_xpath(text if text.startswith("/config") else f"/config{text}").location()


def _validate(context: Context) -> Answer:
    return responses.enqueued(context.firewall.validate(context.admin.name, scope_of(context.arguments)))


def _running(context: Context) -> Answer:
    return result(render(context.firewall.own(context.firewall.running.root)))


def _candidate(context: Context) -> Answer:
    """Without change marks, unlike action=get."""
    return result(render(context.firewall.own(context.firewall.candidate.tree.root)))


def _merged(context: Context) -> Answer:
    """The candidate together with what a template brought."""
    return result(render(context.firewall.candidate.tree.root))


def _effective(context: Context) -> Answer:
    return result(render(context.firewall.running.root))


def _pushed_template(context: Context) -> Answer:
    template = context.firewall.received.template
    return result(render(template) if template is not None else "")


def _pushed_policy(context: Context) -> Answer:
    """The rules and objects of the device groups, under ``policy`` as newer releases have it (inferred)."""
    policy = context.firewall.received.policy
    return result(f"<policy>{render(policy)}</policy>" if policy is not None else "")


def _saved(context: Context) -> Answer:
    name = (context.arguments.text or "").strip()
    if not name:
        raise InvalidCommand(" show -> config -> saved is missing a value")
    return result(render(context.firewall.own(context.firewall.stored.named(name))))


def _delete_saved(context: Context) -> Answer:
    name = (context.arguments.text or "").strip()
    if not name:
        raise InvalidCommand(" delete -> config -> saved is missing a value")
    context.firewall.stored.delete(name)
    return text_result(f"{name} removed")


def _difference(context: Context) -> Answer:
    """Running against candidate, line by line."""
    texts = []
    for root in (context.firewall.running.root, context.firewall.candidate.tree.root):
        copy = duplicate(context.firewall.own(root))
        ET.indent(copy)
        texts.append(ET.tostring(copy, encoding="unicode").splitlines())
    return cdata_result("\n".join(difflib.unified_diff(*texts, "running", "candidate", n=3, lineterm="")))


def _rule(context: Context) -> str:
    """The xpath of the rule that an audit comment is about."""
    xpath = context.given("xpath")
    if xpath is None:
        raise InvalidCommand(" audit-comment is missing 'xpath'")
    chains = parse_xpath(xpath).select(context.firewall.candidate.tree)
    if len(chains) != 1 or [element.tag for element in chains[0][-2:]] != ["rules", "entry"]:
        raise NotPresent(f"{xpath} is no rule")
    return xpath


def _comment(context: Context) -> Answer:
    """Kept until the next commit."""
    comment = context.given("comment") or ""
    if len(comment) > _LONGEST_COMMENT:
        raise InvalidCommand(f" set -> audit-comment -> comment is longer than {_LONGEST_COMMENT}")
    context.firewall.audit_comments[_rule(context)] = comment
    return text_result("command succeeded")


def _comments(context: Context) -> Answer:
    comment = context.firewall.audit_comments.get(_rule(context))
    return result("" if comment is None else f"<entry><comment>{escape(comment)}</comment></entry>")


COMMANDS: list[Command] = [
    command("check pending-changes", _pending),
    command("set audit-comment", _comment, "xpath", "comment", changes=True),
    command("show config list audit-comments", _comments, "xpath"),
    command("show config list changes", _changes),
    command("show config running", _running),
    command("show config effective-running-config", _effective),
    command("show config candidate", _candidate),
    command("show config merged", _merged),
    command("show config pushed-template", _pushed_template),
    command("show config pushed-shared-policy", _pushed_policy, "vsys"),
    command("show config saved", _saved),
    command("delete config saved", _delete_saved, changes=True),
    command("show config diff", _difference),
    command("revert config", _revert, "partial", changes=True),
    command("save config", _save, "to", changes=True),
    command("load config", _load, "from", "version", "partial", changes=True),
    command("validate full", _validate, changes=True),
    command("validate partial", _validate, "admin", "device-and-network", "shared-object", "policy-and-objects", "vsys", "no-vsys",
            changes=True),
]
for _kind in (locks.CONFIG, locks.COMMIT):
    COMMANDS += [_list_locks(_kind), _acquire(_kind), _release(_kind)]
