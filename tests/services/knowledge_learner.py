"""A process that synthesises what systems learned, and prints how many entries it found new.

    python knowledge_learner.py URL [STOP]

It opens the database, prints `ready`, waits for a line on its standard input, and synthesises. With STOP it prints `inside`
when new entries are written but for the systems that they are of use to, and goes no further than that.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.storage import knowledge
from tests.services.proposal_writer import NOW, opened


def stop() -> None:
    """The transaction that stores new entries is not ended."""

    def stopped(session: Any, entries: Any, at: int) -> None:
        print("inside", flush=True)
        sys.stdin.read()

    knowledge._put_systems = stopped


def main() -> None:
    """Synthesise as the arguments say."""
    services = opened(sys.argv[1])
    services.knowledge.find(now=NOW)
    if len(sys.argv) > 2:
        stop()
    print("ready", flush=True)
    sys.stdin.readline()
    print(len(services.knowledge.synthesise(NOW)["new"]), flush=True)
    services.close()


if __name__ == "__main__":
    main()
