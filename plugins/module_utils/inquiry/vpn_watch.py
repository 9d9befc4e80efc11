# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking at VPNs until they are healthy, and asking why not where they are not. Whoever wants to know how well a VPN is asks here."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience, Waiting
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.probing import Prober
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow as flows, health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.carriers import led_into
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Condition, Health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import Judgement, Verdict, judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import asked_for, not_there, of_vpns, select, with_siblings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line

# How often a probe is sent that gets no answer: a rule can be in use a moment after its tunnel is up.
_PROBES = 4
# Seconds in which what the firewall has learned and installed settles: what is wrong after that is not on its way.
_SETTLES = 2.0
# Between two looks at the counters where no monitor sends anything by itself.
_LITTLE = 0.3
# What an interface takes of which nobody says it, and what a ping's headers take of that, by whether it is one of IPv6.
_MTU = 1500
_PING_HEADERS = {False: 28, True: 48}


@dataclass(frozen=True)
class Question:
    """What is asked. C(names): of VPNs, tunnels or gateways; none: everything. C(expected): of those that ought to be there, where everything is asked about.

    C(router): only what is of that one.

    C(judges): whether the state is asked for, C(routes): and with it what is routed. C(connection): the cloud's description.
    C(source_zones), C(local_networks), C(remote_networks): whose traffic the VPN is for.
    C(counter_interval): seconds, where something has to come back of what goes out meanwhile. C(probe): asks from behind the firewall.
    """

    names: tuple = ()
    expected: tuple = ()
    router: str | None = None
    judges: bool = True
    routes: bool = True
    connection: Profile | None = None
    source_zones: tuple = ()
    local_networks: tuple = ()
    remote_networks: tuple = ()
    counter_interval: float | None = None
    probe: Prober | None = None


@dataclass
class View:
    """One look at the firewall. C(whole), C(state) are None where the state was not asked for; C(condition) is there when somebody has judged.

    C(everything): the whole configuration, C(judged): the part of it that health depends on. C(whole): the state of everything, C(state): of
    what was asked for. C(at): when, in seconds. C(counters): (when, flows) of the looks before. C(beyond): see C(health.Known).
    C(lost_size): the bytes of packets that get no answer where small ones do, if there are such. C(diagnosis): the causes that were found; None
    where nobody asked why. C(lines): of the log, as far as it was read, newest first.
    C(ha): what this firewall is in its HA pair, in PAN-OS's word; empty without a pair. C(away): the other member does the work.
    """

    tree: Any
    configuration: dict
    missing: list
    judged: dict
    everything: dict
    whole: Any = None
    state: Any = None
    at: float = 0.0
    counters: list = field(default_factory=list)
    judgement: Judgement = Judgement()
    beyond: tuple[str, ...] = ()
    lost_size: int = 0
    condition: Condition = field(init=False)
    diagnosis: list | None = None
    lines: Sequence[Line] = ()
    ha: str = ""
    away: bool = False
    warnings: list = field(default_factory=list)

    @property
    def symptoms(self) -> tuple[str, ...]:
        """What the state shows to be wrong, in sentences; how well it is takes more than that."""
        if self.whole is None:
            return ()
        missing = (not_there(name, self.everything) for name in self.missing)
        return (*missing, *self.judgement.problems, *self.beyond)

    @property
    def is_clear(self) -> bool:
        """Whether the state shows nothing that is wrong."""
        return not self.symptoms

    def doubted(self) -> tuple[Verdict, ...]:
        """What is wrong with each tunnel, with what is wrong with its VPN as a whole: any of its tunnels can hold the cause of that."""
        vpns = asked_for(self.everything, self.judged)
        of_vpn = {name: [problem.words for problem in self.judgement.beyond if problem.vpn == vpn] for vpn, tunnels in vpns.items() for name in tunnels}
        return tuple(replace(verdict, problems=(*verdict.problems, *of_vpn.get(verdict.name, ()))) for verdict in self.judgement.tunnels)


