# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users get it, and emulated firewalls."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import sysconfig

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WHERE = pathlib.PurePath("ansible_collections", "tunnelsmith", "panos_vpn")


def pytest_collection_modifyitems(items):
    here = pathlib.Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)


def is_current(copy: pathlib.Path) -> bool:
    """Whether an installed copy has what the checkout has, file by file."""
    if not (copy / "FILES.json").is_file():
        return False
    packed = {file["name"]: file["chksum_sha256"] for file in json.loads((copy / "FILES.json").read_text(encoding="utf-8"))["files"]}
    present = {path.relative_to(ROOT).as_posix() for folder in ("plugins", "roles", "playbooks", "meta")
               for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    return present <= packed.keys() and all(
        (ROOT / name).is_file() and hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == checksum for name, checksum in packed.items() if checksum)


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The copy in this environment where it is current (``make install``), else the checkout built and installed into a folder.

    ``ANSIBLE_PROGRAMS``: folder of another ansible-core's programs, which runs the playbooks instead of this environment's.
    """
    from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import Installed

    own = pathlib.Path(sys.executable).parent
    programs = pathlib.Path(os.environ.get("ANSIBLE_PROGRAMS", own))
    if not (programs / "ansible-playbook").is_file():
        pytest.skip("there is no ansible-playbook beside this Python")
    if programs == own and is_current(pathlib.Path(sysconfig.get_path("purelib")) / WHERE):
        return Installed(programs / "ansible-playbook")
    folder = tmp_path_factory.mktemp("collections")
    for arguments in (["build", "--force", "--output-path", str(folder), str(ROOT)],
                      ["install", "--offline", "--force", "--no-deps", "--collections-path", str(folder), "ARCHIVE"]):
        arguments = [str(next(folder.glob("*.tar.gz"))) if argument == "ARCHIVE" else argument for argument in arguments]
        done = subprocess.run([str(programs / "ansible-galaxy"), "collection", *arguments], check=False, text=True, timeout=180,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            pytest.fail(done.stdout)
    return Installed(programs / "ansible-playbook", folder)


@pytest.fixture
def of_this_environment(installed):
    """The collection is installed beside this Python, where the development tools look for it."""
    if installed.collections is not None:
        pytest.skip("the collection is not installed in this Python's environment, or is older than the checkout: make install")


@pytest.fixture
def playbooks(installed, tmp_path):
    """Runs ``ansible-playbook``."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import Playbooks

    return Playbooks(installed, tmp_path)


@pytest.fixture
def firewalls():
    """Starts emulated firewalls; the arguments are the emulator's. All of them are stopped after the test."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

    started = []

    def start(**arguments):
        started.append(Emulator(**arguments).start())
        return started[-1]

    yield start
    for firewall in started:
        firewall.stop()


@pytest.fixture
def firewall(firewalls):
    """PAN-OS 11.1 with a virtual router."""
    return firewalls()


@pytest.fixture
def aws():
    """An emulated account of AWS, whose tunnels are up as soon as they are there."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import AWS_SEES_IT_UP, COLLECTIONS_OF_AWS
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.ec2 import Ec2

    if not (COLLECTIONS_OF_AWS / "ansible_collections" / "amazon" / "aws").is_dir() or importlib.util.find_spec("boto3") is None:
        pytest.skip("amazon.aws and boto3 are not here: tools/collections_of_aws.py")
    account = Ec2(telemetry=lambda address: AWS_SEES_IT_UP).start()
    yield account
    account.stop()


@pytest.fixture
def paired_firewall(firewall):
    """The same with a pairing, made and committed by the module."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, options

    firewall.control.commit_duration(0.1)
    VpnDoor(firewall).committed(options("pbf"))
    firewall.control.reset_requests()
    return firewall
