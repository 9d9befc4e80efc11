# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(site_to_site_vpn) does: its options are read as a VPN and checked, and C(vpn_life) carries that through its life, as far as that is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.behind import Behind, refuse_unknown
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import PEER_TUNNEL, Profile, tunnels_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import delivery, verifying
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import COMMITTING
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_behind_panorama import params_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_life import Life
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import outcome
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check, check_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import Asked
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import FAILOVERS, Vpn


def _list(elements: str, **more: Any) -> dict:
    return {"type": "list", "elements": elements, **more}


_VPN = {
    "tunnels": _list("dict", options=PEER_TUNNEL),
    "pre_shared_keys": _list("str", no_log=True),
    "bgp_secrets": _list("str", no_log=True),
    "failover": {"type": "str", "choices": list(FAILOVERS)},
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
    "nat_exemption": {"type": "bool"},
    "allow_summary_networks": {"type": "bool"},
    "security_rules": {"type": "str", "choices": ["both", "outbound", "none"]},
    "adopt": {"type": "bool", "default": False},
    "rule_position": {"type": "dict", "options": {
        "where": {"type": "str", "required": True, "choices": ["top", "bottom", "before", "after"]}, "rule": {"type": "str"}}},
}
# What can differ between the firewalls behind a Panorama.
_OF_A_DEVICE = ("local_address", "local_id", "monitor_addresses", "router_id")
# Keys, one per tunnel.
_PER_TUNNEL = ("pre_shared_keys", "bgp_secrets")
_NEEDED = ("failover", "outside_interface", "zone", "source_zones", "local_networks", "remote_networks")


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.LOCKING,
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **{name: dict(option) for name, option in arguments.LOCATIONS.items()},
        "connection": {"type": "dict", "options": fields.argument_spec(Profile)},
        **_VPN,
        "devices": _list("dict", options={
            "serial": {"type": "str", "required": True},
            "connection": {"type": "dict", "options": fields.argument_spec(Profile)},
            **{option: dict(_VPN[option]) for option in _OF_A_DEVICE}}),
        "replaces": {"type": "str"},
        "rollout": {"type": "str", "choices": [outcome.TOGETHER, outcome.ONE_BY_ONE], "default": outcome.TOGETHER},
        "configure": {"type": "bool", "default": True},
        "commit": {"type": "bool", "default": False},
        **COMMITTING, **delivery.OPTIONS,
        "verify": {"type": "bool", "default": False},
        "verify_timeout": {"type": "int", "default": 120},
        "verify_poll": {"type": "float"},
        **verifying.OPTIONS,
        "on_failure": {"type": "str", "choices": [outcome.FAIL, outcome.KEEP, outcome.REVERT], "default": outcome.FAIL},
        "journal": {"type": "path"},
        "keep_journal": {"type": "bool", "default": False},
        **arguments.OPTION_PREFIX,
        "of_role": {"type": "dict"},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec(), [("netaddr", rulebases.IMPORT_ERROR)],
                         required_if=[("on_failure", outcome.REVERT, ("journal",))])
    with_session(module, lambda session: _run(module, session))


def _vpn(params: Mapping[str, Any]) -> Vpn:
    values: dict[str, Any] = given({option: arguments.trimmed(params[option]) for option in _VPN if option not in (*_PER_TUNNEL, "rule_position")})
    described = given(params["connection"] or {})
    values.setdefault("nat_traversal", described.get("acceleration", False))
    values["tunnels"], keys = tunnels_of(values.get("tunnels", described.get("tunnels", ()))), params["pre_shared_keys"]
    for option in _PER_TUNNEL:
        if params[option] and len(params[option]) != len(values["tunnels"]):
            raise Refused(f"{option}: give one key per tunnel ({len(values['tunnels'])}), not {len(params[option])}")
    if keys:
        values["tunnels"] = tuple(tunnel.with_key(key) for tunnel, key in zip(values["tunnels"], keys))
        values["pre_shared_keys"] = tuple(keys)
    if params["bgp_secrets"]:
        values["tunnels"] = tuple(tunnel.with_secret(secret) for tunnel, secret in zip(values["tunnels"], params["bgp_secrets"]))
        values["bgp_secrets"] = tuple(params["bgp_secrets"])
    position = params["rule_position"]
    if position:
        if (position["where"] in ("before", "after")) != bool(position["rule"]):
            raise Refused("rule_position: rule goes with where: before or after, and only with them")
        values["rule_position"] = (position["where"], position["rule"])
    frozen: dict[str, Any] = {option: tuple(value) if isinstance(value, list) else value for option, value in values.items()}
    return Vpn(name=params["name"], **frozen)


