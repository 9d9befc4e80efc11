# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ipsec_tunnel."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ipsec_tunnel
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, UNITS, Case, Door, DoorContract

PLACE = f"{NETWORK}/tunnel/ipsec/entry[@name='to-lyon']"
AUTO_KEY = '<ike-gateway><entry name="branch-7"/></ike-gateway><ipsec-crypto-profile>Suite-B-GCM-256</ipsec-crypto-profile>'
NEW = {"name": "to-lyon", "tunnel_interface": "tunnel.11", "ike_gateways": ["branch-7"], "ipsec_crypto_profile": "Suite-B-GCM-256"}


def entry(auto_key=AUTO_KEY, more="", replay="<anti-replay>yes</anti-replay>"):
    return f"""<entry name="to-lyon"><tunnel-interface>tunnel.11</tunnel-interface>{replay}
        <auto-key>{auto_key}</auto-key>{more}</entry>"""


@pytest.fixture
def firewalls(firewalls):
    """With the objects that are referred to."""
    def start(**arguments):
        found = firewalls(**arguments)
        for xpath, element in (*UNITS, (f"{NETWORK}/ike/gateway", '<entry name="to-lyon"/>')):
            found.control.plant(xpath, element)
        return found

    return start


class TestIpsecTunnel(DoorContract):
    case = Case(
        ipsec_tunnel,
        identity={"name": "to-lyon"},
        options={"tunnel_interface": "tunnel.11", "anti_replay": True, "ike_gateways": ["branch-7"], "ipsec_crypto_profile": "Suite-B-GCM-256"},
        needs=UNITS,
        place=PLACE,
        entry=entry(),
        change={"anti_replay_window": "4096"},
        writes=[("set", "")],
        changed=entry(more="<anti-replay-window>4096</anti-replay-window>"),
        replacement={"tunnel_interface": "tunnel.11", "anti_replay": True, "ike_gateways": ["branch-7"], "copy_tos": True},
        replaced=entry('<ike-gateway><entry name="branch-7"/></ike-gateway>', "<copy-tos>yes</copy-tos>"),
    )


def test_a_new_tunnel_drops_replayed_packets(firewalls):
    door = Door(ipsec_tunnel, firewalls())
    door.done(NEW)
    assert door.stands(PLACE, entry())


def proxy(name, protocol=""):
    return f'<entry name="{name}"><local>10.10.0.0/24</local><remote>10.80.0.0/16</remote>{protocol}</entry>'


OFFICE = {"name": "office", "local": "10.10.0.0/24", "remote": "10.80.0.0/16"}


def test_proxy_ids_are_added_by_name_in_any_order(firewalls):
    door = Door(ipsec_tunnel, firewalls())
    web = {**OFFICE, "name": "web", "protocol": {"tcp": {"remote_port": 443}}}
    door.done({**NEW, "proxy_ids": [OFFICE]})
    door.done({"name": "to-lyon", "proxy_ids": [web]})
    assert not door.done({**NEW, "proxy_ids": [web, OFFICE]}).changed
    tcp = "<protocol><tcp><remote-port>443</remote-port></tcp></protocol>"
    assert door.stands(f"{PLACE}/auto-key/proxy-id", f"<proxy-id>{proxy('office')}{proxy('web', tcp)}</proxy-id>")


PROTOCOLS = {
    "all": ({"any": True}, "<any/>"),
    "a number": ({"number": 47}, "<number>47</number>"),
    "TCP with a port": ({"tcp": {"local_port": 443}}, "<tcp><local-port>443</local-port></tcp>"),
    "all of TCP": ({"tcp": {}}, "<tcp/>"),
    "all of UDP, in words": ({"udp": {"local_port": 0, "remote_port": 0}}, "<udp><local-port>0</local-port><remote-port>0</remote-port></udp>"),
}


@pytest.mark.parametrize("protocol, element", PROTOCOLS.values(), ids=PROTOCOLS.keys())
@pytest.mark.parametrize("before", [None, {"udp": {"local_port": 53}}], ids=["new", "in place of UDP"])
def test_the_protocol_of_a_proxy_id(firewalls, before, protocol, element):
    door = Door(ipsec_tunnel, firewalls())
    if before == {"udp": {"local_port": 53}} and "udp" in protocol:
        element = "<udp><local-port>0</local-port></udp>"
    if before:
        door.done({**NEW, "proxy_ids": [{**OFFICE, "protocol": before}]})
    options = {**NEW, "proxy_ids": [{**OFFICE, "protocol": protocol}]}
    assert door.done(options).changed
    assert door.stands(f"{PLACE}/auto-key/proxy-id/entry[@name='office']/protocol", f"<protocol>{element}</protocol>")
    assert not door.done(options).changed
    gathered = door.done({"name": "to-lyon"}, state="gathered").values["gathered"][0]
    assert set(gathered["proxy_ids"][0]["protocol"]) == set(protocol)


