"""The named queries of each area, the same on both databases."""

import pytest

from server.errors import IdempotencyMismatch, InvalidArgument, StaleVersion
from server.model.contract import Contract, ContractType
from server.model.finding import Finding, FindingKind, FindingStatus, Observation
from server.model.system import StoredSystem, System
from server.model.tier import Severity, Tier
from server.storage import checks, contracts, counters, findings, idempotency, imports, systems
from server.storage.database import Database
from server.storage.session import Session

NOW, LATER, MUCH_LATER = "2026-04-05T14:00:00Z", "2026-04-05T15:00:00Z", "2026-05-05T14:00:01Z"


def stored(
    system_id: str = "sys_a",
    *,
    version: int = 1,
    revision: int = 1,
    name: str = "A",
    archived: bool = False,
    **more: object,
) -> StoredSystem:
    system = System.model_validate({"id": system_id, "name": name, "tier": Tier.PRODUCTION, **more})
    return StoredSystem(system=system, version=version, revision=revision, archived=archived)


def save(database: Database, *given: StoredSystem) -> None:
    def operation(session: Session) -> None:
        for one in given:
            systems.save(session, one, search_text="")

    database.write(operation)


def test_sto_02_what_changed_since_a_revision_comes_oldest_first_as_it_was_saved(database: Database) -> None:
    odd = stored(
        "sys_odd", revision=2, name="nul \0 é 漢", owner="\0", unknown_member={"deep": [1, None, "half \ud83d \0"]}
    )
    save(database, stored("sys_b", revision=3), odd, stored("sys_a", revision=3, archived=True))
    everything = database.read(lambda session: list(systems.changed_since(session, 0)))
    assert [one.id for one in everything] == ["sys_odd", "sys_a", "sys_b"]
    assert everything[0] == odd
    assert [one.archived for one in everything] == [False, True, False]
    assert [one.id for one in database.read(lambda session: list(systems.changed_since(session, 2)))] == [
        "sys_a",
        "sys_b",
    ]
    assert database.read(lambda session: list(systems.changed_since(session, 3))) == []
    assert database.read(lambda session: systems.get(session, "sys_odd")) == odd
    assert database.read(lambda session: systems.get(session, "sys_none")) is None


def test_a_save_on_top_of_somebody_elses_is_refused(database: Database) -> None:
    save(database, stored(version=1))
    save(database, stored(version=2, name="second"))
    for version in (1, 2, 4):
        with pytest.raises(StaleVersion):
            save(database, stored(version=version, name="late"))
    kept = database.read(lambda session: systems.get(session, "sys_a"))
    assert kept is not None
    assert (kept.version, kept.system.name) == (2, "second")


def test_revisions_count_up(database: Database) -> None:
    assert database.read(systems.revision) == 0
    assert [database.write(systems.next_revision) for _ in range(3)] == [1, 2, 3]
    assert database.read(systems.revision) == 3


def test_counters_are_apart_and_can_be_raised_at_once(database: Database) -> None:
    assert database.write(lambda session: counters.following(session, "a")) == 1
    assert database.write(lambda session: counters.following(session, "a", 10)) == 11
    assert database.write(lambda session: counters.following(session, "b", 3)) == 3
    assert database.read(lambda session: counters.present(session, "a")) == 11
    assert database.read(lambda session: counters.present(session, "c")) == 0


def contract(contract_id: str, resource: str = "r") -> Contract:
    return Contract(contract_id=contract_id, type=ContractType.PRODUCER, resource=resource)


def record(database: Database, one: StoredSystem, now: str = NOW) -> None:
    database.write(lambda session: contracts.record(session, one, now=now))


def history(database: Database, contract_id: str) -> list[tuple[str, int, bool, str, str]]:
    rows = database.read(lambda session: contracts.versions(session, contract_id))
    return [(row.system_id, row.version, row.live, row.resource, row.recorded_at) for row in rows]


