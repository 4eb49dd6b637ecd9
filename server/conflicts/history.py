"""The conflict log as it is kept: what a check adds to it, what is found in it, and the contracts that are fragile (CON-7)."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.conflicts.fragile import COUNTED, TIMES, WINDOW, fragile_among, fragile_finding
from server.conflicts.log import entries_of, log_document
from server.conflicts.modes import Modes
from server.model.base import JsonObject
from server.model.check import Verdict
from server.model.conflict_log import FragileContract, LoggedConflict
from server.model.contract import ContractType
from server.model.finding import FindingKind
from server.model.moments import from_wire, to_wire
from server.storage import checks, conflict_log, contracts, findings

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session


@dataclass(frozen=True)
class LogPage:
    """One page of the log, the newest first, and the contracts that are fragile now."""

    conflicts: tuple[LoggedConflict, ...]
    total: int
    fragile: tuple[FragileContract, ...]


class ConflictLog:
    """The conflict log of one database."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def add_in(self, session: "Session", check: JsonObject, modes: Modes) -> None:
        """The conflicts of a proposal's check are logged in this transaction, and the findings on fragile contracts follow."""
        conflict_log.add(session, entries_of(check, modes))
        now = check["check_timestamp"]
        fragile = _fragile_in(session, from_wire(now))
        open_now = findings.open_of_kind(session, FindingKind.FRAGILE_CONTRACT)
        writers = {one.subject: one.system_id for one in open_now}
        wanted = [
            fragile_finding(one, writers.get(one.contract_id) or _writer(session, one.contract_id, check))
            for one in fragile
        ]
        findings.sync(session, wanted, now=now, fingerprints=[one.fingerprint for one in open_now])

    def find(
        self,
        *,
        now: datetime,
        contract_id: str = "",
        system_id: str = "",
        severity: str = "",
        since: str = "",
        start: int = 0,
        limit: int | None = None,
    ) -> LogPage:
        """The logged conflicts that match every filter given; `since` is a moment as the documents write it.

        The fragile contracts are those that the filters for contract and system leave.
        """

        def read(session: "Session") -> LogPage:
            page, total = conflict_log.find(
                session,
                contract_id=contract_id,
                system_id=system_id,
                severity=severity,
                since=since,
                start=start,
                limit=limit,
            )
            fragile = [
                one
                for one in _fragile_in(session, now)
                if contract_id in ("", one.contract_id) and (not system_id or system_id in one.systems)
            ]
            return LogPage(tuple(page), total, tuple(fragile))

        return self._database.read(read)

    def document(self, now: datetime) -> JsonObject:
        """`conflict_log.json`, exact and whole."""
        page = self.find(now=now)
        return log_document(page.conflicts, page.fragile, to_wire(now))

    def text(self, now: datetime) -> str:
        """The same, as the file holds it."""
        return json.dumps(self.document(now), ensure_ascii=False, indent=2) + "\n"

    def recently(self, now: datetime) -> JsonObject:
        """{since, checks, proposals, verdicts, held, let_go[]}: what became of the proposals checked in the last 30 days.

        `let_go` names those that nothing held, and that blocking mode would have: {proposal_id, check_id, source_system,
        checked_at, verdict, tiers}, the newest first.
        """
        since = to_wire(now - WINDOW)
        found = self._database.read(lambda session: checks.of_proposals(session, since=since, until=to_wire(now)))
        verdicts = Counter(one.verdict for one in found)
        return {
            "since": since,
            "checks": len(found),
            "proposals": len({one.proposal_id for one in found}),
            "verdicts": {verdict.value: verdicts[verdict.value] for verdict in Verdict},
            "held": sum(one.blocks for one in found),
            "let_go": [
                {
                    "proposal_id": one.proposal_id,
                    "check_id": one.check_id,
                    "source_system": one.source_system,
                    "checked_at": one.created_at,
                    "verdict": one.verdict,
                    "tiers": list(one.would_block_in),
                }
                for one in found
                if one.would_block_in and not one.blocks
            ],
        }

    def fragile_contract(self, contract_id: str, now: datetime) -> FragileContract | None:
        """What makes this contract fragile now; None where it is not."""
        return next((one for one in self.fragile(now) if one.contract_id == contract_id), None)

    def fragile(self, now: datetime) -> tuple[FragileContract, ...]:
        """The contracts that are fragile now, those most often in conflict first."""
        return tuple(self._database.read(lambda session: _fragile_in(session, now)))


def _fragile_in(session: "Session", now: datetime) -> list[FragileContract]:
    # a second more on either side: which moments count exactly is for the rule to say
    margin = timedelta(seconds=1)
    found = conflict_log.often(
        session, since=to_wire(now - WINDOW - margin), until=to_wire(now + margin), severities=COUNTED, times=TIMES
    )
    return fragile_among(found, now)


def _writer(session: "Session", contract_id: str, check: JsonObject) -> str:
    """The system that writes under the contract, as far as its entries say; else the one that proposed."""
    for entry in contracts.versions(session, contract_id):
        if entry.document["type"] == ContractType.PRODUCER.value:
            return entry.system_id
        if entry.document["counterparty"]:
            return str(entry.document["counterparty"])
    return str(check["source_system"])