def test_a_monitor_is_laid_over_what_is_there(firewalls):
    door = Door(ipsec_tunnel, firewalls())
    door.done(NEW)
    door.done({"name": "to-lyon", "tunnel_monitor": {"enable": True, "destination_ip": "169.254.10.1", "tunnel_monitor_profile": "default"}})
    assert door.stands(f"{PLACE}/tunnel-monitor", """<tunnel-monitor><enable>yes</enable><destination-ip>169.254.10.1</destination-ip>
        <tunnel-monitor-profile>default</tunnel-monitor-profile></tunnel-monitor>""")
    door.done({"name": "to-lyon", "tunnel_monitor": {"enable": False}})
    assert door.done({"name": "to-lyon", "tunnel_monitor": {"enable": True}}).changed


HASH_KEY, CIPHER_KEY = "-".join(["0a1b2c3d"] * 8), "-".join(["4e5f6a7b"] * 8)
MANUAL = {
    "local_address": {"interface": "ethernet1/8", "ip": "198.51.100.10/24"},
    "peer_address": "203.0.113.17",
    "local_spi": "00001234",
    "remote_spi": "00005678",
    "esp": {"authentication": {"sha256": HASH_KEY}, "encryption": {"algorithm": "aes-256-cbc", "key": CIPHER_KEY}},
}


def test_manual_keys_take_the_place_of_ike_and_are_never_seen(firewalls):
    door = Door(ipsec_tunnel, firewalls())
    door.done(NEW)
    options = {"name": "to-lyon", "manual_key": MANUAL}
    result, again = door.done(options), door.done(options)
    assert result.changed
    assert not again.changed
    assert door.candidate(f"{PLACE}/auto-key") is None
    assert "<local-spi>00001234</local-spi>" in door.control.candidate(f"{PLACE}/manual-key")
    gathered = door.done({"name": "to-lyon"}, state="gathered")
    assert gathered.values["gathered"][0]["manual_key"]["esp"] == {"encryption": {"algorithm": "aes-256-cbc"}}
    for outcome in (result, again, gathered):
        text = outcome.everything()
        assert [form for key in (HASH_KEY, CIPHER_KEY) for form in secrets.printable_forms(key) if form in text] == []


REFUSALS = {
    "a new tunnel without an interface": ({"tunnel_interface": None}, "tunnel_interface", {}),
    "a new tunnel without a peer": ({"ike_gateways": None}, "ike_gateways or manual_key", {}),
    "a window that does not exist": ({"anti_replay_window": "100"}, "anti_replay_window", {}),
    "a mode that this version lacks": ({"ipsec_mode": "transport"}, "ipsec_mode needs PAN-OS 11.0.2", {"version": "11.0.1"}),
    "a protocol number out of range": ({"proxy_ids": [{**OFFICE, "protocol": {"number": 255}}]}, "proxy_ids[office].protocol.number", {}),
    "a port out of range": ({"proxy_ids": [{**OFFICE, "protocol": {"tcp": {"local_port": 65536}}}]}, "proxy_ids[office].protocol.tcp.local_port", {}),
    "a monitor of another proxy ID": (
        {"proxy_ids": [OFFICE], "tunnel_monitor": {"enable": True, "destination_ip": "10.80.0.1", "proxy_id": "shop"}}, "tunnel_monitor.proxy_id", {}),
    "a new monitor without a target": ({"tunnel_monitor": {"enable": True}}, "tunnel_monitor.destination_ip", {}),
    "a manual key of the wrong length": (
        {"ike_gateways": None, "ipsec_crypto_profile": None, "manual_key": {**MANUAL, "esp": {"authentication": {"sha512": HASH_KEY}}}},
        "manual_key.esp.authentication.sha512", {}),
    "a security parameter index out of form": ({"ike_gateways": None, "manual_key": {**MANUAL, "local_spi": "12"}}, "manual_key.local_spi", {}),
    "a name with a colon": ({"name": "to:lyon"}, "to:lyon", {}),
    "a name that is too long": ({"name": "t" * 64}, "64 characters", {}),
    "names that are too long together": (
        {"name": "t" * 40, "proxy_ids": [{**OFFICE, "name": "p" * 23}]}, "64 characters", {}),
}


@pytest.mark.parametrize("options, words, firewall", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words, firewall):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    result = Door(ipsec_tunnel, firewalls(**firewall)).refused(given, words)
    assert HASH_KEY not in result.everything()


def test_the_gateways_are_those_that_are_given(firewalls):
    """A wrong one is corrected by the corrected task: PAN-OS negotiates with one."""
    door = Door(ipsec_tunnel, firewalls())
    door.control.plant(f"{NETWORK}/ike/gateway", "<entry name='other'/>")
    door.done({"name": "branch-7", "ike_gateways": ["other"]})
    assert door.stands(f"{NETWORK}/tunnel/ipsec/entry[@name='branch-7']/auto-key/ike-gateway", "<ike-gateway><entry name='other'/></ike-gateway>")
    assert not door.done({"name": "branch-7", "ike_gateways": ["other"]}).changed
    assert door.done({"name": "branch-7", "ike_gateways": ["branch-7"]}).changed
    assert door.stands(f"{NETWORK}/tunnel/ipsec/entry[@name='branch-7']/auto-key/ike-gateway", "<ike-gateway><entry name='branch-7'/></ike-gateway>")
    assert not door.done({"name": "branch-7", "disabled": False}).changed
