# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes docs/docsite/rst/playbooks.rst: every playbook of the collection with its variables.

The source are the files in playbooks/argument_specs, by which the playbooks check what they are given, and the settings of the AWX content.
C(--check) only tells whether the page is up to date.
"""

from __future__ import annotations

import json
import pathlib
import re

import yaml

from generated import ROOT, concluded

PAGE = ROOT / "docs" / "docsite" / "rst" / "playbooks.rst"
SPECS = ROOT / "playbooks" / "argument_specs"
SETTINGS = ROOT / "playbooks" / "awx" / "vars" / "settings.yml"
LABEL = "ansible_collections.tunnelsmith.panos_vpn"
# How a playbook is run, where its name and an inventory are not all.
COMMANDS = {
    "config_revert": "-e config_revert_name=vpn-0a1b2c3d4e5f60718",
    "emulator_start": "-e emulator_folder=$PWD/firewall",
    "emulator_stop": "-e emulator_folder=$PWD/firewall",
    "failover_drill": "-e failover_drill_name=vpn-0a1b2c3d4e5f60718",
    "vpn_action": "-e vpn_action_name=vpn-0a1b2c3d4e5f60718",
    "vpn_verify": "-e vpn_verify_name=vpn-0a1b2c3d4e5f60718",
}
WITHOUT_FIREWALLS = ("emulator_start", "emulator_stop", "preflight")
INTRODUCTION = f""".. _{LABEL}.docsite.playbooks:

Playbooks and their variables
=============================

The collection brings playbooks, which need no play of your own: the inventory, or ``-e``, says what they are to do.

* Say which hosts of the inventory are meant, by the variable that ends in ``_hosts``, or by ``--limit``: an inventory has other hosts than firewalls, too.
* How a firewall is reached says ``panos_provider``, a mapping with the keys of ``provider``, or the environment (``PANOS_HOSTNAME``,
  ``PANOS_API_KEY`` and so on).
* With ``--check`` nothing is changed, and with ``--diff`` the differences are shown.
* A variable that is misspelt is refused, with the name that was probably meant. An empty text counts as not given.
"""


def families() -> list[str]:
    """What the variables of playbooks begin with, each the name of its file; the longer ones first."""
    return sorted((path.stem for path in SPECS.glob("*.yml")), key=len, reverse=True)


def family_of(playbook: str) -> str:
    return next(family for family in families() if playbook.startswith(family))


def playbooks() -> list[str]:
    return sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def options(path: pathlib.Path) -> dict:
    """The options of all entry points in a file of argument specs."""
    specs = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
    return {name: option for spec in specs.values() for name, option in spec["options"].items()}


def page() -> str:
    lines = INTRODUCTION.splitlines()
    for family in sorted(families()):
        lines += _section(family)
    return "\n".join([*lines, *_of_awx()]).rstrip() + "\n"


def _section(family: str) -> list[str]:
    ours = [name for name in playbooks() if family_of(name) == family]
    spec = yaml.safe_load((SPECS / f"{family}.yml").read_text(encoding="utf-8"))["argument_specs"]["main"]
    lines = ["", f".. _{LABEL}.docsite.playbooks.{family}:", "", *_heading(" and ".join(ours))]
    lines += [f"{spec['short_description']}.", "", ".. code-block:: shell", ""]
    for name in ours:
        inventory = " -i localhost," if name in WITHOUT_FIREWALLS[:2] else "" if name in WITHOUT_FIREWALLS else " -i inventory"
        lines.append(f"   ansible-playbook tunnelsmith.panos_vpn.{name}{inventory} {COMMANDS.get(name, '')}".rstrip())
    lines += ["", *_table(_rows(spec["options"]))]
    if (ROOT / "roles" / family).is_dir():
        lines += [f"And all variables of the role :ansplugin:`{family} <tunnelsmith.panos_vpn.{family}#role>`.", ""]
    return lines


def _rows(options: dict, inside: str = "") -> list[tuple]:
    """A row for each option, and below it one for each of its own options, with the name of what they are in."""
    found = []
    for name, option in options.items():
        found.append((f"{inside}``{name}``", _kind(option), _text(option["description"])))
        found += _rows(option.get("options", {}), f"{inside}``{name}`` → ")
    return found


def _heading(title: str) -> list[str]:
    return [title, "-" * len(title), ""]


def _kind(option: dict) -> str:
    kind = f"list of {option['elements']}" if option.get("elements") else option["type"].replace("raw", "text or list")
    choices = ", ".join(f"``{choice}``" for choice in option.get("choices", ()))
    return f"{kind}{', required' if option.get('required') else ''}{f': {choices}' if choices else ''}"


def _text(description: str | list) -> str:
    """A description of an option as text of the page."""
    text = " ".join(description if isinstance(description, list) else [description])
    text = re.sub(r"M\(([\w.]+?)(\w+)\)", r":ansplugin:`\2 <\1\2#module>`", text)
    text = re.sub(r"P\(([\w.]+?)(\w+)#(\w+)\)", r":ansplugin:`\2 <\1\2#\3>`", text)
    return re.sub(r"[CVO]\(([^()]*)\)", r"``\1``", text)


def _table(rows: list[tuple], widths: str = "30 22 48", header: tuple = ("Variable", "Kind", "Meaning")) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in [header, *rows]:
        lines += [f"   {'* -' if not number else '  -'} {cell}" for number, cell in enumerate(row)]
    return [*lines, ""]


def _default(value: object) -> str:
    """The value of a setting; one that is a template follows from other settings."""
    written = json.dumps(value)
    return "from other settings" if "{{" in written else f"``{value if isinstance(value, str) and value else written}``"


def settings() -> list[tuple[str, str, str]]:
    """(Name, default, meaning) of each setting of the AWX content; its meaning is the comment above it."""
    rows, comment = [], []
    written = SETTINGS.read_text(encoding="utf-8")
    values = yaml.safe_load(written)
    for line in written.splitlines():
        found = re.match(r"(panos_vpn_awx_\w+):", line)
        if line.startswith("# "):
            comment.append(line[2:])
        elif found:
            rows.append((found[1], _default(values[found[1]]), " ".join(comment)))
            comment = []
        elif not line.strip():
            comment = []
    return rows


def _of_awx() -> list[str]:
    rows = [(f"``{name}``", default, meaning) for name, default, meaning in settings()]
    return ["", f".. _{LABEL}.docsite.playbooks.awx:", "", *_heading("awx.configure"),
            f"Puts credential types, templates and workflows into an AWX; see :ref:`the page about it <{LABEL}.docsite.awx>`.", "", ".. code-block:: shell", "",
            "   ansible-playbook tunnelsmith.panos_vpn.awx.configure -e @my_settings.yml", "",
            *_table(rows, "34 20 46", ("Variable", "Default", "Meaning"))]


def main() -> int:
    return concluded([(PAGE, lambda _text: page())], "playbooks/argument_specs")


if __name__ == "__main__":
    raise SystemExit(main())
