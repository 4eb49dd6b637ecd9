"""`concord scan`: a table for people, the scan's file for machines, and never a secret."""

import json
import sys
from pathlib import Path

import pytest

from tests.cli.test_main import left_with
from tests.planted_secrets import SECRETS
from tests.planted_tree import plant


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A planted tree, and a registry of its own; the clock stands still."""
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONCORD_NOW", "2026-04-05T14:00:00Z")
    root = (tmp_path / "tree").resolve()
    root.mkdir()
    plant(root)
    return root


def test_reg_04_the_command_shows_people_what_is_unregistered(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["scan", str(tree)]) == 0
    shown, progress = capsys.readouterr()
    (row,) = [line for line in shown.splitlines() if "/opt/totals/nightly.py" in line]
    assert row.startswith("CAND-")
    assert "15 2 * * 1-5 Europe/Berlin" in row
    assert "sqlite:////srv/totals.db#totals" in row
    assert "Nothing was registered." in shown
    assert str(tree) in progress
    assert [kind for kind, secret in SECRETS.items() if secret in shown + progress] == []


def test_reg_04_a_scan_ends_with_how_candidates_are_registered(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["scan", str(tree), "--no-processes"]) == 0
    *_, prompt, imported = capsys.readouterr().out.splitlines()
    assert prompt.startswith("Next: ")
    assert "onboard_system" in prompt
    file = imported.rpartition("concord import ")[2]
    assert left_with(["import", file]) == 0, "what it names can be imported"


def test_reg_04_a_scan_names_an_import_only_where_one_can_read_what_was_found(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "empty").mkdir()
    assert left_with(["scan", str(tree / "empty"), "--no-processes"]) == 0
    assert "Next:" not in capsys.readouterr().out, "nothing was found"
    assert left_with(["scan", str(tree / "tools"), "--no-processes"]) == 0
    shown = capsys.readouterr().out
    assert "onboard_system" in shown.splitlines()[-1]
    assert "concord import" not in shown


def test_reg_13_the_command_answers_machines_with_the_scans_file(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["scan", str(tree), "--json"]) == 0
    shown = capsys.readouterr().out
    document = json.loads(shown)
    assert document["scanned"][0] == str(tree)
    assert document["last_updated"] == "2026-04-05T14:00:00Z"
    assert {one["status"] for one in document["unregistered"]} == {"UNREGISTERED"}
    assert len(document["unregistered"]) >= 28
    assert [kind for kind, secret in SECRETS.items() if secret in shown] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of its processes this way")
@pytest.mark.parametrize(("flags", "looked"), [([], True), (["--processes"], True), (["--no-processes"], False)])
def test_reg_04_running_programs_are_looked_at_unless_they_are_left_out(
    tree: Path, capsys: pytest.CaptureFixture[str], flags: list[str], looked: bool
) -> None:
    assert left_with(["scan", str(tree), *flags, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scanned"] == [str(tree), *(["running processes"] if looked else [])]


def test_reg_04_a_place_that_is_not_there_and_a_system_that_scans_are_refused(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["scan", f"{tree}/nowhere"]) == 3
    assert "nowhere" in capsys.readouterr().err
    monkeypatch.setenv("CONCORD_SYSTEM", "sys_a")
    assert left_with(["scan", str(tree), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_allowed"
