"""The weekly run on a real database: each Sunday once, missed ones made up for, and weeks that stay what they were."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.clock import clock_from
from server.config import read_config
from server.errors import NotFound, StorageError
from server.knowledge.weekly.weeks import FIGURES
from server.model.base import JsonObject
from server.model.run import Job, RunState
from server.services import Services
from tests.services.processes import let_go_together

PROGRAM = Path(__file__).with_name("weekly_learner.py")
PATIENCE = 60.0
MONDAY = "2026-03-30T09:00:00Z"
CATEGORIES = ("stale_data", "upload_timeout", "encoding")
APPROACHES = (
    "Compare the age of the input file with its schedule before parsing",
    "Wait longer after each refusal of the remote service",
    "Decode every upload as UTF-8 and reject what is not",
)


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """The file with the server's time."""
    file = tmp_path / "now"
    file.write_text(MONDAY)
    return file


@pytest.fixture
def make(database_url: str, clock: Path, tmp_path: Path) -> Iterator[Callable[[], Services]]:
    """Services on one database, as a server that starts has them."""
    made: list[Services] = []

    def services() -> Services:
        environment = {"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": database_url, "CONCORD_NOW": f"@{clock}"}
        made.append(build_services(read_config(environment)))
        return made[-1]

    yield services
    for one in made:
        one.close()


@pytest.fixture
def services(make: Callable[[], Services], clock: Path) -> Services:
    """Those of a first server, with two systems that know each other."""
    built = make()
    for system_id in ("sys_a", "sys_b"):
        built.registry.register({"id": system_id, "tier": "PRODUCTION"}, caller="", now=at(MONDAY))
    return built


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def report(services: Services, system_id: str, *events: JsonObject) -> None:
    answer = services.journal.report(system_id, events, caller="", now=at("2026-12-31T00:00:00Z"))
    assert answer["accepted"] == len(events), answer


def promoted(services: Services, day: str, number: int = 0) -> None:
    """`sys_a` made its errors rarer on that day, and `sys_b` has had the same ones."""
    category = CATEGORIES[number]
    fix = {"kind": "promotion", "proposal_id": f"P{number}", "title": APPROACHES[number], "error_category": category}
    figures = {"before": 12, "after": 3, "observation_days": 28, "at": f"{day}T09:00:00Z"}
    report(services, "sys_a", {**fix, **figures})
    errors = [{"kind": "error", "category": category, "at": f"{day}T1{hour}:00:00Z"} for hour in range(4)]
    report(services, "sys_b", *errors)


def looked(services: Services) -> dict[str, JsonObject]:
    """What the schedule ran until nothing was due any more, by job."""
    done: dict[str, JsonObject] = {}
    while (run := services.leader.look()) is not None:
        ended = services.jobs.wait_for(run.run_id, PATIENCE)
        assert ended.state is RunState.SUCCEEDED, ended.error
        done[ended.job] = ended.summary_data
    return done


def learned(services: Services, clock: Path, since: str = "", until: str = "") -> JsonObject:
    """What came of a run that somebody asked for."""
    run = services.jobs.run("learning", now=clock_from(f"@{clock}").now(), wait=PATIENCE, since=since, until=until)
    assert run.state is RunState.SUCCEEDED, run.error
    return run.summary_data


def weeks(services: Services) -> list[str]:
    """Those that have a digest, the oldest first."""
    return services.knowledge.digests.ids_like("2", 100)[::-1]


def counted(services: Services, week: str) -> tuple[int, int]:
    """Promotions and new entries, as the digest of the week tells them."""
    digest = services.knowledge.digests.get(week)["digest"]
    return digest["total_promotions_across_systems"], digest["new_shared_knowledge_entries"]


def test_lrn_09_a_server_that_starts_makes_up_for_every_sunday_that_was_missed(
    make: Callable[[], Services], services: Services, clock: Path
) -> None:
    assert looked(services)["learning"]["caught_up"] == []
    assert weeks(services) == [], "nothing was missed before the first server ran, and the present week is not over"
    clock.write_text("2026-04-05T18:00:30Z")
    assert looked(services)["learning"]["week_ending"] == "2026-04-05"
    assert weeks(services) == ["2026-04-05"]
    for number, day in enumerate(("2026-04-08", "2026-04-15", "2026-04-22")):
        promoted(services, day, number)
    services.close()

    clock.write_text("2026-04-28T07:00:00Z")
    later = make()
    found = looked(later)["learning"]["caught_up"]
    assert [one["week_ending"] for one in found] == ["2026-04-12", "2026-04-19", "2026-04-26"]
    assert weeks(later) == ["2026-04-05", "2026-04-12", "2026-04-19", "2026-04-26"], (
        "the present one has its own evening"
    )
    assert [counted(later, week) for week in weeks(later)] == [(0, 0), (1, 1), (1, 1), (1, 1)]
    before = [later.knowledge.digests.get(week) for week in weeks(later)]
    learned(later, clock)
    assert [later.knowledge.digests.get(week) for week in weeks(later)[:4]] == before
    assert weeks(later)[4:] == ["2026-05-03"], "a run on demand has a look at the present week, too"


