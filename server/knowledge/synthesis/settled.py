"""Who needs a fix no more: it has turned the same approach down, or has fixed that error by itself."""

from collections import defaultdict

from server.knowledge.applicability import ACTIVE_TIMES, spelt_alike
from server.knowledge.facts import Facts, Outcome
from server.knowledge.synthesis.approaches import alike, same_category
from server.knowledge.synthesis.evidence import Weighed, improvement, is_fix
from server.knowledge.synthesis.ideas import idea_of

_ACTIVE_WEEKS = 30 / 7


class Settled:
    """The same asked of many fixes."""

    def __init__(self, facts: Facts) -> None:
        self._rejected: defaultdict[str, list[Outcome]] = defaultdict(list)
        """By each word of what was not done: of one approach are only those that have one in common."""
        self._fixed: defaultdict[str, list[tuple[Outcome, Weighed]]] = defaultdict(list)
        self._newest: dict[tuple[str, str], int] = {}
        for own in facts.outcomes:
            if own.entry_id:
                continue
            if not own.promoted:
                for word in idea_of(own).named:
                    self._rejected[word].append(own)
            elif (told := improvement(own)) is not None and is_fix(told):
                self._fixed[spelt_alike(own.error_category)].append((own, told))
        for active in facts.activity:
            at = active.system_id, spelt_alike(active.category)
            self._newest[at] = max(active.newest, self._newest.get(at, active.newest))

    def by(self, fix: Outcome) -> set[str]:
        """Systems that need this fix no more: a rejection of the same approach, or an own fix after which the error is rare."""
        category = spelt_alike(fix.error_category)
        turned_down = {own.ref: own for word in idea_of(fix).named for own in self._rejected.get(word, ())}
        found = {
            own.system_id
            for own in turned_down.values()
            if (not own.error_category or same_category(own.error_category, fix.error_category)) and alike(own, fix)
        }
        for own, told in self._fixed.get(category, ()):
            newest = self._newest.get((own.system_id, category), 0)
            if newest <= own.at or told.after * _ACTIVE_WEEKS < ACTIVE_TIMES or alike(own, fix):
                found.add(own.system_id)
        return found - {fix.system_id}
