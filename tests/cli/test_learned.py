"""Shared knowledge on the command line: files in and out, and what `concord status` says of it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import answered, home, stored
from tests.cli.test_main import left_with
from tests.rules.exchange.test_shared_knowledge import DIGEST, METRICS, WEEK
from tests.surface.shared_entries import FILE, RETRY, STALE

__all__ = ["home"]


@pytest.fixture
def learned(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Entries, a digest and twelve weeks from files."""
    monkeypatch.setenv("CONCORD_NOW", "2026-04-05T14:00:00Z")
    weeks = [
        {**WEEK, "week_ending": f"2026-{month:02}-{day:02}", "errors": 10 * number}
        for number, (month, day) in enumerate(
            [(1, 18), (1, 25), (2, 1), (2, 8), (2, 15), (2, 22), (3, 1), (3, 8), (3, 15), (3, 22), (3, 29), (4, 5)]
        )
    ]
    soon = {**RETRY, "id": "SK-010", "expires": "2026-04-10"}
    entries = [*FILE["knowledge_entries"], soon]
    for name, document in (
        ("a", {**FILE, "knowledge_entries": entries}),
        ("b", DIGEST),
        ("c", {**METRICS, "weeks": weeks}),
    ):
        assert left_with(["import", stored(home, f"{name}.json", document)]) == 0
    capsys.readouterr()
    return home


def test_the_status_says_what_is_shared_who_has_not_answered_and_how_errors_went(
    learned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = answered(["status"], capsys)
    assert code == 0
    told = answer["knowledge"]
    assert (told["current"], told["ending_14d"]) == (5, 1)
    assert told["by_type"] == {"anti_pattern": 1, "best_practice": 3, "transferable_fix": 1}
    assert told["unanswered"] == {"sys_dashboard": 3, "sys_mailer": 1}
    assert told["errors_a_week"] == [10 * number for number in range(12)]
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out.splitlines()
    first = next(number for number, line in enumerate(shown) if line.startswith("shared knowledge:"))
    assert shown[first : first + 3] == [
        "shared knowledge: 5 entries (anti_pattern 1, best_practice 3, transferable_fix 1); 1 ends within 14 days",
        "  not answered: sys_dashboard 3, sys_mailer 1",
        "errors a week: ·▁▂▃▃▄▅▆▆▇██ (110 in the newest of 12 weeks)",
    ]


def test_the_status_of_an_empty_registry_says_nothing_of_knowledge(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    assert "shared knowledge" not in shown
    assert "errors a week" not in shown


def test_the_page_shows_what_is_shared(learned: Path) -> None:
    assert left_with(["export", str(learned / "page"), "--html"]) == 0
    page = (learned / "page" / "registry.html").read_text(encoding="utf-8")
    assert "<summary>Shared knowledge: 5 entries</summary>" in page
    assert STALE["title"] in page


def test_what_was_exported_comes_into_an_empty_registry_and_out_again(
    learned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("shared_knowledge.json", "learning_digest.json", "organizational_metrics.json")
    assert left_with(["export", str(learned / "one")]) == 0
    monkeypatch.setenv("CONCORD_HOME", str(learned / "fresh"))
    for name in names:
        assert left_with(["import", str(learned / "one" / name)]) == 0
    assert left_with(["export", str(learned / "two")]) == 0
    assert "shared_knowledge.json" in capsys.readouterr().out
    for name in names:
        written = [json.loads((learned / place / name).read_text(encoding="utf-8")) for place in ("one", "two")]
        assert written[0] == written[1]
    titles = {
        one["title"]
        for one in json.loads((learned / "two" / names[0]).read_text(encoding="utf-8"))["knowledge_entries"]
    }
    assert STALE["title"] in titles
