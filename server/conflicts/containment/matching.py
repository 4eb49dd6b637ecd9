"""Distinct representatives: from each list another value."""

from server.conflicts.containment.exact import Key, key_of
from server.model.base import Json


def distinct_choice(lists: list[list[Json]]) -> list[Json] | None:
    """One value from each list, no two equal; None where that is not possible (Hall 1935; augmenting paths)."""
    owner: dict[Key, int] = {}
    values: dict[Key, Json] = {}
    keyed: list[list[Key]] = []
    for one in lists:
        keys = [key_of(value) for value in one]
        values.update(zip(keys, one, strict=True))
        keyed.append(keys)

    def give(index: int, seen: set[Key]) -> bool:
        for key in keyed[index]:
            if key not in seen:
                seen.add(key)
                if key not in owner or give(owner[key], seen):
                    owner[key] = index
                    return True
        return False

    for index in range(len(lists)):
        if not give(index, set()):
            return None
    chosen: list[Json] = [None] * len(lists)
    for key, index in owner.items():
        chosen[index] = values[key]
    return chosen
