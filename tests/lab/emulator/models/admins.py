# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Administrators: passwords, API keys, and what their roles allow.

Every key generation gives another string and all of them work; a role that lacks a right gives code 16 (vendor
documentation; role names are those of PAN-OS).
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCredential, Unauthorized

_ALL = frozenset(("config-read", "config-write", "commit", "op", "op-request", "export", "version"))
_READ = frozenset(("config-read", "op", "export", "version"))

#: What the built-in roles may do; "custom" gets what ``rights`` say.
ROLES = {
    "superuser": _ALL,
    "deviceadmin": _ALL,
    "superreader": _READ,
    "devicereader": _READ,
    "read-only": _READ,
    "custom": frozenset(("config-read", "op", "version")),
}


@dataclass
class Admin:
    name: str
    password: str
    rights: frozenset

    def demand(self, right: str) -> None:
        if right not in self.rights:
            raise Unauthorized()


class Admins:
    def __init__(self) -> None:
        self._admins: dict[str, Admin] = {}
        self._keys: dict[str, Admin] = {}

    def add(self, name: str, password: str, role: str = "superuser", rights: list[str] | None = None) -> str:
        """Add or change an account; returns an API key. A changed password invalidates the account's earlier keys."""
        if role not in ROLES:
            raise ValueError(f"role {role!r} is not one of {', '.join(ROLES)}")
        if rights is not None and not set(rights) <= _ALL:
            raise ValueError(f"rights are {', '.join(sorted(_ALL))}")
        self._keys = {key: admin for key, admin in self._keys.items() if admin.name != name}
        self._admins[name] = Admin(name, password, frozenset(rights) if rights is not None else ROLES[role])
        return self.generate_key(name, password)

    def authenticate(self, name: str, password: str) -> Admin:
        admin = self._admins.get(name)
        if admin is None or admin.password != password:
            raise InvalidCredential()
        return admin

    def generate_key(self, name: str, password: str) -> str:
        admin = self.authenticate(name, password)
        key = "LUFRPT1" + base64.b64encode(os.urandom(36)).decode().replace("/", "0").replace("+", "1") + "=="
        self._keys[key] = admin
        return key

    def of_key(self, key: str) -> Admin:
        admin = self._keys.get(key)
        if admin is None:
            raise InvalidCredential()
        return admin

    def expire_keys(self) -> None:
        self._keys.clear()
