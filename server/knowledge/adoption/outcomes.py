"""What an adopter's own reports show of an entry: whether it helped, did nothing, or did harm.

Two sources tell. The adopter's own figures of the proposal that is tied to the entry count as it judged them: a quarter fewer
is an improvement and a quarter more is harm, as a quarter is what makes a fix (LRN-1); chance's share stands beside. Its error
reports are counted over whole weeks before and after the change went live, and tested: given their sum, those before are
binomial where nothing has changed. Four weeks of either decide at p <= .05; after two or three only what chance gives in one of
a hundred cases, so that looking early does not make a finding likelier. Where counts show harm, no told figure outweighs it.
Silence shows nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.knowledge.gathering.facts import Outcome
from server.model.chance import one_sided_by_chance
from server.model.knowledge import TransferOutcome

LOOKED_AT = 4
"""Weeks that are counted before and after a change, at most."""
FIRST_LOOK = 2
"""Whole weeks after which the counts are looked at first."""
SURE, EARLY = 0.05, 0.01
"""How likely chance may give as much, where all four weeks are over, and before."""
A_QUARTER = 0.25
TOLD_DAYS = 7.0
"""How long told rates were observed where that is not told."""


@dataclass(frozen=True)
class Window:
    """What an adopter reported of the category around the moment from which on the change was live."""

    before: int
    """Occurrences."""
    before_days: float
    after: int
    after_days: float
    speaks: bool
    """Whether it reported anything at all a week after the change or later."""


@dataclass(frozen=True)
class Shown:
    """What an adoption led to."""

    outcome: TransferOutcome
    before: float | None = None
    """A week."""
    after: float | None = None
    p_value: float | None = None
    told: bool = False
    """Whether these are figures that the adopter told, not counts of its errors."""
    rolled_back: bool = False
    final: bool = False
    """Nothing that is counted later changes it; a later promotion or rollback does."""


def shown(ends: Sequence[Outcome], window: Window | None) -> Shown | None:
    """What the ends of the tied proposal, by time, and the counted errors show together; None: nothing can be said yet."""
    told, counted = by_report(ends), by_counts(window) if window is not None else None
    if told is not None and (ends[-1].promoted is False or counted is None):
        return told
    if told is None or (counted is not None and counted.outcome is TransferOutcome.HARMED):
        return counted
    return replace(told, final=counted is not None and counted.final)


def by_report(ends: Sequence[Outcome]) -> Shown | None:
    """What the adopter tells of the proposal that is tied to the entry; None where it tells no figures and no end."""
    if not ends:
        return None
    last = ends[-1]
    before, after = last.before, last.after
    known = before is not None and after is not None
    days = last.observation_days or TOLD_DAYS
    if not last.promoted:
        back = any(one.promoted for one in ends[:-1])
        worse = before is not None and after is not None and after > before
        outcome = TransferOutcome.HARMED if back or worse else TransferOutcome.UNCHANGED
        p_value = _p(before, days, after, days, harm=worse) if before is not None and after is not None else None
        return Shown(outcome, before, after, p_value, told=True, rolled_back=back, final=True)
    if not known or before is None or after is None or before < 0 or after < 0:
        return None
    outcome = TransferOutcome.UNCHANGED
    if after <= before * (1 - A_QUARTER) + 1e-9 and before > 0:
        outcome = TransferOutcome.IMPROVED
    elif after > before and after >= before * (1 + A_QUARTER) - 1e-9:
        outcome = TransferOutcome.HARMED
    return Shown(outcome, before, after, _p(before, days, after, days, harm=after > before), told=True)


def by_counts(window: Window) -> Shown | None:
    """What the adopter's own error reports show; None while there is too little of them."""
    if window.before_days < 7 or window.after_days < 7 * FIRST_LOOK:
        return None
    over = window.after_days >= 7 * LOOKED_AT
    before, after = window.before * 7 / window.before_days, window.after * 7 / window.after_days
    share = window.before_days / (window.before_days + window.after_days)
    harm = after > before
    more, fewer, where = (window.after, window.before, 1 - share) if harm else (window.before, window.after, share)
    p_value = one_sided_by_chance(more, fewer, where)
    if p_value <= (SURE if over else EARLY):
        if not harm and not window.speaks:
            return None
        outcome = TransferOutcome.HARMED if harm else TransferOutcome.IMPROVED
        return Shown(outcome, before, after, p_value, final=over)
    return Shown(TransferOutcome.UNCHANGED, before, after, p_value, final=True) if over and window.speaks else None


def _p(before: float, before_days: float, after: float, after_days: float, *, harm: bool) -> float:
    """How likely chance gives such a change between two rates a week."""
    first, then = round(before * before_days / 7), round(after * after_days / 7)
    return one_sided_by_chance(then, first, 0.5) if harm else one_sided_by_chance(first, then, 0.5)
