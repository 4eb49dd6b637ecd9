"""Which success patterns are best practices."""

from dataclasses import replace

import pytest

from server.knowledge.gathering.facts import Success
from server.model.knowledge import KnowledgeType
from tests.rules.knowledge.experience import UNTIL, drafts, facts, outcome

BEST = KnowledgeType.BEST_PRACTICE
RENAME = Success(
    "a:s1", "a", UNTIL - 9, "Write to a temporary file, then rename atomically", "", "partial_file", "", 6, 1, 4
)


def test_a_practice_applied_three_times_that_made_an_error_rarer_is_one() -> None:
    (draft,) = drafts(facts(successes=(RENAME,), active=[("b", "partial_file", 4)]), BEST)
    assert draft.title == '"Write to a temporary file, then rename atomically": practice of a, applied 4 times'
    assert draft.applicable_to == ("b",)
    assert (draft.evidence.before_metric, draft.evidence.improvement) == ("partial_file 6", "83.3% reduction")
    assert draft.e_value == 1


@pytest.mark.parametrize(
    ("times", "before", "after", "found"),
    [(3, 6, 1, 1), (2, 6, 1, 0), (9, None, None, 0), (10, None, None, 1), (9, 1, 6, 0)],
)
def test_it_takes_figures_or_very_many_times(times: int, before: float | None, after: float | None, found: int) -> None:
    one = replace(RENAME, times_applied=times, before=before, after=after)
    assert len(drafts(facts(successes=(one,)), BEST)) == found


def test_two_systems_with_one_practice_are_enough_and_one_with_two_is_not() -> None:
    rare = replace(RENAME, times_applied=1, before=None, after=None)
    again = replace(rare, ref="b:s1", system_id="b", title="Atomic rename after writing a temp file")
    (draft,) = drafts(facts(successes=(rare, again)), BEST)
    assert (draft.independent_systems, draft.rests_on) == (2, ("a:s1", "b:s1"))
    assert not drafts(facts(successes=(rare, replace(again, system_id="a"))), BEST)


def test_what_a_stronger_entry_tells_already_is_not_told_again() -> None:
    promoted = outcome("a", RENAME.title, "partial_file")
    told = facts(promoted, successes=(RENAME,), active=[("b", "partial_file", 4)])
    assert drafts(told, KnowledgeType.TRANSFERABLE_FIX)
    assert not drafts(told, BEST)
