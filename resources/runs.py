"""Runs of the server's own jobs."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from resources.records import SUGGESTED
from server.errors import NotFound
from server.surface import Call, ResourceTemplate

if TYPE_CHECKING:
    from server.services import Services


def read_run(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """How far the run is, and what came of it."""
    if call.caller:
        raise NotFound(f"No run goes by {values['id'][:100]!r}.")
    run = call.services.jobs.get(values["id"])
    return json.dumps(run.model_dump(mode="json"), ensure_ascii=False, indent=1)


def complete_run(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Run ids that begin so, newest first."""
    return [] if call.caller else call.services.jobs.ids_like(typed, SUGGESTED)


TEMPLATES: tuple[ResourceTemplate, ...] = (
    ResourceTemplate(
        uri_template="concord://runs/{id}",
        name="run",
        title="A run of a job",
        description="How far a job's run is, and what came of it; `latest` is the newest.",
        read=read_run,
        complete={"id": complete_run},
    ),
)
