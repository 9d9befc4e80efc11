# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says of a fleet, out of what vpn_info returned for each firewall: plain values in, facts out.

How well something is, is not judged here: vpn_info has said it. Page, JSON and CSV are made of the same facts. A report is made of whatever was
gathered, so everything may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.suites import spelled_out
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health, worst
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress, interface_to

_ORDER = tuple(Health)
NOT_JUDGED = "it was not judged: gather the state"


@dataclass(frozen=True)
class Reason:
    """Why something is not healthy. C(about): the tunnels that it is about; none: all of the VPN. C(sure): how sure a cause is; empty for a symptom.

    C(later): when it bites, where that is not now.
    """

    words: str
    health: Health = Health.DOWN
    about: tuple[str, ...] = ()
    cause: str = ""
    sure: str = ""
    later: str = ""
    evidence: tuple[str, ...] = ()
    fix: str = ""


@dataclass(frozen=True)
class Tunnel:
    """C(since): when the trouble began, in the firewall's local time. C(carries): traffic is led into it now. C(rekey): of its IPsec SA."""

    name: str
    health: Health
    disabled: bool = False
    since: str = ""
    interface: str = ""
    peer: str = ""
    carries: bool = False
    ike: str = ""
    ipsec: str = ""
    rekey: str = ""
    monitor: str = ""
    packets: str = ""

    @property
    def words(self) -> str:
        return "disabled" if self.disabled else self.health.words


