"""Findings as the surfaces read them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.model.finding import Finding
from server.storage import findings

if TYPE_CHECKING:
    from server.storage.database import Database


@dataclass(frozen=True)
class FindingsPage:
    """One page of findings, the most severe first."""

    findings: tuple[Finding, ...]
    total: int


class FindingsService:
    """The findings of one database."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def find(
        self,
        *,
        kind: str = "",
        severity: str = "",
        system_id: str = "",
        status: str = "OPEN",
        reader: str = "",
        start: int = 0,
        limit: int = 10,
    ) -> FindingsPage:
        """The findings that match every filter given and are there for the `reader`; `status` takes "ALL" for any."""
        filters = {"kind": kind, "severity": severity, "system_id": system_id, "status": status, "reader": reader}
        found, total = self._database.read(lambda session: findings.find(session, **filters, start=start, limit=limit))
        return FindingsPage(tuple(found), total)

    def counts(self) -> dict[str, int]:
        """How many findings of each kind are open."""
        return self._database.read(findings.count_by_kind)
