"""A check: one judgement on one change, with its proof and its plan."""

from collections.abc import Set

from server.model.base import Json, JsonObject, Value, WireEnum
from server.model.contract import Basis
from server.model.tier import Severity, Tier

USER = "user"
"""Stands for the local user among those who have to agree."""


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


class PlanStep(Value):
    """One step of a plan, as somebody carries it out."""

    step: int
    """From 1."""
    owner: str
    """The system that has to do it."""
    description: str
    entry_condition: str
    """What must hold before it begins."""
    duration_days: int


class RollbackStep(Value):
    """One system put back to a recorded state. The steps of a rollback run in their order."""

    step: int
    system_id: str
    action: str
    """`restore_contract` (a contract's recorded entry), `restore_output` (what is written) or `restore_reader`."""
    contract_id: str = ""
    resource: str = ""
    schema_hash: str = ""
    """Of the schema that is put back; empty where no schema is."""
    reads: tuple[str, ...] = ()
    """The paths that a reader goes back to, where it says what it reads by paths."""
    description: str


class Resolution(Value):
    """The way out of a conflict (conflict rules 4 and 5)."""

    strategy: Strategy
    description: str
    steps: tuple[str, ...]
    estimated_duration_days: int
    requires_changes_in: tuple[str, ...]
    rollback_plan: str
    rejected_strategies: tuple[RejectedStrategy, ...] = ()
    plan: tuple[PlanStep, ...] = ()
    """The steps with their owners, entry conditions and durations."""
    rollback: tuple[RollbackStep, ...] = ()
    """Brings every system of the plan back, the last step's system first."""
    adapter: JsonObject | None = None
    """What an adapter has to do, where one was found and proved (ADAPTER_LAYER)."""
    new_resource: str = ""
    """Where the new form is written beside the old one (VERSIONED_OUTPUT)."""


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
    effective_tier: Tier = Tier.PRODUCTION
    """The stricter one of the proposing and the affected system, which decides what the severity means (CON-3)."""
    rule: str
    """Stable id of the rule that decided the severity."""
    path: str = ""
    """Place in the witness that the consumer rejects, as a JSON Pointer."""
    witness: Json = None
    """What proves it: a document that the new writer may write and the consumer rejects, or {at, …}, a moment at which
    the consumer fails; stands only with `has_witness`."""
    has_witness: bool = False
    basis: Basis = Basis.DECLARED
    evidence: JsonObject = {}
    """What the judgement rests on, where that is no document: schedules, units, sums."""
    pattern: str = ""
    """The active pattern that raised the severity; empty for none (CON-8)."""
    with_proposal: str = ""
    """The open proposal together with which it comes about; empty where the change alone is enough (CON-14)."""
    proposed_resolution: Resolution


class Undecided(Value):
    """Something that could not be decided: never CLEAR, never a conflict (CON-2)."""

    facet: str
    resource: str
    affected_contract: str = ""
    affected_system: str = ""
    reason: str
    path: str = ""


class Relation(WireEnum):
    """How two open proposals stand to each other (CON-14)."""

    INDEPENDENT = "INDEPENDENT"
    ORDER_DEPENDENT = "ORDER_DEPENDENT"
    """Both can go in, in one order."""
    EXCLUSIVE = "EXCLUSIVE"
    """Only one of them can go in."""
    DEPENDS_ON = "DEPENDS_ON"
    """This one is safe only once the other is in."""


class InFlight(Value):
    """An open proposal that touches the same resources."""

    proposal_id: str
    source_system: str
    relation: Relation
    order: tuple[str, ...] = ()
    """The proposals in the order in which they can go in; "" stands for the one that is checked, where it has no id yet."""
    resources: tuple[str, ...] = ()
    reason: str


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
    """Blocking where something holds the change, advisory where a tier only warns, else that of the tier that decided."""
    would_block_in: tuple[Tier, ...] = ()
    """The tiers that would hold the change were they not in advisory mode."""
    basis: Basis
    patterns: tuple[str, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    knowledge: tuple[str, ...] = ()
    in_flight: tuple[InFlight, ...] = ()
    must_accept: tuple[str, ...] = ()
    """Who has to agree before the change may go on: systems by id, and `user` for what no system answers for."""
    registry_version: int


def of_proposal(check: Check, proposal_id: str) -> Check:
    """The same check as that of a proposal, which stands under its id in the orders in which open ones can go in."""
    in_flight = tuple(
        one.model_copy(update={"order": tuple(name or proposal_id for name in one.order)}) for one in check.in_flight
    )
    return check.model_copy(update={"proposal_id": proposal_id, "in_flight": in_flight})


def check_document(check: Check) -> JsonObject:
    """The check as it is answered and kept, with every member; `witness` stands only where a conflict has one.

    A plan that several conflicts share is one object there, too: most of a check are its plans.
    """
    document = check.model_dump(mode="json", exclude={"conflicts": {"__all__": {"proposed_resolution"}}})
    plans: dict[int, JsonObject] = {}
    for conflict, written in zip(check.conflicts, document["conflicts"], strict=True):
        plan = conflict.proposed_resolution
        if id(plan) not in plans:
            plans[id(plan)] = _plan_document(plan)
        written["proposed_resolution"] = plans[id(plan)]
        if not written.pop("has_witness"):
            del written["witness"]
        for member in ("evidence", "pattern", "with_proposal"):
            if not written[member]:
                del written[member]
    return document


def _plan_document(plan: Resolution) -> JsonObject:
    document = plan.model_dump(mode="json")
    if document["adapter"] is None:
        del document["adapter"]
    if not document["new_resource"]:
        del document["new_resource"]
    for step in document["rollback"]:
        if not step["reads"]:
            del step["reads"]
    return document


_OF_THE_FILE = {
    "check_id",
    "proposal_id",
    "source_system",
    "check_timestamp",
    "verdict",
    "conflicts",
    "non_breaking_notes",
    "recommendation",
}
_OF_A_CONFLICT = {
    "type",
    "affected_contract",
    "affected_system",
    "description",
    "severity",
    "proposed_resolution",
    "witness",  # stands only where there is one, and may well be empty
}
_OF_A_RESOLUTION = {
    "strategy",
    "description",
    "steps",
    "estimated_duration_days",
    "requires_changes_in",
    "rollback_plan",
}


def file_document(check: JsonObject) -> JsonObject:
    """A check's document as `conflict_check.json` writes it: the source's keys always, extensions only when set."""
    conflicts = [
        _without_unset({**one, "proposed_resolution": _without_unset(plan, _OF_A_RESOLUTION)}, _OF_A_CONFLICT)
        for one, plan in ((one, one["proposed_resolution"]) for one in check["conflicts"])
    ]
    return _without_unset({**check, "conflicts": conflicts}, _OF_THE_FILE)


def _without_unset(document: JsonObject, always: Set[str]) -> JsonObject:
    unset: tuple[Json, ...] = (None, False, "", [], {})
    return {name: value for name, value in document.items() if name in always or value not in unset}
