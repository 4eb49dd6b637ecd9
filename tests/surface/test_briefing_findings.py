"""What a briefing tells of open findings: what the jobs saw, too, the worst first, and nothing about other things."""

from pathlib import Path
from typing import Any

import pytest

from tests.surface.test_reg_03_validation import SCHEMA, promise, write
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio


def kinds(told: dict[str, Any]) -> list[str]:
    """The kinds of its findings, in their order."""
    return [one["kind"] for one in told["findings"]]


async def test_a_briefing_shows_a_broken_contract_before_what_matters_less(concord: Concord, tmp_path: Path) -> None:
    file, other = tmp_path / "signals.json", tmp_path / "other.json"
    write(file, [{"score": 1}])
    await promise(concord, file)
    await concord.register("sys_other", writes_to=[{"resource": str(other)}], reads_from=[{"resource": str(file)}])
    await concord.call("run_job", job="validation")
    system = await concord.call("brief", system_id="sys_writer")
    assert (kinds(system)[0], system["findings"][0]["severity"]) == ("contract_violation", "HIGH")
    assert system["findings_total"] == len(system["findings"])
    resource = await concord.call("brief", path=str(file))
    assert kinds(resource)[0] == "contract_violation"
    assert "consumer_mismatch" in kinds(resource), "the reader's own finding is about this resource, too"
    assert f"{len(resource['findings'])} open finding" in resource["summary"]
    assert "consumers_unknown" not in kinds(resource), "that is about another output of its reader"
    assert kinds(await concord.call("brief", path=str(other))) == ["consumers_unknown"]


async def test_a_briefing_on_one_output_leaves_out_the_broken_contract_of_another(
    concord: Concord, tmp_path: Path
) -> None:
    file, other = tmp_path / "signals.json", tmp_path / "other.json"
    write(file, [{"score": 1}])
    await concord.register(
        "sys_writer",
        writes_to=[{"resource": str(file)}, {"resource": str(other)}],
        contracts=[{"contract_id": "CTR-1", "type": "PRODUCER", "resource": str(file), "schema": SCHEMA}],
    )
    await concord.call("run_job", job="validation")
    assert "contract_violation" in kinds(await concord.call("brief", path=str(file)))
    assert "contract_violation" not in kinds(await concord.call("brief", path=str(other)))


async def test_a_briefing_names_the_readers_that_a_former_writer_left(concord: Concord) -> None:
    await concord.register("sys_writer", writes_to=[{"resource": "/data/a.json", "consumers": ["sys_reader"]}])
    await concord.register("sys_reader", reads_from=[{"resource": "/data/a.json"}])
    await concord.register("sys_writer", writes_to=[])
    told = await concord.call("brief", path="/data/a.json")
    assert [(one["kind"], one["severity"]) for one in told["findings"]] == [("access_removed", "HIGH")]


async def test_a_briefing_lists_at_most_twenty_findings_and_says_how_many_there_are(concord: Concord) -> None:
    await concord.register("sys_writer", writes_to=[{"resource": f"/data/{number}.json"} for number in range(25)])
    told = await concord.call("brief", system_id="sys_writer")
    assert (len(told["findings"]), told["findings_total"]) == (20, 25)
    assert "25 open findings" in told["summary"]
