# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of an emulated Panorama, as Ansible's own reader of inventories makes it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

NAME = "tunnelsmith.panos_vpn.panorama"


@pytest.fixture(scope="module")
def panorama():
    """Four firewalls: a pair in the group branches and its stack, one that is in no group, one that is not connected."""
    firewalls = [Emulator(version, name=name) for name, version in (("fra-fw1", "11.1"), ("fra-fw2", "11.1"), ("lyo-fw1", "10.2"), ("rom-fw1", "10.1"))]
    with Emulator("11.1", model="panorama", name="panorama") as emulator:
        for firewall in firewalls[:2]:
            emulator.manage(firewall, "branch-stack", "branches")
        for firewall in firewalls[2:]:
            emulator.manage(firewall)
        firewalls[0].pair_with(firewalls[1])
        emulator.firewall.devices[firewalls[3].firewall.serial].connected = False
        emulator.serials = {firewall.firewall.name: firewall.firewall.serial for firewall in firewalls}
        yield emulator


def _as_text(read: dict):
    """A text that is no template has a mark around it."""
    return read.get("__ansible_unsafe", read)


class Inventory:
    """What C(ansible-inventory --list) prints."""

    def __init__(self, text: str):
        self.groups = json.loads(text, object_hook=_as_text)
        self.hosts = self.groups.pop("_meta")["hostvars"]

    def members(self, group: str) -> list:
        below = [name for child in self.groups[group].get("children", ()) for name in self.members(child)]
        return sorted({*self.groups[group].get("hosts", ()), *below})


@pytest.fixture
def asked(installed, panorama, tmp_path):
    """Runs C(ansible-inventory) on a file of these options."""
    connection = {"HOSTNAME": "127.0.0.1", "PORT": str(panorama.port), "API_KEY": panorama.api_key, "CA_PATH": panorama.ca_path}

    def asking(environment=None, **options):
        path = tmp_path / "fleet.panorama.yml"
        path.write_text(json.dumps({"plugin": NAME, **options}), encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PANOS_", "ANSIBLE_"))}
        given = {f"PANOS_{name}": value for name, value in connection.items()}
        found = {"ANSIBLE_COLLECTIONS_PATH": str(installed.collections)} if installed.collections else {}
        environment = {**clean, **given, **found, "HOME": str(tmp_path), **(environment or {})}
        program = pathlib.Path(installed.program).with_name("ansible-inventory")
        return subprocess.run([str(program), "-i", str(path), "--list"], env=environment, check=False, text=True, timeout=120, cwd=tmp_path,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    return asking


@pytest.fixture
def read(asked):
    def reading(environment=None, **options):
        done = asked(environment, **options)
        assert done.returncode == 0 and "Unable to parse" not in done.stderr, done.stderr
        return Inventory(done.stdout)

    return reading


@pytest.fixture
def refused(asked):
    def refusing(environment=None, **options):
        done = asked({"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", **(environment or {})}, **options)
        assert done.returncode != 0 and "Traceback" not in done.stderr
        return " ".join(done.stderr.split())

    return refusing


def test_every_firewall_is_a_host_with_what_panorama_knows(read, panorama):
    serials = panorama.serials
    inventory = read()
    assert sorted(inventory.hosts) == sorted(["fra-fw1", "fra-fw2", "lyo-fw1", serials["rom-fw1"]])
    variables = inventory.hosts["fra-fw1"]
    expected = {
        "panos_serial": serials["fra-fw1"], "panos_ha_state": "active", "panos_ha_peer": "fra-fw2", "panos_ha_peer_serial": serials["fra-fw2"],
        "panos_device_group": "branches", "panos_device_groups": ["branches", "everywhere"], "panos_template_stack": "branch-stack",
        "panos_templates": ["branch", "base"], "panos_connected": True, "panos_may_vpn": True, "panos_vsys": {"vsys1": "vsys1"},
        "ansible_connection": "local",
    }
    assert {name: variables[name] for name in expected} == expected
    assert variables["panos_provider"]["serial_number"] == serials["fra-fw1"]
    assert inventory.hosts[serials["rom-fw1"]]["panos_connected"] is False


def test_groups(read, panorama):
    inventory = read()
    assert inventory.members("device_group_everywhere") == inventory.members("template_stack_branch_stack") == ["fra-fw1", "fra-fw2"]
    assert inventory.members("template_base") == ["fra-fw1", "fra-fw2"]
    assert inventory.members("panos_10_2") == ["lyo-fw1"]
    assert inventory.members("ha_passive") == ["fra-fw2"]
    assert inventory.members("disconnected") == [panorama.serials["rom-fw1"]]


def test_groups_of_the_user_s_own(read):
    inventory = read(connected_only=True, keyed_groups=[{"key": "panos_hostname.split('-')[0]", "prefix": "region"}],
                     groups={"old": "panos_version is version('11.1', '<')"}, compose={"site": "panos_hostname | upper"})
    assert inventory.members("region_fra") == ["fra-fw1", "fra-fw2"]
    assert inventory.members("old") == ["lyo-fw1"]
    assert inventory.hosts["lyo-fw1"]["site"] == "LYO-FW1"


def test_one_host_for_each_pair(read, panorama):
    assert sorted(read(ha_members="active").hosts) == sorted(["fra-fw1", "lyo-fw1", panorama.serials["rom-fw1"]])


def test_directly(read, panorama):
    inventory = read(reach="direct")
    assert inventory.hosts["lyo-fw1"]["panos_provider"] == {"ip_address": "127.0.0.1"}
    assert "panos_provider" not in inventory.hosts[panorama.serials["rom-fw1"]]


def test_one_name_for_two_firewalls(panorama, read, monkeypatch):
    serials = [panorama.serials[name] for name in ("fra-fw1", "fra-fw2")]
    monkeypatch.setattr(panorama.firewall.devices[serials[1]].firewall, "name", "fra-fw1")
    assert sorted(host for host in read().hosts if host in serials or host.startswith("fra")) == sorted(serials)


def test_no_secret_and_four_questions_whatever_the_number(asked, panorama):
    panorama.control.reset_requests()
    told = asked().stdout
    assert len(panorama.control.requests()) == 5
    assert not [secret for secret in (panorama.api_key, panorama.password, f'"{panorama.username}"') if secret in told]


def test_the_cache_spares_the_questions(asked, panorama, tmp_path):
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = asked(**cache)
    panorama.control.reset_requests()
    second = asked(**cache)
    assert not panorama.control.requests()
    assert json.loads(first.stdout) == json.loads(second.stdout)
    stored = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "cache").iterdir())
    assert panorama.serials["fra-fw1"] in stored and panorama.api_key not in stored


