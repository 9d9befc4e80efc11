# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may know whom: reads the imports of plugins/ and tests/lab and fails on a forbidden one."""

from __future__ import annotations

import ast
import functools
import pathlib
from typing import Callable, Iterator, NamedTuple

import pytest

COLLECTION = "ansible_collections.tunnelsmith.panos_vpn"
PLUGINS = f"{COLLECTION}.plugins"
ROOMS = f"{PLUGINS}.module_utils"

NETWORK = (
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "select", "selectors", "smtplib", "socket",
    "socketserver", "ssl", "subprocess", "telnetlib", "urllib.request", "urllib3", "xmlrpc",
)
SDK = ("panos", "pan")
ANSIBLE_OBJECTS = ("ansible.module_utils.basic", "ansible.module_utils.connection", "ansible.plugins", "ansible.utils")

#: The house, from the ground up. A room imports only from the floors below its own.
FLOORS = (
    ("errors", "commands"),
    ("configuration", "tables"),
    ("arguments", "reconcile", "peers"),
    ("parts",),
    ("resources", "device"),
    ("registry", "scm"),
    ("firewall", "prisma"),
    ("vpn",),
    ("status",),
    ("diagnosis", "drill", "report"),
    ("inquiry",),
    ("tasks",),
)
FLOOR_OF = {room: number for number, rooms_there in enumerate(FLOORS) for room in rooms_there}
PURE = ("configuration", "tables", "reconcile", "peers", "parts", "prisma", "resources", "firewall", "vpn", "status", "diagnosis", "drill", "report")
# These carry the options of many resources; they replace dozens of tasks, so the cost of the imports is paid once.
DOORS_TO_MANY = ("site_to_site_vpn", "transaction")
ENDS_A_MODULE = "plugins/module_utils/tasks/module.py"
# Every cloud has a folder of its own in peers/.
CLOUDS = ("aws", "azure", "gcp", "harmony_sase", "prisma_access", "zstack")


class Use(NamedTuple):
    """One name that a file imports or calls."""

    file: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}"


class Rule(NamedTuple):
    """In the rooms that C(concerns) selects, no import may be one that C(breaks) picks out (by its name and the file's)."""

    words: str
    concerns: Callable[[str], bool]
    breaks: Callable[[str, str], bool]


def rooms(*names: str) -> Callable[[str], bool]:
    return lambda room: room in names


def knows(*packages: str) -> Callable[[str, str], bool]:
    return lambda name, _stem: lies_in(name, packages)


def lies_in(name: str, packages: tuple) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def resource_in(name: str) -> str | None:
    """The single resource that an imported name belongs to, if any."""
    inside = name.removeprefix(f"{ROOMS}.resources.")
    resource = inside.split(".")[0]
    return None if inside == name else resource


def knows_a_foreign_resource(name: str, stem: str) -> bool:
    return stem not in DOORS_TO_MANY and resource_in(name) not in (None, stem)


def knows_another_cloud(name: str, place: str) -> bool:
    """A cloud's folder in peers/ is that cloud's alone; C(place) is the file's folder."""
    inside = name.removeprefix(f"{ROOMS}.peers.")
    there = inside.split(".")[0]
    return inside != name and there in CLOUDS and place in CLOUDS and there != place


def knows_a_cloud(name: str, _place: str) -> bool:
    return lies_in(name, tuple(f"{ROOMS}.peers.{cloud}" for cloud in CLOUDS))


def knows_a_door(name: str, _stem: str) -> bool:
    return lies_in(name, (PLUGINS,)) and not lies_in(name, (ROOMS,)) and name != f"{PLUGINS}.module_utils"


RULES = (
    Rule("pure rooms know no network", rooms(*PURE), knows(*NETWORK)),
    Rule("pure rooms know no Ansible", rooms(*PURE), knows("ansible")),
    Rule("errors and commands know no Ansible and no network", rooms("errors", "commands"), knows("ansible", *NETWORK)),
    Rule("only tasks and plugins know Ansible objects", rooms("device", "inquiry"), knows(*ANSIBLE_OBJECTS)),
    Rule("only device knows the SDK", lambda room: room != "device", knows(*SDK)),
    Rule("one file of device knows the SDK", rooms("device"), lambda name, stem: stem != "sdk" and lies_in(name, SDK)),
    Rule("the channel alone opens connections", rooms("device"), lambda name, stem: stem not in ("channel", "dialling") and lies_in(name, NETWORK)),
    Rule("what speaks to the cloud's API speaks through the channel", rooms("scm"), knows(*NETWORK, *ANSIBLE_OBJECTS)),
    Rule("rooms do not know their doors", lambda room: room in FLOOR_OF, knows_a_door),
    Rule("a door knows its own resource only", rooms("modules"), knows_a_foreign_resource),
    Rule("no room but peers knows a single cloud", lambda room: room in FLOOR_OF and room != "peers", knows_a_cloud),
    Rule("a cloud knows no other cloud", lambda room: room == "peers", knows_another_cloud),
    Rule("the lab knows nothing of plugins", rooms("lab"), knows(PLUGINS)),
)


