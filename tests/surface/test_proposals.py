"""Proposals through the surface: submitted and checked in one call, decided by those who may, private while drafts."""

import copy
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError

from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, Era, register_example, running

pytestmark = pytest.mark.anyio
SUBMITTED = {"state": "READY_FOR_SHADOW_TEST"}
BREAKING = {"title": "Nest the signal", "changes": [{"resource": SIGNALS, "new_schema": NESTED_SCHEMA}]}
SAFE_SCHEMA = {**SIGNAL_SCHEMA, "properties": {**SIGNAL_SCHEMA["properties"], "confidence": {"type": "number"}}}
SAFE = {"title": "Add confidence", "changes": [{"resource": SIGNALS, "new_schema": SAFE_SCHEMA}]}


async def test_a_submission_is_checked_in_the_same_call_and_blocked_by_what_it_breaks(concord: Concord) -> None:
    await register_example(concord)
    done = await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    assert (done["proposal_id"], done["version"], done["state"]) == ("PROP-001", 1, "BLOCKED")
    check = done["check"]
    assert (check["verdict"], check["blocks"], check["proposal_id"]) == ("CONFLICT_DETECTED", True, "PROP-001")
    assert check["must_accept"] == ["sys_dashboard"]
    stored = json.loads(await concord.read(f"concord://checks/{check['check_id']}"))
    assert stored["proposal_id"] == "PROP-001"
    assert stored["inputs"]["changes"] == BREAKING["changes"]
    shown = await concord.call("get_proposal", proposal_id="PROP-001")
    assert [(one["id"], one["verdict"], one["version"]) for one in shown["checks"]] == [
        (check["check_id"], "CONFLICT_DETECTED", 1)
    ]
    assert {"system_id": "sys_dashboard", "waiting_for": "ACCEPT"} in shown["pending"]


async def test_what_breaks_nobody_goes_on_to_the_shadow_test(concord: Concord) -> None:
    await register_example(concord)
    done = await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    assert (done["state"], done["check"]["verdict"]) == ("READY_FOR_SHADOW_TEST", "CLEAR")
    shown = await concord.call("get_proposal", proposal_id="PROP-001")
    assert shown["expected_days"] == 7
    assert shown["unmet"] == ["The shadow test of 7 days has not begun."]
