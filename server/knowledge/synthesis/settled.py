"""Who needs a fix no more: it has turned the same approach down, or has fixed that error by itself."""

from collections import defaultdict
from collections.abc import Sequence

from server.knowledge.applicability import ACTIVE_TIMES, spelt_alike
from server.knowledge.facts import Facts, Outcome
from server.knowledge.synthesis.approaches import alike, same_category
from server.knowledge.synthesis.evidence import improvement, is_fix

_ACTIVE_WEEKS = 30 / 7


class Settled:
    """The same asked of many fixes."""

    def __init__(self, facts: Facts) -> None:
        self._of: defaultdict[str, list[Outcome]] = defaultdict(list)
        self._newest: dict[tuple[str, str], int] = {}
        for outcome in facts.outcomes:
            if not outcome.entry_id:
                self._of[outcome.system_id].append(outcome)
        for active in facts.activity:
            at = active.system_id, spelt_alike(active.category)
            self._newest[at] = max(active.newest, self._newest.get(at, active.newest))

    def among(self, fix: Outcome, systems: Sequence[str]) -> list[str]:
        """Those of the systems that need this fix no more."""
        return [system for system in systems if any(self._settles(one, fix) for one in self._of.get(system, ()))]

    def _settles(self, own: Outcome, fix: Outcome) -> bool:
        """Whether its own outcome does: a rejection of the same approach, or a fix after which the error is active no more."""
        if own.error_category and not same_category(own.error_category, fix.error_category):
            return False
        if not own.promoted:
            return alike(own, fix)
        told = improvement(own)
        if told is None or not is_fix(told) or spelt_alike(own.error_category) != spelt_alike(fix.error_category):
            return False
        newest = self._newest.get((own.system_id, spelt_alike(fix.error_category)), 0)
        return newest <= own.at or told.after * _ACTIVE_WEEKS < ACTIVE_TIMES or alike(own, fix)
