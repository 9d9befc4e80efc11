# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each cloud allows and how it speaks: the file C(rules) of its folder here says so. The folders are the list of clouds.

A tunnel that is of no cloud is held to none of these rules, whatever else is said of it.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import pkgutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import peers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

if TYPE_CHECKING:
    # Never runs. Where Ansible packs a module as a program, it packs what is imported by name; tools/peer_documentation.py writes this.
    # pylint: disable=unused-import
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import rules as _aws  # noqa: F401
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure import rules as _azure  # noqa: F401
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.gcp import rules as _gcp  # noqa: F401
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.harmony_sase import rules as _harmony_sase  # noqa: F401
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.zstack import rules as _zstack  # noqa: F401


class Rules:
    """What holds where no cloud says anything else: everything is allowed, and nobody is named."""

    # What a connection is called before its id, the far side in a sentence, and where something is changed there.
    connection = "VPN"
    spoken = "the far side"
    there = "on the far side"
    # What to do about the same AS number on both sides.
    as_advice = "the two numbers must differ"
    # Behind "no readable pre-shared key": why the description may lack it.
    key_is_missing = ""
    # What the state of a connection is called that can be used, and how many pairs of networks one takes at most, where that is known.
    ready: tuple[str, ...] = ("available",)
    most_pairs: int | None = None
    # What is said of the far side's beginning to negotiate; empty where nothing is known.
    beginning = ""
    # Whether it takes no aggressive mode of IKEv1, whatever else it takes.
    main_mode_only = False
    # (phase, option of the offers) → what the far side calls it, and its words for the values; without any, ours are as good.
    options: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}

    def static_routes_elsewhere(self, gateway: str | None) -> str:
        """What holds the static routes to the networks here, where that is not the connection; empty where it is."""
        return ""

    def key_problem(self, key: str) -> str | None:
        """Why the far side would not take C(key) as pre-shared key, without the key, or V(None)."""
        return None

    def name_problem(self, name: str) -> str | None:
        """Why nothing on the far side could be called C(name), or V(None)."""
        return None

    def inside_problem(self, cidr: str) -> str | None:
        """Why the far side could not use C(cidr) inside a tunnel, or V(None)."""
        return None

    def spelled(self, phase: str, option: str, values: Sequence[str]) -> tuple[str, list[str]]:
        """(an option of the offers, values of it), as the far side calls them: of several words for one thing by the first."""
        name, words = self.options.get((phase, option), (f"{phase}.{option}", {}))
        names = {word: told for told, word in reversed(words.items())}
        return name, [names.get(value, value) for value in values]

    def has(self, phase: str, option: str, value: str) -> bool:
        """Whether the far side has a value of an option of the offers at all."""
        return (phase, option) not in self.options or value in self.options[phase, option][1].values()

    def route_limit(self, gateway: str | None) -> int | None:
        """How many routes a gateway of this kind learns at most, or V(None) where no limit is known."""
        return None


NO_CLOUD = Rules()


def _is_cloud(name: str) -> bool:
    return importlib.util.find_spec(f"{peers.__name__}.{name}.rules") is not None


CLOUDS: tuple[str, ...] = tuple(sorted(found.name for found in pkgutil.iter_modules(peers.__path__) if found.ispkg and _is_cloud(found.name)))


@functools.lru_cache(maxsize=None)
def rules_of(cloud: str | None) -> Rules:
    """The rules of the cloud of this name; of no cloud, those that forbid nothing."""
    if not cloud:
        return NO_CLOUD
    if cloud not in CLOUDS:
        raise InvalidInput(f"cloud: there is no '{cloud}'; there are {', '.join(CLOUDS)}")
    return importlib.import_module(f"{peers.__name__}.{cloud}.rules").RULES
