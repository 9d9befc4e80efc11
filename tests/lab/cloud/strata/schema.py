# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each object of the API may hold, by the published schemas, and what is said of one that holds something else.

The words of a refusal are recorded for a field that is not allowed and for one that is missing; the others are made up in the manner of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union


@dataclass(frozen=True)
class Text:
    """C(secret): it is stored in another form than it came in."""

    longest: int = 0
    shortest: int = 0
    pattern: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True)
class Number:
    low: float | None = None
    high: float | None = None
    whole: bool = True


@dataclass(frozen=True)
class Flag:
    pass


@dataclass(frozen=True)
class Many:
    of: Kind
    most: int = 0


@dataclass(frozen=True)
class Fields:
    """C(choices): sets of fields, of each of which exactly one has to be there."""

    fields: Mapping[str, Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()


Kind = Union[Text, Number, Flag, Many, Fields]

FLAG, TEXT, SECRET = Flag(), Text(), Text(secret=True)
TEXTS = Many(TEXT)
CONTAINER = ("folder", "snippet", "device")
_CONTAINERS: dict[str, Kind] = {name: Text(longest=64, pattern=r"^[a-zA-Z\d\-_\. ]+$") for name in CONTAINER}

_ENCRYPTION = ("des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-256-gcm")
_HASH = ("md5", "sha1", "sha256", "sha384", "sha512")
_GROUPS = ("group1", "group2", "group5", "group14", "group19", "group20")
_LIFETIME = Fields({"seconds": Number(180, 65535), "minutes": Number(3, 65535), "hours": Number(1, 65535), "days": Number(1, 365)},
                   choices=(("seconds", "minutes", "hours", "days"),))
_SIZES = ("kb", "mb", "gb", "tb")
_LIFESIZE = Fields({unit: Number(1, 65535) for unit in _SIZES}, choices=(_SIZES,))
_EXCHANGES = tuple(f"ake_{number}" for number in range(1, 8))
_DISTINGUISHED = r"|^(([[:xdigit:]][[:xdigit:]])+)$|^([a-zA-Z0-9.]+=(\\,|[^,])+[, ]+)*([a-zA-Z0-9.]+=(\\,|[^,])+)$"
_PEER_ID = r"^(.+\@[\*a-zA-Z0-9.-]+)$|^([\*$a-zA-Z0-9_:.-]+)$" + _DISTINGUISHED
_LOCAL_ID = r"^(.+\@[a-zA-Z0-9.-]+)$|^([$a-zA-Z0-9_:.-]+)$" + _DISTINGUISHED
_DPD = Fields({"enable": FLAG})

_PORTS = Fields({"local_port": Number(0, 65535), "remote_port": Number(0, 65535)})
_PROXY_IDS = Many(Fields({
    "name": TEXT, "local": TEXT, "remote": TEXT,
    "protocol": Fields({"number": Number(1, 254), "tcp": _PORTS, "udp": _PORTS}, choices=(("number", "tcp", "udp"),)),
}, required=("name",)))

# The schema leaves out what the API asks for in BGP of a remote network.
_BGP = Fields({
    "enable": FLAG, "peer_as": TEXT, "peer_ip_address": TEXT, "local_ip_address": TEXT, "secret": SECRET, "originate_default_route": FLAG,
    "summarize_mobile_user_routes": FLAG, "do_not_export_routes": FLAG,
    "peering_type": Text(choices=("exchange-v4-over-v4", "exchange-v4-v6-over-v4", "exchange-v4-over-v4-v6-over-v6", "exchange-v6-over-v6")),
})

SCHEMAS: dict[str, Fields] = {
    "ike-crypto-profiles": Fields({
        "name": Text(longest=31), "hash": Many(Text(choices=(*_HASH, "non-auth"))), "encryption": Many(Text(choices=_ENCRYPTION)),
        "dh_group": Many(Text(choices=_GROUPS)), "lifetime": _LIFETIME, "authentication_multiple": Number(None, 50),
        "ake": Fields({"enabled": FLAG, **{name: TEXTS for name in _EXCHANGES}}), **_CONTAINERS,
    }, required=("name", "hash", "encryption", "dh_group"), choices=(CONTAINER,)),
    "ipsec-crypto-profiles": Fields({
        "name": Text(longest=31), "dh_group": Text(choices=("no-pfs", *_GROUPS)), "lifetime": _LIFETIME, "lifesize": _LIFESIZE,
        "ake": Fields({name: TEXT for name in _EXCHANGES}),
        "esp": Fields({"encryption": Many(Text(choices=(*_ENCRYPTION, "null"))), "authentication": TEXTS}, required=("encryption", "authentication")),
        "ah": Fields({"authentication": Many(Text(choices=_HASH))}, required=("authentication",)), **_CONTAINERS,
    }, required=("name", "lifetime"), choices=(("esp", "ah"), CONTAINER)),
    "ike-gateways": Fields({
        "name": Text(longest=63), "local_address": Fields({"interface": TEXT, "ip": TEXT}),
        "authentication": Fields({
            "pre_shared_key": Fields({"key": SECRET}),
            "certificate": Fields({
                "allow_id_payload_mismatch": FLAG, "certificate_profile": TEXT, "local_certificate": Fields({"local_certificate_name": TEXT}),
                "strict_validation_revocation": FLAG, "use_management_as_source": FLAG,
            }),
        }, choices=(("pre_shared_key", "certificate"),)),
        "peer_id": Fields({"type": Text(choices=("ipaddr", "keyid", "fqdn", "ufqdn")), "id": Text(longest=1024, shortest=1, pattern=_PEER_ID)}),
        "local_id": Fields({"type": TEXT, "id": Text(longest=1024, shortest=1, pattern=_LOCAL_ID)}),
        "protocol": Fields({
            "version": Text(choices=("ikev2-preferred", "ikev1", "ikev2")),
            "ikev1": Fields({"ike_crypto_profile": TEXT, "dpd": _DPD}),
            "ikev2": Fields({
                "ike_crypto_profile": TEXT, "dpd": _DPD,
                "pq_ppk": Fields({
                    "enabled": FLAG, "negotiation_mode": Text(choices=("preferred", "mandatory")),
                    "keys": Many(Fields({"name": Text(longest=31), "key": Text(longest=128), "enabled": FLAG})),
                }),
                "pq_kem": Fields({"enable": FLAG, "block_vulnerable_cipher": FLAG}),
            }),
        }),
        "protocol_common": Fields({
            "nat_traversal": Fields({"enable": FLAG}), "passive_mode": FLAG, "fragmentation": Fields({"enable": FLAG}),
        }),
        "peer_address": Fields({"ip": TEXT, "fqdn": Text(longest=255), "dynamic": Fields()}, choices=(("ip", "fqdn", "dynamic"),)), **_CONTAINERS,
    }, required=("name", "authentication", "protocol", "peer_address"), choices=(CONTAINER,)),
    "ipsec-tunnels": Fields({
        "name": Text(longest=63), "tunnel_interface": TEXT,
        "auto_key": Fields({
            "ike_gateway": Many(Fields({"name": TEXT})), "ipsec_crypto_profile": TEXT, "proxy_id": _PROXY_IDS, "proxy_id_v6": _PROXY_IDS,
        }, required=("ike_gateway", "ipsec_crypto_profile")),
        "anti_replay": FLAG, "copy_tos": FLAG, "enable_gre_encapsulation": FLAG,
        "tunnel_monitor": Fields({"enable": FLAG, "destination_ip": TEXT, "proxy_id": TEXT}, required=("destination_ip",)), **_CONTAINERS,
    }, required=("name", "auto_key"), choices=(CONTAINER,)),
    "remote-networks": Fields({
        "name": Text(longest=63), "folder": TEXT, "ipsec_tunnel": TEXT, "secondary_ipsec_tunnel": TEXT, "license_type": Text(shortest=1),
        "region": Text(shortest=1), "subnets": TEXTS, "spn_name": TEXT, "ecmp_load_balancing": Text(choices=("enable", "disable")),
        "protocol": Fields({
            "bgp": _BGP,
            "bgp_peer": Fields({"same_as_primary": FLAG, "peer_ip_address": TEXT, "local_ip_address": TEXT, "secret": SECRET}),
        }),
        "ecmp_tunnels": Many(Fields({"name": TEXT, "ipsec_tunnel": TEXT, "protocol": Fields({"bgp": _BGP})}, required=("name", "ipsec_tunnel", "protocol")),
                             most=4),
    }, required=("name", "folder", "license_type", "region")),
    "service-connections": Fields({
        "name": TEXT, "ipsec_tunnel": TEXT, "onboarding_type": Text(choices=("classic",)), "region": TEXT, "backup_SC": TEXT,
        "bgp_peer": Fields({"local_ip_address": TEXT, "local_ipv6_address": TEXT, "peer_ip_address": TEXT, "peer_ipv6_address": TEXT, "secret": SECRET}),
        "nat_pool": TEXT, "no_export_community": Text(choices=("Disabled", "Enabled-In", "Enabled-Out", "Enabled-Both")),
        "protocol": Fields({"bgp": Fields({
            "do_not_export_routes": FLAG, "enable": FLAG, "fast_failover": FLAG, "local_ip_address": TEXT, "originate_default_route": FLAG,
            "peer_as": TEXT, "peer_ip_address": TEXT, "secret": SECRET, "summarize_mobile_user_routes": FLAG,
        }, required=("peer_as",))}),
        "qos": Fields({"enable": FLAG, "qos_profile": TEXT}), "secondary_ipsec_tunnel": TEXT, "source_nat": FLAG, "subnets": TEXTS,
    }, required=("name", "ipsec_tunnel", "region")),
    "bandwidth-allocations": Fields({
        "name": TEXT, "allocated_bandwidth": Number(), "spn_name_list": TEXTS,
        "qos": Fields({"enabled": FLAG, "customized": FLAG, "profile": TEXT, "guaranteed_ratio": Number(whole=False)}),
    }, required=("name", "allocated_bandwidth")),
}
#: Body of C(candidate:push). The published schema says C(folder), which the live service refuses.
PUSH = Fields({"folders": TEXTS, "admin": TEXTS, "description": TEXT, "devices": TEXTS}, required=("folders",))


def problems(kind: Kind, value: Any, place: str = "") -> Iterator[str]:
    """Why a value is none of this kind, a sentence each."""
    if isinstance(kind, Fields):
        yield from _of_fields(kind, value, place)
    elif isinstance(kind, Many):
        if not isinstance(value, list):
            yield f'"{place}" must be an array'
            return
        if kind.most and len(value) > kind.most:
            yield f'"{place}" must contain less than or equal to {kind.most} items'
        for number, item in enumerate(value):
            yield from problems(kind.of, item, f"{place}[{number}]")
    elif isinstance(kind, Text):
        yield from _of_text(kind, value, place)
    elif isinstance(kind, Number):
        yield from _of_number(kind, value, place)
    elif not isinstance(value, bool):
        yield f'"{place}" must be a boolean'


def _of_fields(kind: Fields, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f'"{place or "value"}" must be of type object'
        return
    before = f"{place}." if place else ""
    for name in value.keys() - kind.fields.keys():
        yield f'"{before}{name}" is not allowed'
    for name in kind.required:
        if name not in value:
            yield f'"{before}{name}" is required'
    for choice in kind.choices:
        there = [name for name in choice if name in value]
        if len(there) > 1:
            yield f'"{place or "value"}" contains a conflict between exclusive peers [{", ".join(choice)}]'
        if not there:
            yield f'"{place or "value"}" must contain at least one of [{", ".join(choice)}]'
    for name, inner in kind.fields.items():
        if name in value:
            yield from problems(inner, value[name], f"{before}{name}")


def _of_text(kind: Text, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f'"{place}" must be a string'
        return
    if kind.choices and value not in kind.choices:
        yield f'"{place}" must be one of [{", ".join(kind.choices)}]'
    if kind.longest and len(value) > kind.longest:
        yield f'"{place}" length must be less than or equal to {kind.longest} characters long'
    if len(value) < kind.shortest:
        yield f'"{place}" is not allowed to be empty'
    elif kind.pattern and not re.search(kind.pattern.replace("[[:xdigit:]]", "[0-9a-fA-F]"), value):
        yield f'"{place}" with value "{value}" fails to match the required pattern: {kind.pattern}'


def _of_number(kind: Number, value: Any, place: str) -> Iterator[str]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or kind.whole and value != int(value):
        yield f'"{place}" must be a number'
        return
    if kind.low is not None and value < kind.low:
        yield f'"{place}" must be greater than or equal to {kind.low}'
    if kind.high is not None and value > kind.high:
        yield f'"{place}" must be less than or equal to {kind.high}'
