# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible's module object and our own exchange: options in, results and errors out; the only caller of C(exit_json) and C(fail_json)."""

from __future__ import annotations

import contextlib
import traceback
from typing import Any, Callable, Iterator, Mapping

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import naming, secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import high_availability, locks, sdk
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target, target_at
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, InvalidInput, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.progress import Progress

NOTHING_WRITTEN = "nothing was written"
# Options that no role hands on under a name of its own.
_OF_ALL_MODULES = ("provider", "scm", "name", "configure", "option_prefix")


class CollectionModule(AnsibleModule):
    """AnsibleModule that keeps secrets out of what it says, in every spelling, and out of the system log altogether.

    Ansible masks raw secrets, in everything that a module returns. In the system log it masks their C(repr()) form, where quotes
    and backslashes make it miss them: the log is given option names only.
    """

    params: dict[str, Any]

    def __init__(self, argument_spec, connection, far_end, libraries=(), **kwargs):
        """C(connection): the option that leads to the C(far_end). C(libraries): (name, error of its import or None) of what the module needs."""
        self.misplaced = ""
        self.connection = connection
        super().__init__(argument_spec=argument_spec, supports_check_mode=True, **kwargs)
        self.progress = Progress()
        self.secret_forms = {form for secret in _secrets(self.argument_spec, self.params) for form in secrets.printable_forms(secret)}
        self._take_arguments()
        for library, import_error in libraries:
            if import_error is not None:
                self.fail_json(msg=missing_required_lib(library), exception=import_error)
        if not self.params[connection]["validate_certs"]:
            self.warn(f"{connection}.validate_certs is off: the certificate of {far_end} is not verified, anybody on the way can read the credentials")

    def _load_params(self):
        """Before Ansible takes what is null for given, and makes texts of what is none."""
        super()._load_params()
        self.params = arguments.said(self.argument_spec, self.params)
        self.params[self.connection], problem = arguments.connection_of(self.argument_spec, self.connection, self.params.get(self.connection) or {})
        self.misplaced = problem or "; ".join(arguments.unknown(self.argument_spec, self.params)) or (
            next(arguments.misplaced(self.argument_spec, self.params), ""))
        if self.misplaced:
            # Ansible's validation breaks at some of what is misplaced, and has nothing better to say of the rest.
            self.params = {name: value for name, value in self.params.items()
                           if name in (self.connection, "option_prefix") or str(name).startswith("_ansible_")}

    def _take_arguments(self):
        if self.misplaced:
            self.fail_json(self.misplaced)
        try:
            self.params = arguments.tidied(self.argument_spec, self.params)
        except InvalidInput as exc:
            self.fail_json(str(exc))
        self.no_log_values.update(secret for secret in _secrets(self.argument_spec, self.params) if secret)

    def _log_invocation(self):
        names = sorted(name for name, value in self.params.items() if value is not None)
        self.log(f"Invoked with the options {', '.join(names)}")

    def fail_json(self, msg, **kwargs):
        """Ansible stops looking for secrets in the arguments where one of them is malformed, and shows them all."""
        self.no_log_values.update(secret for secret in _secrets(self.argument_spec, self.params) if secret)
        sentence = self.misplaced or arguments.meant(msg)
        super().fail_json(self.naming(sentence), **kwargs)

    def tell(self, sentence: str) -> None:
        """What a long step waits for now, for those who watch. A plan waits for nothing."""
        if self.params.get("progress") and not self.check_mode:
            self.progress.tell(secrets.masked(sentence, self.secret_forms))

    def announce(self, sentence: str) -> None:
        """What is about to happen, for those who watch."""
        if self.params.get("progress") and not self.check_mode:
            self.progress.announce(secrets.masked(sentence, self.secret_forms))

    def naming(self, text: str) -> str:
        """A text that speaks of options, with the names that the user knows them by."""
        prefix = self.params.get("option_prefix")
        handed_on = {option: _words(spec) for option, spec in self.argument_spec.items() if option not in _OF_ALL_MODULES}
        return naming.as_variables(text, handed_on, prefix) if prefix else text

    def patience(self, timeout: str, poll: str | None = None) -> Patience:
        """To wait as long, and to look as often, as the options of these names say; those who watch are told."""
        return Patience(self.params[timeout], self.params[poll] if poll else None, self.tell)


