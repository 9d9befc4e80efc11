# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of a pairing that carries traffic: a wrong key is found at once and hits one tunnel, right ones lose next to nothing; nor does another zone,
another router or another line.

What is negotiated is changed on a firewall that keeps SAs over a commit and on one that ends them.
"""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, SECOND_LINE, VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.test_several_connections import another
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import captured
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import A_KEY, NOTHING, Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import TRANSFER
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK

ENDS_SAS = "a commit ends SAs"
WORLDS = {"SAs outlive a new key": A_KEY, ENDS_SAS: NOTHING}
WRONG = ["notReal.wrong.one", "notReal.wrong.two"]
ROTATIONS = 10
#: Seconds in which a transfer goes on after the last interruption: TCP waits twice as long after each attempt.
CATCHES_UP = 60
OTHER_ROUTER = "tunnels"
# Engine → (where the static routes of a router stand, how a route calls the next router).
_ROUTES = {
    "virtual-router": (f"{NETWORK}/virtual-router/entry[@name='%s']/routing-table/ip/static-route", "next-vr"),
    "logical-router": (f"{NETWORK}/logical-router/entry[@name='%s']/vrf/entry[@name='default']/routing-table/ip/static-route", "next-lr"),
}


@pytest.fixture(scope="module")
def worlds(sites):
    """Two firewalls with BGP, whose sessions outlive a short interruption, and two with PBF; one of them has logical routers."""
    made = {}
    for failover, world in itertools.product(("bgp", "pbf"), WORLDS):
        engine = "logical-router" if (failover, world) == ("bgp", ENDS_SAS) else "virtual-router"
        site = made[failover, world] = sites(connection(failover), engine=engine, behaviour=Behaviour(sas_outlive=WORLDS[world]))
        site.routes = _ROUTES[engine]
        has_another_router(site, *site.routes)
        site.start = site.emulator.control.running()
        done = site.life(failover)
        assert not done.failed, done.message
        site.up()
        assert site.ping(3) == 3
    return made


def has_another_router(site, place: str, next_router: str) -> None:
    """Each of the two routers leads what it has not itself to the other one."""
    for router, network, other in (("default", "10.200.0.0/16", OTHER_ROUTER), (OTHER_ROUTER, "10.10.0.0/24", "default")):
        site.emulator.control.plant(place % router, f"<entry name='beyond'><destination>{network}</destination><nexthop><{next_router}>{other}</{next_router}>"
                                    "</nexthop><admin-dist>240</admin-dist></entry>")


def keys_of(site) -> list:
    return [endpoint.endpoint.key for endpoint in site.aws]


def spis(site) -> list:
    sas = [site.daemon(number).ike_sa() for number in (1, 2)]
    return [sa.children[0].inbound_spi if sa and sa.children else None for sa in sas]


def wrong_key(site, which: str, on_failure: str) -> list:
    """What is not as it should be after a run with wrong keys, and after the next one with the right ones."""
    right, problems = keys_of(site), []
    given = {"both": WRONG, "the second": [right[0], WRONG[1]], "the first": [WRONG[0], right[1]]}[which]
    hit = 1 if which == "the first" else 2
    running, before = site.emulator.control.running(), spis(site)
    done = site.life("bgp", pre_shared_keys=given, on_failure=on_failure, verify_timeout=2)
    problems += ["rc"] if done.failed is (on_failure == "keep") else []
    problems += [] if f"-{hit}'" in str(done.values["problems"]) else [f"{done.values['problems']}"]
    spared = spis(site)[2 - hit]
    problems += ["the other one has been touched"] if spared != before[2 - hit] else []
    if on_failure == "revert":
        problems += [] if "is up again" in done.values["outcome"] else [done.values["outcome"]]
        problems += [] if bare(site.emulator.control.running()) == bare(running) else ["the running configuration is another one"]
        problems += [] if None not in spis(site) else ["a tunnel is down"]
    else:
        problems += [] if spis(site)[hit - 1] is None else ["a wrong key has an SA"]
        healed = site.life("bgp", pre_shared_keys=right, rollout="together")
        problems += [healed.message] if healed.failed else []
    site.up()
    problems += [] if site.ping(2) == 2 else ["no packet comes through"]
    return [f"{which}, {on_failure}: {problem}" for problem in problems]


#: With each on_failure; the tunnel that comes last, with the one after which most has to be taken back.
HIT = {"both": ("fail", "keep", "revert"), "the second": ("fail", "keep", "revert"), "the first": ("revert",)}


@pytest.mark.parametrize("which", HIT)
def test_a_wrong_key_is_found_at_once_and_hits_one_tunnel(worlds, which):
    def every(world):
        return [problem for on_failure in HIT[which] for problem in wrong_key(worlds["bgp", world], which, on_failure)]

    assert {world: every(world) for world in WORLDS} == {world: [] for world in WORLDS}


def rotate(site, number: int, key: str) -> None:
    """AWS first, which ends the tunnel; then the firewall, which proves the new key; meanwhile new sessions take the other tunnel."""
    given = [key if place == number else "" for place in (1, 2)]
    site.aws[number - 1].change(key=key)
    for primary in (3 - number, number):
        done = site.life("pbf", pre_shared_keys=[one or own for one, own in zip(given, keys_of(site))], primary_tunnel=primary)
        assert not done.failed and done.values["unproven"] == [], done.message


def test_ten_rotations_under_traffic(worlds):
    def every(world):
        site = worlds["pbf", world]
        before, watch = set(spis(site)), site.watch(60)
        watch.until(1)
        for turn in range(ROTATIONS):
            # The one that carries nothing now.
            rotate(site, 2 - turn % 2, f"rotated.{turn}.key")
        took = watch.passed()
        observation = watch.stop()
        assert before.isdisjoint(spis(site)) and site.ping(3) == 3
        return {kind: observation.lost(kind) for kind in ("ping", "new", "established")}, round(took)

    found = {world: every(world) for world in WORLDS}
    print(f"lost in {ROTATIONS} rotations: {found}")
    for lost, _seconds in found.values():
        assert lost["ping"] <= ROTATIONS and lost["new"] <= ROTATIONS


def test_a_zone_changes_under_traffic(worlds):
    def every(world):
        site = worlds["pbf", world]
        watch = site.watch(40)
        watch.until(1)
        for zone in ("cloud", "aws-vpn"):
            done = site.life("pbf", pre_shared_keys=keys_of(site), zone=zone, primary_tunnel=2 - ROTATIONS % 2)
            assert not done.failed and len(done.values["jobs"]) == 2, done.message
            assert not [job for job in done.values["jobs"] if "no zone" in str(job)]
        observation = watch.stop()
        return {kind: observation.lost(kind) for kind in ("ping", "new", "established")}

    found = {world: every(world) for world in WORLDS}
    print(f"lost while the zone changed twice: {found}")
    assert all(lost["ping"] <= 3 and lost["new"] <= 3 for lost in found.values())


def standing(site, failover: str) -> dict:
    """The options by which a pairing stands after the tests before."""
    return {"pre_shared_keys": keys_of(site), **({"primary_tunnel": 2 - ROTATIONS % 2} if failover == "pbf" else {})}


def carried(site, failover: str, **options) -> list:
    """A change that is proven, and after which the same run is unchanged; what it warned of."""
    done = site.life(failover, **options)
    assert not done.failed and done.values["unproven"] == [] and done.values["healthy"], done.message
    assert not site.life(failover, **options).changed and site.ping(3) == 3
    return done.warnings


def is_as_before(site, before: str) -> bool:
    """What is a set stands in any order."""
    return sorted(bare(site.emulator.control.running())) == sorted(bare(before))


def short(words: str, observation) -> bool:
    """Whether a transfer goes on, and nothing was out for longer than new SAs and sessions take on a busy machine."""
    lost = {kind: observation.lost(kind) for kind in ("ping", "new", "established", TRANSFER)}
    outages = [round(outage.seconds, 1) for outage in observation.outages("ping")]
    print(f"{words}: lost {lost}, a piece of a transfer waited {observation.longest_wait(TRANSFER):.1f} s, outages of pings {outages}")
    return lost[TRANSFER] == 0 and max(outages, default=0) < 15


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_the_router_changes_under_traffic(worlds, failover):
    """By PBF one tunnel after the other. A router's BGP is one for all tunnels, so that they move together, and sessions begin anew."""
    site = worlds[failover, ENDS_SAS]
    carried(site, failover, **standing(site, failover))
    before, watch = site.emulator.control.running(), site.watch(60)
    watch.until(1)
    for router in (OTHER_ROUTER, "default"):
        to = {**standing(site, failover), "virtual_router": router}
        if failover == "bgp":
            refused = site.life(failover, **to)
            assert refused.failed and "share the BGP of router" in refused.message and "nothing was written" in refused.message
            to["rollout"] = "together"
        warnings = carried(site, failover, **to)
        assert not [text for text in warnings if "do not come to the tunnels" in text]
        assert {site.plane.firewall.running.interface(tunnel.interface).table for tunnel in site.plane.firewall.running.tunnels} == {
            site.plane.firewall.running.router(router).table}
    observation = watch.stop(CATCHES_UP)
    assert short(f"the router changed twice, by {failover}", observation)
    assert failover == "bgp" or observation.lost("ping") <= 8
    assert is_as_before(site, before)


