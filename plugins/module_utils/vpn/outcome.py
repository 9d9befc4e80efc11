# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a change of a VPN: whether it works, whose turn is next, whether it is taken back, why, and what stands then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

FAIL, KEEP, REVERT = "fail", "keep", "revert"
TOGETHER, ONE_BY_ONE = "together", "one_by_one"


# Neither SAs and sessions nor the configuration of a firewall tell what it was that they were made with: a rekeying brings new SAs without a new
# authentication, and the age of a session tells nothing of when its password was changed.
_NOT_REMEMBERED = "Without the journal of earlier runs it is not known"
_OF_TUNNELS = ("whether each tunnel was negotiated since its key, identity or proposal was changed last; vpn_action (reconnect) negotiates at once",)
_OF_SESSIONS = ("whether each BGP session began since its timers, password, addresses or AS numbers were changed last; one that is ended on either side begins "
                "anew",)


@dataclass(frozen=True)
class Asked:
    """How far a task is to carry a VPN. C(removes): it is to be gone afterwards. C(keeps_journal): also when all is well.

    C(by_push): it stands on a Panorama, and runs where that has pushed it to.
    """

    vpn: str
    removes: bool = False
    commits: bool = False
    verifies: bool = False
    on_failure: str = FAIL
    keeps_journal: bool = False
    by_push: bool = False


