# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Panorama: three documents that a change passes through, precedence, variables, pushes and their results."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
STACK = f"{DEVICE}/template-stack/entry[@name='branch-stack']"
GROUPS = f"{DEVICE}/device-group"


def template(name):
    return f"{DEVICE}/template/entry[@name='{name}']"


def inside(place):
    """Where a template or stack keeps the configuration of the device."""
    return f"{place}/config/devices/entry[@name='localhost.localdomain']"


def network(name):
    return f"{inside(template(name))}/network"


PUSH_STACK = "<commit-all><template-stack><name>branch-stack</name></template-stack></commit-all>"
RULE = (
    "<from><member>trust</member></from><to><member>branch</member></to><source><member>any</member></source><destination><member>any"
    "</member></destination><application><member>any</member></application><service><member>any</member></service><action>allow</action>"
)


class Site:
    """A Panorama with two firewalls in its stack and group, and clients for all three."""

    def __init__(self, client_of, version="11.1"):
        self.panorama = Emulator(version=version, model="panorama").start()
        self.firewalls = [Emulator(version=version, name=name).start() for name in ("fw1", "fw2")]
        for emulator in self.all:
            emulator.control.commit_duration(0.01)
        for firewall in self.firewalls:
            self.panorama.manage(firewall, "branch-stack", "branches")
        self.ask = client_of(self.panorama)
        self.clients = [client_of(firewall) for firewall in self.firewalls]

    @property
    def all(self):
        return [self.panorama, *self.firewalls]

    @property
    def serials(self):
        return [emulator.firewall.serial for emulator in self.firewalls]

    def commit(self, command="<commit/>"):
        job = self.ask.commit(command)
        assert job.findtext("result") == "OK", ET.tostring(job, encoding="unicode")

    def push(self, command):
        """Serial → (result, status, lines) once no device is pending any more."""
        reply = self.ask.call(type="commit", action="all", cmd=command)
        number = reply.root.findtext("result/job")
        assert number, reply.text
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            job = self.ask.finished(number)
            results = {entry.findtext("serial-no"): entry for entry in job.findall("devices/entry")}
            if all(entry.findtext("result") != "PEND" for entry in results.values()):
                self.job = job
                return {
                    serial: (entry.findtext("result"), entry.findtext("status"), [line.text for line in entry.iter("line")])
                    for serial, entry in results.items()
                }
            time.sleep(0.01)
        raise TimeoutError("a device stays pending")

    def statuses(self, command, field):
        return [entry.findtext(field) for entry in self.ask.op(command).root.iter("entry") if entry.find("serial") is not None]

    def in_sync(self):
        return self.statuses("<show><template-stack/></show>", "template-status")

    def stop(self):
        for emulator in self.all:
            emulator.stop()


@pytest.fixture
def site(client_of):
    site = Site(client_of)
    yield site
    site.stop()


def monitor(client, at):
    reply = client.get(f"{at.network}/profiles/monitor-profile/entry[@name='site-monitor']")
    return reply.root.find("result/entry")


