# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewall's VPN log: what a negotiation came to, in the words of either side of it.

Events have names, but many reasons stand in the text only, and both differ between releases: kinds are found by words.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property

UP, PROPOSAL, KEY, IDENTITY, SELECTORS, PFS = "up", "proposal", "key", "identity", "selectors", "pfs"
TIMEOUT, UNKNOWN_PEER, VERSION, CERTIFICATE, DEAD, BGP, FAILED = "timeout", "unknown peer", "version", "certificate", "dead", "bgp", "failed"
IKE, CHILD = "ike", "child"

# The words of PAN-OS as initiator and as responder, the notifications of IKEv1 and IKEv2, and those of other implementations.
_KINDS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in (
    (PROPOSAL, r"no.?proposal.?chosen|no suitable proposal|no acceptable|proposals? (is |are )?(unacceptable|mismatch|bad|does ?n[o']t match)"
               r"|proposal-bad|invalid.ke.payload|attributes?.not.supported"),
    (KEY, r"authentication.failed|pre.?shared.key mismatch|fail-psk|(auth|mac|hash)\W* (payload )?(is )?mismatch|wrong (pre.?shared )?key"),
    (IDENTITY, r"identif\w+ mismatch|\bid\w*\b.{0,60}(does ?n[o']t|do not|not) match|id.mismatch|invalid.id.information|no matching peer config"),
    (SELECTORS, r"ts.unacceptable|proxy.?id|traffic selector|matching (phase-2|ipsec) tunnel|invalid.id.information|single.pair.required"),
    (PFS, r"pfs|lacks? (a )?ke payload|invalid.ke.payload"),
    (TIMEOUT, r"time.?d? ?out|retransmi|no response|not respond|giving up|unreachable"),
    (UNKNOWN_PEER, r"find configuration|p1-notfound|no ike config|unknown peer"),
    (VERSION, r"version mismatch|invalid.major.version|unsupported (exchange|version)|ikev[12] (is )?not (enabled|supported|allowed)"),
    (CERTIFICATE, r"certificate|\bocsp\b|\bcrl\b"),
    (DEAD, r"\bdpd\b|liveness|dead peer"),
    (BGP, r"\bbgp\b"),
    (FAILED, r"fail|mismatch|unacceptable|invalid|reject|refus"),
))
_UP = re.compile(r"-succ\b|\bsucce(eded|ss)|enter-established\b", re.IGNORECASE)
_CHILD = re.compile(r"child|phase-2|-p2-|ipsec sa|quick mode|proxy.?id|traffic selector|ts.unacceptable", re.IGNORECASE)
_IKE = re.compile(r"phase-1|-p1-|-nego-ike-|ike sa|main mode|aggressive mode", re.IGNORECASE)

# Log lines that carry it are never a secret's home, but what a peer sends as its name is anybody's text.
_LENGTH = 300


@dataclass(frozen=True)
class Line:
    """One line. C(object): the gateway or tunnel that it names; PAN-OS leaves it empty where it knows none."""

    moment: str
    event: str
    object: str
    text: str

    @cached_property
    def kinds(self) -> frozenset:
        words = f"{self.event} {self.text}"
        if _UP.search(words):
            return frozenset({UP} | ({BGP} if re.search(r"\bbgp\b", words, re.IGNORECASE) else set()))
        return frozenset(kind for kind, pattern in _KINDS if pattern.search(words))

    @cached_property
    def phase(self) -> str | None:
        words = f"{self.event} {self.text}"
        return CHILD if _CHILD.search(words) else IKE if _IKE.search(words) else None

    @property
    def quoted(self) -> str:
        return f"log {self.moment} {self.event}: {self.text}"


def lines(response: ET.Element) -> list:
    """The lines in an answer to a search of the system log, in its order."""
    found = []
    for entry in response.findall("result/log/logs/entry"):
        texts = {name: " ".join((entry.findtext(name) or "").split()) for name in ("time_generated", "receive_time", "eventid", "object", "opaque")}
        found.append(Line(texts["time_generated"] or texts["receive_time"], texts["eventid"], texts["object"], texts["opaque"][:_LENGTH]))
    return found
