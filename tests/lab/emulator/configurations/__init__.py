# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configurations that an emulated firewall may start with.

For a firewall three come along: ``base`` (no BGP), ``bgp_running``, and ``second_site``, which can be the far side of the first two. Each consists of
a firewall (``firewall.xml``, ``second_firewall.xml``) and a router part that holds the same routing for either engine; ``load`` takes the half that the
engine runs. ``panorama`` and ``prisma`` are for a Panorama.
"""

from __future__ import annotations

import copy
import functools
import pathlib
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import parse_document

HERE = pathlib.Path(__file__).parent
NAMES = ("base", "bgp_running", "second_site")
#: Of Panoramas: one with firewalls behind it, and one that manages Prisma Access.
PANORAMAS = ("panorama", "prisma")
_ENGINES = {
    "virtual-router": ("virtual-router",),
    "logical-router": ("logical-router", "routing-profile"),
}


def load(config: str | None, engine: str, name: str, version: tuple[int, ...]) -> ET.Element:
    """The root element for a name, a path, or the XML text of an exported configuration. None means ``base``.

    Exported configurations are taken as they are. Raises ValueError for what is no configuration.
    """
    root = _shipped(config or "base") if config in (None, *NAMES, *PANORAMAS) else _given(config)
    if root.tag == "routing":
        return _compose(root, engine, name, version)
    if root.tag != "config":
        raise ValueError(f"a configuration has <config> at its root, this one has <{root.tag}>")
    if config in PANORAMAS:
        _adapt(root, name, version)
    return root


def _shipped(name: str) -> ET.Element:
    """One of ours, anew for each firewall, and parsed once: the tests start thousands."""
    return copy.deepcopy(_parsed(f"{name}.xml"))


@functools.cache
def _parsed(file: str) -> ET.Element:
    return parse_document((HERE / file).read_bytes())


def _given(config: str) -> ET.Element:
    text = config.lstrip("\ufeff \t\r\n")
    try:
        return parse_document(text if text.startswith("<") else _file(config))
    except ET.ParseError as error:
        raise ValueError(f"the configuration is not well-formed XML: {error}") from error


def _file(config: str) -> bytes:
    path = pathlib.Path(config)
    if not path.is_file():
        raise ValueError(f"config {str(config)!r}: give a file or one of {', '.join((*NAMES, *PANORAMAS))}")
    return path.read_bytes()


def _compose(routing: ET.Element, engine: str, name: str, version: tuple[int, ...]) -> ET.Element:
    root = copy.deepcopy(_parsed(routing.get("base")))
    _adapt(root, name, version)
    device = root.find("devices/entry")
    for tag in _ENGINES[engine]:
        part = routing.find(tag)
        if part is not None:
            device.find("network").append(part)
    imported = ET.SubElement(device.find("vsys/entry/import/network"), engine)
    ET.SubElement(imported, "member").text = "default"
    if engine == "logical-router":
        ET.SubElement(device.find("deviceconfig/setting"), "advance-routing").text = "yes"
    return root


def _adapt(root: ET.Element, name: str, version: tuple[int, ...]) -> None:
    root.set("version", f"{version[0]}.{version[1]}.0")
    root.set("detail-version", ".".join(str(part) for part in version))
    root.find("devices/entry/deviceconfig/system/hostname").text = name
