"""A kept check is judged again on what it saw, whatever has happened since (CON-15)."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.storage.database import Database
from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, register_example, running

pytestmark = pytest.mark.anyio

SOURCE = "sys_signal_generator"
LOOSER = {**SIGNAL_SCHEMA, "required": ["ticker"]}


async def again(concord: Concord, check_id: str) -> dict[str, Any]:
    """What comes out when the check is judged again."""
    document: dict[str, Any] = json.loads(await concord.read(f"concord://checks/{check_id}/again"))
    return document


async def change_everything(concord: Concord) -> None:
    """Another schema, a reader that goes, readers that come, an open proposal, other modes."""
    await concord.call("archive_system", system_id="sys_dashboard", reason="Replaced.", force=True)
    await concord.register(
        SOURCE,
        "EXPERIMENTAL",
        writes_to=[{"resource": SIGNALS, "schema_version": "v9", "consumers": []}],
        contracts=[{"contract_id": "CTR-001", "type": "PRODUCER", "resource": SIGNALS, "schema": LOOSER}],
    )
    for number in range(3):
        reads = [{"resource": SIGNALS}, {"resource": "~/outputs/"}]
        await concord.register(f"sys_new_{number}", "MISSION_CRITICAL", reads_from=reads)
    for tier in ("MISSION_CRITICAL", "PRODUCTION", "EXPERIMENTAL"):
        await concord.call("set_conflict_mode", tier=tier, mode="advisory")
    changes = [{"resource": SIGNALS, "removes": True}]
    await concord.call(
        "submit_proposal", source_system=SOURCE, title="Stop", changes=changes, state="READY_FOR_SHADOW_TEST"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"new_schema": NESTED_SCHEMA},
        {"patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}]},
        {"changes": [{"resource": SIGNALS, "removes": True}, {"description": "Tidied up inside."}]},
        {"samples_after": [{"ticker": 1}]},
        {"changes": [{"resource": "CTR-001", "timing": {"schedule": "0 3 * * *"}}]},
        {"new_schema": {**SIGNAL_SCHEMA, "required": [*SIGNAL_SCHEMA["required"], "note"]}},
    ],
    ids=["another schema", "a rename", "a removal", "samples", "another time", "one more promise"],
)
async def test_con_15_a_check_gives_the_same_answer_whatever_has_changed_since(
    concord: Concord, change: dict[str, Any]
) -> None:
    await register_example(concord)
    arguments = change if "changes" in change else {"resource": SIGNALS, **change}
    check = await concord.check(source_system=SOURCE, **arguments)
    await change_everything(concord)
    done = await again(concord, check["check_id"])
    assert (done["check_id"], done["same"], done["differences"]) == (check["check_id"], True, [])
    kept = {name: value for name, value in check.items() if name not in ("summary", "next")}
    assert done["check"] == kept
    anew = await concord.check(source_system=SOURCE, **arguments)
    said = ("mode", "conflicts", "undecided", "non_breaking_notes")
    assert [anew[name] for name in said] != [check[name] for name in said]


async def test_con_15_a_proposals_check_sees_the_same_proposals_in_flight_again(concord: Concord) -> None:
    await register_example(concord)

    async def submit(title: str, path: str) -> dict[str, Any]:
        changes = [{"resource": SIGNALS, "patch": [{"op": "move", "from": "/properties/score", "path": path}]}]
        return await concord.call(
            "submit_proposal", source_system=SOURCE, title=title, changes=changes, state="READY_FOR_SHADOW_TEST"
        )

    first = await submit("One name", "/properties/rating")
    second = (await submit("Another name", "/properties/points"))["check"]
    assert [one["proposal_id"] for one in second["in_flight"]] == [first["proposal_id"]]
    await concord.call("decide_proposal", proposal_id=first["proposal_id"], decision="WITHDRAW")
    await change_everything(concord)
    for check in (first["check"], second):
        done = await again(concord, check["check_id"])
        assert done["differences"] == []
        assert done["check"] == check


async def test_con_15_names_are_those_that_were_found_then_not_what_lies_on_the_disk_now(
    concord: Concord, tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    (tmp_path / "current").symlink_to(old)
    resource = f"{tmp_path}/current/signals.json"
    await concord.register("sys_a", writes_to=[{"resource": f"{old}/signals.json", "consumers": ["sys_b"]}])
    reads = [{"contract_id": "CTR-1", "type": "CONSUMER", "resource": f"{old}/signals.json", "reads": ["/x"]}]
    await concord.register("sys_b", reads_from=[f"{old}/signals.json"], contracts=reads)
    check = await concord.check(resource=resource, new_schema={"type": "array"}, source_system="sys_a")
    assert check["conflicts"]
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(new)
    assert (await again(concord, check["check_id"]))["same"] is True
    anew = await concord.check(resource=resource, new_schema={"type": "array"}, source_system="sys_a")
    assert anew["conflicts"] == []


async def test_con_15_an_answer_that_was_tampered_with_is_shown_place_by_place(
    database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        check_id = (await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA))["check_id"]
    database = Database(database_url)

    def tamper(session: Any) -> None:
        kept = session.connection().execute(text("SELECT document FROM checks")).scalar()
        document = json.loads(kept) if isinstance(kept, str) else kept
        document["check"]["verdict"] = "CLEAR"
        document["check"]["conflicts"][0]["severity"] = "LOW"
        session.connection().execute(text("UPDATE checks SET document = :it"), {"it": json.dumps(document)})

    database.write(tamper)
    database.close()
    async with running(database_url, tmp_path) as concord:
        done = await again(concord, check_id)
    assert done["same"] is False
    assert done["differences"] == [
        {"path": "/conflicts/0/severity", "kept": "LOW", "again": "CRITICAL"},
        {"path": "/verdict", "kept": "CLEAR", "again": "CONFLICT_DETECTED"},
    ]
    assert done["check"]["verdict"] == "CONFLICT_DETECTED"


async def test_con_15_a_check_that_the_caller_may_not_see_is_not_run_again_either(
    database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path) as concord:
        await register_example(concord)
        check_id = (await concord.check(resource=SIGNALS, new_schema=NESTED_SCHEMA))["check_id"]
        record = await concord.call("read_record", uri=f"concord://checks/{check_id}/again", section="/same")
        assert record["content"] == "true"
    async with running(database_url, tmp_path, system="sys_data_pipeline") as concord:
        error = await concord.refused("read_record", uri=f"concord://checks/{check_id}/again")
        assert error["code"] == "not_found"
