"""Discovery through the surface: the job scans, the file lists, the prompt drafts, and a registration settles it."""

import json
from pathlib import Path

import pytest
from mcp.types import PromptReference

from tests.planted_secrets import SECRETS
from tests.planted_tree import plant
from tests.surface.world import Concord, Era, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A planted tree."""
    root = (tmp_path / "tree").resolve()
    root.mkdir()
    plant(root)
    return root


async def onboarding(concord: Concord, path: str) -> str:
    """The text of the prompt."""
    (message,) = (await concord.client.get_prompt("onboard_system", {"path": path})).messages
    text: str = message.content.text  # type: ignore[union-attr]  # our prompts are text
    return text


async def test_reg_04_the_job_scans_and_the_file_lists_what_belongs_to_nobody(concord: Concord, tree: Path) -> None:
    run = await concord.call("run_job", job="discovery", paths=[str(tree)])
    assert run["state"] == "SUCCEEDED"
    assert run["summary_data"]["unregistered"] >= 28
    text = await concord.read("concord://files/discovery_scan.json")
    document = json.loads(text)
    assert len(document["unregistered"]) == run["summary_data"]["unregistered"]
    assert [kind for kind, secret in SECRETS.items() if secret in text] == []
    assert (await concord.call("find_systems"))["total"] == 0
    assert (await concord.call("find_findings", kind="unregistered"))["total"] == run["summary_data"]["unregistered"]


async def test_reg_04_the_prompt_drafts_a_registration_that_a_person_completes(concord: Concord, tree: Path) -> None:
    await concord.call("run_job", job="discovery", paths=[str(tree)])
    text = await onboarding(concord, f"{tree}/opt/totals")
    assert "1 in all" in text
    assert "nightly.py:11" in text
    assert "15 2 * * 1-5" in text
    assert "the consumers of what it writes" in text
    assert [kind for kind, secret in SECRETS.items() if secret in text] == []
    draft = json.loads(
        text.partition("for what only a person knows:")[2].partition("```json\n")[2].partition("\n```")[0]
    )
    assert draft["tier"] == ""
    refused = await concord.refused("register_system", system=draft)
    assert refused["path"] == "/system/tier"
    before = (await concord.call("find_findings", kind="unregistered"))["total"]
    await concord.call("register_system", system={**draft, "tier": "PRODUCTION"})
    assert (await concord.call("find_findings", kind="unregistered"))["total"] == before - 1
    listed = json.loads(await concord.read("concord://files/discovery_scan.json"))["unregistered"]
    assert draft["candidate_id"] not in [one["candidate_id"] for one in listed]
    assert "0 in all" in await onboarding(concord, f"{tree}/opt/totals")


async def test_reg_04_the_prompt_completes_places_of_candidates(concord: Concord, tree: Path) -> None:
    await concord.call("run_job", job="discovery", paths=[str(tree)])
    reference = PromptReference(type="ref/prompt", name="onboard_system")
    completion = (await concord.client.complete(reference, {"name": "path", "value": f"{tree}/opt/"})).completion
    assert f"{tree}/opt/totals/nightly.py" in completion.values


async def test_reg_04_a_system_is_refused_to_scan(tmp_path: Path, tree: Path, era: Era) -> None:
    async with running(f"sqlite:///{tmp_path / 'c.db'}", tmp_path, era=era, system="sys_a") as concord:
        error = await concord.refused("run_job", job="discovery", paths=[str(tree)])
        assert error["code"] == "not_allowed"
