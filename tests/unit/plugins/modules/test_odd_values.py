# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that people give by mistake, for every option of every module: a message that names the option, or a run; never a traceback.

The tasks run in check mode against one emulated firewall, so that what is let through is used as far as a run uses it.
"""

from __future__ import annotations

import copy
import importlib
import pathlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing, test_every_option as every
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import COLLECTION, ROUTERS, run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

MODULES = sorted(path.stem for path in (pathlib.Path(__file__).resolve().parents[4] / "plugins" / "modules").glob("[a-z]*.py"))
BIG = 10 ** 30
SECRET, TSG = "the secret of the account", "1000000001"
# Options that many modules have, each with the module that they are tried with. What leads to a firewall is tried in test_hostile_far_ends.
SHARED = {"provider": "", "connection": "vpn_info", "progress": "zone", "lock_timeout": "zone", "template": "zone", "template_stack": "zone", "vsys": "zone",
          "device_group": "security_rule", "rulebase": "security_rule", "commit_timeout": "commit", "commit_poll": "commit", "commit_foreign": "commit"}
# By Ansible's type of an option.
ODD = {
    "str": (None, "", {"a": "b"}, ["x"], True, "a\x07", "a\nb", "a'b\"c", "é"),
    "path": (None, "", ["x"], True, "a\x00b", "x" * 5000),
    "int": (None, "many", -1, BIG, True, 1.5),
    "float": (None, "nan", "inf", -1, 1e308, True),
    "bool": (None, "perhaps", []),
    "dict": (None, "", "text", ["x"], {}),
    "list": (None, "", "ab,,cd", {}, [None], [{}], [True], [""], ["a\x00"], [7]),
}
# Deeper down, where another module's test or the same type at the top has seen the others.
FEW = {kind: values[:1] + values[2:5:2] for kind, values in ODD.items()}
# What each module needs to come as far as it can.
NEEDED = {
    "site_to_site_vpn": pairing.options("pbf"),
    "vpn_action": {"action": "initiate", "name": ["branch-7"], "timeout": 0},
    "vpn_failover": {"name": "branch-7", "action": "take_down"},
    "vpn_info": {"name": ["branch-7"], "timeout": 0},
    "config_revert": {"name": "branch-7", "journal": "/nonexistent/journal"},
    "commit": {},
    "config_info": {},
    "prisma_access_cloud": {"push_poll": 0.02, "remote_networks": [{
        "name": "Lyon", "region": "us-southeast", "spn_name": "us-southeast-whitebeam", "subnets": ["10.80.0.0/16"],
        "ipsec_tunnel": {"name": "lyon-1", "peer_address": "198.51.100.10", "pre_shared_key": "the first key of Lyon"}}]},
    "prisma_access_cloud_info": {},
    "prisma_access_panorama": {"remote_networks": [{"name": "Lyon"}]},
    "prisma_access_panorama_info": {},
    "push": {"device_groups": ["branches"]},
    "recording_info": {},
    "transaction": {"items": [{"zone": {"name": "odd"}}]},
}


def loaded(name: str):
    return importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name}")


def needed(name: str) -> dict:
    if name not in RESOURCES:
        return copy.deepcopy(NEEDED[name])
    return {**every.identity(RESOURCES[name]), **copy.deepcopy(every.SMALLEST.get(name, {}))}


def trails(spec, above=()):
    """Every option of a spec, at every depth, as the way to it."""
    for name, option in spec.items():
        yield above + ((name, option),)
        if option.get("options"):
            yield from trails(option["options"], above + ((name, option),))


def laid(options: dict, trail, value) -> dict:
    """C(options) with one option set to C(value): in the first item of each list on the way."""
    holder = options
    for name, option in trail[:-1]:
        inner = holder.get(name)
        if option.get("type") == "list":
            holder[name] = inner if isinstance(inner, list) and inner and isinstance(inner[0], dict) else [{}]
            holder = holder[name][0]
        else:
            holder[name] = inner if isinstance(inner, dict) else {}
            holder = holder[name]
    holder[trail[-1][0]] = value
    return options


@pytest.fixture(scope="module")
def firewall():
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

    with Emulator(version="11.1.4") as running:
        bgp = f"{ROUTERS['virtual-router']}/protocol"
        running.control.plant(bgp, "<bgp><router-id>10.10.0.1</router-id><local-as>65000</local-as></bgp>")
        yield running


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(Cloud({ACCOUNT: Account(SECRET, TSG)}), tmp_path_factory.mktemp("cloud")) as there:
        yield {"client_id": ACCOUNT, "client_secret": SECRET, "tsg_id": TSG, "base_url": there.url, "token_url": f"{there.url}/oauth2/access_token",
               "ca_path": str(there.ca_path), "retry_timeout": 1}


def far_ends(spec: dict, firewall, cloud) -> dict:
    """Where a module's far ends are: a firewall, or the cloud with all of its services."""
    if "scm" not in spec:
        return {"provider": provider_of(firewall)}
    return {"scm": dict(cloud), **{option: cloud["base_url"] for option in ("address_url", "insights_url") if option in spec}}


def cases():
    for name in MODULES:
        if name == "transaction":
            # Its items are the other modules' options.
            yield name, (("items", loaded(name).argument_spec()["items"]),)
            continue
        for trail in trails(loaded(name).argument_spec()):
            is_here = trail[0][0] not in SHARED or name == SHARED[trail[0][0]]
            # Deeper down a connection has the same tunnels as site_to_site_vpn.
            if is_here and (trail[0][0] != "connection" or len(trail) < 3):
                yield name, trail


CASES = list(cases())
GROUPS = sorted({(name, trail[0][0]) for name, trail in CASES})


@pytest.mark.parametrize("name, option", GROUPS)
def test_an_odd_value_is_refused_by_name_or_taken(firewall, cloud, monkeypatch, tmp_path, name, option):
    """In a folder of its own: a journal may have a name without one."""
    module = loaded(name)
    before = firewall.control.candidate()
    monkeypatch.chdir(tmp_path)
    faults = []
    for trail in [trail for each, trail in CASES if each == name and trail[0][0] == option]:
        for value in (ODD if len(trail) == 1 else FEW)[trail[-1][1].get("type", "str")]:
            options = {**far_ends(module.argument_spec(), firewall, cloud), **needed(name)}
            result = run_module(module, laid(options, trail, value), check=True)
            path = ".".join(step for step, _option in trail)
            if "unexpected" in result.message or "raceback" in result.text:
                faults.append((path, value, result.message))
            elif result.failed and not _names(result.message, trail) and not _is_about_the_run(result.message):
                faults.append((path, value, result.message))
            elif len(result.message) > 12000:
                faults.append((path, value, "too long"))
    assert faults == []
    assert firewall.control.candidate() == before


def _names(message: str, trail) -> bool:
    """Whether a message has the name of an option, or of one that it is in, as words or as PAN-OS calls it."""
    words = message.lower().replace("-", "_").replace(" ", "_")
    return any(step in words or step.split("_")[-1] in words.replace("_", " ").split() for step, _option in trail)


def _is_about_the_run(message: str) -> bool:
    return any(words in message for words in _OF_THE_RUN)


# What a run says that got past the option, or that calls it by other words.
_OF_THE_RUN = (
    "refers to", "does not exist yet, and a new one needs", "exclude each other", "no journal", "in common", "has no BGP", "make it first", "largest is",
    "ab; ; cd", "is outside 2 to 10", "is outside 576 to 9216", "no other tunnel beside it", "is no Panorama",
)
