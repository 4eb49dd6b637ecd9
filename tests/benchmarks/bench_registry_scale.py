"""A registry of 10,000 systems with 50,000 accesses: how long it takes to bring it in, to see an impact, to find circles.

    python tests/benchmarks/bench_registry_scale.py [--systems 10000] [--accesses 50000]

All in one process, on a new SQLite file. Beside the import stands what `json.load` alone takes for the same file, beside the
impact networkx's shortest paths over the same edges, beside the circles its strongly connected components; those are of a
random graph, nearly all of which is one circle. Prints a table and one line of JSON. Wanted: the import within 30 s, an
impact at depth 3 within 10 ms.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import networkx

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from server.app import build_services
from server.clock import clock_from
from server.config import read_config
from server.registry.graph import components, dependency_edges, shortest_cycle
from server.services import Services
from tests.benchmarks.large_registry import LargeRegistry, large_registry

IMPORT_WANTED = 30.0
IMPACT_WANTED = 10.0
DEPTH = 3
ASKED = 200
NOW = "2026-04-05T14:00:00Z"


def _seconds(work: Callable[[], Any]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _bring_in(services: Services, file: Path) -> dict[str, float]:
    alone = _seconds(lambda: json.loads(file.read_text()))
    now = clock_from(NOW).now()
    taken = _seconds(lambda: services.exchange.import_source(now=now, paths=[str(file)]))
    first = _seconds(lambda: services.registry.overview())
    again = _seconds(lambda: services.exchange.import_source(now=now, paths=[str(file)]))
    return {"import_s": taken, "import_again_s": again, "first_look_s": first, "json_load_s": alone}


def _impacts(services: Services, large: LargeRegistry) -> dict[str, float]:
    """Of systems drawn at random and of the writers that most depend on, none asked for twice."""
    with services.registry.reading() as known:
        graph = networkx.DiGraph()
        graph.add_nodes_from(known.systems)
        graph.add_edges_from(
            (link.producer, link.consumer) for links in dependency_edges(known).values() for link in links
        )
        for stored in list(known.systems.values())[:1]:
            known.apply(stored)  # what was derived for the graph is forgotten, as after any change
    hubs = sorted({one.writer for one in large.written if one.is_hub}, key=lambda writer: -graph.out_degree(writer))
    chosen = random.Random(1).sample(sorted(known.systems), ASKED)
    asked = list(dict.fromkeys([*hubs[: ASKED // 2], *chosen]))
    times, beside, reached = [], [], []
    for system_id in asked:
        began = perf_counter()
        impact = services.registry.trace(system_id, depth=DEPTH)
        times.append((perf_counter() - began) * 1000)
        began = perf_counter()
        lengths = networkx.single_source_shortest_path(graph, system_id, cutoff=DEPTH)
        beside.append((perf_counter() - began) * 1000)
        assert {one.system_id for _, one in impact.reached} == set(lengths) - {system_id}, system_id
        reached.append(len(impact.reached))
    return {
        "asked": len(asked),
        "median_ms": statistics.median(times),
        "slowest_ms": max(times),
        "networkx_median_ms": statistics.median(beside),
        "networkx_slowest_ms": max(beside),
        "reached_median": statistics.median(reached),
        "reached_most": max(reached),
    }


def _circles(systems: int, accesses: int) -> dict[str, float]:
    chance = random.Random(2)
    ids = [f"s{number}" for number in range(systems)]
    edges: dict[str, set[str]] = {one: set() for one in ids}
    for _ in range(accesses):
        edges[chance.choice(ids)].add(chance.choice(ids))
    graph = networkx.DiGraph((one, other) for one, others in edges.items() for other in others)
    found: list[list[str]] = []
    taken = _seconds(lambda: found.extend(components(edges)))
    example = _seconds(lambda: [shortest_cycle(members, edges) for members in found])
    theirs: list[set[str]] = []
    beside = _seconds(lambda: theirs.extend(networkx.strongly_connected_components(graph)))
    assert found == sorted(sorted(members) for members in theirs if len(members) > 1)
    return {
        "largest": max(map(len, found)),
        "components_ms": taken * 1000,
        "shortest_cycles_ms": example * 1000,
        "networkx_ms": beside * 1000,
    }


def _show(figures: dict[str, Any]) -> None:
    came, impact, circles = figures["import"], figures["impact"], figures["circles"]
    print(f"import                  {came['import_s']:8.1f} s   (wanted: {IMPORT_WANTED:g} s)")
    print(f"the same once more      {came['import_again_s']:8.1f} s")
    print(f"the first look at it    {came['first_look_s']:8.1f} s")
    print(f"json.load alone         {came['json_load_s']:8.2f} s")
    print(
        f"impact at depth {DEPTH}       {impact['median_ms']:8.2f} ms, slowest {impact['slowest_ms']:.2f} ms (wanted: {IMPACT_WANTED:g} ms)"
    )
    print(
        f"networkx                {impact['networkx_median_ms']:8.2f} ms, slowest {impact['networkx_slowest_ms']:.2f} ms"
    )
    print(f"reached                 {impact['reached_median']:8.0f}, most {impact['reached_most']}")
    print(f"components              {circles['components_ms']:8.1f} ms (largest {circles['largest']})")
    print(f"a shortest way round    {circles['shortest_cycles_ms']:8.1f} ms")
    print(f"networkx's components   {circles['networkx_ms']:8.1f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", type=int, default=10_000)
    parser.add_argument("--accesses", type=int, default=50_000)
    args = parser.parse_args()
    large = large_registry(args.systems, args.accesses)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "system_registry.json")
        file.write_text(json.dumps(large.document))
        environment = {"CONCORD_HOME": folder, "CONCORD_DATABASE_URL": f"sqlite:///{folder}/concord.db"}
        services = build_services(read_config(environment))
        try:
            figures: dict[str, Any] = {
                "benchmark": "registry_scale",
                "systems": args.systems,
                "accesses": large.accesses,
                "megabytes": round(file.stat().st_size / 1e6, 1),
                "import": _bring_in(services, file),
                "impact": _impacts(services, large),
                "circles": _circles(args.systems, args.accesses),
            }
        finally:
            services.close()
    _show(figures)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
