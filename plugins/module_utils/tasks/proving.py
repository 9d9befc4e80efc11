# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels of a VPN still run on what was agreed before a change, and how they are brought to show what they do after it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Callable, Collection, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import View, Watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import negotiating
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.journal import Journal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import negotiation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed, Due


@dataclass(frozen=True)
class Negotiated:
    """A tunnel after it was to be negotiated anew. C(forgot): it has no SA any more that is older, whether it has come up or not.

    C(was_up): whether it carried packets until then. C(seconds): from then until it was seen up, or was waited for no longer.
    """

    view: View
    forgot: bool
    was_up: bool
    seconds: float


@dataclass
class Proof:
    """What a run knows of the tunnels that have to be negotiated anew.

    C(objects): what it changed itself. C(done): what it has seen negotiated since. C(cleared): the names of tunnels whose SAs it has cleared.
    """

    target: Target
    objects: set[Agreed] = field(default_factory=set)
    done: set[Due] = field(default_factory=set)
    cleared: list[str] = field(default_factory=list)

    def wrote(self, objects: Collection[Agreed]) -> None:
        self.objects |= set(objects)
        self.done = {due for due in self.done if due.object not in objects}

    def concerned(self, journal: Journal | None) -> set[Agreed]:
        """The objects that were changed. Without a journal, only what this run has changed is known."""
        return self.objects | (negotiation.touched(journal.negotiated, self.target.base) if journal else set())

    def due(self, journal: Journal | None, configuration: Mapping) -> list[str]:
        """The names of the tunnels that have to be negotiated anew. C(configuration): the running one, as the resources gather it."""
        objects = self.concerned(journal)
        proven = {*self.done, *(_due(tunnel, place, self.target) for tunnel, place in journal.proven)} if journal else self.done
        found = [due for due in negotiation.due(objects, configuration) if due not in proven]
        return list(dict.fromkeys(due.tunnel for due in found))

    def settle(self, tunnel: Mapping, configuration: Mapping, journal: Journal | None, tell: Callable[[str], None]) -> None:
        """A tunnel has been negotiated anew, with all that it runs on; with a journal a later run is told."""
        settled = [due for due in negotiation.everything(configuration) if due.tunnel == tunnel["name"]]
        self.done |= set(settled)
        if journal:
            noted = [(due.tunnel, place) for due in settled for place in negotiation.places_of([due.object], self.target.base)]
            journal.prove(noted, tell, lambda found: not self.due(found, configuration))

    def negotiate(self, tunnel: Mapping, watch: Watch, patience: Patience) -> Negotiated:
        """Clear a tunnel's SAs, begin anew, and wait until all that is asked about it is well, on SAs that are new. C(watch): asks about it alone."""
        name, session = tunnel["name"], self.target.session
        before = self._flows()
        old = negotiating.spis(before, name)
        began = time.monotonic()
        self.cleared.append(name)
        answers = list(negotiating.clear(session, [tunnel]))
        has_cleared = any(answer.found_something for answer in answers)
        list(negotiating.initiate(session, [tunnel]))

        def lacks(view: View) -> str:
            return "" if negotiating.spis(_flows_of(view), name).isdisjoint(old) else f"tunnel '{name}' is not negotiated anew yet"

        view = watch.until_clear(patience, lacks)
        forgot = not lacks(view) and negotiating.can_be_told(before, name, has_cleared)
        return Negotiated(view, forgot, negotiating.is_up(before, name), time.monotonic() - began)

    def covers(self, tunnels: Collection[str]) -> bool:
        """Whether all of these have been negotiated anew by this run."""
        return {due.tunnel for due in self.done}.issuperset(tunnels)

    def up(self) -> frozenset[str]:
        """The names of the tunnels that carry packets, whoever they belong to."""
        flows = self._flows()
        return frozenset(name for name in flows if negotiating.is_up(flows, name))

    def spis(self, tunnel: str) -> frozenset[str]:
        return negotiating.spis(self._flows(), tunnel)

    def _flows(self) -> negotiating.Flows:
        return negotiating.by_tunnel(vpn_state.Listing(self.target).flows())


def _flows_of(view: View) -> negotiating.Flows:
    return negotiating.by_tunnel(view.whole.flows)


def _due(tunnel: str, place: Path, target: Target) -> Due | None:
    return next((Due(tunnel, agreed) for agreed in negotiation.touched([place], target.base)), None)