def _run(module: PanosModule, session: Session) -> dict:
    params = module.params
    check_name(params["name"])
    verifying.refuse_no_time(params, "verify_poll", "counter_interval", "probe_timeout")
    wanted = _wanted(params) if params["state"] == "present" and params["configure"] else {}
    target = target_of(module, session)
    wanted = {serial: _with_networks_of_objects(each, target) if each.names_objects else each for serial, each in wanted.items()}
    _refuse_push(params, target)
    if target.behind is not None and params["verify"] and params["state"] == "present":
        _refuse_nobody(target, target.behind)
    asked = replace(_asked(params), by_push=target.behind is not None)
    on_each = {serial: each for serial, each in wanted.items() if serial}
    if on_each:
        _refuse_devices(on_each, target)
    return Life(module, target, next(iter(wanted.values()), None), asked, on_each=on_each).run()


def _wanted(params: dict[str, Any]) -> dict[str, Vpn]:
    """The VPN as it is to be: serial number of a firewall → what it is there; empty → what it is on all of them. One that names objects is unchecked."""
    _refuse_missing(params)
    _refuse_revert_of_nothing(params)
    if params["replaces"] == params["name"]:
        raise InvalidInput(f"replaces: '{params['name']}' is this VPN itself; give the name of the older one, or leave it out")
    found = {device["serial"]: _vpn(params_of(device, params)) for device in params["devices"] or ()} or {"": _vpn(params)}
    for each in found.values():
        if not each.names_objects:
            check(each)
    return found


def _refuse_devices(on_each: dict[str, Vpn], target: Target) -> None:
    """Each firewall that gets the template has to be told what the variables are worth there."""
    found = target.behind
    if found is None:
        raise InvalidInput(f"devices: {target.place} is no Panorama; give tunnels or connection")
    there = {device.serial: device.words for device in found.firewalls if all(found.parts(device.serial))}
    unknown = [serial for serial in on_each if serial not in there]
    if unknown:
        raise Refused(f"devices: {', '.join(unknown)} gets nothing by {target.words} and device group '{target.location.device_group}'"
                      f"{instead(unknown[0], list(there))}; nothing was written")
    missing = [called for serial, called in there.items() if serial not in on_each]
    if missing:
        raise Refused(f"devices: {', '.join(missing)} gets {target.words} too, and the variables would have no value there; say what differs for it as well, "
                      "or take it out of the stack or the device group; nothing was written")


def _refuse_push(params: Mapping[str, Any], target: Target) -> None:
    """A push needs a Panorama, and something that is committed there; only what was pushed can be verified."""
    if target.behind is None and params["push"]:
        raise InvalidInput(f"push: {target.place} is no Panorama, a commit is all that it takes; leave push out")
    if target.behind is not None and params["push"] is False and params["verify"]:
        raise InvalidInput("verify: on a Panorama there is nothing to see, and its firewalls get the VPN by a push; say push: true, or verify: false")
    if params["push"] and params["configure"] and not params["commit"]:
        raise InvalidInput("push: only what is committed on a Panorama is pushed; say commit: true as well")


def _refuse_nobody(target: Target, behind: Behind) -> None:
    """A VPN that runs nowhere cannot be seen to work. C(behind): as of the target."""
    for kind in ("network", "rulebase"):
        target.base(kind)
    refuse_unknown(target.session, behind)
    if not any(all(behind.parts(device.serial)) for device in behind.firewalls):
        raise Refused(f"verify: {behind.nobody(target.words)}; or say verify: false; nothing was written")


def _with_networks_of_objects(vpn: Vpn, target: Target) -> Vpn:
    """Checked with the networks of the address objects that are named: those are routed and compared, and the rules name the objects."""
    local, remote = (address_objects.networks(target, option, getattr(vpn, option)) for option in ("local_networks", "remote_networks"))
    found = replace(vpn, local_networks=local, remote_networks=remote, local_addresses=vpn.local_networks, remote_addresses=vpn.remote_networks)
    check(found)
    return found


def _refuse_missing(params: Mapping[str, Any]) -> None:
    """What a VPN that is to be written cannot do without; one that is only looked at or taken away needs its name alone."""
    missing = [option for option in _NEEDED if params[option] is None]
    described = [params["tunnels"], *(each["connection"] for each in (params, *(params["devices"] or ())))]
    if all(each is None for each in described):
        missing.insert(0, "tunnels (or the connection that has them)")
    if missing:
        raise InvalidInput(f"state is present but all of the following are missing: {', '.join(missing)}")


def _refuse_revert_of_nothing(params: Mapping[str, Any]) -> None:
    if params["on_failure"] == outcome.REVERT and not (params["journal"] or "").strip():
        raise InvalidInput("on_failure: revert needs a journal, which says what is to be taken back; name a folder for it, or say on_failure: fail")
    if params["on_failure"] == outcome.REVERT and not params["commit"]:
        raise InvalidInput("on_failure: revert takes back what this task committed and found not to work; say commit: true as well")


def _asked(params: Mapping[str, Any]) -> Asked:
    writes = params["configure"]
    return Asked(params["name"], params["state"] == "absent", writes and params["commit"], params["verify"], params["on_failure"],
                 params["keep_journal"])
