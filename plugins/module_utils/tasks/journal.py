# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that holds what is needed to take a VPN's last changes back, written before they are: also a killed run can be reverted.

It stands where the module runs, readable by its user alone, in a folder that others may be able to write to: nothing in it is believed that
is not a plain file of the user's own, and no place that this collection cannot write. Former pre-shared keys are in it in the firewall's
stored form, new ones as digests.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import stat
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any, Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, unquote

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import as_if_at
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.bgp import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import writable
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import negotiation, sessions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.shared import knowing

_FORMAT = 4
# Seconds in which another run has done with the journal that is in its way at the end.
_SETTLING = 60


@dataclass(frozen=True)
class Shown:
    """What was seen on a firewall since something was written.

    C(proven): (tunnel or BGP peer, place of an object that it runs on), where what was written there has been negotiated, or has begun, anew. A place is that
    where it was written, which may be on a Panorama. C(sessions): the session that a BGP peer had before what was written last was running; without a peer
    nobody looked. C(pushed): behind a Panorama, it has got what was written last.
    """

    proven: tuple[tuple[str, Path], ...] = ()
    sessions: Mapping[str, Session | None] = field(default_factory=dict)
    pushed: bool = False

    def document(self) -> dict:
        """As it stands in the file."""
        return {
            "proven": [[name, places.render(place)] for name, place in self.proven],
            "sessions": {peer: [session.began, session.number] if session else None for peer, session in self.sessions.items()},
            "pushed": self.pushed,
        }

    def since(self, changed: Sequence[Difference]) -> Shown:
        """What of it still holds when something has changed."""
        proven = [(name, place) for name, place in self.proven if not any(places.starts_with(difference.path, place) for difference in changed)]
        return replace(self, proven=tuple(proven), pushed=False)

    def without_sessions(self) -> Shown:
        return replace(self, sessions={})


