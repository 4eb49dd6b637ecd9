"""Events folded into what they say together: jobs with everything they were seen to read and write, and datasets.

An input or output that any run named is one of the job's, whether that run completed or not: a run that failed has read
what it read. What the newest completed run no longer names is kept, and told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.exchange.discretion import address
from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Remarks
from server.exchange.openlineage.events import Event

Named = tuple[str, str]
"""Namespace and name, of a job or a dataset."""

_DATASET_FACETS = frozenset(
    {"schema", "documentation", "ownership", "symlinks", "dataSource", "columnLineage", "concord"}
)
_JOB_FACETS = frozenset({"documentation", "ownership", "sourceCodeLocation", "jobType", "tags", "schedule", "concord"})
_RUN_FACETS = frozenset({"parent", "airflow", "errorMessage", "dbt_version", "tags"})
_SILENT = frozenset(
    {
        # what a run measured, what ran it, and texts that may hold secrets: no part of what a system is
        *("processing_engine", "nominalTime", "environmentVariables", "spark_version", "spark.logicalPlan"),
        *("spark_properties", "dbt_run", "externalQuery", "external_query", "unknownSourceAttribute"),
        *("dataQualityMetrics", "dataQualityAssertions", "outputStatistics", "inputStatistics", "version", "storage"),
        *("datasetVersion", "lifecycleStateChange", "datasetType", "sql", "sourceCode", "root", "gcp_dataproc"),
    }
)


@dataclass
class Touch:
    """What is known of one dataset as a job's input or output."""

    runs: set[str] = field(default_factory=set)
    last: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """Its schema facet in the job's newest event that has one."""
    columns: set[str] = field(default_factory=set)
    """Of an input: the columns that the job's outputs are made of."""


@dataclass
class Run:
    """One run of a job."""

    moment: str = ""
    state: str = ""
    touched: set[Named] = field(default_factory=set)


@dataclass
class Job:
    """A job over all its runs."""

    key: Named
    place: str
    facets: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    run_facets: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    inputs: dict[Named, Touch] = field(default_factory=dict)
    outputs: dict[Named, Touch] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    def newest_complete(self) -> Run | None:
        """The newest run that completed and named any dataset at all."""
        complete = [run for run in self.runs.values() if run.state == "COMPLETE" and run.touched]
        return max(complete, key=lambda run: run.moment, default=None)

    def newest(self) -> Run | None:
        """The run of which something was heard last."""
        return max(self.runs.values(), key=lambda run: run.moment, default=None)


