"""Subscribers hear that a resource changed, on both eras, from whatever thread the change came."""

import threading
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from mcp.client.subscriptions import ResourceUpdated

from server.web.concord_server import ConcordServer
from tests.surface.kernel.conftest import Era

pytestmark = [
    pytest.mark.anyio,
    # The newer era has no resources/subscribe; clients of the handshake era use it all the same.
    pytest.mark.filterwarnings("ignore:resources/(un)?subscribe is removed"),
]
TOY, OTHER = "toys://toys/toy_01", "toys://toys/toy_02"


def change_in_a_thread(server: ConcordServer, *uris: str) -> None:
    thread = threading.Thread(target=server.changed, args=(uris,))
    thread.start()
    thread.join()


async def test_sur_15_a_subscriber_of_the_handshake_era_hears_of_its_resource_alone(server: ConcordServer) -> None:
    send, heard = anyio.create_memory_object_stream[str](10)

    async def hear(message: Any) -> None:
        await send.send(str(message.params.uri))

    async with send, heard, Client(server, mode="legacy", message_handler=hear) as client:
        await client.subscribe_resource(TOY)
        await client.subscribe_resource(OTHER)
        await client.unsubscribe_resource(OTHER)
        await client.subscribe_resource("toys://catalogue.txt")
        with anyio.fail_after(10):
            change_in_a_thread(server, OTHER, TOY, TOY)
            assert await heard.receive() == TOY
            change_in_a_thread(server, "toys://catalogue.txt")
            assert await heard.receive() == "toys://catalogue.txt"
    assert server.announcements.subscribed == frozenset()


async def test_sur_13_what_can_never_be_read_cannot_be_subscribed_to(server: ConcordServer) -> None:
    async with Client(server, mode="legacy") as client:
        with pytest.raises(MCPError) as raised:
            await client.subscribe_resource("toys://nothing")
        assert raised.value.error.code == -32002


async def test_sur_15_a_listener_of_the_newer_era_hears_of_its_resource_alone(server: ConcordServer) -> None:
    async with Client(server, mode="auto") as client, client.listen(resource_subscriptions=[TOY]) as events:
        change_in_a_thread(server, OTHER, TOY)
        with anyio.fail_after(10):
            async for event in events:
                assert event == ResourceUpdated(uri=TOY)
                break


async def test_a_change_that_nobody_waits_for_goes_by(server: ConcordServer, era: Era) -> None:
    server.changed([TOY])
    async with Client(server, mode=era) as client:
        change_in_a_thread(server, TOY)
        assert not (await client.call_tool("find_toys", {})).is_error
    server.changed([TOY])