def by_line(site, failover: str, second: set) -> list:
    """The tunnels, those with these numbers by the second line."""
    interface, own, router = SECOND_LINE
    moved = {"outside_interface": interface, "outside_next_hop": router, "customer_outside_address": own}
    return [{**tunnel, **(moved if number in second else {})} for number, tunnel in enumerate(site.options(failover)["tunnels"], 1)]


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_the_outside_interface_changes_under_traffic(worlds, failover):
    """One tunnel after the other, with the far side, which knows the firewall by its address; then all at once, as a new customer gateway brings it."""
    site = worlds[failover, ENDS_SAS]
    carried(site, failover, **standing(site, failover))
    before, known = site.emulator.control.running(), {far.endpoint.customer_outside for far in site.aws}
    refused = site.life(failover, **standing(site, failover), outside_interface=SECOND_LINE[0])
    assert refused.failed and f"the far side expects the VPN to come from {known.pop()}" in refused.message
    watch, second, first = site.watch(90), set(), site.aws[0].endpoint.customer_outside
    watch.until(1)
    for number in (1, 2):
        options = standing(site, failover)
        if failover == "pbf":
            options["primary_tunnel"] = 3 - number
            assert not site.life(failover, **options, tunnels=by_line(site, failover, second)).failed
        site.aws[number - 1].change(customer_outside=SECOND_LINE[1])
        second.add(number)
        carried(site, failover, **options, tunnels=by_line(site, failover, second))
    with captured(site, line="eth1-7") as line:
        assert site.ping(3) == 3
    assert len(line.of("ESP in UDP")) >= 6
    for far in site.aws:
        far.change(customer_outside=first)
    carried(site, failover, **standing(site, failover), rollout="together")
    assert short(f"the outside interface changed twice, by {failover}", watch.stop(CATCHES_UP))
    assert is_as_before(site, before)


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_what_has_moved_is_removed(worlds, failover):
    """Router, line and zone at once. Comes after the others: it takes the pairing away.

    Before that, the hosts' router forgets the way to the VPN's. Only PBF takes packets before any router is asked, and a run warns of that else.
    """
    site = worlds[failover, ENDS_SAS]
    for far in site.aws:
        far.change(customer_outside=SECOND_LINE[1])
    moved = {**standing(site, failover), "tunnels": by_line(site, failover, {1, 2}), "virtual_router": OTHER_ROUTER, "zone": "cloud", "rollout": "together"}
    carried(site, failover, **moved)
    site.change({"static_route": {"name": "beyond", "virtual_router": "default", "state": "absent"}})
    assert any("do not come to the tunnels" in text for text in site.life(failover, **moved).warnings) is (failover == "bgp")
    assert site.plane.ping(LAN, VPC, 3) == (0 if failover == "bgp" else 3)
    has_another_router(site, *site.routes)
    removed = site.life(failover, state="absent")
    assert not removed.failed, removed.message
    assert is_as_before(site, site.start)


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_a_connection_is_replaced_under_traffic(sites, failover):
    """By one to the same network: no longer than was said, and as long as is told afterwards. Sessions of before go on."""
    first = connection(failover)
    site = sites(first, another(first, 1), vpcs=["10.200.0.0/16"] * 2)
    assert not site.life(failover).failed
    site.up()
    watch = site.watch(40)
    watch.until(1)
    done = site.life(failover, number=1, replaces=site.options(failover)["name"])
    # The way back may come a moment later, and the outage ends then.
    assert not done.failed and site.ping(3) == 3, done.message
    observation = watch.stop(CATCHES_UP)
    (said,) = [int(number) for warning in done.warnings for number in re.findall(r"nothing passes for up to (\d+) s", warning)]
    measured = [each["seconds"] for each in done.values["interruptions"]]
    assert len(measured) == 2 and max(measured) <= said
    # What is said begins when the commit has ended; here packets are lost as soon as it begins to be made true.
    said += site.plane.applied[-1].seconds
    outages = {kind: max((outage.seconds for outage in observation.outages(kind)), default=0.0) for kind in ("ping", "established")}
    waited = observation.longest_wait(TRANSFER)
    print(f"{failover}: {said:.1f} s said, with the commit; {max(measured)} s measured; outages {outages}, a piece of a transfer waited {waited:.1f} s")
    # TCP asks again in twice the time each time.
    assert max(outages.values()) <= said and waited <= 2 * said
    site.close()
