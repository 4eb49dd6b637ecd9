"""Who needs a fix no more: it has turned the same approach down, or has fixed that error by itself."""

from collections import defaultdict

from server.knowledge.gathering.facts import Facts, Outcome
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.synthesis.applicability import ACTIVE_TIMES
from server.knowledge.synthesis.evidence import improvement, is_fix

_ACTIVE_WEEKS = 30 / 7


class Settled:
    """The same asked of many fixes."""

    def __init__(self, facts: Facts) -> None:
        from server.knowledge.synthesis.crowd import Crowd

        newest = dict[tuple[str, str], int]()
        for active in facts.activity:
            at = active.system_id, spelt_alike(active.category)
            newest[at] = max(active.newest, newest.get(at, active.newest))
        own_ones = [one for one in facts.outcomes if not one.entry_id]
        self._rejected = Crowd([one for one in own_ones if not one.promoted])
        fixed = [one for one in own_ones if is_fix(improvement(one))]
        self._rid: defaultdict[str, set[str]] = defaultdict(set)
        """By category who has fixed it for good, by whatever approach."""
        still = []
        for own in fixed:
            category = spelt_alike(own.error_category)
            if newest.get((own.system_id, category), 0) <= own.at or _is_rare(own):
                self._rid[category].add(own.system_id)
            else:
                still.append(own)
        self._still = Crowd(still)
        """Fixes after which the error went on: they settle only their own approach."""

    def by(self, fix: Outcome) -> set[str]:
        """Systems that need this fix no more: a rejection of the same approach, or an own fix after which the error is rare."""
        category = spelt_alike(fix.error_category)
        turned_down = self._rejected.alike(fix) & (
            self._rejected.same_category(fix.error_category) | ~self._rejected.categorised
        )
        found = {self._rejected.outcomes[place].system_id for place in turned_down.nonzero()[0].tolist()}
        found |= self._rid.get(category, set())
        for place in self._still.alike(fix).nonzero()[0].tolist():
            own = self._still.outcomes[place]
            if spelt_alike(own.error_category) == category:
                found.add(own.system_id)
        return found - {fix.system_id}


def _is_rare(own: Outcome) -> bool:
    return own.after is not None and own.after * _ACTIVE_WEEKS < ACTIVE_TIMES
