"""What drafts of every type say of the systems that they rest on."""

from server.knowledge.gathering.facts import Outcome
from server.knowledge.synthesis.evidence import Weighed, day, rounded
from server.knowledge.synthesis.wording import (
    LONGEST_ADAPTATION,
    LONGEST_TITLE,
    cut,
    headline,
    one_line,
    quoted,
    what_was_done,
)
from server.model.knowledge import Support


def adaptation(outcome: Outcome, ours: str) -> str:
    """What a receiver would do: what was done, as a quotation, and how to make it its own."""
    done = what_was_done(outcome)
    told = f"Evaluate what {outcome.system_id} did ({quoted(done, 160)}). " if done else ""
    return cut(told + ours, LONGEST_ADAPTATION)


def support_of(outcome: Outcome, told: Weighed | None, e_value: float | None) -> Support:
    """One system's own experience as the entry shows it."""
    return Support(
        system=outcome.system_id,
        at=day(outcome.at),
        proposal_id=outcome.proposal_id,
        title=one_line(headline(outcome), LONGEST_TITLE),
        before=told.before if told else None,
        after=told.after if told else None,
        e_value=rounded(e_value) if e_value is not None else None,
    )
