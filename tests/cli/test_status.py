"""What `concord status` names: the systems that are unwell, with the reason, and how many findings there are beyond the first."""

import json
import os
from pathlib import Path

import pytest

from server.app import build_services
from server.clock import clock_from
from server.config import read_config
from tests.cli.test_commands import answered, home, stored
from tests.cli.test_main import left_with
from tests.surface.refreshes import CAUSE, EFFECT, refreshes, rendering_errors

__all__ = ["home"]


@pytest.fixture
def troubled(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """12 systems, of which the last is DOWN and the others DEGRADED, and which write what nobody reads."""
    systems = [
        {
            "id": f"sys_{number:02}",
            "name": f"System {number}",
            "tier": "PRODUCTION",
            "status": "DOWN" if number == 11 else "DEGRADED",
            "writes_to": [{"resource": f"/data/{number}.json"}],
        }
        for number in range(12)
    ]
    assert left_with(["import", stored(home, "system_registry.json", {"systems": systems})]) == 0
    capsys.readouterr()
    return home


def test_the_status_names_who_is_unwell_with_the_reason_the_worst_first(
    troubled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, answer = answered(["status"], capsys)
    assert [one["system_id"] for one in answer["unwell"]] == ["sys_11", *(f"sys_{number:02}" for number in range(11))]
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out.splitlines()
    named = [line for line in shown if " is DOWN: " in line or " is DEGRADED: " in line]
    assert (len(named), named[0]) == (10, f"  sys_11 is DOWN: {answer['unwell'][0]['reason']}")
    assert shown[shown.index(named[-1]) + 1] == "  and 2 more"


def test_the_status_says_how_many_findings_it_left_out_and_shows_all_when_asked(
    troubled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1] == "10 of 12; all with the tool find_findings, or concord status --all"
    assert left_with(["status", "--all"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len([line for line in shown if line.startswith("MEDIUM ")]) == 12
    assert len([line for line in shown if " is DOWN: " in line or " is DEGRADED: " in line]) == 12
    assert not any("12; all with" in line or line.startswith("  and ") for line in shown)
    assert left_with(["status", "--all", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["most_pressing"]) == 12


def test_the_status_draws_how_often_each_active_pattern_showed(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_NOW", "2026-04-05T14:00:00Z")
    config = read_config(dict(os.environ))
    services = build_services(config)
    now = clock_from(config.now).now()
    try:
        for system_id in (CAUSE, EFFECT):
            services.registry.register({"id": system_id, "tier": "PRODUCTION"}, caller="", now=now)
        services.journal.report(CAUSE, refreshes(), caller="", now=now)
        services.journal.report(EFFECT, rendering_errors(), caller="", now=now)
        services.patterns.detect(now)
    finally:
        services.close()
    _, answer = answered(["status"], capsys)
    assert answer["patterns"]["total_cross_patterns"] == 1
    assert answer["active_patterns"][0]["weeks"] == [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    assert left_with(["status"]) == 0
    out = capsys.readouterr().out
    assert "patterns: 1 HIGH; 1 in all, 1 new in 7 days, 0 resolved in 30 days" in out
    assert "  XPAT-001 HIGH ███·████████ cascade_failure: " in out
    assert left_with(["run", "patterns"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "  Nothing has been reported or registered since the last detection of this day." in shown
    assert any(line.startswith("  XPAT-001 HIGH ███·████████ cascade_failure: ") for line in shown)
    assert not any("own files" in line for line in shown), "nothing was read, which is nothing to tell"


def test_the_status_is_silent_of_patterns_where_there_are_none(
    troubled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["status"]) == 0
    assert not any(line.startswith("patterns:") for line in capsys.readouterr().out.splitlines())
