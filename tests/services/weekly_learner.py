"""A process that looks whether the weekly run is due, carries it out if so, and prints which missed weeks it made up for.

    python weekly_learner.py URL CLOCK

CLOCK is a file with the server's time. It opens the database, prints `ready`, waits for a line on its standard input, and
prints `ran WEEK,…` or `left to another`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.app import build_services
from server.clock import clock_from, to_wire
from server.config import read_config
from server.jobs.timetable import SCHEDULE
from server.model.run import Job

PATIENCE = 60.0


def main() -> None:
    """Learn as the arguments say."""
    url, clock = sys.argv[1], f"@{sys.argv[2]}"
    environment = {"CONCORD_DATABASE_URL": url, "CONCORD_HOME": str(Path(__file__).parent), "CONCORD_NOW": clock}
    services = build_services(read_config(environment))
    services.jobs.newest()
    now = clock_from(clock).now()
    due = next(to_wire(one.last_due(now)) for one in SCHEDULE if one.job is Job.LEARNING)
    print("ready", flush=True)
    sys.stdin.readline()
    run = services.jobs.run_due(Job.LEARNING, due=due, now=now)
    if run is None:
        print("left to another", flush=True)
    else:
        done = services.jobs.wait_for(run.run_id, PATIENCE)
        weeks = [one["week_ending"] for one in done.summary_data["caught_up"]]
        print(f"ran {','.join(weeks)}", flush=True)
    services.close()


if __name__ == "__main__":
    main()
