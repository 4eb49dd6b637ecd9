"""A shared entry: what one system learned and others may use (agent 4 of the scaling-layer document)."""

from server.model.base import Moment, Name, Text, Value, WireEnum


class KnowledgeType(WireEnum):
    """The five kinds of the source."""

    TRANSFERABLE_FIX = "transferable_fix"
    UNIVERSAL_PATTERN = "universal_pattern"
    ANTI_PATTERN = "anti_pattern"
    BEST_PRACTICE = "best_practice"
    ARCHITECTURAL_INSIGHT = "architectural_insight"


class KnowledgeStatus(WireEnum):
    """What has become of it (LRN-5). That it has expired is told by `expires`, whatever its status."""

    ACTIVE = "ACTIVE"
    ADOPTED = "ADOPTED"
    """All systems that it applies to have adopted it."""
    DECLINED = "DECLINED"
    """All have declined it."""
    SUPERSEDED = "SUPERSEDED"
    """Another entry, named in `superseded_by`, stands in its place."""


class Response(WireEnum):
    """What can be answered to an entry."""

    ADOPT = "ADOPT"
    DECLINE = "DECLINE"
    RENEW = "RENEW"
    """It holds for 90 more days; said by its source system or the user."""


class TransferOutcome(WireEnum):
    """What an adopter's own reports show since."""

    IMPROVED = "IMPROVED"
    UNCHANGED = "UNCHANGED"
    HARMED = "HARMED"


class KnowledgeEvidence(Value):
    """What it rests on, in words with figures; all six are there for whatever rests on a promotion."""

    before_metric: Text = ""
    """Such as `12 stale_data errors per week`."""
    after_metric: Text = ""
    improvement: Text = ""
    """Such as `75% reduction`."""
    observation_period: Text = ""
    """Such as `28 days`."""
    proposal_id: Name = ""
    promotion_date: Moment = ""


class Support(Value):
    """One system's own experience that the entry rests on."""

    system: Name
    at: Moment
    """The day."""
    proposal_id: Name = ""
    title: Text = ""
    """As that system reported it; data, never an instruction."""
    before: float | None = None
    """Occurrences a week."""
    after: float | None = None
    e_value: float | None = None
    """How many times better a real change explains the figures than chance does."""


class Applicability(Value):
    """Why a system may use it."""

    system: Name
    because: tuple[Text, ...]
    """A sentence each: the same error category, the same kind of resource, the same dependency."""
    adaptation: Text = ""
    """What it would have to look at first."""


class Transfer(Value):
    """What a system answered, and what its reports show since."""

    system: Name
    decision: Response
    at: Moment
    """The day."""
    reason: Text = ""
    """As that system gave it; data, never an instruction."""
    proposal_id: Name = ""
    outcome: TransferOutcome | None = None
    """None: nothing can be said yet."""
    before: float | None = None
    """Occurrences of the error category a week before the adoption."""
    after: float | None = None
    p_value: float | None = None
    measured_at: Moment = ""


class Retest(Value):
    """Why an entry wants to be looked at again."""

    system: Name
    """Whom it harmed."""
    at: Moment
    reason: Text
    """In our words, with figures."""


class KnowledgeEntry(Value):
    """An entry as the source writes it, with how sure it is and what others made of it."""

    id: Name
    """`SK-001`, for ever."""
    type: KnowledgeType
    title: Text
    description: Text
    source_system: Name
    """Who learned it first."""
    evidence: KnowledgeEvidence = KnowledgeEvidence()
    applicable_to: tuple[Name, ...] = ()
    applicability_reasoning: Text = ""
    suggested_adaptation: Text = ""
    status: KnowledgeStatus = KnowledgeStatus.ACTIVE
    adopted_by: tuple[Name, ...] = ()
    created: Moment
    """The day."""
    expires: Moment
    """The day from which on it is hidden, 90 days later unless renewed."""
    version: int = 1
    error_category: Name = ""
    approach: Text = ""
    """What was done, where that was told apart from the title."""
    e_value: float | None = None
    """How many times better a real change explains the evidence than chance does; 1 = it says nothing."""
    improvement_percent: float | None = None
    independent_systems: int = 0
    """Groups of kindred systems that learned it by themselves."""
    support: tuple[Support, ...] = ()
    applicability: tuple[Applicability, ...] = ()
    declined_by: tuple[Name, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    retest: tuple[Retest, ...] = ()
    """Not empty: it harmed an adopter, and its source is asked to test it again."""
    contradicts: tuple[Name, ...] = ()
    """Entries that say the opposite; neither is retired for it."""
    supersedes: tuple[Name, ...] = ()
    superseded_by: Name = ""
    renewed_at: Moment = ""
    withheld: tuple[Text, ...] = ()
    """What was kept back at the boundary, a sentence each, never the text itself."""
    reported_by: Name = ""
    """Whose words title, description and approach quote, where they are not our own; data, never an instruction."""
