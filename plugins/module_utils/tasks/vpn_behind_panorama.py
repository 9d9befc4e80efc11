# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN on the firewalls behind a Panorama: it is brought to them, and asked on each of them how it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Collection, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import together
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.delivery import Delivery
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Proof
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.turns import add
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_on_firewall import OF_A_LOOK, OnFirewall
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_planning import Turn
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import Again, Asked, Seen, Up


@dataclass
class BehindPanorama:
    """The VPN on the firewalls that get it from a Panorama. What is to be remembered of them stands in the Panorama's journal.

    C(written): what is known on the Panorama of what was changed; C(known): serial number → what is known of that firewall. C(told): what the run tells.
    """

    module: PanosModule
    target: Target
    asked: Asked
    delivery: Delivery
    told: dict
    written: Proof
    known: dict[str, Proof] = field(default_factory=dict)
    before: Up | None = None

    # What C(vpn_place.Place) asks.

    @property
    def delivers(self) -> bool:
        """Said or not, firewalls are where a VPN runs."""
        wanted = self.module.params["push"]
        return self.asked.commits if wanted is None else bool(wanted)

    @property
    def proofs(self) -> Collection[Proof]:
        return self.known.values()

    def refuse_foreign(self) -> None:
        """What others have committed for these firewalls, and nobody has pushed, would come along."""
        if self.delivers:
            self.delivery.refuse_foreign()

    def deliver(self, seen: Seen, is_new: bool) -> Seen:
        self.module.progress.about = "bringing it to the firewalls"
        done = self.delivery.deliver(is_new, not self.asked.removes, self._look_at_sessions)
        add(self.told, {"earlier_changes": self.told.get("earlier_changes", []), **done})
        return replace(seen, undelivered=self.delivery.undelivered, delivered=self._names(self.delivery.reached))

    def remember(self) -> Up:
        self.before = self.up()
        return self.before

    def up(self) -> Up:
        """What is up on any of the firewalls, and with the firewall's name, on which."""
        looks = [(name, each.up()) for name, each in self._firewalls(self.delivery.connected)]

        def in_both_ways(what: str) -> tuple[str, ...]:
            seen = [(firewall, each) for firewall, up in looks for each in getattr(up, what)]
            return tuple(dict.fromkeys([*(each for _firewall, each in seen), *(f"{each} on {firewall}" for firewall, each in seen)]))

        return Up(in_both_ways("tunnels"), in_both_ways("peers"), in_both_ways("there"))

    def wrote(self, objects: Collection[Agreed], places: Collection[Path] = ()) -> None:
        for proof in (self.written, *self.known.values()):
            proof.wrote(objects, places)

    def committed(self, another_went: bool) -> None:
        """It is running with the push."""

    def look_at_sessions(self, turn: Turn, was_there: bool) -> None:
        """They are looked at before the push."""

    def refuse_unproven(self, tunnels: tuple[str, ...], changing: tuple[str, ...]) -> None:
        for _name, each in self._firewalls(self.delivery.connected):
            each.refuse_unproven(tunnels, changing)

    def verify(self, seen: Seen) -> Seen:
        """On all of them at once: what does not come up on one of them neither hides nor keeps the others."""
        failures: list[str] = []
        if seen.delivered is None:
            add(self.told, {"changed": False, "earlier_changes": [], **self.delivery.look()})
            seen = replace(seen, delivered=self._names(self.delivery.reached))
            failures += self.delivery.undelivered
        devices = {device["serial"]: device for device in self.told["devices"]}
        reached: dict[str, tuple[str, OnFirewall]] = {}
        for name, serial in zip(self._names(self.delivery.reached), self.delivery.reached):
            try:
                (reached[serial],) = self._firewalls([serial])
            except PanosVpnError as exc:
                failures.append(f"{name}: {exc}")
        each = replace(seen, undelivered=(), delivered=None)
        looked = together([firewall.verified(each) for _name, firewall in reached.values()])
        looks = [(name, look) for (name, _firewall), look in zip(reached.values(), looked)]
        for serial, (name, firewall) in reached.items():
            devices[serial].update({key: value for key, value in firewall.told.items() if key not in ("changed", "warnings")})
            self.told["warnings"] += [f"{name}: {warning}" for warning in firewall.told["warnings"]]
        failures += [f"{name}: {look.look_failed}" for name, look in looks if look.look_failed is not None]
        healths = [device["health"] for device in devices.values() if "health" in device]
        problems = _of_each(looks, "problems")
        if healths:
            self.told.update(health=max(healths, key=[each.value for each in Health].index), healthy=not problems and not failures, problems=list(problems))
        return replace(seen, problems=problems, risks=_of_each(looks, "risks"), causes=_of_each(looks, "causes"), unproven=_of_each(looks, "unproven"),
                       sessions=_of_each(looks, "sessions"), look_failed="; ".join(failures) or None)

    def tell_the_whole(self) -> None:
        """What was told is of an earlier turn; of each firewall it stands in C(devices)."""
        for name in OF_A_LOOK:
            self.told.pop(name, None)

    def up_again(self, seen: Seen) -> Again:
        """It was taken back there by a push; what was negotiated since is theirs."""
        return Again(unproven=tuple(name for name in (self.before or Up()).tunnels if name in seen.tunnels))

    # The firewalls.

    def _names(self, serials: Sequence[str]) -> tuple[str, ...]:
        """What they are called; one that is not connected by its serial number."""
        hostnames = self.delivery.behind.fleet.hostnames
        return tuple(hostnames.get(serial) or serial for serial in serials)

    def _firewalls(self, serials: Sequence[str]) -> list[tuple[str, OnFirewall]]:
        params, asked = self.module.params, replace(self.asked, by_push=False)
        alone = {device["serial"]: device for device in params["devices"] or ()}
        found = []
        for name, serial in zip(self._names(serials), serials):
            target = self.target.firewall(serial)
            if serial not in self.known:
                self.known[serial] = Proof(target, self.target, serial)
                self.known[serial].wrote(self.written.objects, self.written.places)
            options = params_of(alone[serial], params) if serial in alone else params
            found.append((name, OnFirewall(self.module, target, asked, options, self.known[serial])))
        return found

    def _look_at_sessions(self, serials: Sequence[str]) -> None:
        """Which BGP sessions are there on firewalls that are about to get what was changed of them."""
        journal = journal_of(self.module)
        if self.asked.removes or not self.written.spoken(journal):
            return
        pushed = self.written.running()
        for _name, each in self._firewalls(serials):
            each.proof.look_before_push(journal, pushed, self.module.tell)


def params_of(device: dict, params: dict) -> dict:
    """The options with what is said for one firewall in the place of what is said for all."""
    differing = given(device)
    if "connection" in differing:
        differing = {**differing, "tunnels": None}
    return {**params, **{option: value for option, value in differing.items() if option != "serial"}}


def _of_each(looks: Sequence[tuple[str, Seen]], what: str) -> tuple[str, ...]:
    return tuple(f"{name}: {text}" for name, look in looks for text in getattr(look, what) or ())
