# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(site_to_site_vpn) does: a whole VPN in one read, one plan and one transaction."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects, vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.interface import IMPORTED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import PEER_TUNNEL, tunnels_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow, interfaces
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import uncommitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, locked, target_of, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, configure
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import adoption, build, claim, removal, rollout
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn, check, check_name


def _list(elements: str, **more) -> dict:
    return {"type": "list", "elements": elements, **more}


_VPN = {
    "tunnels": _list("dict", options=PEER_TUNNEL),
    "pre_shared_keys": _list("str", no_log=True),
    "failover": {"type": "str", "choices": ["pbf", "bgp", "routes"]},
    "policy_based": {"type": "bool"},
    "outside_interface": {"type": "str"},
    "local_address": {"type": "str"},
    "local_id": {"type": "str"},
    "nat_traversal": {"type": "bool"},
    "tunnel_interfaces": _list("str"),
    "zone": {"type": "str"},
    "virtual_router": {"type": "str"},
    "source_zones": _list("str"),
    "local_networks": _list("str"),
    "remote_networks": _list("str"),
    "mtu": {"type": "int"},
    "monitor_interval": {"type": "int"},
    "monitor_threshold": {"type": "int"},
    "monitor_addresses": _list("str"),
    "primary_tunnel": {"type": "int"},
    "backup_routes": {"type": "bool"},
    "when_both_down": {"type": "str", "choices": ["discard", "route"]},
    "router_id": {"type": "str"},
    "install_route": {"type": "bool"},
    "local_preference": _list("int"),
    "as_path_prepend": _list("int"),
    "redistribute": {"type": "str", "choices": ["connected", "static", "other"]},
    "allow_readvertise": {"type": "bool"},
    "allow_default_route": {"type": "bool"},
    "security_rules": {"type": "str", "choices": ["both", "outbound", "none"]},
    "adopt": {"type": "bool", "default": False},
    "rule_position": {"type": "dict", "options": {
        "where": {"type": "str", "required": True, "choices": ["top", "bottom", "before", "after"]}, "rule": {"type": "str"}}},
}
_NEEDED = ("tunnels", "failover", "outside_interface", "zone", "source_zones", "local_networks", "remote_networks")
# The containers that a VPN touches. The vsys import is read only where interfaces can go: a member of a zone is imported.
_READ = (("network", ()), ("vsys", ("zone",)), ("rulebase", ()))
_IMPORTED = (("vsys", IMPORTED),)


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.LOCKING,
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "vsys": {"type": "str"},
        **_VPN,
        "replaces": {"type": "str"},
        "rollout": {"type": "str", "choices": ["together", "one_by_one"], "default": "together"},
        "journal": {"type": "path"},
        "commit_foreign": {"type": "str", "choices": ["fail", "include"], "default": "fail"},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec(), [("netaddr", rulebases.IMPORT_ERROR)], required_if=[("state", "present", _NEEDED)])
    with_session(module, lambda session: _run(module, session))


def _vpn(params) -> Vpn:
    values = given({option: arguments.trimmed(params[option]) for option in _VPN if option not in ("pre_shared_keys", "rule_position")})
    values["tunnels"], keys = tunnels_of(values["tunnels"]), params["pre_shared_keys"]
    if keys and len(keys) != len(values["tunnels"]):
        raise Refused(f"pre_shared_keys: give one key per tunnel ({len(values['tunnels'])}), not {len(keys)}")
    if keys:
        values["tunnels"] = tuple(tunnel.with_key(key) for tunnel, key in zip(values["tunnels"], keys))
    position = params["rule_position"]
    if position:
        if (position["where"] in ("before", "after")) != bool(position["rule"]):
            raise Refused("rule_position: rule goes with where: before or after, and only with them")
        values["rule_position"] = (position["where"], position["rule"])
    return Vpn(name=params["name"], **{option: tuple(value) if isinstance(value, list) else value for option, value in values.items()})


def _run(module, session) -> dict:
    params, name = module.params, module.params["name"]
    check_name(name)
    vpn = None
    if params["state"] == "present":
        vpn = _vpn(params)
        check(vpn)
    # What is still to be committed stays locked until the task that commits it.
    return locked(module, session, lambda: _Task(module, session, vpn).run(), lambda result: result["uncommitted"])


