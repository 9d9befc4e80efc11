# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One action under way, and the switches for behaviour that is only inferred."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Path
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Reference


#: The sample; the same in other spellings; the containers alone; less than is known of an entry; nothing, though there is something; a text instead.
LISTINGS = ("objects", "double quotes", "device without its name", "containers", "without owners", "without places", "nothing", "text")


@dataclass
class Switches:
    """Behaviour that the references only infer. Each can be turned without touching the code.

    ``journal_books_container``: a ``set`` on a container with an entry inside is booked under the container, as reported
    of 11.0.3-h3 and later. ``journal_books_unchanged``: a write that changes nothing counts as a change.
    ``rename_updates_references``, ``commit_drops_own_locks``, ``bgp_needs_identity`` (enable without router id or local
    AS fails at commit): as their names say. ``commit_queue``: how many commits may wait behind the one that runs; the
    next one is refused as busy. ``listing``: how the list of changes looks to this account or in this release, one of
    ``LISTINGS``; one sample of it is known, and it is a Panorama's. ``multi_vsys``: several virtual systems are switched on, so that a second one may be made.
    ``commit_ends_sas``: a committed change of a key, an identity or a proposal ends the SAs that were made before it at once; without it they
    serve on until somebody negotiates anew. ``named_systems_alone``: a partial commit that names virtual systems leaves network, device and shared
    objects alone. ``makes_places``: a write below a template or device group that is not there makes it, as it makes every other container on its way.
    ``commit_ends_sessions``: the same of a BGP session whose timers, password or addresses a commit changes. ``stacks_by_leaves``: a template stack puts
    objects of one name together, instead of taking the one of the highest template.
    """

    journal_books_container: bool = False
    journal_books_unchanged: bool = False
    rename_updates_references: bool = True
    commit_drops_own_locks: bool = True
    bgp_needs_identity: bool = True
    commit_queue: int = 0
    listing: str = "objects"
    multi_vsys: bool = False
    commit_ends_sas: bool = False
    named_systems_alone: bool = True
    makes_places: bool = True
    commit_ends_sessions: bool = True
    stacks_by_leaves: bool = False


@dataclass
class Change:
    """One action under way: who does it, its marks, and what must be checked once it stands."""

    admin: str
    sequence: int
    booked: str | None = None
    changed: bool = False
    dangling: list[tuple[Path, Reference, list[str]]] = field(default_factory=list)
    named: list[tuple[Path, list[str]]] = field(default_factory=list)

    @property
    def stamp(self) -> dict[str, str]:
        return {"admin": self.admin, "dirtyId": str(self.sequence), "time": time.strftime("%Y/%m/%d %H:%M:%S")}
