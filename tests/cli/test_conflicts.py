"""What the command line tells of conflicts: a kept check judged again, and what blocking mode would have stopped."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.cli.session import Session
from server.config import read_config
from tests.cli.test_commands import NESTED, REGISTRY, SIGNALS, answered, home, registered, stored
from tests.cli.test_main import left_with
from tests.house.source_tree import ROOT

__all__ = ["home", "registered"]
BREAKING = {"resource": SIGNALS, "new_schema": NESTED}


def proposed(folder: Path, times: int = 1, tier: str = "", mode: str = "") -> None:
    """The breaking change is proposed and checked, after the tier's mode was set where one is given."""
    from server.app import build_services
    from server.model.check import Mode
    from server.model.tier import Tier
    from server.proposals.drafting import Wish

    config = read_config()
    services = build_services(config)
    now = Session(config, services).now()
    try:
        if tier:
            services.conflicts.set_mode(Tier(tier), Mode(mode), reason="", caller="", now=now)
        for _ in range(times):
            wish = Wish(
                source_system="sys_generator",
                title="Drop the score",
                changes=[BREAKING],
                state="READY_FOR_SHADOW_TEST",
            )
            services.proposals.submit(wish, caller="", now=now)
    finally:
        services.close()


def test_con_15_a_kept_check_is_judged_again_in_a_process_of_its_own(
    registered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readers = [
        {"id": f"sys_r{number}", "tier": "PRODUCTION", "reads_from": [{"resource": SIGNALS}]} for number in range(9)
    ]
    everyone = {**REGISTRY, "systems": [*REGISTRY["systems"], *readers]}
    assert left_with(["import", stored(registered, "more.json", everyone), "--json"]) == 0
    capsys.readouterr()
    code, check = answered(["check", stored(registered, "change.json", BREAKING)], capsys)
    assert (code, len(check["conflicts"])) == (1, 10)
    for seed in ("1", "2"):  # sets come in another order
        done = subprocess.run(
            [sys.executable, "-m", "concord_mcp", "check", "--again", check["check_id"], "--json"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        answer = json.loads(done.stdout)
        assert (done.returncode, answer["differences"], answer["same"]) == (1, [], True)
    assert left_with(["check", "--again", "latest"]) == 1
    assert f"{check['check_id']} gives the same answer again: CONFLICT_DETECTED" in capsys.readouterr().out


def test_con_15_another_answer_than_the_kept_one_is_told_and_exits_3(
    registered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sqlalchemy import text

    from server.storage.database import Database

    answered(["check", stored(registered, "change.json", BREAKING)], capsys)
    database = Database(read_config().database_url)
    tampered = "UPDATE checks SET document = json_set(document, '$.check.verdict', 'CLEAR')"
    database.write(lambda session: session.connection().execute(text(tampered)))
    database.close()
    assert left_with(["check", "--again", "latest"]) == 3
    shown = capsys.readouterr().out
    assert "another answer" in shown
    assert '/verdict: kept "CLEAR", now "CONFLICT_DETECTED"' in shown


@pytest.mark.parametrize(
    "words", [["check"], ["check", "x.json", "--again", "latest"], ["check", "--again", "CHK-none"]]
)
def test_sur_17_a_check_of_nothing_or_of_two_things_exits_3(registered: Path, words: list[str]) -> None:
    assert left_with(words) == 3


def test_con_09_the_status_shows_what_blocking_would_have_stopped(
    registered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposed(registered)
    _, before = answered(["status"], capsys)
    assert before["conflict_modes"] == {
        "MISSION_CRITICAL": "blocking",
        "PRODUCTION": "blocking",
        "EXPERIMENTAL": "blocking",
    }
    assert (before["conflicts"]["checks"], before["conflicts"]["held"], before["conflicts"]["let_go"]) == (1, 1, [])
    proposed(registered, tier="PRODUCTION", mode="advisory")
    _, after = answered(["status"], capsys)
    recent: dict[str, Any] = after["conflicts"]
    assert (recent["checks"], recent["proposals"], recent["held"]) == (2, 2, 1)
    assert recent["verdicts"] == {"CLEAR": 0, "CONFLICT_DETECTED": 2, "REVIEW_REQUIRED": 0}
    (let_go,) = recent["let_go"]
    assert (let_go["proposal_id"], let_go["source_system"], let_go["tiers"]) == (
        "PROP-002",
        "sys_generator",
        ["PRODUCTION"],
    )
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    assert "conflict modes: MISSION_CRITICAL blocking, PRODUCTION advisory, EXPERIMENTAL blocking\n" in shown
    assert "last 30 days: 2 checks of 2 proposals (CONFLICT_DETECTED 2); 1 held\n" in shown
    assert "blocking mode would have held 1 more:\n  PROP-002 of sys_generator: CHK-2026-04-05-002, " in shown
    assert "advisory at PRODUCTION\n" in shown


def test_con_07_the_status_names_fragile_contracts(
    registered: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed(registered, times=3)
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    assert "fragile: Redesign CTR-001: " in shown
    assert shown.count("Redesign CTR-001") == 1, "its finding says the same"
    monkeypatch.setenv("CONCORD_NOW", "2026-05-05T14:00:01Z")
    _, answer = answered(["status"], capsys)
    assert (answer["fragile_contracts"], answer["conflicts"]["checks"]) == ([], 0)
