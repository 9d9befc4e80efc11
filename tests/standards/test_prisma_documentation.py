# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules and the role document of sites of Prisma Access is what their types say."""

from __future__ import annotations

import subprocess
import sys

import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import site


def test_everything_is_up_to_date(repository):
    done = subprocess.run([sys.executable, "tools/prisma_documentation.py", "--check"], cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_role_takes_what_the_types_say(repository):
    """The same options, types and secrets, at every depth."""
    text = (repository / "roles" / "prisma_access" / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    spec = yaml.safe_load(text)["argument_specs"]["main"]["options"]

    def shape(options):
        told = ("type", "elements", "required", "no_log", "choices")
        return {name: ({key: option[key] for key in told if key in option}, shape(option.get("options") or {})) for name, option in options.items()}

    for name, option in site.ARGUMENTS.items():
        assert shape(spec[f"prisma_access_{name}"]["options"]) == shape(option["options"])
