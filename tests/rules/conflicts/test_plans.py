"""Plans as values: names for a second form, the chooser, steps and the way back, without a registry."""

from itertools import islice
from typing import Any

import pytest

from server.conflicts.engine import containment_engine
from server.conflicts.plans import (
    BrokenReader,
    Migration,
    Party,
    Recorded,
    Situation,
    coordinated_migration,
    migration_plans,
    readers_first,
    retire_after_readers,
    rollback_only,
    versioned_output,
    writer_first,
)
from server.conflicts.plans.endings import with_new_ending
from server.conflicts.plans.names import names_to_try, no_second_name, versioned_name
from server.model.change import FormatChange
from server.model.check import Resolution, Strategy
from server.model.tier import SHADOW_DAYS, Tier

NUMBER: dict[str, Any] = {"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}}
TEXT: dict[str, Any] = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}


def situation_with(readers: int, **party: Any) -> Situation:
    parties = tuple(Party(f"sys_{number}", f"CTR-{number}", "0123", **party) for number in range(1, readers + 1))
    return Situation("sys_w", "sys_1", "/x.json", "v2", Tier.PRODUCTION, (Recorded("CTR-0", "4567"),), "4567", parties)


def chosen(situation: Situation, *, before: Any = NUMBER, after: Any = TEXT, new_name: str = "") -> Resolution:
    readers = tuple(BrokenReader(party, NUMBER, before, after, None, "there is none.") for party in situation.readers)
    migration = Migration(situation, readers, new_name, "" if new_name else "It can't be written twice.")
    return migration_plans(migration, containment_engine())[0]


@pytest.mark.parametrize(
    "resource", ["/x.json", "~/cache/", "s3://bucket/x.json", "sqlite:///app.db#orders", "redis://h/0#key", "https://h/v1/x", "C:\\data\\x"]
)  # fmt: skip
def test_con_04_what_can_have_a_second_name_can_be_written_twice(resource: str) -> None:
    assert no_second_name(resource) == ""


@pytest.mark.parametrize(
    "resource", ["stdin", "-", "stdout:", "/dev/stdout", "kafka://b/t", "mqtt://b/t", "postgresql://h/db", "https://h/x", "service://x", "grpc://h/S"]
)  # fmt: skip
def test_con_04_what_has_one_name_only_can_not(resource: str) -> None:
    assert resource in no_second_name(resource)


@pytest.mark.parametrize(
    ("resource", "version", "names"),
    [
        ("/d/x.json", "v2", ["/d/x_v3.json", "/d/x_v4.json", "/d/x_v5.json", "/d/x_v6.json", "/d_v3/x.json"]),
        ("~/x.json", "", ["~/x_v2.json", "~/x_v3.json", "~/x_v4.json", "~/x_v5.json"]),
        ("sqlite:///a.db#t", "", ["sqlite:///a.db#t_v2", "sqlite:///a.db#t_v3"]),
        ("https://h/v1/scores", "", ["https://h/v2/scores", "https://h/v3/scores"]),
    ],
)
def test_con_04_names_are_tried_from_the_nearest_on(resource: str, version: str, names: list[str]) -> None:
    assert list(islice(names_to_try(resource, version), len(names))) == names
    assert versioned_name(resource, version) == names[0]


def test_con_04_the_order_of_preference_decides_and_every_better_strategy_has_its_reason() -> None:
    everything = [
        chosen(situation_with(1), new_name="/x_v3.json"),
        chosen(situation_with(3)),
        chosen(situation_with(4)),
        chosen(situation_with(1, registered=False)),
    ]
    assert [plan.strategy for plan in everything] == [
        Strategy.VERSIONED_OUTPUT,
        Strategy.COORDINATED_MIGRATION,
        Strategy.SEQUENTIAL_DEPLOY,
        Strategy.ROLLBACK_ONLY,
    ]
    for plan in everything:
        order = list(Strategy)
        assert [one.strategy for one in plan.rejected_strategies] == order[: order.index(plan.strategy)]
        assert all(one.reason for one in plan.rejected_strategies)


def test_con_04_readers_go_first_only_where_accepting_both_forms_is_proved() -> None:
    many = situation_with(4)
    assert chosen(many).strategy is Strategy.SEQUENTIAL_DEPLOY
    remote = {"$ref": "https://example.com/elsewhere.json"}
    for unproved in (chosen(many, before=remote), chosen(many, after=None)):
        assert unproved.strategy is Strategy.ROLLBACK_ONLY
    draft_7 = {"$schema": "http://json-schema.org/draft-07/schema#", **TEXT}
    assert chosen(many, after=draft_7).strategy is Strategy.ROLLBACK_ONLY  # no one schema holds both dialects


