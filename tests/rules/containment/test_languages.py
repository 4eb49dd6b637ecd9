"""Languages held against every short text there is, and the strings that are found in them."""

import re
from itertools import product
from typing import Any

import pytest

from server.conflicts.containment import decide
from server.conflicts.containment.budget import Budget, Exceeded, Meter, Undecidable
from server.conflicts.containment.exact import STRING
from server.conflicts.containment.formula import Formula, Formulas
from server.conflicts.containment.regex import search
from server.conflicts.containment.regex.language import Languages, Term
from server.conflicts.containment.regex.pattern import found_in, reads_alike
from server.conflicts.containment.texts import LONGEST_COUNTED, Texts

SHORT = ["".join(signs) for length in range(5) for signs in product("abc", repeat=length)]
PATTERNS = """^a a$ ^$ a|^b (^a|b)c (a$|b)c? a*^b (?=a)^a ^(?=a)b ^(?=ab)a (?=ab)a a(?=b) a(?!b) ^(?!ab) (?!a)b$ b(?!.) (?=.*a).b
^(?=.*a)(?=.*b).{2}$ (a(?=b)|b)c (?:a(?!b)){1,2}c (?:a(?=[ab])){2} (?:a(?=b))?b (?:^a)?b c?^a (?:a|b)*(?!c)$ (^|a)b (^|a)(b|$)
a{0} a{2,3}c (ab){2} (a|ab)(c|bc) [^a]+$ ^[ab]*c?$ ^a*b*c*$ ^(a|b|c){2,3}$ a.c a?b?c? ^(aa|b)+$ ^(?:(?=a).)*b (?:b(?!a)){0,2}$
^^a a$$ ^a|b$ (a|^)c ^(a|^b)c (?=^a)a (?!^a)a (?:(?=a)a|b)c (?:a(?=c)c)+ $a a^ (?:)a (?=)a (?!)a|b""".split()  # fmt: skip


def texts(steps: int = 10**6) -> Texts:
    return Texts(Meter(Budget(steps=steps)))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_found_in_exactly_the_short_texts_in_which_python_finds_it(pattern: str) -> None:
    made = texts()
    try:
        made.language(pattern)
    except Undecidable:
        assert pattern in ("^(?:(?=a).)*b", "(?:a(?=c)c)+")  # an assertion repeated without end
        return
    for text in SHORT:
        assert made.matches(pattern, text) is bool(re.search(pattern, text)), text


def test_an_assertion_is_repeated_at_most_twenty_times() -> None:
    made = texts()
    assert made.matches("^(?:a(?!c)|b){2,20}$", "ab" * 10)
    assert not made.matches("^(?:a(?!c)|b){2,20}$", "ab" * 10 + "a")
    assert not made.matches("^(?:a(?!c)|b){2,20}$", "a")
    with pytest.raises(Undecidable, match="an assertion inside a repetition"):
        made.language("^(?:a(?!c)|b){2,21}$")


@pytest.mark.parametrize("pattern", ["a$", "^a.?$", ".", "^.$", "a\\s$", "^\\S+$", "(?=a$)a"])
def test_what_python_takes_a_pattern_for_is_what_python_finds(pattern: str) -> None:
    languages = Languages(Meter(Budget()))
    term = found_in(languages, pattern, python=True)
    for length in range(4):
        for signs in product("a\n\r\x1f", repeat=length):
            assert search.accepts(languages, term, "".join(signs)) is bool(re.search(pattern, "".join(signs)))


def test_a_text_reads_alike_when_it_is_printable_ascii() -> None:
    assert reads_alike("")
    assert reads_alike("a ~!")
    assert not reads_alike("a\n")
    assert not reads_alike("\u00e4")


def terms(made: Languages) -> list[Term]:
    """A few languages over a, b and c."""
    a, b, ab = made.literal("a"), made.literal("b"), made.literal("ab")
    simple = [made.empty, made.epsilon, made.all, made.some, a, b, ab, made.repeat(ab, 0, None), made.repeat(a, 1, 2)]
    return [
        *simple,
        *(made.cat(made.repeat(a, least, most), b) for least, most in ((0, 1), (3, None))),
        made.alt([a, ab, made.epsilon]),
        made.cat(made.all, b),
        made.complement(ab),
        made.repeat(a, 2, None),
    ]


def test_and_or_not_and_then_mean_what_they_mean_for_sets_of_texts() -> None:
    made = Languages(Meter(Budget(steps=10**7)))

    def within(term: Term) -> set[str]:
        return {text for text in SHORT[:40] if search.accepts(made, term, text)}

    extents = [(term, within(term)) for term in terms(made)]
    for one, held in extents:
        assert within(made.complement(one)) == set(SHORT[:40]) - held
        assert made.complement(made.complement(one)) is one
        assert within(made.repeat(one, 0, 1)) == held | {""}
        for other, also in extents:
            assert within(made.alt([one, other])) == held | also
            assert within(made.both([one, other])) == held & also
            joined = {
                text for text in SHORT[:40] for cut in range(len(text) + 1) if text[:cut] in held and text[cut:] in also
            }
            assert within(made.cat(one, other)) == joined