@dataclass
class Journal:
    """What the writes since the last verified run changed. C(reads): the containers (paths) in which all of it lies.

    C(places): all that was written to, also what in the end is as it was: it may be uncommitted.
    C(hand): of the run that noted something last; another one each time. C(negotiated): places of the objects of which something was written that
    is in force when tunnels are negotiated, or BGP sessions begin, anew, also where it is what it was by now: there may be SAs and sessions of meanwhile.
    C(shown): serial number of a firewall behind the Panorama that was written to, empty for the firewall itself → what was seen there since.
    """

    file: str
    vpn: str
    reads: list = field(default_factory=list)
    places: list = field(default_factory=list)
    differences: list = field(default_factory=list)
    hand: str = ""
    negotiated: list[Path] = field(default_factory=list)
    shown: dict[str, Shown] = field(default_factory=dict)

    def on(self, firewall: str) -> Shown:
        return self.shown.get(firewall, Shown())

    def is_lacked_by(self, firewall: str) -> bool:
        """Whether a firewall behind the Panorama has not got what it tells of, as far as that is noted."""
        return bool(self) and not self.on(firewall).pushed

    def __bool__(self) -> bool:
        """Whether it says anything. Where nothing is left to take back, tunnels can still have to be negotiated anew."""
        return bool(self.differences or self.negotiated)

    def noting(self, plan: Plan, reads: Sequence[Path], base: Callable[[str], Path]) -> Journal:
        """This journal with what a plan is about to change. C(base): as C(Target.base).

        What was noted and does not stand any more was never written, or somebody else has changed it since: it is not ours to restore.
        An object that others have joined is what it was for us.
        """
        def stands(difference: Difference) -> bool:
            return revert.stands(knowing(self.vpn, difference, plan.before, base("network")), plan.before) or revert.is_joined(difference, plan.before)

        earlier = [difference for difference in self.differences
                   if not any(places.starts_with(difference.path, path) for path in reads) or stands(difference)]
        later = revert.differences(plan.before, plan.after, plan.operations)
        beside = [difference.path[:-1] for difference in later if not any(places.starts_with(difference.path, path) for path in reads)]
        all_of_it = revert.merged(earlier, later, plan.after)
        # Behind a Panorama some of it may stand in another template; on the firewalls it is all of one configuration.
        now, since = ([replace(difference, path=as_if_at(base("device"), difference.path)) for difference in some] for some in (later, all_of_it))
        negotiated = negotiation.places_of(negotiation.changed([*now, *since], base), base) + sessions.changed([*now, *since], base)
        return Journal(
            self.file, self.vpn, list(dict.fromkeys([*self.reads, *reads, *beside])),
            list(dict.fromkeys([*self.places, *(difference.path for difference in later)])),
            all_of_it, token_hex(8), list(dict.fromkeys([*self.negotiated, *negotiated])), self._shown_since(now, not sessions.changed(now, base)))

    def taking_back(self) -> Journal:
        """This journal while what it says is taken back: nothing that is negotiated was seen with what was there before."""
        return replace(self, hand=token_hex(8), shown=self._shown_since(self.differences, False))

    def taken_back(self) -> Journal:
        """What is left of it then: there may be SAs that were made with what was there meanwhile."""
        return Journal(self.file, self.vpn, hand=token_hex(8), negotiated=self.negotiated, shown=self._shown_since(self.differences))

    def _shown_since(self, changed: Sequence[Difference], keeps_sessions: bool = True) -> dict[str, Shown]:
        still = {firewall: shown.since(changed) for firewall, shown in self.shown.items()}
        return still if keeps_sessions else {firewall: shown.without_sessions() for firewall, shown in still.items()}

    def secrets(self) -> set:
        """The stored forms of former keys."""
        return revert.stored_secrets(self.differences)

    def save(self) -> None:
        """Onto the disk, whole or not at all. An empty journal is no file."""
        if not self:
            self.forget()
            return
        try:
            _make_folder(os.path.dirname(self.file))
            _put(self.file, json.dumps(self._document(), indent=1))
        except OSError as exc:
            raise InvalidInput(f"journal: {self.file} cannot be written ({exc.strerror})") from None

    def settle(self, tell: Callable[[str], None]) -> bool:
        """Forget it, because what it says is not needed any more; unless another run has noted something since. Whether it is gone."""
        with held(self.file, Patience(_SETTLING, tell=tell)):
            found = load(self.file, self.vpn)
            if found and found.hand != self.hand:
                return False
            self.forget()
            return True

    def prove(self, firewall: str, proven: Sequence[tuple[str, Path]], tell: Callable[[str], None], is_done: Callable[[Journal], bool]) -> None:
        """Note what has been proven on a firewall meanwhile; unless another run has noted something since, which may have changed it again.

        C(is_done): whether nothing is left to negotiate; where nothing is left to take back either, it is forgotten.
        """
        with held(self.file, Patience(_SETTLING, tell=tell)):
            found = load(self.file, self.vpn)
            if not found or found.hand != self.hand:
                return
            known = found.on(firewall)
            found.shown[firewall] = self.shown[firewall] = replace(known, proven=tuple(dict.fromkeys([*known.proven, *proven])))
            if not found.differences and is_done(found):
                found.negotiated = self.negotiated = []
            found.save()

    def note_sessions(self, firewall: str, before: Mapping[str, Session | None], tell: Callable[[str], None]) -> None:
        """Note which sessions the BGP peers of a firewall have before a commit, or a push; unless another run has noted something since."""
        with held(self.file, Patience(_SETTLING, tell=tell)):
            found = load(self.file, self.vpn)
            if not found or found.hand != self.hand:
                return
            known = found.on(firewall)
            found.shown[firewall] = self.shown[firewall] = replace(known, sessions={**known.sessions, **before})
            found.save()

    def note_pushed(self, firewalls: Sequence[str], tell: Callable[[str], None]) -> None:
        """Note which firewalls behind the Panorama have got what was written last; unless another run has noted something since."""
        with held(self.file, Patience(_SETTLING, tell=tell)):
            found = load(self.file, self.vpn)
            if not found or found.hand != self.hand:
                return
            for firewall in firewalls:
                found.shown[firewall] = self.shown[firewall] = replace(found.on(firewall), pushed=True)
            found.save()

    def release(self, paths: Sequence[Path], tell: Callable[[str], None], is_done: Callable[[Journal], bool]) -> None:
        """What was changed at these places stays for good; unless another run has noted something since. C(is_done): as of C(prove)."""
        with held(self.file, Patience(_SETTLING, tell=tell)):
            found = load(self.file, self.vpn)
            if not found or found.hand != self.hand:
                return
            found.differences = [difference for difference in found.differences if difference.path not in paths]
            if not found.differences and is_done(found):
                found.negotiated = []
            found.save()

    def forget(self) -> None:
        """Nothing is left to take back."""
        try:
            os.unlink(self.file)
            _flush_folder(os.path.dirname(self.file))
        except FileNotFoundError:
            return
        except OSError as exc:
            raise InvalidInput(f"journal: {self.file} cannot be deleted ({exc.strerror}); delete it, its changes are not to be taken back") from None

    def _document(self) -> dict:
        return {
            "format": _FORMAT, "vpn": self.vpn, "hand": self.hand,
            "reads": [places.render(path) for path in self.reads], "places": [places.render(path) for path in self.places],
            "differences": [{
                "label": item.label, "xpath": item.xpath, "before": item.before, "after": item.after, "remains": item.remains,
                "above": list(item.above), "moved_below": item.moved_below,
                "container": places.render(item.container)} for item in self.differences],
            "negotiated": [places.render(place) for place in self.negotiated],
            "shown": {firewall: shown.document() for firewall, shown in self.shown.items()},
        }