@dataclass(frozen=True)
class Up:
    """The names of the tunnels and BGP peers of a firewall that are up, whoever they belong to. C(there): of all that are configured."""

    tunnels: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    there: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a task has done and seen by now.

    C(tunnels): those of the VPN. C(noted): a journal says what it would take to take back what was changed since the last verified run.
    C(uncommitted): something of the VPN stands in the candidate and not in the running configuration. C(committed): this task committed; where
    C(commit_failed) tells of an error all the same, on a member of an HA pair that is not the active one any more.
    C(waiting): tunnels that have not been changed yet. C(commit_failed), C(look_failed): the words of the error.
    C(problems): what does not work; empty where all of it does, None where nobody looked. C(risks): what works, and will not when the next SA is
    renewed, a session begins or a tunnel goes down. C(causes): why, in sentences.
    C(before): what was up before anything was changed, C(after): what is up now; None where nobody looked.
    C(recorded): where the VPN was to go, a record in the candidate told of it. C(commit_goes_on): its job does, whose end nobody saw.
    C(unproven): tunnels that run on what was negotiated before the change, so that their state tells nothing of it. C(sessions): tunnels through which a
    BGP session goes on that began before it.
    C(remembers): a journal would tell of what earlier runs left unproven, or there was no earlier run, or all tunnels have been negotiated since.
    C(remembers_sessions): the same of its BGP sessions, or it has none.
    C(undelivered): on a Panorama, the firewalls that did not get it, each with the reason. C(delivered): the names of those that have it;
    None where it was not brought to any, as on a firewall itself.
    """

    tunnels: tuple[str, ...] = ()
    noted: bool = False
    uncommitted: bool = False
    committed: bool = False
    waiting: tuple[str, ...] = ()
    commit_failed: str | None = None
    look_failed: str | None = None
    problems: tuple[str, ...] | None = None
    causes: tuple[str, ...] = ()
    before: Up | None = None
    after: Up | None = None
    recorded: bool = True
    commit_goes_on: bool = False
    unproven: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    remembers: bool = True
    remembers_sessions: bool = True
    risks: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    delivered: tuple[str, ...] | None = None

    @property
    def broke_off(self) -> bool:
        return self.commit_failed is not None or self.look_failed is not None

    @property
    def failed(self) -> bool:
        """Something went wrong, or was seen not to work. Where nobody looked, nothing is known to be wrong."""
        return self.broke_off or bool(self.problems)


@dataclass(frozen=True)
class Again:
    """The tunnels that were up before a change and that taking it back concerned. C(trouble): why nobody could look.

    C(sessions): those through which a BGP session goes on that began with what was taken back.
    """

    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    trouble: str = ""


class Step(Enum):
    """What a task does next."""

    NEXT_TUNNEL = "change the tunnel whose turn is next"
    SETTLE = "it holds: what it would take to take it back is not needed any more"
    TAKE_BACK = "take back exactly what was changed"
    LEAVE = "leave it as it stands"


def can_verify(asked: Asked, uncommitted: bool) -> bool:
    """Not before what was written is running: only that can come up. Of what is taken away there is nothing to see."""
    return asked.verifies and not asked.removes and not uncommitted


def names_to_verify(asked: Asked, interrupted: tuple[str, ...], waiting: tuple[str, ...]) -> tuple[str, ...]:
    """As long as others wait for their turn, the tunnel that had its turn; in the end the whole VPN."""
    return interrupted if waiting else (asked.vpn,)


def told_of_turn(interrupted: tuple[str, ...], waiting: tuple[str, ...], goes_on: bool) -> str:
    """Whose turn it is, for those who watch; empty where no turns are taken. C(goes_on): there were turns before."""
    if waiting:
        return f"{', '.join(interrupted)} first, then {', '.join(waiting)}"
    return f"{', '.join(interrupted)}, the last one" if goes_on and interrupted else ""


def is_proven(asked: Asked, seen: Seen) -> bool:
    """Whether a change has shown what it needs to show. What that is, is decided here and nowhere else.

    A VPN has to be seen to work while nothing of it is uncommitted, and where something changed that is negotiated, on SAs and BGP sessions that were
    made since: until then it works by what it was. One that is taken away has to be out of the running configuration;
    where no record told of it, its objects may stand there all the same, and then the journal is the only way to them.
    """
    if seen.failed or seen.uncommitted or seen.undelivered:
        return False
    if asked.removes:
        return seen.recorded or seen.committed
    return seen.problems == () and not seen.unproven and not seen.sessions


def step(asked: Asked, seen: Seen) -> Step:
    """What comes next."""
    if is_proven(asked, seen):
        return Step.NEXT_TUNNEL if seen.waiting else Step.SETTLE
    return Step.TAKE_BACK if _takes_back(asked, seen) else Step.LEAVE


def may_take_back(asked: Asked) -> bool:
    """Whether a change that does not work is taken back at all: what was up before has to be known then."""
    return asked.on_failure == REVERT and asked.commits and not asked.removes


def _takes_back(asked: Asked, seen: Seen) -> bool:
    if not may_take_back(asked) or not seen.failed or not seen.noted:
        return False
    return seen.commit_failed is not None or bool(lost(seen)) or not carrying(seen)


def lost(seen: Seen) -> tuple[str, ...]:
    """What was up before and is not now. What was taken away on purpose is not lost; where the firewall does not even answer, nothing is up."""
    before, after = seen.before or Up(), seen.after or Up()
    tunnels = [name for name in before.tunnels if name not in after.tunnels]
    peers = [name for name in before.peers if name not in after.peers]
    return tuple(name for name in tunnels + peers if seen.after is None or name in after.there)


def carrying(seen: Seen) -> tuple[str, ...]:
    """The VPN's tunnels that are up. One of two is often down while the cloud maintains it: that alone is no reason to take anything back."""
    after = seen.after or Up()
    return tuple(name for name in seen.tunnels if name in after.tunnels)


def fails(asked: Asked, seen: Seen) -> bool:
    """Whether the task fails. C(keep) is about what does not work, not about what could not be done or seen."""
    return seen.broke_off or bool(seen.undelivered) or seen.failed and asked.on_failure != KEEP


def reason(asked: Asked, seen: Seen) -> str:
    """Why it fails, without a full stop; empty where nothing is wrong."""
    if seen.commit_failed is not None:
        return seen.commit_failed
    if seen.look_failed is not None:
        return seen.look_failed
    said = []
    if seen.undelivered:
        there = len(seen.delivered or ())
        said.append(f"{len(seen.undelivered)} of {len(seen.undelivered) + there} firewalls did not get {asked.vpn}: {'; '.join(seen.undelivered)}")
    if seen.problems:
        said.append(f"{asked.vpn} is not healthy: {'; '.join([*seen.problems, *seen.causes, *_unchanged(seen)])}")
    return ". ".join(said)


def _unchanged(seen: Seen) -> list[str]:
    return [f"{', '.join(seen.waiting)} has not been changed yet"] if seen.waiting else []


