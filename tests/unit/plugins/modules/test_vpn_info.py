# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vpn_info."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import verifying, vpn_info as what_it_does
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ike_gateway, ipsec_tunnel, tunnel_interface, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import LearnedRoute
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, VSYS, Door

NAME = "vpn-0123456789abcdef0"
FIRST, SECOND = f"{NAME}-1", f"{NAME}-2"
STORED_KEY = "-AQ==W6ph5mm5pyptGQyMyySJlrHJMYI=kTXxxyJXmDkFVUKBBcFEMA=="
ENGINES = ("virtual-router", "logical-router")

each_engine = pytest.mark.parametrize("engine", ENGINES)


def gateway(name, number):
    return f"""<entry name="{name}"><peer-address><ip>203.0.113.{10 + number}</ip></peer-address>
        <local-address><interface>ethernet1/8</interface></local-address>
        <authentication><pre-shared-key><key>{STORED_KEY}</key></pre-shared-key></authentication>
        <protocol><version>ikev2</version></protocol></entry>"""


def tunnel(name, number, monitor=True):
    monitored = f"<tunnel-monitor><enable>yes</enable><destination-ip>169.254.{9 + number}.1</destination-ip></tunnel-monitor>" if monitor else ""
    return f"""<entry name="{name}"><auto-key><ike-gateway><entry name="{name}"/></ike-gateway></auto-key>
        <tunnel-interface>tunnel.{number}</tunnel-interface>{monitored}</entry>"""


def rule(name, number=None):
    forward = f"""<forward><egress-interface>tunnel.{number}</egress-interface><nexthop><ip-address>169.254.{9 + (number or 0)}.1</ip-address></nexthop>
        <monitor><disable-if-unreachable>yes</disable-if-unreachable></monitor></forward>"""
    return f"""<entry name="{name}"><from><zone><member>trust</member></zone></from><source><member>any</member></source>
        <destination><member>10.20.0.0/16</member></destination><action>{forward if number else '<discard/>'}</action></entry>"""


def peer(name, number):
    return f"""<entry name="{name}"><peer-as>64512</peer-as><peer-address><ip>169.254.{9 + number}.1</ip></peer-address><enable>yes</enable>
        <local-address><interface>tunnel.{number}</interface><ip>169.254.{9 + number}.2/30</ip></local-address></entry>"""


def plant_tunnels(control, names, monitor=True, engine=ENGINES[0]):
    numbered = list(enumerate(names, 1))
    control.plant(f"{NETWORK}/ike/gateway", "".join(gateway(name, number) for number, name in numbered))
    control.plant(f"{NETWORK}/tunnel/ipsec", "".join(tunnel(name, number, monitor) for number, name in numbered))
    units = "".join(f'<entry name="tunnel.{number}"><ip><entry name="169.254.{9 + number}.2/30"/></ip><mtu>1400</mtu></entry>' for number, _name in numbered)
    control.plant(f"{NETWORK}/interface/tunnel/units", units)
    plant_surroundings(control, [f"tunnel.{number}" for number, _name in numbered], engine)


def plant_surroundings(control, units, engine):
    """What else tunnels need to work: a router, a zone, and rules."""
    members = "".join(f"<member>{unit}</member>" for unit in units)
    control.plant(f"{ROUTERS[engine]}/interface", members)
    control.plant(f"{VSYS}/import/network/interface", members)
    control.plant(f"{VSYS}/zone", f'<entry name="vpn"><network><layer3>{members}</layer3></network></entry>')
    control.plant(f"{VSYS}/rulebase/security/rules/entry[@name='deny the rest']", "<disabled>yes</disabled>")
    anything = "".join(f"<{kind}><member>any</member></{kind}>" for kind in ("source", "destination", "application", "service"))
    for name, here, there in (("vpn out", "trust", "vpn"), ("vpn in", "vpn", "trust")):
        zones = f"<from><member>{here}</member></from><to><member>{there}</member></to>"
        control.plant(f"{VSYS}/rulebase/security/rules", f'<entry name="{name}">{zones}{anything}<action>allow</action></entry>')


def plant_pbf(control):
    plant_tunnels(control, [FIRST, SECOND])
    control.plant(f"{VSYS}/rulebase/pbf/rules", rule(FIRST, 1) + rule(SECOND, 2) + rule(f"{NAME}-discard"))


