# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running configuration, XML in, plain values out. What this data plane cannot do is named in the remarks."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from typing import Callable, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import crypto, logical_router, virtual_router
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.objects import Objects
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import (
    ANY, MAIN, OTHERS, Credentials, ForwardingRule, Interface, Match, Monitor, PathMonitor, Route, Router, Running, SecurityRule, Selector, Tunnel, host_of,
)

_LIFETIMES = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_NEXT_ROUTER = ("next-vr", "next-lr")
_ID_KINDS = {"ipaddr": "", "fqdn": "fqdn:", "ufqdn": "email:", "keyid": "keyid:", "dn": "asn1dn:"}
#: Settings of the predefined profiles, for references to ``default`` where it is not in the configuration.
_DEFAULT_MONITOR = (3, 5, False)


def translate(root: ET.Element, engine: str = "virtual-router", reveal: Callable[[str], str | None] = lambda stored: None,
              learned: dict[str, str] | None = None, ipv6: bool = False, names: Mapping[str, str] | None = None) -> Running:
    """``reveal`` gives the plain text of a stored secret, or None; ``learned`` the addresses that interfaces got by DHCP or PPPoE.

    ``ipv6``: whether it is carried at all. ``names``: of peers, with the addresses that DNS has for them.
    """
    return _Translation(root, engine, reveal, learned or {}, ipv6, names or {}).result()


def _members(node: ET.Element | None, path: str) -> list[str]:
    return [(member.text or "").strip() for member in node.findall(f"{path}/member")] if node is not None else []


def _paths(router: ET.Element) -> int:
    """Of a router's ECMP; PAN-OS takes two where it says no number."""
    return int(router.findtext("ecmp/max-path") or 2) if router.findtext("ecmp/enable") == "yes" else 1


def _named(node: ET.Element | None, path: str, name: str | None) -> ET.Element | None:
    return next((entry for entry in (node.findall(f"{path}/entry") if node is not None else []) if entry.get("name") == name), None)


def _lifetime(profile: ET.Element | None, default: int) -> int:
    for unit in (profile.find("lifetime") if profile is not None else None) or ():
        if unit.tag in _LIFETIMES and (unit.text or "").isdigit():
            return int(unit.text or 0) * _LIFETIMES[unit.tag]
    return default


