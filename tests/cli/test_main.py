"""The outermost edge of the command line: what it says and how it leaves."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.cli.commands import COMMANDS
from server.cli.main import main
from server.errors import NotAllowed
from tests.house.source_tree import ROOT


def left_with(words: list[str]) -> int:
    """The exit code, whether it comes as a result or by argparse leaving."""
    try:
        return main(words)
    except SystemExit as leaving:
        return int(leaving.code or 0)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [command.name for command in COMMANDS if f"  {command.name} " not in shown] == []


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with([name, "--help"]) == 0
    assert f"usage: concord {name}" in capsys.readouterr().out


def test_no_words_at_all_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with([]) == 0
    assert "commands:" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["frobnicate"], ["--frobnicate"], ["diff", "--frobnicate"], ["check"]])
def test_sur_17_a_wrong_command_line_is_bad_input(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(words) == 3
    assert "concord" in capsys.readouterr().err


def test_sur_12_a_refusal_is_told_in_sentences(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_status_raise(monkeypatch, NotAllowed("That is not yours.", hint="Ask its owner.", path="/system"))
    assert left_with(["status"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "concord: That is not yours.\n  at: /system\n  hint: Ask its owner.\n"


def test_sur_12_a_refusal_is_told_in_json_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_status_raise(monkeypatch, NotAllowed("That is not yours."))
    assert left_with(["status", "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {"error": {"code": "not_allowed", "message": "That is not yours."}}


def test_an_interrupt_leaves_quietly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _make_status_raise(monkeypatch, KeyboardInterrupt())
    assert left_with(["status"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_ours_is_never_taken_for_a_verdict(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_status_raise(monkeypatch, ZeroDivisionError())
    assert left_with(["status"]) == 70
    assert "a fault in Concord itself" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_failure_of_ours(tmp_path: Path) -> None:
    line = json.dumps({"id": "pair", "writer": True, "reader": True})
    (tmp_path / "pairs.jsonl").write_text(f"{line}\n" * 5_000, encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "concord_mcp", "diff", "--batch", str(tmp_path / "pairs.jsonl")],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def _make_status_raise(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    from server.cli import status

    def run(arguments: object) -> int:
        raise error

    monkeypatch.setattr(status, "run", run)


def test_a_file_that_is_wrong_is_named_with_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.json"
    for text, complaint in [
        ("{\n  'a': 1}", "line 2, column 3"),
        ("[" * 100_000, "nested too deeply"),
        ('{"minimum": NaN}', "NaN is no JSON value"),
        ("[]", "is no JSON Schema"),
    ]:
        bad.write_text(text, encoding="utf-8")
        assert left_with(["diff", str(bad), str(bad)]) == 3
        assert complaint in capsys.readouterr().err
    assert left_with(["diff", str(tmp_path / "none.json"), str(bad)]) == 3
    assert "There is no file" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("not json"))
    assert left_with(["diff", "-", str(bad)]) == 3
