"""What the conflict service remembers: modes, patterns and fragile contracts that a judgement saw, and what became of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.conflicts.engine import check_shape, containment_engine
from server.conflicts.service import ConflictService, Judged
from server.errors import NotAllowed, Refused
from server.model.check import Mode, check_document
from server.model.tier import Tier
from server.registry.service import RegistryService
from server.storage import checks, policies
from server.storage.database import Database
from server.storage.patterns import next_revision
from server.storage.session import Session
from tests.rules.conflicts.test_in_flight import FILE, READER, WRITER, range_of

NOW = datetime(2026, 4, 5, 14, 0, 0, 250_000, tzinfo=UTC)
DAY = timedelta(days=1)
WIDER = {"resource": FILE, **range_of(-50, 100)}
Risk = tuple[str, str, tuple[str, ...]]
PATTERN: Risk = ("XPAT-001", "resource_contention", ("sys_writer", "sys_elsewhere"))


@pytest.fixture
def patterns() -> list[Risk]:
    """The active risk patterns; a test changes them."""
    return []


@pytest.fixture
def conflicts(database: Database, patterns: list[Risk]) -> ConflictService:
    """A conflict service with one writer and one reader registered."""
    registry = RegistryService(database, check_schema=check_shape)
    for system in (WRITER, READER):
        registry.register(system, caller="", now=NOW)
    return ConflictService(
        database,
        registry,
        engine=containment_engine,
        check_schema=check_shape,
        risk_patterns=lambda session, at: patterns,
    )


def judged(conflicts: ConflictService, proposal_id: str = "PROP-001", now: datetime = NOW) -> Judged:
    """The judgement on a range that the reader does not take."""
    with conflicts._registry.reading() as registry:
        return conflicts.judge(
            registry,
            conflicts.read([WIDER]),
            source_system="sys_writer",
            caller="",
            now=now,
            proposal_id=proposal_id,
        )


def kept(conflicts: ConflictService, database: Database, **members: Any) -> dict[str, Any]:
    """The check of a proposal, kept."""
    done = judged(conflicts, **members)
    return database.write(lambda session: conflicts.keep_in(session, check_document(done.check), done.inputs))


def test_a_judgement_no_longer_holds_once_a_mode_a_pattern_or_a_fragile_contract_has_changed(
    conflicts: ConflictService, database: Database, patterns: list[Risk]
) -> None:
    done = judged(conflicts)

    def holds(of: Judged) -> bool:
        return database.read(lambda session: conflicts.still_holds(session, of, NOW))

    assert holds(done)
    conflicts.set_mode(Tier.EXPERIMENTAL, Mode.ADVISORY, reason="", caller="", now=NOW)
    assert not holds(done)
    done = judged(conflicts)
    assert holds(done)
    patterns.append(PATTERN)
    assert not holds(done)
    done = judged(conflicts)
    for _ in range(3):
        assert holds(done)
        kept(conflicts, database)
    assert not holds(done)


def test_a_check_sees_at_once_what_another_process_has_changed(
    conflicts: ConflictService, database: Database, patterns: list[Risk]
) -> None:
    elsewhere = Database(database.url)
    registry = RegistryService(elsewhere, check_schema=check_shape)
    other = ConflictService(elsewhere, registry, engine=containment_engine, check_schema=check_shape)

    def checked() -> dict[str, Any]:
        return conflicts.check([WIDER], source_system="sys_writer", caller="", now=NOW).document

    try:
        first = checked()
        assert {**checked(), "check_id": first["check_id"]} == first
        other.set_mode(Tier.PRODUCTION, Mode.ADVISORY, reason="", caller="", now=NOW)
        assert checked()["mode"] == "advisory"
        registry.archive("sys_reader", reason="gone", force=True, caller="", now=NOW)
        assert checked()["conflicts"] == []
        registry.restore("sys_reader", caller="", now=NOW)
        assert checked()["conflicts"] != []
        patterns.append(PATTERN)
        elsewhere.write(next_revision)
        assert checked()["patterns"] == ["XPAT-001"]
        for _ in range(3):
            kept(other, elsewhere)
        assert "again and again" in checked()["recommendation"]
    finally:
        elsewhere.close()


def test_a_check_is_judged_again_with_the_patterns_that_were_active_then(
    conflicts: ConflictService, database: Database, patterns: list[Risk]
) -> None:
    patterns.append(PATTERN)
    check = kept(conflicts, database)
    (conflict,) = check["conflicts"]
    assert (conflict["pattern"], conflict["severity"], check["patterns"]) == ("XPAT-001", "CRITICAL", ["XPAT-001"])
    patterns.clear()
    conflicts.set_mode(Tier.PRODUCTION, Mode.ADVISORY, reason="", caller="", now=NOW)
    done = conflicts.again(check["check_id"], caller="")
    assert done.differences == ()
    assert done.check == check


def test_what_a_fragile_contract_is_said_about_is_said_again(conflicts: ConflictService, database: Database) -> None:
    for _ in range(3):
        kept(conflicts, database)
    fourth = kept(conflicts, database, now=NOW + DAY)
    assert "again and again" in fourth["recommendation"]
    kept(conflicts, database, now=NOW + 60 * DAY)
    assert conflicts.log.fragile(NOW + 60 * DAY) == ()
    assert conflicts.again(fourth["check_id"], caller="").same


def test_every_switch_of_a_mode_is_a_version_with_its_reason_and_saying_it_twice_is_none(
    conflicts: ConflictService, database: Database
) -> None:
    for mode, reason in (("advisory", "Trying it."), ("advisory", "Again."), ("blocking", "It works.")):
        modes = conflicts.set_mode(Tier.PRODUCTION, Mode(mode), reason=reason, caller="", now=NOW)
        assert modes[Tier.PRODUCTION] is Mode(mode)
        assert conflicts.modes() == modes
    with pytest.raises(NotAllowed):
        conflicts.set_mode(Tier.PRODUCTION, Mode.ADVISORY, reason="", caller="sys_writer", now=NOW)
    recorded = database.read(lambda session: policies.versions(session, "conflict_modes"))
    assert [(one["version"], one["document"]["reason"]) for one in recorded] == [(2, "It works."), (1, "Trying it.")]


def test_what_was_held_and_what_was_let_go_is_told_of_thirty_days(
    conflicts: ConflictService, database: Database
) -> None:
    kept(conflicts, database, now=NOW - 30 * DAY - timedelta(seconds=1))
    kept(conflicts, database, now=NOW - 30 * DAY)
    conflicts.set_mode(Tier.PRODUCTION, Mode.ADVISORY, reason="", caller="", now=NOW)
    second = kept(conflicts, database, proposal_id="PROP-002")
    kept(conflicts, database, proposal_id="")
    recent = conflicts.log.recently(NOW)
    assert (recent["checks"], recent["proposals"], recent["held"]) == (2, 2, 1)
    assert recent["verdicts"]["CONFLICT_DETECTED"] == 2
    assert [(one["check_id"], one["tiers"]) for one in recent["let_go"]] == [(second["check_id"], ["PRODUCTION"])]


def test_a_check_that_did_not_keep_all_it_saw_is_not_judged_again(
    conflicts: ConflictService, database: Database
) -> None:
    check = check_document(judged(conflicts).check)

    def keep(session: Session) -> None:
        old = {"source_system": "sys_writer", "changes": [WIDER], "registry_version": 2}
        checks.save(session, {**check, "check_id": "CHK-2025-01-01-001"}, old)

    database.write(keep)
    with pytest.raises(Refused, match="earlier version"):
        conflicts.again("CHK-2025-01-01-001", caller="")
