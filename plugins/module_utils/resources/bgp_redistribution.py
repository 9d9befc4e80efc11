# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which networks a router announces by BGP: the same options for virtual routers and for the Advanced Routing Engine."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import bgp_policy
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.bgp_instance import instance
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import (
    Choice, Group, Leaf, Members, Request, Resource, Table,
)

# What virtual routers can say of announced networks, and logical routers in route maps only.
_LEGACY_ONLY = (
    Leaf("set_origin", "set-origin", choices=("igp", "egp", "incomplete")),
    Leaf("set_local_preference", "set-local-preference", "int", minimum=0, maximum=4294967295),
    Leaf("set_as_path_limit", "set-as-path-limit", "int", minimum=1, maximum=255),
    Members("set_community", "set-community", exact=True),
    Members("set_extended_community", "set-extended-community", exact=True),
    Leaf("metric", "metric", "int", minimum=1, maximum=65535),
    Leaf("route_table", "route-table", choices=("unicast", "multicast", "both")),
)
_PRIORITY = Leaf("priority", "priority", "int", minimum=1, maximum=255)
REDIST_PROFILE = Table(
    "redist_profile", "network", (), words="redistribution profile", listed_in=("protocol", "redist-profile"),
    nodes=(
        _PRIORITY,
        Group("filter", "filter", (
            Members("type", "type", choices=("connect", "static", "bgp", "ospf", "rip"), exact=True),
            Members("destination", "destination", exact=True),
        )),
        Group("action", "action", (
            Leaf("redist", "redist", "empty"), Leaf("no_redist", "no-redist", "empty"),
        ), choices=(Choice("", ("redist", "no-redist")),)),
    ),
    created={"priority": 1, "action": {"redist": True}},
    parents=("virtual_router",), name_length=31,
)
REDIST_RULE = Table(
    "bgp_redist_rule", "network", (), words="BGP redistribution rule", listed_in=("redist-rules",),
    nodes=(
        Leaf("enable", "enable", "bool"),
        Leaf("address_family_identifier", "address-family-identifier", choices=("ipv4", "ipv6")),
        Leaf("med", "set-med", "int", minimum=0, maximum=4294967295),
    ) + _LEGACY_ONLY,
    created={"enable": True, "address_family_identifier": "ipv4", "set_origin": "incomplete"},
    parents=("redist_profile", "bgp_instance"), name_pattern=".+",
)
_CREATED = {**REDIST_PROFILE.created, **REDIST_RULE.created}
_SOURCE = (
    Leaf("enable", "enable", "bool"),
    Leaf("metric", "metric", "int", minimum=1, maximum=65535),
    Leaf("route_map", "route-map", refers_to=("redistribution_route_map",)),
)
REDISTRIBUTION_PROFILE = Table(
    "bgp_redistribution_profile", *PLACES["bgp_redistribution_profile"], words="BGP redistribution profile",
    nodes=(Group("connected", "ipv4/unicast/connected", _SOURCE), Group("static", "ipv4/unicast/static", _SOURCE)),
)
NETWORK = Table(
    "bgp_advertised_network", "network", (), words="network that BGP announces", listed_in=("network",),
    nodes=(Leaf("unicast", "unicast", "bool"),), created={"unicast": True},
    parents=("bgp_instance",), name_pattern=".+",
)

TABLE = Table(
    "bgp_redistribution", "network", (), words="BGP redistribution",
    nodes=(
        Members("sources", "", choices=("connected", "static")),
        Members("destinations", ""),
        Members("networks", ""),
        Leaf("med", "", "int", minimum=1, maximum=65535),
        _PRIORITY,
    ) + _LEGACY_ONLY,
    parents=("bgp_instance",), name_length=31,
)
_OWN = tuple(node.option for node in _LEGACY_ONLY)
_RULE_OPTIONS = ("med",) + _OWN
_LEGACY_TYPES = {"connected": "connect", "static": "static"}


def _redist_rules(virtual_router) -> tuple:
    return bgp_place(virtual_router, False) + ("redist-rules",)


def _advertised(virtual_router, network) -> tuple:
    return bgp_place(virtual_router, True) + ("advertise-network", _family(network), "network")


def assigned_profile(tree, base, virtual_router) -> str | None:
    """The redistribution profile that a logical router's BGP refers to; it has room for one only."""
    return places.text(tree, (base("network") + bgp_place(virtual_router, True) + ("redistribution-profile", "ipv4", "unicast"))[1:]) or None


