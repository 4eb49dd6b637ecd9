"""A person decides about proposals from the command line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.config import read_config
from server.proposals.drafting import Wish
from tests.cli.test_commands import NESTED, REGISTRY, SIGNALS, answered, home, registered
from tests.cli.test_main import left_with

__all__ = ["home", "registered"]  # fixtures
UNCLEAR = [{"resource": SIGNALS, "description": "The score will mean something else."}]


@pytest.fixture
def blocked(registered: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A proposal that waits for the dashboard, and a second one like it."""
    services = build_services(read_config())
    for _ in range(2):
        wish = Wish(
            title="Drop the score",
            changes=[{"resource": SIGNALS, "new_schema": NESTED}],
            state="READY_FOR_SHADOW_TEST",
        )
        done = services.proposals.submit(wish, caller="", now=datetime(2026, 4, 5, 14, tzinfo=UTC))
        assert done["state"] == "BLOCKED"
    services.close()
    return registered


def test_sur_17_a_proposal_that_waits_exits_2_and_is_shown_with_the_commands_that_bring_it_on(
    blocked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["approve", "PROP-001"]) == 2
    shown = capsys.readouterr().out
    assert "PROP-001 version 1 (Drop the score, of sys_generator) is BLOCKED." in shown
    assert "concord approve PROP-001 --for sys_dashboard --reason" in shown
    code, answer = answered(["approve", "prop-001"], capsys)
    assert (code, answer["pending"][0]["system_id"]) == (2, "sys_dashboard")


def test_a_person_accepts_for_a_system_and_says_why(blocked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["approve", "PROP-001", "--for", "sys_dashboard"]) == 3
    assert "at: /reason" in capsys.readouterr().err
    code, answer = answered(["approve", "PROP-001", "--reason", "Fine."], capsys)
    assert (code, answer["error"]["path"]) == (3, "/actor")
    code, answer = answered(["approve", "PROP-001", "--for", "sys_dashboard", "--reason", "Tried it."], capsys)
    assert (code, answer["state"]) == (0, "READY_FOR_SHADOW_TEST")
    assert left_with(["approve", "PROP-001"]) == 0
    assert "A shadow test of 7 days comes last: run it outside Concord" in capsys.readouterr().out
    assert answered(["status"], capsys)[1]["proposals"] == {"BLOCKED": 1, "READY_FOR_SHADOW_TEST": 1}
    assert left_with(["status"]) == 0
    assert "proposals: BLOCKED 1, READY_FOR_SHADOW_TEST 1" in capsys.readouterr().out


def test_a_person_rejects_withdraws_and_completes_steps(blocked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step = ["approve", "PROP-001", "--step", "1", "--evidence", "commit abc"]
    code, answer = answered(step, capsys)
    assert (code, answer["error"]["unmet"]) == (3, ["sys_dashboard has not accepted version 1."])
    answered(["approve", "PROP-001", "--for", "sys_dashboard", "--reason", "Tried it."], capsys)
    code, answer = answered(step, capsys)
    assert (code, answer["state"]) == (0, "READY_FOR_SHADOW_TEST")
    code, answer = answered(["approve", "PROP-001", "--reject", "--reason", "The report needs it."], capsys)
    assert (code, answer["state"]) == (0, "REJECTED")
    assert left_with(["approve", "PROP-002", "--withdraw"]) == 0
    assert capsys.readouterr().out.startswith("WITHDRAW stands: PROP-002 version 1 is WITHDRAWN.")
    code, answer = answered(["approve", "PROP-002", "--reject", "--reason", "x"], capsys)
    assert (code, answer["error"]["code"]) == (3, "refused")
    assert left_with(["approve", "PROP-002", "--reject", "--withdraw"]) == 3


def test_the_held_proposals_are_named_with_those_whom_they_wait_for(
    blocked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    for number in (1, 2):
        assert f"  PROP-00{number} of sys_generator is BLOCKED, waits for sys_dashboard: Drop the score\n" in shown
    code, answer = answered(["status"], capsys)
    held = {"title": "Drop the score", "source_system": "sys_generator", "state": "BLOCKED"}
    expected = [{"proposal_id": f"PROP-00{number}", **held, "waits_for": ["sys_dashboard"]} for number in (1, 2)]
    assert (code, answer["held_proposals"]) == (0, expected)
    answered(["approve", "PROP-001", "--for", "sys_dashboard", "--reason", "Tried it."], capsys)
    assert answered(["status"], capsys)[1]["held_proposals"] == expected[1:]


def test_no_more_than_ten_held_proposals_are_named_and_the_others_counted(
    blocked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services = build_services(read_config())
    for number in range(3, 14):
        wish = Wish(title="Mean more", source_system="sys_generator", changes=UNCLEAR, state="READY_FOR_SHADOW_TEST")
        done = services.proposals.submit(wish, caller="", now=datetime(2026, 4, 5, 14, tzinfo=UTC))
        assert (done["proposal_id"], done["state"]) == (f"PROP-{number:03d}", "IN_REVIEW")
    services.close()
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    assert "PROP-010 of" in shown
    assert "PROP-011 of" not in shown
    assert "  and 3 more\n" in shown
    assert len(answered(["status"], capsys)[1]["held_proposals"]) == 10


def test_the_status_asks_about_a_system_that_does_not_answer(
    registered: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = build_services(read_config())
    systems: Any = REGISTRY["systems"]
    dashboard = next(one for one in systems if one["id"] == "sys_dashboard")
    asked_at = datetime(2026, 4, 5, 14, tzinfo=UTC)
    services.registry.register({**dashboard, "evolution_engine": True}, caller="", now=asked_at)
    changes = [{"resource": SIGNALS, "new_schema": NESTED}]
    services.proposals.submit(Wish(changes=changes, state="READY_FOR_SHADOW_TEST"), caller="", now=asked_at)
    services.close()
    for now, asked in (("2026-04-12T13:59:59Z", 0), ("2026-04-12T14:00:00Z", 1)):
        monkeypatch.setenv("CONCORD_NOW", now)
        answer = answered(["status"], capsys)[1]
        assert answer["open_findings"].get("acceptance_needed", 0) == asked, now
        told = [one["message"] for one in answer["most_pressing"]]
        assert sum("sys_dashboard has not answered for 7 days" in message for message in told) == asked


def test_an_unknown_proposal_is_bad_input(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = answered(["approve", "PROP-404"], capsys)
    assert (code, answer["error"]["code"]) == (3, "not_found")


def test_a_process_that_is_a_system_approves_as_that_system(
    blocked: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_SYSTEM", "sys_generator")
    code, answer = answered(["approve", "PROP-001", "--for", "sys_dashboard", "--reason", "Trust me."], capsys)
    assert (code, answer["error"]["code"]) == (3, "not_allowed")
    monkeypatch.setenv("CONCORD_SYSTEM", "sys_dashboard")
    code, answer = answered(["approve", "PROP-001", "--for", "sys_dashboard"], capsys)
    assert (code, answer["state"]) == (0, "READY_FOR_SHADOW_TEST")
