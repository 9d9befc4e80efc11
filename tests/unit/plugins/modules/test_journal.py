# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal in a folder that others may write to, and that two runs use at once: nothing strange in it is carried out, nothing of it is lost."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import pathlib
import stat
import threading

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import journal as journals, writable
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.journal import Journal
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, name_of, options

_FORKED = multiprocessing.get_context("fork")
GATEWAY = ("config", "devices", ("entry", "localhost.localdomain"), "network", "ike", "gateway", ("entry", "paris"))
PRECIOUS = "do not touch"


@pytest.fixture
def folder(tmp_path) -> pathlib.Path:
    return tmp_path / "kept" / "by" / "nobody" / "yet"


@pytest.fixture
def kept(folder) -> Journal:
    difference = Difference("ike_gateway 'paris'", GATEWAY, after="<entry name='paris'/>")
    return Journal(str(folder / "fw,paris.json"), "paris", [GATEWAY[:-1]], [GATEWAY], [difference])


def test_every_folder_that_it_makes_is_its_user_s_alone(kept, folder, tmp_path):
    before = os.umask(0)
    try:
        kept.save()
    finally:
        os.umask(before)
    made = [folder, *folder.parents][:4]
    assert made[-1] == tmp_path / "kept"
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()] == [("fw,paris.json", 0o600)]


@pytest.mark.parametrize("lie", ["link", "pipe", "mode", "folder"])
@pytest.mark.parametrize("suffix", [".json", ".json.new", ".lock", ".new"])
def test_what_lies_in_its_way_is_neither_followed_nor_waited_for_nor_kept(kept, folder, tmp_path, lie, suffix):
    victim = tmp_path / "victim"
    victim.write_text(PRECIOUS, encoding="utf-8")
    folder.mkdir(parents=True)
    place = folder / f"fw,paris{suffix}"
    if lie == "link":
        place.symlink_to(victim)
    elif lie == "pipe":
        os.mkfifo(place)
    elif lie == "folder":
        place.mkdir()
    else:
        place.write_text("", encoding="utf-8")
        place.chmod(0o666)
    try:
        with journals.held(kept.file, Patience(0)):
            kept.save()
        assert stat.S_IMODE(os.lstat(kept.file).st_mode) == 0o600 and stat.S_ISREG(os.lstat(kept.file).st_mode)
        assert journals.load(kept.file, "paris").differences == kept.differences
    except InvalidInput as exc:
        assert "journal: " in str(exc)
    assert victim.read_text(encoding="utf-8") == PRECIOUS
    assert not [path for path in folder.iterdir() if path.suffix == ".new" and path != place]


def as_link(path, tmp_path):
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")