class TestTemplates:
    def test_a_change_passes_three_documents(self, site, at):
        site.ask.set(f"{network('base')}/profiles/monitor-profile/entry[@name='new']", "<interval>4</interval>")
        assert site.ask.show(f"{network('base')}/profiles/monitor-profile/entry[@name='new']").status == "error"
        site.push(PUSH_STACK)
        assert "new" not in site.clients[0].names(f"{at.network}/profiles/monitor-profile/entry")
        site.commit()
        assert site.in_sync() == ["Out of Sync", "Out of Sync"]
        site.push(PUSH_STACK)
        assert "new" in site.clients[0].names(f"{at.network}/profiles/monitor-profile/entry")
        assert site.in_sync() == ["In Sync", "In Sync"]

    def test_first_template_wins_with_the_whole_object(self, site, at):
        assert site.push(PUSH_STACK)[site.serials[0]][0] == "OK"
        entry = monitor(site.clients[0], at)
        assert [entry.findtext(tag) for tag in ("interval", "threshold", "action")] == ["3", "3", "fail-over"]
        assert (entry.get("src"), entry.get("ptpl")) == ("tpl", "branch")
        crypto = site.clients[0].get(f"{at.network}/ike/crypto-profiles/ike-crypto-profiles/entry[@name='site-ike']").root
        assert crypto.find("result/entry").get("ptpl") == "base"

    def test_the_stack_s_own_object_wins_over_its_templates(self, site, at):
        place = f"{inside(STACK)}/network/profiles/monitor-profile/entry[@name='site-monitor']"
        site.ask.set(place, "<interval>9</interval>")
        site.commit()
        site.push(PUSH_STACK)
        entry = monitor(site.clients[0], at)
        assert (entry.findtext("interval"), entry.findtext("threshold"), entry.get("ptpl")) == ("9", None, "branch-stack")

    def test_what_is_gone_from_the_template_goes_from_the_firewall(self, site, at):
        before = site.firewalls[0].control.running()
        site.push(PUSH_STACK)
        assert site.firewalls[0].control.running() != before
        for name in ("base", "branch"):
            site.ask.delete(f"{network(name)}/profiles")
            site.ask.delete(f"{network(name)}/ike")
        site.ask.delete(f"{network('base')}/virtual-router")
        site.commit()
        site.push(PUSH_STACK)
        assert site.firewalls[0].control.running() == before

    def test_local_configuration_stays(self, site):
        before = site.clients[0].op("<show><config><running/></config></show>").text
        site.push(PUSH_STACK)
        assert site.clients[0].op("<show><config><running/></config></show>").text == before
        assert "site-monitor" in site.clients[0].op("<show><config><merged/></config></show>").text
        assert "site-monitor" in site.clients[0].op("<show><config><effective-running-config/></config></show>").text
        assert "site-monitor" in site.clients[0].op("<show><config><pushed-template/></config></show>").text
        assert "site-monitor" not in site.clients[0].send(type="export", category="configuration", key=site.clients[0].key).text


class TestOwnership:
    def entry(self, at):
        return f"{at.network}/profiles/monitor-profile/entry[@name='site-monitor']"

    def test_writes_are_refused(self, site, at):
        site.push(PUSH_STACK)
        reply = site.clients[0].set(self.entry(at), "<interval>5</interval>")
        assert (reply.code, reply.message) == ("13", "set failed, may need to override template object site-monitor first")
        assert site.clients[0].delete(self.entry(at)).code == "13"
        assert site.clients[0].edit(self.entry(at), "<entry name='site-monitor'><interval>5</interval></entry>").code == "13"

    def test_override_survives_a_push_and_its_deletion_brings_the_template_back(self, site, at):
        site.push(PUSH_STACK)
        client = site.clients[0]
        mine = "<entry name='site-monitor'><interval>50</interval></entry>"
        assert client.call(type="config", action="override", xpath=f"{at.network}/profiles/monitor-profile", element=mine).code == "20"
        client.commit()
        site.push(PUSH_STACK)
        assert (monitor(client, at).findtext("interval"), monitor(client, at).get("src")) == ("50", None)
        assert client.delete(self.entry(at)).code == "20"
        assert (monitor(client, at).findtext("interval"), monitor(client, at).get("src")) == ("3", "tpl")

    def test_force_template_values_takes_the_override_away(self, site, at):
        client = site.clients[0]
        client.set(self.entry(at), "<interval>50</interval>")
        client.commit()
        site.push(PUSH_STACK)
        assert monitor(client, at).findtext("interval") == "50"
        site.push(PUSH_STACK.replace("</name>", "</name><force-template-values>yes</force-template-values>"))
        assert monitor(client, at).findtext("interval") == "3"

    @pytest.mark.parametrize(("merge", "value"), [("yes", "1400"), ("no", None)])
    def test_pending_local_edits(self, site, at, merge, value):
        client = site.clients[0]
        client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
        site.push(PUSH_STACK.replace("</name>", f"</name><merge-with-candidate-cfg>{merge}</merge-with-candidate-cfg>"))
        assert client.show(f"{at.units}/entry[@name='tunnel.8']/mtu").root.findtext("result/mtu") == value
        pending = client.op("<check><pending-changes/></check>").message
        assert pending == ("no" if merge == "yes" else "yes")
        assert monitor(client, at) is not None


