# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Ansible module that sends recorded requests, each on a TLS connection of its own, and does nothing else with them.

It loads the library that the modules it stands for load. All that they compute beyond that is left out, so a task of
theirs takes longer.
"""

from __future__ import annotations

import http.client
import re
import ssl
import time
from urllib.parse import urlencode

from ansible.module_utils.basic import AnsibleModule

import panos.firewall


def send(provider, parameters):
    """The answer's text. The certificate is not verified, as with the library's own connections."""
    # pylint: disable-next=protected-access
    connection = http.client.HTTPSConnection(provider["ip_address"], provider["port"], timeout=60, context=ssl._create_unverified_context())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-PAN-KEY": provider["api_key"]}
    connection.request("POST", "/api/", urlencode(parameters), headers)
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def wait(provider, job):
    """Look at a job as often as the library does: every half second until it has ended."""
    while "<status>FIN</status>" not in send(provider, {"type": "op", "cmd": f"<show><jobs><id>{job}</id></jobs></show>"}):
        time.sleep(0.5)


def main():
    module = AnsibleModule(argument_spec={
        "provider": {"type": "dict", "required": True, "no_log": True},
        "requests": {"type": "list", "elements": "dict", "required": True, "no_log": False},
    })
    provider = module.params["provider"]
    for parameters in module.params["requests"]:
        answer = send(provider, parameters)
        if 'status="success"' not in answer:
            module.fail_json(msg=f"{parameters} was answered with {answer}")
        job = re.search(r"<job>(\d+)</job>", answer) if parameters["type"] == "commit" else None
        if job:
            wait(provider, job.group(1))
    module.exit_json(changed=True, library=panos.firewall.__name__)


if __name__ == "__main__":
    main()
