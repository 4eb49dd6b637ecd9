"""`cross_patterns.json`, in and out, and a pattern as it is shown (PAT-10)."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from server.model.base import JsonObject
from server.model.moments import from_wire, read_moment, to_wire
from server.model.pattern import Certainty, Evidence, Pattern, PatternStatus, PatternType
from server.model.redaction import shown, shown_name
from server.model.tier import Severity
from server.patterns.fingerprint import DIRECTED
from server.patterns.found import LEAST_OCCURRENCES

FILE_NAME = "cross_patterns.json"
ID = re.compile(r"XPAT-\d{1,9}")
LONGEST = 500
"""Characters of a text that is taken from a file."""
_LISTS = 200
"""Entries of one list that are taken from a file."""
_NEW = timedelta(days=7)
_RESOLVED = timedelta(days=30)
_SOURCE = (
    "id",
    "type",
    "description",
    "systems_involved",
    "evidence",
    "severity",
    "confidence",
    "first_detected",
    "occurrences",
    "recommendation",
    "affected_contracts",
)
"""The members that the source names, in its order."""
_FIGURES = ("p_value", "q_value", "lift", "lag_seconds", "window_seconds")
"""Shown with four digits."""


def pattern_document(pattern: Pattern) -> JsonObject:
    """The pattern as it is shown: the source's members in its order, then all others, whether they are set or not."""
    whole = pattern.model_dump(mode="json")
    whole["first_detected"] = pattern.first_detected[:10]
    whole |= {name: float(f"{whole[name]:.4g}") for name in _FIGURES if whole[name] is not None}
    return {name: whole[name] for name in (*_SOURCE, *(name for name in whole if name not in _SOURCE))}


def cross_patterns(patterns: Iterable[Pattern], *, analysis_date: str) -> JsonObject:
    """The file: every pattern that is or was active, in the order of ids, and the totals over them.

    Candidates are not in it. `analysis_date` is the day of the last detection; empty before the first. `high_severity` and
    `systems_with_most_cross_issues` count what is active now; a fix that others could use is no issue of theirs.
    """
    listed = sorted((one for one in patterns if one.status is not PatternStatus.CANDIDATE), key=number_of)
    active = [one for one in listed if one.status is PatternStatus.ACTIVE]
    issues = Counter(system for one in active if one.type.is_risk for system in one.systems_involved)
    most = min(issues, key=lambda system: (-issues[system], system), default="")
    return {
        "analysis_date": analysis_date[:10],
        "patterns": [_entry(one) for one in listed],
        "cross_system_health": {
            "total_cross_patterns": len(listed),
            "high_severity": sum(one.severity is Severity.HIGH for one in active),
            "resolved_last_30d": sum(
                one.status is PatternStatus.RESOLVED and _within(one.resolved_at, _RESOLVED, analysis_date)
                for one in listed
            ),
            "new_last_7d": sum(_within(one.first_detected, _NEW, analysis_date) for one in listed),
            "systems_with_most_cross_issues": most,
        },
    }