class _Translation:

    def __init__(self, root: ET.Element, engine: str, reveal: Callable[[str], str | None], learned: dict[str, str], ipv6: bool,
                 names: Mapping[str, str]) -> None:
        self.ipv6 = ipv6
        self.names = names
        self.root = root
        self.engine = engine
        self.reveal = reveal
        self.learned = learned
        self.device = _or_empty(root.find("devices/entry"))
        self.network = _or_empty(self.device.find("network"))
        self.vsys = _or_empty(self.device.find("vsys/entry"))
        self.objects = Objects(root, self.vsys)
        self.remarks: list[str] = []

    def result(self) -> Running:
        inside = "vrf/entry" if self.engine == "logical-router" else "."
        routers = {entry.get("name") or "": _or_empty(entry.find(inside)) for entry in self.network.findall(f"{self.engine}/entry")}
        tables = {name: MAIN if number == 0 else OTHERS + number for number, name in enumerate(routers)}
        self.zones = {member: zone.get("name") or "" for zone in self.vsys.findall("zone/entry") for member in _members(zone, "network/layer3")}
        self.interfaces = self._interfaces({member: tables[name] for name, router in routers.items() for member in _members(router, "interface")})
        self.remarks += self._not_done()
        return Running(
            self.interfaces, tuple(self._tunnels()), tuple(self._router(name, router, tables[name]) for name, router in routers.items()),
            tuple(self._forwarding()), tuple(self._security()), tuple(self._strict_zones()), self._default_rule("intrazone-default", True),
            self._default_rule("interzone-default", False), tuple(self.remarks),
        )

    def _not_done(self) -> Iterator[str]:
        """Whole parts of a configuration for which nothing here stands."""
        for rule in self._rules("nat"):
            if rule.findtext("disabled") != "yes":
                yield f"NAT rule {rule.get('name')}: addresses are not translated here"
        for other in self.device.findall("vsys/entry")[1:]:
            yield f"{other.get('name')}: only {self.vsys.get('name')} is real here"

    def _router(self, name: str, router: ET.Element, table: int) -> Router:
        routing = logical_router if self.engine == "logical-router" else virtual_router
        bgp, remarks = routing.bgp(router, self.network, self.reveal)
        self.remarks += [*remarks, *self._not_routed(name, router)]
        return Router(name, table, tuple(_members(router, "interface")), tuple(self._routes(router)), bgp, _paths(router))

    def _not_routed(self, name: str, router: ET.Element) -> Iterator[str]:
        for route in router.findall("routing-table/ipv6/static-route/entry") if not self.ipv6 else ():
            yield f"static route {route.get('name')}: IPv6 is not carried here"
        for protocol in ("ospf", "ospfv3", "rip"):
            for place in (f"protocol/{protocol}", protocol):
                if router.findtext(f"{place}/enable") == "yes":
                    yield f"router {name}: {protocol} is not spoken here"

    def _rules(self, kind: str) -> list[ET.Element]:
        """In the order in which they count: the first ones of a Panorama, the firewall's own, the last ones of the Panorama."""
        pushed = _or_empty(self.root.find("panorama/vsys/entry"))
        bases = ((pushed, "pre-rulebase"), (self.vsys, "rulebase"), (pushed, "post-rulebase"))
        return [rule for place, base in bases for rule in place.findall(f"{base}/{kind}/rules/entry")]

    # Interfaces and tunnels.

    def _interfaces(self, members: dict[str, int]) -> tuple[Interface, ...]:
        """``members``: the interfaces of all routers, with the tables of these."""
        settings = {}
        interface = self.network.find("interface")
        ports = self.network.findall("interface/ethernet/entry")
        self.links_down = {entry.get("name") for entry in ports if entry.findtext("link-state") == "down"}
        for tag in ("ethernet", "aggregate-ethernet"):
            for entry in interface.findall(f"{tag}/entry") if interface is not None else []:
                settings[entry.get("name")] = entry.find("layer3")
                settings.update({unit.get("name"): unit for unit in entry.findall("layer3/units/entry")})
        for tag in ("loopback", "vlan", "tunnel"):
            for unit in interface.findall(f"{tag}/units/entry") if interface is not None else []:
                settings[unit.get("name")] = unit
        return tuple(self._interface(name, settings[name], table) for name, table in members.items() if settings.get(name) is not None)

    def _interface(self, name: str, settings: ET.Element, table: int) -> Interface:
        addresses = [self.learned[name]] if name in self.learned else []
        for entry in settings.findall("ip/entry"):
            value = entry.get("name") or ""
            resolved = self.objects.entry("address", value)
            value = (resolved.findtext("ip-netmask") or "") if resolved is not None else value
            try:
                ipaddress.IPv4Interface(value)
            except ValueError:
                self.remarks.append(f"interface {name}: address {value} is not an IPv4 address")
                continue
            addresses.append(value if "/" in value else f"{value}/32")
        six = self._ipv6_addresses(name, settings) if settings.findtext("ipv6/enabled") == "yes" else []
        profile = _named(self.network, "profiles/interface-management-profile", settings.findtext("interface-management-profile"))
        mtu = settings.findtext("mtu")
        return Interface(name, tuple(addresses), int(mtu) if mtu else None, self.zones.get(name), profile is not None and profile.findtext("ping") == "yes",
                         tuple(six), name.partition(".")[0] not in self.links_down, table)

    def _ipv6_addresses(self, name: str, settings: ET.Element) -> list[str]:
        if not self.ipv6:
            self.remarks.append(f"interface {name}: IPv6 is not carried here")
            return []
        found = []
        for entry in settings.findall("ipv6/address/entry"):
            resolved = self.objects.entry("address", entry.get("name") or "")
            value = (resolved.findtext("ip-netmask") or "") if resolved is not None else entry.get("name") or ""
            if entry.find("prefix") is not None or entry.find("anycast") is not None or ":" not in value:
                self.remarks.append(f"interface {name}: only whole IPv6 addresses are carried here, {value or entry.get('name')} is none")
                continue
            found.append(value if "/" in value else f"{value}/128")
        return found

    def _tunnels(self) -> list[Tunnel]:
        found: list[Tunnel] = []
        for entry in self.network.findall("tunnel/ipsec/entry"):
            name = entry.get("name") or ""
            if entry.findtext("disabled") == "yes":
                continue
            built = self._tunnel(name, entry)
            if isinstance(built, str):
                self.remarks.append(f"tunnel {name}: {built}")
            elif any((other.outside, other.peer_address) == (built.outside, built.peer_address) for other in found):
                same = f"the same peer {built.peer_address}" if built.peer_address else "a peer of any address too"
                self.remarks.append(f"tunnel {name}: another tunnel has {same}; only one daemon can own its packets")
            else:
                found.append(built)
        return found

    def _tunnel(self, name: str, entry: ET.Element) -> Tunnel | str:
        """A tunnel, or why there is none."""
        auto = entry.find("auto-key")
        if auto is None:
            return "only auto-key tunnels are carried here"
        gateway = _named(self.network, "ike/gateway", next((item.get("name") for item in auto.findall("ike-gateway/entry")), None))
        if gateway is None:
            return "it has no IKE gateway"
        if gateway.findtext("disabled") == "yes":
            return "its IKE gateway is disabled"
        certified = gateway.find("authentication/certificate")
        credentials = None if certified is None else self._credentials(certified)
        if isinstance(credentials, str):
            return credentials
        key = self.reveal(gateway.findtext("authentication/pre-shared-key/key") or "") if certified is None else ""
        if key is None:
            return f"the key of gateway {gateway.get('name')} is known in its stored form only"
        interface = next((item for item in self.interfaces if item.name == entry.findtext("tunnel-interface")), None)
        outside = next((item for item in self.interfaces if item.name == gateway.findtext("local-address/interface")), None)
        peer = self._peer(gateway)
        if peer is None:
            return f"nobody knows an address of its peer {gateway.findtext('peer-address/fqdn')}"
        if ":" in peer and not self.ipv6:
            return "only peers with an IPv4 address are carried here"
        own = () if outside is None else outside.ipv6 if ":" in peer else outside.addresses
        if interface is None or not own:
            return "its tunnel interface or its outside interface is in no router, or has no address"
        floating = gateway.findtext("local-address/floating-ip")
        local = host_of(self._literal(floating or gateway.findtext("local-address/ip") or own[0]))
        if outside is None or (not floating and local not in [host_of(address) for address in own]):
            return f"its own address {local} is none of its outside interface of the peer's family"
        return self._crypto_of(name, entry, gateway, Tunnel(
            name, interface.name, gateway.get("name") or "", outside.name, local, host_of(peer), "", (), 0, (), 0,
            self._identity(gateway, "local-id", local), self._identity(gateway, "peer-id", host_of(peer)), key, credentials=credentials,
            aggressive=gateway.findtext("protocol/version") != "ikev2" and gateway.findtext("protocol/ikev1/exchange-mode") == "aggressive",
        ))

    def _peer(self, gateway: ET.Element) -> str | None:
        """The peer's address: empty where it may be any, None where its name has none."""
        if gateway.find("peer-address/dynamic") is not None:
            return ""
        address, name = gateway.findtext("peer-address/ip"), gateway.findtext("peer-address/fqdn")
        return self._literal(address) if address else self.names.get(name or "")

    def _credentials(self, certified: ET.Element) -> Credentials | str:
        """What a gateway shows and whom it trusts, or why it can show nothing."""
        name = certified.findtext("local-certificate/name") or ""
        own, profile = self.objects.entry("certificate", name), self.objects.entry("certificate-profile", certified.findtext("certificate-profile") or "")
        private = self.reveal(own.findtext("private-key") or "") if own is not None else None
        if own is None or private is None:
            return f"certificate {name} is not there with its private key"
        authorities = [self.objects.entry("certificate", entry.get("name") or "") for entry in (profile.findall("CA/entry") if profile is not None else ())]
        return Credentials(
            own.findtext("public-key") or "", private, tuple(found.findtext("public-key") or "" for found in authorities if found is not None),
            tuple(self._signers(own)), certified.findtext("allow-id-payload-mismatch") == "yes")

    def _signers(self, own: ET.Element) -> Iterator[str]:
        """The authorities between a certificate and the one that signed itself."""
        by_subject = {entry.findtext("subject"): entry for entry in self.objects.entries("certificate")}
        signer = by_subject.get(own.findtext("issuer"))
        while signer is not None and signer.findtext("subject") != signer.findtext("issuer"):
            yield signer.findtext("public-key") or ""
            signer = by_subject.get(signer.findtext("issuer"))

    def _literal(self, text: str) -> str:
        """An address, or what the object of this name stands for."""
        entry = self.objects.entry("address", text)
        return (entry.findtext("ip-netmask") or text) if entry is not None else text

    def _crypto_of(self, name: str, entry: ET.Element, gateway: ET.Element, tunnel: Tunnel) -> Tunnel | str:
        version = gateway.findtext("protocol/version") or "ikev1"
        block = gateway.find("protocol/ikev1" if version == "ikev1" else "protocol/ikev2")
        block = _or_empty(block)
        profiles = "ike/crypto-profiles"
        ike = _named(self.network, f"{profiles}/ike-crypto-profiles", block.findtext("ike-crypto-profile") or "default")
        esp = _named(self.network, f"{profiles}/ipsec-crypto-profiles", entry.findtext("auto-key/ipsec-crypto-profile") or "default")
        if ike is None or esp is None or esp.find("esp") is None:
            return "its crypto profiles are missing, or not ESP"
        ike_proposals = crypto.ike_proposals(_members(ike, "encryption"), _members(ike, "hash"), _members(ike, "dh-group"))
        esp_proposals = crypto.esp_proposals(_members(esp, "esp/encryption"), _members(esp, "esp/authentication"), esp.findtext("dh-group") or "group2")
        if not ike_proposals or not esp_proposals:
            return "its crypto profiles hold nothing that is known here"
        if esp.find("lifesize") is not None:
            self.remarks.append(f"tunnel {name}: lifesize is not counted here")
        if entry.findtext("ipsec-mode") == "transport" or entry.findtext("enable-gre-encapsulation") == "yes":
            self.remarks.append(f"tunnel {name}: transport mode and GRE are not done here")
        probing = block.findtext("dpd/enable") == "yes"
        return Tunnel(
            **{
                **vars(tunnel), "version": version, "ike_proposals": ike_proposals, "ike_lifetime": _lifetime(ike, 28800),
                "esp_proposals": esp_proposals, "esp_lifetime": _lifetime(esp, 3600),
                "passive": gateway.findtext("protocol-common/passive-mode") == "yes",
                "probe_interval": int(block.findtext("dpd/interval") or 5) if probing else None,
                "selectors": self._selectors(name, entry), "monitor": self._tunnel_monitor(entry),
            }
        )

    def _identity(self, gateway: ET.Element, which: str, default: str) -> str:
        kind, value = gateway.findtext(f"{which}/type"), gateway.findtext(f"{which}/id")
        return f"{_ID_KINDS.get(kind or 'ipaddr', '')}{value}" if value else default

    def _selectors(self, name: str, entry: ET.Element) -> tuple[Selector, ...]:
        found = []
        listed = [*entry.findall("auto-key/proxy-id/entry"), *(entry.findall("auto-key/proxy-id-v6/entry") if self.ipv6 else ())]
        for proxy in listed:
            if proxy.find("protocol") is not None and proxy.find("protocol/any") is None:
                self.remarks.append(f"tunnel {name}: proxy ID {proxy.get('name')} is carried without its protocol and ports")
            found.append(Selector(proxy.get("name") or "", proxy.findtext("local") or ANY, proxy.findtext("remote") or ANY))
        if not self.ipv6 and entry.find("auto-key/proxy-id-v6/entry") is not None:
            self.remarks.append(f"tunnel {name}: IPv6 proxy IDs are not carried here")
        return tuple(found) or (Selector(),)

    # Monitors, routes and rules.

    def _profile(self, name: str | None) -> tuple[int, int, bool]:
        profile = _named(self.network, "profiles/monitor-profile", name or "default")
        if profile is None:
            return _DEFAULT_MONITOR
        return int(profile.findtext("interval") or 3), int(profile.findtext("threshold") or 5), profile.findtext("action") == "fail-over"

    def _tunnel_monitor(self, entry: ET.Element) -> Monitor | None:
        monitor = entry.find("tunnel-monitor")
        if monitor is None or monitor.findtext("enable") != "yes" or not monitor.findtext("destination-ip"):
            return None
        return Monitor(monitor.findtext("destination-ip") or "", *self._profile(monitor.findtext("tunnel-monitor-profile")))

    def _routes(self, router: ET.Element) -> list[Route]:
        found = []
        distance = int(router.findtext("admin-dists/static") or 10)
        routed = [*router.findall("routing-table/ip/static-route/entry"),
                  *(router.findall("routing-table/ipv6/static-route/entry") if self.ipv6 else ())]
        for entry in routed:
            name, hop = entry.get("name") or "", entry.find("nexthop")
            if entry.find("route-table/no-install") is not None:
                continue
            kind = hop[0].tag if hop is not None and len(hop) else None
            next_router = hop[0].text if kind in _NEXT_ROUTER else None
            if kind in ("fqdn", "receive"):
                self.remarks.append(f"static route {name}: next hop of kind {kind} is not done here")
                continue
            destination = self.objects.addresses([entry.findtext("destination") or ""])[0]
            if not destination:
                self.remarks.append(f"static route {name}: {entry.findtext('destination') or 'no destination'} is no network")
                continue
            nexthop = (hop.findtext("ip-address") or hop.findtext("ipv6-address")) if hop is not None else None
            if next_router:
                self.remarks.append(f"static route {name}: of {next_router} it takes routes within {destination[0]} only, no wider ones")
            found.append(Route(
                name, destination[0], None if kind == "discard" else entry.findtext("interface"), nexthop,
                int(entry.findtext("admin-dist") or distance), int(entry.findtext("metric") or 10), self._path_monitor(entry), next_router,
            ))
        return found

    def _path_monitor(self, entry: ET.Element) -> PathMonitor | None:
        monitor = entry.find("path-monitor")
        if monitor is None or monitor.findtext("enable") != "yes":
            return None
        probes = [
            Monitor(item.findtext("destination") or "", int(item.findtext("interval") or 3), int(item.findtext("count") or 5), True,
                    60 * int(monitor.findtext("hold-time") or 2))
            for item in monitor.findall("monitor-destinations/entry") if item.findtext("enable") != "no"
        ]
        return PathMonitor(tuple(probes), monitor.findtext("failure-condition") == "all") if probes else None

    def _match(self, what: str, rule: ET.Element) -> Match | None:
        """None when something in the rule cannot be told here."""
        source, lost = self.objects.addresses(_members(rule, "source"))
        destination, more = self.objects.addresses(_members(rule, "destination"))
        services, names = self.objects.services(_members(rule, "service") or ["any"], _members(rule, "application") or ["any"])
        lost = [*lost, *more]
        for option in ("source-user", "category", "source-hip", "destination-hip"):
            lost += [value for value in _members(rule, option) if value != "any"]
        if lost or (names and not services):
            self.remarks.append(f"{what} {rule.get('name')} is left out: {', '.join([*lost, *names])} cannot be told here")
            return None
        if names:
            self.remarks.append(f"{what} {rule.get('name')}: {', '.join(names)} cannot be told here")
        return Match(source, destination, rule.findtext("negate-source") == "yes", rule.findtext("negate-destination") == "yes", services)

    def _forwarding(self) -> list[ForwardingRule]:
        found = []
        for rule in self._rules("pbf"):
            if rule.findtext("disabled") == "yes":
                continue
            match = self._match("PBF rule", rule)
            action = next((child.tag for child in rule.find("action") or ()), "")
            if match is None or action not in ("forward", "discard", "no-pbf"):
                if match is not None:
                    self.remarks.append(f"PBF rule {rule.get('name')} is left out: action {action or 'none'}")
                continue
            zones = _members(rule, "from/zone")
            ingress = [name for name, zone in self.zones.items() if zone in zones] + _members(rule, "from/interface")
            forward = _or_empty(rule.find("action/forward"))
            nexthop, monitor = forward.findtext("nexthop/ip-address"), forward.find("monitor")
            probe = None
            if monitor is not None and (monitor.findtext("ip-address") or nexthop):
                probe = Monitor(monitor.findtext("ip-address") or nexthop or "", *self._profile(monitor.findtext("profile")))
            found.append(ForwardingRule(
                rule.get("name") or "", tuple(ingress), match, action, forward.findtext("egress-interface"), nexthop, probe,
                monitor is not None and monitor.findtext("disable-if-unreachable") == "yes",
            ))
        return found

    def _security(self) -> list[SecurityRule]:
        found = []
        for rule in self._rules("security"):
            if rule.findtext("disabled") == "yes":
                continue
            match = self._match("security rule", rule)
            if match is None:
                continue
            found.append(SecurityRule(
                rule.get("name") or "", tuple(zone for zone in _members(rule, "from") if zone != "any"),
                tuple(zone for zone in _members(rule, "to") if zone != "any"), rule.findtext("rule-type") or "universal", match,
                (rule.findtext("action") or "allow") == "allow",
            ))
        return found

    def _default_rule(self, name: str, allows: bool) -> bool:
        """Whether what no rule decides passes. An override stands in the virtual system, or for all of them in shared."""
        for place in (self.vsys, *self.root.findall("shared")):
            rule = _named(place, "rulebase/default-security-rules/rules", name)
            action = rule.findtext("action") if rule is not None else None
            if action is not None:
                return action == "allow"
        return allows

    def _strict_zones(self) -> list[str]:
        found = []
        for zone in self.vsys.findall("zone/entry"):
            profile = _named(self.network, "profiles/zone-protection-profile", zone.findtext("network/zone-protection-profile"))
            if profile is not None and profile.findtext("strict-ip-check") == "yes":
                found.append(zone.get("name") or "")
            if profile is not None and profile.findtext("discard-ip-spoof") == "yes":
                self.remarks.append(f"zone {zone.get('name')}: discard-ip-spoof is not done here")
        return found


def _or_empty(node: ET.Element | None) -> ET.Element:
    return node if node is not None else ET.Element("entry")
