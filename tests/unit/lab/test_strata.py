# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in of Strata Cloud Manager's API against what is recorded and published of the real one, field by field."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import errors, presets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.jobs import Jobs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.schema import SCHEMAS, Fields, Flag, Many, Number, Text, problems
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, ADDRESSES, Asked, Cloud
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.tenant import HIDDEN, Tenant, stored

FAMILIES = {"ike-crypto-profiles": "network", "ipsec-crypto-profiles": "network", "ike-gateways": "network", "ipsec-tunnels": "network",
            "remote-networks": "deployment", "service-connections": "deployment", "bandwidth-allocations": "deployment"}


@pytest.fixture(name="recorded", scope="session")
def fixture_recorded(shared_fixtures):
    return lambda name: json.loads((shared_fixtures / "prisma" / "scm" / f"{name}.json").read_text(encoding="utf-8"))


def of_kind(kind, place=""):
    """Every field below a kind of ours, with what is demanded of it."""
    if isinstance(kind, Many):
        yield from of_kind(kind.of, f"{place}[]")
    elif isinstance(kind, Fields):
        yield place, "object"
        for name, inner in kind.fields.items():
            yield from of_kind(inner, f"{place}.{name}")
        yield from ((f"{place}.{name}", "required") for name in kind.required)
    elif isinstance(kind, Text):
        yield place, ("text", kind.longest, kind.shortest, kind.pattern, kind.choices, kind.secret)
    elif isinstance(kind, Number):
        yield place, ("number", kind.low, kind.high, kind.whole)
    else:
        assert isinstance(kind, Flag)
        yield place, "flag"


def of_schema(schema, named, place=""):
    """The same of a published schema. What is marked as chosen by the service itself is no field of a body."""
    if "$ref" in schema:
        yield from of_schema(named[schema["$ref"].rpartition("/")[2]], named, place)
        return
    kind = schema.get("type", "string")
    if kind == "array":
        yield from of_schema(schema["items"], named, f"{place}[]")
    elif kind == "object" or "properties" in schema:
        yield place, "object"
        for part in parts(schema):
            for name, inner in part.get("properties", {}).items():
                if not inner.get("readOnly"):
                    yield from of_schema(inner, named, f"{place}.{name}")
        # Those of an alternative are its name only: one of the alternatives has to be there.
        yield from ((f"{place}.{name}", "required") for name in schema.get("required", []) if name != "id")
    elif kind == "string":
        yield place, ("text", schema.get("maxLength", 0), schema.get("minLength", 0), schema.get("pattern", ""), tuple(schema.get("enum", ())),
                      schema.get("format") == "password")
    elif kind in ("integer", "number"):
        yield place, ("number", schema.get("minimum"), schema.get("maximum"), kind == "integer")
    else:
        yield place, "flag"


def parts(schema):
    yield schema
    for alternatives in ("oneOf", "anyOf"):
        for alternative in schema.get(alternatives, []):
            yield from parts(alternative)


@pytest.mark.parametrize("resource", SCHEMAS)
def test_every_field_is_as_published(recorded, resource):
    published = recorded("schemas.extract")
    named = {name: schema for schemas in published.values() for name, schema in schemas.items()}
    ours, theirs = set(of_kind(SCHEMAS[resource])), set(of_schema(published[FAMILIES[resource]][resource], named))
    assert ours ^ theirs == set()


def test_a_recorded_object_is_one_of_ours(recorded):
    for name, resource in (("ike_gateway.get", "ike-gateways"), ("ipsec_tunnel.get", "ipsec-tunnels"), ("remote_network.get", "remote-networks"),
                           ("remote-network.ecmp-site-license.request", "remote-networks")):
        found = recorded(name)
        found.pop("id", None)
        # The booleans of the published request are texts, which is the source's mistake.
        text = json.dumps(found).replace('"enable": "true"', '"enable": true')
        assert list(problems(SCHEMAS[resource], json.loads(text))) == []


def built(recorded):
    """A tenant with the recorded site in it, made by requests."""
    tenant = Tenant("1000000001")
    made = {}
    profile = {"name": "ike-crypto-profile-cisco", "folder": "Remote Networks", "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"]}
    tenant.create("ike-crypto-profiles", profile, "a")
    tenant.create("ipsec-crypto-profiles", {
        "name": "ipsec-crypto-prof-cisco", "folder": "Remote Networks", "lifetime": {"hours": 1},
        "esp": {"encryption": ["aes-256-cbc"], "authentication": ["sha256"]}}, "a")
    for name, resource in (("ike_gateway.get", "ike-gateways"), ("ipsec_tunnel.get", "ipsec-tunnels"), ("remote_network.get", "remote-networks")):
        body = recorded(name)
        body.pop("id")
        for added in ("local_address", "tunnel_interface", "ecmp_load_balancing"):
            body.pop(added, None)
        made[name] = tenant.one(resource, tenant.create(resource, body, "a")["id"])
    return made


def test_what_was_made_reads_as_recorded(recorded):
    for name, found in built(recorded).items():
        assert {**found, "id": ""} == {**recorded(name), "id": ""}


def test_a_stored_secret_has_the_recorded_form(recorded):
    """Three parts, as long as the recorded ones; the digest is that of the text itself."""
    key = recorded("ike_gateway.get")["authentication"]["pre_shared_key"]["key"]
    assert [len(part) for part in key.split("=")] == [len(part) for part in stored("anything").split("=")]
    assert stored(key) == key


def test_the_presets_are_the_recorded_ones(recorded):
    listed = recorded("ipsec-crypto-profiles.list")
    cloud = Cloud()
    dummy, told = answered(cloud, "GET", "/config/network/v1/ipsec-crypto-profiles", {"folder": "Remote Networks"})
    assert without_ids(told) == without_ids(listed)


