"""The health of the registered systems, from signs of life that are kept in memory by their revision: asking touches no
network and no file of theirs.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.signs import Signs
from server.model.system import Status, StoredSystem
from server.registry.health import Health, beside_upstream, judge_health
from server.registry.map import RegistryMap
from server.storage import signs

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

_NONE = Signs()


class Vitals:
    """Who was heard of, and what follows. Safe to use from several threads."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._signs: dict[str, Signs] = {}
        self._revision = 0
        self._lock = threading.Lock()
        self._statuses: dict[str, Status] = {}
        self._statuses_at: tuple[datetime | None, int, int] = (None, 0, 0)
        """For which second and which revisions of registry and signs they hold."""

    def of(self, registry: RegistryMap, ids: Iterable[str], now: datetime) -> dict[str, Health]:
        """The health of those of these systems that are registered; archived ones as they were registered."""
        with self._lock:
            self._refresh()
            known = self._signs
        found = (registry.systems.get(system_id) for system_id in ids)
        return {one.id: health_by(one, known.get(one.id, _NONE), now) for one in found if one is not None}

    def statuses(self, registry: RegistryMap, now: datetime) -> dict[str, Status]:
        """The status of every system; remembered within the second, as each page of a list asks for all of them."""
        with self._lock:
            self._refresh()
            at = (now.replace(microsecond=0), registry.revision, self._revision)
            if at != self._statuses_at:
                self._statuses = {
                    one.id: health_by(one, self._signs.get(one.id, _NONE), now).status
                    for one in registry.systems.values()
                }
                self._statuses_at = at
            return self._statuses

    def shown_in(self, registry: RegistryMap, rows: Sequence[JsonObject], now: datetime) -> tuple[JsonObject, ...]:
        """The rows with the present status of the systems that they name by `id` or `system_id`."""
        named = [str(one.get("system_id", one.get("id", ""))) for one in rows]
        health = self.of(registry, named, now)
        return tuple(
            {**one, "status": health[system_id].status.value} if system_id in health else one
            for one, system_id in zip(rows, named, strict=True)
        )

    def beside_upstream(self, registry: RegistryMap, system_id: str, now: datetime) -> Health:
        """The system's health, with those mentioned that it declares to need and that are DOWN."""
        needed = sorted(
            {
                link.producer
                for link in registry.producers(system_id)
                if link.basis is Basis.DECLARED and registry.relying_on(link.producer).get(system_id, False)
            }
        )
        found = self.of(registry, [system_id, *needed], now)
        down = [one for one in needed if one in found and found[one].status is Status.DOWN]
        return beside_upstream(found[system_id], down)

    def _refresh(self) -> None:
        revision = signs.glimpse(self._database)
        if revision is not None and revision == self._revision:
            return

        def look(session: "Session") -> tuple[int, dict[str, Signs]]:
            present = signs.revision(session)
            return present, signs.changed_since(session, self._revision) if present != self._revision else {}

        self._revision, newer = self._database.read(look)
        if newer:
            self._signs = {**self._signs, **newer}


def health_by(stored: StoredSystem, known: Signs, now: datetime) -> Health:
    """The health of a registered system by these signs."""
    system = stored.system
    if stored.archived:
        return Health(system.status, "It is archived.", system.last_health_check)
    return judge_health(system.timing, known, now, declared=system.status, declared_at=system.last_health_check)