def file_of(folder: str, firewall: str, vpn: str) -> str:
    """Where the journal of one VPN on one firewall stands."""
    name = ",".join(quote(part, safe="") for part in (firewall, vpn))
    return os.path.join(_expanded(folder), f"{name}.json")


def is_kept(folder: str | None) -> bool:
    """Whether journals are kept in a folder: they make it, and when they go, it stays."""
    return folder is not None and folder != "" and os.path.isdir(_expanded(folder))


def vpns(folder: str, firewall: str) -> list[str]:
    """The VPNs of a firewall of which a journal stands in a folder."""
    try:
        found = os.listdir(_expanded(folder))
    except OSError:
        return []
    names = [name[:-len(".json")].split(",") for name in sorted(found) if name.endswith(".json")]
    return [unquote(parts[1]) for parts in names if len(parts) == 2 and unquote(parts[0]) == firewall]


def _expanded(folder: str) -> str:
    expanded = os.path.expanduser(os.path.expandvars(folder))
    unset = [part for part in expanded.split(os.sep) if part.startswith(("$", "~"))]
    if unset:
        raise InvalidInput(f"journal: {folder} names {', '.join(unset)}, which has no value where this task runs")
    return expanded


@contextlib.contextmanager
def held(file: str, patience: Patience) -> Iterator[None]:
    """With a journal for this run alone: from reading it until what it says is saved, and the firewall has what it says.

    A lock is a file beside it that goes with it; one that a killed run left is as good as none.
    """
    lock = f"{file[:-len('.json')]}.lock"

    def look() -> int:
        opened = _locked(lock)
        if opened is None:
            raise NotYet(f"another run is at work on the journal {file}", InvalidInput(
                f"journal: another run of this VPN is at work ({lock}); waited {patience.timeout:g} s, run again when it has ended"))
        return opened

    try:
        _make_folder(os.path.dirname(file))
        opened = patience.until(look)
    except OSError as exc:
        raise InvalidInput(f"journal: {file} cannot be written ({exc.strerror})") from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(lock)
        os.close(opened)


def _locked(lock: str) -> int | None:
    """The lock's file, opened and ours; None where another run has it. One that went while it was opened is none any more."""
    while True:
        opened = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(opened), os.stat(lock, follow_symlinks=False)):
                return opened
        except BlockingIOError:
            os.close(opened)
            return None
        except FileNotFoundError:
            pass
        os.close(opened)


