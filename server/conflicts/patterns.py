"""Active patterns of a risk type, and what they do to a judgement (conflict rules 6 and 8)."""

from collections.abc import Sequence

from server.conflicts.question import Answer, RiskPattern
from server.model.check import Conflict
from server.model.tier import Severity, Tier


def touched_patterns(answer: Answer, patterns: Sequence[RiskPattern], source: str) -> tuple[str, ...]:
    """Ids of the patterns that involve the proposing system or one that the changes touch, in conflict or not; sorted."""
    systems = {source, *answer.systems, *(conflict.affected_system for _, conflict in answer.conflicts)}
    return tuple(sorted(pattern.pattern_id for pattern in patterns if systems.intersection(pattern.systems)))


def settle_severities(answer: Answer, patterns: Sequence[RiskPattern], source: str) -> None:
    """Every conflict has the tier that counts for it, and is one level graver where a pattern involves either side.

    Of several patterns the first by id is named: two of them do not raise it twice.
    """
    answer.conflicts[:] = [(tier, _settled(conflict, tier, patterns, source)) for tier, conflict in answer.conflicts]


def _settled(conflict: Conflict, tier: Tier, patterns: Sequence[RiskPattern], source: str) -> Conflict:
    sides = {source, conflict.affected_system}
    involved = min((one.pattern_id for one in patterns if sides.intersection(one.systems)), default="")
    if involved:
        graver = one_level_up(conflict.severity_base)
        return conflict.model_copy(update={"effective_tier": tier, "severity": graver, "pattern": involved})
    return conflict if conflict.effective_tier is tier else conflict.model_copy(update={"effective_tier": tier})


def one_level_up(severity: Severity) -> Severity:
    """The next graver severity; nothing is graver than CRITICAL."""
    levels = list(Severity)
    return levels[min(severity.rank + 1, len(levels) - 1)]
