# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a VPN in site_to_site_vpn: made, unchanged, changed, replaced, removed; in how many requests; what it finds out."""

from __future__ import annotations

import importlib
import json
import xml.etree.ElementTree as ET

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import COLLECTION, NETWORK, VSYS, canonical, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_info import OF_ANSIBLE
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import (
    BGP_PLACES, ENGINES, HOSTILE_KEY, ROUTERS, VpnDoor, changed_tunnels, every_tunnel, name_of, options, profile,
)

# The routing engine is the one that runs; virtual routers are there in every release, logical routers from 10.2 on.
PLATFORMS = [("10.1", "virtual-router"), ("11.1", "virtual-router"), ("12.1", "virtual-router"),
             ("10.2", "logical-router"), ("11.1", "logical-router"), ("12.1", "logical-router")]
on_every_platform = pytest.mark.parametrize("version, engine", PLATFORMS, ids=[f"{version} {engine}" for version, engine in PLATFORMS])
with_every_failover = pytest.mark.parametrize("failover", ["pbf", "bgp"])
on_both_engines = pytest.mark.parametrize("engine", ENGINES)
OWN_AS = every_tunnel("bgp", {"bgp": {"local_as": 65010}})
UNITS = f"{NETWORK}/interface/tunnel/units"
OUTSIDE = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3"


@pytest.fixture
def door(firewalls) -> VpnDoor:
    return VpnDoor(firewalls())


def gateway(number: int, failover="pbf") -> str:
    return f"{NETWORK}/ike/gateway/entry[@name='{name_of(failover)}-{number}']"


# The whole life, on each platform.


@with_every_failover
@on_every_platform
def test_made_checked_committed_unchanged_removed(firewalls, version, engine, failover):
    door = VpnDoor(firewalls(version=version, engine=engine))
    start, asked = door.candidate(), options(failover)
    checked = door.done(asked, check=True)
    assert door.writes() == []
    assert door.candidate() == start
    made = door.committed(asked)
    assert checked.changed and made.changed
    assert checked.diff == made.diff
    assert parsed(door.control.running()) == door.candidate()
    again = door.done(asked)
    assert (again.changed, again.diff, again.values["uncommitted"], door.writes()) == (False, {}, False, [])
    gone = door.committed({"name": name_of(failover), "state": "absent"})
    assert gone.changed
    assert door.candidate() == start == parsed(door.control.running())
    assert not door.remove(failover).changed


@pytest.mark.parametrize("more", [{}, {"local_preference": [200, 100], "as_path_prepend": [0, 2]}], ids=["one group", "a group a tunnel"])
@on_both_engines
def test_beside_a_running_bgp_and_away_again(firewalls, engine, more):
    door = VpnDoor(firewalls(engine=engine, config="bgp_running"))
    start, asked = door.candidate(), options("bgp", tunnels=OWN_AS, allow_readvertise=True, **more)
    door.committed(asked)
    assert not door.done(asked).changed
    for theirs in ("isp", "branches"):
        place = f"{BGP_PLACES[engine]}/peer-group/entry[@name='{theirs}']"
        assert door.candidate(place) is not None
    door.committed({"name": name_of("bgp"), "state": "absent"})
    assert door.candidate() == start


