"""The conflict check's timing facet, through the surface: every witness is worked out again with the cron library alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from tests.surface.world import NOW, Concord

pytestmark = pytest.mark.anyio

X = "~/outputs/signals.json"
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
DAY = 86_400


def timing(schedule: str, timezone: str = "", **members: float) -> dict[str, Any]:
    """When a system runs."""
    return {"schedule": schedule, **({"timezone": timezone} if timezone else {}), **members}


async def agree(
    concord: Concord,
    writer: dict[str, Any] | None,
    reader: dict[str, Any] | None,
    *,
    promised: dict[str, Any] | None = None,
    **terms: Any,
) -> None:
    """One writer and one reader, with when each runs, and what the reader's (and the writer's) contract says of time."""
    contract = {"contract_id": "CTR-7", "resource": X}
    await concord.register(
        "sys_writer",
        timing=writer,
        writes_to=[{"resource": X, "consumers": ["sys_reader"]}],
        contracts=[{**contract, "type": "PRODUCER", "counterparty": "sys_reader", **promised}] if promised else [],
    )
    await concord.register(
        "sys_reader",
        timing=reader,
        reads_from=[X],
        contracts=[{**contract, "type": "CONSUMER", "counterparty": "sys_writer", **terms}] if terms else [],
    )


async def check(concord: Concord, new: dict[str, Any]) -> dict[str, Any]:
    """The judgement on new times of the writer."""
    return await concord.check(changes=[{"resource": X, "timing": new}])


async def conflict(concord: Concord, new: dict[str, Any]) -> dict[str, Any]:
    """The one conflict that new times of the writer bring."""
    judged = await check(concord, new)
    (found,) = judged["conflicts"]
    assert found["type"] == "timing_change"
    assert found["affected_system"] == "sys_reader"
    assert judged["undecided"] == []
    result: dict[str, Any] = found
    return result


def moment(text: str) -> datetime:
    """A moment of a witness."""
    return datetime.fromisoformat(text)


def last_written(writer: dict[str, Any], at: datetime) -> datetime:
    """The end of the last run that is over before a moment, by the cron library."""
    lasts = timedelta(seconds=writer.get("duration_seconds", 0))
    zone = ZoneInfo(writer.get("timezone", "UTC"))
    starts = CronSim(writer["schedule"], (at - lasts).astimezone(zone), reverse=True)
    found: datetime = next(starts).astimezone(UTC) + lasts
    return found


def runs_at(reader: dict[str, Any], at: datetime) -> bool:
    """Whether the reader's schedule has a run at a moment."""
    just_before = (at - timedelta(seconds=1)).astimezone(ZoneInfo(reader.get("timezone", "UTC")))
    return bool(next(CronSim(reader["schedule"], just_before)) == at)


def confirm(witness: dict[str, Any], writer: dict[str, Any], reader: dict[str, Any] | None = None) -> None:
    """The reader runs at the moment, the last write before it is the one that is named, and its age is the one told."""
    at, written = moment(witness["at"]), moment(witness["written_at"])
    assert moment(NOW) < written < at
    assert reader is None or runs_at(reader, at)
    assert last_written(writer, at) == written
    assert witness["age_seconds"] == (at - written).total_seconds()


async def test_con_02_what_is_older_than_a_consumer_takes_is_high(concord: Concord) -> None:
    reader, weekly = timing("0 9 * * *", BERLIN), timing("0 6 * * 1")
    await agree(concord, timing("0 6 * * *"), reader, max_age_seconds=2 * DAY)
    found = await conflict(concord, weekly)
    assert (found["severity"], found["rule"]) == ("HIGH", "timing.too-old")
    assert found["affected_contract"] == "CTR-7"
    confirm(found["witness"], weekly, reader)
    assert found["witness"]["age_seconds"] > found["witness"]["max_age_seconds"] == 2 * DAY
    assert found["witness"]["local"] == "Wednesday 2026-04-08 09:00 (Europe/Berlin)"
    assert found["witness"]["local"] in found["description"]
    assert found["evidence"]["before"] == {"schedule": "0 6 * * *", "timezone": "UTC"}
    assert found["evidence"]["after"] == {"schedule": "0 6 * * 1", "timezone": "UTC"}
    assert found["evidence"]["reader"] == reader
    assert found["evidence"]["oldest_seconds_before"] < 2 * DAY < found["evidence"]["oldest_seconds_after"]


