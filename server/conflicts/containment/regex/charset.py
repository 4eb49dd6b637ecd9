"""Sets of Unicode scalar values, as sorted ranges; surrogates belong to none."""

from collections.abc import Callable
from functools import lru_cache

Charset = tuple[tuple[int, int], ...]
"""Sorted, disjoint, non-touching ranges, both ends included."""

NOTHING: Charset = ()
EVERYTHING: Charset = ((0, 0xD7FF), (0xE000, 0x10FFFF))
DIGITS: Charset = ((48, 57),)
WORD: Charset = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE: Charset = (
    (9, 13), (32, 32), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
    (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
LINE_ENDS: Charset = ((10, 10), (13, 13), (0x2028, 0x2029))

_NICE = (
    (97, 122),
    (65, 90),
    (48, 57),
    (95, 95),
    (45, 46),
    (32, 126),
    (0xE0, 0xFF),
    (0x100, 0x1FFF),
    (0x2030, 0xD7FF),
    (0xE000, 0x10FFFF),
    (0, 0x9F),
)


def union(*sets: Charset) -> Charset:
    """What belongs to any of them."""
    ranges = sorted(r for one in sets for r in one)
    result: list[tuple[int, int]] = []
    for low, high in ranges:
        if result and low <= result[-1][1] + 1:
            if high > result[-1][1]:
                result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return tuple(result)


def intersection(one: Charset, other: Charset) -> Charset:
    """What belongs to both."""
    result: list[tuple[int, int]] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low <= high:
            result.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(result)


def complement(one: Charset) -> Charset:
    """What does not belong to it, surrogates left out."""
    result: list[tuple[int, int]] = []
    start = 0
    for low, high in one:
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    if start <= 0x10FFFF:
        result.append((start, 0x10FFFF))
    return intersection(tuple(result), EVERYTHING)


def contains(one: Charset, point: int) -> bool:
    """Whether the code point belongs to it."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high) // 2
        if one[middle][1] < point:
            low = middle + 1
        else:
            high = middle
    return low < len(one) and one[low][0] <= point


@lru_cache(maxsize=4096)
def pick(one: Charset) -> int:
    """The member that reads best in an example: a letter, else a digit, else something printable; -1 for the empty set."""
    for low, high in _NICE:
        for first, last in one:
            if first <= high and last >= low:
                return max(first, low)
    return one[0][0] if one else -1


@lru_cache(maxsize=4096)
def regions(sets: frozenset[Charset]) -> tuple[Charset, ...]:
    """The alphabet cut into the largest regions that no set of these cuts through, the best-reading region first."""
    parts: list[Charset] = [EVERYTHING]
    for one in sorted(sets):
        cut: list[Charset] = []
        for part in parts:
            inside = intersection(part, one)
            if inside:
                cut.append(inside)
            if inside != part:
                cut.append(intersection(part, complement(one)))
        parts = cut
    return tuple(sorted(parts, key=_rank))


def _rank(part: Charset) -> tuple[int, int]:
    point = pick(part)
    place = next((i for i, (low, high) in enumerate(_NICE) if low <= point <= high), len(_NICE))
    return place, point


@lru_cache(maxsize=64)
def general_category(name: str) -> Charset | None:
    """The code points of a Unicode general category (`L`, `Lu`, `Letter`, `digit` …); None for one that is not known."""
    import unicodedata  # only patterns with \p need the tables

    wanted = _CATEGORY_NAMES.get(name, name)
    if wanted == "Any":
        return EVERYTHING
    if wanted == "ASCII":
        return ((0, 127),)
    if wanted not in _KNOWN:
        return None
    return _where(lambda sign: unicodedata.category(sign).startswith(wanted))


@lru_cache(maxsize=3)
def python_class(letter: str) -> Charset:
    """What `\\d`, `\\w` or `\\s` stands for in Python's `re`."""
    if letter == "d":
        return _where(str.isdecimal)
    return _where(str.isspace) if letter == "s" else _where(lambda sign: sign.isalnum() or sign == "_")


def _where(holds: Callable[[str], bool]) -> Charset:
    ranges: list[tuple[int, int]] = []
    for point in range(0x110000):
        if holds(chr(point)):
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1] = (ranges[-1][0], point)
            else:
                ranges.append((point, point))
    return intersection(tuple(ranges), EVERYTHING)


_CATEGORY_NAMES = {
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm",
    "Other_Letter": "Lo", "Mark": "M", "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl",
    "Other_Number": "No", "Punctuation": "P", "punct": "P", "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc",
    "Separator": "Z", "Space_Separator": "Zs", "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf",
}  # fmt: skip
_KNOWN = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn".split()
)
