"""How well figures from before and after uphold that something changed, in words and as an e-value.

Rates are told per week, so that the counts behind them follow from how long they were observed: as long before as after.
Given the sum of both counts, those before are binomial with one half where nothing changed. The e-value is the Bayes factor
of a share above one half, each as likely as any other, against one half; its mean under no change is 1, so that 20 and more
comes by chance in at most one case of twenty (Ville's inequality). It says nothing about what else changed at that time.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, exp, floor, inf, isfinite, log

from server.knowledge.gathering.facts import Outcome
from server.knowledge.synthesis.wording import number, rate
from server.model.chance import log_choose
from server.model.knowledge import KnowledgeEvidence
from server.model.moments import at_microseconds

LEAST_DROP = Fraction(1, 4)
"""Of an error category's rate, from which on a fix is worth telling (LRN-1); a quarter exactly is enough."""
ASSUMED_DAYS = 7.0
"""How long rates were observed where that is not told."""
LONGEST_DAYS = 366.0
MOST = 1e12
"""No e-value is told as greater."""
_EXACT = 500
_MOST_COUNT = 1_000_000
_FUZZ = 1e-9


def e_value(more: int, fewer: int) -> float:
    """How many times better a real change towards the first explains two counts than chance does; at most `MOST`."""
    if more < 0 or fewer < 0:
        raise ValueError("counts are not negative")
    total = more + fewer
    if total > _MOST_COUNT:
        more, fewer = floor(more * _MOST_COUNT / total), ceil(fewer * _MOST_COUNT / total)
        total = more + fewer
    if total <= _EXACT:
        ways = sum(comb(total + 1, some) for some in range(more + 1))
        return min(MOST, float(Fraction(ways, (total + 1) * comb(total, more))))
    grown = _log_sum(total + 1, more) - log(total + 1) - log_choose(total, more)
    return MOST if grown >= log(MOST) else exp(grown)


def _log_sum(places: int, most: int) -> float:
    """The logarithm of the sum of binomial coefficients up to `most`, from the greatest outwards until they vanish."""
    middle = min(most, places // 2)
    total = 1.0
    term, some = 1.0, middle
    while some > 0 and term > 1e-18:
        term *= some / (places - some + 1)
        some -= 1
        total += term
    term, some = 1.0, middle
    while some < most and term > 1e-18:
        term *= (places - some) / (some + 1)
        some += 1
        total += term
    return log_choose(places, middle) + log(total)


@dataclass(frozen=True)
class Weighed:
    """What the figures of an outcome say."""

    before: float
    """A week."""
    after: float
    days: float
    assumed: bool
    """Whether nobody told for how long they were observed."""

    @property
    def drop(self) -> Fraction:
        """Part of the rate that is gone, exactly as the figures are written; below 0 where it grew."""
        before = _as_written(self.before)
        return (before - _as_written(self.after)) / before if before else Fraction(-1 if self.after else 0)

    @property
    def percent(self) -> float:
        """The drop in per cent, to the tenth, never more than it is."""
        return floor(self.drop * 1000) / 10

    @property
    def counts(self) -> tuple[float, float]:
        """Occurrences before and after in the days observed."""
        weeks = self.days / 7
        return self.before * weeks, self.after * weeks

    @property
    def for_drop(self) -> float:
        """The e-value for that the rate fell; parts of a count never speak for it."""
        before, after = self.counts
        return e_value(_down(before), _up(after))

    @property
    def for_harm(self) -> float:
        """The e-value for that it rose."""
        before, after = self.counts
        return e_value(_down(after), _up(before))


def weigh(before: float | None, after: float | None, days: float | None) -> Weighed | None:
    """What the figures say; None where one of them is missing or is no rate."""
    if before is None or after is None or not (0 <= before < inf and 0 <= after < inf):
        return None
    told = days is not None and isfinite(days) and days > 0
    return Weighed(
        float(before), float(after), min(float(days), LONGEST_DAYS) if told and days else ASSUMED_DAYS, not told
    )


def improvement(outcome: Outcome) -> Weighed | None:
    """What speaks for a promotion: an error that became rarer, or None where it didn't, or nothing tells."""
    told = weigh(outcome.before, outcome.after, outcome.observation_days)
    return told if outcome.promoted and told is not None and told.before > 0 and told.after < told.before else None


def is_fix(told: Weighed | None) -> bool:
    """Whether the error became rarer by a quarter or more (LRN-1)."""
    return told is not None and told.before > 0 and told.drop >= LEAST_DROP


def in_words(outcome: Outcome, told: Weighed, metric: str) -> KnowledgeEvidence:
    """The evidence of one outcome in the words of the source: `12 stale_data errors per week`, `75% reduction`, `28 days`."""
    return KnowledgeEvidence(
        before_metric=rate(told.before, metric),
        after_metric=rate(told.after, metric),
        improvement=change(told),
        observation_period=period(told),
        proposal_id=outcome.proposal_id,
        promotion_date=day(outcome.at) if outcome.promoted else "",
    )


def change(told: Weighed) -> str:
    """`75% reduction`, `20% increase`, `no change`."""
    if told.after == told.before:
        return "no change"
    if told.after < told.before:
        return f"{number(told.percent)}% reduction"
    return f"{number(-told.percent)}% increase" if told.before else "increase from none"


def period(told: Weighed) -> str:
    """`28 days`."""
    days = "1 day" if told.days == 1 else f"{number(told.days)} days"
    return f"{days} (assumed: none was told)" if told.assumed else days


def day(moment: int) -> str:
    """The day of a moment."""
    return at_microseconds(moment)[:10]


def rounded(value: float) -> float:
    """An e-value to four digits."""
    return float(f"{min(value, MOST):.4g}")


def _as_written(value: float) -> Fraction:
    return Fraction(repr(value))


def _down(count: float) -> int:
    return floor(count + _FUZZ * max(1.0, count))


def _up(count: float) -> int:
    return ceil(count - _FUZZ * max(1.0, count))
