# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BGP peers and their groups: the same options for virtual routers and for the Advanced Routing Engine.

Policies belong to peer groups on both engines, so C(advertise), C(local_preference) and C(as_path_prepend) hold for a whole group.
On the advanced engine timers, authentication, address family and policies are profiles; they carry the peer's or the group's name, or that and more
where somebody else has an object of that name.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from functools import cached_property

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import addresses, path as places, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import bgp_policy, bgp_users
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.overlay import overlay
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import (
    Choice, Group, Leaf, Members, Request, Resource, Table,
)

_ANEW = "the BGP session starts anew"
_TIMERS = (
    Leaf("keep_alive_interval", "keep-alive-interval", "int", minimum=0, maximum=1200, unit="seconds", of_session=True),
    Leaf("hold_time", "hold-time", "int", minimum=3, maximum=3600, unit="seconds", of_session=True),
    Leaf("min_route_adv_interval", "min-route-adv-interval", "int", minimum=1, maximum=600, unit="seconds"),
    Leaf("open_delay_time", "open-delay-time", "int", minimum=0, maximum=240, unit="seconds", of_session=True),
)
_RETRY = {"type": "int", "minimum": 1, "maximum": 3600, "unit": "seconds"}
_ADDRESSES = (
    Leaf("peer_as", "peer-as", pattern=r"\d{1,10}(\.\d{1,5})?", form="an AS number, plain or as-dot", of_session=True),
    Group("peer_address", "peer-address", (
        Leaf("ip", "ip", form="address or name", of_session=True),
        Leaf("fqdn", "fqdn", max_length=255, of_session=True),
    ), choices=(Choice("", ("ip", "fqdn")),)),
    Group("local_address", "local-address", (
        Leaf("interface", "interface", refers_to=("interface",), of_session=True),
        Leaf("ip", "ip", max_length=50, form="interface address or name", of_session=True),
    )),
    Leaf("enable", "enable", "bool"),
    Leaf("enable_sender_side_loop_detection", "enable-sender-side-loop-detection", "bool"),
    Leaf("bfd_profile", "bfd/profile"),
)
_MULTIHOP = Leaf("multihop", "connection-options/multihop", "int", minimum=0, maximum=255, unit="hops", of_session=True)
_REQUIRED = ("peer_as", "peer_address", "local_address.interface")

_LEGACY_ONLY = (
    Leaf("enable_mp_bgp", "enable-mp-bgp", "bool", absent=False, of_session=True),
    Group("subsequent_address_family_identifier", "subsequent-address-family-identifier", (
        Leaf("unicast", "unicast", "bool", of_session=True),
        Leaf("multicast", "multicast", "bool", of_session=True),
    )),
    Leaf("peering_type", "peering-type", choices=("unspecified", "bilateral")),
    Group("incoming_bgp_connection", "connection-options/incoming-bgp-connection", (
        Leaf("allow", "allow", "bool"),
        Leaf("remote_port", "remote-port", "int", minimum=0, maximum=65535, of_session=True),
    )),
    Group("outgoing_bgp_connection", "connection-options/outgoing-bgp-connection", (
        Leaf("allow", "allow", "bool"),
        Leaf("local_port", "local-port", "int", minimum=0, maximum=65535, of_session=True),
    )),
)
LEGACY_PEER = Table(
    "bgp_peer_entry", "network", (), words="BGP peer", listed_in=("peer",), interrupts=_ANEW,
    nodes=_ADDRESSES + tuple(
        replace(leaf, path="connection-options/" + leaf.path) for leaf in _TIMERS
    ) + (
        Leaf("reconnect_retry_interval", "connection-options/idle-hold-time", **_RETRY),
        _MULTIHOP,
        Leaf("authentication", "connection-options/authentication", refers_to=("bgp_auth_profile",), of_session=True),
        Leaf("max_prefixes", "max-prefixes", pattern=r"unlimited|\d+", form="a number or unlimited"),
        Leaf("reflector_client", "reflector-client", choices=("non-client", "client", "meshed-client")),
        Leaf("address_family_identifier", "address-family-identifier", choices=("ipv4", "ipv6"), absent="ipv4", of_session=True),
    ) + _LEGACY_ONLY,
    parents=("bgp_peer_group",), required=_REQUIRED,
)
LEGACY_GROUP = Table(
    "bgp_peer_group", "network", (), words="BGP peer group", listed_in=("peer-group",),
    nodes=(
        Leaf("enable", "enable", "bool"),
        Leaf("aggregated_confed_as_path", "aggregated-confed-as-path", "bool"),
        Leaf("soft_reset_with_stored_info", "soft-reset-with-stored-info", "bool"),
        Group("type", "type", (
            Leaf("ebgp", "ebgp", "empty"),
            Leaf("ebgp_import_nexthop", "ebgp/import-nexthop", choices=("original", "use-peer")),
            Leaf("ebgp_export_nexthop", "ebgp/export-nexthop", choices=("resolve", "use-self")),
            Leaf("ebgp_remove_private_as", "ebgp/remove-private-as", "bool"),
            Leaf("ibgp", "ibgp", "empty"),
            Leaf("ibgp_export_nexthop", "ibgp/export-nexthop", choices=("original", "use-self")),
        ), choices=(Choice("", ("ebgp", "ibgp", "ebgp-confed", "ibgp-confed")),)),
    ),
    created={"enable": True, "type": {"ebgp": True}},
    parents=("bgp_instance",), holds=("peer",),
)
_AUTH = "BGP authentication profile"
LEGACY_AUTH = Table(
    "bgp_auth_profile", "network", (), words=_AUTH, listed_in=("bgp", "auth-profile"), interrupts=_ANEW,
    nodes=(Leaf("secret", "secret", "secret", max_length=63, of_session=True),), parents=("bgp_instance",),
)

