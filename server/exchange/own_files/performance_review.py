"""`evolution/performance_review.json`: figures of a review, and errors where they have dates of their own.

A count of errors in a review has no date of its own, so it is no error event: it is a figure, `errors:` and the category, at the
review's date.
"""

import re
from typing import Any

from server.exchange.own_files.entries import AROUND, Entry, Shape, content_of, entries_in
from server.exchange.own_files.error_catalog import CATEGORY, COUNT, FIRST, LAST, OCCURRENCES, tell_error
from server.exchange.own_files.error_catalog import SHAPE as ERRORS_SHAPE
from server.exchange.own_files.figures import ENDING, STARTING, Place, date_of, tell_figures
from server.exchange.own_files.incidents import SHAPE as INCIDENTS_SHAPE
from server.exchange.own_files.incidents import tell_incident
from server.exchange.own_files.members import AT, Members, figure_of, later_by, moment_of, normal, text_of
from server.exchange.own_files.told import Telling, Told
from server.model.base import JsonObject

LISTS = ("reviews", "performancereviews", "history", "entries", "reviewhistory", "weeklyreviews", "items")
DATE = tuple("reviewdate reviewedat reviewed analysisdate generatedat asof lastreview updatedat lastupdated".split())
PERIOD = ("period", "reviewperiod", "window", "span", "range")
FIGURES = tuple(
    "metrics performance scores measurements kpis results stats statistics figures currentmetrics performancemetrics "
    "quality summary qualitymetrics current aggregate totals".split()
)
ERRORS = tuple(
    "errors errorcatalog toperrors failures errorcounts errorsbycategory errorsbytype errorbreakdown errorcategories "
    "errorsummary recenterrors erroranalysis".split()
)
INCIDENTS = ("incidents", "recentincidents")
SHAPE = Shape(LISTS, (*DATE, *FIGURES, *ERRORS, *PERIOD))
_BETWEEN = re.compile(r"/| to |\.\.| [-\u2013\u2014] |\u2013")
_CURRENT = ("value", "current", "now", "actual", "mean", "average")


def read(text: str) -> Told:
    """What the reviews in the file tell."""
    telling = Telling()
    content = content_of(text, telling)
    if isinstance(content, dict) and not _holds_reviews(content):
        _tell_review(Entry("", content), telling)
    elif content is not None:
        for entry in entries_in(content, SHAPE, telling):
            _tell_review(entry, telling)
    return telling.told()


def _holds_reviews(content: JsonObject) -> bool:
    """Whether an object is no review itself: it has a list of them, or stands them under their dates."""
    lists = any(normal(key) in LISTS and isinstance(one, list) for key, one in content.items())
    return lists or any(moment_of(key) for key in content)


def _tell_review(entry: Entry, telling: Telling) -> None:
    if not isinstance(entry.value, dict):
        telling.tell(entry.where, "it is no review")
        return
    members = Members(entry.value)
    at = members.moment(DATE) or date_of(members) or _end_of(members.first(PERIOD)) or moment_of(entry.name)
    known = {*DATE, *PERIOD, *ENDING, *STARTING, *AT, "id", "reviewid", "year", "weeknumber"}
    for key, value in entry.value.items():
        name, where = normal(key), f"{entry.where}/{key}"
        if name in known or value in (None, "", [], {}):
            continue
        if name in ERRORS:
            _tell_errors(value, where, at, telling)
        elif name in INCIDENTS:
            for one in entries_in(value, INCIDENTS_SHAPE, telling, where):
                tell_incident(one, telling, "")
        elif name in FIGURES and isinstance(value, dict | list):
            _tell_metrics(value, where, at, telling)
        elif isinstance(value, dict | list):
            telling.tell(where, "a section of a review that is not known here")
        elif figure_of(value) is not None and name not in AROUND:
            tell_figures(value, telling, Place(where, name=key, at=at))
        else:
            telling.ignored.add(key)


def _tell_metrics(value: Any, where: str, at: str, telling: Telling) -> None:
    """Of a figure with what it was before or shall be only what it is."""
    if isinstance(value, dict):
        value = {key: _now(one) if isinstance(one, dict) else one for key, one in value.items()}
    tell_figures(value, telling, Place(where, at=at, default="performance"))


def _now(value: dict[str, Any]) -> Any:
    found = Members(value).first(_CURRENT)
    return value if figure_of(found) is None else found


def _tell_errors(value: Any, where: str, at: str, telling: Telling) -> None:
    if (total := figure_of(value)) is not None:
        _tell_count("total", total, where, at, telling)
        return
    for entry in entries_in(value, ERRORS_SHAPE, telling, where):
        count = figure_of(entry.value)
        category = entry.name
        if isinstance(entry.value, dict):
            members = Members(entry.value)
            dated = any(isinstance(members.first((name,)), list) for name in OCCURRENCES)
            if not (dated or members.moment((*AT, *FIRST, *LAST))):
                count, category = members.figure(COUNT), members.text(CATEGORY) or entry.name
        if count is not None and category:
            _tell_count(category, count, entry.where, at, telling)
        else:
            tell_error(entry, telling)


def _tell_count(category: str, count: float, where: str, at: str, telling: Telling) -> None:
    tell_figures(count, telling, Place(where, name=f"errors:{category}", at=at))


def _end_of(period: Any) -> str:
    """The last day of a period, in an object, or in words such as `2026-03-29 to 2026-04-05`."""
    if isinstance(period, dict):
        members = Members(period)
        start = members.moment(STARTING)
        return members.moment(ENDING) or (later_by(start, 6 * 86_400) if start else "")
    text = text_of(period)
    return moment_of(text) or moment_of(_BETWEEN.split(text)[-1].strip(" ."))
