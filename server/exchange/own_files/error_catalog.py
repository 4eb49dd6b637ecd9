"""`memory/error_catalog.json`: errors one by one, or by category with how often and when.

Only what has a date becomes an event. An entry that stands for eight errors and tells one date is one event, and that the
other seven have no date is told.
"""

from collections.abc import Iterable
from typing import Any

from server.exchange.own_files.entries import Entry, Shape, entries_of
from server.exchange.own_files.members import AT, Members, moment_of, resource_of, severity_of, text_of
from server.exchange.own_files.told import Telling, Told
from server.model.base import JsonObject
from server.model.wording import counted

ID = ("id", "errorid", "entryid", "eventid", "uid", "uuid", "key", "hash", "fingerprint")
CATEGORY = tuple("category errorcategory type errortype code errorcode kind class exception pattern name".split())
DESCRIPTION = tuple("description message errormessage details detail summary text msg error title".split())
RESOURCE = ("resource", "affectedresource", "file", "path", "table", "url", "endpoint", "target", "artifact", "dataset")
SOURCE = ("source", "component", "module", "agent", "device", "service", "step", "stage", "task")
SEVERITY = ("severity", "level", "priority")
FIRST = tuple("firstseen firstseenat firstoccurrence firstoccurred firstat first".split())
LAST = tuple("lastseen lastseenat lastoccurrence lastoccurred lastoccurredat lastat last latest mostrecent".split())
COUNT = tuple("count occurrences occurrencecount totaloccurrences totalcount times frequency hits total n".split())
OCCURRENCES = tuple(
    "occurrences instances occurrencelog occurrencedates dates timestamps events history recentoccurrences recent "
    "seenat examples log".split()
)
LISTS = tuple(
    "errors errorcatalog catalog catalogue entries items records failures knownerrors patterns errorpatterns topErrors "
    "toperrors recenterrors log categories errorsbycategory bycategory data results".split()
)
SHAPE = Shape(LISTS, (*ID[:3], "category", "errorcategory", "errortype", "message", "errormessage"))


def read(text: str) -> Told:
    """The errors that the file tells."""
    telling = Telling()
    for entry in entries_of(text, SHAPE, telling):
        tell_error(entry, telling)
    return telling.told()


def tell_error(entry: Entry, telling: Telling) -> None:
    """The events of one entry."""
    if isinstance(entry.value, list):
        _tell_dates(entry, entry.value, {"kind": "error", "category": entry.name[:500]}, 0, telling)
        return
    if not isinstance(entry.value, dict):
        telling.tell(entry.where, _why_not(entry))
        return
    members = Members(entry.value)
    document = described(members, entry.name, entry.where, telling)
    count = members.count(COUNT)
    occurrences = next((one for name in OCCURRENCES if isinstance(one := members.first((name,)), list)), None)
    ends = [at for at in (members.moment(FIRST), members.moment(LAST)) if at]
    at = members.moment()
    telling.ignored.update(name for name, _ in members.rest())
    if occurrences is not None:
        _tell_dates(entry, occurrences, document, count or 0, telling, ends)
    elif ends or (count or 0) > 1:
        dates = sorted(dict.fromkeys(ends if count != 1 else ends[-1:])) or [at] * bool(at)
        for date in dates:
            telling.event(entry.where, {**document, "id": _id_at(document, entry, date), "at": date}, many=True)
        _tell_undated(entry.where, len(dates), count or 0, telling)
    elif not at:
        telling.tell(entry.where, "it has no date" if not _states_date(entry.value) else "its date can't be read")
    else:
        telling.event(entry.where, {**document, "at": at})


def described(members: Members, name: str, where: str, telling: Telling) -> JsonObject:
    """What an error is, whenever it happened."""
    severity = severity_of(stated := members.first(SEVERITY))
    if severity is None:
        telling.tell(where, f"its severity {text_of(stated)[:40]!r} is no word that is known here; MEDIUM is taken")
    return {
        "kind": "error",
        "id": members.text(ID),
        "category": (members.text(CATEGORY) or name)[:500],
        "description": members.text(DESCRIPTION)[:4_000],
        "severity": severity,
        "resource": resource_of(members.first(RESOURCE)),
        "source": members.text(SOURCE)[:200],
    }


def _tell_dates(
    entry: Entry, given: list[Any], document: JsonObject, count: int, telling: Telling, ends: Iterable[str] = ()
) -> None:
    """One event for every date that is told."""
    dates: list[str] = []
    for position, one in enumerate(given):
        where = f"{entry.where}/{position}"
        more: JsonObject = {}
        if isinstance(one, dict):
            members = Members(one)
            date = members.moment((*AT, *LAST))
            more = {name: value for name, value in described(members, "", where, telling).items() if value}
            telling.ignored.update(name for name, _ in members.rest())
        else:
            date = moment_of(one)
        if not date:
            telling.tell(where, "it has no date that can be read")
            continue
        dates.append(date)
        more.setdefault("id", _id_at(document, entry, date))
        telling.event(where, {**document, **more, "at": date}, many=True)
    if count > len(dates):
        days = {date[:10] for date in dates}
        for date in dict.fromkeys(ends):
            if date not in dates and not (date[:10] in days and date.endswith("T00:00:00Z")):
                dates.append(date)
                telling.event(entry.where, {**document, "id": _id_at(document, entry, date), "at": date}, many=True)
    _tell_undated(entry.where, len(dates), count, telling)


def _tell_undated(where: str, dated: int, count: int, telling: Telling) -> None:
    if count > dated:
        those = f"only {counted(dated, 'date')} told" if dated else "no date told"
        telling.tell(where, f"it stands for {counted(count, 'error')} with {those}; the others are not counted")


def _id_at(document: JsonObject, entry: Entry, date: str) -> str:
    """Tells one date of an entry from its others; empty where nothing tells the entry from other entries."""
    identity = document.get("id") or entry.name
    return f"{str(identity)[:160]}@{date}" if identity else ""


def _states_date(value: JsonObject) -> bool:
    members = Members(value)
    return any(name in members for name in AT)


def _why_not(entry: Entry) -> str:
    if isinstance(entry.value, int) and not isinstance(entry.value, bool):
        return f"it counts {counted(entry.value, 'error')} without a date"
    return "it is no object with the members of an error"
