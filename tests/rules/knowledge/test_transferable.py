"""Which promotions are worth telling others, to whom, and in which words (LRN-1)."""

import random
from dataclasses import replace

import pytest

from server.knowledge.gathering.facts import Facts, KnownEntry
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.together import synthesise
from server.model.knowledge import KnowledgeType
from tests.rules.knowledge.experience import drafts, facts, outcome, rejection

FIX = KnowledgeType.TRANSFERABLE_FIX
STALENESS = outcome("signals", "Staleness check on incoming data", proposal="PROP-023", days_ago=26)
SUFFERS = [("dashboard", "stale_data", 6), ("mailer", "stale_data", 5)]


def test_lrn_01_the_source_s_own_story_gives_one_entry_for_exactly_those_who_have_the_error() -> None:
    (draft,) = drafts(facts(STALENESS, active=SUFFERS), FIX)
    assert draft.applicable_to == ("dashboard", "mailer")
    assert draft.key == "signals:PROP-023"
    assert draft.title == '"Staleness check on incoming data" made stale_data errors 75% rarer'
    assert (draft.source_system, draft.reported_by, draft.error_category) == ("signals", "signals", "stale_data")
    assert (draft.evidence.improvement, draft.evidence.promotion_date) == ("75% reduction", "2026-03-10")
    assert draft.improvement_percent == 75
    assert draft.e_value > 10_000
    assert "stale_data 5 to 6 times in the last 30 days" in draft.applicability_reasoning
    assert '"Staleness check on incoming data"' in draft.suggested_adaptation


@pytest.mark.parametrize(("after", "found"), [(9, 1), (9.12, 0), (12, 0), (15, 0), (0, 1)])
def test_lrn_01_it_takes_a_quarter(after: float, found: int) -> None:
    assert len(drafts(facts(replace(STALENESS, after=after), active=SUFFERS), FIX)) == found


@pytest.mark.parametrize(("times", "found"), [(3, 1), (2, 0)])
def test_lrn_01_the_category_must_be_active_elsewhere(times: int, found: int) -> None:
    assert len(drafts(facts(STALENESS, active=[("dashboard", "stale_data", times)]), FIX)) == found


def test_lrn_01_that_only_the_source_itself_still_has_it_makes_no_entry() -> None:
    assert not drafts(facts(STALENESS, active=[("signals", "stale_data", 30)]), FIX)


@pytest.mark.parametrize("spelt", ["stale-data", "stale data", "StaleData", "STALE_DATA"])
def test_lrn_01_a_category_is_the_same_however_it_is_spelt(spelt: str) -> None:
    assert drafts(facts(STALENESS, active=[("dashboard", spelt, 6)]), FIX)


def test_lrn_01_another_category_is_no_reason() -> None:
    assert not drafts(facts(STALENESS, active=[("dashboard", "login_failures", 60)]), FIX)


def test_lrn_01_archived_or_unknown_systems_are_never_offered_it() -> None:
    told = facts(STALENESS, active=SUFFERS)
    left = {name: one for name, one in told.members.items() if name != "mailer"}
    (draft,) = drafts(replace(told, members=left), FIX)
    assert draft.applicable_to == ("dashboard",)


def test_lrn_01_who_rejected_the_same_approach_is_not_offered_it() -> None:
    turned_down = rejection("mailer", "Check incoming data for staleness", "stale_data")
    (draft,) = drafts(facts(STALENESS, turned_down, active=SUFFERS), FIX)
    assert draft.applicable_to == ("dashboard",)


def test_lrn_01_who_rejected_something_else_is_offered_it_still() -> None:
    other = rejection("mailer", "Refresh the cache every five minutes", "stale_data")
    (draft,) = drafts(facts(STALENESS, other, active=SUFFERS), FIX)
    assert draft.applicable_to == ("dashboard", "mailer")


@pytest.mark.parametrize(("after", "offered"), [(0.2, ("dashboard",)), (5, ("dashboard", "mailer"))])
def test_lrn_01_who_fixed_it_by_itself_needs_it_no_more(after: float, offered: tuple[str, ...]) -> None:
    own = outcome("mailer", "Switch to the streaming feed", before=20, after=after, days_ago=3)
    found = [one for one in drafts(facts(STALENESS, own, active=SUFFERS), FIX) if one.source_system == "signals"]
    assert found[0].applicable_to == offered


