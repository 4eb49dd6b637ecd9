"""Vectors of entries: compared within one model, taken from what is usual, and added to the words."""

import numpy as np
import pytest

from server.knowledge.search import meanings as in_meanings
from server.knowledge.search.corpus import Corpus, Ranked
from server.knowledge.search.meanings import NEAREST, ByMeaning, Meanings, above
from server.knowledge.search.providers import Vectors, of_length_one
from tests.rules.knowledge.test_search_corpus import Row


def along(*numbers: float) -> bytes:
    """A vector of length 1 in this direction, as it is kept."""
    return bytes(of_length_one([numbers])[0].astype("<f4").tobytes())


def asked(*numbers: float) -> Vectors:
    found: Vectors = of_length_one([numbers])[0]
    return found


def test_an_entry_without_a_vector_of_its_present_text_is_lacking() -> None:
    meanings = Meanings(2)
    meanings.take([("SK-1", "a", along(1, 0)), ("SK-2", "b", along(1, 1))])
    assert meanings.lacking({"SK-1": "a", "SK-2": "changed", "SK-3": "c"}) == ["SK-2", "SK-3"]
    meanings.take([("SK-2", "changed", along(0, 1)), ("SK-3", "c", along(1, 0, 0))])
    assert meanings.lacking({"SK-1": "a", "SK-2": "changed", "SK-3": "c"}) == ["SK-3"], (
        "three numbers are another model's"
    )


def test_likeness_is_counted_from_what_is_usual_among_the_entries() -> None:
    """Of some models all texts are alike to .7; only what stands out says anything."""
    meanings = Meanings(3)
    meanings.take((f"SK-{number}", "", along(10, number % 7 / 7, 1)) for number in range(400))
    meanings.take([("SK-400", "", along(10, 0, 9))])
    query = asked(10, 0, 9)
    usual = meanings.usual(query)
    nearest = meanings.nearest(query, 2)
    assert nearest[0][0] == "SK-400"
    assert above(nearest[0][1], usual) == pytest.approx(1.0, abs=1e-3)
    assert above(nearest[1][1], usual) < 0.25
    assert meanings.cosines(query, ["SK-none", "SK-400"]) == {"SK-400": pytest.approx(1.0, abs=1e-6)}
    assert len(meanings.nearest(query, 1_000)) == 401


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["", "best_practice"])
def test_the_best_are_those_that_a_look_at_every_entry_gives(
    seed: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few are looked at first."""
    chance = np.random.default_rng(seed)
    words = [f"word{chr(97 + number)}" for number in range(20)]
    corpus, meanings = Corpus(), Meanings(8)
    rows = [
        Row(
            f"SK-{number}",
            " ".join(chance.choice(words, 6)),
            type="best_practice" if number % 3 else "anti_pattern",
        )
        for number in range(700)
    ]
    corpus.take(rows)
    meanings.take((row.entry_id, "", along(*chance.normal(size=8))) for row in rows[:-50])  # some have none
    corpus.take([Row("SK-3", "wordb wordc", type=rows[3].type)])  # says something else now
    query = of_length_one([chance.normal(size=8)])[0]

    def asked_for(start: int) -> Ranked:
        besides = ByMeaning(meanings, query)
        return corpus.search("worda wordb", now=0, kind=kind, start=start, limit=7, besides=besides)

    whole = [asked_for(start) for start in (0, 7, 70)]
    monkeypatch.setattr(in_meanings, "FIRST_LOOK", 1)
    assert [asked_for(start) for start in (0, 7, 70)] == whole
    monkeypatch.setattr(in_meanings, "FIRST_LOOK", 10_000)
    assert [asked_for(start) for start in (0, 7, 70)] == whole
    assert asked_for(10_000).page == ()


def test_an_entry_is_found_by_its_meaning_alone_where_it_is_among_the_nearest() -> None:
    corpus, meanings = Corpus(), Meanings(2)
    rows = [Row(f"SK-{number}", "Rotate the keys") for number in range(40)]
    corpus.take([*rows, Row("SK-words", "Retry the upload"), Row("SK-meaning", "Send it again")])
    meanings.take((row.entry_id, "", along(0, 1)) for row in rows)
    meanings.take([("SK-words", "", along(1, 1)), ("SK-meaning", "", along(1, 0))])
    found = corpus.search("upload", now=0, besides=ByMeaning(meanings, asked(1, 0)))
    assert [one for one, _ in found.page] == ["SK-words", "SK-meaning"]
    assert found.total == 2
    assert all(0 < score <= 1 for _, score in found.page)
    assert corpus.search("upload", now=100, besides=ByMeaning(meanings, asked(1, 0))).total == 0  # they have expired


def test_no_more_than_the_nearest_few_are_found_by_their_meaning_alone() -> None:
    corpus, meanings = Corpus(), Meanings(2)
    corpus.take(Row(f"SK-{number}", "Rotate the keys") for number in range(200))
    meanings.take((f"SK-{number}", "", along(1, 0) if number < 60 else along(0, 1)) for number in range(200))
    assert corpus.search("upload", now=0, besides=ByMeaning(meanings, asked(1, 0))).total == NEAREST


def test_vectors_have_length_1_and_one_without_a_direction_stays_nothing() -> None:
    found = of_length_one([[3, 4], [0, 0]])
    assert np.allclose(found, np.array([[0.6, 0.8], [0.0, 0.0]]))
