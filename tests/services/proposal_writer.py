"""A process that submits proposals, or accepts them, and prints what is acknowledged.

    python proposal_writer.py URL submit SYSTEM COUNT
    python proposal_writer.py URL accept SYSTEM COUNT

It opens the database, prints `ready`, waits for a line on its standard input, and then submits COUNT proposals for the
system, each with the same change, or says ACCEPT for the system on PROP-001 to PROP-<COUNT>.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.app import build_services
from server.config import Config, read_config
from server.model.proposal import DecisionKind
from server.proposals.deciding import Saying
from server.proposals.drafting import Wish

if TYPE_CHECKING:
    from server.services import Services

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
RESOURCE = "/srv/shared.json"
NARROW = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
WIDE = {"type": "object", "properties": {"id": {"type": "number"}}}


def opened(url: str) -> "Services":
    """The services on that database."""
    return build_services(config_of(url))


def config_of(url: str) -> Config:
    """What an environment with that database says."""
    return read_config({"CONCORD_DATABASE_URL": url, "CONCORD_HOME": str(Path(__file__).parent)})


def submit(services: "Services", system: str) -> str:
    """The id of a proposal that breaks every reader."""
    wish = Wish(
        source_system=system, changes=[{"resource": RESOURCE, "new_schema": WIDE}], state="READY_FOR_SHADOW_TEST"
    )
    answer: str = services.proposals.submit(wish, caller=system, now=NOW)["proposal_id"]
    return answer


def accept(services: "Services", system: str, number: int) -> str:
    """The id of the proposal that the system accepted."""
    proposal_id = f"PROP-{number:03d}"
    services.proposals.decide(proposal_id, Saying(DecisionKind.ACCEPT), caller=system, now=NOW)
    return proposal_id


def main() -> None:
    """Write as the arguments say."""
    url, what, system, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    services = opened(url)
    services.proposals.counts()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(1, count + 1):
        done = submit(services, system) if what == "submit" else accept(services, system, number)
        os.write(1, f"{done}\n".encode())
    services.close()


if __name__ == "__main__":
    main()