@pytest.mark.parametrize(("least", "most"), [(0, 0), (0, 1), (0, None), (1, 1), (1, None), (2, 3), (2, None), (3, 3)])
def test_a_repetition_is_as_often_as_it_says(least: int, most: int | None) -> None:
    made = Languages(Meter(Budget()))
    pattern = re.compile(f"(?:(?:a|bc){{{least},{'' if most is None else most}}})")
    term = made.repeat(made.alt([made.literal("a"), made.literal("bc")]), least, most)
    for text in SHORT:
        assert search.accepts(made, term, text) is bool(pattern.fullmatch(text))
    for one, word in ((made.epsilon, ""), (made.repeat(made.literal("a"), 0, 1), "a")):
        again = made.repeat(one, least, most)
        assert search.accepts(made, again, "") is True
        assert search.accepts(made, again, "aaa") is (bool(word) and (most is None or most > 2))


def test_equal_languages_are_the_same_term_where_it_shows_at_once() -> None:
    made = Languages(Meter(Budget()))
    a, b = made.literal("a"), made.literal("b")
    assert made.alt([a, b]) is made.alt([b, a, a]) is made.chars(((97, 98),))
    assert made.alt([a, made.empty]) is a
    assert made.alt([made.epsilon, made.repeat(a, 0, None)]) is made.repeat(a, 0, None)
    assert made.alt([made.epsilon, made.empty]) is made.epsilon
    assert made.alt([made.epsilon, a]) is not a
    assert made.alt([]) is made.empty
    assert made.both([]) is made.all
    assert made.both([a, made.all]) is a
    assert made.both([a, made.complement(a)]) is made.empty
    assert made.both([a, made.epsilon]) is made.empty
    assert made.both([made.repeat(a, 0, None), made.epsilon]) is made.epsilon
    assert made.alt([a, made.all]) is made.all
    assert made.cat(made.all, made.all) is made.all
    assert made.cat(made.all, made.cat(made.all, a)) is made.cat(made.all, a)
    assert made.repeat(made.repeat(a, 0, None), 2, 3) is made.repeat(a, 0, None)
    assert made.repeat(made.empty, 0, 3) is made.epsilon
    assert made.repeat(made.empty, 2, 3) is made.empty
    assert made.complement(made.empty) is made.all
    assert made.complement(made.all) is made.empty
    assert made.chars(()) is made.empty


def test_repetitions_of_the_same_part_are_joined_where_their_counts_touch() -> None:
    made = Languages(Meter(Budget()))
    part, rest = made.literal("ab"), made.literal("c")

    def times(least: int, most: int | None) -> Term:
        return made.repeat(part, least, most)

    assert made.alt([times(3, 5), times(2, 2)]) is times(2, 5)
    assert made.alt([times(2, 3), times(3, 6), times(4, 5)]) is times(2, 6)
    assert made.alt([made.cat(times(3, 4), rest), made.cat(times(0, 2), rest)]) is made.cat(times(0, 4), rest)
    apart = made.alt([times(2, 3), times(5, 6)])
    assert [search.accepts(made, apart, "ab" * count) for count in range(1, 8)] == [
        False,
        True,
        True,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("pattern", "most", "text"),
    [
        ("^a{3}$", None, "aaa"),
        ("^a{3}$", 3, "aaa"),
        ("^a{3}$", 2, None),
        ("", None, ""),
        ("", 0, ""),
        ("x", 0, None),
        ("x|yz", None, "x"),
        ("^(yz|[^a-z]{1})$", None, "A"),
        ("^[^a-zA-Z]$", None, "0"),
        ("^(ab|ba)(c|d)$", None, "abc"),
        ("a(?!a)(?=a)", None, None),
    ],
)
def test_a_shortest_text_is_found_within_the_length(pattern: str, most: int | None, text: str | None) -> None:
    languages = Languages(Meter(Budget()))
    assert search.shortest(languages, found_in(languages, pattern), most) == text


def test_a_text_with_half_a_surrogate_pair_is_matched_only_where_the_rest_of_it_decides() -> None:
    assert texts().matches("a", "a\ud800")
    assert not texts().matches("^a", "b\ud800")
    for text in ("\ud800a", "\udfff", "b\udbff", "b\udc00"):
        with pytest.raises(Undecidable, match="half a surrogate pair"):
            texts().matches("a", text)
    assert texts().matches("^[\ud7ff\ue000]$", "\ue000")


