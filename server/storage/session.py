"""The open transaction that every query takes. Those above storage hand it on, and know nothing else about it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Session:
    """One transaction on the database, or one operation's part of it, begun and ended by whoever gives it away."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def connection(self) -> "Connection":
        """What statements are executed on."""
        return self._connection
