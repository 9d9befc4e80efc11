# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exports, certificates, users, reports and audit comments: what other people's clients ask beside configuration and commits."""

from __future__ import annotations

import io
import tarfile

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.authorities import PASSPHRASE, Authority
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator


def download(client, **parameters):
    """File name, and what is in its archive or, where it is none, itself."""
    client.connection.request("GET", "/api/?" + "&".join(f"{name}={value}" for name, value in {"type": "export", **parameters}.items()),
                              headers={"X-PAN-KEY": client.key})
    response = client.connection.getresponse()
    content = response.read()
    assert response.headers["Content-Type"] == "application/octet-stream", content
    name = response.headers["Content-Disposition"].removeprefix("attachment; filename=")
    if not name.endswith(".tgz"):
        return name, content.decode()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return name, {member.name: archive.extractfile(member).read().decode() for member in archive}


def refused_parameter(reply, words):
    assert (reply.http_status, words in reply.message) == (400, True), reply.text


class TestExports:
    def test_device_state_holds_the_running_configuration(self, client, firewall, at):
        client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
        name, files = download(client, category="device-state")
        assert (name, list(files)) == ("device_state_cfg.tgz", ["running-config.xml"])
        assert files["running-config.xml"].endswith(firewall.control.running())

    @pytest.mark.parametrize("category, prefix", [("tech-support", "techsupport"), ("stats-dump", "stats_dump")])
    def test_what_is_packed_is_a_job_whose_file_is_fetched_once(self, client, firewall, category, prefix):
        begun = client.call(type="export", category=category)
        number = begun.root.findtext("result/job")
        assert begun.root.findtext("result/msg/line") == f"Exec job enqueued with jobid {number}"
        asked = {"type": "export", "category": category, "job-id": number}
        assert client.call(action="status", **asked).root.findtext("result/job/status") == "FIN"
        assert client.call(action="bogus", **asked).http_status == 400
        name, files = download(client, category=category, action="get", **{"job-id": number})
        assert name == f"{prefix}-{number}.tgz" and firewall.firewall.serial in files[f"{category}.txt"]
        assert client.call(action="get", **asked).verdict == ("error", "7")

    def test_a_packed_file_is_taken_away_unfetched_and_is_of_its_category(self, client):
        number = client.call(type="export", category="tech-support").root.findtext("result/job")
        assert client.call(type="export", category="stats-dump", action="get", **{"job-id": number}).code == "7"
        assert client.call(type="export", category="tech-support", action="finish", **{"job-id": number}).status == "success"
        assert client.call(type="export", category="tech-support", action="status", **{"job-id": number}).code == "7"
        refused_parameter(client.call(type="export", category="tech-support", action="get"), "job-id")

    @pytest.mark.parametrize("category", ["bogus", "filters-pcap"])
    def test_what_is_not_there_is_refused_by_the_web_layer(self, client, category):
        refused_parameter(client.call(type="export", category=category), category)
        refused_parameter(client.call(type="import", category=category), category)

    @pytest.mark.parametrize("category", ["device-state", "stats-dump"])
    def test_a_panorama_has_none_of_its_own(self, client_of, category):
        with Emulator(model="panorama") as panorama:
            refused_parameter(client_of(panorama).call(type="export", category=category), category)


