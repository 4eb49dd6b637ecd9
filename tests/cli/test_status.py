"""What `concord status` names: the systems that are unwell, with the reason, and how many findings there are beyond the first."""

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import answered, home, stored
from tests.cli.test_main import left_with

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
