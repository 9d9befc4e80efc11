# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each rule of Prisma Access, broken alone by one change of sites that break none."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.rules import RULES, problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import ARGUMENTS, Service, overlaid, service

LONG = "x" * 32
FIRST, SECOND = "198.51.100.1", "198.51.100.2"
SPEAKERS = {"peer_as": 64900, "peer_ip_address": "10.1.0.1", "local_ip_address": "10.1.0.2"}


def sites():
    """A branch and a data centre, each with two tunnels, that break no rule."""
    def tunnels(name, *addresses):
        return [{"name": f"{name}-{number}", "peer_address": address, "pre_shared_key": "k"} for number, address in enumerate(addresses, 1)]

    branch, centre = tunnels("branch", FIRST, SECOND), tunnels("centre", "198.51.100.3", "198.51.100.4")
    return {
        "remote_networks": [{"name": "Branch", "region": "us-east-1", "spn_name": "us-east-banyan", "ipsec_tunnel": branch[0],
                             "secondary_ipsec_tunnel": branch[1], "subnets": ["10.1.0.0/16"]},
                            {"name": "Shop", "region": "us-east-1", "spn_name": "us-east-banyan",
                             "ipsec_tunnel": {"name": "shop-1", "peer_address": "dynamic", "peer_id": "shop.example.com", "ike_crypto_profile": "dynamic"},
                             "subnets": ["10.2.0.0/16"]}],
        "service_connections": [{"name": "Centre", "region": "us-east-1", "ipsec_tunnel": centre[0], "secondary_ipsec_tunnel": centre[1],
                                 "subnets": ["10.3.0.0/16"]}],
    }


STANDING = {
    "remote_networks": [{"name": "Old", "region": "us-east-1", "spn_name": "us-east-banyan", "subnets": ["10.9.0.0/16"],
                         "ipsec_tunnel": {"name": "old-1", "peer_address": "198.51.100.9", "ike_crypto_profile": "dynamic"}},
                        {"name": "Kiosk", "region": "us-east-1", "spn_name": "us-east-banyan", "subnets": ["10.8.0.0/16"],
                         "ipsec_tunnel": {"name": "kiosk-1", "peer_address": "dynamic", "peer_id": "kiosk.example.com", "ike_crypto_profile": "dynamic"}}],
    "service_connections": [],
    "bandwidth": [{"name": "us-east", "allocated_bandwidth": 600, "spn_names": ["us-east-charlock", "us-east-banyan"]}],
}


def standing(**more):
    held = service(STANDING)
    return Service(**{"remote_networks": held.remote_networks, "bandwidth": held.bandwidth, "infrastructure_subnet": "172.16.55.0/24", "infra_bgp_as": 65534,
                      "hot_potato_routing": False, **more})


def set_at(described, place, value):
    """One value of a description, by the steps that lead to it."""
    *way, last = place.split(".")
    for step in way:
        described = described[int(step)] if step.isdigit() else described[step]
    described[last] = value


def link(number, **more):
    return {"name": f"link-{number}", "ipsec_tunnel": {"name": f"ecmp-{number}", "peer_address": f"203.0.113.{number}"}, "bgp": dict(SPEAKERS), **more}


BRANCH, SHOP, CENTRE = "remote_networks.0.", "remote_networks.1.", "service_connections.0."
TWO_PROXIES = [{"name": "data", "local": "10.200.0.0/16", "remote": "10.1.0.0/16"}, {"name": "probes", "local": "172.16.55.0/24", "remote": "10.1.1.0/24"}]
NO_SECONDARY = {BRANCH + "secondary_ipsec_tunnel": None, BRANCH + "subnets": []}