def first_too_old(
    writer: dict[str, Any], reader: dict[str, Any], most: float, since: datetime, until: datetime
) -> datetime | None:
    """The first run of the reader at which what it finds is older than that, by the cron library."""
    zone = ZoneInfo(reader.get("timezone", "UTC"))
    for at in CronSim(reader["schedule"], (since - timedelta(seconds=1)).astimezone(zone)):
        if at >= until:
            return None
        if (at - last_written(writer, at)).total_seconds() > most:
            found: datetime = at.astimezone(UTC)
            return found
    return None


@pytest.mark.parametrize(
    ("present", "new", "reader", "terms"),
    [
        (timing("0 6 * * *"), timing("0 6 * * 1"), timing("0 9 * * *", BERLIN), {"max_age_seconds": 2 * DAY}),
        (timing("0 6 * * *"), timing("0 6 1,15 * *"), timing("30 */8 * * *"), {"max_age_seconds": 15 * DAY}),
        (timing("0 3 * * *", BERLIN), timing("0 4 * * *", BERLIN), timing("30 3 * * *", BERLIN), {"max_age_seconds": DAY}),
        (timing("0 2 * * *"), timing("0 2 * * 1"), timing("0 3 * * *"), {}),
    ],
)  # fmt: skip
async def test_con_02_the_witness_of_a_time_is_the_first_moment_at_which_it_is_too_old_and_the_oldest_stands_beside_it(
    concord: Concord, present: dict[str, Any], new: dict[str, Any], reader: dict[str, Any], terms: dict[str, Any]
) -> None:
    await agree(concord, present, reader, **terms)
    found = await conflict(concord, new)
    witness, evidence = found["witness"], found["evidence"]
    confirm(witness, new, reader)
    most = terms.get("max_age_seconds", evidence["oldest_seconds_before"])
    since, until = moment(evidence["from"]), moment(evidence["to"])
    assert moment(witness["at"]) == first_too_old(new, reader, most, since, until)
    assert (moment(evidence["oldest_at"]) - last_written(new, moment(evidence["oldest_at"]))).total_seconds() == (
        evidence["oldest_seconds_after"]
    )
    assert first_too_old(new, reader, evidence["oldest_seconds_after"], since, until) is None


async def test_con_02_who_may_read_at_any_moment_finds_it_too_old_from_the_second_after_on(concord: Concord) -> None:
    await agree(concord, timing("0 * * * *"), None, max_age_seconds=3661)
    found = await conflict(concord, timing("0 3,23 * * *"))
    confirm(found["witness"], timing("0 3,23 * * *"))
    assert (found["witness"]["at"], found["witness"]["age_seconds"]) == ("2026-04-06T00:01:02Z", 3662)
    assert found["evidence"]["oldest_seconds_after"] == 20 * 3600
    assert "1 h 1 min 2 s old, and it takes nothing older than 1 h 1 min 1 s" in found["description"]


async def test_con_02_a_freshness_window_is_a_greatest_age_too_and_the_writers_word_stands_in(concord: Concord) -> None:
    await agree(concord, timing("0 6 * * *"), None, promised={"freshness_seconds": DAY})
    found = await conflict(concord, timing("0 6 */2 * *"))
    assert found["rule"] == "timing.too-old"
    confirm(found["witness"], timing("0 6 */2 * *"))
    assert found["witness"]["age_seconds"] > DAY


async def test_con_02_a_run_that_used_to_follow_the_write_and_now_precedes_it_is_high(concord: Concord) -> None:
    reader, later = timing("0 3 * * *"), timing("30 3 * * *")
    await agree(concord, timing("0 2 * * *"), reader)
    found = await conflict(concord, later)
    assert (found["severity"], found["rule"]) == ("HIGH", "timing.too-late")
    confirm(found["witness"], later, reader)
    used, comes = (moment(found["witness"][name]) for name in ("used_to_be_written_at", "will_be_written_at"))
    assert used < moment(found["witness"]["at"]) < comes
    assert last_written(timing("0 2 * * *"), moment(found["witness"]["at"])) == used


