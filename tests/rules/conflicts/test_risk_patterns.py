"""Active risk patterns: one level graver where either side is involved, and named wherever a touched system is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.conflicts.engine import containment_engine
from server.conflicts.patterns import one_level_up
from server.conflicts.question import Circumstances, RiskPattern
from server.conflicts.verdict import draw_up
from server.model.change import Change
from server.model.check import Check, Mode, Verdict
from server.model.tier import Severity, Tier
from tests.rules.conflicts.test_in_flight import FILE, READER, WRITER, range_of, registry_of

WIDER = range_of(-50, 100)
"""Below what the reader takes: a required read breaks."""
SAFE = range_of(0, 90)
PATTERNS = {
    "writer": RiskPattern("XPAT-002", "cascade_failure", ("sys_elsewhere", "sys_writer")),
    "reader": RiskPattern("XPAT-001", "resource_contention", ("sys_reader", "sys_elsewhere")),
    "others": RiskPattern("XPAT-003", "cascade_failure", ("sys_elsewhere", "sys_far_away")),
}
MILD: dict[str, Any] = {**READER, "contracts": [], "tier": "PRODUCTION"}
"""A reader that never said what it reads: a wider range is MEDIUM for it."""


def check(
    change: dict[str, Any], *patterns: str, reader: dict[str, Any] = READER, source: str = "sys_writer", **writer: Any
) -> Check:
    """The check on a change while these patterns are active."""
    registry = registry_of({**WRITER, **writer}, reader, {"id": "sys_elsewhere", "tier": "PRODUCTION"})
    circumstances = Circumstances(
        containment_engine(),
        dict.fromkeys(Tier, Mode.BLOCKING),
        datetime(2026, 4, 5, tzinfo=UTC),
        patterns=tuple(PATTERNS[one] for one in patterns),
    )
    name = change.get("resource", FILE)
    changes = ((Change.model_validate({"resource": FILE, **change}), name or ""),)
    return draw_up(registry, registry.systems[source], changes, circumstances, "").check


@pytest.mark.parametrize(
    ("level", "above"),
    [("LOW", "MEDIUM"), ("MEDIUM", "HIGH"), ("HIGH", "CRITICAL"), ("CRITICAL", "CRITICAL")],
)
def test_one_level_up_and_never_past_critical(level: str, above: str) -> None:
    assert one_level_up(Severity(level)) is Severity(above)


@pytest.mark.parametrize("side", ["writer", "reader"])
def test_a_conflict_is_one_level_graver_where_a_pattern_involves_either_side(side: str) -> None:
    plain = check(WIDER, "others", reader=MILD)
    (conflict,) = plain.conflicts
    assert (conflict.severity, conflict.severity_base, conflict.pattern) == (Severity.MEDIUM, Severity.MEDIUM, "")
    assert (plain.verdict, plain.patterns) == (Verdict.REVIEW_REQUIRED, ())
    raised = check(WIDER, side, "others", reader=MILD)
    (conflict,) = raised.conflicts
    named = PATTERNS[side].pattern_id
    assert (conflict.severity, conflict.severity_base, conflict.pattern) == (Severity.HIGH, Severity.MEDIUM, named)
    assert raised.verdict is Verdict.CONFLICT_DETECTED
    assert raised.patterns == (named,)
    assert raised.must_accept == ("sys_reader",)
    assert f"active pattern {named}, which makes the conflicts one level graver" in raised.recommendation


def test_two_patterns_raise_it_once_and_both_are_listed() -> None:
    both = check(WIDER, "writer", "reader", reader=MILD)
    (conflict,) = both.conflicts
    assert (conflict.severity, conflict.pattern) == (Severity.HIGH, "XPAT-001")
    assert both.patterns == ("XPAT-001", "XPAT-002")


def test_what_is_critical_already_stays_so_and_the_pattern_is_named() -> None:
    (conflict,) = check(WIDER, "writer").conflicts
    assert (conflict.severity, conflict.severity_base, conflict.pattern) == (
        Severity.CRITICAL,
        Severity.CRITICAL,
        "XPAT-002",
    )


@pytest.mark.parametrize("side", ["writer", "reader"])
def test_a_pattern_without_a_conflict_changes_no_verdict_but_is_named(side: str) -> None:
    calm = check(SAFE, side)
    assert (calm.verdict, calm.blocks, calm.conflicts) == (Verdict.CLEAR, False, ())
    assert calm.patterns == (PATTERNS[side].pattern_id,)
    assert f"{PATTERNS[side].pattern_id}, so watch those systems" in calm.recommendation


def test_an_internal_change_touches_the_patterns_of_its_own_system_alone() -> None:
    inside = {"resource": None, "description": "Tidied up."}
    assert check(inside, "writer", "reader", "others").patterns == ("XPAT-002",)


def test_the_tier_that_counted_stands_beside_the_severity() -> None:
    (conflict,) = check(WIDER, tier="MISSION_CRITICAL").conflicts
    assert conflict.effective_tier is Tier.MISSION_CRITICAL
    (conflict,) = check(WIDER, tier="EXPERIMENTAL").conflicts
    assert conflict.effective_tier is Tier.PRODUCTION


def test_a_readers_change_touches_the_patterns_of_the_writers() -> None:
    accepting = {"reader_schema": {"type": "object"}}
    assert check(accepting, "writer", source="sys_reader").patterns == ("XPAT-002",)
