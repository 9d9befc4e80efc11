# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking at VPNs until they are healthy, and asking why not where they are not."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import Judgement, judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import of_vpns, select


@dataclass(frozen=True)
class Question:
    """What is asked. C(names): of VPNs, tunnels or gateways; none: everything. C(router): only what is of that one.

    C(judges): whether the state is asked for, C(routes): and with it what is routed. C(connection): the cloud's description.
    C(source_zones), C(local_networks), C(remote_networks): whose traffic the VPN is for.
    """

    names: tuple = ()
    router: str | None = None
    judges: bool = True
    routes: bool = False
    connection: Profile | None = None
    source_zones: tuple = ()
    local_networks: tuple = ()
    remote_networks: tuple = ()


@dataclass
class View:
    """One look at the firewall. C(judgement) is None where the state was not asked for.

    C(judged): the part of the configuration that health depends on. C(whole): the state of everything, C(state): of
    what was asked for. C(hosts_fail): whether hosts were seen to get no answer, whatever the firewall shows. C(at): when, in seconds.
    C(before): the look before.
    """

    tree: Any
    configuration: dict
    missing: list
    judged: dict
    whole: Any = None
    state: Any = None
    at: float = 0.0
    before: View | None = None
    judgement: Judgement | None = None
    warnings: list = field(default_factory=list)
    hosts_fail: bool = False

    @property
    def healthy(self) -> bool:
        return self.judgement is None or self.judgement.healthy

    @property
    def problems(self) -> tuple:
        return () if self.judgement is None else self.judgement.problems

    def finds(self, problem: str) -> None:
        """Something that is wrong with all of it, and that no state of the firewall tells."""
        self.hosts_fail = True
        self.judgement = replace(self.judgement, problems=(*self.problems, problem))

    def unhealthy_names(self) -> set:
        """Of tunnels that are not healthy, and of what was asked for and is not there."""
        return {verdict.name for verdict in self.judgement.tunnels if not verdict.healthy} | set(self.missing)


class Watch:
    """Looks at a firewall."""

    def __init__(self, target: Target, question: Question):
        self.target, self.question = target, question

    def until_healthy(self, patience: Patience, lacks: Callable[[View], str] = lambda view: "") -> View:
        """The first healthy look, or the last one before the time is up. C(lacks): what else a look does not show yet, in a sentence."""
        views: list = [None]

        def look() -> None:
            views.append(self.look(views[-1]))
            if not views[-1].healthy:
                raise NotYet(f"not healthy yet, {', '.join(self.question.names) or 'the VPNs'}: {'; '.join(views[-1].problems)}")
            if lacks(views[-1]):
                raise NotYet(lacks(views[-1]))

        with contextlib.suppress(NotYet):
            patience.until(look)
        return views[-1]

    def look(self, before: View | None = None) -> View:
        """The configuration is read again only while something that was named is missing in it."""
        if before is None or before.missing:
            view = View(*self._configuration())
        else:
            view = View(before.tree, before.configuration, before.missing, before.judged)
        if before is not None:
            before.before = None
            view.before = before
        if self.question.judges:
            listing = vpn_state.Listing(self.target)
            state = listing.state(view.configuration, self.question.routes)
            view.at = time.monotonic()
            self._judge(view, state, listing)
        return view

    def look_at_counters(self, view: View, interval: float) -> None:
        """A second look at the flows, C(interval) seconds later: their counters have moved where packets pass."""
        time.sleep(interval)
        listing = vpn_state.Listing(self.target)
        earlier, at = view.whole.flows, view.at
        view.at = time.monotonic()
        self._judge(view, replace(view.whole, flows=listing.flows(), earlier_flows=earlier, between=view.at - at), listing)

    def diagnosis(self, view: View) -> list:
        """Why what was looked at is as it is, the likeliest cause of each tunnel first."""
        # What a diagnosis takes to load costs more time than all else that is done on a firewall whose VPNs are well.
        from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_evidence

        inquiry = vpn_evidence.Inquiry(self.target)
        listing = vpn_state.Listing(self.target)
        question = self.question
        intent = vpn_evidence.Intent(question.source_zones, question.local_networks, question.remote_networks)
        whole = view.whole if view.whole.routes is not None else replace(view.whole, **listing.routing(view.configuration))
        evidence = inquiry.evidence(view.tree, view.judged, whole, view.judgement.tunnels, question.connection, intent)
        evidence.hosts_fail = view.hosts_fail
        if not whole.earlier_flows and view.configuration["tunnels"]:
            evidence.state = _moved(view, whole, listing)
        view.warnings = view.warnings + listing.warnings + inquiry.warnings
        return vpn_evidence.diagnose(evidence, view.missing)

    def _judge(self, view: View, state, listing) -> None:
        view.whole = state
        if self.question.router:
            state = state.of_router(self.question.router, view.configuration)
        view.state = state.of(view.configuration) if self.question.names else state
        view.judgement = judge(view.judged, view.state, view.missing)
        view.warnings = view.warnings + listing.warnings

    def _configuration(self) -> tuple:
        """What is running: the tree, what of it was asked for, the names that nothing answers to, and what health depends on."""
        names = self.question.names
        tree = vpn_state.running(self.target)
        found = vpn_state.gathered_from(tree, self.target.platform, self.target.base, self.question.router)
        chosen, missing = select(found, names) if names else (found, [])
        return tree, chosen, missing, chosen if names else of_vpns(chosen)


def _moved(view: View, whole, listing):
    """The state with the flows of an earlier look: the one before, or that of this one, and a new look."""
    if view.before is not None:
        return replace(whole, earlier_flows=view.before.whole.flows, between=view.at - view.before.at)
    return replace(whole, flows=listing.flows(), earlier_flows=view.whole.flows, between=time.monotonic() - view.at)
