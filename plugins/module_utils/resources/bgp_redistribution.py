# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which networks a router announces by BGP: the same options for virtual routers and for the Advanced Routing Engine."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import bgp_policy, bgp_users
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.overlay import overlay
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
            # Routes of other protocols are not ours to announce, nor to take away from who announces them by the same profile.
            Members("type", "type", choices=("connect", "static"), exact=True),
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
        Members("destinations", "", form="network or name"),
        Members("networks", "", form="network or name"),
        Leaf("med", "", "int", minimum=1, maximum=65535),
        _PRIORITY,
    ) + _LEGACY_ONLY,
    parents=("bgp_instance",), name_length=31, rules=(bgp_policy.refuse_names("destinations", "networks"),),
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


def objects(virtual_router, name, values, platform, profile_in_use=None, standing=None) -> list:
    """The desired items of an announcement that is wanted. C(profile_in_use): see C(assigned_profile).

    C(standing): from the sources of an announcement that is there already to what is said of each; what is not given of it stays as it is. None for
    a new one.
    """
    if platform.advanced:
        return _advanced(virtual_router, name, values, platform, profile_in_use, standing)
    return _legacy(virtual_router, name, values, standing)


def _legacy(virtual_router, name, values, standing) -> list:
    rules = _redist_rules(virtual_router)
    said = {option: values[option] for option in _RULE_OPTIONS if values.get(option) is not None}
    items = []
    if values.get("sources") or standing is not None:
        profile = {} if values.get("priority") is None else {"priority": values["priority"]}
        wanted = {} if values.get("destinations") is None else {"destination": values["destinations"]}
        if values.get("sources"):
            wanted["type"] = [_LEGACY_TYPES[source] for source in values["sources"]]
        items.append(DesiredEntry(REDIST_PROFILE, name, {**profile, **({"filter": wanted} if wanted else {})}, container=_redist_profiles(virtual_router)))
        items.append(DesiredEntry(REDIST_RULE, name, said, container=rules))
    # A rule that is named by a prefix announces that prefix, whatever the route to it comes from.
    for network in values.get("networks") or ():
        family = {"address_family_identifier": "ipv6"} if _family(network) == "ipv6" else {}
        items.append(DesiredEntry(REDIST_RULE, network, {**family, **said}, container=rules))
    return items


def _family(network) -> str:
    return "ipv6" if is_ipv6(network) else "ipv4"


def _redist_profiles(virtual_router) -> tuple:
    return router(virtual_router, False) + ("protocol", "redist-profile")


def _advanced(virtual_router, name, values, platform, profile_in_use, standing) -> list:
    foreign = [option for option in ("priority",) + _OWN if values.get(option) is not None]
    if foreign:
        raise InvalidInput(f"bgp_redistribution '{name}': {foreign[0]} does not exist with the Advanced Routing Engine")
    networks, items = list(values.get("networks") or ()), []
    sources = values.get("sources") or standing
    if sources and profile_in_use in (None, name):
        source = {"enable": True} if values.get("sources") else {}
        if values.get("med") is not None:
            source["metric"] = values["med"]
        if values.get("destinations") is not None:
            source["route_map"] = name
            entry = {"name": "10", "action": "permit", "prefix_list": name}
            items.append(bgp_policy.prefix_list(name, values["destinations"]))
            items.append(DesiredEntry(bgp_policy.REDISTRIBUTION_ROUTE_MAP, name, {"entries": [entry]}))
        profile = _sources(name, source, sources, standing)
        items.append(DesiredEntry(REDISTRIBUTION_PROFILE, name, profile))
        items.append(instance(virtual_router, {"redistribution_profile": name}, platform))
    elif values.get("sources"):
        if values.get("destinations") is None:
            raise Refused(f"bgp_redistribution '{name}': router '{virtual_router}' already redistributes by profile '{profile_in_use}' and takes one only; "
                          "give destinations, they can be announced beside it")
        networks = list(values["destinations"]) + networks
    return items + [DesiredEntry(NETWORK, network, {}, container=_advertised(virtual_router, network)) for network in dict.fromkeys(networks)]


