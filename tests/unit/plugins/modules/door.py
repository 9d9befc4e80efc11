# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules called in this process against an emulated firewall, and what each of them has to keep.

C(Door) runs one module. C(DoorContract) is the set of tests that every resource's module passes: its subclass says in a
C(Case) what to make, how that looks in the firewall's configuration, and what changes when one option does.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from unittest import mock

import pytest
import yaml

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import leaves, provider_of

testing = pytest.importorskip("ansible.module_utils.testing", reason="this ansible-core has no helper to give a module its arguments")

COLLECTION = "tunnelsmith.panos_vpn"
DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
NETWORK = f"{DEVICE}/network"
VSYS = f"{DEVICE}/vsys/entry[@name='vsys1']"
ROUTERS = {
    "virtual-router": f"{NETWORK}/virtual-router/entry[@name='default']",
    "logical-router": f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']",
}
# Interfaces that rules and tunnels of the tests refer to: (xpath, XML) each.
UNITS = tuple((f"{NETWORK}/interface/tunnel/units", f'<entry name="tunnel.{unit}"/>') for unit in (11, 12, 13))
WRITING_ACTIONS = ("set", "edit", "delete", "move", "rename", "clone", "override", "multi-config")
# Marks that the firewall adds, and empty elements that are values and no containers.
MARKS = ("admin", "dirtyId", "time", "uuid")
EMPTY_VALUES = ("discard", "no-pbf", "receive", "dynamic", "any", "none", "tcp", "udp", "prefix", "anycast", "unicast", "multicast", "both",
                "no-install", "redist", "no-redist", "ebgp", "ibgp", "deny", "allow", "yes")


@dataclass
class Result:
    """What a module gave back. C(text): its output as it was printed. C(logged): what went to the system log."""

    values: dict
    text: str
    warnings: list
    logged: list

    @property
    def changed(self) -> bool:
        return self.values["changed"]

    @property
    def failed(self) -> bool:
        return bool(self.values.get("failed"))

    @property
    def message(self) -> str:
        return self.values.get("msg", "")

    @property
    def diff(self) -> dict:
        return self.values.get("diff", {})

    def everything(self) -> str:
        """All that leaves the module, in one text, also as JSON decodes it."""
        return "\n".join([self.text, repr(self.values), *leaves(self.values), *self.warnings, *self.logged])


def run_module(module, params, check=False, diff=True) -> Result:
    """One call of a module's C(main())."""
    printed, warnings, logged = io.StringIO(), [], []
    arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": diff}
    with testing.patch_module_args(arguments), contextlib.redirect_stdout(printed), \
            mock.patch.object(AnsibleModule, "warn", lambda self, warning, *dummy, **more: warnings.append(str(warning))), \
            mock.patch.object(AnsibleModule, "log", lambda self, message, log_args=None: logged.append(f"{message} {log_args}")), \
            pytest.raises(SystemExit):
        module.main()
    text = printed.getvalue()
    return Result(json.loads(text), text, warnings, logged)


def canonical(element: ET.Element):
    """A tree without the firewall's marks and without empty containers; the order counts for members and entries only."""
    children = [found for found in map(canonical, element) if found is not None]
    name, text = element.get("name"), (element.text or "").strip()
    attributes = tuple(sorted((key, value) for key, value in element.attrib.items() if key not in MARKS))
    if not children and not text and not name and not attributes and element.tag not in EMPTY_VALUES:
        return None
    listed = [child for child in children if child[0] in ("member", "entry")]
    others = sorted((child for child in children if child[0] not in ("member", "entry")), key=repr)
    return (element.tag, attributes, text, tuple(listed + others))


def parsed(text: str):
    """The canonical form of XML text; None for nothing."""
    return canonical(ET.fromstring(text)) if text.strip() else None