@pytest.mark.parametrize("changes", [
    {"backup_routes": False}, {"when_both_down": "route"}, {"primary_tunnel": 2}, {"security_rules": "outbound"}, {"security_rules": "none"},
    {"local_id": "fw@example.net"}, {"mtu": 1400}, {"monitor_interval": 5, "monitor_threshold": 10}, {"tunnel_interfaces": ["tunnel.21", "tunnel.22"]},
    {"local_networks": ["10.10.0.0/25", "10.20.0.0/24"]}, {"remote_networks": ["10.201.0.0/16", "10.202.0.0/16"]}, {"source_zones": ["trust", "dmz"]},
    {"zone": "other-vpn"}, {"failover": "pbf", "pre_shared_keys": ["notReal.first8", "notReal.second8"]},
    {"tunnels": changed_tunnels("pbf", {"anti_replay_window": 2000}, {"offers": None, "ike": {"dh_group": "group19"}})},
    {"rule_position": {"where": "top"}}, {"rule_position": {"where": "before", "rule": "office to servers"}},
    {"rule_position": {"where": "after", "rule": "office to internet"}},
], ids=lambda changes: " ".join(str(name) for name in changes))
def test_an_option_comes_and_goes(door, changes):
    """What a second run is no longer given, it takes back; and each state is stable."""
    door.done(options())
    plain = door.candidate()
    with_option = door.done(options(**changes))
    assert not door.done(options(**changes)).changed
    door.done(options())
    assert not door.done(options()).changed
    # Profiles that were made for each tunnel stay, since a tunnel that changes its profile is negotiated anew.
    if not {"rule_position", "tunnel_interfaces", "security_rules", "tunnels"} & set(changes):
        assert with_option.changed
        assert door.candidate() == plain
    door.remove("pbf")
    assert [xpath for xpath in with_option.values["objects"] if name_of("pbf") in xpath and door.candidate(xpath) is not None] == []


@pytest.mark.parametrize("where", ["top", "bottom"])
def test_rules_at_an_end_stay_where_they_are(firewalls, where):
    door = VpnDoor(firewalls())
    door.control.edit_as("alice", "delete", f"{VSYS}/rulebase/security/rules/entry[@name='deny the rest']")
    asked = options(rule_position={"where": where})
    door.done(asked)
    assert not door.done(asked).changed


# Budgets.


@on_both_engines
@with_every_failover
def test_requests_stay_within_the_budget(firewalls, engine, failover):
    """Six until the commit is enqueued, three where nothing is to do, each task on one connection."""
    door = VpnDoor(firewalls(engine=engine))
    made = door.done(options(failover))
    first, connections = door.asked(), [door.control.connections()]
    door.commit(made)
    until_enqueued = [asked for asked in door.asked() if asked != "show jobs id"]
    connections.append(door.control.connections())
    assert len(first) + len(until_enqueued) == 6, first + until_enqueued
    door.done(options(failover))
    connections.append(door.control.connections())
    assert len(door.asked()) == 3, door.asked()
    door.done({"name": name_of(failover), "state": "absent"})
    connections.append(door.control.connections())
    assert connections == [1, 1, 1, 1]


def test_a_password_costs_one_request_more(door):
    door.provider = {**door.provider, "api_key": None, "username": door.firewall.username, "password": door.firewall.password}
    door.done(options())
    assert door.asked().count("keygen") == 1
    assert len(door.asked()) == 5
    assert door.control.connections() == 1


# What it finds out by itself.


def test_the_address_that_the_peer_expects_is_taken(door):
    door.control.plant(f"{OUTSIDE}/ip", "<entry name='198.51.100.9/24'/><entry name='198.51.100.11/24'/>")
    door.done(options(tunnels=every_tunnel("pbf", {"customer_outside_address": "198.51.100.11"})))
    assert door.stands(f"{gateway(1)}/local-address", "<local-address><interface>ethernet1/8</interface><ip>198.51.100.11/24</ip></local-address>")
    assert door.candidate(f"{gateway(1)}/local-id") is None


@pytest.mark.parametrize("more, identity", [({}, ("ipaddr", "192.0.2.99")), ({"local_id": "fw.example.net"}, ("fqdn", "fw.example.net"))],
                         ids=["computed", "given"])
