"""A check: one judgement on one change, with its proof and its plan."""

from server.model.base import Json, JsonObject, Value, WireEnum
from server.model.contract import Basis
from server.model.tier import Severity


class Verdict(WireEnum):
    """Conflict schema of the scaling-layer document."""

    CLEAR = "CLEAR"
    CONFLICT_DETECTED = "CONFLICT_DETECTED"
    REVIEW_REQUIRED = "REVIEW_REQUIRED"


class ConflictType(WireEnum):
    """Conflict schema of the scaling-layer document."""

    SCHEMA_BREAK = "schema_break"
    TIMING_CHANGE = "timing_change"
    RESOURCE_FORMAT = "resource_format"
    BEHAVIOR_CHANGE = "behavior_change"
    DEPENDENCY_REMOVAL = "dependency_removal"
    CAPACITY_IMPACT = "capacity_impact"


class Strategy(WireEnum):
    """Conflict rule 4, in order of preference; ROLLBACK_ONLY where none of the others fits."""

    VERSIONED_OUTPUT = "VERSIONED_OUTPUT"
    ADAPTER_LAYER = "ADAPTER_LAYER"
    COORDINATED_MIGRATION = "COORDINATED_MIGRATION"
    SEQUENTIAL_DEPLOY = "SEQUENTIAL_DEPLOY"
    ROLLBACK_ONLY = "ROLLBACK_ONLY"


class Mode(WireEnum):
    """Whether a tier's verdicts hold a change back or only warn."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


class RejectedStrategy(Value):
    """Why a better strategy does not fit."""

    strategy: Strategy
    reason: str


class Resolution(Value):
    """The way out of a conflict (conflict rules 4 and 5)."""

    strategy: Strategy
    description: str
    steps: tuple[str, ...]
    estimated_duration_days: int
    requires_changes_in: tuple[str, ...]
    rollback_plan: str
    rejected_strategies: tuple[RejectedStrategy, ...] = ()


class Conflict(Value):
    """Something that a change would do to one consumer."""

    type: ConflictType
    affected_contract: str
    """A contract's id; empty where the consumer is known only from what it reads."""
    affected_system: str
    description: str
    severity: Severity
    severity_base: Severity
    """Before modifiers such as an active pattern."""
    rule: str
    """Stable id of the rule that decided the severity."""
    path: str = ""
    """Place in the witness that the consumer rejects, as a JSON Pointer."""
    witness: Json = None
    """A document that the new writer may write and the consumer rejects; stands only with `has_witness`."""
    has_witness: bool = False
    basis: Basis = Basis.DECLARED
    proposed_resolution: Resolution


class Undecided(Value):
    """Something that could not be decided: never CLEAR, never a conflict (CON-2)."""

    facet: str
    resource: str
    affected_contract: str = ""
    affected_system: str = ""
    reason: str
    path: str = ""


class Check(Value):
    """The judgement, in the source's shape, with what it rests on."""

    check_id: str
    proposal_id: str
    source_system: str
    check_timestamp: str
    verdict: Verdict
    conflicts: tuple[Conflict, ...]
    non_breaking_notes: str
    recommendation: str
    blocks: bool
    mode: Mode
    basis: Basis
    patterns: tuple[str, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    knowledge: tuple[str, ...] = ()
    registry_version: int


def conflict_document(conflict: Conflict) -> JsonObject:
    """The conflict as the source writes it; `witness` and `path` stand only where there is a witness."""
    document = conflict.model_dump(mode="json")
    if not document.pop("has_witness"):
        del document["witness"]
    return document


def check_document(check: Check) -> JsonObject:
    """The check as `conflict_check.json` writes it."""
    document = check.model_dump(mode="json")
    document["conflicts"] = [conflict_document(conflict) for conflict in check.conflicts]
    return document
