# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what a new resource needs and what follows from its name or its table. C(TODO) stands where a person has to write.

The first run (with the place of the object, as C(network/interface/loopback/units)) writes the table's file and the object's place. The second
one, once the table says the options, writes the door with a line for each of them, its entries in the collection's metadata, and the unit test.
The emulator's schema is not written here: it comes from the vendor's documentation, so that one misunderstanding does not pass on both sides.
"""

from __future__ import annotations

import pathlib
import re
import sys

import yaml

from generated import ROOT, importable
from option_tables import length, takes

PACKAGE = "ansible_collections.tunnelsmith.panos_vpn"
HEADER = "".join(pathlib.Path(__file__).read_text(encoding="utf-8").splitlines(keepends=True)[:3])
PLACES = ROOT / "plugins" / "module_utils" / "tables" / "places.py"
RUNTIME = ROOT / "meta" / "runtime.yml"

TABLE = '''{header}
"""TODO: what these objects are."""

from __future__ import annotations

from {package}.plugins.module_utils.reconcile.single import single
from {package}.plugins.module_utils.tables.places import PLACES
from {package}.plugins.module_utils.tables.table import Leaf, Table

TABLE = Table(
    "{name}", *PLACES["{name}"],
    nodes=(
        # TODO: each element once, from the vendor's documentation; tables/table.py says what a node can be.
        Leaf("comment", "comment", max_length=1023),
    ),
)

RESOURCE = single("{name}", TABLE)
'''

DOOR = '''#!/usr/bin/python
{header}
from __future__ import annotations

DOCUMENTATION = r"""
module: {name}
short_description: Manage {words}s on Palo Alto Networks firewalls
version_added: {version}
description:
  - "TODO: what the objects are for."
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
{fragments}
options:
{options}
"""

EXAMPLES = r"""
- name: "TODO: Make a {words}"
  tunnelsmith.panos_vpn.{name}:
{identity}

- name: Read all {words}s
  tunnelsmith.panos_vpn.{name}:
    state: gathered
  register: found

- name: Remove the {words}
  tunnelsmith.panos_vpn.{name}:
{identity}
    state: absent
