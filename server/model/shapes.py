"""JSON Schemas of the values that clients send and receive."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from server.errors import NotFound
from server.model.base import Json, JsonObject, Moment, Name, Value
from server.model.change import Change
from server.model.check import Check
from server.model.contract import Contract
from server.model.finding import FindingKind
from server.model.proposal import Decision, Proposal, ProposalState
from server.model.system import System
from server.model.tier import Severity


class StepEvidence(Value):
    """What shows that a step of the plan is done."""

    step: int
    by: Name
    at: Moment
    evidence: Json = None


class PlannedStep(Value):
    """One step of the whole plan."""

    step: int
    owner: str
    description: str
    entry_condition: str
    duration_days: int
    state: Literal["OPEN", "DONE"]


class Pending(Value):
    """Whose turn it is."""

    system_id: str
    waiting_for: str


class Asking(Value):
    """A finding that asks a person to accept or reject, as the party that has to can't or does not."""

    kind: FindingKind
    severity: Severity
    system_id: str
    message: str


class EarlierVersion(Value):
    """An earlier version of a proposal, as it was left."""

    version: int
    title: Name = ""
    changes: tuple[Change, ...] = ()
    state: ProposalState
    updated_at: Moment = ""
    decisions: tuple[Decision, ...] = ()


class ShownProposal(Proposal):
    """One version of a proposal, with what became of it and where it stands in the eyes of whoever asks."""

    model_config = ConfigDict(title="Proposal")

    evidence: tuple[StepEvidence, ...] = ()
    plan: tuple[PlannedStep, ...] = ()
    pending: tuple[Pending, ...] = ()
    unmet: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    expected_days: int = 0
    findings: tuple[Asking, ...] = ()
    versions: tuple[EarlierVersion, ...] = ()


class ShownCheck(Check):
    """The judgement with what it rests on; its record also has the inputs that it saw.

    An answer that would be too long leaves out what the record at `uri` has, plans before all.
    """

    model_config = ConfigDict(title="Check")

    inputs: JsonObject = {}
    uri: str = ""


class ShownContract(Contract):
    """One side's entry of a contract; or a contract's record, with the entries of both sides and every version of each."""

    model_config = ConfigDict(title="Contract")

    schema_hash: str = ""
    entries: tuple[JsonObject, ...] = ()
    versions: tuple[JsonObject, ...] = ()
    fragile: JsonObject = {}


def _with_short_plans(schema: JsonObject) -> JsonObject:
    schema["$defs"]["Resolution"]["required"] = ["strategy", "estimated_duration_days"]
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
    "check": (ShownCheck, _with_short_plans),
    "proposal": (ShownProposal, lambda schema: schema),
}
"""Name → the value that it describes, and what its schema says besides."""


def schema_named(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the value by that name, as it is shown and as it is read. Raises NotFound."""
    if name not in SHAPES:
        raise NotFound(f"There is no schema {name[:100]!r}.", allowed=tuple(SHAPES))
    shape, finished = SHAPES[name]
    described = finished(shape.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
