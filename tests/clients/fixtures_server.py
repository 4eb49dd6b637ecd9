"""The server that the conformance suite asks for: its tools, prompts and resources on Concord's own server class.

Run as a program with `--port`; it listens on this machine until it is ended. Unlike the product it keeps sessions and
answers in streams that can be taken up again, because the older revision's scenarios ask the client something in the
middle of a call.
"""

import argparse
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.streamable_http import EventCallback, EventMessage, EventStore

from server.surface.catalogue import Catalogue
from server.web.concord_server import ConcordServer
from tests.clients import fixture_contents, fixture_dialogues

RETRY_MILLISECONDS = 50


class RecentEvents(EventStore):
    """What was sent on each stream, for clients that come back to it. An event's id is its place in the list."""

    def __init__(self) -> None:
        self._events: list[tuple[str, types.JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: str, message: types.JSONRPCMessage | None) -> str:
        """The event is kept; the result is its id."""
        self._events.append((stream_id, message))
        return str(len(self._events) - 1)

    async def replay_events_after(self, last_event_id: str, send_callback: EventCallback) -> str | None:
        """The stream's later events are sent again; the result is the stream."""
        last = int(last_event_id)
        stream = self._events[last][0]
        for number, (of_stream, message) in enumerate(self._events):
            if number > last and of_stream == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def build_server() -> ConcordServer:
    """Concord's server class with the suite's fixtures as its catalogue."""
    server = ConcordServer(
        Catalogue(
            tools=(*fixture_contents.TOOLS, *fixture_dialogues.TOOLS),
            resources=fixture_contents.RESOURCES,
            templates=fixture_contents.TEMPLATES,
            prompts=(*fixture_contents.PROMPTS, *fixture_dialogues.PROMPTS),
        ),
        name="conformance-fixtures",
        title="Conformance fixtures",
        version="1.0.0",
    )
    server.services = server.announcements
    # Levels of logging exist in the older revision alone, and the product does without them.
    server._lowlevel_server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, _accept_level)
    return server


async def _accept_level(ctx: ServerRequestContext[Any], params: types.SetLevelRequestParams) -> types.EmptyResult:
    return types.EmptyResult()


def main() -> None:
    """Listen until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    build_server().run(
        "streamable-http",
        host="127.0.0.1",
        port=parser.parse_args().port,
        event_store=RecentEvents(),
        retry_interval=RETRY_MILLISECONDS,
    )


if __name__ == "__main__":
    main()
