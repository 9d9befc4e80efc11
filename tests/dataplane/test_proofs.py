# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Far sides that prove who they are by a certificate, that have no fixed address, or whose address only DNS knows: all of them on one firewall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.authorities import PASSPHRASE, Authority, Pair
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, Site
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.policy_based import PolicyBasedPeer, PolicyBasedSide
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Credentials
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.lab.conftest import Client

OWN = "198.51.100.10"
HERE, THERE = "fw.example.net", "paris.example.net"
IKE = {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group2", "lifetime_seconds": 28800}
IPSEC = {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600}
# A machine that is slow takes its time; a tunnel that comes up is waited for no longer than it takes.
SECONDS = 60


class Company:
    """Its authorities, the firewall's certificate, and that of its far side."""

    def __init__(self) -> None:
        self.here, self.there, self.nobody = (Authority(name) for name in ("Here CA", "There CA", "Nobody CA"))
        self.own, self.far = self.here.issue("fw", HERE), self.there.issue("paris", THERE)

    def shown_there(self, pair: Pair | None = None, trusts: Authority | None = None) -> Credentials:
        shown = pair or self.far
        return Credentials(shown.certificate, shown.key, ((trusts or self.here).certificate,))


@pytest.fixture(scope="module")
def company() -> Company:
    return Company()


def peer(number: int, proof: str | Credentials, **more) -> PolicyBasedPeer:
    return PolicyBasedPeer(f"203.0.113.{90 + number}", OWN, proof, (f"172.{20 + number}.0.0/16",), ("10.10.0.0/24",), **more)


def imported(site: Site, name: str, pair: Pair) -> None:
    """As an administrator does it: the certificate and its key in one file."""
    reply = Client(site.emulator).call(type="import", category="keypair", format="pem", passphrase=PASSPHRASE, file=pair.locked, **{"certificate-name": name})
    assert reply.status == "success", reply.text


def trusted(site: Site, name: str, authority: Authority) -> None:
    client = Client(site.emulator)
    assert client.call(type="import", category="certificate", format="pem", file=authority.certificate, **{"certificate-name": name}).status == "success"
    assert client.set("/config/shared/certificate-profile/entry[@name='peers']", f"<CA><entry name='{name}'/></CA>").status == "success"


@dataclass(frozen=True)
class Far:
    """One far side: its VPN's name and options, and its own settings."""

    name: str
    tunnel: dict
    peer: PolicyBasedPeer

    @property
    def options(self) -> dict:
        return {"name": self.name, "failover": "routes", "policy_based": True, "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"],
                "local_networks": ["10.10.0.0/24"], "remote_networks": list(self.peer.networks), "tunnels": [{"ike": IKE, "ipsec": IPSEC, **self.tunnel}]}


@pytest.fixture(scope="module")
def far(company) -> dict[str, Far]:
    certified = {"certificate": {"local_certificate": "fw", "certificate_profile": "peers"}, "local_id": HERE, "peer_id": THERE}
    return {each.name: each for each in (
        Far("paris", {"outside_address": "203.0.113.90", **certified}, peer(0, company.shown_there(), identity=THERE, customer_identity=HERE)),
        Far("branch-7", {"outside_address": "dynamic", "pre_shared_key": "notReal.branch.7", "peer_id": "branch-7.example.net"},
            peer(1, "notReal.branch.7", identity="branch-7.example.net")),
        Far("zone-7", {"outside_address": "zone-7.example.net", "pre_shared_key": "notReal.zone.7", "peer_id": "203.0.113.92"}, peer(2, "notReal.zone.7")),
    )}


@pytest.fixture(scope="module")
def site(sites, company, far) -> Site:
    made = sites(peers=[each.peer for each in far.values()], names={"zone-7.example.net": "203.0.113.92"})
    imported(made, "fw", company.own)
    trusted(made, "their-ca", company.there)
    for each in far.values():
        made.module("site_to_site_vpn", **each.options)
    made.module("commit", scope="all", commit_poll=0.05)
    return made


def side(site: Site, each: Far) -> PolicyBasedSide:
    return next(side for side in site.plane.peers if side.settings.networks == each.peer.networks)


def passes(site: Site, each: Far) -> bool:
    """Whether packets come through in the end; they ask for the tunnel, too."""
    return wait_until(lambda: site.plane.ping(LAN, side(site, each).addresses[0]), SECONDS, 0.2)


def info(site: Site, each: Far, **more) -> dict:
    return site.module("vpn_info", name=[each.name], gather=["config", "state", "diagnosis"], **more)


def logs(site: Site, each: Far) -> str:
    return site.plane.firewall.daemons[f"{each.name}-1"].log()[-1500:] + side(site, each).ike.log()[-1500:]


