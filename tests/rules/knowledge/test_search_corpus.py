"""Entries in memory: chosen by what is asked for, ranked by their words, forgotten where they say something else now."""

from typing import Any, NamedTuple

from server.knowledge.search.corpus import Corpus


class Row(NamedTuple):
    """What of an entry is searched."""

    entry_id: str
    title: str
    description: str = ""
    revision: int = 1
    type: str = "transferable_fix"
    status: str = "ACTIVE"
    expires: int = 100
    error_category: str = ""
    approach: str = ""
    suggested_adaptation: str = ""


def ids(corpus: Corpus, query: str, now: int = 50, **asked: Any) -> list[str]:
    return [one for one, _ in corpus.search(query, now=now, **asked).page]


def test_every_text_of_an_entry_is_searched_and_its_title_counts_most() -> None:
    corpus = Corpus()
    corpus.take(
        [
            Row("SK-1", "Keep uploads small", "It was the archive at night."),
            Row("SK-2", "Keep the archive open", "It was uploads at night."),
            Row("SK-3", "Three", error_category="stale_data"),
            Row("SK-4", "Four", approach="exponential backoff"),
            Row("SK-5", "Five", suggested_adaptation="look at the scheduler"),
        ]
    )
    assert ids(corpus, "archive") == ["SK-2", "SK-1"]
    assert [ids(corpus, word) for word in ("outdated", "backoff", "scheduler")] == [["SK-3"], ["SK-4"], ["SK-5"]]


def test_a_change_of_what_an_entry_is_chosen_by_leaves_its_text_as_it_is() -> None:
    corpus = Corpus()
    assert corpus.take([Row("SK-1", "Retry the upload")]) == ["SK-1"]
    assert corpus.take([Row("SK-1", "Retry the upload", status="SUPERSEDED", revision=2)]) == []
    assert corpus.revision == 2
    assert (ids(corpus, "upload"), ids(corpus, "upload", status="SUPERSEDED")) == ([], ["SK-1"])
    assert corpus.take([Row("SK-1", "Rotate the keys", revision=3)]) == ["SK-1"]
    assert (ids(corpus, "upload"), ids(corpus, "keys")) == ([], ["SK-1"])
    assert len(corpus) == 1


def test_a_corpus_is_worn_once_a_fifth_of_it_says_something_else_now() -> None:
    corpus = Corpus()
    corpus.take(Row(f"SK-{number}", f"Entry {number}") for number in range(2_000))
    corpus.take(Row(f"SK-{number}", f"Again {number}") for number in range(500))
    before = corpus.worn
    corpus.take([Row("SK-0", "Again and again")])
    assert (before, corpus.worn) == (False, True)  # 500 of 2,500 is a fifth
    assert len(corpus) == 2_000


def test_a_mistyped_or_unfinished_word_of_a_short_query_is_taken_for_what_it_may_mean() -> None:
    corpus = Corpus()
    corpus.take([Row("SK-1", "Retry the upload"), Row("SK-2", "Rotate the dashboard keys")])
    assert ids(corpus, "uplaod") == ["SK-1"]
    assert ids(corpus, "dashb") == ["SK-2"]
    assert ids(corpus, "uplaod of something that nobody ever knew") == []  # a long one means what it says


def test_pages_follow_each_other_and_of_two_alike_the_earlier_one_comes_first() -> None:
    corpus = Corpus()
    corpus.take(Row(f"SK-{number}", "Retry the upload") for number in range(25))
    pages = [corpus.search("upload", now=50, start=start, limit=10) for start in (0, 10, 20, 30)]
    assert [one for page in pages for one, _ in page.page] == [f"SK-{number}" for number in range(25)]
    assert {page.total for page in pages} == {25}


def test_a_query_of_ten_thousand_characters_is_answered_and_one_without_a_word_finds_nothing() -> None:
    corpus = Corpus()
    corpus.take([Row("SK-1", "Retry the upload", "with backoff and jitter")])
    assert ids(corpus, "upload jitter " * 700) == ["SK-1"]
    assert [ids(corpus, query) for query in ("", " ", "the of", "\x00", "???", "漢字")] == [[]] * 6
    assert Corpus().search("upload", now=0).total == 0


def test_what_was_packed_goes_on_as_if_nothing_had_happened() -> None:
    corpus = Corpus()
    corpus.take([Row("SK-1", "Retry the upload"), Row("SK-2", "Rotate the keys", status="SUPERSEDED")])
    corpus.take([Row("SK-1", "Retry the download", revision=7)])
    again = Corpus.unpacked(corpus.packed())
    assert again is not None
    for one in (corpus, again):
        one.take([Row("SK-3", "Download twice", revision=8)])
        assert (ids(one, "download"), ids(one, "upload"), ids(one, "keys", status="ALL")) == (
            ["SK-1", "SK-3"],
            [],
            ["SK-2"],
        )
        assert (one.revision, len(one), one.digests()) == (8, 3, corpus.digests())
    assert corpus.search("retry download", now=0) == again.search("retry download", now=0)


def test_what_was_packed_by_other_rules_or_is_damaged_is_of_no_use() -> None:
    corpus = Corpus()
    corpus.take([Row("SK-1", "Retry the upload")])
    raw = corpus.packed()
    for damaged in (b"", raw[:20], raw[:-2], raw.replace(b'"rules": "', b'"rules": "0'), b"\x00" * 50):
        assert Corpus.unpacked(damaged) is None
