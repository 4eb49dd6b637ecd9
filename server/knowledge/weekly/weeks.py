"""What a week of the whole organisation comes to (learning rule 7). Values in, values out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple, TypeVar

from server.knowledge.weekly.trend import WEEKS, Trend, trend
from server.model.base import JsonObject
from server.model.moments import DAY
from server.model.weeks import begin_of, week_of

MOST_WEEKS = 52
COUNTS = ("errors", "promotions", "rejections", "knowledge_transfers_completed", "conflicts")
FIGURES = {
    "errors": True,
    "error_rate": True,
    "promotions": False,
    "rejections": True,
    "knowledge_transfers_completed": False,
    "knowledge_transfer_success_rate": False,
    "adoption_lag_days": True,
    "conflicts": True,
}
"""What is told of a week, in the document's order, and whether less of it is better."""
T = TypeVar("T")


class Told(NamedTuple):
    """How much one system reported of one kind in one week."""

    system_id: str
    week: str
    kind: str
    number: int
    failed: int
    """Runs that ended otherwise than well."""


class Adoption(NamedTuple):
    """That a system adopted an entry."""

    since: int
    """When it was found to be of use to it, microseconds since 1970."""
    at: int
    """When it said that it adopts it."""
    outcome: str = ""
    """What its reports showed then: IMPROVED, UNCHANGED, HARMED; empty = nothing yet."""


@dataclass(frozen=True)
class Counted:
    """All that the weeks are counted from."""

    told: Sequence[Told] = ()
    outcomes: Sequence[tuple[int, bool]] = ()
    """Of each promotion and rejection when it was, and whether it was a promotion."""
    adoptions: Sequence[Adoption] = ()
    conflicts: Sequence[int] = ()
    """When each entry of the conflict log was made."""


@dataclass(frozen=True)
class Week:
    """A week in figures."""

    week_ending: str
    """The date of its Sunday."""
    figures: Mapping[str, float]
    """By the names of FIGURES."""
    known: frozenset[str] = field(default=frozenset(FIGURES))
    """Those that rest on anything; the others are 0 because there was nothing to go by."""
    days: float = 7.0
    """How much of it had passed when it was counted."""

    @property
    def errors(self) -> int:
        """How many there were."""
        return int(self.figures["errors"])

    def is_whole(self, today: str) -> bool:
        """Whether it may be compared: its Sunday has come, and it was counted since."""
        return self.week_ending <= today and self.days >= 6

    def document(self) -> JsonObject:
        """As `organizational_metrics.json` has it."""
        return {"week_ending": self.week_ending, **{name: self.figures[name] for name in FIGURES}}


def weeks_of(counted: Counted, until: int) -> list[Week]:
    """Every week from the first that anything was told in to that of `until`, the oldest first, 52 at most.

    Nothing is counted that came later.
    """
    last = week_of(until)
    by_system: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for one in counted.told:
        if one.week <= last:
            seen = by_system[one.week].setdefault(one.system_id, [0, 0])
            seen[0] += one.number if one.kind == "error" else 0
            seen[1] += one.failed
    promoted = _by_week(((at, is_promotion) for at, is_promotion in counted.outcomes), until)
    adopted = _by_week(((one.at, one) for one in counted.adoptions), until)
    conflicts = _by_week(((at, True) for at in counted.conflicts), until)
    first = min([*by_system, *promoted, *adopted, *conflicts], default="")
    found: list[Week] = []
    for week in _sundays(first, last):
        days = min(7.0, max(1.0, (until - begin_of(week)) / DAY))
        systems = by_system.get(week, {})
        errors = sum(max(pair) for pair in systems.values())
        taken = adopted.get(week, [])
        measured = [one for one in taken if one.outcome]
        improved = sum(one.outcome == "IMPROVED" for one in measured)
        known = set(FIGURES) - {"error_rate", "knowledge_transfer_success_rate", "adoption_lag_days"}
        known |= {"error_rate"} if systems else set()
        known |= {"adoption_lag_days"} if taken else set()
        known |= {"knowledge_transfer_success_rate"} if measured else set()
        figures = {
            "errors": errors,
            "error_rate": round(errors / (len(systems) * days), 4) if systems else 0.0,
            "promotions": sum(promoted.get(week, [])),
            "rejections": sum(not one for one in promoted.get(week, [])),
            "knowledge_transfers_completed": len(taken),
            "knowledge_transfer_success_rate": round(improved / len(measured), 4) if measured else 0.0,
            "adoption_lag_days": round(median(max(0, one.at - one.since) / DAY for one in taken), 1) if taken else 0.0,
            "conflicts": len(conflicts.get(week, [])),
        }
        found.append(Week(week, figures, frozenset(known), days))
    return found


def told_week(document: Mapping[str, float | str]) -> Week:
    """A week as a file of another server tells it; a rate of nothing is taken as unknown."""
    figures = {name: document[name] for name in FIGURES}
    known = set(FIGURES)
    if not figures["knowledge_transfers_completed"]:
        known -= {"knowledge_transfer_success_rate", "adoption_lag_days"}
    return Week(str(document["week_ending"]), figures, frozenset(known))  # type: ignore[arg-type]  # all but the day are numbers


def trends(weeks: Sequence[Week], today: str) -> dict[str, Trend]:
    """The trend of every figure, over the weeks whose Sunday has come.

    A week counts from its Sunday on, its counts as if they went on so until the evening. Eight weeks in a row have to be known.
    """
    whole = [week for week in weeks if week.is_whole(today)][-2 * WEEKS :]
    in_a_row = [week.week_ending for week in whole] == _sundays(
        *([whole[0].week_ending, whole[-1].week_ending] if whole else ["", ""])
    )
    found: dict[str, Trend] = {}
    for name, less_is_better in FIGURES.items():
        told = [week.figures[name] * (7 / week.days if name in COUNTS else 1) for week in whole if name in week.known]
        found[name] = trend(told if in_a_row and len(told) == len(whole) else (), less_is_better=less_is_better)
    return found


def _sundays(first: str, last: str) -> list[str]:
    """The Sundays from the one to the other, the last 52 of them."""
    if not first or first > last:
        return []
    end = date.fromisoformat(last)
    weeks = min(MOST_WEEKS, (end - date.fromisoformat(first)).days // 7 + 1)
    return [(end - timedelta(weeks=ago)).isoformat() for ago in reversed(range(weeks))]


def _by_week(moments: Iterable[tuple[int, T]], until: int) -> dict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for at, one in moments:
        if at <= until:
            found[week_of(at)].append(one)
    return found