ADVANCED_PEER = Table(
    "bgp_peer_entry", "network", (), words="BGP peer", listed_in=("peer",), interrupts=_ANEW,
    nodes=_ADDRESSES + (
        Leaf("passive", "passive", "bool", absent=False),
        _MULTIHOP,
        Leaf("timers", "connection-options/timers", refers_to=("bgp_timer_profile",), of_session=True),
        Leaf("authentication", "connection-options/authentication", refers_to=("bgp_auth_profile",), of_session=True),
        Leaf("inherit", "inherit/yes", "empty"),
    ),
    created={"inherit": True},
    parents=("bgp_peer_group",), required=_REQUIRED,
)
ADVANCED_GROUP = Table(
    "bgp_peer_group", "network", (), words="BGP peer group", listed_in=("peer-group",),
    nodes=(
        Leaf("enable", "enable", "bool"),
        Group("type", "type", (
            Leaf("ebgp", "ebgp", "empty"), Leaf("ibgp", "ibgp", "empty"),
        ), choices=(Choice("", ("ebgp", "ibgp")),)),
        Leaf("address_family", "address-family/ipv4", refers_to=("bgp_address_family_profile",), of_session=True),
        Leaf("filtering_profile", "filtering-profile/ipv4", refers_to=("bgp_filtering_profile",)),
        Leaf("address_family_ipv6", "address-family/ipv6", refers_to=("bgp_address_family_profile",), of_session=True),
        Leaf("filtering_profile_ipv6", "filtering-profile/ipv6", refers_to=("bgp_filtering_profile",)),
    ),
    created={"enable": True, "type": {"ebgp": True}},
    parents=("bgp_instance",), holds=("peer",),
)
ADVANCED_AUTH = Table("bgp_auth_profile", *PLACES["bgp_auth_profile"], words=_AUTH, interrupts=_ANEW, nodes=LEGACY_AUTH.nodes)
TIMER_PROFILE = Table(
    "bgp_timer_profile", *PLACES["bgp_timer_profile"], words="BGP timer profile", interrupts=_ANEW,
    nodes=_TIMERS + (Leaf("reconnect_retry_interval", "reconnect-retry-interval", **_RETRY),),
)
ADDRESS_FAMILY_PROFILE = Table(
    "bgp_address_family_profile", *PLACES["bgp_address_family_profile"], words="BGP address family profile",
    nodes=(Leaf("enable", "ipv4/unicast/enable", "bool"), Leaf("enable_ipv6", "ipv6/unicast/enable", "bool")),
    choices=(Choice("", ("ipv4", "ipv6")),),
)

# What the user sees; what belongs to one engine only is refused by name on the other.
TABLE = Table(
    "bgp_peer", "network", (), words="BGP peer",
    nodes=_ADDRESSES + _TIMERS + (
        Leaf("reconnect_retry_interval", "", **_RETRY),
        Leaf("multihop", "", "int", minimum=0, maximum=255, unit="hops"),
        Leaf("secret", "", "secret", max_length=63),
        Leaf("passive", "", "bool"),
        Leaf("max_prefixes", "", pattern=r"unlimited|\d+", form="a number or unlimited"),
        Leaf("reflector_client", "", choices=("non-client", "client", "meshed-client")),
        Leaf("address_family_identifier", "", choices=("ipv4", "ipv6")),
        Leaf("type", "", choices=("ebgp", "ibgp")),
        Members("advertise", "", form="network or name"),
        Leaf("local_preference", "", "int", minimum=0, maximum=4294967295),
        Leaf("as_path_prepend", "", "int", minimum=1, maximum=255, unit="times"),
        Leaf("aggregated_confed_as_path", "", "bool"),
        Leaf("soft_reset_with_stored_info", "", "bool"),
        Leaf("import_nexthop", "", choices=("original", "use-peer")),
        Leaf("export_nexthop", "", choices=("resolve", "original", "use-self")),
        Leaf("remove_private_as", "", "bool"),
    ) + _LEGACY_ONLY,
    parents=("bgp_instance",), name_length=63, rules=(bgp_policy.refuse_names("advertise"),),
)
_GROUP_OPTIONS = ("type", "advertise", "local_preference", "as_path_prepend")
# Options of a group that only virtual routers have; those of the second line belong to a kind of group.
_LEGACY_GROUP_OPTIONS = ("aggregated_confed_as_path", "soft_reset_with_stored_info")
_KIND_OPTIONS = ("import_nexthop", "export_nexthop", "remove_private_as")
_TIMER_OPTIONS = tuple(leaf.option for leaf in TIMER_PROFILE.nodes)


