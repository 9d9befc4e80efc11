# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations on the device's disk, views of the configuration, the commit queue, master keys."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator, Switches


def unit(at, number=8):
    return f"{at.units}/entry[@name='tunnel.{number}']"


def load(words):
    return f"<load><config>{words}</config></load>"


def upload(client, name, text, boundary="-----boundary"):
    """Import a file, as a browser's form sends it."""
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in (("type", "import"), ("category", "configuration"))
    )
    parts += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/xml\r\n\r\n{text}\r\n'
    body = (parts + f"--{boundary}--\r\n").encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "X-PAN-KEY": client.key}
    client.connection.request("POST", "/api/", body, headers)
    return client.connection.getresponse().read().decode()


class TestFiles:
    def test_imported_then_loaded_then_committed(self, client, firewall, at):
        text = firewall.control.running().replace("branch-7", "branch-8")
        saved = '<response status="success"><msg><line>conf1.xml saved</line></msg></response>'
        assert upload(client, "conf1.xml", text) == saved
        assert client.op(load("<from>conf1.xml</from>")).status == "success"
        assert client.names(f"{at.gateways}/entry") == ["branch-8"]
        assert client.commit().findtext("result") == "OK"
        assert firewall.control.running() == text

    def test_boundaries_as_pan_python_makes_them(self, client, firewall):
        assert "saved" in upload(client, "conf1.xml", firewall.control.running(), "____wRlx5/v9QM+P9=")

    def test_deleted(self, client, firewall):
        upload(client, "conf1.xml", firewall.control.running())
        assert client.op("<delete><config><saved>conf1.xml</saved></config></delete>").status == "success"
        for gone in ("conf1.xml", "running-config.xml", ""):
            assert client.op(f"<delete><config><saved>{gone}</saved></config></delete>").status == "error"
        assert client.op(load("<from>running-config.xml</from>")).status == "success"

    @pytest.mark.parametrize("text", ["<config><devices></config>", "<response/>", "no XML"], ids=["not closed", "other root", "text"])
    def test_what_is_no_configuration_is_not_imported(self, client, text):
        assert 'status="error"' in upload(client, "bad.xml", text)
        assert client.op(load("<from>bad.xml</from>")).status == "error"

    @pytest.mark.parametrize(("before", "after", "words"), [
        ("<mtu>", "<bogus>x</bogus><mtu>", "bogus unexpected here"),
        ("<anti-replay>yes", "<anti-replay>maybe", "'maybe' is not an allowed keyword"),
    ])
    def test_what_the_schema_refuses_is_not_loaded(self, client, firewall, at, before, after, words):
        running = firewall.control.running()
        text = running.replace('<entry name="tunnel.7">', '<entry name="tunnel.7"><mtu>1400</mtu>')
        text = text.replace('<entry name="branch-7"><auto-key>', '<entry name="branch-7"><anti-replay>yes</anti-replay><auto-key>')
        assert before in text
        upload(client, "bad.xml", text.replace(before, after))
        reply = client.op(load("<from>bad.xml</from>"))
        assert (reply.verdict, words in reply.message) == (("error", None), True)
        assert reply.root.find("msg/line/msg/line") is not None
        assert firewall.control.candidate() == running

    def test_a_version_without_the_element_refuses_the_file(self, client_of, at):
        with Emulator(version="12.1") as newer, Emulator(version="10.1") as older:
            text = newer.control.running().replace('<entry name="branch-7"><auto-key>', '<entry name="branch-7"><ipsec-mode>tunnel</ipsec-mode><auto-key>')
            assert "ipsec-mode" in text
            upload(client_of(older), "new.xml", text)
            assert "ipsec-mode unexpected here" in client_of(older).op(load("<from>new.xml</from>")).message

    @pytest.mark.parametrize("name", ["fw-8.1-two-vr-loopback-ipsec.xml", "fw-10.1-baseline-factory.xml"])
    def test_real_configurations_load(self, client, firewall, shared_fixtures, name):
        text = (shared_fixtures / "panos" / "config" / name).read_text()
        upload(client, name, text)
        assert client.op(load(f"<from>{name}</from>")).status == "success"
        assert ET.canonicalize(firewall.control.candidate(), strip_text=True) == ET.canonicalize(text, strip_text=True)

    def test_committed_versions(self, client, firewall, at):
        before = firewall.control.running()
        client.set(unit(at), "<mtu>1400</mtu>")
        client.commit()
        assert client.op(load("<version>1</version>")).status == "success"
        assert firewall.control.candidate() == before
        assert client.op(load("<version>99</version>")).status == "error"

    @pytest.mark.parametrize(("mode", "mtu", "comment"), [("merge", "1400", "kept"), ("replace", "1400", None), ("append", "1300", "kept")])
    def test_part_of_a_file(self, client, firewall, at, mode, mtu, comment):
        client.set(unit(at), "<mtu>1400</mtu>")
        client.op("<save><config><to>mine.xml</to></config></save>")
        client.edit(unit(at), "<entry name='tunnel.8'><mtu>1300</mtu><comment>kept</comment></entry>")
        units = at.units.replace("/config/", "")
        words = f"<from-xpath>{units}</from-xpath><to-xpath>{at.units}</to-xpath><mode>{mode}</mode><from>mine.xml</from>"
        assert client.op(load(f"<partial>{words}</partial>")).status == "success"
        entry = client.get(unit(at)).root.find("result/entry")
        assert (entry.findtext("mtu"), entry.findtext("comment")) == (mtu, comment)

    def test_part_that_the_file_lacks(self, client, at):
        words = f"<from-xpath>{at.units}/entry[@name='x']</from-xpath><to-xpath>{at.units}</to-xpath><mode>merge</mode><from>running-config.xml</from>"
        reply = client.op(load(f"<partial>{words}</partial>"))
        assert reply.root.findtext("msg/line/msg/line").startswith("input file doesn't have anything at devices/entry")

    def test_export_of_a_saved_file(self, client, at):
        client.set(unit(at), "<mtu>1400</mtu>")
        client.op("<save><config><to>mine.xml</to></config></save>")
        assert "tunnel.8" in client.call(type="export", category="configuration", **{"from": "mine.xml"}).text
        assert "tunnel.8" in client.op("<show><config><saved>mine.xml</saved></config></show>").text


