"""A change: what a system wants to do differently with one resource."""

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from server.model.base import Json, JsonObject, Name, ResourceName, Seconds, Text, Value, as_timing
from server.model.contract import Meaning, ReadPaths


class TimingChange(Value):
    """When the resource will be written."""

    schedule: Name = ""
    timezone: Name = ""
    interval_seconds: Seconds | None = None
    duration_seconds: Seconds | None = None
    jitter_seconds: Seconds | None = None


class FormatChange(Value):
    """How the resource will be laid out."""

    media_type: Name = ""
    container: Name = ""
    encoding: Name = ""
    naming: Name = ""


class Change(Value):
    """One element of `changes`. Every member but the resource is one facet of the change."""

    resource: Annotated[ResourceName | None, Field(validation_alias=AliasChoices("resource", "contract_id"))] = None
    """The path or URI as registered, or a contract's id (then also as `contract_id`); None = internal."""
    new_schema: JsonObject | bool | None = None
    patch: Annotated[tuple[JsonObject, ...], Field(max_length=1_000)] | None = None
    """RFC 6902, against the current contract schema; `move` means a rename."""
    merge_patch: Json = None
    samples_after: Annotated[tuple[Json, ...], Field(max_length=1_000)] = ()
    samples_before: Annotated[tuple[Json, ...], Field(max_length=1_000)] = ()
    timing: Annotated[TimingChange | None, BeforeValidator(as_timing)] = None
    format: FormatChange | None = None
    semantics: tuple[Meaning, ...] = ()
    capacity: dict[Name, Json] = {}
    reader_schema: JsonObject | bool | None = None
    reads: ReadPaths | None = None
    removes: bool = False
    """The resource will no longer be written."""
    removes_dependency: Name = ""
    """A system whose output will no longer be read."""
    base_hash: Name = ""
    """Hash of the schema that the patch was made against."""
    description: Text = ""


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
_BLANK = Change()


def facets_of(change: Change) -> tuple[str, ...]:
    """The facets that the change sets, in the order of `FACETS`."""
    return tuple(name for name in FACETS if getattr(change, name) != getattr(_BLANK, name))


def change_document(change: Change) -> JsonObject:
    """The change with only what it says, as it is sent."""
    return change.model_dump(mode="json", by_alias=True, exclude_defaults=True)
