"""Several callers on one database, and proposals to try on the source's example."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.surface.world import NESTED_SCHEMA, SIGNAL_SCHEMA, SIGNALS, Concord, Era, running

SAFE_SCHEMA: dict[str, Any] = {
    **SIGNAL_SCHEMA,
    "properties": {**SIGNAL_SCHEMA["properties"], "confidence": {"type": "number"}},  # type: ignore[dict-item]  # it is a dict
}
SUBMITTED: dict[str, Any] = {"state": "READY_FOR_SHADOW_TEST"}
BREAKING: dict[str, Any] = {
    "title": "Nest the signal",
    "changes": [{"resource": SIGNALS, "new_schema": NESTED_SCHEMA}],
}
SAFE: dict[str, Any] = {"title": "Add confidence", "changes": [{"resource": SIGNALS, "new_schema": SAFE_SCHEMA}]}
UNCLEAR: dict[str, Any] = {
    "title": "Mean something else",
    "changes": [{"resource": SIGNALS, "description": "The score will mean something else."}],
}

WRITER, READER = "sys_signal_generator", "sys_dashboard"


@asynccontextmanager
async def callers(
    database_url: str, home: Path, era: Era, *systems: str, now: str = "2026-04-05T14:00:00Z"
) -> AsyncIterator[list[Concord]]:
    """The local user and each of the systems, each with a server of its own on the one database."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(running(database_url, home, era=era, system=system, now=now))
            for system in ("", *systems)
        ]
