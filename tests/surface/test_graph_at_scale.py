"""Impact among 2,000 systems beside a plain breadth-first search, and what users of other catalogues complain of."""

import json
import random
import socket
from collections import defaultdict, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.benchmarks.large_registry import LargeRegistry, large_registry
from tests.surface.world import SIGNALS, Concord, running

pytestmark = pytest.mark.anyio
SYSTEMS, ACCESSES, BACKWARD = 2_000, 8_000, 60
Graph = Mapping[str, set[str]]


def with_circles(large: LargeRegistry) -> dict[str, Any]:
    """The registry's file with some systems that read what comes out far behind them."""
    chance = random.Random(11)
    systems = {system["id"]: system for system in large.document["systems"]}
    for one in chance.sample(large.written, BACKWARD):
        early = chance.choice(sorted(other for other in systems if other < one.writer) or [one.writer])
        systems[early]["reads_from"].append({"resource": one.resource})
    return large.document


def readers(document: Mapping[str, Any]) -> Graph:
    """Who reads what each system writes, from the file alone: every resource in it is written in one way."""
    writer = {output["resource"]: one["id"] for one in document["systems"] for output in one["writes_to"]}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in document["systems"]:
        for access in one["reads_from"]:
            if writer[access["resource"]] != one["id"]:
                found[writer[access["resource"]]].add(one["id"])
    return found


def turned(graph: Graph) -> Graph:
    """The same edges the other way."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, others in graph.items():
        for other in others:
            found[other].add(one)
    return found


def distances(graph: Graph, root: str, depth: int = 0) -> dict[str, int]:
    """How far every other system is that can be reached, by breadth-first search; 0 = however far."""
    found, queue = {root: 0}, deque([root])
    while queue:
        one = queue.popleft()
        if depth and found[one] >= depth:
            continue
        for other in graph.get(one, ()):
            if other not in found:
                found[other] = found[one] + 1
                queue.append(other)
    del found[root]
    return found


async def all_pages(concord: Concord, **arguments: Any) -> list[dict[str, Any]]:
    """Every line of the impact, whatever number of pages it takes."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = await concord.call("trace_impact", **arguments, limit=50, cursor=cursor)
        rows += answer["affected"]
        cursor = answer.get("next_cursor", "")
        if not cursor:
            assert len(rows) == answer["total"]
            return rows


async def test_reg_10_impact_among_two_thousand_systems_is_what_a_breadth_first_search_finds(tmp_path: Path) -> None:
    document = with_circles(large_registry(SYSTEMS, ACCESSES))
    graph = readers(document)
    back = turned(graph)
    asked = sorted(graph, key=lambda one: (-len(graph[one]), one))[:4]
    asked += random.Random(5).sample([one["id"] for one in document["systems"]], 12)
    async with running(f"sqlite:///{tmp_path / 'concord.db'}", tmp_path) as concord:
        file = tmp_path / "system_registry.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        assert len(document["systems"]) == (await concord.call("import_catalog", path=str(file)))["created"]["total"]
        assert max(len(distances(graph, one)) for one in asked) > 100
        for root in asked:
            for direction, edges, depth in (("downstream", graph, 0), ("upstream", back, 0), ("downstream", graph, 2)):
                rows = await all_pages(concord, target=root, direction=direction, depth=depth)
                assert {row["system_id"]: row["distance"] for row in rows} == distances(edges, root, depth)
                for row in rows:
                    path = row["path"]
                    assert (path[0], path[-1], len(path)) == (root, row["system_id"], row["distance"] + 1)
                    assert all(path[place + 1] in edges[path[place]] for place in range(len(path) - 1))


async def test_reg_10_an_edge_goes_with_the_access_that_it_follows_from(concord: Concord) -> None:
    """No phantom edges: neither where the access is gone, nor where the system is, nor through a file that came back."""
    await concord.register("sys_writer", writes_to=[SIGNALS])
    await concord.register("sys_reader", reads_from=[SIGNALS])
    exported = json.loads(await concord.read("concord://files/system_registry.json"))
    await concord.call("import_catalog", content=json.dumps(exported))
    assert (await concord.call("trace_impact", target="sys_writer"))["total"] == 1
    await concord.register("sys_reader")
    assert (await concord.call("trace_impact", target="sys_writer"))["total"] == 0
    assert "-->" not in await concord.read("concord://graph/sys_writer")
    await concord.register("sys_reader", reads_from=[SIGNALS])
    await concord.call("archive_system", system_id="sys_reader", reason="The job is gone.")
    assert (await concord.call("trace_impact", target="sys_writer"))["total"] == 0
    assert "sys_reader" not in await concord.read("concord://graph/sys_writer")


async def test_reg_10_what_one_server_registers_another_knows_in_its_next_answer(
    database_url: str, concord: Concord, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path) as other:
        await concord.register("sys_writer", writes_to=[SIGNALS])
        assert (await other.call("trace_impact", target="sys_writer"))["total"] == 0
        await concord.register("sys_reader", reads_from=[SIGNALS])
        assert (await other.call("trace_impact", target="sys_writer"))["total"] == 1
        await other.register("sys_reader")
        assert (await concord.call("trace_impact", target="sys_writer"))["total"] == 0


async def test_reg_10_listing_and_tracing_never_touch_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(*arguments: object, **more: object) -> NoReturn:
        tried.append(arguments)
        raise OSError("there is no network")

    async with running(f"sqlite:///{tmp_path / 'concord.db'}", tmp_path) as concord:
        remote = "https://example.invalid/prices.json"
        await concord.register("sys_writer", writes_to=[remote], health_url="https://example.invalid/health")
        await concord.register("sys_reader", reads_from=[remote, "postgresql://db.example.invalid/shop/prices"])
        for name in ("connect", "connect_ex"):
            monkeypatch.setattr(socket.socket, name, refuse)
        for name in ("getaddrinfo", "gethostbyname", "create_connection"):
            monkeypatch.setattr(socket, name, refuse)
        assert (await concord.call("find_systems"))["total"] == 2
        assert (await concord.call("find_systems", resource=remote))["total"] == 2
        assert (await concord.call("trace_impact", target=remote))["total"] == 1
        for tool, arguments in (
            ("get_system", {"system_id": "sys_writer"}),
            ("find_findings", {}),
            ("brief", {"system_id": "sys_writer"}),
        ):
            await concord.call(tool, **arguments)
        for uri in ("concord://graph/sys_writer", "concord://files/system_registry.json"):
            await concord.read(uri)
        assert tried == []
        with pytest.raises(OSError, match="there is no network"):
            socket.create_connection(("127.0.0.1", 9))  # what the test would have noticed
