"""Plans through the surface: each strategy where it fits, why better ones do not, proven adapters, steps and the way back."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.conflicts.plans.adapters import adapt
from server.model.contract import schema_hash
from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio

RENAME = {"op": "move", "from": "/properties/score", "path": "/properties/rating"}
RETYPED: dict[str, Any] = copy.deepcopy(SIGNAL_SCHEMA)
RETYPED["properties"]["score"] = {"type": "string"}
READS = ["/ticker", "/score"]
RATED_AS_SCORE: dict[str, Any] = {
    "type": "object",
    "properties": {"score": {"type": "number"}, "ticker": {"type": "string"}},
}


async def register_pair(
    concord: Concord, resource: str, readers: int = 1, *, owner: str = "", capacity: dict[str, Any] | None = None
) -> None:
    """A writer of the resource, and so many readers of it."""
    names = [f"sys_reader_{number}" for number in range(1, readers + 1)]
    await concord.register(
        "sys_writer",
        writes_to=[{"resource": resource, "consumers": names}],
        contracts=[
            {
                "contract_id": "CTR-100",
                "type": "PRODUCER",
                "resource": resource,
                "schema": SIGNAL_SCHEMA,
                "capacity": capacity or {},
            }
        ],
    )
    for number, name in enumerate(names, 101):
        contract = {
            "contract_id": f"CTR-{number}",
            "type": "CONSUMER",
            "counterparty": "sys_writer",
            "resource": resource,
            "reads": READS,
        }
        await concord.register(name, owner=owner, reads_from=[resource], contracts=[contract])


async def plan_for(concord: Concord, **change: Any) -> dict[str, Any]:
    """The plan of the only conflict."""
    check = await concord.check(**change)
    (conflict,) = check["conflicts"]
    plan: dict[str, Any] = conflict["proposed_resolution"]
    return plan


def reasons(plan: dict[str, Any]) -> dict[str, str]:
    return {one["strategy"]: one["reason"] for one in plan["rejected_strategies"]}


async def test_con_04_a_file_is_written_in_both_forms_and_the_proven_adapter_makes_the_readers_step_executable(
    concord: Concord,
) -> None:
    await register_example(concord)
    check = await concord.check(resource=SIGNALS, patch=[RENAME])
    (conflict,) = check["conflicts"]
    plan = conflict["proposed_resolution"]
    assert (plan["strategy"], plan["rejected_strategies"]) == ("VERSIONED_OUTPUT", [])
    adapter = plan["adapter"]
    assert adapter["operations"] == [{"op": "move", "from": "/rating", "path": "/score"}]
    assert (adapter["proved"], adapter["rfc6902"], adapter["basis"]) == (True, True, "declared")
    read = Draft202012Validator(
        {"type": "object", "required": ["ticker", "score"], "properties": SIGNAL_SCHEMA["properties"]}
    )
    assert not read.is_valid(conflict["witness"])
    assert read.is_valid(adapt(adapter, conflict["witness"]))


async def test_con_04_the_nesting_of_the_source_is_undone_by_one_move(concord: Concord) -> None:
    await register_example(concord)
    adapter = (await plan_for(concord, resource=SIGNALS, new_schema=NESTED_SCHEMA))["adapter"]
    assert adapter["operations"] == [{"op": "move", "from": "/signal_data", "path": ""}]
    assert adapter["basis"] == "inferred"
    assert adapter["input_schema_hash"] == schema_hash(NESTED_SCHEMA)


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ("service://signals", "no version in its address"),
        ("https://signals.example.com/today", "no version in its address"),
        ("kafka://broker/signals", "queue or topic"),
        ("stdin", "pipe"),
        ("postgresql://db/trading", "whole database"),
    ],
)
async def test_con_04_an_adapter_stands_between_where_no_second_form_can_be_offered(
    concord: Concord, resource: str, why: str
) -> None:
    await register_pair(concord, resource)
    plan = await plan_for(concord, resource=resource, source_system="sys_writer", patch=[RENAME])
    assert plan["strategy"] == "ADAPTER_LAYER"
    assert list(reasons(plan)) == ["VERSIONED_OUTPUT"]
    assert why in reasons(plan)["VERSIONED_OUTPUT"]
    assert plan["adapter"]["operations"] == [{"op": "move", "from": "/rating", "path": "/score"}]
    assert [step["owner"] for step in plan["plan"]] == ["sys_reader_1", "sys_writer", "sys_writer"]


async def test_con_04_an_adapter_that_was_guessed_is_confirmed_by_the_writer_first(concord: Concord) -> None:
    await register_pair(concord, "service://signals")
    renamed: dict[str, Any] = copy.deepcopy(SIGNAL_SCHEMA)
    renamed["properties"]["rating"] = renamed["properties"].pop("score")
    renamed["required"] = ["ticker", "rating", "signal", "timestamp"]
    plan = await plan_for(concord, resource="service://signals", new_schema=renamed)
    assert (plan["strategy"], plan["adapter"]["basis"]) == ("ADAPTER_LAYER", "inferred")
    assert plan["plan"][0]["owner"] == "sys_writer"
    assert "confirms" in plan["plan"][0]["description"]
    assert plan["plan"][1]["entry_condition"] == "Step 1 is done."


async def test_con_04_an_address_with_a_version_gets_the_next_one(concord: Concord) -> None:
    await register_pair(concord, "https://signals.example.com/v1/today")
    plan = await plan_for(concord, resource="https://signals.example.com/v1/today", new_schema=RETYPED)
    assert plan["strategy"] == "VERSIONED_OUTPUT"
    assert "https://signals.example.com/v2/today" in plan["steps"][0]


async def test_con_04_few_readers_with_owners_change_at_one_moment_where_no_adapter_is_proved(concord: Concord) -> None:
    await register_pair(concord, "service://signals", 2, owner="Ada")
    check = await concord.check(resource="service://signals", new_schema=RETYPED)
    plan = check["conflicts"][0]["proposed_resolution"]
    assert plan["strategy"] == "COORDINATED_MIGRATION"
    assert "/score" in reasons(plan)["ADAPTER_LAYER"]
    assert "adapter" not in plan
    assert [step["owner"] for step in plan["plan"]] == [
        "sys_reader_1", "sys_reader_2", "sys_writer", "sys_reader_1", "sys_reader_2", "sys_writer",
    ]  # fmt: skip


@pytest.mark.parametrize(("readers", "owner", "why"), [(1, "", "names no owner"), (4, "Ada", "4 readers")])
async def test_con_04_else_the_readers_learn_both_forms_one_after_the_other(
    concord: Concord, readers: int, owner: str, why: str
) -> None:
    await register_pair(concord, "service://signals", readers, owner=owner)
    check = await concord.check(resource="service://signals", new_schema=RETYPED)
    plan = check["conflicts"][0]["proposed_resolution"]
    assert plan["strategy"] == "SEQUENTIAL_DEPLOY"
    assert plan["description"].startswith("Readers first")
    assert list(reasons(plan)) == ["VERSIONED_OUTPUT", "ADAPTER_LAYER", "COORDINATED_MIGRATION"]
    assert why in reasons(plan)["COORDINATED_MIGRATION"]
    assert [step["owner"] for step in plan["plan"][:readers]] == [f"sys_reader_{n}" for n in range(1, readers + 1)]


async def test_con_04_a_reader_that_nobody_can_tell_leaves_only_the_way_back(concord: Concord) -> None:
    await concord.register(
        "sys_writer",
        writes_to=[{"resource": "service://signals", "consumers": ["sys_ghost"]}],
        contracts=[{"type": "PRODUCER", "resource": "service://signals", "schema": SIGNAL_SCHEMA}],
    )
    for change in ({"new_schema": RETYPED}, {"removes": True}):
        plan = await plan_for(concord, resource="service://signals", **change)
        assert plan["strategy"] == "ROLLBACK_ONLY"
        assert len(plan["rejected_strategies"]) == 4
        assert "sys_ghost" in reasons(plan)["SEQUENTIAL_DEPLOY"]
        assert plan["requires_changes_in"] == ["sys_writer"]
        assert [step["action"] for step in plan["rollback"]] == ["restore_output"]


async def test_con_04_samples_alone_prove_no_order_of_steps(concord: Concord) -> None:
    await register_pair(concord, "service://signals")
    check = await concord.check(resource="service://signals", samples_after=[{"ticker": 1}])
    plan = check["conflicts"][0]["proposed_resolution"]
    assert plan["strategy"] == "ROLLBACK_ONLY"
    assert "samples" in reasons(plan)["ADAPTER_LAYER"]
    assert "samples" in reasons(plan)["SEQUENTIAL_DEPLOY"]


async def test_con_04_what_others_write_too_is_not_written_twice(concord: Concord) -> None:
    await register_pair(concord, "/shared/signals.json")
    await concord.register("sys_other", writes_to=["/shared/signals.json"])
    plan = await plan_for(concord, resource="/shared/signals.json", source_system="sys_writer", patch=[RENAME])
    assert plan["strategy"] == "ADAPTER_LAYER"
    assert "sys_other writes" in reasons(plan)["VERSIONED_OUTPUT"]


@pytest.mark.parametrize(
    ("capacity", "strategy"),
    [({"max_bytes": 1_000}, "ADAPTER_LAYER"), ({"max_bytes": 1_000, "bytes": 400}, "VERSIONED_OUTPUT")],
)
async def test_con_04_an_agreed_limit_counts_for_both_forms_together(
    concord: Concord, capacity: dict[str, Any], strategy: str
) -> None:
    await register_pair(concord, "/data/signals.json", capacity=capacity)
    plan = await plan_for(concord, resource="/data/signals.json", patch=[RENAME])
    assert plan["strategy"] == strategy
    assert [("max_bytes = 1000" in reason) for reason in reasons(plan).values()] == [True] * len(reasons(plan))


async def test_con_04_the_new_form_does_not_go_where_its_readers_would_take_it_for_the_old_one(
    concord: Concord,
) -> None:
    contract = {"type": "PRODUCER", "resource": "/data/signals.json", "schema": SIGNAL_SCHEMA}
    await concord.register("sys_writer", writes_to=["/data/signals.json"], contracts=[contract])
    await concord.register("sys_loader", reads_from=["/data/*.json"])
    plan = await plan_for(concord, resource="/data/signals.json", new_schema=RETYPED)
    assert plan["strategy"] == "VERSIONED_OUTPUT"
    assert "/data_v2/signals.json" in plan["steps"][0]
    await concord.register("sys_sweeper", reads_from=["/"])
    check = await concord.check(resource="/data/signals.json", new_schema=RETYPED)
    plan = check["conflicts"][0]["proposed_resolution"]
    assert "sys_sweeper" in reasons(plan)["VERSIONED_OUTPUT"]


@pytest.mark.parametrize("readers", [1, 2, 5])
async def test_con_05_the_plan_covers_everyone_and_goes_back_with_the_last_steps_system_first(
    concord: Concord, readers: int
) -> None:
    await register_pair(concord, "/data/signals.json", readers)
    check = await concord.check(resource="/data/signals.json", new_schema=RETYPED)
    kept = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
    plans = [conflict["proposed_resolution"] for conflict in kept["conflicts"]]
    names = [f"sys_reader_{number}" for number in range(1, readers + 1)]
    assert len(plans) == readers
    for plan in plans:
        assert plan == plans[0]
        assert plan["requires_changes_in"] == ["sys_writer", *names]
        assert {step["owner"] for step in plan["plan"]} == set(plan["requires_changes_in"])
        back = plan["rollback"]
        assert [step["step"] for step in back] == list(range(1, readers + 3))
        assert [step["system_id"] for step in back] == ["sys_writer", *reversed(names), "sys_writer"]
        assert [step["action"] for step in back] == [
            "restore_output",
            *["restore_reader"] * readers,
            "restore_contract",
        ]
        hashes = [step["schema_hash"] for step in back if step["action"] != "restore_reader"]
        assert hashes == [schema_hash(SIGNAL_SCHEMA)] * 2
        assert {step["contract_id"] for step in back} == {f"CTR-{number}" for number in range(100, 101 + readers)}
        assert "Proved: every document of the recorded form is accepted" in plan["rollback_plan"]


@pytest.mark.parametrize(
    "change",
    [
        {"resource": SIGNALS, "new_schema": NESTED_SCHEMA},
        {"resource": SIGNALS, "removes": True},
        {
            "source_system": "sys_dashboard",
            "changes": [{"resource": SIGNALS, "reader_schema": {"type": "object", "required": ["x"]}}],
        },
        {"source_system": "sys_signal_generator", "changes": [{"removes_dependency": "sys_data_pipeline"}]},
    ],
)
async def test_con_05_steps_are_numbered_owned_and_conditioned_and_every_system_has_a_way_back(
    concord: Concord, change: dict[str, Any]
) -> None:
    await register_example(concord)
    await concord.register("sys_report", reads_from=[SIGNALS], dependencies=["sys_data_pipeline"])
    check = await concord.check(**change)
    assert check["conflicts"]
    for conflict in check["conflicts"]:
        plan = conflict["proposed_resolution"]
        assert plan["steps"] == [f"{step['step']}. {step['description']}" for step in plan["plan"]]
        assert [step["step"] for step in plan["plan"]] == list(range(1, len(plan["plan"]) + 1))
        assert all(step["entry_condition"].endswith(".") for step in plan["plan"])
        days: dict[str, int] = {}
        for step in plan["plan"]:  # steps with one condition are done side by side
            days[step["entry_condition"]] = max(days.get(step["entry_condition"], 0), step["duration_days"])
        assert plan["estimated_duration_days"] == sum(days.values())
        assert {step["system_id"] for step in plan["rollback"]} == set(plan["requires_changes_in"])
        assert "under 5 minutes" in plan["rollback_plan"]
        assert "because" in plan["rollback_plan"]


async def test_con_05_the_schemas_that_are_put_back_are_those_on_record(concord: Concord) -> None:
    await register_example(concord)
    plan = await plan_for(concord, resource=SIGNALS, new_schema=NESTED_SCHEMA)
    contract = await concord.read("concord://contracts/CTR-001")
    assert {step["contract_id"] for step in plan["rollback"]} == {"CTR-001"}
    hashes = {step["schema_hash"] for step in plan["rollback"] if step["schema_hash"]}
    assert hashes == {schema_hash(SIGNAL_SCHEMA)}
    assert hashes.pop() in contract
    reads = [step["reads"] for step in plan["rollback"] if not step["schema_hash"]]
    assert reads
    assert all(path in contract for paths in reads for path in paths)


@pytest.mark.parametrize(
    ("says", "goes_back_to"),
    [
        ({"reads": READS}, {"schema_hash": "", "reads": READS}),
        ({"reader_schema": RATED_AS_SCORE}, {"schema_hash": schema_hash(RATED_AS_SCORE)}),
        ({"schema": RATED_AS_SCORE}, {"schema_hash": schema_hash(RATED_AS_SCORE)}),
        ({"schema": RATED_AS_SCORE, "reads": READS}, {"schema_hash": schema_hash(RATED_AS_SCORE), "reads": READS}),
        ({"max_age_seconds": 60}, {"schema_hash": schema_hash(SIGNAL_SCHEMA)}),
    ],
)
async def test_con_05_a_reader_goes_back_to_what_it_states_itself_and_to_the_form_of_today_where_it_states_nothing(
    concord: Concord, says: dict[str, Any], goes_back_to: dict[str, Any]
) -> None:
    await concord.register(
        "sys_writer",
        writes_to=["/data/signals.json"],
        contracts=[
            {"contract_id": "CTR-1", "type": "PRODUCER", "resource": "/data/signals.json", "schema": SIGNAL_SCHEMA}
        ],
    )
    speaks_of_age = {"contract_id": "CTR-2", "type": "CONSUMER", "resource": "/data/signals.json", "needs_by": "06:00"}
    speaks_of_form = {"contract_id": "CTR-3", "type": "CONSUMER", "resource": "/data/signals.json", **says}
    await concord.register("sys_reader", reads_from=["/data/signals.json"], contracts=[speaks_of_age, speaks_of_form])
    plan = await plan_for(concord, resource="/data/signals.json", new_schema=RETYPED)
    (back,) = [step for step in plan["rollback"] if step["action"] == "restore_reader"]
    named = "CTR-2" if "max_age_seconds" in says else "CTR-3"
    shown = {name: back[name] for name in ("contract_id", "schema_hash", "reads") if name in back}
    assert shown == {"contract_id": named, **goes_back_to}


async def test_con_04_readers_who_hold_to_different_contracts_are_in_one_plan(concord: Concord) -> None:
    other = {**SIGNAL_SCHEMA, "title": "Signals for the archive"}
    contracts = [
        {"contract_id": f"CTR-{number}", "type": "PRODUCER", "counterparty": reader, "resource": "/data/signals.json", "schema": schema}
        for number, reader, schema in ((1, "sys_a", SIGNAL_SCHEMA), (2, "sys_b", other))
    ]  # fmt: skip
    await concord.register("sys_writer", writes_to=["/data/signals.json"], contracts=contracts)
    await concord.register("sys_a", reads_from=["/data/signals.json"])
    await concord.register("sys_b", reads_from=["/data/signals.json"])
    check = await concord.check(resource="/data/signals.json", new_schema=RETYPED)
    one, two = [conflict["proposed_resolution"] for conflict in check["conflicts"]]
    assert one == two
    assert one["requires_changes_in"] == ["sys_writer", "sys_a", "sys_b"]
    restored = [
        (step["contract_id"], step["schema_hash"]) for step in one["rollback"] if step["action"] == "restore_contract"
    ]
    assert restored == [("CTR-1", schema_hash(SIGNAL_SCHEMA)), ("CTR-2", schema_hash(other))]


async def test_con_04_a_plan_for_many_readers_spells_out_one_readers_steps_and_counts_the_others(
    concord: Concord,
) -> None:
    await register_pair(concord, "/data/signals.json", 8)
    check = await concord.check(resource="/data/signals.json", new_schema=RETYPED)
    kept = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
    everyone = ["sys_writer", *(f"sys_reader_{number}" for number in range(1, 9))]
    restored = set()
    for conflict in kept["conflicts"]:
        plan = conflict["proposed_resolution"]
        assert plan["requires_changes_in"] == everyone
        assert {step["owner"] for step in plan["plan"]} == {"sys_writer", conflict["affected_system"]}
        assert "the other 7 readers" in " ".join(plan["steps"])
        assert all(name in plan["rollback_plan"] for name in everyone)
        restored |= {step["system_id"] for step in plan["rollback"]}
    assert restored == set(everyone)


@pytest.mark.parametrize("readers", [8, 30, 70])
async def test_con_04_an_answer_about_many_readers_keeps_the_worst_conflict_whole(
    concord: Concord, readers: int
) -> None:
    await register_pair(concord, "/data/signals.json", readers)
    check = await concord.check(resource="/data/signals.json", new_schema=RETYPED)
    assert len(json.dumps(check, separators=(",", ":"))) <= 4 * 8_000
    assert check["next"][0]["arguments"]["uri"] == f"concord://checks/{check['check_id']}"
    first, *others = check["conflicts"]
    assert {"plan", "rollback", "steps"} <= set(first["proposed_resolution"])
    for conflict in others:
        assert {"affected_system", "severity", "rule", "description"} <= set(conflict)
        assert conflict["proposed_resolution"] == {"strategy": "VERSIONED_OUTPUT", "estimated_duration_days": 14}
    told = check["notes"][-1]
    assert "record only" in told
    assert len(others) + 1 == readers or f"of {readers} conflicts are shown" in told


async def test_con_04_a_reader_with_two_contracts_gets_the_adapter_for_each_of_them(concord: Concord) -> None:
    await register_pair(concord, "service://signals", 0)
    reading = {"type": "CONSUMER", "resource": "service://signals"}
    contracts: list[dict[str, Any]] = [
        {**reading, "contract_id": "CTR-201", "reads": ["/score"]},
        {**reading, "contract_id": "CTR-202", "reader_schema": {**RATED_AS_SCORE, "required": ["score", "ticker"]}},
    ]
    await concord.register("sys_reader", reads_from=["service://signals"], contracts=contracts)
    check = await concord.check(resource="service://signals", source_system="sys_writer", patch=[RENAME])
    hashes = set()
    for conflict in check["conflicts"]:
        plan = conflict["proposed_resolution"]
        assert plan["strategy"] == "ADAPTER_LAYER"
        hashes.add(plan["adapter"]["output_schema_hash"])
        read = {"CTR-201": {"required": ["score"]}, "CTR-202": contracts[1]["reader_schema"]}[
            conflict["affected_contract"]
        ]
        assert Draft202012Validator(read).is_valid(adapt(plan["adapter"], conflict["witness"]))
    assert len(hashes) == 2


async def test_con_04_a_reader_that_asks_for_more_waits_for_its_writer(concord: Concord) -> None:
    await register_example(concord)
    tighter = {"resource": SIGNALS, "reader_schema": {"type": "object", "required": ["ticker", "confidence"]}}
    plan = await plan_for(concord, source_system="sys_dashboard", changes=[tighter])
    assert plan["strategy"] == "SEQUENTIAL_DEPLOY"
    assert plan["description"].startswith("Writer first")
    assert "Proved" in plan["description"]
    assert [step["owner"] for step in plan["plan"]][-1] == "sys_dashboard"
    assert [step["system_id"] for step in plan["rollback"]] == [
        "sys_dashboard",
        "sys_signal_generator",
        "sys_signal_generator",
    ]


async def test_con_04_a_removal_reaches_everyone_further_down_with_the_way_to_them(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=["/a"])
    await concord.register(
        "sys_b", reads_from=["/a"], writes_to=["/b"],
        contracts=[{"contract_id": "CTR-5", "type": "PRODUCER", "counterparty": "sys_c", "resource": "/b"}],
    )  # fmt: skip
    await concord.register(
        "sys_c", reads_from=["/b"], writes_to=[{"resource": "/c", "consumers": ["users", "sys_ghost"]}]
    )
    await concord.register("sys_d", "MISSION_CRITICAL", reads_from=["/c"])
    await concord.register("sys_e", reads_from=[{"resource": "/b", "required": False}], writes_to=["/e"])
    await concord.register("sys_f", reads_from=["/e", "/a-not-this"])
    await concord.register("sys_gone", reads_from=["/b"])
    await concord.call("archive_system", system_id="sys_gone", reason="No longer used.")
    check = await concord.check(resource="/a", removes=True)
    found = {one["affected_system"]: one for one in check["conflicts"]}
    assert {name: (one["severity"], one["rule"]) for name, one in found.items()} == {
        "sys_b": ("CRITICAL", "removal.required"),
        "sys_c": ("HIGH", "removal.downstream"),
        "sys_d": ("HIGH", "removal.downstream"),
        "sys_ghost": ("HIGH", "removal.downstream"),
        "sys_e": ("MEDIUM", "removal.downstream-optional"),
        "sys_f": ("MEDIUM", "removal.downstream-optional"),
    }
    assert found["sys_d"]["evidence"] == {"path": ["sys_a", "sys_b", "sys_c", "sys_d"]}
    assert found["sys_c"]["affected_contract"] == "CTR-5"
    assert found["sys_d"]["affected_contract"] == ""
    assert found["sys_d"]["proposed_resolution"]["requires_changes_in"] == ["sys_a", "sys_b"]


async def test_con_04_a_removal_names_the_fifty_nearest_and_counts_the_rest(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=["/a"])
    await concord.register("sys_b", reads_from=["/a"], writes_to=["/b"])
    for number in range(53):
        await concord.register(f"sys_c{number:02}", reads_from=["/b"])
    check = await concord.check(resource="/a", removes=True)
    assert "3 more systems" in check["non_breaking_notes"]


async def test_con_04_a_required_field_that_goes_names_who_is_further_down(concord: Concord) -> None:
    await register_example(concord)
    await concord.register("sys_page", reads_from=[SIGNALS], writes_to=["~/deploy/page.html"])
    await concord.register("sys_mailer", reads_from=["~/deploy/page.html"])
    await concord.call("register_system", system=await dashboard_that_writes(concord, "~/deploy/dashboard.html"))
    await concord.register("sys_screen", reads_from=["~/deploy/dashboard.html"])
    check = await concord.check(resource=SIGNALS, patch=[{"op": "remove", "path": "/properties/score"}])
    told = {one["affected_system"]: one["description"] for one in check["conflicts"] if one["severity"] == "CRITICAL"}
    assert "Through it, sys_screen would be affected" in told["sys_dashboard"]
    check = await concord.check(
        source_system="sys_signal_generator", changes=[{"removes_dependency": "sys_data_pipeline"}]
    )
    asked = {one["affected_system"]: one["reason"] for one in check["undecided"]}
    assert "Through it, sys_mailer would be affected" in asked["sys_page"]


async def dashboard_that_writes(concord: Concord, resource: str) -> dict[str, Any]:
    """The example's dashboard, with one output more."""
    document = json.loads(await concord.read("concord://systems/sys_dashboard"))
    kept = {name: document[name] for name in ("id", "tier", "reads_from", "contracts")}
    return {**kept, "writes_to": [resource]}
