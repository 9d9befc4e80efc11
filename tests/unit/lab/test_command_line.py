# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as users start it."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import urllib.request

import pytest

MODULE = "ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator"


@pytest.fixture
def environment(repository, tmp_path):
    """A tree in which ``python -m`` finds the checkout as the collection."""
    folder = tmp_path / "ansible_collections" / "tunnelsmith"
    folder.mkdir(parents=True)
    (folder / "panos_vpn").symlink_to(repository)
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


def start(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", MODULE, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_says_how_to_reach_it_and_stops_cleanly(environment, how):
    process = start(environment, "--version", "12.1", "--engine", "logical-router", "--config", "bgp_running")
    try:
        told = dict(process.stdout.readline().rstrip("\n").split(": ", 1) for dummy in range(7))
        assert list(told) == ["url", "user", "password", "api key", "ca", "provider", "control"]
        provider = json.loads(told["provider"])
        assert (f"https://{provider['ip_address']}:{provider['port']}/api/", provider["api_key"], provider["ca_path"]) == (
            told["url"], told["api key"], told["ca"])
        context = ssl.create_default_context(cafile=told["ca"])
        request = urllib.request.Request(told["url"] + "?type=version", headers={"X-PAN-KEY": told["api key"]})
        with urllib.request.urlopen(request, context=context) as response:
            assert "<sw-version>12.1" in response.read().decode()
    finally:
        process.send_signal(how)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
    assert not pathlib.Path(told["ca"]).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--listen", "0.0.0.0"), "loopback only"), (("--config", "none.xml"), "give a file or one of"), (("--version", "9"), "version '9'")],
    ids=["any address", "missing file", "old version"],
)
def test_refuses_in_one_clear_line(environment, arguments, words):
    out, err = start(environment, *arguments).communicate(timeout=20)
    assert (out, len(err.splitlines()), words in err) == ("", 1, True)


@pytest.mark.parametrize(
    ("arguments", "names"), [(("--peer",), ["", "fw1-peer "]), (("--panorama", "2"), ["", "fw1 ", "fw2 "])], ids=["pair", "panorama"],
)
def test_several_devices(environment, arguments, names):
    process = start(environment, *arguments)
    try:
        told = dict(process.stdout.readline().rstrip("\n").split(": ", 1) for dummy in range(8 * len(names)))
        assert [f"{name}url" in told and told[f"{name}serial"].isdigit() for name in names] == [True] * len(names)
        if "--peer" in arguments:
            # Administrators are configuration, which a pair has in common; a Panorama's firewalls have their own.
            assert [told[f"fw1-peer {each}"] for each in ("user", "password", "api key")] == [told[each] for each in ("user", "password", "api key")]
            authorities = [pathlib.Path(told[f"{name}ca"]).read_text(encoding="utf-8") for name in names]
            assert authorities[0] == authorities[1]
    finally:
        process.terminate()
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
