"""What speaks against an entry after it was shared: its own source's later word, and nothing that still bears it out."""

from dataclasses import replace

import pytest

from server.knowledge.entries.life import Known, born
from server.knowledge.gathering.facts import Outcome
from server.knowledge.synthesis.taken_back import speaking_against, taken_back
from server.model.knowledge import KnowledgeStatus, KnowledgeType
from tests.rules.knowledge.experience import drafts, facts, outcome

PROMOTED = outcome("a", "Staleness check on incoming data")
(DRAFT,) = drafts(facts(PROMOTED, active=[("mailer", "stale_data", 3)]), KnowledgeType.TRANSFERABLE_FIX)
SHARED = born(DRAFT, "SK-001", "2026-04-05")
REJECTED = replace(PROMOTED, promoted=False, before=3, after=13)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (REJECTED, True),
        (replace(REJECTED, before=None, after=None), True),
        (replace(PROMOTED, after=9.5), True),
        (replace(PROMOTED, after=9), False),
        (replace(PROMOTED, before=None, after=None), False),
        (replace(REJECTED, ref="a:PROP-2"), False),
        (replace(REJECTED, ref="b:PROP-1", system_id="b"), False),
    ],
)
def test_lrn_01_only_what_takes_a_shared_fix_back_asks_for_a_retest(told: Outcome, asked: bool) -> None:
    after = taken_back(SHARED, speaking_against([told]))
    assert bool(after.entry.retest) is asked
    assert (after is SHARED) is not asked


def test_what_is_superseded_asks_for_nothing_and_what_was_renewed_since_neither() -> None:
    for update in ({"status": KnowledgeStatus.SUPERSEDED}, {"renewed_at": "2026-04-04"}):
        known = Known(SHARED.entry.model_copy(update=update), SHARED.rests_on)
        assert taken_back(known, [REJECTED]) is known
    earlier = Known(SHARED.entry.model_copy(update={"renewed_at": "2026-03-01"}), SHARED.rests_on)
    assert taken_back(earlier, [REJECTED]).entry.retest[0].reason == (
        "a, whose experience this is, turned down again what it had promoted on 2026-03-26: stale_data errors went from 3 to 13 "
        "per week."
    )
