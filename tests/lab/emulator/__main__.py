# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start an emulated firewall in the foreground: ``python -m ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator


def main() -> int:
    parser = argparse.ArgumentParser(prog="emulator", description="An emulated PAN-OS firewall on loopback.")
    parser.add_argument("--port", type=int, default=0, help="HTTPS port; 0 takes a free one")
    parser.add_argument("--version", default="11.1", help="PAN-OS version, 10.1 to 12.1, with or without patch level")
    parser.add_argument("--engine", help="running engine, virtual-router or logical-router; else what the configuration says")
    parser.add_argument("--config", help="base, bgp_running, or the path of an exported configuration")
    parser.add_argument("--listen", default="127.0.0.1", help="loopback address to bind to")
    parser.add_argument("--name", default="fw1", help="host name")
    arguments = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *dummy: stop.set())
    try:
        emulator = Emulator(
            arguments.version, arguments.engine, arguments.config, arguments.name, arguments.port, arguments.listen
        ).start()
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        for key, value in (
            ("url", emulator.url),
            ("user", emulator.username),
            ("password", emulator.password),
            ("api key", emulator.api_key),
            ("ca", emulator.ca_path),
            ("control", emulator.control_url),
        ):
            print(f"{key}: {value}", flush=True)
        stop.wait()
    finally:
        emulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
