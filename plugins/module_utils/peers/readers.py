# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cloud's reader reads what: the file C(reader) of a cloud's folder says what reads a document of it (C(PROFILE)), and, where Terraform knows the
cloud, Terraform's types of it (C(TERRAFORM)) and what reads them (C(of_terraform)).

Only filters ask: a packed module has no reader.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import peers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import folded, terraform_resources
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import opened
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS


@functools.lru_cache(maxsize=None)
def _reader(cloud: str) -> ModuleType:
    if cloud not in CLOUDS:
        raise InvalidInput(f"cloud: there is no '{cloud}'; there are {', '.join(CLOUDS)}")
    return importlib.import_module(f"{peers.__name__}.{cloud}.reader")


def parameters(cloud: str) -> list[str]:
    """What goes with a document of this cloud, by name."""
    return list(inspect.signature(_reader(cloud).PROFILE).parameters)[1:]


def profile(document: Any, cloud: str | None = None, said: Mapping[str, Any] | None = None) -> Profile:
    """The profile of a VPN. Without C(cloud), C(document) is one already, as C(fields.plain) makes it, or its tunnels alone.

    C(said): what goes with the cloud's reader besides, by the names of its parameters; what is empty is not said. Raises C(InvalidInput).
    """
    if cloud:
        given = {name: value for name, value in (said or {}).items() if value not in (None, "", [], {})}
        foreign = [name for name in given if name not in parameters(cloud)]
        if foreign:
            known = ", ".join(parameters(cloud)) or "nothing"
            raise InvalidInput(f"{', '.join(foreign)}: nothing of the kind goes with a description of {cloud}; {known} does")
        return _reader(cloud).PROFILE(document, **given)
    found = opened(document, "the peer's profile") if isinstance(document, str) else document
    return fields.read(Profile, {"tunnels": found} if isinstance(found, list) else found, "peer")


@functools.lru_cache(maxsize=1)
def readers() -> dict[str, ModuleType]:
    """cloud → its reader, of those that Terraform knows."""
    found = {cloud: _reader(cloud) for cloud in CLOUDS}
    return {cloud: reader for cloud, reader in found.items() if hasattr(reader, "TERRAFORM")}


def of_terraform(document: Any, connection_id: str | None = None, cloud: str | None = None) -> Profile:
    """The profile of the one VPN in what Terraform prints. Raises C(InvalidInput) where there is none, or VPNs of several clouds and no C(cloud)."""
    given = opened(document, "Terraform's output")
    types = {resource_type for resource_type, _attributes in terraform_resources(folded(given))}
    found = [name for name, reader in readers().items() if types & set(reader.TERRAFORM)]
    known = ", ".join(name for reader in readers().values() for name in reader.TERRAFORM)
    if cloud and cloud not in readers():
        raise InvalidInput(f"cloud: there is no '{cloud}'; there are {', '.join(readers())}")
    if cloud and cloud not in found or not found:
        raise InvalidInput(f"There is no VPN{f' of {cloud}' if cloud else ''} in Terraform's output; it is looked for as {known}. "
                           "Give what 'terraform show -json' prints, after apply.")
    if not cloud and len(found) > 1:
        raise InvalidInput(f"Terraform's output holds VPNs of several clouds; say which: {', '.join(found)}.")
    return readers()[cloud or found[0]].of_terraform(given, connection_id)