def objects(virtual_router, name, values, platform, profile_in_use=None) -> list:
    """The desired items of an announcement that is wanted. C(profile_in_use): see C(assigned_profile)."""
    if platform.advanced:
        return _advanced(virtual_router, name, values, platform, profile_in_use)
    return _legacy(virtual_router, name, values)


def _legacy(virtual_router, name, values) -> list:
    rules = _redist_rules(virtual_router)
    said = {option: values[option] for option in _RULE_OPTIONS if values.get(option) is not None}
    items = []
    if values.get("sources"):
        wanted = {"type": [_LEGACY_TYPES[source] for source in values["sources"]]}
        if values.get("destinations") is not None:
            wanted["destination"] = values["destinations"]
        priority = {} if values.get("priority") is None else {"priority": values["priority"]}
        items.append(DesiredEntry(REDIST_PROFILE, name, {"filter": wanted, **priority}, container=_redist_profiles(virtual_router)))
        items.append(DesiredEntry(REDIST_RULE, name, said, container=rules))
    # A rule that is named by a prefix announces that prefix, whatever the route to it comes from.
    for network in values.get("networks") or ():
        family = {"address_family_identifier": "ipv6"} if _family(network) == "ipv6" else {}
        items.append(DesiredEntry(REDIST_RULE, network, {**family, **said}, container=rules))
    return items


def _family(network) -> str:
    return "ipv6" if ":" in network else "ipv4"


def _redist_profiles(virtual_router) -> tuple:
    return router(virtual_router, False) + ("protocol", "redist-profile")


def _advanced(virtual_router, name, values, platform, profile_in_use) -> list:
    foreign = [option for option in ("priority",) + _OWN if values.get(option) is not None]
    if foreign:
        raise InvalidInput(f"bgp_redistribution '{name}': {foreign[0]} does not exist with the Advanced Routing Engine")
    networks, items = list(values.get("networks") or ()), []
    if values.get("sources") and profile_in_use in (None, name):
        source = {"enable": True}
        if values.get("med") is not None:
            source["metric"] = values["med"]
        if values.get("destinations") is not None:
            source["route_map"] = name
            entry = {"name": "10", "action": "permit", "prefix_list": name}
            items.append(bgp_policy.prefix_list(name, values["destinations"]))
            items.append(DesiredEntry(bgp_policy.REDISTRIBUTION_ROUTE_MAP, name, {"entries": [entry]}))
        profile = {kind: source if kind in values["sources"] else _reset(source) for kind in ("connected", "static")}
        items.append(DesiredEntry(REDISTRIBUTION_PROFILE, name, profile))
        items.append(instance(virtual_router, {"redistribution_profile": name}, platform))
    elif values.get("sources"):
        if values.get("destinations") is None:
            raise Refused(f"bgp_redistribution '{name}': router '{virtual_router}' already redistributes by profile '{profile_in_use}' and takes one only; "
                          "give destinations, they can be announced beside it")
        networks = list(values["destinations"]) + networks
    return items + [DesiredEntry(NETWORK, network, {}, container=_advertised(virtual_router, network)) for network in dict.fromkeys(networks)]


def _reset(source) -> dict:
    return {option: UNSET for option in source}


def legacy_containers(virtual_router: str) -> list:
    """(table, place) of the lists in which a virtual router says what it announces."""
    return [(REDIST_RULE, _redist_rules(virtual_router)), (REDIST_PROFILE, _redist_profiles(virtual_router))]


def announcements(virtual_router, networks, platform, state="present") -> list:
    """The items of networks that are announced by their names."""
    if platform.advanced:
        return [DesiredEntry(NETWORK, network, state=state, container=_advertised(virtual_router, network)) for network in networks]
    return [DesiredEntry(REDIST_RULE, network, state=state, container=_redist_rules(virtual_router)) for network in networks]


def removal(virtual_router, name, networks, platform, profile_in_use=None) -> list:
    """The items of an announcement that is to go."""
    if not platform.advanced:
        items = announcements(virtual_router, [name, *networks], platform, "absent")
        return items + [DesiredEntry(REDIST_PROFILE, name, state="absent", container=_redist_profiles(virtual_router))]
    items = announcements(virtual_router, networks, platform, "absent")
    if profile_in_use == name:
        items.append(instance(virtual_router, {"redistribution_profile": UNSET}, platform))
    tables = (REDISTRIBUTION_PROFILE, bgp_policy.REDISTRIBUTION_ROUTE_MAP, bgp_policy.PREFIX_LIST)
    return items + [DesiredEntry(table, name, state="absent") for table in tables]