def test_difference_of_running_and_candidate(client, at):
    client.set(unit(at), "<mtu>1400</mtu>")
    lines = client.op("<show><config><diff/></config></show>").message.splitlines()
    assert any(line.startswith("+") and "tunnel.8" in line for line in lines)
    assert not any(line.startswith("-") and "tunnel" in line for line in lines)


class TestQueue:
    @pytest.fixture
    def queued(self, client_of):
        with Emulator(switches=Switches(commit_queue=1)) as emulator:
            emulator.control.commit_duration(0.2)
            yield client_of(emulator)

    def enqueue(self, client, at, number):
        client.set(unit(at, number), "<mtu>1400</mtu>")
        return client.call(type="commit", cmd="<commit/>")

    def state(self, client, number):
        job = client.op(f"<show><jobs><id>{number}</id></jobs></show>").root.find("result/job")
        return [job.findtext(tag) for tag in ("status", "queued", "result", "positionInQ")]

    def test_second_waits_third_is_refused(self, queued, at):
        first, second, third = (self.enqueue(queued, at, number) for number in (8, 9, 10))
        assert third.message.startswith("Another commit/validate is in progress.")
        assert self.state(queued, first.root.findtext("result/job"))[:2] == ["ACT", "NO"]
        assert self.state(queued, second.root.findtext("result/job")) == ["PEND", "YES", "PEND", "1"]
        assert queued.finished(second.root.findtext("result/job")).findtext("result") == "OK"
        assert queued.show(unit(at, 10)).status == "success"

    def test_order_of_the_jobs(self, queued, at):
        numbers = [self.enqueue(queued, at, number).root.findtext("result/job") for number in (8, 9)]
        queued.finished(numbers[1])
        jobs = [queued.finished(number) for number in numbers]
        assert jobs[0].findtext("tfin") <= jobs[1].findtext("tfin")


class TestMasterKeys:
    place = "/config/devices/entry[@name='localhost.localdomain']/network/ike/gateway/entry[@name='branch-7']/authentication/pre-shared-key/key"

    def stored(self, client):
        client.set(self.place.rpartition("/")[0], "<key>letmein123</key>")
        return client.get(self.place).root.findtext("result/key")

    def test_same_digest_other_ciphertext(self, client_of):
        with Emulator() as one, Emulator(master_key="another master k") as other:
            first, second = self.stored(client_of(one)), self.stored(client_of(other))
        assert first[:33] == second[:33] == "-AQ==4oaXexPxqJ4g0EWSB1RdFf4eugg="
        assert first != second

    def test_ciphertext_is_carried_over_verbatim(self, client_of):
        with Emulator() as one, Emulator(master_key="another master k") as other:
            stored = self.stored(client_of(one))
            client_of(other).set(self.place.rpartition("/")[0], f"<key>{stored}</key>")
            assert client_of(other).get(self.place).root.findtext("result/key") == stored


