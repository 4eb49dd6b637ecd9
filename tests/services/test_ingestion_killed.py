"""A server that is killed while it takes in events: nothing acknowledged is lost, and telling it again adds nothing."""

import json
import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.storage.database import Database
from server.storage.lazily import sql, tables
from tests.benchmarks.wire import ENVELOPE, concord_command, environment

BEGIN = datetime(2026, 4, 5, tzinfo=UTC)
BATCHES, SIZE = 16, 250


@contextmanager
def server(url: str, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server over stdio."""
    process = subprocess.Popen(
        concord_command("--no-jobs"),
        env={**environment(home), "CONCORD_DATABASE_URL": url},
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def request(number: int, tool: str, **arguments: Any) -> bytes:
    params = {"name": tool, "arguments": arguments, "_meta": ENVELOPE}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode() + b"\n"


def batch(number: int) -> bytes:
    """The request that reports the batch of this number. Every second system names its events itself."""
    members = [{"at": (BEGIN + timedelta(seconds=number * SIZE + n)).isoformat()} for n in range(SIZE)]
    events = [
        {
            "kind": "metric",
            "name": f"batch {number}",
            "value": n,
            **one,
            **({"id": f"{number}/{n}"} if number % 2 else {}),
        }
        for n, one in enumerate(members)
    ]
    return request(number, "report", system_id=f"sys_{number % 3}", events=events)


def tell(process: subprocess.Popen[bytes], requests: Sequence[bytes]) -> threading.Thread:
    """A thread that sends all of them, however long the server takes, for as long as it lives."""

    def send() -> None:
        assert process.stdin is not None
        try:
            for one in requests:
                process.stdin.write(one)
                process.stdin.flush()
        except BrokenPipeError:
            pass

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def answers(process: subprocess.Popen[bytes], count: int) -> dict[int, dict[str, Any]]:
    """So many answers, or those that still came, by the number of their request."""
    assert process.stdout is not None
    found: dict[int, dict[str, Any]] = {}
    while len(found) < count and (line := process.stdout.readline()).endswith(b"\n"):
        reply = json.loads(line)
        if "id" in reply:
            found[reply["id"]] = reply["result"]["structuredContent"]
    return found


def kept(url: str) -> Counter[int]:
    """How many events of each batch are there."""
    database = Database(url)
    documents = database.read(
        lambda session: list(session.connection().execute(sql.select(tables.events.c.document)).scalars())
    )
    database.close()
    return Counter(int(document["name"].removeprefix("batch ")) for document in documents)


def test_a_killed_server_has_lost_no_acknowledged_batch_and_repeating_adds_nothing(
    database_url: str, tmp_path: Path
) -> None:
    everything = [batch(number) for number in range(BATCHES)]
    with server(database_url, tmp_path) as first:
        systems = [{"id": f"sys_{number}", "tier": "PRODUCTION"} for number in range(3)]
        registering = [request(100 + n, "register_system", system=system) for n, system in enumerate(systems)]
        tell(first, registering).join()
        assert len(answers(first, 3)) == 3
        sending = tell(first, everything)
        acknowledged = answers(first, 3)
        os.kill(first.pid, signal.SIGKILL)
        acknowledged |= answers(first, BATCHES)
        sending.join()
    there = kept(database_url)
    assert {number: there[number] for number in acknowledged} == dict.fromkeys(acknowledged, SIZE)
    assert set(there.values()) == {SIZE}, "a batch is there as a whole or not at all"
    assert 3 <= len(acknowledged) <= len(there)
    with server(database_url, tmp_path) as second:
        sending = tell(second, everything)
        assert [one["accepted"] for one in answers(second, BATCHES).values()] == [SIZE] * BATCHES
        sending.join()
    assert kept(database_url) == dict.fromkeys(range(BATCHES), SIZE)