def test_reg_07_every_version_of_a_contract_is_kept_and_stays_resolvable(database: Database) -> None:
    record(database, stored(contracts=(contract("CTR-001"), contract("CTR-002"))))
    record(database, stored(contracts=(contract("CTR-001", "moved"), contract("CTR-002"))), LATER)
    assert history(database, "CTR-001") == [("sys_a", 2, True, "moved", LATER), ("sys_a", 1, False, "r", NOW)]
    assert history(database, "CTR-002") == [("sys_a", 1, True, "r", NOW)]
    record(database, stored(contracts=(contract("CTR-002"),)))
    assert [row[2] for row in history(database, "CTR-001")] == [False, False]
    record(database, stored(contracts=(contract("CTR-002"),), archived=True))
    assert history(database, "CTR-002") == [("sys_a", 1, False, "r", NOW)]
    assert database.read(lambda session: contracts.exists(session, "CTR-001"))
    assert not database.read(lambda session: contracts.exists(session, "CTR-003"))


def test_a_contract_that_comes_back_as_it_was_is_its_old_version_again(database: Database) -> None:
    given = stored(contracts=(contract("CTR-001"),))
    record(database, given)
    record(database, stored(archived=True, contracts=(contract("CTR-001"),)), LATER)
    record(database, given, LATER)
    assert history(database, "CTR-001") == [("sys_a", 1, True, "r", NOW)]


def test_both_sides_of_a_contract_keep_versions_of_their_own(database: Database) -> None:
    record(database, stored("sys_b", contracts=(contract("CTR-001"),)))
    record(database, stored("sys_a", contracts=(contract("CTR-001"),)))
    record(database, stored("sys_b", contracts=(contract("CTR-001", "moved"),)), LATER)
    assert [row[:3] for row in history(database, "CTR-001")] == [
        ("sys_a", 1, True),
        ("sys_b", 2, True),
        ("sys_b", 1, False),
    ]


def test_an_id_that_a_system_uses_twice_counts_once(database: Database) -> None:
    record(database, stored(contracts=(contract("CTR-001", "first"), contract("CTR-001", "second"))))
    assert history(database, "CTR-001") == [("sys_a", 1, True, "first", NOW)]


def test_sto_02_contract_ids_are_completed_alike(database: Database) -> None:
    names = ("CTR-002", "CTR-001", "ctr-003", "a_b", "a%b", "axb")
    record(database, stored(contracts=tuple(contract(name) for name in names)))

    def like(start: str, limit: int = 10) -> list[str]:
        return database.read(lambda session: contracts.ids_like(session, start, limit))

    assert like("ctr") == ["CTR-001", "CTR-002", "ctr-003"]
    assert like("CTR", 1) == ["CTR-001"]
    assert like("a_") == ["a_b"]
    assert like("a%") == ["a%b"]
    assert like("") == ["CTR-001", "CTR-002", "a%b", "a_b", "axb", "ctr-003"]


def saw(fingerprint: str, system_id: str = "sys_a", **more: object) -> Observation:
    given = {
        "kind": FindingKind.CONSUMERS_UNKNOWN,
        "severity": Severity.MEDIUM,
        "subject": "r",
        "message": "m",
        "details": {},
    }
    return Observation.model_validate({"fingerprint": fingerprint, "system_id": system_id, **given, **more})


def sync(database: Database, *wanted: Observation, now: str = NOW, systems: tuple[str, ...] = ("sys_a",)) -> None:
    database.write(lambda session: findings.sync(session, wanted, now=now, systems=systems))


def page(database: Database, **filters: object) -> list[Finding]:
    return database.read(lambda session: findings.find(session, **filters)[0])  # type: ignore[arg-type]  # filters by name


def test_a_finding_is_opened_touched_closed_and_reopened_under_one_id(database: Database) -> None:
    sync(database, saw("f1"), saw("f2"))
    assert [(one.id, one.status, one.first_seen) for one in page(database)] == [
        ("FND-000001", FindingStatus.OPEN, NOW),
        ("FND-000002", FindingStatus.OPEN, NOW),
    ]
    sync(database, saw("f2", message="changed \0", details={"x": [1]}), now=LATER)
    [still] = page(database)
    assert (still.id, still.message, still.details) == ("FND-000002", "changed \ufffd", {"x": [1]})
    assert (still.first_seen, still.last_seen) == (NOW, LATER)
    [gone] = page(database, status="CLOSED")
    assert (gone.id, gone.status, gone.last_seen) == ("FND-000001", FindingStatus.CLOSED, LATER)
    sync(database, saw("f1"), saw("f2"), now=MUCH_LATER)
    again = next(one for one in page(database) if one.id == "FND-000001")
    assert (again.status, again.first_seen, again.last_seen) == (FindingStatus.OPEN, NOW, MUCH_LATER)
    assert len(page(database, status="ALL")) == 2


