# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one answer to "is this VPN well?": healthy, at risk, or down, with the reasons.

Whoever asks, the answer is made here: of what the state shows (C(judgement)), and of the causes of the diagnosis that are certain. Nothing
is called better than what is known of it; what is only likely or possible changes no state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Collection, Iterable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import Judgement, Problem, Verdict
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import stem


class Health(str, Enum):
    """How well a tunnel, a VPN, a firewall or a fleet is, from the best to the worst.

    HEALTHY: it does what it is for, and nothing is known that will end that. AT_RISK: it does, and it is certain that the next rekey, session
    or failover ends that, or a tunnel of several is down. DOWN: it does not do what it is for, wholly or in part; or it is not there.
    """

    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    DOWN = "down"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


_ORDER = tuple(Health)
# How sure a cause has to be to count, and when one bites that stops packets at once; as the diagnosis has them.
_CERTAIN, _POSSIBLE, _NOW, _FAILOVER = "certain", "possible", "now", "failover"


def worst(states: Iterable[Health]) -> Health:
    """The worst of several; of none, nothing is wrong."""
    return max(states, key=_ORDER.index, default=Health.HEALTHY)


@dataclass(frozen=True)
class Reason:
    """Why something is not healthy, in a sentence. C(makes): what it makes of what it is about. C(cause): the diagnosis' ID; empty for a symptom.

    C(bites): when, as the diagnosis says it: V(now), or at the next V(rekey), V(session), V(failover). C(follows): from how well the parts are.
    """

    words: str
    makes: Health = Health.DOWN
    cause: str = ""
    bites: str = _NOW
    follows: bool = False

    def told(self) -> dict:
        return {"reason": self.words, "makes": self.makes.value, "cause": self.cause, "bites": self.bites}


@dataclass(frozen=True)
class Condition:
    """How well something is, and why it is not better. C(parts): the tunnels of a VPN, the VPNs of a firewall, the firewalls of a fleet.

    C(reasons): its own; those of its parts stand there.
    """

    name: str
    state: Health = Health.HEALTHY
    reasons: tuple[Reason, ...] = ()
    parts: tuple[Condition, ...] = ()

    @property
    def healthy(self) -> bool:
        return self.state is Health.HEALTHY

    def problems(self, *makes: Health) -> tuple[str, ...]:
        """What is wrong with it and its parts, a sentence each, the worst first. A cause is told where no symptom shows; what follows is not told.

        C(makes): only what makes something this bad; all where it is not given.
        """
        found = {reason.words: reason for reason in reversed(tuple(self._problems())) if not makes or reason.makes in makes}
        return tuple(sorted(reversed(found), key=lambda words: -_ORDER.index(found[words].makes)))

    def _problems(self) -> Iterable[Reason]:
        own = [reason for reason in self.reasons if not reason.follows]
        has_symptom = any(not reason.cause for reason in own)
        yield from (reason for reason in own if not (has_symptom and reason.cause))
        for part in self.parts:
            yield from part._problems()

    def told(self, parts: str = "vpns") -> dict:
        """As plain values. C(parts): what the parts of it are called."""
        found = {"name": self.name, "health": self.state.value, "reasons": [reason.told() for reason in self.reasons]}
        return {**found, parts: [part.told("tunnels") for part in self.parts]} if self.parts or parts == "vpns" else found


@dataclass(frozen=True)
class Known:
    """What is known of a firewall's VPNs when they are judged.

    C(vpns): VPN → the names of its tunnels. C(judgement): what the state shows. C(causes): of the diagnosis, as it tells them.
    C(led_into): names of the tunnels that traffic is led into now. C(missing): names that were asked for and that nothing answers to
    → what is said of that.
    C(beyond): what is wrong with all that was asked about and no state of the firewall tells, such as a probe without an answer.
    C(away): whether another member of an HA pair does the work, so that nothing is to be up here.
    """

    vpns: Mapping[str, Sequence[str]]
    judgement: Judgement
    causes: Sequence[Mapping] = ()
    led_into: Collection[str] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    beyond: Sequence[str] = ()
    away: bool = False


def of_firewall(name: str, known: Known) -> Condition:
    """How well the VPNs of a firewall are."""
    if known.away:
        return Condition(name)
    verdicts = {verdict.name: verdict for verdict in known.judgement.tunnels}
    parts = [_vpn(vpn, [verdicts[tunnel] for tunnel in tunnels if tunnel in verdicts], known) for vpn, tunnels in known.vpns.items()]
    parts += [_missing(each, known) for each in known.missing]
    own = tuple(_of_problem(problem) for problem in known.judgement.beyond if not any(_is_of(problem, vpn) for vpn in known.vpns))
    own += tuple(Reason(words) for words in known.beyond)
    return Condition(name, worst([*(part.state for part in parts), *(reason.makes for reason in own)]), own, tuple(parts))


