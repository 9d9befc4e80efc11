# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line client that comes with pan-python runs against the emulator unmodified."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tarfile

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

pytest.importorskip("pan.xapi", reason="pan-python is not installed")

CLIENT = pathlib.Path(sys.executable).parent / "panxapi.py"


@pytest.fixture(scope="module")
def emulator():
    if not CLIENT.is_file():
        pytest.skip(f"pan-python's {CLIENT.name} is not beside {sys.executable}")
    with Emulator() as running:
        running.control.commit_duration(0.01)
        yield running


@pytest.fixture
def run(emulator, tmp_path):
    """Calls the client; returns its exit status and all that it printed."""

    def run(*arguments, key=None, expected=0):
        credentials = ["-K", emulator.api_key] if key is None else key
        command = [sys.executable, str(CLIENT), "-h", "127.0.0.1", "-P", str(emulator.port), "--cafile", emulator.ca_path, *credentials]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_key_generation(run, emulator):
    assert "API key:" in run("-k", key=["-l", f"admin:{emulator.password}"])
    assert "Forbidden" in run("-k", key=["-l", "admin:wrong"], expected=1)


def test_set_get_edit_show_delete(run, at):
    unit = f"{at.units}/entry[@name='tunnel.8']"
    assert "command succeeded" in run("-S", "<mtu>1400</mtu>", unit)
    assert "<mtu" in run("-x", "-g", unit)
    assert "command succeeded" in run("-e", "<entry name='tunnel.8'><mtu>1300</mtu></entry>", unit)
    assert "No such node" in run("-s", unit, expected=1)
    assert "command succeeded" in run("-d", unit)
    assert "tunnel.8" not in run("-x", "-g", unit)


def test_refusal_is_shown(run, at):
    assert "unexpected here" in run("-S", "<bogus/>", f"{at.units}/entry[@name='tunnel.8']", expected=1)


def test_move_rename_clone(run, emulator, at):
    rule = f"{at.security}/entry[@name='{{0}}']"
    assert "command succeeded" in run("--clone", "--src", rule.format("office to servers"), "--dst", "copy", at.security)
    assert "command succeeded" in run("--move", "top", rule.format("copy"))
    assert "command succeeded" in run("--rename", "--dst", "first", rule.format("copy"))
    assert emulator.control.candidate(at.security).index('"first"') < emulator.control.candidate(at.security).index('"office to internet"')
    run("-d", rule.format("first"))


def test_commit_and_wait(run, at):
    unit = f"{at.units}/entry[@name='tunnel.9']"
    run("-S", "<mtu>1400</mtu>", unit)
    assert "Configuration committed successfully" in run("-x", "--sync", "--interval", "0.05", "-C", "<commit/>")
    assert "<mtu>1400</mtu>" in run("-x", "-s", unit)
    assert "There are no changes to commit." in run("-C", "<commit/>")


def test_validate(run, at):
    run("-S", "<mtu>1400</mtu>", f"{at.units}/entry[@name='tunnel.10']")
    assert "Configuration is valid" in run("-x", "--sync", "--interval", "0.05", "--validate", "-C", "")


def test_operational_commands(run):
    assert "<hostname>fw1</hostname>" in run("-x", "-o", "<show><system><info/></system></show>")
    assert "<hostname>fw1</hostname>" in run("-x", "-X", "-o", "show system info")
    assert "branch-7" in run("-x", "-X", "-o", 'show vpn ike-sa gateway "branch-7"')


def test_log(run, emulator):
    emulator.control.vpn("branch-7", sa="down")
    assert "tunnel-status-down" in run("-x", "--log", "system", "--filter", "(subtype eq vpn)", "--interval", "0.05")


def test_export(run):
    assert "<config " in run("-x", "--export", "configuration")


def test_export_of_a_device_state(run, tmp_path):
    run("--export", "device-state", "--dst", str(tmp_path))
    with tarfile.open(tmp_path / "device_state_cfg.tgz") as archive:
        assert archive.getnames() == ["running-config.xml"]


def test_technical_support_begins_a_job(run):
    assert "Exec job enqueued" in run("--export", "tech-support")


def test_user_id(run):
    login = "<login><entry name='jo' ip='192.0.2.1'/></login>"
    run("-U", f"<uid-message><version>1.0</version><type>update</type><payload>{login}</payload></uid-message>")
    assert "<user>jo</user>" in run("-x", "-X", "-o", 'show user ip-user-mapping-mp ip "192.0.2.1"')


def test_report(run):
    assert "top-attacks" in run("-x", "--report", "predefined", "--name", "top-attacks", "--interval", "0.05")


def test_override_of_what_no_template_owns(run, at):
    answer = run("--override", "<entry name='tunnel.7'/>", at.units, expected=1)
    assert "cannot be overridden" in answer
