"""The severity table and the tier matrix, row by row."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.conflicts.plans import Situation, retire_after_readers, versioned_name, versioned_output, writer_first
from server.conflicts.rulebook import RULES, rule_named
from server.conflicts.severity import Hold, Item, rule_over, schema_rule
from server.model.check import Mode, Strategy, Verdict
from server.model.tier import Severity, Tier, strictest

BLOCKING = dict.fromkeys(Tier, Mode.BLOCKING)
M, P, E = Tier.MISSION_CRITICAL, Tier.PRODUCTION, Tier.EXPERIMENTAL
L, D, H, C = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
CLEAR, REVIEW, CONFLICT = Verdict.CLEAR, Verdict.REVIEW_REQUIRED, Verdict.CONFLICT_DETECTED
ON, IN_REVIEW, BLOCKED = Hold.GOES_ON, Hold.IN_REVIEW, Hold.BLOCKED

MATRIX = [
    *((M, severity, CONFLICT, BLOCKED) for severity in (D, H, C)),
    (M, L, CLEAR, ON),
    (M, None, REVIEW, IN_REVIEW),
    (P, L, CLEAR, ON),
    (P, D, REVIEW, IN_REVIEW),
    (P, H, CONFLICT, BLOCKED),
    (P, C, CONFLICT, BLOCKED),
    (P, None, REVIEW, IN_REVIEW),
    (E, L, CLEAR, ON),
    (E, D, REVIEW, ON),
    (E, H, REVIEW, ON),
    (E, C, CONFLICT, BLOCKED),
    (E, None, REVIEW, ON),
]


@pytest.mark.parametrize(("tier", "severity", "verdict", "hold"), MATRIX)
def test_every_cell_of_the_tier_matrix(tier: Tier, severity: Severity | None, verdict: Verdict, hold: Hold) -> None:
    ruling = rule_over([Item(tier, severity)], BLOCKING, E)
    assert (ruling.verdict, ruling.hold, ruling.blocks) == (verdict, hold, hold is not ON)


ITEMS = st.lists(st.builds(Item, st.sampled_from(Tier), st.sampled_from([None, *Severity])), max_size=6)


@given(ITEMS, ITEMS)
def test_one_more_item_never_makes_the_verdict_milder(some: list[Item], more: list[Item]) -> None:
    order = [CLEAR, REVIEW, CONFLICT]
    fewer, all_of_them = rule_over(some, BLOCKING, P), rule_over([*some, *more], BLOCKING, P)
    assert order.index(all_of_them.verdict) >= order.index(fewer.verdict)
    assert all_of_them.blocks or not fewer.blocks


@given(ITEMS)
def test_advisory_mode_keeps_the_verdict_and_holds_nothing(items: list[Item]) -> None:
    advisory = rule_over(items, dict.fromkeys(Tier, Mode.ADVISORY), P)
    assert advisory.verdict is rule_over(items, BLOCKING, P).verdict
    assert not advisory.blocks


def test_nothing_found_is_clear() -> None:
    assert rule_over([], BLOCKING, M).verdict is CLEAR


@pytest.mark.parametrize(
    ("declared", "in_musts", "keyword", "rule"),
    [
        (True, True, "required", "schema.required-read"),
        (True, True, "enum", "schema.value-set-extended"),
        (True, False, "type", "schema.optional-read"),
        (False, True, "required", "schema.always-present"),
        (False, True, "type", "schema.always-present"),
        (False, True, "maximum", "schema.undeclared"),
        (False, False, "type", "schema.undeclared"),
    ],
)
def test_a_schema_break_falls_into_one_row(declared: bool, in_musts: bool, keyword: str, rule: str) -> None:
    assert schema_rule(declared=declared, in_musts=in_musts, keyword=keyword).id == rule


def test_rule_ids_are_unique_and_each_rule_has_an_example() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule_named(rule.id) is rule
        assert rule.example
        assert rule.says.endswith(".")


def test_the_stricter_tier_counts() -> None:
    assert strictest([E, M, P]) is M
    assert strictest([]) is P


@pytest.mark.parametrize(
    ("resource", "version", "new"),
    [
        ("~/outputs/signals.json", "v2", "~/outputs/signals_v3.json"),
        ("~/outputs/signals_v3.json", "v3", "~/outputs/signals_v4.json"),
        ("~/cache/market_data/", "", "~/cache/market_data_v2/"),
        ("sqlite:///app.db#orders", "1.9", "sqlite:///app.db#orders_v2"),
        ("service://cart", "", "service://cart_v2"),
        (".env", "", ".env_v2"),
    ],
)
def test_the_new_form_has_a_name_of_its_own(resource: str, version: str, new: str) -> None:
    assert versioned_name(resource, version) == new


@pytest.mark.parametrize("tier", Tier)
def test_every_plan_names_who_changes_and_how_all_of_it_is_undone(tier: Tier) -> None:
    situation = Situation("sys_a", "sys_b", "~/x.json", "v2", tier)
    for plan in (
        versioned_output(situation),
        retire_after_readers(situation, what="~/x.json"),
        writer_first(situation),
    ):
        assert plan.requires_changes_in == ("sys_a", "sys_b")
        assert "under 5 minutes" in plan.rollback_plan
        assert [step.split(".")[0] for step in plan.steps] == [str(n + 1) for n in range(len(plan.steps))]
        better = list(Strategy)[: list(Strategy).index(plan.strategy)]
        assert [rejected.strategy for rejected in plan.rejected_strategies] == better


def test_a_mission_critical_migration_takes_the_sources_three_weeks() -> None:
    assert versioned_output(Situation("a", "b", "x.json", "v2", M)).estimated_duration_days == 21


def test_a_row_an_item_and_a_ruling_never_change() -> None:
    for value, field in ((RULES[0], "severity"), (Item(M, C), "tier"), (rule_over([], BLOCKING, P), "verdict")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field, None)
