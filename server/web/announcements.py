"""Tells subscribers that a resource changed: those of both protocol eras, from whatever thread the change came."""

import asyncio
from collections.abc import Iterable

from mcp.server.connection import Connection
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourceUpdated


class Announcements:
    """Who wants to hear of which resource. Everything but `changed` is called on the event loop."""

    def __init__(self) -> None:
        self.bus = InMemorySubscriptionBus()
        """Where `subscriptions/listen` of the newer era listens."""
        self._subscribers: dict[str, set[Connection]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[str] = set()
        self._announcing: set[asyncio.Task[None]] = set()

    @property
    def subscribed(self) -> frozenset[str]:
        """What connections of the handshake era want to hear of."""
        return frozenset(self._subscribers)

    def attach(self) -> None:
        """Changes are announced on the running event loop from here on."""
        self._loop = asyncio.get_running_loop()

    def subscribe(self, connection: Connection, uri: str) -> None:
        """The connection hears of the resource until it unsubscribes or closes."""
        known = any(connection in subscribers for subscribers in self._subscribers.values())
        self._subscribers.setdefault(uri, set()).add(connection)
        if not known:
            connection.exit_stack.callback(self.forget, connection)

    def unsubscribe(self, connection: Connection, uri: str) -> None:
        """The connection no longer hears of the resource."""
        self._subscribers.get(uri, set()).discard(connection)
        if not self._subscribers.get(uri, True):
            del self._subscribers[uri]

    def forget(self, connection: Connection) -> None:
        """The connection hears of nothing any more."""
        for uri in [uri for uri, subscribers in self._subscribers.items() if connection in subscribers]:
            self.unsubscribe(connection, uri)

    def changed(self, uris: Iterable[str]) -> None:
        """Subscribers will be told that what stands at the URIs changed. May be called from any thread; never raises.

        Changes of one resource in quick succession are announced once.
        """
        loop, wanted = self._loop, tuple(uris)
        if loop is None or loop.is_closed() or not wanted:
            return
        try:
            loop.call_soon_threadsafe(self._collect, wanted)
        except RuntimeError:
            return  # the loop closed in between: nobody is left to be told

    def _collect(self, uris: tuple[str, ...]) -> None:
        if not self._waiting:
            task = asyncio.get_running_loop().create_task(self._announce())
            self._announcing.add(task)
            task.add_done_callback(self._announcing.discard)
        self._waiting.update(uris)

    async def _announce(self) -> None:
        uris, self._waiting = sorted(self._waiting), set()
        for uri in uris:
            await self.bus.publish(ResourceUpdated(uri=uri))
            for connection in list(self._subscribers.get(uri, ())):
                await connection.send_resource_updated(uri)
