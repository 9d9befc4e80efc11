# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a tenant holds: objects in folders, as they were edited and as they were pushed, and what may refer to what."""

from __future__ import annotations

import base64
import copy
import hashlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import errors, presets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.schema import SCHEMAS, Fields, Kind, Many, Text, problems

REMOTE_NETWORKS, SERVICE_CONNECTIONS = "Remote Networks", "Service Connections"
#: Folder → the one above it, whose objects it has as well.
FOLDERS = {REMOTE_NETWORKS: "Prisma Access", SERVICE_CONNECTIONS: "Prisma Access", "Mobile Users": "Prisma Access", "Prisma Access": "All", "All": ""}
#: These stand in a folder of their own, and nowhere else.
ONLY_IN = {"remote-networks": REMOTE_NETWORKS, "service-connections": SERVICE_CONNECTIONS}
BANDWIDTH = "bandwidth-allocations"
#: What one termination node carries.
MBPS_OF_A_NODE = 1000
STORED_MARK = "-AQ=="
HIDDEN = "********"

#: Resource → what the service adds to an object that does not say so.
ADDED: dict[str, dict] = {
    "ike-gateways": {"local_address": {"interface": "vlan"}}, "ipsec-tunnels": {"tunnel_interface": "tunnel"},
    "remote-networks": {"ecmp_load_balancing": "disable"},
}


