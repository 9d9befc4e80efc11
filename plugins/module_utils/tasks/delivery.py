# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN that is committed on a Panorama comes to its firewalls, and to no other; what others have committed there for them does not come along unasked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import managed, push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.behind import Behind
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Fleet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.push import Aim, How
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import push as pushing
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.push import FAILED, IN_SYNC, NOT_CONNECTED, PENDING, PUSHED, UNKNOWN, Fate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records

# What a firewall lacks is not the VPN's.
OF_OTHERS = "of_others"
# What was to go to a firewall did not, or nobody knows.
_UNDELIVERED = (FAILED, NOT_CONNECTED, UNKNOWN)
# Options of a task that pushes what it committed.
OPTIONS = {
    "push": {"type": "bool"},
    "push_foreign": {"type": "str", "choices": ["fail", "include"], "default": "fail"},
    "force_template_values": {"type": "bool", "default": False},
    "merge_with_candidate": {"type": "bool"},
}
_UNITS = DEVICE + ("network", "interface", "tunnel", "units")


@dataclass
class Delivery:
    """The way of one VPN from a Panorama to its firewalls. C(behind): as of the target. C(fates): what became of each firewall, by now."""

    module: PanosModule
    target: Target
    behind: Behind
    vpn: str
    fates: list[Fate] = field(default_factory=list)

    @property
    def reached(self) -> list[str]:
        """The serial numbers of the firewalls that can be looked at: they got what was for them, or nothing was to go to them."""
        return [fate.aim.serial for fate in self.fates if fate.result not in _UNDELIVERED]

    @property
    def undelivered(self) -> tuple[str, ...]:
        return tuple(fate.words for fate in self.fates if fate.result in _UNDELIVERED)

    @property
    def connected(self) -> list[str]:
        """The serial numbers of the firewalls that the VPN is for and that can be asked."""
        return [device.serial for device in self.behind.firewalls if device.connected and all(self.behind.parts(device.serial))]

    def look(self) -> dict:
        """What each firewall has, and nothing is pushed; what is told of it."""
        fleet = managed.fleet(self.target.session)
        self.fates = [pushing.as_it_is(fleet, aim) for aim in self._aims(fleet)]
        return {"devices": [fate.plain() for fate in self.fates], "warnings": [fate.words for fate in self.fates if fate.result == PENDING]}

    def refuse_foreign(self) -> None:
        """Before anything is written: what others have committed for these firewalls, and nobody has pushed, would come along.

        What a firewall lacks that another one of the same group and stack has, was pushed on purpose, and may come to it.
        """
        if self.module.params["push_foreign"] == "include":
            return
        fleet = managed.fleet(self.target.session)
        aims = self._aims(fleet)
        found = [aim for aim in aims if self._may_be_of_others(aim, aims, fleet) and not aim.in_sync]
        if found:
            raise Refused(f"push_foreign: {self._called(found, fleet)} {'lacks' if len(found) == 1 else 'lack'} what others have committed on "
                          f"{self.target.place} and nobody has pushed; a push would take it along. Push it first (module push), or say push_foreign: include; "
                          "nothing was written")

    def _called(self, aims: Sequence[Aim], fleet: Fleet) -> str:
        """Firewalls, each with that by which it gets something."""
        named = [f"{fleet.hostnames[aim.serial] or aim.serial} ({aim.device_group} and {aim.template_stack})" for aim in aims]
        return ", ".join(named)

    def _aims(self, fleet: Fleet) -> list[Aim]:
        """What each firewall that gets both parts of the VPN is to get."""
        found = []
        for device in self.behind.firewalls:
            group, stack = self.behind.parts(device.serial)
            if group and stack:
                statuses = [dict(part.status).get(device.serial, "") for part in (fleet.group(group), fleet.stack_of(device.serial)) if part]
                found.append(Aim(device.serial, group, stack, all(status == push.IN_SYNC for status in statuses)))
        return found

    def deliver(self, committed: bool, is_there: bool, before_push: Callable[[Sequence[str]], None]) -> dict:
        """Push to the firewalls that lack something of the VPN. C(committed): it is new on Panorama. C(is_there): it stands there, and is not to go.

        C(before_push): is given the serial numbers of those that are about to get something. Returns what is told of it.
        """
        fleet = managed.fleet(self.target.session)
        aims = self._aims(fleet)
        lacking = aims if committed and self.module.check_mode else [aim for aim in aims if not aim.in_sync]
        others = [] if committed else self._of_others(lacking, aims, fleet, is_there)
        fates = [Fate(aim, fleet.hostnames[aim.serial], IN_SYNC, push.IN_SYNC) for aim in aims if aim not in lacking]
        fates += [Fate(aim, fleet.hostnames[aim.serial], OF_OTHERS, "it lacks what others have committed on Panorama, which was not pushed") for aim in others]
        brought, jobs = self._bring(fleet, [aim for aim in lacking if aim not in others], before_push)
        fates += brought
        self._note([fate.aim.serial for fate in fates if fate.result in (PUSHED, IN_SYNC)])
        order = [aim.serial for aim in aims]
        self.fates = sorted(fates, key=lambda fate: order.index(fate.aim.serial))
        return {"changed": any(fate.result in (PENDING, PUSHED) for fate in self.fates), "devices": [fate.plain() for fate in self.fates],
                "push_jobs": jobs, "warnings": self._warnings()}

    def _of_others(self, lacking: Sequence[Aim], aims: Sequence[Aim], fleet: Fleet, is_there: bool) -> list[Aim]:
        """The firewalls that lack something, and nothing of the VPN. C(is_there): as of C(deliver)."""
        if self.module.params["push_foreign"] == "include":
            return []
        return [aim for aim in lacking if self._may_be_of_others(aim, aims, fleet) and self._has_it(aim.serial) == is_there]

    def _bring(self, fleet: Fleet, wanted: Sequence[Aim], before_push: Callable[[Sequence[str]], None]) -> tuple[list[Fate], list]:
        """What became of each, and the jobs of the push."""
        if self.module.check_mode:
            return pushing.pending(fleet, wanted), []
        if not wanted:
            return [], []
        before_push([aim.serial for aim in wanted if aim.serial in fleet.connected])
        params = self.module.params
        how = How(f"{self.vpn}, by tunnelsmith.panos_vpn", params["force_template_values"], params["merge_with_candidate"])
        brought = pushing.bring(self.target.session, fleet, wanted, how, self.module.patience("commit_timeout", "commit_poll"))
        return brought.fates, [done.job for done in brought.done]

    def _warnings(self) -> list[str]:
        said = [f"{fate.hostname or fate.aim.serial}: {warning}" for fate in self.fates for warning in fate.warnings]
        return said + [fate.words for fate in self.fates if fate.result == OF_OTHERS]

    def _may_be_of_others(self, aim: Aim, aims: Sequence[Aim], fleet: Fleet) -> bool:
        """Whether somebody else can have committed what a firewall lacks: neither does another one have it, nor does the journal know it for ours."""
        journal = journal_of(self.module)
        is_ours = journal is not None and journal.is_lacked_by(aim.serial)
        return aim.serial in fleet.connected and not is_ours and not _has_a_sibling(aim, aims)

    def _note(self, serials: Sequence[str]) -> None:
        """A later run is told who has got what was written last."""
        journal = None if self.module.check_mode else journal_of(self.module)
        new = [serial for serial in serials if journal and journal.is_lacked_by(serial)]
        if journal and new:
            journal.note_pushed(new, self.module.tell)

    def _has_it(self, serial: str) -> bool:
        """Whether a firewall has the VPN, by its record."""
        units = self.target.session.through(serial).get(_UNITS)
        return any(records.find(places.text(unit, ("comment",)), self.vpn) for unit in (units if units is not None else ()))


def _has_a_sibling(aim: Aim, aims: Sequence[Aim]) -> bool:
    """Whether another firewall has all that this one is to get."""
    return any(other.in_sync and (other.device_group, other.template_stack) == (aim.device_group, aim.template_stack) for other in aims)