def test_a_sync_leaves_alone_what_it_is_not_about(database: Database) -> None:
    cycle = saw("c1", kind=FindingKind.DEPENDENCY_CYCLE)
    sync(database, saw("f1"), cycle)
    sync(database, saw("f2", "sys_b"), systems=("sys_b",))
    database.write(
        lambda session: findings.sync(
            session, [], now=LATER, systems={"sys_a"}, except_kinds={FindingKind.DEPENDENCY_CYCLE}
        )
    )
    assert {one.id for one in page(database)} == {"FND-000002", "FND-000003"}
    database.write(lambda session: findings.sync(session, [], now=LATER, fingerprints={"c1", "absent"}))
    assert {one.id for one in page(database)} == {"FND-000003"}
    assert database.read(lambda session: findings.open_of_kind(session, FindingKind.DEPENDENCY_CYCLE)) == []


def test_open_findings_of_a_kind_come_back_as_they_were_stated(database: Database) -> None:
    cycle = saw("c1", kind=FindingKind.DEPENDENCY_CYCLE, details={"members": ["sys_a", "sys_b"]})
    sync(database, cycle, saw("f1"))
    assert database.read(lambda session: findings.open_of_kind(session, FindingKind.DEPENDENCY_CYCLE)) == [cycle]
    assert database.read(findings.count_by_kind) == {"consumers_unknown": 1, "dependency_cycle": 1}
    about = database.read(lambda session: findings.open_about(session, "sys_b", limit=5))
    assert [one.id for one in about] == ["FND-000001"]
    assert len(database.read(lambda session: findings.open_about(session, "sys_a", limit=5))) == 2
    assert len(database.read(lambda session: findings.open_about(session, "sys_a", limit=1))) == 1


def test_sto_02_findings_are_filtered_and_paged_with_the_worst_first(database: Database) -> None:
    many = [saw(f"f{number}", severity=list(Severity)[number % 4]) for number in range(1_200)]
    sync(database, *many)
    sync(database, *many, saw("b", "sys_b"), now=LATER, systems=("sys_a", "sys_b"))
    first, total = database.read(lambda session: findings.find(session, limit=3))
    assert total == 1_201
    assert [(one.severity, one.id) for one in first] == [
        (Severity.CRITICAL, "FND-000004"),
        (Severity.CRITICAL, "FND-000008"),
        (Severity.CRITICAL, "FND-000012"),
    ]
    assert [one.id for one in page(database, start=2, limit=1)] == ["FND-000012"]
    assert [one.id for one in page(database, system_id="sys_b")] == ["FND-001201"]
    assert database.read(lambda session: findings.find(session, severity="LOW", limit=1))[1] == 300
    assert database.read(lambda session: findings.find(session, kind="dependency_cycle"))[1] == 0
    sync(database, now=MUCH_LATER)
    assert database.read(lambda session: findings.find(session, status="CLOSED"))[1] == 1_200


def check(check_id: str, at: str = NOW) -> dict[str, str]:
    return {
        "check_id": check_id,
        "check_timestamp": at,
        "source_system": "sys_a",
        "proposal_id": "",
        "verdict": "CLEAR",
    }


def test_a_check_is_kept_with_the_inputs_it_saw(database: Database) -> None:
    def keep(session: Session) -> str:
        check_id = checks.new_id(session, "2026-04-05")
        checks.save(session, check(check_id), {"registry_version": 7, "compared": {"a": None}})
        return check_id

    assert [database.write(keep) for _ in range(2)] == ["CHK-2026-04-05-001", "CHK-2026-04-05-002"]
    assert database.write(lambda session: checks.new_id(session, "2026-04-06")) == "CHK-2026-04-06-001"
    loaded = database.read(lambda session: checks.load(session, "CHK-2026-04-05-001"))
    assert loaded == {
        "check": check("CHK-2026-04-05-001"),
        "inputs": {"registry_version": 7, "compared": {"a": None}},
    }
    assert database.read(lambda session: checks.load(session, "CHK-2026-04-05-009")) is None


