"""What one file tells: events as `report` takes them, and item by item what could not be read."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from server.model.base import JsonObject
from server.model.redaction import shown

MOST_TOLD = 200
"""Items of a file that are told with their reasons; the others are counted."""
LONGEST_ID = 200
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no text of a database holds, or nobody can see."""


@dataclass(frozen=True)
class Told:
    """What was read of one file."""

    events: tuple[JsonObject, ...]
    """With `kind`; `id` where the entry is told apart by one."""
    places: tuple[str, ...]
    """Where each event stands in the file."""
    unread: tuple[tuple[str, str], ...]
    """Where, and why it was not understood; the first 200."""
    unread_total: int
    ignored: tuple[str, ...]
    """Members of entries that are not kept; the first 50 by name."""
    undated: frozenset[str] = frozenset()
    """Ids of events that tell no date of their own: theirs is when the file was written."""


def fit(value: Any) -> Any:
    """The value, and of a text only what a database can hold."""
    return _UNFIT.sub("\ufffd", value) if isinstance(value, str) else value


@dataclass
class Telling:
    """A file while it is being read."""

    events: list[JsonObject] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    unread_total: int = 0
    ignored: set[str] = field(default_factory=set)
    undated: set[str] = field(default_factory=set)
    _ids: Counter[str] = field(default_factory=Counter)

    def event(self, where: str, document: JsonObject, *, many: bool = False, dated: bool = True) -> None:
        """One event more; empty members are left out.

        Its id is that of one event alone: of a second one under it where `many` stand under one id, the id is numbered,
        else it is told as unread.
        """
        kept = {name: fit(value) for name, value in document.items() if value not in (None, "")}
        if document["kind"] == "error":
            kept.setdefault("category", "")
        identity = str(kept.get("id", ""))[:LONGEST_ID].strip()
        if identity:
            self._ids[identity] += 1
            if self._ids[identity] > 1 and not many:
                self.tell(where, f"an earlier entry has its id {shown(identity, 60)}")
                return
            number = f"~{self._ids[identity]}" if self._ids[identity] > 1 else ""
            kept["id"] = identity[: LONGEST_ID - len(number)] + number
            if not dated:
                self.undated.add(kept["id"])
        self.events.append(kept)
        self.places.append(where)

    def tell(self, where: str, why: str) -> None:
        """Something could not be read."""
        self.unread_total += 1
        if len(self.unread) < MOST_TOLD:
            self.unread.append((shown(where, 120) or "the file", why))

    def told(self) -> Told:
        """What was read."""
        ignored = sorted({shown(name, 60) for name in self.ignored})[:50]
        return Told(
            tuple(self.events),
            tuple(self.places),
            tuple(self.unread),
            self.unread_total,
            tuple(ignored),
            frozenset(self.undated),
        )