def of_fleet(firewalls: Iterable[Condition]) -> Condition:
    parts = tuple(firewalls)
    return Condition("", worst(part.state for part in parts), (), parts)


def without_answer(name: str, why: str) -> Condition:
    """Of a firewall that gave no answer nothing is known, and nothing better is said of it."""
    return Condition(name, Health.DOWN, (Reason(f"no answer: {why}"),))


def _missing(name: str, known: Known) -> Condition:
    causes = tuple(_of_cause(cause, Health.DOWN) for cause in known.causes if cause["tunnel"] == name and cause["confidence"] != _POSSIBLE)
    return Condition(name, Health.DOWN, (Reason(known.missing[name]), *causes))


def _vpn(name: str, verdicts: Sequence[Verdict], known: Known) -> Condition:
    tunnels = [_tunnel(verdict, known) for verdict in verdicts] + _not_there(name, known)
    own = [_of_problem(problem) for problem in known.judgement.beyond if _is_of(problem, name)]
    own += _redundancy(tunnels, {verdict.name for verdict in verdicts}, known)
    state = worst([*(reason.makes for reason in own), *(tunnel.state for tunnel in tunnels if tunnel.state is not Health.DOWN)])
    return Condition(name, state, tuple(own), tuple(tunnels))


def _redundancy(tunnels: Sequence[Condition], there: Collection[str], known: Known) -> list[Reason]:
    """What tunnels that are down mean for their VPN: it works by the others, unless its traffic is led into one of them all the same."""
    down = [tunnel.name for tunnel in tunnels if tunnel.state is Health.DOWN]
    if not down:
        return [] if tunnels else [Reason("it has no tunnel")]
    if len(down) == len(tunnels):
        return [Reason(_none_works(tunnels, there), follows=True)]
    lost = [name for name in down if name in there and name in known.led_into]
    if lost:
        return [Reason(f"traffic is led into {', '.join(lost)} all the same", follows=True)]
    works = len(tunnels) - len(down)
    return [Reason(f"{works} of {len(tunnels)} tunnels {'works' if works == 1 else 'work'}", Health.AT_RISK, bites=_FAILOVER, follows=True)]


def _none_works(tunnels: Sequence[Condition], there: Collection[str]) -> str:
    """In words, when all of a VPN's tunnels are down. One without a symptom is up, as far as it can be seen, and what goes through it is stopped."""
    up = [tunnel for tunnel in tunnels if tunnel.name in there and all(reason.cause for reason in tunnel.reasons)]
    one = len(tunnels) == 1
    if len(up) == len(tunnels):
        return f"its {'tunnel is' if one else f'{len(up)} tunnels are'} up, and packets do not pass"
    if up:
        return f"{len(up)} of {len(tunnels)} tunnels {'is' if len(up) == 1 else 'are'} up, and packets do not pass"
    return "its tunnel does not work" if one else f"none of its {len(tunnels)} tunnels works"


def _tunnel(verdict: Verdict, known: Known) -> Condition:
    symptoms = [Reason(problem) for problem in verdict.problems]
    certain = [cause for cause in known.causes if cause["tunnel"] == verdict.name and cause["confidence"] == _CERTAIN]
    causes = [_of_cause(cause, Health.DOWN if cause.get("bites", _NOW) == _NOW else Health.AT_RISK) for cause in certain]
    reasons = tuple(symptoms + causes)
    return Condition(verdict.name, worst(reason.makes for reason in reasons), reasons)


def _not_there(vpn: str, known: Known) -> list[Condition]:
    """Tunnels that the VPN ought to have and that nobody made, as the diagnosis finds them."""
    there = {*known.missing, *(verdict.name for verdict in known.judgement.tunnels)}
    found = [cause for cause in known.causes if cause["tunnel"] not in there and cause["confidence"] != _POSSIBLE and stem(cause["tunnel"]) == vpn]
    causes: dict[str, list[Reason]] = {}
    for cause in found:
        causes.setdefault(cause["tunnel"], []).append(_of_cause(cause, Health.DOWN))
    return [Condition(tunnel, Health.DOWN, tuple(reasons)) for tunnel, reasons in causes.items()]


def _is_of(problem: Problem, vpn: str) -> bool:
    """A VPN of a single tunnel without a record goes by the tunnel's name, or by the one that it was asked for by."""
    return problem.vpn == vpn or stem(problem.vpn) == vpn or problem.vpn == stem(vpn)


def _of_problem(problem: Problem) -> Reason:
    return Reason(problem.words, Health.AT_RISK if problem.bites_later else Health.DOWN)


def _of_cause(cause: Mapping, makes: Health) -> Reason:
    return Reason(cause["cause"], makes, cause["id"], cause.get("bites", _NOW))