async def test_where_a_consumer_says_how_old_it_may_be_the_order_of_runs_is_only_noted(concord: Concord) -> None:
    await agree(concord, timing("0 2 * * *"), timing("0 3 * * *"), max_age_seconds=DAY)
    judged = await check(concord, timing("30 3 * * *"))
    assert (judged["verdict"], judged["conflicts"]) == ("CLEAR", [])
    assert "before the write that it used to follow" in judged["non_breaking_notes"]
    found = await conflict(concord, timing("30 3 */2 * *"))
    assert found["rule"] == "timing.too-old"


@pytest.mark.parametrize("needs_by", ["06:00", "06:00 Europe/Berlin", "6:00 am Europe/Berlin"])
async def test_con_02_what_is_no_longer_there_by_the_hour_at_which_it_is_needed_is_high(
    concord: Concord, needs_by: str
) -> None:
    await agree(concord, timing("0 5 * * *", BERLIN), timing("0 9 * * *", BERLIN), needs_by=needs_by)
    longer = timing("30 5 * * *", BERLIN, duration_seconds=3600)
    found = await conflict(concord, longer)
    assert (found["severity"], found["rule"]) == ("HIGH", "timing.too-late")
    confirm(found["witness"], longer)
    at = moment(found["witness"]["at"]).astimezone(ZoneInfo(BERLIN))
    assert (at.hour, at.minute) == (6, 0)
    assert (await check(concord, timing("0 4 * * *", BERLIN)))["verdict"] == "CLEAR"


async def test_con_10_a_time_that_is_written_in_no_clear_way_is_left_to_a_person(concord: Concord) -> None:
    await agree(concord, timing("0 5 * * *"), timing("0 9 * * *"), needs_by="PT6H")
    judged = await check(concord, timing("0 7 * * *"))
    assert judged["verdict"] == "REVIEW_REQUIRED"
    assert "PT6H" in judged["undecided"][0]["reason"]


async def test_con_02_what_may_be_older_than_ever_before_is_medium_where_nobody_said_how_old(concord: Concord) -> None:
    await agree(concord, timing("0 2 * * *"), None)
    found = await conflict(concord, timing("0 2 * * 1"))
    assert (found["severity"], found["rule"]) == ("MEDIUM", "timing.older-than-before")
    confirm(found["witness"], timing("0 2 * * 1"))
    assert found["witness"]["age_seconds"] > found["witness"]["oldest_seconds_before"] == DAY


async def test_con_02_runs_that_overlap_and_did_not_before_are_medium(concord: Concord) -> None:
    reader = timing("0 3 * * *", duration_seconds=1800)
    await agree(concord, timing("0 2 * * *", duration_seconds=600), reader, max_age_seconds=2 * DAY)
    found = await conflict(concord, timing("20 3 * * *"))
    assert (found["severity"], found["rule"]) == ("MEDIUM", "timing.overlap")
    witness = found["witness"]
    (writes, done), (reads, over) = [map(moment, witness[runs]) for runs in ("writer_runs", "reader_runs")]
    assert runs_at(timing("20 3 * * *"), writes)
    assert runs_at(reader, reads)
    assert (done - writes, over - reads) == (
        timedelta(seconds=600),
        timedelta(seconds=1800),
    )  # as long as it takes today
    assert max(writes, reads) < min(done, over)
    assert (await check(concord, timing("50 2 * * *")))["verdict"] == "CLEAR"
    still = await check(concord, timing("20 2 * * *", duration_seconds=2400 + 60))
    assert [one["rule"] for one in still["conflicts"]] == ["timing.overlap"]


async def test_con_02_a_write_at_the_moment_of_a_read_overlaps_only_where_a_length_is_declared(
    concord: Concord,
) -> None:
    await agree(concord, timing("0 6 * * *"), timing("0 7 * * *"))
    judged = await check(concord, timing("0 * * * *"))
    assert (judged["verdict"], judged["conflicts"], judged["blocks"]) == ("CLEAR", [], False)
    assert "at the very moment of the write" in judged["non_breaking_notes"]
    lasting = await check(concord, timing("50 * * * *", duration_seconds=1200))
    assert [one["rule"] for one in lasting["conflicts"]] == ["timing.overlap"]


