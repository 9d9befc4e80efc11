# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels and BGP sessions of a VPN still run on what was agreed before a change, and how tunnels are brought to show what they do after it."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Callable, Collection, Iterable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience, Waiting
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import View, Watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import bgp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.bgp import BgpPeer, Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import interface_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import negotiating
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.journal import Journal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import negotiation, sessions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed, Due
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.sessions import Speaking


@dataclass(frozen=True)
class Negotiated:
    """A tunnel after it was to be negotiated anew. C(forgot): it has no SA any more that is older, whether it has come up or not.

    C(was_up): whether it carried packets until then. C(seconds): from then until it was seen up, or was waited for no longer.
    """

    view: View
    forgot: bool
    was_up: bool
    seconds: float


@dataclass(frozen=True)
class Running:
    """What runs. C(configuration): as the resources gather it. C(speaking): BGP peers, with what their sessions begin with.

    A place is that where it was written: of a firewall behind a Panorama, that on the Panorama.
    """

    configuration: Mapping
    speaking: Sequence[Speaking]

    @classmethod
    def of(cls, target: Target, written: Target | None = None) -> Running:
        """C(written): the place on a Panorama that it comes from."""
        tree = vpn_state.running(target)
        return cls.in_tree(tree, target, vpn_state.gathered_from(tree, target.platform, target.base), written)

    @classmethod
    def in_tree(cls, tree: ET.Element, target: Target, configuration: Mapping, written: Target | None = None) -> Running:
        """C(configuration): of the tree, all of it or a part; then the peers are those of that part."""
        peers = {peer["name"] for peer in configuration["bgp"]["peers"]}
        here, there = target.base("network"), (written or target).base("network")
        found = sessions.everything(tree, target.base, target.platform.advanced)
        return cls(configuration, [Speaking(each.peer, there + each.place[len(here):]) for each in found if each.peer in peers])

    def tunnel_to(self, peer: str) -> str:
        """The tunnel through which a BGP peer is spoken to; the peer, where that is none."""
        units = [interface_to(each) for each in self.configuration["bgp"]["peers"] if each["name"] == peer]
        return next((tunnel["name"] for tunnel in self.configuration["tunnels"] if tunnel.get("tunnel_interface") in units), peer)


