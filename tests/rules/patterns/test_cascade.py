"""Cascades: the source's own examples, and what must not be taken for one."""

import csv
import gzip
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from server.model.moments import microseconds
from server.model.pattern import PatternType
from server.patterns.cascade.detect import detect
from server.patterns.cascade.episodes import DAY, MINUTE
from server.patterns.cascade.links import Link, weigh
from server.patterns.cascade.pairs import WINDOWS
from server.patterns.cascade.permuted import exposed_at
from server.patterns.cascade.scene import scene_of
from server.patterns.cascade.words import recommend
from server.patterns.fleet import Fleet, Member
from server.patterns.found import Found, Identity
from server.patterns.history import History, HistoryBuilder
from server.patterns.significance import upper_tail
from tests.rules.patterns.telling import BEGIN, at, told

Told = list[dict[str, Any]]
Event = tuple[str, Told]
WEDNESDAYS = range(2, 90, 7)


def _errors(minutes: Iterable[float], category: str = "parse error") -> Told:
    return [{"kind": "error", "at": at(minute=float(minute)), "category": category} for minute in minutes]


def _runs(minutes: Iterable[float], takes: float = 1.0, failed: Iterable[bool] = ()) -> Told:
    starts = [float(minute) for minute in minutes]
    ends = [*failed] or [False] * len(starts)
    return [
        {
            "kind": "run",
            "at": at(minute=start + takes),
            "started_at": at(minute=start),
            "finished_at": at(minute=start + takes),
            "result": "ERROR" if bad else "OK",
        }
        for start, bad in zip(starts, ends, strict=True)
    ]


def _shown(history: History, fleet: Fleet | None = None) -> list[Found]:
    return [one for one in detect(history, fleet or Fleet()) if not one.held_back]


def _pairs(found: Iterable[Found]) -> set[tuple[str, str]]:
    return {(one.cause, one.effect) for one in found}


