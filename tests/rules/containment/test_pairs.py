"""Other people's cases: pairs of schemas that are known to be safe, or to break."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from server.conflicts.containment import Decision, confirm, decide
from server.conflicts.containment.dialect import dialect_of

MOST_UNKNOWN = 0.03


def _pairs() -> list[dict[str, Any]]:
    folder = os.environ.get("CONCORD_TEST_DATA")
    if not folder:
        pytest.skip("CONCORD_TEST_DATA is not set")
    text = (Path(folder) / "conflicts" / "schema_pairs.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def decided() -> list[tuple[dict[str, Any], Decision]]:
    return [(pair, decide(pair["writer"], pair["reader"])) for pair in _pairs()]


def test_con_12_no_known_break_is_called_safe_and_no_safe_pair_a_break(
    decided: list[tuple[dict[str, Any], Decision]],
) -> None:
    wrong = {(True, "BREAKS"), (False, "SAFE")}
    assert [pair["id"] for pair, decision in decided if (pair["safe"], decision.verdict) in wrong] == []


def test_con_10_at_most_three_in_a_hundred_known_pairs_are_left_undecided(
    decided: list[tuple[dict[str, Any], Decision]],
) -> None:
    known = [decision for pair, decision in decided if pair["safe"] is not None]
    undecided = [decision for decision in known if decision.verdict == "UNKNOWN"]
    assert len(known) > 400
    assert len(undecided) <= MOST_UNKNOWN * len(known)


def test_con_12_every_break_of_a_known_pair_shows_a_confirmed_witness(
    decided: list[tuple[dict[str, Any], Decision]],
) -> None:
    for pair, decision in decided:
        if decision.verdict == "BREAKS":
            assert decision.has_witness
            assert decision.rule
            assert confirm(pair["writer"], decision.witness, dialect_of(pair["writer"]))
            assert not confirm(pair["reader"], decision.witness, dialect_of(pair["reader"]))


def test_the_search_never_contradicts_itself(decided: list[tuple[dict[str, Any], Decision]]) -> None:
    assert [pair["id"] for pair, decision in decided if decision.contradiction] == []