# What breaks it → (the rule, what is changed, what is said of it).
BREAKS = {
    "tunnel's name": ("name length", {BRANCH + "ipsec_tunnel.name": LONG}, f"IPsec tunnel '{LONG}' has 32 characters"),
    "gateway's name": ("name length", {CENTRE + "ipsec_tunnel.ike_gateway": LONG}, f"IKE gateway '{LONG}' has 32 characters"),
    "IKE profile's name": ("name length", {BRANCH + "ipsec_tunnel.ike_crypto_profile": LONG}, "IKE crypto profile"),
    "IPsec profile's name": ("name length", {BRANCH + "ipsec_tunnel.ipsec_crypto_profile": LONG}, "IPsec crypto profile"),
    "one address for both tunnels": ("peer address", {BRANCH + "secondary_ipsec_tunnel.peer_address": FIRST}, "branch-1, branch-2"),
    "the address of another site": ("peer address", {CENTRE + "ipsec_tunnel.peer_address": FIRST}, "remote network 'Branch' and service connection 'Centre'"),
    "the address of a site that stands": ("peer address", {BRANCH + "ipsec_tunnel.peer_address": "198.51.100.9"}, "old-1, branch-1"),
    "one secondary tunnel for two": ("tunnel of its own", {SHOP + "secondary_ipsec_tunnel": {"name": "branch-2"}}, "'branch-2' is used 2 times"),
    "one tunnel as both": ("tunnel of its own", {BRANCH + "secondary_ipsec_tunnel": {"name": "branch-1"}}, "'branch-1' is used 2 times"),
    "the tunnel of a site that stands": ("tunnel of its own", {BRANCH + "secondary_ipsec_tunnel": {"name": "old-1"}}, "'Old' and remote network 'Branch'"),
    "manual keys": ("auto key", {BRANCH + "ipsec_tunnel.key_exchange": "manual-key"}, "has manual keys"),
    "a peer of IPv6": ("IPv4", {BRANCH + "ipsec_tunnel.peer_address": "2001:db8::1"}, "has 2001:db8::1"),
    "a proxy ID of IPv6": ("IPv4", {BRANCH + "ipsec_tunnel.proxy_ids": [{"name": "six", "local": "2001:db8::/64"}]}, "has 2001:db8::/64"),
    "no address": ("form of the peer", {BRANCH + "ipsec_tunnel.peer_address": "198.51.100.300"}, "300 is no octet"),
    "no ID": ("ID of a dynamic peer", {SHOP + "ipsec_tunnel.peer_id": ""}, "has neither peer_id nor local_id"),
    "a profile of its own": ("dynamic peers", {SHOP + "ipsec_tunnel.ike_crypto_profile": "own"}, "IKE crypto profiles dynamic, own"),
    "a profile with two contents": (
        "one profile", {BRANCH + "ipsec_tunnel.ike_crypto_profile": "shared", BRANCH + "ipsec_tunnel.ike": {"encryption": "aes-256-cbc"},
                        BRANCH + "secondary_ipsec_tunnel.ike_crypto_profile": "shared", BRANCH + "secondary_ipsec_tunnel.ike": {"encryption": "3des"}},
        "'shared' is given with different values of ike"),
    "active-active": ("secondary WAN", {BRANCH + "active_active": True}, "'branch-2' stands beside active_active"),
    "a secondary tunnel with ECMP": (
        "secondary WAN", {BRANCH + "ecmp_links": [link(1), link(2)], BRANCH + "ipsec_tunnel": None, BRANCH + "subnets": []}, "beside ecmp_links"),
    "one link": ("ECMP links", {**NO_SECONDARY, BRANCH + "ipsec_tunnel": None, BRANCH + "ecmp_links": [link(1)]}, "it has 1 of ecmp_links"),
    "five links": ("ECMP links", {**NO_SECONDARY, BRANCH + "ipsec_tunnel": None, BRANCH + "ecmp_links": [link(n) for n in range(1, 6)]}, "it has 5"),
    "a link without BGP": (
        "ECMP links", {**NO_SECONDARY, BRANCH + "ipsec_tunnel": None, BRANCH + "ecmp_links": [link(1), link(2, bgp=None)]}, "'link-2' has no bgp"),
    "a link without a tunnel": (
        "ECMP links", {**NO_SECONDARY, BRANCH + "ipsec_tunnel": None, BRANCH + "ecmp_links": [link(1), link(2, ipsec_tunnel=None)]}, "has no ipsec_tunnel"),
    "a tunnel beside the links": ("ECMP links", {**NO_SECONDARY, BRANCH + "ecmp_links": [link(1), link(2)]}, "make it one of them"),
    "static routes with ECMP": (
        "ECMP routes", {**NO_SECONDARY, BRANCH + "subnets": ["10.1.0.0/16"], BRANCH + "ipsec_tunnel": None, BRANCH + "ecmp_links": [link(1), link(2)]},
        "announce them by BGP"),
    "a zone's name": ("reserved name", {BRANCH + "name": "trust"}, "remote network 'trust'"),
    "no tunnel": ("tunnel", {SHOP + "ipsec_tunnel": None}, "ipsec_tunnel is missing"),
    "a secondary tunnel alone": ("tunnel", {BRANCH + "ipsec_tunnel": None}, "and no ipsec_tunnel"),
    "no location": ("region", {CENTRE + "region": ""}, "region is missing"),
    "several proxy IDs": (
        "monitor's proxy ID", {BRANCH + "ipsec_tunnel.proxy_ids": TWO_PROXIES, BRANCH + "ipsec_tunnel.tunnel_monitor": {"destination_ip": "10.1.1.1"}},
        "has 2 proxy IDs, data, probes, and tunnel_monitor.proxy_id names none"),
    "an unknown proxy ID": (
        "monitor's proxy ID",
        {BRANCH + "ipsec_tunnel.proxy_ids": TWO_PROXIES, BRANCH + "ipsec_tunnel.tunnel_monitor": {"destination_ip": "10.1.1.1", "proxy_id": "pings"}},
        "'pings' is none of IPsec tunnel 'branch-1', which has data, probes"),
    "a monitor elsewhere": (
        "monitor's networks",
        {BRANCH + "ipsec_tunnel.proxy_ids": TWO_PROXIES, BRANCH + "ipsec_tunnel.tunnel_monitor": {"destination_ip": "10.1.2.1", "proxy_id": "probes"}},
        "10.1.2.1 is not in remote 10.1.1.0/24"),
    "pings from elsewhere": (
        "monitor's networks",
        {BRANCH + "ipsec_tunnel.proxy_ids": TWO_PROXIES, BRANCH + "ipsec_tunnel.tunnel_monitor": {"destination_ip": "10.1.1.1", "proxy_id": "data"}},
        "the infrastructure subnet 172.16.55.0/24 is not in local 10.200.0.0/16"),
    "networks of two sites": ("overlap", {CENTRE + "subnets": ["10.1.128.0/17"]}, "10.1.0.0/16 and 10.1.128.0/17 overlap"),
    "networks of a site that stands": ("overlap", {BRANCH + "subnets": ["10.9.1.0/24"]}, "10.9.0.0/16 and 10.9.1.0/24 overlap"),
    "the infrastructure's network": ("infrastructure", {BRANCH + "subnets": ["172.16.0.0/16"]}, "overlaps the infrastructure subnet 172.16.55.0/24"),
    "no AS number": ("BGP", {BRANCH + "bgp": {**SPEAKERS, "peer_as": None}}, "bgp: peer_as is missing"),
    "one speaker": ("BGP", {BRANCH + "bgp": {**SPEAKERS, "local_ip_address": "10.1.0.1"}}, "is peer_ip_address and local_ip_address"),
    "the AS number of Prisma Access": ("AS number", {BRANCH + "bgp": {**SPEAKERS, "peer_as": 65534}}, "is that of Prisma Access itself"),
    "a public AS number": ("AS number", {CENTRE + "bgp": {**SPEAKERS, "peer_as": 3333}}, "64512 to 65534 or 4200000000 to 4294967294"),
    "a second speaker without a first": ("secondary BGP", {BRANCH + "bgp_peer": {"peer_ip_address": "10.1.0.5"}}, "without bgp"),
    "a second speaker without a tunnel": (
        "secondary BGP", {SHOP + "bgp": SPEAKERS, SHOP + "bgp_peer": {"peer_ip_address": "10.1.0.5"}}, "without secondary_ipsec_tunnel"),
    "the same speaker and another": (
        "secondary BGP", {BRANCH + "bgp": SPEAKERS, BRANCH + "bgp_peer": {"same_as_primary": True, "peer_ip_address": "10.1.0.5"}}, "and other addresses"),
    "no termination node": ("termination node", {BRANCH + "spn_name": ""}, "there is us-east-charlock, us-east-banyan in us-east"),
    "an unknown termination node": ("bandwidth", {BRANCH + "spn_name": "us-west-fig"}, "there is no termination node us-west-fig"),
    "an unknown backup": ("backup", {CENTRE + "backup_sc": "Elsewhere"}, "there is no other service connection 'Elsewhere'"),
    "itself as backup": ("backup", {CENTRE + "backup_sc": "Centre"}, "there is no other service connection 'Centre'"),
}
RULE_OF = {rule.name: rule for rule in RULES}