def test_behind_address_translation_the_peer_is_shown_its_own_view(door, more, identity):
    """The only address is a private one: the local ID is what the peer expects, NAT traversal is on, and the MTU has room for UDP."""
    door.control.plant(f"{OUTSIDE}", "<ip/>")
    door.control.edit_as("alice", "delete", f"{OUTSIDE}/ip/entry[@name='198.51.100.10/24']")
    door.control.plant(f"{OUTSIDE}/ip", "<entry name='192.168.7.2/24'/>")
    result = door.done(options(tunnels=every_tunnel("pbf", {"customer_outside_address": "192.0.2.99"}), **more))
    kind, text = identity
    assert door.stands(f"{gateway(2)}/local-id", f"<local-id><type>{kind}</type><id>{text}</id></local-id>")
    assert door.text(f"{gateway(2)}/protocol-common/nat-traversal/enable") == "yes"
    assert [(tunnel["nat"], tunnel["mtu"], tunnel["local_address"]) for tunnel in result.values["vpn"]["tunnels"]] == [(True, 1438, "192.168.7.2")] * 2
    assert door.text(f"{UNITS}/entry[@name='tunnel.1']/mtu") == "1438"


@pytest.mark.parametrize("learned, nat", [("198.51.100.10/24", False), ("192.168.7.2/24", True)], ids=["public", "private"])
def test_an_address_by_dhcp_is_asked_for_and_not_written(firewalls, learned, nat):
    door = VpnDoor(firewalls())
    door.control.plant(f"{NETWORK}/interface/ethernet", "<entry name='ethernet1/3'><layer3><dhcp-client><enable>yes</enable></dhcp-client></layer3></entry>")
    door.control.plant(f"{ROUTERS['virtual-router']}/interface", "<member>ethernet1/3</member>")
    door.control.plant(f"{VSYS}/zone/entry[@name='untrust']/network/layer3", "<member>ethernet1/3</member>")
    door.control.set_interface_address("ethernet1/3", learned)
    asked = options(outside_interface="ethernet1/3", tunnels=every_tunnel("pbf", {"customer_outside_address": "192.0.2.99" if nat else "198.51.100.10"}))
    result = door.done(asked)
    assert door.asked().count("show interface") == 1
    assert door.stands(f"{gateway(1)}/local-address", "<local-address><interface>ethernet1/3</interface></local-address>")
    assert {tunnel["nat"] for tunnel in result.values["vpn"]["tunnels"]} == {nat}
    assert not door.done(asked).changed


def test_the_outside_mtu_counts(door):
    door.control.plant(OUTSIDE, "<mtu>1400</mtu>")
    assert [tunnel["mtu"] for tunnel in door.done(options()).values["vpn"]["tunnels"]] == [1346, 1346]


def test_free_units_are_taken_from_below(door):
    door.control.plant(UNITS, "<entry name='tunnel.1'/><entry name='tunnel.3'/>")
    assert [tunnel["tunnel_interface"] for tunnel in door.done(options()).values["vpn"]["tunnels"]] == ["tunnel.2", "tunnel.4"]


def test_a_unit_that_is_taken_between_reading_and_writing_is_left_to_its_taker(door):
    """Two runs that allocate at once: the one that comes second takes the next free unit."""
    door.control.fault("edit_as", when={"action": "multi-config"}, admin="alice", action="set", xpath=NETWORK, element="""
        <interface><tunnel><units><entry name='tunnel.1'><comment>hers</comment></entry></units></tunnel></interface>
        <tunnel><ipsec><entry name='hers'><tunnel-interface>tunnel.1</tunnel-interface></entry></ipsec></tunnel>""")
    result = door.done(options())
    assert [tunnel["tunnel_interface"] for tunnel in result.values["vpn"]["tunnels"]] == ["tunnel.2", "tunnel.3"]
    assert door.stands(f"{UNITS}/entry[@name='tunnel.1']", "<entry name='tunnel.1'><comment>hers</comment></entry>")
    assert not door.done(options()).changed


def test_networks_know_where_their_routes_come_from(door):
    """Connected, static and neither: the first two are redistributed by their source, the last is announced by its name."""
    router = ROUTERS["virtual-router"]
    door.done(options("bgp", local_networks=["10.10.0.0/24", "10.30.0.0/16", "10.99.0.0/24"]))
    assert door.stands(f"{router}/protocol/redist-profile/entry[@name='{name_of('bgp')}']/filter", """<filter>
        <type><member>connect</member><member>static</member></type>
        <destination><member>10.10.0.0/24</member><member>10.30.0.0/16</member></destination></filter>""")
    assert door.candidate(f"{BGP_PLACES['virtual-router']}/redist-rules/entry[@name='10.99.0.0/24']") is not None


