"""Which systems need somebody's attention, as they do not take up what is shared with them (LRN-5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from server.model.base import JsonObject
from server.model.wording import counted

LEAST_ENTRIES = 3
DAYS = 30
"""An entry has so many days; when they are over and it has no answer, it counts."""
PERIOD = DAYS * 86_400_000_000


def needing_attention(
    waiting: Iterable[tuple[str, int]], *, now: int, has_engine: Callable[[str], bool | None]
) -> list[JsonObject]:
    """{system, reason} for each live system that has left three or more entries unanswered for 30 days or longer, by system.

    `waiting` is (system, since when) of each current entry of use to it that it has not answered and that no proposal of it
    comes from: what it has declined, it has read. `has_engine` tells whether a system evolves by itself; None = it is not live.
    """
    open_: defaultdict[str, int] = defaultdict(int)
    for system, since in waiting:
        open_[system] += now - since >= PERIOD
    found: list[JsonObject] = []
    for system, number in sorted(open_.items()):
        engine = has_engine(system)
        if number >= LEAST_ENTRIES and engine is not None:
            found.append({"system": system, "reason": _reason(number, engine=engine)})
    return found


def _reason(number: int, *, engine: bool) -> str:
    entries = counted(number, "applicable shared knowledge entry", "applicable shared knowledge entries")
    why = (
        "Evolution engine may not be consuming shared_knowledge.json."
        if engine
        else "It has no evolution engine: somebody has to answer for it."
    )
    return f"Has not adopted {entries}. {why}"
