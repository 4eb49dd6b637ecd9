"""What differs between what a system writes and what its contract says that it writes (REG-13). Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from server.model.base import JsonObject
from server.registry.validation.terms import counts_as

_ALIKE = 0.6
"""So alike are the names of a member that was renamed."""
_NAMED = 20


@dataclass(frozen=True)
class Drift:
    """What became of the members."""

    renamed: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    """(member, types that are promised, types that are seen)."""
    new: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.renamed or self.gone or self.retyped or self.new)

    @property
    def breaks(self) -> bool:
        """Whether a reader of what is promised would miss something; what is only new breaks nobody who skips it."""
        return bool(self.renamed or self.gone or self.retyped)

    def in_words(self) -> str:
        """The differences as half a sentence."""
        parts = [f"{old} seems to be called {new} now" for old, new in self.renamed]
        parts += [f"{name} is gone" for name in self.gone]
        parts += [f"{name} is {seen} instead of {promised}" for name, promised, seen in self.retyped]
        parts += [f"{name} is new" for name in self.new]
        return "; ".join(parts[:_NAMED]) + ("; and more" if len(parts) > _NAMED else "")

    def as_json(self) -> JsonObject:
        """The differences by kind."""
        return {
            "renamed": [{"from": old, "to": new} for old, new in self.renamed[:_NAMED]],
            "gone": list(self.gone[:_NAMED]),
            "retyped": [{"member": name, "promised": one, "seen": two} for name, one, two in self.retyped[:_NAMED]],
            "new": list(self.new[:_NAMED]),
        }


def drift(
    schema: Any,
    promised: Mapping[str, frozenset[str]],
    members: Counter[tuple[str, ...]],
    seen: Mapping[str, set[str]],
    *,
    lists_all: bool,
) -> Drift:
    """What differs between the records seen and the schema of one; nothing where none was seen.

    `promised` are the types that the schema gives each member, `members` how often records with just these members were
    seen, `lists_all` whether the schema means to name every member, so that others are new.
    """
    total = sum(members.values())
    if not total or not isinstance(schema, dict):
        return Drift()
    present: Counter[str] = Counter()
    for names, count in members.items():
        present.update(dict.fromkeys(names, count))
    stated = schema.get("required")
    required = [name for name in stated if isinstance(name, str)] if isinstance(stated, list) else []
    known = {*promised, *required}
    gone = [name for name in required if not present[name]]
    others = [name for name in present if name not in known and not _told_otherwise(schema)]
    renamed = _renamed(gone, others, promised, seen)
    left = {old for old, _ in renamed}, {new for _, new in renamed}
    retyped = [
        (name, " or ".join(sorted(promised[name])), " or ".join(sorted(seen[name])))
        for name in promised
        if promised[name] and seen.get(name) and not any(counts_as(kind, promised[name]) for kind in seen[name])
    ]
    return Drift(
        tuple(renamed),
        tuple(name for name in gone if name not in left[0]),
        tuple(retyped),
        tuple(sorted(name for name in others if name not in left[1])) if lists_all else (),
    )


def _told_otherwise(schema: Mapping[str, Any]) -> bool:
    """Whether members beyond the named ones are part of the promise."""
    return "patternProperties" in schema or isinstance(schema.get("additionalProperties"), dict)


def _renamed(
    gone: list[str], others: list[str], promised: Mapping[str, frozenset[str]], seen: Mapping[str, set[str]]
) -> list[tuple[str, str]]:
    """Each that is gone with the new one that is most like it, where one is like it and of its type."""
    pairs = sorted(
        (
            (SequenceMatcher(None, old.lower(), new.lower()).ratio(), old, new)
            for old in gone[:50]
            for new in others[:50]
            if not promised.get(old) or any(counts_as(kind, promised[old]) for kind in seen.get(new, ()))
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    found: dict[str, str] = {}
    for ratio, old, new in pairs:
        alike = ratio >= _ALIKE or old.lower() in new.lower() or new.lower() in old.lower()
        if alike and old not in found and new not in found.values():
            found[old] = new
    return sorted(found.items())
