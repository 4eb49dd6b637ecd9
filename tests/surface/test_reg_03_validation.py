"""Validation through the surface: run as a job, shown wherever a contract is, and out and in with the registry's file."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import NOW, Concord

pytestmark = pytest.mark.anyio

SCHEMA = {
    "type": "array",
    "items": {"type": "object", "required": ["ticker"], "properties": {"ticker": {"type": "string"}}},
}


def write(file: Path, records: Any) -> None:
    """The file holds the records, and was written just before now."""
    file.write_text(json.dumps(records), encoding="utf-8")
    moment = datetime.fromisoformat(NOW).timestamp() - 60
    os.utime(file, (moment, moment))


async def promise(concord: Concord, file: Path) -> None:
    """A system promises what the file holds, and to write it every hour."""
    await concord.register(
        "sys_writer",
        timing={"interval_seconds": 3_600},
        writes_to=[{"resource": str(file), "consumers": ["users"]}],
        contracts=[{"contract_id": "CTR-1", "type": "PRODUCER", "resource": str(file), "schema": SCHEMA}],
    )


async def validated(concord: Concord) -> dict[str, Any]:
    """The summary of a validation that ran on demand."""
    run = await concord.call("run_job", job="validation")
    summary: dict[str, Any] = run["summary_data"]
    return summary


async def test_reg_03_a_validation_on_demand_shows_in_the_system_the_contract_and_the_exported_registry(
    concord: Concord, tmp_path: Path
) -> None:
    file = tmp_path / "signals.json"
    write(file, [{"ticker": "A"}])
    await promise(concord, file)
    before = json.loads(await concord.read("concord://systems/sys_writer"))
    summary = await validated(concord)
    assert (summary["looked_at"], summary["ok"]) == (1, 1)
    system = json.loads(await concord.read("concord://systems/sys_writer"))
    assert system["contracts"][0]["last_validated"] == NOW
    assert system["version"] == before["version"]
    record = json.loads(await concord.read("concord://contracts/CTR-1"))
    assert record["entries"][0]["last_validated"] == NOW
    assert [look["outcome"] for look in record["validations"]] == ["OK"]
    registry = json.loads(await concord.read("concord://files/system_registry.json"))
    assert registry["contracts_summary"] == {
        "total_contracts": 1,
        "last_full_validation": NOW,
        "violations_last_7d": 0,
    }


async def test_reg_03_a_violation_is_a_finding_and_counts_in_the_summary_and_last_validated_stays(
    concord: Concord, tmp_path: Path
) -> None:
    file = tmp_path / "signals.json"
    write(file, [{"ticker": number} for number in range(100)])
    await promise(concord, file)
    summary = await validated(concord)
    assert summary["violations"][0]["errors"][0]["count"] == 100
    found = await concord.call("find_findings", kind="contract_violation")
    assert [one["subject"] for one in found["findings"]] == ["CTR-1"]
    registry = json.loads(await concord.read("concord://files/system_registry.json"))
    assert registry["contracts_summary"]["violations_last_7d"] == 1
    assert registry["contracts_summary"]["last_full_validation"] == ""


async def test_reg_03_what_was_exported_after_a_validation_comes_back_without_a_change(
    concord: Concord, tmp_path: Path
) -> None:
    file = tmp_path / "signals.json"
    write(file, [{"ticker": "A"}])
    await promise(concord, file)
    await validated(concord)
    exported = await concord.read("concord://files/system_registry.json")
    again = await concord.call("import_catalog", content=exported)
    assert again["unchanged"]["ids"] == ["sys_writer"]
    assert await concord.read("concord://files/system_registry.json") == exported


async def test_reg_13_an_output_that_drifts_without_a_proposal_is_a_finding(concord: Concord, tmp_path: Path) -> None:
    file = tmp_path / "signals.json"
    write(file, [{"symbol": "A"}])
    await promise(concord, file)
    await validated(concord)
    found = await concord.call("find_findings", kind="unproposed_change")
    assert [(one["system_id"], one["severity"]) for one in found["findings"]] == [("sys_writer", "MEDIUM")]
    write(file, [{"ticker": "A"}])
    await validated(concord)
    assert (await concord.call("find_findings", kind="unproposed_change"))["findings"] == []


async def test_reg_03_a_readers_contract_shows_its_own_looks_at_what_the_writer_writes(
    concord: Concord, tmp_path: Path
) -> None:
    file = tmp_path / "signals.json"
    write(file, [{"ticker": "A"}])
    await promise(concord, file)
    needs = {"type": "array", "items": {"type": "object", "required": ["volume"]}}
    entry = {"contract_id": "CTR-2", "type": "CONSUMER", "counterparty": "sys_writer", "resource": str(file)}
    await concord.register("sys_reader", reads_from=[str(file)], contracts=[{**entry, "reader_schema": needs}])
    summary = await validated(concord)
    assert (summary["looked_at"], summary["ok"], summary["failed"]) == (2, 1, 1)
    record = json.loads(await concord.read("concord://contracts/CTR-2"))
    assert [look["matches"]["verdict"] for look in record["validations"]] == ["FAILED"]
    found = await concord.call("find_findings", kind="contract_violation")
    assert [(one["system_id"], one["subject"]) for one in found["findings"]] == [("sys_reader", "CTR-2")]
    described = json.loads(await concord.read("concord://schemas/contract"))
    assert "JSON Pointer" in described["properties"]["timestamp_field"]["description"]


async def test_reg_03_one_wrong_record_is_told_as_once_and_several_are_counted(
    concord: Concord, tmp_path: Path
) -> None:
    file = tmp_path / "signals.json"
    await promise(concord, file)
    for count, told in ((1, "(once, such as"), (2, "(2 times, such as")):
        write(file, [{}] * count)
        (violation,) = (await validated(concord))["violations"]
        assert told in violation["reason"]
