"""`incidents/`: one incident or more a file, as JSON, lines of JSON, Markdown or YAML with its members on top, or plain text."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from server.errors import ConcordError
from server.exchange.own_files.entries import Entry, Shape, entries_in, entries_of
from server.exchange.own_files.members import AT, Members, moment_of, severity_of, text_of
from server.exchange.own_files.told import Telling, Told
from server.exchange.yaml_text import read_yaml
from server.model.base import JsonObject

LISTS = ("incidents", "entries", "items", "records", "events", "log", "postmortems", "data", "incidentlog", "history")
ID = ("id", "incidentid", "number", "ticket", "key", "uuid", "reference")
TITLE = ("title", "name", "summary", "headline", "subject", "incident", "what", "message", "type", "category")
DESCRIPTION = tuple(
    "description impact details detail rootcause cause body text message notes resolution summary".split()
)
SEVERITY = ("severity", "level", "priority", "sev", "impactlevel")
SOURCE = ("source", "component", "service", "module", "agent", "device")
WHEN = (
    "occurredat",
    "occurred",
    "startedat",
    "started",
    "start",
    "starttime",
    "detectedat",
    "detected",
    "incidentdate",
    "openedat",
)
SHAPE = Shape(LISTS, (*ID[:2], "title", "headline", "severity", *WHEN))
TEXTS = (".md", ".markdown", ".txt", ".text", ".rst", ".log", "")
_DATED = re.compile(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(
    r"^[ \t]*(?:[-*][ \t]+)?\**([A-Za-z][A-Za-z _-]{1,24})\**[ \t]*:[ \t]*\**[ \t]*(\S.{0,300})$", re.MULTILINE
)


def read(text: str, name: str, *, written_at: str) -> Told:
    """The incidents that one file tells; one without a date is of the day in the file's name, else of when it was written."""
    telling = Telling()
    otherwise = date_in(name) or written_at
    stem, _, ending = name.lower().rpartition("/")[2].rpartition(".")
    ending = f".{ending}" if stem else ""
    if ending in (".json", ".jsonl", ".ndjson"):
        alone = Entry("", None, name)
        for entry in entries_of(text, SHAPE, telling):
            tell_incident(alone_as(entry, alone), telling, otherwise)
    elif ending in (".yaml", ".yml"):
        for document in _documents(text, name, telling):
            for entry in entries_in(document, SHAPE, telling):
                tell_incident(alone_as(entry, Entry("", None, name)), telling, otherwise)
    elif ending in TEXTS:
        tell_incident(Entry("", _written(text, name, telling), name), telling, otherwise)
    else:
        telling.tell("", f"files ending in {ending[:20]} are not read")
    return telling.told()


def alone_as(entry: Entry, file: Entry) -> Entry:
    """An entry that is the whole file goes by the file's name, where it has no id."""
    return Entry(entry.where, entry.value, file.name) if not entry.where else entry


def tell_incident(entry: Entry, telling: Telling, otherwise: str) -> None:
    """The event of one entry; `otherwise` is its moment where it tells none."""
    if not isinstance(entry.value, dict):
        telling.tell(entry.where, "it is no object with the members of an incident")
        return
    members = Members(entry.value)
    severity = severity_of(stated := members.first(SEVERITY))
    if severity is None:
        telling.tell(
            entry.where, f"its severity {text_of(stated)[:40]!r} is no word that is known here; MEDIUM is taken"
        )
    title = members.text(TITLE)
    dated = members.moment((*WHEN, *AT))
    at = dated or otherwise
    description = members.text(DESCRIPTION)
    document: JsonObject = {
        "kind": "incident",
        "id": members.text(ID) or entry.name,
        "at": at,
        "title": (title or description.partition("\n")[0])[:500],
        "severity": severity,
        "description": description[:4_000],
        "source": members.text(SOURCE)[:200],
    }
    telling.ignored.update(name for name, _ in members.rest())
    if not at:
        telling.tell(entry.where, "it has no date that can be read")
    elif not document["title"]:
        telling.tell(entry.where, "it has no title")
    else:
        telling.event(entry.where, document, dated=bool(dated))


def date_in(name: str) -> str:
    """The day in a file's name, such as `2026-04-01-outage.md`, as a moment; empty for none."""
    for year, month, day in _DATED.findall(name.rpartition("/")[2]):
        try:
            return moment_of(date(int(year), int(month), int(day)).isoformat())
        except ValueError:
            continue
    return ""


def _written(text: str, name: str, telling: Telling) -> JsonObject:
    """What a text for people says: the members on top, its first heading or line, and the rest."""
    text = text.replace("\r\n", "\n")
    front = _FRONT.match(text)
    members: JsonObject = {}
    if front:
        for document in _documents(front[1], name, telling):
            members = document if isinstance(document, dict) else members
    body = text[front.end() :] if front else text
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    heading = next((line.lstrip("#").strip() for line in lines if line.startswith("#")), "") or (
        lines[0] if lines else ""
    )
    known = Members(members)
    for label, value in _LINE.findall(body[:4_000]):
        own = "".join(label.lower().split())
        if own in (*ID[:2], *SEVERITY, *WHEN, *AT) and own not in known:
            members.setdefault(own, value.strip().strip("*").strip())
    if not any(name in known for name in TITLE[:5]):
        members = {**members, "title": heading}
    return {**members, "body": "\n".join(line for line in lines if line.lstrip("# ") != heading)}


def _documents(text: str, name: str, telling: Telling) -> Sequence[Any]:
    try:
        return read_yaml(text, name).documents
    except ConcordError as error:
        telling.tell("", error.message)
        return ()
