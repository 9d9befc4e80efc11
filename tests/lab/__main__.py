# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lab from the command line: an emulated firewall, real tunnels to AWS's side of given connections, hosts behind both.

``python -m ansible_collections.tunnelsmith.panos_vpn.tests.lab up`` starts it in the background; ``down``, ``status``, ``exec HOST COMMAND`` and
``doctor`` go with it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import prerequisites
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import LIFETIME, Enclave, LabError, base_folder, wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.firewall_routing import KINDS, of_host
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.firewall_side import HOST, ask_agent
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.ike_daemon import IkeDaemon
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.plane import DataPlane
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

_EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "playbooks" / "files"
_PACKAGE = "ansible_collections.tunnelsmith.panos_vpn.tests.lab"


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return given.run(given)
    except (LabError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description="An emulated firewall with real tunnels, in private namespaces.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.set_defaults(run=run)
        found.add_argument("--name", default="lab", help="which lab; any number of them can be up")
        return found

    up = command("up", _up, "start a lab in the background and print the way in")
    up.add_argument("--connection", action="append", type=pathlib.Path, help="output of aws ec2 describe-vpn-connections; may be given again")
    up.add_argument("--config", help="base, bgp_running, second_site, or the path of an exported configuration")
    up.add_argument("--version", default="11.1", help="PAN-OS version")
    up.add_argument("--engine", help="virtual-router or logical-router")
    up.add_argument("--routing", choices=sorted(KINDS), default="bird", help="the firewall's routing daemon")
    up.add_argument("--port", type=int, default=0, help="HTTPS port of the firewall; 0 takes a free one")
    up.add_argument("--lifetime", type=int, default=LIFETIME, help="seconds after which a forgotten lab is gone")
    up.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    command("down", _down, "take a lab down; nothing is left of it")
    command("status", _status, "tunnels, monitors, rules, BGP sessions and routes of the firewall as they are now")
    execute = command("exec", _exec, "run a command on one of the lab's hosts")
    execute.add_argument("host", metavar="HOST", help="firewall, internet, vpc, aws1, ..., or an inside interface such as ae1.10")
    execute.add_argument("command", metavar="COMMAND", nargs=argparse.REMAINDER)
    key = command("key", _key, "another pre-shared key at a far side, as after a change at AWS: its tunnel goes down until the firewall has that key too")
    key.add_argument("address", metavar="ADDRESS", help="the outside address of the tunnel's far side")
    key.add_argument("key", metavar="KEY")
    command("doctor", _doctor, "what this machine has and lacks for a lab; changes nothing")
    return parser


def _doctor(given: argparse.Namespace) -> int:
    for finding in prerequisites.findings():
        print(f"{'ok      ' if finding.present else 'MISSING '} {finding.name}: {finding.detail}")
    lacking = prerequisites.missing_frr()
    print(f"{'optional' if lacking else 'ok      '} FRR, only for --routing frr: {lacking or prerequisites.FRR}")
    if prerequisites.missing() is None:
        return 0
    print(f"On Debian the programs come with: apt-get install --no-install-recommends {' '.join(prerequisites.PACKAGES)}")
    return 1


def _up(given: argparse.Namespace) -> int:
    if given.serve:
        return _serve(given)
    lacking = prerequisites.missing()
    if lacking:
        raise LabError(f"{lacking}; see the lab's doctor")
    if Enclave.find(given.name) is not None:
        raise LabError(f"a lab named {given.name} is up already")
    base_folder().mkdir(mode=0o700, exist_ok=True)
    log = base_folder() / f"{given.name}.log"
    access = base_folder() / given.name / "access.json"
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", _PACKAGE, *sys.argv[1:], "--serve"], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    if not wait_until(lambda: access.exists() or server.poll() is not None, 60, 0.05) or not access.exists():
        server.kill()
        raise LabError(f"the lab did not come up: {log.read_text(errors='replace').strip()[-1000:]}")
    for key, value in json.loads(access.read_text(encoding="utf-8"))["print"].items():
        print(f"{key}: {value}")
    return 0


def _serve(given: argparse.Namespace) -> int:
    """The process that answers as the firewall, until it is told to end or the lab's lifetime is over."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *dummy: stop.set())
    files = given.connection or sorted(_EXAMPLES.glob("connection_*.json"))
    connections = [read(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    with DataPlane(given.name, connections, lifetime=given.lifetime, routing=given.routing) as plane:
        # The emulator's certificates shall go with the lab, however it ends.
        tempfile.tempdir = str(plane.enclave.folder)
        with Emulator(given.version, given.engine, given.config, port=given.port) as emulator:
            emulator.attach(plane)
            shown = {
                "url": emulator.url, "user": emulator.username, "password": emulator.password, "api key": emulator.api_key, "ca": emulator.ca_path,
                "hosts": ", ".join(sorted(line.split()[0] for line in plane.enclave.run("ip netns list").splitlines())),
                "ends": f"by itself after {given.lifetime} seconds",
            }
            for cloud, path in zip(plane.clouds, files):
                shown[cloud.connection.name] = f"{path}, VPC {cloud.vpc} with {cloud.host} at {cloud.address}"
            access = plane.enclave.folder / "access.json"
            draft = access.with_suffix(".draft")
            draft.write_text(json.dumps({"pid": os.getpid(), "print": shown}), encoding="utf-8")
            draft.rename(access)
            while plane.enclave.alive() and not stop.wait(1):
                pass
        (base_folder() / f"{given.name}.log").unlink(missing_ok=True)
    return 0


def _not_up(name: str) -> str:
    names = Enclave.names()
    return f"no lab named {name} is up; there is {', '.join(names)} (--name)" if names else f"no lab named {name} is up, and no other one either"


def _found(given: argparse.Namespace) -> Enclave:
    enclave = Enclave.find(given.name)
    if enclave is None:
        raise LabError(_not_up(given.name))
    return enclave


def _down(given: argparse.Namespace) -> int:
    enclave = Enclave.find(given.name)
    if enclave is None:
        print(_not_up(given.name))
        return 0
    with contextlib.suppress(OSError, ValueError, KeyError):
        # Its own server; the process number was written by it, and the lab is alive.
        os.kill(json.loads((enclave.folder / "access.json").read_text(encoding="utf-8"))["pid"], signal.SIGTERM)
        wait_until(lambda: not enclave.folder.exists(), 10, 0.05)
    (base_folder() / f"{given.name}.log").unlink(missing_ok=True)
    enclave.destroy()
    print(f"lab {given.name} is down")
    return 0


def _status(given: argparse.Namespace) -> int:
    enclave = _found(given)
    for folder in sorted(path.parent for path in enclave.folder.glob("*/vici.sock")):
        daemon = IkeDaemon(enclave, folder.name)
        sa = daemon.ike_sa()
        state = "no IKE SA" if sa is None else f"IKEv{sa.version} {'established' if sa.established else 'negotiating'} {sa.proposal}"
        print(f"{folder.name}: {state}")
        for child in sa.children if sa else ():
            print(f"  {child.name}: {child.encryption} {child.integrity} in {child.packets_in} out {child.packets_out} packets")
    agent = ask_agent(enclave.folder / HOST, {})
    for name, probe in agent["probes"].items():
        print(f"monitor of {name}: {probe['target']} {'up' if probe['up'] else 'DOWN'}, {probe['answered']} of {probe['sent']} answered")
    for name, active in agent["rules"].items():
        print(f"PBF rule {name}: {'active' if active else 'disabled'}")
    for session in of_host(enclave, HOST).sessions().values():
        print(f"BGP {session.name}: {session.state}, {session.received} received, {session.advertised} advertised {session.last_error}")
    print(enclave.run("ip -4 route", HOST).rstrip())
    print(f"memory: {enclave.memory()}")
    return 0


def _key(given: argparse.Namespace) -> int:
    enclave = _found(given)
    ends = {address: path.parent.name for path in enclave.folder.glob("aws*/vici.sock") for address in _addresses(enclave, path.parent.name)}
    if given.address not in ends:
        raise LabError(f"no far side has the address {given.address}; there are {', '.join(sorted(ends))}")
    IkeDaemon(enclave, ends[given.address]).take_key(given.key)
    print(f"{given.address} ({ends[given.address]}) has another key")
    return 0


def _addresses(enclave: Enclave, host: str) -> list[str]:
    """The outside addresses of an endpoint. They stand on its loopback interface, beside that of its VPC's gateway."""
    (loopback,) = json.loads(enclave.run("ip -j address show dev lo", host))
    return [address["local"] for address in loopback["addr_info"] if address["scope"] == "global" and not address["local"].startswith("10.")]


def _exec(given: argparse.Namespace) -> int:
    if not given.command:
        raise LabError("exec takes a host and a command")
    return subprocess.call(_found(given).command(given.host, *given.command))


if __name__ == "__main__":
    sys.exit(main())
