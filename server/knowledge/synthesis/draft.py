"""What a synthesis finds: an entry before it has an id, a day and a life."""

from dataclasses import dataclass

from server.model.knowledge import Applicability, KnowledgeEvidence, KnowledgeType, Support


@dataclass(frozen=True)
class Draft:
    """An entry that the facts give."""

    type: KnowledgeType
    key: str
    """Within its type what makes two syntheses find the same entry, such as `sys_a:PROP-023`."""
    title: str
    description: str
    source_system: str
    evidence: KnowledgeEvidence
    rests_on: tuple[str, ...]
    """Refs of the facts, sorted: new ones make it a new version and renew it, the same ones change nothing."""
    support: tuple[Support, ...] = ()
    applicability: tuple[Applicability, ...] = ()
    applicability_reasoning: str = ""
    suggested_adaptation: str = ""
    error_category: str = ""
    approach: str = ""
    e_value: float = 1.0
    improvement_percent: float | None = None
    independent_systems: int = 1
    contradicts: tuple[str, ...] = ()
    """Ids of entries that say the opposite."""
    supersedes: tuple[str, ...] = ()
    """Ids of entries that it takes in, such as the single fix that three systems have found now."""
    reported_by: str = ""

    @property
    def applicable_to(self) -> tuple[str, ...]:
        """Systems that may use it, by id."""
        return tuple(sorted(one.system for one in self.applicability))


@dataclass(frozen=True)
class Ranked:
    """A draft with its place among those of a week."""

    draft: Draft
    rank: int
    """From 1."""
    reason: str
    """Why it stands there, or why it is left out, in a sentence."""
    enters: bool
    """Whether it may become an entry; at most five a week do (LRN-8)."""
