"""How patterns are read, sign by sign, and which characters a class stands for."""

import unicodedata
from typing import Any

import pytest

from server.conflicts.containment.regex import charset
from server.conflicts.containment.regex.parse import parse
from server.conflicts.containment.regex.syntax import (
    Ahead,
    Boundary,
    Chars,
    Choice,
    End,
    Malformed,
    Node,
    Repeat,
    Sequence,
    Start,
    Unsupported,
    asserts,
)  # fmt: skip

D, W, S = charset.DIGITS, charset.WORD, charset.SPACE


def one(*signs: Any) -> Chars:
    """A character of these: single ones, or (from, to)."""
    return Chars(
        charset.union(*[((ord(s), ord(s)),) if isinstance(s, str) else ((ord(s[0]), ord(s[1])),) for s in signs])
    )


def seq(*parts: Any) -> Sequence:
    return Sequence(tuple(one(part) if isinstance(part, str) else part for part in parts))


a, b, c = one("a"), one("b"), one("c")


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("", Sequence(())),
        ("a", a),
        ("ab", seq("a", "b")),
        ("a|b|", Choice((a, b, Sequence(())))),
        ("ab|c", Choice((seq("a", "b"), c))),
        ("(a|b)c", Sequence((Choice((a, b)), c))),
        ("(?:a)", a),
        ("(?<year>a)b", seq("a", "b")),
        ("()", Sequence(())),
        ("(?=a)b", Sequence((Ahead(a, False), b))),
        ("(?!a)b", Sequence((Ahead(a, True), b))),
        ("^a$", Sequence((Start(), a, End()))),
        ("\\b\\B", Sequence((Boundary(False), Boundary(True)))),
        ("a*", Repeat(a, 0, None)),
        ("a+", Repeat(a, 1, None)),
        ("a?", Repeat(a, 0, 1)),
        ("a*?b", Sequence((Repeat(a, 0, None), b))),
        ("a{2}?b", Sequence((Repeat(a, 2, 2), b))),
        ("a{2}", Repeat(a, 2, 2)),
        ("a{2,}", Repeat(a, 2, None)),
        ("a{2,2}", Repeat(a, 2, 2)),
        ("a{0,3}b", Sequence((Repeat(a, 0, 3), b))),
        ("a{10,31}b", Sequence((Repeat(a, 10, 31), b))),
        ("a{999999}", Repeat(a, 999_999, 999_999)),
        ("ab*", Sequence((a, Repeat(b, 0, None)))),
        ("(ab)*", Repeat(seq("a", "b"), 0, None)),
        ("a{", seq("a", "{")),
        ("{", one("{")),
        ("{}", seq("{", "}")),
        ("a{,2}", seq("a", "{", ",", "2", "}")),
        ("a{b}", seq("a", "{", "b", "}")),
        ("a{1,b}", seq("a", "{", "1", ",", "b", "}")),
        ("a{\u0661}", seq("a", "{", "\u0661", "}")),
        ("a{1,\u0661}", seq("a", "{", "1", ",", "\u0661", "}")),
        ("]", one("]")),
        ("\\t\\n\\v\\f\\r\\0", seq("\t", "\n", "\v", "\f", "\r", "\0")),
        ("\\.\\/\\-", seq(".", "/", "-")),
        ("\\cA\\cz\\c1", seq("\x01", "\x1a", "c", "1")),
        ("\\c\u00e4", seq("c", "\u00e4")),
        ("\\c", one("c")),
        ("\\x41b", seq("A", "b")),
        ("\\x4", seq("x", "4")),
        ("\\x4g", seq("x", "4", "g")),
        ("\\x", one("x")),
        ("\\u00e9b", seq("\u00e9", "b")),
        ("\\u00e", seq("u", "0", "0", "e")),
        ("\\uFFfd", one("\ufffd")),
        ("\\u{41}b", seq("A", "b")),
        ("\\u{10FFFF}", one("\U0010ffff")),
        ("\\u{00000a}", one("\n")),
        ("\\u{110000}", Chars(((0x110000, 0x110000),))),
        ("\\u{FFFFFF}", Chars(((0x110000, 0x110000),))),
        ("\\ud83d\\ude00b", seq("\U0001f600", "b")),
        ("\\ud800\\udc00", one("\U00010000")),
        ("\\udbff\\udfff", one("\U0010ffff")),
        ("\\ud83dx", Sequence((Chars(((0xD83D, 0xD83D),)), one("x")))),
        ("\\ud83d\\u0041", Sequence((Chars(((0xD83D, 0xD83D),)), one("A")))),
        ("\\ud83d\\ue000", Sequence((Chars(((0xD83D, 0xD83D),)), one("\ue000")))),
        ("\\udc00\\udc00", Sequence((Chars(((0xDC00, 0xDC00),)), Chars(((0xDC00, 0xDC00),))))),
        ("\\pL", seq("p", "L")),
        ("\\d\\w\\s", Sequence((Chars(D), Chars(W), Chars(S)))),
        ("\\D\\W\\S", Sequence(tuple(Chars(charset.complement(one)) for one in (D, W, S)))),
        (".", Chars(charset.complement(charset.LINE_ENDS))),
        ("[a-c]", one(("a", "c"))),
        ("[abx-z]", one(("a", "b"), ("x", "z"))),
        ("[a-a]", a),
        ("[^a]", Chars(charset.complement(a.chars))),
        ("[a^]", one("a", "^")),
        ("[a-]", one("a", "-")),
        ("[-a]", one("a", "-")),
        ("[a-c-e]", one(("a", "c"), "-", "e")),
        ("[]", Chars(())),
        ("[^]", Chars(charset.EVERYTHING)),
        ("[\\]\\\\b]", one("]", "\\", "b")),
        ("[\\b]", one("\b")),
        ("[\\d-z]", Chars(charset.union(D, one("-", "z").chars))),
        ("[a-\\d]", Chars(charset.union(D, one("-", "a").chars))),
        ("[\\P{Any}-a]", one("-", "a")),
        ("[\\da]", Chars(charset.union(D, a.chars))),
        ("[*+?.]", one("*", "+", "?", ".")),
        ("[\\ud83d\\ude00]", one("\U0001f600")),
        ("\\p{ASCII}a", Sequence((Chars(((0, 127),)), a))),
        ("\\P{ASCII}", Chars(charset.complement(((0, 127),)))),
        ("\\p{Any}", Chars(charset.EVERYTHING)),
    ],
)  # fmt: skip
def test_a_pattern_is_read_sign_by_sign(pattern: str, tree: Node) -> None:
    assert parse(pattern) == tree


