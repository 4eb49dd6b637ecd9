"""What a check adds to the conflict log, and when a contract is fragile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.conflicts.fragile import fragile_among, fragile_finding, still_fragile
from server.conflicts.log import entries_of
from server.model.check import ConflictType, Mode, Verdict
from server.model.conflict_log import LoggedConflict
from server.model.finding import FindingKind
from server.model.moments import to_wire
from server.model.tier import Severity, Tier

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(number: int, ago: timedelta = DAY, contract_id: str = "CTR-001", **members: Any) -> LoggedConflict:
    """A conflict of the check with this number."""
    return LoggedConflict.model_validate(
        {
            "check_id": f"CHK-{number}",
            "proposal_id": f"PROP-{number}",
            "at": to_wire(NOW - ago),
            "contract_id": contract_id,
            "source_system": "sys_a",
            "affected_system": "sys_b",
            "type": ConflictType.SCHEMA_BREAK,
            "severity": Severity.MEDIUM,
            "rule": "schema.undeclared",
            "description": "It breaks.",
            "verdict": Verdict.REVIEW_REQUIRED,
            "mode": Mode.BLOCKING,
            "blocked": True,
            "would_have_blocked": True,
            **members,
        }
    )


def ids(*entries: LoggedConflict) -> list[str]:
    """The fragile contracts among these entries."""
    return [one.contract_id for one in fragile_among(entries, NOW)]


def test_three_times_make_it_fragile_and_two_do_not() -> None:
    assert ids(entry(1), entry(2)) == []
    assert ids(entry(1), entry(2), entry(3)) == ["CTR-001"]


@pytest.mark.parametrize(
    ("ago", "counts"),
    [(30 * DAY, True), (30 * DAY + timedelta(seconds=1), False), (31 * DAY, False), (-timedelta(seconds=1), False)],
)
def test_thirty_days_count_to_the_second_and_what_is_yet_to_come_does_not(ago: timedelta, counts: bool) -> None:
    assert bool(ids(entry(1, ago), entry(2), entry(3))) is counts


def test_several_conflicts_of_one_check_are_one_time() -> None:
    assert ids(entry(1), entry(1, affected_system="sys_c"), entry(2)) == []


def test_what_is_low_does_not_count_and_neither_does_a_contract_without_an_id() -> None:
    assert ids(entry(1, severity="LOW"), entry(2), entry(3)) == []
    assert ids(*(entry(number, contract_id="") for number in range(5))) == []


def test_the_one_most_often_in_conflict_comes_first() -> None:
    twice_two = [entry(number, contract_id=name) for name in ("CTR-2", "CTR-1") for number in range(3)]
    four = [entry(number, contract_id="CTR-3") for number in range(4)]
    assert ids(*twice_two, *four) == ["CTR-3", "CTR-1", "CTR-2"]


def test_it_says_when_with_whom_how_bad_and_until_when() -> None:
    (fragile,) = fragile_among(
        [
            entry(1, 29 * DAY, proposal_id="PROP-9", type="timing_change"),
            entry(2, 20 * DAY, severity="HIGH", type="timing_change"),
            entry(3, 10 * DAY, affected_system="sys_c"),
            entry(4, 10 * DAY, source_system="sys_d", type="timing_change"),
        ],
        NOW,
    )
    assert (fragile.conflicts, fragile.severity) == (4, Severity.HIGH)
    assert (fragile.first, fragile.last) == (to_wire(NOW - 29 * DAY), to_wire(NOW - 10 * DAY))
    assert fragile.fragile_until == to_wire(NOW + 10 * DAY)
    assert fragile.proposals == ("PROP-2", "PROP-3", "PROP-4", "PROP-9")
    assert fragile.systems == ("sys_a", "sys_b", "sys_c", "sys_d")
    assert "4 checks within 30 days" in fragile.recommendation
    assert "mostly as timing_change" in fragile.recommendation
    assert "max_age_seconds" in fragile.recommendation


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["schema_break", "schema_break", "timing_change"], "mostly as schema_break."),
        (["schema_break", "timing_change", "timing_change", "schema_break"], "as schema_break and timing_change."),
        (["timing_change", "behavior_change", "timing_change", "schema_break"], "as timing_change, schema_break and "),
    ],
)
def test_con_07_a_contract_is_mostly_in_one_kind_of_conflict_only_where_most_of_them_are(
    kinds: list[str], said: str
) -> None:
    (fragile,) = fragile_among([entry(number, type=kind) for number, kind in enumerate(kinds)], NOW)
    assert f"({', '.join(fragile.proposals)}), {said}" in fragile.recommendation


def test_con_07_readers_who_have_said_what_they_read_are_not_asked_to_say_it() -> None:
    declared = [entry(number, rule="schema.required-read") for number in range(3)]
    (fragile,) = fragile_among(declared, NOW)
    assert "Its readers have said what they read:" in fragile.recommendation
    for rule in ("schema.undeclared", "schema.always-present"):
        (fragile,) = fragile_among([*declared, entry(4, rule=rule)], NOW)
        assert "Let each reader say what it reads" in fragile.recommendation


@pytest.mark.parametrize("worst", ["MEDIUM", "HIGH", "CRITICAL"])
def test_the_finding_is_as_grave_as_the_worst_conflict_but_high_at_most(worst: str) -> None:
    (fragile,) = fragile_among([entry(1), entry(2), entry(3, severity=worst)], NOW)
    finding = fragile_finding(fragile, "sys_a")
    assert finding.kind is FindingKind.FRAGILE_CONTRACT
    assert (finding.subject, finding.system_id) == ("CTR-001", "sys_a")
    assert finding.severity is (Severity.MEDIUM if worst == "MEDIUM" else Severity.HIGH)


AGES = st.lists(st.integers(min_value=0, max_value=40 * 24 * 3600), min_size=1, max_size=8)


@given(AGES, st.integers(min_value=0, max_value=40 * 24 * 3600))
def test_the_finding_knows_until_when_the_log_would_say_the_same(ages: list[int], later: int) -> None:
    entries = [entry(number, timedelta(seconds=age)) for number, age in enumerate(ages)]
    found = [fragile_finding(one, "sys_a") for one in fragile_among(entries, NOW)]
    moment = NOW + timedelta(seconds=later)
    if found:
        assert list(still_fragile(found, moment)) == [one.contract_id for one in fragile_among(entries, moment)]


CHECK: dict[str, Any] = {
    "check_id": "CHK-1",
    "proposal_id": "PROP-1",
    "source_system": "sys_a",
    "check_timestamp": to_wire(NOW),
    "verdict": "CONFLICT_DETECTED",
    "conflicts": [
        {
            "affected_contract": "CTR-001",
            "affected_system": "sys_b",
            "type": "schema_break",
            "severity": severity,
            "effective_tier": tier,
            "rule": "schema.required-read",
            "description": "It breaks.",
        }
        for severity, tier in [("CRITICAL", "EXPERIMENTAL"), ("HIGH", "EXPERIMENTAL"), ("HIGH", "PRODUCTION")]
    ],
}


@pytest.mark.parametrize(("advisory", "blocked"), [((), [True, False, True]), (("PRODUCTION",), [True, False, False])])
def test_each_conflict_is_logged_with_what_it_held_and_would_have_held(
    advisory: tuple[str, ...], blocked: list[bool]
) -> None:
    modes = {tier: Mode.ADVISORY if tier.value in advisory else Mode.BLOCKING for tier in Tier}
    logged = entries_of(CHECK, modes)
    assert [one.blocked for one in logged] == blocked
    assert [one.would_have_blocked for one in logged] == [True, False, True]
    assert {one.check_id for one in logged} == {"CHK-1"}


def test_a_dry_run_logs_nothing() -> None:
    assert entries_of({**CHECK, "proposal_id": ""}, dict.fromkeys(Tier, Mode.BLOCKING)) == []
