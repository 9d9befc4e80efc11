# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exceptions of this collection. Raised below, caught once, in C(tasks/module.py)."""

from __future__ import annotations


class PanosVpnError(Exception):
    """Anything this collection refuses or fails at; its text is what the user reads and never holds a secret.

    C(sentences) make up the text, each adding to the one before; C(about) are the names of what they speak of, the widest first.
    C(standing): the last sentence, of what stands on the firewall now; it is made from one look, and a later look makes it anew.
    C(facts) are further results for C(fail_json): job ids, lists of objects, what stands on the firewall now.
    C(goes_on): a job of the firewall goes on without us, so that what comes of it is not known.
    """

    goes_on = False

    def __init__(self, message: str, **facts):
        super().__init__(message)
        self.sentences = [message]
        self.standing = ""
        self.about: list[str] = []
        self.facts = facts

    def __str__(self) -> str:
        return self._told(self.standing)

    @property
    def reason(self) -> str:
        """Its text without what stands, for whoever has looked since."""
        return self._told("")

    def _told(self, standing: str) -> str:
        return ": ".join([*self.about, "; ".join(filter(None, [*self.sentences, standing]))])

    def adding(self, sentence: str) -> PanosVpnError:
        """This error, with more to say; unless it says so already."""
        if sentence not in str(self):
            self.sentences.append(sentence)
        return self

    def leaving(self, standing: str) -> PanosVpnError:
        """This error, with what stands now; what was said of that before is out of date."""
        self.standing = standing
        return self

    def speaking_of(self, name: str) -> PanosVpnError:
        """This error, with the name of what it is about in front."""
        self.about.insert(0, name)
        return self


class InvalidInput(PanosVpnError):
    """What the user (or a cloud's output) gave cannot be configured. Raised before any write."""


class Refused(PanosVpnError):
    """The input is fine, but not on this firewall: its state or configuration forbids it. Raised before any write."""


class DeviceError(PanosVpnError):
    """The firewall answered with an error. C(code) is PAN-OS's number where it gave one, C(answer) the whole answer.

    C(operation): the one of a transaction that was refused.
    """

    def __init__(self, message: str, code: int | None = None, answer=None, operation=None, **facts):
        super().__init__(message, **facts)
        self.code = code
        self.answer = answer
        self.operation = operation


class JobUnknown(DeviceError):
    """The firewall knows of no job of that number: there never was one, or a restart has ended it."""


class TakenMeanwhile(DeviceError):
    """Somebody else made an object of that name between our read and our write; nothing was written."""


class ConnectionFailed(PanosVpnError):
    """No usable answer: not reachable, not verified, not logged in, or not XML.

    C(sent) tells whether the request may have reached the firewall, so that its effect is unknown.
    C(final): trying again cannot help (wrong credentials, a certificate that does not verify).
    C(restarting): the management service takes no requests at the moment, as while it restarts after a commit.
    C(late): no answer came in time, and the firewall may be at work on the request.
    """

    def __init__(self, message: str, sent: bool = False, final: bool = False, restarting: bool = False, late: bool = False, **facts):
        super().__init__(message, **facts)
        self.sent = sent
        self.final = final
        self.restarting = restarting
        self.late = late

    def saying(self, message: str, sent: bool | None = None) -> ConnectionFailed:
        """The same failure in other words. C(sent): where more is known of that."""
        said = ConnectionFailed(message, self.sent if sent is None else sent, self.final, self.restarting, self.late, **self.facts)
        return said.leaving(self.standing)  # type: ignore[return-value]
