"""Which improvements are one kind, and whether those who made them are independent (LRN-2)."""

import random
from dataclasses import replace

import pytest

from server.knowledge.gathering.facts import KnownEntry, Outcome
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.approaches import alike, groups
from server.model.knowledge import KnowledgeType
from tests.rules.knowledge.experience import drafts, facts, outcome
from tests.rules.knowledge.ideas import ONE_IDEA, SEVERAL_IDEAS, UNSEEN_ONE_IDEA, UNSEEN_SEVERAL_IDEAS

UNIVERSAL, FIX = KnowledgeType.UNIVERSAL_PATTERN, KnowledgeType.TRANSFERABLE_FIX
RETRY = (
    outcome("a", "Retry external API calls with exponential backoff", "transient_error", 10, 4, days_ago=20),
    outcome("b", "Add retry with backoff on external API", "timeout", 20, 8, days_ago=15),
    outcome("c", "Retries with jittered backoff for external API requests", "rate_limit", 6, 2, days_ago=10),
)
STILL = [("mailer", "timeout", 6), ("dashboard", "transient_errors", 3)]


def told(texts: list[tuple[str, str]]) -> list[Outcome]:
    return [
        outcome(f"s{number}", title, category, days_ago=20 - number) for number, (title, category) in enumerate(texts)
    ]


def grouped(outcomes: list[Outcome]) -> list[list[Outcome]]:
    return groups(outcomes, lambda one: one.system_id, lexical_likeness, lambda crowd, one: crowd.same_metric(one))


@pytest.mark.parametrize("texts", ONE_IDEA, ids=lambda texts: texts[0][0])
def test_lrn_02_one_idea_in_three_wordings_is_one_group(texts: list[tuple[str, str]]) -> None:
    assert [len(group) for group in grouped(told(texts))] == [3]


@pytest.mark.parametrize("texts", SEVERAL_IDEAS, ids=lambda texts: f"{texts[0][0]} / {texts[1][0]} / {texts[1][1]}")
def test_lrn_02_several_ideas_against_one_error_or_one_against_several_are_no_group(
    texts: list[tuple[str, str]],
) -> None:
    assert [len(group) for group in grouped(told(texts))] == [1, 1, 1]


def test_lrn_02_ideas_are_found_and_stay_apart_amid_all_others() -> None:
    everything = [(title, category) for texts in ONE_IDEA for title, category in texts]
    others = [(title, category) for texts in SEVERAL_IDEAS[2:] for title, category in texts]
    found = grouped([replace(one, ref=f"{one.system_id}:P") for one in told(everything + others)])
    of_three = [{one.title for one in group} for group in found if len(group) >= 3]
    whole = sum(any({title for title, _ in texts} <= titles for titles in of_three) for texts in ONE_IDEA)
    assert whole >= 0.85 * len(ONE_IDEA), "amid eighty others a few lose a wording to a nearer neighbour"
    kinds = {title: number for number, texts in enumerate(ONE_IDEA) for title, _ in texts}
    apart = {
        "Cache exchange rates for an hour",
        "Cache DNS lookups",
        "Batch database inserts",
        "Health check before routing traffic",
    }
    assert all(len({kinds[title] for title in titles & apart if title in kinds}) <= 1 for titles in of_three)


def test_lrn_02_wordings_that_the_rule_was_not_made_for_are_told_apart_as_the_page_says() -> None:
    together = sum([len(group) for group in grouped(told(texts))] == [3] for texts in UNSEEN_ONE_IDEA)
    apart = sum([len(group) for group in grouped(told(texts))] == [1, 1, 1] for texts in UNSEEN_SEVERAL_IDEAS)
    assert (len(UNSEEN_ONE_IDEA), len(UNSEEN_SEVERAL_IDEAS)) == (12, 10)
    assert together >= 11
    assert apart >= 7


def test_lrn_02_strangers_make_hardly_any_universal_pattern() -> None:
    chance, found = random.Random(5), 0
    often = [1 / (place + 3) for place in range(400)]
    for _ in range(4):
        words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in often]
        titles = [" ".join(chance.choices(words, often, k=6)) for _ in range(100)]
        outcomes = [
            outcome(f"s{number % 40}", title, f"category{number % 9}", proposal=f"P{number}")
            for number, title in enumerate(titles)
        ]
        found += len(drafts(facts(*outcomes), UNIVERSAL))
    assert found <= 1


def test_opposite_directions_are_never_one_approach() -> None:
    lower, raise_ = told([("Lower the fraud threshold", "fraud"), ("Raise the fraud threshold", "fraud")])
    assert not alike(lower, raise_)


