# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An object with every kind of node, values for it, and what others may have written around them; for the tests of reconcile."""

from __future__ import annotations

import base64
import copy
import hashlib
import xml.etree.ElementTree as ET

from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Entries, Group, Leaf, Members, Table

DEVICE = ("config", "devices", ("entry", "localhost.localdomain"))
NAMES = ("alpha", "bravo", "charlie", "delta")
# Empty elements that mean something; all other empty ones are containers, which come and go unnoticed.
FLAGS = ("dynamic", "flag")
MARKS = ("admin", "dirtyId", "time")

TABLE = Table(
    "lamp", "network", ("lamps",),
    nodes=(
        Leaf("colour", "colour", max_length=20),
        Leaf("watts", "power/watts", "int", minimum=1, maximum=100, unit="watts"),
        Leaf("dimmed", "power/dimmed", "bool", absent=False),
        Leaf("flag", "flag", "empty"),
        Leaf("password", "lock/key", "secret", max_length=40),
        Members("order", "order", ordered=True),
        Members("rooms", "rooms"),
        Members("guests", "guests", shared=True),
        Members("owners", "owners", exact=True),
        Group("place", "place", (
            Leaf("ip", "ip"),
            Leaf("fqdn", "fqdn"),
            Leaf("dynamic", "dynamic", "empty"),
        ), choices=(Choice("", ("ip", "fqdn", "dynamic")),)),
        Entries("timers", "timers", (Leaf("minutes", "minutes", "int"), Members("days", "days")), key="name"),
        Entries("tags", "tags"),
    ),
    created={"watts": 40, "colour": "white"},
)


def base(location: str) -> tuple:
    return DEVICE + (location,)


def place(name="lamp") -> tuple:
    return base("network") + TABLE.container + (("entry", name),)


def lamp(values, state="present", name="lamp", **more) -> DesiredEntry:
    return DesiredEntry(TABLE, name, values, state, **more)


def configuration(*entries: str) -> ET.Element:
    """A candidate with these lamps."""
    return ET.fromstring(
        f"<config><devices><entry name='localhost.localdomain'><network><lamps>{''.join(entries)}</lamps></network></entry></devices></config>")


def stored(secret: str) -> str:
    """A secret as the firewall keeps it: marker, digest of the plain text, ciphertext."""
    cipher = base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()
    return "-AQ==" + base64.b64encode(hashlib.sha1(secret.encode()).digest()).decode() + cipher


def with_stored_secrets(root: ET.Element) -> ET.Element:
    """The tree as the firewall gives it back: each key in its stored form."""
    kept = copy.deepcopy(root)
    for element in kept.iter("key"):
        if element.text and not element.text.startswith("-AQ=="):
            element.text = stored(element.text)
    return kept


def canonical(element: ET.Element):
    """A tree without marks and empty containers, in which only the order of ordered lists counts."""
    children = [found for found in map(canonical, element) if found is not None]
    attributes = tuple(sorted((key, value) for key, value in element.attrib.items() if key not in MARKS))
    text = (element.text or "").strip()
    if not children and not text and not attributes and element.tag not in FLAGS:
        return None
    return (element.tag, attributes, text, tuple(children if element.tag == "order" else sorted(children, key=repr)))


names = st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
# Text that XML has to escape, and text that means something to a shell or to JSON.
texts = st.text(alphabet="abc XYZ019&<>\"'\\/.-", min_size=1, max_size=20).map(str.strip).filter(bool)
secrets_ = st.text(alphabet="abcXYZ019&<>\"'\\._", min_size=6, max_size=20)
timers = st.lists(st.fixed_dictionaries({"name": st.sampled_from(NAMES)}, optional={"minutes": st.integers(1, 60), "days": names}),
                  unique_by=lambda timer: timer["name"], max_size=3)
places_ = st.one_of(st.fixed_dictionaries({"ip": st.just("192.0.2.1")}), st.fixed_dictionaries({"fqdn": st.just("lamp.example.net")}),
                    st.just({"dynamic": True}))
values = st.fixed_dictionaries({}, optional={
    "colour": texts, "watts": st.integers(1, 100), "dimmed": st.booleans(), "flag": st.booleans(), "password": secrets_, "order": names, "rooms": names,
    "guests": names, "owners": names, "place": places_, "timers": timers, "tags": names,
})
states = st.sampled_from(["present", "replaced"])


@st.composite
def shuffled(draw, root: ET.Element):
    """The same configuration with entries and members of unordered lists in another order."""
    other = copy.deepcopy(root)
    for element in list(other.iter()):
        if element.tag != "order" and len(element) > 1:
            element[:] = draw(st.permutations(list(element)))
    return other
