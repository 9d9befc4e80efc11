# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one home of pan-os-python: what it knows and says in public. It is handed no address, no key and no connection, so that it sends nothing.

C(requirements.txt) and the doc fragment C(provider) state the same releases. It is imported where it is needed: most tasks do without it.
"""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused

LIBRARY = "pan-os-python"
RELEASES = ">= 1.12, < 2"

IMPORT_ERROR = None if importlib.util.find_spec("panos") else "No module named 'panos'"


def commit_command(description: str, account: str | None) -> str:
    """The command that commits the changes of C(account) only, or everybody's where it is None.

    Raises Refused where the library does not say what it was asked for: a partial commit must not become a full one.
    """
    try:
        from panos.firewall import FirewallCommit
        command = FirewallCommit(description=description or None, admins=None if account is None else [account]).element()
    except (ImportError, AttributeError, TypeError) as exc:
        raise _unusable(str(exc)) from None
    accounts = [member.text for member in command.findall("partial/admin/member")]
    if command.tag != "commit" or accounts != ([] if account is None else [account]):
        raise _unusable(f"its commit is for {', '.join(map(str, accounts)) or 'everybody'} and not for {account or 'everybody'}")
    return ET.tostring(command, encoding="unicode")


def _unusable(reason: str) -> Refused:
    return Refused(f"{LIBRARY} {_release()} cannot say how to commit ({reason}): this collection needs {LIBRARY} {RELEASES}; nothing was committed, "
                   "the changes stand in the candidate")


def _release() -> str:
    from importlib import metadata
    try:
        return metadata.version(LIBRARY)
    except metadata.PackageNotFoundError:
        return "of an unknown release"
