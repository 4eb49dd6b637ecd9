"""Health through the surface: what systems report, what is looked at, and where it shows."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import SIGNALS, Concord, Era, register_example, running

pytestmark = pytest.mark.anyio


class Time:
    """A clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "now"
        self.is_now("2026-04-05T14:00:00Z")

    @property
    def setting(self) -> str:
        return f"@{self._file}"

    def is_now(self, moment: str) -> None:
        self._file.write_text(moment, encoding="utf-8")


@pytest.fixture
def time(tmp_path: Path) -> Time:
    return Time(tmp_path)


async def health_of(concord: Concord, system_id: str) -> dict[str, Any]:
    shown = await concord.call("get_system", system_id=system_id)
    health: dict[str, Any] = shown["health"]
    assert shown["status"] == health["status"]
    assert health["reason"].endswith(".")
    return health


async def ran(concord: Concord, system_id: str, at: str, result: str = "OK", **members: Any) -> None:
    event = {"kind": "run", "at": at, "result": result, **members}
    assert (await concord.call("report", system_id=system_id, events=[event]))["accepted"] == 1


async def test_reg_05_health_follows_the_last_run_as_time_goes_by(
    database_url: str, tmp_path: Path, era: Era, time: Time
) -> None:
    async with running(database_url, tmp_path, era=era, now=time.setting) as concord:
        await concord.register("sys_a", timing={"interval_seconds": 3_600})
        assert (await health_of(concord, "sys_a"))["status"] == "UNKNOWN"
        await ran(concord, "sys_a", "2026-04-05T14:00:00Z")
        for moment, status in [
            ("2026-04-05T16:00:00Z", "HEALTHY"),
            ("2026-04-05T16:00:01Z", "DEGRADED"),
            ("2026-04-05T19:00:00Z", "DEGRADED"),
            ("2026-04-05T19:00:01Z", "DOWN"),
        ]:
            time.is_now(moment)
            assert (await health_of(concord, "sys_a"))["status"] == status
        await ran(concord, "sys_a", "2026-04-05T13:00:00Z")  # late: it tells nothing new
        assert (await health_of(concord, "sys_a"))["status"] == "DOWN"
        await ran(concord, "sys_a", "2026-04-05T19:00:00Z")
    async with running(database_url, tmp_path, era=era, now=time.setting) as again:  # it outlives the process
        shown = await again.call("get_system", system_id="sys_a")
        assert (shown["status"], shown["last_health_check"]) == ("HEALTHY", "2026-04-05T19:00:00Z")


async def test_reg_05_a_critical_result_is_down_and_the_next_good_run_ends_it(concord: Concord) -> None:
    await concord.register("sys_a", timing={"interval_seconds": 3_600})
    await ran(concord, "sys_a", "2026-04-05T13:30:00Z", "CRITICAL", message="my own words")
    health = await health_of(concord, "sys_a")
    assert health["status"] == "DOWN"
    assert health["since"] == "2026-04-05T13:30:00Z"
    assert "my own words" not in json.dumps(await concord.call("get_system", system_id="sys_a"))
    await ran(concord, "sys_a", "2026-04-05T13:40:00Z", "ERROR")
    health = await health_of(concord, "sys_a")
    assert health["status"] == "HEALTHY"
    assert "ERROR" in health["reason"]


async def test_reg_05_the_same_run_told_otherwise_under_its_id_changes_nothing(concord: Concord) -> None:
    await concord.register("sys_a", timing={"interval_seconds": 3_600})
    await ran(concord, "sys_a", "2026-04-05T13:30:00Z", "CRITICAL", id="run-1")
    await ran(concord, "sys_a", "2026-04-05T13:30:00Z", "OK", id="run-1")
    assert (await health_of(concord, "sys_a"))["status"] == "DOWN"
    bad = {"kind": "run", "at": "2026-04-05T13:50:00Z", "result": "FINE"}
    assert (await concord.call("report", system_id="sys_a", events=[bad]))["rejected_total"] == 1
    assert (await health_of(concord, "sys_a"))["status"] == "DOWN"


async def test_reg_05_a_weekday_system_is_healthy_on_sunday_and_a_paused_one_is_not_down(concord: Concord) -> None:
    await concord.register("sys_office", timing={"schedule": "0 9 * * MON-FRI", "timezone": "Europe/Berlin"})
    await concord.register("sys_paused", timing={"interval_seconds": 60, "enabled": False})
    await ran(concord, "sys_office", "2026-04-03T07:00:10Z")
    await ran(concord, "sys_paused", "2026-04-03T07:00:10Z")
    assert (await health_of(concord, "sys_office"))["status"] == "HEALTHY"
    paused = await health_of(concord, "sys_paused")
    assert paused["status"] == "UNKNOWN"
    assert "switched off" in paused["reason"]


