"""The health of the registered systems, from signs of life that are kept in memory by their revision: asking touches no
network and no file of theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.signs import Signs
from server.model.system import Status, StoredSystem
from server.registry.briefing import Briefing
from server.registry.health import Health, beside_upstream, judge_health, told_down
from server.registry.map import RegistryMap
from server.storage import signs

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

_NONE = Signs()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Judged(NamedTuple):
    """A judgement, and what it rests on."""

    stored: StoredSystem
    signs: Signs
    at: int
    """Microseconds since 1970."""
    health: Health

    def holds(self, stored: StoredSystem, signs: Signs, moment: int) -> bool:
        """Whether the status is the same at that moment."""
        until = self.health.until
        return (
            self.stored is stored and self.signs is signs and self.at <= moment and (until is None or moment <= until)
        )


class Vitals:
    """Who was heard of, and what follows. To be asked by one thread at a time."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._signs: dict[str, Signs] = {}
        self._revision = 0
        self._remembered: dict[str, _Judged] = {}

    def bring_up_to(self, revision: int) -> None:
        """What was heard up to that revision of the signs is known."""
        if revision == self._revision:
            return

        def look(session: "Session") -> tuple[int, dict[str, Signs]]:
            present = signs.revision(session)
            return present, signs.changed_since(session, self._revision)

        self._revision, newer = self._database.read(look)
        if newer:
            self._signs = {**self._signs, **newer}

    def of(self, registry: RegistryMap, ids: Iterable[str], now: datetime) -> dict[str, Health]:
        """The health of those of these systems that are registered; archived ones as they were registered."""
        known = self._signs
        found = (registry.systems.get(system_id) for system_id in ids)
        return {one.id: health_by(one, known.get(one.id, _NONE), now) for one in found if one is not None}

    def statuses(self, stored: Iterable[StoredSystem], now: datetime) -> dict[str, Status]:
        """The status of each of these systems; remembered for as long as it can't have changed."""
        known, remembered = self._signs, self._remembered
        moment = (now - _EPOCH) // _MICROSECOND
        found: dict[str, Status] = {}
        for one in stored:
            heard = known.get(one.id, _NONE)
            last = remembered.get(one.id)
            if last is None or not last.holds(one, heard, moment):
                last = remembered[one.id] = _Judged(one, heard, moment, health_by(one, heard, now))
            found[one.id] = last.health.status
        return found

    def shown_in(self, registry: RegistryMap, rows: Sequence[JsonObject], now: datetime) -> tuple[JsonObject, ...]:
        """The rows with the present status of the systems that they name by `id` or `system_id`."""
        named = [str(one.get("system_id", one.get("id", ""))) for one in rows]
        statuses = self.statuses(filter(None, map(registry.systems.get, named)), now)
        return tuple(
            {**one, "status": statuses[system_id].value} if system_id in statuses else one
            for one, system_id in zip(rows, named, strict=True)
        )

    def beside_upstream(self, registry: RegistryMap, system_id: str, now: datetime) -> Health:
        """The system's health, with those mentioned that it declares to need and that are DOWN."""
        (health,) = self.of(registry, [system_id], now).values()
        return beside_upstream(health, self._down(registry, _needed_by(registry, system_id), now))

    def told_in(self, registry: RegistryMap, told: Briefing, now: datetime) -> Briefing:
        """The briefing with the present status of whom it names, and with those mentioned that its object needs and that are DOWN."""
        (about,) = self.shown_in(registry, [told.data["about"]], now)
        readers = self.shown_in(registry, told.data["readers"], now)
        if about["kind"] == "system":
            about = {**about, "health": self.beside_upstream(registry, about["id"], now).document()}
            down = told_down(self._down(registry, _needed_by(registry, about["id"]), now), "which it needs")
        else:
            writers = self._down(registry, told.data["writers"], now)
            down = told_down(writers, "which writes it" if len(writers) == 1 else "which write it")
        return replace(told, summary=told.summary + down, data={**told.data, "about": about, "readers": list(readers)})

    def _down(self, registry: RegistryMap, ids: Iterable[str], now: datetime) -> list[str]:
        statuses = self.statuses(filter(None, map(registry.live, ids)), now)
        return sorted(system_id for system_id, status in statuses.items() if status is Status.DOWN)


def _needed_by(registry: RegistryMap, system_id: str) -> set[str]:
    """Those whose output it declares to need."""
    return {
        link.producer
        for link in registry.producers(system_id)
        if link.basis is Basis.DECLARED and registry.relying_on(link.producer).get(system_id, False)
    }


def health_by(stored: StoredSystem, known: Signs, now: datetime) -> Health:
    """The health of a registered system by these signs."""
    system = stored.system
    if stored.archived:
        return Health(system.status, "It is archived.", system.last_health_check)
    return judge_health(system.timing, known, now, declared=system.status, declared_at=system.last_health_check)
