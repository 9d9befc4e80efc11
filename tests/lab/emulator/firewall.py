# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One emulated firewall: its configurations, accounts, locks, jobs and live state, without any HTTP."""

from __future__ import annotations

import copy
import random
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import configurations
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admins
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.candidate import Candidate, Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Job, Jobs, Outcome
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import Record, transfer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.locks import Locks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Runtime
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import StoredSecrets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import MARKS, Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.validation import defects, warnings
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Version

VIRTUAL_ROUTER, LOGICAL_ROUTER = "virtual-router", "logical-router"

#: The patch level shown when only a release is asked for.
_PATCH_LEVELS = {"10.1": "10.1.14", "10.2": "10.2.12", "11.0": "11.0.6", "11.1": "11.1.6", "11.2": "11.2.7", "12.1": "12.1.2"}

NO_CHANGES = "There are no changes to commit."
BUSY = "Another commit/validate is in progress. Please try again later"


@dataclass(frozen=True)
class Scope:
    """Which changes a partial commit or revert takes: those of some admins (None: everybody's), without some parts."""

    admins: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()

    def includes(self, record: Record) -> bool:
        if self.admins is not None and record.owner not in self.admins:
            return False
        part = {"shared": "shared-object", "vsys": "policy-and-objects"}.get(record.component_type, "device-and-network")
        return part not in self.excluded