def room_imported(name: str) -> str | None:
    """The room that an imported name belongs to."""
    inside = name.removeprefix(f"{ROOMS}.")
    return None if inside == name else inside.split(".")[0]


def upstairs(root: pathlib.Path) -> list[str]:
    """Imports that do not run down: from a room to another one on its own floor or above, or to one that is on no floor."""
    found = []
    for path in python_files(root):
        room = room_of(path.relative_to(root))
        for use in imports(root, path) if room in FLOOR_OF else ():
            there = room_imported(use.name)
            if there not in (None, room) and FLOOR_OF.get(there, len(FLOORS)) >= FLOOR_OF[room]:
                found.append(str(use))
    return found


def room_of(file: pathlib.PurePath) -> str:
    """The room of a file, by its path in the collection: C(reconcile), C(errors), C(modules), C(lab)."""
    parts = file.with_suffix("").parts
    return parts[2] if parts[:2] == ("plugins", "module_utils") else parts[1]


def python_files(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted([*(root / "plugins").rglob("*.py"), *(root / "tests" / "lab").rglob("*.py")])


@functools.lru_cache(maxsize=None)
def nodes(path: pathlib.Path) -> tuple:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))))


def imports(root: pathlib.Path, path: pathlib.Path) -> Iterator[Use]:
    """Every import anywhere in a file, by absolute name; C(from a import b) counts as C(a.b), which it may be."""
    file = path.relative_to(root)
    package = (COLLECTION, *file.parent.parts)
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (Use(file.as_posix(), node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[:len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *([node.module] if node.module else [])))
            yield from (Use(file.as_posix(), node.lineno, f"{module}.{alias.name}") for alias in node.names)


def violations(root: pathlib.Path, rule: Rule) -> list[str]:
    return [
        str(use)
        for path in python_files(root)
        if rule.concerns(room_of(path.relative_to(root)))
        for use in imports(root, path)
        if rule.breaks(use.name, path.parent.name if path.parent.name in CLOUDS else path.stem)
    ]


def endings(root: pathlib.Path) -> list[str]:
    """Places other than the one that is for it that end a module by themselves."""
    return [
        str(Use(path.relative_to(root).as_posix(), node.lineno, node.attr))
        for path in python_files(root)
        if path.relative_to(root).as_posix() != ENDS_A_MODULE
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("exit_json", "fail_json")
    ]


@pytest.mark.parametrize("rule", RULES, ids=[rule.words for rule in RULES])
def test_rooms_keep_apart(repository, rule):
    assert violations(repository, rule) == []


def test_nobody_imports_from_upstairs(repository):
    assert upstairs(repository) == []


def test_every_room_has_its_floor(repository):
    house = repository / "plugins" / "module_utils"
    there = {path.stem for path in house.iterdir() if path.suffix == ".py" or path.is_dir()} - {"__init__", "__pycache__"}
    assert there == set(FLOOR_OF)


def test_one_place_ends_a_module(repository):
    assert endings(repository) == []


def plant(root: pathlib.Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


FORBIDDEN = {
    "a socket in a resource":
        ("plugins/module_utils/resources/zone.py", "import socket"),
    "an HTTP client below a function":
        ("plugins/module_utils/peers/aws/reader.py", "def fetch():\n    from urllib import request\n"),
    "a module object in status":
        ("plugins/module_utils/status/tunnel.py", "from ansible.module_utils.basic import AnsibleModule"),
    "an error that knows Ansible":
        ("plugins/module_utils/errors.py", "from ansible.errors import AnsibleError"),
    "a module object in the device":
        ("plugins/module_utils/device/sdk.py", "from ansible.module_utils.basic import missing_required_lib"),
    "the SDK in a door":
        ("plugins/modules/commit.py", "from panos.firewall import Firewall"),
    "the SDK in a session":
        ("plugins/module_utils/device/connection.py", "from pan import xapi"),
    "a connection beside the channel":
        ("plugins/module_utils/device/connection.py", "from urllib import request"),
    "a connection of its own to the cloud":
        ("plugins/module_utils/scm/client.py", "import http.client"),
    "the SDK in a task":
        ("plugins/module_utils/tasks/module.py", "import pan.xapi"),
    "the SDK in the lab":
        ("tests/lab/emulator/dispatch.py", "import panos"),
    "a door from below":
        ("plugins/module_utils/tasks/commit.py", f"from {PLUGINS}.modules import commit"),
    "a neighbour's resource in a door":
        ("plugins/modules/ike_gateway.py", f"from {ROOMS}.resources import ike_crypto_profile"),
    "a cloud in a resource":
        ("plugins/module_utils/resources/zone.py", f"from {ROOMS}.peers.aws import reader"),
    "a cloud in another cloud":
        ("plugins/module_utils/peers/gcp/reader.py", f"from {ROOMS}.peers.aws import reader"),
    "our own code in the lab":
        ("tests/lab/emulator/schema/ike.py", f"from {ROOMS}.resources.ike_gateway import TABLE"),
    "our own code in the lab, by package":
        ("tests/lab/emulator/schema/ike.py", f"from {COLLECTION} import plugins"),
}

UPSTAIRS = {
    "a VPN in a resource":
        ("plugins/module_utils/resources/zone.py", f"from {ROOMS}.vpn import build"),
    "a VPN in reconcile":
        ("plugins/module_utils/reconcile/plan.py", f"from {ROOMS}.vpn import vpn"),
    "the diagnosis in the device":
        ("plugins/module_utils/device/commit.py", f"from {ROOMS}.diagnosis import diagnosis"),
    "a task in the device":
        ("plugins/module_utils/device/commit.py", f"from {ROOMS}.tasks import site_to_site_vpn"),
    "a task in a VPN":
        ("plugins/module_utils/vpn/build.py", f"from {ROOMS}.tasks import site_to_site_vpn"),
    "a task, by package":
        ("plugins/module_utils/vpn/build.py", f"from {ROOMS} import tasks"),
    "the report in status":
        ("plugins/module_utils/status/state.py", f"from {ROOMS}.report import fleet"),
    "the status in a VPN":
        ("plugins/module_utils/vpn/rollout.py", f"from {ROOMS}.status import flow"),
    "a single resource in reconcile":
        ("plugins/module_utils/reconcile/plan.py", f"from {ROOMS}.resources.ike_gateway import TABLE"),
    "the device in a resource":
        ("plugins/module_utils/resources/zone.py", f"from {ROOMS}.device import transaction"),
    "the device by a relative import":
        ("plugins/module_utils/reconcile/plan.py", "from ..device.transaction import send"),
    "a neighbour on the same floor":
        ("plugins/module_utils/report/page.py", f"from {ROOMS}.drill import timeline"),
    "a room that is on no floor":
        ("plugins/module_utils/vpn/build.py", f"from {ROOMS} import helpers"),
    "an error that knows a room":
        ("plugins/module_utils/errors.py", f"from {ROOMS}.reconcile import diff"),
}

ALLOWED = {
    "the vocabulary of tables in reconcile":
        ("plugins/module_utils/reconcile/plan.py", f"from {ROOMS}.tables.table import Table"),
    "quoting of addresses in a peer":
        ("plugins/module_utils/peers/aws/reader.py", "from urllib.parse import quote"),
    "resources in a VPN":
        ("plugins/module_utils/vpn/build.py", f"from {ROOMS}.resources import ike_gateway"),
    "a cloud's own files":
        ("plugins/module_utils/peers/aws/reader.py", f"from {ROOMS}.peers.aws import document\nfrom {ROOMS}.peers import profile"),
    "the SDK in the device":
        ("plugins/module_utils/device/sdk.py", "from panos.firewall import Firewall"),
    "a package whose name begins like the SDK's":
        ("plugins/module_utils/reconcile/plan.py", "import pandas"),
    "a door's own resource":
        ("plugins/modules/ike_gateway.py", f"from {ROOMS}.resources import ike_gateway"),
    "a whole VPN's resources":
        ("plugins/modules/site_to_site_vpn.py", f"from {ROOMS}.resources import ike_gateway, zone"),
    "a network in the lab":
        ("tests/lab/emulator/dispatch.py", "import socket\nfrom . import responses\n"),
}


@pytest.mark.parametrize("file, text", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_planted_forbidden_import_is_found(tmp_path, file, text):
    plant(tmp_path, file, text)
    assert any(violations(tmp_path, rule) for rule in RULES)


@pytest.mark.parametrize("file, text", UPSTAIRS.values(), ids=UPSTAIRS.keys())
def test_a_planted_import_that_runs_up_is_found(tmp_path, file, text):
    plant(tmp_path, file, text)
    assert len(upstairs(tmp_path)) == len(text.splitlines())


@pytest.mark.parametrize("file, text", ALLOWED.values(), ids=ALLOWED.keys())
def test_an_allowed_import_passes(tmp_path, file, text):
    plant(tmp_path, file, text)
    assert [found for rule in RULES for found in violations(tmp_path, rule)] + upstairs(tmp_path) == []


def test_a_planted_end_of_a_module_is_found(tmp_path):
    plant(tmp_path, "plugins/module_utils/device/commit.py", "def commit(module):\n    module.fail_json(msg='no')\n")
    plant(tmp_path, "plugins/modules/commit.py", "def main(module):\n    resource.run(module)\n")
    assert endings(tmp_path) == ["plugins/module_utils/device/commit.py:2: fail_json"]
