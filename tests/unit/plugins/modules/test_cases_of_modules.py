# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collected faults of single modules, run as they are written down (C(../shared/cases/field)), and where those are tested that are programs."""

from __future__ import annotations

import ast
import importlib
import pathlib
from typing import Any

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins import modules
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, ROUTERS, VSYS, Door, Result

ROOT = pathlib.Path(__file__).resolve().parents[4]
PLACES = {"{NET}": NETWORK, "{VSYS}": VSYS, "{VR}": ROUTERS["virtual-router"], "{LR}": ROUTERS["logical-router"]}
WRITTEN_DOWN = (
    "02-redistribution-omitted-types", "03-redistribution-gathered-announces", "05-pbf-rules-of-others", "06-pbf-second-rule-disabled",
    "07-check-mode-interfaces", "08-check-mode-refusals", "09-replaced-empty-elements", "10-zones-of-other-kinds", "11-built-in-lists",
)
# (case, number of its step) → what is expected instead: nothing of ours is there, so there is nothing to take away, and nothing is sent.
OTHERWISE = {("05-pbf-rules-of-others", 3): {"failed": False, "changed": False}}
# Options that have another name than where the case was written down.
RENAMED = {("commit", "timeout"): "commit_timeout"}
# Program → the test that holds what it shows.
PROGRAMS = {
    "field/01_bgp_routes_without_interface.py": (
        "unit/plugins/module_utils/status/test_next_hops.py", "test_whoever_asks_for_a_vpn_by_its_interface_finds_its_bgp_routes"),
    "field/01b_role_end_to_end.py": ("unit/plugins/module_utils/status/test_next_hops.py", "test_interface_by_the_next_hop"),
    "review/bgp_dup.py": ("unit/plugins/module_utils/firewall/test_bgp_policies.py", "test_planner_and_diagnosis_agree"),
    "review/gcp_emul.py": ("integration/test_pairing_roles.py", "test_a_vpn_is_made_kept_changed_negotiated_anew_and_taken_away"),
    "review/names.py": ("unit/plugins/modules/test_site_to_site_vpn_ownership.py", "test_a_tunnel_of_somebody_else_stays_beside_a_new_vpn"),
    "review/pano.py": ("unit/plugins/modules/test_site_to_site_vpn_panorama.py", "test_a_vpn_through_template_and_device_group"),
    "review/pbf_names.py": ("unit/plugins/modules/test_pbf_failover.py", "test_a_rule_that_lost_its_line_is_somebody_elses"),
    "review/tls.py": ("unit/plugins/module_utils/device/test_sdk.py", "test_no_request_arrives_where_the_certificate_does_not_verify"),
    "review/trial_gcp_reader.py": ("unit/plugins/module_utils/peers/gcp/test_gcp_reader.py", "test_every_way_of_printing_says_the_same"),
}
# What runs the cases, or is read by one of them.
TOOLS = ("field/run.py", "field/01-bgp-routes-without-interface.xml", "field/README.md")


def test_each_case_has_its_test(shared_cases):
    there = {f"{folder.name}/{file.name}" for folder in (shared_cases / "field", shared_cases / "review") for file in folder.iterdir() if file.is_file()}
    assert there == {*(f"field/{name}.yml" for name in WRITTEN_DOWN), *PROGRAMS, *TOOLS}


@pytest.mark.parametrize("file, name", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_test_of_a_program_is_there(file, name):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]


def placed(text: str) -> str:
    for short, place in PLACES.items():
        text = text.replace(short, place)
    return text


class CaseDoor(Door):
    """One firewall, and the steps of a case on it."""

    def __init__(self, case: dict[str, Any], firewalls):
        super().__init__(None, firewalls(**{option: case[option] for option in ("version", "engine") if option in case}))
        self.provider["username"] = "admin"
        self.control.commit_duration(0)
        self.gathered: list[dict[str, Any]] = []
        for planted in case.get("plant", ()):
            self.plant(planted)

    def plant(self, planted: list[str]) -> None:
        self.control.plant(placed(planted[0]), planted[1])

    def step(self, step: dict[str, Any]) -> Result:
        options = {RENAMED.get((step["module"], option), option): value for option, value in step.get("options", {}).items()}
        wanted = step.get("take")
        if wanted:
            taken = next(item for item in self.gathered if wanted in ("gathered", item.get("name")))
            options = {**taken, **options}
        result = self.run(options, module=importlib.import_module(f"{modules.__name__}.{step['module']}"), check=bool(step.get("check")))
        self.gathered = result.values.get("gathered", self.gathered)
        return result

    def lacks(self, expected: dict[str, Any], result: Result) -> list[str]:
        """What is expected of a step and is not so."""
        names = {item.get("name") for item in result.values.get("gathered", ())}
        so = {
            "failed": result.failed is expected.get("failed", False),
            "changed": "changed" not in expected or result.values.get("changed") is expected["changed"],
            "writes": expected.get("writes") is not False or self.writes() == [], "says": expected.get("says", "") in result.message,
            "warns": "warns" not in expected or any(expected["warns"] in warning for warning in result.warnings),
            "warns_not": "warns_not" not in expected or not any(expected["warns_not"] in warning for warning in result.warnings),
            "gathered_lacks": names.isdisjoint(expected.get("gathered_lacks", ())),
            "holds": all(self.control.candidate(placed(xpath)) for xpath in expected.get("holds", ())),
            "lacks": not any(self.control.candidate(placed(xpath)) for xpath in expected.get("lacks", ())),
        }
        assert set(expected) <= set(so)
        return [what for what, is_so in so.items() if not is_so]


@pytest.mark.parametrize("name", WRITTEN_DOWN)
def test_what_becomes_of_a_case(shared_cases, firewalls, name):
    case = yaml.safe_load((shared_cases / "field" / f"{name}.yml").read_text(encoding="utf-8"))
    door = CaseDoor(case, firewalls)
    for number, step in enumerate(case["steps"], 1):
        if "plant" in step:
            door.plant(step["plant"])
            continue
        result = door.step(step)
        expected = {**step.get("expect", {}), **OTHERWISE.get((name, number), {})}
        assert door.lacks(expected, result) == [], (number, result.message, result.warnings)