def plant_bgp(control, engine):
    plant_tunnels(control, [FIRST, SECOND], monitor=False, engine=engine)
    place = ROUTERS[engine] + ("/bgp" if engine == "logical-router" else "/protocol/bgp")
    control.plant(place, f"""<enable>yes</enable><router-id>10.10.0.1</router-id><local-as>65000</local-as>
        <peer-group><entry name="{NAME}"><enable>yes</enable><peer>{peer(FIRST, 1)}{peer(SECOND, 2)}</peer></entry></peer-group>""")


@pytest.fixture
def pbf(firewalls):
    door = Door(vpn_info, firewalls())
    plant_pbf(door.control)
    return door


@pytest.fixture
def bgp(firewalls, engine):
    door = Door(vpn_info, firewalls(engine=engine))
    plant_bgp(door.control, engine)
    for name in (FIRST, SECOND):
        door.control.bgp(name, "Established", received=1, advertised=1)
    door.firewall.firewall.runtime.learned_routes = [LearnedRoute("default", "10.21.0.0/16", "169.254.11.1", "", "tunnel.2")]
    return door


def vpn(door, **options):
    return door.done({"name": [NAME], **options}).values


def test_a_vpn_with_pbf_rules(pbf):
    found = vpn(pbf)
    assert not found["changed"]
    assert found["healthy"] and found["problems"] == []
    told = found["vpn"]
    for kind in ("gateways", "tunnels"):
        assert [item["name"] for item in told[kind]] == [FIRST, SECOND]
    assert [item["name"] for item in told["interfaces"]] == ["tunnel.1", "tunnel.2"]
    assert [item["name"] for item in told["pbf_rules"]] == [FIRST, SECOND, f"{NAME}-discard"]
    assert told["bgp"] == {"instances": [], "peers": []}
    first = told["state"]["tunnels"][0]
    assert (first["name"], first["healthy"], first["problems"]) == (FIRST, True, [])
    assert first["ike_sas"][0]["gateway"] == FIRST
    assert first["ipsec_sas"][0]["local_spi"] == first["flows"][0]["local_spi"]
    assert (first["flows"][0]["state"], first["flows"][0]["monitor"], first["flows"][0]["packets_decapsulated"]) == ("active", "up", 100)
    assert [(item["name"], item["nexthop_state"]) for item in told["state"]["pbf_rules"][:2]] == [(FIRST, "UP"), (SECOND, "UP")]


@each_engine
def test_a_vpn_with_bgp(bgp):
    bgp.control.bgp(FIRST, "Established", received=3, advertised=1)
    found = vpn(bgp)
    assert found["healthy"] and found["problems"] == []
    told = found["vpn"]
    assert [item["virtual_router"] for item in told["bgp"]["instances"]] == ["default"]
    assert [(item["name"], item["peer_group"], item["peer_as"]) for item in told["bgp"]["peers"]] == [(FIRST, NAME, "64512"), (SECOND, NAME, "64512")]
    first = told["state"]["bgp_peers"][0]
    assert (first["name"], first["group"], first["state"], first["remote_as"]) == (FIRST, NAME, "Established", 64512)
    assert (first["peer_address"], first["duration_seconds"]) == ("169.254.10.1", 3804)
    (prefixes,) = first["prefixes"]
    assert (prefixes["address_family"], prefixes["accepted"], prefixes["advertised"]) == ("ipv4_unicast", 3, 1)


@pytest.mark.parametrize("module, kind", [(ike_gateway, "gateways"), (ipsec_tunnel, "tunnels"), (tunnel_interface, "interfaces")],
                         ids=["gateways", "tunnels", "interfaces"])
def test_the_configuration_is_what_would_recreate_it(pbf, module, kind):
    for options in vpn(pbf)["vpn"][kind]:
        assert not pbf.done(options, module=module).changed, options


def test_no_key_is_told(pbf):
    pbf.control.vpn(FIRST, sa="down")
    for options in ({"name": [NAME]}, {}, {"name": [NAME], "fail_on": "at_risk"}):
        said = pbf.run(options).everything()
        assert STORED_KEY not in said and "AQ==" not in said


