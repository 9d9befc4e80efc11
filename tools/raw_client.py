# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends API requests to a firewall over one kept-alive connection, with nothing around them: the floor of a benchmark.

Reads {"provider": …, "requests": [parameters, …]} as JSON from its standard input, and prints the seconds that it took.
"""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import time
from urllib.parse import urlencode


def main() -> None:
    given = json.load(sys.stdin)
    provider = given["provider"]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-PAN-KEY": provider["api_key"]}
    context = ssl.create_default_context(cafile=provider["ca_path"])
    started = time.monotonic()
    connection = http.client.HTTPSConnection(provider["ip_address"], provider["port"], timeout=60, context=context)
    for parameters in given["requests"]:
        connection.request("POST", "/api/", urlencode(parameters), headers)
        answer = connection.getresponse().read()
        if b'status="success"' not in answer:
            sys.exit(f"{parameters} was answered with {answer.decode(errors='replace')}")
    connection.close()
    print(time.monotonic() - started)


if __name__ == "__main__":
    main()