class PanosModule(CollectionModule):
    """A module that talks to a firewall, or to a Panorama."""

    def __init__(self, argument_spec, libraries=(), **kwargs):
        """C(libraries): what the module needs beside pan-os-python."""
        # The journal as this task left it, where it keeps one.
        self.journal = None
        super().__init__(argument_spec, "provider", "the firewall", ((sdk.LIBRARY, sdk.IMPORT_ERROR), *libraries), **kwargs)


def _words(spec: Mapping[str, Any]) -> list[str]:
    """What an option can be set to, where that is one of a few words."""
    return ["true", "false"] if spec.get("type") == "bool" else list(map(str, spec.get("choices", ())))


def _secrets(spec, params):
    """The values of all options that are C(no_log), at every depth. What should have such options and is no mapping may be one as a whole."""
    for name, option in spec.items():
        value = (params or {}).get(name)
        if value is None:
            continue
        if option.get("no_log"):
            yield from map(str, value if isinstance(value, list) else [value])
        for item in value if isinstance(value, list) else [value]:
            if option.get("options") and isinstance(item, dict):
                yield from _secrets(option["options"], item)
            elif arguments.holds_secrets(option):
                yield str(item)


def with_session(module: PanosModule, work: Callable[[Session], dict], untouched: str = NOTHING_WRITTEN) -> None:
    """Run C(work) with a session, and hand its result, or what went wrong, to Ansible.

    C(untouched): what a failure says that came before any request which changes something.
    """

    def in_session() -> dict:
        with high_availability.reached(Provider(**module.params["provider"])) as session:
            session.tell = module.tell
            return _worked(session, work, untouched)

    concluded(module, in_session)


def concluded(module: CollectionModule, work: Callable[[], dict]) -> None:
    """Run C(work), and hand its result, or what went wrong, to Ansible."""
    try:
        result = work()
    except PanosVpnError as exc:
        told = shortened(secrets.masked({"msg": str(exc), "reason": module.naming(exc.reason), **exc.facts}, module.secret_forms))
        _warn(module, told)
        module.fail_json(**told)
    except Exception as exc:  # pylint: disable=broad-except
        # A traceback that Python prints itself would reach the output unmasked.
        told = {"msg": f"unexpected {type(exc).__name__}: {exc}", "exception": traceback.format_exc()}
        module.fail_json(**shortened(secrets.masked(told, module.secret_forms)))
    result = secrets.masked(result, module.secret_forms)
    _warn(module, result)
    if "invocation" in result:
        # Nothing else goes out, and no secret is in it. Ansible would look for each of them in each text, which takes minutes for thousands.
        module.no_log_values.clear()
    module.exit_json(**result)


#: How much of one text of a failure is told: whoever answers a request decides how long it is.
LONGEST = 10000


def shortened(told):
    """C(told) with what is too long of its texts left out. After masking: a part of a secret would not be found any more."""
    if isinstance(told, dict):
        return {key: value if key == "diff" else shortened(value) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [shortened(value) for value in told]
    if isinstance(told, str) and len(told) > LONGEST:
        return f"{told[:LONGEST]}… ({len(told)} characters in all)"
    return told


def _warn(module: CollectionModule, result: dict) -> None:
    for warning in dict.fromkeys(result.pop("warnings", ())):
        module.warn(module.naming(warning))


def _worked(session: Session, work: Callable[[Session], dict], untouched: str) -> dict:
    try:
        return work(session)
    except (ConnectionFailed, DeviceError) as exc:
        raise exc if session.changing or not untouched or untouched in str(exc) else exc.leaving(untouched)


def target_of(module: PanosModule, session: Session) -> Target:
    """What the task's location options lead to."""
    options = [name for name in arguments.LOCATIONS if name in module.params]
    return target_at(session, Location(**{name: module.params[name] for name in options}), options)


def locked(
    module: PanosModule, session: Session, work: Callable[[], dict], keeps: Callable[[dict], bool] = lambda result: False, takes: bool = True,
) -> dict:
    """The result of C(work), under the configuration lock where the task is to have it; see C(locks.under)."""
    if not module.params["config_lock"] or module.check_mode:
        return work()
    return locks.under(session, module.patience("lock_timeout") if takes else None, work, keeps)


@contextlib.contextmanager
def telling(result: dict) -> Iterator[None]:
    """Where what follows fails, what was done before it is told beside the failure."""
    try:
        yield
    except PanosVpnError as exc:
        exc.facts = {**result, **exc.facts, "warnings": [*result.get("warnings", ()), *exc.facts.get("warnings", ())]}
        raise