def group_container(virtual_router, advanced) -> tuple:
    return bgp_place(virtual_router, advanced) + ("peer-group",)


def peer_container(virtual_router, group, advanced) -> tuple:
    return group_container(virtual_router, advanced) + (("entry", group), "peer")


def is_ipv6(values) -> bool:
    """Whether a peer's session is between IPv6 addresses: it exchanges prefixes of its own family."""
    return addresses.is_ipv6((values.get("peer_address") or {}).get("ip") or "")


# What a session between IPv6 addresses needs besides on a virtual router. A logical router's has its family by the profiles of its group.
IPV6_SESSION = {"address_family_identifier": "ipv6", "enable_mp_bgp": True, "subsequent_address_family_identifier": {"unicast": True}}


def session_values(address: str, platform) -> dict:
    """The options that make a session to an address one of that address's family, and take back what the other family needs."""
    if platform.advanced:
        return {}
    return dict(IPV6_SESSION) if addresses.is_ipv6(address) else {option: UNSET for option in IPV6_SESSION}


@dataclass(frozen=True)
class Names:
    """What the objects are called that a peer, or its group, has for itself. None: none of them is its own, or no name is left for one."""

    authentication: str | None
    timers: str | None
    address_family: str | None
    filtering: str | None
    inbound: str | None
    outbound: str | None
    prefix_list: str | None


def names_of(group: str, name: str) -> Names:
    """What the objects are called where nobody else has such names."""
    return Names(name, name, group, group, bgp_policy.inbound(group), bgp_policy.outbound(group), bgp_policy.outbound(group))


def group_names(virtual_router: str, group: str) -> tuple[str, ...]:
    """The names that an object of a group can have, the first one wherever nobody else has it."""
    return group, f"{group}-{virtual_router}"


def objects(virtual_router, group, name, values, platform, local_as=None, update_secret="on_create", names=None) -> list:
    """The desired items of a peer that is wanted. C(local_as) is needed to prepend it on the advanced engine."""
    names = names or names_of(group, name)
    if platform.advanced:
        return _advanced(virtual_router, group, name, values, local_as, update_secret, names)
    return _legacy(virtual_router, group, name, values, update_secret, names)


def _peer_values(values, without=()):
    return {option: value for option, value in values.items() if option not in _GROUP_OPTIONS + ("secret",) + tuple(without)}


def _group_type(values) -> dict:
    return {"type": {values["type"]: True}} if values.get("type") else {}


def _legacy_group(values) -> dict:
    """The values of a virtual router's peer group. What a kind of group has of its own stands below that kind."""
    found = {option: values[option] for option in _LEGACY_GROUP_OPTIONS if values.get(option) is not None}
    kind = values.get("type") or "ebgp"
    own = {f"{kind}_{option}": values[option] for option in _KIND_OPTIONS if values.get(option) is not None}
    known = {node.option: node for node in next(node for node in LEGACY_GROUP.nodes if node.option == "type").nodes}
    for option, value in own.items():
        name = option[len(kind) + 1:]
        if option not in known:
            raise InvalidInput(f"{name}: an {kind} group has no such setting")
        if known[option].choices and value not in known[option].choices:
            raise InvalidInput(f"{name}: an {kind} group takes {' or '.join(known[option].choices)}, not {value}")
    if own or values.get("type"):
        found["type"] = {kind: True, **own}
    return found


def _legacy(virtual_router, group, name, values, update_secret, names) -> list:
    bgp = bgp_place(virtual_router, False)
    peer = _peer_values(values, _LEGACY_GROUP_OPTIONS + _KIND_OPTIONS)
    items = [DesiredEntry(LEGACY_GROUP, group, _legacy_group(values), container=bgp + ("peer-group",))]
    if values.get("secret") is not None:
        peer["authentication"] = names.authentication
        items.append(DesiredEntry(LEGACY_AUTH, names.authentication, {"secret": values["secret"]}, container=bgp + ("auth-profile",),
                                  update_secret=update_secret))
    items.append(DesiredEntry(LEGACY_PEER, name, peer, container=peer_container(virtual_router, group, False)))
    return items + _legacy_policies(virtual_router, group, values)