"""

RETURN = r"""
gathered:
  description: The {words}s that are there, as options that would recreate them.
  returned: with O(state=gathered)
  type: list
  elements: dict
  sample:
{sample}
objects:
  description: Places of the objects that the task is about, for O(tunnelsmith.panos_vpn.commit#module:objects).
  returned: unless O(state=gathered)
  type: list
  elements: str
  sample:
    - {place}
"""

from {package}.plugins.module_utils import arguments
from {package}.plugins.module_utils.resources.{name} import RESOURCE
from {package}.plugins.module_utils.tasks.resource import run


def argument_spec():
    return arguments.of_resource(RESOURCE)


def main():
    run(RESOURCE)


if __name__ == "__main__":
    main()
'''

TEST = '''{header}
"""The module {name}."""

from __future__ import annotations

from {package}.plugins.modules import {name}
from {package}.tests.unit.plugins.modules.door import Case, DoorContract

PLACE = "{place}"


class Test{title}(DoorContract):
    # TODO: what to make, how it stands in the configuration, one option more, and what state=replaced makes of it.
    case = Case(
        {name},
        identity={{"name": "{example}"}},
        options={{}},
        place=PLACE,
        entry='<entry name="{example}"/>',
        change={{"comment": "changed"}},
        writes=[("set", "/comment")],
        changed='<entry name="{example}"><comment>changed</comment></entry>',
        replacement={{"comment": "replaced"}},
        replaced='<entry name="{example}"><comment>replaced</comment></entry>',
    )
'''


def write(file: pathlib.Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    print(f"written: {file.relative_to(ROOT)}")


def begin(name: str, place: str) -> None:
    """The table's file and the object's place."""
    location, *container = place.split("/")
    source = PLACES.read_text(encoding="utf-8")
    steps = ", ".join(f'"{step}"' for step in container)
    line = f'    "{name}": ("{location}", ({steps}{"," if len(container) == 1 else ""})),\n'
    write(PLACES, source.replace("\n}\n", f"\n{line}}}\n", 1))
    write(ROOT / "plugins" / "module_utils" / "resources" / f"{name}.py", TABLE.format(header=HEADER, package=PACKAGE, name=name))
    print("Fill in the table, then run this once more.")


def finish(name: str) -> None:
    """What follows from the table."""
    importable()
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
    from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.naming import name_for

    resource = RESOURCES[name]
    example, words = name_for(resource.table), name.replace("_", " ")
    place = path.render(Location().base(resource.table.location) + resource.table.container + (("entry", example),))
    options = {
        "name": {"description": f"TODO: Name of the {words}. Required unless O(state=gathered), which then returns all.", "type": "str"},
        **{node.option: documented(node) for node in resource.table.nodes + resource.extra},
    }
    facts = {
        "header": HEADER, "package": PACKAGE, "name": name, "words": words, "example": example, "place": place,
        "title": "".join(part.capitalize() for part in name.split("_")),
        "version": yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"],
        "fragments": "\n".join(f"  - tunnelsmith.panos_vpn.{fragment}" for fragment in fragments(resource)),
        "options": indented(options, 2), "identity": f"    name: {example}", "sample": f"    - name: {example}",
    }
    write(ROOT / "plugins" / "modules" / f"{name}.py", DOOR.format(**facts))
    write(ROOT / "tests" / "unit" / "plugins" / "modules" / f"test_{name}.py", TEST.format(**facts))
    write(RUNTIME, registered(RUNTIME.read_text(encoding="utf-8"), name))
    print("To do by hand: the lines with TODO, and the object in tests/lab/emulator/schema. Then: python tools/option_tables.py, "
          "python tools/transaction_documentation.py, pytest tests/standards")


def fragments(resource) -> list:
    """The shared pieces of documentation, by the places that a resource can stand in."""
    found = ["provider", "attributes", "attributes.writes", "state"]
    if "rulebase" in resource.locations:
        return found + ["location.rulebase"]
    return found + ["location"] + (["location.vsys"] if "vsys" in resource.locations else [])


def documented(node) -> dict:
    """An option as the documentation has it, with what the table knows of it."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.arguments import of_nodes
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries

    spec = of_nodes((node,))[node.option]
    option = {"description": f"TODO. {limits(node)}".strip(), "type": spec["type"]}
    option.update({key: spec[key] for key in ("elements", "required", "choices") if spec.get(key)})
    inner = {sub.option: documented(sub) for sub in getattr(node, "nodes", ())}
    if isinstance(node, Entries) and inner:
        inner = {node.key: {"description": "TODO.", "type": "str", "required": True}, **inner}
    return {**option, "suboptions": inner} if inner else option


def limits(node) -> str:
    """What the table says of an option's values, as a sentence; words that can be chosen are listed anyway."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group

    if isinstance(node, Group) or node.choices:
        return ""
    known = length(node) if isinstance(node, Entries) else takes(node)
    return f"{known[0].upper()}{known[1:]}." if known else ""


def indented(value, by: int) -> str:
    text = yaml.safe_dump(value, sort_keys=False, width=140, allow_unicode=True)
    return "\n".join(f"{' ' * by}{line}" for line in text.splitlines())


def registered(runtime: str, name: str) -> str:
    """The collection's metadata with a module in its action group, and with its route."""
    known = yaml.safe_load(runtime)
    modules = sorted({*known["action_groups"]["all"], name})
    route = next(iter(known["plugin_routing"]["modules"].values()))["action_plugin"]
    runtime = re.sub(r"(?m)(^  all:\n)(?:    - \w+\n)+", lambda match: match.group(1) + "".join(f"    - {module}\n" for module in modules), runtime)
    routes = "".join(f"    {module}:\n      action_plugin: {route}\n" for module in modules)
    return re.sub(r"(?m)(^  modules:\n)(?:    \w+:\n      action_plugin: [\w.]+\n)+", lambda match: match.group(1) + routes, runtime)


def main() -> int:
    if len(sys.argv) not in (2, 3) or not re.fullmatch(r"[a-z][a-z0-9_]*", sys.argv[1]):
        raise SystemExit("usage: new_resource.py NAME [PLACE]; a place is as network/interface/loopback/units")
    name, place = sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else ""
    if (ROOT / "plugins" / "modules" / f"{name}.py").exists():
        raise SystemExit(f"plugins/modules/{name}.py is there already")
    if (ROOT / "plugins" / "module_utils" / "resources" / f"{name}.py").exists():
        finish(name)
    elif place:
        begin(name, place)
    else:
        raise SystemExit("the first run needs the place too: PLACE=network/interface/loopback/units")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
