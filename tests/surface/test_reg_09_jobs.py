"""Jobs through a client: run, read, completed, and for a person alone."""

import json
from pathlib import Path

import anyio
import pytest
from mcp import Client, MCPError
from mcp.types import ResourceTemplateReference

from server.app import build_server
from server.config import read_config
from tests.surface.world import Concord, Era, register_example, running

pytestmark = pytest.mark.anyio

FIRST = "RUN-2026-04-05-001"


async def test_reg_09_a_job_runs_on_demand_and_its_run_can_be_read(concord: Concord) -> None:
    await register_example(concord)
    answer = await concord.call("run_job", job="registry")
    assert (answer["run_id"], answer["job"], answer["state"]) == (FIRST, "registry", "SUCCEEDED")
    assert answer["started_at"] == answer["finished_at"] == "2026-04-05T14:00:00Z"
    assert answer["summary_data"]["registry"]["systems"] == 3
    findings = await concord.call("find_findings", limit=50)
    assert sum(answer["summary_data"]["open_findings"].values()) == findings["total"]
    record = json.loads(await concord.read(f"concord://runs/{FIRST}"))
    assert {name: record[name] for name in ("run_id", "state", "summary_data")} == {
        name: answer[name] for name in ("run_id", "state", "summary_data")
    }
    assert json.loads(await concord.read("concord://runs/latest")) == record
    through_tool = await concord.call("read_record", uri=FIRST)
    assert through_tool["uri"] == f"concord://runs/{FIRST}"


async def test_reg_09_the_ids_of_runs_complete_newest_first(concord: Concord) -> None:
    await concord.call("run_job", job="registry")
    await concord.call("run_job", job="validation")
    reference = ResourceTemplateReference(type="ref/resource", uri="concord://runs/{id}")

    async def completed(typed: str) -> list[str]:
        return (await concord.client.complete(reference, {"name": "id", "value": typed})).completion.values

    assert await completed("RUN-") == ["RUN-2026-04-05-002", FIRST]
    assert await completed("la") == ["latest"]
    assert await completed("CHK") == []


async def test_reg_09_the_same_key_gives_the_same_run(concord: Concord) -> None:
    first = await concord.call("run_job", job="registry", idempotency_key="k")
    assert await concord.call("run_job", job="registry", idempotency_key="k") == first
    assert (await concord.refused("run_job", job="validation", idempotency_key="k"))["code"] == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("arguments", "code", "path"),
    [
        ({"job": "dust"}, "invalid_argument", "/job"),
        ({"job": "discovery"}, "refused", "/paths"),
        ({"job": "registry", "until": "soon"}, "invalid_argument", "/until"),
    ],
)
async def test_reg_09_a_job_that_can_not_run_is_refused_with_the_way_out(
    concord: Concord, arguments: dict[str, str], code: str, path: str
) -> None:
    error = await concord.refused("run_job", **arguments)
    assert (error["code"], error["path"]) == (code, path)
    if path == "/job":
        assert error["allowed"] == ["registry", "validation", "discovery", "patterns", "learning", "all"]
    with pytest.raises(MCPError):
        await concord.read("concord://runs/latest")


async def test_reg_09_a_system_neither_runs_jobs_nor_reads_runs(database_url: str, tmp_path: Path, era: Era) -> None:
    async with running(database_url, tmp_path, era=era) as person:
        await person.register("sys_a")
        await person.call("run_job", job="registry")
    async with running(database_url, tmp_path, era=era, system="sys_a") as system:
        assert (await system.refused("run_job", job="registry"))["code"] == "not_allowed"
        with pytest.raises(MCPError):
            await system.read(f"concord://runs/{FIRST}")
        reference = ResourceTemplateReference(type="ref/resource", uri="concord://runs/{id}")
        assert (await system.client.complete(reference, {"name": "id", "value": ""})).completion.values == []


async def test_reg_09_a_server_that_changes_nothing_runs_no_job(database_url: str, tmp_path: Path, era: Era) -> None:
    async with running(database_url, tmp_path, era=era, read_only=True) as concord:
        assert "run_job" not in {tool.name for tool in (await concord.client.list_tools()).tools}


async def test_reg_09_progress_reaches_the_client(concord: Concord) -> None:
    heard: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    await concord.client.call_tool("run_job", {"job": "all"}, progress_callback=hear)
    assert heard, "something is told before the end"
    assert heard == sorted(set(heard)), "each number is above the one before"


@pytest.mark.filterwarnings("ignore:resources/(un)?subscribe is removed")
async def test_reg_09_who_subscribed_to_the_newest_run_hears_of_its_end(sqlite_url: str, tmp_path: Path) -> None:
    server = build_server(
        read_config({"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": sqlite_url}).with_flags(
            toolsets=("core", "admin")
        )
    )
    send, heard = anyio.create_memory_object_stream[str](10)

    async def hear(message: object) -> None:
        await send.send(str(message.params.uri))  # type: ignore[attr-defined]  # the only one that is sent

    async with send, heard, Client(server, mode="legacy", message_handler=hear) as client:
        await client.subscribe_resource("concord://runs/latest")
        await client.call_tool("run_job", {"job": "registry"})
        with anyio.fail_after(20):
            assert await heard.receive() == "concord://runs/latest"
    server.services.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database that nobody has opened yet."""
    return f"sqlite:///{tmp_path / 'concord.db'}"
