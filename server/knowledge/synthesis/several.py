"""Outcomes of several systems that tell of one approach."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from server.knowledge.gathering.facts import Member, Outcome
from server.knowledge.synthesis.kinship import kin_of
from server.knowledge.synthesis.wording import name


@dataclass(frozen=True)
class Several:
    """What an entry of more than one system rests on."""

    outcomes: tuple[Outcome, ...]
    """By time."""
    members: Mapping[str, Member]

    @cached_property
    def systems(self) -> list[str]:
        """Whose outcomes they are."""
        return sorted({one.system_id for one in self.outcomes})

    @cached_property
    def groups(self) -> int:
        """Independent groups among them."""
        return len({kin_of(system, self.members) for system in self.systems})

    @cached_property
    def category(self) -> str:
        """The error category that most of them name, the first of those."""
        named = Counter(name(one.error_category) for one in self.outcomes if one.error_category.strip())
        return named.most_common(1)[0][0] if named else ""