def test_a_template_for_the_key(read, panorama):
    environment = {"PANOS_API_KEY": "", "PANORAMA_KEY": panorama.api_key}
    assert read(environment, provider={"api_key": "{{ lookup('ansible.builtin.env', 'PANORAMA_KEY') }}"}).hosts


@pytest.mark.parametrize("options, words", [
    ({"provider": {"serial_number": "0123"}}, "leads to one firewall, and the list is Panorama's"),
    ({"provider": {"port": "many"}}, "fleet.panorama.yml: argument 'port'"),
    ({"provider": {"host": "x"}}, "provider.host"),
    ({"provider": {"api_key": "wrongKeyOfSomebody"}}, "fleet.panorama.yml: failed to"),
])
def test_what_is_refused(refused, options, words):
    told = refused(**options)
    assert words in told and "wrongKeyOfSomebody" not in told


def test_a_firewall_has_no_fleet(refused):
    with Emulator("11.1") as firewall:
        told = refused({"PANOS_PORT": str(firewall.port), "PANOS_API_KEY": firewall.api_key, "PANOS_CA_PATH": firewall.ca_path})
    assert "127.0.0.1 is no Panorama, it says that it is a PA-VM" in told


def test_what_a_device_calls_itself_is_no_template(read, panorama, monkeypatch):
    monkeypatch.setattr(panorama.firewall.devices[panorama.serials["lyo-fw1"]].firewall, "name", "{{ 7 * 6 }}")
    assert "{{ 7 * 6 }}" in json.dumps(read(hostnames=["serial"]).hosts[panorama.serials["lyo-fw1"]]["panos_hostname"])
