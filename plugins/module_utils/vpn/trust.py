# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the certificates by which the tunnels of a VPN authenticate are on the firewall and will do, before anything is written."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import id_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import certificates
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.certificates import Certificate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import profile as peers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn


def warnings(vpn: Vpn, view: Surroundings) -> list[str]:
    """What the other side may not accept. Raises Refused where a gateway could not authenticate at all."""
    if not vpn.certifies:
        return []
    there, trusted = certificates.certificates(view.tree, view.base), certificates.authorities(view.tree, view.base)
    found: list[str] = []
    for number in vpn.numbers:
        said = vpn.tunnel(number).certificate
        if said is not None:
            own = _own(number, said, there)
            found += _of_identity(vpn, number, own)
            found += _of_profile(vpn, number, said.certificate_profile or "", there, trusted)
            found += _of_chain(vpn, number, said, own, there, trusted[said.certificate_profile or ""])
    return list(dict.fromkeys(found))


def _own(number: int, said: peers.Certificate, there: Mapping[str, Certificate]) -> Certificate:
    place = f"tunnel {number}: certificate.local_certificate"
    own = there.get(said.local_certificate or "")
    if own is None:
        raise Refused(f"{place}: there is no certificate '{said.local_certificate}' on this firewall, shared or in its virtual system; "
                      f"there {_listed(there)}")
    if not own.key_is_there:
        raise Refused(f"{place}: the firewall has certificate '{own.name}' without its private key, and cannot show it; import it with the key")
    if own.has_expired(time.time()):
        raise Refused(f"{place}: certificate '{own.name}' has expired ({_day(own)}); renew it, or give another one")
    wanted = certificates.common_name(said.local_subject or "")
    if wanted and own.name_in_it and wanted.lower() != own.name_in_it.lower():
        raise Refused(f"{place}: the far side demands a certificate of '{wanted}', and '{own.name}' is one of '{own.name_in_it}'")
    return own


def _of_identity(vpn: Vpn, number: int, own: Certificate) -> list[str]:
    """The far side looks for the ID that it is shown in the certificate."""
    tunnel = vpn.tunnel(number)
    shown = tunnel.local_id or vpn.local_id
    kind = (tunnel.local_id_type if tunnel.local_id else None) or id_type(shown or "")
    if not shown or own.is_of(kind, shown) is not False:
        return []
    held = ", ".join(text for _kind, text in own.identities or ())
    return [f"{vpn.name}, tunnel {number}: the gateway is to show {kind} {shown}, which certificate '{own.name}' does not hold "
            f"({f'it holds {held}' if held else 'it has no alternative names'}): most peers refuse that"]


def _of_profile(vpn: Vpn, number: int, name: str, there: Mapping[str, Certificate], trusted: Mapping[str, list[str]]) -> list[str]:
    place = f"tunnel {number}: certificate.certificate_profile"
    if name not in trusted:
        raise Refused(f"{place}: there is no certificate profile '{name}' on this firewall, shared or in its virtual system; "
                      f"there {_listed(trusted)}")
    if not trusted[name]:
        raise Refused(f"{place}: certificate profile '{name}' has no authority, so no certificate of the far side could pass; add its authority there")
    expired = [authority for authority in trusted[name] if authority in there and there[authority].has_expired(time.time())]
    if len(expired) == len(trusted[name]):
        raise Refused(f"{place}: all authorities of certificate profile '{name}' have expired ({', '.join(expired)})")
    return [f"{vpn.name}: authority '{authority}' of certificate profile '{name}' has expired ({_day(there[authority])})" for authority in expired]


def _of_chain(vpn: Vpn, number: int, said: peers.Certificate, own: Certificate, there: Mapping[str, Certificate], trusted: list[str]) -> list[str]:
    """Who signed the firewall's certificate, and whether the far side knows that authority."""
    chain = _chain(own, there)
    top = chain[-1]
    if top.subject != top.issuer:
        return [f"{vpn.name}, tunnel {number}: no certificate on this firewall is of the authority that signed '{top.name}', so its chain is not "
                "shown to the far side; import that authority's certificate"]
    known = {certificates.body(text) for text in said.authorities}
    if known and known.isdisjoint(each.body for each in chain):
        return [f"{vpn.name}, tunnel {number}: none of the authorities that the far side trusts has signed certificate '{own.name}' "
                f"({' by '.join(each.name for each in chain)})"]
    if not known and set(trusted).isdisjoint(each.name for each in chain):
        return [f"{vpn.name}, tunnel {number}: certificate '{own.name}' is not of an authority of certificate profile '{said.certificate_profile}'; that is "
                "right only where the two sides have authorities of their own"]
    return []


def _chain(own: Certificate, there: Mapping[str, Certificate]) -> list[Certificate]:
    """A certificate and those that signed it, as far as they are on the firewall."""
    by_subject = {certificate.subject: certificate for certificate in there.values() if certificate.subject}
    found = [own]
    while found[-1].issuer != found[-1].subject and (signer := by_subject.get(found[-1].issuer)) is not None and signer not in found:
        found.append(signer)
    return found


def _listed(names: Iterable[str]) -> str:
    return f"are {', '.join(sorted(names))}" if list(names) else "are none"


def _day(certificate: Certificate) -> str:
    return datetime.fromtimestamp(certificate.expires or 0, timezone.utc).strftime("%Y-%m-%d")