def reads(request: Request) -> list:
    virtual_router, advanced = request.names["virtual_router"], request.platform.advanced
    found = [("network", bgp_place(virtual_router, advanced))]
    if advanced:
        return found + [("network", ("routing-profile", "bgp")), ("network", ("routing-profile", "filters"))]
    return found + [("network", _redist_profiles(virtual_router))]


def refuse_without_instance(request: Request, tree) -> None:
    """Redistribution belongs to a BGP instance; without one nothing would read it."""
    virtual_router = request.names["virtual_router"]
    if request.state == "present" and places.find(tree, (request.base("network") + bgp_place(virtual_router, request.platform.advanced))[1:]) is None:
        raise Refused(f"bgp_redistribution '{request.name}': router '{virtual_router}' has no BGP; make it with bgp_instance first")


def desired(request: Request, tree) -> list:
    virtual_router = request.names["virtual_router"]
    in_use = assigned_profile(tree, request.base, virtual_router) if request.platform.advanced else None
    if request.state == "absent":
        # Beside another's profile the destinations were announced as networks, which nothing ties to the name.
        beside = request.values.get("destinations") or [] if request.platform.advanced and in_use != request.name else []
        return removal(virtual_router, request.name, [*(request.values.get("networks") or []), *beside], request.platform, in_use)
    there = next(iter(gathered(request, tree)), {})
    values = {**{option: there[option] for option in ("sources", "destinations", "med", "priority") + _OWN if there.get(option)}, **request.values}
    if not values.get("sources") and (not values.get("networks") or values.get("destinations")):
        raise InvalidInput(f"bgp_redistribution '{request.name}': there is nothing to announce; give sources, or networks alone")
    return objects(virtual_router, request.name, values, request.platform, in_use)


def gathered(request: Request, tree) -> list:
    if request.platform.advanced:
        return _gathered_advanced(request, tree)
    base, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    found = []
    for name in places.names(tree, base + _redist_profiles(virtual_router)):
        if request.name not in (None, name):
            continue
        profile = base + _redist_profiles(virtual_router) + (("entry", name), "filter")
        types = places.names(tree, profile + ("type",))
        values = {"sources": [source for source, kind in _LEGACY_TYPES.items() if kind in types]}
        destinations = places.names(tree, profile + ("destination",))
        rule = places.find(tree, base + _redist_rules(virtual_router) + (("entry", name),))
        said = {} if rule is None else read(REDIST_RULE.nodes, rule)
        said["priority"] = read((_PRIORITY,), places.find(tree, base + _redist_profiles(virtual_router) + (("entry", name),))).get("priority")
        # What every new profile gets by itself is not told.
        told = {option: said[option] for option in ("priority",) + _OWN if said.get(option) not in (None, _CREATED.get(option))}
        found.append({**_announcement(request, name, values, destinations, said.get("med")), **told})
    return found


def _gathered_advanced(request, tree) -> list:
    base = request.base("network")[1:]
    found = []
    for name in places.names(tree, base + REDISTRIBUTION_PROFILE.container):
        if request.name not in (None, name):
            continue
        unicast = base + REDISTRIBUTION_PROFILE.container + (("entry", name), "ipv4", "unicast")
        sources = [source for source in _LEGACY_TYPES if places.text(tree, unicast + (source, "enable")) == "yes"]
        listed = base + PLACES["prefix_list"][1] + (("entry", name), "type", "ipv4", "ipv4-entry")
        destinations = [places.text(item, ("prefix", "entry", "network")) for item in places.children(tree, listed)]
        med = next((places.text(tree, unicast + (source, "metric")) for source in sources), None)
        found.append(_announcement(request, name, {"sources": sources}, destinations, med))
    return found


def _announcement(request, name, values, destinations, med) -> dict:
    return {**request.names, "name": name, **values, **({"destinations": destinations} if destinations else {}), **({"med": int(med)} if med else {})}


RESOURCE = Resource("bgp_redistribution", TABLE, reads, desired, gathered, identity=("virtual_router", "name"), checks=(refuse_without_instance,),
                    states=("present", "absent", "gathered"))
