# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A NAT rule that keeps packets as they are: it stands above one that would translate them."""

from __future__ import annotations

from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Leaf, Members, Table

# The translations are known as a whole, so that one that somebody adds is taken out again.
EXEMPTION = Table(
    "nat_rule", *PLACES["nat_rule"], words="NAT rule",
    nodes=(
        Members("from", "from", refers_to=("zone",)),
        Members("to", "to", refers_to=("zone",)),
        Members("source", "source"),
        Members("destination", "destination"),
        Leaf("service", "service"),
        Leaf("disabled", "disabled", "bool", absent=False),
        Leaf("source_translation", "source-translation", "empty"),
        Leaf("destination_translation", "destination-translation", "empty"),
    ),
)


def exemption(name: str, zones: tuple[Iterable[str], str], networks: tuple[Iterable[str], Iterable[str]], above: str) -> DesiredEntry:
    """A rule that translates nothing. C(zones), C(networks): where packets come from, and where they go. C(above): the rule that would translate."""
    (source_zones, zone), (sources, destinations) = zones, networks
    values = {"from": list(source_zones), "to": [zone], "source": list(sources), "destination": list(destinations), "service": "any", "disabled": False,
              "source_translation": False, "destination_translation": False}
    return DesiredEntry(EXEMPTION, name, values, position=(("before", above),))
