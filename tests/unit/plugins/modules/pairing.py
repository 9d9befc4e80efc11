# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole VPN for the tests of site_to_site_vpn: its options, and a door that watches over its keys."""

from __future__ import annotations

import copy
import functools
import json
import pathlib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, site_to_site_vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import ROUTERS, Door, Result

CONNECTIONS = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files"
ENGINES = ("virtual-router", "logical-router")
BGP_PLACES = {"virtual-router": f"{ROUTERS['virtual-router']}/protocol/bgp", "logical-router": f"{ROUTERS['logical-router']}/bgp"}
KINDS = {"pbf": "static", "bgp": "bgp"}
# Keys of tests that need their own: every character that means something in XML, URLs, JSON, shells or Python.
HOSTILE_KEY = "a&b<c>d'e\"f\\g"


@functools.lru_cache(maxsize=None)
def _profile(failover: str) -> dict:
    return plain(fitted(reader.vpn_connection((CONNECTIONS / f"connection_{KINDS[failover]}.json").read_text(encoding="utf-8"))))


def profile(failover: str) -> dict:
    """What the filter makes of a connection that fits this failover."""
    return copy.deepcopy(_profile(failover))


def name_of(failover: str) -> str:
    return _profile(failover)["id"]


def options(kind: str = "pbf", **changes) -> dict:
    """The options of a VPN on the emulator's base configuration; C(None) takes one away."""
    described = profile(kind)
    values = {
        "name": described["id"], "tunnels": described["tunnels"], "failover": kind, "outside_interface": "ethernet1/8", "zone": "aws-vpn",
        "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"], **changes,
    }
    return {option: value for option, value in values.items() if value is not None}


def changed_tunnels(failover: str, *changes: dict) -> list:
    """The tunnels, the first with the first of C(changes), and so on; C(None) takes a value away, a dictionary is laid over."""
    found = profile(failover)["tunnels"]
    for tunnel, change in zip(found, changes):
        for option, value in change.items():
            if value is None:
                tunnel.pop(option, None)
            elif isinstance(value, dict):
                tunnel[option] = {**tunnel.get(option, {}), **value}
            else:
                tunnel[option] = value
    return found


def every_tunnel(failover: str, change: dict) -> list:
    return changed_tunnels(failover, change, change)


class VpnDoor(Door):
    """Each run is looked through for the keys that it was given."""

    def __init__(self, firewall):
        super().__init__(site_to_site_vpn, firewall)

    def run(self, options, check=False, diff=True, module=None, **more) -> Result:
        result = super().run(options, check, diff, module, **more)
        keys = [tunnel.get("pre_shared_key") for tunnel in options.get("tunnels") or ()] + list(options.get("pre_shared_keys") or ())
        assert seen(result, keys) == []
        return result

    def commit(self, made: Result, **more) -> Result:
        """Commit what a run wrote."""
        return self.run({"objects": made.values["objects"], "earlier_changes": made.values["earlier_changes"], "commit_poll": 0.05, **more}, module=commit)

    def committed(self, options, **more) -> Result:
        """A run that must succeed, and the commit of what it wrote."""
        made = self.done(options, **more)
        result = self.commit(made)
        assert not result.failed, result.message
        return made

    def remove(self, failover: str) -> Result:
        return self.done({"name": name_of(failover), "state": "absent"})

    def asked(self) -> list:
        """The kinds of the last task's requests: the action, or the words of the command."""
        return [request["action"] or request["cmd"] or request["type"] for request in self.control.requests()]


def seen(result: Result, keys) -> list:
    """The forms of keys that turn up anywhere in what a module gave back or logged."""
    text = result.everything()
    forms = {form for key in keys if key for form in secrets.printable_forms(key) | {json.dumps(key)[1:-1]}}
    return sorted(form for form in forms if form in text)