def broken_by(changes):
    described = copy.deepcopy(sites())
    for place, value in changes.items():
        set_at(described, place, value)
    return problems(standing(), service(described))


def test_sites_that_break_no_rule():
    assert broken_by({}) == []


@pytest.mark.parametrize("rule, changes, words", BREAKS.values(), ids=BREAKS)
def test_a_broken_rule_is_told_in_its_words(rule, changes, words):
    found = [problem for problem in broken_by(changes) if problem.endswith(f"({RULE_OF[rule].words})")]
    assert found and any(words in problem for problem in found), broken_by(changes)


def test_every_rule_is_broken_by_a_row():
    assert {rule for rule, dummy, dummy in BREAKS.values()} == set(RULE_OF)
    assert all(rule.source and rule.words for rule in RULES)


def test_nothing_is_said_of_what_only_stands():
    twice = service(STANDING)
    twin = service({"remote_networks": [{**STANDING["remote_networks"][0], "name": "Twin"}]}).remote_networks
    both = Service(remote_networks=(twice.remote_networks[0], *twin))
    assert problems(both, Service()) == []
    assert problems(both, service({"remote_networks": [{"name": "Twin"}]})) != []


def test_overlapping_branches_where_the_tenant_lets_them():
    described = sites()
    set_at(described, SHOP + "subnets", ["10.1.0.0/24"])
    assert problems(standing(), service(described)) != []
    assert problems(standing(overlapped_subnets=True), service(described)) == []