def _legacy_policies(virtual_router, group, values) -> list:
    items = []
    if values.get("local_preference") is not None:
        items.append(bgp_policy.policy_rule(virtual_router, "import", bgp_policy.inbound(group), {
            "used_by": [group], "action": {"update": {"local_preference": values["local_preference"]}}}))
    update = {} if values.get("as_path_prepend") is None else {"as_path_prepend": values["as_path_prepend"]}
    if values.get("advertise") is not None:
        action = {"update": update} if any(value is not UNSET for value in update.values()) else {"allow": True, "update": update}
        items.append(bgp_policy.policy_rule(virtual_router, "export", bgp_policy.outbound(group), {
            "used_by": [group],
            "match": {"address_prefix": [{"name": network, "exact": True} for network in values["advertise"]]},
            "action": action}))
        # Nothing else leaves towards this group, whatever rules for others follow.
        items.append(bgp_policy.policy_rule(virtual_router, "export", bgp_policy.rest(group), {
            "used_by": [group], "action": {"deny": True}}, position=(("after", bgp_policy.outbound(group)),)))
    elif update:
        items.append(bgp_policy.policy_rule(virtual_router, "export", bgp_policy.outbound(group), {"used_by": [group], "action": {"update": update}}))
    return items


def _advanced(virtual_router, group, name, values, local_as, update_secret, names) -> list:
    bgp = bgp_place(virtual_router, True)
    timers = {option: values[option] for option in _TIMER_OPTIONS if values.get(option) is not None}
    peer = _peer_values(values, _TIMER_OPTIONS)
    ipv6 = is_ipv6(values)
    items = [DesiredEntry(ADDRESS_FAMILY_PROFILE, names.address_family, {bgp_policy.of_family("enable", ipv6): True})]
    group_values = {**_group_type(values), bgp_policy.of_family("address_family", ipv6): names.address_family}
    policies, filtering = _advanced_policies(names, values, local_as)
    if filtering:
        group_values[bgp_policy.of_family("filtering_profile", ipv6)] = names.filtering
        items.append(DesiredEntry(bgp_policy.FILTERING_PROFILE, names.filtering, filtering))
    if timers:
        peer["timers"] = names.timers
        items.append(DesiredEntry(TIMER_PROFILE, names.timers, timers))
    if values.get("secret") is not None:
        peer["authentication"] = names.authentication
        items.append(DesiredEntry(ADVANCED_AUTH, names.authentication, {"secret": values["secret"]}, update_secret=update_secret))
    items.append(DesiredEntry(ADVANCED_GROUP, group, group_values, container=bgp + ("peer-group",)))
    items.append(DesiredEntry(ADVANCED_PEER, name, peer, container=peer_container(virtual_router, group, True)))
    return items + policies


def _advanced_policies(names, values, local_as) -> tuple:
    """(items, values of the filtering profile)."""
    ipv6, items, filtering = is_ipv6(values), [], {}
    preference, prepend, networks = (values.get(option) for option in ("local_preference", "as_path_prepend", "advertise"))
    if preference is not None:
        entry = {"name": "10", "action": "permit", "set": {"local_preference": preference}}
        items.append(DesiredEntry(bgp_policy.ROUTE_MAP, names.inbound, {"entries": [entry]}))
        filtering[bgp_policy.of_family("inbound", ipv6)] = names.inbound
    if prepend is not None or networks is not None:
        entry = {"name": "10", "action": "permit"}
        if networks is not None:
            entry.update({bgp_policy.of_family("prefix_list", not ipv6): UNSET, bgp_policy.of_family("prefix_list", ipv6): names.prefix_list})
            items.append(bgp_policy.prefix_list(names.prefix_list, networks))
        if prepend is UNSET:
            entry["set"] = {"aspath_prepend": UNSET}
        elif prepend is not None:
            if not local_as:
                raise InvalidInput("as_path_prepend: the router has no local AS that could be prepended; set it with bgp_instance first")
            entry["set"] = {"aspath_prepend": [local_as] * prepend}
        items.append(DesiredEntry(bgp_policy.ROUTE_MAP, names.outbound, {"entries": [entry]}))
        filtering[bgp_policy.of_family("outbound", ipv6)] = names.outbound
    return items, filtering


