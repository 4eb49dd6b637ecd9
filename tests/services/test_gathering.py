"""What a synthesis is told: every outcome once, as it was told last, with what the system's own errors show."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.config import read_config
from server.exchange.own_files.service import OwnFilesService
from server.journal.weeks import summed_rows
from server.knowledge.gathering.facts import Facts, Outcome
from server.knowledge.gathering.gather import Gathered, gather
from server.model.knowledge import KnowledgeEntry, KnowledgeType
from server.model.moments import microseconds
from server.model.proposal import DecisionKind, ProposalState
from server.proposals.deciding import Saying
from server.proposals.drafting import Wish
from server.services import Services
from server.storage import event_weeks, knowledge, proposals
from server.storage.database import Database
from server.storage.knowledge import Stored
from server.storage.lazily import sql, tables

NOW = datetime(2026, 4, 5, 18, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


class World:
    """Services on one database."""

    def __init__(self, services: Services, database: Database) -> None:
        self.services = services
        self.database = database

    def system(self, system_id: str, **members: Any) -> None:
        self.services.registry.register({"id": system_id, "tier": "PRODUCTION", **members}, caller="", now=NOW)

    def report(self, system_id: str, *events: dict[str, Any]) -> None:
        answer = self.services.journal.report(system_id, events, caller="", now=NOW)
        assert answer["rejected_total"] == 0, answer

    def errors(self, system_id: str, category: str, days: list[float]) -> None:
        told = [{"kind": "error", "category": category, "at": ago(day), "id": f"{category}{day}"} for day in days]
        self.report(system_id, *told)

    def submit(self, **members: Any) -> str:
        wish = Wish(
            proposal_id="",
            **{"changes": [{"description": "as the title says"}], "state": "READY_FOR_SHADOW_TEST", **members},
        )
        return str(self.services.proposals.submit(wish, caller="", now=NOW - timedelta(days=2))["proposal_id"])

    def decide(self, proposal_id: str, decision: DecisionKind, days: float = 1) -> None:
        self.services.proposals.decide(
            proposal_id, Saying(decision, reason="too dear"), caller="", now=NOW - timedelta(days=days)
        )

    def gather(self, since: datetime = SINCE, until: datetime = NOW) -> Gathered:
        edges = [microseconds(moment.isoformat()) for moment in (since, until)]
        lately = microseconds((until - timedelta(days=30)).isoformat())
        with self.services.registry.reading() as registry:
            return self.database.read(
                lambda session: gather(session, edges[0], edges[1], registry, activity_since=lately)
            )

    def read_files(self) -> None:
        services = self.services
        OwnFilesService(self.database, services.registry, services.journal, services.proposals).read(NOW)

    def facts(self) -> Facts:
        return self.gather().facts

    def only(self) -> Outcome:
        (one,) = self.facts().outcomes
        return one


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    environment = {"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": database_url, "CONCORD_NOW": NOW.isoformat()}
    services = build_services(read_config(environment))
    database = Database(database_url)
    yield World(services, database)
    database.close()
    services.close()


PROMOTION = {
    "kind": "promotion", "proposal_id": "PROP-023", "title": "Check staleness", "approach": "compare the file's age",
    "error_category": "stale_data", "before": 12, "after": 3, "observation_days": 28,
}  # fmt: skip


def test_a_promotion_is_one_outcome_however_often_it_is_told_and_as_it_was_told_last(world: World) -> None:
    world.system("sys_a")
    world.report("sys_a", {**PROMOTION, "at": ago(9)}, {**PROMOTION, "at": ago(5), "after": 4, "title": ""})
    one = world.only()
    assert (one.ref, one.promoted, one.before, one.after) == ("sys_a:PROP-023", True, 12, 4)
    assert (one.title, one.observation_days) == ("Check staleness", 28), "what the last report leaves open stands"
    world.report("sys_a", {"kind": "rejection", "proposal_id": "PROP-023", "at": ago(1)})
    undone = world.only()
    assert (undone.promoted, undone.title, undone.before) == (False, "Check staleness", None)


def test_outcomes_lie_in_the_time_by_the_microsecond(world: World) -> None:
    world.system("sys_a")
    moments = [SINCE, NOW - timedelta(microseconds=1), SINCE - timedelta(microseconds=1), NOW]
    for number, moment in enumerate(moments):
        world.report("sys_a", {"kind": "promotion", "proposal_id": f"P-{number}", "at": moment.isoformat()})
    assert [one.proposal_id for one in world.facts().outcomes] == ["P-0", "P-1"]


def test_what_was_rejected_here_is_an_outcome_and_what_was_withdrawn_or_never_submitted_is_none(world: World) -> None:
    world.system("sys_a", writes_to=[{"resource": "/srv/a.json", "consumers": []}])
    rejected, withdrawn = (
        world.submit(source_system="sys_a", title=title, approach="poll every second", error_category="timeout")
        for title in ("Poll faster", "Poll slower")
    )
    world.submit(source_system="sys_a", title="Nobody's business", state="DRAFT")
    world.decide(rejected, DecisionKind.REJECT)
    world.decide(withdrawn, DecisionKind.WITHDRAW)
    one = world.only()
    assert (one.ref, one.promoted, one.title) == (f"sys_a:{rejected}", False, "Poll faster")
    assert (one.approach, one.error_category, one.entry_id) == ("poll every second", "timeout", "")
    world.report("sys_a", {"kind": "rejection", "proposal_id": rejected, "at": ago(0.5), "before": 5, "after": 9})
    told = world.only()
    assert (told.before, told.after, told.title) == (5, 9, "Poll faster"), "the report and the decision are one"


@pytest.mark.parametrize(("state", "promoted"), [(ProposalState.PROMOTED, True), (ProposalState.ROLLED_BACK, False)])
def test_what_was_promoted_or_rolled_back_here_is_an_outcome(
    world: World, state: ProposalState, promoted: bool
) -> None:
    world.system("sys_a", writes_to=[{"resource": "/srv/a.json", "consumers": []}])
    made = world.submit(source_system="sys_a", title="Poll", knowledge_id="")

    def promote(session: Any) -> None:
        found = proposals.get(session, made)
        assert found is not None
        proposals.save(session, found.model_copy(update={"state": state, "updated_at": "2026-04-05T01:00:00Z"}))

    world.database.write(promote)
    assert (world.only().promoted, world.only().at) == (promoted, microseconds("2026-04-05T01:00:00Z"))


def test_a_report_about_a_proposal_of_one_s_own_takes_what_it_leaves_open_from_there_and_of_a_draft_nothing(
    world: World,
) -> None:
    world.system("sys_a", writes_to=[{"resource": "/srv/a.json", "consumers": []}])
    world.system("sys_b")
    made = world.submit(source_system="sys_a", title="Poll", approach="often", error_category="timeout")
    draft = world.submit(source_system="sys_a", title="A secret plan", approach="hush", state="DRAFT")
    world.report("sys_a", {"kind": "promotion", "proposal_id": made, "at": ago(3), "before": 9, "after": 3})
    world.report("sys_a", {"kind": "promotion", "proposal_id": draft, "at": ago(2)})
    world.report("sys_b", {"kind": "promotion", "proposal_id": made, "at": ago(1)})
    first, second, third = world.facts().outcomes
    assert (first.title, first.approach, first.error_category, first.before) == ("Poll", "often", "timeout", 9)
    assert (second.title, second.approach) == ("", "")
    assert (third.ref, third.title) == (f"sys_b:{made}", ""), "it is somebody else's"


def test_a_promotion_without_figures_has_those_that_its_system_s_errors_show_over_as_long_a_time_after_as_before(
    world: World,
) -> None:
    world.system("sys_a")
    world.system("sys_b")
    for system in ("sys_a", "sys_b"):
        world.errors(system, "stale-data", [14.5 + day / 2 for day in range(28)])
        world.errors(system, "stale_data", [10.25, 3.25])
        world.errors(system, "other", [day + 0.125 for day in range(20)] if system == "sys_a" else [15.0])
        world.report(system, {"kind": "promotion", "title": "Check", "error_category": "Stale data", "at": ago(14)})
    world.report("sys_a", {"kind": "run", "at": ago(1)})
    world.report("sys_a", {"kind": "run", "at": ago(40)})
    one, other = world.facts().outcomes
    assert (one.before, one.after, one.observation_days) == (14.0, 1.0, 14.0)
    assert other.before is not None, "errors of another kind are signs of life as well"
    world.system("sys_c")
    world.errors("sys_c", "stale_data", [14.5 + day / 2 for day in range(28)])
    world.report("sys_c", {"kind": "promotion", "title": "Check", "error_category": "stale_data", "at": ago(14)})
    silent = next(one for one in world.facts().outcomes if one.system_id == "sys_c")
    assert silent.before is None, "silence is no proof of a fix"


def test_an_outcome_that_adopts_an_entry_names_it(world: World) -> None:
    world.system("sys_a", writes_to=[{"resource": "/srv/a.json", "consumers": []}])
    ties = [("SK-001", "P-1", "ADOPT", "timeout"), ("SK-002", "", "ADOPT", "stale_data"), ("SK-003", "", "", "parse")]

    def tie(session: Any) -> None:
        entries = [
            KnowledgeEntry(
                id=entry_id,
                type=KnowledgeType.TRANSFERABLE_FIX,
                title="x",
                description="y",
                source_system="sys_z",
                error_category=category,
                created="2026-03-01",
                expires="2026-05-30",
            )
            for entry_id, _, _, category in ties
        ]
        stored = [Stored(f"transferable_fix:{one.id}", one, {}) for one in entries]
        knowledge.insert(session, stored, at=1, now=1, revision=knowledge.next_revision(session))
        answered = microseconds(ago(9))
        rows = [
            {
                "system_id": "sys_a",
                "entry_id": entry_id,
                "since": 1,
                "decision": decision,
                "answered_at": answered if decision else 0,
                "proposal_id": proposal_id,
                "outcome": {},
            }
            for entry_id, proposal_id, decision, _ in ties
        ]
        session.connection().execute(sql.insert(tables.knowledge_systems), rows)

    world.database.write(tie)
    for number, category in enumerate(["timeout", "Stale-Data", "parse"], 1):
        event = {"kind": "promotion", "proposal_id": f"P-{number}", "error_category": category, "at": ago(3)}
        world.report("sys_a", event)
    world.report("sys_a", {"kind": "promotion", "proposal_id": "P-9", "error_category": "stale_data", "at": ago(12)})
    found = {one.proposal_id: one.entry_id for one in world.facts().outcomes}
    assert found == {"P-1": "SK-001", "P-2": "SK-002", "P-3": "", "P-9": ""}
    assert {(one.entry_id, one.error_category) for one in world.facts().known} == {(tie[0], tie[3]) for tie in ties}


def test_a_rejection_in_a_system_s_own_list_of_proposals_is_one_with_the_proposal_that_was_made_of_it(
    world: World, tmp_path: Path
) -> None:
    world.system("sys_a", root=str(tmp_path), writes_to=[{"resource": "/srv/a.json", "consumers": []}])
    entry = {"id": "CHG-7", "status": "READY_FOR_SHADOW_TEST", "title": "Poll faster", "approach": "every second"}
    (tmp_path / "evolution").mkdir()
    place = tmp_path / "evolution" / "proposed_changes.json"
    for status in ("READY_FOR_SHADOW_TEST", "REJECTED"):
        place.write_text(json.dumps([{**entry, "status": status, "rejected_at": ago(1)}]))
        world.read_files()
    one = world.only()
    assert (one.ref, one.proposal_id, one.promoted) == ("sys_a:PROP-001", "CHG-7", False)
    assert (one.title, one.approach) == ("Poll faster", "every second")


def test_errors_are_counted_by_system_and_category_of_live_systems_as_they_write_it(world: World) -> None:
    for system in ("sys_a", "sys_b", "sys_gone"):
        world.system(system)
        world.errors(system, "stale_data", [1, 2, 29.5, 31])
    world.errors("sys_a", "Stale-Data", [3])
    world.services.registry.archive("sys_gone", reason="gone", force=True, caller="", now=NOW)
    counted = {(one.system_id, one.category): one.occurrences for one in world.facts().activity}
    assert counted == {("sys_a", "Stale-Data"): 1, ("sys_a", "stale_data"): 3, ("sys_b", "stale_data"): 3}
    assert next(one.newest for one in world.facts().activity) == microseconds(ago(3))


def test_errors_that_are_summed_up_count_by_the_weeks_that_lie_in_the_time_as_a_whole(world: World) -> None:
    world.system("sys_a")
    world.errors("sys_a", "stale_data", [29.5, 21, 20, 1])
    monday = microseconds("2026-03-23T00:00:00Z")

    def sum_up(session: Any) -> None:
        event_weeks.sum_up(
            session, "error", monday, 100, lambda taken: summed_rows("sys_a", [("error", *one[1:]) for one in taken])
        )

    world.database.write(sum_up)
    (one,) = world.facts().activity
    assert one.occurrences == 3, "the week of the first began before the 30 days"


def test_systems_of_one_parent_template_or_lineage_are_kin_and_others_are_not(world: World) -> None:
    world.system("sys_top")
    world.system("sys_a", parent="sys_top")
    world.system("sys_b", parent="sys_a")
    world.system("sys_c", template="Cookie")
    world.system("sys_d", template="cookie", lineage=["old", "older"])
    world.system("sys_e", lineage="older")
    world.system("sys_f", forked_from="sys_g")
    world.system("sys_g")
    world.system("sys_h", owner="one team")
    world.system("sys_i", owner="one team")
    kin = {one: member.kin for one, member in world.facts().members.items()}
    assert len({kin[one] for one in ("sys_top", "sys_a", "sys_b")}) == 1
    assert len({kin[one] for one in ("sys_c", "sys_d", "sys_e")}) == 1
    assert kin["sys_f"] == kin["sys_g"]
    assert (kin["sys_h"], kin["sys_i"]) == ("sys_h", "sys_i"), "one owner makes no kin"
    assert len(set(kin.values())) == 5


def test_a_member_tells_what_kinds_of_things_it_reads(world: World) -> None:
    world.system("sys_w", writes_to=[{"resource": "/srv/a.json"}])
    reads = ["/srv/a.json", "/srv/b.jsonl", "sqlite:///srv/state.db", "https://api.example.org/v1/x.json", "/srv/plain"]
    world.system("sys_a", reads_from=[{"resource": one} for one in reads], evolution_engine=True)
    member = world.facts().members["sys_a"]
    assert member.reads_forms == {"json", "sqlite", "https"}
    assert (member.has_engine, member.depends_on) == (True, frozenset({"sys_w"}))
    assert member.reads & world.facts().members["sys_w"].writes


def test_texts_cross_the_boundary_and_what_was_kept_back_is_named_without_it(world: World) -> None:
    world.system("sys_a")
    secret = "ghp_" + "a1B2" * 9
    world.report("sys_a", {**PROMOTION, "at": ago(1), "approach": f"use the token {secret}", "title": "x" * 500})
    gathered = world.gather()
    (one,) = gathered.facts.outcomes
    assert secret not in repr(gathered)
    assert (one.error_category, len(one.title)) == ("stale_data", 500)
    assert ("sys_a", "approach", "secret") in gathered.withheld


def test_practices_that_worked_are_gathered_whenever_they_were_found(world: World, tmp_path: Path) -> None:
    world.system("sys_a", root=str(tmp_path))
    (tmp_path / "memory").mkdir()
    told = [
        {
            "id": "SP-1",
            "title": "Write, then rename",
            "times_applied": 14,
            "discovered_at": "2025-01-01",
            "prompt": "You",
        }
    ]
    (tmp_path / "memory" / "success_patterns.json").write_text(json.dumps(told))
    world.read_files()
    (one,) = world.facts().successes
    assert (one.system_id, one.title, one.times_applied) == ("sys_a", "Write, then rename", 14)


def test_the_same_facts_come_whatever_order_they_were_told_in(world: World) -> None:
    for system in ("sys_b", "sys_a"):
        world.system(system)
        world.report(system, {**PROMOTION, "at": ago(3)}, {**PROMOTION, "proposal_id": "P-1", "at": ago(4)})
    found = world.facts().outcomes
    assert [one.ref for one in found] == ["sys_a:P-1", "sys_b:P-1", "sys_a:PROP-023", "sys_b:PROP-023"]
    assert world.facts() == world.facts()