def _poisson(seed: int, a_day: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    random = np.random.default_rng(seed)
    return np.sort(random.uniform(0, 90 * 1_440, random.poisson(90 * a_day)))


def _wednesday(hour: float, minute: float) -> list[float]:
    return [day * 1_440 + hour * 60 + minute for day in WEDNESDAYS]


def _weekly_refresh() -> History:
    """The document's example: 8 of 12 parse errors in 90 days on Wednesdays from 03:00 to 03:20, a refresh at 02:55."""
    lags = (6, 9, 21, 12, 17, 24, 8, 14)
    starts = _wednesday(2, 55)
    broken = [start + lag for start, lag in zip(starts[1:9], lags, strict=True)]
    others = [3_000, 31_111, 66_666, 101_010]
    return told(("sys_trading_algo", _errors([*broken, *others])), ("sys_data_fetcher", _runs(starts, takes=20)))


def test_the_wednesday_refresh_of_the_document_is_found() -> None:
    cache = "~/cache/market_data/"
    fleet = Fleet(
        {
            "sys_data_fetcher": Member("sys_data_fetcher", writes=frozenset({cache})),
            "sys_trading_algo": Member("sys_trading_algo", reads=frozenset({cache})),
        }
    )
    (found,) = _shown(_weekly_refresh(), fleet)
    assert found.identity == Identity(PatternType.CASCADE_FAILURE, ("sys_data_fetcher", "sys_trading_algo"))
    assert found.trigger == "run"
    assert len(found.occurrences) == 8
    assert found.q_value is not None
    assert found.q_value <= 0.05
    assert found.lag_seconds == pytest.approx(13 * 60)
    assert found.resources == (cache,)
    assert "8 of 12 in the last 90 days" in found.facts[0].data_point
    assert "on Wednesday between 03:00 and 03:20 UTC" in found.facts[0].data_point
    assert "Wednesday" in found.facts[1].data_point
    assert [fact.kind for fact in found.facts] == ["error", "run"]
    assert cache in found.recommendation
    assert "atomically" in found.recommendation


@pytest.mark.parametrize("hourly", [False, True])
def test_rendering_errors_follow_the_weekly_refresh_even_among_hourly_runs(hourly: bool) -> None:
    starts = _wednesday(4, 0)
    errors = [
        start + 15 + wobble
        for start, wobble in zip(starts, (0.5, -1, 2, 0, -2, 1, 3, -0.5, 0, 1, -1, 2, 0.2), strict=True)
    ]
    hours = [minute for minute in range(0, 90 * 1_440, 60) if minute not in set(starts)] if hourly else []
    (found,) = _shown(
        told(
            ("dashboard", _errors(errors, "rendering")),
            ("pipeline", [*_runs(starts, takes=20), *_runs(hours, takes=2)]),
        )
    )
    assert (found.cause, found.effect, len(found.occurrences)) == ("pipeline", "dashboard", 13)
    assert found.lag_seconds is not None
    assert 14 * 60 <= found.lag_seconds <= 16 * 60


def test_each_occurrence_rests_on_an_event_of_the_cause_and_one_of_the_effect() -> None:
    (found,) = _shown(_weekly_refresh())
    for one in found.occurrences:
        assert len(one.seqs) == 2
        assert min(one.seqs) <= 12 < max(one.seqs)
    assert [one.at for one in found.occurrences] == sorted(one.at for one in found.occurrences)


def test_two_schedules_that_start_together_prove_nothing() -> None:
    shown = 0
    for seed in range(3):
        random = np.random.default_rng(seed)
        hours = range(0, 90 * 1_440, 180)
        shown += len(
            _shown(
                told(
                    ("first", _runs(hours, failed=random.random(720) < 0.06)),
                    ("second", _runs([hour + 3 for hour in hours], failed=random.random(720) < 0.06)),
                )
            )
        )
    assert shown == 0


def test_failures_that_follow_failures_on_the_same_schedule_are_found() -> None:
    random = np.random.default_rng(11)
    hours = range(0, 90 * 1_440, 60)
    first = random.random(2_160) < 0.04
    second = (first & (random.random(2_160) < 0.7)) | (random.random(2_160) < 0.02)
    history = told(
        ("first", _runs(hours, failed=first)), ("second", _runs([hour + 3 for hour in hours], failed=second))
    )
    assert _pairs(_shown(history)) == {("first", "second")}


def _nightly(skipped: frozenset[int] = frozenset()) -> History:
    nights = [day * 1_440 + 180 for day in range(90) if day not in skipped]
    return told(("reader", _errors([night + 5 for night in nights])), ("writer", _runs(nights)))


def _reads(resource: str = "~/x") -> Fleet:
    return Fleet(
        {
            "reader": Member("reader", reads=frozenset({resource})),
            "writer": Member("writer", writes=frozenset({resource})),
        }
    )


def test_an_exact_weekly_pair_is_confounded_only_where_nothing_tells_it_from_two_schedules() -> None:
    starts = _wednesday(2, 55)
    errors, runs = _errors([start + 15 for start in starts]), _runs(starts, takes=20)
    (alone,) = detect(told(("reader", errors), ("writer", runs)), Fleet())
    assert alone.held_back == "confounded_by_schedule"
    (linked,) = detect(told(("reader", errors), ("writer", runs)), _reads())
    assert (linked.held_back, linked.stands_second_test) == ("", False)
    own = _runs(range(30, 90 * 1_440, 240))
    (besides,) = detect(told(("reader", [*errors, *own]), ("writer", runs)), Fleet())
    assert (besides.held_back, besides.stands_second_test) == ("", False)


def test_errors_some_nights_after_a_nightly_run_count_for_who_reads_what_it_writes() -> None:
    random = np.random.default_rng(2)
    nights = [day * 1_440 + 180 for day in range(90)]
    errors = _errors([night + 10 + random.uniform(-5, 5) for night in nights if random.random() < 0.4])
    history = told(("reader", errors), ("writer", _runs(nights)))
    (found,) = detect(history, _reads())
    assert (found.held_back, found.stands_second_test) == ("", False)
    (stranger,) = detect(history, Fleet())
    assert stranger.held_back == "confounded_by_schedule"


def test_a_second_look_upholds_what_comes_at_any_time() -> None:
    first = _poisson(1, 0.5)
    (found,) = _shown(_unread({"first": first, "second": [*(first + 7), *_poisson(2, 0.4)]}))
    assert found.stands_second_test


def test_only_the_errors_that_come_along_are_named() -> None:
    starts = _wednesday(4, 0)
    rendering = _errors([start + 15 + (one % 5) for one, start in enumerate(starts)], "rendering")
    login = _errors([3_000, 31_111, 66_666, 101_010], "login")
    (found,) = _shown(told(("dashboard", [*rendering, *login]), ("pipeline", _runs(starts, takes=20))))
    assert "(rendering)" in found.description
    assert "login" not in found.description


def test_a_resource_that_both_write_is_not_said_to_be_read() -> None:
    shared = frozenset({"~/x"})
    both = Fleet({"reader": Member("reader", writes=shared), "writer": Member("writer", writes=shared)})
    assert "take turns" in recommend(both, "writer", "reader", "run", ("~/x",))
    assert "before it reads" in recommend(_reads(), "writer", "reader", "run", ("~/x",))


def test_a_nightly_pair_without_misses_is_held_back_as_confounded() -> None:
    (found,) = detect(_nightly(), Fleet())
    assert found.held_back == "confounded_by_schedule"


def test_a_nightly_pair_whose_skipped_runs_spare_the_reader_is_shown() -> None:
    assert _pairs(_shown(_nightly(frozenset({10, 20, 33})))) == {("writer", "reader")}


def test_errors_at_their_own_time_of_day_do_not_follow_another_nightly_run() -> None:
    random = np.random.default_rng(2)
    nights = [day * 1_440 + 180 for day in range(90)]
    errors = [night + 4 + random.normal(0, 2) for night in nights if random.random() < 0.5]
    assert not _shown(told(("reader", _errors(errors)), ("writer", _runs(nights))))


def test_a_chain_does_not_link_its_ends_and_a_common_cause_not_its_effects() -> None:
    random = np.random.default_rng(3)
    first = _poisson(1, 0.8)
    second = np.concatenate([first[random.random(len(first)) < 0.8] + 6, _poisson(2, 0.3)])
    third = np.concatenate([second[random.random(len(second)) < 0.8] + 8, _poisson(3, 0.3)])
    chain = told(("first", _errors(first)), ("second", _errors(second)), ("third", _errors(third)))
    assert _pairs(_shown(chain)) == {("first", "second"), ("second", "third")}
    near = np.concatenate([first[random.random(len(first)) < 0.8] + 4, _poisson(4, 0.3)])
    far = np.concatenate([first[random.random(len(first)) < 0.8] + 14, _poisson(5, 0.3)])
    fork = told(("root", _errors(first)), ("near", _errors(near)), ("far", _errors(far)))
    assert _pairs(_shown(fork)) == {("root", "near"), ("root", "far")}


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_that_was_mended_after_some_weeks_does_not_link_its_ends(seed: int) -> None:
    random = np.random.default_rng(seed)
    until = 30 * 1_440
    first = _poisson(10 + seed, 3.0)
    carried = first[first < until]
    second = np.sort(np.concatenate([carried[random.random(len(carried)) < 0.7] + 6, _poisson(20 + seed, 3.0)]))
    carried = second[second < until]
    third = np.concatenate([carried[random.random(len(carried)) < 0.7] + 8, _poisson(30 + seed, 3.0)])
    chain = told(("first", _errors(first)), ("second", _errors(second)), ("third", _errors(third)))
    assert _pairs(_shown(chain)) == {("first", "second"), ("second", "third")}


def test_a_shock_from_outside_links_no_one() -> None:
    random = np.random.default_rng(6)
    shocks = _poisson(7, 0.5)
    hit = [(f"sys_{one}", _errors(shocks + random.uniform(0, 10, len(shocks)))) for one in range(3)]
    assert not _shown(told(*hit))


def test_only_what_happens_on_the_same_device_counts_where_both_name_it() -> None:
    random = np.random.default_rng(8)
    alarms = _poisson(9, 12.0)
    devices = random.integers(0, 12, len(alarms))
    elsewhere = (devices + 1) % 12

    def on(moments: Any, sources: Any, name: str) -> Told:
        return [{**one, "source": f"d{source}"} for one, source in zip(_errors(moments, name), sources, strict=True)]

    same = told(("link_down", on(alarms, devices, "a")), ("no_signal", on(alarms + 2, devices, "b")))
    assert _pairs(_shown(same)) == {("link_down", "no_signal")}
    other = told(("link_down", on(alarms, devices, "a")), ("no_signal", on(alarms + 2, elsewhere, "b")))
    assert not _shown(other)


def _unread(by_system: Mapping[str, Iterable[float]], weeks_later: int = 0) -> History:
    """Errors by system, without the checks that reports go through."""
    begin = microseconds((BEGIN + timedelta(weeks=weeks_later)).isoformat())
    builder = HistoryBuilder(begin, begin + 90 * DAY)
    number = 0
    for system_id, minutes in by_system.items():
        for minute in minutes:
            number += 1
            builder.add(number, system_id, "error", begin + round(minute * MINUTE), {"category": "timeout"})
    return builder.build()


def test_unrelated_systems_give_no_cascade() -> None:
    rates = (0.2, 0.5, 1.0, 4.0, 12.0, 30.0)
    for seed in range(3):
        fleet = {f"sys_{one}": _poisson(100 * seed + one, rate) for one, rate in enumerate(rates)}
        assert not _shown(_unread(fleet))


def test_p_values_of_unrelated_pairs_are_uniform() -> None:
    tails, weighed = [], []
    for seed in range(12):
        scene = scene_of(_unread({f"sys_{one}": _poisson(1_000 * seed + one, 3.0) for one in range(8)}))
        for cause, effect in permutations(range(8), 2):
            for window in WINDOWS:
                link = Link(cause, effect, "failure", window)
                together = int(exposed_at(scene.effects(link).at, scene.causes(link).at, window).sum())
                chances = scene.chances(link)
                tails.append(upper_tail(chances.chance, chances.number, together, chances.urns))
                weighed.append(weigh(scene, replace(link, together=together)).p_value)
    for level in (0.003, 0.01, 0.05, 0.2, 0.5):
        most = level + 3 * (level / len(tails)) ** 0.5
        at_most = sum(one <= level for one in tails) / len(tails)
        assert at_most <= most
        assert level < 0.2 or at_most >= 0.7 * level
        assert sum(one <= level for one in weighed) / len(weighed) <= most


def test_a_history_moved_by_whole_weeks_tells_the_same() -> None:
    first = _poisson(1, 0.5)
    fleet: dict[str, Iterable[float]] = {
        "first": first,
        "second": [*(first + 7), *_poisson(2, 0.4)],
        "third": _poisson(3, 2.0),
    }
    now, later = detect(_unread(fleet), Fleet()), detect(_unread(fleet, weeks_later=3), Fleet())
    assert [(one.identity, one.p_value, one.q_value, one.lag_seconds) for one in now] == [
        (one.identity, one.p_value, one.q_value, one.lag_seconds) for one in later
    ]
    assert _pairs(now) == {("first", "second")}


def test_failures_that_fill_every_window_are_measured_against_the_time_outside() -> None:
    random = np.random.default_rng(5)
    first = _poisson(1, 35.0)
    carried = first[random.random(len(first)) < 0.65]
    second = np.sort(np.concatenate([carried + random.uniform(2, 25, len(carried)), _poisson(2, 35.0)]))
    (found,) = _shown(_unread({"first": first, "second": second, "third": _poisson(3, 35.0)}))
    assert (found.cause, found.effect) == ("first", "second")
    assert found.lift is not None
    assert found.lift >= 1.5


def test_weeks_that_are_bad_for_everyone_link_no_one() -> None:
    random = np.random.default_rng(9)
    for seed in range(3):
        fleet = {}
        for one in range(8):
            bad = random.uniform(20, 32, random.poisson(55)) * 1_440
            fleet[f"sys_{one}"] = np.sort(np.concatenate([bad, _poisson(100 * seed + one, 0.5)]))
        assert not _shown(_unread(fleet))


def test_the_order_of_systems_changes_nothing_and_a_second_look_finds_the_same() -> None:
    events: list[Event] = [(f"sys_{one}", _errors(_poisson(one, 0.7))) for one in range(4)]
    late = _poisson(0, 0.7)
    events.append(("sys_late", _errors([*(late + 7), *_poisson(20, 0.2)])))
    found = _shown(told(*events))
    assert _pairs(found) == {("sys_0", "sys_late")}
    assert [(one.cause, one.p_value) for one in _shown(told(*reversed(events)))] == [
        (one.cause, one.p_value) for one in found
    ]
    assert detect(told(*events), Fleet()) == detect(told(*events), Fleet())


def test_a_known_pattern_is_returned_with_a_single_occurrence() -> None:
    history = told(("reader", _errors([1_010.0, 50_000.0])), ("writer", _errors([1_000.0, 90_000.0])))
    assert not detect(history, Fleet())
    known = Identity(PatternType.CASCADE_FAILURE, ("writer", "reader"))
    (found,) = detect(history, Fleet(), frozenset({known}))
    assert (found.identity, found.held_back, len(found.occurrences)) == (known, "too_few", 1)
    assert found.occurrences[0].at == microseconds((BEGIN + timedelta(minutes=1_010)).isoformat())


def test_a_history_without_failures_gives_nothing() -> None:
    assert detect(told(("quiet", _runs(range(0, 5_000, 60)))), Fleet()) == []
    assert detect(told(), Fleet()) == []


@pytest.mark.skipif("CONCORD_TEST_DATA" not in os.environ, reason="real alarm logs lie outside of the project")
def test_cascades_of_real_alarms_are_mostly_edges_of_the_true_graph() -> None:
    folder = Path(os.environ["CONCORD_TEST_DATA"]) / "patterns" / "telecom-18V"
    with gzip.open(folder / "events.csv.gz", "rt") as lines:
        alarms = [(alarm, device, int(second)) for alarm, device, second, _ in list(csv.reader(lines))[1:]]
    begin = microseconds(BEGIN.isoformat())
    builder = HistoryBuilder(begin, begin + (max(second for *_, second in alarms) + 3_600) * 1_000_000)
    for number, (alarm, device, second) in enumerate(alarms, 1):
        builder.add(number, alarm, "error", begin + second * 1_000_000, {"category": "alarm", "source": device})
    true = {(str(cause), str(effect)) for cause, effect in json.loads((folder / "true_edges.json").read_text())}
    found = _pairs(_shown(builder.build()))
    assert len(found & true) >= 12
    assert len(found & true) >= 0.6 * len(found)
