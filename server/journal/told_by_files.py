"""Which events that a system's files tell are new, and which tell an old one anew: values in, values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from server.journal.reading import Arrived
from server.storage.own_files import Kept


@dataclass(frozen=True)
class Told:
    """What a file's events come to."""

    new: tuple[Arrived, ...]
    changed: Mapping[int, Arrived]
    """By the number of the kept event."""


def keys_of(arrived: Iterable[Arrived], origin: str) -> list[str]:
    """The keys under which these events may be kept already."""
    return [key for one in arrived for key in (one.key, _own_key(one, origin))]


def told_by_file(
    arrived: Sequence[Arrived], kept: Mapping[str, Kept], origin: str, undated: Collection[str] = ()
) -> Told:
    """What is new and what is changed, each event once: an entry under its id is the same however it was edited.

    One that the system reported itself under its id is not kept twice. Ids that are numbers count within their file alone,
    as does one under which another file told something else. An event of these ids that is known keeps its moment: it
    tells none of its own.
    """
    new: dict[str, Arrived] = {}
    changed: dict[int, Arrived] = {}
    seen: set[str] = set()
    for given in arrived:
        one = given
        key = one.key
        if _is_number(key) or (key in kept and kept[key].origin != origin and not _same(one, kept[key])):
            key = _own_key(one, origin)
        if key in seen:
            continue
        seen.add(key)
        known = kept.get(key)
        if known is None:
            new[key] = replace(one, key=key)
            continue
        if one.key.removeprefix("id:") in undated:
            one = replace(one, at=known.at, document={**one.document, "at": known.document["at"]})
        if known.origin == origin and not (_same(one, known) and known.document == one.document):
            changed[known.seq] = replace(one, key=key)
    return Told(tuple(new.values()), changed)


def _own_key(one: Arrived, origin: str) -> str:
    return f"{origin}#{one.key.removeprefix('id:')}"


def _is_number(key: str) -> bool:
    return key.startswith("id:") and key.removeprefix("id:").isdigit()


def _same(one: Arrived, kept: Kept) -> bool:
    return (one.kind, one.at) == (kept.kind, kept.at)
