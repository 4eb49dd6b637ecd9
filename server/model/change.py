"""A change: what a system wants to do differently with one resource."""

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from server.model.base import Json, JsonObject, Name, ResourceName, Seconds, Text, Value, as_timing
from server.model.contract import Meaning, ReadPaths


class TimingChange(Value):
    """When the resource will be written."""

    schedule: Name = ""
    """Cron expression with five fields, or six with the second first."""
    timezone: Name = ""
    """IANA zone of the schedule, such as `Europe/Berlin`; UTC where neither this nor the registration says one."""
    interval_seconds: Seconds | None = None
    """Time between two writes, in seconds, where there is no schedule."""
    duration_seconds: Seconds | None = None
    """How long a run takes, in seconds."""
    jitter_seconds: Seconds | None = None
    """By how many seconds a run may begin late."""


class FormatChange(Value):
    """How the resource will be laid out."""

    media_type: Name = ""
    """Such as `application/json; charset=utf-8`."""
    container: Name = ""
    """Such as `json`, `jsonl`, `csv` or `parquet`."""
    encoding: Name = ""
    """Character encoding or compression, such as `utf-8` or `gzip`."""
    naming: Name = ""
    """The new name of the file, or its pattern, such as `signals-{date}.json`."""


class Change(Value):
    """One element of `changes`. Every member but the resource is one facet of the change."""

    resource: Annotated[ResourceName | None, Field(validation_alias=AliasChoices("resource", "contract_id"))] = None
    """The path or URI as registered, or a contract's id (then also as `contract_id`); None = internal."""
    new_schema: JsonObject | bool | None = None
    """The whole JSON Schema of what will be written."""
    patch: Annotated[tuple[JsonObject, ...], Field(max_length=1_000)] | None = None
    """RFC 6902, against the current contract schema; `move` means a rename."""
    merge_patch: Json = None
    """RFC 7386, against the current contract schema."""
    samples_after: Annotated[tuple[Json, ...], Field(max_length=1_000)] = ()
    """Documents as they will be written: they prove breaks, never safety."""
    samples_before: Annotated[tuple[Json, ...], Field(max_length=1_000)] = ()
    """Documents as they are written today, to hold those after against."""
    timing: Annotated[TimingChange | None, BeforeValidator(as_timing)] = None
    """When the resource will be written; a cron expression alone is its schedule."""
    format: FormatChange | None = None
    """How the resource will be laid out, or called."""
    semantics: tuple[Meaning, ...] = ()
    """What values will mean, place by place."""
    capacity: dict[Name, Json] = {}
    """New amounts by name, such as `max_bytes` (bytes) or `reads_per_hour`; the name says the unit."""
    reader_schema: JsonObject | bool | None = None
    """A reader's change: what it will accept, as a JSON Schema."""
    reads: ReadPaths | None = None
    """A reader's change: the places that it will read."""
    removes: bool = False
    """The resource will no longer be written."""
    removes_dependency: Name = ""
    """A system whose output will no longer be read."""
    base_hash: Name = ""
    """Hash of the schema that the patch was made against."""
    description: Text = ""
    """What changes, in words; alone it goes to a person."""


FACETS = (
    "new_schema",
    "patch",
    "merge_patch",
    "samples_after",
    "timing",
    "format",
    "semantics",
    "capacity",
    "reader_schema",
    "reads",
    "removes",
    "removes_dependency",
)
"""Members that change something; the others describe."""
_BLANK = tuple((name, Change.model_fields[name].default) for name in FACETS)


def facets_of(change: Change) -> tuple[str, ...]:
    """The facets that the change sets, in the order of `FACETS`."""
    return tuple(name for name, blank in _BLANK if getattr(change, name) != blank)


def change_document(change: Change) -> JsonObject:
    """The change with only what it says, as it is sent."""
    return change.model_dump(mode="json", by_alias=True, exclude_defaults=True)
