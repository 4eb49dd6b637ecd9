"""The members of an entry by the names that people give them, and what their values say: moments, figures, words."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from server.model.base import JsonObject, seconds_in_words
from server.model.moments import read_moment
from server.model.redaction import redacted, without_credentials
from server.model.tier import Severity

AT = tuple(
    "at timestamp ts time datetime date occurredat occurred when detectedat loggedat observedat happenedat reportedat "
    "recordedat createdat created openedat startedat".split()
)
"""Names of the moment at which something happened, the surest first."""
_SEVERITIES = {
    Severity.CRITICAL: "critical crit fatal blocker emergency sev0 sev1 p0",
    Severity.HIGH: "high error major severe sev2 p1",
    Severity.MEDIUM: "medium med moderate normal warning warn sev3 p2",
    Severity.LOW: "low minor info information notice trivial debug sev4 sev5 p3 p4",
}
_SEVERITY = {word: severity for severity, words in _SEVERITIES.items() for word in words.split()}
_WORD = re.compile(r"[A-Za-z0-9_.-]{0,12}")
"""Too short for a key of any kind, and no more than one word: most ids, categories and names are such."""
_WEEK = re.compile(r"(\d{4})[-_/ ]?[Ww](\d{1,2})")
_EPOCHS = ((10**9, 10**10, 1), (10**12, 10**13, 10**3), (10**15, 10**16, 10**6))
"""From, below, and the parts of a second that a number counts: seconds, milliseconds or microseconds of 2001 to 2286."""
_BLANK: tuple[Any, ...] = (None, "", [], {})


def normal(name: object) -> str:
    """A member's name as it is compared: `errorType`, `error_type` and `Error Type` are one."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


class Members:
    """The members of one object. What was asked for is remembered, so that the rest can be told."""

    def __init__(self, value: JsonObject) -> None:
        self._known = {normal(key): (key, entry) for key, entry in reversed(value.items())}
        self._asked: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._known and self._known[name][1] not in _BLANK

    def first(self, names: Iterable[str]) -> Any:
        """The value of the first of these members that says something; None for none of them."""
        return self.named(names)[1]

    def named(self, names: Iterable[str]) -> tuple[str, Any]:
        """The same, with the member's name as it is written."""
        found: tuple[str, Any] = ("", None)
        for name in names:
            self._asked.add(name)
            if found[1] is None and name in self:
                found = self._known[name]
        return found

    def text(self, names: Iterable[str]) -> str:
        """The first of these members that is a text or a number, or a list of such."""
        for name in names:
            self._asked.add(name)
        return next((text for name in names if name in self and (text := text_of(self._known[name][1]))), "")

    def figure(self, names: Iterable[str]) -> float | None:
        """The first of these members that is a number."""
        for name in names:
            self._asked.add(name)
        return next(
            (one for name in names if name in self and (one := figure_of(self._known[name][1])) is not None), None
        )

    def count(self, names: Iterable[str]) -> int | None:
        """The first of these members that counts something."""
        figure = self.figure(names)
        return int(figure) if figure is not None and 0 <= figure < 1e15 and figure == int(figure) else None

    def moment(self, names: Iterable[str] = AT) -> str:
        """The first of these members that is a moment."""
        for name in names:
            self._asked.add(name)
        return next((at for name in names if name in self and (at := moment_of(self._known[name][1]))), "")

    def rest(self) -> list[tuple[str, Any]]:
        """The members that nobody asked for and that say something."""
        return [pair for name, pair in self._known.items() if name not in self._asked and pair[1] not in _BLANK][::-1]


def moment_of(value: Any) -> str:
    """The moment that a member states, ISO 8601 in UTC; empty for anything else.

    ISO 8601, mail dates, and seconds, milliseconds or microseconds since 1970; of a week its Sunday.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return _since_1970(value)
    if not isinstance(value, str) or not 4 <= len(value) <= 60:
        return ""
    text = value.strip()
    if text.isdigit() and len(text) in (10, 13, 16):
        return _since_1970(int(text))
    if week := week_of(text):
        return week
    text = re.sub(r"\s*(UTC|GMT|Z)$", "Z", text) if not text[0].isalpha() else text
    try:
        return read_moment(text) if len(text) >= 8 and not text[0].isalpha() else _mail_date(text)
    except ValueError:
        return ""


def week_of(text: str) -> str:
    """The Sunday of a week such as `2026-W14`, as a moment; empty for anything else."""
    found = _WEEK.fullmatch(text.strip())
    return sunday(int(found[1]), int(found[2])) if found else ""


def sunday(year: int, week: int) -> str:
    """The Sunday on which a week of ISO 8601 ends, as a moment; empty where there is no such week."""
    try:
        return read_moment(date.fromisocalendar(year, week, 7).isoformat())
    except (ValueError, OverflowError):
        return ""


def later_by(moment: str, seconds: float) -> str:
    """So many seconds after the moment, to the second; empty beyond the years there are."""
    try:
        return read_moment((datetime.fromisoformat(moment) + timedelta(seconds=round(seconds))).isoformat())
    except (ValueError, OverflowError):
        return ""


def figure_of(value: Any) -> float | None:
    """The number that a member states; of `93 %` its share of one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return None
    if not isinstance(value, str) or len(value) > 40:
        return None
    text, percent = value.strip().removesuffix("%").rstrip(), value.strip().endswith("%")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", text):
        return None
    return float(text) / 100 if percent else float(text)


def seconds_of(value: Any) -> float | None:
    """The seconds that a number, or words such as `20m`, state."""
    figure = figure_of(value)
    return seconds_in_words(value.lower()) if figure is None and isinstance(value, str) else figure


def text_of(value: Any) -> str:
    """What a text, a number, or a list of such says, without secrets; empty for anything else."""
    if isinstance(value, str):
        text = value.strip()
        return text if _WORD.fullmatch(text) else redacted(text[:20_000])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return ", ".join(text for one in value[:50] if not isinstance(one, list) and (text := text_of(one)))
    return ""


def resource_of(value: Any) -> str:
    """A path or address without credentials."""
    return without_credentials(value.strip()[:2_000], hidden="") if isinstance(value, str) else ""


def severity_of(value: Any) -> str | None:
    """One of our four words; empty for none stated, None where it is no word for a severity."""
    if value in _BLANK:
        return ""
    found = _SEVERITY.get(normal(value))
    return None if found is None else found.value


def _since_1970(number: float) -> str:
    for lowest, below, parts in _EPOCHS:
        if lowest <= number < below:
            return read_moment(datetime.fromtimestamp(number / parts, UTC).isoformat())
    return ""


def _mail_date(text: str) -> str:
    moment = parsedate_to_datetime(text)
    return read_moment(moment.isoformat())
