"""Which systems need somebody's attention, as they do not take up what is shared with them (LRN-5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from server.model.base import JsonObject
from server.model.moments import DAY
from server.model.wording import counted

LEAST_ENTRIES = 3
DAYS = 30
"""An entry has so many days; when they are over and it has no answer, it counts."""
PERIOD = DAYS * DAY


def needing_attention(
    waiting: Iterable[tuple[str, int]],
    *,
    now: int,
    has_engine: Callable[[str], bool | None],
    retests: Iterable[tuple[str, str]] = (),
) -> list[JsonObject]:
    """{system, reason} for each live system that has left three or more entries unanswered for 30 days or longer, by system.

    `waiting` is (system, since when) of each current entry of use to it that it has not answered and that no proposal of it
    comes from: what it has declined, it has read. `has_engine` tells whether a system evolves by itself; None = it is not live.
    With them those whose own entries did harm: `retests` is (source system, entry).
    """
    open_: defaultdict[str, int] = defaultdict(int)
    for system, since in waiting:
        open_[system] += now - since >= PERIOD
    harmful: defaultdict[str, list[str]] = defaultdict(list)
    for system, entry_id in sorted(retests):
        harmful[system].append(entry_id)
    found: list[JsonObject] = []
    for system in sorted({*open_, *harmful}):
        engine, reasons = has_engine(system), []
        if engine is None:
            continue
        if open_[system] >= LEAST_ENTRIES:
            reasons.append(_reason(open_[system], engine=engine))
        if harmful[system]:
            named = ", ".join(harmful[system][:5])
            reasons.append(f"What it shared did harm elsewhere and has to be tested again: {named}.")
        if reasons:
            found.append({"system": system, "reason": " ".join(reasons)})
    return found


def _reason(number: int, *, engine: bool) -> str:
    entries = counted(number, "applicable shared knowledge entry", "applicable shared knowledge entries")
    why = (
        "Evolution engine may not be consuming shared_knowledge.json."
        if engine
        else "It has no evolution engine: somebody has to answer for it."
    )
    return f"Has not adopted {entries}. {why}"
