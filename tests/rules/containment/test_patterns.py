"""Patterns as languages, held against Python's own matcher on texts where both read them alike."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.conflicts.containment import decide
from server.conflicts.containment.budget import Budget, Exceeded, Meter, Undecidable
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.regex import charset
from server.conflicts.containment.regex.parse import parse
from server.conflicts.containment.regex.syntax import Malformed, Unsupported
from server.conflicts.containment.texts import Texts

_PIECES = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\d", "[a-c1]", "1", "\\."])
_SIGNS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "*?"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("({0[0]}|{0[1]})".format),
        st.tuples(inner, _SIGNS).map("(?:{0[0]}){0[1]}".format),
        inner.map("(?={})".format),
        inner.map("(?!{})".format),
        inner.map("^{}".format),
        inner.map("{}$".format),
    )


PATTERNS = st.recursive(_PIECES, _grown, max_leaves=8)
TEXTS = st.text(alphabet="abc1-.", max_size=6)


def _texts() -> Texts:
    return Texts(Meter(Budget(steps=10**6)))


@settings(max_examples=400, deadline=None)
@given(pattern=PATTERNS, text=TEXTS)
def test_a_pattern_is_found_where_python_finds_it(pattern: str, text: str) -> None:
    try:
        found = _texts().matches(pattern, text)
    except Undecidable:
        return
    assert found is bool(re.search(pattern, text))


@settings(max_examples=200, deadline=None)
@given(pattern=PATTERNS, other=PATTERNS, tried=st.lists(TEXTS, max_size=30))
def test_a_text_is_found_between_two_patterns_exactly_where_there_is_one(
    pattern: str, other: str, tried: list[str]
) -> None:
    formulas = Formulas(Meter(Budget()))
    try:
        found = _texts().find([formulas.pattern(pattern), formulas.dual(formulas.pattern(other))])
    except Undecidable:
        return
    if found is None:
        assert not [text for text in tried if re.search(pattern, text) and not re.search(other, text)]
    else:
        assert re.search(pattern, found)
        assert not re.search(other, found)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("^\\p{L}+$", "äß", "a1"),
        ("^\\u{1F600}$", "\U0001f600", "a"),
        ("^\\ud83d\\ude00$", "\U0001f600", "\U0001f601"),
        ("^[\\s\\S]$", "\n", ""),
        ("^\\cA\\x41\\u0042\\0$", "\x01AB\0", "AB"),
        ("^.$", "\U0001f600", "\u2028"),
        ("a{,2}", "a{,2}", "aa"),
        ("^[]$|x", "x", "y"),
        ("^[^]$", "\n", ""),
        ("^(?<year>\\d{4})$", "2026", "202"),
        ("^\\d$", "5", "\u0665"),
        ("a$", "ba", "a\n"),
        ("^(a|b)*c(?=d)d$", "abcd", "abc"),
        ("[\\w-.]", "-", "!"),
        ("^[\\b]$", "\b", "b"),
    ],
)
def test_patterns_are_read_as_ecma_262_has_them(pattern: str, yes: str, no: str) -> None:
    texts = _texts()
    assert texts.matches(pattern, yes)
    assert not texts.matches(pattern, no)


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "*", "a**", "a{2,1}", "[b-a]", "\\", "^*", "(?<1>a)", "\\u{110000000}"]
)
def test_what_is_no_pattern_is_said_to_be_none(pattern: str) -> None:
    with pytest.raises(Malformed):
        parse(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?<=a)b",
        "(?<!a)b",
        "(a)\\1",
        "(?i)a",
        "\\bfoo",
        "(?=a)*",
        "a\\Z",
        "\\p{Script=Greek}",
        "(?:^a|b){3,}",
        "a" * 20_000,
    ],
)
def test_what_is_not_turned_into_a_language_is_left_undecided(pattern: str) -> None:
    with pytest.raises(Undecidable):
        _texts().language(pattern)


def test_an_unsupported_pattern_is_not_taken_for_a_malformed_one() -> None:
    with pytest.raises(Unsupported):
        parse("(?<=a)b")


def test_matching_stops_when_the_budget_is_used_up() -> None:
    texts = Texts(Meter(Budget(steps=500)))
    with pytest.raises(Exceeded):
        texts.find([Formulas(Meter(Budget())).pattern("^(a|b)*a(a|b){12}c$")])


def test_a_text_on_which_python_differs_is_avoided_or_left_undecided() -> None:
    formulas = Formulas(Meter(Budget()))
    found = _texts().find([formulas.dual(formulas.pattern("^[a-z]*$"))])
    assert found is not None
    assert found.isascii()
    assert found.isprintable()
    with pytest.raises(Undecidable):
        _texts().find([formulas.dual(formulas.pattern("^.*$")), formulas.size_max(3, 1)])


@pytest.mark.parametrize("text", ["\u07c0", "\u0e51"])
def test_con_12_a_text_that_python_reads_otherwise_is_not_set_aside_to_call_the_rest_safe(text: str) -> None:
    decision = decide({"const": text}, {"pattern": "^\\d$"})
    assert decision.verdict == "UNKNOWN"
    assert "not confirmed" in decision.reason
    decision = decide({"enum": [text, "x"]}, {"pattern": "^\\d$"})
    assert (decision.verdict, decision.witness) == ("BREAKS", "x")


_SETS = st.lists(st.tuples(st.integers(0, 0x10FFFF), st.integers(0, 40)), max_size=5).map(
    lambda pairs: charset.intersection(
        charset.union(*(((low, min(low + size, 0x10FFFF)),) for low, size in pairs)), charset.EVERYTHING
    )
)


@given(one=_SETS, other=_SETS, point=st.integers(0, 0x10FFFF))
def test_character_sets_obey_the_laws_of_sets(one: Any, other: Any, point: int) -> None:
    inside = charset.contains
    assert charset.complement(charset.complement(one)) == one
    assert inside(charset.union(one, other), point) is (inside(one, point) or inside(other, point))
    assert inside(charset.intersection(one, other), point) is (inside(one, point) and inside(other, point))
    regions = charset.regions(frozenset({one, other}))
    assert charset.union(*regions) == charset.EVERYTHING
    assert all(inside(region, charset.pick(region)) for region in regions)
