# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment: what ansible-builder makes of its definition, and where a container engine runs, a pairing inside the image."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, STATIC, quick
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT

DEFINITION = ROOT / "execution-environment"
LIBRARIES = {"pan-os-python": "pan-os-python", "jmespath": "jmespath", "netaddr": "netaddr"}
PREFLIGHT = "tunnelsmith.panos_vpn.preflight"
BUILD = "BUILD_EXECUTION_ENVIRONMENT"
# Where a container sees the test's folder.
IN_CONTAINER = "/mnt"


@pytest.fixture
def builder():
    program = pathlib.Path(sys.executable).with_name("ansible-builder")
    if not program.is_file():
        pytest.skip("ansible-builder is not installed")

    def run(*arguments, cwd):
        done = subprocess.run([str(program), *arguments], cwd=cwd, check=False, text=True, timeout=120, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


def names(path: pathlib.Path) -> dict:
    """Requirement → its pinned version, or nothing."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {re.split(r"[=<>]", line)[0].lower(): line.partition("==")[2] for line in lines}


def test_every_input_is_pinned():
    pinned = names(DEFINITION / "requirements.txt")
    assert [name for name, version in pinned.items() if not version] == []
    assert set(names(ROOT / "requirements.txt")) <= set(pinned)
    dependencies = yaml.safe_load((DEFINITION / "execution-environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert all("==" in dependencies[name]["package_pip"] for name in ("ansible_core", "ansible_runner"))


def test_ansible_builder_finds_what_the_collection_needs(builder, installed, tmp_path):
    home = installed.collections or next(path for path in map(pathlib.Path, sys.path) if (path / "ansible_collections" / "tunnelsmith").is_dir())
    found = yaml.safe_load(builder("introspect", str(home), cwd=tmp_path).split("\n---\n")[-1])
    assert {library for library in LIBRARIES if any(line.startswith(library) for line in found["python"])} == set(LIBRARIES)


def test_the_build_context_holds_the_collection_and_the_pins(builder, tmp_path):
    shutil.copytree(DEFINITION, tmp_path / "definition", ignore=shutil.ignore_patterns("_inputs", "context"))
    inputs = tmp_path / "definition" / "_inputs"
    inputs.mkdir()
    (inputs / "tunnelsmith-panos_vpn.tar.gz").write_bytes(b"")
    builder("create", "--file", "execution-environment.yml", "--output-filename", "Containerfile", "--context", "context", cwd=tmp_path / "definition")
    context = tmp_path / "definition" / "context"
    assert (context / "_build" / "tunnelsmith-panos_vpn.tar.gz").is_file()
    assert (context / "_build" / "requirements.txt").read_text(encoding="utf-8") == (DEFINITION / "requirements.txt").read_text(encoding="utf-8")
    written = (context / "Containerfile").read_text(encoding="utf-8")
    assert "localhost/panos_vpn_base:bookworm" in written
    assert "ansible-core==" in written


def test_the_preflight_names_what_is_missing(playbooks, tmp_path):
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True, timeout=60)
    refused = playbooks.run(None, PREFLIGHT, variables={"preflight_python": str(bare / "bin" / "python")}, inventory="localhost,", environment={})
    assert refused.status != 0
    assert refused.failures()[0].message.startswith(f"{bare}/bin/python lacks pan-os-python, jmespath, netaddr. Install them")
    passed = playbooks.run(None, PREFLIGHT, "--check", inventory="localhost,", environment={})
    assert passed.status == 0, passed.output


@pytest.fixture(scope="module")
def image():
    """The image, built by the script that users run. It takes minutes: only on request."""
    if not os.environ.get(BUILD):
        pytest.skip(f"the image is built only where {BUILD} is set; it takes two minutes")
    assert [program for program in ("podman", "mmdebstrap") if not shutil.which(program)] == [], f"{BUILD} is set, and these are not installed"
    name = "localhost/panos_vpn_ee:test"
    done = subprocess.run([str(DEFINITION / "build.sh"), name], check=False, text=True, timeout=1200, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stdout[-4000:]
    yield name
    subprocess.run(["podman", "image", "rm", "--force", name], check=False, timeout=120, stdout=subprocess.DEVNULL)


def inside(image, *command, mounts=(), environment=(), user="1000"):
    volumes = [part for source, target in mounts for part in ("--volume", f"{source}:{target}:ro")]
    variables = [part for name, value in environment for part in ("--env", f"{name}={value}")]
    return subprocess.run(["podman", "run", "--rm", "--network", "host", "--user", user, *volumes, *variables, image, *command],
                          check=False, text=True, timeout=300, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_the_image_pairs_a_firewall(image, firewall, tmp_path):
    (tmp_path / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"fw1": {}}, "vars": {
        "ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", **quick(),
        "aws_pairing_connection": f"{{{{ lookup('ansible.builtin.file', '{IN_CONTAINER}/connection.json') }}}}", "aws_pairing_failover": "pbf",
        "aws_pairing_outside_interface": "ethernet1/8", "aws_pairing_zone": "aws-vpn", "aws_pairing_source_zones": ["trust"],
        "aws_pairing_local_networks": ["10.10.0.0/24"], "aws_pairing_remote_networks": ["10.200.0.0/16"]}}}), encoding="utf-8")
    shutil.copy(STATIC, tmp_path / "connection.json")
    shutil.copy(firewall.ca_path, tmp_path / "ca.pem")
    # The image's user is another one.
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o755)
    access = [("PANOS_HOSTNAME", firewall.host), ("PANOS_PORT", firewall.port), ("PANOS_API_KEY", firewall.api_key),
              ("PANOS_CA_PATH", f"{IN_CONTAINER}/ca.pem")]
    paired = inside(image, "ansible-playbook", "tunnelsmith.panos_vpn.aws_pairing", "-i", f"{IN_CONTAINER}/hosts.yml",
                    mounts=[(tmp_path, IN_CONTAINER)], environment=access)
    assert paired.returncode == 0, paired.stdout[-3000:]
    assert IDS["pbf"] in firewall.control.running()


def test_the_image_without_a_library_says_which_one(image):
    """As in an environment that was built without the collection's requirements."""
    complete = inside(image, "ansible-playbook", PREFLIGHT)
    assert complete.returncode == 0, complete.stdout
    bare = inside(image, "sh", "-c", f"pip uninstall -q -y pan-os-python >/dev/null 2>&1; ansible-playbook {PREFLIGHT}", user="0")
    assert bare.returncode != 0
    assert "lacks pan-os-python. Install it" in " ".join(bare.stdout.split())
