"""What a check adds to the conflict log (conflict rule 7)."""

from collections.abc import Iterable, Mapping

from server.conflicts.severity import Hold, Item, judgement_on
from server.model.base import JsonObject
from server.model.check import Mode
from server.model.conflict_log import FragileContract, LoggedConflict
from server.model.tier import Severity, Tier


def entries_of(check: JsonObject, modes: Mapping[Tier, Mode]) -> list[LoggedConflict]:
    """One entry for each conflict of a proposal's check, in its order; none for a dry run, which is nobody's proposal."""
    return [_entry(check, conflict, modes) for conflict in check["conflicts"] if check["proposal_id"]]


def _entry(check: JsonObject, conflict: JsonObject, modes: Mapping[Tier, Mode]) -> LoggedConflict:
    tier, severity = Tier(conflict["effective_tier"]), Severity(conflict["severity"])
    holds = judgement_on(Item(tier, severity)).hold is not Hold.GOES_ON
    return LoggedConflict(
        check_id=check["check_id"],
        proposal_id=check["proposal_id"],
        at=check["check_timestamp"],
        contract_id=conflict["affected_contract"],
        source_system=check["source_system"],
        affected_system=conflict["affected_system"],
        type=conflict["type"],
        severity=severity,
        rule=conflict["rule"],
        description=conflict["description"],
        verdict=check["verdict"],
        mode=modes[tier],
        blocked=holds and modes[tier] is Mode.BLOCKING,
        would_have_blocked=holds,
    )


def log_document(entries: Iterable[LoggedConflict], fragile: Iterable[FragileContract], now: str) -> JsonObject:
    """`conflict_log.json`: every entry, the newest first, and the contracts that are fragile now."""
    return {
        "last_updated": now,
        "conflicts": [entry.model_dump(mode="json") for entry in entries],
        "fragile_contracts": [one.model_dump(mode="json") for one in fragile],
    }
