"""A reader that begins before the writer whose output it needs has finished (PAT-6)."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model.pattern import PatternType
from server.patterns.access.timing import detect
from server.patterns.fleet import Fleet, Member
from server.patterns.found import Found, Identity
from tests.rules.patterns.telling import at, told

IDENTITY = Identity(PatternType.TIMING_DEPENDENCY, ("sys_w", "sys_r"))
NEEDED = Fleet({"sys_w": Member("sys_w"), "sys_r": Member("sys_r", depends_on=frozenset({"sys_w"}))})
BY_RESOURCE = Fleet(
    {
        "sys_w": Member("sys_w", writes=frozenset({"/data/a.json"})),
        "sys_r": Member("sys_r", reads=frozenset({"/data/a.json"})),
    }
)
Events = list[dict[str, Any]]


def run(day: float, begin: float, end: float, result: str = "OK") -> dict[str, Any]:
    """From minute to minute of a day."""
    return {
        "kind": "run",
        "at": at(day, minute=end),
        "started_at": at(day, minute=begin),
        "finished_at": at(day, minute=end),
        "result": result,
    }


def daily(begin: float, end: float, days: int = 30) -> Events:
    return [run(day, begin, end) for day in range(days)]


def late_thrice(day: int) -> float:
    """02:00 to 02:40, on three days to 03:10."""
    return 190 if day in (10, 33, 71) else 160


def every(minutes: int, days: int, length: float = 1) -> Events:
    return [run(0, begin, begin + length) for begin in range(0, days * 1440, minutes)]


def access(mode: str, begin: float, end: float, days: int = 5) -> Events:
    return [
        {
            "kind": "access",
            "at": at(day, minute=begin),
            "resource": "/data/a.json",
            "mode": mode,
            "started_at": at(day, minute=begin),
            "finished_at": at(day, minute=end),
        }
        for day in range(days)
    ]


def found(writer: Events, reader: Events, fleet: Fleet = NEEDED, known: Iterable[Identity] = ()) -> list[Found]:
    return detect(told(("sys_w", writer), ("sys_r", reader)), fleet, frozenset(known))


LATE = [run(day, 120, late_thrice(day)) for day in range(90)]
AT_THREE = daily(180, 185, 90)


@pytest.mark.parametrize(
    ("writer", "reader", "fleet", "occurrences"),
    [
        pytest.param(LATE, AT_THREE, NEEDED, 3, id="late three times in ninety days"),
        pytest.param(daily(120, 150), daily(135, 140), NEEDED, 30, id="always in the midst"),
        pytest.param(daily(120, 150, 3), daily(135, 140, 3), NEEDED, 3, id="three days are enough"),
        pytest.param(daily(120, 150), daily(135, 140), BY_RESOURCE, 30, id="needed by what is read"),
        pytest.param(daily(120, 150), daily(120, 140), NEEDED, 30, id="both begin in the same moment"),
        pytest.param(
            [run(day, 175, 195) for day in range(2, 90, 7)],
            every(60, 90),
            NEEDED,
            13,
            id="an hourly reader in a weekly refresh",
        ),
        pytest.param(every(60, 10, 20), every(60, 10), NEEDED, 240, id="both hourly on the hour"),
        pytest.param(access("write", 0, 10), access("read", 5, 6), NEEDED, 5, id="by accesses"),
        pytest.param(
            access("write", 0, 10) + daily(0, 5, 5),
            access("read", 5, 6) + daily(5, 6, 5),
            NEEDED,
            5,
            id="accesses before runs",
        ),
        pytest.param(daily(120, 150, 2), daily(135, 140, 2), NEEDED, 0, id="on two days only"),
        pytest.param(daily(120, 150), daily(150, 155), NEEDED, 0, id="begins when the writer has just finished"),
        pytest.param(daily(120, 150), daily(100, 125), NEEDED, 0, id="is still running when the writer begins"),
        pytest.param(daily(120, 150), daily(135, 140), Fleet(), 0, id="does not need it"),
        pytest.param(every(1440, 20, 60), every(5, 20), NEEDED, 0, id="polls every five minutes"),
        pytest.param(every(60, 20, 30), every(5, 20), NEEDED, 0, id="polls an hourly writer"),
        pytest.param(every(1440, 30, 90), every(7 * 60, 30), NEEDED, 0, id="comes round the clock"),
        pytest.param(every(60, 10, 58), every(60, 10), NEEDED, 0, id="the writer is nearly always at work"),
        pytest.param(
            access("write", 0, 10) + daily(0, 30, 5),
            access("read", 15, 16) + daily(10, 20, 5),
            NEEDED,
            0,
            id="reads when all is written",
        ),
        pytest.param(
            [{"kind": "run", "at": at(day, 2)} for day in range(9)], daily(120, 130, 9), NEEDED, 0, id="moments only"
        ),
    ],
)
def test_a_reader_that_begins_while_the_writer_is_at_work(
    writer: Events, reader: Events, fleet: Fleet, occurrences: int
) -> None:
    assert [len(one.occurrences) for one in found(writer, reader, fleet)] == ([occurrences] if occurrences else [])


def test_starts_in_one_piece_of_work_are_one_occurrence() -> None:
    reader = [run(day, 120 + minute, 121 + minute) for day in range(5) for minute in range(0, 30, 3)]
    (one,) = found(daily(120, 150, 5), reader)
    assert [occurrence.seqs for occurrence in one.occurrences] == [(1 + day, 6 + 10 * day) for day in range(5)]


def test_what_is_told_names_share_hours_and_by_how_much_to_shift() -> None:
    reader = [run(day, 180, 185, "ERROR" if day in (10, 33) else "OK") for day in range(90)]
    (one,) = found(LATE, reader, BY_RESOURCE)
    assert (one.identity, one.cause, one.effect, one.trigger) == (IDENTITY, "sys_w", "sys_r", "run")
    assert one.lag_seconds == 600
    assert one.q_value is not None
    assert one.q_value < 0.001
    assert one.description == (
        "sys_r needs the output of /data/a.json of sys_w but begins before sys_w has finished: 3 times, mostly at 03:00 UTC;"
        " sys_w still needed 10 min typically"
    )
    started, failed, went_on = (fact.data_point for fact in one.facts)
    assert started == "3 of 90 runs began while sys_w ran, mostly at 03:00 UTC; sys_w was done 10 min to 10 min later"
    assert failed == "2 of those 3 runs failed, of the others 0 of 87"
    assert went_on == (
        "3 of 90 runs went on when sys_r began; they begin mostly at 02:00 UTC; they take 40 min typically, those 70 min"
    )
    assert one.recommendation.startswith("Let sys_r start when sys_w has completed")
    assert "at least 15 min later. Let sys_w replace /data/a.json" in one.recommendation
    assert one.by_chance_a_day == 0


def test_a_reader_at_all_hours_that_falls_into_the_work_too_often_has_a_chance_of_its_own() -> None:
    reader = every(60, 90)
    (one,) = found([run(day, 175, 195) for day in range(2, 90, 7)], reader)
    assert one.lift is not None
    assert one.lift > 2
    assert 0 < one.by_chance_a_day < 0.1


def test_of_two_that_need_each_other_the_direction_seen_more_often_is_told() -> None:
    both = Fleet({one: Member(one, depends_on=frozenset({"sys_w", "sys_r"} - {one})) for one in ("sys_w", "sys_r")})
    writer = daily(120, 150)
    reader = [run(day, 135, 140) if day % 3 else run(day, 110, 125) for day in range(30)]
    (one,) = found(writer, reader, both)
    assert (one.cause, one.effect) == ("sys_w", "sys_r")


def test_a_part_of_a_system_may_run_within_it() -> None:
    part = Fleet({"sys_w": Member("sys_w"), "sys_r": Member("sys_r", depends_on=frozenset({"sys_w"}), parent="sys_w")})
    assert found(daily(120, 150), daily(135, 140), part) == []


def test_what_many_write_is_the_output_of_nobody() -> None:
    systems = [(f"sys_{number:02}", daily(120, 150) if number else daily(135, 140)) for number in range(12)]
    shared = frozenset({"/data/log"})
    members = {one: Member(one, reads=shared, writes=shared if one != "sys_00" else frozenset()) for one, _ in systems}
    assert detect(told(*systems), Fleet(members)) == []
    assert len(detect(told(*systems[:9]), Fleet({one: members[one] for one, _ in systems[:9]}))) > 0


@pytest.mark.parametrize(
    ("writer", "reader", "held_back"),
    [
        pytest.param(daily(120, 150, 2), daily(135, 140, 2), ["too_few"], id="twice"),
        pytest.param(every(1440, 20, 60), every(5, 20), ["not_significant"], id="by chance"),
        pytest.param(daily(120, 150), daily(150, 155), [], id="never"),
    ],
)
def test_a_known_pattern_comes_back_with_what_holds_it_back(
    writer: Events, reader: Events, held_back: list[str]
) -> None:
    assert [one.held_back for one in found(writer, reader, known=[IDENTITY])] == held_back


SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9)), max_size=30)


@settings(max_examples=150, deadline=None)
@given(SPANS, SPANS)
def test_the_occurrences_are_those_that_comparing_all_with_all_finds(
    work: list[tuple[int, int]], starts: list[tuple[int, int]]
) -> None:
    writer = [run(0, begin, begin + length) for begin, length in work]
    reader = [run(0, begin, begin + length) for begin, length in starts]
    given_back = found(writer, reader, known=[IDENTITY])
    seqs = [occurrence.seqs for one in given_back for occurrence in one.occurrences]
    expected = _all_with_all(work, [begin for begin, _ in starts])
    assert len(given_back) <= 1
    if given_back:
        assert {(work[one - 1], starts[other - len(work) - 1][0]) for one, other in seqs} == expected
        assert len(seqs) == len({work[one - 1] for one, _ in seqs})
    elif expected:
        assert _share(work, [begin for begin, _ in starts]) > 2 / 3


def _all_with_all(work: list[tuple[int, int]], starts: list[int]) -> set[tuple[tuple[int, int], int]]:
    """The pieces of work that a start fell into, each start counted for the one that ends last, with the first such start."""
    first: dict[tuple[int, int], int] = {}
    for start in sorted(starts):
        inside = [(begin + length, -begin) for begin, length in work if begin <= start < begin + length]
        if inside:
            end, begin = max(inside)
            first.setdefault((-begin, end + begin), start)
    return set(first.items())


def _share(work: list[tuple[int, int]], starts: list[int]) -> float:
    """The part of the minutes that both report in during which there was work."""
    since = max(min(begin for begin, _ in work), min(starts))
    until = min(max(begin + length for begin, length in work), max(starts))
    busy = {minute for begin, length in work for minute in range(begin, begin + length)}
    return len(busy & set(range(since, until))) / max(1, until - since)
