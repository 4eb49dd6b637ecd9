"""What models typically get wrong is understood, or answered with a corrected call that then works."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.surface.malformed_calls import CALLS, WORLD, MalformedCall
from tests.surface.world import Era, running

pytestmark = pytest.mark.anyio


def mismatch(expected: Any, actual: Any, at: str = "") -> str:
    """Where the answer does not hold what is expected; empty = it does. Lists must be as long as expected."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return f"{at or '/'} is {actual!r}"
        return next(
            filter(None, (mismatch(value, actual.get(name), f"{at}/{name}") for name, value in expected.items())), ""
        )
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return f"{at} is {actual!r}"
        return next(
            filter(None, (mismatch(one, actual[number], f"{at}/{number}") for number, one in enumerate(expected))), ""
        )
    return "" if expected == actual else f"{at} is {actual!r}, not {expected!r}"


async def ask(client: Client, tool: str, arguments: Mapping[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Whether the call was carried out, and the structured answer."""
    result = await client.call_tool(tool, dict(arguments))
    assert result.structured_content is not None
    return not result.is_error, result.structured_content


async def misunderstanding(client: Client, call: MalformedCall) -> str:
    """Why the call counts as not understood; empty = it was, at once or by the corrected call that came back."""
    done, answer = await ask(client, call.tool, call.arguments)
    if not done:
        error = answer["error"]
        corrected = error.get("try")
        if corrected is None:
            return f"refused without a way out: {json.dumps(error)}"
        done, answer = await ask(client, corrected["tool"], corrected["arguments"])
        if not done:
            return f"the corrected call {json.dumps(corrected)} was refused: {json.dumps(answer)}"
    wrong = mismatch(call.holds, answer)
    if not wrong and call.then is not None:
        tool, arguments, holds = call.then
        _, shown = await ask(client, tool, arguments)
        wrong = mismatch(holds, shown)
    return wrong and f"{wrong}: {json.dumps(answer)[:600]}"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.tool}-{call.slip}".replace(" ", "-"))
async def test_a_call_with_a_typical_slip_is_understood_or_answered_with_one_that_works(
    call: MalformedCall, era: Era, tmp_path: Path
) -> None:
    async with running(f"sqlite:///{tmp_path}/concord.db", tmp_path, era=era) as concord:
        for system in WORLD:
            await concord.call("register_system", system=system)
        await concord.call("archive_system", system_id="sys_retired", reason="switched off")
        assert await misunderstanding(concord.client, call) == ""


def test_there_are_forty_different_calls() -> None:
    assert len({json.dumps([call.tool, call.arguments], sort_keys=True) for call in CALLS}) == 40
    assert {call.tool for call in CALLS} == {
        "archive_system",
        "brief",
        "check_change",
        "find_findings",
        "find_systems",
        "get_system",
        "read_record",
        "register_system",
        "restore_system",
        "trace_impact",
    }
