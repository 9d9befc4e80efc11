# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what modules share that talk to Strata Cloud Manager."""

from __future__ import annotations


class ModuleDocFragment:

    DOCUMENTATION = r"""
options:
  scm:
    description:
      - How to reach Strata Cloud Manager, and as whom. Set it once with C(module_defaults) and the group C(tunnelsmith.panos_vpn.cloud), or leave it out
        and use the environment variables.
      - Each task gets one token, renews it when it ends, and keeps it neither in facts nor on disk.
      - The usual proxy variables (E(HTTPS_PROXY), E(NO_PROXY)) are honoured, for proxies that are spoken to by HTTP (C(http://HOST:PORT)).
    type: dict
    suboptions:
      client_id:
        description: Client id of the service account, such as V(automation@1000000001.iam.panserviceaccount.com). E(SCM_CLIENT_ID) stands for it.
        type: str
      client_secret:
        description: Its client secret. E(SCM_CLIENT_SECRET) stands for it.
        type: str
      tsg_id:
        description: Number of the tenant service group. E(SCM_TSG_ID) stands for it.
        type: str
      base_url:
        description: Address of the API. E(SCM_BASE_URL) stands for it.
        type: str
        default: https://api.strata.paloaltonetworks.com
      token_url:
        description: Address that gives tokens. E(SCM_TOKEN_URL) stands for it.
        type: str
        default: https://auth.apps.paloaltonetworks.com/oauth2/access_token
      validate_certs:
        description: Whether certificates must verify. V(false) warns in every task, since anybody on the way can then read the credentials.
        type: bool
        default: true
      ca_path:
        description: PEM file, or folder of hashed PEM files, with the CA that signed the certificates. Omitted, the system's CAs count.
        type: path
      timeout:
        description: Seconds that one answer may take as a whole, V(1) to V(86400).
        type: int
        default: 60
      retry_timeout:
        description:
          - Seconds in which one request is tried again that the service does not take (HTTP 429, 500, 502, 503 and 504), or whose answer is lost, V(0) to
            V(86400). It is tried again when the service says so (C(Retry-After)), else after pauses that grow. A write whose answer was lost is looked for
            before it is sent again.
        type: int
        default: 120
"""

    ATTRIBUTES = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tunnelsmith.panos_vpn.cloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - tunnelsmith.panos_vpn.cloud
  platform:
    description: Target that can be operated against.
    platforms: Strata Cloud Manager
    support: full
  check_mode:
    description: Makes the same plan and shows the same diff, and writes nothing.
    support: full
  diff_mode:
    description: Shows each object that changes as the API has it, secrets as marks that only tell equal from different.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
"""