def test_lrn_09_processes_that_start_together_make_up_for_each_sunday_once(
    services: Services, clock: Path, database_url: str
) -> None:
    learned(services, clock)
    for number, day in enumerate(("2026-04-01", "2026-04-08", "2026-04-15")):
        promoted(services, day, number)
    clock.write_text("2026-04-20T07:00:00Z")
    with let_go_together(PROGRAM, [[database_url, str(clock)]] * 3) as started:
        said = sorted(process.communicate()[0].strip() for process in started)
    assert said == ["left to another", "left to another", "ran 2026-04-05,2026-04-12,2026-04-19"]
    assert [counted(services, week)[1] for week in weeks(services)] == [1, 1, 1]
    assert len(services.jobs.newest(job="learning")) == 2


def test_lrn_09_the_next_run_takes_in_the_last_evening_of_a_week(services: Services, clock: Path) -> None:
    clock.write_text("2026-04-05T18:00:00Z")
    learned(services, clock)
    promoted(services, "2026-04-05")
    report(services, "sys_a", {"kind": "rejection", "title": "Lower it", "at": "2026-04-05T23:30:00Z"})
    clock.write_text("2026-04-08T09:00:00Z")
    learned(services, clock)
    digest = services.knowledge.digests.get("2026-04-05")["digest"]
    assert digest["total_rejections_across_systems"] == 1
    assert weeks(services) == ["2026-04-05", "2026-04-12"]


def test_lrn_09_a_run_in_mid_week_is_no_substitute_for_that_of_its_sunday(services: Services, clock: Path) -> None:
    clock.write_text("2026-04-08T09:00:00Z")
    learned(services, clock)
    promoted(services, "2026-04-10")
    clock.write_text("2026-04-13T09:00:00Z")
    found = looked(services)["learning"]["caught_up"]
    assert [(one["week_ending"], len(one["new"])) for one in found] == [("2026-04-12", 1)]


def test_lrn_09_a_run_that_was_told_a_time_looks_at_that_alone(services: Services, clock: Path) -> None:
    learned(services, clock)
    promoted(services, "2026-04-01", 0)
    promoted(services, "2026-04-14", 1)
    clock.write_text("2026-04-16T09:00:00Z")
    found = learned(services, clock, since="2026-04-13T00:00:00Z", until="2026-04-16T00:00:00Z")
    assert found["caught_up"] == []
    assert len(found["new"]) == 1
    assert found["analysed"]["promotions"] == 1


@pytest.mark.parametrize("since", ["", "2026-04-05T16:00:00Z"])
def test_lrn_09_a_run_that_was_told_a_time_is_no_substitute_for_that_of_its_sunday(
    services: Services, clock: Path, since: str
) -> None:
    told = {"since": since, "until": "2026-04-05T17:00:00Z"}
    looked(services)
    promoted(services, "2026-04-01")
    clock.write_text("2026-04-05T18:30:00Z")
    learned(services, clock, **told)
    assert looked(services)["learning"]["week_ending"] == "2026-04-05"
    promoted(services, "2026-04-10", 1)
    clock.write_text("2026-04-12T18:30:00Z")
    learned(services, clock, **told)
    clock.write_text("2026-04-14T09:00:00Z")
    found = looked(services)["learning"]["caught_up"]
    assert [(one["week_ending"], len(one["new"])) for one in found] == [("2026-04-12", 1)]