@dataclass
class Tenant:
    """C(tsg): its tenant service group. C(hides_secrets): whether a secret is shown as asterisks instead of in its stored form."""

    tsg: str
    hides_secrets: bool = False
    objects: dict[str, dict[str, dict]] = field(default_factory=lambda: {name: {} for name in SCHEMAS if name != BANDWIDTH})
    bandwidth: dict[str, dict] = field(default_factory=dict)
    running: dict[str, Any] = field(default_factory=dict)
    #: Folder → account → how many objects it made, changed and removed there since the last push.
    edits: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    version: int = 1
    #: As it is stored → as it was given: the service itself negotiates with it.
    _secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for resource, preset in presets.objects():
            self.objects[resource][str(uuid.uuid4())] = preset
        for resource, held in self.objects.items():
            for identity, found in held.items():
                found["id"] = identity
        self.bandwidth.update(copy.deepcopy(presets.BANDWIDTH))
        self.running = self.candidate()

    def candidate(self) -> dict[str, Any]:
        return copy.deepcopy({"objects": self.objects, "bandwidth": self.bandwidth})

    # -- reading

    def listed(self, resource: str, folder: str | None, name: str | None = None) -> list[dict]:
        """The objects of a folder, and of those above it."""
        if resource == BANDWIDTH:
            return [self.shown(resource, found) for found in self.bandwidth.values() if name in (None, found["name"])]
        if folder is None:
            raise errors.missing_query("folder")
        if folder not in FOLDERS or ONLY_IN.get(resource, folder) != folder:
            raise errors.invalid_query("folder", folder)
        places = (None, *_and_above(folder)) if resource == "service-connections" else tuple(_and_above(folder))
        held = self.objects[resource].values()
        return [self.shown(resource, found) for found in held if found.get("folder") in places and name in (None, found["name"])]

    def one(self, resource: str, identity: str) -> dict:
        if identity not in self.objects[resource]:
            raise errors.not_present()
        return self.shown(resource, self.objects[resource][identity])

    def shown(self, resource: str, found: dict) -> dict:
        shown = copy.deepcopy(found)
        if self.hides_secrets:
            for holder, name in _secrets(SCHEMAS[resource], shown):
                holder[name] = HIDDEN
        return shown

    # -- writing

    def create(self, resource: str, body: Any, account: str) -> dict:
        made = self._checked(resource, body)
        if self._named(resource, made["name"], made.get("folder")):
            raise errors.already_exists()
        made["id"] = str(uuid.uuid4())
        self.objects[resource][made["id"]] = made
        self._note(resource, made, account, "created")
        return self.shown(resource, made)

    def update(self, resource: str, identity: str, body: Any, account: str) -> dict:
        """All of the object: what is left out is gone."""
        if identity not in self.objects[resource]:
            raise errors.not_present()
        changed = self._checked(resource, body)
        namesake = self._named(resource, changed["name"], changed.get("folder"))
        if namesake and namesake["id"] != identity:
            raise errors.already_exists()
        before = self.objects[resource][identity]
        if before["name"] != changed["name"]:
            self._refuse_while_referenced(resource, before)
        changed["id"] = identity
        self.objects[resource][identity] = changed
        self._note(resource, changed, account, "updated")
        return self.shown(resource, changed)

    def delete(self, resource: str, identity: str, account: str) -> dict:
        if identity not in self.objects[resource]:
            raise errors.not_present()
        found = self.objects[resource][identity]
        self._refuse_while_referenced(resource, found)
        del self.objects[resource][identity]
        self._note(resource, found, account, "deleted")
        return found

    def allocate(self, body: Any, account: str, may_exist: bool) -> dict:
        """Bandwidth of a compute location. The service names the termination nodes itself: one for each 1,000 Mbps that are begun."""
        self._refuse_problems(BANDWIDTH, body)
        name = body["name"]
        if name not in {location["aggregate_region"] for location in presets.LOCATIONS}:
            raise errors.dangling([f"region '{name}' is not a valid reference"])
        if not may_exist and name in self.bandwidth:
            raise errors.already_exists()
        if may_exist and name not in self.bandwidth:
            raise errors.not_present()
        standing = self.bandwidth.get(name, {}).get("spn_name_list", [])
        kept = [node for node in body.get("spn_name_list") or standing if node in standing]
        wanted = max(1, -(-body["allocated_bandwidth"] // MBPS_OF_A_NODE))
        nodes = (kept + presets.nodes(name, kept))[:wanted]
        self._refuse_nodes_in_use([node for node in standing if node not in nodes])
        self.bandwidth[name] = {**body, "spn_name_list": nodes}
        self._note(BANDWIDTH, self.bandwidth[name], account, "updated" if may_exist else "created")
        return copy.deepcopy(self.bandwidth[name])

    def release(self, name: str, nodes: list[str], account: str) -> None:
        if name not in self.bandwidth or set(nodes) - set(self.bandwidth[name]["spn_name_list"]):
            raise errors.not_present()
        self._refuse_nodes_in_use(self.bandwidth[name]["spn_name_list"])
        self._note(BANDWIDTH, self.bandwidth.pop(name), account, "deleted")

    def push(self, folders: list[str]) -> None:
        """What was edited in these folders runs, whoever edited it."""
        after = self.candidate()
        for resource, held in after["objects"].items():
            stays = {key: found for key, found in self.running["objects"][resource].items() if _folder_of(resource, found) not in folders}
            self.running["objects"][resource] = {
                **stays, **{key: found for key, found in held.items() if _folder_of(resource, found) in folders}}
        self.running["bandwidth"] = after["bandwidth"]
        self.version += 1
        for folder in folders:
            self.edits.pop(folder, None)

    def reveal(self, secret: str) -> str:
        return self._secrets[secret]

    # -- rules

    def _checked(self, resource: str, body: Any) -> dict:
        self._refuse_problems(resource, body)
        made = {**copy.deepcopy(ADDED.get(resource, {})), **copy.deepcopy(body)}
        if ONLY_IN.get(resource) and "folder" in made and made["folder"] != ONLY_IN[resource]:
            raise errors.invalid_payload([f'"folder" must be [{ONLY_IN[resource]}]'])
        if "folder" in made and made["folder"] not in FOLDERS:
            raise errors.dangling([f"folder '{made['folder']}' is not a valid reference"])
        for holder, name in _secrets(SCHEMAS[resource], made):
            given, holder[name] = holder[name], stored(holder[name])
            self._secrets.setdefault(holder[name], given)
        dangling = [f" {made.get('folder', ONLY_IN.get(resource, ''))} -> {resource} -> {made['name']} -> {place} '{name}' is not a valid reference"
                    for place, kind, name in references(resource, made) if not self._there(kind, name, _folder_of(resource, made))]
        if dangling:
            raise errors.dangling(dangling)
        return made

    @staticmethod
    def _refuse_problems(resource: str, body: Any) -> None:
        found = list(problems(SCHEMAS[resource], body))
        if found:
            raise errors.invalid_payload(found)

    def _there(self, kind: str, name: str, folder: str) -> bool:
        if kind == "location":
            return any(name in (location["value"], location["region"]) for location in presets.LOCATIONS)
        if kind == "node":
            return any(name in allocated["spn_name_list"] for allocated in self.bandwidth.values())
        return any(found["name"] == name and _folder_of(kind, found) in _and_above(folder) for found in self.objects[kind].values())

    def _named(self, resource: str, name: str, folder: str | None) -> dict | None:
        return next((found for found in self.objects[resource].values() if found["name"] == name and found.get("folder") == folder), None)

    def _refuse_while_referenced(self, resource: str, found: dict) -> None:
        folder = _folder_of(resource, found)
        paths = [("container", _folder_of(user, other), user, other["name"], place)
                 for user, held in self.objects.items() for other in held.values()
                 for place, kind, name in references(user, other)
                 if kind == resource and name == found["name"] and folder in _and_above(_folder_of(user, other))]
        if paths:
            raise errors.referenced(found["name"], paths)

    def _refuse_nodes_in_use(self, nodes: list[str]) -> None:
        paths = [("container", REMOTE_NETWORKS, "remote-networks", site["name"], "spn_name")
                 for site in self.objects["remote-networks"].values() if site.get("spn_name") in nodes]
        if paths:
            raise errors.referenced(nodes[0], paths)

    def _note(self, resource: str, found: dict, account: str, what: str) -> None:
        noted = self.edits.setdefault(_folder_of(resource, found), {}).setdefault(account, {"created": 0, "updated": 0, "deleted": 0})
        noted[what] += 1
        noted["date"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def references(resource: str, found: dict) -> Iterator[tuple[str, str, str]]:
    """(place, what kind of thing, its name) of everything that an object refers to."""
    if resource == "ike-gateways":
        for version in ("ikev1", "ikev2"):
            profile = found["protocol"].get(version, {}).get("ike_crypto_profile")
            if profile:
                yield f"protocol.{version}.ike_crypto_profile", "ike-crypto-profiles", profile
    elif resource == "ipsec-tunnels":
        for gateway in found["auto_key"]["ike_gateway"]:
            yield "auto_key.ike_gateway", "ike-gateways", gateway.get("name", "")
        yield "auto_key.ipsec_crypto_profile", "ipsec-crypto-profiles", found["auto_key"]["ipsec_crypto_profile"]
    elif resource in ONLY_IN:
        for place in ("ipsec_tunnel", "secondary_ipsec_tunnel"):
            if found.get(place):
                yield place, "ipsec-tunnels", found[place]
        for link in found.get("ecmp_tunnels", []):
            yield "ecmp_tunnels", "ipsec-tunnels", link["ipsec_tunnel"]
        yield "region", "location", found["region"]
        if found.get("spn_name"):
            yield "spn_name", "node", found["spn_name"]
        if found.get("backup_SC"):
            yield "backup_SC", "service-connections", found["backup_SC"]


def stored(secret: str) -> str:
    """As PAN-OS stores a secret: a mark, the digest, a ciphertext. What is in that form already stays as it is."""
    if secret.startswith(STORED_MARK):
        return secret
    digest = base64.b64encode(hashlib.sha1(secret.encode()).digest()).decode()
    cipher = base64.b64encode(hashlib.md5(f"tenant {secret}".encode()).digest()).decode()
    return f"{STORED_MARK}{digest}{cipher}"


def _folder_of(resource: str, found: dict) -> str:
    return found.get("folder") or ONLY_IN.get(resource, REMOTE_NETWORKS)


def _and_above(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = FOLDERS[folder]


def _secrets(kind: Kind, value: Any) -> Iterator[tuple[dict, str]]:
    """(what holds it, under which name) of every secret of a value."""
    if isinstance(kind, Many):
        for item in value:
            yield from _secrets(kind.of, item)
    if isinstance(kind, Fields):
        for name, inner in kind.fields.items():
            if name in value and isinstance(inner, Text) and inner.secret:
                yield value, name
            elif name in value:
                yield from _secrets(inner, value[name])
