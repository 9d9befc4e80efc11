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

PURE = ("resources", "peers", "reconcile", "status", "failover", "report")
# Files of resources/ that describe no single object: what tables are made of.
RESOURCE_VOCABULARY = ("desired", "places", "platform", "table")
# These carry the options of many resources; they replace dozens of tasks, so the cost of the imports is paid once.
DOORS_TO_MANY = ("site_to_site_vpn", "transaction")


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
    return None if inside == name or resource in RESOURCE_VOCABULARY else resource


def knows_a_resource(name: str, _stem: str) -> bool:
    return resource_in(name) is not None


def knows_a_foreign_resource(name: str, stem: str) -> bool:
    return stem not in DOORS_TO_MANY and resource_in(name) not in (None, stem)


def knows_a_door(name: str, _stem: str) -> bool:
    return lies_in(name, (PLUGINS,)) and not lies_in(name, (ROOMS,)) and name != f"{PLUGINS}.module_utils"


RULES = (
    Rule("pure rooms know no network", rooms(*PURE), knows(*NETWORK)),
    Rule("pure rooms know no Ansible", rooms(*PURE), knows("ansible")),
    Rule("pure rooms know neither device nor runner", rooms(*PURE), knows(f"{ROOMS}.device", f"{ROOMS}.runner")),
    Rule("reconcile knows no single resource", rooms("reconcile"), knows_a_resource),
    Rule("errors know nobody", rooms("errors"), knows(PLUGINS, "ansible", *NETWORK)),
    Rule("device knows no Ansible objects", rooms("device"), knows(*ANSIBLE_OBJECTS)),
    Rule("device does not know the runner", rooms("device"), knows(f"{ROOMS}.runner")),
    Rule("only device knows the SDK", lambda room: room != "device", knows(*SDK)),
    Rule("rooms do not know their doors", lambda room: room not in ("modules", "filter", "action", "plugin_utils", "lab"), knows_a_door),
    Rule("a door knows its own resource only", rooms("modules"), knows_a_foreign_resource),
    Rule("the lab knows nothing of plugins", rooms("lab"), knows(PLUGINS)),
)


def room_of(file: pathlib.PurePath) -> str:
    """The room of a file, by its path in the collection: C(reconcile), C(runner), C(modules), C(lab)."""
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
        if rule.breaks(use.name, path.stem)
    ]


def endings(root: pathlib.Path) -> list[str]:
    """Places other than the runner that end a module by themselves."""
    return [
        str(Use(path.relative_to(root).as_posix(), node.lineno, node.attr))
        for path in python_files(root)
        if room_of(path.relative_to(root)) != "runner"
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("exit_json", "fail_json")
    ]


@pytest.mark.parametrize("rule", RULES, ids=[rule.words for rule in RULES])
def test_rooms_keep_apart(repository, rule):
    assert violations(repository, rule) == []


def test_only_the_runner_ends_a_module(repository):
    assert endings(repository) == []


def plant(root: pathlib.Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


FORBIDDEN = {
    "a socket in a resource":
        ("plugins/module_utils/resources/zone.py", "import socket"),
    "an HTTP client below a function":
        ("plugins/module_utils/peers/aws.py", "def fetch():\n    from urllib import request\n"),
    "a module object in status":
        ("plugins/module_utils/status/tunnel.py", "from ansible.module_utils.basic import AnsibleModule"),
    "a resource that asks the device":
        ("plugins/module_utils/resources/zone.py", f"from {ROOMS}.device import transaction"),
    "the device by a relative import":
        ("plugins/module_utils/reconcile/plan.py", "from ..device.transaction import send"),
    "the runner from below":
        ("plugins/module_utils/device/commit.py", "from .. import runner"),
    "a single resource in reconcile":
        ("plugins/module_utils/reconcile/plan.py", f"from {ROOMS}.resources.ike_gateway import TABLE"),
    "a single resource in reconcile, by package":
        ("plugins/module_utils/reconcile/plan.py", f"from {ROOMS}.resources import ike_gateway"),
    "an error that knows a room":
        ("plugins/module_utils/errors.py", f"from {ROOMS}.reconcile import masking"),
    "a module object in the device":
        ("plugins/module_utils/device/sdk.py", "from ansible.module_utils.basic import missing_required_lib"),
    "the SDK in a door":
        ("plugins/modules/commit.py", "from panos.firewall import Firewall"),
    "the SDK in the runner":
        ("plugins/module_utils/runner.py", "import pan.xapi"),
    "the SDK in the lab":
        ("tests/lab/emulator/dispatch.py", "import panos"),
    "a door from below":
        ("plugins/module_utils/runner.py", f"from {PLUGINS}.modules import commit"),
    "a neighbour's resource in a door":
        ("plugins/modules/ike_gateway.py", f"from {ROOMS}.resources import ike_crypto_profile"),
    "our own code in the lab":
        ("tests/lab/emulator/schema/ike.py", f"from {ROOMS}.resources.ike_gateway import TABLE"),
    "our own code in the lab, by package":
        ("tests/lab/emulator/schema/ike.py", f"from {COLLECTION} import plugins"),
}

ALLOWED = {
    "the vocabulary of tables in reconcile":
        ("plugins/module_utils/reconcile/plan.py", f"from {ROOMS}.resources.table import Table"),
    "quoting of addresses in a peer":
        ("plugins/module_utils/peers/aws.py", "from urllib.parse import quote"),
    "resources in a peer":
        ("plugins/module_utils/peers/aws.py", f"from {ROOMS}.resources import ike_gateway"),
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


@pytest.mark.parametrize("file, text", ALLOWED.values(), ids=ALLOWED.keys())
def test_an_allowed_import_passes(tmp_path, file, text):
    plant(tmp_path, file, text)
    assert [found for rule in RULES for found in violations(tmp_path, rule)] == []


def test_a_planted_end_of_a_module_is_found(tmp_path):
    plant(tmp_path, "plugins/module_utils/device/commit.py", "def commit(module):\n    module.fail_json(msg='no')\n")
    plant(tmp_path, "plugins/modules/commit.py", "def main(module):\n    runner.run(module)\n")
    assert endings(tmp_path) == ["plugins/module_utils/device/commit.py:2: fail_json"]
