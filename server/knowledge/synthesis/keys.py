"""How two syntheses know the same entry again, though the facts under it grow and the oldest of them fall out of sight."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from server.knowledge.gathering.facts import KnownEntry
from server.knowledge.similarity.categories import spelt_alike
from server.model.knowledge import KnowledgeType


class Keys:
    """The keys of entries that are there, each given to one draft at most."""

    def __init__(self, known: Sequence[KnownEntry]) -> None:
        self._there = {(one.type, one.key) for one in known}
        self._told: defaultdict[tuple[str, str, str], list[KnownEntry]] = defaultdict(list)
        for one in sorted(known, key=lambda it: (len(it.entry_id), it.entry_id)):
            if one.approach:
                self._told[one.type, spelt_alike(one.error_category), spelt_alike(one.approach)].append(one)
        self._given: set[tuple[str, str]] = set()

    def key_for(
        self, kind: KnowledgeType, refs: Sequence[str], *, systems: Collection[str], category: str, approach: str
    ) -> str:
        """The key of the entry that tells of one of the refs, or of the same by one of the systems; else the first ref."""
        candidates = [ref for ref in refs if (kind.value, ref) in self._there]
        if approach:
            told = self._told.get((kind.value, spelt_alike(category), spelt_alike(approach)), ())
            candidates += [one.key for one in told if set(one.systems) & set(systems)]
        key = next((one for one in candidates if (kind.value, one) not in self._given), refs[0])
        self._given.add((kind.value, key))
        return key