def standing(asked: Asked, seen: Seen, done: Step, left: tuple[str, ...] = (), again: Again = Again()) -> str:
    """What stands now. C(done): the step that was taken at last. C(left): places that could not be taken back. C(again): its tunnels after that."""
    if done is Step.TAKE_BACK:
        return _after_taking_back(left, again)
    if may_take_back(asked) and seen.failed:
        return _why_nothing_was_taken_back(seen)
    if seen.undelivered:
        return _on_some(asked, seen)
    is_committed = not (seen.uncommitted or seen.broke_off)
    if asked.by_push and is_committed and seen.delivered is None:
        what = "is taken out of" if asked.removes else "stands on"
        return f"{asked.vpn} {what} Panorama; its firewalls get to know of it by a push (push: true, or the module push)."
    if asked.removes:
        return _after_removal(asked, seen)
    if is_committed and seen.delivered == ():
        return f"{asked.vpn} stands on Panorama; there is no firewall that gets both its template and its device group."
    if done is Step.SETTLE:
        at_risk = f", and is at risk: {'; '.join(seen.risks)}" if seen.risks else ""
        said = f"{asked.vpn} works, as it was asked for{at_risk}."
        said += _not_remembered(seen)
        return said + (" Its journal stays." if asked.keeps_journal and seen.noted else "")
    return _as_written(asked, seen)


def _not_remembered(seen: Seen) -> str:
    unknown = [*(() if seen.remembers else _OF_TUNNELS), *(() if seen.remembers_sessions else _OF_SESSIONS)]
    return f" {_NOT_REMEMBERED} {', and '.join(unknown)}." if unknown else ""


def _after_taking_back(left: tuple[str, ...], again: Again) -> str:
    if left:
        said = f"Everything else that this VPN had changed was taken back; left as it is: {', '.join(left)}."
    else:
        said = "All that was changed for it has been taken back, and the running configuration was compared: it is what it was."
    if again.up:
        said += f" Negotiated anew with it, {', '.join(again.up)} is up again."
    if again.down:
        said += f" {', '.join(again.down)} was up before and is not up again yet: vpn_info tells why."
    if again.unproven:
        said += f" {', '.join(again.unproven)} may still carry packets on what was agreed meanwhile; vpn_action (reconnect) negotiates at once."
    if again.sessions:
        said += (f" The BGP session through {', '.join(again.sessions)} goes on and began with what was taken back, so that it may not come back when "
                 "it ends; end it on either side, and run again with verify.")
    if again.trouble:
        said += f" Whether its tunnels are up again could not be seen: {again.trouble}."
    return said


def _why_nothing_was_taken_back(seen: Seen) -> str:
    if not seen.noted:
        return "Nothing was taken back, because nothing had been changed since the last verified run."
    return f"Nothing was taken back, because {', '.join(carrying(seen))} is up and nothing that was up before is down."


def _on_some(asked: Asked, seen: Seen) -> str:
    """Panorama has it, and some firewalls do not."""
    have = ", ".join(seen.delivered or ()) or "none of its firewalls"
    done = f"{asked.vpn} is taken out of Panorama, and gone from {have}." if asked.removes else f"{asked.vpn} stands on Panorama, and runs on {have}."
    return f"{done} Run again for the others."


def _after_removal(asked: Asked, seen: Seen) -> str:
    if seen.commit_goes_on:
        return f"{asked.vpn} is taken out of the candidate configuration; whether it still runs depends on the commit job, which goes on."
    if seen.uncommitted:
        return f"{asked.vpn} is taken out of the candidate configuration, and still runs."
    if seen.commit_failed is not None and seen.committed:
        return f"{asked.vpn} is gone from the member of the HA pair that was active, and not from the one that is active now."
    place = "Panorama" if asked.by_push else "this firewall"
    if not seen.recorded and not seen.committed:
        return f"No record on {place} tells of {asked.vpn}, and nothing was removed." + (" Its journal stays." if seen.noted else "")
    if seen.delivered:
        return f"{asked.vpn} is neither on {place} nor on {', '.join(seen.delivered)} any more."
    return f"{asked.vpn} is not on {place} any more."


