"""Old events become weekly sums: none is lost, none counts twice, whatever ends in between."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.config import read_config
from server.journal import service as journal
from server.journal.weeks import weekly_counts
from server.model.moments import microseconds
from server.services import Services
from server.storage import event_weeks, events
from server.storage.database import Database
from server.storage.event_weeks import WeekRow
from server.storage.lazily import sql, tables

NOW = datetime(2026, 4, 8, 14, 30, tzinfo=UTC)


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Any:
    environment = {"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": database_url}
    built = build_services(read_config({**environment, "CONCORD_NOW": NOW.isoformat()}))
    for system_id in ("sys_a", "sys_b"):
        built.registry.register({"id": system_id, "tier": "PRODUCTION"}, caller="", now=NOW)
    yield built
    built.close()


def ago(days: float, **members: Any) -> dict[str, Any]:
    return {"at": (NOW - timedelta(days=days)).isoformat(), **members}


def report(services: Services, system_id: str, given: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return services.journal.report(system_id, given, caller="", now=NOW)


def kept(database: Database) -> list[tuple[str, str]]:
    rows = sql.select(tables.events.c.system_id, tables.events.c.kind).order_by(tables.events.c.at)
    return [(row[0], row[1]) for row in database.read(lambda session: session.connection().execute(rows).all())]


def weeks(database: Database, system_id: str = "sys_a") -> list[WeekRow]:
    return database.read(lambda session: event_weeks.weeks(session, system_id))


MIXED = [
    ago(500, kind="run", result="ERROR", started_at=ago(500.5)["at"], finished_at=ago(500)["at"]),
    ago(500.01, kind="run", result="ERROR"),
    ago(450, kind="error", category="timeout"),
    ago(450, kind="metric", name="rows", value=4),
    ago(450.02, kind="metric", name="rows", value=-1),
    ago(40, kind="heartbeat", load=1),
    ago(41, kind="heartbeat", load=2),
    ago(500, kind="promotion", error_category="timeout", before=9, after=1),
    ago(500, kind="rejection"),
    ago(500, kind="trial", proposal_id="p"),
    ago(500, kind="incident", title="Outage"),
    ago(10, kind="heartbeat", load=3),
    ago(390, kind="error", category="timeout"),
]


def test_old_events_stand_in_weekly_sums_and_what_people_decided_stays(
    services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SUMMED_AT_ONCE", 2)
    assert report(services, "sys_a", MIXED)["accepted"] == len(MIXED)
    told: list[Any] = []
    assert services.journal.sum_up(NOW, lambda done, total, message: told.append((done, total))) == {"events": 7}
    assert told[-1] == (7, 7)
    assert sorted(kind for _, kind in kept(database)) == [
        "error",
        "heartbeat",
        "incident",
        "promotion",
        "rejection",
        "trial",
    ]
    sums = weeks(database)
    assert [(one.week, one.kind, one.label, one.count, one.total, one.low, one.high) for one in sums] == [
        ("2024-11-24", "run", "ERROR", 2, 43_200, 0, 43_200),
        ("2025-01-19", "error", "timeout", 1, 0, 0, 0),
        ("2025-01-19", "metric", "rows", 2, 3, -1, 4),
        ("2026-03-01", "heartbeat", "", 2, 0, 0, 0),
    ]
    assert services.journal.sum_up(NOW) == {"events": 0}
    assert weeks(database) == sums


def test_what_was_summed_up_is_not_taken_in_again_and_what_was_not_is_of_any_age(
    services: Services, database: Database
) -> None:
    report(services, "sys_a", MIXED)
    services.journal.sum_up(NOW)
    before = weeks(database)
    again = report(services, "sys_a", [*MIXED, MIXED[0]])
    reasons = {one["index"]: one["reason"] for one in again["rejected"]}
    assert set(reasons) == {0, 1, 2, 3, 4, 5, 6, 13}
    assert (again["accepted"], again["rejected_total"]) == (6, 8)
    assert all("summed up by weeks" in reason for reason in reasons.values())
    assert "2024-11-24T14:30:00Z" in reasons[0]
    taken = [ago(499, kind="run"), ago(470, kind="access", resource="~/x", mode="read"), ago(499, kind="promotion")]
    assert report(services, "sys_a", taken)["accepted"] == 3
    assert report(services, "sys_b", MIXED)["accepted"] == len(MIXED)
    assert report(services, "sys_a", taken)["accepted"] == 3
    assert services.journal.sum_up(NOW)["events"] == 9
    after = weeks(database)
    assert sum(one.count for one in after) == sum(one.count for one in before) + 2
    assert next(one for one in after if one.kind == "access").label == "read ~/x"


def test_late_events_of_a_week_add_to_its_sum(services: Services, database: Database) -> None:
    report(services, "sys_a", [ago(500, kind="metric", name="rows", value=4)])
    services.journal.sum_up(NOW)
    report(
        services, "sys_a", [ago(499.99, kind="metric", name="rows", value=-1), ago(1, kind="metric", name="n", value=0)]
    )
    services.journal.sum_up(NOW)
    (row,) = weeks(database)
    assert (row.count, row.total, row.low, row.high) == (2, 3, -1, 4)


def test_a_file_that_tells_what_was_summed_up_is_told_so(services: Services, database: Database) -> None:
    given = [ago(500, kind="error", category="timeout", id=f"E{n}") for n in range(3)] + [
        ago(1, kind="error", category="x")
    ]
    assert services.journal.take_in("sys_a", given, origin="error_catalog.json", now=NOW).new == 4
    services.journal.sum_up(NOW)
    again = services.journal.take_in("sys_a", given, origin="error_catalog.json", now=NOW)
    assert (again.new, again.changed) == (0, 0)
    assert [index for index, _ in again.rejected] == [0, 1, 2]
    assert [one.count for one in weeks(database)] == [3]


def test_no_number_of_an_event_is_given_out_twice(services: Services, database: Database) -> None:
    report(services, "sys_a", [ago(1, kind="run")])
    report(services, "sys_a", [ago(500, kind="run")])
    services.journal.sum_up(NOW)
    highest = database.read(events.newest_number)
    assert len(kept(database)) == 2
    report(services, "sys_a", [ago(0.5, kind="run")])
    assert database.read(events.newest_number) > highest
    services.journal.sum_up(NOW)
    assert len(kept(database)) == 2


class Ended(Exception):
    """The process is gone."""


def ending_at(step: int, database: Database) -> Callable[[Any], Any]:
    """The database's way to write, of which the step of that number raises once it has done its work."""
    write = database.write
    steps = iter(range(1_000))

    def counted(operation: Callable[[Any], Any]) -> Any:
        def whole(session: Any) -> Any:
            done = operation(session)
            if next(steps) == step:
                raise Ended
            return done

        return write(whole)

    return counted