class TestCertificates:
    @pytest.fixture
    def pem(self, firewall):
        with open(firewall.ca_path, encoding="ascii") as file:
            return file.read()

    def test_imported_referred_to_and_exported(self, client, firewall, at, pem):
        reply = client.call(type="import", category="certificate", format="pem", file=pem, **{"certificate-name": "Our-CA"})
        assert reply.text == '<response status="success"><result>Successfully imported Our-CA into candidate configuration</result></response>'
        entry = client.get("/config/shared/certificate/entry[@name='Our-CA']").root.find("result/entry")
        assert (entry.findtext("common-name"), entry.findtext("ca"), entry.findtext("algorithm")) == ("fw1 emulator CA", "yes", "EC")
        assert "Our-CA" not in firewall.control.running()
        assert download(client, category="certificate", format="pem", **{"certificate-name": "Our-CA"}) == ("our-ca.pem", pem)
        authentication = f"{at.gateways}/entry[@name='branch-7']/authentication"
        for name, succeeds in (("Our-CA", True), ("their-CA", False)):
            certificate = f"<certificate><local-certificate><name>{name}</name></local-certificate></certificate>"
            client.edit(authentication, f"<authentication>{certificate}</authentication>")
            assert (client.commit().findtext("result") == "OK") is succeeds
        client.op("<revert><config/></revert>")
        assert client.delete("/config/shared/certificate/entry[@name='Our-CA']").code == "10"

    @pytest.mark.parametrize("missing", ["certificate-name", "format", "file"])
    def test_what_is_missing_is_named(self, client, pem, missing):
        given = {"certificate-name": "x", "format": "pem", "file": pem}
        refused_parameter(client.call(type="import", category="certificate", **{name: value for name, value in given.items() if name != missing}), missing)

    @pytest.mark.parametrize("form, text, code", [("pem", "no certificate", "13"), ("pkcs12", None, "400"), ("bogus", None, "400")])
    def test_what_cannot_be_read_is_refused(self, client, firewall, pem, form, text, code):
        before = firewall.control.candidate()
        reply = client.call(type="import", category="certificate", format=form, file=text or pem, **{"certificate-name": "x"})
        assert reply.verdict == ("error", code)
        assert firewall.control.candidate() == before

    def test_with_the_private_key_that_nobody_gets_to_see(self, client, firewall):
        pair = Authority("Our CA").issue("fw", "fw.example.net")
        given = {"category": "keypair", "format": "pem", "file": pair.locked, "certificate-name": "fw"}
        refused_parameter(client.call(type="import", **given), "passphrase")
        assert client.call(type="import", passphrase="another", **given).verdict == ("error", "13")
        assert client.call(type="import", passphrase=PASSPHRASE, **{**given, "file": pair.certificate}).verdict == ("error", "13")
        assert client.call(type="import", passphrase=PASSPHRASE, **given).status == "success"
        entry = client.get("/config/shared/certificate/entry[@name='fw']").root.find("result/entry")
        assert entry.findtext("public-key") == pair.certificate and entry.findtext("issuer-hash") != entry.findtext("subject-hash")
        assert entry.findtext("private-key").startswith("-AQ==") and pair.key.splitlines()[1] not in client.get("/config").text
        assert firewall.firewall.secrets.reveal(entry.findtext("private-key")) == pair.key

    def test_into_a_virtual_system_that_is_there(self, client, at, pem):
        given = {"category": "certificate", "format": "pem", "file": pem, "certificate-name": "x"}
        assert client.call(type="import", vsys="vsys1", **given).status == "success"
        assert client.names(f"{at.vsys}/certificate/entry") == ["x"]
        assert client.call(type="import", vsys="vsys9", **given).code == "17"

    def test_panorama_has_its_own(self, client_of, pem):
        with Emulator(model="panorama") as panorama:
            client = client_of(panorama)
            client.call(type="import", category="certificate", format="pem", file=pem, **{"certificate-name": "x"})
            assert client.names("/config/panorama/certificate/entry") == ["x"]

    def test_exports_that_are_not_there(self, client):
        assert client.call(type="export", category="certificate", format="pem", **{"certificate-name": "x"}).verdict == ("error", "7")
        refused_parameter(client.call(type="export", category="certificate", format="pem"), "certificate-name")

    def test_under_somebody_else_s_lock(self, client, firewall, pem):
        firewall.control.hold_config_lock("somebody")
        reply = client.call(type="import", category="certificate", format="pem", file=pem, **{"certificate-name": "x"})
        assert reply.status == "error" and client.get("/config/shared/certificate/entry[@name='x']").code == "7"


