"""What the registry knows that matters to a pattern: who reads and writes what, and what was agreed on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Agreement:
    """A contract between a writer and a reader."""

    contract_id: str
    resource: str
    """By its canonical name."""
    writer: str
    reader: str


@dataclass(frozen=True)
class Member:
    """A system as it stands in the registry."""

    system_id: str
    tier: str = "PRODUCTION"
    reads: frozenset[str] = frozenset()
    """Canonical names."""
    writes: frozenset[str] = frozenset()
    depends_on: frozenset[str] = frozenset()
    """Systems whose output it needs: by accesses, or declared."""
    parent: str = ""


@dataclass(frozen=True)
class Fleet:
    """The live systems by id. A system that reported and is not among them has no links."""

    members: Mapping[str, Member] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()

    @cached_property
    def linked(self) -> Mapping[str, frozenset[str]]:
        """Who may reach whom: dependencies and dependents up to two steps, and whoever uses a resource of theirs too."""
        near: dict[str, set[str]] = {one: set() for one in self.members}
        users: dict[str, set[str]] = {}
        for one, member in self.members.items():
            for other in member.depends_on:
                near[one].add(other)
                near.setdefault(other, set()).add(one)
            for resource in member.reads | member.writes:
                users.setdefault(resource, set()).add(one)
        twice = {one: others.union(*(near[other] for other in others)) for one, others in near.items()}
        for together in users.values():
            for one in together:
                twice[one] |= together
        return {one: frozenset(others - {one}) for one, others in twice.items()}

    def shared_dependencies(self, one: str, other: str) -> tuple[str, ...]:
        """What both rest on: systems both need (or one is the other's), and resources both read; sorted."""
        first, second = self.members.get(one), self.members.get(other)
        if first is None or second is None:
            return ()
        systems = (first.depends_on | {one}) & (second.depends_on | {other})
        return tuple(sorted(systems | (first.reads & second.reads)))

    def rests_on(self, one: str) -> frozenset[str]:
        """The system, those it needs, and those they need."""
        near = self._needed_by(one)
        return near.union({one}, *(self._needed_by(other) for other in near))

    def shared_roots(self, one: str, other: str) -> tuple[str, ...]:
        """What both rest on; where that is nothing directly, the systems that both reach in two steps; sorted."""
        direct = self.shared_dependencies(one, other)
        return direct or tuple(sorted(self.rests_on(one) & self.rests_on(other)))

    def _needed_by(self, one: str) -> frozenset[str]:
        member = self.members.get(one)
        return member.depends_on if member else frozenset()

    def contracts_between(self, systems: frozenset[str], resources: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Ids of the agreements whose two sides are among the systems, or on one of the resources; sorted."""
        return tuple(
            sorted(
                {
                    one.contract_id
                    for one in self.agreements
                    if {one.writer, one.reader} <= systems or one.resource in resources
                }
            )
        )