def _sources(name, source, wanted, standing) -> dict:
    """The values of a profile's sources. One that joins others is limited and weighed as they are; one that is not enabled is not ours to end."""
    if standing is None:
        return {kind: source if kind in wanted else {option: UNSET for option in source} for kind in _LEGACY_TYPES}
    found = {kind: {node.option: UNSET for node in _SOURCE} for kind in standing if kind not in wanted}
    for kind in wanted:
        found[kind] = source if kind in standing else {**_in_common(name, standing, source), **source}
    return found


def _in_common(name, standing, source) -> dict:
    """What a new source takes from those that are there."""
    found = {}
    for option in ("metric", "route_map"):
        said = {values.get(option) for values in standing.values()}
        if option not in source and len(said) > 1:
            given = "med" if option == "metric" else "destinations"
            raise Refused(f"bgp_redistribution '{name}': its sources differ in {given}, so that one more could take either; give {given}")
        found.update({option: value for value in said if value is not None})
    return found


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
    """Of the advanced engine all that can name a profile: it is shared by all routers."""
    virtual_router = request.names["virtual_router"]
    if request.platform.advanced:
        return [("network", holder) for holder in bgp_users.HOLDERS]
    exports = [("network", _exports(virtual_router, protocol)) for protocol in _EXPORTING]
    return [("network", bgp_place(virtual_router, False)), ("network", _redist_profiles(virtual_router))] + exports


# The protocols that can announce by the same profiles, each with rules that are named like the profile.
_EXPORTING = ("ospf", "ospfv3", "rip")


def _exports(virtual_router, protocol) -> tuple:
    return router(virtual_router, False) + ("protocol", protocol, "export-rules")


def refuse_without_instance(request: Request, tree) -> None:
    """Redistribution belongs to a BGP instance; without one nothing would read it."""
    virtual_router = request.names["virtual_router"]
    if request.state == "present" and places.find(tree, (request.base("network") + bgp_place(virtual_router, request.platform.advanced))[1:]) is None:
        raise Refused(f"bgp_redistribution '{request.name}': router '{virtual_router}' has no BGP; make it with bgp_instance first")


def refuse_profile_of_others(request: Request, tree) -> None:
    """A profile of the name that is there and by which BGP does not announce: ours in its place would change what is somebody else's."""
    if request.state != "present" or not (request.values.get("sources") or request.values.get("destinations")):
        return
    if _standing(request, tree, request.name) is not None:
        return
    network, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    container = REDISTRIBUTION_PROFILE.container if request.platform.advanced else _redist_profiles(virtual_router)
    if request.name in places.names(tree, network + container):
        users = _users(request, tree, REDISTRIBUTION_PROFILE if request.platform.advanced else REDIST_PROFILE)
        how = f" and {', '.join(users)} {'announces' if len(users) == 1 else 'announce'} by it" if users else ""
        raise Refused(f"bgp_redistribution '{request.name}': the redistribution profile of this name is there{how}, BGP of router '{virtual_router}' does "
                      "not; give another name")


def _users(request: Request, tree, table: Table) -> list:
    """Who uses the object of the announcement's name beside this announcement, in words."""
    network, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    if table is REDIST_PROFILE:
        return [f"{protocol} of router '{virtual_router}'" for protocol in _EXPORTING
                if request.name in places.names(tree, network + _exports(virtual_router, protocol))]
    own = {
        REDISTRIBUTION_PROFILE.kind: router(virtual_router, True),
        bgp_policy.REDISTRIBUTION_ROUTE_MAP.kind: REDISTRIBUTION_PROFILE.container + (("entry", request.name),),
        bgp_policy.PREFIX_LIST.kind: bgp_policy.REDISTRIBUTION_ROUTE_MAP.container + (("entry", request.name),),
    }[table.kind]
    found = bgp_users.users(places.find(tree, network), bgp_users.HOLDERS, [request.name])
    return [bgp_users.called(path) for path in found.of(table.kind, request.name, lambda path: places.starts_with(path, own))]


def refuse_ipv6_destinations(request: Request, tree) -> None:
    """Profiles of IPv4 are made here; a network of the other family is announced by its name."""
    others = [network for network in request.values.get("destinations") or () if network and _family(network) == "ipv6"]
    if others and request.state != "absent":
        raise Refused(f"bgp_redistribution '{request.name}': destinations: {', '.join(others)} is IPv6, and the redistribution profile is one of IPv4; "
                      "give it as networks")


