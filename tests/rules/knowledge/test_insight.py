"""Which resolved patterns, and which fragile contracts, are of one shape (LRN-2, its second half)."""

import pytest

from server.knowledge.gathering.facts import Standing
from server.model.knowledge import KnowledgeType
from tests.rules.knowledge.experience import UNTIL, drafts, facts

INSIGHT = KnowledgeType.ARCHITECTURAL_INSIGHT


def standing(ref: str, kind: str, systems: str, subject: str, *resources: str, resolved: bool = True) -> Standing:
    return Standing(ref, kind, tuple(systems), UNTIL - 9, subject, resources, f"Look at {systems[0]}.", resolved)


CASCADE = (
    standing("XPAT-001", "cascading_failure", "ab", "stale_data", "prices.json"),
    standing("XPAT-004", "cascading_failure", "cd", "stale-data", "quotes.json"),
)


def test_lrn_02_two_resolved_patterns_of_one_shape_make_an_insight() -> None:
    (draft,) = drafts(facts(standing=CASCADE, active=[("e", "stale_data", 5)]), INSIGHT)
    assert draft.title == '2 resolved cascading failure patterns of one shape: "stale-data"'
    assert draft.rests_on == ("XPAT-001", "XPAT-004")
    assert draft.suggested_adaptation == "Look at c."
    assert draft.applicable_to == ("e",)
    assert (draft.e_value, draft.independent_systems) == (1, 2)


def test_lrn_02_one_resolved_pattern_is_no_insight_and_neither_are_active_ones() -> None:
    active = standing("XPAT-005", "cascading_failure", "ef", "stale_data", "q.json", resolved=False)
    assert not drafts(facts(standing=(CASCADE[0], active)), INSIGHT)


@pytest.mark.parametrize(
    "other",
    [
        standing("XPAT-006", "contention", "cd", "stale_data", "other.json"),
        standing("XPAT-007", "cascading_failure", "cd", "login_denied", "other.json"),
    ],
    ids=["of another kind", "about something else"],
)
def test_lrn_02_other_patterns_are_of_another_shape(other: Standing) -> None:
    assert not drafts(facts(standing=(CASCADE[0], other)), INSIGHT)


def test_lrn_02_one_resource_makes_one_shape() -> None:
    other = standing("XPAT-008", "cascading_failure", "cd", "", "prices.json")
    assert len(drafts(facts(standing=(CASCADE[0], other)), INSIGHT)) == 1


def test_lrn_02_two_fragile_contracts_that_break_in_one_way_ask_for_a_redesign() -> None:
    fragile = [
        standing(ref, "fragile_contract", who, "field_removed", resolved=False)
        for ref, who in (("contract-1", "ab"), ("contract-2", "cd"))
    ]
    (draft,) = drafts(facts(standing=tuple(fragile)), INSIGHT)
    assert draft.title == '2 fragile contracts of one shape: "field_removed"'
    assert "contract-1 and contract-2" in draft.description
    other = standing("contract-2", "fragile_contract", "cd", "unit_changed", resolved=False)
    assert not drafts(facts(standing=(fragile[0], other)), INSIGHT)
