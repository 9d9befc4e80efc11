# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of options is what the tables say, and together with its list of omissions it is complete."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema import FIREWALL
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Entries, Group

NETWORK = "devices/entry/network/"
VSYS = "devices/entry/vsys/entry/"
VIRTUAL, LOGICAL = f"{NETWORK}virtual-router/entry/", f"{NETWORK}logical-router/entry/vrf/entry/"
PEER = "peer-group/entry/peer/entry"
RULES = f"{VSYS}rulebase/"
BASES = {"network": NETWORK, "vsys": VSYS, "rulebase": RULES}
# Objects that stand in a router: where, and what in there is an object of its own or made from options of another form.
IN_ROUTERS = {
    "static_route": (f"{VIRTUAL}routing-table/ip/static-route/entry", ()),
    "static_route of a logical router": (f"{LOGICAL}routing-table/ip/static-route/entry", ()),
    "bgp_instance": (f"{VIRTUAL}protocol/bgp", ("peer-group", "auth-profile", "redist-rules", "policy/import", "policy/export")),
    "bgp_instance of a logical router": (f"{LOGICAL}bgp", ("peer-group", "advertise-network")),
    "router_ecmp": (f"{VIRTUAL}ecmp", ()),
    "router_ecmp of a logical router": (f"{LOGICAL}ecmp", ()),
    "bgp_peer": (f"{VIRTUAL}protocol/bgp/{PEER}", ("connection-options/authentication",)),
    "bgp_peer of a logical router": (f"{LOGICAL}bgp/{PEER}", ("connection-options/authentication", "connection-options/timers", "inherit")),
    "bgp_redistribution": (f"{VIRTUAL}protocol/bgp/redist-rules/entry", ("address-family-identifier", "enable", "set-med")),
}
IN_ANOTHER_OBJECT = {"proxy_id": (f"{NETWORK}tunnel/ipsec/entry/auto-key/proxy-id/entry", ())}


def described_at() -> dict:
    """Where the emulator's schema (which imports nothing of the collection) describes the object of each resource, and what is not part of it."""
    found = {**IN_ROUTERS, **IN_ANOTHER_OBJECT}
    for name, resource in RESOURCES.items():
        if resource.table.container:
            found[name] = ("/".join((BASES[resource.table.location].rstrip("/"), *resource.table.container, "entry")), ())
    return found


DESCRIBED = described_at()


@pytest.fixture(scope="module")
def tables():
    """The tool that writes the page."""
    return importlib.import_module("option_tables")


def test_the_page_is_up_to_date(repository):
    done = subprocess.run([sys.executable, "tools/option_tables.py", "--check"], cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_is_linked(repository):
    extra = yaml.safe_load((repository / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    assert "options" in [page for section in extra["sections"] for page in section["toctree"]]


def described(path: str):
    """What the emulator knows of a place; None where it knows nothing."""
    node = FIREWALL
    for tag in path.split("/"):
        node = getattr(node, "entry", None) if tag == "entry" else getattr(node, "children", {}).get(tag)
    return node


def not_described(places: dict) -> list[str]:
    return [name for name, (path, _objects_of_their_own) in places.items() if described(path) is None]


def test_the_emulator_knows_every_resource():
    assert sorted(RESOURCES.keys() - DESCRIBED.keys()) == []
    assert not_described(DESCRIBED) == []


def test_a_resource_that_the_emulator_does_not_know_is_found():
    assert not_described({**DESCRIBED, "lamp": (f"{NETWORK}lamps/entry", ())}) == ["lamp"]


def test_every_option_has_a_place(tables):
    tables.importable()
    homeless = [f"{resource.name}.{row[0]}" for resource, parts in tables.sections() for engine, _place, nodes in parts
                for row in tables.rows(nodes, tables.COMPOSED.get((resource.name, engine), {})) if not row[3]]
    assert homeless == []


def elements(node, place=""):
    """The paths of all elements below a node that hold a value or a list."""
    if isinstance(node, Group) and not node.children and place:
        yield f"{place}/"
    elif isinstance(node, Group):
        for tag, child in node.children.items():
            yield from elements(child, f"{place}/{tag}" if place else tag)
    elif isinstance(node, Entries):
        yield f"{place}/entry"
        yield from (found for found in elements(node.entry, f"{place}/entry") if found != f"{place}/entry/")
    else:
        yield place


def written(tables, heading: str) -> set:
    """The elements in the tables of a resource: of one engine, where it has two."""
    name, _of, logical = heading.partition(" of a ")
    found = set()
    for resource, parts in tables.sections():
        for engine, _place, nodes in parts:
            if resource.name == name and (not engine or (engine == tables.LOGICAL) is bool(logical)):
                found |= {row[3] for row in tables.rows(nodes, {})}
    return found


def below(element: str, others) -> bool:
    return any(f"{element}/".startswith(f"{other.rstrip('/')}/") for other in others)


@pytest.mark.parametrize("heading", DESCRIBED)
def test_every_element_is_an_option_or_left_out_with_a_reason(tables, heading):
    tables.importable()
    path, objects_of_their_own = DESCRIBED[heading]
    name = heading.partition(" of a ")[0]
    known = written(tables, heading)
    left_out = [element for elements_, why in tables.LEFT_OUT.get(name, ()) for element in elements_.split(", ") if why]
    # A path of a failover is a list of ours, and one element of PAN-OS's rule.
    paths = {element.replace("action/forward/entry", "action/forward") for element in known} | {"action/forward/egress-interface", "action/discard"}
    known = paths if name == "pbf_failover" else known
    missing = [element for element in elements(described(path))
               if element.rstrip("/") not in known and not below(element, left_out) and not below(element, objects_of_their_own)]
    assert missing == []


def test_what_is_left_out_has_a_reason(tables):
    assert [element for elements_ in tables.LEFT_OUT.values() for element, why in elements_ if not why] == []
