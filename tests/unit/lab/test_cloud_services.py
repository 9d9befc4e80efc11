# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Panorama's Cloud Services plugin: what published configurations hold is taken, what its rules forbid is not, and its jobs are told as clients read them."""

from __future__ import annotations

import pathlib
import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
PLUGIN = f"{DEVICE}/plugins/cloud_services"
ONBOARDED = {"remote-networks": f"{PLUGIN}/remote-networks/onboarding", "service-connection": f"{PLUGIN}/service-connection/onboarding"}
PUBLISHED = pathlib.Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "prisma" / "panorama"
JOB_STATUS = "<request><plugins><cloud_services><prisma-access><job-status>{0}</job-status></prisma-access></cloud_services></plugins></request>"
PUSH = '<commit-all><shared-policy><device-group><entry name="{0}"/></device-group></shared-policy></commit-all>'
GATEWAY = (
    '<entry name="{name}"><authentication><pre-shared-key><key>not-real</key></pre-shared-key></authentication><protocol><version>ikev2</version><ikev2>'
    "<ike-crypto-profile>Generic-IKE-Crypto-Default</ike-crypto-profile></ikev2></protocol><local-address><interface>vlan</interface></local-address>"
    "<peer-address>{peer}</peer-address></entry>")
TUNNEL = (
    '<entry name="{name}"><auto-key><ike-gateway><entry name="{name}"/></ike-gateway><ipsec-crypto-profile>Generic-IPSec-Crypto-Default</ipsec-crypto-profile>'
    "</auto-key><tunnel-interface>tunnel</tunnel-interface></entry>")


def network(template="Remote_Network_Template"):
    return f"{DEVICE}/template/entry[@name='{template}']/config/devices/entry[@name='localhost.localdomain']/network"


def published(name):
    if not PUBLISHED.is_dir():
        pytest.skip("the published samples of the plugin are not there")
    return ET.parse(PUBLISHED / name).getroot()


@pytest.fixture
def panorama():
    with Emulator(model="panorama", config="prisma") as emulator:
        emulator.control.commit_duration(0.01)
        emulator.firewall.plugin.duration = 0.01
        yield emulator


@pytest.fixture
def ask(panorama, client_of):
    return client_of(panorama)


def make_tunnel(ask, name, peer="<ip>198.51.100.1</ip>", template="Remote_Network_Template"):
    assert ask.set(f"{network(template)}/ike/gateway", GATEWAY.format(name=name, peer=peer)).status == "success"
    assert ask.set(f"{network(template)}/tunnel/ipsec", TUNNEL.format(name=name)).status == "success"


def site(name="Lyon", tunnel="lyon", region="us-east-1", node="us-east-birch", more=""):
    return (f'<entry name="{name}"><protocol><bgp><enable>no</enable></bgp></protocol><subnets><member>10.1.0.0/16</member></subnets><region>{region}</region>'
            f"<license-type>FWAAS-AGGREGATE</license-type><spn-name>{node}</spn-name><ipsec-tunnel>{tunnel}</ipsec-tunnel>{more}</entry>")


def committed(ask):
    job = ask.commit("<commit/>")
    return job.findtext("result"), "\n".join(line.text or "" for line in job.iter("line"))


@pytest.mark.parametrize("service, file", [
    ("remote-networks", "onboarding.remote-network.aggregate-secondary.xml"), ("remote-networks", "onboarding.remote-network.per-site-license.xml"),
    ("service-connection", "onboarding.service-connection.xml"),
])
def test_published_entries_are_taken(ask, service, file):
    entry = published(file)
    template = "Remote_Network_Template" if service == "remote-networks" else "Service_Conn_Template"
    for number, tag in enumerate(("ipsec-tunnel", "secondary-ipsec-tunnel"), 1):
        if entry.findtext(tag):
            make_tunnel(ask, entry.findtext(tag), f"<ip>198.51.100.{number}</ip>", template)
    node = entry.findtext("spn-name")
    if node:
        ask.set(f"{PLUGIN}/remote-networks/agg-bandwidth/region",
                f'<entry name="asia-south"><allocated-bw>100</allocated-bw><spn-name-list><member>{node}</member></spn-name-list></entry>')
    assert ask.set(ONBOARDED[service], ET.tostring(entry, encoding="unicode")).status == "success"
    assert committed(ask)[0] == "OK"


def test_published_objects_of_the_template_are_taken(ask):
    held = published("ike-ipsec.dynamic-peer.xml")
    for place in ("ike", "tunnel"):
        assert ask.set(f"{network()}/{place}", "".join(ET.tostring(child, encoding="unicode") for child in held.find(place))).status == "success"
    ask.set(ONBOARDED["remote-networks"], site(tunnel="Branch-IPSec-Tunnel"))
    assert committed(ask)[0] == "OK"


@pytest.mark.parametrize("file, place", [
    ("plugin.remote-networks.setup.xml", "."), ("plugin.service-connection.setup.xml", "service-connection"), ("agg-bandwidth.get.xml", "result/agg-bandwidth"),
])
def test_published_settings_are_taken(ask, file, place):
    element = published(file).find(place)
    where = PLUGIN if element.tag != "agg-bandwidth" else f"{PLUGIN}/remote-networks"
    assert ask.set(where, ET.tostring(element, encoding="unicode")).status == "success"


