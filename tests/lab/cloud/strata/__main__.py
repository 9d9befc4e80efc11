# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the stand-in in the foreground: ``python -m ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata``."""

from __future__ import annotations

import argparse
import pathlib
import signal
import tempfile
import threading

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, ADDRESSES, TOKEN_PATHS, Cloud, started


def main() -> None:
    parser = argparse.ArgumentParser(prog="strata", description="A stand-in of Strata Cloud Manager's API on loopback, with one tenant.")
    parser.add_argument("--port", type=int, default=0, help="HTTPS port; 0 takes a free one")
    parser.add_argument("--token-seconds", type=float, default=899, help="how long a token lives")
    arguments = parser.parse_args()
    cloud = Cloud(token_seconds=arguments.token_seconds)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *dummy: ended.set())
    with tempfile.TemporaryDirectory(prefix="strata-") as folder:
        there = started(cloud, pathlib.Path(folder), arguments.port)
        account = cloud.accounts[ACCOUNT]
        for name, value in (("SCM_BASE_URL", there.url), ("SCM_TOKEN_URL", f"{there.url}{TOKEN_PATHS[0]}"), ("SCM_CA_PATH", there.ca_path),
                            ("SCM_CLIENT_ID", ACCOUNT), ("SCM_CLIENT_SECRET", f"'{account.secret}'"), ("SCM_TSG_ID", account.tenant)):
            print(f"export {name}={value}")
        print(f"# address API: {there.url}{ADDRESSES}")
        print(f"# telemetry (insights_url): {there.url}", flush=True)
        ended.wait()
        there.stop()


if __name__ == "__main__":
    main()
