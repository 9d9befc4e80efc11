# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several places read in one request: C(xpath=A|B|C). The answer holds the elements that were found, without what is around them.

So only places whose elements cannot be taken for one another are asked for together: a place is known by its last step.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path

# What every device has, small, and asked for nowhere else.
CERTAIN: Path = ("config", "devices", ("entry", "localhost.localdomain"), "deviceconfig", "system", "hostname")


def together(paths: list[Path]) -> list[list[Path]]:
    """The paths in as few lists as possible, each with one path of a last step only."""
    lists: list[list[Path]] = []
    for path in paths:
        fitting = next((group for group in lists if all(other[-1] != path[-1] for other in group)), None)
        if fitting is None:
            lists.append([path])
        else:
            fitting.append(path)
    return lists


def xpath(paths: list[Path]) -> str:
    return "|".join(places.render(path) for path in paths)


def told_apart(paths: list[Path], elements: list[ET.Element]) -> dict[Path, ET.Element] | None:
    """The element of each path that has one; None where an element belongs to none of them, or several to one."""
    path_of = {path[-1]: path for path in paths}
    found: dict[Path, ET.Element] = {}
    for element in elements:
        path = path_of.get(places.step_of(element))
        if path is None or path in found:
            return None
        found[path] = element
    return found