def test_the_newest_check_is_the_last_of_its_moment_even_beyond_999(database: Database) -> None:
    assert database.read(checks.newest_id) == ""

    def keep(session: Session) -> None:
        for check_id in ("CHK-2026-04-05-999", "CHK-2026-04-05-1000"):
            checks.save(session, check(check_id), {})
        checks.save(session, check("CHK-2026-04-04-001", "2026-04-04T00:00:00Z"), {})

    database.write(keep)
    assert database.read(checks.newest_id) == "CHK-2026-04-05-1000"
    assert database.read(lambda session: checks.newest_id(session, "chk-2026-04-04")) == "CHK-2026-04-04-001"
    assert database.read(lambda session: checks.ids_like(session, "CHK-2026-04-05", 5)) == [
        "CHK-2026-04-05-1000",
        "CHK-2026-04-05-999",
    ]


def once(
    database: Database,
    key: str = "k",
    *,
    arguments: dict[str, object] | None = None,
    now: str = NOW,
    caller: str = "me",
) -> dict[str, object]:
    def operation(session: Session) -> dict[str, object]:
        return idempotency.once(
            session,
            caller,
            "tool",
            key,
            arguments or {"a": 1, "b": [2]},
            now=now,
            do=lambda: {"times": counters.following(session, "done")},
        )

    return database.write(operation)


def test_a_repeated_key_is_done_once_and_answered_alike(database: Database) -> None:
    assert once(database) == {"times": 1}
    assert once(database, now=LATER) == {"times": 1}
    assert once(database, arguments={"b": [2], "a": 1}) == {"times": 1}, "the order of members means nothing"
    assert once(database, key="other") == {"times": 2}
    assert once(database, caller="you") == {"times": 3}
    assert [once(database, key="") for _ in range(2)] == [{"times": 4}, {"times": 5}]


def test_a_key_with_other_arguments_is_refused_and_nothing_done(database: Database) -> None:
    once(database)
    with pytest.raises(IdempotencyMismatch) as told:
        once(database, arguments={"a": 2})
    assert told.value.path == "/idempotency_key"
    assert database.read(lambda session: counters.present(session, "done")) == 1


def test_a_call_that_fails_leaves_its_key_free(database: Database) -> None:
    def failing(session: Session) -> dict[str, object]:
        def do() -> dict[str, object]:
            raise InvalidArgument("no")

        return idempotency.once(session, "me", "tool", "k", {"a": 1, "b": [2]}, now=NOW, do=do)

    with pytest.raises(InvalidArgument):
        database.write(failing)
    assert once(database) == {"times": 1}


def test_a_key_is_forgotten_after_thirty_days(database: Database) -> None:
    once(database)
    assert once(database, now="2026-05-05T14:00:00Z") == {"times": 1}
    assert once(database, arguments={"new": 1}, now=MUCH_LATER) == {"times": 2}


def test_a_key_that_is_too_long_is_refused(database: Database) -> None:
    with pytest.raises(InvalidArgument) as told:
        once(database, key="k" * 1_000_000)
    assert told.value.path == "/idempotency_key"


def test_reg_11_what_a_source_no_longer_lists_is_remembered_as_missing(database: Database) -> None:
    def listing(source: str, items: dict[str, str], now: str) -> list[str]:
        gone = database.write(lambda session: imports.record(session, source, "compose", items, now=now))
        return [one.item for one in gone]

    assert listing("one", {"web": "sys_web", "db": "sys_db"}, NOW) == []
    assert listing("two", {"web": "sys_other"}, NOW) == []
    assert listing("one", {"web": "sys_web"}, LATER) == ["db"]
    listed = database.read(lambda session: imports.listed_by(session, "one"))
    assert listed == {
        "db": imports.Listed("db", "sys_db", False, NOW, NOW),
        "web": imports.Listed("web", "sys_web", True, NOW, LATER),
    }
    assert listing("one", {"web": "sys_web", "db": "sys_db"}, MUCH_LATER) == []
    back = database.read(lambda session: imports.listed_by(session, "one"))["db"]
    assert back == imports.Listed("db", "sys_db", True, NOW, MUCH_LATER)
    assert list(database.read(lambda session: imports.listed_by(session, "two"))) == ["web"]
    assert listing("one", {}, MUCH_LATER) == ["db", "web"]