class TestUsers:
    def update(self, client, payload, **more):
        return client.call(type="user-id", cmd=f"<uid-message><version>1.0</version><type>update</type><payload>{payload}</payload></uid-message>", **more)

    def users(self, client, **more):
        found = client.op("<show><user><ip-user-mapping-mp><all/></ip-user-mapping-mp></user></show>", **more).root
        return {entry.findtext("ip"): entry.findtext("user") for entry in found.findall("result/entry")}

    def tags(self, client, words="<all/>"):
        found = client.op(f"<show><object><registered-ip>{words}</registered-ip></object></show>").root
        return {entry.get("ip"): [member.text for member in entry.iter("member")] for entry in found.findall("result/entry")}

    def test_in_and_out(self, client, firewall):
        before = firewall.control.candidate(marks=True)
        assert self.update(client, "<login><entry name='a\\jo' ip='192.0.2.1'/><entry name='a\\mo' ip='192.0.2.2'/></login>").status == "success"
        assert self.users(client) == {"192.0.2.1": "a\\jo", "192.0.2.2": "a\\mo"}
        one = client.op("<show><user><ip-user-mapping><ip>192.0.2.2</ip></ip-user-mapping></user></show>").root
        assert [entry.findtext("user") for entry in one.findall("result/entry")] == ["a\\mo"]
        self.update(client, "<logout><entry name='a\\jo' ip='192.0.2.1'/><entry name='a\\jo' ip='192.0.2.2'/></logout>")
        assert self.users(client) == {"192.0.2.2": "a\\mo"}
        assert firewall.control.candidate(marks=True) == before

    def test_tags_are_added_and_taken_away_once(self, client):
        entry = "<entry ip='192.0.2.1'><tag><member>one</member><member>two</member></tag></entry>"
        assert self.update(client, f"<register>{entry}</register>").status == "success"
        assert self.tags(client) == {"192.0.2.1": ["one", "two"]}
        again = self.update(client, f"<register>{entry}<entry ip='192.0.2.2'><tag><member>two</member></tag></entry></register>")
        told = [(each.get("ip"), each.get("message")) for each in again.root.findall("msg/line/uid-response/payload/register/entry")]
        assert (again.status, told) == ("error", [("192.0.2.1", "tag one already exists, ignore"), ("192.0.2.1", "tag two already exists, ignore")])
        assert self.tags(client, "<tag><entry name='one'/></tag>") == {"192.0.2.1": ["one", "two"]}
        assert self.tags(client, "<ip>192.0.2.2</ip>") == {"192.0.2.2": ["two"]}
        assert list(self.tags(client, "<limit>1</limit><start-point>2</start-point>")) == ["192.0.2.2"]
        assert self.update(client, f"<unregister>{entry}</unregister>").status == "success"
        assert self.tags(client) == {"192.0.2.2": ["two"]}
        assert "does not exist, ignore unreg" in self.update(client, f"<unregister>{entry}</unregister>").text
        self.update(client, "<unregister><entry ip='192.0.2.2'/></unregister>")
        assert self.tags(client) == {}

    @pytest.mark.parametrize("words", ["<limit>0</limit><start-point>1</start-point>", "<limit>5</limit><start-point>x</start-point>"])
    def test_pages_are_numbers(self, client, words):
        assert client.op(f"<show><object><registered-ip>{words}</registered-ip></object></show>").verdict == ("error", "17")

    def test_the_payload_may_stand_in_the_type(self, client):
        """As pan-python's own tests send it."""
        payload = "<payload><login><entry name='jo' ip='192.0.2.1'/></login></payload>"
        assert client.call(type="user-id", cmd=f"<uid-message><type>update{payload}</type></uid-message>").status == "success"
        assert self.users(client) == {"192.0.2.1": "jo"}

    def test_each_entry_stands_for_itself(self, client):
        reply = self.update(client, "<login><entry name='jo' ip='nowhere'/><entry name='mo' ip='2001:db8::1'/></login>")
        assert reply.status == "error" and 'ip="nowhere"' in reply.text
        assert self.users(client) == {"2001:db8::1": "mo"}

    @pytest.mark.parametrize("message, code", [
        ("<uid-message", "18"), ("<other/>", "17"), ("<uid-message><type>update</type></uid-message>", "17"),
        ("<uid-message><type>other</type><payload/></uid-message>", "17"), ("<uid-message><type>update</type><payload><bogus/></payload></uid-message>", "17"),
    ])
    def test_what_is_no_update_is_refused(self, client, message, code):
        assert client.call(type="user-id", cmd=message).verdict == ("error", code)

    def test_systems_have_users_of_their_own(self, client):
        login = "<login><entry name='jo' ip='192.0.2.1'/></login>"
        assert self.update(client, login, vsys="vsys9").code == "17"
        self.update(client, login, vsys="vsys1")
        assert (list(self.users(client)), list(self.users(client, vsys="shared"))) == (["192.0.2.1"], [])

    def test_a_reader_tells_nothing(self, client_of, firewall):
        reader = client_of(firewall, firewall.control.add_admin("reader", "secret", "superreader"))
        assert self.update(reader, "<login><entry name='jo' ip='192.0.2.1'/></login>").verdict == ("unauth", "16")