def test_lrn_09_a_run_that_fails_is_tried_again_and_loses_no_week(
    services: Services, clock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(services)
    for number, day in enumerate(("2026-04-01", "2026-04-08", "2026-04-15")):
        promoted(services, day, number)
    clock.write_text("2026-04-20T09:00:00Z")
    really, tried = services.knowledge._synthesis.run, []

    def failing(now: datetime, *given: Any, at: datetime | None = None, **named: Any) -> Any:
        tried.append(at)
        if len(tried) == 2:
            raise StorageError("The disk is full.")
        return really(now, *given, at=at, **named)

    monkeypatch.setattr(services.knowledge._synthesis, "run", failing)
    run = services.leader.look()
    assert run is not None
    while run.job != "learning":
        services.jobs.wait_for(run.run_id, PATIENCE)
        run = services.leader.look()
        assert run is not None
    assert services.jobs.wait_for(run.run_id, PATIENCE).state is RunState.FAILED
    found = looked(services)["learning"]["caught_up"]
    assert [one["week_ending"] for one in found] == ["2026-04-05", "2026-04-12", "2026-04-19"]
    assert [counted(services, week)[1] for week in weeks(services)] == [1, 1, 1]
    assert looked(services) == {}


def test_lrn_09_weeks_that_are_still_to_come_stand_in_the_way_of_none(services: Services, clock: Path) -> None:
    clock.write_text("2099-06-03T09:00:00Z")
    looked(services)
    learned(services, clock)
    services.knowledge.digests.take_in([{"week_ending": "2999-01-06", "digest": {}, "left_out": []}])
    nothing = dict.fromkeys(FIGURES, 0)
    services.knowledge.metrics.take_in(
        [{**nothing, "week_ending": (date(2998, 1, 7) + timedelta(weeks=n)).isoformat()} for n in range(60)]
    )
    promoted(services, "2026-03-30")
    clock.write_text("2026-04-05T18:30:00Z")
    assert looked(services)["learning"]["week_ending"] == "2026-04-05", (
        "what ran in a year to come is no run of today's"
    )
    now = at("2026-04-05T18:30:00Z")
    assert services.knowledge.digests.get("latest", now=now)["week_ending"] == "2026-04-05"
    assert services.knowledge.digests.file(now)["digest"]["new_shared_knowledge_entries"] == 1
    told = services.knowledge.metrics.document(now)["weeks"]
    assert [(week["week_ending"], week["errors"]) for week in told] == [("2026-04-05", 4)]
    clock.write_text("2026-04-20T09:00:00Z")
    found = looked(services)["learning"]["caught_up"]
    assert [one["week_ending"] for one in found] == ["2026-04-12", "2026-04-19"]


def test_lrn_09_a_week_without_a_digest_is_not_found_and_the_newest_is_empty_before_the_first(
    services: Services, clock: Path
) -> None:
    digests = services.knowledge.digests
    assert digests.get("latest") == {}
    with pytest.raises(NotFound):
        digests.get("2026-04-05")
    learned(services, clock)
    assert digests.get("2026-04-02") == digests.get("latest"), "any day of it names the week"
    for name in ("2026-04-06", "soon", "9999-12-31", ""):
        with pytest.raises(NotFound):
            digests.get(name)


def test_lrn_07_a_week_counts_the_same_when_its_events_are_summed_up(services: Services, clock: Path) -> None:
    told: list[JsonObject] = [
        {"kind": "error", "category": "timeout", "at": f"2026-02-{day:02}T10:00:00Z"} for day in range(2, 28)
    ]
    told += [{"kind": "run", "result": "ERROR", "at": f"2026-02-{day:02}T11:00:00Z"} for day in range(2, 8)]
    told += [{"kind": "run", "result": "OK", "at": f"2026-02-{day:02}T12:00:00Z"} for day in range(2, 8)]
    report(services, "sys_a", *told[:26])
    report(services, "sys_b", *told[26:])
    learned(services, clock)
    before = services.knowledge.metrics.document(at(MONDAY))["weeks"]
    assert [(week["week_ending"], week["errors"]) for week in before[:2]] == [("2026-02-08", 13), ("2026-02-15", 7)]
    clock.write_text("2027-06-01T09:00:00Z")
    assert services.journal.sum_up(at("2027-06-01T09:00:00Z"), lambda done, total, message: None)
    services.knowledge.metrics.count(at(MONDAY))
    assert services.knowledge.metrics.document(at(MONDAY))["weeks"] == before


def test_lrn_07_weeks_of_a_file_give_way_to_what_is_counted_here(services: Services, clock: Path) -> None:
    metrics = services.knowledge.metrics
    nothing = dict.fromkeys(("promotions", "rejections", "knowledge_transfers_completed", "conflicts"), 0)
    rates = dict.fromkeys(("knowledge_transfer_success_rate", "adoption_lag_days", "error_rate"), 0.0)
    told = [{"week_ending": week, "errors": 9, **nothing, **rates} for week in ("2026-03-22", "2026-04-05")]
    assert metrics.take_in(told) == ["2026-03-22", "2026-04-05"]
    assert metrics.take_in(told) == []
    report(services, "sys_a", {"kind": "error", "category": "timeout", "at": "2026-03-30T01:00:00Z"})
    learned(services, clock)
    assert [week.errors for week in metrics.weeks(at(MONDAY))] == [9, 1]
    assert metrics.take_in([{**told[1], "errors": 40}]) == []


def test_reg_09_learning_comes_last_of_all(services: Services, clock: Path) -> None:
    run = services.jobs.run("all", now=at(MONDAY), wait=PATIENCE)
    assert run.state is RunState.SUCCEEDED
    assert list(run.summary_data)[-1] == Job.LEARNING.value
