"""Figures by week or date, in whatever order names, weeks and values stand in each other."""

from dataclasses import dataclass, replace
from typing import Any

from server.exchange.own_files.entries import AROUND
from server.exchange.own_files.members import (
    AT,
    Members,
    figure_of,
    later_by,
    moment_of,
    normal,
    sunday,
    text_of,
    week_of,
)
from server.exchange.own_files.told import Telling

ENDING = tuple("weekending weekend weekendingdate weekenddate periodend enddate end to until week isoweek".split())
STARTING = tuple("weekstart weekstarting weekof weekbeginning weekcommencing periodstart startdate start from".split())
NAME = ("metric", "metricname", "name", "label", "series", "measure")
VALUE = ("value", "score", "current", "now", "actual", "mean", "average", "avg")
HOLDERS = frozenset(
    "weeks weekly weeklymetrics history entries data records values series metrics measurements points results scores "
    "figures reports weeklyaccuracy timeseries".split()
)
"""Members that only hold others, and are no part of a name."""
SIZES = tuple("n count total samples samplesize numsamples sampled size support evaluated observations".split())
"""How many were looked at: figures, but none of quality."""
BESIDE = frozenset(("unit", "units", "id", "comment", "note", "notes", "year", "weeknumber", "window", *AROUND, *SIZES))
DEEPEST = 12


@dataclass(frozen=True)
class Place:
    """Where a value stands, and what is known of it from there."""

    where: str = ""
    name: str = ""
    at: str = ""
    default: str = "accuracy"
    """What a figure without a name is called."""
    depth: int = 0

    def below(self, step: object) -> "Place":
        """The place of what stands in it."""
        return replace(self, where=f"{self.where}/{step}", depth=self.depth + 1)


def tell_figures(value: Any, telling: Telling, place: Place = Place()) -> None:
    """The metrics in the value, each at its week or date."""
    if place.depth > DEEPEST:
        telling.tell(place.where, "it is nested too deeply")
    elif isinstance(value, dict):
        _tell_object(value, telling, place)
    elif isinstance(value, tuple):
        for line in value:
            tell_figures(line.value, telling, replace(place, where=f"line {line.number}"))
    elif isinstance(value, list):
        if len(value) == 2 and figure_of(value[1]) is not None and (date := moment_of(value[0])):
            tell_figures(value[1], telling, replace(place, at=date))
            return
        for position, one in enumerate(value):
            tell_figures(one, telling, place.below(position))
    elif (figure := figure_of(value)) is None:
        telling.tell(place.where, "it is no figure")
    elif not place.at:
        telling.tell(place.where, "it has no week or date")
    else:
        called = (place.name or place.default)[:150]
        document = {"kind": "metric", "id": f"{called}@{place.at}", "at": place.at, "name": called, "value": figure}
        telling.event(place.where, document)


def date_of(members: Members) -> str:
    """The end of the week that an object is about, else its date; empty for none."""
    year, number = members.figure(("year", "isoyear")), members.figure(("weeknumber", "weekno", "week", "isoweek"))
    if year is not None and number is not None and year == int(year) and number == int(number):
        return sunday(int(year), int(number))
    ending = members.first(ENDING)
    if isinstance(ending, str) and (found := week_of(ending) or moment_of(ending)):
        return found
    if isinstance(starting := members.first(STARTING), str) and (found := moment_of(starting)):
        return week_of(starting) or later_by(found, 6 * 86_400)
    return members.moment(AT)


def _tell_object(value: dict[str, Any], telling: Telling, place: Place) -> None:
    members = Members(value)
    called = members.first(NAME)
    named = joined(place.name, text_of(called)) if isinstance(called, str) else place.name
    place = replace(place, name=named, at=date_of(members) or place.at)
    for key, one in value.items():
        short, inner = normal(key), place.below(key)
        if short in DATED or one in (None, "", [], {}) or (short in NAME and isinstance(one, str)):
            continue
        if date := (week_of(key) or (moment_of(key) if key[:4].isdigit() else "")):
            tell_figures(one, telling, replace(inner, at=date))
        elif isinstance(one, dict | list):
            tell_figures(one, telling, inner if short in HOLDERS else replace(inner, name=joined(named, key)))
        elif short in BESIDE or figure_of(one) is None:
            telling.ignored.add(key)
        else:
            tell_figures(one, telling, inner if short in VALUE else replace(inner, name=joined(named, key)))


def joined(name: str, key: str) -> str:
    """A name within another."""
    return f"{name}.{key}" if name and key else name or key


DATED = frozenset((*ENDING, *STARTING, *AT, "year", "isoyear", "weeknumber", "weekno"))
