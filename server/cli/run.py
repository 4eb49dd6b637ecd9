"""Run a job now: registry, validation, discovery, patterns, learning, or all of them.

registry looks after the systems' health and derives gaps and circles anew; validation holds every contract against the
real file, table or endpoint; discovery looks through folders for systems that nobody registered (the PATHs, else
CONCORD_SCAN_PATHS, else what was looked through last); patterns reads systems' own folders (those in the PATHs, else all)
and looks for what no single system can see in what was reported of 90 days, or between --since and --until; learning reads
them too, looks for what one system learned and others can use, in 30 days, and writes the week's digest. A job that
runs already, in whatever process, is waited for instead of being run twice. Exit codes: 0 it succeeded, 3 it failed or can't
be run.
"""

import argparse
import math
from collections.abc import Mapping

from server.cli.active_patterns import active_patterns, show_patterns
from server.cli.commands import BAD_INPUT
from server.cli.output import show, show_json, show_progress
from server.cli.session import add_database_flag, add_json_flag, opened
from server.model.base import Json, JsonObject
from server.model.run import Job, JobRun, RunState

MOST_LINES = 20
KEYED_BY_DATA = frozenset({"by_system", "by_tier", "by_status", "by_type", "open_findings", "most_depended_on"})
"""Members whose own members are named by ids and values, which are shown as they are written."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord run` takes."""
    parser.add_argument("job", metavar="JOB", help="registry, validation, discovery, patterns, learning, or all")
    parser.add_argument(
        "paths",
        nargs="*",
        default=[],
        metavar="PATH",
        help="a folder that discovery, patterns or learning looks through",
    )
    parser.add_argument(
        "--since", default="", metavar="MOMENT", help="ISO 8601; how far patterns or learning looks back"
    )
    parser.add_argument(
        "--until", default="", metavar="MOMENT", help="ISO 8601; where patterns or learning stops looking"
    )
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run it to its end, and say what came of it."""
    with opened(arguments) as session:
        done = session.services.jobs.run(
            arguments.job,
            paths=arguments.paths,
            since=arguments.since,
            until=arguments.until,
            caller=session.config.system,
            now=session.now(),
            wait=math.inf,
            progress=_tell,
        )
        looked_for_patterns = done.job in (Job.PATTERNS, Job.ALL) and not arguments.json
        found = active_patterns(session.services.patterns, session.now(), MOST_LINES) if looked_for_patterns else []
    if arguments.json:
        show_json(done.model_dump(mode="json"))
    else:
        _show(done)
        if done.job in (Job.LEARNING, Job.ALL) and done.state is RunState.SUCCEEDED:
            _show_digest(done)
        if found:
            show("active patterns (concord export DIR --html draws them):")
            show_patterns(found)
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


def _show_digest(done: JobRun) -> None:
    """Where the digest stands, and that nothing new is in it where nothing is: so nobody looks for a fault."""
    learning = done.summary_data if done.job == Job.LEARNING else done.summary_data["learning"].get("summary_data", {})
    if not learning.get("new"):
        show("nothing new to share")
    show("the week's digest: concord://digests/latest; concord export DIR writes it as learning_digest.html, too")


def _show_run(run: JsonObject, job: str) -> None:
    """A run, or the part of one, with what came of it."""
    if "run_id" not in run:
        show(f"{job} was left out: {run['skipped']}")
        return
    show(f"{run['run_id']} ({job}) {run['state'].lower()}{': ' + run['error'] if run.get('error') else ''}")
    _show_members(run["summary_data"], "  ")


def _show_members(members: Mapping[str, Json], indent: str, *, of_data: bool = False) -> None:
    """What is told of a run: its figures in a line, then what has members of its own; lists by their first entries.

    Why nothing was done is a sentence of its own; a member in which there is nothing but noughts is left out.
    """
    if skipped := members.get("skipped"):
        show(f"{indent}{skipped}")
        members = {name: value for name, value in members.items() if name != "skipped"}
    if figures := _line(members, of_data=of_data):
        show(f"{indent}{figures}")
    for name, value in members.items():
        title = _title(name, of_data=of_data)
        if isinstance(value, Mapping) and (same := _all_the_same(value)):
            show(f"{indent}{title}: all {same}")
        elif isinstance(value, Mapping) and any(value.values()):
            show(f"{indent}{title}:")
            _show_members(value, indent + "  ", of_data=name in KEYED_BY_DATA and not of_data)
        elif isinstance(value, list) and value:
            show(f"{indent}{title}: {len(value)}")
            for one in value[:MOST_LINES]:
                show(f"{indent}  {_line(one) if isinstance(one, Mapping) else one}")
            if len(value) > MOST_LINES:
                show(f"{indent}  and {len(value) - MOST_LINES} more (--json names them all)")


def _all_the_same(members: Mapping[str, Json]) -> str:
    """The text that each of three and more members is; empty where they are others."""
    texts = {value if isinstance(value, str) else "" for value in members.values()}
    return texts.pop() if len(members) > 2 and len(texts) == 1 else ""


def _line(members: Mapping[str, Json], *, of_data: bool = False) -> str:
    """The members that are a number or a text."""
    plain = {name: value for name, value in members.items() if isinstance(value, int | float | str) and value != ""}
    return ", ".join(f"{_title(name, of_data=of_data)} {value}" for name, value in plain.items() if name != "run_id")


def _title(name: str, *, of_data: bool) -> str:
    """A member's name in words; where it is an id or a value of somebody's, as it is written."""
    return name if of_data else name.replace("_", " ")
