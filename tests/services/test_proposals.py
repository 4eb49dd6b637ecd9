"""Submissions and decisions are stored whole or not at all, and those of several processes don't miss each other."""

import signal
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.model.proposal import DecisionKind
from server.proposals.deciding import Saying
from server.proposals.drafting import Wish
from server.storage import findings as finding_queries
from server.storage.database import Database
from server.storage.lazily import sql, tables
from tests.services.processes import Started, let_go_together
from tests.services.proposal_writer import NARROW, NOW, RESOURCE, WIDE, config_of, opened, submit

PROGRAM = Path(__file__).with_name("proposal_writer.py")
READERS = ("sys_r1", "sys_r2", "sys_r3")
WRITERS = ("sys_w1", "sys_w2", "sys_w3")


def registered(url: str) -> None:
    """Three writers of one resource, and three systems that read it."""
    services = opened(url)
    for system in WRITERS:
        document = {"id": system, "tier": "PRODUCTION", "writes_to": [{"resource": RESOURCE, "consumers": [*READERS]}]}
        services.registry.register(document, caller="", now=NOW)
    for system in READERS:
        contract = {"type": "CONSUMER", "resource": RESOURCE, "schema": NARROW, "reads": ["/id"]}
        document = {"id": system, "tier": "PRODUCTION", "reads_from": [RESOURCE], "contracts": [contract]}
        services.registry.register(document, caller="", now=NOW)
    services.close()


def running(url: str, what: str, systems: tuple[str, ...], count: int) -> AbstractContextManager[list[Started]]:
    """A process for each system, all of them started and then let go together."""
    return let_go_together(PROGRAM, ([url, what, system, str(count)] for system in systems))


def rows(url: str, table: str) -> list[dict[str, Any]]:
    """Everything in a table."""
    database = Database(url)
    chosen = sql.select(tables.metadata.tables[table])
    found = database.read(lambda session: [dict(row) for row in session.connection().execute(chosen).mappings()])
    database.close()
    return found


def check_whole(url: str) -> set[str]:
    """The ids of all proposals, once it is sure that each stands with all that belongs to it, and nothing else stands."""
    proposals = {row["proposal_id"]: row["document"] for row in rows(url, "proposals")}
    checks = {row["check_id"]: row for row in rows(url, "checks")}
    log = rows(url, "conflict_log")
    assert {row["proposal_id"] for row in checks.values()} == set(proposals)
    assert {row["check_id"] for row in log} == set(checks)
    assert {row["subject"] for row in rows(url, "findings") if row["kind"] == "acceptance_needed"} == set(proposals)
    for proposal_id, document in proposals.items():
        (made,) = document["checks"]
        assert checks[made["id"]]["proposal_id"] == proposal_id
        conflicts = checks[made["id"]]["document"]["check"]["conflicts"]
        assert len([row for row in log if row["check_id"] == made["id"]]) == len(conflicts) >= len(READERS)
    counters = {row["name"]: row["value"] for row in rows(url, "counters")}
    assert counters.get("proposal", 0) == len(proposals), "a number and its proposal came together or not at all"
    return set(proposals)


@pytest.mark.parametrize("after", [1, 3, 6])
def test_sto_01_a_killed_process_leaves_no_submission_half_stored(
    tmp_path: Path, migrated_file: Path, after: int
) -> None:
    file = tmp_path / "concord.db"
    file.write_bytes(migrated_file.read_bytes())
    url = f"sqlite:///{file}"
    registered(url)
    with running(url, "submit", ("sys_w1", "sys_w2"), 8) as (victim, other):
        assert victim.stdout is not None
        acknowledged = [victim.stdout.readline().strip() for _ in range(after)]
        victim.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in victim.communicate()[0].splitlines(keepends=True) if line[-1] == "\n"]
        told, errors = other.communicate(timeout=120)
        assert errors == ""
    assert {*acknowledged, *told.split()} <= check_whole(url)


def test_sto_01_a_submission_that_fails_at_its_last_step_leaves_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(database_url)
    services = opened(database_url)

    def fail(*given: Any, **options: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(finding_queries, "sync", fail)
        with pytest.raises(RuntimeError):
            submit(services, "sys_w1")
    assert check_whole(database_url) == set()
    assert submit(services, "sys_w1") == "PROP-001"
    services.close()
    assert check_whole(database_url) == {"PROP-001"}


def test_processes_that_accept_at_once_lose_no_acceptance(database_url: str) -> None:
    registered(database_url)
    services = opened(database_url)
    count = 6
    for _ in range(count):
        submit(services, "sys_w1")
    with running(database_url, "accept", READERS, count) as deciding:
        told = [process.communicate(timeout=120) for process in deciding]
    assert [errors for _, errors in told if errors] == []
    for number in range(1, count + 1):
        shown = services.proposals.get(f"PROP-{number:03d}", caller="", now=NOW)
        assert sorted(one["actor"] for one in shown["decisions"]) == list(READERS)
        assert shown["state"] == "READY_FOR_SHADOW_TEST"
    services.close()
    assert [
        row for row in rows(database_url, "findings") if row["kind"] == "acceptance_needed" and row["status"] == "OPEN"
    ] == []


def test_con_14_of_proposals_submitted_at_once_the_later_sees_the_earlier(database_url: str) -> None:
    registered(database_url)
    with running(database_url, "submit", WRITERS, 3) as submitting:
        told = [process.communicate(timeout=120) for process in submitting]
    assert [errors for _, errors in told if errors] == []
    ids = sorted(check_whole(database_url))
    assert len(ids) == 9
    seen = {
        row["proposal_id"]: [one["proposal_id"] for one in row["document"]["check"]["in_flight"]]
        for row in rows(database_url, "checks")
    }
    assert seen == {proposal_id: ids[:place] for place, proposal_id in enumerate(ids)}


def test_what_a_write_changed_is_announced_but_not_that_somebody_works_on_a_draft(database_url: str) -> None:
    registered(database_url)
    told: list[str] = []
    services = build_services(config_of(database_url), changed=told.extend)
    changes = [{"resource": RESOURCE, "new_schema": WIDE}]
    services.proposals.submit(Wish(source_system="sys_w1", changes=changes), caller="sys_w1", now=NOW)
    services.proposals.submit(Wish(proposal_id="PROP-001", title="Better"), caller="sys_w1", now=NOW)
    assert told == []
    sent = Wish(proposal_id="PROP-001", state="READY_FOR_SHADOW_TEST")
    check = services.proposals.submit(sent, caller="sys_w1", now=NOW, idempotency_key="k")["check"]["check_id"]
    assert {"concord://proposals/PROP-001", f"concord://checks/{check}", "concord://files/conflict_log.json"} <= set(
        told
    )
    told.clear()
    services.proposals.submit(sent, caller="sys_w1", now=NOW, idempotency_key="k")
    assert told == [], "nothing was done again"
    services.proposals.decide("PROP-001", Saying(DecisionKind.ACCEPT), caller="sys_r1", now=NOW)
    assert told == ["concord://proposals/PROP-001"]
    told.clear()
    services.proposals.submit(Wish(proposal_id="PROP-001", state="DRAFT"), caller="sys_w1", now=NOW)
    assert told == ["concord://proposals/PROP-001"], "it is a draft again: those who knew it hear of it"
    services.close()