class Door:
    """One module and one firewall."""

    def __init__(self, module, firewall):
        self.module = module
        self.firewall = firewall
        self.control = firewall.control
        self.provider = provider_of(firewall)

    def run(self, options, check=False, diff=True, module=None, **more) -> Result:
        """One task. The request log holds what this task sent."""
        self.control.reset_requests()
        result = run_module(module or self.module, {"provider": self.provider, **options, **more}, check, diff)
        # Places are said in words. What an XPath is for is told as data, beside.
        assert [text for text in (result.message, *result.warnings) if OUR_XPATH.search(text)] == []
        return result

    def done(self, options, **more) -> Result:
        """A task that must succeed."""
        result = self.run(options, **more)
        assert not result.failed, result.message
        return result

    def candidate(self, xpath="/config"):
        return parsed(self.control.candidate(xpath))

    def text(self, xpath) -> str:
        """The text of one element of the candidate; empty where there is none."""
        found = self.control.candidate(xpath)
        return (ET.fromstring(found).text or "") if found else ""

    def stands(self, xpath, expected) -> bool:
        """Whether the candidate holds C(expected) at a place; where not, pytest shows both."""
        assert self.candidate(xpath) == parsed(expected)
        return True

    def writes(self) -> list:
        """What the last task sent to be changed, as (action, xpath), whatever came of it."""
        found = []
        for request in self.control.requests():
            if request["type"] == "config" and request["action"] in WRITING_ACTIONS:
                operations = request["operations"] if request["action"] == "multi-config" else [(request["action"], request["xpath"])]
                found.extend((action, xpath) for action, xpath in operations)
        return found

    def refused(self, options, *words, **more) -> Result:
        """A task that must be refused before anything is written, with these words."""
        before = self.control.candidate()
        result = self.run(options, **more)
        assert result.failed
        assert [word for word in words if word not in result.message] == [], result.message
        assert self.writes() == []
        assert self.control.candidate() == before
        return result


@dataclass(frozen=True)
class Case:
    """What the tests of a module make and change.

    C(identity): the options that say which object. C(options): those that make a new one. C(place), C(entry): where it then
    stands, and how. C(change), C(writes), C(changed): one option more, what that sends (below C(place)), and what stands then.
    C(replacement), C(replaced): options with C(state=replaced), and what stands then; empty where the module has no such state.
    C(gathered): what comes back after C(options), beyond them. C(needs): (xpath, XML) that must be there before.
    C(memberships): places of members that come and go with the object. C(secrets): options that do not come back, with the element
    of the entry that holds them. C(examples): values for the templates in the module's examples. C(firewall): the emulator's arguments.
    """

    module: object
    identity: dict
    options: dict
    place: str
    entry: str
    change: dict
    writes: list
    changed: str
    replacement: dict = field(default_factory=dict)
    replaced: str = ""
    gathered: dict = field(default_factory=dict)
    needs: tuple = ()
    memberships: tuple = ()
    secrets: dict = field(default_factory=dict)
    firewall: dict = field(default_factory=dict)
    examples: dict = field(default_factory=dict)

    @property
    def new(self) -> dict:
        return {**self.identity, **self.options}


# As this collection writes one; a firewall's own words, and what a test gave, may have others.
OUR_XPATH = re.compile(r"/config/(devices|shared|panorama)/\S*entry\[@name=")
UNKNOWN = "<of-tomorrow><level>3</level></of-tomorrow>"


