# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's Python SDK against emulated pairs and an emulated Panorama, unmodified."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

sdk = pytest.importorskip("panos.firewall", reason="pan-os-python is not installed")
management = pytest.importorskip("panos.panorama")
errors = pytest.importorskip("panos.errors")
network = pytest.importorskip("panos.network")
objects = pytest.importorskip("panos.objects")
policies = pytest.importorskip("panos.policies")


def firewall_of(emulator):
    return sdk.Firewall("127.0.0.1", api_key=emulator.api_key, port=emulator.port)


class TestPair:
    @pytest.fixture
    def pair(self):
        with Emulator(name="fw1") as one, Emulator(name="fw2") as two:
            for emulator in (one, two):
                emulator.control.commit_duration(0.01)
            one.pair_with(two)
            first, second = firewall_of(one), firewall_of(two)
            # The SDK keeps one object tree for both members.
            first.set_ha_peers(second)
            yield one, two, first, second

    def test_finds_the_active_member(self, pair):
        one, dummy, first, second = pair
        assert first.refresh_ha_active() == "active" and first.active() is first
        one.control.fail_over()
        assert first.refresh_ha_active() == "passive" and first.active() is second

    def test_commit_and_wait_until_synchronized(self, pair):
        dummy, two, first, dummy = pair
        first.refresh_ha_active()
        first.add(network.TunnelInterface("tunnel.8", mtu=1400)).create()
        assert first.commit(sync=True)["success"]
        assert first.synchronize_config()
        assert first.config_synced()
        assert "tunnel.8" in two.control.running()

    def test_synchronisation_on_demand(self, pair):
        dummy, two, first, dummy = pair
        alone = firewall_of(two)  # The members of the SDK's pair would write to the active one.
        alone.add(network.TunnelInterface("tunnel.9")).create()
        alone.commit(sync=True)
        first.refresh_ha_active()
        assert first.config_sync_state() == "not synchronized"
        first.synchronize_config()
        assert first.config_synced()
        assert "tunnel.9" not in two.control.candidate()

    def test_goes_on_with_the_peer_when_a_member_is_gone(self, pair):
        one, dummy, first, dummy = pair
        first.refresh_ha_active()
        first.refresh_system_info()
        one.stop()
        assert first.add(network.TunnelInterface("tunnel.8")).create() is None
        assert first.ha_failed

    def test_job_is_waited_for(self, pair):
        dummy, dummy, first, dummy = pair
        first.add(network.TunnelInterface("tunnel.8", mtu=1400)).create()
        result = first.syncjob(first.commit())
        assert (result["success"], result["result"]) == (True, "OK")


