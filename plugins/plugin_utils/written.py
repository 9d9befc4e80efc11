# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of this run have written to, for a commit of exactly that (C(scope: written)).

Each task has a process of its own. It is kept in the folder that Ansible makes for one run and takes away with it: a fact would be carried into
the next run by a cache of facts, and the firewall's list of changes does not tell this run from the account's other ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from ansible import constants

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments

# What leads to a firewall. The same place in the configuration of another one is another object.
_LEADING = {"ip_address": "PANOS_HOSTNAME", "port": "PANOS_PORT", "serial_number": "PANOS_SERIAL_NUMBER"}
_COMMIT = "commit"


class Written:
    """The places (xpaths) that tasks of one host have written to on one firewall."""

    def __init__(self, host: str, given: Mapping[str, Any], environment: Mapping[str, Any]):
        """C(given): the arguments of a task. C(environment): that of the task, in which the firewall's address may stand."""
        named = "\n".join([host, *_led_to(given, environment)])
        self.file = pathlib.Path(constants.DEFAULT_LOCAL_TMP) / f"written-{hashlib.sha256(named.encode('utf-8')).hexdigest()[:16]}"

    def note(self, result: Mapping[str, Any]) -> None:
        """What a task tells that it has written, or found as it should be. What is no place of a firewall's configuration is for no commit."""
        places = [str(place) for place in result.get("objects") or () if str(place).startswith("/config/")]
        if places:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(places) + "\n")

    def objects(self) -> list:
        if not self.file.is_file():
            return []
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return list(dict.fromkeys(place for line in lines for place in json.loads(line)))

    def asked_for(self, name: str, given: Mapping[str, Any]) -> dict:
        """The argument that a task is to have in addition: a commit of what was written is told what that is."""
        is_asked_for = name.rpartition(".")[2] == _COMMIT and given.get("scope") == "written"
        return {"objects": self.objects()} if is_asked_for and given.get("objects") is None else {}


def _led_to(given: Mapping[str, Any], environment: Mapping[str, Any]) -> list:
    provider = arguments.connection_of(arguments.PROVIDER, "provider", given.get("provider") or {})[0]
    known = {**os.environ, **environment}
    return [str(provider.get(option) or known.get(variable, "")) for option, variable in _LEADING.items()]
