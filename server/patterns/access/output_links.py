"""Who needs whose output: as the registry has it, and as the accesses that were reported show it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from server.patterns.fleet import Fleet
from server.patterns.history import History

MOST_WRITERS = 10
"""What more systems than this write is nobody's output."""


@dataclass(frozen=True, order=True)
class OutputLink:
    """A reader and a writer whose output it needs."""

    writer: str
    reader: str
    resources: tuple[str, ...]
    """What passes between them, by canonical name; empty where only the dependency itself is declared."""


def output_links(history: History, fleet: Fleet) -> Iterator[OutputLink]:
    """Every such pair of systems that reported anything, in order; a part of a system and the whole are no pair."""
    readers: dict[str, set[str]] = {}
    writers: dict[str, set[str]] = {}
    needed: set[tuple[str, str]] = set()
    reported = set(history.systems)
    for one, member in fleet.members.items():
        if one in reported:
            needed |= {(other, one) for other in member.depends_on if other in reported}
            for resource in member.reads:
                readers.setdefault(resource, set()).add(one)
            for resource in member.writes:
                writers.setdefault(resource, set()).add(one)
    _add_reported(history, readers, writers)
    passing: dict[tuple[str, str], set[str]] = {pair: set() for pair in needed}
    for resource, sources in writers.items():
        for one in sources:
            for other in readers.get(resource, ()):
                if len(sources) <= MOST_WRITERS or (one, other) in needed:
                    passing.setdefault((one, other), set()).add(resource)
    for one, other in sorted(passing):
        if one != other and not _of_one_house(fleet, one, other):
            yield OutputLink(one, other, tuple(sorted(passing[one, other])))


def _add_reported(history: History, readers: dict[str, set[str]], writers: dict[str, set[str]]) -> None:
    accesses, many = history.accesses, len(history.resources)
    for users, chosen in ((readers, ~accesses.write), (writers, accesses.write)):
        seen = np.zeros(many * len(history.systems), bool)
        seen[accesses.system[chosen] * many + accesses.resource[chosen]] = True
        for place in np.flatnonzero(seen).tolist():
            users.setdefault(history.resources[place % many], set()).add(history.systems[place // many])


def _of_one_house(fleet: Fleet, one: str, other: str) -> bool:
    parents = [fleet.members[name].parent if name in fleet.members else "" for name in (one, other)]
    return parents[0] == other or parents[1] == one
