"""Schedules as systemd and launchd tell them, as cron expressions where cron can say the same."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NAMED = {
    "minutely": "* * * * *",
    "hourly": "0 * * * *",
    "daily": "0 0 * * *",
    "weekly": "0 0 * * 1",
    "monthly": "0 0 1 * *",
    "quarterly": "0 0 1 1,4,7,10 *",
    "semiannually": "0 0 1 1,7 *",
    "yearly": "0 0 1 1 *",
    "annually": "0 0 1 1 *",
}
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_ZONE = re.compile(r"\s+(?P<zone>UTC|[A-Z][A-Za-z_]+/[A-Za-z_/+-]+)$")
_TIME = re.compile(r"(?P<hour>[\d*,/.]+):(?P<minute>[\d*,/.]+)(?::(?P<second>[\d*,/.]+))?$")
_DATE = re.compile(r"(?:(?P<year>\*|\d{4})-)?(?P<month>[\d*,/.]+)-(?P<day>[\d*,/.]+)$")
_SPAN = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z]*)")
_UNITS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604_800.0),
    "ms": 0.001,
}


def cron_of_calendar(expression: str) -> tuple[str, str]:
    """The `OnCalendar=` expression as cron, and its time zone; the expression itself where cron can't say it."""
    text = expression.strip()
    zone = ""
    if match := _ZONE.search(text):
        zone, text = match["zone"], text[: match.start()]
    if text.lower() in _NAMED:
        return _NAMED[text.lower()], zone
    cron = _cron(text.split())
    return (cron or expression.strip()), (zone if cron else "")


def seconds_of_span(text: str) -> float:
    """Seconds of a span such as `1h 30min`; 0 where it is none."""
    if not re.fullmatch(rf"(?:\s*{_SPAN.pattern}\s*)+".replace("?P<number>", "").replace("?P<unit>", ""), text):
        return 0.0
    parts = [
        (float(match["number"]), _UNITS.get(match["unit"].lower() if match["unit"] != "M" else "M"))
        for match in _SPAN.finditer(text)
    ]
    return sum(number * unit for number, unit in parts if unit is not None) if all(unit for _, unit in parts) else 0.0


def cron_of_intervals(given: Any) -> str:
    """launchd's `StartCalendarInterval` as cron; of several entries one that says them all where one can, else empty."""
    entries: Sequence[Any] = given if isinstance(given, list) else [given]
    fields = [_interval_fields(entry) for entry in entries if isinstance(entry, Mapping)]
    if not fields or len(fields) != len(entries):
        return ""
    columns = [list(dict.fromkeys(row[place] for row in fields)) for place in range(5)]
    if sum(len(column) > 1 for column in columns) > 1:
        return ""  # the two columns would be crossed
    if any("*" in column and len(column) > 1 for column in columns):
        return ""
    return " ".join(",".join(column) for column in columns)


def _interval_fields(entry: Mapping[str, Any]) -> tuple[str, ...]:
    given = [entry.get(name) for name in ("Minute", "Hour", "Day", "Month", "Weekday")]
    return tuple("*" if value is None else str(value)[:10] for value in given)


def _cron(words: list[str]) -> str:
    weekday, date, time = "*", ("*", "*"), ("0", "0")
    for word in words:
        if match := _TIME.match(word):
            if (match["second"] or "0").strip("0") not in ("",):
                return ""
            time = (_field(match["hour"]), _field(match["minute"]))
        elif match := _DATE.match(word):
            if match["year"] not in (None, "*"):
                return ""
            date = (_field(match["month"]), _field(match["day"]))
        elif days := _weekdays(word):
            weekday = days
        else:
            return ""
    fields = (time[1], time[0], date[1], date[0], weekday)
    if date[1] != "*" and weekday != "*":
        return ""  # cron takes either, systemd both
    return " ".join(fields) if all(fields) else ""


def _field(text: str) -> str:
    """One number field; empty where cron has no such form."""
    parts = []
    for part in text.split(","):
        span, _, step = part.partition("/")
        span = span.replace("..", "-")
        if not re.fullmatch(r"\*|\d+(?:-\d+)?", span) or (step and not step.isdigit()):
            return ""
        ends = "-".join(str(int(end)) for end in span.split("-")) if span != "*" else "*"
        if step and ends.isdigit():
            ends = "*" if ends == "0" else f"{ends}-59"
        parts.append(f"{ends}/{int(step)}" if step else ends)
    return ",".join(parts)


def _weekdays(word: str) -> str:
    parts = []
    for part in word.split(","):
        ends = [_DAYS.get(end[:3].lower()) if end.isalpha() else None for end in part.split("..")]
        if None in ends or len(ends) > 2:
            return ""
        numbers = [end for end in ends if end is not None]
        if len(numbers) == 2 and numbers[1] == 0:
            numbers[1] = 7
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            return ""
        parts.append("-".join(map(str, numbers)))
    return ",".join(parts)