class _Task:
    """One run of the module: what it learns of the firewall on the way, and what it tells at the end."""

    def __init__(self, module, session, vpn):
        self.module, self.session, self.vpn = module, session, vpn
        self.name, self.replaces = module.params["name"], module.params["replaces"] if vpn else None
        self.target = target_of(module, session)
        self.pending = commit.changes(session)
        self.listing = vpn_state.Listing(self.target)
        self.known_objects: dict = {}
        self.held: list = []
        # Numbers of the tunnels that are interrupted now, and of those whose turn comes after this run is committed and verified.
        self.interrupts: list = []
        self.waiting: list = []
        self.removed_before: list = []

    def run(self) -> dict:
        result = configure(self.module, self.target, self._reads(), self._wanted, self._refuse_foreign)
        objects = [places.parse(xpath) for xpath in result["objects"]]
        result["warnings"] += self.listing.warnings
        mine = uncommitted.tell(self.module, result, self.pending, lambda change: self._is_mine(change, objects))
        result["objects"] = list(dict.fromkeys(result["objects"] + [change.xpath for change in mine]))
        if self.vpn is not None:
            result["interrupts"] = [self.vpn.tunnel_name(number) for number in self.interrupts]
            result["waiting"] = [self.vpn.tunnel_name(number) for number in self.waiting]
        return result

    def _reads(self) -> list:
        interfaces_go = self.vpn is None or self.replaces or self.vpn.tunnel_interfaces
        return [self.target.base(location) + path for location, path in _READ + (_IMPORTED if interfaces_go else ())]

    def _wanted(self, tree) -> Wanted:
        around = Surroundings(tree, self.target.base, self.target.platform)
        if self.vpn is None:
            built = removal.removal(self.name, around)
        else:
            built = self._in_turn(around, (self._addresses(around), self._learned(around), self.replaces))
        self._read_imports(tree, built.phases)
        self.held = claim.paths([*built.held, *(item for phase in built.phases for item in phase)], self.target.base)
        self._remember()
        return Wanted(built.phases, built.warnings, {"vpn": built.summary} if built.summary else {})

    def _in_turn(self, around, more) -> Result:
        """All of the VPN; where that would interrupt several tunnels and they are to be changed one by one, the part of the first of them."""
        built = build.build(self.vpn, around, *more)
        numbers = rollout.interrupted(plan(built.phases, around.tree, self.target.base), built.serving) if built.serving else []
        self.interrupts, self.waiting = rollout.order(numbers, self.vpn.primary_tunnel), []
        if not numbers:
            return built
        names = {number: self.vpn.tunnel_name(number) for number in built.serving}
        if self.module.params["rollout"] == "together":
            if len(numbers) > 1:
                built.warnings.append(f"{self.name}: this interrupts {', '.join(names[number] for number in self.interrupts)}, all at once")
            return built
        unfinished = rollout.begun([change.path for change in self.pending], built.serving, self.target.base)
        up = self._up(built.serving)
        turns = rollout.order(unfinished, self.vpn.primary_tunnel, up) or rollout.order(numbers, self.vpn.primary_tunnel, up)
        first, self.waiting = turns[0], [number for number in rollout.order(numbers, self.vpn.primary_tunnel, up) if number != turns[0]]
        if first in up and len(built.serving) > 1 and not up.difference([first]) and not unfinished:
            down = [names[number] for number in built.serving if number != first]
            raise Refused(f"{names[first]} is the only tunnel of {self.name} that is up, and this change interrupts it. Bring {', '.join(down)} up first, "
                          "take the last change back (config_revert), or say rollout: together; nothing was written")
        self.interrupts = [first]
        if not self.waiting:
            return built
        built = build.build(self.vpn, around, *more, only=first)
        built.warnings.append(f"{self.name}: this interrupts {names[first]}; {', '.join(names[number] for number in self.waiting)} "
                              "comes in a later run, when that one is up again")
        return built

    def _up(self, serving) -> set:
        """The numbers of the tunnels that carry packets."""
        active = {each.tunnel for each in self.listing.flows() if each.state == flow.ACTIVE}
        return {number for number, objects in serving.items() if any(kind == "ipsec_tunnel" and name in active for kind, name in objects)}

    def _read_imports(self, tree, phases) -> None:
        """The vsys import, where an interface turns out to go (the VPN has a tunnel less than before)."""
        imported = self.target.base("vsys") + IMPORTED
        going = any(item.location == "vsys" and item.relative_path[:-1] == IMPORTED and item.state == "absent" for phase in phases for item in phase)
        if not going or places.find(tree, imported[1:]) is not None:
            return
        found = self.session.get(imported)
        if found is not None:
            places.make(tree, imported[1:-1]).append(found)

    def _learned(self, around) -> str | None:
        """The address that DHCP gave the outside interface, from its state; asked only where it has none configured."""
        interface = around.interfaces.get(self.vpn.outside_interface)
        if interface is None or not interface.dhcp or interface.addresses:
            return None
        answer = self.session.op("<show><interface>all</interface></show>", "read the interfaces' state")
        found = interfaces.interfaces(answer).get(interface.name)
        return found.address if found is not None and found.address and "." in found.address else None

    def _addresses(self, around) -> rulebases.Addresses:
        """Address objects, read by name, and only where a rule that could see the VPN's traffic names one."""
        rules = [rule for rulebase in ("security", "nat") for rule in around.entries("rulebase", (rulebase, "rules"))]
        zones = [pair for zone in self.vpn.source_zones for pair in ((zone, self.vpn.zone), (self.vpn.zone, zone))]
        known = rulebases.Addresses(self.known_objects)
        names = rulebases.undecided_names(rules, zones, known) + rulebases.names_in(adoption.forwarding_rules(self.vpn, around), known)
        return address_objects.resolved(self.target, names, self.known_objects)

    def _remember(self):
        """What the record in the running configuration says is ours, where uncommitted changes are not explained by what stands in the candidate."""
        self.removed_before = []
        if all(commit.concerns(change, self.held) for change in self.pending):
            return
        running = Surroundings(self.target.read(self._reads(), running=True), self.target.base, self.target.platform)
        items = [item for name in (self.name, self.replaces) if name for phase in removal.removal(name, running).phases for item in phase]
        self.removed_before = claim.paths(items, self.target.base)

    def _is_mine(self, change, objects) -> bool:
        return commit.concerns(change, objects + self.held + self.removed_before)

    def _refuse_foreign(self, intent) -> None:
        objects = intent.places(self.target.base)
        uncommitted.refuse_foreign(self.module, self.session, self.pending, lambda change: self._is_mine(change, objects))