async def test_con_02_a_promise_that_the_consumer_does_not_rely_on_is_only_touched(concord: Concord) -> None:
    reader, rarer = timing("0 9 * * *"), timing("0 6 */2 * *")
    await agree(concord, timing("0 6 * * *"), reader, promised={"freshness_seconds": DAY}, max_age_seconds=7 * DAY)
    judged = await check(concord, rarer)
    (found,) = judged["conflicts"]
    assert judged["verdict"] == "CLEAR"
    assert (found["severity"], found["rule"]) == ("LOW", "timing.touched")
    confirm(found["witness"], rarer, reader)
    assert DAY < found["witness"]["age_seconds"] < 7 * DAY


@pytest.mark.parametrize(
    ("reader", "terms"), [(None, {}), (timing("30 14 * * *"), {}), (None, {"max_age_seconds": DAY})]
)
async def test_con_02_what_is_written_more_often_is_proved_safe_and_no_conflict(
    concord: Concord, reader: dict[str, Any] | None, terms: dict[str, Any]
) -> None:
    await agree(concord, timing("0 14 * * *"), reader, **terms)
    judged = await check(concord, timing("@hourly"))
    assert (judged["verdict"], judged["conflicts"], judged["undecided"]) == ("CLEAR", [], [])
    assert "Proved safe for sys_reader over 400 days" in judged["non_breaking_notes"]


async def test_a_night_of_25_hours_makes_data_older_than_a_day(concord: Concord) -> None:
    reader, later = timing("30 3 * * *", BERLIN), timing("0 4 * * *", BERLIN)
    await agree(concord, timing("0 3 * * *", BERLIN), reader, max_age_seconds=DAY)
    found = await conflict(concord, later)
    assert found["rule"] == "timing.too-old"
    confirm(found["witness"], later, reader)
    assert found["witness"]["at"] == "2026-10-25T02:30:00Z"
    assert found["witness"]["age_seconds"] == 24.5 * 3600


async def test_half_past_two_does_not_come_on_the_night_when_clocks_jump_over_it(concord: Concord) -> None:
    await agree(concord, timing("30 1 * * *", BERLIN), timing("0 3 * * *"), max_age_seconds=6 * 3600)
    found = await conflict(concord, timing("30 2 * * *", BERLIN))
    assert found["rule"] == "timing.too-old"
    assert found["witness"]["at"] == "2027-03-28T03:00:00Z"
    assert found["witness"]["written_at"] == "2027-03-27T01:30:00Z"
    assert "leaves a skipped run out" in found["description"]
    assert (await check(concord, timing("30 3 * * *", BERLIN)))["verdict"] == "CLEAR"


async def test_weeks_in_which_two_continents_change_their_clocks_apart_are_looked_at(concord: Concord) -> None:
    reader, elsewhere = timing("0 15 * * *", BERLIN), timing("0 8 * * *", NEW_YORK)
    await agree(concord, timing("0 14 * * *", BERLIN), reader, max_age_seconds=5400)
    found = await conflict(concord, elsewhere)  # 14:00 in Berlin, but 13:00 while only New York has summer time
    assert found["rule"] == "timing.too-old"
    confirm(found["witness"], elsewhere, reader)
    assert found["witness"]["at"] == "2026-10-25T14:00:00Z"
    assert found["witness"]["age_seconds"] == 7200


async def test_another_time_zone_alone_is_a_change_of_times(concord: Concord) -> None:
    reader = timing("0 9 * * *", BERLIN)
    await agree(concord, timing("0 6 * * *", BERLIN), reader)
    found = await conflict(concord, {"timezone": NEW_YORK})
    assert found["rule"] == "timing.too-late"
    confirm(found["witness"], timing("0 6 * * *", NEW_YORK), reader)
    assert (await check(concord, {"timezone": "Europe/Paris"}))["verdict"] == "CLEAR"


async def test_the_31st_leaves_gaps_of_two_months(concord: Concord) -> None:
    await agree(concord, timing("0 6 1 * *"), timing("0 7 * * *"), max_age_seconds=32 * DAY)
    found = await conflict(concord, timing("0 6 31 * *"))
    confirm(found["witness"], timing("0 6 31 * *"), timing("0 7 * * *"))
    assert 32 * DAY < found["witness"]["age_seconds"] < 34 * DAY
    assert found["evidence"]["oldest_seconds_after"] > 59 * DAY
    assert (await check(concord, timing("0 6 L * *")))["conflicts"] == []


