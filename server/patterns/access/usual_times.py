"""When something usually happens, in the words of a timetable."""

import numpy as np

from server.patterns.history import Ints

SECOND = 1_000_000
_MINUTE = 60 * SECOND
_DAY = 86_400 * SECOND
_EPOCH_WEEKDAY = 3
"""1970 began on a Thursday; Monday is 0."""
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_MOSTLY = 0.8
"""Share of the moments that a statement must cover."""
_NARROW = 4 * 60 * _MINUTE
"""A wider window of the day says nothing."""


def usual_time(moments: Ints) -> str:
    """`on Wednesdays between 02:55 and 03:20 UTC`, as far as four fifths of the moments bear it out; "" where they don't."""
    if not len(moments):
        return ""
    needed = int(np.ceil(_MOSTLY * len(moments)))
    weekdays = np.bincount((moments // _DAY + _EPOCH_WEEKDAY) % 7, minlength=7)
    day = int(weekdays.argmax())
    words = [f"on {_WEEKDAYS[day]}"] if weekdays[day] >= needed and len(moments) > 1 else []
    clock = np.sort(moments % _DAY)
    around = np.concatenate([clock, clock + _DAY])
    spans = around[needed - 1 : needed - 1 + len(clock)] - clock
    begin = int(spans.argmin())
    if spans[begin] <= _NARROW:
        first, last = int(clock[begin]) // _MINUTE, -(-int(clock[begin] + spans[begin]) // _MINUTE)
        words.append(f"at {_clock(first)} UTC" if first == last else f"between {_clock(first)} and {_clock(last)} UTC")
    return " ".join(words)


def in_words(length: float) -> str:
    """A length of time given in microseconds, as `40 s`, `25 min`, `3 h` or `2 days`."""
    seconds = length / SECOND
    for unit, size, upto in (("s", 1, 90), ("min", 60, 90 * 60), ("h", 3_600, 48 * 3_600)):
        if seconds < upto:
            return f"{_figure(seconds / size)} {unit}"
    return f"{_figure(seconds / 86_400)} days"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _figure(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:.0f}"
