# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of Strata Cloud Manager's API against a stand-in that loses answers, takes nothing for a while, and lets tokens end."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.access import Access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import IKE_CRYPTO, IPSEC_CRYPTO, REMOTE_NETWORKS
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.faults import KINDS
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, Account, Cloud, running

SECRET, TSG = "the secret of the account", "1000000001"
PROFILE = {"name": "branch", "folder": REMOTE_NETWORKS, "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"]}
# Of who gives tokens these are no answers that change when one asks again.
NO_TOKEN = {"401": "check scm.client_id", "html": "in which no token is"}


@pytest.fixture(name="there", scope="module")
def fixture_there(tmp_path_factory):
    with running(Cloud(), tmp_path_factory.mktemp("cloud")) as there:
        yield there


@pytest.fixture(name="cloud")
def fixture_cloud(there):
    """As new, for each test."""
    cloud = there.cloud
    cloud.__init__({ACCOUNT: Account(SECRET, TSG, ("1000000009",))})
    return cloud


@pytest.fixture(name="access")
def fixture_access(there):
    return Access(ACCOUNT, SECRET, TSG, there.url, f"{there.url}/oauth2/access_token", ca_path=str(there.ca_path), retry_timeout=3)


@pytest.fixture(name="client")
def fixture_client(access, cloud):
    client = Client(access)
    yield client
    client.close()


def asked(cloud):
    return [f"{each.method} {each.path.rpartition('/')[2]}" for each in cloud.log]


def test_a_list_is_read_whole_whatever_the_service_gives_at_once(cloud, client):
    cloud.page = 5
    found = client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)
    assert len(found) == 12
    assert asked(cloud).count("GET ipsec-crypto-profiles") == 3


def test_a_list_that_ends_before_its_end_is_none(cloud, client, monkeypatch):
    monkeypatch.setattr(type(cloud), "_page", lambda self, query, found: {"data": [], "total": len(found), "offset": 0, "limit": 1})
    with pytest.raises(PanosVpnError, match="the list ends after 0 of 12 entries"):
        client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)


def test_an_object_by_name_may_be_alone(cloud, client):
    cloud.bare_object_by_name = True
    for fault in ("drop", "drop_after"):
        cloud.faults.plan(fault, "POST", "ike-crypto")
        assert client.create(IKE_CRYPTO, {**PROFILE, "name": fault}, REMOTE_NETWORKS)["name"] == fault


@pytest.mark.parametrize("fault", KINDS)
def test_an_object_is_made_once_whatever_happens_to_its_answer(cloud, client, fault):
    cloud.faults.plan(fault, "POST", "ike-crypto", retry_after="0" if fault in ("429", "503") else "")
    made = client.create(IKE_CRYPTO, PROFILE, REMOTE_NETWORKS)
    assert [held["id"] for held in cloud.tenant.objects["ike-crypto-profiles"].values() if held["name"] == "branch"] == [made["id"]]


@pytest.mark.parametrize("fault", KINDS)
def test_an_object_is_changed_and_removed_whatever_happens_to_the_answer(cloud, client, fault):
    made = client.create(IKE_CRYPTO, PROFILE, REMOTE_NETWORKS)
    cloud.faults.plan(fault, "PUT")
    client.update(IKE_CRYPTO, made["id"], {**PROFILE, "dh_group": ["group20"]})
    assert cloud.tenant.objects["ike-crypto-profiles"][made["id"]]["dh_group"] == ["group20"]
    cloud.faults.plan(fault, "DELETE")
    client.delete(IKE_CRYPTO, made["id"], "branch")
    assert made["id"] not in cloud.tenant.objects["ike-crypto-profiles"]


@pytest.mark.parametrize("where", ["ipsec-crypto-profiles", "access_token"])
@pytest.mark.parametrize("fault", KINDS)
def test_a_list_is_read_whatever_happens_to_its_answer(cloud, client, fault, where):
    cloud.faults.plan(fault, "", where)
    words = NO_TOKEN.get(fault) if where == "access_token" else None
    if words:
        with pytest.raises(PanosVpnError, match=words):
            client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)
    assert len(client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)) == 12


def test_a_token_serves_many_requests_and_is_renewed_when_it_ends(cloud, client):
    cloud.token_uses = 3
    for dummy in range(7):
        client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)
    assert asked(cloud).count("POST access_token") == 3
    assert asked(cloud).count("GET ipsec-crypto-profiles") == 7 + 2


def test_a_token_that_is_about_to_end_is_renewed_before(cloud, client, monkeypatch):
    client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)
    ended = client._token.ends
    monkeypatch.setattr("time.monotonic", lambda: ended)
    client._valid_token()
    assert asked(cloud).count("POST access_token") == 2


def test_a_service_that_never_takes_a_request_is_told_with_its_words(cloud, access):
    client = Client(dataclasses.replace(access, retry_timeout=1))
    cloud.faults.plan("503", "POST", "ike-crypto", times=1000)
    with pytest.raises(PanosVpnError) as raised:
        client.create(IKE_CRYPTO, PROFILE, REMOTE_NETWORKS)
    assert str(raised.value) == ("cannot make IKE crypto profile 'branch': Internal Error (E003) (HTTP 503, request "
                                 f"{str(raised.value).partition('request ')[2].partition(')')[0]}); the service took no request within 1 s; "
                                 "whether it was done is not known")


def test_who_is_told_to_come_later_than_there_is_time_does_not_wait(cloud, client):
    cloud.faults.plan("429", "GET", "ipsec", retry_after="3600")
    with pytest.raises(PanosVpnError, match="Too Many Requests"):
        client.all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)
    assert asked(cloud).count("GET ipsec-crypto-profiles") == 1


@pytest.mark.parametrize("given, words", {
    "a wrong secret": ({"client_secret": "wrong"}, "Invalid Credential.*check scm.client_id, scm.client_secret and scm.tsg_id"),
    "another tenant": ({"tsg_id": "1000000002"}, "cannot get a token for tenant 1000000002.*Invalid Credential"),
    "no HTTPS": ({"base_url": "http://localhost"}, "scm.base_url.*does not begin with https://"),
    "no number": ({"tsg_id": "tsg"}, "is no number of a tenant service group"),
    "nobody": ({"client_id": ""}, "scm.client_id .SCM_CLIENT_ID. is missing"),
    "a CA that is not theirs": ({"ca_path": None}, "does not verify.*scm.ca_path"),
}.values(), ids=["a wrong secret", "another tenant", "no HTTPS", "no number", "nobody", "a CA that is not theirs"])
def test_who_has_no_access_is_told_why(access, cloud, given, words):
    with pytest.raises(PanosVpnError, match=words) as raised:
        Client(dataclasses.replace(access, **given)).all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)
    assert SECRET not in str(raised.value)


def test_a_token_of_another_tenant_is_not_used(access, cloud, monkeypatch):
    monkeypatch.setattr(type(cloud), "token", lambda *dummy: {"access_token": "x", "scope": "tsg_id:1000000002"})
    with pytest.raises(PanosVpnError, match="the token that was given is for tsg_id:1000000002"):
        Client(access).all_of(IPSEC_CRYPTO, REMOTE_NETWORKS)


def test_a_secret_is_in_no_text_of_the_access(access):
    assert SECRET not in repr(access)
    with pytest.raises(InvalidInput):
        dataclasses.replace(access, timeout=0)
