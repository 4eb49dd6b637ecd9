"""What an ODCS contract says of time, people and links, apart from the data's form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.exchange.documents import Document, mapping, sequence, words
from server.exchange.imported import Remarks
from server.model.base import JsonObject

_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86_400),
    **dict.fromkeys(("mo", "month", "months"), 30 * 86_400),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 86_400),
}
_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")
_FRESHNESS = ("latency", "ly", "freshness")
_FREQUENCY = ("frequency", "fy")
_OWNS = re.compile(r"\bowner\b", re.IGNORECASE)


@dataclass
class Terms:
    """What is agreed of time, for the whole contract or for one of its objects."""

    freshness: dict[str, float] = field(default_factory=dict)
    """Seconds by object's name; the empty name stands for all."""
    interval: float | None = None
    """Seconds between two deliveries."""
    schedule: str = ""
    """Cron expression."""
    others: list[JsonObject] = field(default_factory=list)
    """Agreements that decide nothing here, as they stand."""

    def freshness_of(self, name: str) -> float | None:
        """Seconds for this object."""
        return self.freshness.get(name, self.freshness.get(""))


def terms_of(document: Document, names: Mapping[str, str], remarks: Remarks) -> Terms:
    """The service levels. `names` takes each name of an object, also its physical one, to the object's own."""
    terms = Terms()
    for position, stated in enumerate(sequence(mapping(document.value).get("slaProperties"))):
        level = mapping(stated)
        place = document.at("slaProperties", position)
        kind = words(level.get("property"))
        path = words(level.get("element"))
        element = next((one for one in names if path == one or path.startswith(f"{one}.")), path.partition(".")[0])
        if element and element not in names and kind in (*_FRESHNESS, *_FREQUENCY):
            remarks.dangling(place, element, "the element names no object of the contract; the whole contract is taken")
        seconds = _seconds(level)
        if kind in _FRESHNESS and seconds is not None:
            known = terms.freshness.get(names.get(element, ""))
            terms.freshness[names.get(element, "")] = seconds if known is None else min(known, seconds)
        elif (
            kind in _FREQUENCY
            and words(level.get("schedule"))
            and words(level.get("scheduler")).lower() in ("", "cron")
        ):
            terms.schedule = words(level["schedule"], 200)
        elif kind in _FREQUENCY and seconds:
            terms.interval = seconds if terms.interval is None else min(terms.interval, seconds)
        else:
            terms.others.append({str(name): value for name, value in level.items()})
            remarks.unmapped(
                place, f"the service level {kind or 'without a name'} is kept as it stands; it decides nothing here"
            )
    return terms


def owner_of(contract: Mapping[str, Any]) -> str:
    """The team, else the member who is its owner and still there, else the domain's or tenant's name."""
    team = contract.get("team")
    named = words(mapping(team).get("name"), 200)
    if named:
        return named
    members = [mapping(one) for one in (sequence(team) or sequence(mapping(team).get("members")))]
    present = [one for one in members if not one.get("dateOut")]
    owners = [one for one in present if _OWNS.search(words(one.get("role")))] or (present if len(present) == 1 else [])
    return next((words(one.get("name"), 200) or words(one.get("username"), 200) for one in owners), "")


def description_of(contract: Mapping[str, Any]) -> str:
    """What the data is for and where it ends."""
    stated = contract.get("description")
    if isinstance(stated, str):
        return stated[:4_000]
    parts = [words(mapping(stated).get(name), 2_000) for name in ("purpose", "usage", "limitations")]
    return "\n".join(part for part in parts if part)[:4_000]


def _seconds(level: Mapping[str, Any]) -> float | None:
    value, unit = level.get("value"), words(level.get("unit")).lower()
    if isinstance(value, str):
        text = value.strip()
        if found := _DURATION.match(text.upper()):
            days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
            return float(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
        split = re.match(r"^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$", text)
        if split is None:
            return None
        value, unit = float(split[1]), (split[2] or unit).lower()
    if isinstance(value, bool) or not isinstance(value, int | float) or unit not in _UNITS or value < 0:
        return None
    return float(value * _UNITS[unit])