PBF_TROUBLES = {
    "both phases are down": (lambda control: control.vpn(SECOND, sa="down"), [
        f"tunnel '{SECOND}': no IPsec SA, and IKE gateway '{SECOND}' (peer 203.0.113.12) has no IKE SA",
        f"PBF rule '{SECOND}' is not in use (Disabled, next hop 169.254.11.1 is DOWN)"]),
    "phase 2 is down": (lambda control: control.vpn(SECOND, sa="init"), [
        f"tunnel '{SECOND}': no IPsec SA, though IKE gateway '{SECOND}' (peer 203.0.113.12) has an IKE SA",
        f"PBF rule '{SECOND}' is not in use (Disabled, next hop 169.254.11.1 is DOWN)"]),
    "the monitor gets no answer": (lambda control: control.vpn(SECOND, monitor="down"), [
        f"tunnel '{SECOND}': inactive, its monitor gets no answer from 169.254.11.1",
        f"PBF rule '{SECOND}' is not in use (Disabled, next hop 169.254.11.1 is DOWN)"]),
    "the monitor does not run": (lambda control: control.vpn(SECOND, monitor="off"), [
        f"tunnel '{SECOND}': its monitor is configured, and the firewall shows it as off"]),
    "a rule is out of use": (lambda control: control.pbf(SECOND, "disabled"), [
        f"PBF rule '{SECOND}' is not in use (Disabled, next hop 169.254.11.1 is DOWN)"]),
}


@pytest.mark.parametrize("trouble, problems", PBF_TROUBLES.values(), ids=PBF_TROUBLES.keys())
def test_a_problem_is_named(pbf, trouble, problems):
    trouble(pbf.control)
    found = vpn(pbf)
    assert not found["healthy"]
    assert found["problems"] == problems
    tunnels = found["vpn"]["state"]["tunnels"]
    assert [(item["name"], item["healthy"], item["problems"]) for item in tunnels] == [(FIRST, True, []), (SECOND, False, problems)]


@each_engine
def test_a_peer_that_is_not_established_is_named(bgp):
    bgp.control.bgp(SECOND, "Active")
    found = vpn(bgp)
    assert found["problems"] == [f"BGP peer '{SECOND}' (169.254.11.1, AS 64512) is Active, not Established"]
    assert found["vpn"]["state"]["bgp_peers"][1]["state"] == "Active"


def test_without_a_name_everything_is_told_and_only_vpns_are_judged(pbf):
    pbf.control.pbf("guest-dsl", "disabled")
    found = pbf.done({}).values
    assert [item["name"] for item in found["vpn"]["tunnels"]] == ["branch-7", FIRST, SECOND]
    assert "guest-dsl" in [item["name"] for item in found["vpn"]["pbf_rules"]]
    assert "guest-dsl" in [item["name"] for item in found["vpn"]["state"]["pbf_rules"]]
    assert found["vpn"]["state"]["unassigned"] == {"ike_sas": [], "ipsec_sas": [], "flows": []}
    assert found["healthy"]


def test_a_name_that_nothing_answers_to_is_a_problem_and_no_error(pbf):
    found = pbf.done({"name": ["vpn-0fff"]}).values
    assert found["problems"] == [f"there is no tunnel or gateway of the name 'vpn-0fff' in the running configuration "
                                 f"(there are branch, branch-7, {NAME}, {FIRST}, {SECOND})"]
    assert found["vpn"]["tunnels"] == []
    assert not any(request["cmd"].startswith("show vpn") for request in pbf.control.requests() if request["type"] == "op")


def test_it_is_the_running_configuration(pbf):
    pbf.control.edit_as("colleague", "delete", f"{NETWORK}/tunnel/ipsec/entry[@name='{SECOND}']")
    assert len(vpn(pbf)["vpn"]["tunnels"]) == 2


GATHERED = {
    "the configuration": (["config"], {"gateways", "tunnels", "interfaces", "pbf_rules", "bgp"}),
    "the state": (["state"], {"state"}),
    "the routes": (["routes"], {"state"}),
}


@pytest.mark.parametrize("gather, keys", GATHERED.values(), ids=GATHERED.keys())
def test_gathers_what_is_asked_for(pbf, gather, keys):
    found = vpn(pbf, gather=gather)
    assert set(found["vpn"]) == keys
    assert ("healthy" in found) is (gather != ["config"])
    assert ("routes" in found["vpn"].get("state", {})) is (gather == ["routes"])