class TestSystemLog:
    def search(self, client, query="", **more):
        reply = client.call(type="log", **{"log-type": "system", "query": query}, **more)
        number = reply.root.findtext("result/job")
        assert reply.root.findtext("result/msg/line") == f"query job enqueued with jobid {number}"
        found = client.call(type="log", action="get", **{"job-id": number}).root
        assert found.findtext("result/job/status") == "FIN"
        assert found.find("result/log/logs").get("count") == str(len(found.findall("result/log/logs/entry")))
        return [(entry.findtext("eventid"), entry.findtext("object")) for entry in found.findall("result/log/logs/entry")]

    @pytest.fixture
    def events(self, client, firewall):
        firewall.control.log("ike-nego-p1-fail-psk", "gw-1", "IKE phase-1 negotiation is failed. Pre-shared key mismatch.", "high")
        firewall.control.log("general", "", "User admin logged in", subtype="auth")
        firewall.control.vpn("branch-7", monitor="down")
        return client

    @pytest.mark.parametrize(("query", "expected"), [
        ("", ["tunnel-status-down", "general", "ike-nego-p1-fail-psk"]),
        ("( subtype eq vpn )", ["tunnel-status-down", "ike-nego-p1-fail-psk"]),
        ("( subtype eq vpn ) and ( object eq 'gw-1' )", ["ike-nego-p1-fail-psk"]),
        ("(object eq gw-1) or (eventid eq general)", ["general", "ike-nego-p1-fail-psk"]),
        ("not ( subtype eq vpn )", ["general"]),
        ("( severity geq high )", ["tunnel-status-down", "ike-nego-p1-fail-psk"]),
        ("( opaque contains 'mismatch' ) and ( receive_time geq '2020/01/01 00:00:00' )", ["ike-nego-p1-fail-psk"]),
    ])
    def test_query(self, events, query, expected):
        assert [eventid for eventid, dummy in self.search(events, query)] == expected

    def test_newest_first_unless_asked_otherwise(self, events):
        assert [each[0] for each in self.search(events, dir="forward", nlogs="1")] == ["ike-nego-p1-fail-psk"]
        assert [each[0] for each in self.search(events, nlogs="1", skip="1")] == ["general"]

    @pytest.mark.parametrize("query", ["( subtype eq", "( subtype is vpn )", "subtype", "( subtype eq vpn ) )"])
    def test_broken_query(self, events, query):
        assert events.call(type="log", query=query, **{"log-type": "system"}).verdict == ("error", "17")

    def test_unknown_type_and_job(self, client):
        assert client.call(type="log", **{"log-type": "bogus"}).code == "17"
        assert client.call(type="log", action="get", **{"job-id": "7"}).code == "7"

    def test_other_logs_are_empty(self, client):
        number = client.call(type="log", **{"log-type": "traffic"}).root.findtext("result/job")
        assert client.call(type="log", action="get", **{"job-id": number}).root.find("result/log/logs").get("count") == "0"


def test_routing_information_bases_of_bgp(client_of):
    with Emulator(config="bgp_running") as emulator:
        client = client_of(emulator)
        peers = client.op("<show><routing><protocol><bgp><peer/></bgp></protocol></routing></show>").root.findall("result/entry")
        name = peers[0].get("peer")
        emulator.control.bgp(name, "Established", received_prefixes=["10.9.0.0/16"], advertised_prefixes=["10.10.0.0/24", "10.20.0.0/24"])
        for other in peers[1:]:
            emulator.control.bgp(other.get("peer"), "Established", received_prefixes=[], advertised_prefixes=[])
        for rib, expected in (("loc-rib", ["10.9.0.0/16"]), ("rib-out", ["10.10.0.0/24", "10.20.0.0/24"])):
            root = client.op(f"<show><routing><protocol><bgp><{rib}/></bgp></protocol></routing></show>").root
            assert [member.findtext("prefix") for member in root.findall(f"result/entry/{rib}/member")] == expected
