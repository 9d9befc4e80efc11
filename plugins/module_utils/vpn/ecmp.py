# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All tunnels of a VPN at once: equal-cost multi-path of the VPN's router, which it shares with everything else there."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import router_ecmp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Record
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import ECMP, Vpn

# What the record says of a VPN that uses its router's ECMP, whoever turned that on.
USES = "ecmp"
# As many paths as PAN-OS has: with fewer, a tunnel or a VPN that comes later would start the router anew.
MOST_PATHS = next(leaf.maximum for leaf in router_ecmp.TABLE.nodes if leaf.option == "max_path")
# The far side may answer through another tunnel than the one that asked; what it begins itself is answered through the tunnel that it came by.
_WANTED = {"enable": True, "max_path": MOST_PATHS, "symmetric_return": True}
_ABSENT = {leaf.option: leaf.absent for leaf in router_ecmp.TABLE.nodes if leaf.option in _WANTED}
# Option → where it stands in the router's ECMP.
PATHS = {leaf.option: (leaf.path,) for leaf in router_ecmp.TABLE.nodes if leaf.option in _WANTED}


def items(vpn: Vpn, view: Surroundings, claim: Claim) -> tuple[list, list[str]]:
    """(desired items, warnings). Raises Refused where somebody else's ECMP has fewer paths than the VPN has tunnels."""
    if vpn.failover != ECMP:
        return [], []
    wanted = _values(vpn, view, claim)
    found = [_item(vpn.virtual_router, wanted, view)] if wanted else []
    return found, [*_of_a_restart(vpn, view, wanted), *_of_symmetry(vpn, view, claim), *_of_metrics(vpn)]


def _item(router: str, values: Mapping[str, Any], view: Surroundings) -> DesiredEntry:
    return DesiredEntry(router_ecmp.TABLE, router, dict(values), place=router_ecmp.place(router, view.platform))


def _texts(router: str, view: Surroundings) -> dict[str, str | None]:
    """What the router's ECMP says of the options that a VPN needs."""
    there = places.find(view.router(router), ("ecmp",))
    return {option: places.text(there, path) for option, path in PATHS.items()}


def _have(router: str, view: Surroundings) -> dict[str, Any]:
    """The same with what holds where nothing is said."""
    there = places.find(view.router(router), ("ecmp",))
    standing = {} if there is None else read(router_ecmp.TABLE.nodes, there)
    return {option: standing.get(option, _ABSENT[option]) for option in _WANTED}


def _booked(vpn: Vpn, claim: Claim) -> Mapping[str, str | None]:
    """Options that VPNs of ours set, with what stood there before."""
    before = claim.before.ecmp if claim.before.router == vpn.virtual_router else {}
    return {**claim.inherited.ecmp, **before}


def _values(vpn: Vpn, view: Surroundings, claim: Claim) -> dict[str, Any]:
    """ECMP that somebody else runs stays as it is; what the VPN, or another one of ours, turned on is what is needed."""
    have, booked = _have(vpn.virtual_router, view), _booked(vpn, claim)
    if have["enable"] and "enable" not in booked and not _siblings(vpn, view):
        needed = min(len(vpn.tunnels), MOST_PATHS)
        if have["max_path"] < needed:
            raise Refused(f"failover: router '{vpn.virtual_router}' has ECMP with {have['max_path']} paths, and {vpn.name} has {len(vpn.tunnels)} tunnels; "
                          f"say max_path: {needed} there (module router_ecmp), which starts the router anew, or say failover: bgp; nothing was written")
        return {}
    return dict(_WANTED)


def _siblings(vpn: Vpn, view: Surroundings) -> list[Record]:
    """The other VPNs of ours that use the router's ECMP."""
    return [record for record in records.of_others(view, vpn.name) if uses(record, vpn.virtual_router)]


def uses(record: Record, router: str) -> bool:
    return USES in record.options and record.router == router


def changed_options(vpn: Vpn, view: Surroundings, claim: Claim) -> dict[str, str | None]:
    """Options of the router's ECMP that the VPN sets, with what stood there before its first run, or before that of the one whose place it takes."""
    if vpn.failover != ECMP:
        return {}
    have, texts = _have(vpn.virtual_router, view), _texts(vpn.virtual_router, view)
    changed = {option: texts[option] for option, value in _values(vpn, view, claim).items() if have[option] != value}
    return {**changed, **_booked(vpn, claim)}


def restored(router: str, view: Surroundings, record: Record) -> list:
    """The router's ECMP as it was before, by the record."""
    if not record.ecmp or view.router(router) is None:
        return []
    leaves = {leaf.option: leaf for leaf in router_ecmp.TABLE.nodes}
    values = {option: UNSET if text is None else {"bool": text == "yes"}.get(leaves[option].type, text) for option, text in record.ecmp.items()}
    return [_item(router, values, view)]


def booked(router: str, view: Surroundings, record: Record) -> list:
    """What the VPN changed of a router's ECMP itself."""
    return [_item(router, record.ecmp, view)] if record.ecmp else []


def starts_anew(item: DesiredEntry, view: Surroundings) -> list[str]:
    """The options for whose change PAN-OS starts a router anew, where an item changes them."""
    if item.table.kind != router_ecmp.TABLE.kind:
        return []
    have = _have(item.name, view)
    wanted = {option: _ABSENT[option] if value is UNSET else value for option, value in item.values.items() if option in _WANTED}
    return [option for option in router_ecmp.RESTARTING if option in wanted and str(wanted[option]) != str(have[option])]


def _of_a_restart(vpn: Vpn, view: Surroundings, wanted: dict[str, Any]) -> list[str]:
    changed = starts_anew(_item(vpn.virtual_router, wanted, view), view)
    return [restart(vpn.name, vpn.virtual_router, changed)] if changed else []


def restart(vpn: str, router: str, options: list[str]) -> str:
    """What a change of ECMP means for a router."""
    return (f"{vpn}: ECMP of router '{router}' changes ({', '.join(options)}), and PAN-OS starts the router anew when that is committed: sessions through it "
            "can end, its tunnels and BGP peers come up again, and all its routes of equal cost are used at the same time")


def _of_symmetry(vpn: Vpn, view: Surroundings, claim: Claim) -> list[str]:
    """With ECMP of somebody else, whose symmetric return is theirs."""
    if _values(vpn, view, claim) or _have(vpn.virtual_router, view)["symmetric_return"]:
        return []
    return [f"{vpn.name}: ECMP of router '{vpn.virtual_router}' was there before and stays as it is, without symmetric_return: what the far side begins may be "
            "answered through another tunnel than it came by (module router_ecmp)"]


def _of_metrics(vpn: Vpn) -> list[str]:
    """Where the far side prefers one of the tunnels by its metric, the others are not used beside it."""
    meds = {number: (tunnel.bgp.med or 0) for number, tunnel in enumerate(vpn.tunnels, 1) if tunnel.bgp}
    if len(set(meds.values())) < 2:
        return []
    told = ", ".join(f"{med} through tunnel {number}" for number, med in meds.items())
    return [f"{vpn.name}: the far side announces its routes with different metrics (MED {told}), so only the tunnels with the smallest carry traffic; "
            "let it announce equal ones, or say failover: bgp"]
