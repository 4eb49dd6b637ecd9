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
    assert "systems 2, archived 0" in told.out


def test_lrn_09_a_run_of_learning_says_plainly_that_there_is_nothing_new(
    registered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["run", "learning"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "  trends: all STABLE" in shown, "not the same word for each of eight figures"
    assert "nothing new to share" in shown
    assert left_with(["run"]) == 3
    assert capsys.readouterr().err.endswith("the following arguments are required: JOB\n")


def test_reg_09_how_far_a_job_is_stands_on_stderr(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = set()
    for _ in range(10):  # whoever watches sees the newest step, and may miss one that lasts a moment
        assert left_with(["run", "registry"]) == 0
        told.update(capsys.readouterr().err.splitlines())
    assert told
    assert told <= {"0% looking after the systems' health", "33% looking for gaps and circles", "67% counting"}


def test_reg_09_what_a_job_tells_of_systems_tiers_and_kinds_is_named_as_it_is_written(
    registered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(["run", "all", str(registered)], capsys)
    assert left_with(["run", "all", str(registered)]) == 0
    shown = capsys.readouterr().out.splitlines()
    for name in ("    sys_generator:", "      PRODUCTION 2", "  open findings:", "    by tier:"):
        assert name in shown, name
    assert any(line.startswith("    consumers_unknown 1") for line in shown)


def test_reg_09_a_job_that_can_not_run_leaves_with_bad_input(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, error = answered(["run", "dust"], capsys)
    assert (code, error["error"]["code"]) == (3, "invalid_argument")
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


def seen_by_doctor(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """What the doctor saw: state and words, by what it looked at."""
    _, answer = answered(["doctor"], capsys)
    return {one["what"]: (one["state"], one["seen"]) for one in answer["seen"]}


def test_the_doctor_sees_what_can_not_be_looked_at(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "registry.json"
    system = {"id": "sys_a", "name": "A", "tier": "PRODUCTION"}
    contract = {"type": "PRODUCER", "counterparty": "sys_b", "resource": "http://data.example/rows", "schema": {}}
    file.write_text(
        json.dumps(
            {
                "systems": [
                    {
                        **system,
                        "status_file": str(home / "status.json"),
                        "health_url": "https://health.example/up",
                        "writes_to": [{"resource": "http://data.example/rows", "consumers": ["sys_b"]}],
                        "contracts": [contract],
                    }
                ]
            }
        ),
        encoding="utf-8",
    )
    assert left_with(["import", str(file)]) == 0
    capsys.readouterr()
    monkeypatch.setenv("CONCORD_SCAN_PATHS", str(home / "nowhere"))
    monkeypatch.setenv("CONCORD_JOBS", "off")
    seen = seen_by_doctor(capsys)
    assert seen["folders to scan"] == ("look", f"can't be looked through: {home / 'nowhere'}")
    assert seen["status files"] == ("look", f"1 of 1 can't be read: sys_a ({home / 'status.json'})")
    for what, host, setting in (
        ("health endpoints", "health.example:443", "CONCORD_HEALTH_HOSTS"),
        ("data endpoints", "data.example:80", "CONCORD_HTTP_HOSTS"),
    ):
        assert seen[what] == ("look", f"not asked, as {setting} does not list them: {host}")
    assert seen["schedule"][0] == "look"
    (home / "status.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("CONCORD_SCAN_PATHS", str(home))
    monkeypatch.setenv("CONCORD_JOBS", "on")
    monkeypatch.setenv("CONCORD_HEALTH_HOSTS", "health.example")
    monkeypatch.setenv("CONCORD_HTTP_HOSTS", "data.example:80")
    seen = seen_by_doctor(capsys)
    looked_at = ("folders to scan", "status files", "health endpoints", "data endpoints", "schedule")
    assert [seen[what][0] for what in looked_at] == ["ok"] * 5
