# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall does with packets, and no public text says for certain: each a switch, whose default is the less kind position or the more likely one."""

from __future__ import annotations

from dataclasses import dataclass

#: Which committed changes of what is negotiated the SAs outlive that were made before: none, that of a key, or all.
NOTHING, A_KEY, EVERYTHING = "nothing", "a key", "everything"


@dataclass(frozen=True)
class Behaviour:
    """``dead_peers_keep_sessions``: sessions of a PBF rule whose monitor only waits stay on the dead way out, as the vendor's pages on 10.0 and 11.0 say; else
    they go by the routing table, as the page on 11.1 says.

    ``sas_outlive``: what becomes of SAs when a key, an identity or a proposal changes; one of the three above.

    ``sessions_leave_their_zone``: whether packets of a session go out by an interface of another zone than the session's. By default they are dropped, as
    the counter ``flow_fwd_zonechange`` and reports of practitioners say (likely).

    ``answers_by_pbf``: whether PBF is asked for the first answer to a session as it is for its first packet.

    ``interfaces_go_with_their_tunnel``: whether the interface of a tunnel that is disabled goes down at once. By default it stays up and swallows packets, so
    that BGP waits for its hold time and a static route stays.

    ``negotiates_unasked``: whether a tunnel that is down is negotiated without a packet that wants into it. By default only packets ask, as those of hosts,
    monitors and BGP; a peer may begin in either case.

    ``tells_bgp_errors``: whether the peer's answer and the log say how a session ended. No recorded answer does; that a session came up or went down is told in
    any case.

    ``adjusts_mss``: whether the segment size that hosts tell each other is lowered to what the tunnel's interface carries.
    """

    dead_peers_keep_sessions: bool = False
    sas_outlive: str = A_KEY
    sessions_leave_their_zone: bool = False
    answers_by_pbf: bool = False
    interfaces_go_with_their_tunnel: bool = False
    negotiates_unasked: bool = False
    tells_bgp_errors: bool = False
    adjusts_mss: bool = False
