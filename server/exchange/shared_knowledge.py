"""`shared_knowledge.json` as a source: the entries that it lists come in under their ids, and nothing is registered (LRN-9)."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from server.exchange.halves import without_halves
from server.exchange.imported import Imported, Remarks, source_key
from server.exchange.outcome import SHOWN, ImportOutcome, nothing_registered
from server.exchange.source import Nearby, Request, SourceFile, first_in, listing_in
from server.model.base import IDENTIFIER, JsonObject
from server.model.knowledge import KnowledgeEntry, KnowledgeEvidence, KnowledgeType
from server.model.moments import read_moment
from server.model.wording import counted as so_many

if TYPE_CHECKING:
    from server.knowledge.entries.arrival import Arrived

KIND = "shared_knowledge"
FILE_NAME = "shared_knowledge.json"
FILE_NAMES = (FILE_NAME,)
MEMBER = "knowledge_entries"
MOST_ENTRIES = 250_000
"""Entries that are taken in at once."""
LARGEST = 512 * 1024 * 1024
"""Bytes that such a file may have: a hundred thousand entries need more than other sources."""
LONGEST = 4_000
"""Characters of a text that are looked at; fewer cross (`server/model/withholding.py`)."""
_MOST_LISTED = 2_000
"""Items of one list of an entry that are taken in."""
_HIGHEST_VERSION = 1_000_000_000
"""Beyond it a database would soon have no number for the next one."""

_DAYS = ("created", "expires")
_MOMENTS = ("renewed_at",)
_ONE_NAME = ("source_system", "superseded_by", "reported_by")
_NAMES = ("applicable_to", "adopted_by", "declined_by", "contradicts", "supersedes")
_ROWS: Mapping[str, tuple[str, ...]] = {
    "support": ("at",),
    "applicability": (),
    "transfers": ("at", "measured_at"),
    "retest": ("at",),
}
"""Lists of objects with a `system` each, and which of their members are moments."""
_KNOWN = frozenset(KnowledgeEntry.model_fields)
_EVIDENCE = tuple(KnowledgeEvidence.model_fields)
_SHOWN_BESIDES = frozenset({"score", "uri", "versions", "shortened"})
"""Members that we show beside an entry and that are no part of it."""
_OURS = tuple(f"{kind.value}:" for kind in KnowledgeType)
_named = re.compile(IDENTIFIER).match


def recognises(path: str, text: str) -> bool:
    """Whether this looks like shared knowledge: its name, or a JSON object with `knowledge_entries`."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    return head[:1] == "{" and (path.rpartition("/")[2] == FILE_NAME or f'"{MEMBER}"' in head)


def is_one(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is shared knowledge by its members, whatever its texts quote."""
    return isinstance(document.get(MEMBER), list)


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The file of shared knowledge of a folder."""
    return first_in(folder, FILE_NAMES, nearby)


def read_shared_knowledge(request: Request) -> Imported:
    """Every entry that the files list; what is none, and members that can't be read, are reported with their place.

    Raises InvalidArgument where a file is no JSON, or lists nothing as `knowledge_entries`.
    """
    remarks = Remarks()
    found: dict[str, KnowledgeEntry] = {}
    for file in request.files:
        listed = without_halves(listing_in(file, MEMBER)[MEMBER], file.text)
        start = f"{file.path}#/{MEMBER}" if file.path else f"/{MEMBER}"
        for number, given in enumerate(listed):
            place = f"{start}/{number}"
            if len(found) >= MOST_ENTRIES:
                remarks.unmapped(place, f"no more than {MOST_ENTRIES:,} entries are taken in at once")
                break
            try:
                entry, left_out = read_entry(given)
            except ValueError as error:
                remarks.unmapped(place, str(error)[:200])
                continue
            for member, reason in left_out:
                remarks.unmapped(f"{place}/{member}", reason)
            if entry.id in found:
                remarks.unmapped(place, f"{entry.id} stands in the list twice; the first one counts")
            else:
                found[entry.id] = entry
    return Imported(
        source=source_key(KIND, request.files[0].path or request.name or request.digest),
        kind=KIND,
        unmapped=remarks.all_unmapped(),
        knowledge=tuple(found.values()),
    )


def read_entry(given: Any) -> tuple[KnowledgeEntry, list[tuple[str, str]]]:
    """The entry that an item of `knowledge_entries` describes, and (member, reason) of what of it is left out.

    An item of another's making may lack all but an id, a type and a title; a day that it doesn't state is left empty. Raises
    ValueError with what is wrong with an item that is no entry.
    """
    if not isinstance(given, Mapping):
        raise ValueError("an entry is a JSON object")
    if not isinstance(given.get("id"), str) or _named(given["id"].strip()) is None:
        raise ValueError("an entry has an id: letters, digits and _ . : @ / -, at most 120 of them")
    if given["id"].strip().startswith(_OURS):
        raise ValueError("an id begins with no type and colon: so do the keys by which entries are found again here")
    try:
        KnowledgeType(str(given.get("type")))
    except ValueError:
        raise ValueError(f"the type is none of {', '.join(KnowledgeType)}") from None
    if not isinstance(given.get("title"), str) or not given["title"].strip():
        raise ValueError("an entry has a title")
    left_out: list[tuple[str, str]] = []
    members: JsonObject = {"created": "", "expires": "", "description": "", "source_system": ""}
    for name, value in given.items():
        if name not in _KNOWN:
            if name not in _SHOWN_BESIDES:
                left_out.append((_escaped(name), "an entry has no such member"))
        elif value not in (None, "", [], {}):
            try:
                members[name] = _READ.get(name, _plain)(value)
            except ValueError as error:
                left_out.append((name, str(error)))
    told = given.get("evidence")
    besides = [name for name in told if name not in _EVIDENCE] if isinstance(told, Mapping) else []
    left_out += [(f"evidence/{_escaped(name)}", "evidence has no such member") for name in besides]
    return _built(members, left_out), left_out


def _built(members: JsonObject, left_out: list[tuple[str, str]]) -> KnowledgeEntry:
    """The entry of these members; those that do not fit are left out, and named."""
    from pydantic import ValidationError

    try:
        return KnowledgeEntry.model_validate(members)
    except ValidationError as error:
        unfit = {str(one["loc"][0]): one["msg"] for one in error.errors()}
        if unfit.keys() & {"id", "type", "title"}:
            raise ValueError("; ".join(f"{name}: {reason}" for name, reason in unfit.items())) from None
        left_out.extend(unfit.items())
        return KnowledgeEntry.model_validate({name: one for name, one in members.items() if name not in unfit})


def _plain(value: Any) -> Any:
    return value[:LONGEST] if isinstance(value, str) else value


def _day(value: Any) -> str:
    return _moment(value)[:10]


def _moment(value: Any) -> str:
    try:
        return read_moment(value) if isinstance(value, str) and len(value) > 10 else _only_day(value)
    except ValueError:
        raise ValueError("it is no ISO 8601 date or time") from None


def _only_day(value: Any) -> str:
    return read_moment(value)[:10]


def _name(value: Any) -> str:
    if not isinstance(value, str) or _named(value.strip()) is None:
        raise ValueError("it is no id: letters, digits and _ . : @ / -, at most 120 of them")
    return value.strip()


def _names(value: Any) -> list[str]:
    """Ids; one alone is understood."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise ValueError("it is no list of ids")
    return list(dict.fromkeys(_name(one) for one in listed[:_MOST_LISTED]))


def _count(most: int, least: int) -> Any:
    """Reads a whole number."""

    def read(value: Any) -> int:
        text = str(value)[:40] if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
        number = int(float(text)) if re.fullmatch(r"[0-9]{1,20}(\.0*)?", text, re.ASCII) else -1
        if not least <= number <= most:
            raise ValueError(f"it is no whole number from {least} to {most:,}")
        return number

    return read


def _evidence(value: Any) -> JsonObject:
    if not isinstance(value, Mapping):
        raise ValueError("it is no JSON object")
    found = {name: str(value[name])[:LONGEST] for name in _EVIDENCE if value.get(name) not in (None, "", [], {})}
    if "promotion_date" in found:
        found["promotion_date"] = _moment(found["promotion_date"])
    return found


def _rows(moments: Sequence[str]) -> Any:
    """Reads a list of objects, each of one system."""

    def read(value: Any) -> list[JsonObject]:
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise ValueError("it is no list of objects")
        return [row(one) for one in value[:_MOST_LISTED]]

    def row(one: Mapping[str, Any]) -> JsonObject:
        found = {name: _plain(item) for name, item in one.items() if item is not None}
        return {
            **found,
            "system": _name(found.get("system")),
            **{name: _moment(found[name]) for name in moments if found.get(name)},
        }

    return read


def _texts(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("it is no list of texts")
    return [_plain(one) for one in value[:_MOST_LISTED]]


_READ: Mapping[str, Any] = {
    "id": _name,
    "version": _count(_HIGHEST_VERSION, 1),
    "independent_systems": _count(_HIGHEST_VERSION, 0),
    "evidence": _evidence,
    "withheld": _texts,
    **dict.fromkeys(_DAYS, _day),
    **dict.fromkeys(_MOMENTS, _moment),
    **dict.fromkeys(_ONE_NAME, _name),
    **dict.fromkeys(_NAMES, _names),
    **{name: _rows(moments) for name, moments in _ROWS.items()},
}
"""How a member is read, where it is more than a number or a text."""


def _escaped(member: Any) -> str:
    return str(member)[:100].replace("~", "~0").replace("/", "~1")


def outcome_of(imported: Imported, arrived: "Arrived") -> ImportOutcome:
    """What the import did: entries took their place under their ids, and no system was touched."""
    counts = (("new", arrived.added), ("changed", arrived.changed), ("known", arrived.unchanged))
    figures = ", ".join(f"{len(ids)} {word}" for word, ids in counts if ids)
    more = [f"{len(arrived.notes) - SHOWN + 1} more of this sort."] if len(arrived.notes) > SHOWN else []
    return nothing_registered(
        imported,
        said=so_many(len(imported.knowledge), "entry", "entries"),
        figures=f" ({figures})" if figures else "",
        notes=[*arrived.notes[: SHOWN - len(more)], *more],
    )
