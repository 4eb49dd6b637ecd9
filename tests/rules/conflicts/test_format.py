"""How words about formats become comparable facts, and which layouts and names a reader can still read."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.conflicts.facets.format import layout_after
from server.conflicts.facets.layout import (
    Layout,
    Takes,
    encoding_named,
    encoding_within,
    layout_of_name,
    layouts_in,
    merged_layout,
    takes,
)
from server.conflicts.facets.layout_words import ANY, CONTAINERS, WITHIN
from server.conflicts.facets.naming import finds
from server.model.change import FormatChange


@pytest.mark.parametrize(
    ("words", "layouts"),
    [
        ("json", [Layout("json")]),
        (".JSON", [Layout("json")]),
        ("application/json; charset=utf-8", [Layout("json", encoding="utf-8")]),
        ("JSON array", [Layout("json", shape="array")]),
        ("list of JSON objects", [Layout("json", shape="array")]),
        ("json or csv", [Layout("json"), Layout("csv")]),
        ("csv; utf-8", [Layout("csv", encoding="utf-8")]),
        ("UTF-16 CSV", [Layout("csv", encoding="utf-16")]),
        ("text/csv", [Layout("csv")]),
        ("JSON Lines", [Layout("jsonl")]),
        ("newline-delimited JSON", [Layout("jsonl")]),
        ("application/x-ndjson", [Layout("jsonl")]),
        ("application/geo+json", [Layout("json", profile="geo")]),
        ("GeoJSON", [Layout("json", profile="geo")]),
        ("application/vnd.apache.parquet", [Layout("parquet")]),
        ("gzipped csv", [Layout("csv", compression="gzip")]),
        ("plain text", [Layout("text")]),
        ("parquet (zstd)", [Layout("parquet", unread="zstd")]),
        ("csv with header", [Layout("csv", unread="header")]),
        ("lance", [Layout("lance")]),
        ("our own layout", [Layout(unread="our own layout")]),
        ("application/octet-stream", [Layout()]),
        ("", [Layout()]),
    ],
)
def test_words_about_a_format_become_facts(words: str, layouts: list[Layout]) -> None:
    assert list(layouts_in(words)) == layouts


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("~/outputs/signals.json", Layout("json")),
        ("~/outputs/signals.json.gz", Layout("json", compression="gzip")),
        ("https://example.com/a.csv?day=1", Layout("csv")),
        ("sqlite:///data.db#signals", Layout("sqlite")),
        ("~/outputs/*.yml", Layout("yaml")),
        ("~/outputs/", Layout()),
        ("~/report.2026", Layout()),
        ("x.any", Layout()),
    ],
)
def test_the_ending_of_a_name_says_what_it_can(name: str, layout: Layout) -> None:
    assert layout_of_name(name) == layout


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault_and_the_same_in_capitals(text: str) -> None:
    assert layouts_in(text)
    if text.isascii():
        assert layouts_in(text) == layouts_in(text.upper())


@given(st.sampled_from(sorted(set(CONTAINERS.values()) - {ANY})), st.sampled_from(["", "utf-8", "ascii"]))
def test_a_reader_of_a_format_takes_that_format(container: str, encoding: str) -> None:
    layout = Layout(container, encoding=encoding)
    assert takes(layout, layout, Layout()) is Takes.YES
    assert takes(Layout(ANY), layout, Layout()) is Takes.YES


def test_every_encoding_that_is_taken_for_narrower_reads_as_the_same_text_in_the_wider() -> None:
    ascii_bytes = bytes(range(128))
    for narrow, wide in product(WITHIN, {wider for widers in WITHIN.values() for wider in widers}):
        if not encoding_within(narrow, wide) or "mac" in wide:
            continue
        if narrow == "ascii":
            assert ascii_bytes.decode(wide) == ascii_bytes.decode("ascii"), wide
        else:
            text = "aé中" if narrow == "utf-8" else "a中"
            assert text.encode(narrow).decode(wide) == text, (narrow, wide)


def test_an_encoding_that_has_more_letters_is_not_inside_the_narrower_one() -> None:
    assert encoding_within("ascii", "utf-8")
    assert not encoding_within("utf-8", "ascii")
    assert not encoding_within("utf-8-sig", "utf-8")
    assert not encoding_within("iso-8859-1", "windows-1252")


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("UTF8", ("utf-8", "")),
        ("us-ascii", ("ascii", "")),
        ("ISO 8859-1", ("iso-8859-1", "")),
        ("gzip", ("", "gzip")),
        ("identity", ("", "none")),
        ("rot13", ("rot13", "")),
    ],
)
def test_an_encoding_may_be_one_of_letters_or_of_bytes(word: str, named: tuple[str, str]) -> None:
    assert encoding_named(word) == named


JSON = Layout("json", shape="array", encoding="utf-8")
PACKED = Layout("csv", encoding="utf-8", compression="gzip")


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (JSON, {"container": "csv"}, Layout("csv")),
        (JSON, {"encoding": "latin1"}, Layout("json", shape="array", encoding="iso-8859-1")),
        (JSON, {"media_type": "application/json"}, JSON),
        (JSON, {"encoding": "gzip"}, Layout("json", shape="array", encoding="utf-8", compression="gzip")),
        (JSON, {"naming": "signals.csv"}, Layout("csv")),
        (JSON, {"naming": "signals-{date}.json"}, JSON),
        (JSON, {"media_type": "text/csv", "container": "json"}, None),
        (JSON, {"media_type": "text/plain", "container": "csv"}, Layout("csv")),
        (PACKED, {"encoding": "identity"}, Layout("csv", encoding="utf-8")),
        (PACKED, {"container": "csv"}, Layout("csv", encoding="utf-8", compression="?")),
        (PACKED, {"naming": "signals.csv.gz"}, PACKED),
        (Layout("parquet"), {"encoding": "zstd"}, Layout("parquet", unread="zstd")),
        (Layout(), {"container": "json"}, Layout("json", encoding="utf-8")),
    ],
)
def test_what_a_change_leaves_unsaid_stays_while_the_container_does(
    before: Layout, change: dict[str, str], after: Layout | None
) -> None:
    assert layout_after(before, FormatChange(**change)) == after


def test_the_first_place_that_names_a_container_is_believed_and_others_fill_in() -> None:
    said = [Layout(encoding="utf-16"), Layout("csv"), Layout("json", shape="array"), Layout("csv", compression="gzip")]
    assert merged_layout(said) == Layout("csv", encoding="utf-16", compression="gzip")


@pytest.mark.parametrize(
    ("looked_for", "name", "found"),
    [
        ("/out/a.json", "/out/a.json", Takes.YES),
        ("/out/a.json", "/out/b.json", Takes.NO),
        ("/out", "/out/b.json", Takes.YES),
        ("/out", "/out/2026-*.json", Takes.YES),
        ("/out/*.json", "/out/b.json", Takes.YES),
        ("/out/*.json", "/out/b.csv", Takes.NO),
        ("/out/*.json", "/out/sub/b.json", Takes.NO),
        ("/out/a-*.json", "/out/a-*.json", Takes.YES),
        ("/out/a-*", "/out/a-2026-*.json", Takes.YES),
        ("/out/a-2026-*.json", "/out/a-*.json", Takes.UNCLEAR),
        ("/out/a-????.json", "/out/a-*.json", Takes.UNCLEAR),
        ("/out/a-2026.json", "/out/a-*.json", Takes.UNCLEAR),
        ("/**/*.json", "/out/deep/a-*.json", Takes.YES),
    ],
)
def test_a_name_is_found_where_whatever_it_stands_for_is_looked_for(looked_for: str, name: str, found: Takes) -> None:
    assert finds(looked_for, name) is found
