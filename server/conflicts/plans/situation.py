"""What a plan has to deal with: who writes, who reads, and which recorded state each of them can be put back to."""

from dataclasses import dataclass
from functools import cached_property

from server.model.tier import Tier

PARALLEL_DAYS = 7
"""How long both forms run side by side after the consumer has moved, in days (the source's example)."""
MOST_NAMED = 5
"""Readers whose steps a plan spells out; where more are affected, each one's own conflict holds its steps."""
MOST_LISTED = 30
"""So many names stand in one sentence."""
MOST_IN_ONE_PLAN = 100
"""Plans of so many readers name all of them; with more, all of them in each plan would be too long to keep."""


@dataclass(frozen=True)
class Party:
    """A reader that has to change something, and the recorded state that it goes back to."""

    system_id: str
    contract_id: str = ""
    schema_hash: str = ""
    """Of the schema that it accepts today; where it says nothing of what it reads, of the form that is written today."""
    reads: tuple[str, ...] = ()
    """The paths that it says it reads, where that is what it goes by."""
    registered: bool = True
    owned: bool = True
    """Whether its registration says whom to ask."""


@dataclass(frozen=True)
class Recorded:
    """A contract of the writer as it is recorded today."""

    contract_id: str
    schema_hash: str


@dataclass(frozen=True)
class Situation:
    """What a plan has to deal with."""

    writer: str
    consumer: str
    resource: str
    """As the writer wrote it."""
    schema_version: str
    """The writer's present one, such as `v2`; empty where none is declared."""
    tier: Tier
    """The stricter of both, or of all."""
    contracts: tuple[Recorded, ...] = ()
    """The writer's own entries that would change, where it has any."""
    schema_hash: str = ""
    """Of the schema that is written today."""
    parties: tuple[Party, ...] = ()
    """Everyone who has to change something besides the writer; the consumer alone where it is empty."""

    @property
    def readers(self) -> tuple[Party, ...]:
        """Everyone who has to change something besides the writer."""
        return self.parties or (Party(self.consumer, schema_hash=self.schema_hash),)

    @property
    def contract_id(self) -> str:
        """The first of the writer's entries; empty where it has none."""
        return self.contracts[0].contract_id if self.contracts else ""

    @cached_property
    def named(self) -> tuple[Party, ...]:
        """The readers whose steps are spelled out: all of them where they are few, else the consumer alone."""
        if len(self.readers) <= MOST_NAMED:
            return self.readers
        own = next((party for party in self.readers if party.system_id == self.consumer), None)
        return () if own is None else (own,)

    @property
    def others(self) -> int:
        """How many readers' steps stand with their own conflicts only."""
        return len(self.readers) - len(self.named)

    @property
    def everyone(self) -> tuple[str, ...]:
        """The writer and all readers; where these are very many, the consumer alone, as the others have plans of their own."""
        readers = self.readers if len(self.readers) <= MOST_IN_ONE_PLAN else self.named
        return (self.writer, *(party.system_id for party in readers))

    @property
    def who(self) -> str:
        """All readers as a sentence has them."""
        return listed([party.system_id for party in self.readers[:MOST_IN_ONE_PLAN]], of=len(self.readers))


def listed(names: tuple[str, ...] | list[str], of: int = 0) -> str:
    """The names as a sentence has them: `a`, `a and b`, `a, b and c`; of very many the first, and how many more."""
    more = max(of, len(names)) - MOST_LISTED
    if more > 1:
        return f"{', '.join(names[:MOST_LISTED])} and {more} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