def removal(virtual_router, group, name, platform, last: bool, names=None) -> list:
    """The items of a peer that is to go; C(last): its group and what belongs to the group go too."""
    advanced, names = platform.advanced, names or names_of(group, name)
    bgp = bgp_place(virtual_router, advanced)
    items = [DesiredEntry(ADVANCED_PEER if advanced else LEGACY_PEER, name, state="absent", container=peer_container(virtual_router, group, advanced))]
    if advanced:
        items += _gone([(TIMER_PROFILE, names.timers), (ADVANCED_AUTH, names.authentication)])
    elif names.authentication:
        items.append(DesiredEntry(LEGACY_AUTH, names.authentication, state="absent", container=bgp + ("auth-profile",)))
    if not last:
        return items
    items.append(DesiredEntry(ADVANCED_GROUP if advanced else LEGACY_GROUP, group, state="absent", container=bgp + ("peer-group",)))
    if advanced:
        return items + _gone([
            (ADDRESS_FAMILY_PROFILE, names.address_family), (bgp_policy.FILTERING_PROFILE, names.filtering), (bgp_policy.ROUTE_MAP, names.inbound),
            (bgp_policy.ROUTE_MAP, names.outbound), (bgp_policy.PREFIX_LIST, names.prefix_list)])
    items.append(bgp_policy.policy_rule(virtual_router, "import", bgp_policy.inbound(group), {}, "absent"))
    return items + [bgp_policy.policy_rule(virtual_router, "export", policy, {}, "absent") for policy in (bgp_policy.outbound(group), bgp_policy.rest(group))]


def _gone(objects_) -> list:
    return [DesiredEntry(table, name, state="absent") for table, name in objects_ if name]


def reads(request: Request) -> list:
    """Of the advanced engine all that can name a profile: it is shared by all routers."""
    if request.platform.advanced:
        return [("network", holder) for holder in bgp_users.HOLDERS]
    return [("network", bgp_place(request.names["virtual_router"], False))]


def _bgp(request, tree):
    return places.find(tree, (request.base("network") + bgp_place(request.names["virtual_router"], request.platform.advanced))[1:])


def refuse_without_instance(request: Request, tree) -> None:
    """A peer below a router without BGP would be a fragment that no commit takes."""
    if request.state in ("present", "replaced") and _bgp(request, tree) is None:
        router = request.names["virtual_router"]
        raise Refused(f"bgp_peer '{request.name}': router '{router}' has no BGP; make it with bgp_instance first")


def refuse_other_family(request: Request, tree) -> None:
    """A session between IPv4 addresses exchanges IPv4 prefixes, one between IPv6 addresses those of IPv6."""
    values = request.values
    peer = places.find(_group(request, tree), ("peer", ("entry", request.name)))
    given = values.get("peer_address") or {}
    far = given.get("ip") or ("" if given else places.text(peer, ("peer-address", "ip")) or "")
    if request.state == "absent" or not far:
        return
    local = (values.get("local_address") or {}).get("ip") or ""
    ipv6, kind = addresses.is_ipv6(far), f"IPv{addresses.family(far)}"
    if addresses.is_literal(local) and addresses.is_ipv6(local) != ipv6:
        raise Refused(f"bgp_peer '{request.name}': local_address.ip: {local} and the peer's address {far} are of two families")
    says_other = (values.get("address_family_identifier") or places.text(peer, ("address-family-identifier",)) or kind.lower()) != kind.lower()
    others = [network for network in values.get("advertise") or () if network and addresses.is_ipv6(network) != ipv6]
    if others and not says_other:
        raise Refused(f"bgp_peer '{request.name}': advertise: {', '.join(others)} is not {kind}, and the session to {far} exchanges {kind} prefixes; "
                      "give it to a peer of its own family")


def desired(request: Request, tree) -> list:
    names, platform = request.names, request.platform
    router, group = names["virtual_router"], names["peer_group"]
    there = _Standing(request, tree)
    others = [name for name in places.names(there.group, ("peer",)) if name != request.name]
    if request.state == "absent":
        items = removal(router, group, request.name, platform, not others, there.owned())
        return [there.spared(item) for item in items]
    local_as = places.text(there.bgp, ("local-as",))
    values = _beside_timers_in_use(request, tree, there) if platform.advanced else _with_kind_in_use(request, tree)
    values = _beside_secret_in_use(request, there, values)
    items = objects(router, group, request.name, values, platform, local_as, request.update_secret, there.names())
    items = _beside_family_in_use(request, tree, items) if platform.advanced else items
    there.refuse_objects_of_others(items)
    return items


_FAMILIES = ("ipv4", "ipv6")


