"""What one check may ask of the engine: each pair once, and so much in all."""

from dataclasses import replace
from typing import Any

from server.conflicts.allowance import MOST_BEFORE_PLANS, MOST_IN_ALL, LeftOpen, within_allowance
from server.conflicts.engine import containment_engine
from server.conflicts.memory import Memory
from server.conflicts.question import Engine


class Asked:
    """An engine that answers SAFE, at a price, and remembers what it was asked."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.pairs: list[tuple[Any, Any]] = []

    def decide(self, writer: Any, reader: Any, most: int) -> LeftOpen:
        self.pairs.append((writer, reader))
        return LeftOpen(verdict="SAFE", reason="", work=self.steps)

    def looks(self, writer: Any, reader: Any) -> bool:
        self.pairs.append((writer, reader))
        return True


def engine_of(asked: Asked) -> Engine:
    return within_allowance(
        replace(
            containment_engine(),
            decide_within=asked.decide,
            plainly_inside=asked.looks,
            decisions=Memory(),
            for_one_check=lambda engine: engine,
        )
    )


def test_con_10_a_check_decides_equal_pairs_once_and_counts_them_once() -> None:
    asked = Asked(steps=MOST_IN_ALL // 2)
    engine = engine_of(asked)
    for _ in range(30):
        assert engine.decide({"minimum": 1}, {"type": "integer", "minimum": 0}).verdict == "SAFE"
        assert engine.decide({"minimum": 1}, {"minimum": 0, "type": "integer"}).verdict == "SAFE"
    assert len(asked.pairs) == 1
    assert engine.decide({"minimum": 1.0}, {"minimum": 0}).verdict == "SAFE"
    assert len(asked.pairs) == 2


def test_con_10_what_comes_after_the_allowance_is_left_open_and_what_is_known_stays_known() -> None:
    asked = Asked(steps=MOST_IN_ALL)
    engine = engine_of(asked)
    verdicts = [engine.decide({"minimum": number}, {"minimum": 0}).verdict for number in range(5)]
    assert verdicts[0] == "SAFE"
    assert verdicts[2:] == ["UNKNOWN"] * 3
    assert len(asked.pairs) <= 2
    assert "more work than one check may" in engine.decide({"minimum": 9}, {"minimum": 0}).reason
    assert engine.decide({"minimum": 0}, {"minimum": 0}).verdict == "SAFE"
    assert not engine.plainly_inside({"minimum": 9}, {"minimum": 0})


def test_con_10_looking_at_long_schemas_counts_too() -> None:
    asked = Asked(steps=0)
    engine = engine_of(asked)
    writer = {"properties": {f"q{number}": {"type": "string"} for number in range(20_000)}}
    seen = [engine.plainly_inside(writer, {"minimum": number}) for number in range(100)]
    assert seen[0]
    assert not seen[-1]
    assert len(asked.pairs) < 60


def test_con_10_every_check_has_an_allowance_of_its_own() -> None:
    asked = Asked(steps=10 * MOST_IN_ALL)
    for _ in range(2):
        engine = engine_of(asked)
        assert engine.decide({}, {"minimum": 0}).verdict == "SAFE"
        assert engine.decide({}, {"minimum": 1}).verdict == "UNKNOWN"
    assert len(asked.pairs) == 2


def test_con_04_no_further_proof_is_sought_for_a_plan_once_the_verdict_took_much() -> None:
    asked = Asked(steps=MOST_BEFORE_PLANS)
    engine = within_allowance(
        replace(
            containment_engine(),
            decide_within=asked.decide,
            plainly_inside=lambda writer, reader: writer == reader,
            decisions=Memory(),
            for_one_check=lambda engine: engine,
        )
    )
    assert engine.proves({"minimum": 1}, {"minimum": 0})
    assert engine.proves({"minimum": 2}, {"minimum": 2})
    assert engine.decide({"minimum": 3}, {"minimum": 0}).verdict == "SAFE"
    assert not engine.proves({"minimum": 4}, {"minimum": 0})
    assert engine.proves({"minimum": 3}, {"minimum": 0})
    assert [writer["minimum"] for writer, _ in asked.pairs] == [1, 3]
