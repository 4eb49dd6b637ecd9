"""What a system's own errors show of a promotion for which it told no figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from server.knowledge.gathering.facts import Outcome
from server.knowledge.similarity.categories import spelt_alike
from server.model.moments import DAY
from server.model.weeks import WEEK
from server.storage import outcomes

if TYPE_CHECKING:
    from server.storage.session import Session

LOOKED_AT = 4 * WEEK
"""Of a system's own errors, before and after a promotion whose figures were not told."""
LEAST = WEEK
"""Of either side; less shows nothing."""


def with_own_counts(session: "Session", told: Sequence[Outcome], until: int) -> list[Outcome]:
    """Promotions without figures with those that their systems' own errors show, where they show enough."""
    open_by_system: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in told:
        if one.promoted and one.error_category and (one.before is None or one.after is None):
            open_by_system[one.system_id].append(one)
    counted: dict[str, Outcome] = {}
    for system_id, some in sorted(open_by_system.items()):
        span = outcomes.told_between(session, system_id)
        if span is None:
            continue
        first, last = min(one.at for one in some) - LOOKED_AT, max(one.at for one in some) + LOOKED_AT
        errors = [
            (at, spelt_alike(category))
            for at, category in outcomes.errors_between(session, system_id, first, min(last, until))
        ]
        counted.update((one.ref, _counted(one, errors, span, until)) for one in some)
    return [counted.get(one.ref, one) for one in told]


def _counted(one: Outcome, errors: Sequence[tuple[int, str]], span: tuple[int, int], until: int) -> Outcome:
    """Over as long a time before as after; silence after a promotion is no proof of a fix."""
    long = min(LOOKED_AT, one.at - span[0], until - one.at)
    if long < LEAST or span[1] < one.at + LEAST:
        return one
    key = spelt_alike(one.error_category)
    mine = [at for at, category in errors if category == key]
    before = sum(one.at - long <= at < one.at for at in mine)
    after = sum(one.at <= at < one.at + long for at in mine)
    weeks = long / WEEK
    if not before:
        return one
    return replace(one, before=before / weeks, after=after / weeks, observation_days=long / DAY)
