"""Shifts that samples show: a number's scale that moves by the ratio of two units, values that go missing.

A shift is evidence for a person and never a conflict: other data may be the whole reason. Medians and quartiles are
compared, so that single outliers don't count.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from server.model.base import Json

FEWEST = 5
"""Samples of a place that are needed on either side."""
_RATIOS = (*((10.0**power, f"10^{power}") for power in range(1, 13)), (60.0, "60"), (3600.0, "3600"))
_NEAR = 0.2
"""How far a ratio of this size may lie from the named one, as a part of it."""
_SMALL_RATIOS = ((1.8, "1.8"), (2.54, "2.54"))
_NEAR_SMALL = 0.05
_QUARTILES_NEAR = 0.5
"""How far the ratio of the other quartiles may lie from that of the medians, as a part of it."""
_DEGREES = 0.05
"""How far a quartile may lie from the other scale's degrees (1.8 x + 32), as a part of the median."""
_MISSING_BY = 0.2
"""By how much the rate of null or absent has to rise at least."""
_DEVIATIONS = 2.0
"""And by how many standard errors of the difference of both rates."""
_MOST_VALUES = 200_000
"""Values that are looked at, on either side."""

Segments = tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """One place at which the samples after differ from those before."""

    path: str
    """JSON Pointer with `*` for the items of lists."""
    says: str
    """The figures, in a sentence."""


@dataclass
class _Place:
    """What was found at one place."""

    numbers: list[float]
    present: int = 0
    """Occurrences that are not null."""


def shifts_between(before: Sequence[Json], after: Sequence[Json]) -> list[Shift]:
    """Every place whose typical scale moved by a ratio that two units have, or whose null rate jumped; ordered by path."""
    old, new = _collect(before), _collect(after)
    found = []
    for place in sorted(set(old[0]) | set(new[0])):
        one, other = old[0].get(place, _Place([])), new[0].get(place, _Place([]))
        says = [_scale(one.numbers, other.numbers), _missing(place, one, other, old[1], new[1])]
        path = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in place)
        found += [Shift(path, text) for text in says if text]
    return found


_NAMED_STAR = "'*'"
"""A member that is named as every item of a list is."""


def _collect(samples: Sequence[Json]) -> tuple[dict[Segments, _Place], dict[Segments, int]]:
    """(what stands at each place, how many objects or lists' items there are to hold it)."""
    places: defaultdict[Segments, _Place] = defaultdict(lambda: _Place([]))
    holders: defaultdict[Segments, int] = defaultdict(int)
    todo: list[tuple[Segments, Json]] = [((), sample) for sample in samples]
    seen = 0
    while todo and seen < _MOST_VALUES:
        seen += 1
        at, value = todo.pop()
        place = places[at]
        place.present += value is not None
        if isinstance(value, dict):
            holders[at] += 1
            todo += [((*at, _NAMED_STAR if name == "*" else str(name)), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            todo += [((*at, "*"), item) for item in value]
            holders[(*at, "*")] += len(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number = _finite(value)
            if number is not None:
                place.numbers.append(number)
    holders[()] += 0
    return dict(places), dict(holders)


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _scale(before: list[float], after: list[float]) -> str:
    """What the numbers show; empty where they show nothing."""
    if min(len(before), len(after)) < FEWEST:
        return ""
    signed = (_quartiles(before), _quartiles(after))
    figures = f"the median goes from {signed[0][1]:g} (of {len(before)}) to {signed[1][1]:g} (of {len(after)})"
    for one, other, words in ((*signed, "Fahrenheit to Celsius"), (signed[1], signed[0], "Celsius to Fahrenheit")):
        if _is_degrees(other, one):
            return f"{figures}, as from degrees {words}"
    old, new = (_quartiles([abs(number) for number in numbers]) for numbers in (before, after))
    if min(old[1], new[1]) <= 0:
        return ""
    ratio = new[1] / old[1]
    if ratio == 0 or not math.isfinite(ratio):
        return ""
    name = _named(ratio)
    if not name or not _all_scaled(old, new, ratio):
        return ""
    return f"{figures}, a ratio near {name}"


def _named(ratio: float) -> str:
    """The ratio of two units that this one is near; empty for none."""
    size, mark = (ratio, "") if ratio > 1 else (1 / ratio, "1/")
    for near, ratios in ((_NEAR_SMALL, _SMALL_RATIOS), (_NEAR, _RATIOS)):
        for known, name in ratios:
            if abs(math.log(size / known)) <= math.log1p(near):
                return mark + name
    return ""


def _all_scaled(old: tuple[float, float, float], new: tuple[float, float, float], ratio: float) -> bool:
    """Whether the other quartiles moved by about the same ratio: a change of unit moves all of them."""
    tolerance = math.log1p(_QUARTILES_NEAR)
    return all(
        one > 0 and 0 < other / one / ratio < math.inf and abs(math.log(other / one / ratio)) <= tolerance
        for one, other in ((old[0], new[0]), (old[2], new[2]))
    )


def _is_degrees(celsius: tuple[float, float, float], fahrenheit: tuple[float, float, float]) -> bool:
    """Whether all quartiles of the one are those of the other in degrees Fahrenheit."""
    expected = [1.8 * value + 32 for value in celsius]
    near = _DEGREES * abs(expected[1])
    moved = abs(expected[1] - celsius[1]) > 2 * near
    return moved and all(abs(one - other) <= near for one, other in zip(expected, fahrenheit, strict=True))


def _missing(
    place: Segments, before: _Place, after: _Place, held_before: dict[Segments, int], held_after: dict[Segments, int]
) -> str:
    """What the rates of null and absent show; empty where they show nothing."""
    if not place:
        return ""
    holder = place if place[-1] == "*" else place[:-1]
    old, new = held_before.get(holder, 0), held_after.get(holder, 0)
    if min(old, new) < FEWEST:
        return ""
    one, other = 1 - before.present / old, 1 - after.present / new
    pooled = (one * old + other * new) / (old + new)
    error = math.sqrt(pooled * (1 - pooled) * (1 / old + 1 / new))
    if other - one < _MISSING_BY or other - one < _DEVIATIONS * error:
        return ""
    return f"it is null or absent in {other:.0%} of {new}, and was in {one:.0%} of {old}"


def _quartiles(numbers: list[float]) -> tuple[float, float, float]:
    ordered = sorted(numbers)
    first, second, third = (_quantile(ordered, part) for part in (0.25, 0.5, 0.75))
    return first, second, third


def _quantile(ordered: list[float], part: float) -> float:
    position = part * (len(ordered) - 1)
    below, above = math.floor(position), math.ceil(position)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
