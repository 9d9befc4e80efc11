# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a diagnosis asks of a firewall beyond the state of its VPNs. All of it is of the firewall as a whole, so requests do not grow with tunnels."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Callable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit, high_availability
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.diagnosis import diagnose
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Evidence, Intent
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import certificates, rulebases, security_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import Known
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import interfaces, vpn_log
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import Verdict
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import far_end
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import SOURCE_ZONE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.rules import INSIDE_APPLICATIONS, OUTSIDE_APPLICATIONS

_PANORAMA = ("deviceconfig", "system", "panorama")
_HA = (("device", ("deviceconfig", "high-availability")),)
_READ = (*_HA, ("device", ("deviceconfig", "setting")), ("vsys", IMPORTED),
         ("rulebase", ("security", "rules")), ("rulebase", ("nat", "rules")), ("rulebase", ("dos", "rules")), ("rulebase", ("default-security-rules",)),
         ("device", _PANORAMA))
_LOG = "( subtype eq vpn ) or ( subtype eq routing )"
# What Panorama put before and behind the firewall's own rules.
_PUSHED = ("pre-rulebase", "post-rulebase")
# Newest lines first: a tunnel that is down writes one every few seconds.
_LINES = 1000


class Inquiry:
    """Asks for evidence. What the account may not see is missing in it, and said in C(warnings)."""

    def __init__(self, target: Target):
        self.target, self.session, self.base = target, target.session, target.base
        self.warnings: list = []
        self._read: tuple = (None, set())

    def evidence(
        self, tree: ET.Element, configuration: dict, state: State, verdicts: tuple[Verdict, ...], connection: Profile | None, intent: Intent,
        with_log: bool = True,
    ) -> Evidence:
        """C(tree): of the running configuration, as read for the state; more of it is added here.

        C(with_log): reads the log, too. It tells why a tunnel is down; of one that is up nothing that is certain.
        """
        around = Surroundings(tree, self.base, self.target.platform)
        self._add(tree, [self.base(location) + path for location, path in _READ] + [around.pushed_policy(rulebase) for rulebase in _PUSHED])
        around = Surroundings(tree, self.base, self.target.platform)
        if rulebases.IMPORT_ERROR:
            self.warnings.append("the Python library netaddr is missing: the diagnosis does without security, NAT, PBF and DoS protection rules")
        live = self._allowed(self._interfaces, {})
        around = around.knowing(Known(self._allowed(lambda: self._objects(around), {}), {name: each.address for name, each in live.items() if each.address}))
        pairs = self._zones(around, configuration, intent)
        managed = places.find(around.tree, (self.base("device") + _PANORAMA)[1:]) is not None
        return Evidence(
            configuration, around, state, verdicts,
            lines=self._allowed(lambda: vpn_log.lines(self.session.log(_LOG, _LINES)), []) if with_log else [],
            changes=self._allowed(lambda: [(change.path, change.owner) for change in commit.changes(self.session)], []),
            ha=self.member(tree),
            interfaces=live,
            **self._allowed(lambda: self._certificates(tree, configuration), {}),
            connection=connection,
            **self._keys(around, configuration, connection),
            intent=intent,
            addresses=None if rulebases.IMPORT_ERROR else self._allowed(lambda: self._addresses(around, pairs), rulebases.Addresses()),
            names=self._allowed(lambda: self._names(around, pairs), security_policy.Names()),
            rules_are_complete=not managed or bool(_pushed_objects(around)),
        )

    def _allowed(self, ask: Callable[[], Any], instead: Any) -> Any:
        try:
            return ask()
        except DeviceError as exc:
            self.warnings.append(f"the diagnosis does without it: {exc}")
            return instead

    def _interfaces(self) -> dict:
        return interfaces.interfaces(self.session.op(commands.command(*commands.INTERFACES), "read the interfaces' state"))

    def _objects(self, around: Surroundings) -> dict[str, list]:
        """What the address objects stand for that interfaces have instead of an address."""
        names = around.named_addresses()
        found: dict[str, list] = {}
        if names and not rulebases.IMPORT_ERROR:
            address_objects.resolved(self.target, names, found)
        return found

    def unknown_zones(self, tree: ET.Element, zones: tuple[str, ...]) -> list[str]:
        """What is said of zones that packets are to come from and that are not there: no rule is asked about them."""
        there = Surroundings(tree, self.base, self.target.platform).names("zone")
        return [f"source_zones: there is no zone '{zone}' in this virtual system{instead(zone, there)}; nothing is asked of its packets"
                for zone in zones if zone not in there]

    @staticmethod
    def intent(source_zones: tuple[str, ...], local_networks: tuple[str, ...], remote_networks: tuple[str, ...]) -> Intent:
        return Intent(source_zones, local_networks, remote_networks)

    @staticmethod
    def diagnosed(evidence: Evidence, missing: Sequence[str]) -> list[dict]:
        return diagnose(evidence, missing)

    def _add(self, tree: ET.Element, wanted: Sequence[Path]) -> None:
        """Parts of the running configuration that are not in the tree yet; what is not there is not asked for again."""
        if self._read[0] is not tree:
            self._read = tree, set()
        asked = self._read[1]
        missing = [place for place in wanted if place not in asked and places.find(tree, place[1:]) is None]
        asked.update(missing)
        found = self.target.read(missing, running=True)
        for place in missing:
            part = places.find(found, place[1:])
            if part is not None:
                places.make(tree, place[1:-1]).append(part)

    def member(self, tree: ET.Element) -> high_availability.Member | None:
        """What this firewall is in its pair, where the configuration says that there is one."""
        self._add(tree, [self.base(location) + path for location, path in _HA])
        settings = places.find(tree, (DEVICE + ("deviceconfig",))[1:])
        if not high_availability.is_configured(settings):
            return None
        return self._allowed(lambda: high_availability.member(self.session), None)

    def _certificates(self, tree: ET.Element, configuration: Mapping) -> dict:
        """What gateways show and whom they trust, where one of them authenticates so."""
        if not any(gateway.get("certificate") for gateway in configuration["gateways"]):
            return {}
        self._add(tree, certificates.reads(self.base))
        return {"certificates": certificates.certificates(tree, self.base), "authorities": certificates.authorities(tree, self.base)}

    def _keys(self, around: Surroundings, configuration: Mapping, connection: Profile | None) -> dict[str, Any]:
        """Whether each gateway's key is that of its endpoint in the cloud's description, and whose it is where it is another's.

        Only digests are compared, and no key is kept.
        """
        known = {tunnel.far_end: tunnel.pre_shared_key for tunnel in (connection.tunnels if connection else ())}
        keys, owners = {}, {}
        for gateway in configuration["gateways"]:
            name, endpoint = gateway["name"], far_end(gateway) or ""
            stored = places.text(around.entry("ike_gateway", name), ("authentication", "pre-shared-key", "key"))
            same = {other: secrets.same(key, stored) for other, key in known.items() if key} if stored and endpoint in known else {}
            if same.get(endpoint) is not None:
                keys[name] = same[endpoint]
            owner = next((other for other, fits in same.items() if fits), None)
            if owner is not None and keys.get(name) is False:
                owners[name] = owner
        return {"keys": keys, "key_owners": owners}

    def _zones(self, around: Surroundings, configuration: Mapping, intent: Intent) -> list[tuple]:
        """The pairs of zones that the VPN's traffic, and what its ends send each other, goes between."""
        zones = {interface["zone"] for interface in configuration["interfaces"] if interface.get("zone")}
        sources = set(intent.source_zones) | {zone for rule in configuration["pbf_rules"] for zone in (rule.get("from") or {}).get("zone") or ()}
        units = {interface["name"] for interface in configuration["interfaces"]}
        sources |= {zone for unit, record in records.on(around) if unit in units for zone in record.given(SOURCE_ZONE)}
        outside = {around.zone_of((gateway.get("local_address") or {}).get("interface") or "") for gateway in configuration["gateways"]} - {None}
        pairs = [pair for zone in zones for source in sources for pair in ((source, zone), (zone, source))]
        return pairs + [(zone, zone) for zone in zones | outside]

    def _addresses(self, around: Surroundings, pairs: Sequence[tuple]) -> rulebases.Addresses:
        """Address objects by name, of security and NAT rules only where they are between zones that the VPN's traffic goes through."""
        rules = [rule for kind in ("security", "nat") for rule in around.rules_in_force(kind)]
        anywhere = [rule for kind in ("pbf", "dos") for rule in around.rules_in_force(kind)]
        nothing = rulebases.Addresses({})
        names = rulebases.undecided_names(rules, pairs, nothing) + rulebases.names_in(anywhere, nothing)
        return address_objects.resolved(self.target, list(dict.fromkeys(names)), {}, _pushed_objects(around))

    def _names(self, around: Surroundings, pairs: Sequence[tuple]) -> security_policy.Names:
        """What names of services and applications stand for, of the same rules; those that PAN-OS knows by itself are read in vain."""
        rules = rulebases.between(around.rules_in_force("security"), pairs)
        wanted = {name for rule in rules for option in ("service", "application") for name in places.names(rule, (option,))}
        wanted |= {places.text(rule, ("service",)) or rulebases.ANY for rule in rulebases.between(around.rules_in_force("nat"), pairs)}
        known = security_policy.Names()
        wanted -= {rulebases.ANY, security_policy.APPLICATION_DEFAULT, *OUTSIDE_APPLICATIONS, *INSIDE_APPLICATIONS[4], *INSIDE_APPLICATIONS[6]}
        parents = [("config", "shared"), self.base("vsys"), *_pushed_objects(around)]
        containers = [parent + (kind,) for parent in parents for kind in ("service", "service-group", "application-group", "application-filter")]
        while wanted:
            found = security_policy.read(self.session.get_named(containers, sorted(wanted)))
            known = known.beside(found)
            wanted = found.members() - known.known
        return known


def _pushed_objects(around: Surroundings) -> list:
    """Where the objects stand that Panorama pushed, if it pushed rules."""
    pushed = around.pushed_policy("")[:-1]
    return [pushed] if places.find(around.tree, pushed[1:]) is not None else []
