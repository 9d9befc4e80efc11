# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what modules and the role document of remote networks, service connections and bandwidth, which the types of prisma/site.py say, and the guide's
table of the rules in prisma/rules.py.

C(--check) only tells whether it is up to date.
"""

from __future__ import annotations

import re

from generated import concluded, importable
from pairing_roles import Written
from peer_documentation import Place, block, written

MODULES = ("prisma_access_cloud", "prisma_access_panorama")
ROLE = "prisma_access"
RULES = ".. rules, written by tools/prisma_documentation.py"
# Option → the one that stands behind it in the module.
OPTIONS = {"remote_networks": "service_connections", "service_connections": "bandwidth", "bandwidth": "update_secret"}


def places() -> list[Place]:
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import site

    found = [Place("docs/docsite/rst/prisma_access.rst", re.escape(f"{RULES}\n"), re.escape(".. end of rules\n"), rules())]
    kinds = {"remote_networks": site.RemoteNetwork, "service_connections": site.ServiceConnection, "bandwidth": site.Bandwidth}
    for option, behind in OPTIONS.items():
        documented = fields.documentation(kinds[option])
        for module in MODULES:
            begin = rf"\n  {option}:\n(?:    .*\n)*?    suboptions:\n"
            found.append(Place(f"plugins/modules/{module}.py", begin, rf"  {re.escape(behind)}:\n", block(documented, 6)))
        begin = rf"\n      {ROLE}_{option}:\n(?:        .*\n)*?        options:\n"
        spec = block(of_role(documented, kinds[option]), 10, Written)
        found.append(Place(f"roles/{ROLE}/meta/argument_specs.yml", begin, rf"      {ROLE}_{behind}:\n", spec))
    return found


def rules() -> str:
    """The table of the rules, with who says so."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.rules import RULES as ROWS

    lines = ["", ".. list-table::", "   :header-rows: 1", "   :widths: 70 30", "", "   * - Rule", "     - Source"]
    for row in ROWS:
        lines += [f"   * - {row.words[0].upper()}{row.words[1:]}.", f"     - {row.source}"]
    return "\n".join([*lines, "", ""])


def of_role(documented: dict, kind: type) -> dict:
    """The same in the words of a role's argument spec, where secrets are marked."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields

    found = {}
    for field in fields.fields_of(kind):
        option = {name: value for name, value in documented[field.name].items() if name != "suboptions"}
        if field.said.secret:
            option["no_log"] = True
        if field.is_nested:
            option["options"] = of_role(documented[field.name]["suboptions"], field.kind)
        found[field.name] = option
    return found


def main() -> int:
    importable()
    return concluded(written(places()), "prisma/")


if __name__ == "__main__":
    raise SystemExit(main())
