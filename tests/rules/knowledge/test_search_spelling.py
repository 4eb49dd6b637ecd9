"""Words that no entry has are taken for what they may have been meant to be."""

import pytest

from server.knowledge.search.spelling import LONGEST_MISTAKE, MOST, Vocabulary

WORDS = Vocabulary(["timeout", "upload", "dependenc", "depend", "dashboard", "retri", "=stale", "a1"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dash", ["dashboard"]),
        ("depen", ["depend", "dependenc"]),
        ("uplaod", ["upload"]),
        ("uploadd", ["upload"]),
        ("timout", ["timeout"]),
        ("timeoot", ["timeout"]),
        ("depend", []),  # it is known
        ("da", []),  # too short for a beginning
        ("pload", []),  # the first letter counts as right
        ("zebra", []),
        ("=stal", []),
        ("", []),
    ],
)
def test_a_word_is_taken_for_those_that_begin_with_it_else_for_those_one_mistake_away(
    typed: str, meant: list[str]
) -> None:
    assert WORDS.meant(typed) == meant


def test_a_beginning_of_many_words_stands_for_the_shortest_few() -> None:
    many = Vocabulary([f"conf{'i' * number}" for number in range(1, 20)])
    assert many.meant("conf") == [f"conf{'i' * number}" for number in range(1, MOST + 1)]


def test_a_mistake_is_looked_for_in_words_that_somebody_may_have_meant_and_in_no_endless_ones() -> None:
    longest, endless = "a" * (LONGEST_MISTAKE - 1), "b" * LONGEST_MISTAKE
    known = Vocabulary([longest, endless])
    assert known.meant(f"{longest}x") == [longest]
    assert known.meant(f"{endless}x") == []
