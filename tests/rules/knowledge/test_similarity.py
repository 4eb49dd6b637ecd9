"""Which texts mean the same, by their terms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.knowledge.similarity.index import LexicalIndex
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.similarity.words import stem, terms

TEXTS = st.lists(
    st.lists(st.sampled_from("price feed stale timeout parse order ledger gap".split()), max_size=6).map(" ".join),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("priceFeedTimeout", "price_feed_timed-out"),
        ("prices.json", "price json"),
        ("stale_data", "data-age errors"),
        ("HTTPConnection", "http connecting"),
        ("unexpectedly", "unexpected"),
        ("no response", "did not respond"),
        ("file_not_found", "missing file"),
        ("42 retries in 10s", "retry"),
    ],
)
def test_names_are_taken_apart_and_words_of_one_meaning_brought_together(one: str, other: str) -> None:
    assert sorted(terms(one)) == sorted(terms(other))


@pytest.mark.parametrize(
    ("one", "other"), [("stale data", "missing data"), ("timeout", "denied"), ("orders", "border")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert sorted(terms(one)) != sorted(terms(other))


def test_words_that_say_nothing_are_no_terms() -> None:
    assert terms("an error has occurred: 17") == []


def test_numbers_are_terms_only_where_that_is_wanted() -> None:
    assert terms("order 17404 of 3") == ["order"]
    assert terms("order 17404 of 3", numbers=True) == ["order", "17404"]
    assert [hit.text for hit in LexicalIndex(["order 11", "order 17404"]).search("17404", 2)] == [1]


@given(st.text(max_size=200))
def test_any_text_has_terms_and_they_have_no_room_in_them(text: str) -> None:
    assert all(term and term == "".join(term.split()) for term in terms(text))


@given(st.from_regex(r"[a-z]{1,15}", fullmatch=True))
def test_a_stem_is_no_longer_than_its_word(word: str) -> None:
    assert 0 < len(stem(word)) <= len(word)


def test_the_text_most_like_a_query_comes_first() -> None:
    index = LexicalIndex(["prices are stale", "disk full on the mail host", "stale cache of orders", "nothing"])
    assert [hit.text for hit in index.search("outdated price data", 3)] == [0, 2]
    assert index.search("unknown words entirely", 3) == []


def test_an_index_that_grew_answers_as_one_made_at_once() -> None:
    texts = ["price feed", "stale price", "order gap", "parse order feed"]
    grown = LexicalIndex(texts[:1])
    assert grown.search("feed", 5)
    grown.extend(texts[1:])
    assert grown.search("stale feed", 5) == LexicalIndex(texts).search("stale feed", 5)
    assert len(grown) == 4


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.data())
def test_neighbours_are_what_a_comparison_of_every_two_gives(texts: list[str], data: st.DataObject) -> None:
    owners = data.draw(st.lists(st.integers(0, 3), min_size=len(texts), max_size=len(texts)))
    index = LexicalIndex(texts)
    found, scores = index.neighbours(2, owners)
    for number, text in enumerate(texts):
        every = np.zeros(len(texts))
        for hit in index.search(text, len(texts)):
            every[hit.text] = hit.score
        every[[owner == owners[number] for owner in owners]] = 0
        best = np.sort(every)[::-1][: found.shape[1]]
        best = np.pad(best, (0, found.shape[1] - len(best)))
        assert scores[number] == pytest.approx(best, abs=1e-5)
        assert [(place >= 0) for place in found[number]] == [score > 1e-9 for score in scores[number]]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.data())
def test_pairs_are_of_different_owners_and_equal_texts_are_among_them(texts: list[str], data: st.DataObject) -> None:
    owners = data.draw(st.lists(st.integers(0, 3), min_size=len(texts), max_size=len(texts)))
    pairs = lexical_likeness(texts, owners, 3)
    assert all(pair.one < pair.other and owners[pair.one] != owners[pair.other] for pair in pairs)
    paired = {place for pair in pairs for place in (pair.one, pair.other)}
    for number, text in enumerate(texts):
        twins = [other for other, its in enumerate(texts) if sorted(terms(its)) == sorted(terms(text))]
        if terms(text) and any(owners[other] != owners[number] for other in twins):
            assert number in paired


def test_what_two_texts_share_is_told_apart_by_what_it_proves() -> None:
    (pair,) = lexical_likeness(["stale prices.json", "prices.json is out of date"], [0, 1], 3)
    assert pair.telling == ("pric",)
    assert pair.meanings == ("stale",)
    assert not pair.contrary
    (pair,) = lexical_likeness(["stale prices", "missing prices"], [0, 1], 3)
    assert pair.contrary
    assert lexical_likeness(["stale ledger"] * 5, range(5), 3)[0].telling == ()
