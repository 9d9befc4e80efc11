# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a slow commit is doing is printed while it runs: into a pipe, for several firewalls at once, and in what AWX's runner sees."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import KEYS, paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, access, pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

SECONDS = 4
LINE = re.compile(r"\.\.\. \[(\w+)\] commit job \d+ is at \d+ % \(\d+ s\)")


@pytest.fixture
def slow(firewall):
    firewall.control.commit_duration(SECONDS)
    return firewall


def printed(run) -> list:
    return [line for line in run.output.splitlines() if line.startswith("...")]


def test_it_is_printed_while_the_commit_runs(playbooks, slow):
    running = playbooks.start(slow, PAIRING, variables=paired("pbf"))
    for line in running.process.stdout:
        if LINE.search(line):
            assert slow.firewall.jobs.busy, "it is told when it is over"
            break
    else:
        raise AssertionError("nothing was told")
    assert running.finished().status == 0


@pytest.mark.parametrize("arguments, more", [((), {"aws_pairing_progress": False}), (("--check", "--diff"), {}), (("--skip-tags", "commit"), {})],
                         ids=["not asked for", "a plan", "nothing to wait for"])
def test_it_can_be_silent(playbooks, slow, arguments, more):
    run = playbooks.run(slow, PAIRING, *arguments, variables=paired("pbf", **more))
    assert run.status == 0 and printed(run) == [], run.output


def test_each_line_names_its_firewall_and_none_holds_a_key(playbooks, firewalls):
    started = {f"fw{number}": firewalls() for number in range(1, 5)}
    for firewall in started.values():
        firewall.control.commit_duration(SECONDS)
    inventory = {"all": {"hosts": {name: {"panos_provider": provider_of(firewall)} for name, firewall in started.items()},
                         "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}}
    run = playbooks.run(None, PAIRING, "-f", "4", "-l", "all", inventory=inventory, environment={}, variables=paired("pbf"))
    assert run.status == 0, run.output
    told = [LINE.fullmatch(line) for line in printed(run)]
    assert {line[1] for line in told} == set(started)
    assert all(key not in line[0] for line in told for key in KEYS["pbf"])


def test_a_line_is_an_event_of_the_runner(installed, slow, tmp_path):
    program = installed.program.parent / "ansible-runner"
    if not program.is_file() or installed.collections is not None:
        pytest.skip("ansible-runner is not beside this Python, or the collection is not: make install")
    (tmp_path / "project").mkdir()
    (tmp_path / "env").mkdir()
    (tmp_path / "project" / "play.yml").write_text(yaml.safe_dump(play(pairing(**paired("pbf")))), encoding="utf-8")
    (tmp_path / "env" / "envvars").write_text(json.dumps({**access(slow), "HOME": str(tmp_path)}), encoding="utf-8")
    inventory = "fw1 ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts").write_text(inventory, encoding="utf-8")
    done = subprocess.run([str(program), "run", str(tmp_path), "-p", "play.yml", "-i", "watched"], check=False, text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stdout
    events = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "artifacts" / "watched" / "job_events").glob("*.json")]
    told = [event for event in events if LINE.search(event.get("stdout", ""))]
    ended = next(event for event in events if event["event"] == "runner_on_ok" and event["event_data"].get("task_action", "").endswith("site_to_site_vpn"))
    assert told and all(event["created"] < ended["created"] for event in told)