class DoorContract:
    """The tests that every resource's module passes."""

    case: Case

    @pytest.fixture
    def door(self, firewalls) -> Door:
        door = Door(self.case.module, firewalls(**self.case.firewall))
        for xpath, element in self.case.needs:
            door.control.plant(xpath, element)
        return door

    def test_makes_the_object_once(self, door):
        first = door.done(self.case.new)
        assert first.changed
        assert first.diff["before"] != first.diff["after"]
        assert self.stands(door, self.case.entry)
        assert [place for place in self.case.memberships if door.candidate(place) is None] == []
        second = door.done(self.case.new)
        assert not second.changed
        assert not second.diff
        assert door.writes() == []

    def test_sends_one_transaction_over_one_connection(self, door):
        door.done(self.case.new)
        requests = door.control.requests()
        assert [request["action"] for request in requests if request["action"] in WRITING_ACTIONS] == ["multi-config"]
        assert door.control.connections() == 1

    def test_check_mode_shows_the_same_diff_and_writes_nothing(self, door):
        before = door.control.candidate()
        checked = door.done(self.case.new, check=True)
        assert door.writes() == []
        assert door.control.candidate() == before
        done = door.done(self.case.new)
        assert checked.changed
        assert checked.diff == done.diff
        assert checked.values["objects"] == done.values["objects"]

    def test_writes_only_what_differs(self, door):
        door.done(self.case.new)
        result = door.done({**self.case.identity, **self.case.change})
        assert result.changed
        assert [(action, xpath.replace(self.case.place, "", 1)) for action, xpath in door.writes()] == self.case.writes
        assert self.stands(door, self.case.changed)

    def test_what_is_not_known_survives(self, door):
        door.done(self.case.new)
        self.plant_unknown(door)
        door.done({**self.case.identity, **self.case.change})
        assert self.unknown_stands(door)
        if self.case.replacement:
            result = door.done({**self.case.identity, **self.case.replacement}, state="replaced")
            assert self.unknown_stands(door)
            assert any("of-tomorrow" in warning for warning in result.warnings)

    def plant_unknown(self, door):
        """An attribute of the object, and an element in it, that no version knows yet."""
        found = ET.fromstring(door.control.candidate(self.case.place))
        for child in list(found):
            found.remove(child)
        found.set("since", "tomorrow")
        found.append(ET.fromstring(UNKNOWN))
        door.control.plant(self.case.place.rpartition("/")[0], ET.tostring(found, encoding="unicode"))

    def unknown_stands(self, door) -> bool:
        found = ET.fromstring(door.control.candidate(self.case.place))
        return found.get("since") == "tomorrow" and canonical(found.find("of-tomorrow")) == parsed(UNKNOWN)

    def test_replaces(self, door):
        if not self.case.replacement:
            assert "replaced" not in self.case.module.argument_spec()["state"]["choices"]
            return
        door.done(self.case.new)
        door.done({**self.case.identity, **self.case.change})
        replacement = {**self.case.identity, **self.case.replacement}
        assert door.done(replacement, state="replaced").changed
        assert self.stands(door, self.case.replaced)
        assert not door.done(replacement, state="replaced").changed

    def test_replacing_what_is_not_there_makes_it_once(self, door):
        if self.case.replacement:
            assert door.done(self.case.new, state="replaced").changed
            assert not door.done(self.case.new, state="replaced").changed
            assert self.stands(door, self.case.entry)

    def test_gathers_what_would_recreate_it(self, door):
        door.done(self.case.new)
        gathered = door.done(self.case.identity, state="gathered").values["gathered"]
        told = {option: value for option, value in self.case.new.items() if option not in self.case.secrets}
        assert gathered == [{**told, **self.case.gathered}]
        assert not door.done(gathered[0]).changed
        assert gathered[0] in door.done(self.parents(), state="gathered").values["gathered"]

    def stands(self, door, expected) -> bool:
        """Whether the object is as expected, elements with secrets left out."""
        found = ET.fromstring(door.control.candidate(self.case.place))
        for holder in self.case.secrets.values():
            element = found.find(holder)
            assert element is not None
            found.remove(element)
        assert canonical(found) == parsed(expected)
        return True

    def parents(self) -> dict:
        """The identity without the object's own name."""
        return dict(list(self.case.identity.items())[:-1])

    def test_gathers_nothing_where_nothing_is(self, door):
        assert door.done(self.case.identity, state="gathered").values["gathered"] == []

    def test_everything_gathered_can_be_fed_back(self, door):
        states = self.case.module.argument_spec()["state"]["choices"]
        for options in door.done(self.parents(), state="gathered").values["gathered"]:
            for state in ("present", "replaced"):
                assert state not in states or not door.done(options, state=state).changed, (state, options)

    def test_removes_it_once_and_nothing_else(self, door):
        before = door.candidate()
        door.done(self.case.new)
        removed = door.done(self.case.identity, state="absent", check=True)
        assert removed.changed
        assert door.done(self.case.identity, state="absent").diff == removed.diff
        assert door.candidate() == before
        again = door.done(self.case.identity, state="absent")
        assert not again.changed
        assert door.writes() == []

    def test_the_name_is_required_unless_gathering(self, door):
        name = list(self.case.identity)[-1]
        door.refused({**self.parents(), **self.case.options}, name, "required")

    def test_the_examples_run(self, firewalls):
        door = Door(self.case.module, firewalls(**self.case.firewall))
        seen = []
        for task in yaml.safe_load(self.case.module.EXAMPLES):
            name = next(key for key in task if key.startswith(COLLECTION))
            module = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name.rpartition('.')[2]}")
            options = {key: self.case.examples.get(value, value) if isinstance(value, str) else value for key, value in task[name].items()}
            result = door.done(options, module=module)
            assert result.changed is (options.get("state") != "gathered"), task["name"]
            seen.append(result.values)
        documented = yaml.safe_load(self.case.module.RETURN)
        made = {place for values in seen for place in values.get("objects", ())}
        samples = documented["objects"]["sample"]
        if "engine" in self.case.firewall:
            samples = [place for place in samples if "virtual-router" not in place]
        assert [place for place in samples if place not in made] == []
        assert [option for sample in documented["gathered"]["sample"] for option in sample if option not in self.case.module.argument_spec()] == []
