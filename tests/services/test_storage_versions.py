"""What storage keeps of the past: every version of a system and of a policy."""

from sqlalchemy import select

from server.storage import policies, systems, tables
from server.storage.database import Database
from server.storage.session import Session
from tests.services.test_storage_queries import save, stored


def test_the_systems_are_found_as_they_stood_at_any_revision(database: Database) -> None:
    first, second = stored("sys_a", revision=1), stored("sys_b", revision=2, unknown_member="half \ud83d \0")
    renamed = stored("sys_a", revision=3, version=2, name="Renamed")
    gone = stored("sys_b", revision=5, version=2, archived=True)
    save(database, first)
    save(database, second)
    save(database, renamed, gone)
    at = {revision: database.read(lambda session, r=revision: systems.as_of(session, r)) for revision in range(7)}  # type: ignore[misc]  # the default binds the loop's value
    assert at[0] == []
    assert at[1] == [first]
    assert at[2] == [first, second]
    assert at[3] == at[4] == [second, renamed]
    assert at[5] == at[6] == [renamed, gone]


def test_what_was_saved_twice_at_one_revision_counts_as_it_was_left(database: Database) -> None:
    save(database, stored(revision=4), stored(revision=4, version=2, name="left so"))
    (kept,) = database.read(lambda session: systems.as_of(session, 4))
    assert (kept.version, kept.system.name) == (2, "left so")


def test_a_policy_has_a_version_for_each_change_and_the_newest_counts(database: Database) -> None:
    assert database.read(lambda session: policies.newest(session, "p")) is None

    def revise(value: int | None, now: str = "2026-04-05T14:00:00Z") -> int:
        def change(session: Session) -> int:
            return policies.revise(session, "p", lambda present: None if value is None else {"value": value}, now=now)

        return database.write(change)

    assert [revise(7), revise(8, "2026-04-06T14:00:00Z"), revise(None)] == [1, 2, 2]
    assert database.read(lambda session: policies.newest(session, "p")) == {"value": 8}
    assert database.read(lambda session: policies.newest(session, "other")) is None
    kept = database.read(lambda session: policies.versions(session, "p"))
    assert [(one["version"], one["recorded_at"][:10], one["document"]["value"]) for one in kept] == [
        (2, "2026-04-06", 8),
        (1, "2026-04-05", 7),
    ]


def test_a_version_that_was_never_replaced_takes_no_room_of_its_own(database: Database) -> None:
    save(database, stored("sys_a", revision=1), stored("sys_b", revision=2))
    save(database, stored("sys_b", revision=3, version=2))

    def kept(session: Session) -> list[tuple[str, int]]:
        rows = session.connection().execute(
            select(tables.system_versions.c.system_id, tables.system_versions.c.version)
        )
        return [(row.system_id, row.version) for row in rows]

    assert database.read(kept) == [("sys_b", 1)]