def test_con_12_a_constant_with_half_a_surrogate_pair_gives_neither_a_proof_nor_a_witness() -> None:
    for reader in ({"pattern": "a"}, {"not": {"pattern": "a"}}, {"patternProperties": {"a": False}, "type": "string"}):
        decision = decide({"const": "\ud800a"}, reader)
        assert decision.verdict == ("SAFE" if "type" in reader else "UNKNOWN")
    assert decide({"pattern": "a"}, {"not": {"const": "\ud800a"}}).verdict == "UNKNOWN"


MADE = Formulas(Meter(Budget()))


def size(least: int = 0, most: int | None = None) -> list[Formula]:
    return [MADE.size_min(STRING, least), *([] if most is None else [MADE.size_max(STRING, most)])]


def none_of(*excluded: Any) -> Formula:
    return MADE.none_of_values([(0, None), *((STRING, text) for text in excluded)])


def pattern(text: str) -> Formula:
    return MADE.pattern(text)


def no(text: str) -> Formula:
    return MADE.dual(MADE.pattern(text))


@pytest.mark.parametrize(
    ("atoms", "text"),
    [
        ([], ""),
        (size(1), "a"),
        (size(3), "aaa"),
        (size(4), "aaaa"),
        (size(3, 3), "aaa"),
        ([*size(3), MADE.size_min(STRING, 5)], "aaaaa"),
        ([MADE.size_min(STRING, 5), *size(3)], "aaaaa"),
        (size(3, 2), None),
        ([*size(2, 5), MADE.size_max(STRING, 1)], None),
        ([*size(2, 1), MADE.size_max(STRING, 5)], None),
        ([none_of("")], "a"),
        ([none_of("", "a", "b")], "c"),
        ([none_of(""), *size(0, 0)], None),
        ([none_of("aaaa"), *size(4, 4)], "aaab"),
        ([none_of(*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), *size(1, 1)], "\u4e00"),
        ([none_of(*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), *size(1)], "\u4e00"),
        ([pattern("b")], "b"),
        ([pattern("b"), pattern("c")], "bc"),
        ([pattern("b"), *size(2)], "ab"),
        ([pattern("^b"), *size(3, 3)], "baa"),
        ([pattern("^b{2}"), *size(0, 1)], None),
        ([pattern("^[bc]$"), none_of("b")], "c"),
        ([pattern("^[bc]$"), none_of("b", "c")], None),
        ([pattern("^[bc]$"), none_of("x", "b")], "c"),
        ([pattern("^b"), none_of("b"), none_of("ba")], "bb"),
        ([pattern("^a"), no("a$")], "ab"),
        ([no("a")], ""),
        ([no("^$")], "a"),
        ([no("a"), *size(1)], "b"),
        ([pattern("^(a|b)$"), no("a"), no("b")], None),
        ([pattern("(a)\\1"), *size(3, 2)], None),
        ([pattern("(a)\\1"), pattern("^b$"), no("b")], None),
    ],
)
def test_a_plain_short_text_is_found_where_there_is_one(atoms: list[Formula], text: str | None) -> None:
    atoms = [atom for atom in atoms if atom is not MADE.true]
    assert texts().find(atoms) == text


@pytest.mark.parametrize(
    ("atoms", "says"),
    [
        ([pattern("(a)\\1")], "is not decided: a back-reference"),
        ([pattern("(a)\\1"), pattern("b")], "is not decided"),
        ([no("(?<=a)b")], "look-behind"),
        ([pattern("[")], "is not decided"),
        (size(20_001), "20,001 characters is too long"),
        ([*size(LONGEST_COUNTED + 1), pattern("a")], "3,001 characters that matches a pattern"),
        ([no("^.*$"), *size(0, 1)], "disagree"),
    ],
)
def test_a_text_that_is_not_known_is_left_open_with_the_reason(atoms: list[Formula], says: str) -> None:
    with pytest.raises(Undecidable) as left_open:
        texts().find([atom for atom in atoms if atom is not MADE.true])
    assert says in str(left_open.value)


def test_the_longest_text_written_down_is_as_long_as_the_budget_says() -> None:
    assert texts().find(size(20_000)) == "a" * 20_000
    assert texts().find([*size(40), pattern("b$")]) == "a" * 39 + "b"
    with pytest.raises(Undecidable):
        texts().find([*size(LONGEST_COUNTED + 1, 10_000), pattern("^a*$")])
    assert texts().find([*size(LONGEST_COUNTED + 1), pattern("a(?!a)(?=a)")]) is None


def test_a_text_on_which_both_readings_agree_is_preferred() -> None:
    assert texts().find([no("^\\S*$")]) == " "
    assert texts().find([pattern("^[\\s\\d]$"), none_of(" ")]) == "0"


def test_matching_costs_steps_by_the_length_of_the_text() -> None:
    made = texts(steps=100)
    assert made.matches("^a*$", "a" * 800)
    with pytest.raises(Exceeded):
        made.matches("^a*$", "a" * 2_000)