class TestVariables:
    def declare(self, site, value="None"):
        variable = f"<entry name='$wan'><type><ip-netmask>{value}</ip-netmask></type></entry>"
        assert site.ask.set(f"{template('base')}/variable", variable).code == "20"
        unit = "<entry name='tunnel.60'><ip><entry name='$wan'/></ip></entry>"
        assert site.ask.set(f"{network('base')}/interface/tunnel/units", unit).code == "20"

    def give(self, site, place, value):
        return site.ask.set(f"{place}/variable", f"<entry name='$wan'><type><ip-netmask>{value}</ip-netmask></type></entry>")

    def addresses(self, site, at):
        return [client.names(f"{at.units}/entry[@name='tunnel.60']/ip/entry") for client in site.clients]

    def test_device_before_stack_before_template(self, site, at):
        self.declare(site, "192.0.2.1/32")
        site.commit()
        site.push(PUSH_STACK)
        assert self.addresses(site, at) == [["192.0.2.1/32"], ["192.0.2.1/32"]]
        assert self.give(site, STACK, "192.0.2.2/32").code == "20"
        assert self.give(site, f"{STACK}/devices/entry[@name='{site.serials[1]}']", "192.0.2.3/32").code == "20"
        site.commit()
        site.push(PUSH_STACK)
        assert self.addresses(site, at) == [["192.0.2.2/32"], ["192.0.2.3/32"]]

    def test_none_must_get_a_value_before_the_push(self, site, at):
        self.declare(site)
        self.give(site, f"{STACK}/devices/entry[@name='{site.serials[0]}']", "192.0.2.2/32")
        site.commit()
        results = site.push(PUSH_STACK)
        assert site.job.findtext("result") == "OK"
        assert results[site.serials[0]][0] == "OK"
        assert results[site.serials[1]] == ("FAIL", "commit failed", ["variable $wan has no value for this device"])
        assert self.addresses(site, at) == [["192.0.2.2/32"], []]

    @pytest.mark.parametrize("place", [STACK, f"{STACK}/devices/entry[@name='1']"], ids=["stack", "device"])
    def test_must_be_declared_in_a_template_first(self, site, place):
        reply = self.give(site, place, "192.0.2.2/32")
        assert (reply.code, "'$wan' is not a valid reference" in reply.message) == ("12", True)

    @pytest.mark.parametrize(("name", "kind"), [("wan", "ip-netmask"), ("$wan", "colour"), ("$" + "x" * 63, "fqdn")])
    def test_name_and_type(self, site, name, kind):
        variable = f"<entry name='{name}'><type><{kind}>None</{kind}></type></entry>"
        assert site.ask.set(f"{template('base')}/variable", variable).code == "12"


