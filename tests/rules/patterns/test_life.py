"""What becomes of a pattern from one look to the next."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.moments import DAY
from server.model.pattern import Certainty, PatternStatus, PatternType
from server.patterns.fleet import Fleet
from server.patterns.found import Found, Identity, Occurrence
from server.patterns.life import Known, Life, Look, at_least, first_seen, life_in, seen_again, stands_out
from server.patterns.portrait import portrait

CASCADE = Identity(PatternType.CASCADE_FAILURE, ("sys_b", "sys_a"))


def found(*days: float, **members: Any) -> Found:
    """A cascade that showed on these days."""
    return Found(
        **{
            "identity": CASCADE,
            "occurrences": tuple(Occurrence(round(day * DAY), (round(day * 1_000), 1)) for day in days),
            "facts": (),
            "description": f"{len(days)} times",
            "recommendation": "Mend it.",
            "cause": "sys_b",
            "effect": "sys_a",
            "trigger": "run",
            "q_value": 0.01,
            **members,
        }
    )


def look(day: float, fired: int = 0, *, taken: float = 0) -> Look:
    """A look at the 90 days before one, taken then or later."""
    return Look(
        since=round((day - 90) * DAY),
        at=round(day * DAY),
        now=round(max(day, taken) * DAY),
        portrait=lambda one, occurrences: portrait(one, occurrences, Fleet(), lambda fact: "report: error"),
        fired=lambda system, trigger, since: fired,
    )


def lived(first: Found, *looks: tuple[Found | None, Look], day: float = 20) -> Known:
    """A pattern that was first seen on a day, after some more looks."""
    known: Known | None = first_seen(first, "XPAT-001", look(day))
    for again, one in looks:
        assert known is not None
        known = seen_again(known, again, one)
    assert known is not None
    return known


def test_what_is_found_first_is_active_and_significant_with_the_day_of_the_look() -> None:
    pattern = lived(found(1, 8, 15)).pattern
    assert (pattern.status, pattern.certainty) == (PatternStatus.ACTIVE, Certainty.SIGNIFICANT)
    assert (pattern.first_detected, pattern.last_seen) == ("1970-01-21", "1970-01-16T00:00:00Z")
    assert (pattern.occurrences, pattern.confidence, pattern.cause) == (3, 0.6, "sys_b")


def test_the_same_look_once_more_changes_nothing() -> None:
    first = lived(found(1, 8, 15))
    assert seen_again(first, found(1, 8, 15), look(20)) == first
    assert seen_again(first, None, look(20)) == first
    later = seen_again(first, found(1, 8, 15, q_value=0.02, description="otherwise"), look(21))
    assert later == first, "nothing new has come, so nothing of it is new"


def test_a_recurrence_counts_on_from_what_was_known_and_confirms() -> None:
    known = lived(found(1, 8, 15), (found(8, 15, 22), look(95)))
    assert (known.pattern.occurrences, known.pattern.certainty) == (4, Certainty.CONFIRMED)
    assert (known.pattern.first_detected, known.pattern.last_seen) == ("1970-01-21", "1970-01-23T00:00:00Z")
    assert known.pattern.confidence == 0.7


def test_one_that_arrives_late_is_counted_and_confirms_nothing() -> None:
    known = lived(found(1, 8, 15), (found(1, 4, 8, 15), look(21)))
    assert (known.pattern.occurrences, known.pattern.certainty) == (4, Certainty.SIGNIFICANT)


def test_a_second_test_confirms_at_once() -> None:
    assert lived(found(1, 8, 15, stands_second_test=True)).pattern.certainty is Certainty.CONFIRMED


@pytest.mark.parametrize("again", [None, found(1, 8, 15)])
def test_after_thirty_days_it_is_active_and_a_moment_later_resolved(again: Found | None) -> None:
    still = lived(found(1, 8, 15), (again, look(45)))
    assert still.pattern.status is PatternStatus.ACTIVE
    over = lived(found(1, 8, 15), (again, look(45 + 1 / 86_400, fired=4)))
    assert (over.pattern.status, over.pattern.cause_fired_since) == (PatternStatus.RESOLVED, 4)
    assert over.pattern.resolved_at == "1970-02-15T00:00:01Z"
    assert (over.pattern.occurrences, over.pattern.first_detected) == (3, "1970-01-21")


def test_a_resolved_one_whose_cause_never_fired_is_untested_and_counted_on() -> None:
    quiet = (None, look(51))
    assert lived(found(1, 8, 15), quiet).pattern.cause_fired_since == 0
    within = lived(found(1, 8, 15), quiet, (None, look(60, fired=3)), (None, look(61, fired=3)))
    assert within.pattern.cause_fired_since == 3
    beyond = seen_again(within, None, look(120, fired=2))
    assert beyond is not None
    assert beyond.pattern.cause_fired_since == 5, "what is too old to be looked at has been counted"
    assert beyond.pattern.resolved_at == within.pattern.resolved_at


def test_a_resolved_one_is_reopened_by_what_is_new_and_not_by_what_is_old() -> None:
    resolved = lived(found(1, 8, 15), (None, look(51)))
    assert seen_again(resolved, found(8, 15), look(52)) == resolved
    back = seen_again(resolved, found(8, 15, 55, by_chance_a_day=0.001), look(56))
    assert back is not None
    assert (back.pattern.status, back.pattern.reopened_at) == (PatternStatus.ACTIVE, "1970-02-26T00:00:00Z")
    assert (back.pattern.resolved_at, back.pattern.cause_fired_since) == ("", None)
    assert (back.pattern.first_detected, back.pattern.occurrences) == ("1970-01-21", 4)
    again = seen_again(back, found(8, 15, 55), look(85))
    assert again is not None
    assert again.pattern.status is PatternStatus.ACTIVE, "thirty days begin anew"


def test_of_a_busy_pair_chance_neither_keeps_it_alive_nor_reopens_it() -> None:
    by_chance = {"by_chance_a_day": 1.0, "held_back": "not_significant"}
    days = tuple(range(1, 16))
    chance = found(*days, *(day + 0.5 for day in range(20, 50)), **by_chance)
    resolved = lived(found(*days, by_chance_a_day=1.0), (chance, look(50.9)))
    assert (resolved.pattern.status, resolved.pattern.occurrences) == (PatternStatus.RESOLVED, 15)
    assert seen_again(resolved, found(*days, 51, 52, **by_chance), look(53)) == resolved
    much = found(*days, *(51 + hour / 24 for hour in range(12)), **by_chance)
    back = seen_again(resolved, much, look(52))
    assert back is not None
    assert (back.pattern.status, back.pattern.occurrences) == (PatternStatus.ACTIVE, 27)


@pytest.mark.parametrize("reason", ["explained_away", "confounded_by_schedule"])
def test_what_is_explained_otherwise_is_no_recurrence(reason: str) -> None:
    explained = found(1, 8, 15, 22, 29, held_back=reason)
    known = lived(found(1, 8, 15), (explained, look(30)))
    assert (known.pattern.status, known.pattern.held_back) == (PatternStatus.ACTIVE, reason), "it does not vanish"
    assert known.pattern.occurrences == 3
    assert lived(found(1, 8, 15), (explained, look(51))).pattern.status is PatternStatus.RESOLVED
    back = seen_again(known, found(1, 8, 15, 22, 29), look(31))
    assert back is not None
    assert (back.pattern.held_back, back.pattern.occurrences) == ("", 5)


def test_a_candidate_has_no_confidence_is_shown_once_chance_is_ruled_out_and_dropped_when_it_stays_away() -> None:
    candidate = lived(found(1, 8, 15, held_back="confounded_by_schedule"))
    assert (candidate.pattern.status, candidate.pattern.certainty) == (PatternStatus.CANDIDATE, Certainty.CANDIDATE)
    assert (candidate.pattern.confidence, candidate.pattern.held_back) == (0, "confounded_by_schedule")
    assert seen_again(candidate, None, look(50)) == candidate
    assert seen_again(candidate, None, look(50.1)) is None
    shown = seen_again(candidate, found(1, 8, 15, 22), look(23))
    assert shown is not None
    assert (shown.pattern.status, shown.pattern.certainty) == (PatternStatus.ACTIVE, Certainty.SIGNIFICANT)
    assert (shown.pattern.id, shown.pattern.first_detected) == ("XPAT-001", "1970-01-21")
    assert (shown.pattern.held_back, shown.pattern.confidence) == ("", 0.7)


def test_what_ended_long_before_it_was_first_seen_is_shown_once_and_resolved_by_the_next_look() -> None:
    assert lived(found(1, 8, 15), day=70).pattern.status is PatternStatus.ACTIVE
    assert lived(found(1, 8, 15), (found(1, 8, 15), look(70)), day=70).pattern.status is PatternStatus.ACTIVE
    assert lived(found(1, 8, 15), (found(1, 8, 15), look(70.1)), day=70).pattern.status is PatternStatus.RESOLVED


def test_the_past_is_played_again_by_the_ends_of_its_looks() -> None:
    first = first_seen(found(1, 8, 15), "XPAT-001", look(20, taken=400))
    assert (first.pattern.status, first.pattern.first_detected) == (PatternStatus.ACTIVE, "1971-02-05")
    for day, status in [(45, PatternStatus.ACTIVE), (45.1, PatternStatus.RESOLVED), (400, PatternStatus.RESOLVED)]:
        after = seen_again(first, None, look(day, taken=400))
        assert after is not None
        assert after.pattern.status is status, day


def test_a_look_at_the_past_changes_nothing() -> None:
    known = lived(found(1, 8, 15), (found(1, 8, 15, 22), look(23)))
    assert seen_again(known, found(1, 8, 9), look(12)) == known
    assert seen_again(known, None, look(12)) == known


def test_of_very_many_occurrences_each_is_counted_once() -> None:
    days = [one / 100 for one in range(2_500)]
    known = lived(found(*days), day=30)
    assert (known.pattern.occurrences, len(known.life.moments)) == (2_500, 2_000)
    more = found(*days, 26, 27)
    for day in (31, 32, 33):
        after = seen_again(known, more, look(day))
        assert after is not None
        known = after
        assert known.pattern.occurrences == 2_502


def test_a_life_comes_back_as_it_was_kept() -> None:
    life = replace(lived(found(1, 8, 15)).life, events_total=7)
    assert life_in(life.document()) == life
    assert life_in({**life.document(), "of_a_later_version": 1}) == life
    assert life_in({}) == Life()


@given(st.lists(st.integers(1, 900), min_size=3, unique=True), st.data())
def test_however_it_is_looked_at_occurrences_never_shrink_and_the_first_day_stays(
    days: Iterable[int], data: st.DataObject
) -> None:
    moments = sorted(one / 10 for one in days)
    begin = data.draw(st.integers(3, len(moments)))
    known = first_seen(found(*moments[:begin]), "XPAT-001", look(moments[begin - 1]))
    first = known.pattern.first_detected
    for upto in range(begin, len(moments)):
        before = known
        after = seen_again(known, found(*moments[: upto + 1]), look(moments[upto]))
        assert after is not None
        known = after
        assert known.pattern.first_detected == first
        assert known.pattern.occurrences >= before.pattern.occurrences
        assert seen_again(known, found(*moments[: upto + 1]), look(moments[upto])) == known
    assert known.pattern.occurrences == len(moments)


@pytest.mark.parametrize(
    ("count", "expected", "likely"),
    [(0, 3.0, 1.0), (1, 0.0, 0.0), (1, 0.1, 0.0951626), (3, 1.0, 0.0803014), (2, 2.0, 0.5939942), (40, 20.0, 5.3e-5)],
)
def test_the_tail_of_a_poisson_number(count: int, expected: float, likely: float) -> None:
    assert at_least(count, expected) == pytest.approx(likely, rel=0.05, abs=1e-7)


@given(st.integers(0, 60), st.floats(0, 60))
def test_the_tail_falls_with_the_count_and_rises_with_the_mean(count: int, expected: float) -> None:
    assert 0 <= at_least(count + 1, expected) <= at_least(count, expected) + 1e-9 <= 1 + 1e-9
    assert at_least(count, expected) <= at_least(count, expected + 1) + 1e-9


def test_one_is_enough_where_chance_gives_next_to_nothing_and_not_where_it_gives_some() -> None:
    assert stands_out([5 * DAY], 0.003, 0, 40 * DAY)
    assert not stands_out([5 * DAY], 0.05, 0, 40 * DAY)
    assert not stands_out([], 0.0, 0, 40 * DAY)
    assert stands_out([39 * DAY, 39 * DAY + 1, 39 * DAY + 2], 0.05, 0, 40 * DAY), "three in a day"