@dataclass(frozen=True)
class Vpn:
    """C(far): where it leads to, as far as the cloud's description tells it. C(rules), C(peers): of PBF and BGP, as the cells of a table."""

    name: str
    health: Health
    reasons: tuple[Reason, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    far: str = ""
    rules: tuple = ()
    peers: tuple = ()

    @property
    def redundancy(self) -> str:
        """How many of its tunnels work, in words."""
        works = sum(tunnel.health is not Health.DOWN for tunnel in self.tunnels)
        if not self.tunnels:
            return "no tunnel"
        if len(self.tunnels) == 1:
            return "one tunnel, no other to take over"
        return f"{works} of {len(self.tunnels)} tunnels work" if works != 1 else f"1 of {len(self.tunnels)} tunnels works"

    @property
    def since(self) -> str:
        """When the trouble of its tunnels began first."""
        return min((tunnel.since for tunnel in self.tunnels if tunnel.since), default="")

    @property
    def gist(self) -> str:
        """What is said of it where there is room for one line: a cause, else a symptom."""
        told = [reason for reason in self.reasons if reason.sure] + list(self.reasons)
        return told[0].words if told else ""


@dataclass(frozen=True)
class Firewall:
    """C(error): why it gave no answer. C(ha): what it is in its HA pair. C(notes): what it was to be told of besides."""

    name: str
    health: Health
    error: str = ""
    pan_os: str = ""
    model: str = ""
    ha: str = ""
    vpns: tuple[Vpn, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        return self.health is Health.HEALTHY

    @property
    def since(self) -> str:
        return min((vpn.since for vpn in self.vpns if vpn.since), default="")

    @property
    def gist(self) -> str:
        """Why it is not healthy, in one line: of its worst VPN."""
        if self.error:
            return f"no answer: {self.error}"
        sick = sorted((vpn for vpn in self.vpns if vpn.health is not Health.HEALTHY), key=lambda vpn: -_ORDER.index(vpn.health))
        told = [f"{vpn.name}: {vpn.gist}" if vpn.gist else vpn.name for vpn in sick] + [reason.words for reason in self.reasons]
        return told[0] + (f" (and {len(told) - 1} more)" if len(told) > 1 else "") if told else ""

    def count(self, health: Health) -> int:
        return sum(vpn.health is health for vpn in self.vpns)


@dataclass(frozen=True)
class Fleet:
    """Firewalls, the worst first, those that are equally well in the order in which they were given."""

    firewalls: tuple[Firewall, ...]

    @property
    def health(self) -> Health:
        return worst(firewall.health for firewall in self.firewalls)

    @property
    def silent(self) -> int:
        return sum(bool(firewall.error) for firewall in self.firewalls)

    def firewalls_that_are(self, health: Health) -> int:
        return sum(firewall.health is health and not firewall.error for firewall in self.firewalls)

    def vpns_that_are(self, health: Health) -> int:
        return sum(firewall.count(health) for firewall in self.firewalls)

    @property
    def vpns(self) -> int:
        return sum(len(firewall.vpns) for firewall in self.firewalls)


def fleet(given: Iterable[Mapping]) -> Fleet:
    """C(given): for each firewall its C(name), and the results of vpn_info or an C(error)."""
    found = [firewall(each) for each in given]
    return Fleet(tuple(sorted(found, key=lambda each: -_ORDER.index(each.health))))


def firewall(given: Mapping) -> Firewall:
    name = str(given.get("name") or "?")
    if given.get("error"):
        return Firewall(name, Health.DOWN, error=str(given["error"]))
    told = given.get("vpns")
    about = given.get("firewall") or {}
    if told is None:
        return Firewall(name, Health.DOWN, error=NOT_JUDGED)
    causes = [cause for cause in given.get("diagnosis") or () if isinstance(cause, Mapping)]
    facts = _Facts(given.get("vpn") or {}, causes)
    vpns = tuple(sorted((facts.vpn(each) for each in told), key=lambda vpn: -_ORDER.index(vpn.health)))
    own = tuple(Reason(str(problem)) for problem in given.get("problems") or () if not _is_told(problem, told)) if not given.get("healthy") else ()
    return Firewall(
        name, _health(given.get("health"), worst(vpn.health for vpn in vpns)), pan_os=str(about.get("pan_os") or ""), model=str(about.get("model") or ""),
        ha=str(about.get("ha") or ""), vpns=vpns, reasons=own, notes=tuple(str(note) for note in given.get("notes") or ()))


def _is_told(problem: Any, vpns: Sequence[Mapping]) -> bool:
    """Whether a problem is one of a VPN's or a tunnel's."""
    return any(reason.get("reason") == problem for vpn in vpns for part in (vpn, *(vpn.get("tunnels") or ())) for reason in part.get("reasons") or ())


def _health(value: Any, otherwise: Health = Health.DOWN) -> Health:
    """Of what nobody judged, nothing better is said than that it is down."""
    return next((health for health in Health if health.value == value), otherwise)


class _Facts:
    """What one firewall told, by name."""

    def __init__(self, vpn: Mapping, causes: Sequence[Mapping]):
        state = vpn.get("state") or {}
        self.causes = causes
        self.configured = {tunnel.get("name"): tunnel for tunnel in vpn.get("tunnels") or ()}
        self.gateways = {gateway.get("name"): gateway for gateway in vpn.get("gateways") or ()}
        self.live = {tunnel.get("name"): tunnel for tunnel in state.get("tunnels") or ()}
        self.rules, self.bgp = vpn.get("pbf_rules") or (), (vpn.get("bgp") or {}).get("peers") or ()
        self.live_rules = {rule.get("name"): rule for rule in state.get("pbf_rules") or ()}
        self.live_peers = {peer.get("name"): peer for peer in state.get("bgp_peers") or ()}

    def vpn(self, told: Mapping) -> Vpn:
        tunnels = tuple(self._tunnel(each) for each in told.get("tunnels") or ())
        units = {tunnel.interface for tunnel in tunnels if tunnel.interface}
        clouds = [(self.live.get(tunnel.name) or {}).get("cloud") or {} for tunnel in tunnels]
        return Vpn(
            str(told.get("name") or "?"), _health(told.get("health")), self._reasons(told), tunnels,
            ", ".join(dict.fromkeys(str(cloud["name"]) for cloud in clouds if cloud.get("name"))),
            tuple(_rule(self.live_rules.get(rule.get("name")) or {"name": rule.get("name")}) for rule in self.rules if egress(rule) in units),
            tuple(_peer(self.live_peers.get(peer.get("name")) or {"name": peer.get("name")}) for peer in self.bgp if interface_to(peer) in units))

    def _reasons(self, told: Mapping) -> tuple[Reason, ...]:
        """Each reason once, with the tunnels that it is about. Causes come first, the surest before the others, then symptoms."""
        tunnels = told.get("tunnels") or ()
        found: dict[str, Reason] = {}
        for part in (told, *tunnels):
            about = (str(part.get("name")),) if part is not told else ()
            for reason in part.get("reasons") or ():
                words = str(reason.get("reason") or "?")
                known = found.get(words)
                bites = str(reason.get("bites") or "now")
                found[words] = Reason(
                    words, worst([_health(reason.get("makes")), *([known.health] if known else ())]), (*(known.about if known else ()), *about),
                    str(reason.get("cause") or ""), "certain" if reason.get("cause") else "", "" if bites == "now" else bites)
        down = {str(part.get("name")) for part in tunnels if part.get("health") == Health.DOWN.value}
        self._add_causes(found, {str(part.get("name")) for part in (told, *tunnels)}, down)
        ranked = {"certain": 0, "likely": 1, "possible": 2, "": 3}
        return tuple(sorted(found.values(), key=lambda reason: (-_ORDER.index(reason.health), ranked.get(reason.sure, 3))))

    def _add_causes(self, found: dict[str, Reason], names: set[str], down: set[str]) -> None:
        """What shows a cause and mends it; and, of a tunnel that is down, the first cause that is not certain."""
        first: set[str] = set()
        for cause in self.causes:
            tunnel, words, sure = str(cause.get("tunnel")), str(cause.get("cause") or cause.get("id") or "?"), str(cause.get("confidence") or "")
            if tunnel not in names:
                continue
            known = found.get(words)
            if known is None and (sure == "certain" or tunnel not in down or tunnel in first):
                continue
            first.add(tunnel)
            about = tuple(dict.fromkeys((*(known.about if known else ()), tunnel)))
            found[words] = Reason(
                words, known.health if known else Health.DOWN, about, str(cause.get("id") or ""), sure or "certain", known.later if known else "",
                _listed(cause.get("evidence")), str(cause.get("fix") or ""))

    def _tunnel(self, told: Mapping) -> Tunnel:
        name = str(told.get("name") or "?")
        configured, live = self.configured.get(name) or {}, self.live.get(name) or {}
        used = [self.gateways.get(gateway) or {} for gateway in configured.get("ike_gateways") or ()]
        addresses = [gateway.get("peer_address") or {} for gateway in used]
        peers = [address.get("ip") or address.get("fqdn") or ("dynamic" if address.get("dynamic") else "") for address in addresses]
        manual = (configured.get("manual_key") or {}).get("peer_address")
        flows = live.get("flows") or []
        return Tunnel(
            name, _health(told.get("health")), bool(configured.get("disabled") or (used and all(gateway.get("disabled") for gateway in used))),
            str(told.get("since") or ""), str(configured.get("tunnel_interface") or ""), ", ".join(filter(None, [*peers, manual])) or "?",
            bool(told.get("carries")), spelled_out(_first(live.get("ike_sas"), "algorithm", "version")),
            ", ".join(filter(None, (spelled_out(_first(live.get("ipsec_sas"), key)) for key in ("encryption", "authentication")))),
            _lasts(_first(live.get("ipsec_sas"), "remaining_seconds")),
            ", ".join(dict.fromkeys(str(flow.get("monitor")) for flow in flows if flow.get("monitor"))), _packets(flows))


def _listed(value) -> tuple[str, ...]:
    """A text, or a list of texts, as lines."""
    return tuple(str(item) for item in ([value] if isinstance(value, str) else value or ()))


def _rule(rule) -> tuple:
    return rule.get("name"), rule.get("state") or "?", rule.get("egress_interface"), " ".join(filter(None, [rule.get("nexthop"), rule.get("nexthop_state")]))


def _peer(peer) -> tuple:
    return peer.get("name"), peer.get("state") or "?", peer.get("peer_address"), peer.get("remote_as"), _prefixes(peer)


def _prefixes(peer) -> str:
    families = [family for family in peer.get("prefixes") or () if isinstance(family, dict)]
    return ", ".join(f"{_told(family.get('received'))} / {_told(family.get('advertised'))}" for family in families)


def _told(value):
    return "?" if value is None else value


def _first(found, *names) -> str:
    """What the first SA says of itself."""
    return next((str(sa[name]) for sa in found or () for name in names if sa.get(name)), "")


def _lasts(seconds: str) -> str:
    """C(3445) as C(57 min)."""
    if not seconds.isdigit():
        return ""
    minutes = int(seconds) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min" if minutes else f"{seconds} s"


def _packets(flows) -> str:
    told = [(flow.get("packets_encapsulated"), flow.get("packets_decapsulated")) for flow in flows]
    numbers = [pair for pair in told if all(isinstance(number, int) for number in pair)]
    return f"{sum(pair[0] for pair in numbers)} / {sum(pair[1] for pair in numbers)}" if numbers else ""