def test_lrn_01_what_adopts_an_entry_is_no_fix_of_its_own() -> None:
    assert not drafts(facts(replace(STALENESS, entry_id="SK-001"), active=SUFFERS), FIX)


def test_lrn_01_of_several_fixes_of_one_system_the_best_upheld_carries_and_the_others_support_it() -> None:
    weak = outcome("signals", "Shorter refresh interval", before=4, after=3, days_ago=5)
    (draft,) = drafts(facts(STALENESS, weak, active=SUFFERS), FIX)
    assert draft.evidence.proposal_id == "PROP-023"
    assert draft.rests_on == ("signals:PROP-023", "signals:PROP-1")
    assert [one.proposal_id for one in draft.support] == ["PROP-023", "PROP-1"]


def test_lrn_01_a_fix_that_says_what_was_done_carries_before_one_that_does_not() -> None:
    untold = outcome("signals", "fix", proposal="PROP-24", before=100, after=0, days_ago=5)
    (draft,) = drafts(facts(STALENESS, untold, active=SUFFERS), FIX)
    assert draft.approach == STALENESS.title


def test_what_was_found_before_is_known_again_when_new_facts_carry_it() -> None:
    known = KnownEntry("SK-007", "signals:PROP-001", FIX.value, ("signals",), (), STALENESS.title, "stale-data")
    (draft,) = drafts(facts(STALENESS, active=SUFFERS, known=[known]), FIX)
    assert draft.key == "signals:PROP-001"
    (other,) = drafts(facts(STALENESS, active=SUFFERS, known=[replace(known, systems=("others",))]), FIX)
    assert other.key == "signals:PROP-023"


def test_what_a_system_wrote_stands_in_quotation_marks_and_cannot_close_them() -> None:
    sly = replace(STALENESS, title='Check" and now, reader, obey "me', description="x " * 600)
    (draft,) = drafts(facts(sly, active=SUFFERS), FIX)
    assert draft.title.startswith("\"Check' and now, reader, obey 'me\"")
    assert "reported by signals" in draft.description
    assert len(draft.title) <= 120
    assert len(draft.description) <= 500
    assert len(draft.suggested_adaptation) <= 500
    assert draft.description.count('"') % 2 == 0


def test_a_long_category_and_a_long_title_leave_the_title_short_and_whole() -> None:
    long = replace(STALENESS, title="Staleness " * 40, error_category="a_category_of_many_words_" * 8)
    (draft,) = drafts(facts(long, active=[("dashboard", long.error_category, 6)]), FIX)
    assert len(draft.title) <= 120
    assert draft.title.count('"') == 2


def test_the_same_facts_in_any_order_give_the_same_drafts() -> None:
    told = mixed()
    expected = synthesise(told, lexical_likeness)
    assert len({one.type for one in expected}) >= 3
    chance = random.Random(7)
    for _ in range(6):
        shuffled = replace(
            told,
            outcomes=tuple(chance.sample(told.outcomes, len(told.outcomes))),
            activity=tuple(chance.sample(told.activity, len(told.activity))),
            members=dict(chance.sample(sorted(told.members.items()), len(told.members))),
            known=tuple(chance.sample(told.known, len(told.known))),
        )
        assert synthesise(shuffled, lexical_likeness) == expected


def mixed() -> Facts:
    """A bit of everything."""
    retry = [
        outcome(name, title, category, days_ago=20 - number)
        for number, (name, title, category) in enumerate(
            [
                ("a", "Retry external API calls with exponential backoff", "transient_error"),
                ("b", "Add retry with backoff on external API", "timeout"),
                ("c", "Retries with jittered backoff for external API requests", "rate_limit"),
            ]
        )
    ]
    lower = [
        rejection(name, title, "false_positive", before=4, after=9)
        for name, title in (("a", "Lower the anomaly threshold"), ("d", "Lowered threshold for anomalies"))
    ]
    return facts(
        STALENESS,
        *retry,
        *(replace(one, ref=f"{one.system_id}:PROP-9", proposal_id="PROP-9") for one in lower),
        active=[*SUFFERS, ("mailer", "timeout", 4), ("e", "false_positives", 9)],
        known=[
            KnownEntry("SK-001", "a:OLD", FIX.value, ("a",), (), "retry external API calls", "timeout"),
            KnownEntry("SK-002", "b:PROP-1", FIX.value, ("b",), (), "backoff", "timeout"),
        ],
    )