def test_con_05_the_way_back_says_what_of_it_is_proved() -> None:
    assert "Proved" in chosen(situation_with(1)).rollback_plan
    assert "not proved" in chosen(situation_with(1), before=TEXT).rollback_plan
    assert "not proved" in chosen(situation_with(1), before=None).rollback_plan


@pytest.mark.parametrize("readers", [1, 2, 5, 6])
@pytest.mark.parametrize("way", ["versioned", "coordinated", "sequential", "retire"])
def test_con_05_every_way_says_who_does_what_when_and_how_it_is_undone(way: str, readers: int) -> None:
    situation = situation_with(readers)
    plan = {
        "versioned": lambda: versioned_output(situation),
        "coordinated": lambda: coordinated_migration(situation, rejected=()),
        "sequential": lambda: readers_first(situation, rejected=()),
        "retire": lambda: retire_after_readers(situation, what="/x.json"),
    }[way]()
    assert plan.requires_changes_in == ("sys_w", *(f"sys_{number}" for number in range(1, readers + 1)))
    named = readers if readers <= 5 else 1
    assert {step.owner for step in plan.plan} == set(plan.requires_changes_in[: named + 1])
    back = [(step.system_id, step.action, step.contract_id, step.schema_hash) for step in plan.rollback]
    assert back == [
        ("sys_w", "restore_output", "CTR-0", "4567"),
        *((f"sys_{number}", "restore_reader", f"CTR-{number}", "0123") for number in range(named, 0, -1)),
        ("sys_w", "restore_contract", "CTR-0", "4567"),
    ]
    assert plan.steps == tuple(f"{step.step}. {step.description}" for step in plan.plan)
    assert plan.estimated_duration_days >= SHADOW_DAYS[Tier.PRODUCTION]
    assert ("the other 5 readers" in " ".join(plan.steps)) == (readers == 6)


def test_con_04_readers_are_counted_side_by_side_and_not_one_after_the_other() -> None:
    one, five = versioned_output(situation_with(1)), versioned_output(situation_with(5))
    assert one.estimated_duration_days == five.estimated_duration_days == 14
    assert [step.duration_days for step in one.plan] == [0, 7, 0, 7, 0]
    assert [step.duration_days for step in five.plan] == [0, 7, 7, 7, 7, 7, 7, 0]


def test_con_05_where_only_one_side_changes_only_that_side_goes_back() -> None:
    alone = rollback_only(situation_with(2), rejected=())
    assert (alone.requires_changes_in, [step.system_id for step in alone.rollback]) == (("sys_w",), ["sys_w"])
    tightened = writer_first(situation_with(1), proof="Proved: it is narrower.")
    assert [step.system_id for step in tightened.rollback] == ["sys_1", "sys_w", "sys_w"]
    assert [step.action for step in tightened.rollback] == ["restore_reader", "restore_output", "restore_contract"]
    assert tightened.description.endswith("Proved: it is narrower.")


@pytest.mark.parametrize(
    ("name", "change", "new"),
    [
        ("~/prices_v2.json", {"container": "CSV"}, "~/prices_v2.csv"),
        ("~/prices_v2.json", {"media_type": "application/vnd.apache.parquet"}, "~/prices_v2.parquet"),
        ("~/prices_v2.json.gz", {"container": "csv"}, "~/prices_v2.csv"),
        ("~/prices_v2.json", {"container": "csv", "encoding": "gzip"}, "~/prices_v2.csv.gz"),
        ("~/prices_v2.json", {"naming": "prices-{date}.md"}, "~/prices_v2.md"),
        ("~/prices_v2.yml", {"container": "yaml"}, "~/prices_v2.yml"),
        ("~/prices_v2.json", {"container": "something else"}, "~/prices_v2.json"),
        ("~/prices_v2.json", {"encoding": "utf-16"}, "~/prices_v2.json"),
        ("~/prices_v2/", {"container": "csv"}, "~/prices_v2/"),
        ("sqlite:///data.db#prices_v2", {"container": "csv"}, "sqlite:///data.db#prices_v2"),
        ("~/prices_v2.json", None, "~/prices_v2.json"),
    ],
)
def test_con_04_a_second_file_of_another_format_ends_as_its_own_format_does(
    name: str, change: dict[str, Any] | None, new: str
) -> None:
    assert with_new_ending(name, None if change is None else FormatChange.model_validate(change)) == new
