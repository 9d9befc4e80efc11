# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start emulated devices in the foreground: ``python -m ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.configurations import PANORAMAS


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description="An emulated PAN-OS firewall, pair or Panorama on loopback.")
    parser.add_argument("--port", type=int, default=0, help="HTTPS port; 0 takes a free one")
    parser.add_argument("--version", default="11.1", help="PAN-OS version, 10.1 to 12.1, with or without patch level")
    parser.add_argument("--engine", help="running engine, virtual-router or logical-router; else what the configuration says")
    parser.add_argument("--config", help="base, bgp_running, second_site, panorama or prisma (which is a Panorama), or the path of an exported configuration")
    parser.add_argument("--listen", default="127.0.0.1", help="loopback address to bind to")
    parser.add_argument("--name", help="host name")
    parser.add_argument("--peer", action="store_true",
                        help="add the passive member of an HA pair, on a port of its own, with the same administrators and CA")
    parser.add_argument("--panorama", type=int, metavar="FIREWALLS",
                        help="be a Panorama with so many firewalls behind it, in its stack branch-stack and device group branches")
    return parser.parse_args()


def _devices(arguments: argparse.Namespace) -> list[Emulator]:
    """What was asked for, the device of the given port first; not started yet."""
    if arguments.panorama is None and arguments.config not in PANORAMAS:
        name = arguments.name or "fw1"
        made = [Emulator(arguments.version, arguments.engine, arguments.config, name, arguments.port, arguments.listen)]
        if arguments.peer:
            made.append(Emulator(arguments.version, arguments.engine, arguments.config, f"{name}-peer", 0, arguments.listen))
            made[0].pair_with(made[1])
        return made
    if arguments.peer:
        raise ValueError("--peer is for a firewall, not for a Panorama")
    panorama = Emulator(
        arguments.version, None, arguments.config, arguments.name or "panorama", arguments.port, arguments.listen, model="panorama"
    )
    names = [f"fw{number}" for number in range(1, (arguments.panorama or 0) + 1)]
    firewalls = [Emulator(arguments.version, arguments.engine, name=name, listen=arguments.listen) for name in names]
    for firewall in firewalls:
        panorama.manage(firewall, *(() if arguments.config else ("branch-stack", "branches")))
    return [panorama, *firewalls]


def _describe(emulator: Emulator) -> dict[str, str]:
    return {
        "url": emulator.url,
        "user": emulator.username,
        "password": emulator.password,
        "api key": emulator.api_key,
        "ca": emulator.ca_path,
        # As the modules take it.
        "provider": json.dumps({"ip_address": emulator.host, "port": emulator.port, "api_key": emulator.api_key, "ca_path": emulator.ca_path}),
        "control": emulator.control_url,
    }


def main() -> int:
    arguments = _arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *dummy: stop.set())
    started: list[Emulator] = []
    try:
        try:
            for emulator in _devices(arguments):
                started.append(emulator.start())
        except (OSError, ValueError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        for emulator in started:
            lead = "" if emulator is started[0] else f"{emulator.firewall.name} "
            for key, value in _describe(emulator).items():
                print(f"{lead}{key}: {value}", flush=True)
            if len(started) > 1:
                print(f"{lead}serial: {emulator.firewall.serial}", flush=True)
        stop.wait()
    finally:
        for emulator in started:
            emulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
