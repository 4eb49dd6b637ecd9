"""How two open proposals stand to each other: alone, one after the other, and in the other order (CON-14)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.conflicts.engine import containment_engine
from server.conflicts.judge import judge
from server.conflicts.question import Answer, Circumstances, OpenProposal
from server.model.change import Change
from server.model.check import Mode, Relation, Verdict
from server.model.system import StoredSystem, System
from server.model.tier import Tier
from server.registry.map import RegistryMap

FILE = "/out/signals.json"
SCHEMA = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {"ticker": {"type": "string"}, "score": {"type": "number", "minimum": 0, "maximum": 100}},
}
WRITER: dict[str, Any] = {
    "id": "sys_writer",
    "tier": "PRODUCTION",
    "writes_to": [{"resource": FILE, "consumers": ["sys_reader"]}],
    "contracts": [{"contract_id": "CTR-1", "type": "PRODUCER", "resource": FILE, "schema": SCHEMA}],
}
READER: dict[str, Any] = {
    "id": "sys_reader",
    "tier": "PRODUCTION",
    "reads_from": [{"resource": FILE}],
    "contracts": [
        {
            "contract_id": "CTR-2",
            "type": "CONSUMER",
            "counterparty": "sys_writer",
            "resource": FILE,
            "reader_schema": {
                "type": "object",
                "required": ["score"],
                "properties": {"score": {"type": "number", "minimum": -10, "maximum": 100}},
            },
        }
    ],
}


def registry_of(*documents: dict[str, Any]) -> RegistryMap:
    """A registry of these systems, in which every resource goes by the name it is written with."""
    systems = [System.model_validate(document) for document in documents]
    return RegistryMap(StoredSystem(system=one, version=1, revision=1) for one in systems)


def range_of(low: float, high: float) -> dict[str, Any]:
    """A change of the writer: scores in this range, and no others, from now on."""
    score = {"type": "number", "minimum": low, "maximum": high}
    return {"patch": [{"op": "replace", "path": "/properties/score", "value": score}]}


def accepting(low: float, high: float) -> dict[str, Any]:
    """A change of the reader: scores in this range are accepted from now on."""
    score = {"type": "number", "minimum": low, "maximum": high}
    return {"reader_schema": {"type": "object", "required": ["score"], "properties": {"score": score}}}


def judged(
    mine: dict[str, Any],
    other: dict[str, Any],
    *,
    source: str = "sys_writer",
    theirs: str = "sys_reader",
    registry: RegistryMap | None = None,
) -> tuple[Answer, Verdict]:
    """The judgement on a change while another proposal is open."""
    registry = registry or registry_of(WRITER, READER)
    opened = OpenProposal("PROP-002", 1, theirs, ((Change.model_validate({"resource": FILE, **other}), FILE),))
    circumstances = Circumstances(
        containment_engine(), dict.fromkeys(Tier, Mode.BLOCKING), datetime(2026, 4, 5, tzinfo=UTC), (opened,)
    )
    change = Change.model_validate({"resource": FILE, **mine})
    answer, ruling = judge(registry, registry.systems[source], [(change, FILE)], circumstances)
    assert registry.systems["sys_writer"].system.contracts[0].terms == SCHEMA, "what was supposed is gone again"
    return answer, ruling.verdict


def test_con_14_two_proposals_that_are_safe_alone_and_break_together_exclude_each_other() -> None:
    answer, verdict = judged(range_of(-5, 100), accepting(0, 100))
    (relation,) = answer.in_flight
    assert (relation.relation, relation.proposal_id, relation.order) == (Relation.EXCLUSIVE, "PROP-002", ())
    ((_, conflict),) = answer.conflicts
    assert conflict.with_proposal == "PROP-002"
    assert conflict.affected_system == "sys_reader"
    assert -5 <= conflict.witness["score"] < 0
    assert verdict is Verdict.CONFLICT_DETECTED


def test_con_14_the_same_two_exclude_each_other_from_the_reader_s_side() -> None:
    answer, verdict = judged(accepting(0, 100), range_of(-5, 100), source="sys_reader", theirs="sys_writer")
    assert answer.in_flight[0].relation is Relation.EXCLUSIVE
    assert answer.conflicts[0][1].with_proposal == "PROP-002"
    assert verdict is Verdict.CONFLICT_DETECTED


def test_con_14_a_change_that_breaks_alone_and_not_after_another_depends_on_it() -> None:
    answer, verdict = judged(range_of(-50, 100), accepting(-50, 100))
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.DEPENDS_ON, ("PROP-002", ""))
    assert "once PROP-002" in relation.reason
    assert verdict is Verdict.CONFLICT_DETECTED, "it is not in yet"


def test_con_14_what_another_proposal_waits_for_goes_first() -> None:
    answer, verdict = judged(range_of(50, 60), accepting(50, 100))
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.ORDER_DEPENDENT, ("", "PROP-002"))
    assert verdict is Verdict.CLEAR
    assert any("only order" in note for note in answer.notes)


def test_con_14_a_patch_that_would_take_away_what_an_open_one_changes_lets_it_go_first() -> None:
    rename = {"patch": [{"op": "move", "from": "/properties/ticker", "path": "/properties/symbol"}]}
    describe = {"patch": [{"op": "add", "path": "/properties/ticker/description", "value": "Symbol"}]}
    answer, verdict = judged(rename, describe, theirs="sys_writer")
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.ORDER_DEPENDENT, ("PROP-002", ""))
    assert [item.facet for _, item in answer.undecided] == ["in_flight"]
    assert verdict is Verdict.REVIEW_REQUIRED


def test_con_14_a_patch_whose_ground_an_open_one_takes_away_goes_to_a_person_with_the_order() -> None:
    rename = {"patch": [{"op": "move", "from": "/properties/ticker", "path": "/properties/symbol"}]}
    describe = {"patch": [{"op": "add", "path": "/properties/ticker/description", "value": "Symbol"}]}
    answer, verdict = judged(describe, rename, theirs="sys_writer")
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.ORDER_DEPENDENT, ("", "PROP-002"))
    assert "before PROP-002" in answer.undecided[0][1].reason
    assert verdict is Verdict.REVIEW_REQUIRED


def test_con_14_patches_that_do_not_commute_exclude_each_other() -> None:
    answer, verdict = judged(range_of(0, 50), range_of(0, 60), theirs="sys_writer")
    assert answer.in_flight[0].relation is Relation.EXCLUSIVE
    assert verdict is Verdict.REVIEW_REQUIRED


@pytest.mark.parametrize(
    "other",
    [
        {"patch": [{"op": "add", "path": "/properties/note", "value": {"type": "string"}}]},
        {"patch": [{"op": "add", "path": "/required/-", "value": "ticker"}]},
    ],
)
def test_con_14_patches_beside_each_other_are_independent(other: dict[str, Any]) -> None:
    mine = {"patch": [{"op": "add", "path": "/properties/mood", "value": {"type": "string"}}]}
    answer, verdict = judged(mine, other, theirs="sys_writer")
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.INDEPENDENT, ())
    assert (answer.conflicts, answer.undecided, verdict) == ([], [], Verdict.CLEAR)


RENAME = {"patch": [{"op": "move", "from": "/properties/score", "path": "/properties/points"}]}


@pytest.mark.parametrize("path", ["/score", "score", "/*/score"])
def test_con_14_a_meaning_told_of_a_place_that_an_open_rename_takes_away_goes_first(path: str) -> None:
    told = {"semantics": [{"path": path, "unit": "percent"}]}
    unread = {**WRITER, "writes_to": [{"resource": FILE, "consumers": []}]}
    answer, verdict = judged(told, RENAME, theirs="sys_writer", registry=registry_of(unread))
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.ORDER_DEPENDENT, ("", "PROP-002"))
    assert f"{path} is no longer there" in relation.reason
    assert verdict is Verdict.REVIEW_REQUIRED
    answer, _ = judged(RENAME, told, theirs="sys_writer", registry=registry_of(unread))
    assert answer.in_flight[0].order == ("PROP-002", "")


@pytest.mark.parametrize("path", ["/ticker", "", "/never/named"])
def test_con_14_a_meaning_told_of_another_place_than_an_open_rename_is_independent(path: str) -> None:
    told = {"semantics": [{"path": path, "unit": "percent"}]}
    unread = {**WRITER, "writes_to": [{"resource": FILE, "consumers": []}]}
    answer, _ = judged(told, RENAME, theirs="sys_writer", registry=registry_of(unread))
    assert answer.in_flight[0].relation is Relation.INDEPENDENT


def test_con_14_proposals_on_other_resources_are_not_mentioned() -> None:
    registry = registry_of(WRITER, READER)
    opened = OpenProposal("PROP-002", 1, "sys_reader", ((Change(resource="/else.json", removes=True), "/else.json"),))
    circumstances = Circumstances(
        containment_engine(), dict.fromkeys(Tier, Mode.BLOCKING), datetime(2026, 4, 5, tzinfo=UTC), (opened,)
    )
    change = Change.model_validate({"resource": FILE, **range_of(0, 50)})
    answer, _ = judge(registry, registry.systems["sys_writer"], [(change, FILE)], circumstances)
    assert answer.in_flight == []


def test_con_14_what_a_removal_would_make_pointless_goes_before_it() -> None:
    answer, _ = judged(accepting(-20, 100), {"removes": True}, source="sys_reader", theirs="sys_writer")
    (relation,) = answer.in_flight
    assert (relation.relation, relation.order) == (Relation.ORDER_DEPENDENT, ("", "PROP-002"))
    assert "no longer be written" in relation.reason


def test_con_14_a_removal_and_a_new_reader_of_what_goes_exclude_each_other() -> None:
    unread = {**WRITER, "writes_to": [{"resource": FILE, "consumers": []}]}
    newcomer = {"id": "sys_reader", "tier": "PRODUCTION"}
    answer, verdict = judged({"removes": True}, {"reads": ["/score"]}, registry=registry_of(unread, newcomer))
    assert answer.in_flight[0].relation is Relation.EXCLUSIVE
    ((_, conflict),) = answer.conflicts
    assert (conflict.rule, conflict.affected_system) == ("removal.required", "sys_reader")
    assert verdict is Verdict.CONFLICT_DETECTED
