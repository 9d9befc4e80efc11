# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What our modules choose is what AWS accepts, whatever the tunnel options say: twenty tunnels at a time on one firewall."""

from __future__ import annotations

import ipaddress
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.coverings import covering
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

CIPHERS = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
HASHES = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
#: What AWS allows and PAN-OS can do.
COLUMNS = {
    "IkeVersions": ("ikev1", "ikev2"), "Phase1EncryptionAlgorithms": CIPHERS, "Phase1IntegrityAlgorithms": HASHES,
    "Phase1DHGroupNumbers": (2, 14, 15, 16, 19, 20, 21), "Phase2EncryptionAlgorithms": CIPHERS, "Phase2IntegrityAlgorithms": HASHES,
    "Phase2DHGroupNumbers": (2, 5, 14, 15, 16, 19, 20, 21),
}
TUNNELS = 20


def possible(row: dict) -> bool:
    """IKEv1 gateways of PAN-OS know no combined cipher in phase 1."""
    return row.get("IkeVersions") != "ikev1" or "GCM" not in row.get("Phase1EncryptionAlgorithms", "")


ROWS = covering(COLUMNS, possible)
BATCHES = [ROWS[start:start + TUNNELS] for start in range(0, len(ROWS), TUNNELS)]


def described(number: int, rows: list[dict]) -> dict:
    """A connection like ours, with addresses, keys and options of its own."""
    document = connection("pbf")
    item = document["VpnConnections"][0]
    options = item["Options"]["TunnelOptions"]
    text = item["CustomerGatewayConfiguration"].replace(item["VpnConnectionId"], f"vpn-{number:017x}")
    item["VpnConnectionId"] = f"vpn-{number:017x}"
    for index, option in enumerate(options):
        outside, inside = f"192.0.2.{10 + 2 * number + index}", ipaddress.ip_address("169.254.100.0") + 4 * (2 * number + index)
        old = ipaddress.ip_network(option["TunnelInsideCidr"])
        text = text.replace(f"<ip_address>{option['OutsideIpAddress']}<", f"<ip_address>{outside}<")
        for offset in (1, 2):
            text = text.replace(f"<ip_address>{old[offset]}<", f"<ip_address>{inside + offset}<")
        key = f"Key.{number}.{index}.notReal"
        text = text.replace(option["PreSharedKey"], key)
        option.update(OutsideIpAddress=outside, TunnelInsideCidr=f"{inside}/30", PreSharedKey=key, StartupAction="add")
        if index < len(rows):
            option.update({name: [{"Value": value}] for name, value in rows[index].items()})
    item["CustomerGatewayConfiguration"] = text
    return document


@pytest.mark.parametrize("rows", BATCHES, ids=[f"rows {TUNNELS * number + 1} and on" for number in range(len(BATCHES))])
def test_what_is_chosen_negotiates(sites, rows):
    documents = [described(number, rows[2 * number:2 * number + 2]) for number in range((len(rows) + 1) // 2)]
    site = sites(*documents)
    try:
        for number in range(len(documents)):
            site.module("site_to_site_vpn", **site.options("pbf", number))
        begun = time.monotonic()
        site.module("commit", scope="all", commit_poll=0.05)
        daemons = site.plane.firewall.daemons
        assert len(daemons) == 2 * len(documents)

        def down() -> list[str]:
            states = {name: daemon.ike_sa() for name, daemon in daemons.items()}
            return [name for name, sa in states.items() if sa is None or not sa.children]

        assert wait_until(lambda: not down(), 90, 0.3), {name: daemons[name].log()[-600:] for name in down()}
        print(f"{len(daemons)} tunnels committed in {site.plane.applied[-1].seconds:.1f} s, up after {time.monotonic() - begun:.1f} s; "
              f"{site.plane.enclave.memory()}")
        # The rules follow the tunnels a moment later, when their monitors have been answered.
        silent = [number for number, cloud in enumerate(site.plane.clouds)
                  if not wait_until(lambda address=cloud.address: site.ping(1, address=address) == 1, 15)]
        assert silent == []
        proposals = {name: daemon.ike_sa() for name, daemon in daemons.items()}
        versions = {f"vpn-{number // 2:017x}-{number % 2 + 1}": row["IkeVersions"] for number, row in enumerate(rows)}
        assert {name: f"ikev{proposals[name].version}" for name in versions} == versions
    finally:
        site.close()