class Watch:
    """Looks at a firewall."""

    def __init__(self, target: Target, question: Question):
        self.target, self.question = target, question
        self._inquiry: Any = None

    def until_clear(self, patience: Patience, lacks: Callable[[View], str] = lambda view: "", begin: Callable[[View], None] | None = None) -> Waiting[View]:
        """The first look that shows nothing wrong, or the last one before the time is up. C(lacks): what else it does not show yet, in a sentence.

        C(begin): is given the first look where that shows something wrong.
        """
        views: list = [None]

        def look() -> None:
            is_first = views[-1] is None
            views.append(self.look(views.pop()))
            if begin is not None and is_first and not views[-1].is_clear:
                begin(views[-1])
            if not views[-1].is_clear and not self._is_elsewhere(views[-1]):
                raise NotYet(f"not healthy yet, {', '.join(self.question.names) or 'the VPNs'}: {'; '.join(views[-1].symptoms)}")
            if lacks(views[-1]):
                raise NotYet(lacks(views[-1]))

        with contextlib.suppress(NotYet):
            yield from patience.waiting(look)
        return views[-1]

    def until_healthy(self, patience: Patience, begin: Callable[[View], None] | None = None) -> Waiting[View]:
        """A look that was judged: the first one that is not down, or the last one before the time is up. C(begin): as of C(until_clear).

        What is certain although the state is clear is settled when it is still so a moment later: waiting mends no configuration.
        """
        patience = patience.begun()
        while True:
            view = self.judged((yield from self.until_clear(patience, begin=begin)))
            if view.condition.state is not Health.DOWN or not view.is_clear or patience.left <= _SETTLES:
                return view
            yield _SETTLES
            again = self.judged(self.look(view))
            if again.condition == view.condition:
                return again

    def once(self) -> View:
        """One look, judged if the state is asked for."""
        view = self.look()
        return self.judged(view) if self.question.judges else view

    def judged(self, view: View) -> View:
        """The same view with its condition. Why it is not healthy is asked where it is not, and the probe where it is not down otherwise."""
        if self.question.counter_interval:
            self._look_at_counters(view, self.question.counter_interval)
        self._weigh(view, why=not view.is_clear)
        if self.question.probe is not None and view.condition.state is not Health.DOWN:
            self._probe(view, self.question.probe)
        if view.beyond or (view.diagnosis is None and not view.condition.healthy):
            self._weigh(view, why=True)
        return view

    def _probe(self, view: View, probe: Prober) -> None:
        """Small packets, and where those are answered also such as the tunnels just take, if the probe can send them."""
        if not probe.answered(_PROBES):
            view.beyond = (f"the probe got no answer: {probe.command}",)
            return
        size = self._carried(view)
        if probe.has_size and not probe.answered(_PROBES, size):
            view.beyond, view.lost_size = (f"the probe got an answer to small packets, and none to such that carry {size} bytes: {probe.command}",), size

    def _carried(self, view: View) -> int:
        """The bytes that a ping carries in the largest packet that all of the tunnels take."""
        units = {tunnel.get("tunnel_interface") for tunnel in view.judged["tunnels"]}
        taken = [interface.get("mtu") or _MTU for interface in view.everything["interfaces"] if interface["name"] in units]
        is_of_ipv6 = bool(self.question.remote_networks) and all(is_ipv6(network) for network in self.question.remote_networks)
        return min(taken, default=_MTU) - _PING_HEADERS[is_of_ipv6]

    def look(self, before: View | None = None) -> View:
        """The configuration is read again only while something that was named is missing in it."""
        if before is None or before.missing:
            view = View(*self._configuration())
        else:
            view = View(before.tree, before.configuration, before.missing, before.judged, before.everything)
        if before is not None and before.whole is not None:
            view.counters = [*before.counters, (before.at, before.whole.flows)]
        if self.question.judges:
            listing = vpn_state.Listing(self.target)
            state = listing.state(view.configuration, self.question.routes)
            view.at = time.monotonic()
            self._take(view, state, listing)
        return view

    def explain(self, view: View) -> None:
        """Ask why what was looked at is as it is, also where it is well."""
        if view.diagnosis is None:
            self._weigh(view, why=True)

    def _weigh(self, view: View, why: bool) -> None:
        """Judge what is known. C(why): the log is read for it, which takes the firewall its time, and the causes are told."""
        vpns = asked_for(view.everything, view.judged, (*self.question.names, *self.question.expected), view.missing)
        if not vpns and not view.missing:
            causes, away = [], False
        else:
            if why and self._doubts_counters(view):
                self._look_at_counters(view, _LITTLE)
            inquiry, question = self._inquiring(), self.question
            intent = inquiry.intent(question.source_zones, question.local_networks, question.remote_networks)
            view.warnings = _joined(view.warnings, inquiry.unknown_zones(view.tree, question.source_zones))
            whole = with_siblings(view.everything, view.judged) if question.names else view.judged
            evidence = inquiry.evidence(view.tree, whole, view.whole, view.doubted(), question.connection, intent, with_log=why)
            evidence.asked = frozenset(tunnel["name"] for tunnel in view.judged["tunnels"])
            evidence.hosts_fail, evidence.lost_size = bool(view.beyond) and not view.lost_size, view.lost_size
            view.warnings = _joined(view.warnings, inquiry.warnings)
            causes = inquiry.diagnosed(evidence, view.missing)
            away = evidence.ha is not None and evidence.ha.passive
            view.lines, view.ha = evidence.lines or view.lines, evidence.ha.state if evidence.ha is not None else ""
        view.away = away
        if why:
            view.diagnosis = causes
        if away:
            view.warnings = _joined(view.warnings, [f"{self.target.place} is the passive member of an HA pair: look at its VPNs on the active one"])
        known = health.Known(vpns, view.judgement, causes, led_into(view.everything, view.whole),
                             {name: not_there(name, view.everything) for name in view.missing}, view.beyond, away)
        view.condition = health.of_firewall(self.target.place, known)

    def _take(self, view: View, state: State, listing: vpn_state.Listing) -> None:
        view.whole = state
        if self.question.router:
            state = state.of_router(self.question.router, view.configuration)
        view.state = state.of(view.configuration) if self.question.names else state
        view.judgement = judge(view.judged, view.state, view.everything, view.whole.routes)
        view.warnings = _joined(view.warnings, listing.warnings)

    def _is_elsewhere(self, view: View) -> bool:
        """Whether another member of an HA pair does the work, so that there is nothing to wait for."""
        member = self._inquiring().member(view.tree)
        return member is not None and member.passive

    def _inquiring(self):
        """What a diagnosis takes to load costs more time than a look at a firewall without VPNs."""
        if self._inquiry is None:
            from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_evidence

            self._inquiry = vpn_evidence.Inquiry(self.target)
        return self._inquiry

    # Counters: what goes out and comes back between two looks.

    def _look_at_counters(self, view: View, interval: float) -> None:
        """The flows of a look and of one before it, as far apart as something is certainly sent in between; a new look is taken where that takes one."""
        wanted = max(interval, vpn_state.probe_interval(view.tree, view.judged, self.target.base))
        known = [*view.counters, (view.at, view.whole.flows)]
        long_ago = [look for look in view.counters if view.at - look[0] >= wanted]
        if long_ago:
            at, earlier = long_ago[-1]
            self._take(view, replace(view.whole, earlier_flows=earlier, between=view.at - at), vpn_state.Listing(self.target))
            return
        at, earlier = next((look for look in reversed(known) if time.monotonic() - look[0] >= wanted), known[-1])
        time.sleep(max(0.0, wanted - (time.monotonic() - at)))
        listing = vpn_state.Listing(self.target)
        found = listing.flows()
        view.at = time.monotonic()
        self._take(view, replace(view.whole, flows=found, earlier_flows=earlier, between=view.at - at), listing)

    def _doubts_counters(self, view: View) -> bool:
        """Whether it says anything what went out and came back: of tunnels without SAs nothing did."""
        carrying = {each.tunnel for each in view.whole.flows if each.state in (flows.ACTIVE, flows.INACTIVE)}
        doubted = {verdict.name for verdict in view.doubted() if not verdict.healthy or view.beyond}
        return not view.whole.earlier_flows and bool(carrying & doubted)

    def _configuration(self) -> tuple:
        """What is running: the tree, what of it was asked for, the names that nothing answers to, and what health depends on."""
        names = self.question.names
        tree = vpn_state.running(self.target)
        found = vpn_state.gathered_from(tree, self.target.platform, self.target.base, self.question.router)
        chosen, missing = select(found, names) if names else (found, select(found, self.question.expected)[1])
        return tree, chosen, missing, chosen if names else of_vpns(chosen), found


def _joined(warnings: Sequence[str], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*warnings, *more]))