@each_engine
def test_the_routes_through_a_vpn(bgp, engine):
    bgp.control.plant(f"{ROUTERS[engine]}/routing-table/ip/static-route",
                      '<entry name="far"><destination>10.20.0.0/16</destination><interface>tunnel.1</interface><metric>10</metric></entry>')
    # The legacy engine tells no interface of what BGP has learned, the advanced one does.
    told = vpn(bgp, gather=["routes"])["vpn"]["state"]["routes"]
    assert {(route["destination"], route["interface"], route["protocol"], route["active"]) for route in told} == {
        ("10.20.0.0/16", "tunnel.1", "static", True), ("10.21.0.0/16", "tunnel.2", "bgp", True),
        ("169.254.10.0/30", "tunnel.1", "connected", True), ("169.254.11.0/30", "tunnel.2", "connected", True),
    }
    assert len(bgp.done({"gather": ["routes"]}).values["vpn"]["state"]["routes"]) > 4


@each_engine
def test_a_router_limits_bgp(bgp):
    assert len(bgp.done({"virtual_router": "default"}).values["vpn"]["bgp"]["peers"]) == 2
    other = bgp.done({"virtual_router": "other"}).values["vpn"]
    assert other["bgp"] == {"instances": [], "peers": []}
    assert other["state"]["bgp_peers"] == []


@each_engine
def test_requests_do_not_grow_with_the_number_of_tunnels(firewalls, engine):
    counts = []
    for number in (2, 60):
        door = Door(vpn_info, firewalls(engine=engine))
        plant_bgp(door.control, engine)
        plant_tunnels(door.control, [f"vpn-{index}" for index in range(number)], monitor=False, engine=engine)
        assert len(door.done({}).values["vpn"]["state"]["tunnels"]) == number + 3
        counts.append(len(door.control.requests()))
        assert door.control.connections() == 1
        assert door.writes() == []
    assert counts[1] <= counts[0]


SELECTS = {
    "a list": ("vpn.state.tunnels[?healthy].name", [FIRST, SECOND]),
    "what is wrong": ("problems", []),
    "whether it is well": ("healthy", True),
    "nothing": ("vpn.nothing", None),
}


@pytest.mark.parametrize("expression, expected", SELECTS.values(), ids=SELECTS.keys())
def test_selects(pbf, expression, expected):
    found = vpn(pbf, select=expression)
    assert found["selected"] == expected
    assert "vpn" not in found
    assert found["healthy"]


BAD_OPTIONS = {
    "an expression that does not parse": ({"select": "vpn.["}, "select:"),
    "an expression that does not fit": ({"select": "sum(vpn)"}, "select:"),
    "no time between two looks": ({"poll": 0}, "poll"),
    "a virtual system on a firewall with one": ({"vsys": "vsys2"}, "no 'vsys2'"),
    "a part that does not exist": ({"gather": ["mood"]}, "gather"),
    "a word for a network there": ({"remote_networks": ["10.20.0.0/16", "any"]}, "remote_networks: 'any' is no network"),
    "an object for a network here": ({"local_networks": ["lan-net"]}, "local_networks: 'lan-net' is no network"),
}


@pytest.mark.parametrize("options, words", BAD_OPTIONS.values(), ids=BAD_OPTIONS.keys())
def test_refuses(pbf, options, words):
    pbf.refused(options, words)


def test_jmespath_is_needed_for_select_only(pbf, monkeypatch):
    monkeypatch.setattr(what_it_does, "jmespath", None)
    assert pbf.done({}).values["healthy"]
    result = pbf.refused({"select": "vpn"}, "jmespath", "option select")
    assert pbf.control.requests() == []
    assert result.failed


def test_an_answer_that_is_not_understood_is_a_warning(pbf, monkeypatch):
    answers = Session.op
    table = ET.fromstring("<response status='success'><result>IKEv2 SAs in words</result></response>")
    monkeypatch.setattr(Session, "op", lambda self, command, *more: table if "ike-sa" in command else answers(self, command, *more))
    result = pbf.done({"name": [NAME]})
    assert result.values["healthy"]
    assert any("show vpn ike-sa" in warning and "IKEv2 SAs in words" in warning for warning in result.warnings)
    pbf.control.vpn(FIRST, monitor="down")
    failed = pbf.run({"name": [NAME], "fail_on": "at_risk"})
    assert failed.failed
    assert any("IKEv2 SAs in words" in warning for warning in failed.warnings)


