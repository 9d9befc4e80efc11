# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that holds what is needed to take a VPN's last changes back, written before they are: also a killed run can be reverted.

It stands where the module runs, readable by its user alone. Former pre-shared keys are in it in the firewall's stored form, new ones
as digests.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from urllib.parse import quote

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference

_FORMAT = 1


@dataclass
class Journal:
    """What the writes since the last verified run changed. C(reads): the containers (paths) in which all of it lies.

    C(places): all that was written to, also what in the end is as it was: it may be uncommitted.
    """

    file: str
    vpn: str
    reads: list = field(default_factory=list)
    places: list = field(default_factory=list)
    differences: list = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.differences)

    def noting(self, plan, reads) -> Journal:
        """This journal with what a plan is about to change.

        What was noted and does not stand any more was never written, or somebody else has changed it since: it is not ours to restore.
        """
        earlier = [difference for difference in self.differences
                   if not any(places.starts_with(difference.path, path) for path in reads) or revert.stands(difference, plan.before)]
        later = revert.differences(plan.before, plan.after, plan.operations)
        beside = [difference.path[:-1] for difference in later if not any(places.starts_with(difference.path, path) for path in reads)]
        return Journal(
            self.file, self.vpn, list(dict.fromkeys([*self.reads, *reads, *beside])),
            list(dict.fromkeys([*self.places, *(difference.path for difference in later)])),
            revert.merged(earlier, later, plan.after))

    def secrets(self) -> set:
        """The stored forms of former keys."""
        return revert.stored_secrets(self.differences)

    def save(self) -> None:
        """Onto the disk, whole or not at all. An empty journal is no file."""
        if not self.differences:
            self.forget()
            return
        folder, unfinished = os.path.dirname(self.file), f"{self.file}.new"
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            with open(unfinished, "w", encoding="utf-8", opener=_for_its_user_alone) as opened:
                json.dump(self._document(), opened, indent=1)
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(unfinished, self.file)
            _flush_folder(folder)
        except OSError as exc:
            raise InvalidInput(f"journal: {self.file} cannot be written ({exc.strerror})") from None

    def forget(self) -> None:
        """Nothing is left to take back."""
        try:
            os.unlink(self.file)
            _flush_folder(os.path.dirname(self.file))
        except FileNotFoundError:
            return
        except OSError as exc:
            raise InvalidInput(f"journal: {self.file} cannot be deleted ({exc.strerror}); delete it, its changes are not to be taken back") from None

    def _document(self) -> dict:
        return {
            "format": _FORMAT, "vpn": self.vpn,
            "reads": [places.render(path) for path in self.reads], "places": [places.render(path) for path in self.places],
            "differences": [{
                "label": item.label, "xpath": item.xpath, "before": item.before, "after": item.after, "remains": item.remains,
                "above": list(item.above), "moved_below": item.moved_below} for item in self.differences],
        }


def file_of(folder: str, firewall: str, vpn: str) -> str:
    """Where the journal of one VPN on one firewall stands."""
    name = ",".join(quote(part, safe="") for part in (firewall, vpn))
    return os.path.join(os.path.expanduser(os.path.expandvars(folder)), f"{name}.json")


def _for_its_user_alone(path, flags):
    return os.open(path, flags, 0o600)


def load(file: str, vpn: str) -> Journal:
    """The journal in a file; an empty one where there is no file. Raises InvalidInput for a file that is no journal."""
    try:
        with open(file, encoding="utf-8") as opened:
            document = json.load(opened)
        if document["format"] != _FORMAT:
            raise InvalidInput(f"journal: {file} was written in format {document['format']}, this release reads {_FORMAT}")
        if document["vpn"] != vpn:
            raise InvalidInput(f"journal: {file} is that of {document['vpn']}, not of {vpn}; somebody renamed it")
        reads, written = ([places.parse(xpath) for xpath in document[kind]] for kind in ("reads", "places"))
        return Journal(file, document["vpn"], reads, written, [_difference(item) for item in document["differences"]])
    except FileNotFoundError:
        return Journal(file, vpn)
    except OSError as exc:
        raise InvalidInput(f"journal: {file} cannot be read ({exc.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(f"journal: {file} holds no journal of this collection; move it away") from None


def _difference(item) -> Difference:
    return Difference(item["label"], places.parse(item["xpath"]), item["before"], item["after"], item["remains"], tuple(item["above"]), item["moved_below"])


def _flush_folder(folder) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
