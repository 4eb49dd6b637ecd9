"""Groups of kindred systems: what copies of one system report is one experience, not several (LRN-2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import prod

from server.knowledge.gathering.facts import Member, Outcome
from server.knowledge.synthesis.evidence import MOST


def kin_of(system_id: str, members: Mapping[str, Member]) -> str:
    """The group that a system belongs to; one that is no longer registered is its own."""
    member = members.get(system_id)
    return member.kin or system_id if member is not None else system_id


def own_ideas(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those that don't adopt an entry: what was taken over is no new evidence for it."""
    return [one for one in outcomes if not one.entry_id]


def together(e_values: Iterable[tuple[str, float]], members: Mapping[str, Member]) -> float:
    """The e-value of (system, e-value) in all: within a system and a group the mean, across groups the product.

    The product holds where the groups' figures didn't move for one common reason; that it can't tell.
    """
    groups: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for system, value in e_values:
        groups[kin_of(system, members)][system].append(value)
    means = [_mean([_mean(values) for _, values in sorted(systems.items())]) for _, systems in sorted(groups.items())]
    return min(MOST, prod(sorted(means)))


def _mean(values: list[float]) -> float:
    return sum(sorted(values)) / len(values)