async def test_reg_05_a_system_that_is_down_is_mentioned_by_those_that_need_it(concord: Concord) -> None:
    await register_example(concord)
    await concord.register("sys_optional", reads_from=[{"resource": SIGNALS, "required": False}])
    await ran(concord, "sys_signal_generator", "2026-04-05T13:30:00Z", "CRITICAL")
    for reader in ("sys_dashboard", "sys_optional"):
        await ran(concord, reader, "2026-04-05T13:30:00Z")
    needing = await health_of(concord, "sys_dashboard")
    assert needing["status"] == "HEALTHY"
    assert "sys_signal_generator, which it needs, is DOWN." in needing["reason"]
    assert "DOWN" not in (await health_of(concord, "sys_optional"))["reason"]
    told = await concord.call("brief", system_id="sys_dashboard")
    assert told["about"]["health"] == needing
    assert "sys_signal_generator, which it needs, is DOWN." in told["summary"]
    assert "DOWN" not in (await concord.call("brief", system_id="sys_optional"))["summary"]
    assert "sys_signal_generator, which writes it, is DOWN." in (await concord.call("brief", path=SIGNALS))["summary"]
    traced = await concord.call("trace_impact", target="sys_dashboard", direction="upstream")
    listed = {one["id"]: one["status"] for one in (await concord.call("find_systems"))["systems"]}
    assert {one["system_id"]: one["status"] for one in traced["affected"]}["sys_signal_generator"] == "DOWN"
    assert (listed["sys_signal_generator"], listed["sys_dashboard"]) == ("DOWN", told["about"]["status"])


async def test_reg_05_status_shows_wherever_a_system_does(concord: Concord) -> None:
    await register_example(concord)
    await ran(concord, "sys_dashboard", "2026-04-05T13:30:00Z", "CRITICAL")
    await ran(concord, "sys_signal_generator", "2026-04-05T13:30:00Z")
    found = await concord.call("find_systems", status="DOWN")
    assert [(one["id"], one["status"]) for one in found["systems"]] == [("sys_dashboard", "DOWN")]
    every = {one["id"]: one["status"] for one in (await concord.call("find_systems"))["systems"]}
    expected = {"sys_dashboard": "DOWN", "sys_data_pipeline": "UNKNOWN", "sys_signal_generator": "HEALTHY"}
    assert every == expected
    traced = await concord.call("trace_impact", target="sys_signal_generator")
    assert [(one["system_id"], one["status"]) for one in traced["affected"]] == [("sys_dashboard", "DOWN")]
    told = await concord.call("brief", path=SIGNALS)
    assert [(one["system_id"], one["status"]) for one in told["readers"]] == [("sys_dashboard", "DOWN")]
    assert (await concord.call("brief", system_id="sys_dashboard"))["about"]["status"] == "DOWN"
    shown = json.loads(await concord.read("concord://systems/sys_dashboard"))
    assert (shown["status"], shown["health"]["status"]) == ("DOWN", "DOWN")
    assert "DOWN" in await concord.read("concord://graph/sys_signal_generator")
    exported = json.loads(await concord.read("concord://files/system_registry.json"))
    states = {one["id"]: (one["status"], one["last_health_check"]) for one in exported["systems"]}
    assert states["sys_dashboard"] == ("DOWN", "2026-04-05T13:30:00Z")
    assert states["sys_data_pipeline"] == ("UNKNOWN", "")
    assert set(exported["systems"][0]) & {"health"} == set()


async def test_reg_05_what_was_exported_with_health_comes_back_without_a_change(concord: Concord) -> None:
    await register_example(concord)
    await ran(concord, "sys_dashboard", "2026-04-05T13:30:00Z", "CRITICAL")
    exported = await concord.read("concord://files/system_registry.json")
    outcome = await concord.call("import_catalog", content=exported)
    assert outcome["updated"]["total"] == 0
    assert (await concord.call("get_system", system_id="sys_dashboard"))["version"] == 1


async def test_reg_05_an_imported_status_stands_until_something_is_heard(
    database_url: str, tmp_path: Path, era: Era
) -> None:
    async with running(database_url, tmp_path, era=era) as concord:
        await concord.register("sys_a", status="DEGRADED", last_health_check="2026-04-01T00:00:00Z")
        health = await health_of(concord, "sys_a")
        assert health["status"] == "DEGRADED"
        assert "registration" in health["reason"]
        await concord.call("report", system_id="sys_a", events=[{"kind": "heartbeat", "at": "2026-04-05T13:59:00Z"}])
        assert (await health_of(concord, "sys_a"))["status"] == "HEALTHY"


