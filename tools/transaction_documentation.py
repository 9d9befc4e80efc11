# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the DOCUMENTATION of the module C(transaction): its items take the options of the other modules, as those document them.

Ansible knows no fragments below an option, so the text has to stand there once more. C(--check) only tells whether it is up to date.
"""

from __future__ import annotations

import ast
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULE = ROOT / "plugins" / "modules" / "transaction.py"
RESOURCES = (
    "ike_crypto_profile", "ipsec_crypto_profile", "monitor_profile", "zone_protection_profile", "zone", "tunnel_interface", "ike_gateway",
    "ipsec_tunnel", "proxy_id", "static_route", "bgp_instance", "bgp_redistribution", "bgp_peer", "pbf_failover", "security_rule",
)
_WITHOUT_REPLACED = ("bgp_peer", "bgp_redistribution")
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


def item_of(resource: str) -> dict:
    documentation = documentation_of(resource)
    options = below(documentation["options"], "", resource)
    states = ["present", "absent"] + ([] if resource in _WITHOUT_REPLACED else ["replaced"])
    if "tunnelsmith.panos_vpn.location.secret" in documentation["extends_documentation_fragment"]:
        options["update_secret"] = {
            "description": "What happens to a secret whose stored form cannot be compared. Omitted, it is V(on_create).",
            "type": "str", "choices": ["on_create", "always"],
        }
    options["state"] = {
        "description": f"As the option of the same name of M(tunnelsmith.panos_vpn.{resource}).", "type": "str", "choices": states, "default": "present",
    }
    for name, option in options.items():
        if name == "name" and "required" not in option and resource != "bgp_instance":
            option["required"] = True
    if resource == "bgp_instance":
        options["virtual_router"]["required"] = True
    return {"description": f"The options of M(tunnelsmith.panos_vpn.{resource}).", "type": "dict", "suboptions": options}


def items_text() -> str:
    text = yaml.safe_dump({name: item_of(name) for name in RESOURCES}, sort_keys=False, width=84, allow_unicode=True)
    return "".join(f"      {line}\n" if line else "\n" for line in text.splitlines())


def main() -> int:
    source = MODULE.read_text(encoding="utf-8")
    updated = re.sub(r"(?s)(    suboptions:\n)      ike_crypto_profile:\n.*?(?=\nauthor:|\nseealso:|\"\"\"\n\nEXAMPLES)",
                     lambda match: match.group(1) + items_text().rstrip("\n"), source, count=1)
    if "--check" in sys.argv:
        if updated != source:
            print("plugins/modules/transaction.py: its DOCUMENTATION is not what the modules say; run tools/transaction_documentation.py")
        return int(updated != source)
    MODULE.write_text(updated, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