class Firewall:
    """All state of one device. ``lock`` guards it: whoever reads or writes holds it."""

    def __init__(self, version: str = "11.1", engine: str | None = None, config: str | None = None, name: str = "fw1",
                 secrets: str = "classic", switches: Switches | None = None) -> None:
        self.sw_version = _PATCH_LEVELS.get(version, version)
        self.version = _parse_version(self.sw_version)
        if engine not in (None, VIRTUAL_ROUTER, LOGICAL_ROUTER):
            raise ValueError(f"engine is {VIRTUAL_ROUTER!r} or {LOGICAL_ROUTER!r}, not {engine!r}")
        if engine == LOGICAL_ROUTER and self.version < (10, 2):
            raise ValueError(f"PAN-OS {version} has no Advanced Routing Engine; it came with 10.2")
        if secrets not in ("classic", "opaque"):
            raise ValueError(f"secrets are 'classic' or 'opaque', not {secrets!r}")
        self.name = name
        self.switches = switches or Switches()
        self.lock = threading.RLock()
        root = configurations.load(config, engine or VIRTUAL_ROUTER, name, self.version)
        self.engine = engine or self._engine_of(root)
        for element in root.iter():
            for mark in MARKS:
                element.attrib.pop(mark, None)
        self.candidate = Candidate(root, self.version, StoredSecrets(secrets == "opaque"), self.switches)
        self.running = self._tree(copy.deepcopy(root))
        self.admins = Admins()
        self.locks = Locks()
        self.jobs = Jobs(self.lock)
        self.runtime = Runtime()
        self.saved: dict[str, ET.Element] = {"running-config.xml": self.running.root}
        self.started = time.time()
        self.serial = f"0{random.Random(name).randrange(10**13, 10**14)}"
        self.commit_duration = 0.2
        self._next_commit: Outcome | None = None

    @property
    def nested_messages(self) -> bool:
        """Validation messages are double nested from 11.2 (measured on 11.2.6)."""
        return self.version >= (11, 2)

    def _engine_of(self, root: ET.Element) -> str:
        """The engine that a firewall with this configuration runs after a reboot."""
        setting = root.findtext("devices/entry/deviceconfig/setting/advance-routing")
        return LOGICAL_ROUTER if setting == "yes" and self.version >= (10, 2) else VIRTUAL_ROUTER

    def _tree(self, root: ET.Element) -> Tree:
        return Tree(root, self.candidate.undo)

    # Commit.

    def plan_commit_outcome(self, succeeded: bool, lines: list[str]) -> None:
        """Let the next commit fail with these lines, or succeed with these warnings, whatever it holds."""
        self._next_commit = Outcome(succeeded, [] if succeeded else lines, lines if succeeded else [])

    def refuse_busy(self) -> None:
        if self.jobs.busy:
            raise OperationFailed(BUSY)

    def commit(self, user: str, description: str = "", force: bool = False, scope: Scope | None = None) -> Job | None:
        """Begin a commit of everything, or of a scope; None when there is nothing to do."""
        self.locks.refuse_commit(user)
        self.refuse_busy()
        records = self._records(scope)
        if not records and not force:
            return None
        goal = self._goal(records, scope)
        sequence = self.candidate.sequence

        planned, self._next_commit = self._next_commit, None

        def conclude(outcome: Outcome) -> None:
            if outcome.succeeded:
                self._activate(goal, records, sequence)
                if self.switches.commit_drops_own_locks:
                    self.locks.drop_all_of(user)

        return self.jobs.start(
            "Commit", user, description, self.commit_duration, lambda: self._judge(goal, planned), conclude
        )

    def validate(self, user: str, scope: Scope | None = None) -> Job:
        """Begin a validation job, which commits nothing."""
        self.refuse_busy()
        goal = self._goal(self._records(scope), scope)
        return self.jobs.start(
            "Validate", user, "", self.commit_duration, lambda: self._judge(goal, None, "Configuration is valid"),
            lambda outcome: None,
        )

    def _records(self, scope: Scope | None) -> list[Record]:
        records = self.candidate.journal.records
        return records if scope is None else [record for record in records if scope.includes(record)]

    def _goal(self, records: list[Record], scope: Scope | None) -> Tree:
        """What would be running after the commit."""
        if scope is None:
            return self._tree(copy.deepcopy(self.candidate.tree.root))
        goal = self._tree(copy.deepcopy(self.running.root))
        transfer(records, self.candidate.journal, self.candidate.tree, goal)
        return goal

    def _judge(self, goal: Tree, planned: Outcome | None, praise: str = "Configuration committed successfully") -> Outcome:
        if planned is not None and not planned.succeeded:
            return planned
        found = self._defects(goal)
        if found:
            # What a firewall already runs with is valid by definition, however little of it is described here.
            accepted = set(self._defects(self.running))
            found = [lines for lines in found if lines not in accepted]
        if found:
            return Outcome(False, ["Validation Error:", *found[0]])
        return Outcome(True, [praise], planned.warnings if planned is not None else warnings(goal))

    def _defects(self, tree: Tree) -> list[tuple[str, ...]]:
        return defects(tree, self.version, self.switches.bgp_needs_identity)

    def _activate(self, goal: Tree, records: list[Record], sequence: int) -> None:
        self.running = goal
        self.saved["running-config.xml"] = goal.root
        self.candidate.journal.forget(records, sequence)
        self.candidate.unmark(records, sequence)

    # Whole configurations.

    def revert(self, scope: Scope | None = None) -> None:
        """Candidate back to running, all of it or only what a scope holds."""
        if scope is None:
            self.candidate.replace_all(copy.deepcopy(self.running.root))
            return
        records = self._records(scope)
        transfer(records, self.candidate.journal, self.running, self.candidate.tree)
        self.candidate.journal.forget(records, self.candidate.sequence)

    def save(self, file_name: str) -> None:
        self.saved[file_name] = copy.deepcopy(self.candidate.tree.root)

    def load(self, file_name: str, admin: str) -> None:
        root = self.saved.get(file_name)
        if root is None:
            raise OperationFailed(f"{file_name} does not exist")
        self.candidate.load(admin, copy.deepcopy(root))


def _parse_version(text: str) -> Version:
    """11.1.4-h7 and the like: hot fixes do not count."""
    try:
        parts = tuple(int(part) for part in text.split("-")[0].split("."))
    except ValueError:
        parts = ()
    if len(parts) not in (2, 3) or parts < (10, 1):
        raise ValueError(f"version {text!r}: give 10.1, 10.2, 11.0, 11.1, 11.2 or 12.1, with or without a patch level")
    return parts
