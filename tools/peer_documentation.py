# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what modules and filters document of a peer profile, which the types of peers/profile.py say, and what a packed module needs of it.

Ansible knows no fragments below an option or a returned value, so the text has to stand in each place. C(--check) only tells whether it is up to date.
"""

from __future__ import annotations

import functools
import pathlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import yaml

from generated import ROOT, concluded, importable

ROOMS = "ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils"
PACKED = "    # Never runs. Where Ansible packs a module as a program, it packs what is imported by name; tools/peer_documentation.py writes this."


class Place(NamedTuple):
    """Where a text stands in a file: between what C(begin) and C(end) match."""

    file: str
    begin: str
    end: str
    text: str


def block(described: dict, indent: int, dumper: type = yaml.SafeDumper) -> str:
    """YAML of a mapping, so far from the left."""
    text = yaml.dump(described, Dumper=dumper, sort_keys=False, width=140 - indent, allow_unicode=True)
    return "".join(f"{' ' * indent}{line}\n" for line in text.splitlines())


def filters() -> list[str]:
    """The filters that return a profile, by the first line of what they document."""
    found = [path for path in sorted((ROOT / "plugins" / "filter").glob("*.py")) if "\n  contains:\n    id:\n" in path.read_text(encoding="utf-8")]
    return [str(path.relative_to(ROOT)) for path in found]


def places() -> list[Place]:
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile, Tunnel
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS

    tunnels, connection = block(fields.documentation(Tunnel), 6), block(fields.documentation(Profile), 6)
    packed = "".join(f"    from {ROOMS}.peers.{cloud} import rules as _{cloud}  # noqa: F401\n" for cloud in CLOUDS)
    imports = "    # pylint: disable=unused-import\n" + packed
    found = [Place("plugins/module_utils/peers/rules.py", re.escape(PACKED) + r"\n", r"\n\nclass Rules:\n", imports)]
    found.append(Place("plugins/modules/site_to_site_vpn.py", r"\n  tunnels:\n(?:    .*\n)*?    suboptions:\n", r"  devices:\n", tunnels))
    of_a_device = block(fields.documentation(Profile), 10)
    begin = r"\n      connection:\n(?:        .*\n)*?        suboptions:\n"
    found.append(Place("plugins/modules/site_to_site_vpn.py", begin, r"      local_address:\n", of_a_device))
    found.append(Place("plugins/modules/site_to_site_vpn.py", r"\n  connection:\n(?:    .*\n)*?    suboptions:\n", r"  tunnels:\n", connection))
    found.append(Place("plugins/modules/vpn_info.py", r"\n  connection:\n(?:    .*\n)*?    suboptions:\n", r"  source_zones:\n", connection))
    profile = block(fields.returned(Profile), 4)
    return found + [Place(name, r"\n_value:\n(?:  .*\n)*?  contains:\n", r'"""\n', profile) for name in filters()]


def updated(source: str, place: Place) -> str:
    """The file with the text in its place. Raises ValueError where the place is not there."""
    text, count = re.subn(f"({place.begin})(?:.*\n)*?({place.end})", lambda found: found[1] + place.text + found[2], source, count=1)
    if not count:
        raise ValueError(f"{place.file}: there is no place between {place.begin!r} and {place.end!r}")
    return text


def written(some: Iterable[Place]) -> Iterator[tuple[pathlib.Path, Callable[[str], str]]]:
    return ((ROOT / place.file, functools.partial(updated, place=place)) for place in some)


def main() -> int:
    importable()
    return concluded(written(places()), "peers/profile.py")


if __name__ == "__main__":
    raise SystemExit(main())