class _Standing:
    """A peer and its group as they stand, with the objects that are theirs: those that they name, that are called so, and that nobody else names."""

    def __init__(self, request: Request, tree: ET.Element):
        self.request, self.router, self.named = request, request.names["virtual_router"], request.names["peer_group"]
        self.network = places.find(tree, request.base("network")[1:])
        self.bgp, self.group = _bgp(request, tree), _group(request, tree)
        self.peer = places.find(self.group, ("peer", ("entry", request.name)))
        self._group_place = group_container(self.router, request.platform.advanced) + (("entry", self.named),)

    @cached_property
    def _users(self) -> bgp_users.Users:
        """Who names what has a name that may be ours."""
        holders = bgp_users.HOLDERS if self.request.platform.advanced else (group_container(self.router, False),)
        called = [*self._of_peer(), *self._of_group(), *self._of_group(bgp_policy.inbound), *self._of_group(bgp_policy.outbound)]
        return bgp_users.users(self.network, holders, called)

    def _of_peer(self) -> tuple:
        """The names that an object of the peer can have, the first one wherever it is free."""
        name = self.request.name or ""
        return name, f"{name}-{self.named}", f"{name}-{self.named}-{self.router}"

    def _of_group(self, spelled=str) -> tuple:
        return tuple(spelled(name) for name in group_names(self.router, self.named))

    # What is named now.

    def _of_connection(self, option) -> str | None:
        return places.text(self.peer, ("connection-options", option))

    @cached_property
    def family(self) -> str | None:
        found = [places.text(self.group, ("address-family", family)) for family in _FAMILIES]
        return next((name for name in found if name), None)

    @cached_property
    def filtering(self) -> str | None:
        """The filtering profile of the group, where it is called as ours are."""
        found = [places.text(self.group, ("filtering-profile", family)) for family in _FAMILIES]
        return next((name for name in found if name in self._of_group()), None)

    def route_map(self, direction, spelled) -> str | None:
        profile = self._entry(bgp_policy.FILTERING_PROFILE, self.filtering)
        found = [places.text(profile, (family, "unicast", "route-maps", direction)) for family in _FAMILIES]
        return next((name for name in found if name in self._of_group(spelled)), None)

    @cached_property
    def inbound(self) -> str | None:
        return self.route_map("inbound", bgp_policy.inbound)

    @cached_property
    def outbound(self) -> str | None:
        return self.route_map("outbound", bgp_policy.outbound)

    @cached_property
    def prefix_list(self) -> str | None:
        route_map = self._entry(bgp_policy.ROUTE_MAP, self.outbound)
        found = [places.text(route_map, ("route-map", ("entry", "10"), "match", family, "address", "prefix-list")) for family in _FAMILIES]
        return next((name for name in found if name in self._of_group(bgp_policy.outbound)), None)

    def _entry(self, table: Table, name: str | None) -> ET.Element | None:
        return places.find(self.network, table.container + (("entry", name),)) if name else None

    # Whose it is.

    def others(self, table: Table, name: str) -> list[Path]:
        """Who names an object beside this peer, its group, and what is theirs."""
        return self._users.of(table.kind, name, self._is_own(table))

    def _is_own(self, table: Table):
        if table is bgp_policy.FILTERING_PROFILE or table is ADDRESS_FAMILY_PROFILE:
            return lambda path: path == self._group_place
        if table is bgp_policy.ROUTE_MAP:
            own = bgp_policy.FILTERING_PROFILE.container + (("entry", self.filtering),)
            return lambda path: path == own
        if table is bgp_policy.PREFIX_LIST:
            own = bgp_policy.ROUTE_MAP.container + (("entry", self.outbound),)
            return lambda path: places.starts_with(path, own)
        own = self._group_place + ("peer", ("entry", self.request.name))
        return lambda path: places.starts_with(path, own)

    def _own(self, table: Table, name: str | None, candidates) -> str | None:
        """The name of an object that is named now, where it is ours alone."""
        return name if name in candidates and not self.others(table, name) else None

    @property
    def _authentication(self) -> Table:
        return ADVANCED_AUTH if self.request.platform.advanced else LEGACY_AUTH

    def authentication(self) -> str | None:
        return self._own(self._authentication, self._of_connection("authentication"), self._of_peer())

    def timers(self) -> str | None:
        return self._own(TIMER_PROFILE, self._of_connection("timers"), self._of_peer())

    def authentication_of_others(self) -> str | None:
        """The stored secret of the profile that the peer names and that is not its own."""
        name = self._of_connection("authentication")
        profile = self.standing(self._authentication, name) if name and not self.authentication() else None
        return places.text(profile, ("secret",))

    def owned(self) -> Names:
        """What goes with the peer, and with its group."""
        filtering = self._own(bgp_policy.FILTERING_PROFILE, self.filtering, self._of_group())
        inbound = self._own(bgp_policy.ROUTE_MAP, self.inbound, self._of_group(bgp_policy.inbound)) if filtering else None
        outbound = self._own(bgp_policy.ROUTE_MAP, self.outbound, self._of_group(bgp_policy.outbound)) if filtering else None
        listed = self._own(bgp_policy.PREFIX_LIST, self.prefix_list, self._of_group(bgp_policy.outbound)) if outbound else None
        family = self._own(ADDRESS_FAMILY_PROFILE, self.family, self._of_group())
        return Names(self.authentication(), self.timers(), family, filtering, inbound, outbound, listed)

    def names(self) -> Names:
        """What is written: what is ours already, else an object of a name that nobody has."""
        inbound, outbound = self._of_group(bgp_policy.inbound), self._of_group(bgp_policy.outbound)
        return Names(
            self.authentication() or self._free(self._authentication, self._of_peer()), self.timers() or self._free(TIMER_PROFILE, self._of_peer()),
            self._free(ADDRESS_FAMILY_PROFILE, self._of_group()), self.filtering or self._free(bgp_policy.FILTERING_PROFILE, self._of_group()),
            self.inbound or self._free(bgp_policy.ROUTE_MAP, inbound), self.outbound or self._free(bgp_policy.ROUTE_MAP, outbound),
            self.prefix_list or self._free(bgp_policy.PREFIX_LIST, outbound))

    def _free(self, table: Table, candidates) -> str | None:
        return next((name for name in candidates if len(name) <= table.name_length and self.standing(table, name) is None), None)

    def standing(self, table: Table, name: str | None) -> ET.Element | None:
        return places.find(self.bgp, ("auth-profile", ("entry", name))) if table is LEGACY_AUTH else self._entry(table, name)

    # What is refused, and what stays.

    def refuse_objects_of_others(self, items) -> None:
        """A name of which none is left, and an object that others use as well and that this would change."""
        for item in items:
            if item.name is None:
                raise Refused(f"bgp_peer '{self.request.name}': each {item.table.called} of a name that this one could have is there already and is not its "
                              "own; give the peer, or its group, another name")
            users = self._others_of(item)
            if users and overlay(item.table, item.values, places.find(self.network, item.relative_path)):
                raise Refused(f"bgp_peer '{self.request.name}': {item.table.called} '{item.name}' is used by {', '.join(users)}, and this would change it; "
                              f"rename it, or give the peer group '{self.named}' another name")

    def _others_of(self, item: DesiredEntry) -> list[str]:
        """Who else uses what is wanted of the group's policies, in words."""
        entry = places.find(self.network, item.relative_path)
        if item.table in (bgp_policy.IMPORT_RULE, bgp_policy.EXPORT_RULE) and entry is not None:
            groups = places.names(entry, ("used-by",))
            return [f"BGP peer group '{group}'" for group in groups if group != self.named] or ([] if groups else ["no group"])
        if item.table in (bgp_policy.FILTERING_PROFILE, bgp_policy.ROUTE_MAP, bgp_policy.PREFIX_LIST):
            return [bgp_users.called(path) for path in self.others(item.table, item.name)]
        return []

    def spared(self, item: DesiredEntry) -> DesiredEntry | DesiredMember:
        """An item of what goes; a rule that other groups use loses this one, and a rule of no group stays."""
        entry = places.find(self.network, item.relative_path)
        if item.table not in (bgp_policy.IMPORT_RULE, bgp_policy.EXPORT_RULE) or places.names(entry, ("used-by",)) == [self.named]:
            return item
        member = item.relative_path + ("used-by", ("member", self.named))
        return DesiredMember("bgp_rule_user", "network", member, self.named, "absent", ("bgp_peer_group",))