def test_the_ways_to_name_a_category_mean_the_same() -> None:
    for spelt in ("gc=Lu", "General_Category=Lu", "Uppercase_Letter", "gc=Uppercase_Letter"):
        assert parse(f"\\p{{{spelt}}}") == parse("\\p{Lu}")


def test_to_python_ends_dots_and_classes_mean_something_else() -> None:
    assert parse("$", python=True) == End(lenient=True)
    assert parse(".", python=True) == Chars(charset.complement(((10, 10),)))
    assert parse("\\d", python=True) == Chars(charset.python_class("d"))
    assert parse("\\S", python=True) == Chars(charset.complement(charset.python_class("s")))
    assert charset.contains(charset.python_class("d"), 0x661)
    assert not charset.contains(charset.python_class("d"), ord("a"))
    for letter, point in (("w", 0xE4), ("w", 95), ("w", 48), ("s", 0x85), ("s", 32), ("s", 0x1C)):
        assert charset.contains(charset.python_class(letter), point)
    for letter, point in (("w", 45), ("w", 32), ("s", 95), ("s", 0xFEFF)):
        assert not charset.contains(charset.python_class(letter), point)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("a)b", "unmatched ')' at 1"),
        ("a(b", "unterminated group"),
        ("(?=a", "unterminated group"),
        ("[a", "unterminated character class"),
        ("[a-", "unterminated character class"),
        ("a|*b", "nothing to repeat at 2"),
        ("+", "nothing to repeat at 0"),
        ("?", "nothing to repeat at 0"),
        ("a**", "nothing to repeat at 2"),
        ("a{2}+", "nothing to repeat at 4"),
        ("a???", "nothing to repeat at 3"),
        ("^*", "nothing to repeat"),
        ("$+", "nothing to repeat"),
        ("\\b?", "nothing to repeat"),
        ("a{3,2}", "numbers out of order in the quantifier {3,2}"),
        ("[c-a]", "range out of order"),
        ("a\\", "\\ at the end"),
        ("(?<1>a)", "invalid group name"),
        ("(?<a", "invalid group name"),
        ("(?<>a)", "invalid group name"),
        ("\\u{}", "invalid \\u escape"),
        ("\\u{1234567}", "invalid \\u escape"),
        ("\\u{12", "invalid \\u escape"),
        ("\\u{1g}", "invalid \\u escape"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said(pattern: str, says: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(pattern)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?<=a)", "look-behind"),
        ("(?<!a)", "look-behind"),
        ("(?i)a", "(?i…)"),
        ("(?", "(?…)"),
        ("(?=a)*", "repeated look-ahead"),
        ("(?!a){2}", "repeated look-ahead"),
        *((f"(a)\\{sign}", "back-reference") for sign in "123456789k"),
        *((f"\\{sign}", f"\\{sign}, which") for sign in "AZzGQE"),
        ("\\p{Script=Greek}", "\\p{Script=Greek}"),
        ("\\p{", "\\p{}"),
        ("\\p{Q}", "\\p{Q}"),
        ("a{1000000}", "repetition count"),
        ("a{1,1000000}", "repetition count"),
        ("(" * 60 + ")" * 60, "nested this deep"),
        ("a" * 10_001, "10,001 characters"),
    ],
)
def test_what_is_not_read_is_named(pattern: str, says: str) -> None:
    with pytest.raises(Unsupported) as refused:
        parse(pattern)
    assert says in str(refused.value)


def test_up_to_the_limits_patterns_are_read() -> None:
    assert parse("(" * 59 + "a" + ")" * 59) == a
    assert parse("(a)" * 100) == Sequence((a,) * 100)
    assert len(parse("a" * 10_000).parts) == 10_000  # type: ignore[union-attr]  # it is a sequence