@dataclass
class Proof:
    """What a run knows of the tunnels that have to be negotiated anew, and of the BGP sessions that have to begin anew.

    C(objects), C(places): what it changed itself. C(done), C(begun): what it has seen negotiated, and begun, since. C(cleared): the names of tunnels
    whose SAs it has cleared. C(sessions): those that BGP peers had before it committed, or pushed; None: nobody looked. C(at_first): those that they had
    before anything was changed since the last verified run; None: that is not known.
    C(panorama): the place that was written to, where the firewall is behind one. C(firewall): its serial number there, by which the journal knows it.
    """

    target: Target
    panorama: Target | None = None
    firewall: str = ""
    objects: set[Agreed] = field(default_factory=set)
    done: set[Due] = field(default_factory=set)
    cleared: list[str] = field(default_factory=list)
    places: set[Path] = field(default_factory=set)
    begun: set[Speaking] = field(default_factory=set)
    sessions: dict[str, Session | None] | None = None
    at_first: dict[str, Session | None] | None = None

    @property
    def base(self) -> Callable[[str], Path]:
        """Below which places of a kind stand where they were written."""
        return (self.panorama or self.target).base

    def running(self) -> Running:
        return Running.of(self.target, self.panorama)

    def wrote(self, objects: Collection[Agreed], places: Collection[Path] = ()) -> None:
        self.objects |= set(objects)
        self.done = {due for due in self.done if due.object not in objects}
        self.places |= set(places)
        self.begun = {speaking for speaking in self.begun if speaking.place not in places}

    def concerned(self, journal: Journal | None) -> set[Agreed]:
        """The objects that were changed. Without a journal, only what this run has changed is known."""
        return self.objects | (negotiation.touched(journal.negotiated, self.base) if journal else set())

    def due(self, journal: Journal | None, configuration: Mapping) -> list[str]:
        """The names of the tunnels that have to be negotiated anew. C(configuration): the running one, as the resources gather it."""
        objects = self.concerned(journal)
        proven = {*self.done, *(_due(tunnel, place, self.base) for tunnel, place in journal.on(self.firewall).proven)} if journal else self.done
        found = [due for due in negotiation.due(objects, configuration) if due not in proven]
        return list(dict.fromkeys(due.tunnel for due in found))

    def settle(self, tunnel: Mapping, running: Running, journal: Journal | None, tell: Callable[[str], None]) -> None:
        """A tunnel has been negotiated anew, with all that it runs on; with a journal a later run is told."""
        settled = [due for due in negotiation.everything(running.configuration) if due.tunnel == tunnel["name"]]
        self.done |= set(settled)
        if journal:
            noted = [(due.tunnel, place) for due in settled for place in negotiation.places_of([due.object], self.base)]
            journal.prove(self.firewall, noted, tell, lambda found: self.is_settled(found, running))

    def is_settled(self, journal: Journal, running: Running) -> bool:
        """Whether nothing of what a journal tells of has to be negotiated, or to begin, anew. Of several firewalls one alone cannot tell."""
        return self.panorama is None and not self.due(journal, running.configuration) and not self.peers_due(journal, running)

    # BGP sessions.

    def spoken(self, journal: Journal | None) -> set[Path]:
        """Where the objects stand of which something was changed that BGP sessions begin with."""
        return self.places | (set(sessions.touched(journal.negotiated, self.base)) if journal else set())

    def peers_due(self, journal: Journal | None, running: Running) -> list[str]:
        """The BGP peers whose sessions have to begin anew."""
        wanted, proven = self.spoken(journal), self.begun | {Speaking(*each) for each in (journal.on(self.firewall).proven if journal else ())}
        return list(dict.fromkeys(each.peer for each in running.speaking if each.place in wanted and each not in proven))

    def look_before_commit(self) -> None:
        """Which sessions there are before what was changed of them is running."""
        self.sessions = self._sessions()

    def look_before_push(self, journal: Journal | None, pushed: Running, tell: Callable[[str], None]) -> None:
        """The same on a firewall behind a Panorama; with a journal a later run is told. C(pushed): what the Panorama has for it."""
        self.sessions = found = self._sessions()
        if journal:
            journal.note_sessions(self.firewall, {peer: found.get(peer) for peer in self.peers_due(journal, pushed)}, tell)

    def old_sessions(self, running: Running, journal: Journal | None, tell: Callable[[str], None],
                     concerned: Callable[[str], bool] = lambda tunnel: True, notes: bool = True) -> list[str]:
        """The tunnels through which a BGP session goes on that began before a change of it was running; of the others that is noted.

        A peer that has no session now cannot go on with an old one. Where nobody looked before the commit, the one that is there now counts as old. A
        Panorama has no sessions, and of those of its firewalls none is known to have begun anew.
        C(concerned): which of the tunnels are asked about. C(notes): whether the journal is ours to write to.
        """
        due = [peer for peer in self.peers_due(journal, running) if concerned(running.tunnel_to(peer))]
        if not due or self.target.is_panorama:
            return list(dict.fromkeys(map(running.tunnel_to, due)))
        now = self._sessions()
        before = self._sessions_before(due, journal)
        unseen = {peer: now.get(peer) for peer in due if peer not in before}
        old = [peer for peer in due if _goes_on(now.get(peer), {**before, **unseen}[peer])]
        begun = [each for each in running.speaking if each.peer in due and each.peer not in old]
        self.begun |= set(begun)
        if journal and notes:
            if unseen:
                journal.note_sessions(self.firewall, unseen, tell)
            journal.prove(self.firewall, begun, tell, lambda found: self.is_settled(found, running))
        return list(dict.fromkeys(map(running.tunnel_to, old)))

    def _sessions_before(self, due: Iterable[str], journal: Journal | None) -> Mapping[str, Session | None]:
        """Those that were there before the change was running, of the peers that somebody has looked at then."""
        if self.sessions is not None:
            return {**dict.fromkeys(due), **self.sessions}
        return journal.on(self.firewall).sessions if journal else {}

    def sessions_after_taking_back(self, running: Running, journal: Journal | None, tell: Callable[[str], None]) -> list[str]:
        """The tunnels through which a BGP session goes on that began with what was taken back. One that was there at first is as it was.

        C(journal): what taking back has left of it, with the sessions that there were just before.
        """
        if journal is None:
            return []
        there, first = self._sessions(), self.at_first or {}
        as_at_first = [peer for peer in self.peers_due(journal, running) if first.get(peer) is not None and _goes_on(there.get(peer), first[peer])]
        begun = [each for each in running.speaking if each.peer in as_at_first]
        self.begun |= set(begun)
        journal.prove(self.firewall, begun, tell, lambda found: self.is_settled(found, running))
        self.sessions = None
        return self.old_sessions(running, journal, tell)

    def covers_sessions(self, tunnels: Collection[str], running: Running) -> bool:
        """Whether all BGP sessions through these have begun since this run has changed what they begin with."""
        return {each.peer for each in self.begun}.issuperset(each.peer for each in running.speaking if running.tunnel_to(each.peer) in tunnels)

    def _sessions(self) -> dict[str, Session | None]:
        return sessions_of(vpn_state.Listing(self.target).bgp_peers())

    # Tunnels.

    def negotiate(self, tunnel: Mapping, watch: Watch, patience: Patience) -> Waiting[Negotiated]:
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

        view = yield from watch.until_clear(patience, lacks)
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


def sessions_of(peers: Iterable[BgpPeer]) -> dict[str, Session | None]:
    """By the name of its peer, as they are now."""
    now = time.time()
    return {peer.name: bgp.session(peer, now) for peer in peers}


def _flows_of(view: View) -> negotiating.Flows:
    return negotiating.by_tunnel(view.whole.flows)


def _goes_on(now: Session | None, before: Session | None) -> bool:
    """Whether a session is the one of before."""
    return now is not None and not now.is_another_than(before)


def _due(tunnel: str, place: Path, base: Callable[[str], Path]) -> Due | None:
    return next((Due(tunnel, agreed) for agreed in negotiation.touched([place], base)), None)