def as_pipe(path, tmp_path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("spoil, words", {
    "link": (as_link, "it is a link"), "pipe": (as_pipe, "is no plain file"),
    "group": (lambda path, tmp_path: path.chmod(0o660), "can be written by others"),
    "others": (lambda path, tmp_path: path.chmod(0o602), "can be written by others"),
    "directory": (lambda path, tmp_path: (path.unlink(), path.mkdir()), "Is a directory"),
}.values(), ids=["link", "pipe", "group", "others", "directory"])
def test_a_journal_that_others_could_have_written_is_refused(kept, tmp_path, spoil, words):
    kept.save()
    spoil(pathlib.Path(kept.file), tmp_path)
    with pytest.raises(InvalidInput, match=words):
        journals.load(kept.file, "paris")


def test_a_journal_of_another_user_is_refused(kept, monkeypatch):
    kept.save()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(InvalidInput, match="belongs to another user"):
        journals.load(kept.file, "paris")


STRANGE = (
    "/config/mgt-config/users/entry[@name='evil']", "/config/shared/certificate/entry[@name='x']", f"{DEVICE}/deviceconfig/system/hostname",
    f"{DEVICE}/network/ike", f"{DEVICE}/network", DEVICE, "/config", "/config/devices/entry[@name='other']/network/ike/gateway/entry[@name='x']",
    f"{DEVICE}/vsys/entry[@name='vsys1']", f"{DEVICE}/vsys/entry[@name='vsys1']/rulebase/qos/rules/entry[@name='x']", "nonsense", "",
    f"{DEVICE}/network/interface/ethernet/entry[@name='ethernet1/1']", f"{DEVICE}/template/entry[@name='t']/config/mgt-config/users/entry[@name='evil']",
)


@pytest.mark.parametrize("xpath", STRANGE)
@pytest.mark.parametrize("where", ["places", "differences"])
def test_a_journal_that_names_what_no_task_writes_is_refused(kept, xpath, where):
    kept.save()
    file = pathlib.Path(kept.file)
    document = json.loads(file.read_text(encoding="utf-8"))
    if where == "places":
        document["places"].append(xpath)
    else:
        document["differences"].append({**document["differences"][0], "xpath": xpath, "before": "<entry name='evil'/>"})
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidInput, match="where this collection never writes"):
        journals.load(kept.file, "paris")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_all_that_a_vpn_writes_can_be_written_back(firewalls, tmp_path, engine, failover):
    door = VpnDoor(firewalls(engine=engine))
    door.done({**options(failover, backup_routes=True if failover == "pbf" else None), "journal": str(tmp_path)})
    file, = tmp_path.glob("*.json")
    found = journals.load(str(file), name_of(failover))
    assert found.differences and all(writable.can_be_written(difference.path) for difference in found.differences)


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_nothing_half(kept, folder, monkeypatch, call):
    kept.save()
    before = pathlib.Path(kept.file).read_text(encoding="utf-8")

    def full(*arguments, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "write":
        monkeypatch.setattr(json, "dumps", lambda *arguments, **more: "\ud800")
    else:
        monkeypatch.setattr(os, call, full)
    with pytest.raises((InvalidInput, UnicodeEncodeError)):
        kept.save()
    assert pathlib.Path(kept.file).read_text(encoding="utf-8") == before
    assert [path.name for path in folder.iterdir()] == ["fw,paris.json"]


@pytest.mark.parametrize("said", ["$NOT_SET/journals", "/tmp/$NOT_SET", "${NOT_SET}/x", "~nobody-of-that-name/x"])
def test_a_variable_that_is_not_set_is_refused(said, monkeypatch):
    monkeypatch.delenv("NOT_SET", raising=False)
    with pytest.raises(InvalidInput, match="has no value"):
        journals.file_of(said, "fw", "paris")


@pytest.mark.parametrize("content", ["[]", "null", '"text"', "1", "{", '{"format": 4}',
                                     '{"format": 4, "vpn": "paris", "hand": "", "reads": [], "places": [], "differences": [{}]}',
                                     '{"format": 4, "vpn": "paris", "hand": "", "reads": [1], "places": [], "differences": []}', "[" * 100_000])
def test_a_file_that_is_no_journal_has_no_traceback(kept, content):
    kept.save()
    pathlib.Path(kept.file).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match="no journal of this collection"):
        journals.load(kept.file, "paris")


def test_it_is_one_run_s_alone(kept):
    order = []

    def second():
        with journals.held(kept.file, Patience(10, 0.01)):
            order.append("second")

    with journals.held(kept.file, Patience(0)):
        other = threading.Thread(target=second)
        other.start()
        with pytest.raises(InvalidInput, match="another run of this VPN is at work"):
            with journals.held(kept.file, Patience(0)):
                pass
        order.append("first")
    other.join()
    assert order == ["first", "second"] and not list(pathlib.Path(kept.file).parent.iterdir())


def test_a_lock_that_a_killed_run_left_is_none(kept, folder):
    folder.mkdir(parents=True)
    (folder / "fw,paris.lock").write_text("", encoding="utf-8")
    with journals.held(kept.file, Patience(0)):
        kept.save()
    assert [path.name for path in folder.iterdir()] == ["fw,paris.json"]


@pytest.mark.parametrize("round_", range(8))
def test_two_runs_of_one_vpn_at_once_lose_nothing(firewalls, tmp_path, round_):
    """Each of them changes something else; whichever comes first, one C(config_revert) takes all of it back."""
    door = VpnDoor(firewalls())
    start = parsed(door.control.running())
    door.control.latency(5 * (round_ % 3))
    base = {"journal": str(tmp_path), "lock_timeout": 30, "commit": True, "commit_poll": 0.05, "commit_foreign": "include"}
    runs = [_FORKED.Process(target=door.run, args=({**options(mtu=mtu), **base},)) for mtu in (1300, 1350)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert [each.exitcode for each in runs] == [0, 0]
    assert parsed(door.control.running()) != start
    result = door.run({"name": name_of("pbf"), "journal": str(tmp_path), "commit_poll": 0.05}, module=config_revert)
    assert not result.failed and result.values["left"] == [], result.message
    assert parsed(door.control.running()) == parsed(door.control.candidate()) == start
    assert not list(tmp_path.iterdir())
