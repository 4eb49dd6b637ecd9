"""Queries over the runs of jobs."""

from typing import TYPE_CHECKING, Any

from server.model.run import JobRun, RunState
from server.storage import counters
from server.storage.lazily import sql, tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from server.storage.session import Session


def new_id(session: "Session", day: str) -> str:
    """The next run id of a day (`2026-04-05`): RUN-2026-04-05-001."""
    return f"RUN-{day}-{counters.following(session, f'run:{day}'):03d}"


def begin(session: "Session", run: JobRun) -> None:
    """The run is kept from here on."""
    session.connection().execute(sql.insert(tables.runs), {"run_id": run.run_id, **_columns(run)})


def progress(session: "Session", run: JobRun) -> bool:
    """The run stands as given, if it still runs in the eyes of everybody else; whether it does."""
    runs = tables.runs.c
    still = sql.update(tables.runs).where(runs.run_id == run.run_id, runs.state == RunState.RUNNING.value)
    return session.connection().execute(still.values(**_columns(run))).rowcount == 1


def load(session: "Session", run_id: str) -> JobRun | None:
    """The run of that id; of `latest`, the newest one."""
    chosen = sql.select(tables.runs.c.document)
    wanted = chosen.order_by(*_newest_first()).limit(1) if run_id == "latest" else chosen.where(_is(run_id))
    document = session.connection().execute(wanted).scalar()
    return None if document is None else JobRun.model_validate(document)


def under_way(session: "Session", job: str = "") -> list[JobRun]:
    """The runs that nobody has seen the end of, of one job or of all."""
    runs = tables.runs.c
    chosen = [runs.state == RunState.RUNNING.value, *([runs.job == job] if job else [])]
    rows = session.connection().execute(sql.select(runs.document).where(*chosen).order_by(runs.started_at, runs.run_id))
    return [JobRun.model_validate(document) for document in rows.scalars()]


def newest(session: "Session", *, job: str = "", since: str = "", until: str = "", limit: int = 10) -> list[JobRun]:
    """The runs of a job, or of all, that started in this time, newest first."""
    runs = tables.runs.c
    chosen: list[ColumnElement[bool]] = []
    if job:
        chosen.append(runs.job == job)
    if since:
        chosen.append(runs.started_at >= since)
    if until:
        chosen.append(runs.started_at <= until)
    rows = session.connection().execute(
        sql.select(runs.document).where(*chosen).order_by(*_newest_first()).limit(limit)
    )
    return [JobRun.model_validate(document) for document in rows.scalars()]


def ids_like(session: "Session", typed: str, limit: int) -> list[str]:
    """Run ids that begin so, newest first."""
    runs = tables.runs.c
    chosen = sql.select(runs.run_id).where(runs.run_id.startswith(typed, autoescape=True))
    return list(session.connection().execute(chosen.order_by(*_newest_first()).limit(limit)).scalars())


def _columns(run: JobRun) -> dict[str, Any]:
    told = {"job": run.job, "state": run.state.value, "started_at": run.started_at, "finished_at": run.finished_at}
    return {**told, "document": run.model_dump(mode="json")}


def _is(run_id: str) -> "ColumnElement[bool]":
    return tables.runs.c.run_id == run_id


def _newest_first() -> "list[Any]":
    runs = tables.runs.c
    return [runs.started_at.desc(), sql.func.length(runs.run_id).desc(), runs.run_id.desc()]
