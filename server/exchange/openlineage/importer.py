"""From OpenLineage events to systems: one per job, with the datasets that it was seen to read and write (REG-11)."""

import re
from collections.abc import Mapping

from server.errors import InvalidArgument
from server.exchange.criticality import tier_of_words
from server.exchange.discretion import address
from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Imported, ListedSystem, Remarks, found_in
from server.exchange.making import made_system, plain_id
from server.exchange.openlineage.aliases import Names
from server.exchange.openlineage.events import events_of, recognises
from server.exchange.openlineage.fields import item_schema
from server.exchange.openlineage.lineage import Job, Lineage, Named, Touch, fold, named_in
from server.exchange.source import Nearby, Request, SourceFile
from server.model.base import JsonObject
from server.model.contract import Basis, ContractType, pointer_to
from server.model.datasets import dataset_uri

KIND = "openlineage"
ENDINGS = (".json", ".ndjson", ".jsonl")
__all__ = ["ENDINGS", "KIND", "files_in", "read_openlineage", "recognises"]

OWN = "concord"
"""The facet of an export of ours: the system's id and tier, the resource as it is called here."""
_DBT_COMMAND = re.compile(r"(\.build)?\.(run|snapshot)$")
_CRON = re.compile(r"^\s*(\S+\s+){4}\S+\s*$|^@(hourly|daily|weekly|monthly|yearly|annually|midnight)$")


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """Events have no file name of their own: a folder is looked through by what its files hold."""
    return []


def read_openlineage(request: Request) -> Imported:
    """The systems of the events' jobs, over all their runs.

    Raises InvalidArgument where no file holds JSON, or none of it is an event.
    """
    remarks = Remarks()
    lineage = fold(events_of(request.files, remarks), remarks)
    if not lineage.jobs and not lineage.datasets:
        raise InvalidArgument("There is no OpenLineage event in what was given.")
    reader = _Reader(lineage, remarks)
    systems = [listed for job in lineage.jobs.values() if (listed := reader.system(job))]
    reader.note_the_rest()
    return found_in(request.place, KIND, systems, remarks)


def job_id(job: Job) -> str:
    """The id of the system that a job is; a model that dbt runs is the one that its manifest lists."""
    namespace, name = job.key
    if own := words(mapping(job.facets.get(OWN)).get("system_id")):
        return plain_id(own)
    stated = mapping(job.facets.get("jobType"))
    integration, kind = words(stated.get("integration")).upper(), words(stated.get("jobType")).upper()
    by_dbt = integration == "DBT" and kind in ("MODEL", "SNAPSHOT", "SEED")
    if by_dbt or (not stated and "dbt_version" in job.run_facets and job.outputs and name.count(".") > 1):
        return plain_id(f"dbt:{_DBT_COMMAND.sub('', name)}")
    return plain_id(f"{namespace}/{name}" if namespace else name)


