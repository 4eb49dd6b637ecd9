"""One call: what a handler is given besides its arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic

from typing_extensions import TypeVar

from server.errors import NotFound
from server.surface.resource import Record

S = TypeVar("S", default=Any)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _silent(done: float, total: float, message: str) -> None:
    """Nobody asked for progress."""


def _nothing_to_read(uri: str) -> Record:
    raise NotFound(f"There is no resource {uri!r}.", path="/uri")


@dataclass(frozen=True, kw_only=True)
class Call(Generic[S]):
    """Who calls, when, and what the handler may use. `Call` alone leaves the type of `services` open."""

    services: S
    caller: str = ""
    """The calling system's id; empty = the local user, who may do everything."""
    now: datetime = _NEVER
    """The moment of the call, aware, in UTC."""
    read_only: bool = False
    """The server was started to change nothing."""
    progress: Callable[[float, float, str], None] = _silent
    """`progress(done, total, message)` tells a waiting client how far the work is; total 0 = unknown."""
    read: Callable[[str], Record] = _nothing_to_read
    """The resource that a URI names, as this caller may see it; raises NotFound or InvalidArgument."""
    protocol: Any = None
    """The protocol's own request context, for what these values don't cover; None outside a server."""
