"""When two spellings of a unit, a time zone or a text say the same; only what is the same beyond doubt."""

import re

_WORDS = {
    "second": "s sec secs second seconds",
    "millisecond": "ms msec msecs millisecond milliseconds",
    "microsecond": "us µs μs usec microsecond microseconds",
    "nanosecond": "ns nsec nanosecond nanoseconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "percent": "% percent pct percentage",
    "dollar": "usd us$ usdollar usdollars",
    "euro": "eur € euro euros",
    "pound": "gbp £",
    "yen": "jpy",
    "yuan": "cny",
    "franc": "chf",
    "metre": "m metre metres meter meters",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "inch": "inch inches",
    "foot": "ft foot feet",
    "gram": "g gram grams gramme grammes",
    "kilogram": "kg kgs kilogram kilograms kilogramme kilogrammes",
    "celsius": "°c degc celsius degreescelsius",
    "fahrenheit": "°f degf fahrenheit degreesfahrenheit",
    "byte": "byte bytes",
    "bit": "bit bits",
    "cent": "cent cents",
}
_UNITS = {spelling: name for name, spellings in _WORDS.items() for spelling in spellings.split()}
_ANY_CASE = frozenset("usd eur gbp jpy cny chf us$ °c °f".split())
"""Symbols that are written in either case; of the others, `m` is a metre, and `M` is not."""
_LONG = 4
"""From so many letters on, a word is the same word in either case."""
_ZONES = {
    "utc": "utc",
    "z": "utc",
    "zulu": "utc",
    "gmt": "utc",
    "etc/utc": "utc",
    "etc/gmt": "utc",
    "utc+0": "utc",
    "+00:00": "utc",
    "us/eastern": "america/new_york",
    "us/central": "america/chicago",
    "us/mountain": "america/denver",
    "us/pacific": "america/los_angeles",
    "europe/kiev": "europe/kyiv",
    "asia/calcutta": "asia/kolkata",
}


def same_unit(one: str, other: str) -> bool | None:
    """Whether both name one unit; None where they differ in the case of a symbol alone, as mW and MW do."""
    if _unit(one) == _unit(other):
        return True
    left, right = ("".join(text.casefold().split()) for text in (one, other))
    return None if left == right else False


def same_zone(one: str, other: str) -> bool:
    """Whether both name one time zone."""
    left, right = (re.sub(r"\s+", "_", text.strip().casefold()) for text in (one, other))
    return _ZONES.get(left, left) == _ZONES.get(right, right)


def same_text(one: str, other: str) -> bool:
    """Whether both are the same words, whatever their case, spacing and last full stop."""
    left, right = (" ".join(text.casefold().split()).rstrip(". ") for text in (one, other))
    return left == right


def _unit(text: str) -> str:
    """The unit with every part of it by one name: `USD per share` and `usd/share` are the same."""
    plain = re.sub(r"\s+per\s+|\s*/\s*", "/", text.strip(), flags=re.IGNORECASE)
    plain = re.sub(r"\bper[\s-]?cent\b", "percent", plain, flags=re.IGNORECASE)
    return "/".join(_part(part) for part in plain.split("/"))


def _part(text: str) -> str:
    bare = re.sub(r"[\s_]+", "", text)
    lower = bare.casefold()
    if bare in _UNITS:
        return _UNITS[bare]
    if lower in _UNITS and (len(lower) >= _LONG or lower in _ANY_CASE):
        return _UNITS[lower]
    return lower if len(lower) >= _LONG and lower.isalpha() and not _is_symbol(bare) else bare


def _is_symbol(bare: str) -> bool:
    """Whether capitals stand inside the word, as in kWh or MiB, where they mean something."""
    return bare[1:] != bare[1:].lower() and bare != bare.upper()
