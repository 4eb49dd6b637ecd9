"""A process that keeps the schedule if it is the leader, and prints what it does.

    python job_keeper.py URL CLOCK LEASE_SECONDS [hangs]

It opens the database, prints `ready`, waits for a line on its standard input, and then looks again and again. CLOCK is a
file with the time by which jobs are due. It prints `leads` when it begins to, and `begun JOB RUN` for each run; where it
`hangs`, no run of its ever ends.
"""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.clock import clock_from
from server.jobs.leader import Leader
from server.jobs.running import Errand
from server.jobs.service import JobService
from server.model.base import JsonObject
from server.model.run import Job
from server.storage.database import Database

LOOK_SECONDS = 0.05


def main() -> None:
    """Keep the schedule until somebody ends this."""
    url, clock_file, lease_seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    hangs = sys.argv[4:] == ["hangs"]

    def work(errand: Errand) -> JsonObject:
        if hangs:
            threading.Event().wait()
        return {}

    database, clock = Database(url), clock_from(f"@{clock_file}")
    jobs = JobService(
        database, {job: work for job in Job if job is not Job.ALL}, now=clock.now, lease_seconds=lease_seconds
    )
    leader = Leader(database, jobs, now=clock.now, folders=tuple, lease_seconds=lease_seconds)
    database.read(lambda session: None)
    print("ready", flush=True)
    sys.stdin.readline()
    pause, led = threading.Event(), False
    known: set[str] = set()
    while True:
        run = leader.look()
        if leader.leads and not led:
            print("leads", flush=True)
        led = leader.leads
        if run is not None and run.run_id not in known:
            known.add(run.run_id)
            print(f"begun {run.job} {run.run_id}", flush=True)
        pause.wait(LOOK_SECONDS)


if __name__ == "__main__":
    main()