def _as_written(asked: Asked, seen: Seen) -> str:
    """Nothing was proven, and nothing was taken back."""
    can_be_taken_back = " config_revert takes it back." if seen.noted else ""
    if seen.commit_goes_on:
        return (f"{asked.vpn} stands in the candidate configuration; whether it runs as it was written depends on the commit job, which goes on."
                f"{can_be_taken_back}")
    if seen.uncommitted:
        return f"{asked.vpn} stands in the candidate configuration, and does not run yet as it was written.{can_be_taken_back}"
    if seen.commit_failed is not None and seen.committed:
        return f"{asked.vpn} runs as it was written on the member of the HA pair that was active, and not on the one that is active now.{can_be_taken_back}"
    if seen.commit_failed is not None:
        return f"What was written last of {asked.vpn} stands neither in the candidate nor in the running configuration."
    if seen.failed:
        rest = "".join(f" {text}." for text in _unchanged(seen))
        return f"{asked.vpn} runs as it was written, and was left so.{rest}{_unproven(seen)}{can_be_taken_back}"
    if (seen.unproven or seen.sessions) and seen.problems == ():
        waiting = f" {', '.join(seen.waiting)} comes in a later run, when that is proven." if seen.waiting else ""
        return f"{asked.vpn} runs as it was written.{_unproven(seen)}{waiting}{can_be_taken_back}"
    rest = f" {', '.join(seen.waiting)} comes in a later run." if seen.waiting else ""
    return f"{asked.vpn} runs as it was written; whether it works was not looked at.{rest}{can_be_taken_back}"


def _unproven(seen: Seen) -> str:
    return "".join(f" {sentence}." for sentence in all_not_proven(seen.unproven, seen.sessions))


def all_not_proven(unproven: Sequence[str], through: Sequence[str]) -> list[str]:
    """What the user reads of what is older than the change, in sentences without a full stop. C(through): the tunnels of old BGP sessions.

    Each is named once, though several journals may tell of it, as of a profile that two VPNs share.
    """
    tunnels, speaking = (tuple(dict.fromkeys(names)) for names in (unproven, through))
    return ([not_proven(tunnels)] if tunnels else []) + ([no_new_session(speaking)] if speaking else [])


def all_taken_back_unproven(unproven: Sequence[str], through: Sequence[str]) -> list[str]:
    """The same of what is older than the taking back."""
    tunnels = ", ".join(unproven)
    said = [f"{tunnels} may still carry packets on what was agreed before this was taken back; the next run with verify negotiates anew, and "
            "vpn_action (reconnect) does so at once"] if unproven else []
    return said + ([no_new_session(through)] if through else [])


def announced(tunnels: Sequence[str]) -> str:
    """What those who watch are told before tunnels are interrupted."""
    return f"this interrupts the tunnel{'s' if len(tunnels) > 1 else ''} {', '.join(tunnels)}"


def not_proven(tunnels: Sequence[str]) -> str:
    """What the user reads of tunnels whose SAs may be older than the change."""
    return (f"What was changed is not proven until the next negotiation of {', '.join(tunnels)}, which may still carry packets on what was agreed "
            "before; vpn_action (reconnect) negotiates at once")


def no_new_session(tunnels: Sequence[str]) -> str:
    """What the user reads of tunnels through which BGP sessions go on that are older than the change."""
    return (f"What was changed of BGP is not proven until the session through {', '.join(tunnels)} begins anew: it is the one of before, with what was "
            "agreed then; end it on either side, and run again with verify")


def not_before(asked: Asked, seen: Seen) -> str:
    """What the user reads where the next tunnel's turn cannot come."""
    why = "; ".join([*seen.problems, *seen.causes] if seen.problems else all_not_proven(seen.unproven, seen.sessions))
    return (f"rollout: {', '.join(seen.waiting)} cannot be changed before the change of an earlier run is proven: {why}. Or say rollout: together; "
            "nothing was written")


def not_taken_back(trouble: str) -> str:
    """What the user reads where taking back failed as well."""
    return f"Taking back what was changed failed: {trouble}. The journal stays; config_revert takes it up again."
