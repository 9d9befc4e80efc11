# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets come back as ciphertext whose digest can be compared, and never in clear."""

from __future__ import annotations

import base64
import hashlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import StoredSecrets

KEY = "authentication/pre-shared-key/key"


def stored_key(client, at):
    return client.get(f"{at.gateways}/entry[@name='gw']/{KEY}").root.findtext("result/key")


def write(client, at, key):
    element = f"<authentication><pre-shared-key><key>{key}</key></pre-shared-key></authentication>"
    return client.set(f"{at.gateways}/entry[@name='gw']", element)


@pytest.mark.parametrize(
    ("plain", "digest"),
    [
        ("DEMO", "A4vEGnxsZCP7poqzjhJD4Gc+tbE="),
        ("temp", "2WmDHripnP+MAuaB9DKJ5dPWlmQ="),
        ("password", "W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
        ("letmein123", "4oaXexPxqJ4g0EWSB1RdFf4eugg="),
    ],
)
def test_published_digests(client, at, plain, digest):
    assert write(client, at, plain).code == "20"
    stored = stored_key(client, at)
    assert stored[:33] == f"-AQ=={digest}"
    assert len(base64.b64decode(stored[33:])) % 16 == 0


def test_same_plain_text_same_stored_form_and_other_master_key_other_ciphertext():
    one, other = StoredSecrets(), StoredSecrets(master_key="another key 1234")
    assert one.store("key") == one.store("key")
    assert one.store("key")[:33] == other.store("key")[:33]
    assert one.store("key") != other.store("key")


def test_a_stored_form_written_back_stays(client, at):
    foreign = StoredSecrets(master_key="another key 1234").store("key")
    assert write(client, at, foreign).code == "20"
    assert stored_key(client, at) == foreign


@pytest.mark.parametrize("opaque", [False, True], ids=["classic", "opaque"])
@pytest.mark.parametrize("plain", ["k", "sixteen letters!", "x" * 255, "ключ & <more>"])
def test_whoever_has_the_master_key_reads_it(opaque, plain):
    stored = StoredSecrets(opaque).store(plain)
    assert StoredSecrets(not opaque).reveal(stored) == plain
    assert StoredSecrets(opaque, "another key 1234").reveal(stored) is None


@pytest.mark.parametrize("text", ["", "key", "-AQ==", "-AQ==" + "A" * 28 + "no base64", "-Ag==" + "A" * 40, "-AQ==" + "A" * 28 + "AAAA"])
def test_what_nobody_has_stored_is_no_secret(text):
    assert StoredSecrets().reveal(text) is None


def test_a_pair_with_two_master_keys_does_not_synchronise_and_no_panorama_manages_a_firewall_with_one_of_its_own():
    with Emulator() as one, Emulator(master_key="another key 1234") as other, Emulator(model="panorama") as panorama:
        assert not one.pair_with(other)._can_synchronise
        with pytest.raises(ValueError, match="another master key"):
            panorama.manage(other)


def test_length_is_checked_for_plain_text_only(client, at):
    assert "can be at most 255" in write(client, at, "x" * 256).message
    assert write(client, at, "x" * 255).code == "20"
    assert write(client, at, stored_key(client, at)).code == "20"


def test_opaque_form_cannot_be_compared(client_of, at):
    with Emulator(secrets="opaque") as emulator:
        client = client_of(emulator)
        write(client, at, "key")
        first = stored_key(client, at)
        write(client, at, "key")
        second = stored_key(client, at)
        assert first != second
        assert not first.startswith("-AQ==")
        assert base64.b64encode(hashlib.sha1(b"key").digest()).decode() not in first + second
        write(client, at, second)
        assert stored_key(client, at) == second


def test_nothing_in_the_request_log(client, firewall, at):
    write(client, at, "very-secret")
    client.multi(f"<set xpath=\"{at.gateways}/entry[@name='gw']/authentication\"><pre-shared-key><key>very-secret</key></pre-shared-key></set>")
    client.send("GET", type="keygen", user="admin", password=firewall.password)
    client.send("GET", type="op", cmd="<show><system><info/></system></show>", key=firewall.api_key)
    log = repr(firewall.control.requests())
    for secret in ("very-secret", firewall.password, firewall.api_key, "-AQ=="):
        assert secret not in log


def test_every_secret_place(client, at):
    places = {
        f"{at.gateways}/entry[@name='gw']/protocol/ikev2/pq-ppk/keys/entry[@name='p']": "key",
        f"{at.router}/protocol/bgp/auth-profile/entry[@name='p']": "secret",
        f"{at.tunnels}/entry[@name='t']/manual-key/esp/encryption": "key",
        f"{at.tunnels}/entry[@name='t']/manual-key/esp/authentication/sha256": "key",
    }
    for xpath, tag in places.items():
        assert client.set(xpath, f"<{tag}>abc</{tag}>").code == "20"
        assert client.get(f"{xpath}/{tag}").root.findtext(f"result/{tag}").startswith("-AQ==")