class _Reader:
    """Makes systems of jobs that know each other's datasets."""

    def __init__(self, lineage: Lineage, remarks: Remarks) -> None:
        self._lineage = lineage
        self._remarks = remarks
        self._names = Names(lineage)
        self._ids = {key: job_id(job) for key, job in lineage.jobs.items()}
        self._writers: dict[str, list[Job]] = {}
        for job in lineage.jobs.values():
            for dataset in job.outputs:
                self._writers.setdefault(self.resource(dataset), []).append(job)
        self._schemas: dict[str, JsonObject] = {}

    def resource(self, dataset: Named) -> str:
        """The resource that a dataset is, under whichever of its names it is called."""
        first = self._names.first_of(dataset)
        own = mapping(self._lineage.datasets.get(first, {}).get(OWN))
        return words(own.get("resource")) or dataset_uri(*first)

    def system(self, job: Job) -> ListedSystem | None:
        """The system that the job is."""
        namespace, name = job.key
        own = mapping(job.facets.get(OWN))
        reads, writes = self._merged(job.inputs), self._merged(job.outputs)
        tier, basis = tier_of_words(_tags(job))
        newest = job.newest()
        facts: JsonObject = {"namespace": namespace, "name": name, "runs": len(job.runs)}
        facts.update({key: value for key, value in (("first_seen", job.first), ("last_seen", job.last)) if value})
        if newest is not None and newest.state:
            facts["last_run"] = {"state": newest.state, "at": newest.moment}
        kind = mapping(job.facets.get("jobType"))
        facts.update(
            {
                member: words(kind[source], 100)
                for member, source in (
                    ("processing_type", "processingType"),
                    ("integration", "integration"),
                    ("job_type", "jobType"),
                )
                if words(kind.get(source))
            }
        )
        document: JsonObject = {
            "id": self._ids[job.key],
            "name": words(own.get("name"), 200) or name[:200],
            "description": words(mapping(job.facets.get("documentation")).get("description"), 4_000)
            or f"Job of {namespace or 'no namespace'}, seen in OpenLineage events.",
            "owner": _owner(job),
            "tier": tier,
            "parent": self._parent(job),
            "dependencies": [words(one, 200) for one in sequence(own.get("dependencies")) if words(one)],
            "reads_from": [self._access(resource, found, job) for resource, found in reads.items()],
            "writes_to": [self._access(resource, found, job) for resource, found in writes.items()],
            "contracts": [*self._promises(job, writes), *self._needs(job, reads)],
            "openlineage": facts,
        }
        if schedule := _schedule(job):
            document["timing"] = {"schedule": schedule}
        location = mapping(job.facets.get("sourceCodeLocation"))
        if url := words(location.get("url")):
            document["source_code"] = {
                "url": address(url),
                **{
                    part: words(location[part], 400)
                    for part in ("path", "branch", "tag", "version")
                    if words(location.get(part))
                },
            }
        return made_system(document, item=f"{namespace}/{name}", place=job.place, basis=basis, remarks=self._remarks)

    def note_the_rest(self) -> None:
        """What no system holds is said: datasets that no job touches, schemas that no job promises, foreign columns."""
        read = {self.resource(one) for job in self._lineage.jobs.values() for one in job.inputs}
        foreign = sorted(read.difference(self._writers))
        if foreign:
            shown = ", ".join(foreign[:10]) + (", …" if len(foreign) > 10 else "")
            self._remarks.note(f"{len(foreign)} datasets are read and written by none of these jobs: {shown}.")
        touched = read.union(self._writers)
        for dataset, facets in self._lineage.datasets.items():
            if self.resource(dataset) not in touched:
                self._remarks.unmapped(
                    self._lineage.places[dataset], f"no job here reads or writes {self.resource(dataset)}"
                )
            if mapping(facets.get("schema")).get("fields") and self.resource(dataset) not in self._writers:
                self._remarks.unmapped(
                    f"{self._lineage.places[dataset]}/facets/schema",
                    f"no job here writes {self.resource(dataset)}, so that nobody can promise its schema",
                )
            for entry in sequence(mapping(facets.get("symlinks")).get("identifiers")):
                if not words(mapping(entry).get("name")):
                    self._remarks.unmapped(
                        f"{self._lineage.places[dataset]}/facets/symlinks", "an identifier without a name"
                    )
        for (job, dataset), place in self._lineage.foreign_columns.items():
            if self.resource(dataset) in {self.resource(one) for one in self._lineage.jobs[job].inputs}:
                continue
            self._remarks.dangling(
                f"{'/'.join(job)} ({place})",
                "/".join(dataset),
                "the column lineage names it, but no event lists it among the job's inputs; no edge made of it",
            )

    def _merged(self, touches: Mapping[Named, Touch]) -> dict[str, dict[Named, Touch]]:
        """The touches by resource: one dataset may be called by several names."""
        found: dict[str, dict[Named, Touch]] = {}
        for dataset, touch in touches.items():
            found.setdefault(self.resource(dataset), {})[dataset] = touch
        return found

    def _access(self, resource: str, touches: Mapping[Named, Touch], job: Job) -> JsonObject:
        runs = set().union(*(touch.runs for touch in touches.values()))
        last = max(touch.last for touch in touches.values())
        said = f"named in {len(runs)} of {len(job.runs)} runs" if job.runs else "named by a job event"
        newest = job.newest_complete()
        if newest is not None and runs and not newest.touched.intersection(touches) and last < newest.moment:
            said += f", not since {last}: the run of {newest.moment} no longer names it"
            self._remarks.note(f"{'/'.join(job.key)}: {resource} was last named at {last}, and not in the newest run.")
        elif last:
            said += f", last at {last}"
        namespace, name = next(iter(touches))
        access: JsonObject = {
            "resource": resource,
            "type": "dataset",
            "basis": Basis.OBSERVED if runs else Basis.DECLARED,
            "evidence": f"OpenLineage events: {said}",
            "dataset": {"namespace": namespace, "name": name},
        }
        others = {*self._names.all_of((namespace, name)), *touches} - {(namespace, name)}
        if others:
            access["also_called"] = [{"namespace": one[0], "name": one[1]} for one in sorted(others)]
        return access

    def _promises(self, job: Job, writes: Mapping[str, Mapping[Named, Touch]]) -> list[JsonObject]:
        """A contract for every output whose schema was seen: in the job's own events, else in anybody's."""
        promises = []
        for resource, touches in writes.items():
            facet = next((touch.schema for touch in touches.values() if touch.schema), None)
            if facet is None:
                called = {name for dataset in touches for name in self._names.all_of(dataset)}
                known = (mapping(self._lineage.datasets.get(name, {}).get("schema")) for name in sorted(called))
                facet = next((one for one in known if one.get("fields")), None)
            schema, unknown = item_schema(facet) if facet else ({}, [])
            for one in unknown:
                self._remarks.unmapped(
                    f"{job.place}: schema of {resource}", f"{one} is no type that is known; any value may stand there"
                )
            if schema:
                promises.append(
                    {"type": ContractType.PRODUCER, "resource": resource, "schema": schema, "basis": Basis.OBSERVED}
                )
        return promises

    def _needs(self, job: Job, reads: Mapping[str, Mapping[Named, Touch]]) -> list[JsonObject]:
        """A contract for every input of which the column lineage says which columns are used."""
        needs = []
        for resource, touches in reads.items():
            columns = sorted({column for touch in touches.values() for column in touch.columns})
            if not columns:
                continue
            writers = {self._ids[writer.key] for writer in self._writers.get(resource, ())} - {self._ids[job.key]}
            needs.append(
                {
                    "type": ContractType.CONSUMER,
                    "resource": resource,
                    "counterparty": next(iter(writers)) if len(writers) == 1 else "",
                    "reads": [pointer_to(column)[:1_000] for column in columns],
                    "basis": Basis.OBSERVED,
                }
            )
        return needs

    def _parent(self, job: Job) -> str:
        key = named_in(mapping(job.run_facets.get("parent")).get("job"))
        if key is None or key == job.key:
            return ""
        if key in self._ids:
            return self._ids[key]
        self._remarks.dangling("/".join(job.key), "/".join(key), "named as the parent job, but no event is about it")
        return ""


def _tags(job: Job) -> list[tuple[str, str]]:
    facets = (mapping(holder.get("tags")) for holder in (job.run_facets, job.facets))
    tags = [tag for facet in facets for tag in sequence(facet.get("tags"))]
    said = [(words(mapping(tag).get("key")), words(mapping(tag).get("value"))) for tag in tags]
    return [*said, ("concord.tier", words(mapping(job.facets.get(OWN)).get("tier")))]


def _owner(job: Job) -> str:
    owners = [mapping(owner) for owner in sequence(mapping(job.facets.get("ownership")).get("owners"))]
    return ", ".join(dict.fromkeys(words(owner.get("name"), 100) for owner in owners if words(owner.get("name"))))[:200]


def _schedule(job: Job) -> str:
    """The cron expression that the job's own facet or its Airflow DAG states."""
    dag = mapping(mapping(job.run_facets.get("airflow")).get("dag"))
    said = [mapping(job.facets.get("schedule")).get(name) for name in ("cron", "schedule", "expression")]
    said += [dag.get(name) for name in ("schedule_interval", "timetable_summary")]
    return next((words(one, 200) for one in said if isinstance(one, str) and _CRON.match(one)), "")
