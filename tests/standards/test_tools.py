# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The development tools, as far as they decide something."""

from __future__ import annotations

import importlib

import pytest

HARMLESS = (
    "[WARNING]: The specified collections path '/v/site-packages' appears to be part of the pip Ansible package. Managing these "
    "directly with ansible-galaxy could break the Ansible package."
)
WRAPPED = HARMLESS.replace("the pip Ansible", "the pip\nAnsible").replace("could break", "could\nbreak")
OTHER = "[WARNING]: The collection tunnelsmith.panos_vpn supports another version of Ansible."
START = "Starting galaxy collection install process\n"
END = "\nProcess install dependency map\ntunnelsmith.panos_vpn:0.1.0 was installed successfully\n"


@pytest.fixture
def tool():
    return importlib.import_module


@pytest.mark.parametrize(
    "output, shown",
    [
        pytest.param(START + HARMLESS + END, [], id="the harmless warning"),
        pytest.param(START + WRAPPED + END, [], id="the harmless warning, wrapped"),
        pytest.param(START + HARMLESS + "\n" + OTHER + END, [OTHER], id="another one after it"),
        pytest.param(START + OTHER + "\n" + WRAPPED + END, [OTHER], id="another one before it"),
        pytest.param(START + END, [], id="no warning"),
    ],
)
def test_only_the_harmless_warning_is_kept_back(tool, output, shown):
    assert tool("install_collection").warnings(output) == shown


@pytest.mark.parametrize(
    "name",
    [".env", ".venv/bin/python", "plugins/modules/.zone.py.swp", "tests/unit/conftest.py", "tests/dataplane/site.py", "Makefile",
     "tools/demo.py", "run.log", "build/x"],
)
def test_what_never_ships_is_recognised(tool, name):
    assert tool("check_archive").NEVER_SHIPPED.search(name)


@pytest.mark.parametrize("name", [".ansible-lint", "tests/lab/emulator/__main__.py", "plugins/modules/zone.py", "changelogs/fragments/.keep"])
def test_what_ships_is_let_through(tool, name):
    assert not tool("check_archive").NEVER_SHIPPED.search(name)


@pytest.mark.parametrize("requirements, bounds", [
    pytest.param("pan-os-python>=1.12.0\njmespath >= 1.0.0\n", ["pan-os-python==1.12.0", "jmespath==1.0.0"], id="lower bounds"),
    pytest.param("# why\n\nnetaddr>=0.10.0,<2\n", ["netaddr==0.10.0"], id="a comment and an upper bound"),
])
def test_the_oldest_requirements_are_found(tool, requirements, bounds):
    assert tool("matrix").lower_bounds(requirements) == bounds


def test_a_requirement_without_an_oldest_version_is_refused(tool):
    with pytest.raises(ValueError, match="'netaddr' names no oldest version"):
        tool("matrix").lower_bounds("netaddr\n")


def test_a_python_that_is_not_there_is_not_taken(tool, tmp_path, monkeypatch):
    # What a version manager leaves for a version that is not chosen.
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\necho 'python3.99: command not found' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    matrix = tool("matrix")
    assert matrix.interpreter(("3.99",)) is None
    row = matrix.run_row(matrix.Row("future", "ansible-core==9", ("3.99",)), [])
    assert not row.failed
    assert "NOT RUN: ansible-core==9 needs Python 3.99" in row.line()