async def test_a_leap_day_is_years_away(concord: Concord) -> None:
    await agree(concord, timing("0 6 1 3 *"), timing("0 7 * * *"), max_age_seconds=367 * DAY)
    found = await conflict(concord, timing("0 6 29 2 *"))
    confirm(found["witness"], timing("0 6 29 2 *"), timing("0 7 * * *"))


async def test_a_reader_of_weekdays_and_a_write_on_saturday(concord: Concord) -> None:
    reader, saturday = timing("0 7 * * 1-5"), timing("0 6 * * 6")
    await agree(concord, timing("0 6 * * 1-5"), reader, max_age_seconds=2 * DAY)
    found = await conflict(concord, saturday)
    confirm(found["witness"], saturday, reader)
    assert moment(found["witness"]["at"]).weekday() == 0
    assert moment(found["evidence"]["oldest_at"]).weekday() == 4
    await agree(concord, timing("0 6 * * 5"), timing("0 7 * * 1"), max_age_seconds=3 * DAY + 3600)
    assert (await check(concord, saturday))["conflicts"] == []


async def test_an_interval_is_taken_to_fall_at_its_worst(concord: Concord) -> None:
    await agree(concord, {"interval_seconds": 3600}, timing("0 3 * * *"), max_age_seconds=2 * 3600)
    found = await conflict(concord, {"interval_seconds": 3 * 3600, "jitter_seconds": 60})
    assert found["rule"] == "timing.too-old"
    assert found["witness"]["age_seconds"] == 3 * 3600 + 60
    assert "when the interval begins is not known" in found["description"]
    assert (await check(concord, {"interval_seconds": 7200}))["verdict"] == "CLEAR"


async def test_a_late_start_and_a_long_run_count_at_their_worst(concord: Concord) -> None:
    reader = timing("0 3 * * *")
    await agree(concord, timing("0 2 * * *"), reader, max_age_seconds=DAY)
    assert (await check(concord, timing("0 2 * * *", duration_seconds=3000)))["conflicts"] == []
    found = await conflict(concord, timing("0 2 * * *", duration_seconds=3000, jitter_seconds=900))
    assert found["rule"] == "timing.too-old"
    assert found["witness"]["age_seconds"] == DAY + 600
    assert "up to 15 min late" in found["description"]


async def test_a_breach_of_today_is_no_conflict_of_a_change_that_makes_it_no_worse(concord: Concord) -> None:
    await agree(concord, timing("0 6 * * 1"), timing("0 9 * * *"), max_age_seconds=DAY)
    judged = await check(concord, timing("0 6 * * 3"))
    assert (judged["verdict"], judged["conflicts"]) == ("CLEAR", [])
    assert "Nothing gets worse for sys_reader" in judged["non_breaking_notes"]
    worse = await check(concord, timing("0 6 1 * *"))
    assert (worse["verdict"], worse["conflicts"]) == ("REVIEW_REQUIRED", [])


@pytest.mark.parametrize(
    ("writer", "reader", "new", "why"),
    [
        (None, timing("0 9 * * *"), timing("0 6 * * *"), "neither is it known when it is written today"),
        (timing("0 2 * * *"), None, timing("30 3 * * *"), "when it reads is not registered"),
        (timing("0 2 * * *"), None, {"interval_seconds": 3600}, "when it reads is not registered"),
        (None, None, {"duration_seconds": 60}, "neither the change nor the registration says when"),
        (timing("every night"), timing("0 9 * * *"), timing("0 6 * * *"), "'every night' is no cron expression"),
        (timing("0 2 * * *"), timing("0 9 * *"), timing("0 6 * * *"), "'0 9 * *' is no cron expression"),
        (timing("0 2 * * *"), timing("0 9 * * *", "Mars/Base"), timing("0 6 * * *"), "'Mars/Base' is no time zone"),
        (timing("0 2 * * *"), timing("0 9 29 2 *"), timing("0 6 * * *"), "it never reads"),
        ({**timing("0 2 * * *"), "enabled": False}, None, timing("0 6 * * *"), "sys_writer is switched off today"),
    ],
)
async def test_con_10_times_that_nobody_knows_are_never_clear(
    concord: Concord, writer: dict[str, Any] | None, reader: dict[str, Any] | None, new: dict[str, Any], why: str
) -> None:
    await agree(concord, writer, reader)
    judged = await check(concord, new)
    assert (judged["verdict"], judged["conflicts"]) == ("REVIEW_REQUIRED", [])
    (item,) = judged["undecided"]
    assert (item["facet"], item["affected_system"]) == ("timing", "sys_reader")
    assert why in item["reason"]


