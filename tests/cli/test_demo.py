"""The demonstration, as a newcomer starts it: a process of its own, on the real server, the real engine and real files."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from server.demo import cast, fleet, play
from server.demo.acts import Play, rows_of
from server.demo.claims import Fallen, first_cause, hold
from server.demo.stage import PROGRAMS, Connecting

COLUMNS = 80
DEMO = [sys.executable, "-m", "concord_mcp", "demo"]


@dataclass(frozen=True)
class Surroundings:
    """A home, a folder for temporary files and a working folder, all of them empty at first."""

    home: Path
    temporary: Path
    work: Path

    def environment(self) -> dict[str, str]:
        """What the demonstration is started with."""
        mine = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "COLUMNS": str(COLUMNS)}
        return {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", **mine}

    def leftovers(self) -> list[Path]:
        """Whatever lies in them."""
        return [found for folder in (self.home, self.temporary, self.work) for found in folder.rglob("*")]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The demonstration, played to its end."""
        return subprocess.run(
            [*DEMO, *words],
            env=self.environment(),
            cwd=self.work,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


def surroundings_in(folder: Path) -> Surroundings:
    """Three empty folders."""
    made = Surroundings(folder / "home", folder / "temporary", folder / "work")
    for place in (made.home, made.temporary, made.work):
        place.mkdir()
    return made


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    return surroundings_in(tmp_path)


@dataclass(frozen=True)
class Told:
    """What one run for machines said and left."""

    exit_code: int
    stderr: str
    facts: dict[str, Any]
    leftovers: list[Path]

    def step(self, name: str) -> Any:
        """The facts of one step."""
        return self.facts["steps"][name]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One run with --json, in a temporary folder of its own."""
    surroundings = surroundings_in(tmp_path_factory.mktemp("demo"))
    ended = surroundings.run("--json")
    return Told(ended.returncode, ended.stderr, json.loads(ended.stdout), surroundings.leftovers())


def test_every_step_of_the_demonstration_holds(told: Told) -> None:
    assert (told.exit_code, told.stderr, told.facts.get("fell")) == (0, "", None)
    assert list(told.facts["steps"]) == [name for name, _ in play.ACTS]


def test_the_demonstration_leaves_nothing_behind(told: Told) -> None:
    assert told.leftovers == []
    assert told.facts["folder"] == ""


def test_the_conflict_names_the_dashboard_and_its_contract(told: Told) -> None:
    step = told.step("conflict")
    assert (step["verdict"], step["blocks"]) == ("CONFLICT_DETECTED", True)
    conflict = step["conflict"]
    assert (conflict["affected_system"], conflict["affected_contract"]) == ("sys_dashboard", "CTR-002")
    assert (conflict["severity"], conflict["rule"]) == ("CRITICAL", "schema.required-read")
    assert all(set(entry) == {"signal_data"} for entry in conflict["witness"])


def test_the_real_dashboard_is_empty_when_it_is_fed_the_witness(told: Told) -> None:
    step = told.step("proof")
    assert (step["rows_before"], step["rows_with_witness"]) == (5, 0)


def test_the_page_is_the_same_once_the_plan_is_carried_out_and_once_it_is_taken_back(told: Told) -> None:
    step = told.step("plan")
    assert step["strategy"] == "VERSIONED_OUTPUT"
    assert (step["signals_unchanged"], step["rows"]) == (True, 5)
    assert (step["page_identical"], step["page_identical_after_rollback"]) == (True, True)
    assert step["registered_again"] == {"sys_signal_generator": 2, "sys_dashboard": 2}


def test_one_more_optional_field_is_clear_and_proved_for_the_dashboard(told: Told) -> None:
    step = told.step("safe_change")
    assert step["verdict"] == "CLEAR"
    assert "Proved safe for sys_dashboard" in step["note"]
    assert step["page_identical"]


def test_of_all_pairs_that_the_bare_rule_flags_one_is_found(told: Told) -> None:
    step = told.step("pattern")
    assert (step["patterns"], step["systems"], step["pairs"]) == (1, 12, 132)
    assert step["pairs_by_the_bare_rule"] > 30
    pattern = step["pattern"]
    assert (pattern["type"], pattern["severity"]) == ("cascade_failure", "HIGH")
    assert pattern["systems_involved"] == ["sys_data_pipeline", "sys_dashboard"]
    assert pattern["occurrences"] == 10
    assert 14 <= pattern["lag_seconds"] / 60 <= 16
    assert pattern["q_value"] < 1e-6
    assert [bool(count) for count in step["weeks"]] == [week not in (5, 9) for week in range(12)]


def test_the_next_check_is_one_level_graver_and_names_the_pattern(told: Told) -> None:
    conflict = told.step("graver")["conflict"]
    assert conflict["pattern"] == told.step("pattern")["pattern"]["id"] == "XPAT-001"
    assert (conflict["severity_base"], conflict["severity"]) == ("HIGH", "CRITICAL")
    assert told.step("graver")["severity_before"] == "HIGH"


def test_what_the_generator_learned_is_an_entry_for_the_two_that_need_it(told: Told) -> None:
    step = told.step("knowledge")
    assert step["entry"]["evidence"]["improvement"] == "75% reduction"
    assert sorted(step["entry"]["applicable_to"]) == ["sys_dashboard", "sys_mailer"]
    assert step["systems"] == 12
    assert all(one["because"] for one in step["entry"]["applicability"])
    assert step["state"] == "READY_FOR_SHADOW_TEST"


def test_who_asks_for_what_two_rejected_is_told_and_the_digest_names_the_fix(told: Told) -> None:
    step = told.step("warning")
    assert step["knowledge"]["rejected_by"] == ["sys_billing", "sys_crm_sync"]
    assert f"2 systems rejected this before: {step['knowledge']['id']}." in step["asked"]
    assert told.step("knowledge")["entry"]["id"] in step["top_insight"]


def test_what_was_reported_is_the_same_story_each_time() -> None:
    story = fleet.twelve_weeks()
    assert story == fleet.twelve_weeks()
    assert set(story) == {*cast.SYSTEM_IDS, *(system["id"] for system in fleet.bystanders())}
    moments = [event["at"] for events in story.values() for event in events]
    assert max(moments) < fleet.NOW.isoformat()
    assert min(moments) > (fleet.NOW - timedelta(days=90)).isoformat()


def test_the_bare_rule_flags_three_within_half_an_hour_after_and_nothing_less() -> None:
    runs = [
        {"kind": "run", "started_at": f"2026-04-0{day}T03:00:00+00:00", "at": f"2026-04-0{day}T03:20:00+00:00"}
        for day in (1, 2, 3)
    ]

    def flagged(*minutes: int) -> set[tuple[str, str]]:
        errors = [
            {"kind": "error", "at": (datetime(2026, 4, day, 3, tzinfo=UTC) + timedelta(minutes=late)).isoformat()}
            for day, late in enumerate(minutes, start=1)
        ]
        return fleet.pairs_by_the_bare_rule({"a": runs, "b": errors})

    assert flagged(1, 15, 30) == {("a", "b")}
    assert flagged(1, 15, 31) == flagged(0, 15, 30) == set()


def test_what_a_person_sees_fits_into_80_columns_without_colour_and_the_wanted_folder_stays(
    surroundings: Surroundings,
) -> None:
    folder = surroundings.work / "here"
    ended = surroundings.run("--folder", "here", "--no-color")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\x1b" not in ended.stdout
    made_to_be_copied = re.compile("concord.* serve|concord.*args|^~ is|The files are in")
    too_wide = [
        line for line in ended.stdout.splitlines() if len(line) > COLUMNS and not made_to_be_copied.search(line)
    ]
    assert too_wide == []
    for told in (
        "CONFLICT_DETECTED",
        "sys_dashboard",
        "0 rows",
        "VERSIONED_OUTPUT",
        "CLEAR",
        "flowchart LR",
        "XPAT-001",
        "1 in ",
        "SK-001",
        "2 of 12 systems",
    ):
        assert told in ended.stdout
    assert "claude mcp add concord -- " in ended.stdout
    assert "look around with CONCORD_HOME=" in ended.stdout
    assert "npx @modelcontextprotocol/inspector " in ended.stdout
    for following in ("`concord scan ~/projects`", "`concord import FILE`"):
        assert following in ended.stdout
    registry = json.loads((folder / "export" / "system_registry.json").read_text(encoding="utf-8"))
    assert {system["id"] for system in registry["systems"]} == {
        "sys_data_pipeline",
        "sys_signal_generator",
        "sys_dashboard",
    }
    patterns = json.loads((folder / "export" / "cross_patterns.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in patterns["patterns"]] == ["XPAT-001"]
    shared = json.loads((folder / "export" / "shared_knowledge.json").read_text(encoding="utf-8"))
    assert sorted(one["type"] for one in shared["knowledge_entries"]) == ["anti_pattern", "transferable_fix"]
    check = json.loads((folder / "export" / "conflict_check.json").read_text(encoding="utf-8"))
    assert check["verdict"] == "CONFLICT_DETECTED"
    assert len(rows_of((folder / "deploy" / "dashboard.html").read_text(encoding="utf-8"))) == 5
    assert [found for found in surroundings.leftovers() if not found.is_relative_to(folder)] == []


def test_a_folder_that_is_in_use_is_refused(surroundings: Surroundings) -> None:
    (surroundings.work / "mine.txt").write_text("precious", encoding="utf-8")
    ended = surroundings.run("--folder", ".")
    assert ended.returncode == 3
    assert "is not empty" in ended.stderr
    assert surroundings.leftovers() == [surroundings.work / "mine.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_interrupts_it_finds_nothing_left(surroundings: Surroundings) -> None:
    with subprocess.Popen(
        DEMO, env=surroundings.environment(), cwd=surroundings.work, stdout=subprocess.PIPE, encoding="utf-8"
    ) as playing:
        assert playing.stdout is not None
        assert any(line.startswith("1  ") for line in playing.stdout)
        playing.send_signal(signal.SIGINT)
        playing.communicate()
    assert playing.returncode == 130
    assert surroundings.leftovers() == []


@pytest.fixture
def broken_claim(monkeypatch: pytest.MonkeyPatch) -> str:
    """A demonstration without systems, whose one step does not hold; gives the claim."""

    async def step(on: Play) -> dict[str, Any]:
        hold(False, "two and two make five", "it was four")
        return {}

    monkeypatch.setattr(play, "ACTS", (("arithmetic", step),))
    monkeypatch.setattr(play, "CONNECTED", ())
    return "It does not hold that two and two make five"


def test_a_claim_that_falls_ends_it_with_what_was_seen(broken_claim: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert play.run(folder=None, keep=False, color=False, as_json=False) == play.FELL
    shown = capsys.readouterr().out
    assert broken_claim in shown
    assert "it was four" in shown
    assert "Every step held" not in shown


def test_a_claim_that_falls_is_told_to_machines_too(broken_claim: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert play.run(folder=None, keep=False, color=False, as_json=True) == play.FELL
    facts = json.loads(capsys.readouterr().out)
    assert facts["held"] is False
    assert facts["fell"] == {"claim": broken_claim, "details": "it was four"}


def test_a_claim_that_holds_says_nothing_and_one_that_does_not_is_raised() -> None:
    hold(True, "water is wet")
    with pytest.raises(Fallen, match="It does not hold that water is dry"):
        hold(False, "water is dry")


@pytest.mark.anyio
async def test_a_server_that_ends_before_it_answers_is_a_claim_that_fell(tmp_path: Path) -> None:
    ends_at_once = StdioServerParameters(command=sys.executable, args=["-c", "pass"])
    connecting = Connecting(["sys_dashboard"])
    told = pytest.raises(Fallen, match="It does not hold that `concord serve` starts and answers")
    with (tmp_path / "log").open("w", encoding="utf-8") as log, told:
        await connecting.stay_connected("sys_dashboard", Client(stdio_client(ends_at_once, errlog=log)))


def test_the_cause_is_the_fallen_claim_wherever_it_stands_in_groups() -> None:
    fallen = Fallen("it rains")
    wrapped = ExceptionGroup("tasks", [ExceptionGroup("inner", [OSError("gone")]), ExceptionGroup("inner", [fallen])])
    assert first_cause(wrapped) is fallen
    assert str(first_cause(ExceptionGroup("tasks", [OSError("gone")]))) == "gone"


def test_the_programs_run_on_their_own(tmp_path: Path) -> None:
    market, signals, nested = tmp_path / "market", tmp_path / "signals.json", tmp_path / "nested.json"

    def run(program: str, *words: str | Path) -> None:
        subprocess.run([sys.executable, PROGRAMS / f"{program}.py", *words], check=True, capture_output=True)

    run("pipeline", market)
    run("generator", market, signals, "--nested", nested, "--confidence")
    pages = {}
    for page, words in {"old": [signals], "new": [nested], "moved": [nested]}.items():
        under = ["--under", "signal_data"] if page == "moved" else []
        run("dashboard", *words, tmp_path / page, *under)
        pages[page] = rows_of((tmp_path / page).read_text(encoding="utf-8"))
    assert pages["old"] == pages["moved"] != []
    assert pages["new"] == []
