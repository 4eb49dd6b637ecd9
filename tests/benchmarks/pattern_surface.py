"""What a client is shown of a simulated fleet: register, report, `run_job` patterns, `find_patterns`, over stdio."""

import json
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

from tests.benchmarks.fleet_simulator import BEGIN, DAYS, PlantedFleet
from tests.benchmarks.pattern_rivals import Pairs
from tests.benchmarks.wire import StdioSession, concord_command

BATCH = 5_000
UNTIL = (BEGIN + timedelta(days=DAYS)).isoformat()


@dataclass(frozen=True)
class Shown:
    """Cascades by status, as (cause, effect)."""

    active: Pairs
    resolved: Pairs


def through_the_surface(planted: PlantedFleet) -> Shown:
    """What the server shows of the fleet; every tenth event is reported twice, which must change nothing."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        StdioSession(concord_command("--toolsets", "core,admin"), Path(folder)) as session,
    ):
        _register(session, planted)
        told: dict[str, list[dict[str, Any]]] = {}
        for event in planted.events:
            told.setdefault(event.system_id, []).append({"kind": event.kind, **event.document})
        for system_id, events in told.items():
            for first in range(0, len(events), BATCH):
                _report(session, system_id, events[first : first + BATCH])
            _report(session, system_id, events[::10][:BATCH])
        run = session.call("run_job", job="patterns", since=BEGIN.isoformat(), until=UNTIL)["structuredContent"]
        while run["state"] == "RUNNING":
            sleep(0.1)
            read = session.request("resources/read", uri=f"concord://runs/{run['run_id']}")
            run = json.loads(read["contents"][0]["text"])
        assert run["state"] == "SUCCEEDED", run
        return Shown(active=_cascades(session, "ACTIVE"), resolved=_cascades(session, "RESOLVED"))


def _register(session: StdioSession, planted: PlantedFleet) -> None:
    ids = {event.system_id for event in planted.events} | set(planted.fleet.members)
    for system_id in sorted(ids):
        member = planted.fleet.members.get(system_id)
        system: dict[str, Any] = {"id": system_id, "tier": "PRODUCTION"}
        if member is not None:
            system["reads_from"] = [{"resource": one, "required": True} for one in sorted(member.reads)]
            system["writes_to"] = [{"resource": one, "consumers": []} for one in sorted(member.writes)]
        session.call("register_system", system=system)


def _report(session: StdioSession, system_id: str, events: list[dict[str, Any]]) -> None:
    answer = session.call("report", system_id=system_id, events=events)["structuredContent"]
    assert not answer["rejected_total"], answer


def _cascades(session: StdioSession, status: str) -> Pairs:
    pairs: set[tuple[str, str]] = set()
    cursor = ""
    while True:
        asked = {"type": "cascade_failure", "status": status, "limit": 50, "cursor": cursor}
        page = session.call("find_patterns", **asked)["structuredContent"]
        pairs |= {(one["cause"], one["effect"]) for one in page["patterns"]}
        cursor = page.get("next_cursor") or ""
        if not cursor:
            return frozenset(pairs)
