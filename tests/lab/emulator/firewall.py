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
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import configurations
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import pushed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admins
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.candidate import Candidate
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.identities import Identities
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Job, Jobs, Outcome, Work
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.journal import Record, transfer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.locks import Locks
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.pushed import Push
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import Begun, Runtime
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.scope import Scope
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_configurations import (
    StoredConfigurations, refuse_foreign,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import DEFAULT_MASTER_KEY, StoredSecrets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import SystemLog
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import MARKS, Tree, duplicate
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.validation import defects, warnings
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema import FIREWALL
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Version

if TYPE_CHECKING:
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.data_plane import DataPlane
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.pair import Pair

VIRTUAL_ROUTER, LOGICAL_ROUTER = "virtual-router", "logical-router"

#: The patch level shown when only a release is asked for.
_PATCH_LEVELS = {"10.1": "10.1.14", "10.2": "10.2.12", "11.0": "11.0.6", "11.1": "11.1.6", "11.2": "11.2.7", "12.1": "12.1.2"}

NO_CHANGES = "There are no changes to commit."
SYNCHRONISING = "Another sync is in progress. Please try again later"
BUSY = "Another commit/validate is in progress. Please try again later"


class Firewall:
    """All state of one device. ``lock`` guards it: whoever reads or writes holds it."""

    model = "PA-VM"
    #: What its configuration may hold.
    schema = FIREWALL

    def __init__(self, version: str = "11.1", engine: str | None = None, config: str | None = None, name: str = "fw1",
                 secrets: str = "classic", switches: Switches | None = None, master_key: str = DEFAULT_MASTER_KEY) -> None:
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
        self.secrets = StoredSecrets(secrets == "opaque", master_key)
        self.candidate = Candidate(root, self.schema, self.version, self.secrets, self.switches)
        self.running = self._tree(copy.deepcopy(root))
        self.admins = Admins()
        self.locks = Locks()
        self.jobs = Jobs(self.lock)
        self.runtime = Runtime()
        self.log = SystemLog()
        self.stored = StoredConfigurations(self.running.root)
        self.identities: dict[str, Identities] = {}
        #: By the xpath of a rule, what its next commit is said to be for.
        self.audit_comments: dict[str, str] = {}
        self.started = time.time()
        self.serial = f"0{random.Random(name).randrange(10**13, 10**14)}"
        self.commit_duration = 0.2
        self.received = Push()
        self.pair: Pair | None = None
        self.data_plane: DataPlane | None = None
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

    def refuse_busy(self, queue: int = 0) -> None:
        """Refuse while a job runs and more than ``queue`` others would wait."""
        running = self.jobs.running
        if running is None or self.jobs.waiting < queue:
            return
        raise OperationFailed(SYNCHRONISING if running.kind == "HA-Sync" else BUSY)

    def commit(self, user: str, description: str = "", force: bool = False, scope: Scope | None = None) -> Job | None:
        """Begin a commit of everything, or of a scope; None when there is nothing to do."""
        self.locks.refuse_commit(user)
        self.refuse_busy(self.switches.commit_queue)
        if not self._records(scope) and not force:
            return None
        planned, self._next_commit = self._next_commit, None

        def begin() -> Work:
            records, sequence = self._records(scope), self.candidate.sequence
            goal = self._goal(records, scope)

            def conclude(outcome: Outcome) -> None:
                if outcome.succeeded:
                    self._activate(goal, records, sequence, user, description)
                    if self.switches.commit_drops_own_locks:
                        self.locks.drop_all_of(user)

            return lambda: self._judge(goal, planned), conclude

        return self.jobs.start("Commit", user, description, self.commit_duration, begin)

    def validate(self, user: str, scope: Scope | None = None) -> Job:
        """Begin a validation job, which commits nothing."""
        self.refuse_busy(self.switches.commit_queue)

        def begin() -> Work:
            goal = self._goal(self._records(scope), scope)
            return lambda: self._judge(goal, None, "Configuration is valid"), lambda outcome: None

        return self.jobs.start("Validate", user, "", self.commit_duration, begin)

    def _records(self, scope: Scope | None) -> list[Record]:
        records = self.candidate.journal.records
        if scope is None:
            return records
        return [record for record in records if scope.includes(record, self.switches.named_systems_alone)]

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

    def identities_of(self, vsys: str | None) -> Identities:
        """Users and tags of a virtual system, which is the first where none is named."""
        return self.identities.setdefault(vsys or "vsys1", Identities())

    @property
    def multi_vsys(self) -> bool:
        return self.switches.multi_vsys or len(self.running.root.findall("devices/entry/vsys/entry")) > 1

    def _defects(self, tree: Tree) -> list[tuple[str, ...]]:
        return defects(tree, self.schema, self.version, self.switches.bgp_needs_identity)

    def _activate(self, goal: Tree, records: list[Record], sequence: int, user: str, description: str) -> None:
        before, self.running = self.running, goal
        self.stored.commit(goal.root, user, description)
        self.candidate.journal.forget(records, sequence)
        self.candidate.unmark(records, sequence)
        self.audit_comments.clear()
        self._follow()
        if self.data_plane is None:
            self._negotiate_after(before)
            self._speak_after(before)
        if self.pair is not None:
            self.pair.committed(self)

    # Negotiations, where no data plane has real ones.

    def _negotiate_after(self, before: Tree) -> None:
        """What is down is tried for ever. What is up is negotiated anew by a commit only where that ends SAs."""
        earlier, now = Network(before, self.runtime), Network(self.running, self.runtime)
        terms = {tunnel.name: earlier.terms(tunnel) for tunnel in earlier.tunnels}
        for tunnel in now.tunnels:
            has_ended = self.switches.commit_ends_sas and terms.get(tunnel.name, "") not in ("", now.terms(tunnel))
            if has_ended or tunnel.name.split(":")[0] in self.runtime.refused:
                self.negotiate(tunnel.gateway)

    def negotiate(self, gateway: str) -> None:
        """All SAs of a gateway from the start: the far side takes its own key only, where one was told."""
        network = Network(self.running, self.runtime)
        stored = next((entry.findtext("authentication/pre-shared-key/key") for entry in network.gateways() if entry.get("name") == gateway), None)
        for tunnel in network.tunnels:
            name = tunnel.name.split(":")[0]
            if tunnel.gateway != gateway:
                continue
            if self.runtime.far_keys.get(name) in (None, self.secrets.reveal(stored or "")):
                self.runtime.refused.discard(name)
                self.runtime.negotiated_anew([tunnel.name])
            elif name not in self.runtime.refused:
                self.runtime.refused.add(name)
                self.log.write("ikev2-nego-ike-fail", gateway, "received notify type AUTHENTICATION_FAILED", "informational")

    # BGP sessions, where no data plane has real ones.

    def _speak_after(self, before: Tree) -> None:
        """What is down is tried for ever. What is up begins anew by a commit only where that ends sessions; until then it has the timers that it began with."""
        earlier = {peer.name: peer for peer in Network(before, self.runtime).peers()}
        for peer in Network(self.running, self.runtime).peers():
            known = earlier.get(peer.name)
            if known == peer:
                continue
            if known is None:
                self.begin_session(peer.name, is_first=True)
            elif self.switches.commit_ends_sessions or peer.name in self.runtime.unheard:
                self.begin_session(peer.name)
            else:
                begun = self.runtime.session(peer.name)
                self.runtime.sessions[peer.name] = replace(
                    begun, keep_alive=begun.keep_alive or known.keep_alive, hold_time=begun.hold_time or known.hold_time)

    def begin_session(self, name: str, is_first: bool = False) -> None:
        """A BGP session from the start: the far side takes its own password only, where one was told."""
        runtime = self.runtime
        if not is_first and name not in runtime.unheard:
            runtime.sessions.setdefault(name, runtime.session(name))
        for peer in Network(self.running, runtime).peers():
            if peer.name == name and runtime.far_secrets.get(name) not in (None, self.secrets.reveal(peer.secret)):
                runtime.unheard.add(name)
                return
        runtime.unheard.discard(name)
        before = runtime.sessions.get(name)
        runtime.sessions[name] = Begun(time.monotonic(), before.number + 1 if before else 1)

    # Packets.

    def attach(self, data_plane: DataPlane) -> None:
        """From now on every commit is made true by a data plane, and live state is what it measures."""
        with self.lock:
            self.data_plane = data_plane
            self._follow()

    def _follow(self) -> None:
        if self.data_plane is not None:
            self.data_plane.apply(self.running.root, self.engine, self.secrets.reveal, self.runtime.learned_addresses)

    def observe(self) -> None:
        """Bring the live state up to date, where something measures it."""
        if self.data_plane is not None:
            self.data_plane.observe(self.runtime, self.log)

    # What others bring: Panorama by a push, the active member of a pair by a synchronisation.

    def receive(self, push: Push, user: str) -> Job:
        """Begin the commit of what Panorama pushed, together with the pending local changes unless told otherwise."""
        self.locks.refuse_commit(user)
        self.refuse_busy()
        planned, self._next_commit = self._next_commit, None

        def begin() -> Work:
            records = self.candidate.journal.records if push.merge_candidate else []
            sequence = self.candidate.sequence
            goal = self._goal(records, None if push.merge_candidate else Scope(frozenset()))
            pushed.apply(push, goal.root)

            def conclude(outcome: Outcome) -> None:
                if outcome.succeeded:
                    self.received = self.received.followed_by(push)
                    self._activate(goal, records, sequence, user, "")
                    self._lay_into_candidate(push)

            return lambda: self._judge(goal, planned), conclude

        return self.jobs.start("CommitAll", user, "", self.commit_duration, begin)

    def validate_push(self, push: Push, user: str) -> Job:
        """Begin to judge a push as if it were received, changing nothing."""
        self.refuse_busy()

        def begin() -> Work:
            goal = self._goal(self.candidate.journal.records, None)
            pushed.apply(push, goal.root)
            return lambda: self._judge(goal, None, "Configuration is valid"), lambda outcome: None

        return self.jobs.start("Validate", user, "", self.commit_duration, begin)

    def _lay_into_candidate(self, push: Push) -> None:
        hidden = pushed.apply(push, self.candidate.tree.root)
        self.candidate.rebase(self.candidate.tree.root, hidden if push.template is not None else None)

    def adopt(self, root: ET.Element, user: str) -> Job:
        """Begin to take over the configuration of the HA peer: running and candidate become it, as one job."""

        def begin() -> Work:
            def conclude(outcome: Outcome) -> None:
                own = copy.deepcopy(root)
                hidden = pushed.apply(self.received, own)
                self.running = self._tree(own)
                self.candidate.replace_all(copy.deepcopy(own))
                self.candidate.rebase(self.candidate.tree.root, hidden)
                self.stored.commit(own, user, "")
                self._follow()
                if self.pair is not None:
                    self.pair.synchronised(self)

            return lambda: Outcome(True, ["Configuration committed successfully"]), conclude

        return self.jobs.start("HA-Sync", user, "", self.commit_duration, begin)

    # Whole configurations.

    def revert(self, scope: Scope | None = None) -> None:
        """Candidate back to running, all of it or only what a scope holds."""
        if scope is None:
            self.candidate.replace_all(copy.deepcopy(self.running.root))
            return
        records = self._records(scope)
        transfer(records, self.candidate.journal, self.running, self.candidate.tree)
        self.candidate.journal.forget(records, self.candidate.sequence)

    def own(self, root: ET.Element) -> ET.Element:
        """A configuration without what was pushed; a copy only where there is something to leave out."""
        return pushed.local(root) if self.received != Push() else root

    def save(self, file_name: str) -> None:
        self.stored.save(file_name, duplicate(self.own(self.candidate.tree.root)))

    def load(self, stored: ET.Element, admin: str) -> None:
        """A stored configuration becomes the candidate. Raises LoadFailed."""
        root = duplicate(self.own(stored))
        refuse_foreign(root, self.schema, self.version)
        hidden = pushed.apply(self.received, root)
        self.candidate.load(admin, root)
        self.candidate.rebase(root, hidden)

    def share_lock(self, other: Firewall) -> None:
        """Guard both devices by one lock, so that neither waits for the other while holding its own."""
        self.lock = self.jobs.lock = other.lock


def _parse_version(text: str) -> Version:
    """11.1.4-h7 and the like: hot fixes do not count."""
    try:
        parts = tuple(int(part) for part in text.split("-")[0].split("."))
    except ValueError:
        parts = ()
    if len(parts) not in (2, 3) or parts < (10, 1):
        raise ValueError(f"version {text!r}: give 10.1, 10.2, 11.0, 11.1, 11.2 or 12.1, with or without a patch level")
    return parts