async def test_a_declared_need_is_judged_where_nobody_knows_when_it_is_written_today(concord: Concord) -> None:
    await agree(concord, None, timing("0 9 * * *"), max_age_seconds=DAY)
    assert (await check(concord, timing("0 6 * * *")))["verdict"] == "CLEAR"
    found = await conflict(concord, timing("0 6 * * 1-5"))
    assert found["rule"] == "timing.too-old"
    assert found["evidence"]["before"] is None


async def test_a_reader_that_is_switched_off_does_not_read(concord: Concord) -> None:
    await agree(concord, timing("0 6 * * *"), {**timing("0 9 * * *"), "enabled": False}, max_age_seconds=DAY)
    judged = await check(concord, timing("0 6 * * 1"))
    assert judged["verdict"] == "CLEAR"
    assert "sys_reader is switched off" in judged["non_breaking_notes"]


async def test_con_10_readers_that_nobody_knows_are_safe_only_where_every_old_moment_stays(concord: Concord) -> None:
    await concord.register("sys_writer", timing=timing("0 6 * * *"), writes_to=[{"resource": X}])
    assert (await check(concord, timing("0 6,18 * * *")))["verdict"] == "CLEAR"
    assert (await check(concord, timing("0 7,18 * * *")))["verdict"] == "REVIEW_REQUIRED"


@pytest.mark.parametrize(
    ("new", "path"),
    [
        (timing("at six"), "/changes/0/timing/schedule"),
        (timing("0 6 ? * *"), "/changes/0/timing/schedule"),
        (timing("0 6 * * *", "Europe/Nowhere"), "/changes/0/timing/timezone"),
        ({"interval_seconds": 0}, "/changes/0/timing/interval_seconds"),
        ({}, "/changes/0/timing"),
    ],
)
async def test_times_that_can_not_be_read_are_refused_with_their_place(
    concord: Concord, new: dict[str, Any], path: str
) -> None:
    await agree(concord, timing("0 6 * * *"), None)
    error = await concord.refused("check_change", changes=[{"resource": X, "timing": new}])
    assert (error["code"], error["path"]) == ("invalid_argument", path)
    assert error["hint"]


async def test_con_04_the_plan_names_a_later_time_for_the_consumer_that_holds(concord: Concord) -> None:
    reader, later = timing("0 3 * * *", BERLIN), timing("30 3 * * *", BERLIN)
    await agree(concord, timing("0 2 * * *", BERLIN), reader)
    plan = (await conflict(concord, later))["proposed_resolution"]
    assert plan["strategy"] == "SEQUENTIAL_DEPLOY"
    assert plan["requires_changes_in"] == ["sys_writer", "sys_reader"]
    assert "at 40 3 * * *" in plan["description"]
    assert "under 5 minutes" in plan["rollback_plan"]
    await agree(concord, timing("0 2 * * *", BERLIN), timing("40 3 * * *", BERLIN))
    assert "timing.too-late" not in [one["rule"] for one in (await check(concord, later))["conflicts"]]


async def test_con_04_where_no_later_time_helps_the_plan_names_the_age_to_take(concord: Concord) -> None:
    await agree(concord, timing("0 6 * * *"), timing("0 9 * * *"), max_age_seconds=DAY)
    found = await conflict(concord, timing("0 6 * * 1"))
    named = found["evidence"]["oldest_seconds_after"]
    assert f"max_age_seconds = {named}" in found["proposed_resolution"]["description"]
    await agree(concord, timing("0 6 * * *"), timing("0 9 * * *"), max_age_seconds=named)
    assert (await check(concord, timing("0 6 * * 1")))["conflicts"] == []


async def test_schedules_of_every_minute_on_both_sides_are_judged_like_others(concord: Concord) -> None:
    await agree(concord, timing("* * * * *", BERLIN), timing("* * * * *", NEW_YORK), max_age_seconds=60)
    found = await conflict(concord, timing("*/2 * * * *", BERLIN))
    assert found["witness"]["age_seconds"] == 120
