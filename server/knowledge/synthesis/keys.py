"""How two syntheses know the same entry again, though the facts under it grow and the oldest of them fall out of sight."""

from collections.abc import Collection, Sequence

from server.knowledge.applicability import spelt_alike
from server.knowledge.facts import KnownEntry
from server.model.knowledge import KnowledgeType


class Keys:
    """The keys of entries that are there, each given to one draft at most."""

    def __init__(self, known: Sequence[KnownEntry]) -> None:
        self._known = sorted(known, key=lambda one: (len(one.entry_id), one.entry_id))
        self._given: set[tuple[str, str]] = set()

    def key_for(
        self, kind: KnowledgeType, refs: Sequence[str], *, systems: Collection[str], category: str, approach: str
    ) -> str:
        """The key of the entry that tells of one of the refs, or of the same by one of the systems; else the first ref."""
        told = set(refs)
        for sure in (True, False):
            for one in self._known:
                fits = one.key in told if sure else _same(one, systems, category, approach)
                if one.type == kind.value and fits and (one.type, one.key) not in self._given:
                    self._given.add((one.type, one.key))
                    return one.key
        self._given.add((kind.value, refs[0]))
        return refs[0]


def _same(one: KnownEntry, systems: Collection[str], category: str, approach: str) -> bool:
    return bool(
        approach
        and spelt_alike(one.approach) == spelt_alike(approach)
        and spelt_alike(one.error_category) == spelt_alike(category)
        and set(one.systems) & set(systems)
    )