def without_ids(told):
    return {**told, "data": [{**entry, "id": ""} for entry in told["data"]]}


def answered(cloud, method, path, query=None, body=None):
    token = cloud.token("", {"client_id": ACCOUNT, "client_secret": cloud.accounts[ACCOUNT].secret, "grant_type": "client_credentials",
                             "scope": "tsg_id:1000000001"})["access_token"]
    return cloud.answer(Asked(method, path, query or {}, body), f"Bearer {token}", {})


def test_a_token_has_the_recorded_fields(recorded):
    shown = recorded("oauth.token")["response"]
    told = Cloud().token("", {"client_id": ACCOUNT, "client_secret": "the secret of the account", "grant_type": "client_credentials",
                              "scope": shown["scope"]})
    assert {**told, "access_token": ""} == {**shown, "access_token": ""}


def test_jobs_of_a_push_have_the_recorded_fields(recorded):
    jobs = Jobs()
    number = jobs.push(["Remote Networks", "Service Connections"], "commiting test configuration from sdk", "svc@example.invalid", lambda folders: None)
    told = sorted(jobs.listed(), key=lambda job: job["id"])
    assert number == told[0]["id"] == "187"
    times = {name: "" for name in ("start_ts", "end_ts", "insert_ts", "last_update", "details", "opaque_int", "opaque_str")}
    assert [{**job, **times} for job in told] == [{**job, **times} for job in recorded("jobs.push-187-188-189")["data"]]
    shown = json.loads(recorded("jobs.push-187-188-189")["data"][0]["details"])
    assert json.loads(told[0]["details"]) == shown
    assert json.loads(told[1]["details"]).keys() == json.loads(recorded("jobs.push-187-188-189")["data"][1]["details"]).keys()


def test_a_push_is_answered_as_recorded(recorded):
    status, told = answered(Cloud(), "POST", "/config/operations/v1/config-versions/candidate:push", None, {"folders": ["Remote Networks"]})
    assert (status, told) == (201, recorded("push.response"))


def test_running_versions_have_the_recorded_fields(recorded):
    dummy, told = answered(Cloud(), "GET", "/config/operations/v1/config-versions/running")
    shown = recorded("config-versions-running")
    assert told.keys() == shown.keys()
    assert told["data"][0].keys() == shown["data"][0].keys()


REFUSALS = {
    "push_with_singular_folder_key":
        ("POST", "/config/operations/v1/config-versions/candidate:push", None, {"folder": ["Remote Networks"], "folders": ["Remote Networks"]}),
    "not_found": ("GET", "/config/network/v1/ike-gateways/00000000-0000-0000-0000-000000000000", None, None),
    "name_exists": ("POST", "/config/network/v1/ipsec-crypto-profiles", None, next(iter(presets.objects()))[1]),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_as_recorded(recorded, name):
    shown = recorded("errors.live-shape")[name]
    with pytest.raises(errors.Refusal) as raised:
        answered(Cloud(), *REFUSALS[name])
    body = raised.value.body(1)
    assert raised.value.status == shown["http"]
    assert body["_errors"] == shown["body"]["_errors"]


def test_a_refused_removal_has_the_recorded_shape(recorded):
    shown = recorded("errors.live-shape")["delete_referenced"]
    tenant = Tenant("1000000001")
    profile = {"name": "p", "folder": "Remote Networks", "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"]}
    made = tenant.create("ike-crypto-profiles", profile, "a")
    tenant.create("ike-gateways", {
        "name": "g", "folder": "Remote Networks", "authentication": {"pre_shared_key": {"key": "k"}}, "peer_address": {"dynamic": {}},
        "protocol": {"ikev2": {"ike_crypto_profile": "p"}}}, "a")
    with pytest.raises(errors.Refusal) as raised:
        tenant.delete("ike-crypto-profiles", made["id"], "a")
    body = raised.value.body(3)
    assert raised.value.status == shown["http"]
    assert shape(body) == shape(shown["body"])
    assert body["_errors"][0]["details"]["message"] == [" container -> Remote Networks -> ike-gateways -> g -> protocol.ikev2.ike_crypto_profile"]


def shape(value):
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


def test_addresses_have_the_recorded_shape(shared_fixtures):
    shown = json.loads((shared_fixtures / "prisma" / "getPrismaAccessIP.remote_network.response.rebuilt.json").read_text(encoding="utf-8"))
    asked = json.loads((shared_fixtures / "prisma" / "getPrismaAccessIP.request.json").read_text(encoding="utf-8"))
    cloud = Cloud()
    assert cloud.answer(Asked("POST", ADDRESSES, {}, asked), "", {"header-api-key": "wrong"})[0] == 400
    cloud.tenant.running["objects"]["remote-networks"]["x"] = {"name": "US_RN", "region": "us-east-1"}
    status, told = cloud.answer(Asked("POST", ADDRESSES, {}, asked), "", {"header-api-key": presets.SETTINGS["api_key"]})
    assert (status, shape(told), told["result"][0]["zone"]) == (200, shape(shown), "US East")


def test_a_tenant_can_hide_its_secrets():
    tenant = Tenant("1000000001", hides_secrets=True)
    made = tenant.create("ike-gateways", {
        "name": "g", "folder": "Remote Networks", "authentication": {"pre_shared_key": {"key": "k"}}, "peer_address": {"dynamic": {}}, "protocol": {}}, "a")
    assert made["authentication"]["pre_shared_key"]["key"] == HIDDEN
    assert tenant.objects["ike-gateways"][made["id"]]["authentication"]["pre_shared_key"]["key"] == stored("k")
