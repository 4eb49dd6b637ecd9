"""A proposal: changes that a system wants to make, on their way to production (evolution rule 1)."""

from server.model.base import Json, JsonObject, Moment, Name, Text, Value, WireEnum
from server.model.change import Change, change_document
from server.model.check import Verdict


class ProposalState(WireEnum):
    """Where a proposal stands (EVO-1)."""

    DRAFT = "DRAFT"
    """Visible to its system only."""
    READY_FOR_SHADOW_TEST = "READY_FOR_SHADOW_TEST"
    IN_REVIEW = "IN_REVIEW"
    BLOCKED = "BLOCKED"
    SHADOW_TESTING = "SHADOW_TESTING"
    ELIGIBLE = "ELIGIBLE"
    PROMOTED = "PROMOTED"
    ROLLED_BACK = "ROLLED_BACK"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


FINAL = (ProposalState.PROMOTED, ProposalState.ROLLED_BACK, ProposalState.REJECTED, ProposalState.WITHDRAWN)
"""The states in which nothing is decided any more by those whom a proposal concerns."""

IN_FLIGHT = (
    ProposalState.READY_FOR_SHADOW_TEST,
    ProposalState.IN_REVIEW,
    ProposalState.BLOCKED,
    ProposalState.SHADOW_TESTING,
    ProposalState.ELIGIBLE,
)
"""The states in which a proposal may still change what others rely on (CON-14)."""


class Goal(WireEnum):
    """What the shadow test has to show (EVO-2)."""

    IMPROVE = "IMPROVE"
    NO_WORSE = "NO_WORSE"
    CONTRACT_ONLY = "CONTRACT_ONLY"


class DecisionKind(WireEnum):
    """What can be decided about a proposal."""

    ACCEPT = "ACCEPT"
    MODIFY = "MODIFY"
    REJECT = "REJECT"
    WITHDRAW = "WITHDRAW"
    COMPLETE_STEP = "COMPLETE_STEP"


class CheckMade(Value):
    """The check of one version of a proposal, as far as its life depends on it."""

    id: str
    """The check's id."""
    version: int
    """Of the proposal."""
    verdict: Verdict
    """The check's verdict."""
    at: Moment
    """When it was made: ISO 8601, UTC."""
    blocks: bool
    """Whether the version may not go on as it is."""
    must_accept: tuple[str, ...] = ()
    """Who has to agree: systems by id, and `user`."""
    affected: tuple[str, ...] = ()
    """Every system that a conflict or something undecided names; sorted."""
    new_resources: tuple[str, ...] = ()
    """What its plans write beside what there is today; no other plan writes there while the proposal is open."""


class Decision(Value):
    """One thing that somebody decided about one version of a proposal; never changed afterwards."""

    at: Moment
    """When it was taken: ISO 8601, UTC."""
    version: int
    """Of the proposal that it is about."""
    decision: DecisionKind
    """What was decided."""
    by: Name
    """The calling system; empty = the local user."""
    actor: Name
    """The system for which it was said."""
    reason: Text = ""
    """Why."""
    waiver: bool = False
    """A person said it in the system's place; it expires with the proposal."""
    step: int = 0
    """The step that is done, from 1; 0 where it is about no step."""
    evidence: Json = None
    """What shows that the step is done."""


class Proposal(Value):
    """One version of a proposal, with what became of it."""

    proposal_id: str
    """Such as `PROP-001`."""
    version: int
    """Of the content: the next one with every revision."""
    source_system: Name
    """Who proposes it."""
    title: Name
    """In a few words."""
    description: Text = ""
    """What it is for."""
    changes: tuple[Change, ...]
    """What it would change."""
    state: ProposalState
    """Where it stands."""
    goal: Goal = Goal.IMPROVE
    """What its shadow test has to show."""
    metric: Name = ""
    """What is measured in the shadow test."""
    error_category: Name = ""
    """The kind of error that it is to reduce."""
    approach: Text = ""
    """How it goes about it."""
    knowledge_id: Name = ""
    """The knowledge entry that it comes from; empty for none."""
    created_at: Moment
    """ISO 8601, UTC."""
    updated_at: Moment
    """ISO 8601, UTC."""
    checks: tuple[CheckMade, ...] = ()
    """Of all versions, oldest first; the last one is of the present content, where the state is past DRAFT."""
    decisions: tuple[Decision, ...] = ()
    """On the present version, oldest first."""

    @property
    def judged(self) -> CheckMade | None:
        """The check of the present content; None for a draft."""
        made = self.checks[-1] if self.checks else None
        return made if made is not None and made.version == self.version else None

    @property
    def private(self) -> bool:
        """Whether the present content was never submitted, so that it is for its own system alone (EVO-1, LRN-10)."""
        return self.judged is None


def proposal_document(proposal: Proposal) -> JsonObject:
    """The proposal as the surfaces show it; changes with only what they say."""
    document = proposal.model_dump(mode="json")
    document["changes"] = [change_document(change) for change in proposal.changes]
    return document
