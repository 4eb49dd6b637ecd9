"""A process that writes: takes the next number, keeps a check under it, and prints the number once it is acknowledged.

    python storage_writer.py URL NAME THREADS COUNT

It opens the database, prints `ready`, waits for a line on its standard input, and then writes COUNT times in each thread.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.storage import checks, counters
from server.storage.database import Database


def write_one(database: Database, name: str) -> int:
    """The number under which one check stands now; a common counter tells in which order all writers wrote."""

    def operation(session: Any) -> int:
        number = counters.following(session, name)
        document = {
            "check_id": f"{name}-{number}",
            "check_timestamp": "2026-04-05T14:00:00Z",
            "source_system": name,
            "proposal_id": str(counters.following(session, "order")),
            "verdict": "CLEAR",
        }
        checks.save(session, document, {})
        return number

    return database.write(operation)


def main() -> None:
    """Write as the arguments say."""
    url, name, threads, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    database = Database(url)
    database.read(lambda session: None)
    print("ready", flush=True)
    sys.stdin.readline()

    def loop() -> None:
        for _ in range(count):
            os.write(1, f"{write_one(database, name)}\n".encode())

    running = [threading.Thread(target=loop) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    database.close()


if __name__ == "__main__":
    main()