# What is not ours.


PLANTED = {
    "an unknown element in a gateway": ("{network}/ike/gateway/entry[@name='{name}-1']", "<of-tomorrow>3</of-tomorrow>"),
    "an unknown element in a tunnel": ("{network}/tunnel/ipsec/entry[@name='{name}-2']", "<of-tomorrow><level>3</level></of-tomorrow>"),
    "a comment on a gateway": ("{network}/ike/gateway/entry[@name='{name}-1']", "<comment>call Ann first</comment>"),
    "a description of a rule": ("{vsys}/rulebase/security/rules/entry[@name='{name}-out']", "<description>ticket 4711</description>"),
    "what is logged of a rule's traffic": ("{vsys}/rulebase/security/rules/entry[@name='{name}-out']", "<log-setting>collector</log-setting>"),
    "what is inspected in it": (
        "{vsys}/rulebase/security/rules/entry[@name='{name}-out']", "<profile-setting><group><member>default</member></group></profile-setting>"),
    "who may ask an interface": ("{network}/interface/tunnel/units/entry[@name='tunnel.1']",
                                 "<interface-management-profile>ping-only</interface-management-profile>"),
    "an interface that somebody put into the zone": ("{vsys}/zone/entry[@name='aws-vpn']/network/layer3", "<member>tunnel.7</member>"),
    "an unknown attribute": ("{network}/ike/gateway/entry[@name='{name}-1']/peer-address", "<ip tomorrow='yes'>203.0.113.17</ip>"),
}


@pytest.mark.parametrize("xpath, element", PLANTED.values(), ids=PLANTED.keys())
def test_what_others_did_survives(door, xpath, element):
    door.done(options())
    place = xpath.format(network=NETWORK, vsys=VSYS, name=name_of("pbf"))
    door.control.plant(place, element)
    planted = parsed(element)
    for asked in (options(), options(mtu=1400, monitor_interval=4), options(remote_networks=["10.201.0.0/16"])):
        door.done(asked)
        around = ET.fromstring(door.control.candidate(place))
        assert planted in [canonical(child) for child in around]


CHANGED_BY_HAND = {
    "a local ID": ("{network}/ike/gateway/entry[@name='{name}-1']", "<local-id><type>fqdn</type><id>of.somebody</id></local-id>"),
    "a peer ID": ("{network}/ike/gateway/entry[@name='{name}-1']", "<peer-id><type>fqdn</type><id>of.somebody</id></peer-id>"),
    "a proxy ID": ("{network}/tunnel/ipsec/entry[@name='{name}-2']/auto-key/proxy-id", "<entry name='lan'><local>10.10.0.0/24</local></entry>"),
    "a second gateway": ("{network}/tunnel/ipsec/entry[@name='{name}-2']/auto-key/ike-gateway", "<entry name='branch-7'/>"),
    "a PBF rule for everything else": ("{vsys}/rulebase/pbf/rules/entry[@name='{name}-1']", "<negate-destination>yes</negate-destination>"),
    "a disabled PBF rule": ("{vsys}/rulebase/pbf/rules/entry[@name='{name}-1']", "<disabled>yes</disabled>"),
    "a rule for everybody else": ("{vsys}/rulebase/security/rules/entry[@name='{name}-out']", "<negate-source>yes</negate-source>"),
    "a destination more": ("{vsys}/rulebase/security/rules/entry[@name='{name}-out']/destination", "<member>10.77.0.0/16</member>"),
    "an address more": ("{network}/interface/tunnel/units/entry[@name='tunnel.1']/ip", "<entry name='10.255.99.1/30'/>"),
}


@pytest.mark.parametrize("xpath, element", CHANGED_BY_HAND.values(), ids=CHANGED_BY_HAND.keys())
def test_what_somebody_changed_in_an_object_of_the_vpn_is_repaired(door, xpath, element):
    door.done(options())
    before = door.candidate()
    door.control.plant(xpath.format(network=NETWORK, vsys=VSYS, name=name_of("pbf")), element)
    checked = door.done(options(), check=True)
    assert checked.changed and door.done(options()).diff == checked.diff
    assert door.candidate() == before
    assert not door.done(options()).changed


