"""`evolution/promotion_log.json`: what went live or was turned down, with how often its error came before and after."""

import re
from typing import Any

from server.exchange.own_files.entries import Entry, Shape, entries_of
from server.exchange.own_files.members import AT, Members, figure_of, normal, seconds_of, text_of
from server.exchange.own_files.told import Telling, Told

LISTS = tuple(
    "promotions promoted promotionlog log entries history changes rejections rejected events decisions records items "
    "promotedchanges rollbacks data".split()
)
ID = ("id", "promotionid", "entryid", "logid", "eventid", "uuid")
PROPOSAL = ("proposalid", "proposal", "propid", "changeid", "ruleid", "experimentid")
TITLE = ("title", "name", "change", "summary", "rule", "rulename", "proposaltitle")
APPROACH = tuple("approach description solution fix how method changedescription details rationale hypothesis".split())
CATEGORY = tuple(
    "errorcategory category fixes fixed fixederror targeterror targetcategory errortype addresses problem issue".split()
)
ACTION = ("action", "decision", "outcome", "status", "result", "event", "type", "verdict")
WHEN = tuple(
    "promotedat promotiondate decidedat deployedat rejectedat rolledbackat adoptedat promoted rejected".split()
)
BEFORE = tuple(
    "before beforemetric errorsperweekbefore beforeerrorsperweek errorsbefore beforeerrors errorratebefore beforeerrorrate "
    "weeklyerrorsbefore beforerate ratebefore baseline baselineerrors baselinerate pre old".split()
)
AFTER = tuple(
    "after aftermetric errorsperweekafter aftererrorsperweek errorsafter aftererrors errorrateafter aftererrorrate "
    "weeklyerrorsafter afterrate rateafter post new current observed".split()
)
INSIDE = ("metrics", "impact", "results", "evidence", "effect", "measurement", "errorrate", "errors", "observation")
"""Members that hold before and after."""
RATE = tuple("errorsperweek perweek weekly weeklyerrors errorrate errors occurrences rate value count".split())
DAYS = tuple(
    "observationdays observeddays observationperioddays shadowdays shadowtestdays trialdays windowdays days".split()
)
SPAN = ("observationperiod", "observation", "observationwindow", "window", "period")
SHAPE = Shape(LISTS, (*PROPOSAL, *ID[:2], *WHEN[:4]))
_WORDS = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s+[^\n]{0,200}?(?:per |a |/ ?|every )(week|day|hour|month)")
_PROMOTED = frozenset(
    "promoted promotion promote adopted adopt accepted approved deployed live released success succeeded applied".split()
)
_REJECTED = frozenset(
    "rejected rejection reject declined discarded denied failed reverted rolledback rollback withdrawn demoted".split()
)


def read(text: str) -> Told:
    """The promotions and rejections that the file tells."""
    telling = Telling()
    for entry in entries_of(text, SHAPE, telling):
        tell_outcome(entry, telling)
    return telling.told()


def tell_outcome(entry: Entry, telling: Telling) -> None:
    """The event of one entry."""
    if not isinstance(entry.value, dict):
        telling.tell(entry.where, "it is no object with the members of a promotion")
        return
    members = Members(entry.value)
    kind, problem = _kind(members, entry.among)
    if problem:
        telling.tell(entry.where, problem)
        return
    at = members.moment((*WHEN, *AT))
    if not at:
        telling.tell(entry.where, "it has no date that can be read")
        return
    identity = members.text(ID) or entry.name
    proposal = members.text(PROPOSAL) or (identity if normal(identity).startswith("prop") else "")
    before, after = rates_of(members)
    document = {
        "kind": kind,
        "id": identity if identity and identity != proposal else f"{proposal}:{kind}" if proposal else "",
        "at": at,
        "proposal_id": proposal[:200],
        "title": members.text(TITLE)[:500],
        "approach": members.text(APPROACH)[:4_000],
        "error_category": members.text(CATEGORY)[:500],
        "before": before,
        "after": after,
        "observation_days": days_of(members),
    }
    telling.ignored.update(name for name, value in members.rest() if not isinstance(value, bool))
    telling.event(entry.where, document)


def _kind(members: Members, among: str) -> tuple[str, str]:
    """Promotion or rejection, or why it is neither."""
    stated = [normal(text) for name in ACTION if (text := text_of(members.first((name,))))]
    if any(word in _REJECTED for word in stated) or any(
        members.first((name,)) is True for name in ("rejected", "rolledback")
    ):
        return "rejection", ""
    if any(word in _PROMOTED for word in stated) or members.first(("promoted",)) is True:
        return "promotion", ""
    if stated and members.first(("status", "decision", "action", "verdict")):
        said = text_of(members.first(("status", "decision", "action", "verdict")))[:40]
        return "", f"{said!r} says neither that it was promoted nor that it was rejected"
    return ("rejection" if among in ("rejected", "rejections", "rollbacks") else "promotion"), ""


def rates_of(members: Members) -> tuple[float | None, float | None]:
    """How often a week the error came before and after."""
    before, after = _rate(members, BEFORE), _rate(members, AFTER)
    for name in INSIDE:
        inner = members.first((name,)) if before is None or after is None else None
        if isinstance(inner, dict):
            within = Members(inner)
            before = _rate(within, BEFORE) if before is None else before
            after = _rate(within, AFTER) if after is None else after
    return before, after


def _rate(members: Members, names: tuple[str, ...]) -> float | None:
    """A rate a week, as a number or in an object that says what it counts."""
    for name in names:
        value = members.first((name,))
        found = _a_week(value) if isinstance(value, dict) else _in_words(value)
        if found is not None:
            return found
    for name, times in _OTHER_SPANS:
        for side in names[:1]:
            if (one := members.figure((f"errorsper{name}{side}", f"{side}errorsper{name}"))) is not None:
                return one * times
    return None


def _in_words(value: Any) -> float | None:
    """A rate a week as a number, or in words such as `12 stale_data errors per week`."""
    said = _WORDS.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if said is None:
        return figure_of(value)
    return float(said[1]) * dict(_OTHER_SPANS).get(said[2], 1.0)


def _a_week(value: dict[str, Any]) -> float | None:
    members = Members(value)
    if (found := members.figure(RATE)) is not None:
        return found
    for name, times in _OTHER_SPANS:
        if (one := members.figure((f"errorsper{name}", f"per{name}"))) is not None:
            return one * times
    figures = [figure for one in value.values() if (figure := figure_of(one)) is not None]
    return figures[0] if len(figures) == 1 else None


def days_of(members: Members) -> float | None:
    """Over how many days the rates were observed."""
    days = members.figure(DAYS)
    if days is None and (weeks := members.figure(("observationweeks", "weeks"))) is not None:
        return weeks * 7
    if days is None and isinstance(span := members.first(SPAN), str):
        seconds = seconds_of(span)
        return seconds / 86_400 if seconds is not None and figure_of(span) is None else figure_of(span)
    return days if days is not None else figure_of(members.first(SPAN))


_OTHER_SPANS = (("day", 7.0), ("month", 7 / 30), ("hour", 168.0))
"""What a rate is multiplied with to be one a week."""
