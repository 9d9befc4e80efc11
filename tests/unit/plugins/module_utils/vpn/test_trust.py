# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of certificates before anything is written, where the far side may not accept them."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Certificate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import trust
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.authorities import Authority
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import around, vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_peers_elsewhere import every, ready

ENGINE = "virtual-router"
AUTHORITY = Authority("Example CA")
# The names in the certificate, what the gateway is to show, of which type → what is said.
SHOWN = {
    "a name that it holds": (("fw.example.net",), "FW.example.net", None, ""),
    "a name that it does not hold": (("fw.example.net",), "fw.example.org", None, "it holds fw.example.net"),
    "a name, and it has none": ((), "fw.example.net", None, "it has no alternative names"),
    "an address, and it has none": (("fw.example.net",), "198.51.100.10", None, "ipaddr 198.51.100.10"),
    "a distinguished name": ((), "CN=fw", "dn", ""),
    "what nobody said": ((), None, None, ""),
}


@pytest.mark.parametrize("names, shown, kind, said", SHOWN.values(), ids=SHOWN.keys())
def test_an_identity_that_the_certificate_does_not_hold_is_told(names, shown, kind, said):
    tree = copy.deepcopy(ready(ENGINE))
    own = ("shared", "certificate", ("entry", "own"))
    places.make(tree, (*own, "public-key")).text = AUTHORITY.issue("fw", *names).certificate
    wanted = every(vpn("pbf"), certificate=Certificate("own", "peers"), pre_shared_key=None, local_id_type=kind, **({"local_id": shown} if shown else {}))
    told = trust.warnings(wanted, around(tree, ENGINE))
    assert len(told) == (2 if said else 0) and all(said in words and "own" in words for words in told), told
    if said and shown:
        of_vpn = replace(every(wanted, local_id=None), local_id=shown)
        assert trust.warnings(of_vpn, around(tree, ENGINE)) == told
