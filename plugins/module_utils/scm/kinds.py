# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of objects of the API, in the order in which they are made: each may refer to those before it."""

from __future__ import annotations

from dataclasses import dataclass

REMOTE_NETWORKS, SERVICE_CONNECTIONS = "Remote Networks", "Service Connections"
NETWORK, DEPLOYMENT, OPERATIONS = "/config/network/v1", "/config/deployment/v1", "/config/operations/v1"


@dataclass(frozen=True)
class Kind:
    """C(words): for one of it. C(secrets): paths of fields that come back in another form than they were given in. C(private): of further ones that are
    nobody's business, and come back as they are.

    C(names_folder): whether an object says its own folder. C(has_id): whether one is changed and removed by an id; if not, by its name.
    """

    resource: str
    words: str
    family: str = NETWORK
    secrets: tuple[tuple[str, ...], ...] = ()
    private: tuple[tuple[str, ...], ...] = ()
    names_folder: bool = True
    has_id: bool = True

    @property
    def path(self) -> str:
        return f"{self.family}/{self.resource}"


BANDWIDTH = Kind("bandwidth-allocations", "bandwidth allocation", DEPLOYMENT, names_folder=False, has_id=False)
IKE_CRYPTO = Kind("ike-crypto-profiles", "IKE crypto profile")
IPSEC_CRYPTO = Kind("ipsec-crypto-profiles", "IPsec crypto profile")
IKE_GATEWAY = Kind("ike-gateways", "IKE gateway", secrets=(("authentication", "pre_shared_key", "key"),),
                   private=(("protocol", "ikev2", "pq_ppk", "keys", "key"),))
IPSEC_TUNNEL = Kind("ipsec-tunnels", "IPsec tunnel")
REMOTE_NETWORK = Kind("remote-networks", "remote network", DEPLOYMENT, (
    ("protocol", "bgp", "secret"), ("protocol", "bgp_peer", "secret"), ("ecmp_tunnels", "protocol", "bgp", "secret")))
SERVICE_CONNECTION = Kind("service-connections", "service connection", DEPLOYMENT, (("protocol", "bgp", "secret"), ("bgp_peer", "secret")),
                          names_folder=False)

KINDS = (BANDWIDTH, IKE_CRYPTO, IPSEC_CRYPTO, IKE_GATEWAY, IPSEC_TUNNEL, REMOTE_NETWORK, SERVICE_CONNECTION)
