"""Two systems at one resource at the same time, and at least one of them writes (PAT-5)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model.moments import microseconds
from server.model.pattern import PatternType
from server.patterns.access.contention import detect
from server.patterns.fleet import Fleet, Member
from server.patterns.found import Found, Identity
from tests.rules.patterns.telling import at, told

NOBODY = Fleet()
Span = tuple[float, float]
"""Minute of the day from and to; the same twice is a moment."""


def accesses(mode: str, *spans: Span, days: int = 3, resource: str = "/data/a.json") -> list[dict[str, Any]]:
    return [
        {
            "kind": "access",
            "at": at(day, minute=begin),
            "resource": resource,
            "mode": mode,
            **({"started_at": at(day, minute=begin), "finished_at": at(day, minute=end)} if end > begin else {}),
        }
        for day in range(days)
        for begin, end in spans
    ]


def found(*by_system: tuple[str, list[dict[str, Any]]], known: frozenset[Identity] = frozenset()) -> list[Found]:
    return detect(told(*by_system), NOBODY, known)


READ = accesses("read", (5, 15))
SHORT = [(minute, minute + 0.5) for minute in range(1, 9)]
"""Eight reads of half a minute."""


@pytest.mark.parametrize(
    ("writer", "other", "occasions"),
    [
        pytest.param(accesses("write", (0, 10)), READ, 3, id="a read begins in a write"),
        pytest.param(accesses("write", (10, 20)), READ, 3, id="a write begins in a read"),
        pytest.param(accesses("write", (5, 15)), READ, 3, id="both begin in the same moment"),
        pytest.param(accesses("write", (0, 10)), accesses("write", (5, 15)), 3, id="both write"),
        pytest.param(accesses("write", (0, 20)), accesses("read", (5, 5)), 3, id="a moment inside a write"),
        pytest.param(accesses("write", (7, 7)), READ, 3, id="a write in a moment inside a read"),
        pytest.param(accesses("write", (0, 10)), accesses("read", *SHORT), 3, id="many reads in one write"),
        pytest.param(accesses("write", *SHORT), accesses("read", (0, 10)), 3, id="many writes in one read"),
        pytest.param(accesses("write", (0, 10), (20, 30)), accesses("read", (5, 7), (25, 27)), 6, id="twice a day"),
        pytest.param(accesses("write", (0, 10), days=2), READ, 0, id="on two days only"),
        pytest.param(accesses("write", (0, 5)), READ, 0, id="ends that touch"),
        pytest.param(accesses("write", (15, 20)), READ, 0, id="beginnings that touch"),
        pytest.param(accesses("write", (5, 5)), READ, 0, id="a moment at the other's beginning"),
        pytest.param(accesses("write", (15, 15)), READ, 0, id="a moment at the other's end"),
        pytest.param(accesses("write", (5, 5)), accesses("read", (5, 5)), 0, id="two moments"),
        pytest.param(accesses("read", (0, 10)), READ, 0, id="nobody writes"),
        pytest.param(accesses("write", (0, 10), resource="/data/b.json"), READ, 0, id="another resource"),
        pytest.param(accesses("write", (0, 10), resource="/data"), READ, 3, id="the folder is written"),
        pytest.param(accesses("write", (0, 10), resource="/data/*.json"), READ, 3, id="a glob is written"),
        pytest.param(accesses("write", (0, 10), resource="/data/*.csv"), READ, 0, id="another glob is written"),
        pytest.param(accesses("write", (0, 10), resource="/dat"), READ, 0, id="no folder of it"),
    ],
)
def test_pairs_that_overlap_on_three_occasions_contend(
    writer: list[dict[str, Any]], other: list[dict[str, Any]], occasions: int
) -> None:
    given_back = found(("sys_w", writer), ("sys_r", other))
    assert [len(one.occurrences) for one in given_back] == ([occasions] if occasions else [])


def test_accesses_of_one_system_do_not_contend_with_each_other() -> None:
    assert found(("sys_w", accesses("write", (0, 10), (5, 15)))) == []


def test_what_is_told_names_share_length_hour_and_what_to_do() -> None:
    (one,) = found(
        ("sys_w", accesses("write", (175, 195), (600, 610), days=4)), ("sys_r", accesses("read", (180, 181)))
    )
    assert one.identity == Identity(PatternType.RESOURCE_CONTENTION, ("sys_r", "sys_w"), "/data/a.json")
    assert (one.cause, one.effect, one.trigger, one.held_back) == ("", "", "write:/data/a.json", "")
    assert [occurrence.at for occurrence in one.occurrences] == [microseconds(at(day, 3)) for day in range(3)]
    assert [occurrence.seqs for occurrence in one.occurrences] == [(1, 9), (3, 10), (5, 11)]
    writer, reader = one.facts
    assert writer.data_point == (
        "3 of 8 writes of /data/a.json overlapped with an access of sys_r; they take 20 min typically;"
        " they begin mostly at 02:55 UTC"
    )
    assert (writer.system, writer.kind, writer.seqs) == ("sys_w", "access", (1, 3, 5))
    assert reader.data_point.startswith("3 of 3 reads of /data/a.json overlapped")
    assert "sys_r reads while sys_w writes" in one.description
    assert "mostly at 03:00 UTC, for 60 s typically" in one.description
    assert "Let sys_w replace /data/a.json atomically" in one.recommendation
    assert one.lift is not None
    assert one.lift > 10


@pytest.mark.parametrize(
    ("resource", "advised"),
    [
        ("/data/a.json", "take a lock"),
        ("sqlite:///data/a.db#orders", "one transaction"),
        ("s3://bucket/a.json", "If-Match"),
    ],
)
def test_the_advice_fits_the_resource(resource: str, advised: str) -> None:
    both = accesses("write", (0, 10), resource=resource)
    (one,) = found(("sys_v", both), ("sys_w", both))
    assert advised in one.recommendation


def test_overlaps_that_chance_alone_would_give_are_told_with_a_lift_about_one() -> None:
    writes = [(minute, minute + 10) for minute in range(0, 1440, 60)]
    reads = [(minute, minute + 5) for minute in range(7, 1440, 45)]
    (one,) = found(("sys_w", accesses("write", *writes)), ("sys_r", accesses("read", *reads)))
    assert one.lift == pytest.approx(1.0, abs=0.35)


def test_a_known_pattern_comes_back_on_fewer_occasions_held_back() -> None:
    told_twice = ("sys_w", accesses("write", (0, 10), days=2)), ("sys_r", READ)
    identity = Identity(PatternType.RESOURCE_CONTENTION, ("sys_r", "sys_w"), "/data/a.json")
    (one,) = found(*told_twice, known=frozenset({identity}))
    assert (one.held_back, len(one.occurrences)) == ("too_few", 2)
    assert found(*told_twice, known=frozenset({Identity(PatternType.CASCADE_FAILURE, ("sys_r", "sys_w"))})) == []
    gone = Identity(PatternType.RESOURCE_CONTENTION, ("sys_q", "sys_w"), "/data/a.json")
    assert found(*told_twice, known=frozenset({gone})) == []


def test_of_a_resource_with_many_readers_the_fifty_strongest_pairs_are_told() -> None:
    writes = ("sys_w", accesses("write", (0, 10), days=10))
    readers = [(f"sys_r{number:02}", accesses("read", (5, 6), days=3 + number % 7)) for number in range(70)]
    given_back = found(writes, *readers)
    assert len(given_back) == 50
    assert min(len(one.occurrences) for one in given_back) == 5
    assert [len(one.occurrences) for one in given_back] == sorted(
        (len(one.occurrences) for one in given_back), reverse=True
    )


def runs(*spans: Span, days: int = 30) -> list[dict[str, Any]]:
    return [
        {
            "kind": "run",
            "at": at(day, minute=end),
            "started_at": at(day, minute=begin),
            "finished_at": at(day, minute=end),
            "result": "OK",
        }
        for day in range(days)
        for begin, end in spans
    ]


def by_hand(shift: int, count: int = 30) -> list[dict[str, Any]]:
    """Runs of ten minutes without any timetable, moved by some minutes."""
    hours = [number * 53 + number * number * 7 % 41 for number in range(count)]
    return runs(*((hour * 60 % 120_000 + shift, hour * 60 % 120_000 + shift + 10) for hour in sorted(hours)), days=1)


SHARED = Fleet(
    {
        "sys_w": Member("sys_w", writes=frozenset({"/data/a.json"})),
        "sys_r": Member("sys_r", reads=frozenset({"/data/a.json"})),
    }
)
OFTEN = runs(*((minute, minute + 10) for minute in range(0, 1440, 30)))


@pytest.mark.parametrize(
    ("writer", "other", "fleet", "held_back"),
    [
        pytest.param(by_hand(0), by_hand(4), SHARED, [""], id="whenever one works, the other does"),
        pytest.param(runs((0, 10)), runs((5, 15)), SHARED, ["confounded_by_schedule"], id="both by the clock"),
        pytest.param(by_hand(0), OFTEN, SHARED, [], id="as often as chance gives"),
        pytest.param(by_hand(0), by_hand(10), SHARED, [], id="one after the other"),
        pytest.param(by_hand(0), by_hand(4), NOBODY, [], id="nothing shared"),
        pytest.param(by_hand(0), by_hand(4) + accesses("read", (700, 701)), SHARED, [], id="one tells when it reads"),
    ],
)
def test_runs_stand_in_where_nobody_tells_accesses(
    writer: list[dict[str, Any]], other: list[dict[str, Any]], fleet: Fleet, held_back: list[str]
) -> None:
    given_back = detect(told(("sys_w", writer), ("sys_r", other)), fleet)
    assert [one.held_back for one in given_back] == held_back
    for one in given_back:
        assert one.identity == Identity(PatternType.RESOURCE_CONTENTION, ("sys_r", "sys_w"), "/data/a.json")
        assert len(one.occurrences) == 30
        assert "Runs overlap of sys_w" in one.description
        assert one.facts[0].data_point.startswith(
            "30 of 30 runs overlap with runs of sys_r; they take 10 min typically"
        )


MOMENTS = st.integers(0, 40)
ACCESS = st.tuples(
    st.sampled_from(["sys_a", "sys_b", "sys_c"]),
    st.sampled_from(["/d", "/d/x", "/d/y", "/e"]),
    st.booleans(),
    MOMENTS,
    st.integers(0, 6),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACCESS, max_size=40))
def test_the_sweep_finds_what_comparing_all_with_all_finds(drawn: list[tuple[str, str, bool, int, int]]) -> None:
    history = told(
        *(
            (system, accesses("write" if write else "read", (begin, begin + length), days=1, resource=resource))
            for system, resource, write, begin, length in drawn
        )
    )
    expected: dict[tuple[tuple[str, ...], str], tuple[list[int], set[int]]] = {}
    for key, overlaps in _all_with_all(drawn).items():
        occasions: list[int] = []
        reach = -1
        for begin, end, _ in sorted(overlaps):
            if begin >= reach:
                occasions.append(microseconds(at(minute=begin)))
            reach = max(reach, end)
        if len(occasions) >= 3:
            expected[key] = occasions, {1 + number for _, _, pair in overlaps for number in pair}
    for one in detect(history, NOBODY):
        occasions, seqs = expected.pop((one.systems, one.identity.subject))
        assert [occurrence.at for occurrence in one.occurrences] == occasions
        told_of = {seq for fact in one.facts for seq in fact.seqs}
        assert {seq for occurrence in one.occurrences for seq in occurrence.seqs} <= seqs
        # of a system that writes and reads, its writes are told of
        modes: dict[str, set[bool]] = {}
        for seq in seqs:
            modes.setdefault(drawn[seq - 1][0], set()).add(drawn[seq - 1][2])
        assert told_of == {seq for seq in seqs if drawn[seq - 1][2] or modes[drawn[seq - 1][0]] == {False}}
    assert expected == {}


Overlap = tuple[int, int, tuple[int, int]]
"""When both had begun, when the longer of the two ended, and which two they were."""


def _all_with_all(drawn: list[tuple[str, str, bool, int, int]]) -> dict[tuple[tuple[str, ...], str], list[Overlap]]:
    """By systems and resource."""
    overlaps: dict[tuple[tuple[str, ...], str], list[Overlap]] = {}
    for number, (system, resource, write, begin, length) in enumerate(drawn):
        for second, (other, place, writes, start, lasting) in enumerate(drawn[number + 1 :], number + 1):
            wider = min(resource, place)
            related = resource == place or (wider == "/d" and max(resource, place).startswith("/d/"))
            if related and system != other and (write or writes) and begin < start + lasting and start < begin + length:
                key = tuple(sorted((system, other))), wider
                ended = max(begin + length, start + lasting)
                overlaps.setdefault(key, []).append((max(begin, start), ended, (number, second)))
    return overlaps
