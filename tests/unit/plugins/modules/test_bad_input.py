# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input that no single option betrays: what goes together or does not, and what the firewall's configuration forbids.

Ranges, words, lengths and exclusive options follow from the tables; they are tested in C(test_every_option).
"""

from __future__ import annotations

import importlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, Door

KEY = "a-key.of.the-tests"
GATEWAY = {"name": "gw", "local_address": {"interface": "ethernet1/8"}, "peer_address": {"ip": "203.0.113.9"}, "pre_shared_key": KEY}
MAIN = {"version": "ikev1", "ikev1": {"exchange_mode": "main"}}
NAMED = {"peer_id": {"type": "fqdn", "id": "peer.example.com"}}
TUNNEL = {"name": "t", "tunnel_interface": "tunnel.7", "ike_gateways": ["branch-7"]}
MANUAL = {"name": "t", "tunnel_interface": "tunnel.7"}


def keys(count: int) -> str:
    return "-".join(["0123abcd"] * count)


def manual(**esp) -> dict:
    return {**MANUAL, "manual_key": {"local_address": {"interface": "ethernet1/8"}, "peer_address": "203.0.113.9", "local_spi": "00001000",
                                     "remote_spi": "00001001", "esp": esp}}


ROWS = {
    "IKEv1 main mode with a key, a name and a dynamic peer": ("ike_gateway", {**GATEWAY, **MAIN, **NAMED, "peer_address": {"dynamic": True}}, (), (
        "peer_id", "aggressive")),
    "a monitor's proxy ID that is not there": (
        "ipsec_tunnel", {**TUNNEL, "tunnel_monitor": {"enable": True, "destination_ip": "169.254.7.1", "proxy_id": "lan"}}, (), (
            "tunnel_monitor.proxy_id", "'lan'")),
    "a monitor's proxy ID that is not there, in a tunnel that is": (
        "ipsec_tunnel", {"name": "branch-7", "tunnel_monitor": {"proxy_id": "lan"}}, (), ("tunnel_monitor.proxy_id", "'lan'")),
    "an authentication key of the wrong length": ("ipsec_tunnel", manual(authentication={"sha256": keys(5)}), (), (
        "manual_key.esp.authentication.sha256", "8 sections")),
    "an encryption key of the wrong length": ("ipsec_tunnel", manual(encryption={"algorithm": "aes-256-cbc", "key": keys(4)}), (), (
        "manual_key.esp.encryption.key", "8 sections")),
    "an encryption key that is no number": ("ipsec_tunnel", manual(encryption={"algorithm": "3des", "key": "-".join(["not-hexa"] * 6)}), (), (
        "manual_key.esp.encryption.key",)),
    "a zone that is another kind of zone": (
        "zone", {"name": "wire", "interfaces": []}, ((f"{VSYS}/zone", '<entry name="wire"><network><virtual-wire/></network></entry>'),), (
            "virtual-wire", "'wire'")),
    "an interface of another router": (
        "tunnel_interface", {"name": "tunnel.7", "virtual_router": "other"}, ((f"{NETWORK}/virtual-router", '<entry name="other"/>'),), (
            "virtual router 'default'", "tunnel.7")),
    "an interface of another zone": ("tunnel_interface", {"name": "tunnel.7", "zone": "trust"}, (), ("zone 'branch'", "tunnel.7")),
    "GCM with a hash": ("ipsec_crypto_profile", {"name": "p", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["sha256"]}}, (), (
        "esp.authentication", "none")),
    "CBC without one": ("ipsec_crypto_profile", {"name": "p", "esp": {"encryption": ["aes-256-cbc"], "authentication": ["none"]}}, (), ("esp.authentication",)),
}


def door_to(firewalls, name, planted=(), **arguments) -> Door:
    found = Door(importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{name}"), firewalls(**arguments))
    for xpath, element in planted:
        found.control.plant(xpath, element)
    return found


@pytest.mark.parametrize("name, options, planted, words", ROWS.values(), ids=ROWS.keys())
def test_it_is_refused(firewalls, name, options, planted, words):
    result = door_to(firewalls, name, planted).refused(options, *words)
    assert "0123abcd" not in result.everything()


def test_a_name_with_a_peer_of_fixed_address_is_a_warning(firewalls):
    door = door_to(firewalls, "ike_gateway")
    for changed in (True, False):
        result = door.done({**GATEWAY, **MAIN, **NAMED})
        assert result.changed is changed
        assert [warning for warning in result.warnings if "peer_id" in warning and "main mode" in warning]
    quiet = door.done({**GATEWAY, **NAMED, "version": "ikev2"})
    assert quiet.warnings == []


def test_ike_ciphers_that_authenticate_themselves_keep_their_hash(firewalls):
    """In IKE the hash makes the keys (PRF), so that GCM goes with any."""
    assert door_to(firewalls, "ike_crypto_profile").done({"name": "p", "encryption": ["aes-256-gcm"], "hash": ["sha384"]}).changed


def test_an_interface_of_another_virtual_system(firewalls, monkeypatch):
    from dataclasses import replace

    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session

    of_one = Session.platform
    monkeypatch.setattr(Session, "platform", lambda session: replace(of_one(session), multi_vsys=True))
    zone = '<entry name="vsys2"><import><network><interface/></network></import><zone><entry name="vpn"><network><layer3/></network></entry></zone></entry>'
    door = door_to(firewalls, "tunnel_interface", ((VSYS.rpartition("/")[0], zone),))
    before = door.control.candidate()
    result = door.run({"name": "tunnel.7", "vsys": "vsys2", "zone": "vpn"})
    assert result.failed
    assert [word for word in ("tunnel.7", "vsys1", "nothing was written") if word not in result.message] == [], result.message
    assert door.control.candidate() == before
