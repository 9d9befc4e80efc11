# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the sections of the causes on the page about troubleshooting from diagnosis/causes.py. C(--check) only tells whether they are up to date."""

from __future__ import annotations

from generated import ROOT, concluded, importable

PAGE = ROOT / "docs" / "docsite" / "rst" / "troubleshooting.rst"
BEGIN, END = ".. Causes begin: tools/cause_documentation.py writes what follows.", ".. Causes end."


def sections() -> str:
    """What the page says of every cause, each under a title of its own, which makes it an anchor."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.causes import CAUSES, OWN

    text = ""
    for title, causes in CAUSES.items():
        text += f"{_under(title, '^')}\n"
        for identity, meaning in causes.items():
            own = OWN.get(identity)
            also = f" and ``aws_pairing_{own.variable}`` in the role" if own is not None and own.variable else ""
            mends = f" Of a VPN that :ansplugin:`tunnelsmith.panos_vpn.site_to_site_vpn#module` made: ``{own.option}`` there{also}." if own is not None else ""
            text += f"{_under(identity, chr(34))}\n{meaning}{mends}\n\n"
    return text


def _under(title: str, sign: str) -> str:
    return f"{title}\n{sign * len(title)}\n"


def updated(page: str) -> str:
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{sections()}{END}{after}"


def main() -> int:
    importable()
    return concluded([(PAGE, updated)], "diagnosis/causes.py")


if __name__ == "__main__":
    raise SystemExit(main())
