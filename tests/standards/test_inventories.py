# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventories that ship, as Ansible reads them."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
INVENTORIES = sorted(path.parent.name for path in (ROOT / "inventories").glob("*/hosts.yml"))
SECRETS = ("password", "pre_shared_key", "pre_shared_keys")


@pytest.fixture(scope="module", params=INVENTORIES)
def hosts(request):
    """Host names and their variables, not yet templated."""
    shown = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "ansible-inventory"), "-i", str(ROOT / "inventories" / request.param), "--list"],
        check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )
    return json.loads(shown.stdout)["_meta"]["hostvars"]


def test_tasks_run_on_the_controller(hosts):
    assert hosts
    for variables in hosts.values():
        assert variables["ansible_connection"] == "local"
        assert variables["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"


def test_no_secret_is_given(hosts):
    for variables in hosts.values():
        given = {**variables, **variables.get("panos_provider", {})}
        assert [name for name in given if name.endswith(SECRETS)] == []
        assert given.get("api_key", "{{").startswith("{{")
