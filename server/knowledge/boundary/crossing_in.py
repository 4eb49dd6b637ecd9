"""What of an entry that comes from elsewhere is taken over: ids, days and figures, and of its texts what may cross (LRN-10)."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from server.knowledge.boundary.allowed import is_spread
from server.model.base import Value
from server.model.knowledge import KnowledgeEntry, KnowledgeEvidence
from server.model.withholding import crossing

V = TypeVar("V", bound=Value)

_TEXTS = ("title", "description", "applicability_reasoning", "suggested_adaptation", "error_category", "approach")
_NAMES = ("source_system", "reported_by", "superseded_by")
_LISTS = ("applicable_to", "adopted_by", "declined_by", "contradicts", "supersedes")
_EVIDENCE = tuple(name for name in KnowledgeEvidence.model_fields if name != "promotion_date")
_OMITTED = "{kind} in the {field} was kept back."


class Taken(NamedTuple):
    """An entry as it may be shared here."""

    entry: KnowledgeEntry
    withheld: tuple[tuple[str, str], ...]
    """(field, kind) of what was kept back, sorted."""


def taken_over(entry: KnowledgeEntry) -> Taken:
    """The entry with what crosses of its texts; a title that doesn't is told as such, by the entry's id and type."""
    found: set[tuple[str, str]] = set()

    def text(name: str, value: str) -> str:
        if not value:
            return value
        crossed = crossing(value)
        found.update((name, kind) for kind in crossed.withheld)
        return crossed.text

    members: dict[str, Any] = {name: text(name, getattr(entry, name)) for name in _TEXTS}
    if is_spread([value for value in members.values() if value]):
        found.update((name, "instruction") for name, value in members.items() if value)
        members = dict.fromkeys(members, "")
    for name in _NAMES:
        members[name] = text(name, getattr(entry, name))
    for name in _LISTS:
        members[name] = tuple(kept for one in getattr(entry, name) if (kept := text(name, one)))
    members["title"] = members["title"] or f"{entry.type.value.replace('_', ' ')} {entry.id}"
    members["evidence"] = _each_text(entry.evidence, _EVIDENCE, text)
    members["support"] = _each(entry.support, ("title",), text)
    members["transfers"] = _each(entry.transfers, ("reason",), text)
    members["retest"] = _each(entry.retest, ("reason",), text)
    members["applicability"] = tuple(
        one.model_copy(
            update={
                "because": tuple(kept for told in one.because if (kept := text("because", told))),
                "adaptation": text("adaptation", one.adaptation),
            }
        )
        for one in entry.applicability
    )
    told = [kept for one in entry.withheld if (kept := text("withheld", one))]
    told += [_OMITTED.format(kind=kind, field=name.replace("_", " ")) for name, kind in sorted(found)]
    members["withheld"] = tuple(dict.fromkeys(told))
    members["reported_by"] = members["reported_by"] or members["source_system"]
    return Taken(entry.model_copy(update=members), tuple(sorted(found)))


def _each(rows: Iterable[V], names: Iterable[str], text: Callable[[str, str], str]) -> tuple[V, ...]:
    return tuple(_each_text(one, names, text) for one in rows)


def _each_text(value: V, names: Iterable[str], text: Callable[[str, str], str]) -> V:
    given = {name: getattr(value, name) for name in names}
    return value.model_copy(update={name: text(name, one) for name, one in given.items() if one})