class TestPanorama:
    @pytest.fixture
    def site(self):
        with Emulator(model="panorama") as panorama, Emulator(name="fw1") as one, Emulator(name="fw2") as two:
            for emulator in (panorama, one, two):
                emulator.control.commit_duration(0.01)
            for emulator in (one, two):
                panorama.manage(emulator, "branch-stack", "branches")
            device = management.Panorama("127.0.0.1", api_key=panorama.api_key, port=panorama.port)
            device.refresh_system_info()
            yield panorama, one, two, device

    def push(self, device, style, name, **more):
        order = management.PanoramaCommitAll(style, name, **more)
        return device.commit(sync=True, sync_all=True, cmd=order)

    def test_vpn_objects_in_a_template(self, site):
        panorama, one, two, device = site
        template = device.add(management.Template("base"))
        template.add(network.IkeCryptoProfile("p", dh_group=["group20"], encryption=["aes-256-cbc"], authentication=["sha384"])).create()
        template.add(network.TunnelInterface("tunnel.60", ip=["169.254.10.2/30"])).create()
        template.add(network.LoopbackInterface("loopback.9", ip=["192.0.2.9/32"])).create()
        gateway = template.add(network.IkeGateway(
            "gw", version="ikev2", peer_ip_type="ip", peer_ip_value="203.0.113.1", interface="loopback.9", auth_type="pre-shared-key",
            pre_shared_key="a key", ikev2_crypto_profile="p",
        ))
        gateway.create()
        assert device.commit(sync=True)["success"]
        result = self.push(device, "template stack", "branch-stack", devices=[one.firewall.serial])
        assert [(serial, each["success"]) for serial, each in result["devices"].items()] == [(one.firewall.serial, True)]
        assert [each.name for each in network.IkeGateway.refreshall(firewall_of(one), add=False)] == ["branch-7", "gw"]
        assert [each.name for each in network.IkeGateway.refreshall(firewall_of(two), add=False)] == ["branch-7"]

    def test_new_template_stack_and_variables(self, site):
        dummy, dummy, dummy, device = site
        template = device.add(management.Template("new", description="made by the SDK"))
        template.create()
        template.add(management.TemplateVariable("$wan", "None", "ip-netmask")).create()
        stack = device.add(management.TemplateStack("new-stack", templates=["new", "base"]))
        stack.create()
        stack.add(management.TemplateVariable("$wan", "192.0.2.1/32", "ip-netmask")).create()
        fresh = management.TemplateStack("new-stack")
        device.add(fresh)
        fresh.refresh()
        assert fresh.templates == ["new", "base"]
        assert [each.name for each in management.Template.refreshall(device, add=False)] == ["base", "branch", "new"]

    def test_rules_and_addresses_in_a_device_group(self, site):
        dummy, one, dummy, device = site
        group = device.add(management.DeviceGroup("branches"))
        group.add(objects.AddressObject("web", "10.99.0.1")).create()
        rule = group.add(policies.PreRulebase()).add(policies.SecurityRule(
            "to-vpn", fromzone=["trust"], tozone=["branch"], source=["any"], destination=["web"], application=["any"], service=["any"],
            action="allow",
        ))
        rule.create()
        assert device.commit(sync=True)["success"]
        result = self.push(device, "device group", "branches", include_template=True)
        assert result["success"] and all(each["success"] for each in result["devices"].values())
        assert 'name="to-vpn"' in one.control.running("/config/panorama")

    def test_failing_push_is_seen(self, site):
        dummy, dummy, two, device = site
        two.control.fail_next_commit(["Validation Error:", " it is broken"])
        result = self.push(device, "template", "base")
        assert {serial: each["success"] for serial, each in result["devices"].items()}[two.firewall.serial] is False

    def test_devices_and_their_state(self, site):
        panorama, one, two, device = site
        self.push(device, "device group", "branches")
        groups = device.refresh_devices(add=False)
        branches = next(each for each in groups if getattr(each, "name", "") == "branches")
        assert {each.serial: each.state.shared_policy_synced for each in branches.children} == {
            one.firewall.serial: True, two.firewall.serial: True,
        }
        with pytest.raises(errors.PanNotAttachedOnPanorama):
            device.refresh_devices(["999"])
        panorama.control.disconnect(two.firewall.serial)
        with pytest.raises(errors.PanNotConnectedOnPanorama):
            device.refresh_devices([two.firewall.serial], only_connected=True)

    def test_firewall_through_panorama(self, site):
        dummy, one, dummy, device = site
        firewall = sdk.Firewall(serial=one.firewall.serial)
        device.add(firewall)
        firewall.refresh_system_info()
        firewall.add(network.TunnelInterface("tunnel.8", mtu=1400)).create()
        assert firewall.commit(sync=True)["success"]
        assert "tunnel.8" in one.control.running()
        with pytest.raises(errors.PanDeviceXapiError, match="123 not connected"):
            device.add(sdk.Firewall(serial="123")).op("show system info")

    def test_hierarchy(self, site):
        dummy, dummy, dummy, device = site
        assert device.opstate.dg_hierarchy.fetch() == {"everywhere": None, "branches": "everywhere"}
        group = device.add(management.DeviceGroup("branches"))
        group.opstate.dg_hierarchy.parent = None
        assert group.opstate.dg_hierarchy.update()["success"]
        assert device.opstate.dg_hierarchy.fetch()["branches"] is None

    def test_partial_commit(self, site):
        panorama, dummy, dummy, device = site
        device.add(management.DeviceGroup("branches")).add(objects.AddressObject("web", "10.99.0.1")).create()
        command = management.PanoramaCommit(description="mine", admins=["admin"], device_groups=["branches"])
        assert device.commit(sync=True, cmd=command)["success"]
        assert "10.99.0.1" in panorama.control.running()


def test_account_clock_and_readiness():
    with Emulator() as emulator:
        firewall = firewall_of(emulator)
        assert firewall.whoami() == "admin"
        assert firewall.clock().year > 2000
        assert firewall.is_ready(seconds=1)
