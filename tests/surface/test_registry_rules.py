"""The registry's rules, through the surface."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import NOW, SIGNALS, Concord, Era, register_example, running

pytestmark = pytest.mark.anyio


async def test_reg_01_a_registration_without_a_tier_is_refused_with_the_three_named(concord: Concord) -> None:
    error = await concord.refused("register_system", system={"id": "sys_a"})
    assert error["code"] == "invalid_argument"
    assert error["path"] == "/system/tier"
    for tier in ("MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"):
        assert tier in error["message"]
    assert (await concord.call("find_systems"))["total"] == 0
    corrected = await concord.call(error["try"]["tool"], **error["try"]["arguments"])
    assert corrected["created"] is True


async def test_reg_01_an_unknown_tier_is_refused_and_one_that_is_only_spelt_otherwise_is_read(concord: Concord) -> None:
    assert (await concord.refused("register_system", system={"id": "sys_a", "tier": "GOLD"}))["path"] == "/system/tier"
    await concord.register("sys_a", "mission-critical")
    assert (await concord.call("get_system", system_id="sys_a"))["tier"] == "MISSION_CRITICAL"


async def test_reg_02_an_output_whose_consumers_nobody_names_is_a_gap_until_a_reader_registers(
    concord: Concord,
) -> None:
    answer = await concord.register("sys_a", writes_to=[{"resource": "~/x.json", "consumers": "consumers_unknown"}])
    assert [finding["kind"] for finding in answer["findings"]] == ["consumers_unknown"]
    system = await concord.call("get_system", system_id="sys_a")
    assert system["writes_to"][0]["consumers"] == ["consumers_unknown"]
    await concord.register("sys_b", reads_from=[{"resource": "~/./x.json"}])
    system = await concord.call("get_system", system_id="sys_a")
    assert system["writes_to"][0]["consumers"] == ["sys_b"]
    assert system["dependents"] == ["sys_b"]
    assert system["findings"] == []
    (closed,) = (await concord.call("find_findings", status="CLOSED"))["findings"]
    assert closed["kind"] == "consumers_unknown"


async def test_reg_02_the_two_sides_of_an_agreement_that_differ_are_a_gap_of_their_own(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=[{"resource": "~/x.json", "consumers": ["sys_b"]}])
    await concord.register("sys_b")
    (finding,) = (await concord.call("find_findings", kind="consumer_mismatch"))["findings"]
    assert finding["system_id"] == "sys_a"
    assert "sys_b" in finding["message"]
    await concord.register("sys_b", reads_from=["~/x.json"])
    await concord.register("sys_c", reads_from=["~/x.json"])
    (finding,) = (await concord.call("find_findings", kind="consumer_mismatch"))["findings"]
    assert finding["system_id"] == "sys_c"


async def test_reg_02_a_reader_that_is_not_registered_is_named(concord: Concord) -> None:
    answer = await concord.register("sys_a", writes_to=[{"resource": "~/x.json", "consumers": ["sys_ghost"]}])
    assert [finding["kind"] for finding in answer["findings"]] == ["consumer_unregistered"]


async def test_reg_06_a_cycle_is_accepted_and_its_finding_stays_until_it_is_gone(concord: Concord) -> None:
    await concord.register("sys_a", reads_from=["/c"], writes_to=["/a"])
    await concord.register("sys_b", reads_from=["/a"], writes_to=["/b"])
    answer = await concord.register("sys_c", reads_from=["/b"], writes_to=["/c"])
    assert answer["created"] is True
    (cycle,) = [finding for finding in answer["findings"] if finding["kind"] == "dependency_cycle"]
    assert cycle["severity"] == "HIGH"
    for system_id in ("sys_a", "sys_b", "sys_c"):
        assert system_id in cycle["message"]
    await concord.register("sys_x", reads_from=["/b"])
    assert (await concord.call("find_findings", kind="dependency_cycle"))["total"] == 1
    await concord.register("sys_a", writes_to=["/a"])
    assert (await concord.call("find_findings", kind="dependency_cycle"))["total"] == 0
    await concord.register("sys_a", reads_from=["/c"], writes_to=["/a"])
    (again,) = (await concord.call("find_findings", kind="dependency_cycle"))["findings"]
    assert again["first_seen"] == cycle["first_seen"]


async def test_reg_07_archiving_is_refused_while_live_systems_depend_on_it(concord: Concord) -> None:
    await register_example(concord)
    error = await concord.refused("archive_system", system_id="sys_signal_generator", reason="old")
    assert error["code"] == "refused"
    assert error["dependents"] == ["sys_dashboard"]
    forced = await concord.call(error["try"]["tool"], **error["try"]["arguments"])
    assert forced["archived"] is True
    assert forced["dependents"] == ["sys_dashboard"]


async def test_reg_07_an_archived_system_keeps_its_contracts_readable_and_can_come_back(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("archive_system", system_id="sys_dashboard", reason="Replaced in March.")
    assert (await concord.call("find_systems", archived=True))["systems"][0]["id"] == "sys_dashboard"
    assert (await concord.call("trace_impact", target=SIGNALS))["total"] == 0
    contract = json.loads(await concord.read("concord://contracts/CTR-001"))
    assert {entry["system_id"] for entry in contract["versions"]} == {"sys_dashboard", "sys_signal_generator"}
    registry = json.loads(await concord.read("concord://files/system_registry.json"))
    (archived,) = registry["archived"]
    assert archived["id"] == "sys_dashboard"
    assert archived["archive_reason"] == "Replaced in March."
    assert archived["archived_at"] == NOW
    assert (
        "restore_system"
        in (await concord.refused("register_system", system={"id": "sys_dashboard", "tier": "PRODUCTION"}))["hint"]
    )
    await concord.call("restore_system", system_id="sys_dashboard")
    assert (await concord.call("trace_impact", target=SIGNALS))["total"] == 1


async def test_reg_07_an_access_that_vanishes_is_a_finding_and_its_contract_stays_resolvable(concord: Concord) -> None:
    await register_example(concord)
    answer = await concord.register("sys_signal_generator", reads_from=["~/cache/market_data"])
    (removed,) = [one for one in answer["findings"] if one["kind"] == "access_removed"]
    assert removed["severity"] == "HIGH"
    assert "sys_dashboard" in removed["message"]
    contract = json.loads(await concord.read("concord://contracts/CTR-001"))
    assert contract["live"] is True
    assert any(not version["live"] for version in contract["versions"])


async def test_reg_10_one_call_names_everyone_affected_with_the_way_to_each(concord: Concord) -> None:
    await register_example(concord)
    await concord.register("sys_mailer", "EXPERIMENTAL", reads_from=["~/deploy/dashboard.html"])
    await concord.register(
        "sys_dashboard", "MISSION_CRITICAL", reads_from=[SIGNALS], writes_to=["~/deploy/dashboard.html"]
    )
    answer = await concord.call("trace_impact", target="sys_data_pipeline")
    assert [(row["system_id"], row["distance"]) for row in answer["affected"]] == [
        ("sys_signal_generator", 1),
        ("sys_dashboard", 2),
        ("sys_mailer", 3),
    ]
    assert answer["affected"][2]["path"] == ["sys_data_pipeline", "sys_signal_generator", "sys_dashboard", "sys_mailer"]
    assert answer["affected"][1]["tier"] == "MISSION_CRITICAL"
    assert (await concord.call("trace_impact", target="sys_data_pipeline", depth=1))["total"] == 1
    upstream = await concord.call("trace_impact", target="sys_mailer", direction="upstream")
    assert [row["system_id"] for row in upstream["affected"]][-1] == "sys_data_pipeline"


@pytest.mark.parametrize("target", [SIGNALS, "signals.json", "CTR-001", "~/outputs/./signals.json", "~/outputs/*.json"])
async def test_reg_10_a_resource_contract_or_path_is_a_target_however_it_is_spelt(
    concord: Concord, target: str
) -> None:
    await register_example(concord)
    answer = await concord.call("trace_impact", target=target)
    assert [row["system_id"] for row in answer["affected"]] == ["sys_dashboard"]


async def test_reg_10_an_ambiguous_target_lists_its_candidates(concord: Concord) -> None:
    await concord.register("sys_a", writes_to=["/one/out.json"])
    await concord.register("sys_b", writes_to=["/two/out.json"])
    error = await concord.refused("trace_impact", target="out.json")
    assert error["code"] == "ambiguous"
    assert error["allowed"] == ["/one/out.json", "/two/out.json"]
    assert (await concord.refused("trace_impact", target="nothing"))["code"] == "not_found"


@pytest.mark.parametrize("change", [{"removes": True}, {"new_schema": {"type": "object"}}, {"reads": ["/a"]}])
async def test_reg_10_a_misspelt_resource_that_nobody_writes_is_answered_with_the_one_that_may_be_meant(
    concord: Concord, change: dict[str, object]
) -> None:
    await concord.register("sys_a", writes_to=["~/exports/prices.json", "~/logs/run.txt"])
    error = await concord.refused("check_change", resource="~/exports/price.json", **change)
    assert (error["code"], error["path"]) == ("invalid_argument", "/source_system")
    assert "Did you mean ~/exports/prices.json?" in error["hint"]
    error = await concord.refused("check_change", resource="queue:totally-else", **change)
    assert "Did you mean" not in error["hint"]


async def test_reg_08_the_exported_registry_imports_into_an_empty_one_and_twice_changes_nothing(
    concord: Concord, tmp_path: Path, era: Era
) -> None:
    await register_example(concord)
    await concord.register("sys_own", "EXPERIMENTAL", favourite_colour="green", timing={"schedule": "@daily"})
    await concord.call("archive_system", system_id="sys_own", reason="done")
    exported = await concord.read("concord://files/system_registry.json")
    async with running(f"sqlite:///{tmp_path / 'other.db'}", tmp_path, era=era) as other:
        await other.call("import_catalog", content=exported)
        assert json.loads(await other.read("concord://files/system_registry.json")) == json.loads(exported)
        await other.call("import_catalog", content=exported)
        assert json.loads(await other.read("concord://files/system_registry.json")) == json.loads(exported)


async def test_reg_08_the_very_same_registration_changes_nothing_though_its_contracts_carry_no_id(
    concord: Concord,
) -> None:
    agreed = {"type": "PRODUCER", "resource": "~/x.json"}
    system: dict[str, Any] = {
        "writes_to": [{"resource": "~/x.json", "consumers": ["sys_b"]}],
        "contracts": [
            {**agreed, "counterparty": "sys_b", "schema": {"type": "object"}},
            {**agreed, "counterparty": "sys_b", "schema": {"type": "array"}},
            {**agreed, "counterparty": "sys_c"},
        ],
    }
    first = await concord.register("sys_a", **system)
    before = await concord.call("get_system", system_id="sys_a")
    again = await concord.register("sys_a", **system)
    after = await concord.call("get_system", system_id="sys_a")
    assert (again["created"], again["version"]) == (False, first["version"])
    assert after == before
    assert [one["contract_id"] for one in after["contracts"]] == ["CTR-001", "CTR-002", "CTR-003"]


async def test_reg_08_a_contract_without_an_id_keeps_the_one_it_had_when_its_terms_change(concord: Concord) -> None:
    def agreed(resource: str, kind: str) -> dict[str, object]:
        return {"type": "PRODUCER", "counterparty": "sys_b", "resource": resource, "schema": {"type": kind}}

    await concord.register("sys_a", contracts=[agreed("~/x.json", "object"), agreed("~/y.json", "object")])
    await concord.register("sys_a", contracts=[agreed("~/z.json", "object"), agreed("~/y.json", "array")])
    contracts = (await concord.call("get_system", system_id="sys_a"))["contracts"]
    assert {one["resource"]: one["contract_id"] for one in contracts} == {"~/z.json": "CTR-003", "~/y.json": "CTR-002"}


async def test_sto_02_what_was_registered_is_there_after_a_restart(database_url: str, tmp_path: Path, era: Era) -> None:
    async with running(database_url, tmp_path, era=era) as concord:
        await register_example(concord)
        check = await concord.check(resource=SIGNALS, removes=True)
    async with running(database_url, tmp_path, era=era) as concord:
        assert (await concord.call("find_systems", query="signal gen"))["systems"][0]["id"] == "sys_signal_generator"
        kept = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
        assert kept["conflicts"] == check["conflicts"]
        assert (await concord.check(resource=SIGNALS, removes=True))["check_id"] == "CHK-2026-04-05-002"


async def test_reg_11_a_compose_file_comes_in_through_the_surface_with_the_profiles_that_were_asked_for(
    concord: Concord, tmp_path: Path
) -> None:
    project = tmp_path / "compose.yaml"
    project.write_text(
        "services:\n"
        "  orders: {image: o, environment: ['KAFKA_ADDR=kafka:9092']}\n"
        "  billing: {image: b, depends_on: [kafka]}\n"
        "  kafka: {image: k}\n"
        "  debugger: {image: d, profiles: [debug], depends_on: [orders]}\n"
    )
    plain = await concord.call("import_catalog", path=str(project))
    assert plain["created"]["total"] == 3
    impact = await concord.call("trace_impact", target="kafka")
    assert [row["system_id"] for row in impact["affected"]] == ["sys_billing", "sys_orders"]
    check = await concord.check(source_system="sys_kafka", resource="service://kafka", removes=True)
    assert {conflict["affected_system"] for conflict in check["conflicts"]} == {"sys_billing", "sys_orders"}
    every = await concord.call("import_catalog", path=str(project), profiles=["*"])
    assert every["created"]["ids"] == ["sys_debugger"]
    assert (await concord.call("find_findings", kind="tier_unconfirmed"))["total"] == 4