def test_a_listing_that_fails_is_an_error_and_not_an_empty_one(pbf):
    pbf.control.fault("error", {"cmd": "show vpn flow"}, code=17, message="no such thing here")
    pbf.refused({"name": [NAME]}, "show vpn flow", "no such thing here")


class Clock:
    """Takes the place of the waiting: counts, and does something to the firewall at one of the looks."""

    def __init__(self, monkeypatch, looks=3, then=lambda: None):
        self.waits: list = []
        self.looks, self.then = looks, then
        monkeypatch.setattr(patience, "pause", self.pause)
        monkeypatch.setattr(Patience, "left", property(lambda waiting: waiting.timeout if len(self.waits) < 10 else 0))

    def pause(self, seconds):
        self.waits.append(seconds)
        if len(self.waits) == self.looks:
            self.then()


WAIT = {"name": [NAME], "wait_for": "healthy", "timeout": 60}


def test_waits_until_the_vpn_is_healthy(pbf, monkeypatch):
    pbf.control.vpn(SECOND, sa="down")
    clock = Clock(monkeypatch, then=lambda: pbf.control.vpn(SECOND, sa="up"))
    result = pbf.done(WAIT)
    assert result.values["healthy"]
    assert len(clock.waits) == 3
    requests = pbf.control.requests()
    assert [request["cmd"] for request in requests].count("show vpn flow") == 4
    # Before the first look; then what the judgement needs beside it.
    assert [request["type"] for request in requests[:10]].count("config") == 4
    assert pbf.control.connections() == 1


def test_reads_the_configuration_again_while_the_vpn_is_not_committed(firewalls, monkeypatch):
    door = Door(vpn_info, firewalls())
    clock = Clock(monkeypatch, then=lambda: plant_pbf(door.control))
    assert door.done(WAIT).values["healthy"]
    assert len(clock.waits) == 3


def test_the_end_of_the_time_is_no_failure_by_itself(pbf, monkeypatch):
    clock = Clock(monkeypatch)
    pbf.control.vpn(SECOND, sa="down")
    found = pbf.done(WAIT).values
    assert not found["healthy"]
    assert len(clock.waits) == 10


def test_fails_on_request_with_all_that_is_known(pbf, monkeypatch):
    Clock(monkeypatch)
    pbf.control.vpn(SECOND, sa="down")
    result = pbf.refused({**WAIT, "fail_on": "at_risk", "gather": ["state"]}, NAME, "at risk after 60 s", "has no IKE SA")
    assert result.values["healthy"] is False
    assert len(result.values["problems"]) == 2
    assert [item["healthy"] for item in result.values["vpn"]["state"]["tunnels"]] == [True, False]


def test_without_a_timeout_it_looks_once(pbf):
    pbf.control.vpn(SECOND, sa="down")
    pbf.refused({"name": [NAME], "wait_for": "healthy", "fail_on": "at_risk"}, "at risk: tunnel")
    assert [request["cmd"] for request in pbf.control.requests()].count("show vpn flow") == 1


def test_check_mode_neither_waits_nor_fails(firewalls, monkeypatch):
    clock = Clock(monkeypatch)
    found = Door(vpn_info, firewalls()).done({**WAIT, "fail_on": "at_risk"}, check=True).values
    assert not found["healthy"]
    assert clock.waits == []


def test_the_examples_run(pbf):
    for task in yaml.safe_load(vpn_info.EXAMPLES):
        options = task["tunnelsmith.panos_vpn.vpn_info"] or {}
        described = {"connection": pairing.profile("pbf")} if "connection" in options else {}
        assert not pbf.done({**options, **described}).changed, task["name"]


# What Ansible adds; it gathers deprecations of all modules that ran in this process.
OF_ANSIBLE = {"changed", "invocation", "deprecations"}


def documented(fields) -> dict:
    return {name: documented(value["contains"]) if "contains" in value else None for name, value in fields.items()}


