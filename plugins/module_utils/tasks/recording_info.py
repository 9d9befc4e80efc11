# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(recording_info) does: asks a firewall what this collection asks it, and hands the answers on without what identifies anybody."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.anonymous import Anonymizer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, with_session

COMMIT = "commit"


def argument_spec() -> dict:
    return {**arguments.PROVIDER, **arguments.WRITING, "commit": {"type": "bool", "default": False}}


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _recorded(module, target_of(module, session)), untouched="nothing was recorded")


def _recorded(module: PanosModule, target: Target) -> dict:
    if target.is_panorama:
        raise Refused("what is recorded are the answers of a firewall; this is a Panorama")
    anonymizer, answers, warnings = Anonymizer(), [], []

    def note(words: str, value: str, answer: ET.Element) -> None:
        text = ET.tostring(anonymizer.answer(answer, words), encoding="unicode")
        answers.append({"command": " ".join(filter(None, (words, value))), "answer": text})

    for words, value in commands.looks(target.platform.advanced):
        try:
            note(words, value, target.session.op(commands.command(words, value), words))
        except DeviceError as exc:
            # The firewall's own words may name what must not be told.
            warnings.append(f"'{words}' is refused: {anonymizer.text(str(exc.code or 'no code'))}")
    changed = module.params["commit"] and not module.check_mode
    if changed:
        _refuse_pending(target)
        note(COMMIT, "", target.session.change("commit of nothing", {"type": "commit", "cmd": "<commit/>"}))
    platform = target.platform
    return {"changed": False, "version": ".".join(str(part) for part in platform.version[:3]), "advanced": platform.advanced, "answers": answers,
            "replaced": anonymizer.count, "warnings": warnings}


def _refuse_pending(target: Target) -> None:
    pending = commit.changes(target.session)
    if pending:
        raise Refused(f"commit: there are {len(pending)} uncommitted changes, which a commit would take along; nothing was committed")