def cross_patterns_text(document: JsonObject) -> str:
    """The file's text."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read_pattern(entry: Any, *, analysis_date: str) -> Pattern:
    """The pattern that an entry of `patterns` describes. Raises ValueError with what is wrong with it.

    An entry of another's making may lack everything but a type, its systems and its occurrences. An id that is not of our form
    is left empty. Whatever the file calls active was so on the day of its analysis. Its texts are made fit to be shown.
    """
    if not isinstance(entry, Mapping):
        raise ValueError("an entry is a JSON object")
    try:
        kind = PatternType(str(entry.get("type")))
    except ValueError:
        raise ValueError(f"the type is none of {', '.join(PatternType)}") from None
    systems = tuple(dict.fromkeys(_names(entry.get("systems_involved"))))
    if len(systems) < 2:
        raise ValueError("a pattern involves two systems or more")
    occurrences = entry.get("occurrences")
    if not isinstance(occurrences, int) or isinstance(occurrences, bool) or occurrences < LEAST_OCCURRENCES:
        raise ValueError(f"a pattern has {LEAST_OCCURRENCES} occurrences or more")
    cause, effect = _name(entry.get("cause")), _name(entry.get("effect"))
    if kind in DIRECTED and len(systems) == 2 and not (cause or effect):
        cause, effect = systems
    first = _day(entry.get("first_detected")) or _day(analysis_date)
    status = _word(PatternStatus, entry.get("status"), PatternStatus.ACTIVE)
    candidate = status is PatternStatus.CANDIDATE
    confidence = _number(entry.get("confidence"))
    return Pattern(
        id=_id(entry.get("id")),
        type=kind,
        description=_text(entry.get("description")) or f"{kind.value} of {', '.join(systems)}",
        systems_involved=systems,
        evidence=tuple(_evidence(entry.get("evidence"))),
        severity=_severity(entry.get("severity")),
        confidence=0.0 if candidate else min(0.99, max(0.0, 0.6 if confidence is None else confidence)),
        first_detected=first,
        occurrences=occurrences,
        recommendation=_text(entry.get("recommendation")),
        affected_contracts=tuple(_names(entry.get("affected_contracts"))),
        status=status,
        certainty=_word(Certainty, entry.get("certainty"), Certainty.CANDIDATE if candidate else Certainty.SIGNIFICANT),
        cause=cause,
        effect=effect,
        subject=_text(entry.get("subject")),
        resources=tuple(_names(entry.get("resources"), LONGEST)),
        p_value=_number(entry.get("p_value")),
        q_value=_number(entry.get("q_value")),
        lift=_number(entry.get("lift")),
        lag_seconds=_number(entry.get("lag_seconds")),
        window_seconds=_number(entry.get("window_seconds")),
        held_back=_text(entry.get("held_back")) if candidate else "",
        last_seen=_moment(entry.get("last_seen")) or _day(analysis_date) or first,
        resolved_at=_moment(entry.get("resolved_at")),
        reopened_at=_moment(entry.get("reopened_at")),
        cause_fired_since=_count(entry.get("cause_fired_since")),
        proposal_id=_name(entry.get("proposal_id")),
    )


def number_of(pattern: Pattern) -> tuple[int, str]:
    """Puts patterns in the order in which they got their ids."""
    return len(pattern.id), pattern.id


def _entry(pattern: Pattern) -> JsonObject:
    """The source's members always; of the others the status, and what is set."""
    document = pattern_document(pattern)
    for row in document["evidence"]:
        del row["events_total"]
    return {
        name: value
        for name, value in document.items()
        if name in _SOURCE or name == "status" or value not in (None, "", [])
    }


def _within(moment: str, span: timedelta, analysis_date: str) -> bool:
    """Whether the day of the moment lies so many days before the analysis, or later."""
    if not moment or not analysis_date:
        return False
    return date.fromisoformat(moment[:10]) >= date.fromisoformat(analysis_date[:10]) - span


def _evidence(given: Any) -> Iterable[Evidence]:
    for entry in given[:_LISTS] if isinstance(given, list) else []:
        if isinstance(entry, Mapping) and _text(entry.get("data_point")):
            yield Evidence(
                system=_name(entry.get("system")),
                data_point=_text(entry.get("data_point")),
                source=_name(entry.get("source")),
                events_total=_count(entry.get("events_total")) or 0,
            )


def _severity(given: Any) -> Severity:
    found = _word(Severity, given, Severity.MEDIUM)
    return Severity.HIGH if found is Severity.CRITICAL else found


def _word(kind: Any, given: Any, otherwise: Any) -> Any:
    try:
        return kind(given)
    except ValueError:
        return otherwise


def _id(given: Any) -> str:
    return given if isinstance(given, str) and ID.fullmatch(given) else ""


def _names(given: Any, longest: int = 200) -> list[str]:
    found = (_name(one, longest) for one in (given if isinstance(given, list) else [])[:_LISTS])
    return [name for name in found if name]


def _name(value: Any, longest: int = 200) -> str:
    """The text as a name that may be shown."""
    return shown_name(value, longest) if isinstance(value, str) else ""


def _text(value: Any) -> str:
    """The text as a line that may be shown."""
    return shown(value, LONGEST) if isinstance(value, str) else ""


def _day(value: Any) -> str:
    moment = _moment(value)
    return moment[:10]


def _moment(value: Any) -> str:
    """The text where it is an ISO 8601 date or time that can be compared with ours, else nothing."""
    try:
        return to_wire(from_wire(read_moment(value)))
    except (ValueError, OverflowError):
        return ""


def _number(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return float(value) if fits else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12 else None
