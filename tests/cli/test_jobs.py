"""`concord run`, and what `status` tells of jobs."""

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import answered, home, registered
from tests.cli.test_main import left_with

__all__ = ["home", "registered"]


def test_reg_09_a_job_is_run_from_the_command_line(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, run = answered(["run", "registry"], capsys)
    assert (code, run["state"], run["summary_data"]["registry"]["systems"]) == (0, "SUCCEEDED", 2)
    assert left_with(["run", "registry"]) == 0
    told = capsys.readouterr()
    assert "RUN-2026-04-05-002 (registry) succeeded" in told.out
    assert "systems: 2" in told.out


def test_reg_09_a_job_that_can_not_run_leaves_with_bad_input(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, error = answered(["run", "patterns"], capsys)
    assert (code, error["error"]["code"]) == (3, "refused")
    code, error = answered(["run", "discovery"], capsys)
    assert (code, error["error"]["path"]) == (3, "/paths")


def test_reg_09_the_status_tells_when_each_job_ran_and_is_due(
    registered: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(["run", "registry"], capsys)
    _, status = answered(["status"], capsys)
    jobs = {one["job"]: one for one in status["jobs"]}
    assert jobs["registry"]["last"]["state"] == "SUCCEEDED"
    assert jobs["registry"]["next_due"] == "2026-04-05T18:00:00Z"
    assert (jobs["validation"]["last"], jobs["validation"]["next_due"]) == (None, "2026-04-05T02:00:00Z")
    assert jobs["discovery"]["next_due"] == ""
    monkeypatch.setenv("CONCORD_SCAN_PATHS", str(registered))
    _, status = answered(["status"], capsys)
    assert {one["job"]: one["next_due"] for one in status["jobs"]}["discovery"] == "2026-04-05T03:00:00Z"
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    assert "job registry: RUN-2026-04-05-001 succeeded at 2026-04-05T14:00:00Z, due 2026-04-05T18:00:00Z" in shown
    assert "job validation: never" in shown


def test_a_switch_is_on_or_off(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_JOBS", "perhaps")
    assert left_with(["status", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["allowed"] == ["on", "off"]
