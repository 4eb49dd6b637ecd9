"""What a member of `capacity` counts, and in which direction it can hurt."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from server.errors import InvalidArgument
from server.model.base import Json, JsonObject


class Direction(StrEnum):
    """Who is hurt by what."""

    OFFERED = "offered"
    """Consumers share it, and less of it hurts: requests a second, connections."""
    WRITTEN = "written"
    """It limits what is written, and more of it hurts: bytes, rows."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Measure:
    """What one key measures; keys with the same direction and `of` can be compared."""

    direction: Direction
    of: str
    factor: Fraction
    """How much one of its units is in the common unit: bytes, seconds, or per second."""


_PER = re.compile(r"_?per_(s|sec|second|min|minute|h|hr|hour|d|day)s?$")
_SECONDS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
}
_RATES = {
    "rps": "requests_per_second",
    "qps": "queries_per_second",
    "tps": "transactions_per_second",
    "rpm": "requests_per_minute",
}
_ASKED = frozenset(("requests", "request", "calls", "queries", "reads", "transactions", "lookups", "clients", "users"))
"""What consumers do, and a writer has to bear."""
_SHARED = frozenset(
    ("connections", "connection", "concurrency", "concurrent", "parallel", "sessions", "clients", "slots")
)
"""What consumers hold at one time."""
_UNITS: dict[str, tuple[str, Fraction]] = {
    **{name: ("bytes", Fraction(size)) for name, size in (("bytes", 1), ("byte", 1), ("kb", 10**3), ("mb", 10**6))},
    **{
        name: ("bytes", Fraction(size))
        for name, size in (("gb", 10**9), ("tb", 10**12), ("kib", 2**10), ("mib", 2**20))
    },
    **{name: ("bytes", Fraction(size)) for name, size in (("gib", 2**30), ("tib", 2**40))},
    **{name: ("seconds", Fraction(1, 1000)) for name in ("ms", "milliseconds", "millis")},
    **{
        name: ("seconds", Fraction(size))
        for name, size in (("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86400))
    },
}
_IGNORED = frozenset(("size",))


def measure_of(key: str) -> Measure:
    """What this key of a `capacity` measures, however it is spelt."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key.strip())
    plain = re.sub(r"[\s_-]+", "_", plain).casefold()
    limit = plain.startswith("max_")
    bare = plain.removeprefix("max_")
    bare = _RATES.get(bare, bare)
    per = _PER.search(bare)
    words = [word for word in (bare[: per.start()] if per else bare).split("_") if word and word not in _IGNORED]
    of, factor = _in_common_unit(words)
    if per:
        direction = Direction.WRITTEN if limit and not _ASKED.intersection(words) else Direction.OFFERED
        return Measure(direction, f"{of} per second", factor / _SECONDS[per.group(1)])
    if _SHARED.intersection(words):
        return Measure(Direction.OFFERED, of, factor)
    return Measure(Direction.WRITTEN if limit and words else Direction.UNKNOWN, of, factor)


def amount_of(key: str, value: Json) -> Fraction | None:
    """The amount in the common unit; None where the value is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return Fraction(repr(value) if isinstance(value, float) else value) * measure_of(key).factor


def check_capacity(capacity: JsonObject, at: str) -> None:
    """Raises InvalidArgument for a number that is no amount, and for a word where a number is meant; `at` is its place."""
    for key, value in capacity.items():
        number = isinstance(value, int | float)
        if amount_of(key, value) is not None or (not number and measure_of(key).direction is Direction.UNKNOWN):
            continue
        raise InvalidArgument(
            f"{key!r} is {str(value)[:40]!r}, which is no amount.",
            path=f"{at}/{key.replace('~', '~0').replace('/', '~1')}",
            hint='A capacity is a number from 0 on, such as {"max_bytes": 2000000000} or {"requests_per_second": 5}.',
        )


def _in_common_unit(words: list[str]) -> tuple[str, Fraction]:
    """What is counted, with its unit replaced by the common one."""
    if words and words[-1] in _UNITS:
        unit, factor = _UNITS[words[-1]]
        return " ".join((*words[:-1], unit)), factor
    return " ".join(words), Fraction(1)
