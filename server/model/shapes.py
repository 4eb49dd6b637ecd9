"""JSON Schemas of the values that clients send and receive."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from server.errors import NotFound
from server.model.base import Json, JsonObject, Moment, Name, Value
from server.model.change import Change
from server.model.check import Check
from server.model.contract import Contract
from server.model.event import ReportedEvent
from server.model.finding import FindingKind
from server.model.knowledge import KnowledgeEntry
from server.model.pattern import Pattern, PatternEvent
from server.model.proposal import Decision, Proposal, ProposalState
from server.model.system import System
from server.model.tier import Severity
from server.model.validation import Validation


class StepEvidence(Value):
    """What shows that a step of the plan is done."""

    step: int
    """Number of the step in `plan`."""
    by: Name
    """The calling system; empty = the local user."""
    at: Moment
    """ISO 8601, UTC."""
    evidence: Json = None
    """As it was sent."""


class PlannedStep(Value):
    """One step of the whole plan."""

    step: int
    """From 1."""
    owner: str
    """The system that has to do it."""
    description: str
    """What is done."""
    entry_condition: str
    """What must hold before it begins."""
    duration_days: int
    """How long it takes, in days."""
    state: Literal["OPEN", "DONE"]
    """Whether its owner has said that it is done."""


class Pending(Value):
    """Whose turn it is."""

    system_id: str
    """Who is waited for; `user` = a person."""
    waiting_for: str
    """The decision that is waited for, such as `ACCEPT` or `COMPLETE_STEP 2`."""


class Asking(Value):
    """A finding that asks a person to accept or reject, as the party that has to can't or does not."""

    kind: FindingKind
    """What was found."""
    severity: Severity
    """How grave it is."""
    system_id: str
    """The party that has to agree."""
    message: str
    """What is asked of a person."""


class EarlierVersion(Value):
    """An earlier version of a proposal, as it was left."""

    version: int
    """From 1."""
    title: Name = ""
    """As it was then."""
    changes: tuple[Change, ...] = ()
    """As they were then."""
    state: ProposalState
    """In which it was left."""
    updated_at: Moment = ""
    """When it was last written: ISO 8601, UTC."""
    decisions: tuple[Decision, ...] = ()
    """Those on this version, oldest first."""


class ShownProposal(Proposal):
    """One version of a proposal, with what became of it and where it stands in the eyes of whoever asks."""

    model_config = ConfigDict(title="Proposal")

    evidence: tuple[StepEvidence, ...] = ()
    """For the steps that are done."""
    plan: tuple[PlannedStep, ...] = ()
    """The plans of all conflicts as one list of steps."""
    pending: tuple[Pending, ...] = ()
    """Whose turn it is now."""
    unmet: tuple[str, ...] = ()
    """What has to happen before it may go on, a sentence each."""
    allowed: tuple[str, ...] = ()
    """What the caller may do now, by the names of `decide_proposal`, and `submit_proposal` where it may revise."""
    expected_days: int = 0
    """How long the open steps and the shadow test take at least, in days."""
    findings: tuple[Asking, ...] = ()
    """Those that ask a person, as a party is silent."""
    versions: tuple[EarlierVersion, ...] = ()
    """Earlier ones, oldest first; in its record only."""


class ShownCheck(Check):
    """The judgement with what it rests on; its record also has the inputs that it saw.

    An answer that would be too long leaves out what the record at `uri` has, plans before all.
    """

    model_config = ConfigDict(title="Check")

    inputs: JsonObject = {}
    """What the check saw, enough to judge again; in its record only."""
    uri: str = ""
    """Address of the record."""


class ShownContract(Contract):
    """One side's entry of a contract; or a contract's record, with the entries of both sides and every version of each."""

    model_config = ConfigDict(title="Contract")

    schema_hash: str = ""
    """Of `schema`: 16 hex digits, to name what a patch is made against."""
    entries: tuple[JsonObject, ...] = ()
    """Both sides' entries as they stand; in a record only."""
    versions: tuple[JsonObject, ...] = ()
    """Every version of each entry, oldest first; in a record only."""
    fragile: JsonObject = {}
    """How often it was in conflict lately, where that is too often (CON-7)."""
    validations: tuple[Validation, ...] = ()
    """The last looks at the real resource, newest first; in a record only."""


class ShownPattern(Pattern):
    """The pattern; its record also has the newest of the stored events that it rests on."""

    model_config = ConfigDict(title="Pattern")

    events: tuple[PatternEvent, ...] = ()
    """The newest 50 stored events that it rests on, latest first; in its record only."""
    events_total: int = 0
    """How many there are; in its record only."""
    uri: str = ""
    """Address of the record, where a list shows the pattern shorter."""


class EntryVersion(Value):
    """When a shared entry stood so."""

    version: int
    """From 1."""
    valid_from: Moment
    """ISO 8601, UTC."""
    valid_to: Moment = ""
    """Empty: it stands."""
    recorded_at: Moment
    """When it was written down: ISO 8601, UTC."""
    changed: tuple[str, ...] = ()
    """Members that are otherwise than in the version before, by name; of the first all that it has."""


class ShownEntry(KnowledgeEntry):
    """The entry: the source's members always, others where they are set; its record also has its versions."""

    model_config = ConfigDict(title="Knowledge entry")

    score: float | None = None
    """How like the query it is, from 0 to 1; in a list only."""
    versions: tuple[EntryVersion, ...] = ()
    """Oldest first; in its record only."""
    uri: str = ""
    """Address of the record, where a list shows the entry shorter."""


def _with_short_plans(schema: JsonObject) -> JsonObject:
    schema["$defs"]["Resolution"]["required"] = ["strategy", "estimated_duration_days"]
    return schema


def _with_its_kind(schema: JsonObject) -> JsonObject:
    """An event says what kind it is; only then does one of the shapes fit."""
    for shape in schema["$defs"].values():
        if "kind" in shape.get("properties", {}):
            del shape["properties"]["kind"]["default"]
            shape["required"] = ["kind", *shape["required"]]
    return schema


def _entry_or_record(schema: JsonObject) -> JsonObject:
    """What a record lists are entries again."""
    entry = schema.pop("required")
    schema["anyOf"] = [{"required": entry}, {"required": ["contract_id", "entries", "versions"]}]
    for several in ("entries", "versions"):
        schema["properties"][several]["items"] = {"allOf": [{"$ref": "#"}, {"required": entry}]}
    return schema


SHAPES: dict[str, tuple[type[BaseModel], Callable[[JsonObject], JsonObject]]] = {
    "system": (System, lambda schema: schema),
    "contract": (ShownContract, _entry_or_record),
    "change": (Change, lambda schema: schema),
    "event": (ReportedEvent, _with_its_kind),
    "check": (ShownCheck, _with_short_plans),
    "proposal": (ShownProposal, lambda schema: schema),
    "pattern": (ShownPattern, lambda schema: schema),
    "knowledge_entry": (ShownEntry, lambda schema: schema),
}
"""Name → the value that it describes, and what its schema says besides."""


def schema_named(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the value by that name, as it is shown and as it is read. Raises NotFound."""
    if name not in SHAPES:
        raise NotFound(f"There is no schema {name[:100]!r}.", allowed=tuple(SHAPES))
    shape, finished = SHAPES[name]
    described = finished(shape.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