async def test_reg_05_listing_touches_neither_network_nor_the_files_of_systems(
    concord: Concord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "status.json"
    file.write_text('{"status": "down"}', encoding="utf-8")
    await concord.register("sys_a", status_file=str(file), health_url="http://localhost:9/health")
    opened: list[Any] = []
    real = socket.create_connection

    def watched(*arguments: Any, **named: Any) -> Any:
        opened.append(arguments)
        return real(*arguments, **named)

    monkeypatch.setattr(socket, "create_connection", watched)
    for tool in ("find_systems", "find_findings"):
        await concord.call(tool)
    assert (await health_of(concord, "sys_a"))["status"] == "UNKNOWN"
    await concord.read("concord://files/system_registry.json")
    assert opened == []


async def test_reg_05_a_health_address_is_kept_without_its_secrets(concord: Concord) -> None:
    secrets = ("hunter2pass", "bob", "t0ken-of-mine")
    url = "http://bob:hunter2pass@status.example:8080/health?token=t0ken-of-mine"
    await concord.register("sys_a", health_url=url)
    shown = await concord.call("get_system", system_id="sys_a")
    assert shown["health_url"] == "http://status.example:8080/health"
    await concord.register("sys_b", health_url="https://status.example/health")
    assert (await concord.call("get_system", system_id="sys_b"))["health_url"] == "https://status.example/health"
    told = [json.dumps(shown), await concord.read("concord://systems/sys_a")]
    told.append(await concord.read("concord://files/system_registry.json"))
    assert not [secret for secret in secrets for text in told if secret in text]


async def test_reg_05_the_registry_job_looks_at_status_files_and_asks_no_host_that_is_not_listed(
    concord: Concord, tmp_path: Path
) -> None:
    file = tmp_path / "status.json"
    file.write_text('{"status": "ok", "last_run": "2026-04-05T13:45:00Z"}', encoding="utf-8")
    await concord.register("sys_file", status_file=str(file), timing={"interval_seconds": 3_600})
    await concord.register("sys_web", health_url="http://localhost:9/health")
    await concord.call("run_job", job="registry")
    health = await health_of(concord, "sys_file")
    assert health["status"] == "HEALTHY"
    assert "status file" in health["reason"]
    health = await health_of(concord, "sys_web")
    assert health["status"] == "UNKNOWN"
    assert "CONCORD_HEALTH_HOSTS" in health["reason"]


@pytest.mark.parametrize(
    ("timing", "member"),
    [
        ({"schedule": "whenever it rains"}, "schedule"),
        ({"schedule": "0 6 * * *", "timezone": "Mars/Olympus"}, "timezone"),
        ({"interval": "10 moons"}, "interval"),
        ({"interval": 10}, "interval"),
    ],
)
async def test_reg_05_a_timing_that_cannot_be_read_leaves_the_health_unknown_and_is_told_at_once(
    database_url: str, tmp_path: Path, era: Era, time: Time, timing: dict[str, Any], member: str
) -> None:
    async with running(database_url, tmp_path, era=era, now=time.setting) as concord:
        answer = await concord.call("register_system", system={"id": "sys_a", "tier": "PRODUCTION", "timing": timing})
        (note,) = answer["notes"]
        assert f"its {member} can't be read" in note
        assert "timing.interval_seconds" in note
        await ran(concord, "sys_a", "2026-04-05T14:00:00Z")
        health = await health_of(concord, "sys_a")
        assert health["status"] == "UNKNOWN"
        assert f"its {member} can't be read" in health["reason"]
        await ran(concord, "sys_a", "2026-04-05T14:00:01Z", "CRITICAL")
        assert (await health_of(concord, "sys_a"))["status"] == "DOWN"


async def test_reg_05_an_interval_in_words_counts_in_seconds(
    database_url: str, tmp_path: Path, era: Era, time: Time
) -> None:
    async with running(database_url, tmp_path, era=era, now=time.setting) as concord:
        timing = {"interval": "10m"}
        answer = await concord.call("register_system", system={"id": "sys_a", "tier": "PRODUCTION", "timing": timing})
        assert "notes" not in answer
        await ran(concord, "sys_a", "2026-04-05T14:00:00Z")
        time.is_now("2026-04-05T14:51:00Z")
        health = await health_of(concord, "sys_a")
        assert health["status"] == "DOWN"
        assert "600 s" in health["reason"]
