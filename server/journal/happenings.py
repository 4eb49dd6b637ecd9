"""What happened when: reports, validations, findings, contracts and proposals in one course, for whoever reviews them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from server.model.moments import to_wire
from server.storage import happenings
from server.storage.happenings import Happening

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

MOST_OF_A_KIND = 40
"""Of each kind the newest are told, so that a system that fails every minute doesn't hide the rest."""


@dataclass(frozen=True)
class Course:
    """What happened in a time, oldest first."""

    happened: tuple[Happening, ...]
    cut: bool
    """Whether there was more of some kind than is told."""


class HappeningsService:
    """What happened on one database."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def around(
        self, system_id: str, near: Sequence[str], *, since: datetime, until: datetime, caller: str = ""
    ) -> Course:
        """What happened to a system in this time, and what went wrong at or changed in those near it.

        What a system reports of itself is told to itself and the local user alone (LRN-10).
        """
        span = {"since": to_wire(since), "until": to_wire(until)}
        everybody = [system_id, *near]
        own = [system_id] if caller in ("", system_id) else []
        others = list(near) if not caller else []

        def read(session: "Session") -> list[list[Happening]]:
            most = MOST_OF_A_KIND + 1
            return [
                happenings.reported(session, own, trouble_only=False, limit=most, **span),
                happenings.reported(session, others, trouble_only=True, limit=most, **span),
                happenings.looked_at(session, everybody, limit=most, **span),
                happenings.found(session, everybody, limit=most, **span),
                happenings.agreed(session, everybody, limit=most, **span),
                happenings.decided(session, everybody, viewer=caller, limit=most, **span),
            ]

        return _course(self._database.read(read))

    def changes(
        self, systems: Sequence[str], *, since: datetime, until: datetime, caller: str = "", most: int = MOST_OF_A_KIND
    ) -> Course:
        """What was agreed, proposed or found in this time about these systems, or about any where none is named."""
        span = {"since": to_wire(since), "until": to_wire(until)}

        def read(session: "Session") -> list[list[Happening]]:
            return [
                happenings.agreed(session, systems, limit=most + 1, **span),
                happenings.decided(session, systems, viewer=caller, limit=most + 1, **span),
                happenings.found(session, systems, limit=most + 1, **span),
            ]

        return _course(self._database.read(read), most)


def _course(kinds: Sequence[Sequence[Happening]], most: int = MOST_OF_A_KIND) -> Course:
    told = [one for kind in kinds for one in kind[:most]]
    return Course(tuple(sorted(told, key=lambda one: one.at)), any(len(kind) > most for kind in kinds))
