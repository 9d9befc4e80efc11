# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what follows from the folder of resources: the options of the module C(transaction), and the imports of C(registry.py).

An item of a transaction takes the options of a resource's own module, as that documents them: Ansible knows no fragments below an option, so the text
has to stand there once more. Where Ansible packs a module as a program, it packs what is imported by name. C(--check) only tells whether both are
up to date.
"""

from __future__ import annotations

import ast
import pathlib
import re

import yaml

from generated import ROOT, concluded, importable

MODULE = ROOT / "plugins" / "modules" / "transaction.py"
REGISTRY = ROOT / "plugins" / "module_utils" / "registry.py"
_ITEMS = r"(?s)(    suboptions:\n)      \w+:\n.*?(?=\nauthor:|\nseealso:|\"\"\"\n\nEXAMPLES)"
_IMPORTS = r"(?s)(module_utils\.ROOM import \([^\n]*\n).*?(?=\)\n)"
# A transaction does not read, so there the name is always required.
_UNLESS_READ = re.compile(r" ?Required unless O\(state=gathered\)[^.]*\.")


def strings_of(path: pathlib.Path) -> dict:
    """The module-level string constants of a Python file."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found[node.targets[0].id] = node.value.value
    return found


def documentation_of(name: str) -> dict:
    return yaml.safe_load(strings_of(ROOT / "plugins" / "modules" / f"{name}.py")["DOCUMENTATION"])


def below(value, name: str, resource: str):
    """Texts of a module's options, with the references in them made to hold below C(items)."""
    if isinstance(value, dict):
        return {key: below(item, key, resource) for key, item in value.items()}
    if isinstance(value, list):
        return [text for text in (below(item, name, resource) for item in value) if text != ""]
    if isinstance(value, str) and name == "description":
        value = _UNLESS_READ.sub("", value)
        value = re.sub(r"O\(state=(\w+)\)", r"V(\1)", value)
        return re.sub(r"O\((?!tunnelsmith\.)([^)]+)\)", rf"O(items[].{resource}.\1)", value)
    return value


def item_of(resource) -> dict:
    documentation = documentation_of(resource.name)
    options = below(documentation["options"], "", resource.name)
    if "tunnelsmith.panos_vpn.location.secret" in documentation["extends_documentation_fragment"]:
        options["update_secret"] = {
            "description": "What happens to a secret whose stored form cannot be compared. Omitted, it is V(on_create).",
            "type": "str", "choices": ["on_create", "always"],
        }
    options["state"] = {
        "description": f"As the option of the same name of M(tunnelsmith.panos_vpn.{resource.name}).", "type": "str",
        "choices": [state for state in resource.states if state != "gathered"], "default": "present",
    }
    options[resource.identity[-1]]["required"] = True
    return {"description": f"The options of M(tunnelsmith.panos_vpn.{resource.name}).", "type": "dict", "suboptions": options}


def items_text(resources) -> str:
    text = yaml.safe_dump({name: item_of(resource) for name, resource in resources.items()}, sort_keys=False, width=84, allow_unicode=True)
    return "".join(f"      {line}\n" if line else "\n" for line in text.splitlines()).rstrip("\n")


def documented(source: str) -> str:
    """The source of the module C(transaction) with its items written anew."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES

    return replaced(source, _ITEMS, items_text(RESOURCES))


def imported(source: str) -> str:
    """The source of the registry with its imports written anew."""
    for room in ("parts", "resources"):
        names = sorted(path.stem for path in (ROOT / "plugins" / "module_utils" / room).glob("[a-z]*.py"))
        source = replaced(source, _IMPORTS.replace("ROOM", room), "".join(f"    {name},\n" for name in names))
    return source


def replaced(source: str, pattern: str, text: str) -> str:
    found, times = re.subn(pattern, lambda match: match.group(1) + text, source, count=1)
    if not times:
        raise SystemExit(f"there is no place that looks like {pattern}")
    return found


def main() -> int:
    importable()
    # The imports first: the items follow from what they bring.
    return concluded([(REGISTRY, imported), (MODULE, documented)], "the folder of resources")


if __name__ == "__main__":
    raise SystemExit(main())
