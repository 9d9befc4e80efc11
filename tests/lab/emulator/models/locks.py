# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration and commit locks, in the words of real answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import Locked, NotPossible

CONFIG, COMMIT = "config", "commit"


@dataclass
class Lock:
    holder: str
    comment: str
    created: str = field(default_factory=lambda: time.strftime("%Y/%m/%d %H:%M:%S"))


class Locks:
    """One lock of each kind; the scope is always ``shared``, as on a firewall with one vsys."""

    def __init__(self) -> None:
        self._locks: dict[str, Lock] = {}

    def get(self, kind: str) -> Lock | None:
        return self._locks.get(kind)

    def acquire(self, kind: str, admin: str, comment: str = "") -> str:
        held = self._locks.get(kind)
        if held is not None and held.holder == admin:
            raise Locked(f"You already own a {kind} lock for scope shared")
        if held is not None:
            raise Locked(f"{kind.capitalize()} lock is already held by {held.holder}")
        self._locks[kind] = Lock(admin, comment)
        doing = "modify configuration" if kind == CONFIG else "commit configuration"
        return f"Successfully acquired lock. Other administrators will not be able to {doing} until lock is released by {admin}."

    def release(self, kind: str, admin: str) -> str:
        held = self._locks.get(kind)
        if held is None or held.holder != admin:
            if kind == CONFIG:
                raise Locked("Config is not currently locked for scope shared")
            raise Locked(f"Commit lock is not currently held by {admin}")
        del self._locks[kind]
        return f"{kind.capitalize()} lock released for {admin}"

    def drop_all_of(self, admin: str) -> None:
        self._locks = {kind: lock for kind, lock in self._locks.items() if lock.holder != admin}

    def refuse_write(self, admin: str) -> None:
        """A write by somebody else than the holder of the configuration lock."""
        held = self._locks.get(CONFIG)
        if held is not None and held.holder != admin:
            raise Locked(f"Config for scope shared is currently locked by {held.holder}")

    def refuse_commit(self, admin: str) -> None:
        held = self._locks.get(COMMIT)
        if held is not None and held.holder != admin:
            raise NotPossible("Other administrators are holding device wide commit locks.")