def _make_folder(folder: str) -> None:
    """Each folder that is missing, for its user alone."""
    if folder and not os.path.isdir(folder):
        _make_folder(os.path.dirname(folder))
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        if not os.path.isdir(folder):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def _put(file: str, text: str) -> None:
    """Onto the disk under a name that nobody can know, and then in the place of the file: half of it is never seen, and never stays."""
    folder = os.path.dirname(file)
    unfinished = os.path.join(folder, f"{token_hex(16)}.new")
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(opened, "w", encoding="utf-8") as stream:
            os.fchmod(opened, 0o600)
            stream.write(text)
            stream.flush()
            os.fsync(opened)
        os.replace(unfinished, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise
    _flush_folder(folder)


def load(file: str, vpn: str) -> Journal:
    """The journal in a file; an empty one where there is no file. Raises InvalidInput for a file that is no journal, or not of this user's hand."""
    try:
        document = json.loads(_text(file))
        if document["format"] != _FORMAT:
            raise InvalidInput(f"journal: {file} was written in format {document['format']}, this release reads {_FORMAT}")
        if document["vpn"] != vpn:
            raise InvalidInput(f"journal: {file} is that of {document['vpn']}, not of {vpn}; somebody renamed it")
        reads, written, negotiated = ([places.parse(xpath) for xpath in document[kind]] for kind in ("reads", "places", "negotiated"))
        differences = [_difference(item) for item in document["differences"]]
        shown = {str(firewall): _shown(told) for firewall, told in document["shown"].items()}
        journal = Journal(file, document["vpn"], reads, written, differences, str(document["hand"]), negotiated, shown)
        _refuse_strange_places(journal)
        return journal
    except FileNotFoundError:
        return Journal(file, vpn)
    except OSError as exc:
        why = "it is a link" if exc.errno == errno.ELOOP else exc.strerror
        raise InvalidInput(f"journal: {file} cannot be read ({why})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SyntaxError):
        raise InvalidInput(f"journal: {file} holds no journal of this collection; move it away") from None


def _text(file: str) -> str:
    """What a file says that is the user's own. A pipe is not waited for, a link not followed."""
    opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(opened, encoding="utf-8") as stream:
        found = os.fstat(opened)
        trouble = _not_ours(found)
        if trouble:
            raise InvalidInput(f"journal: {file} {trouble}, so what it says is not carried out; look who wrote it, and move it away")
        return stream.read()


def _not_ours(found: os.stat_result) -> str:
    if not stat.S_ISREG(found.st_mode):
        return "is no plain file"
    if found.st_uid != os.geteuid():
        return f"belongs to another user (id {found.st_uid})"
    return "can be written by others" if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else ""


def _refuse_strange_places(journal: Journal) -> None:
    """A place that no task of this collection writes has another author."""
    containers = [item.container for item in journal.differences if item.container]
    written = [*journal.places, *journal.negotiated, *(item.path for item in journal.differences), *containers]
    strange = [places.render(path) for path in written if not writable.can_be_written(path)]
    strange += [places.render(path) for path in journal.reads if not writable.can_be_read(path)]
    if strange:
        raise InvalidInput(f"journal: {journal.file} names {', '.join(strange[:3])}, where this collection never writes: what it says is not carried out; "
                           "look who wrote it, and move it away")


def _difference(item: Mapping[str, Any]) -> Difference:
    return Difference(item["label"], places.parse(item["xpath"]), _xml(item["before"]), _xml(item["after"]), _xml(item["remains"]),
                      tuple(item["above"]), item["moved_below"], places.parse(item["container"]))


def _shown(told: Mapping[str, Any]) -> Shown:
    proven = [(str(name), places.parse(xpath)) for name, xpath in told["proven"]]
    return Shown(tuple(proven), {str(peer): _session(session) for peer, session in told["sessions"].items()}, bool(told["pushed"]))


def _session(told: Sequence | None) -> Session | None:
    if told is None:
        return None
    began, number = told
    return Session(None if began is None else float(began), None if number is None else int(number))


def _xml(text: str) -> str:
    """A text that is XML, or empty."""
    if text:
        ET.fromstring(text)
    return text


def _flush_folder(folder: str) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
