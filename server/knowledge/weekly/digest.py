"""The digest of a week: what the organisation learned in it, in the source's keys. Values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from server.knowledge.weekly.trend import Trend
from server.model.base import JsonObject
from server.model.check import Verdict
from server.model.knowledge import KnowledgeEntry
from server.model.moments import moment_of, to_wire
from server.model.proposal import DecisionKind, Proposal, ProposalState
from server.model.weeks import week_of
from server.model.wording import counted

EVENING = time(18)
"""When a synthesis is due on a Sunday (UTC)."""
MOST_CAUGHT_UP = 12
"""So many missed Sundays are made up for at most, the newest ones: what was older would expire within days."""
NAMED = 5
"""Systems that the top insight names."""
LARGEST_SHOWN = 1_000_000
"""What lies beyond it nobody tells apart."""
DECIDE_HEALTH = ("error_rate", "knowledge_transfer_success_rate")
"""The figures whose trends tell the health of the organisation: the first that is not stable."""


@dataclass(frozen=True)
class WeekFacts:
    """All that a digest is made of."""

    week_ending: str
    figures: Mapping[str, float]
    """Of the week, as `organizational_metrics.json` has them; {} where nothing was counted in it."""
    new: Sequence[KnowledgeEntry]
    """Entries that a synthesis made in the week."""
    resolved: int
    """Proposals whose conflicts were resolved in the week."""
    trends: Mapping[str, Trend]
    attention: Sequence[JsonObject]
    left_out: Sequence[JsonObject]


def digest_of(facts: WeekFacts) -> JsonObject:
    """`learning_digest.json` of the week, exactly as the source has it, and `left_out` beside it."""
    return {
        "week_ending": facts.week_ending,
        "digest": {
            "total_promotions_across_systems": int(facts.figures.get("promotions", 0)),
            "total_rejections_across_systems": int(facts.figures.get("rejections", 0)),
            "new_shared_knowledge_entries": len(facts.new),
            "knowledge_transfers_completed": int(facts.figures.get("knowledge_transfers_completed", 0)),
            "cross_system_conflicts_resolved": facts.resolved,
            "organizational_health": health(facts.trends).value,
            "top_insight": top_insight(facts.new),
            "systems_needing_attention": [
                {"system": one["system"], "reason": one["reason"]} for one in facts.attention
            ],
        },
        "left_out": [dict(one) for one in facts.left_out],
    }


def health(trends: Mapping[str, Trend]) -> Trend:
    """The error rate decides; where it is stable, how well knowledge transfers do."""
    moving = (trends[name] for name in DECIDE_HEALTH if name in trends and trends[name] is not Trend.STABLE)
    return next(moving, Trend.STABLE)


def top_insight(new: Sequence[KnowledgeEntry]) -> str:
    """The strongest new entry in one sentence with figures and its id; empty where there is none."""
    if not new:
        return ""
    entry = min(new, key=lambda one: (-(one.e_value or 0), -one.independent_systems, len(one.id), one.id))
    return f"{entry.title}{_figures(entry)}: {entry.id}, {_kind(entry)} from {_whom(entry)}{_for_whom(entry)}."


def _figures(entry: KnowledgeEntry) -> str:
    """Such as ` (12 stale_data errors per week before, 3 stale_data errors per week after, e = 41)`."""
    evidence = entry.evidence
    told = [f"{evidence.before_metric} before", f"{evidence.after_metric} after"] if evidence.after_metric else []
    if entry.e_value is not None and entry.e_value > 1:
        told.append(f"e {in_short(entry.e_value)}")
    return f" ({', '.join(told)})" if told else ""


def in_short(e_value: float) -> str:
    """Such as `= 3.2`, `= 27,010`, `over 1,000,000`."""
    if e_value >= LARGEST_SHOWN:
        return f"over {LARGEST_SHOWN:,}"
    return f"= {e_value:,.0f}" if e_value >= 10 else f"= {e_value:.1f}"


def _kind(entry: KnowledgeEntry) -> str:
    name = entry.type.value.replace("_", " ")
    return f"{'an' if name[0] == 'a' else 'a'} {name}"


def _whom(entry: KnowledgeEntry) -> str:
    systems = sorted({one.system for one in entry.support} or {entry.source_system})
    return counted(len(systems), "system") if len(systems) > 1 else systems[0]


def _for_whom(entry: KnowledgeEntry) -> str:
    systems = entry.applicable_to
    if not systems:
        return ""
    more = f" and {len(systems) - NAMED} more" if len(systems) > NAMED else ""
    return f", of use to {', '.join(systems[:NAMED])}{more}"


def resolved_at(proposal: Proposal) -> str:
    """When the conflict of a proposal was resolved; empty where it was not, or there was none.

    By a revision whose check is CLEAR, by everybody's consent to the plan, or by its promotion, whichever came first. One
    that was rejected or withdrawn has settled nothing.
    """
    conflict = next((one for one in proposal.checks if one.verdict is not Verdict.CLEAR), None)
    if conflict is None or proposal.state in (ProposalState.REJECTED, ProposalState.WITHDRAWN):
        return ""
    found = [one.at for one in proposal.checks if one.version > conflict.version and one.verdict is Verdict.CLEAR]
    held = proposal.state in (ProposalState.DRAFT, ProposalState.BLOCKED, ProposalState.IN_REVIEW)
    accepted = [one.at for one in proposal.decisions if one.decision is DecisionKind.ACCEPT]
    if accepted and not held:
        found.append(max(accepted))
    if proposal.state is ProposalState.PROMOTED:
        found.append(proposal.updated_at)
    return min(found, default="")


def evening_of(week: str) -> datetime:
    """The moment at which the synthesis of a week is due."""
    return datetime.combine(date.fromisoformat(week), EVENING, UTC)


def missed_weeks(kept: Mapping[str, str], first: str, now: datetime) -> list[str]:
    """The weeks before that of `now` whose evening passed without a digest, the oldest first, 12 at most.

    `kept`: the moment as of which the digest of each week was made. Before the first digest, what counts is the time since
    `first`, when the first job ran here; where none has, nothing was missed.
    """
    present = week_ending(now)
    done = [week for week, at in kept.items() if week <= present and at >= to_wire(evening_of(week))]
    begun = max(done, default="")
    found: list[str] = []
    sunday = date.fromisoformat(present) - timedelta(weeks=1)
    while len(found) < MOST_CAUGHT_UP:
        week = sunday.isoformat()
        if (begun and week <= begun) or not (begun or (first and first <= to_wire(evening_of(week)))):
            break
        found.append(week)
        sunday -= timedelta(weeks=1)
    return found[::-1]


def week_ending(now: datetime) -> str:
    """The date of the Sunday on which the week of a moment ends."""
    return week_of(moment_of(now))