def _group(request, tree):
    return places.find(_bgp(request, tree), ("peer-group", ("entry", request.names["peer_group"])))


def _with_kind_in_use(request, tree) -> dict:
    """The values with the kind that the group has already, where what belongs to a kind is given alone."""
    kind = _kind(_group(request, tree))
    return {"type": kind, **request.values} if kind and any(option in request.values for option in _KIND_OPTIONS) else request.values


def _kind(group) -> str | None:
    return next((child.tag for child in places.children(group, ("type",))), None)


def _beside_timers_in_use(request, tree, there: _Standing) -> dict:
    """A timer profile that is not the peer's own is left, or copied where a timer differs."""
    if there.peer is None or there.timers():
        return dict(request.values)
    theirs = _timers(request, tree, there.peer)
    wanted = {**theirs, **{option: request.values[option] for option in _TIMER_OPTIONS if request.values.get(option) is not None}}
    others = {option: value for option, value in request.values.items() if option not in _TIMER_OPTIONS}
    return others if wanted == theirs else {**others, **wanted}


def _beside_secret_in_use(request, there: _Standing, values) -> dict:
    """An authentication profile that is not the peer's own is left where it holds the secret that is given, or one that is not to be compared."""
    theirs = there.authentication_of_others()
    if theirs is None or values.get("secret") is None:
        return values
    equal = secrets.same(values["secret"], theirs)
    stays = request.update_secret != "always" if equal is None else equal
    return {option: value for option, value in values.items() if option != "secret"} if stays else values


def _beside_family_in_use(request, tree, items) -> list:
    """The address family of a peer, or of a group that has one, stays what it is."""
    there = _group(request, tree)
    peer = places.find(there, ("peer", ("entry", request.name)))
    if peer is None and not any(places.text(there, ("address-family", family)) for family in ("ipv4", "ipv6")):
        return items
    kept = [item for item in items if item.table is not ADDRESS_FAMILY_PROFILE]
    families = ("address_family", "address_family_ipv6")
    return [replace(item, values={option: value for option, value in item.values.items() if option not in families})
            if item.table is ADVANCED_GROUP else item for item in kept]


_DIRECTIONS = {
    "advertise": ("outbound", bgp_policy.outbound), "as_path_prepend": ("outbound", bgp_policy.outbound), "local_preference": ("inbound", bgp_policy.inbound),
}