@pytest.mark.parametrize("step", [0, 1, 5])
def test_a_run_that_is_cut_off_leaves_nothing_half_done(
    services: Services, database: Database, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SUMMED_AT_ONCE", 7)
    chosen = random.Random(step)
    given = [
        ago(chosen.uniform(410, 430), kind="metric", name=chosen.choice("xy"), value=1, id=f"m{n}") for n in range(60)
    ]
    report(services, "sys_a", [*given, ago(1, kind="run")])
    own: Database = services.journal._database
    with monkeypatch.context() as patch:
        patch.setattr(own, "write", ending_at(step, own))
        with pytest.raises(Ended):
            services.journal.sum_up(NOW)
    assert sum(one.count for one in weeks(database)) + len(kept(database)) == 61
    assert sum(one.count for one in weeks(database)) == 7 * step
    again = report(services, "sys_a", given)
    assert again["rejected_total"] == 7 * step
    assert services.journal.sum_up(NOW)["events"] == 60 - 7 * step
    assert sum(one.count for one in weeks(database)) == sum(one.total for one in weeks(database)) == 60


def test_several_who_sum_up_at_once_count_each_event_once(
    services: Services, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SUMMED_AT_ONCE", 20)
    told = [ago(500 + n / 100, kind="metric", name="xy"[n % 2], value=1) for n in range(300)]
    for system_id in ("sys_a", "sys_b"):
        report(services, system_id, told)
    report(services, "sys_a", [ago(1, kind="run")])
    other = build_services(read_config({"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": database_url}))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: one.journal.sum_up(NOW)["events"], [services, other] * 2))
    other.close()
    assert sum(done) + services.journal.sum_up(NOW)["events"] == 600
    for system_id in ("sys_a", "sys_b"):
        assert [sum(one.count for one in weeks(database, system_id) if one.label == name) for name in "xy"] == [
            150,
            150,
        ]
    assert len(kept(database)) == 1


def test_sums_and_kept_events_are_counted_together(services: Services, database: Database) -> None:
    report(services, "sys_a", MIXED)
    since, until = microseconds(ago(600)["at"]), microseconds(ago(0)["at"])

    def counted() -> list[tuple[str, ...]]:
        found = database.read(lambda session: weekly_counts(session, since, until))
        return [(one.week, one.kind, one.label, str(one.count), str(one.total)) for one in found]

    before = counted()
    assert ("2024-11-24", "promotion", "", "1", "0.0") in before
    assert ("2025-03-16", "error", "timeout", "1", "0.0") in before
    assert not [one for one in before if one[1] == "heartbeat"]
    services.journal.sum_up(NOW)
    assert counted() == before
    report(services, "sys_a", [ago(499.9, kind="run", result="ERROR")])
    assert ("2024-11-24", "run", "ERROR", "3", "43200.0") in counted()


def test_the_time_for_which_events_are_kept_can_be_set(database_url: str, tmp_path: Path, services: Services) -> None:
    environment = {"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": database_url}
    report(services, "sys_a", [ago(100, kind="run"), ago(500, kind="run"), ago(1, kind="run")])
    for days, summed in (("0", 0), ("450", 1), ("60", 1)):
        other = build_services(read_config({**environment, "CONCORD_KEEP_EVENTS_DAYS": days}))
        assert other.journal.sum_up(NOW) == {"events": summed}
        other.close()


def test_a_summing_up_is_told_to_whoever_remembers_what_was_there(services: Services, database: Database) -> None:
    report(services, "sys_a", MIXED)
    before = database.read(events.times_written)
    services.journal.sum_up(NOW)
    after = database.read(events.times_written)
    assert after > before
    services.journal.sum_up(NOW)
    assert database.read(events.times_written) == after
