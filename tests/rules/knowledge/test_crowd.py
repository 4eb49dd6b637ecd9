"""Comparing one outcome with very many at once says of each what comparing the two says."""

import random

import pytest

from server.knowledge.gathering.facts import Outcome
from server.knowledge.synthesis.approaches import alike, same_category, same_metric
from server.knowledge.synthesis.crowd import Crowd
from server.knowledge.synthesis.ideas import idea_of
from tests.rules.knowledge.experience import outcome
from tests.rules.knowledge.ideas import ONE_IDEA, SEVERAL_IDEAS, UNSEEN_ONE_IDEA, UNSEEN_SEVERAL_IDEAS

WORDS = (
    "retry cache check uncached lock unlock limit batch validate price prices file order parser stream stale more less skip "
    "without increase lower accept reject disable the data field fix add nightly"
).split()
CATEGORIES = [
    "",
    "stale_data",
    "stale-data",
    "late_prices",
    "timeout",
    "api_timeout",
    "parse_error",
    "file",
    "lost_orders",
]


def _told() -> list[Outcome]:
    texts = [
        pair
        for group in (ONE_IDEA, SEVERAL_IDEAS, UNSEEN_ONE_IDEA, UNSEEN_SEVERAL_IDEAS)
        for it in group
        for pair in it
    ]
    return [outcome(f"s{number}", title, category) for number, (title, category) in enumerate(texts)]


def _of_few_words(seed: int) -> list[Outcome]:
    chance = random.Random(seed)

    def said() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(0, 5)))

    return [
        outcome(
            f"s{number}",
            said(),
            chance.choice(CATEGORIES),
            approach=said(),
            description=said(),
            metric=chance.choice(("", "latency", "Latency", "-")),
        )
        for number in range(150)
    ]


@pytest.mark.parametrize("outcomes", [_told(), _of_few_words(1), _of_few_words(2)], ids=["told", "few words", "others"])
def test_a_crowd_says_what_pairs_say(outcomes: list[Outcome]) -> None:
    crowd = Crowd(outcomes)
    found = 0
    for one in outcomes:
        expected = [alike(one, other) for other in outcomes]
        assert crowd.alike(one).tolist() == expected, one
        assert crowd.same_metric(one).tolist() == [same_metric(one, other) for other in outcomes], one
        category = one.error_category
        assert crowd.same_category(category).tolist() == [
            same_category(category, other.error_category) for other in outcomes
        ]
        found += sum(expected)
    assert len(outcomes) < found < len(outcomes) ** 2 / 4, "some are alike, and most are not"


def test_an_outcome_from_elsewhere_is_compared_as_well() -> None:
    outcomes = _told()
    stranger = outcome("elsewhere", "Staleness checks of incoming files", "stale_data")
    assert Crowd(outcomes).alike(stranger).tolist() == [alike(stranger, other) for other in outcomes]
    assert not Crowd([]).alike(stranger).any()


def test_who_says_nothing_of_a_change_is_like_nobody() -> None:
    silent = outcome("s0", "Fix", "stale_data")
    crowd = Crowd([silent, outcome("s1", "Update", "stale_data")])
    assert not idea_of(silent).named
    assert crowd.alike(silent).tolist() == [False, False]
