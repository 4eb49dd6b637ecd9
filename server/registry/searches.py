"""Which systems a search finds, remembered while the registry stands still: every page of a list asks again."""

from typing import TYPE_CHECKING

from server.model.system import StoredSystem
from server.registry.map import RegistryMap
from server.storage import systems

if TYPE_CHECKING:
    from server.storage.database import Database

KEPT = 32
"""Searches whose result is remembered."""


class Searches:
    """The latest searches over the registry of one database. To be asked by one thread at a time."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._found: dict[tuple[str, str, bool], list[StoredSystem]] = {}
        self._at = -1
        """The registry's revision that they were made at."""

    def of(self, registry: RegistryMap, query: str, *, tier: str, archived: bool) -> list[StoredSystem]:
        """Those that match, of that tier unless it is empty: best match first for a query, else by id. Not to be changed."""
        if self._at != registry.revision:
            self._found, self._at = {}, registry.revision
        key = (query, tier, archived)
        found = self._found.pop(key, None)
        if found is None:
            found = self._look(registry, *key)
        self._found[key] = found  # the one that was asked for last stays longest
        if len(self._found) > KEPT:
            del self._found[next(iter(self._found))]
        return found

    def _look(self, registry: RegistryMap, query: str, tier: str, archived: bool) -> list[StoredSystem]:
        wanted = query.strip()
        ids = (
            self._database.read(lambda session: systems.search_ids(session, query))
            if wanted
            else sorted(registry.systems)
        )
        return [
            stored
            for stored in map(registry.systems.get, ids)
            if stored is not None and stored.archived == archived and (not tier or tier == stored.system.tier)
        ]