def test_all_of_them_come_up_and_a_second_run_changes_nothing(site, far):
    """Before the one that has no address begins nothing is wrong with it here; and what has to begin does not do so by itself."""
    waiting = far["branch-7"]
    told = info(site, waiting)
    assert [(cause["id"], cause["confidence"], cause["items"]) for cause in told["diagnosis"]] == [("peer-has-not-begun", "likely", [])], told["diagnosis"]
    assert "waits for its peer to begin" in told["problems"][0] and told["health"] == "down"
    assert passes(site, far["paris"]) and passes(site, far["zone-7"]), logs(site, far["paris"])
    side(site, waiting).change(begins=True)
    assert passes(site, waiting), logs(site, waiting)
    for each in far.values():
        assert wait_until(lambda each=each: info(site, each)["health"] == "healthy", SECONDS, 0.3), info(site, each)
        assert info(site, each)["diagnosis"] == []
        assert not site.module("site_to_site_vpn", **each.options)["changed"]


def test_a_far_side_without_a_fixed_address_comes_back_from_another_one(site, far):
    waiting = far["branch-7"]
    before = site.plane.firewall.daemons["branch-7-1"].inbound_spis()
    side(site, waiting).move("203.0.113.77")
    assert wait_until(lambda: not site.plane.firewall.daemons["branch-7-1"].inbound_spis() & before, SECONDS, 0.2)
    assert passes(site, waiting), logs(site, waiting)
    before = site.plane.firewall.daemons["branch-7-1"].inbound_spis()
    told = site.module("vpn_action", name=["branch-7"], action="reconnect", timeout=SECONDS)
    assert told["tunnels"][0]["up"] and not site.plane.firewall.daemons["branch-7-1"].inbound_spis() & before
    assert passes(site, waiting), logs(site, waiting)


def of_the_firewall(pair: Callable[[Company], Pair]) -> Callable:
    def breaks(site, company, dummy):
        imported(site, "fw", pair(company))
        site.module("commit", scope="all", commit_poll=0.05)
    return breaks


def of_the_far_side(credentials: Callable[[Company], Credentials]) -> Callable:
    return lambda site, company, far: side(site, far).change(key=credentials(company))


def identity(**options) -> Callable:
    return lambda site, dummy, far: site.change({"ike_gateway": {"name": f"{far.name}-1", **options}})


@dataclass(frozen=True)
class Wrong:
    """What is broken, and what is then said first; C(described): with what was agreed on with the far side. C(mends): whether its items bring it back."""

    breaks: Callable
    cause: str
    sure: str = "likely"
    described: bool = True
    mends: bool = False

    def causes(self, site: Site, far: Far) -> list[dict]:
        agreed = {"connection": {"id": far.name, "tunnels": far.options["tunnels"]}} if self.described else {}
        return info(site, far, **agreed)["diagnosis"]


WRONG = {
    "the firewall's certificate has expired": Wrong(of_the_firewall(lambda company: company.here.issue("fw", HERE, days=-3)), "certificate-expired", "certain"),
    "the firewall's is of an authority that the far side does not know": Wrong(
        of_the_firewall(lambda company: company.nobody.issue("fw", HERE)), "certificate-refused"),
    "the far side's has expired": Wrong(
        of_the_far_side(lambda company: company.shown_there(company.there.issue("paris", THERE, days=-3))), "certificate-refused"),
    "the far side's is of an authority that the firewall does not know": Wrong(
        of_the_far_side(lambda company: company.shown_there(company.nobody.issue("paris", THERE))), "certificate-refused"),
    "an identity that is not in the firewall's": Wrong(
        identity(local_id={"type": "fqdn", "id": "fw.example.org"}), "identity-not-in-certificate", described=False, mends=True),
    "another identity than the far side's is demanded": Wrong(
        identity(peer_id={"type": "fqdn", "id": "london.example.net"}), "peer-identity-mismatch", "certain", mends=True),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_certificates_is_told_and_mended(site, company, far, wrong):
    paris = far["paris"]
    wrong.breaks(site, company, paris)

    def first() -> list:
        site.plane.ping(LAN, side(site, paris).addresses[0])
        return [(cause["id"], cause["confidence"]) for cause in wrong.causes(site, paris)][:1]

    assert wait_until(lambda: first() == [(wrong.cause, wrong.sure)], SECONDS, 0.3), (wrong.causes(site, paris), site.log()[-8:])
    if wrong.mends:
        site.change(*wrong.causes(site, paris)[0]["items"])
    else:
        side(site, paris).change(key=company.shown_there())
        imported(site, "fw", company.own)
        site.module("commit", scope="all", commit_poll=0.05)
    assert passes(site, paris), logs(site, paris)
