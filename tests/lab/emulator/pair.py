# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two firewalls as an active/passive pair.

Only committed configuration of the active member goes to the other one; the passive member takes writes and commits all
the same, and the pair then says that it is not synchronized (vendor documentation).
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Job

ACTIVE, PASSIVE, SUSPENDED = "active", "passive", "suspended"
SYNCHRONISED, NOT_SYNCHRONISED, IN_PROGRESS = "synchronized", "not synchronized", "synchronization in progress"

#: What each member keeps for itself (a selection of the vendor's list).
_OWN = ("system", "high-availability")


class Pair:
    """``sync_enabled``: configuration synchronisation is on; ``connected``: the members see each other."""

    def __init__(self, active: Firewall, passive: Firewall) -> None:
        passive.share_lock(active)
        self.members = (active, passive)
        self.sync_enabled = True
        self.connected = True
        self.sync = SYNCHRONISED
        self.once_suspended: set[str] = set()
        for member, state in zip(self.members, (ACTIVE, PASSIVE)):
            member.pair = self
            member.runtime.ha = state
        for number, member in enumerate(self.members, start=1):
            _configure(member, number)
        self._take_over(passive, active)

    def peer_of(self, member: Firewall) -> Firewall:
        return self.members[1] if member is self.members[0] else self.members[0]

    @property
    def active(self) -> Firewall | None:
        return next((member for member in self.members if member.runtime.ha == ACTIVE), None)

    # Roles.

    def suspend(self, member: Firewall) -> None:
        """Take a member out; the other one becomes active."""
        member.runtime.ha = SUSPENDED
        self.once_suspended.add(member.serial)
        peer = self.peer_of(member)
        if peer.runtime.ha == PASSIVE:
            peer.runtime.ha = ACTIVE

    def make_functional(self, member: Firewall) -> None:
        """Bring a member back, without preemption."""
        if member.runtime.ha == SUSPENDED:
            member.runtime.ha = PASSIVE if self.peer_of(member).runtime.ha == ACTIVE else ACTIVE

    def fail_over(self) -> None:
        """The passive member becomes active and the active one passive."""
        for member in self.members:
            member.runtime.ha = {ACTIVE: PASSIVE, PASSIVE: ACTIVE}.get(member.runtime.ha, member.runtime.ha)

    def separate(self) -> None:
        """The members lose sight of each other, and both are active."""
        self.connected = False
        for member in self.members:
            member.runtime.ha = ACTIVE

    # Configuration.

    def committed(self, member: Firewall) -> None:
        """A member has committed: the active one's configuration goes to its peer, the passive one's does not."""
        if member.runtime.ha == ACTIVE and self._can_synchronise:
            self.push(member)
        else:
            self.sync = NOT_SYNCHRONISED

    @property
    def _can_synchronise(self) -> bool:
        first, second = self.members
        is_alike = first.version[:2] == second.version[:2] and first.secrets.master_key == second.secrets.master_key
        return self.sync_enabled and self.connected and is_alike

    def push(self, member: Firewall) -> Job:
        """Begin to overwrite the peer's running and candidate configuration. Raises OperationFailed."""
        if not self._can_synchronise:
            raise OperationFailed("Failed to synchronize running configuration with HA peer")
        if member.jobs.waiting:
            raise OperationFailed(
                "Local commit jobs are queued. running configuration will not be synchronized with HA peer"
            )
        peer = self.peer_of(member)
        self.sync = IN_PROGRESS
        return peer.adopt(self._for_peer(peer, member), "")

    def synchronised(self, member: Firewall) -> None:
        self.sync = SYNCHRONISED

    def _take_over(self, member: Firewall, source: Firewall) -> None:
        root = self._for_peer(member, source)
        member.running.replace_root(root)
        member.candidate.replace_all(copy.deepcopy(root))
        member.stored.commit(root, "", "")

    @staticmethod
    def _for_peer(peer: Firewall, source: Firewall) -> ET.Element:
        """The source's configuration, without what Panorama gave it, with what the peer keeps for itself."""
        root = copy.deepcopy(source.own(source.running.root))
        theirs = peer.running.root.find("devices/entry/deviceconfig")
        ours = root.find("devices/entry/deviceconfig")
        for tag in _OWN:
            kept = None if theirs is None else theirs.find(tag)
            if ours is not None and ours.find(tag) is not None:
                ours.remove(ours.find(tag))
            if ours is not None and kept is not None:
                ours.append(copy.deepcopy(kept))
        return root


def _configure(member: Firewall, number: int) -> None:
    """What a member must have configured to be in a pair, unless it brings its own. Names: the vendor's SDK; values: those that its state tells."""
    for tree in (member.running, member.candidate.tree):
        device = tree.root.find("devices/entry")
        if device is None or device.find("deviceconfig/high-availability") is not None:
            continue
        deviceconfig = device.find("deviceconfig")
        if deviceconfig is None:
            deviceconfig = ET.Element("deviceconfig")
            tree.append(device, deviceconfig)
        tree.append(deviceconfig, ET.fromstring(_HIGH_AVAILABILITY.format(own=number, peer=3 - number, priority=90 + number * 10)))


_HIGH_AVAILABILITY = (
    "<high-availability><enabled>yes</enabled><interface>"
    "<ha1><ip-address>169.254.0.{own}</ip-address><netmask>255.255.255.252</netmask><port>dedicated-ha1</port></ha1>"
    "<ha1-backup><ip-address>169.254.1.{own}</ip-address><netmask>255.255.255.252</netmask><port>dedicated-ha1-backup</port></ha1-backup>"
    "<ha2><ip-address>169.254.2.{own}</ip-address><netmask>255.255.255.252</netmask><port>dedicated-ha2</port></ha2>"
    "<ha2-backup><ip-address>169.254.3.{own}</ip-address><netmask>255.255.255.252</netmask><port>dedicated-ha2-backup</port></ha2-backup>"
    "</interface><group><group-id>1</group-id><peer-ip>169.254.0.{peer}</peer-ip><peer-ip-backup>169.254.1.{peer}</peer-ip-backup>"
    "<mode><active-passive><passive-link-state>auto</passive-link-state></active-passive></mode>"
    "<election-option><device-priority>{priority}</device-priority></election-option>"
    "<configuration-synchronization><enabled>yes</enabled></configuration-synchronization>"
    "<state-synchronization><enabled>yes</enabled></state-synchronization></group></high-availability>"
)
