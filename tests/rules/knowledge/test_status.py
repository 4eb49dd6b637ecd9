"""What has become of an entry, by the answers of those whom it is for (LRN-5)."""

from collections.abc import Sequence

import pytest

from server.knowledge.adoption.status import answered, standing, status_of
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus, KnowledgeType, Response, Transfer

ACTIVE, ADOPTED = KnowledgeStatus.ACTIVE, KnowledgeStatus.ADOPTED
DECLINED, SUPERSEDED = KnowledgeStatus.DECLINED, KnowledgeStatus.SUPERSEDED


@pytest.mark.parametrize(
    ("applies", "adopted", "declined", "status"),
    [
        (["b", "c"], [], [], ACTIVE),
        (["b", "c"], ["b"], [], ACTIVE),
        (["b", "c"], ["b", "c"], [], ADOPTED),
        (["b", "c"], ["b"], ["c"], ACTIVE),
        (["b", "c"], [], ["b", "c"], DECLINED),
        (["b", "c"], ["d"], [], ACTIVE),
        (["b"], ["b", "d"], [], ADOPTED),
        (["b"], [], ["b", "d"], DECLINED),
        ([], ["d"], [], ACTIVE),
        ([], [], [], ACTIVE),
    ],
)
def test_lrn_05_all_have_adopted_or_declined_it_or_it_is_active(
    applies: Sequence[str], adopted: Sequence[str], declined: Sequence[str], status: KnowledgeStatus
) -> None:
    assert status_of(applies, adopted, declined) is status
    assert status_of(applies, adopted, declined, superseded_by="SK-009") is SUPERSEDED


def test_nobody_waits_for_archived_systems() -> None:
    assert status_of(["b", "c"], ["b"], [], gone=["c"]) is ADOPTED
    assert status_of(["b", "c"], [], [], gone=["b", "c"]) is ACTIVE


def entry(**members: object) -> KnowledgeEntry:
    usual = {"id": "SK-001", "type": KnowledgeType.TRANSFERABLE_FIX, "title": "t", "description": "d"}
    days = {"source_system": "a", "created": "2026-04-01", "expires": "2026-06-30"}
    return KnowledgeEntry.model_validate({**usual, **days, "applicable_to": ("b", "c"), **members})


def said(system: str, decision: Response, at: str = "2026-04-02") -> Transfer:
    return Transfer(system=system, decision=decision, at=at)


def test_lrn_05_a_later_answer_of_a_system_stands_in_place_of_its_first() -> None:
    first = answered(entry(), said("b", Response.DECLINE))
    assert (first.declined_by, first.adopted_by, first.status) == (("b",), (), ACTIVE)
    both = answered(first, said("c", Response.DECLINE))
    assert both.status is DECLINED
    changed = answered(both, said("b", Response.ADOPT, "2026-04-09"))
    assert (changed.declined_by, changed.adopted_by, changed.status) == (("c",), ("b",), ACTIVE)
    assert [(one.system, one.decision) for one in changed.transfers] == [("c", "DECLINE"), ("b", "ADOPT")]


def test_an_adopter_that_a_file_told_of_stays_one() -> None:
    imported = entry(adopted_by=("b",), status="ACTIVE")
    assert answered(imported, said("c", Response.ADOPT)).status is ADOPTED


def test_lrn_05_a_system_that_it_comes_to_apply_to_opens_it_again() -> None:
    adopted = entry(adopted_by=("b", "c"), status="ADOPTED")
    assert standing(adopted) is ADOPTED
    assert standing(adopted.model_copy(update={"applicable_to": ("b", "c", "d")})) is ACTIVE
    assert standing(entry(status="SUPERSEDED", adopted_by=("b", "c"))) is SUPERSEDED