# What a commit refuses → (what is made before, the site, words of the refusal).
FORBIDDEN = {
    "an unknown tunnel": ([], site(), "'lyon' is not a valid reference"),
    "a tunnel of the other service": ([("lyon", "<ip>198.51.100.1</ip>", "Service_Conn_Template")], site(), "is in no template of"),
    "an unknown location": ([("lyon",)], site(region="atlantis"), "'atlantis' is not a valid reference"),
    "a node without bandwidth": ([("lyon",)], site(node="us-west-fig"), "'us-west-fig' is not a valid reference"),
    "a node of another compute location": ([("lyon",)], site(node="europe-central-lime"), "'europe-central-lime' is not a valid reference"),
    "no node": ([("lyon",)], site(node=""), "is missing 'spn-name'"),
    "a long name": ([("l" * 32,)], site(tunnel="l" * 32), "can be at most 31 characters"),
    "one peer for two tunnels": (
        [("lyon",), ("lyon-2",)],
        site(more="<secondary-wan-enabled>yes</secondary-wan-enabled><secondary-ipsec-tunnel>lyon-2</secondary-ipsec-tunnel>"), "is used by more than one"),
    "one tunnel for two sites": ([("lyon",)], site() + site("Twin"), "is already used by Lyon"),
    "a secondary tunnel that is not switched on": (
        [("lyon",), ("lyon-2", "<ip>198.51.100.2</ip>")], site(more="<secondary-ipsec-tunnel>lyon-2</secondary-ipsec-tunnel>"), "needs secondary-wan-enabled"),
    "a peer of IPv6": ([("lyon", "<ip>2001:db8::1</ip>")], site(), "must use IPv4"),
}


@pytest.mark.parametrize("tunnels, entry, words", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_commit_refuses_what_the_rules_forbid(ask, tunnels, entry, words):
    for tunnel in tunnels:
        make_tunnel(ask, *tunnel)
    assert ask.set(ONBOARDED["remote-networks"], entry).status == "success"
    result, lines = committed(ask)
    assert result == "FAIL" and words in lines


@pytest.mark.parametrize("element", ["<entry name='A'><region>x</region><flavour>none</flavour></entry>",
                                     "<entry name='A'><license-type>FREE</license-type></entry>",
                                     "<entry name='A'><ecmp-load-balancing>yes</ecmp-load-balancing></entry>"])
def test_what_the_plugin_does_not_know_is_refused_at_once(ask, element):
    assert ask.set(ONBOARDED["remote-networks"], element).status == "error"


def told(ask, question, tenant=None):
    return ask.op(JOB_STATUS.format(f"{question}<servicetype>remote-networks</servicetype>")).root


def places_in(root):
    """The places of all elements, without what only counts how many there are."""
    found = set()

    def walk(element, above):
        found.add((*above, element.tag))
        for child in element:
            walk(child, (*above, element.tag))

    walk(root, ())
    return found


def test_a_push_begins_a_job_that_is_told_as_clients_read_it(ask, panorama):
    make_tunnel(ask, "lyon")
    ask.set(ONBOARDED["remote-networks"], site())
    assert committed(ask)[0] == "OK"
    assert told(ask, "<latest/>").findtext("result/result/msg") is None
    panorama.firewall.plugin.duration = 0.2
    reply = ask.call(type="commit", action="all", cmd=PUSH.format("Remote_Network_Device_Group"))
    ask.finished(reply.root.findtext("result/job"))
    number = told(ask, "<latest/>").findtext("result/result/msg")
    assert [message.text for message in told(ask, "<pending-jobs/>").iter("msg")] == [number]
    running = told(ask, f"<jobid>{number}</jobid>")
    assert running.findtext(".//ProvisioningInProgress") == "1" and running.findtext(".//percentageCompletion") != "100"
    time.sleep(0.25)
    assert [message.text for message in told(ask, "<success-jobs/>").iter("msg")] == [number]
    ended = told(ask, f"<jobid>{number}</jobid>")
    assert (ended.findtext(".//ProvisioningComplete"), ended.findtext(".//ProvisioningFailed")) == ("1", "0")
    assert panorama.firewall.plugin.addresses(panorama.firewall.running.root) == {"203.0.113.101": ["Lyon"]}
    assert places_in(ended) == places_in(published("job-status.detail.reconstructed.xml"))
    assert places_in(told(ask, "<success-jobs/>")) == places_in(published("job-status.list.reconstructed.xml"))


def test_questions_that_the_plugin_does_not_answer(ask):
    assert told(ask, "<jobid>7</jobid>").findtext("result/result/status") == "fail"
    assert told(ask, "").get("status") == "error"
    assert ask.op(JOB_STATUS.format("<latest/><servicetype>pizza</servicetype>")).root.get("status") == "error"


def test_published_questions_are_understood_or_not_known_at_all(ask):
    """What a question is answered with is known of those about jobs only."""
    for sample in published("op-requests.xml").iter("sample"):
        request = sample[0]
        if request.tag != "request":
            continue
        reply = ask.op(ET.tostring(request, encoding="unicode")).root
        is_of_jobs = sample.get("name").startswith("job-status")
        assert (reply.get("status") == "success") == is_of_jobs, sample.get("name")