def test_other_lines_of_the_comment_stay(door):
    door.done(options())
    place = f"{UNITS}/entry[@name='tunnel.1']/comment"
    door.control.plant(f"{UNITS}/entry[@name='tunnel.1']", f"<comment>ours since May\n{door.text(place)}</comment>")
    door.done(options(backup_routes=True, remote_networks=["10.201.0.0/16"]))
    assert door.text(place).splitlines()[0] == "ours since May"
    assert '"vpn":"vpn-0a1d7f3c52e9b8046"' in door.text(place).splitlines()[1]


def test_a_zone_that_others_use_stays_and_they_are_named(door):
    door.done(options())
    door.control.plant(f"{VSYS}/rulebase/security/rules", """<entry name='also vpn'><from><member>aws-vpn</member></from><to><member>dmz</member></to>
        <source><member>any</member></source><destination><member>any</member></destination><application><member>any</member></application>
        <service><member>any</member></service><action>allow</action></entry>""")
    result = door.remove("pbf")
    assert door.candidate(f"{VSYS}/zone/entry[@name='aws-vpn']") is not None
    assert any("'aws-vpn' stays" in warning and "'also vpn'" in warning for warning in result.warnings)


def test_two_vpns_in_one_zone_end_with_the_start(door):
    """The one that made the zone goes first, and hands over to the other that the zone is to go."""
    start = door.candidate()
    door.done(options("pbf"))
    door.done(options("bgp"))
    assert not any("stays" in warning for warning in door.remove("pbf").warnings)
    assert not door.done(options("bgp")).changed
    door.remove("bgp")
    assert door.candidate() == start


def test_an_uncommitted_change_of_another_admin_stays_uncommitted(door):
    theirs = f"{VSYS}/address/entry[@name='hers']"
    door.control.edit_as("alice", "set", theirs, "<ip-netmask>192.0.2.1</ip-netmask>")
    made = door.committed(options())
    assert [change["owner"] for change in made.values["earlier_changes"]] == ["alice"]
    assert door.control.running(theirs) == ""
    assert door.candidate(theirs) is not None


def test_a_name_that_begins_like_ours_is_a_foreign_one(door):
    door.provider = {**door.provider, "username": "admin"}
    name = f"{name_of('pbf')}-in-dmz"
    door.control.edit_as("admin", "set", f"{VSYS}/address/entry[@name='{name}']", "<ip-netmask>192.0.2.1</ip-netmask>")
    door.refused(options(lock_timeout=0), "admin", name, "commit_foreign: include")


def test_own_foreign_changes_stop_the_run_before_it_writes(door):
    door.provider = {**door.provider, "username": "admin"}
    door.control.edit_as("admin", "set", f"{VSYS}/address/entry[@name='mine']", "<ip-netmask>192.0.2.1</ip-netmask>")
    door.refused(options(lock_timeout=0), "admin", "'mine'", "commit_foreign: include")
    assert door.done(options(lock_timeout=0, commit_foreign="include")).changed


def test_one_vpn_takes_the_place_of_another(door):
    start = door.candidate()
    door.committed(options("pbf"))
    asked = options("bgp", replaces=name_of("pbf"))
    assert [warning for warning in door.done(asked, check=True).warnings if "takes the place of" in warning] == [
        f"{name_of('bgp')} takes the place of {name_of('pbf')} in one commit, and nothing passes for up to 25 s after it: its tunnels are negotiated then, "
        "its BGP sessions begin up to 15 s later, and bring routes within 5 s"]
    result = door.committed(asked)
    assert [request for request in door.writes() if request[0] == "multi-config"] == []
    assert name_of("pbf") not in door.control.candidate()
    assert name_of("pbf") not in door.control.running()
    assert result.values["vpn"]["name"] == name_of("bgp")
    again = door.done(asked)
    assert not again.changed and not [warning for warning in again.warnings if "takes the place of" in warning]
    door.remove("bgp")
    assert door.candidate() == start


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_run_after_one_that_was_cut_short_commits_what_it_left(door, state):
    """Killed between write and commit: the next run writes nothing, and commits."""
    asked = options() if state == "present" else {"name": name_of("pbf"), "state": "absent"}
    if state == "absent":
        door.committed(options())
    door.done(asked)
    second = door.done(asked)
    assert door.writes() == []
    assert (second.changed, second.values["uncommitted"]) == (False, True)
    assert door.commit(second).changed
    assert parsed(door.control.running()) == door.candidate()
    assert door.done(asked).values["uncommitted"] is False


