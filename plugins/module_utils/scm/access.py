# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Strata Cloud Manager is reached, and as whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.arguments import LONGEST_WAIT
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import host_problem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.channel import FarEnd
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.dialling import Words
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

_TOKEN_OPTION = "scm.token_url (SCM_TOKEN_URL)"


@dataclass(frozen=True)
class Place:
    """An address that is spoken to, and the path there."""

    far_end: FarEnd
    path: str


@dataclass(frozen=True)
class Access:
    """A service account of one tenant. C(timeout): seconds for one answer; C(retry_timeout): for all attempts at one request together.

    C(base_option): how the option is called that says C(base_url).
    """

    client_id: str
    client_secret: str = field(repr=False)
    tsg_id: str
    base_url: str
    token_url: str
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: int = 60
    retry_timeout: int = 120
    base_option: str = "scm.base_url (SCM_BASE_URL)"

    @classmethod
    def said(cls, options: Mapping[str, Any]) -> Access:
        """By the option C(scm). What has to be there is asked for by its name, and not by Python."""
        values: dict[str, Any] = {name: "" if value is None else value for name, value in options.items()}
        return cls(**values)

    def __post_init__(self) -> None:
        for name, variable in (("client_id", "SCM_CLIENT_ID"), ("client_secret", "SCM_CLIENT_SECRET"), ("tsg_id", "SCM_TSG_ID")):
            if not getattr(self, name):
                raise InvalidInput(f"scm.{name} ({variable}) is missing: a service account of Strata Cloud Manager has client_id, client_secret and the tsg_id "
                                   "of its tenant service group")
        if not re.fullmatch(r"[0-9]{1,20}", self.tsg_id):
            raise InvalidInput(f"scm.tsg_id (SCM_TSG_ID): '{self.tsg_id[:80]}' is no number of a tenant service group, such as 1000000001")
        if ":" in self.client_id:
            raise InvalidInput("scm.client_id (SCM_CLIENT_ID): there is a colon in it, which no client id has")
        for name, low in (("timeout", 1), ("retry_timeout", 0)):
            if not low <= getattr(self, name) <= LONGEST_WAIT:
                raise InvalidInput(f"scm.{name}: {getattr(self, name)} is outside {low} to {LONGEST_WAIT} seconds")
        # What is wrong with an address is noticed before anything is sent.
        self.place_of(self.base_option, self.base_url)
        self.place_of(_TOKEN_OPTION, self.token_url)

    @property
    def api(self) -> Place:
        return self.place_of(self.base_option, self.base_url)

    @property
    def authority(self) -> Place:
        """Who gives tokens."""
        return self.place_of(_TOKEN_OPTION, self.token_url)

    def place_of(self, name: str, url: str) -> Place:
        """Where an address leads to that the option C(name) gives; it is spoken to as the API is."""
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise InvalidInput(f"{name}: '{url[:200]}' does not begin with https://, and secrets go to it")
        try:
            host, port = parts.hostname or "", parts.port or 443
        except ValueError:
            host, port = "", 443
        if not host or host_problem(host) or parts.username or parts.query:
            raise InvalidInput(f"{name}: give it as https://HOST[:PORT][/PATH]")
        words = Words(name, "scm.ca_path (SCM_CA_PATH)", "", "")
        return Place(FarEnd(host, port, self.validate_certs, self.ca_path, self.timeout, words=words), parts.path.rstrip("/"))
