"""Which systems need attention, and what a system is told with its reports (LRN-5)."""

import pytest

from server.knowledge.adoption.attention import PERIOD, needing_attention
from server.knowledge.adoption.reminding import directives_for

NOW = 10 * PERIOD
DAY = PERIOD // 30


def listed(*ages: float, engine: bool | None = True) -> list[str]:
    waiting = [("sys_b", NOW - round(age * DAY)) for age in ages]
    return [one["system"] for one in needing_attention(waiting, now=NOW, has_engine=lambda system: engine)]


@pytest.mark.parametrize(
    ("ages", "attention"),
    [
        ((30, 30, 30), True), ((31, 45, 60), True), ((29, 30, 31), False), ((29.999, 30, 30), False),
        ((30, 30), False), ((30, 30, 30, 1), True), ((), False),
    ],
)  # fmt: skip
def test_lrn_05_three_entries_without_an_answer_for_thirty_days_need_attention(
    ages: tuple[float, ...], attention: bool
) -> None:
    assert bool(listed(*ages)) is attention


def test_lrn_05_the_reason_is_the_sources_and_of_who_has_no_engine_it_says_so() -> None:
    waiting = [(system, 0) for system in ("sys_c", "sys_b", "sys_gone") for _ in range(4)]
    found = needing_attention(waiting, now=NOW, has_engine={"sys_b": True, "sys_c": False}.get)
    assert found == [
        {
            "system": "sys_b",
            "reason": "Has not adopted 4 applicable shared knowledge entries. "
            "Evolution engine may not be consuming shared_knowledge.json.",
        },
        {
            "system": "sys_c",
            "reason": "Has not adopted 4 applicable shared knowledge entries. "
            "It has no evolution engine: somebody has to answer for it.",
        },
    ]


def test_a_system_whose_entry_did_harm_needs_attention_and_is_listed_once() -> None:
    waiting = [("sys_b", 0)] * 3
    engines = {"sys_a": False, "sys_b": True}
    retests = [("sys_b", "SK-002"), ("sys_a", "SK-001"), ("sys_gone", "SK-009")]
    found = needing_attention(waiting, now=NOW, has_engine=engines.get, retests=retests)
    assert [one["system"] for one in found] == ["sys_a", "sys_b"]
    assert found[0]["reason"] == "What it shared did harm elsewhere and has to be tested again: SK-001."
    assert found[1]["reason"].startswith("Has not adopted 3")
    assert found[1]["reason"].endswith("SK-002.")


def test_lrn_05_only_a_system_with_an_evolution_engine_is_reminded_and_a_retest_is_told_to_any() -> None:
    rows = [("answer", "SK-002", "transferable_fix"), ("retest", "SK-001", "")]
    assert [one["id"] for one in directives_for(rows, has_engine=True)] == ["SK-001:retest", "SK-002:answer"]
    assert [one["id"] for one in directives_for(rows, has_engine=False)] == ["SK-001:retest"]


def test_a_directive_names_the_entry_and_both_tools_in_our_words() -> None:
    (told,) = directives_for([("answer", "SK-002", "anti_pattern")], has_engine=True)
    assert set(told) == {"id", "kind", "proposal_id", "text"}
    assert (told["kind"], told["proposal_id"]) == ("answer_knowledge", "")
    assert all(word in told["text"] for word in ("SK-002", "find_knowledge", "respond_to_knowledge"))


def test_of_an_anti_pattern_a_system_is_asked_whether_it_keeps_to_it_and_of_a_fix_to_propose_its_own_form() -> None:
    rows = [("answer", "SK-001", "anti_pattern"), ("answer", "SK-002", "transferable_fix")]
    warning, fix = (one["text"] for one in directives_for(rows, has_engine=True))
    assert "warns" in warning
    assert "submit_proposal" not in warning
    assert "submit_proposal with knowledge_id" in fix
