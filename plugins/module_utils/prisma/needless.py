# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody needs any more, however Prisma Access is managed: the tunnels that sites leave, and of what those name all that nothing else names.

A profile with a name of its own goes only where its contents are given with the sites: it may be anybody's.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import Site, Tunnel

TUNNEL, GATEWAY, IPSEC_PROFILE, IKE_PROFILE = "tunnel", "gateway", "ipsec_profile", "ike_profile"
# In the order in which they go: each before what it names.
_KINDS = (TUNNEL, GATEWAY, IPSEC_PROFILE, IKE_PROFILE)


class Named(NamedTuple):
    """An object, by its kind and its name."""

    kind: str
    name: str


def needless(given: Collection[Site], standing: Collection[Site], still_named: Iterable[str], there: Mapping[Named, Collection[Named]],
             can_go: Callable[[Named], bool]) -> list[Named]:
    """What goes with the sites that are C(given), or are given with other tunnels than before. C(standing): all sites of the same part as they stand.

    C(still_named): the tunnels that stay all the same. C(there): each object that stands → what it names. C(can_go): whether one is ours to remove.
    """
    gone = dict.fromkeys(each for each in _left(given, standing, still_named) if each in there and can_go(each))
    own = {each.name for each in gone} | _described_profiles(given)
    users = _users(there)

    def goes_along(named: Named) -> bool:
        is_anybodys = named.kind not in (TUNNEL, GATEWAY) and named.name not in own
        return not is_anybodys and users[named] <= gone.keys() and can_go(named)

    # What goes may leave needless what it named.
    waiting = deque(gone)
    while waiting:
        for named in there[waiting.popleft()]:
            if named in there and named not in gone and goes_along(named):
                gone[named] = None
                waiting.append(named)
    return sorted(gone, key=lambda each: _KINDS.index(each.kind))


def _left(given: Iterable[Site], standing: Iterable[Site], still_named: Iterable[str]) -> list[Named]:
    """The tunnels that the sites have as they stand, and no other site has."""
    names = {site.name for site in given}
    needed = {*still_named, *_tunnels(site for site in standing if site.name not in names)}
    return [Named(TUNNEL, name) for name in _tunnels(site for site in standing if site.name in names) if name not in needed]


def _tunnels(sites: Iterable[Site]) -> list[str]:
    return [tunnel.name for site in sites for tunnel in site.tunnels]


def _described_profiles(sites: Iterable[Site]) -> set[str]:
    said: list[Tunnel] = [tunnel for site in sites for tunnel in site.tunnels]
    return {tunnel.ike_profile for tunnel in said if tunnel.ike} | {tunnel.ipsec_profile for tunnel in said if tunnel.ipsec}


def _users(there: Mapping[Named, Collection[Named]]) -> dict[Named, set[Named]]:
    found: dict[Named, set[Named]] = defaultdict(set)
    for user, names in there.items():
        for named in names:
            found[named].add(user)
    return found