def desired(request: Request, tree) -> list:
    """What is not given of an announcement that is there stays as it is, said by an option or not."""
    virtual_router = request.names["virtual_router"]
    in_use = assigned_profile(tree, request.base, virtual_router) if request.platform.advanced else None
    if request.state == "absent":
        # Beside another's profile the destinations were announced as networks, which nothing ties to the name.
        beside = request.values.get("destinations") or [] if request.platform.advanced and in_use != request.name else []
        items = removal(virtual_router, request.name, [*(request.values.get("networks") or []), *beside], request.platform, in_use)
        return [item for item in items if _may_go(request, tree, item.table)]
    standing = _standing(request, tree, request.name)
    values = request.values
    if not values.get("sources") and not standing and (not values.get("networks") or values.get("destinations")):
        raise InvalidInput(f"bgp_redistribution '{request.name}': there is nothing to announce; give sources, or networks alone")
    items = objects(virtual_router, request.name, values, request.platform, in_use, standing)
    for item in items:
        _refuse_object_of_others(request, tree, item)
    return items


_SHARED = (REDIST_PROFILE, REDISTRIBUTION_PROFILE, bgp_policy.REDISTRIBUTION_ROUTE_MAP, bgp_policy.PREFIX_LIST)


def _is_named(request: Request, tree, table: Table) -> bool:
    """Whether the announcement names the object of its name, step by step from the router on."""
    if table in (REDIST_PROFILE, REDISTRIBUTION_PROFILE):
        return _standing(request, tree, request.name) is not None
    network = request.base("network")[1:]
    if table is bgp_policy.REDISTRIBUTION_ROUTE_MAP:
        profile = places.find(tree, network + REDISTRIBUTION_PROFILE.container + (("entry", request.name),))
        sources = read(REDISTRIBUTION_PROFILE.nodes, profile) if profile is not None else {}
        return _is_named(request, tree, REDISTRIBUTION_PROFILE) and any(source.get("route_map") == request.name for source in sources.values())
    route_map = places.find(tree, network + bgp_policy.REDISTRIBUTION_ROUTE_MAP.container + (("entry", request.name),))
    entries = read(bgp_policy.REDISTRIBUTION_ROUTE_MAP.nodes, route_map).get("entries", ()) if route_map is not None else ()
    named = any(entry.get("prefix_list") == request.name for entry in entries)
    return named and _is_named(request, tree, bgp_policy.REDISTRIBUTION_ROUTE_MAP)


# What names the objects of the advanced engine: they stay with it.
_NAMED_BY = {bgp_policy.REDISTRIBUTION_ROUTE_MAP.kind: REDISTRIBUTION_PROFILE, bgp_policy.PREFIX_LIST.kind: bgp_policy.REDISTRIBUTION_ROUTE_MAP}


def _may_go(request: Request, tree, table: Table) -> bool:
    """Whether what has the announcement's name is its own and nobody else's."""
    if table not in _SHARED:
        return True
    above = _NAMED_BY.get(table.kind)
    is_left = above is None or _may_go(request, tree, above)
    return is_left and _is_named(request, tree, table) and not _users(request, tree, table)


def _refuse_object_of_others(request: Request, tree, item: DesiredEntry) -> None:
    existing = places.find(tree, (request.base("network") + item.relative_path)[1:])
    if item.table not in _SHARED or existing is None:
        return
    users = _users(request, tree, item.table)
    if users and overlay(item.table, item.values, existing):
        raise Refused(f"bgp_redistribution '{request.name}': {item.table.called} '{item.name}' is used by {', '.join(users)}, and this would change it; "
                      "give another name")
    if not _is_named(request, tree, item.table):
        raise Refused(f"bgp_redistribution '{request.name}': the {item.table.called} of this name is there, and this announcement does not name it; "
                      "give another name")