class TestDeviceGroups:
    push = "<commit-all><shared-policy><device-group><entry name='branches'/></device-group></shared-policy></commit-all>"

    def rule(self, site, group, base, name, kind="security", element=RULE):
        place = f"{GROUPS}/entry[@name='{group}']" if group else "/config/shared"
        assert site.ask.set(f"{place}/{base}-rulebase/{kind}/rules/entry[@name='{name}']", element).code == "20"

    def rules(self, site, base):
        reply = site.clients[0].op("<show><config><pushed-shared-policy/></config></show>").root
        return [rule.get("name") for rule in reply.findall(f".//{base}-rulebase/security/rules/entry")]

    def test_order_of_the_rulebases(self, site):
        for base in ("pre", "post"):
            for group in (None, "everywhere", "branches"):
                self.rule(site, group, base, f"{base} {group or 'shared'}")
        site.commit()
        assert site.push(self.push)[site.serials[0]][0] == "OK"
        assert self.rules(site, "pre") == ["no telnet", "pre shared", "pre everywhere", "pre branches"]
        assert self.rules(site, "post") == ["post branches", "post everywhere", "post shared"]

    def test_pushed_rules_are_not_in_the_vsys_and_cannot_be_written(self, site, at):
        self.rule(site, "branches", "pre", "vpn")
        site.commit()
        site.push(self.push)
        assert "vpn" not in site.clients[0].names(f"{at.security}/entry")
        place = "/config/panorama/vsys/entry[@name='vsys1']/pre-rulebase/security/rules/entry[@name='vpn']"
        assert site.clients[0].get(place).root.find("result/entry").get("loc") == "branches"
        assert site.clients[0].set(place, "<description>mine</description>").code == "13"

    def test_zone_that_the_firewall_lacks_fails_there_and_not_on_panorama(self, site):
        self.rule(site, "branches", "pre", "vpn", element=RULE.replace("branch<", "nowhere<"))
        site.commit()
        result, status, lines = site.push(self.push)[site.serials[0]]
        assert (result, status) == ("FAIL", "commit failed")
        assert any("'nowhere' is not a valid reference" in line for line in lines)
        assert self.rules(site, "pre") == []

    def test_address_of_an_ancestor_is_known_that_of_a_child_is_not(self, site):
        for group in ("everywhere", "branches"):
            site.ask.set(f"{GROUPS}/entry[@name='{group}']/address/entry[@name='of-{group}']", "<fqdn>a.example</fqdn>")
        self.rule(site, "branches", "pre", "down", element=RULE.replace("<destination><member>any", "<destination><member>of-everywhere"))
        site.commit()
        self.rule(site, "everywhere", "pre", "up", element=RULE.replace("<destination><member>any", "<destination><member>of-branches"))
        job = site.ask.commit()
        assert (job.findtext("result"), "'of-branches' is not a valid reference" in job.findall("details/line")[1].text) == ("FAIL", True)

    def test_target_limits_a_rule_to_a_firewall(self, site):
        target = f"<target><devices><entry name='{site.serials[1]}'/></devices></target>"
        self.rule(site, "branches", "pre", "only", element=RULE + target)
        site.commit()
        site.push(self.push)
        assert self.rules(site, "pre") == ["no telnet"]
        reply = site.clients[1].op("<show><config><pushed-shared-policy/></config></show>")
        assert 'name="only"' in reply.text

    def test_pushed_forwarding_rule_is_at_work(self, site):
        forward = (
            "<from><zone><member>trust</member></zone></from><source><member>any</member></source><destination><member>10.70.0.0/24</member>"
            "</destination><action><forward><egress-interface>tunnel.7</egress-interface></forward></action>"
        )
        self.rule(site, "branches", "pre", "vpn", "pbf", forward)
        site.commit()
        assert site.push(self.push)[site.serials[0]][0] == "OK"
        shown = site.clients[0].op("<show><pbf><rule><all/></rule></pbf></show>").root
        assert [entry.findtext("name") for entry in shown.iter("entry")] == ["vpn", "guest-dsl"]

    @pytest.mark.parametrize(("include", "expected"), [("yes", ["In Sync"] * 2), ("no", [None] * 2)])
    def test_include_template(self, site, include, expected):
        site.push(self.push.replace("</device-group>", f"</device-group><include-template>{include}</include-template>"))
        assert [status or None for status in site.in_sync()] == expected

    def test_hierarchy_and_move(self, site):
        hierarchy = "<show><dg-hierarchy/></show>"
        assert [each.get("name") for each in site.ask.op(hierarchy).root.findall("result/dg-hierarchy/dg/dg")] == ["branches"]
        assert site.ask.op("<request><move-dg><entry name='branches'/></move-dg></request>").root.findtext("result/job")
        assert [each.get("name") for each in site.ask.op(hierarchy).root.findall("result/dg-hierarchy/dg")] == ["everywhere", "branches"]
        site.ask.op("<request><move-dg><entry name='branches'><new-parent-dg>everywhere</new-parent-dg></entry></move-dg></request>")
        reply = site.ask.op("<request><move-dg><entry name='everywhere'><new-parent-dg>branches</new-parent-dg></entry></move-dg></request>")
        assert reply.status == "error"