@dataclass
class Lineage:
    """What all events say together."""

    jobs: dict[Named, Job] = field(default_factory=dict)
    datasets: dict[Named, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Facets of every dataset that is named, the newest of each."""
    places: dict[Named, str] = field(default_factory=dict)
    """Where each dataset is named first."""
    foreign_columns: dict[tuple[Named, Named], str] = field(default_factory=dict)
    """(job, dataset) → place, where the column lineage names a dataset that is none of the job's inputs."""


def fold(events: Iterable[Event], remarks: Remarks) -> Lineage:
    """The jobs and datasets of these events, which come in their order in time."""
    lineage = Lineage()
    unknown: dict[tuple[str, str], list[str]] = {}
    for event in events:
        dataset = mapping(event.body.get("dataset"))
        if dataset and not mapping(event.body.get("job")):
            _take_dataset(lineage, dataset, event, ("dataset",), remarks, unknown)
            continue
        _take_job(lineage, event, remarks, unknown)
    _settle_columns(lineage)
    for (kind, name), places in sorted(unknown.items()):
        remarks.unmapped(
            places[0], f"the {kind} facet {name!r} has no counterpart here; it stands {len(places)} times in the events"
        )
    return lineage


def _take_job(lineage: Lineage, event: Event, remarks: Remarks, unknown: dict[tuple[str, str], list[str]]) -> None:
    key = named_in(event.body.get("job"))
    if key is None:
        remarks.unmapped(event.at("job"), "a job needs a name")
        return
    job = lineage.jobs.setdefault(key, Job(key, event.place, first=event.moment))
    job.last = max(job.last, event.moment)
    job.first = min(filter(None, (job.first, event.moment)), default="")
    _keep_facets(
        job.facets, mapping(event.body.get("job")).get("facets"), _JOB_FACETS, "job", event.at("job", "facets"), unknown
    )
    run = _run_of(job, event, remarks)
    run_facets = mapping(event.body.get("run")).get("facets")
    _keep_facets(job.run_facets, run_facets, _RUN_FACETS, "run", event.at("run", "facets"), unknown)
    for member, touches in (("inputs", job.inputs), ("outputs", job.outputs)):
        listed = event.body.get(member)
        if listed is not None and not isinstance(listed, list):
            remarks.unmapped(event.at(member), "not a list of datasets")
        for position, dataset in enumerate(sequence(listed)):
            named = _take_dataset(lineage, mapping(dataset), event, (member, position), remarks, unknown)
            if named is None:
                continue
            touch = touches.setdefault(named, Touch())
            touch.last = max(touch.last, event.moment)
            if run is not None:
                touch.runs.add(run[0])
                run[1].touched.add(named)
            facets = mapping(mapping(dataset).get("facets"))
            if mapping(facets.get("schema")).get("fields"):
                touch.schema = mapping(facets["schema"])
            if member == "outputs":
                _take_columns(lineage, job, mapping(facets.get("columnLineage")), event.at(member, position))


def _run_of(job: Job, event: Event, remarks: Remarks) -> tuple[str, Run] | None:
    """The run that the event belongs to, brought up to date; None for an event about the job alone."""
    if not isinstance(event.body.get("run"), Mapping):
        return None
    run_id = words(event.body["run"].get("runId"))
    if not run_id:
        remarks.unmapped(event.at("run", "runId"), "a run without an id; what it touched counts all the same")
        return None
    run = job.runs.setdefault(run_id, Run())
    run.moment = max(run.moment, event.moment)
    state = words(event.body.get("eventType")).upper()
    if state in ("COMPLETE", "FAIL", "ABORT") or run.state not in ("COMPLETE", "FAIL", "ABORT"):
        run.state = state or run.state
    return run_id, run


def _take_dataset(
    lineage: Lineage,
    dataset: Mapping[str, Any],
    event: Event,
    where: tuple[str | int, ...],
    remarks: Remarks,
    unknown: dict[tuple[str, str], list[str]],
) -> Named | None:
    named = named_in(dataset)
    if named is None:
        remarks.unmapped(event.at(*where), "a dataset needs a name")
        return None
    known = lineage.datasets.setdefault(named, {})
    lineage.places.setdefault(named, event.at(*where))
    _keep_facets(known, dataset.get("facets"), _DATASET_FACETS, "dataset", event.at(*where, "facets"), unknown)
    for member in ("inputFacets", "outputFacets"):
        _keep_facets({}, dataset.get(member), frozenset(), "dataset", event.at(*where, member), unknown)
    return named


def _keep_facets(
    kept: dict[str, Mapping[str, Any]],
    facets: Any,
    known: frozenset[str],
    kind: str,
    place: str,
    unknown: dict[tuple[str, str], list[str]],
) -> None:
    """The newest of each facet that is understood; the others are remembered with their place."""
    for name, facet in mapping(facets).items():
        if name in known and isinstance(facet, Mapping):
            if facet.get("_deleted") is True:
                kept.pop(name, None)
            else:
                kept[name] = facet
        elif name not in _SILENT:
            unknown.setdefault((kind, str(name)), []).append(f"{place}/{name}")


def _take_columns(lineage: Lineage, job: Job, facet: Mapping[str, Any], place: str) -> None:
    """The columns of inputs that an output is made of, kept until it is known which inputs the job has."""
    made_of = [
        entry
        for column in mapping(facet.get("fields")).values()
        for entry in sequence(mapping(column).get("inputFields"))
    ]
    for entry in (*made_of, *sequence(facet.get("dataset"))):
        source, column = named_in(entry), words(mapping(entry).get("field"))
        if source is None or not column:
            continue
        if source in job.inputs:
            job.inputs[source].columns.add(column)
        elif source not in job.outputs:
            lineage.foreign_columns.setdefault((job.key, source), f"{place}/facets/columnLineage")


def _settle_columns(lineage: Lineage) -> None:
    """A dataset that an earlier event's column lineage named and a later one lists as an input is nothing foreign."""
    for job_key, source in list(lineage.foreign_columns):
        if source in lineage.jobs[job_key].inputs:
            del lineage.foreign_columns[job_key, source]


def named_in(value: Any) -> Named | None:
    """Namespace and name of a job or dataset, without the credentials that an address may hold; None without a name."""
    stated = mapping(value)
    name = address(words(stated.get("name")))
    return (address(words(stated.get("namespace"))), name) if name else None
