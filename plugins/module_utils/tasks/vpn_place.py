# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run asks of the place where its VPN runs, be that the firewall that is written to or those behind a Panorama."""

from __future__ import annotations

from typing import Collection, Protocol

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Proof
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_planning import Turn
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import Again, Seen, Up


class Place(Protocol):
    """In the order in which a run asks: before anything is written, around the commit, after it, and when it ends."""

    def refuse_foreign(self) -> None:
        """Raises Refused where what others have committed would come along, and that was not said."""

    def remember(self) -> Up:
        """What is up, before anything is changed."""

    def refuse_unproven(self, tunnels: tuple[str, ...], changing: tuple[str, ...]) -> None:
        """Raises Refused where another tunnel than those that are C(changing) has not shown that it works after its own change, in an earlier run."""

    def look_at_sessions(self, turn: Turn, was_there: bool) -> None:
        """Which BGP sessions are there before what was changed of them is running: by that a later look tells which have begun since.

        C(was_there): whether a configuration has had the VPN before.
        """

    def committed(self, another_went: bool) -> None:
        """C(another_went): with this commit, another VPN whose place this one takes."""

    def wrote(self, objects: Collection[Agreed], places: Collection[Path] = ()) -> None:
        """What was changed is in force only when it has been negotiated anew, or has begun anew."""

    @property
    def delivers(self) -> bool:
        """Whether what is committed has to be brought on to where it runs."""

    def deliver(self, seen: Seen, is_new: bool) -> Seen:
        """Bring it there. C(is_new): this run has committed it."""

    def verify(self, seen: Seen) -> Seen:
        """How well the VPN is by now. Raises nothing: where it cannot be asked, that is what was seen."""

    def up(self) -> Up:
        """What is up now."""

    def tell_the_whole(self) -> None:
        """Tell how well all of the VPN is, where a turn has broken off."""

    def up_again(self, seen: Seen) -> Again:
        """After it was taken back: what of that which was up before is up again."""

    @property
    def proofs(self) -> Collection[Proof]:
        """What is known of each firewall."""
