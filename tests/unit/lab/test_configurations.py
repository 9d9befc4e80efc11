# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an emulated firewall starts with."""

from __future__ import annotations

import pathlib
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator, configurations
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.validation import defects, warnings

ENGINES = [("10.1", "virtual-router"), ("11.1", "virtual-router"), ("12.1", "virtual-router"), ("10.2", "logical-router"), ("12.1", "logical-router")]


def canonical(text):
    return ET.canonicalize(text, strip_text=True)


@pytest.mark.parametrize("name", ["fw-8.1-two-vr-loopback-ipsec.xml", "fw-10.1-baseline-factory.xml"])
def test_exported_configurations_load_and_come_back_equal(shared_fixtures, client_of, name):
    path = shared_fixtures / "panos" / "config" / name
    with Emulator(config=path) as emulator:
        given = client_of(emulator).get("/config").root.find("result/config")
        assert canonical(ET.tostring(given, encoding="unicode")) == canonical(path.read_text())
        assert emulator.control.running() == emulator.control.candidate()


@pytest.mark.parametrize("name", ["fw-8.1-two-vr-loopback-ipsec.xml", "fw-10.1-baseline-factory.xml"])
def test_a_loaded_configuration_can_be_changed_and_committed(shared_fixtures, client_of, at, name):
    with Emulator(config=shared_fixtures / "panos" / "config" / name) as emulator:
        emulator.control.commit_duration(0.01)
        client = client_of(emulator)
        assert client.set(f"{at.units}/entry[@name='tunnel.77']", "<mtu>1400</mtu>").code == "20"
        assert client.set(at.imports, "<member>tunnel.77</member>").code == "20"
        assert client.set(f"{at.zones}/entry[@name='vpn']/network/layer3", "<member>tunnel.77</member>").code == "20"
        assert client.commit().findtext("result") == "OK"


@pytest.mark.parametrize("config", configurations.NAMES)
@pytest.mark.parametrize(("version", "engine"), ENGINES)
def test_configurations_of_ours_have_no_defect(version, engine, config):
    firewall = Emulator(version=version, engine=engine, config=config).firewall
    assert defects(firewall.running, firewall.schema, firewall.version, True) == []
    assert warnings(firewall.running) == []


@pytest.mark.parametrize("config", configurations.NAMES)
@pytest.mark.parametrize(("version", "engine"), ENGINES)
def test_configurations_of_ours_pass_their_own_schema(client_of, at, version, engine, config):
    with Emulator(version=version, engine=engine, config=config) as emulator:
        client = client_of(emulator)
        for xpath in (f"{at.device}/network", f"{at.device}/vsys", f"{at.device}/deviceconfig", "/config/shared"):
            before = emulator.control.candidate(xpath)
            assert client.edit(xpath, before).text.endswith("command succeeded</msg></response>")
            assert emulator.control.candidate(xpath) == before


@pytest.mark.parametrize("engine", ["virtual-router", "logical-router"])
def test_base_is_what_others_build_on(engine):
    root = Emulator(engine=engine, name="edge").firewall.running.root
    device = root.find("devices/entry")
    other = "logical-router" if engine == "virtual-router" else "virtual-router"
    assert device.find(f"network/{other}") is None
    assert [member.text for member in device.findall(f"vsys/entry/import/network/{engine}/member")] == ["default"]
    assert device.findtext("deviceconfig/setting/advance-routing") == ("yes" if engine == "logical-router" else None)
    assert device.findtext("deviceconfig/system/hostname") == "edge"
    assert next(device.iter("bgp"), None) is None
    last = device.findall("vsys/entry/rulebase/security/rules/entry")[-1]
    assert (last.findtext("action"), last.findtext("from/member"), last.findtext("to/member")) == ("deny", "any", "any")


@pytest.mark.parametrize("engine", ["virtual-router", "logical-router"])
def test_running_bgp_serves_other_people(engine):
    root = Emulator(engine=engine, config="bgp_running").firewall.running.root
    bgp = next(root.iter("bgp")) if engine == "virtual-router" else root.find(".//vrf/entry/bgp")
    assert (bgp.findtext("local-as"), bgp.findtext("install-route")) == ("65010", "yes")
    assert [group.get("name") for group in bgp.findall("peer-group/entry")] == ["isp", "branches"]


def test_a_configuration_may_be_named_by_path_or_given_as_text():
    path = pathlib.Path(configurations.HERE) / "bgp_running.xml"
    by_path = Emulator(engine="logical-router", config=path).firewall.running.root
    assert by_path.find(".//vrf/entry/bgp") is not None
    by_text = Emulator(config="<config version='11.1.0'><devices><entry name='localhost.localdomain'/></devices></config>")
    assert by_text.firewall.running.root.get("version") == "11.1.0"


@pytest.mark.parametrize(("version", "setting", "engine"), [
    ("11.1", "yes", "logical-router"), ("11.1", "no", "virtual-router"), ("10.1", "yes", "virtual-router"),
])
def test_engine_follows_the_configuration_unless_given(version, setting, engine):
    deviceconfig = f"<deviceconfig><setting><advance-routing>{setting}</advance-routing></setting></deviceconfig>"
    config = f"<config><devices><entry name='localhost.localdomain'>{deviceconfig}</entry></devices></config>"
    assert Emulator(version=version, config=config).firewall.engine == engine
    assert Emulator(version=version, config=config, engine="virtual-router").firewall.engine == "virtual-router"
