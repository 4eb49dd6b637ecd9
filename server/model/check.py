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
    """Which one."""
    reason: str
    """Why it does not fit here."""


class PlanStep(Value):
    """One step of a plan, as somebody carries it out."""

    step: int
    """From 1."""
    owner: str
    """The system that has to do it."""
    description: str
    """What is done."""
    entry_condition: str
    """What must hold before it begins."""
    duration_days: int
    """How long it takes, in days; steps with the same entry condition are done side by side."""


class RollbackStep(Value):
    """One system put back to a recorded state. The steps of a rollback run in their order."""

    step: int
    """From 1."""
    system_id: str
    """Who does it."""
    action: str
    """`restore_contract` (a contract's recorded entry), `restore_output` (what is written) or `restore_reader`."""
    contract_id: str = ""
    """The contract whose recorded entry is put back; empty where none is."""
    resource: str = ""
    """What is written or read."""
    schema_hash: str = ""
    """Of the schema that is put back; empty where no schema is."""
    reads: tuple[str, ...] = ()
    """The paths that a reader goes back to, where it says what it reads by paths."""
    description: str
    """What is done."""


class Resolution(Value):
    """The way out of a conflict (conflict rules 4 and 5)."""

    strategy: Strategy
    """The first one in the source's order of preference that fits."""
    description: str
    """The plan in a sentence or two."""
    steps: tuple[str, ...]
    """The steps as text, in their order."""
    estimated_duration_days: int
    """The longest way through the steps, in days."""
    requires_changes_in: tuple[str, ...]
    """Ids of the systems that have to change something."""
    rollback_plan: str
    """How all of it is undone, in words."""
    rejected_strategies: tuple[RejectedStrategy, ...] = ()
    """The better ones, with why they do not fit."""
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
    """Which facet of the contract is broken."""
    affected_contract: str
    """A contract's id; empty where the consumer is known only from what it reads."""
    affected_system: str
    """Id of the system that it would happen to."""
    description: str
    """What would happen, in words."""
    severity: Severity
    """With modifiers such as an active pattern."""
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
    """Whether `witness` stands there: a witness may well be null."""
    basis: Basis = Basis.DECLARED
    """The weakest thing that the judgement rests on."""
    evidence: JsonObject = {}
    """What the judgement rests on, where that is no document: schedules, units, sums."""
    pattern: str = ""
    """The active pattern that raised the severity; empty for none (CON-8)."""
    with_proposal: str = ""
    """The open proposal together with which it comes about; empty where the change alone is enough (CON-14)."""
    proposed_resolution: Resolution
    """The way out."""


class Undecided(Value):
    """Something that could not be decided: never CLEAR, never a conflict (CON-2)."""

    facet: str
    """Which part of the check could not decide."""
    resource: str
    """What it is about; empty where it is about the change as a whole."""
    affected_contract: str = ""
    """A contract's id; empty where none is concerned."""
    affected_system: str = ""
    """Id of the system that may be affected; empty where nobody can be named."""
    reason: str
    """Why it can't be decided."""
    path: str = ""
    """Place in the schema or document, as a JSON Pointer."""


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
    """The other proposal."""
    source_system: str
    """Who proposes it."""
    relation: Relation
    """How the two stand to each other."""
    order: tuple[str, ...] = ()
    """The proposals in the order in which they can go in; "" stands for the one that is checked, where it has no id yet."""
    resources: tuple[str, ...] = ()
    """What both touch."""
    reason: str
    """Why they stand so."""


class RejectedBefore(Value):
    """A shared entry on an approach like this one that several systems rejected (LRN-3). It decides nothing."""

    id: str
    """Such as `SK-004`; its record is `concord://knowledge/{id}`."""
    title: str
    """In a sentence; what systems reported stands in it in quotation marks, as data."""
    why: str = ""
    """What is known of it."""
    rejected_by: tuple[str, ...] = ()
    """Systems by id."""
    error_category: str = ""
    """What it was meant to lessen; empty where that was not told."""


class Check(Value):
    """The judgement, in the source's shape, with what it rests on."""

    check_id: str
    """Such as `CHK-2026-04-05-001`; its record is `concord://checks/{check_id}`."""
    proposal_id: str
    """The proposal that it is the check of; empty for a dry run."""
    source_system: str
    """Who wants to make the change."""
    check_timestamp: str
    """When it was made: ISO 8601, UTC."""
    verdict: Verdict
    """The worst item decides."""
    conflicts: tuple[Conflict, ...]
    """The gravest first."""
    non_breaking_notes: str
    """What was found to be safe, in words."""
    recommendation: str
    """What to do next, in words."""
    blocks: bool
    """Whether the change may not go on as it is."""
    mode: Mode
    """Blocking where something holds the change, advisory where a tier only warns, else that of the tier that decided."""
    would_block_in: tuple[Tier, ...] = ()
    """The tiers that would hold the change were they not in advisory mode."""
    basis: Basis
    """The weakest thing that the check rests on."""
    patterns: tuple[str, ...] = ()
    """Ids of active patterns that the change touches (CON-8)."""
    undecided: tuple[Undecided, ...] = ()
    """What a person has to decide."""
    knowledge: tuple[RejectedBefore, ...] = ()
    """Known anti-patterns that this is like."""
    in_flight: tuple[InFlight, ...] = ()
    """Open proposals that touch the same resources (CON-14)."""
    must_accept: tuple[str, ...] = ()
    """Who has to agree before the change may go on: systems by id, and `user` for what no system answers for."""
    registry_version: int
    """Revision of the registry that it was made against."""


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