class TestReports:
    @pytest.mark.parametrize("kind, name, place, title", [
        ("dynamic", "top-applications-summary", "result/report", "Top applications"), ("predefined", "top-attacks", "result/report/result", "Top attacks")])
    def test_a_report_is_a_job_and_empty(self, client, kind, name, place, title):
        begun = client.call(type="report", reporttype=kind, reportname=name, period="last-hour").root
        answer = client.call(type="report", action="get", **{"job-id": begun.findtext("result/job")}).root
        report = answer.find(place)
        assert (answer.findtext("result/job/status"), report.get("name"), len(report)) == ("FIN", title, 0)
        assert int(report.get("end-epoch")) - int(report.get("start-epoch")) == 3599

    @pytest.mark.parametrize("wrong", [
        {"reporttype": "bogus"}, {"reportname": "bogus"}, {"reportname": "top-attacks"}, {"period": "bogus"}, {"reporttype": "custom"}])
    def test_what_has_no_name_here_is_refused(self, client, wrong):
        reply = client.call(type="report", **{"reporttype": "dynamic", "reportname": "top-applications-summary", **wrong})
        assert reply.verdict == ("error", "17") and next(iter(wrong.values())) in reply.message

    def test_other_jobs_are_no_reports(self, client):
        assert client.call(type="report", action="get", **{"job-id": "1"}).verdict == ("error", "7")
        assert client.call(type="report", action="get", **{"job-id": "99"}).verdict == ("error", "7")


class TestAuditComments:
    def said(self, client, xpath):
        reply = client.op(f"<show><config><list><audit-comments><xpath>{xpath}</xpath></audit-comments></list></config></show>")
        return reply.root.findtext("result/entry/comment")

    def test_stands_until_the_next_commit(self, client, at):
        rule = f"{at.security}/entry[@name='office to servers']"
        assert self.said(client, rule) is None
        reply = client.op(f"<set><audit-comment><xpath>{rule}</xpath><comment>ticket 7 &amp; 8</comment></audit-comment></set>")
        assert reply.status == "success" and self.said(client, rule) == "ticket 7 & 8"
        client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
        client.commit()
        assert self.said(client, rule) is None

    @pytest.mark.parametrize("place, code", [
        ("{0.security}/entry[@name='nosuch']", "7"), ("{0.security}", "7"), ("{0.gateways}/entry[@name='branch-7']", "7"), ("", "17")])
    def test_is_about_a_rule(self, client, at, place, code):
        reply = client.op(f"<set><audit-comment><xpath>{place.format(at)}</xpath><comment>x</comment></audit-comment></set>")
        assert reply.verdict == ("error", code)

    def test_has_a_length(self, client, at):
        rule = f"{at.security}/entry[@name='office to servers']"
        reply = client.op(f"<set><audit-comment><xpath>{rule}</xpath><comment>{'x' * 257}</comment></audit-comment></set>")
        assert reply.code == "17" and self.said(client, rule) is None


def test_the_management_interface(client):
    found = client.op("<show><interface>management</interface></show>").root
    assert (found.findtext("result/info/name"), found.findtext("result/counters/tx-packets")) == ("Management Interface", "0")


def test_no_operational_command_is_completed(client):
    reply = client.call(type="op", action="complete", cmd="<show><user/></show>")
    assert (reply.verdict, reply.message) == (("error", "17"), "No completions available")
