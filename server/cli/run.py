"""Run a job now: registry, validation, discovery, or all of them.

registry looks after the systems' health and derives gaps and circles anew; validation holds every contract against the
real file, table or endpoint; discovery looks through folders for systems that nobody registered (the PATHs, else
CONCORD_SCAN_PATHS, else what was looked through last). A job that runs already, in whatever process, is waited for
instead of being run twice. Exit codes: 0 it succeeded, 3 it failed or can't be run.
"""

import argparse
import math
from collections.abc import Mapping

from server.cli.commands import BAD_INPUT
from server.cli.output import show, show_json, show_progress
from server.cli.session import add_database_flag, add_json_flag, opened
from server.model.base import Json, JsonObject
from server.model.run import Job, JobRun, RunState

MOST_LINES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord run` takes."""
    parser.add_argument("job", metavar="JOB", help="registry, validation, discovery, or all")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a folder that discovery looks through")
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run it to its end, and say what came of it."""
    with opened(arguments) as session:
        done = session.services.jobs.run(
            arguments.job,
            paths=arguments.paths,
            caller=session.config.system,
            now=session.now(),
            wait=math.inf,
            progress=_tell,
        )
    if arguments.json:
        show_json(done.model_dump(mode="json"))
    else:
        _show(done)
    return 0 if done.state is RunState.SUCCEEDED else BAD_INPUT


def _tell(done: float, total: float, message: str) -> None:
    show_progress(f"{done / total:.0%} {message}" if total else message)


def _show(done: JobRun) -> None:
    if done.job != Job.ALL:
        _show_run(done.model_dump(mode="json"), done.job)
        return
    show(f"{done.run_id} ({done.job}) {done.state.lower()}{': ' + done.error if done.error else ''}")
    for job, part in done.summary_data.items():
        _show_run(part, job)


def _show_run(run: JsonObject, job: str) -> None:
    """A run, or the part of one, with what came of it."""
    if "run_id" not in run:
        show(f"{job} was left out: {run['skipped']}")
        return
    show(f"{run['run_id']} ({job}) {run['state'].lower()}{': ' + run['error'] if run.get('error') else ''}")
    _show_members(run["summary_data"], "  ")


def _show_members(members: Mapping[str, Json], indent: str) -> None:
    """What is told of a run: its figures in a line, then what has members of its own; lists by their first entries."""
    if figures := _line(members):
        show(f"{indent}{figures}")
    for name, value in members.items():
        title = name.replace("_", " ")
        if isinstance(value, Mapping) and value:
            show(f"{indent}{title}:")
            _show_members(value, indent + "  ")
        elif isinstance(value, list) and value:
            show(f"{indent}{title}: {len(value)}")
            for one in value[:MOST_LINES]:
                show(f"{indent}  {_line(one) if isinstance(one, Mapping) else one}")
            if len(value) > MOST_LINES:
                show(f"{indent}  and {len(value) - MOST_LINES} more (--json names them all)")


def _line(members: Mapping[str, Json]) -> str:
    """The members that are a number or a text."""
    plain = {name: value for name, value in members.items() if isinstance(value, int | float | str) and value != ""}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in plain.items() if name != "run_id")
