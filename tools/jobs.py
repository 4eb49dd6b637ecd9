"""The tool that runs the server's own jobs."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from server.model.run import JobRun, RunState
from server.model.wording import counted
from server.surface import Answer, Arguments, Call, Next, Tool, argument

if TYPE_CHECKING:
    from server.services import Services


class RunJob(Arguments):
    """Which job, and what it is to look at."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "job": ("name", "kind", "type", "job_name"),
        "since": ("from", "start"),
        "until": ("to", "end"),
        "paths": ("path", "folders", "folder"),
    }
    job: str = argument(
        "registry, validation, discovery, patterns, learning, or all of them.", min_length=1, max_length=50
    )
    since: str = argument("ISO 8601; for jobs that look back.", "", max_length=40)
    until: str = argument("ISO 8601; for jobs that look back.", "", max_length=40)
    paths: tuple[str, ...] = argument(
        "Folders on the server's machine, for discovery, patterns and learning.", (), max_length=100
    )
    idempotency_key: str = argument("Same key, same run.", "", max_length=200)


def run_job(call: "Call[Services]", args: RunJob) -> Answer:
    """The job has run, or is on its way."""
    run = call.services.jobs.run(
        args.job,
        since=args.since,
        until=args.until,
        paths=args.paths,
        idempotency_key=args.idempotency_key,
        caller=call.caller,
        now=call.now,
        progress=_growing(call.progress),
    )
    there = Next("read_record", {"uri": f"concord://runs/{run.run_id}"})
    told = ("run_id", "job", "state", "started_at", "finished_at", "summary_data", "error")
    data = {name: value for name, value in run.model_dump(mode="json").items() if name in told}
    if not run.error:
        del data["error"]
    following = [there] if run.state is RunState.RUNNING else _to_read(run)
    return Answer(summary=sentence(run), data=data, next=following, uri=f"concord://runs/{run.run_id}")


def _growing(tell: Callable[[float, float, str], None]) -> Callable[[float, float, str], None]:
    """Tells only what has grown: the protocol wants every number of a call's progress above the one before."""
    told = [-1.0]

    def progress(done: float, total: float, message: str) -> None:
        if done > told[0]:
            told[0] = done
            tell(done, total, message)

    return progress


def sentence(run: JobRun) -> str:
    """How a run stands."""
    match run.state:
        case RunState.RUNNING:
            return f"{run.run_id} ({run.job}) is under way{_so_far(run)}; read it later."
        case RunState.FAILED:
            return f"{run.run_id} ({run.job}) failed: {run.error}"
        case RunState.SUCCEEDED:
            return f"{run.run_id} ({run.job}) is done{_learned(run)}."


def _learned(run: JobRun) -> str:
    """What others can use by now, where the run looked for that."""
    if "new" not in run.summary_data or "analysed" not in run.summary_data:
        return ""
    new, analysed = run.summary_data["new"], run.summary_data["analysed"]
    if new:
        named = ", ".join(one["id"] for one in new)
        return f": {counted(len(new), 'new shared entry', 'new shared entries')}, {named}"
    looked = f"{counted(analysed['promotions'], 'promotion')} and {counted(analysed['rejections'], 'rejection')}"
    return f": nothing new to share in {looked}"


def _to_read(run: JobRun) -> list[Next]:
    """The week's digest, after a run that wrote it."""
    if run.state is RunState.SUCCEEDED and run.summary_data.get("week_ending"):
        return [Next("read_record", {"uri": f"concord://digests/{run.summary_data['week_ending']}"})]
    return []


def _so_far(run: JobRun) -> str:
    return f" ({run.progress.message})" if run.progress.message else ""


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="run_job",
        toolset="admin",
        title="Run a job",
        description=(
            "Looks at the real world now, without waiting for the schedule: registry (health, gaps, circles), validation (contracts "
            "against the real files and tables), discovery (systems that nobody registered), patterns (what no single system sees, in "
            "what all reported), "
            "learning (what one system learned and others can use). A long one goes on by itself and is read at its concord://runs/ URI."
        ),
        arguments=RunJob,
        run=run_job,
        example={"job": "validation"},
        open_world=True,
    ),
)