def test_lrn_02_three_independent_systems_make_a_universal_pattern() -> None:
    (draft,) = drafts(facts(*RETRY, active=STILL), UNIVERSAL)
    assert draft.key == "a:PROP-1"
    assert (draft.source_system, draft.independent_systems) == ("a", 3)
    assert draft.applicable_to == ("dashboard", "mailer")
    assert [one.system for one in draft.support] == ["a", "b", "c"]
    product = 1.0
    for one in draft.support:
        product *= one.e_value or 0
    assert draft.e_value == pytest.approx(product, rel=1e-3)
    assert draft.evidence.before_metric == "12 transient_error errors per week"
    assert draft.evidence.observation_period == "28 days"
    assert all((draft.evidence.after_metric, draft.evidence.improvement, draft.evidence.promotion_date))


def test_lrn_02_it_takes_in_the_single_fixes_of_the_same_approach() -> None:
    known = [
        KnownEntry("SK-001", "a:PROP-1", FIX.value, ("a",), (), RETRY[0].title, "transient_error"),
        KnownEntry("SK-002", "b:OLD", FIX.value, ("b",), (), "retry with backoff on the external API", "timeout"),
        KnownEntry("SK-003", "c:OLD", FIX.value, ("c",), (), "switch the vendor", "rate_limit"),
    ]
    found = facts(*RETRY, active=STILL, known=known)
    (draft,) = drafts(found, UNIVERSAL)
    assert draft.supersedes == ("SK-001", "SK-002")
    assert not drafts(found, FIX)


@pytest.mark.parametrize(("expires", "found"), [("2026-04-06", 0), ("2026-04-05", 2)])
def test_lrn_02_what_a_standing_pattern_tells_is_not_told_again_by_each_of_its_systems(
    expires: str, found: int
) -> None:
    known = KnownEntry(
        "SK-004", "a:P", UNIVERSAL.value, ("a", "b", "c"), (), RETRY[0].title, "transient_error", expires=expires
    )
    assert len(drafts(facts(*RETRY[1:], active=[*STILL, ("mailer", "rate_limit", 5)], known=[known]), FIX)) == found


def test_lrn_02_two_systems_are_too_few() -> None:
    found = facts(*RETRY[:2], active=STILL)
    assert not drafts(found, UNIVERSAL)
    assert len(drafts(found, FIX)) == 2


def test_lrn_02_one_system_three_times_is_one() -> None:
    thrice = [replace(one, system_id="a", ref=f"a:{number}") for number, one in enumerate(RETRY)]
    assert not drafts(facts(*thrice, active=STILL), UNIVERSAL)


def test_lrn_02_of_three_systems_of_which_two_are_kin_only_two_are_independent() -> None:
    assert not drafts(facts(*RETRY, active=STILL, kin=[("b", "family"), ("c", "family")]), UNIVERSAL)


def test_lrn_02_a_fourth_that_is_kin_adds_no_group_and_its_evidence_is_averaged() -> None:
    fourth = outcome("d", "Retry external API calls with backoff", "timeout", 4, 2)
    weak = [replace(one, observation_days=7) for one in (*RETRY, fourth)]
    (draft,) = drafts(facts(*weak, active=STILL, kin=[("c", "family"), ("d", "family")]), UNIVERSAL)
    assert draft.independent_systems == 3
    values = {one.system: one.e_value or 0 for one in draft.support}
    assert draft.e_value == pytest.approx(values["a"] * values["b"] * (values["c"] + values["d"]) / 2, rel=1e-2)


def test_lrn_02_who_adopted_an_entry_is_no_new_evidence() -> None:
    adopted = (*RETRY[:2], replace(RETRY[2], entry_id="SK-001"))
    assert not drafts(facts(*adopted, active=STILL), UNIVERSAL)


@pytest.mark.parametrize("after", [6, 7, None])
def test_lrn_02_where_the_error_did_not_become_rarer_it_is_no_improvement(after: float | None) -> None:
    assert not drafts(facts(*RETRY[:2], replace(RETRY[2], after=after), active=STILL), UNIVERSAL)


def test_lrn_02_one_told_under_a_metric_of_its_own_must_share_that_metric() -> None:
    named = [replace(one, error_category="", metric="api_error_rate") for one in RETRY]
    (draft,) = drafts(facts(*named), UNIVERSAL)
    assert draft.evidence.before_metric == "12 api_error_rate errors per week"
    apart = [replace(one, metric=f"metric_{number}") for number, one in enumerate(named)]
    assert not drafts(facts(*apart), UNIVERSAL)


def test_lrn_02_the_pattern_is_known_again_when_its_first_system_is_out_of_sight() -> None:
    fourth = outcome("d", "Retry external API calls with backoff", "transient_error", 30, 2, days_ago=1)
    known = KnownEntry("SK-004", "a:PROP-1", UNIVERSAL.value, ("a", "b", "c"), (), RETRY[1].title, "timeout")
    (draft,) = drafts(facts(*RETRY[1:], fourth, active=STILL, known=[known]), UNIVERSAL)
    assert draft.key == "a:PROP-1"