def _standing(request: Request, tree, name) -> dict | None:
    """The sources of an announcement that the router's BGP makes, with what is said of each; None where it makes none of this name."""
    base, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    if request.platform.advanced:
        profile = places.find(tree, base + REDISTRIBUTION_PROFILE.container + (("entry", name),))
        if profile is None or assigned_profile(tree, request.base, virtual_router) != name:
            return None
        said = read(REDISTRIBUTION_PROFILE.nodes, profile)
        return {kind: said[kind] for kind in _LEGACY_TYPES if said.get(kind, {}).get("enable")}
    profile = places.find(tree, base + _redist_profiles(virtual_router) + (("entry", name),))
    if profile is None or places.find(tree, base + _redist_rules(virtual_router) + (("entry", name),)) is None:
        return None
    types = places.names(profile, ("filter", "type"))
    return {source: {} for source, kind in _LEGACY_TYPES.items() if kind in types}


def _announcements(request: Request, tree) -> list:
    """The names of what the router's BGP announces by a profile: other protocols have theirs in the same place."""
    base, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    container = REDISTRIBUTION_PROFILE.container if request.platform.advanced else _redist_profiles(virtual_router)
    return [name for name in places.names(tree, base + container)
            if request.name in (None, name) and _standing(request, tree, name) is not None]


def gathered(request: Request, tree) -> list:
    told = _told_advanced if request.platform.advanced else _told_legacy
    found = []
    for name in _announcements(request, tree):
        sources = _standing(request, tree, name)
        if sources and not _held_back(request, tree, name):
            found.append({**request.names, "name": name, "sources": list(sources), **told(request, tree, name, sources)})
    return found


def untold(request: Request, tree) -> list:
    """Announcements that no options say: of other protocols' routes, and those that are switched off."""
    found = []
    for name in _announcements(request, tree):
        label = f"bgp_redistribution '{name}' is left out"
        reason = _held_back(request, tree, name)
        if reason:
            found.append(f"{label}: {reason}, which no option says")
        elif not _standing(request, tree, name):
            found.append(f"{label}: it announces neither connected nor static routes, and no option says others")
    return found


def _held_back(request: Request, tree, name) -> str:
    """Why an announcement of the legacy engine announces nothing; empty where it does."""
    if request.platform.advanced:
        return ""
    base, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    action = base + _redist_profiles(virtual_router) + (("entry", name), "action", "no-redist")
    if places.find(tree, action) is not None:
        return "its profile keeps routes from being announced (no-redist)"
    if places.text(tree, base + _redist_rules(virtual_router) + (("entry", name), "enable")) == "no":
        return "its rule is disabled"
    return ""


def _told_legacy(request: Request, tree, name, sources) -> dict:
    base, virtual_router = request.base("network")[1:], request.names["virtual_router"]
    profile = read(REDIST_PROFILE.nodes, places.find(tree, base + _redist_profiles(virtual_router) + (("entry", name),)), REDIST_PROFILE.choices)
    said = read(REDIST_RULE.nodes, places.find(tree, base + _redist_rules(virtual_router) + (("entry", name),)))
    said["priority"] = profile.get("priority")
    destinations = (profile.get("filter") or {}).get("destination")
    # What every new profile gets by itself is not told.
    told = {option: said[option] for option in ("priority",) + _OWN if said.get(option) not in (None, _CREATED.get(option))}
    return {**({"destinations": destinations} if destinations else {}), **({"med": said["med"]} if said.get("med") else {}), **told}


def _told_advanced(request: Request, tree, name, sources) -> dict:
    found = {}
    listed = request.base("network")[1:] + PLACES["prefix_list"][1] + (("entry", name), "type", "ipv4", "ipv4-entry")
    destinations = [places.text(item, ("prefix", "entry", "network")) for item in places.children(tree, listed)]
    if destinations and all(source.get("route_map") == name for source in sources.values()):
        found["destinations"] = destinations
    metrics = {source.get("metric") for source in sources.values()}
    if len(metrics) == 1 and None not in metrics:
        found["med"] = metrics.pop()
    return found


RESOURCE = Resource("bgp_redistribution", TABLE, reads, desired, gathered, identity=("virtual_router", "name"),
                    checks=(refuse_without_instance, refuse_profile_of_others, refuse_ipv6_destinations),
                    states=("present", "absent", "gathered"), untold=untold)