# Keys. The door looks for the keys of each run in all that it returned and logged.


@with_every_failover
def test_a_hostile_key_arrives_whole(door, failover):
    keys = [HOSTILE_KEY, HOSTILE_KEY[::-1]]
    for asked in (options(failover, pre_shared_keys=keys), options(failover, pre_shared_keys=keys, mtu=1400)):
        assert door.done(asked).changed
    stored = [door.text(f"{gateway(number, failover)}/authentication/pre-shared-key/key") for number in (1, 2)]
    assert [secrets.same(key, text) for key, text in zip(keys, stored)] == [True, True]
    unchanged = door.done(options(failover, pre_shared_keys=keys, mtu=1400))
    assert not unchanged.changed
    assert [text for text in stored if text in unchanged.everything()] == []


def test_a_new_key_is_a_change_that_shows_no_key(door):
    door.done(options())
    stored = door.text(f"{gateway(1)}/authentication/pre-shared-key/key")
    result = door.done(options(pre_shared_keys=["notReal.newOne8", ""]))
    assert [xpath for _action, xpath in door.writes()] == [gateway(1)]
    assert "(secret " in result.diff["after"]
    assert stored not in result.everything()


# Documentation.


def lookups(values):
    """The templates of the examples, as Ansible would fill them."""
    if isinstance(values, dict):
        return {key: lookups(value) for key, value in values.items()}
    return {
        "{{ static }}": profile("pbf"), "{{ static.id }}": name_of("pbf"), "{{ static.tunnels }}": profile("pbf")["tunnels"],
        "{{ bgp.id }}": name_of("bgp"), "{{ bgp.tunnels }}": profile("bgp")["tunnels"],
    }.get(values, values) if isinstance(values, str) else values


def test_the_examples_run_and_the_samples_are_real(door, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    start, results, registered = door.candidate(), {}, {}
    for task in yaml.safe_load(site_to_site_vpn.EXAMPLES):
        called = next(key for key in task if key.startswith(COLLECTION))
        module = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{called.rpartition('.')[2]}")
        asked = {key: registered.get(value, value) if isinstance(value, str) else value for key, value in lookups(task[called]).items()}
        result = door.done(asked, module=module)
        assert result.changed, task["name"]
        results.setdefault(called, []).append(result.values)
        registered = {f"{{{{ {task.get('register')}.{key} }}}}": value for key, value in result.values.items()}
    assert door.candidate() == start
    documented = yaml.safe_load(site_to_site_vpn.RETURN)
    made = results[f"{COLLECTION}.site_to_site_vpn"][0]
    assert [place for place in documented["objects"]["sample"] if place not in made["objects"]] == []
    assert sampled(documented["vpn"]) == {**made["vpn"], "tunnels": made["vpn"]["tunnels"][:1]}
    assert set(documented) >= {*made} - OF_ANSIBLE - {"diff"}


def sampled(documented: dict):
    """The value that a return value's samples make up."""
    if "contains" not in documented:
        return documented["sample"]
    values = {name: sampled(inner) for name, inner in documented["contains"].items()}
    return [values] if documented["type"] == "list" else values


def test_the_summary_is_plain_json(door):
    assert json.loads(json.dumps(door.done(options("bgp")).values["vpn"]))["tunnels"][0]["ike"]["version"] == "ikev2"