@each_engine
def test_what_is_returned_is_what_is_documented(bgp, engine):
    promised = documented(yaml.safe_load(vpn_info.RETURN))
    bgp.control.vpn(SECOND, sa="down")
    described = {"tunnels": [{"outside_address": "203.0.113.11", "ike": {}, "ipsec": {}, "telemetry": {"status": "UP"}}]}
    found = vpn(bgp, gather=["config", "state", "routes", "summary", "diagnosis"], connection=described)
    assert set(found) - OF_ANSIBLE == set(promised) - {"selected", "unproven"}
    assert set(found["vpn"]) == set(promised["vpn"])
    assert set(found["vpn"]["state"]) == set(promised["vpn"]["state"]) - ({"prefixes"} if engine == "logical-router" else set())
    assert set(found["vpn"]["state"]["tunnels"][0]) == set(promised["vpn"]["state"]["tunnels"])
    assert set(found["diagnosis"][0]) == set(promised["diagnosis"])
    assert json.loads(json.dumps(found)) == found


def test_the_summary_tells_what_people_look_at(pbf):
    told = vpn(pbf, gather=["summary"])
    assert told["vpn"] == {} and told["summary"]["healthy"] and told["summary"]["problems"] == []
    assert told["summary"]["tunnels"][0] == {
        "name": FIRST, "health": "healthy", "healthy": True, "ike_sas": 1, "ipsec_sas": 1, "flows": ["active"], "monitors": ["up"]}
    assert [(rule["name"], rule["next_hop"]) for rule in told["summary"]["pbf_rules"][:2]] == [(FIRST, "UP"), (SECOND, "UP")]


@each_engine
def test_the_summary_tells_what_bgp_is_for(bgp):
    bgp.control.bgp(FIRST, "Established", received=3, advertised=1)
    told = vpn(bgp, gather=["summary", "routes"])["summary"]
    assert [(peer["name"], peer["state"]) for peer in told["bgp_peers"]] == [(FIRST, "Established"), (SECOND, "Established")]
    assert all(route["destination"] and route["interface"] for route in told["learned"])


def test_a_probe_has_the_last_word(pbf, monkeypatch):
    monkeypatch.setattr(verifying, "_BETWEEN_PROBES", 0.01)
    assert vpn(pbf, probe="true")["healthy"]
    silent = vpn(pbf, probe="false", gather=["summary", "diagnosis"])
    assert not silent["healthy"]
    assert silent["problems"] == silent["summary"]["problems"] == ["the probe got no answer: false"]
    failed = pbf.run({"name": [NAME], "probe": "false", "fail_on": "at_risk"})
    assert failed.failed and "the probe got no answer: false" in failed.message
    assert vpn(pbf, probe="sleep 5", probe_timeout=0.05)["problems"] == ["the probe got no answer: sleep 5"]


def test_a_probe_is_asked_for_as_much_as_the_tunnels_take(pbf, monkeypatch):
    """The packets of a ping are as large as the tunnels' interfaces take, its headers included."""
    monkeypatch.setattr(verifying, "_BETWEEN_PROBES", 0.01)
    size = min(interface["mtu"] for interface in vpn(pbf)["vpn"]["interfaces"]) - 28
    assert vpn(pbf, probe=f"test {{size}} -le {size}")["healthy"]
    lost = vpn(pbf, probe=f"test {{size}} -lt {size}", gather=["summary", "diagnosis"])
    assert lost["problems"] == [f"the probe got an answer to small packets, and none to such that carry {size} bytes: test {{size}} -lt {size}"]
    assert [(cause["id"], cause["confidence"]) for cause in lost["diagnosis"]][:1] == [("mtu-too-large", "likely")]
    assert vpn(pbf, probe="test {size} -lt 56")["problems"] == ["the probe got no answer: test {size} -lt 56"]


def test_a_probe_waits_for_the_tunnels_and_for_nothing_in_check_mode(pbf, tmp_path):
    ran = tmp_path / "ran"
    for name in (FIRST, SECOND):
        pbf.control.vpn(name, sa="down", monitor="down")
    assert vpn(pbf, probe=f"touch {ran}")["health"] == "down"
    for name in (FIRST, SECOND):
        pbf.control.vpn(name, sa="up", monitor="up")
    assert pbf.done({"name": [NAME], "probe": f"touch {ran}"}, check=True).values["healthy"]
    assert not ran.exists()
    assert vpn(pbf, probe=f"touch {ran}")["healthy"] and ran.exists()