def refuse_foreign_policies(request: Request, tree) -> None:
    """A filtering profile that is not ours says already what passes; ours in its place would open or close the group."""
    group = request.names["peer_group"]
    family = "ipv6" if is_ipv6(request.values) else "ipv4"
    in_use = places.text(_group(request, tree), ("filtering-profile", family)) if request.platform.advanced else None
    if request.state != "present" or in_use in (None, "", "none"):
        return
    there = _Standing(request, tree)
    profile = (request.base("network") + PLACES["bgp_filtering_profile"][1])[1:] + (("entry", in_use), family, "unicast", "route-maps")
    for option, (direction, policy) in _DIRECTIONS.items():
        is_free = there.filtering == in_use and (there.route_map(direction, policy) or places.text(tree, profile + (direction,)) in (None, ""))
        if request.values.get(option) is not None and not is_free:
            raise Refused(f"bgp_peer '{request.name}': {option}: peer group '{group}' already has policies by the filtering profile '{in_use}', "
                          "which this would replace; use a group of its own, or change that profile")


def gathered(request: Request, tree) -> list:
    names, advanced = request.names, request.platform.advanced
    bgp = _bgp(request, tree)
    group = places.find(bgp, ("peer-group", ("entry", names["peer_group"])))
    if group is None:
        return []
    found = []
    for entry in places.children(group, ("peer",)):
        if request.name in (None, entry.get("name")):
            values = read((ADVANCED_PEER if advanced else LEGACY_PEER).nodes, entry)
            for option in ("timers", "authentication", "inherit"):
                values.pop(option, None)
            values.update(_timers(request, tree, entry) if advanced else {})
            values.update(_group_values(request, tree, bgp, group))
            found.append({**names, "name": entry.get("name"), **values})
    return found


def _timers(request, tree, peer) -> dict:
    """The timers of a peer, or of its group where it inherits them."""
    timers = ("connection-options", "timers")
    profile = places.text(peer, timers)
    if profile in (None, "", "inherit"):
        profile = places.text(_group(request, tree), timers)
    found = entries(tree, request.base, TIMER_PROFILE, profile) if profile else []
    return read(TIMER_PROFILE.nodes, found[0]) if found else {}


def _group_values(request, tree, bgp, group) -> dict:
    name = group.get("name")
    kind = _kind(group)
    values = {"type": kind} if kind in ("ebgp", "ibgp") else {}
    if request.platform.advanced:
        return {**values, **_advanced_group_values(request, tree)}
    found = read(LEGACY_GROUP.nodes, group)
    values.update({option: found[option] for option in _LEGACY_GROUP_OPTIONS if option in found})
    own = found.get("type") or {}
    values.update({option: own[f"{kind}_{option}"] for option in _KIND_OPTIONS if f"{kind}_{option}" in own})
    inbound, outbound = (_rule_of(bgp, direction, policy(name), name) for direction, policy in _RULES)
    preference = places.text(inbound, ("action", "allow", "update", "local-preference"))
    prepend = places.text(outbound, ("action", "allow", "update", "as-path", "prepend"))
    networks = places.names(outbound, ("match", "address-prefix"))
    return {**values, **_numbers(preference, prepend), **({"advertise": networks} if networks else {})}


_RULES = (("import", bgp_policy.inbound), ("export", bgp_policy.outbound))


def _rule_of(bgp, direction, rule, group) -> ET.Element | None:
    """A policy rule that a group uses."""
    found = places.find(bgp, ("policy", direction, "rules", ("entry", rule)))
    return found if group in places.names(found, ("used-by",)) else None


def _advanced_group_values(request, tree) -> dict:
    there = _Standing(request, tree)
    entry = ("route-map", ("entry", "10"), "set")
    inbound = places.text(there.standing(bgp_policy.ROUTE_MAP, there.inbound), entry + ("local-preference",))
    prepend = places.names(there.standing(bgp_policy.ROUTE_MAP, there.outbound), entry + ("aspath-prepend",))
    listed = there.standing(bgp_policy.PREFIX_LIST, there.prefix_list)
    networks = [places.text(item, ("prefix", "entry", "network")) for family in _FAMILIES
                for item in places.children(listed, ("type", family, f"{family}-entry"))]
    return {**_numbers(inbound, str(len(prepend)) if prepend else None), **({"advertise": networks} if networks else {})}


def _numbers(local_preference, prepend) -> dict:
    found = {"local_preference": local_preference, "as_path_prepend": prepend}
    return {option: int(value) for option, value in found.items() if value and value.isdecimal()}


RESOURCE = Resource(
    "bgp_peer", TABLE, reads, desired, gathered, identity=("virtual_router", "peer_group", "name"),
    checks=(refuse_without_instance, refuse_foreign_policies, refuse_other_family), states=("present", "absent", "gathered"),
)
