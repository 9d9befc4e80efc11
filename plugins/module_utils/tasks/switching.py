# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turning tunnels, IKE gateways and BGP peers off and on, which PAN-OS has as configuration only, and the commit of exactly that."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_peer, ike_gateway, ipsec_tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import uncommitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import commit_changes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.needed import in_containers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, configure

TUNNEL, GATEWAY, PEER = "ipsec_tunnel", "ike_gateway", "bgp_peer"


@dataclass(frozen=True)
class Switch:
    """One object that can be off. C(router), C(group): of a BGP peer."""

    kind: str
    name: str
    router: str = ""
    group: str = ""

    @property
    def label(self) -> str:
        return {TUNNEL: "tunnel", GATEWAY: "IKE gateway", PEER: "BGP peer"}[self.kind] + f" '{self.name}'"

    def entry(self, advanced: bool, values: Mapping[str, Any]) -> DesiredEntry:
        if self.kind == PEER:
            table = bgp_peer.ADVANCED_PEER if advanced else bgp_peer.LEGACY_PEER
            return DesiredEntry(table, self.name, values, container=bgp_peer.peer_container(self.router, self.group, advanced))
        # A key whose stored form cannot be compared is written: whoever gives one here wants it to be that.
        return DesiredEntry(ipsec_tunnel.TABLE if self.kind == TUNNEL else ike_gateway.TABLE, self.name, values, update_secret="always")

    def place(self, target: Target) -> Path:
        """Where the object stands on a firewall."""
        return target.base("network") + self.entry(target.platform.advanced, {}).relative_path

    @property
    def _option(self) -> str:
        return "enable" if self.kind == PEER else "disabled"

    def said(self, entry: ET.Element | None) -> str | None:
        """What an entry says of it: C(yes), C(no), or None where nothing is said. All three kinds are on then."""
        return places.text(entry, (self._option,))

    def off(self) -> dict:
        return {self._option: self.kind != PEER}

    def on(self, entry: ET.Element | None) -> dict:
        """What turns it on; nothing where it is on."""
        return self.as_before(entry, "yes" if self.kind == PEER else None)

    def as_before(self, entry: ET.Element | None, said: str | None) -> dict:
        """What makes an entry that is off say what C(said) told; nothing where it is on."""
        if self.said(entry) != ("no" if self.kind == PEER else "yes"):
            return {}
        return {self._option: UNSET if said is None else said == "yes"}


@dataclass
class Change:
    """The write of a few leaves of existing objects, and its commit."""

    module: PanosModule
    target: Target
    pending: list = field(init=False)

    def __post_init__(self):
        self.pending = uncommitted.listed(self.module, self.target.session)

    def write(
        self, switches: Sequence[Switch], values: Callable[[Switch, ET.Element], dict], warnings: Sequence[str] = (), spares_gone: bool = False,
    ) -> dict:
        """C(values): (switch, its candidate entry) → options. The result of C(configure), and what is uncommitted with it.

        C(spares_gone): go on without objects that somebody has removed, with a warning that names them.
        """
        advanced = self.target.platform.advanced
        reads = [switch.place(self.target) for switch in switches]

        def wanted(tree: ET.Element) -> Wanted:
            found = [(switch, places.find(tree, path[1:])) for switch, path in zip(switches, reads)]
            gone = [switch.label for switch, entry in found if entry is None]
            if gone and not spares_gone:
                raise Refused(f"{', '.join(gone)}: runs on {self.target.place}, and is not in the candidate configuration: somebody removed it and did "
                              "not commit that; nothing was written")
            there = [[switch.entry(advanced, values(switch, entry)) for switch, entry in found if entry is not None]]
            return Wanted(there, [*warnings, *(f"{label} is gone, somebody removed it: there is nothing to turn on" for label in gone)])

        result = configure(self.module, self.target, in_containers(reads), wanted, self._refuse_foreign)
        objects = [places.parse(xpath) for xpath in result["objects"]]
        uncommitted.tell(self.module, result, self.pending, lambda change: commit.concerns(change, objects))
        return result

    def _refuse_foreign(self, intent: Wanted) -> None:
        if self.module.params.get("commit", True):
            objects = intent.places(self.target.base)
            uncommitted.refuse_foreign(self.module, self.target.session, self.pending, lambda change: commit.concerns(change, objects))

    def commit(self, written: dict, description: str, session: Session | None = None) -> dict:
        """Commit what C(write) wrote, or left there. C(session): another one, where this one is busy meanwhile."""
        return commit_changes(self.module, session or self.target.session, written["objects"], written["earlier_changes"],
                              self.module.params["description"] or description)