class TestPush:
    def test_job_is_finished_before_its_devices(self, site):
        site.firewalls[1].control.commit_duration(5)
        number = site.ask.call(type="commit", action="all", cmd=PUSH_STACK).root.findtext("result/job")
        job = site.ask.finished(number)
        assert (job.findtext("type"), job.findtext("result"), job.findtext("push_type")) == ("CommitAll", "OK", "template-stack")
        assert [entry.findtext("result") for entry in job.findall("devices/entry")][1] == "PEND"

    def test_disconnected_firewall(self, site):
        site.panorama.control.disconnect(site.serials[1])
        results = site.push(PUSH_STACK)
        assert results[site.serials[0]][0] == "OK"
        assert results[site.serials[1]] == ("FAIL", "commit failed", [f"{site.serials[1]} not connected"])

    def test_failing_and_warning_firewalls(self, site):
        site.firewalls[0].control.fail_next_commit(["Validation Error:", " it is broken"])
        site.firewalls[1].control.warn_next_commit(["Interface tunnel.9 has no zone configuration."])
        results = site.push(PUSH_STACK)
        assert results[site.serials[0]] == ("FAIL", "commit failed", ["Validation Error:", " it is broken"])
        assert results[site.serials[1]][:2] == ("OK", "commit succeeded with warnings")
        states = site.statuses("<show><template-stack/></show>", "last-commit-all-state-tpl")
        assert states == ["commit failed", "commit succeeded with warnings"]

    def test_only_some_devices(self, site):
        some = PUSH_STACK.replace("</name>", f"</name><device><member>{site.serials[1]}</member></device>")
        assert list(site.push(some)) == [site.serials[1]]
        assert site.in_sync() == ["", "In Sync"] or site.in_sync() == [None, "In Sync"]

    def test_template_push_reaches_the_members_of_its_stacks(self, site):
        push = "<commit-all><template><name>base</name></template></commit-all>"
        assert set(site.push(push)) == set(site.serials)

    def test_validate_only_changes_nothing(self, site):
        before = site.firewalls[0].control.running()
        assert site.push(PUSH_STACK.replace("</name>", "</name><validate-only>yes</validate-only>"))[site.serials[0]][0] == "OK"
        assert site.firewalls[0].control.running() == before

    @pytest.mark.parametrize("command", [
        PUSH_STACK.replace("</name>", "</name><devices><entry name='1'/></devices>"),
        PUSH_STACK.replace("</name>", "</name><device><member>1</member></device>"),
        PUSH_STACK.replace("branch-stack", "nowhere"),
        "<commit-all><shared-policy/></commit-all>",
        "<commit-all><bogus/></commit-all>",
    ], ids=["devices instead of device", "foreign serial", "unknown stack", "no group", "unknown kind"])
    def test_wrong_forms(self, site, command):
        assert site.ask.call(type="commit", action="all", cmd=command).verdict == ("error", "17")

    def test_a_firewall_knows_no_commit_all(self, client):
        assert client.call(type="commit", action="all", cmd=PUSH_STACK).verdict == ("error", "17")


class TestTarget:
    def test_operational_command_configuration_and_export(self, site, at):
        serial = site.serials[1]
        system = site.ask.op("<show><system><info/></system></show>", target=serial).root
        assert (system.findtext("result/system/hostname"), system.findtext("result/system/serial")) == ("fw2", serial)
        place = f"{at.units}/entry[@name='tunnel.8']"
        assert site.ask.call(type="config", action="set", xpath=place, element="<mtu>1400</mtu>", target=serial).code == "20"
        assert site.clients[1].get(place).code == "19" and site.clients[0].get(place).code == "7"
        assert "<hostname>fw2" in site.ask.call(type="export", category="configuration", target=serial).text
        number = site.ask.call(type="commit", cmd="<commit/>", target=serial).root.findtext("result/job")
        assert site.clients[1].finished(number).findtext("result") == "OK"

    def test_version_ignores_it(self, site):
        assert site.ask.call(type="version", target=site.serials[0]).root.findtext("result/model") == "Panorama"

    def test_unknown_and_disconnected(self, site):
        reply = site.ask.op("<show><system><info/></system></show>", target="123")
        assert (reply.verdict, reply.message) == (("error", "13"), "123 not connected")
        site.panorama.control.disconnect(site.serials[0])
        assert site.ask.op("<show><clock/></show>", target=site.serials[0]).code == "13"