def test_what_the_tenant_does_not_tell_is_not_checked():
    described = sites()
    set_at(described, BRANCH + "spn_name", "anything")
    set_at(described, BRANCH + "subnets", ["172.16.0.0/16"])
    assert problems(Service(), service(described)) == []


def test_a_hot_potato_backup():
    described = sites()
    described["service_connections"].append({
        "name": "Other", "region": "us-east-1", "subnets": ["10.4.0.0/16"], "backup_sc": "Centre",
        "ipsec_tunnel": {"name": "other-1", "peer_address": "198.51.100.8"}})
    assert problems(standing(hot_potato_routing=True), service(described)) == []
    assert "routing is not hot potato" in problems(standing(), service(described))[0]


def test_what_is_not_said_stays_as_it_stands():
    described = service({"remote_networks": [{"name": "Old", "subnets": ["10.9.0.0/17"], "ipsec_tunnel": {"name": "old-1", "anti_replay": False}}]})
    laid = standing().after(described).remote_networks[0]
    assert (laid.region, laid.subnets, laid.ipsec_tunnel.peer_address, laid.ipsec_tunnel.anti_replay) == ("us-east-1", ("10.9.0.0/17",), "198.51.100.9", False)
    other = overlaid(laid, service({"remote_networks": [{"name": "Old", "ipsec_tunnel": {"name": "new-1"}}]}).remote_networks[0])
    assert other.ipsec_tunnel.peer_address == ""


def test_a_key_is_in_no_text_of_a_site():
    described = service({"remote_networks": [{"name": "Branch", "ipsec_tunnel": {"name": "t", "pre_shared_key": "hidden-key"},
                                              "bgp": {"secret": "hidden-secret"}, "bgp_peer": {"secret": "hidden-other"}}]})
    assert "hidden" not in repr(described)


def test_arguments_say_what_is_secret():
    tunnel = ARGUMENTS["remote_networks"]["options"]["ipsec_tunnel"]["options"]
    assert tunnel["pre_shared_key"]["no_log"] and not tunnel["name"].get("no_log")


@pytest.mark.parametrize("described, words", [
    ({"remote_networks": [{"region": "x"}]}, "remote_networks[1]: name is missing"),
    ({"remote_networks": [{"name": "A", "subnets": ["10.1.0.0/33"]}]}, "remote_networks[1].subnets[1]: '10.1.0.0/33' is no network"),
    ({"service_connections": [{"name": "A", "no_export_community": "yes"}]}, "'yes' is none of Disabled, Enabled-In, Enabled-Out, Enabled-Both"),
    ({"bandwidth": [{"name": "us-east", "allocated_bandwidth": 10}]}, "10 is not within 50 to 1000000 Mbps"),
])
def test_a_value_that_cannot_be_is_refused_with_its_place(described, words):
    with pytest.raises(InvalidInput) as refused:
        service(described)
    assert words in str(refused.value)
