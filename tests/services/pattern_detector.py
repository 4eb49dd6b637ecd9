"""A process that looks for patterns, and prints how many it found new.

    python pattern_detector.py URL [STOP]

It opens the database, prints `ready`, waits for a line on its standard input, and detects. With STOP it prints `inside` when
it is about to keep the events of the pattern of that number, and goes no further than that.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.storage import patterns
from tests.services.proposal_writer import NOW, opened


def stop_at(number: int) -> None:
    """From the pattern of that number on nothing is stored, nor is the transaction ended."""
    add = patterns.add_events
    seen: list[str] = []

    def add_or_stop(session: Any, pattern_id: str, rows: Iterable[Any], *, most: int) -> None:
        seen.append(pattern_id)
        if len(seen) >= number:
            print("inside", flush=True)
            sys.stdin.read()
        add(session, pattern_id, rows, most=most)

    patterns.add_events = add_or_stop


def main() -> None:
    """Detect as the arguments say."""
    services = opened(sys.argv[1])
    services.patterns.find()
    if len(sys.argv) > 2:
        stop_at(int(sys.argv[2]))
    print("ready", flush=True)
    sys.stdin.readline()
    print(services.patterns.detect(NOW)["new"], flush=True)
    services.close()


if __name__ == "__main__":
    main()