class TestPanoramaItself:
    @pytest.mark.parametrize("command", [
        "<show><vpn><flow/></vpn></show>", "<show><pbf><rule><all/></rule></pbf></show>", "<show><routing><route/></routing></show>",
    ])
    def test_has_no_vpn_state(self, site, command):
        assert site.ask.op(command).code == "17"

    def test_high_availability_has_no_group(self, site):
        site.panorama.control.set_ha("primary-active")
        result = site.ask.op("<show><high-availability><state/></high-availability></show>").root.find("result")
        assert (result.findtext("local-info/state"), result.findtext("peer-info/state")) == ("primary-active", "secondary-passive")
        assert result.find("group") is None

    def test_default_vsys_must_exist(self, site):
        settings = "<entry name='new'><settings><default-vsys>vsys1</default-vsys></settings></entry>"
        reply = site.ask.set(f"{DEVICE}/template", settings)
        assert (reply.code, "default-vsys 'vsys1' is not a valid reference" in reply.message) == ("12", True)
        site.ask.set(f"{inside(template('new'))}/vsys", "<entry name='vsys1'/>")
        assert site.ask.set(f"{DEVICE}/template", settings).code == "20"

    def test_stack_without_settings_fails_at_commit(self, client_of, request):
        site = Site(client_of, version="12.1")
        request.addfinalizer(site.stop)
        site.ask.set(f"{DEVICE}/template-stack/entry[@name='bare']/templates", "<member>base</member>")
        job = site.ask.commit()
        assert "bare is missing 'settings'" in job.findall("details/line")[1].text

    def test_partial_commit_of_some_places(self, site):
        site.ask.set(f"{template('base')}", "<description>a</description>")
        site.ask.set(f"{GROUPS}/entry[@name='branches']", "<description>b</description>")
        site.commit("<commit><partial><template><member>base</member></template></partial></commit>")
        assert site.ask.show(f"{template('base')}/description").root.findtext("result/description") == "a"
        assert site.ask.show(f"{GROUPS}/entry[@name='branches']/description").status == "error"
        changes = site.ask.op("<show><config><list><changes/></list></config></show>").root
        assert [entry.findtext("component-type") for entry in changes.iter("entry")] == ["device-group"]

    def test_stack_zone_may_name_an_interface_of_its_template(self, site):
        vsys = f"{inside(template('base'))}/vsys/entry[@name='vsys1']"
        site.ask.set(f"{network('base')}/interface/tunnel/units", "<entry name='tunnel.60'/>")
        zone = "<entry name='vpn'><network><layer3><member>tunnel.60</member></layer3></network></entry>"
        target = f"{inside(STACK)}/vsys/entry[@name='vsys1']/zone"
        assert site.ask.set(target, zone).code == "12"
        site.ask.set(f"{vsys}/import/network/interface", "<member>tunnel.60</member>")
        assert site.ask.set(target, zone).code == "20"

    def test_predefined_profile_is_left_to_the_firewall(self, site):
        gateway = (
            "<entry name='gw'><authentication><pre-shared-key><key>x</key></pre-shared-key></authentication><local-address><interface>vlan"
            "</interface></local-address><peer-address><ip>192.0.2.9</ip></peer-address><protocol><ikev1><ike-crypto-profile>default"
            "</ike-crypto-profile></ikev1></protocol></entry>"
        )
        assert site.ask.set(f"{network('base')}/ike/gateway", gateway).code == "20"
        site.commit()
        assert site.push(PUSH_STACK)[site.serials[0]][0] == "OK"