@pytest.mark.parametrize(
    ("pattern", "does"),
    [("a|b*", False), ("a(b|^c)", True), ("(?=a)", True), ("(a$)?", True), ("\\b", True), ("", False)],
)
def test_what_looks_around_itself_is_told_from_what_does_not(pattern: str, does: bool) -> None:
    assert asserts(parse(pattern)) is does


ECMA_SPACES = {*range(9, 14), 32, 160, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF}
NAMED_SETS = {
    "digits": (D, set(b"0123456789")),
    "word": (W, set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")),
    "spaces": (S, ECMA_SPACES),
    "line ends": (charset.LINE_ENDS, {10, 13, 0x2028, 0x2029}),
}


@pytest.mark.parametrize("name", NAMED_SETS)
def test_a_class_holds_exactly_the_characters_that_ecma_262_lists(name: str) -> None:
    chars, points = NAMED_SETS[name]
    assert {point for low, high in chars for point in range(low, high + 1)} == points


def test_everything_is_every_code_point_but_the_surrogates() -> None:
    assert sum(high - low + 1 for low, high in charset.EVERYTHING) == 0x110000 - 0x800
    assert not any(charset.contains(charset.EVERYTHING, point) for point in (0xD800, 0xDFFF, 0x110000, -1))
    assert all(charset.contains(charset.EVERYTHING, point) for point in (0, 0xD7FF, 0xE000, 0x10FFFF))


@pytest.mark.parametrize("name", ["Lu", "P"])
def test_a_category_holds_the_characters_that_unicode_puts_there(name: str) -> None:
    chars = charset.general_category(name)
    assert chars is not None
    assert charset.union(chars) == chars
    held = {point for low, high in chars for point in range(low, high + 1)}
    points = [*range(0x3000), 0x1D7CE, 0x10FFFD]
    assert all((point in held) is unicodedata.category(chr(point)).startswith(name) for point in points)


def test_a_category_that_is_none_is_not_known() -> None:
    assert charset.general_category("Greek") is None
    assert charset.general_category("lu") is None


@pytest.mark.parametrize(
    ("chars", "best"),
    [
        (charset.EVERYTHING, "a"),
        (charset.complement(((97, 122),)), "A"),
        (charset.complement(((65, 90), (97, 122))), "0"),
        (charset.complement(((48, 57), (65, 90), (97, 122))), "_"),
        (charset.complement(W), "-"),
        (charset.union(((33, 40),), ((0xE4, 0xE4),)), "!"),
        (((99, 120),), "c"),
        (((90, 99),), "a"),
        (((0, 31), (0xF0, 0xF9), (0x100, 0x100)), "\u00f0"),
        (((0, 31), (0x100, 0x2000)), "\u0100"),
        (((0, 31), (0x2000, 0x3000)), "\u2030"),
        (((0, 31), (0xE001, 0xE005)), "\ue001"),
        (((3, 31),), "\x03"),
        (((0xA0, 0xA5),), "\u00a0"),
    ],
)
def test_an_example_is_given_with_the_character_that_reads_best(chars: charset.Charset, best: str) -> None:
    assert chr(charset.pick(chars)) == best
    assert charset.contains(chars, charset.pick(chars))


def test_the_empty_set_has_no_example() -> None:
    assert charset.pick(charset.NOTHING) == -1


def test_the_region_that_reads_best_comes_first() -> None:
    vowels = charset.union(*[((ord(sign), ord(sign)),) for sign in "aeiou"])
    cut = charset.regions(frozenset({D, vowels, ((32, 32),)}))
    assert [chr(charset.pick(region)) for region in cut] == ["a", "b", "0", " "]
    assert cut[:1] == (vowels,)
    assert charset.regions(frozenset()) == (charset.EVERYTHING,)


@pytest.mark.parametrize(
    ("sets", "joined"),
    [
        ([((1, 2),), ((3, 4),)], ((1, 4),)),
        ([((1, 2),), ((4, 5),)], ((1, 2), (4, 5))),
        ([((1, 9),), ((3, 4),)], ((1, 9),)),
        ([((1, 4),), ((3, 9),)], ((1, 9),)),
        ([((5, 5),), ((1, 1),)], ((1, 1), (5, 5))),
        ([], ()),
    ],
)
def test_ranges_that_touch_are_joined(sets: list[charset.Charset], joined: charset.Charset) -> None:
    assert charset.union(*sets) == joined


def test_what_two_sets_share_and_what_is_left_out() -> None:
    assert charset.intersection(((1, 5), (7, 9)), ((3, 7), (9, 12))) == ((3, 5), (7, 7), (9, 9))
    assert charset.intersection(((1, 5),), ((6, 9),)) == ()
    assert charset.complement(((0, 9), (11, 0x10FFFE))) == ((10, 10), (0x10FFFF, 0x10FFFF))
    assert charset.complement(((1, 0x10FFFF),)) == ((0, 0),)
    assert charset.complement(charset.EVERYTHING) == ()
