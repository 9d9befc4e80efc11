# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other people's clients run against the emulator unmodified: the vendor's Python SDK."""

from __future__ import annotations

import importlib.metadata

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

network = pytest.importorskip("panos.network", reason="pan-os-python is not installed")
errors = pytest.importorskip("panos.errors")
objects = pytest.importorskip("panos.objects")
policies = pytest.importorskip("panos.policies")
sdk = pytest.importorskip("panos.firewall")

SDK_VERSION = tuple(int(number) for number in importlib.metadata.version("pan-os-python").split(".")[:2])


@pytest.fixture(params=["10.1", "11.1.4", "12.1"])
def emulator(request):
    with Emulator(version=request.param) as running:
        running.control.commit_duration(0.01)
        yield running


@pytest.fixture
def device(emulator):
    firewall = sdk.Firewall("127.0.0.1", api_key=emulator.api_key, port=emulator.port)
    firewall.refresh_system_info()
    return firewall


def commit(device):
    return device.commit(sync=True, sync_all=False)


def test_password_login_and_system_info(emulator):
    firewall = sdk.Firewall("127.0.0.1", "admin", emulator.password, port=emulator.port)
    firewall.refresh_system_info()
    assert (firewall.version, firewall.multi_vsys) == (emulator.firewall.sw_version, False)


def test_wrong_password(emulator):
    firewall = sdk.Firewall("127.0.0.1", "admin", "wrong", port=emulator.port)
    with pytest.raises(errors.PanDeviceError):
        firewall.refresh_system_info()


VPN = [
    ("IkeCryptoProfile", {"name": "p", "dh_group": ["group20"], "encryption": ["aes-256-cbc"], "authentication": ["sha384"],
                          "lifetime_hours": 8}),
    ("IpsecCryptoProfile", {"name": "p", "esp_encryption": ["aes-256-gcm"], "esp_authentication": ["none"], "dh_group": "group20",
                            "lifetime_hours": 1}),
    ("IkeGateway", {"name": "gw", "version": "ikev2", "peer_ip_type": "ip", "peer_ip_value": "203.0.113.1", "interface": "ethernet1/8",
                    "local_ip_address_type": "ip", "local_ip_address": "198.51.100.10/24", "auth_type": "pre-shared-key",
                    "pre_shared_key": "a key", "ikev2_crypto_profile": "p"}),
    ("IpsecTunnel", {"name": "t", "tunnel_interface": "tunnel.11", "type": "auto-key", "ak_ike_gateway": "gw",
                     "ak_ipsec_crypto_profile": "p", "enable_tunnel_monitor": True, "tunnel_monitor_dest_ip": "169.254.10.1"}),
]


def build(device):
    unit = device.add(network.TunnelInterface("tunnel.11", ip=["169.254.10.2/30"], mtu=1400))
    unit.create()
    made = [device.add(getattr(network, name)(**arguments)) for name, arguments in VPN]
    for each in made:
        each.create()
    return unit, made


def test_vpn_objects_create_apply_refresh_commit_delete(emulator, device):
    before = emulator.control.candidate()
    unit, made = build(device)
    for each in made:
        each.apply()
    assert commit(device)["success"]
    if SDK_VERSION >= (1, 13):
        # Older ones cannot read the answer that says that there is nothing to commit.
        assert commit(device) is None
    gateway = device.add(network.IkeGateway("gw"))
    gateway.refresh()
    assert (gateway.peer_ip_value, gateway.version) == ("203.0.113.1", "ikev2")
    assert gateway.equal(made[2]) or gateway.pre_shared_key.startswith("-AQ==")
    assert [each.name for each in network.IpsecTunnel.refreshall(device, add=False)] == ["branch-7", "t"]
    gateway.parent.children.remove(gateway)
    for each in reversed(made):
        each.delete()
    unit.delete()
    assert emulator.control.candidate() == before


def test_zone_and_router_membership(emulator, device):
    unit, dummy = build(device)
    unit.set_zone("vpn", mode="layer3", refresh=True, update=True)
    unit.set_virtual_router("default", refresh=True, update=True)
    assert commit(device)["warnings"] is None
    with pytest.raises(errors.PanDeviceXapiError, match="cannot be deleted because of references from"):
        unit.delete()


def test_missing_object(device):
    with pytest.raises(errors.PanObjectMissing):
        device.add(network.IkeGateway("nobody")).refresh()


def test_rules_move_and_refresh(emulator, device, at):
    rulebase = device.add(policies.Rulebase())
    rule = rulebase.add(policies.SecurityRule(
        "to-vpn", fromzone=["trust"], tozone=["branch"], source=["any"], destination=["any"], application=["any"], service=["any"],
        action="allow",
    ))
    rule.create()
    rule.move("before", "deny the rest")
    rule.apply()
    forwarding = rulebase.add(policies.PolicyBasedForwarding(
        "vpn", from_type="zone", from_value=["trust"], source_addresses=["any"], destination_addresses=["10.99.0.0/16"], action="forward",
        forward_egress_interface="tunnel.7", forward_next_hop_type="ip-address", forward_next_hop_value="10.255.7.2",
    ))
    forwarding.create()
    forwarding.move("top")
    assert commit(device)["success"]
    assert [each.name for each in policies.SecurityRule.refreshall(rulebase, add=False)][-2:] == ["to-vpn", "deny the rest"]
    assert [each.name for each in policies.PolicyBasedForwarding.refreshall(rulebase, add=False)] == ["vpn", "guest-dsl"]


def test_router_routes_and_bgp(emulator, device):
    router = device.add(network.VirtualRouter("default"))
    router.refresh()
    assert "ae1.10" in router.interface
    route = router.add(network.StaticRoute("aws", "10.99.0.0/16", nexthop_type="ip-address", nexthop="10.20.0.254", interface="ethernet1/2"))
    route.create()
    bgp = router.add(network.Bgp(enable=True, router_id="198.51.100.10", local_as="65000", install_route=True))
    bgp.create()
    group = bgp.add(network.BgpPeerGroup("aws", enable=True, type="ebgp"))
    group.create()
    peer = group.add(network.BgpPeer(
        "aws-1", enable=True, peer_as="64512", local_interface="tunnel.7", local_interface_ip="10.255.7.1/30",
        peer_address_ip="10.255.7.2",
    ))
    peer.create()
    assert commit(device)["success"]
    peer.delete()
    group.apply()
    assert commit(device)["success"]


def test_addresses_and_a_failing_commit(emulator, device):
    device.add(objects.AddressObject("web", "10.99.0.1")).create()
    with pytest.raises(errors.PanDeviceXapiError, match="invalid ipv4/v6 address"):
        device.add(objects.AddressObject("bad", "no-address")).create()
    device.add(network.IkeGateway("bare", peer_ip_type="ip", peer_ip_value="203.0.113.1")).create()
    result = commit(device)
    assert (result["success"], result["messages"][0]) == (False, "Validation Error:")


def test_busy_commit_is_recognised(emulator, device):
    emulator.control.commit_duration(3)
    device.add(objects.AddressObject("web", "10.99.0.1")).create()
    device.commit()
    with pytest.raises(errors.PanCommitInProgress):
        device.commit()


def test_locks(emulator, device):
    device.add_config_lock("mine")
    assert device.check_config_locks()
    device.remove_config_lock()
    assert not device.check_config_locks()
