"""Short spellings of OpenLineage events, and of what an import made of them."""

import json
from collections.abc import Iterable
from typing import Any

from server.exchange.imported import Imported
from server.exchange.openlineage.importer import read_openlineage
from server.exchange.source import Request, SourceFile


def dataset(name: str, namespace: str = "s3://lake", **facets: Any) -> dict[str, Any]:
    """A dataset with its facets."""
    return {"namespace": namespace, "name": name, "facets": facets}


def fields(*names_and_types: tuple[str, str]) -> dict[str, Any]:
    """A schema facet."""
    return {"fields": [{"name": name, "type": kind} for name, kind in names_and_types]}


def run(
    job: str,
    reads: Iterable[Any] = (),
    writes: Iterable[Any] = (),
    *,
    state: str = "COMPLETE",
    number: int = 1,
    facets: dict[str, Any] | None = None,
    run_facets: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The event of one run; runs of higher numbers are later ones. A name alone is a dataset in the lake."""

    def given(one: Any) -> dict[str, Any]:
        found: dict[str, Any] = dataset(one) if isinstance(one, str) else one
        return found

    return {
        "eventType": state,
        "eventTime": f"2026-03-{number:02}T06:00:00Z",
        "run": {"runId": f"{job}-{number}", "facets": run_facets or {}},
        "job": {"namespace": "etl", "name": job, "facets": facets or {}},
        "inputs": [given(one) for one in reads],
        "outputs": [given(one) for one in writes],
    }


def imported(*events: Any) -> Imported:
    """What an import makes of the events, one per line."""
    text = "\n".join(json.dumps(event) for event in events)
    return read_openlineage(Request((SourceFile("/x/events.ndjson", text),)))


def edges(found: Imported) -> set[tuple[str, str, str]]:
    """(job, `reads` or `writes`, resource) of every access."""
    return {
        (listed.system.name, verb, access.resource)
        for listed in found.systems
        for verb, accesses in (("reads", listed.system.reads_from), ("writes", listed.system.writes_to))
        for access in accesses
    }
