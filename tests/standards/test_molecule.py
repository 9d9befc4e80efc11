# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every role has a molecule scenario, and every scenario all its steps."""

from __future__ import annotations

import pathlib

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path.parent for path in (ROOT / "extensions" / "molecule").glob("*/molecule.yml"))
STEPS = ("prepare", "converge", "verify", "cleanup")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_has_all_its_steps(scenario):
    own = ("create", "destroy") if scenario.name == "default" else ()
    for step in (*STEPS, *own):
        assert yaml.safe_load((scenario / f"{step}.yml").read_text(encoding="utf-8")), step


@pytest.mark.parametrize("role", sorted(path.parent.parent.name for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")))
def test_a_role_has_a_scenario(role):
    converged = [scenario for scenario in SCENARIOS if f"tunnelsmith.panos_vpn.{role}" in (scenario / "converge.yml").read_text(encoding="utf-8")]
    assert converged, f"extensions/molecule has no scenario whose converge.yml runs {role}"
