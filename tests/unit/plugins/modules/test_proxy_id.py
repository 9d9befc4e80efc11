# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module proxy_id."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import proxy_id
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

TUNNEL = f"{NETWORK}/tunnel/ipsec/entry[@name='branch-7']"
NEW = {"tunnel": "branch-7", "name": "servers", "local": "10.20.0.0/24", "remote": "10.70.0.0/24"}


def entry(remote="10.70.0.0/24", more=""):
    return f'<entry name="servers"><local>10.20.0.0/24</local><remote>{remote}</remote>{more}</entry>'


class TestProxyId(DoorContract):
    case = Case(
        proxy_id,
        identity={"tunnel": "branch-7", "address_family": "ipv4", "name": "servers"},
        options={"local": "10.20.0.0/24", "remote": "10.70.0.0/24"},
        place=f"{TUNNEL}/auto-key/proxy-id/entry[@name='servers']",
        entry=entry(),
        change={"protocol": {"udp": {"local_port": 514}}},
        writes=[("set", "")],
        changed=entry(more="<protocol><udp><local-port>514</local-port></udp></protocol>"),
        replacement={"local": "10.20.0.0/24", "remote": "10.70.1.0/24"},
        replaced=entry("10.70.1.0/24"),
    )


def test_ipv6_proxy_ids_are_a_list_of_their_own(firewalls):
    door = Door(proxy_id, firewalls())
    options = {"tunnel": "branch-7", "address_family": "ipv6", "name": "servers", "local": "2001:db8:20::/64", "remote": "2001:db8:70::/64"}
    door.done(NEW)
    door.done(options)
    assert door.stands(f"{TUNNEL}/auto-key/proxy-id-v6", """<proxy-id-v6><entry name="servers"><local>2001:db8:20::/64</local>
        <remote>2001:db8:70::/64</remote></entry></proxy-id-v6>""")
    door.done({"tunnel": "branch-7", "name": "servers"}, state="absent")
    assert door.done({"tunnel": "branch-7", "address_family": "ipv6"}, state="gathered").values["gathered"] == [options]


def test_nothing_is_absent_from_a_tunnel_that_is_not_there(firewalls):
    assert not Door(proxy_id, firewalls()).done({"tunnel": "nowhere", "name": "servers"}, state="absent").changed


REFUSALS = {
    "a tunnel that is not there": ({"tunnel": "nowhere"}, "there is no IPsec tunnel 'nowhere'"),
    "names that are too long together": ({"name": "p" * 55}, "64 characters"),
    "a protocol number out of range": ({"protocol": {"number": 0}}, "protocol.number: 0 is outside 1 to 254"),
    "a port out of range": ({"protocol": {"udp": {"remote_port": -1}}}, "protocol.udp.remote_port"),
    "an address family that does not exist": ({"address_family": "ipx"}, "address_family"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    Door(proxy_id, firewalls()).refused({**NEW, **options}, words)
